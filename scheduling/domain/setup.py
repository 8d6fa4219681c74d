"""How the house is set up: one whole, in versions; each change makes a new one."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from scheduling.domain.centre import Demand
from scheduling.domain.house import Intraday, Keep, Noise, ServiceClock
from scheduling.domain.limits import Misfit, Unfit, limited, required
from scheduling.domain.meetings import MeetingType, PlaceKind, Room, SearchParameters
from scheduling.domain.times import DAY

STANDARD = "standard"
"""The name of the search parameters that a fresh installation has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """What the WFM does not know of one of its sites.

    ``buildings`` are those that belong to it, as rooms name them; on its ``holidays`` nobody
    there decides, and nothing recurs.
    """

    id: str
    site_id: str = required(100)
    buildings: frozenset[str] = frozenset()
    holidays: frozenset[date] = field(default=frozenset(), metadata={"longest": 2000})


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """What must be left of an activity, in place of what the WFM's hierarchy says.

    ``deficit`` is the largest deficit in FTE that bookings may cause or deepen, None for no floor;
    ``heads`` is the fewest people of a site who stay.
    """

    deficit: float | None = limited(1.0, 0.0, 500.0)
    heads: int = limited(2, 0, 500)

    def below(self, other: "Floor") -> bool:
        """Whether this protects customers less than ``other``."""
        mine, theirs = (-1.0 if f.deficit is None else f.deficit for f in (self, other))
        looser = theirs >= 0 and (mine < 0 or mine > theirs)
        return looser or self.heads < other.heads


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Auto-scheduling stands still, by a person's word; until somebody resumes it without ``until``."""

    by: str
    since: datetime
    until: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether it still stands at ``now``."""
        return self.until is None or now < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """Everything that administrators and schedulers set up.

    ``mapping`` gives each meeting type the name of its search parameters, which it has then,
    whatever it came with; ``places`` say where it may happen, the default first. ``rooms`` add to or replace what the calendar lists; ``floors`` are
    by activity. ``allowance`` is the offline minutes planned per agent and week; ``notice`` is kept
    by moves of the system; ``paused`` is by unit. Raises Unfit where parts contradict each other.
    """

    types: Mapping[str, MeetingType]
    places: Mapping[str, tuple[PlaceKind, ...]]
    parameters: Mapping[str, SearchParameters]
    mapping: Mapping[str, str]
    locations: Mapping[str, Location] = field(default_factory=dict)
    rooms: Mapping[str, Room] = field(default_factory=dict)
    floors: Mapping[str, Floor] = field(default_factory=dict)
    allowance: int = limited(60, 0, 2400)
    noise: Noise = field(default_factory=Noise)
    clock: ServiceClock = field(default_factory=ServiceClock)
    intraday: Intraday = field(default_factory=Intraday)
    notice: timedelta = limited(4 * DAY, timedelta(0), 90 * DAY)
    keep: Keep = field(default_factory=Keep)
    paused: Mapping[str, Pause] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if misfits := tuple(_contradictions(self)):
            raise Unfit("parts of the set-up contradict each other", *misfits)
        mapped = {
            name: replace(kind, parameters=self.parameters[self.mapping[name]])
            for name, kind in self.types.items()
        }
        object.__setattr__(self, "types", mapped)

    def paused_in(self, unit_id: str, now: datetime) -> Pause | None:
        """Return the pause in which auto-scheduling of a unit stands still at ``now``, or None."""
        pause = self.paused.get(unit_id)
        return pause if pause is not None and pause.holds(now) else None

    def holidays_of(self, site_id: str | None) -> frozenset[date]:
        """Return a site's holidays; without a site, the days that are one wherever there are any."""
        known = self.holidays
        sites = {site for site, _ in known} if site_id is None else {site_id}
        return frozenset(day for _, day in known if all((site, day) in known for site in sites))

    @property
    def holidays(self) -> frozenset[tuple[str, date]]:
        """Each holiday of each site."""
        return frozenset((o.site_id, day) for o in self.locations.values() for day in o.holidays)

    def rooms_among(self, listed: Iterable[Room]) -> tuple[Room, ...]:
        """Return the rooms on offer: those that the calendar ``listed``, as they are set up here."""
        rooms = {room.id.lower(): room for room in (*listed, *self.rooms.values())}
        return tuple(self._placed(room) for room in rooms.values() if not room.closed)

    def _placed(self, room: Room) -> Room:
        if room.site_id is not None or room.building is None:
            return room
        building = room.building.casefold()
        for location in self.locations.values():
            if building in {each.casefold() for each in location.buildings}:
                return replace(room, site_id=location.site_id)
        return room

    def demands_with_floors(self, demands: Mapping[str, Demand]) -> Mapping[str, Demand]:
        """Return the activities with the floors that are set up here."""
        return {name: self._floored(demand) for name, demand in demands.items()}

    def _floored(self, demand: Demand) -> Demand:
        floor = self.floors.get(demand.id)
        if floor is None:
            return demand
        return replace(demand, floor=floor.deficit, minimum_heads=floor.heads)


def _contradictions(setup: Setup) -> Iterator[Misfit]:
    """Yield what two parts of the set-up say differently."""
    if not any(kind.offered for kind in setup.types.values()):
        yield Misfit(path=("types",), kind="none_offered")
    for name in setup.types:
        if not setup.places.get(name):
            yield Misfit(path=("places", name), kind="missing")
        if name not in setup.mapping:
            yield Misfit(path=("mapping", name), kind="missing")
        elif setup.mapping[name] not in setup.parameters:
            facts = {"name": setup.mapping[name], "known": ", ".join(sorted(setup.parameters))}
            yield Misfit(path=("mapping", name), kind="no_parameters", facts=facts)
    for part in ("places", "mapping"):
        for name in sorted(set(getattr(setup, part)) - set(setup.types)):
            known = ", ".join(sorted(setup.types))
            yield Misfit(path=(part, name), kind="no_type", facts={"name": name, "known": known})


def first_setup(
    offers: Iterable[tuple[MeetingType, tuple[PlaceKind, ...]]],
    *,
    rooms: Iterable[Room] = (),
    keep: Keep | None = None,
) -> Setup:
    """Return the set-up of an installation that only has settings: types with their places."""
    offers = tuple(offers)
    parameters: dict[str, SearchParameters] = {}
    mapping: dict[str, str] = {}
    for kind, _ in offers:
        same = next((name for name, each in parameters.items() if each == kind.parameters), None)
        mapping[kind.id] = same or (kind.id if parameters else STANDARD)
        parameters.setdefault(mapping[kind.id], kind.parameters)
    return Setup(
        types={kind.id: kind for kind, _ in offers},
        places={kind.id: places for kind, places in offers},
        parameters=parameters,
        mapping=mapping,
        rooms={room.id: room for room in rooms},
        keep=keep or Keep(),
    )
