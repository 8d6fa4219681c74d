"""A planning problem, as plain data: who, when, what it costs, and within which limits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from scheduling.domain.centre import DemandKind, ServiceGoal
from scheduling.domain.meetings import PlaceKind, Tier
from scheduling.domain.rules import Rule
from scheduling.domain.times import Interval, WallWindow, require_utc

SLOT_CHOICES = (5, 10, 15, 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """``slots`` slots of ``slot_minutes`` from the aware UTC instant ``start``; half-open."""

    start: datetime
    slots: int
    slot_minutes: int = 15

    def __post_init__(self) -> None:
        require_utc(self.start)
        if self.slot_minutes not in SLOT_CHOICES or self.slots < 1:
            raise ValueError(f"a grid of {self.slots} x {self.slot_minutes} minutes is not offered")

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
    slot, ``handling`` seconds. ``floor`` is the largest allowed deficit in FTE, None for none.
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
    patience: float = 120.0
    reconciled: bool = True
    removed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OffTime:
    """Time inside a shift that is not open for contacts; ``rule`` is BREAK or EXCEPTION."""

    interval: Interval
    rule: Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee:
    """An agent who may be taken off the phones.

    ``shares`` are FTE in service, as coverage is. ``shifts`` are whole shifts, ``off`` the time within them that is not open, ``busy`` what
    calendars, reservations and soft holds take. ``offline_days`` counts the sessions and offline
    minutes already planned per local date; ``zone`` decides what a date and a time of day are.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Facilitator:
    """Who leads: working time less busy time. ``shares`` is not empty where they take contacts too."""

    id: str
    zone: str
    working: tuple[Interval, ...]
    busy: tuple[Interval, ...] = ()
    shares: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomChoice:
    """A room and when it is taken. A room whose calendar could not be read is not handed in."""

    id: str
    site_id: str | None
    capacity: int
    busy: tuple[Interval, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The search parameters that hold for this problem; minutes unless said otherwise."""

    windows: tuple[WallWindow, ...] = ()
    weekdays: frozenset[int] = frozenset(range(7))
    lead: int = 120
    edge: int = 30
    sessions_a_day: int = 1
    offline_a_day: int = 120
    offline_a_week: int = 240
    team_heads: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """Agents of one site who are open for one demand, per slot, and the fewest there must stay."""

    demand_id: str
    site_id: str
    present: tuple[int, ...]
    minimum: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """One session to place: one attendee, one facilitator, ``minutes`` long, inside ``dates``.

    ``first`` and ``last`` are local dates of the attendee, both inclusive. ``walk_away`` is the
    price in contacts past their goal above which the meeting fails with the rule PRICE.
    """

    id: str
    attendee_id: str
    facilitator_id: str
    minutes: int
    first: date
    last: date
    place: PlaceKind = PlaceKind.ONLINE
    tier: Tier = Tier.NORMAL
    walk_away: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Everything the solver may know. ``now`` is an argument: nothing here reads a clock.

    ``away`` holds, per team, one interval for each of its agents' bookings (for TEAM_CAP).
    ``relaxed`` rules are not applied.
    """

    now: datetime
    grid: Grid
    curves: tuple[Curve, ...]
    attendees: tuple[Attendee, ...]
    facilitators: tuple[Facilitator, ...]
    rooms: tuple[RoomChoice, ...]
    meetings: tuple[Meeting, ...]
    limits: Limits = field(default_factory=Limits)
    away: Mapping[str, tuple[Interval, ...]] = field(default_factory=dict)
    heads: tuple[Heads, ...] = ()
    relaxed: frozenset[Rule] = frozenset()
    seed: int = 0

    def __post_init__(self) -> None:
        require_utc(self.now)
        people = {a.id for a in self.attendees}
        leaders = {f.id for f in self.facilitators}
        for meeting in self.meetings:
            if meeting.attendee_id not in people or meeting.facilitator_id not in leaders:
                raise ValueError(f"meeting {meeting.id} names somebody the problem does not hold")
        for curve in self.curves:
            series = (curve.required, curve.coverage, curve.volume, curve.handling)
            whole = all(len(values) == self.grid.slots for values in series)
            if not whole or len(curve.removed) not in (0, self.grid.slots):
                raise ValueError(f"the curve of {curve.demand_id} does not fill the grid")
