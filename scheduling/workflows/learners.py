"""Who of a course's audience needs it, by what was completed, what is booked, and who waits.

A seat that a roll-out is about to book is taken: nobody is planned, or joins, beside it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.centre import Agent
from scheduling.domain.courses import Course
from scheduling.domain.rollouts import NotNow
from scheduling.domain.runs import RunState
from scheduling.learning.needs import Needs, audience_of, needs
from scheduling.recurrence.audience import members
from scheduling.storage import commits, courses, runs, small_groups
from scheduling.storage.bookings import SessionRow
from scheduling.storage.runs import RunRow
from scheduling.workflows.completing import BOOKED, Taken, add, completed, groups_of, latest
from scheduling.workflows.resuming import seats_left


@dataclass(frozen=True, slots=True, kw_only=True)
class Learners:
    """A course's audience now. ``people`` are the ids of all of it.

    ``under_way`` is whether a group is not over, or it is not known yet who was there; ``taught``
    whether one has been. ``back`` were not there when they had a seat: they are the first of those
    who have ``waited``, before whose group was cancelled, and who waits since the last roll-out in
    the order of its draw.
    ``seed`` is that of a draw of which nothing was booked: who plans again draws the same.
    ``resuming`` have the first parts, and are to take the others in a group that is booked.
    """

    people: tuple[str, ...]
    needs: Needs
    under_way: bool
    taught: bool
    back: int
    waited: tuple[str, ...]
    seed: str | None
    resuming: Mapping[str, tuple[SessionRow, ...]]


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
    people = audience_of(course, members(course.audience, agents), within)
    return await learners_among(tx, course, [one.id for one in people], now, on, besides=besides)


async def learners_among(
    tx: AsyncConnection,
    course: Course,
    person_ids: Iterable[str],
    now: datetime,
    on: date,
    *,
    besides: str = "",
) -> Learners:
    """Return who of these people needs a seat in ``course`` ``on`` a date."""
    validity = {each.id: each.valid_days for each in await courses.of_unit(tx, course.unit_id)}
    rollouts = [
        row for row in await runs.of_course(tx, course.unit_id, course.id) if row.id != besides
    ]
    groups = await groups_of(tx, course, now)
    found = await courses.completions(tx, {course.id}) | await completed(tx, course.requires, now)
    add(found, course, groups)
    people = tuple(person_ids)
    taken = latest(groups)
    booked = {i for i, how in taken.items() if how is Taken.AHEAD}
    booked |= await commits.promised(tx, [r.id for r in rollouts if r.state is RunState.BOOKING])
    unsaid = {i for i, how in taken.items() if how is Taken.UNSAID}
    cancelled = await small_groups.people_of_cancelled(tx, course.id)
    begun = {i: rows for one in groups for i, rows in one.begun.items()}
    seats = [one.seats for one in groups]
    resuming = {
        i: rows
        for i, rows in begun.items()
        if i in people and seats_left(course, seats, rows, i, now)
    }
    wanted = needs(course, people, found, validity, booked, on, unsaid, resuming)
    back = [i for i in wanted.wanted if taken.get(i) is Taken.MISSED]
    return Learners(
        people=people,
        needs=wanted,
        under_way=bool(booked or unsaid),
        taught=any(how in {Taken.DONE, Taken.FAILED} for how in taken.values()),
        back=len(back),
        waited=tuple(dict.fromkeys((*back, *cancelled, *_waited(rollouts)))),
        seed=runs.seed_of(rollouts),
        resuming={i: resuming[i] for i in wanted.not_now if wanted.not_now[i] is NotNow.RESUMES},
    )


def _waited(rollouts: Sequence[RunRow]) -> tuple[str, ...]:
    for row in rollouts:
        if row.state in BOOKED and row.preview is not None and row.preview.rollout is not None:
            found = row.preview.rollout
            return (*found.waiting, *(i for left in found.left_over for i in left.person_ids))
    return ()
