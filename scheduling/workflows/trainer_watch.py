"""Trainers who are away or double-booked by their own calendar: somebody else is sought in time."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import structlog
from dbos import DBOS

from scheduling.domain.people import Person
from scheduling.domain.times import DAY, Interval
from scheduling.ports.calendar import CalendarError
from scheduling.storage import leading, people, timers
from scheduling.storage.bookings import SessionRow
from scheduling.workflows.runtime import LASTING, current
from scheduling.workflows.services import Services
from scheduling.workflows.setups import SYSTEM
from scheduling.workflows.substituting import TIMER, seek, subject_of

log = structlog.get_logger()

EVERY = timedelta(minutes=30)
AHEAD = 14 * DAY
"""So far ahead calendars are looked at; what is later may be mended by its trainer."""


@DBOS.step(**LASTING)
async def look_at_trainers(_subject: str) -> int:
    """Seek another trainer for each session of a course whose own cannot lead it, once; how many."""
    services = current().services
    now = services.clock.now()
    async with services.store.read() as tx:
        rows = await leading.course_sessions(tx, Interval(now, now + AHEAD))
        known = await people.by_ids(tx, {row.facilitator_id for row in rows})
    entries = await _entries(services, [p for p in known.values() if p.address])
    sought = 0
    for row in rows:
        person = known.get(row.facilitator_id)
        if person is not None and not double_booked(row, entries.get(person.id, ())):
            continue
        async with services.store.write() as tx:
            subject = subject_of(row.id, row.facilitator_id)
            if await timers.get(tx, TIMER, subject) is None:
                await seek(tx, services, row, by=SYSTEM)
                sought += 1
    return sought


def double_booked(row: SessionRow, entries: Sequence[Interval]) -> bool:
    """Whether a calendar has anything at the time of a session beside the session itself."""
    there = [one for one in entries if one.overlaps(row.interval)]
    return len(there) > 1 or any(one != row.interval for one in there)


async def _entries(
    services: Services, trainers: Sequence[Person]
) -> Mapping[str, Sequence[Interval]]:
    """Return what the calendar of each trainer has; nothing where it cannot be read just now."""
    now = services.clock.now()
    by_address = {str(one.address).lower(): one.id for one in trainers}
    try:
        found = await services.calendar.free_busy(
            sorted(by_address), Interval(now - DAY, now + AHEAD + DAY)
        )
    except CalendarError as error:
        log.info("trainers_not_looked_at", error=type(error).__name__)
        return {}
    return {by_address[one.address.lower()]: one.entries for one in found if one.known}
