"""What the workforce-management system (WFM) owns: units, agents, codes, schedules, staffing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from scheduling.domain.skills import HIGHEST_LEVEL
from scheduling.domain.times import Interval, require_utc, zone_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A place where agents work, with its IANA zone."""

    id: str
    name: str
    zone: str

    def __post_init__(self) -> None:
        zone_of(self.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A group of agents under one manager, on one site."""

    id: str
    name: str
    site_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A business unit: the sites and teams that share one forecast, and one ticket queue."""

    id: str
    name: str
    sites: tuple[Site, ...]
    teams: tuple[Team, ...]


class DemandKind(StrEnum):
    """How work of an activity arrives and waits."""

    IMMEDIATE = "immediate"
    CHAT = "chat"
    DEFERRED = "deferred"
    OUTBOUND = "outbound"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceGoal:
    """A contract's goal: ``percent`` of contacts answered within ``seconds``."""

    percent: float
    seconds: float

    def __post_init__(self) -> None:
        if not 0 < self.percent <= 100 or self.seconds < 0:
            raise ValueError(f"{self.percent} % in {self.seconds} s is not a service goal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """An activity: a stream of contacts with a service goal.

    ``floor`` is the largest deficit (requirement minus coverage) in FTE that bookings may cause
    or deepen; None means no floor. ``minimum_heads`` is per site. ``patience`` is in seconds.
    """

    id: str
    name: str
    kind: DemandKind = DemandKind.IMMEDIATE
    goal: ServiceGoal = field(default_factory=lambda: ServiceGoal(percent=80, seconds=20))
    weight: float = 1.0
    floor: float | None = 1.0
    minimum_heads: int = 2
    patience: float = 120.0


class CodeKind(StrEnum):
    """What an activity code means for availability. Only ``WORK`` takes contacts."""

    WORK = "work"
    BREAK = "break"
    MEAL = "meal"
    MEETING = "meeting"
    TRAINING = "training"
    OFFLINE = "offline"
    TIME_OFF = "time_off"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityCode:
    """A kind of time in a schedule."""

    id: str
    name: str
    kind: CodeKind
    paid: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """A person who handles contacts.

    ``shares`` gives the part of productive time spent on each demand; they sum to at most 1.
    ``shares_known`` is False where the WFM gave only skills and 1/k was assumed. ``skills`` are
    levels (0 to ``HIGHEST_LEVEL``, higher is better) by the WFM's name of the skill.
    """

    id: str
    name: str
    unit_id: str
    site_id: str
    team_id: str
    zone: str
    shares: Mapping[str, float]
    shares_known: bool = True
    address: str | None = None
    weekly_minutes: int = 2400
    skills: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        zone_of(self.zone)
        if not all(0 <= level <= HIGHEST_LEVEL for level in self.skills.values()):
            raise ValueError(f"a skill of agent {self.id} has a level outside 0 to {HIGHEST_LEVEL}")
        if any(share < 0 for share in self.shares.values()) or sum(self.shares.values()) > 1 + 1e-6:
            raise ValueError(f"the shares of agent {self.id} are not parts of one whole")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Segment:
    """A stretch of one activity code in an agent's day."""

    interval: Interval
    code_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentDay:
    """One agent's published or draft day: flat, sorted, non-overlapping segments.

    ``business_date`` is the day in the agent's zone on which the shift starts; ``version`` is
    opaque and changes whenever the WFM's day changes.
    """

    agent_id: str
    business_date: date
    published: bool
    segments: tuple[Segment, ...]
    version: str

    def __post_init__(self) -> None:
        pairs = zip(self.segments, self.segments[1:], strict=False)
        if any(later.interval.start < earlier.interval.end for earlier, later in pairs):
            raise ValueError(f"segments of {self.agent_id} on {self.business_date} overlap")


class StaffingSource(StrEnum):
    """Where staffing figures come from."""

    VENDOR = "vendor"
    COMPUTED = "computed"
    IMPORT = "import"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffingSeries:
    """Requirement, scheduled staff and forecast of one demand, per interval from ``start``.

    ``required`` and ``scheduled`` are FTE, ``volume`` contacts offered, ``handling`` seconds per
    contact; all have the same length. ``shrinkage`` is the unplanned share still to come off
    ``scheduled``; ``gross`` says the requirement already includes it.
    """

    demand_id: str
    start: datetime
    interval_minutes: int
    required: tuple[float, ...]
    scheduled: tuple[float, ...]
    volume: tuple[float, ...]
    handling: tuple[float, ...]
    as_of: datetime
    source: StaffingSource
    shrinkage: float = 0.0
    gross: bool = False

    def __post_init__(self) -> None:
        require_utc(self.start)
        require_utc(self.as_of)
        lengths = {len(x) for x in (self.required, self.scheduled, self.volume, self.handling)}
        if len(lengths) != 1:
            raise ValueError(f"the series of demand {self.demand_id} differ in length")
