"""Each Thursday afternoon trainers are told which sessions they lead in the next week."""

from datetime import date, datetime, time, timedelta

from dbos import DBOS
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.notices import Concern, NoticeKind
from scheduling.domain.people import Person, Role
from scheduling.domain.quiet import Rhythm
from scheduling.domain.times import DAY, MIDNIGHT, DateRange, Interval, at_wall, zone_of
from scheduling.storage import leading, outbox, people, registers
from scheduling.workflows import notices
from scheduling.workflows.rhythms import rhythm_of
from scheduling.workflows.runtime import LASTING, current

EVERY = timedelta(minutes=15)
"""How often it is looked who is to be told: no zone's Thursday afternoon lies between two looks."""

WEEKDAY, CLOCK = 3, time(15)
"""Thursday 15:00, in everybody's own zone."""

LATEST = timedelta(hours=20)
"""So long after it somebody still is told, where we stood still at the time."""

SUBJECT = "week"


@DBOS.step(**LASTING)
async def tell_week_ahead(_subject: str) -> int:
    """Tell each trainer whose Thursday afternoon has come of the week ahead, once; how many.

    Those are trainers by role, and whoever leads a session of a course in that week.
    """
    runtime = current()
    now = runtime.services.clock.now()
    async with runtime.services.store.read() as tx:
        found = await _to_be_told(tx, now)
    for person, monday in found:
        rhythm = await rhythm_of(runtime, person, now)
        async with runtime.services.store.write() as tx:
            await _tell(tx, person, monday, first_day_over(rhythm, monday))
    return len(found)


async def _to_be_told(tx: AsyncConnection, now: datetime) -> list[tuple[Person, date]]:
    """Return who is to be told now of the week from which Monday, and was not yet."""
    ahead = Interval(now, now + 12 * DAY)
    known = await people.by_ids(tx, await registers.leading_between(tx, ahead))
    found = []
    for person in known.values():
        monday = due_monday(person.zone, now)
        if monday is None or await outbox.get(tx, _key(person, monday)) is not None:
            continue
        week = DateRange(monday, monday + 7 * DAY).interval(person.zone)
        leads = person.id in await registers.leading_between(tx, week)
        if (leads and person.has(Role.TRAINER)) or await leading.course_sessions(
            tx, week, [person.id]
        ):
            found.append((person, monday))
    return found


def first_day_over(rhythm: Rhythm, monday: date) -> datetime:
    """Return the end of somebody's first working day in the week from ``monday``, by their own clock.

    Until then it is worth telling them of that week; where nothing says when they work, Monday.
    """
    week = [monday + number * DAY for number in range(7)]
    starts = (one.start.astimezone(zone_of(rhythm.zone)).date() for one in rhythm.shifts)
    shifts = [day for day in starts if day in week]
    weekdays = rhythm.working.weekdays if rhythm.working else frozenset[int]()
    usual = [day for day in week if day.weekday() in weekdays]
    return at_wall(min(shifts or usual or week) + DAY, MIDNIGHT, rhythm.zone)


def due_monday(zone: str, now: datetime) -> date | None:
    """Return the Monday of the week that somebody is to be told of at ``now``, None for not now."""
    today = now.astimezone(zone_of(zone)).date()
    thursday = today - (today.weekday() - WEEKDAY) % 7 * DAY
    since = now - at_wall(thursday, CLOCK, zone)
    return thursday + 4 * DAY if timedelta(0) <= since < LATEST else None


def _key(person: Person, monday: date) -> str:
    return f"{SUBJECT}:{monday.isoformat()}:{person.id}"


async def _tell(tx: AsyncConnection, person: Person, monday: date, until: datetime) -> None:
    await notices.say(
        tx,
        NoticeKind.WEEK_AHEAD,
        SUBJECT,
        person.id,
        concern=Concern.TRAINER,
        key=_key(person, monday),
        until=until,
        about=(monday.isoformat(),),
    )
