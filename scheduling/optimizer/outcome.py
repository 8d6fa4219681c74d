"""What a plan does to service, and what the independent check says of it, as plain data."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from scheduling.domain.rules import Rule
from scheduling.domain.times import Interval
from scheduling.optimizer.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveImpact:
    """One demand before and after a plan, per slot of ``interval`` (forecast, not price).

    ``service_before`` and ``service_after`` are parts of one, by the unconvexified Erlang A.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class DayImpact:
    """A demand's volume-weighted service level over the local ``day``, as parts of one.

    ``stressed`` is ``after`` at volume + 10 %; ``lowest_net`` is the lowest coverage less
    requirement, in FTE, while a session of the plan takes somebody off the demand;
    ``understaffed_hours`` are the FTE-hours of deficit that the plan adds.
    """

    demand_id: str
    day: date
    goal: float
    before: float
    after: float
    stressed: float
    lowest_net: float
    understaffed_hours: float


class FaultKind(StrEnum):
    """What the independent check found wrong with a plan."""

    RULE = "rule"
    UNKNOWN_MEETING = "unknown_meeting"
    ANSWERED_TWICE = "answered_twice"
    NOT_ANSWERED = "not_answered"
    WRONG_LENGTH = "wrong_length"
    OFF_GRID = "off_grid"
    DOUBLE_BOOKED = "double_booked"
    WRONG_ROOM = "wrong_room"
    WRONG_PRICE = "wrong_price"
    WRONG_COST = "wrong_cost"
    WRONG_BOUND = "wrong_bound"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong with a plan: which kind, of which meeting, against which rule.

    ``alternative`` says that it is not the placement but one of the alternatives offered.
    """

    kind: FaultKind
    meeting_id: str | None = None
    rule: Rule | None = None
    alternative: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A plan with its forecast and what the independent check found; no fault may be booked."""

    plan: Plan
    curves: tuple[CurveImpact, ...]
    days: tuple[DayImpact, ...]
    faults: tuple[Fault, ...]
