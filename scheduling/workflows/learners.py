"""Who of a course's audience needs it, by what was completed, what is booked, and who waits."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.centre import Agent
from scheduling.domain.courses import Completion, Course
from scheduling.domain.runs import RunState
from scheduling.domain.times import zone_of
from scheduling.learning.needs import Needs, audience_of, needs
from scheduling.recurrence.audience import members
from scheduling.storage import courses, runs
from scheduling.storage.bookings import SessionRow
from scheduling.storage.courses import SeatsRow
from scheduling.storage.runs import RunRow

BOOKED = (RunState.BOOKING, RunState.BOOKED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Learners:
    """A course's audience now. ``people`` are all of it, by id.

    ``groups`` are those that have seats booked; ``taught`` whether all parts of one are over.
    ``waited`` wait since the last roll-out, in the order of its draw; ``seed`` is that of a draw
    of which nothing was booked: who plans again draws the same.
    """

    people: tuple[Agent, ...]
    needs: Needs
    groups: tuple[SeatsRow, ...]
    taught: bool
    waited: tuple[str, ...]
    seed: str | None


async def learners_of(
    tx: AsyncConnection,
    course: Course,
    agents: Sequence[Agent],
    now: datetime,
    on: date,
    *,
    within: Collection[str] = (),
    besides: str = "",
) -> Learners:
    """Return who of ``agents`` is to take ``course``, and who of them needs a seat ``on`` a date.

    ``within`` as in ``Rollout``. The roll-out ``besides`` does not count.
    """
    validity = {each.id: each.valid_days for each in await courses.of_unit(tx, course.unit_id)}
    rollouts = [
        row for row in await runs.of_course(tx, course.unit_id, course.id) if row.id != besides
    ]
    completed = await courses.completions(tx, {course.id, *course.requires})
    groups = await _groups(tx, rollouts)
    lately = [(course.id, group) for group in groups]
    for required in sorted(course.requires):
        others = await booked_groups(tx, course.unit_id, required)
        lately += [(required, group) for group in others]
    for course_id, group in lately:
        for one in completed_in(course_id, group, now):
            key = (one.course_id, one.person_id)
            completed[key] = max(one.on, completed.get(key, one.on))
    people = audience_of(course, members(course.audience, agents), within)
    booked = {i for group in groups for i, rows in group.of.items() if _ahead(group, rows, now)}
    return Learners(
        people=people,
        needs=needs(course, people, completed, validity, booked, on),
        groups=tuple(groups),
        taught=any(completed_in(course.id, group, now) for group in groups),
        waited=_waited(rollouts),
        seed=_seed(rollouts),
    )


async def booked_groups(tx: AsyncConnection, unit_id: str, course_id: str) -> Sequence[SeatsRow]:
    """Return every group of a course that has seats booked."""
    return await _groups(tx, await runs.of_course(tx, unit_id, course_id))


async def _groups(tx: AsyncConnection, rollouts: Sequence[RunRow]) -> Sequence[SeatsRow]:
    return await courses.seats(tx, [row.id for row in rollouts if row.state in BOOKED])


def completed_in(course_id: str, group: SeatsRow, now: datetime) -> list[Completion]:
    """Return who has been through all parts of a group, with the local date of the last."""
    return [
        Completion(
            course_id=course_id,
            person_id=person_id,
            on=rows[-1].interval.end.astimezone(zone_of(rows[-1].zone)).date(),
        )
        for person_id, rows in group.of.items()
        if len(rows) >= group.parts and rows[-1].interval.end <= now
    ]


def _ahead(group: SeatsRow, rows: Sequence[SessionRow], now: datetime) -> bool:
    """Whether somebody has a seat in all parts of a group that is not over."""
    return len(rows) >= group.parts and rows[-1].interval.end > now


def _waited(rollouts: Sequence[RunRow]) -> tuple[str, ...]:
    for row in rollouts:
        if row.state in BOOKED and row.preview is not None and row.preview.rollout is not None:
            found = row.preview.rollout
            return (*found.waiting, *(i for left in found.left_over for i in left.person_ids))
    return ()


def _seed(rollouts: Sequence[RunRow]) -> str | None:
    newest = next(iter(rollouts), None)
    if newest is None or newest.rollout is None or newest.state in BOOKED:
        return None
    return newest.rollout.seed
