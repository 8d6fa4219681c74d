"""Where everybody of a unit stands with the courses that are for them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.centre import Agent
from scheduling.domain.courses import Course
from scheduling.learning.needs import audience_of
from scheduling.learning.standings import DueFigures, Standing, due_figures, standing
from scheduling.recurrence.audience import members
from scheduling.storage import courses
from scheduling.workflows.completing import completed


@dataclass(frozen=True, slots=True, kw_only=True)
class Dues:
    """The courses of a unit, by name, and where each person stands with those for them, by ids."""

    courses: tuple[Course, ...]
    of: Mapping[str, Mapping[str, Standing]]

    def figures(
        self, person_ids: Collection[str], course_id: str | None = None
    ) -> DueFigures | None:
        """Return how these people stand with a course (None: with all); None where none is theirs."""
        some = [
            how
            for person in person_ids
            for course, how in self.of.get(person, {}).items()
            if course_id in (None, course)
        ]
        return due_figures(some) if some else None

    def people(self, course_id: str) -> frozenset[str]:
        """Return for whom a course is."""
        return frozenset(person for person, mine in self.of.items() if course_id in mine)


async def courses_of(tx: AsyncConnection, unit_id: str, type_id: str | None) -> Sequence[Course]:
    """Return the courses that a unit teaches as meetings of a type (None: any), by name."""
    taught = await courses.of_unit(tx, unit_id)
    return [one for one in taught if type_id in (None, one.type_id)]


async def dues_of(
    tx: AsyncConnection,
    taught: Sequence[Course],
    agents: Sequence[Agent],
    now: datetime,
    today: date,
) -> Dues:
    """Return where ``agents`` stand ``today``; trainers of a course need not take it."""
    done = await completed(tx, {one.id for one in taught}, now)
    found: defaultdict[str, dict[str, Standing]] = defaultdict(dict)
    for course in taught:
        for agent in audience_of(course, members(course.audience, agents)):
            if agent.id not in course.trainer_ids:
                on = done.get((course.id, agent.id))
                found[agent.id][course.id] = standing(course, on, today)
    return Dues(courses=tuple(taught), of=found)
