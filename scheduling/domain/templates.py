"""Recurring meetings: who meets whom how often, and what stays the same each time."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from scheduling.domain.meetings import PlaceKind, Tier
from scheduling.domain.skills import SkillLevel
from scheduling.domain.times import WallWindow

EVERY_DAY = frozenset(range(7))
MOST_EVERY = 52
LAST = -1
"""The last of its weekdays in a month."""


class Frequency(StrEnum):
    """The unit of a period; weeks begin on Monday, months are calendar months."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """One meeting in each period of ``every`` days, weeks or months, on one of ``weekdays``.

    0 is Monday. With ``nth`` (monthly only; 1 to 5, or -1 for the last) only on the nth of those
    weekdays in each month of the period. ValueError for what yields no date at all.
    """

    frequency: Frequency
    every: int = 1
    weekdays: frozenset[int] = EVERY_DAY
    nth: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.every <= MOST_EVERY:
            raise ValueError(f"every {self.every} is not from 1 to {MOST_EVERY}")
        if not self.weekdays or not self.weekdays <= EVERY_DAY:
            raise ValueError("a recurrence names at least one weekday, 0 (Monday) to 6")
        if self.nth is None:
            return
        if self.frequency is not Frequency.MONTHLY:
            raise ValueError("the nth weekday is for monthly meetings")
        if self.nth not in {LAST, 1, 2, 3, 4, 5}:
            raise ValueError(f"there is no weekday number {self.nth} in a month: 1 to 5, or -1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Who meets: everybody of these sites and teams as they are at the time, and these agents.

    A team stays a team when people come and go. With ``skills`` only those of the sites and teams
    (where none is named, of the unit) who have all of them. Nobody of ``except_ids`` is asked.
    """

    site_ids: frozenset[str] = frozenset()
    team_ids: frozenset[str] = frozenset()
    agent_ids: frozenset[str] = frozenset()
    except_ids: frozenset[str] = frozenset()
    skills: tuple[SkillLevel, ...] = ()

    def __post_init__(self) -> None:
        if not (self.site_ids or self.team_ids or self.agent_ids or self.skills):
            raise ValueError("an audience names a site, a team, a skill or an agent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A meeting that recurs, from ``start`` up to and including ``end`` (None: for ever).

    ``facilitator_id`` None is each agent's own manager. At least ``least_days`` and at most
    ``most_days`` (date differences) lie between two meetings of one attendee, also to meetings of
    the type that were booked by hand. ``blackout`` are dates without meetings; ``holidays`` those
    of one site. ``minutes`` None is the type's own length. ``by_itself`` has it planned whenever
    the WFM has published further schedules; booking still takes its owner.
    """

    id: str
    name: str
    unit_id: str
    owner_id: str
    type_id: str
    audience: Audience
    recurrence: Recurrence
    start: date
    end: date | None = None
    facilitator_id: str | None = None
    place: PlaceKind = PlaceKind.ONLINE
    window: WallWindow | None = None
    minutes: int | None = None
    least_days: int = 0
    most_days: int | None = None
    blackout: frozenset[date] = frozenset()
    holidays: tuple[tuple[str, date], ...] = ()
    tier: Tier = Tier.NORMAL
    by_itself: bool = False
    version: int = 1

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise ValueError(f"{self.name} ends on {self.end}, before it starts on {self.start}")
        if self.least_days < 0:
            raise ValueError("the days between two meetings are 0 or more")
        if self.most_days is not None and self.most_days < max(self.least_days, 1):
            raise ValueError(
                f"at most {self.most_days} days between meetings are fewer than the"
                f" {self.least_days} that must lie between them"
            )


class Passed(StrEnum):
    """Why somebody of the audience has no meeting in a period; nothing is caught up later."""

    HELD = "held"
    """One of the type is held or booked in it, also by hand."""
    TOO_CLOSE = "too_close"
    """Too few days to one that is held or booked just before or after it."""
    NEW = "new"
    """Joined after the last day on which it could have been."""
    ABSENT = "absent"
    """Without a shift, or off or off the phones all day, on every day of it."""
    NO_MANAGER = "no_manager"
    """Nobody leads the agent's team."""
    LEADER_GONE = "leader_gone"
    """Whoever is named to lead it is not with us, or not of this unit, any more."""
    UNREAD = "unread"
    """The WFM gave no schedule that could be read for them alone."""
    NO_TYPE = "no_type"
    """The set-up has no meeting type of that name (any more)."""
    NO_DATE = "no_date"
    """The rule, blackout dates and holidays leave no date in it."""


UNLED = frozenset({Passed.NO_MANAGER, Passed.LEADER_GONE})
"""Reasons of those who are due and have nobody to meet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LostAudience:
    """A team or site that a template (or course) is for and that the WFM has no more, or is empty.

    ``people`` are how many of it the last run had who are in no audience now. ``id`` None stands
    for the agents it names one by one.
    """

    template_id: str
    template_name: str
    id: str | None
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of one agent of the audience; all dates are local to them.

    ``history`` are the dates of meetings of the type, held, booked or planned by hand;
    ``present`` the dates with time for contacts in the dates of the run (None: not known, any); ``unread``
    where the WFM's schedule of them cannot be read;
    ``joined`` when they came to the audience, None for always.
    """

    agent_id: str
    site_id: str
    team_id: str
    manager_id: str | None
    history: tuple[date, ...] = ()
    present: frozenset[date] | None = None
    joined: date | None = None
    unread: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One meeting that a template asks for: one attendee, on one of ``days``.

    Where several meet, ``attendee_id`` is their team's id (the template's, of a list), and
    ``attendee_ids`` are they, of whom ``least`` are enough; ``absent_ids`` of them have no shift on
    any of its days.

    ``preferred`` are those of its days in the week that an even pace would give it. ``missed``:
    the period before went without.
    """

    template_id: str
    period: date
    attendee_id: str
    facilitator_id: str
    days: tuple[date, ...]
    preferred: tuple[date, ...]
    tier: Tier
    missed: bool = False
    attendee_ids: tuple[str, ...] = ()
    least: int = 1
    absent_ids: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The same for the same template, period and attendee (or team) in every run."""
        return f"{self.template_id}:{self.period.isoformat()}:{self.attendee_id}"

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody who is to attend."""
        return self.attendee_ids or (self.attendee_id,)

    @property
    def searches(self) -> int:
        """How often it may be searched: in its own week, on all its days, and for fewer people."""
        if self.least < len(self.people):
            return 3
        return 2 if len(self.days) > len(self.preferred) else 1

    def least_in(self, search: int) -> int:
        """Return how many have to come in a search, the first being 0: all, then midway, then least."""
        most = len(self.people)
        return (most, (most + self.least) // 2, self.least)[min(search, 2)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """Somebody of the audience who has no meeting in the period that starts on ``period``."""

    template_id: str
    period: date
    attendee_id: str
    why: Passed


class TeamChangeKind(StrEnum):
    """What happened to somebody since the last run."""

    JOINED = "joined"
    LEFT = "left"
    MOVED = "moved"
    NEW_MANAGER = "new_manager"


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """Which team somebody was in, under whom, and which templates of a run were for them.

    No ``template_ids`` (as in runs of an earlier release) stand for all of the run's.
    """

    team_id: str
    manager_id: str | None = None
    template_ids: frozenset[str] = frozenset()


class TeamEffect(StrEnum):
    """What a run has for somebody whose team or manager has changed."""

    PLANNED = "planned"
    """Their next session is one of its plan."""
    BOOKED = "booked"
    """One is booked, and stays as it is."""
    NONE = "none"
    """They are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamChange:
    """One change of the audience since the last run; ``before`` or ``after`` is None for nobody's.

    ``effect`` is what it does to the plan (None: of an earlier release), with the ``day`` of their
    next session and who leads that.
    """

    agent_id: str
    kind: TeamChangeKind
    before: Membership | None = field(default=None)
    after: Membership | None = field(default=None)
    effect: TeamEffect | None = None
    day: date | None = None
    leader_id: str | None = None
