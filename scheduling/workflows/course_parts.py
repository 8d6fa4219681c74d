"""A booked session as a part of a course: when it may be, and which later parts depend on it.

A part keeps its order and its days to the parts before and after it wherever it is moved. Who gives
one up has no use for those after it: they are given up with it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.changes import PartPlace
from scheduling.domain.courses import MOST_DAYS_APART, Course, CoursePart
from scheduling.domain.requests import SessionState
from scheduling.domain.times import DAY, MINUTE, DateRange, Interval, zone_of
from scheduling.learning.order import open_between
from scheduling.storage import bookings, courses, runs, standins
from scheduling.storage.bookings import ACTIVE_SESSIONS, SessionRow, person_resource
from scheduling.workflows.resuming import seats_together

AHEAD = timedelta(days=365)
"""No search looks further."""

SOUGHT = 14 * DAY


async def place_of(tx: AsyncConnection, session: SessionRow, now: datetime) -> PartPlace | None:
    """Return where a session stands among the parts of its course; None where it is of none."""
    found = await _group(tx, session.request_id)
    if found is None:
        return None
    course, request_ids = found
    number = request_ids.index(session.request_id)
    times: dict[int, list[Interval]] = {}
    following: str | None = None
    for other, request_id in enumerate(request_ids):
        if request_id is None or other == number:
            continue
        standing = [one for one in await _rows(tx, request_id) if one.gathering_id is None]
        times[other] = [one.interval for one in standing]
        ahead = [one for one in standing if not one.stands_for and one.interval.start > now]
        if other > number and following is None and ahead:
            following = ahead[0].id
    parts = _parts(course, len(request_ids))
    for other, row in await _in_other_groups(tx, session, course, request_ids):
        times.setdefault(other, []).append(row.interval)
    opens, closes = open_between(parts, number, times, session.zone)
    return PartPlace(
        number=number + 1, parts=len(parts), opens=opens, closes=closes, next_id=following
    )


def dates_of(place: PartPlace, zone: str, now: datetime) -> DateRange:
    """Return the dates to look for another time of a part on: two weeks at most, from tomorrow."""
    tomorrow = now.astimezone(zone_of(zone)).date() + DAY
    first, end = tomorrow, tomorrow + SOUGHT
    if place.opens is not None:
        first = max(first, place.opens.astimezone(zone_of(zone)).date())
        end = first + SOUGHT
    if place.closes is not None:
        end = min(end, (place.closes - MINUTE).astimezone(zone_of(zone)).date() + DAY)
    return DateRange(first, max(end, first + DAY))


async def _group(
    tx: AsyncConnection, request_id: str
) -> tuple[Course | None, Sequence[str | None]] | None:
    """Return the course that a request is a part of, and the requests of its group in order."""
    found = await courses.group_of(tx, request_id)
    run = await runs.get(tx, found[0]) if found else None
    if found is None or run is None or run.rollout is None:
        return None
    course = await courses.get(tx, run.rollout.course_id, ended=True)
    return course, await courses.parts_of(tx, *found)


async def _in_other_groups(
    tx: AsyncConnection,
    session: SessionRow,
    course: Course | None,
    request_ids: Sequence[str | None],
) -> list[tuple[int, SessionRow]]:
    """Return the parts that people of a session take in other groups, with their numbers from 0.

    Only of those who took up a course again in another group, see ``resuming``.
    """
    number = request_ids.index(session.request_id)
    if course is None or len(course.parts) != len(request_ids):
        return []
    members = await bookings.attendees_of(tx, session.id) if session.gathers else [session]
    standing = {one.attendee_id for one in members if one.state.value in ACTIVE_SESSIONS}
    rollouts = await runs.of_course(tx, course.unit_id, course.id)
    groups = await courses.seats(tx, [row.id for row in rollouts])
    together = seats_together(groups, course)
    return [
        (other, row)
        for person_id in sorted(standing & together.keys())
        for other, row in enumerate(together[person_id][1])
        if other != number and row.request_id not in request_ids
    ]


def _parts(course: Course | None, number: int) -> Sequence[CoursePart]:
    """Return the parts of a course; their order alone where it has others by now."""
    if course is not None and len(course.parts) == number:
        return course.parts
    return [CoursePart(minutes=30, most_days=MOST_DAYS_APART)] * number


async def _rows(tx: AsyncConnection, request_id: str) -> list[SessionRow]:
    """Return what stands of a part, and where it is about to be moved to."""
    rows = [*await bookings.rows_of(tx, request_id), *await standins.of_request(tx, request_id)]
    return [one for one in rows if one.state.value in ACTIVE_SESSIONS]


async def closed(
    tx: AsyncConnection, sessions: Iterable[SessionRow], now: datetime
) -> list[tuple[str, Interval]]:
    """Return when sessions may not be, as parts of courses: of whoever each is sought by."""
    spans: list[tuple[str, Interval]] = []
    for session in sessions:
        place = await place_of(tx, session, now) if session.gathering_id is None else None
        if place is None:
            continue
        who = person_resource(session.facilitator_id if session.gathers else session.attendee_id)
        until = now + AHEAD
        if place.opens is not None and place.opens > now:
            spans.append((who, Interval(now, place.opens)))
        if place.closes is not None and place.closes < until:
            spans.append((who, Interval(max(place.closes, now), until)))
    return spans


async def per_skill(tx: AsyncConnection, sessions: Iterable[SessionRow]) -> int | None:
    """Return how many with one rare skill may be away at once, by the course of these sessions."""
    found = [await _group(tx, request_id) for request_id in {one.request_id for one in sessions}]
    said = [one[0].per_skill for one in found if one and one[0]]
    return min((each for each in said if each is not None), default=None)


async def depending_on(
    tx: AsyncConnection, session: SessionRow, now: datetime
) -> Sequence[SessionRow]:
    """Return what goes with a session that is given up: the same people's later parts, in order."""
    found = await _group(tx, session.request_id)
    if found is None:
        return ()
    course, request_ids = found
    number = request_ids.index(session.request_id)
    elsewhere = await _in_other_groups(tx, session, course, request_ids)
    later = request_ids[number + 1 :]
    return [
        one
        for request_id in later
        if request_id is not None
        for one in await bookings.rows_of(tx, request_id)
        if one.attendee_id == session.attendee_id
        and one.state is SessionState.BOOKED
        and one.interval.start > now
    ] + [
        row
        for other, row in elsewhere
        if other > number and not session.gathers and row.interval.start > now
    ]
