"""Runs: a unit's templates planned together over some dates, looked at, and only then booked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from scheduling.domain.commits import CommitProgress, PlannedSession
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.proposals import DayService
from scheduling.domain.rollouts import RolloutPreview
from scheduling.domain.rules import Rule
from scheduling.domain.selfcare import CaredFor
from scheduling.domain.templates import LostAudience, Passed, TeamChange
from scheduling.domain.times import DateRange, Interval

MOST_RUN_DAYS = 62
"""Dates of one run at most: what calendars answer about at once."""


class RunState(StrEnum):
    """The life of a run. Nothing is written outside before BOOKING."""

    PLANNING = "planning"
    PREVIEW = "preview"
    BOOKING = "booking"
    BOOKED = "booked"
    DISCARDED = "discarded"
    FAILED = "failed"

    @property
    def over(self) -> bool:
        """Whether nothing more happens to it."""
        return self in {self.BOOKED, self.DISCARDED, self.FAILED}


class Since(StrEnum):
    """How a session of a run compares with the run before over the same dates."""

    NEW = "new"
    SAME = "same"
    OTHER_TIME = "other_time"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSession:
    """One planned session: the occurrence it answers, its local ``day``, and what would be booked.

    Of a roll-out, ``template_id`` is the course's.
    """

    occurrence_id: str
    template_id: str
    day: date
    session: PlannedSession
    since: Since = Since.NEW


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDay:
    """One day of a preview: sessions, offline minutes, and what they do to service.

    ``services`` are before and after per demand, against its goal. ``worst`` is the start of the
    slot with the lowest net staffing during a session, ``worst_net`` that in FTE, ``worst_zone``
    where most of who serve that demand are (IANA; None: not affected, or of an earlier release).
    ``understaffed_before`` are the FTE-hours of deficit that were there anyway; those caused stand
    in ``services``. ``changed`` counts sessions that the run before had not, or elsewhere.
    """

    day: date
    sessions: int
    minutes: int
    services: tuple[DayService, ...]
    worst: datetime | None
    worst_net: float
    understaffed_before: float
    changed: int
    worst_zone: str | None = None

    @property
    def caused(self) -> float:
        """FTE-hours of deficit that the sessions cause, over all demands."""
        return sum(one.understaffed_hours for one in self.services)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offline:
    """Minutes off the phones over a run's dates: in the schedules already, and allowed in all."""

    used: int
    allowed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingPlan:
    """One planned meeting of several people: of a team, or of whom a template lists (``who_id``).

    ``missing_ids`` were asked and cannot come at that time; ``zone`` is an attendee's (IANA).
    """

    template_id: str
    who_id: str
    facilitator_id: str
    day: date
    interval: Interval
    zone: str
    place: PlaceKind
    room_name: str | None
    coming: int
    missing_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPreview:
    """What a run would do. ``cost`` and ``bound`` are contacts past their goal, weighted.

    ``unplaced`` counts occurrences without a time by the rules that leave none; ``passed``
    those of the audience who need none, by reason; ``kept`` the meetings that hold already.
    ``rollout`` is there where it is of a course; ``offline`` where the unit has an allowance.
    ``lost`` are parts of audiences that the WFM has no more; ``meetings`` those of several people.
    ``versions`` are those of the templates, or of the course, that it was planned with, by id.
    """

    days: tuple[RunDay, ...]
    unplaced: tuple[tuple[frozenset[Rule], int], ...]
    unplaced_ids: tuple[str, ...]
    passed: Mapping[Passed, int]
    kept: int
    changes: tuple[TeamChange, ...]
    gone: int
    cost: float
    bound: float
    as_of: datetime
    reconciled: bool
    seconds: float
    rollout: RolloutPreview | None = None
    offline: Offline | None = None
    lost: tuple[LostAudience, ...] = ()
    meetings: tuple[MeetingPlan, ...] = ()
    versions: Mapping[str, int] = field(default_factory=dict)

    @property
    def minutes(self) -> int:
        """Minutes off the phones of everybody together, if no day is held."""
        return sum(day.minutes for day in self.days)

    @property
    def sessions(self) -> int:
        """How many sessions would be booked if no day is held."""
        return sum(day.sessions for day in self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """A run as its owner sees it; ``held`` are days that are not to be booked.

    ``progress`` is how far the booking is. ``trouble`` names what stopped it (a Refusal's value).
    ``course`` names the course that a roll-out is of; ``care`` is what self-care did since.
    """

    id: str
    version: int
    unit_id: str
    unit_name: str
    zone: str
    dates: DateRange
    state: RunState
    template_names: tuple[str, ...]
    requested_by: str
    created_at: datetime
    preview: RunPreview | None = None
    held: frozenset[date] = frozenset()
    progress: CommitProgress | None = None
    trouble: str | None = None
    names: Mapping[str, str] | None = None
    course: str | None = None
    care: tuple[CaredFor, ...] = ()
