"""What those who fill courses see: the courses, a course's form, and what a roll-out takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as by_default

from scheduling.domain.refusals import Refusal
from scheduling.domain.runs import RunView
from scheduling.workflows.courses_port import CourseOffers, CoursePlan, CourseView
from scheduling.workflows.small_groups_port import SmallGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class CoursesView:
    """The unit's courses, and its newest roll-outs."""

    courses: tuple[CourseView, ...]
    rollouts: tuple[RunView, ...]
    refusal: Refusal | None = None
    facts: Mapping[str, object] = by_default(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseFormView:
    """A course's form; ``course_id`` empty is a new one of version 0.

    ``typed`` holds every input as it is shown, ``pool`` are its trainers as kept, ``wrong`` the inputs that cannot be used;
    ``refusal`` tells why nothing was kept.
    """

    course_id: str
    version: int
    offers: CourseOffers
    typed: Mapping[str, str]
    pool: tuple[str, ...] = ()
    wrong: frozenset[str] = frozenset()
    refusal: Refusal | None = None
    facts: Mapping[str, object] = by_default(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoursePlanView:
    """What rolling a course out takes, before anything is searched."""

    plan: CoursePlan
    refusal: Refusal | None = None
    facts: Mapping[str, object] = by_default(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallGroupView:
    """A group that fell below its smallest size, to be decided on."""

    group: SmallGroup
    refusal: Refusal | None = None
    facts: Mapping[str, object] = by_default(default_factory=dict)


TeachingView = CoursesView | CourseFormView | CoursePlanView | SmallGroupView
