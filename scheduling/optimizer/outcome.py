"""What a plan does to service, and what the independent check says of it, as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from scheduling.domain.rules import Rule
from scheduling.domain.times import DateRange, Interval
from scheduling.optimizer.plan import Plan

Zones = str | Mapping[str, str]
"""Whose local days a forecast is told in: of one zone, or of each demand's own, by its id."""


class ForecastSource(StrEnum):
    """What a forecast of service comes from.

    Chats are forecast by Erlang A with ``concurrency`` servers per agent, each chat as long as
    ever: an approximation, since agents slow down with more chats at once.
    """

    ERLANG_A = "erlang_a"
    ERLANG_A_CHAT = "erlang_a_chat"
    BACKLOG = "backlog"
    CAPACITY = "capacity"
    ORACLE = "oracle"


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveImpact:
    """One demand before and after a plan, per slot of ``interval`` (forecast, not price).

    ``before`` and ``after`` are coverage in FTE; ``service_before`` and ``service_after`` are
    parts of one, never the solver's convexified price.
    """

    demand_id: str
    interval: Interval
    slot_minutes: int
    required: tuple[float, ...]
    before: tuple[float, ...]
    after: tuple[float, ...]
    volume: tuple[float, ...]
    service_before: tuple[float, ...]
    service_after: tuple[float, ...]
    source: ForecastSource


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodImpact:
    """What a plan does to a demand over whole local ``dates``: a day, or a contract's period.

    ``before`` and ``after`` are the service level weighted by ``volume`` (contacts), as parts of
    one, held against ``goal``; the ``stressed`` ones at volume + 10 %. ``late_before`` and
    ``late_after`` are contacts past their goal, never more than the volume. ``lowest_net`` is the
    lowest coverage less requirement, in FTE, in the slots that the plan changes.
    ``understaffed_hours`` are the FTE-hours of deficit that the plan adds where it takes somebody
    off, not set against others it relieves; ``understaffed_before`` those there were without it.
    """

    demand_id: str
    dates: DateRange
    source: ForecastSource
    goal: float
    volume: float
    before: float
    after: float
    stressed_before: float
    stressed: float
    late_before: float
    late_after: float
    lowest_net: float
    understaffed_before: float
    understaffed_hours: float

    @property
    def day(self) -> date:
        """The first local date."""
        return self.dates.start


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """A plan's forecast; only demands, days and periods that the plan changes are there.

    ``curves`` and ``days`` run pairwise, by demand and local day; ``periods`` by demand.
    """

    curves: tuple[CurveImpact, ...]
    days: tuple[PeriodImpact, ...]
    periods: tuple[PeriodImpact, ...]


class FaultKind(StrEnum):
    """What the independent check found wrong with a plan."""

    RULE = "rule"
    UNKNOWN_MEETING = "unknown_meeting"
    UNKNOWN_ATTENDEE = "unknown_attendee"
    ANSWERED_TWICE = "answered_twice"
    NOT_ANSWERED = "not_answered"
    WRONG_LENGTH = "wrong_length"
    OFF_GRID = "off_grid"
    DOUBLE_BOOKED = "double_booked"
    WRONG_ROOM = "wrong_room"
    WRONG_GROUP = "wrong_group"
    WRONG_BREAK = "wrong_break"
    WRONG_MOVED = "wrong_moved"
    FROZEN = "frozen"
    WRONG_ALLOWANCE = "wrong_allowance"
    WRONG_STATUS = "wrong_status"
    WRONG_PRICE = "wrong_price"
    WRONG_COST = "wrong_cost"
    WRONG_BOUND = "wrong_bound"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong with a plan: which kind, of which meeting or training, against which rule.

    ``alternative`` says that it is not the placement but one of the alternatives offered;
    ``attendee_id`` names whom of a training the plan answers wrongly.
    """

    kind: FaultKind
    meeting_id: str | None = None
    rule: Rule | None = None
    attendee_id: str | None = None
    alternative: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A plan with its forecast and what the independent check found; no fault may be booked."""

    plan: Plan
    curves: tuple[CurveImpact, ...]
    days: tuple[PeriodImpact, ...]
    periods: tuple[PeriodImpact, ...]
    faults: tuple[Fault, ...]
