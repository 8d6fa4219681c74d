"""Stand-ins: rows that hold a session's next time while it is written, and its earlier ones after.

While a session is moved both its times are reserved: its own row holds the one that stands, and a
stand-in the next one, written as any session is. Once that stands too, the two trade places in one
transaction. So a session keeps its id, its event and what is known of it, and its earlier times
stay on record, in state MOVED.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.proposals import Option
from scheduling.domain.requests import SessionState, Target, TargetState
from scheduling.storage import bookings
from scheduling.storage import tables as t
from scheduling.storage.bookings import SessionRow, slots_of, values_of

ONLY_WFM = {
    Target.WFM: TargetState.PENDING,
    Target.ROOM: TargetState.SKIPPED,
    Target.INVITE: TargetState.SKIPPED,
    Target.NOTICE: TargetState.SKIPPED,
}
"""What is written for a stand-in itself: the event is the session's own, and is moved."""

_GONE = (TargetState.UNDONE, TargetState.SKIPPED)

NOTHING = {**ONLY_WFM, Target.WFM: TargetState.SKIPPED}
"""What is written for that of a gathering, which is nobody's exception."""


def standin(row: SessionRow, option: Option, standin_id: str) -> SessionRow:
    """Return the row that holds ``option`` for a session."""
    return replace(
        row,
        id=standin_id,
        stands_for=row.id,
        interval=option.interval,
        place=option.place,
        room_id=option.room_id,
        room_name=option.room_name,
        state=SessionState.PLANNED,
        targets=NOTHING if row.gathers else ONLY_WFM,
        event=None,
        join_url=None,
        written_at=None,
        wfm_key=None,
    )


async def reserve(tx: AsyncConnection, planned: Sequence[SessionRow]) -> None:
    """Insert stand-ins with what they reserve; SlotTaken (and nothing inserted) if one collides.

    What is reserved for one of the sessions that they stand for need not be reserved again.
    """
    if not planned:
        return
    own = await _held(tx, {str(row.stands_for) for row in planned})
    slots = [one for one in slots_of(planned) if (one["resource"], one["slot"]) not in own]
    unique = {(one["resource"], one["slot"]): one for one in slots}
    async with bookings.taking(tx):
        await tx.execute(t.session.insert(), [values_of(row) for row in planned])
        if unique:
            await tx.execute(t.reservation.insert(), list(unique.values()))


async def _held(tx: AsyncConnection, session_ids: Collection[str]) -> set[tuple[object, object]]:
    found = await tx.execute(
        sa.select(t.reservation.c.resource, t.reservation.c.slot).where(
            t.reservation.c.session_id.in_(list(session_ids))
        )
    )
    return {(row.resource, row.slot) for row in found}


async def of_change(tx: AsyncConnection, change_id: str) -> Sequence[SessionRow]:
    """Return the stand-ins that a change has made, in the order of their sessions' ids."""
    found = await tx.execute(
        sa.select(t.session)
        .where(t.session.c.change_id == change_id, t.session.c.stands_for.is_not(None))
        .order_by(t.session.c.stands_for)
    )
    return [bookings.session_of(dict(row)) for row in found.mappings()]


async def of_request(tx: AsyncConnection, request_id: str) -> Sequence[SessionRow]:
    """Return all stand-ins of a request's sessions, past and present."""
    found = await tx.execute(
        sa.select(t.session).where(
            t.session.c.request_id == request_id, t.session.c.stands_for.is_not(None)
        )
    )
    return [bookings.session_of(dict(row)) for row in found.mappings()]


async def may_still_be_written(tx: AsyncConnection, session_id: str) -> bool:
    """Whether a next time that a session did not take may still have its exception in the WFM."""
    found = await tx.execute(
        sa.select(t.session).where(
            t.session.c.stands_for == session_id,
            t.session.c.state.in_([SessionState.PLANNED.value, SessionState.FAILED.value]),
        )
    )
    rows = [bookings.session_of(dict(row)) for row in found.mappings()]
    return any(row.targets[Target.WFM] not in _GONE for row in rows)


async def trade(tx: AsyncConnection, pairs: Sequence[tuple[SessionRow, SessionRow]]) -> None:
    """Let sessions take the times of their stand-ins, and those be what was before.

    All or nothing: SlotTaken where somebody has meanwhile reserved what they need. ``wfm_key`` of
    both must be known.
    """
    ids = [row.id for pair in pairs for row in pair]
    moved = [_moved(session, other) for session, other in pairs]
    async with bookings.taking(tx):
        await tx.execute(t.reservation.delete().where(t.reservation.c.session_id.in_(ids)))
        await tx.execute(t.reservation.insert(), slots_of(moved))
        for after, (session, other) in zip(moved, pairs, strict=True):
            await bookings.update_session(tx, session.id, **_times(after))
            past = replace(session, targets=other.targets, state=SessionState.MOVED)
            await bookings.update_session(tx, other.id, **_times(past))


def _moved(session: SessionRow, other: SessionRow) -> SessionRow:
    asked = {} if session.gathers else {Target.WFM: TargetState.DONE}
    if session.targets[Target.ROOM] is not TargetState.SKIPPED:
        asked[Target.ROOM] = TargetState.PENDING
    return replace(
        session,
        interval=other.interval,
        place=other.place,
        room_id=other.room_id,
        room_name=other.room_name,
        targets={**session.targets, **asked},
        wfm_key=other.wfm_key,
        written_at=other.written_at,
        moves=session.moves + 1,
        moved_from=session.interval.start,
    )


TIMES = (
    *("start", "end", "place", "room_id", "room_name", "targets", "wfm_key", "written_at"),
    *("moves", "moved_from", "state"),
)


def _times(row: SessionRow) -> dict[str, object]:
    values = values_of(row)
    return {name: values[name] for name in TIMES}
