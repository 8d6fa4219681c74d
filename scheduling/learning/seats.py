"""Seats: how many a roll-out takes, and who has them where they are short."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from math import ceil

from scheduling.domain.centre import Agent
from scheduling.domain.courses import Course
from scheduling.domain.rollouts import Capacity
from scheduling.domain.times import DateRange
from scheduling.learning.teaching import Skills, trainers_of

CONTACT_A_DAY = 360
"""Minutes that a trainer teaches a day at most, where a course does not say."""
WORKDAY = 480
"""Minutes that a trainer teaches and prepares a day at most, unless a course lets them teach more."""
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
    there, before = set(wanted), set(waited)
    first = [each for each in waited if each in there]
    rest = [each for each in wanted if each not in before]
    order = (*first, *(draw(rest, seed) if drawn else rest))
    return order[:seats], order[seats:]


def apart(course: Course, person_ids: Collection[str], agents: Iterable[Agent]) -> Sequence[int]:
    """Return how many of these people there are wherever groups are kept apart.

    At each site, where a course has rooms; else in one place.
    """
    if not course.indoors:
        return (len(person_ids),)
    some = set(person_ids)
    return tuple(Counter(agent.site_id for agent in agents if agent.id in some).values())


def capacity(
    course: Course, sizes: Sequence[int], dates: DateRange, skills: Skills | None = None
) -> Capacity:
    """Return what it takes to teach so many people (``sizes`` as ``apart`` has them) in ``dates``.

    ``skills`` are those of who is in the WFM: they say which trainers may teach a part.
    """
    people = sum(sizes)
    groups = sum(ceil(some / course.most) for some in sizes)
    mop_up = ceil(people * course.no_show)
    mop_up_groups = min(
        mop_up, sum(ceil(ceil(some * course.no_show) / course.most) for some in sizes)
    )
    taught = groups + mop_up_groups
    gaps = sum(part.least_days for part in course.parts) + 1
    return Capacity(
        people=people,
        groups=groups,
        sessions=groups * len(course.parts),
        seats=groups * course.most,
        mop_up=mop_up,
        mop_up_groups=mop_up_groups,
        trainer_minutes=taught * sum(part.minutes + course.prepare for part in course.parts),
        offline_minutes=people * course.minutes,
        days=max(_days(_workdays(course, taught, skills or {})), gaps) if people else 0,
        days_left=(dates.end - dates.start).days,
    )


def _workdays(course: Course, taught: int, skills: Skills) -> int:
    """Return the days of work that so many groups take the trainers of the scarcest parts."""
    contact = course.contact_a_day or CONTACT_A_DAY
    workday = max(WORKDAY, contact)
    days = [
        max(part.minutes / contact, (part.minutes + course.prepare) / workday)
        for part in course.parts
    ]
    able = [trainers_of(course, at, skills) for at in range(len(days))]
    everybody = set[str]().union(*able)
    return max(
        ceil(round(taught * each / max(1, len(some)), 6))
        for each, some in ((sum(days), everybody), *zip(days, able, strict=True))
    )


def _days(workdays: int) -> int:
    """Return within how many days in a row somebody has so many days of work."""
    weeks, rest = divmod(workdays - 1, WORKDAYS)
    return 7 * weeks + rest + 1
