"""Registers as stored, with their lines; who may read or change them is not decided here."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.registers import ABSENT, Attendance, AttendanceState
from scheduling.domain.requests import SessionState
from scheduling.domain.times import Interval
from scheduling.storage import tables as t
from scheduling.storage import timers
from scheduling.storage.bookings import NOBODY, SessionRow, session_of
from scheduling.storage.inserting import inserted

CHUNK = 500
LOOKED = "registers_looked"
"""The kind of the timer that says when ended sessions were looked for; nobody acts on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterRow:
    """A register; ``session_id`` is a gathering's own row's where several met.

    ``nudges`` counts the reminders; ``closed_at`` is when it was closed for the first time,
    ``closed_by`` who did that.
    """

    session_id: str
    version: int
    request_id: str
    unit_id: str
    type_id: str
    facilitator_id: str
    zone: str
    interval: Interval
    scored: bool
    nudges: int
    opened_at: datetime
    lock_at: datetime
    closed_at: datetime | None = None
    closed_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A register's line with where the person belonged on that day."""

    line: Attendance
    team_id: str | None
    site_id: str | None


_PLAIN = set(RegisterRow.__dataclass_fields__) - {"interval"}


def _row(found: Mapping[str, Any]) -> RegisterRow:
    plain = {name: found[name] for name in _PLAIN}
    return RegisterRow(**plain, interval=Interval(found["start"], found["end"]))


def _line(found: Mapping[str, Any]) -> Attendance:
    return Attendance(
        person_id=found["person_id"], state=AttendanceState(found["state"]), score=found["score"]
    )


async def unopened(
    tx: AsyncConnection, since: datetime, now: datetime
) -> Sequence[tuple[str, SessionRow]]:
    """Return what was held between ``since`` and ``now`` and has no register, with its type.

    A gathering comes as its own row, without those of its attendees.
    """
    session = t.session.c
    found = await tx.execute(
        sa.select(t.session, t.request.c.type_id)
        .join(t.request)
        .where(
            session.state == SessionState.BOOKED.value,
            session.end > since,
            session.end <= now,
            session.gathering_id.is_(None),
            session.stands_for.is_(None),
            ~sa.exists().where(t.register.c.session_id == session.id),
        )
        .order_by(session.end, session.id)
    )
    return [(row["type_id"], session_of(dict(row))) for row in found.mappings()]


async def looked(tx: AsyncConnection) -> datetime | None:
    """Return until when ended sessions were looked for last, None for never."""
    row = await timers.get(tx, LOOKED, timers.EVERYTHING)
    return row.due_at if row else None


async def note_looked(tx: AsyncConnection, now: datetime) -> None:
    """Note that what had ended by ``now`` has its register, where its type has any."""
    await timers.set_timer(tx, LOOKED, timers.EVERYTHING, now)


async def attending(tx: AsyncConnection, row: SessionRow) -> Sequence[str]:
    """Return whom a booked session has, by id; of a gathering all of them."""
    if not row.gathers:
        return [row.attendee_id]
    session = t.session.c
    found = await tx.scalars(
        sa.select(session.attendee_id)
        .where(
            session.gathering_id == row.id,
            session.attendee_id != NOBODY,
            session.stands_for.is_(None),
            session.state == SessionState.BOOKED.value,
        )
        .order_by(session.attendee_id)
    )
    return list(dict.fromkeys(found))


async def insert(tx: AsyncConnection, row: RegisterRow, lines: Sequence[Placed]) -> bool:
    """Open a register with its lines; False where there is one of that session already."""
    values = {name: getattr(row, name) for name in _PLAIN}
    new = t.register.insert().values(**values, start=row.interval.start, end=row.interval.end)
    if not await inserted(tx, new):
        return False
    await tx.execute(
        t.attendance.insert(),
        [
            {
                "session_id": row.session_id,
                "person_id": one.line.person_id,
                "team_id": one.team_id,
                "site_id": one.site_id,
                "state": one.line.state.value,
                "score": one.line.score,
            }
            for one in lines
        ],
    )
    return True


async def get(tx: AsyncConnection, session_id: str) -> RegisterRow | None:
    """Return the register of a session (of a gathering, by its own row's id), or None."""
    found = await tx.execute(sa.select(t.register).where(t.register.c.session_id == session_id))
    row = found.mappings().first()
    return _row(dict(row)) if row else None


async def opened(tx: AsyncConnection, session_ids: Collection[str]) -> frozenset[str]:
    """Return which of the sessions have a register."""
    query = sa.select(t.register.c.session_id)
    found = await tx.scalars(query.where(t.register.c.session_id.in_(list(session_ids))))
    return frozenset(found)


async def lines(tx: AsyncConnection, session_id: str) -> Sequence[Attendance]:
    """Return the lines of a register, by person id."""
    found = await tx.execute(
        sa.select(t.attendance)
        .where(t.attendance.c.session_id == session_id)
        .order_by(t.attendance.c.person_id)
    )
    return [_line(dict(row)) for row in found.mappings()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the register of one session says of its people, by id; nothing for sure until closed."""

    closed: bool
    lines: Mapping[str, Attendance]


async def said(tx: AsyncConnection, session_ids: Collection[str]) -> Mapping[str, Said]:
    """Return what registers say, by session; a session without one is not in it."""
    register, found = t.register.c, dict[str, Said]()
    ids = sorted(session_ids)
    for first in range(0, len(ids), CHUNK):
        rows = await tx.execute(
            sa.select(t.attendance, register.closed_at)
            .join(t.register)
            .where(register.session_id.in_(ids[first : first + CHUNK]))
        )
        of: defaultdict[str, dict[str, Attendance]] = defaultdict(dict)
        closed: dict[str, bool] = {}
        for row in map(dict, rows.mappings()):
            of[row["session_id"]][row["person_id"]] = _line(row)
            closed[row["session_id"]] = row["closed_at"] is not None
        found |= {i: Said(closed=closed[i], lines=lines) for i, lines in of.items()}
    return found


async def move_on(tx: AsyncConnection, row: RegisterRow, **values: object) -> bool:
    """Write plain columns of a register at its version; False where somebody was faster."""
    found = await tx.execute(
        t.register.update()
        .where(t.register.c.session_id == row.session_id, t.register.c.version == row.version)
        .values(version=row.version + 1, **values)
    )
    return bool(found.rowcount)


async def rewrite(tx: AsyncConnection, session_id: str, changed: Collection[Attendance]) -> None:
    """Write those lines of a register."""
    for one in changed:
        await tx.execute(
            t.attendance.update()
            .where(
                t.attendance.c.session_id == session_id,
                t.attendance.c.person_id == one.person_id,
            )
            .values(state=one.state.value, score=one.score)
        )


async def nudged(tx: AsyncConnection, row: RegisterRow) -> bool:
    """Count one more reminder, once; what a card shows has not changed by it."""
    found = await tx.execute(
        t.register.update()
        .where(t.register.c.session_id == row.session_id, t.register.c.nudges == row.nudges)
        .values(nudges=row.nudges + 1)
    )
    return bool(found.rowcount)


async def listed(
    tx: AsyncConnection,
    *,
    unit_id: str | None,
    facilitator_ids: Collection[str] | None = None,
    open_only: bool = False,
    most: int,
) -> Sequence[RegisterRow]:
    """Return registers of a unit (None: all), open ones first, then the newest."""
    register = t.register.c
    query = sa.select(t.register)
    if unit_id is not None:
        query = query.where(register.unit_id == unit_id)
    if facilitator_ids is not None:
        query = query.where(register.facilitator_id.in_(list(facilitator_ids)))
    if open_only:
        query = query.where(register.closed_at.is_(None))
    order = (register.closed_at.is_not(None), register.end.desc(), register.session_id)
    found = await tx.execute(query.order_by(*order).limit(most))
    return [_row(dict(row)) for row in found.mappings()]


async def absences(
    tx: AsyncConnection,
    person_ids: Collection[str] | None,
    type_ids: Collection[str],
    span: Interval,
) -> Sequence[tuple[str, str, datetime]]:
    """Return who (None: anybody) was absent from which type's session that began in ``span``.

    Only registers that were closed say so; each as (person, type, start).
    """
    register = t.register.c
    query = (
        sa.select(t.attendance.c.person_id, register.type_id, register.start)
        .join(t.register)
        .where(
            register.closed_at.is_not(None),
            register.type_id.in_(list(type_ids)),
            register.start >= span.start,
            register.start < span.end,
            t.attendance.c.state.in_(ABSENT),
        )
    )
    if person_ids is not None:
        query = query.where(t.attendance.c.person_id.in_(list(person_ids)))
    return [(row.person_id, row.type_id, row.start) for row in await tx.execute(query)]


async def coming_back(
    tx: AsyncConnection, person_ids: Collection[str], type_id: str
) -> frozenset[str]:
    """Return who was absent from the last session of a type that a closed register knows of."""
    register = t.register.c
    found = await tx.execute(
        sa.select(t.attendance.c.person_id, t.attendance.c.state)
        .join(t.register)
        .where(
            register.closed_at.is_not(None),
            register.type_id == type_id,
            t.attendance.c.person_id.in_(list(person_ids)),
        )
        .order_by(register.start, register.session_id)
    )
    latest = {row.person_id: row.state for row in found}
    return frozenset(i for i, state in latest.items() if state in ABSENT)


async def closed_lines(
    tx: AsyncConnection,
    *,
    unit_id: str | None,
    type_id: str | None = None,
    span: Interval,
) -> Sequence[tuple[RegisterRow, Placed]]:
    """Return every line of the closed registers of sessions that began in ``span``, by start."""
    register = t.register.c
    query = (
        sa.select(
            t.register,
            t.attendance.c.person_id,
            t.attendance.c.team_id,
            t.attendance.c.site_id,
            t.attendance.c.state,
            t.attendance.c.score,
        )
        .join_from(t.register, t.attendance)
        .where(
            register.closed_at.is_not(None),
            register.start >= span.start,
            register.start < span.end,
        )
        .order_by(register.start, register.session_id, t.attendance.c.person_id)
    )
    if unit_id is not None:
        query = query.where(register.unit_id == unit_id)
    if type_id is not None:
        query = query.where(register.type_id == type_id)
    return [
        (_row(row), Placed(line=_line(row), team_id=row["team_id"], site_id=row["site_id"]))
        for row in map(dict, (await tx.execute(query)).mappings())
    ]


async def late_by(tx: AsyncConnection, row: SessionRow) -> int | None:
    """Return by how many minutes a session's people were told that it begins late, or None."""
    late = t.lateness.c
    found: int | None = await tx.scalar(
        sa.select(late.minutes).where(late.session_id == row.id, late.start == row.interval.start)
    )
    return found


async def run_late(tx: AsyncConnection, row: SessionRow, minutes: int, now: datetime) -> bool:
    """Note that a session begins late, once for each time it is booked for."""
    same = t.lateness.c.session_id == row.id
    await tx.execute(t.lateness.delete().where(same, t.lateness.c.start != row.interval.start))
    late = {"session_id": row.id, "start": row.interval.start, "minutes": minutes, "told_at": now}
    return await inserted(tx, t.lateness.insert().values(late))


async def leading_between(tx: AsyncConnection, span: Interval) -> Sequence[str]:
    """Return who leads booked sessions that begin in ``span``, by id."""
    session = t.session.c
    found = await tx.scalars(
        sa.select(session.facilitator_id)
        .where(
            session.state == SessionState.BOOKED.value,
            session.stands_for.is_(None),
            session.start >= span.start,
            session.start < span.end,
        )
        .distinct()
        .order_by(session.facilitator_id)
    )
    return list(found)
