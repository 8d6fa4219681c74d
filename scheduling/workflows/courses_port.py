"""What those who fill courses may ask of them; see ``courses_desk`` for who answers."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from scheduling.domain.courses import Course
from scheduling.domain.people import Actor
from scheduling.domain.rollouts import Capacity, NotNow
from scheduling.domain.runs import RunView
from scheduling.domain.times import DateRange
from scheduling.learning.teaching import Untaught


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseView:
    """A course as whoever fills it sees it.

    ``names`` are those of everything that it names by id. Of its ``audience`` now, ``needed`` need
    a seat, ``back`` of them since they were not there; ``not_now`` counts the others by reason. ``lost`` are the ids of its audience that the
    hierarchy has no more, ``gone`` the trainers who are not here any more, ``unknown`` the skills it
    asks for that nobody has, ``untaught`` what nobody who is here may teach.
    """

    course: Course
    type_name: str
    names: Mapping[str, str]
    audience: int
    needed: int
    not_now: Mapping[NotNow, int]
    lost: frozenset[str]
    gone: frozenset[str]
    back: int = 0
    unknown: frozenset[str] = frozenset()
    untaught: Untaught = field(default_factory=Untaught)

    @property
    def done(self) -> int:
        """How many have completed it."""
        return self.not_now.get(NotNow.DONE, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoursePlan:
    """What rolling a course out on ``dates`` takes, by arithmetic, before it is searched.

    ``within`` are the ids that were chosen, ``places`` all that can be, as (id, name). With
    ``seats`` fewer than needed, ``waits`` are how many would wait; ``piloting``: one group first.
    """

    view: CourseView
    dates: DateRange
    capacity: Capacity
    seats: int | None
    waits: int
    piloting: bool
    within: frozenset[str]
    places: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseOffers:
    """What a course may be made of, each as (id, name); ``today`` is the actor's date.

    ``skills`` is each skill that somebody has, with the highest level.
    """

    types: tuple[tuple[str, str], ...]
    teams: tuple[tuple[str, str], ...]
    sites: tuple[tuple[str, str], ...]
    activities: tuple[tuple[str, str], ...]
    trainers: tuple[tuple[str, str], ...]
    courses: tuple[tuple[str, str], ...]
    skills: tuple[tuple[str, int], ...]
    today: date


class Teaching(Protocol):
    """The desk of courses, for Learning & Development and schedulers of the unit.

    Every call authorises first and may raise ``Refused``. What is done with a roll-out once it has
    begun is that of any run, see ``runs_port``.
    """

    async def offers(self, actor: Actor) -> CourseOffers:
        """Return what a course may be made of."""
        ...

    async def courses(self, actor: Actor) -> tuple[CourseView, ...]:
        """Return the unit's courses, by name."""
        ...

    async def course(self, actor: Actor, course_id: str) -> CourseView:
        """Return one course; NO_COURSE."""
        ...

    async def save(self, actor: Actor, course: Course) -> CourseView:
        """Keep a new course (version 0) or the next version of one; BAD_COURSE, STALE."""
        ...

    async def end(self, actor: Actor, course_id: str) -> None:
        """Teach a course no more; what is booked stays. NO_COURSE."""
        ...

    async def plan(
        self,
        actor: Actor,
        course_id: str,
        dates: DateRange,
        seats: int | None = None,
        within: Collection[str] = (),
    ) -> CoursePlan:
        """Return what a roll-out takes; nothing is searched. NO_COURSE, BAD_DATES."""
        ...

    async def start(
        self,
        actor: Actor,
        course_id: str,
        dates: DateRange,
        seats: int | None = None,
        within: Collection[str] = (),
    ) -> RunView:
        """Plan a roll-out; nothing is booked. NO_COURSE, BAD_DATES, RUN_UNDER_WAY, NO_TRAINER."""
        ...

    async def rollouts(self, actor: Actor) -> tuple[RunView, ...]:
        """Return the unit's newest roll-outs, newest first."""
        ...
