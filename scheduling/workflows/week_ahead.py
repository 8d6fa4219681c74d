"""Each Thursday afternoon trainers are told which sessions they lead in the next week."""

from datetime import date, datetime, time, timedelta

from dbos import DBOS
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.notices import Concern, NoticeKind
from scheduling.domain.people import Person, Role
from scheduling.domain.times import DAY, MIDNIGHT, DateRange, Interval, at_wall, zone_of
from scheduling.storage import people, registers
from scheduling.workflows import notices
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
    """Tell each trainer whose Thursday afternoon has come of the week ahead, once; how many."""
    services = current().services
    now = services.clock.now()
    told = 0
    async with services.store.write() as tx:
        leading = await registers.leading_between(tx, Interval(now, now + 12 * DAY))
        known = await people.by_ids(tx, leading)
        for person in known.values():
            monday = due_monday(person.zone, now)
            if monday is None or not person.has(Role.TRAINER):
                continue
            week = DateRange(monday, monday + 7 * DAY).interval(person.zone)
            if person.id in await registers.leading_between(tx, week):
                await _tell(tx, person, monday)
                told += 1
    return told


def due_monday(zone: str, now: datetime) -> date | None:
    """Return the Monday of the week that somebody is to be told of at ``now``, None for not now."""
    today = now.astimezone(zone_of(zone)).date()
    thursday = today - (today.weekday() - WEEKDAY) % 7 * DAY
    since = now - at_wall(thursday, CLOCK, zone)
    return thursday + 4 * DAY if timedelta(0) <= since < LATEST else None


async def _tell(tx: AsyncConnection, person: Person, monday: date) -> None:
    await notices.say(
        tx,
        NoticeKind.WEEK_AHEAD,
        SUBJECT,
        person.id,
        concern=Concern.TRAINER,
        key=f"{SUBJECT}:{monday.isoformat()}:{person.id}",
        until=at_wall(monday, MIDNIGHT, person.zone),
        about=(monday.isoformat(),),
    )
