"""What the optimiser answers: placements, alternatives, prices, a bound, and reasons."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
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
class BreakMove:
    """A break of an attendee that makes way for a session; both intervals are equally long."""

    attendee_id: str
    before: Interval
    after: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """A meeting at a time and place. ``price`` is in contacts past their goal, weighted.

    ``attendee_ids`` are those who are present, in the meeting's order; empty means everybody it
    requires. ``interval`` is the session itself: preparation, transition and turnover lie around it.
    """

    meeting_id: str
    interval: Interval
    place: PlaceKind
    room_id: str | None
    price: float = 0.0
    attendee_ids: tuple[str, ...] = ()
    breaks: tuple[BreakMove, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupPart:
    """One part of a training for one group: when, where, led by whom."""

    interval: Interval
    trainer_id: str
    place: PlaceKind
    room_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Attendees of a training who take all its parts together, in order.

    ``price`` is what the group costs with those before it in the plan taken, in contacts past
    their goal. ``breaks`` holds the breaks moved for any of its parts.
    """

    training_id: str
    attendee_ids: tuple[str, ...]
    parts: tuple[GroupPart, ...]
    price: float = 0.0
    breaks: tuple[BreakMove, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Loosening:
    """A subset-minimal set of rules whose loosening opens ``count`` starts; the nearest and its price."""

    rules: frozenset[Rule]
    count: int
    placement: Placement


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """Meetings that each have starts and together have not: who loses to whom.

    ``rule`` says what they compete for and ``holder`` whose it is (a facilitator, a room class, a
    cap, a demand and slot), where one thing explains it; ``window`` is where all their starts lie,
    ``places`` how many of them fit there. ``winners`` are placed, ``losers`` are not.
    """

    rule: Rule
    holder: str
    winners: tuple[str, ...]
    losers: tuple[str, ...]
    places: int
    window: Interval | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a meeting (or ``attendee_id`` of a training) has no place, and ways out.

    ``funnel`` are counts per rule, ``conflict`` is minimal by inclusion, and ``contest`` says to
    whom it lost where it has starts by itself.
    """

    meeting_id: str
    funnel: tuple[FunnelStep, ...]
    conflict: frozenset[Rule]
    loosenings: tuple[Loosening, ...]
    attendee_id: str | None = None
    contest: Contest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowanceUse:
    """Offline minutes of the ISO week that starts on ``week``: planned, used before, and by the plan."""

    week: date
    planned: int
    used: int
    added: int

    @property
    def left(self) -> int:
        """What is left of the planned minutes; negative where they are overdrawn."""
        return self.planned - self.used - self.added


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The answer to a Problem. ``cost`` and ``bound`` are in contacts past their goal, weighted.

    ``alternatives`` holds per meeting id up to two other starts, on different days where
    there are any; each is free of conflict with the other placements of the plan.
    ``moved`` are pinned meetings that are elsewhere now. ``stage`` is the last stage of the search
    that bettered the plan and ``effort`` the deterministic budget it was given; ``guarded`` says
    that the wall-clock guard ended it early, so that another run may differ. ``problem_hash`` is
    the SHA-256 of the problem's canonical JSON, empty where the problem never was a file.
    """

    status: Status
    placements: tuple[Placement, ...]
    failures: tuple[Failure, ...]
    groups: tuple[Group, ...] = ()
    alternatives: Mapping[str, tuple[Placement, ...]] = field(default_factory=dict)
    moved: tuple[str, ...] = ()
    allowances: tuple[AllowanceUse, ...] = ()
    cost: float = 0.0
    bound: float = 0.0
    proved: bool = False
    reconciled: bool = True
    as_of: datetime | None = None
    stage: str = ""
    effort: int = 0
    guarded: bool = False
    problem_hash: str = ""
    seed: int = 0

    @property
    def gap(self) -> float:
        """The certified gap as a fraction of cost; 0 where nothing is lost."""
        return 0.0 if self.cost <= 0 else max(0.0, (self.cost - self.bound) / self.cost)

    @property
    def placed(self) -> int:
        """Meetings placed, and attendees of trainings who sit in a group."""
        return len(self.placements) + sum(len(group.attendee_ids) for group in self.groups)

    @property
    def failed(self) -> int:
        """Meetings, and attendees of trainings, without a place."""
        return len(self.failures)
