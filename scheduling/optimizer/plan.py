"""What the optimiser answers: placements, alternatives, prices, a bound, and reasons."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from scheduling.domain.meetings import PlaceKind
from scheduling.domain.rules import FunnelStep, Rule
from scheduling.domain.times import Interval


class Status(StrEnum):
    """How a search ended."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    NOTHING_PLACED = "nothing_placed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """A meeting at a time and place. ``price`` is in contacts past their goal, weighted."""

    meeting_id: str
    interval: Interval
    place: PlaceKind
    room_id: str | None
    price: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Loosening:
    """A subset-minimal set of rules whose loosening opens ``count`` starts; the nearest and its price."""

    rules: frozenset[Rule]
    count: int
    placement: Placement


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a meeting has no place: counts per rule, a minimal conflict, and ways out."""

    meeting_id: str
    funnel: tuple[FunnelStep, ...]
    conflict: frozenset[Rule]
    loosenings: tuple[Loosening, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The answer to a Problem. ``cost`` and ``bound`` are in contacts past their goal, weighted.

    ``alternatives`` holds per meeting id up to two other starts, on different days where
    there are any; each is free of conflict with the other placements of the plan.
    """

    status: Status
    placements: tuple[Placement, ...]
    failures: tuple[Failure, ...]
    alternatives: Mapping[str, tuple[Placement, ...]] = field(default_factory=dict)
    cost: float = 0.0
    bound: float = 0.0
    proved: bool = False
    seed: int = 0

    @property
    def gap(self) -> float:
        """The certified gap as a fraction of cost; 0 where nothing is lost."""
        return 0.0 if self.cost <= 0 else max(0.0, (self.cost - self.bound) / self.cost)


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
