"""Who and what there is: time on a grid, staffing curves, people, rooms, and what may be away at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final

from scheduling.domain.centre import DemandKind, ServiceGoal
from scheduling.domain.rules import CAPS, Rule
from scheduling.domain.times import FieldError, Interval, require_utc, zone_of

SLOT_CHOICES = (5, 10, 15, 30)
UNITS: Final = 60
"""Units of footprint in one FTE."""
MILLION: Final = 1_000_000
"""Units of cost in one contact past its goal."""
DEEPEST: Final = 48
"""FTE of one demand and slot with a price of their own, counted from the most that its ``removed``
holds anywhere; the last of these prices stands for every further FTE. So many are away together
only in the largest units, where the next FTE costs about as much, and tables stay small."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """``slots`` slots of ``slot_minutes`` from the aware UTC instant ``start``; half-open."""

    start: datetime
    slots: int
    slot_minutes: int = 15

    def __post_init__(self) -> None:
        require_utc(self.start, "start")
        if self.slot_minutes not in SLOT_CHOICES:
            raise FieldError(
                f"slots of {self.slot_minutes} minutes are not offered", "slot_minutes"
            )
        if self.slots < 1:
            raise FieldError(f"a grid of {self.slots} slots holds nothing", "slots")

    def at(self, slot: int) -> datetime:
        """Return the instant at which ``slot`` starts."""
        return self.start + timedelta(minutes=slot * self.slot_minutes)

    @property
    def span(self) -> Interval:
        """The whole grid as an interval."""
        return Interval(self.start, self.at(self.slots))


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """One demand on the grid: a value per slot in every tuple.

    ``required`` and ``coverage`` are FTE in service, like with like (after unplanned shrinkage,
    net of it on both sides), without the bookings this problem plans; ``volume`` is contacts per
    slot, ``handling`` seconds. ``floor`` is the largest allowed deficit in FTE and ``drop`` the
    largest allowed fall of a slot's service level (a part of one, by the price's own formula),
    None for none. ``concurrency`` is how many chats one agent works at once; ``backlog`` is the
    deferred items that wait when the grid starts: they count as arriving in its first slot, with
    the whole goal from then on.
    ``removed`` is what our own earlier bookings take, in 1/60 FTE per slot, where ``coverage``
    is still without them; empty where ``coverage`` already holds them.
    """

    demand_id: str
    required: tuple[float, ...]
    coverage: tuple[float, ...]
    volume: tuple[float, ...]
    handling: tuple[float, ...]
    goal: ServiceGoal
    kind: DemandKind = DemandKind.IMMEDIATE
    weight: float = 1.0
    floor: float | None = 1.0
    drop: float | None = None
    patience: float = 120.0
    concurrency: float = 1.0
    backlog: float = 0.0
    reconciled: bool = True
    removed: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        for name in ("required", "coverage", "volume", "handling", "removed"):
            _require_at_least_zero(name, enumerate(getattr(self, name)))
        _require_no_negative(self, "weight", "backlog")
        if self.concurrency < 1:
            raise FieldError(f"an agent works at least 1, not {self.concurrency}", "concurrency")
        if self.patience <= 0:
            raise FieldError(f"{self.patience} seconds is no patience: it is above 0", "patience")


@dataclass(frozen=True, slots=True, kw_only=True)
class OffTime:
    """Time inside a shift that is not open for contacts; ``rule`` is BREAK or EXCEPTION.

    A break may be moved anywhere inside ``window`` as far as the limits' break rules allow; one
    without a window (every meal) stays.
    """

    interval: Interval
    rule: Rule
    window: Interval | None = None

    def __post_init__(self) -> None:
        if self.rule not in (Rule.BREAK, Rule.EXCEPTION):
            raise FieldError(f"time off is a break or an exception, not {self.rule}", "rule")
        if self.window and not (self.rule is Rule.BREAK and self.window.covers(self.interval)):
            raise FieldError("only a break can move, inside a window that holds it", "window")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee:
    """An agent who may be taken off the phones.

    ``shares`` are FTE in service, as coverage is. ``shifts`` are whole shifts, ``off`` the time
    within them that is not open, ``busy`` what calendars, reservations and soft holds take.
    ``offline`` counts the sessions and offline minutes already planned per local date; ``zone``
    decides what a date and a time of day are. ``contract`` is the part of full-time hours, which
    scales the offline caps. ``transition`` is the minutes off the phones before and after each
    session. ``inconvenient`` is the fairness ledger: inconvenient sessions of late.
    """

    id: str
    zone: str
    site_id: str
    team_id: str
    shares: Mapping[str, float]
    shifts: tuple[Interval, ...]
    off: tuple[OffTime, ...] = ()
    busy: tuple[Interval, ...] = ()
    offline: Mapping[date, tuple[int, int]] = field(default_factory=dict)
    contract: float = 1.0
    transition: int = 0
    inconvenient: int = 0

    def __post_init__(self) -> None:
        _require_zone(self.zone)
        _require_apart("shifts", self.shifts)
        _require_apart("off", [off.interval for off in self.off])
        _require_at_least_zero("shares", self.shares.items())
        _require_no_negative(self, "transition", "inconvenient")
        for day, planned in self.offline.items():
            _require_at_least_zero("offline", ((f"{day}", value) for value in planned))
        if not 0 < self.contract <= 2:
            raise FieldError(
                f"a contract of {self.contract} full-time equivalents is not possible", "contract"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Facilitator:
    """Who leads: working time less busy time. ``shares`` is not empty where they take contacts too.

    ``leads`` names the meeting types they may lead, None for all. ``prepare`` and ``write_up``
    are the minutes kept free before and after each session; ``contact_a_day`` caps the minutes
    led per local date, of which ``led`` holds those planned already.
    """

    id: str
    zone: str
    working: tuple[Interval, ...]
    busy: tuple[Interval, ...] = ()
    shares: Mapping[str, float] = field(default_factory=dict)
    leads: frozenset[str] | None = None
    prepare: int = 0
    write_up: int = 0
    contact_a_day: int | None = None
    led: Mapping[date, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _require_zone(self.zone)
        _require_no_negative(self, "prepare", "write_up")
        _require_at_least_zero("shares", self.shares.items())
        _require_at_least_zero("led", ((f"{day}", led) for day, led in self.led.items()))
        if self.contact_a_day is not None:
            _require_no_negative(self, "contact_a_day")


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomChoice:
    """A room and when it is taken. A room whose calendar could not be read is not handed in.

    ``turnover`` is the minutes it stays empty after each session.
    """

    id: str
    site_id: str | None
    capacity: int
    busy: tuple[Interval, ...] = ()
    equipment: frozenset[str] = frozenset()
    turnover: int = 0

    def __post_init__(self) -> None:
        if self.capacity < 1:
            raise FieldError(
                f"room {self.id} has a capacity of {self.capacity}: it seats nobody", "capacity"
            )
        _require_no_negative(self, "turnover")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """Agents of one site who are open for one demand, per slot, and the fewest there must stay."""

    demand_id: str
    site_id: str
    present: tuple[int, ...]
    minimum: int = 2

    def __post_init__(self) -> None:
        _require_at_least_zero("present", enumerate(self.present))
        _require_no_negative(self, "minimum")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """How many of ``members`` may be away in sessions at once; caps nest freely.

    ``rule`` says what it is a cap of (team, site, unit, activity, rare skill). ``most`` is heads
    per slot, or one number for all slots; whoever builds a cap as a share of those on shift works
    the heads out. ``away`` is how many already are, per slot, empty for none.
    """

    id: str
    rule: Rule
    members: frozenset[str]
    most: tuple[int, ...]
    away: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.rule not in CAPS:
            raise FieldError(f"{self.rule} is not the rule of a cap", "rule")
        _require_at_least_zero("most", enumerate(self.most))
        _require_at_least_zero("away", enumerate(self.away))


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """Offline minutes of the unit in the ISO week that starts on ``week``: planned and used."""

    week: date
    planned: int
    used: int

    def __post_init__(self) -> None:
        _require_no_negative(self, "planned", "used")


def _require_no_negative(owner: object, *names: str) -> None:
    """Raise FieldError for one of the fields ``names`` that is negative or not a number."""
    for name in names:
        value = getattr(owner, name)
        if not value >= 0:
            raise FieldError(f"{name} is {value}; it is never below 0", name)


def _require_at_least_zero(name: str, values: Iterable[tuple[str | int, float]]) -> None:
    """Raise FieldError for a negative value or one that is not a number, at its place in ``name``."""
    for place, value in values:
        if not value >= 0:
            raise FieldError(f"{name} holds {value} at {place}; it is never below 0", name, place)


def _require_zone(zone: str) -> None:
    try:
        zone_of(zone)
    except ValueError as error:
        raise FieldError(str(error), "zone") from None


def _require_apart(name: str, spans: Sequence[Interval]) -> None:
    order = sorted(range(len(spans)), key=spans.__getitem__)
    for one, other in pairwise(order):
        if spans[one].overlaps(spans[other]):
            former, latter = spans[one], spans[other]
            raise FieldError(
                f"{name} overlap: {former.start.isoformat()} to {former.end.isoformat()}"
                f" and {latter.start.isoformat()} to {latter.end.isoformat()}",
                name,
                max(one, other),
            )
