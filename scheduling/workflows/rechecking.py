"""Whether the plan of a roll-out still holds when it is to be booked: seats are given meanwhile.

Another plan may have been booked since, a late joiner seated, or the course changed. The course is
locked, so that of two plans that are confirmed at once the later one sees what the first will book.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.commits import PlannedSession
from scheduling.domain.courses import Course
from scheduling.domain.rollouts import Rollout
from scheduling.storage import courses
from scheduling.storage.runs import RunRow
from scheduling.workflows.learners import learners_among
from scheduling.workflows.rolling_out import is_piloting


async def holds(
    tx: AsyncConnection,
    row: RunRow,
    rollout: Rollout,
    planned: Sequence[PlannedSession],
    now: datetime,
) -> bool:
    """Whether everybody who is ``planned`` still needs a seat, in groups that the course still has.

    Until ``tx`` ends nobody else gives seats in the course.
    """
    course = await courses.locked(tx, rollout.course_id)
    if course is None:
        return False
    groups: defaultdict[str, list[PlannedSession]] = defaultdict(list)
    for one in planned:
        groups[one.group].append(one)
    ids = sorted({i for one in planned for i in one.attendee_ids})
    learners = await learners_among(tx, course, ids, now, row.dates.start, besides=row.id)
    if learners.needs.not_now or (is_piloting(course, learners) and learners.under_way):
        return False
    return all(_is_taught(course, parts) for parts in groups.values())


def _is_taught(course: Course, parts: Sequence[PlannedSession]) -> bool:
    """Whether a group is of a size, in parts and under trainers that the course has."""
    in_order = sorted(parts, key=lambda one: one.option.interval)
    minutes = [one.option.interval.minutes for one in in_order]
    return (
        minutes == [part.minutes for part in course.parts]
        and len(parts[0].attendee_ids) <= course.most
        and {one.facilitator_id for one in parts} <= set(course.trainer_ids)
    )
