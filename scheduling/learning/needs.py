"""Who of a course's audience needs a seat now, and why the others do not."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from scheduling.domain.centre import Agent
from scheduling.domain.courses import Course
from scheduling.domain.rollouts import NotNow

RENEW = timedelta(days=60)
"""How long before it expires a course is taken again, at most half of its validity."""

Completed = Mapping[tuple[str, str], date]
"""When somebody last completed a course, by (course, person)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """Who needs a seat, the most pressing first, and why everybody else of the audience does not."""

    wanted: tuple[str, ...]
    not_now: Mapping[str, NotNow]


def audience_of(
    course: Course, members: Iterable[Agent], within: Collection[str] = ()
) -> tuple[Agent, ...]:
    """Return those of ``members`` who work one of the course's activities, where it names any.

    With ``within`` (ids of teams, sites or activities) only those who belong to one of them.
    """
    return tuple(
        agent
        for agent in members
        if (not course.activity_ids or _works(agent, course.activity_ids))
        and (
            not within
            or agent.team_id in within
            or agent.site_id in within
            or _works(agent, within)
        )
    )


def _works(agent: Agent, activity_ids: Collection[str]) -> bool:
    return any(agent.shares.get(each, 0.0) > 0 for each in activity_ids)


def needs(
    course: Course,
    person_ids: Iterable[str],
    completed: Completed,
    validity: Mapping[str, int | None],
    booked: Collection[str],
    today: date,
    unsaid: Collection[str] = (),
    resuming: Collection[str] = (),
) -> Needs:
    """Return who of these people needs a seat on ``today``.

    ``validity`` are the valid days of each course; ``booked`` have seats ahead in all parts, of
    the ``unsaid`` it is not known yet whether they were there. Those ``resuming`` need a seat in
    its later parts only.
    Whose completion expires first comes first, before those who never completed it.
    """
    wanted: list[tuple[date, str]] = []
    not_now: dict[str, NotNow] = {}
    for person_id in person_ids:
        on = completed.get((course.id, person_id))
        if person_id in course.trainer_ids:
            not_now[person_id] = NotNow.TEACHES
        elif person_id in booked:
            not_now[person_id] = NotNow.BOOKED
        elif person_id in unsaid:
            not_now[person_id] = NotNow.UNSAID
        elif on is not None and not to_renew(on, course.valid_days, today):
            not_now[person_id] = NotNow.DONE
        elif not _ready(course, person_id, completed, validity, today):
            not_now[person_id] = NotNow.NOT_READY
        elif person_id in resuming:
            not_now[person_id] = NotNow.RESUMES
        else:
            wanted.append((on or date.max, person_id))
    return Needs(wanted=tuple(person_id for _, person_id in sorted(wanted)), not_now=not_now)


def to_renew(on: date, valid_days: int | None, today: date) -> bool:
    """Whether a course completed ``on`` is to be taken again by ``today``: expired, or about to."""
    if valid_days is None:
        return False
    valid = timedelta(days=valid_days)
    return today >= on + valid - min(RENEW, valid / 2)


def _ready(
    course: Course,
    person_id: str,
    completed: Completed,
    validity: Mapping[str, int | None],
    today: date,
) -> bool:
    """Whether every course that this one requires is completed, and valid still."""
    for required in course.requires:
        on = completed.get((required, person_id))
        days = validity.get(required)
        if on is None or (days is not None and today >= on + timedelta(days=days)):
            return False
    return True


def circle_of(course: Course, others: Mapping[str, Course]) -> tuple[str, ...]:
    """Return the names of courses that require each other in a circle with ``course``, if any."""
    path: list[str] = []

    def walk(course_id: str, seen: frozenset[str]) -> bool:
        for required in sorted(_requires(course_id)):
            if required == course.id:
                return True
            if required not in seen and walk(required, seen | {required}):
                path.append(others[required].name)
                return True
        return False

    def _requires(course_id: str) -> frozenset[str]:
        if course_id == course.id:
            return course.requires
        return others[course_id].requires if course_id in others else frozenset()

    return (course.name, *reversed(path)) if course.id and walk(course.id, frozenset()) else ()
