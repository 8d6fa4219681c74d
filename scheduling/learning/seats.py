"""Seats: how many a roll-out takes, and who has them where they are short."""

import hashlib
from collections.abc import Iterable, Sequence
from math import ceil

from scheduling.domain.courses import Course
from scheduling.domain.rollouts import Capacity
from scheduling.domain.times import DateRange
from scheduling.learning.teaching import Skills, trainers_of

CONTACT_A_DAY = 360
"""Minutes that a trainer teaches a day at most, where a course does not say."""
WORKDAYS = 5


def draw(person_ids: Iterable[str], seed: str) -> tuple[str, ...]:
    """Return the people in the order of a draw: by the SHA-256 of the seed and each id.

    Whoever has the seed from the audit can draw again and see that nobody was moved.
    """
    return tuple(sorted(person_ids, key=lambda each: (_lot(seed, each), each)))


def _lot(seed: str, person_id: str) -> str:
    return hashlib.sha256(f"{seed}:{person_id}".encode()).hexdigest()


def shared_out(
    wanted: Sequence[str], waited: Sequence[str], seats: int | None, seed: str, *, drawn: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return who has a seat, and who waits, in their order.

    Who has ``waited`` since the last roll-out comes first, in the order of that draw. Where not
    ``drawn``, the rest keep their order.
    """
    if seats is None or len(wanted) <= seats:
        return tuple(wanted), ()
    first = [each for each in waited if each in set(wanted)]
    rest = [each for each in wanted if each not in set(first)]
    order = (*first, *(draw(rest, seed) if drawn else rest))
    return order[:seats], order[seats:]


def capacity(
    course: Course, people: int, dates: DateRange, skills: Skills | None = None
) -> Capacity:
    """Return what it takes to teach ``people`` of one audience within ``dates``.

    ``skills`` are those of who is in the WFM: they say which trainers may teach a part.
    """
    groups = ceil(people / course.most)
    mop_up = ceil(people * course.no_show)
    mop_up_groups = ceil(mop_up / course.most)
    taught = groups + mop_up_groups
    lengths = [part.minutes + course.prepare for part in course.parts]
    able = [trainers_of(course, at, skills or {}) for at in range(len(lengths))]
    trainer_minutes = taught * sum(lengths)
    a_week = WORKDAYS * (course.contact_a_day or CONTACT_A_DAY)
    everybody = set().union(*able)
    weeks = max(
        ceil(taught * minutes / (a_week * max(1, len(some))))
        for minutes, some in ((sum(lengths), everybody), *zip(lengths, able, strict=True))
    )
    least_weeks = ceil((sum(part.least_days for part in course.parts) + 1) / 7)
    return Capacity(
        people=people,
        groups=groups,
        sessions=groups * len(course.parts),
        seats=groups * course.most,
        mop_up=mop_up,
        mop_up_groups=mop_up_groups,
        trainer_minutes=trainer_minutes,
        offline_minutes=people * course.minutes,
        weeks=max(weeks, least_weeks) if people else 0,
        weeks_left=(dates.end - dates.start).days // 7,
    )
