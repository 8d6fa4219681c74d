"""What happens to registers by themselves: opened when a session has ended, and reminded of.

Ended sessions are looked for, instead of a timer for each: one that was moved, swapped, undone or
lost its people needs nothing to be set anew.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from dbos import DBOS
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.meetings import MeetingType
from scheduling.domain.notices import Concern, NoticeKind
from scheduling.domain.people import Person
from scheduling.domain.registers import Attendance, lock_at, next_working_day
from scheduling.domain.times import at_wall, zone_of
from scheduling.storage import audit, people, registers, timers
from scheduling.storage.bookings import SessionRow
from scheduling.storage.registers import Placed, RegisterRow
from scheduling.workflows import notices
from scheduling.workflows.registers import KEEPERS, NUDGE, everybody_there
from scheduling.workflows.runtime import LASTING, current

EVERY = timedelta(minutes=5)
"""How often ended sessions are looked for."""

LOOK_BACK = timedelta(days=3)
"""So far before the last look ended sessions are looked for; nobody looked while all stood still."""

LATE = timedelta(days=1)
"""A register that is opened so long after its session is locked as if the session ended now."""

FIRST_NUDGE = timedelta(hours=2)
LEADERS_NUDGES = 2
"""So often who led the session is reminded, before others are."""


@DBOS.step(**LASTING)
async def open_due(_subject: str) -> int:
    """Open the register of each session that has ended and has none; how many."""
    runtime = current()
    now = runtime.services.clock.now()
    async with runtime.services.store.read() as tx:
        looked = await registers.looked(tx)
        since = min(looked or now, now) - LOOK_BACK
        ended = await registers.unopened(tx, since, now)
    opened = 0
    for type_id, row in ended:
        kind = runtime.services.catalogue.types.get(type_id)
        if kind is not None and kind.has_register:
            async with runtime.services.store.write() as tx:
                opened += await _open(tx, row, kind, now)
    async with runtime.services.store.write() as tx:
        await registers.note_looked(tx, now)
    return opened


async def _open(tx: AsyncConnection, row: SessionRow, kind: MeetingType, now: datetime) -> bool:
    ids = await registers.attending(tx, row)
    if not ids:
        return False
    known = await people.by_ids(tx, ids)
    ended = now if now - row.interval.end > LATE else row.interval.end
    lines = [_placed(one, known.get(one.person_id)) for one in everybody_there(ids)]
    register = RegisterRow(
        session_id=row.id,
        version=1,
        request_id=row.request_id,
        unit_id=row.unit_id,
        type_id=kind.id,
        facilitator_id=row.facilitator_id,
        zone=row.zone,
        interval=row.interval,
        scored=kind.scored,
        nudges=0,
        opened_at=now,
        lock_at=lock_at(ended, row.zone, await _holidays(tx, row.facilitator_id)),
    )
    if not await registers.insert(tx, register, lines):
        return False
    await timers.set_timer(tx, NUDGE, row.id, now + FIRST_NUDGE)
    await _remind(tx, register, row.facilitator_id, Concern.TRAINER)
    await audit.record(
        tx,
        at=now,
        actor="aside",
        action="register.opened",
        subject=row.id,
        detail={"request": row.request_id, "people": len(lines)},
    )
    return True


async def _holidays(tx: AsyncConnection, leader_id: str) -> Collection[date]:
    """Return the holidays of where somebody works; of no one site, those that all sites have."""
    leader = await people.get(tx, leader_id)
    return current().services.setups.setup.holidays_of(leader.site_id if leader else None)


def _placed(line: Attendance, person: Person | None) -> Placed:
    return Placed(
        line=line,
        team_id=person.team_id if person else None,
        site_id=person.site_id if person else None,
    )


async def _remind(tx: AsyncConnection, row: RegisterRow, person_id: str, concern: Concern) -> None:
    """Put the card, or a reminder of it, into the outbox, in the place of one that still waits."""
    await notices.say(
        tx,
        NoticeKind.REGISTER_DUE,
        row.session_id,
        person_id,
        concern=concern,
        key=f"{row.session_id}:register:{row.nudges}:{person_id}",
        until=row.lock_at,
        about=(row.session_id,),
    )


@DBOS.step(**LASTING)
async def nudge(session_id: str) -> None:
    """Remind of a register that is open.

    Who led the session after two hours and on the next working morning, then who sees to the
    unit's registers.
    """
    services = current().services
    now = services.clock.now()
    async with services.store.write() as tx:
        row = await registers.get(tx, session_id)
        if row is None or row.closed_at is not None or now >= row.lock_at:
            return
        if not await registers.nudged(tx, row):
            return
        counted = replace(row, nudges=row.nudges + 1)
        if row.nudges < LEADERS_NUDGES:
            await _remind(tx, counted, row.facilitator_id, Concern.TRAINER)
            morning = services.policy.noise.digest
            holidays = await _holidays(tx, row.facilitator_id)
            day = next_working_day(now.astimezone(zone_of(row.zone)).date(), holidays)
            await timers.set_timer(tx, NUDGE, session_id, at_wall(day, morning, row.zone))
            return
        for person in await keepers(tx, row.unit_id):
            await _remind(tx, counted, person.id, Concern.SCHEDULERS)


async def keepers(tx: AsyncConnection, unit_id: str) -> Sequence[Person]:
    """Return L&D of a unit; where it has nobody there, its schedulers."""
    unit = await people.of_unit(tx, unit_id)
    found = ([one for one in unit if one.has(role)] for role in KEEPERS)
    return next((some for some in found if some), [])
