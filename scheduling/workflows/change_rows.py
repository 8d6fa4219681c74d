"""Changes as rows that are yet to be kept; and what an attendee's word begins."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.changes import ChangeKind, ChangeState
from scheduling.domain.requests import SessionState
from scheduling.storage import bookings, changes, requests
from scheduling.storage.bookings import SessionRow
from scheduling.storage.changes import ChangeRow
from scheduling.storage.requests import RequestRow
from scheduling.workflows import course_parts, gatherings, replacing
from scheduling.workflows.runtime import Runtime


def new_change(
    runtime: Runtime,
    request: RequestRow,
    session: SessionRow,
    kind: ChangeKind,
    state: ChangeState,
    *,
    by: str,
    members: Sequence[SessionRow] = (),
    **fields: object,
) -> ChangeRow:
    """Return a change of a session as it stands, asked for by a person (or Aside itself).

    A gathering is changed with its ``members``.
    """
    now = runtime.services.clock.now()
    row = ChangeRow(
        id=runtime.services.ids.new(),
        version=1,
        kind=kind,
        state=state,
        unit_id=request.unit_id,
        request_id=request.id,
        session_id=session.id,
        peer_request_id=None,
        peer_session_id=None,
        member_ids=tuple(one.id for one in members),
        asked_by=by,
        ask=replacing.ask_of(request, session, now, members=members),
        proposal=None,
        chosen={},
        was={one.id: gatherings.option_of(one) for one in (session, *members)},
        undoes=None,
        stop=False,
        trouble=None,
        created_at=now,
        expires_at=None,
        undo_until=None,
    )
    return replace(row, **fields)  # type: ignore[arg-type]


async def queue(tx: AsyncConnection, runtime: Runtime, row: ChangeRow, ticket: int) -> None:
    """Keep a new change and put it into its unit's queue, behind that ticket."""
    await changes.insert(tx, row)
    for session_id in row.session_ids:
        await bookings.update_session(tx, session_id, change_id=row.id)
    await runtime.engine.enqueue_unit(
        tx, "change", f"{row.id}:change", row.id, unit_id=row.unit_id, ticket=ticket
    )


async def drop_session(
    tx: AsyncConnection,
    runtime: Runtime,
    request: RequestRow,
    session: SessionRow,
    kind: ChangeKind,
    *,
    by: str,
    members: Sequence[SessionRow] = (),
) -> tuple[ChangeRow, bool]:
    """Begin to take one session back, with its request locked; twice gives the first (False).

    Of a part of a course the later parts go with it: they depend on it.
    """
    under_way = await changes.of_sessions(tx, [session.id], states=[ChangeState.WRITING])
    for one in under_way:
        if one.kind is kind:
            return one, False
    row = new_change(runtime, request, session, kind, ChangeState.WRITING, by=by, members=members)
    await changes.insert(tx, row)
    await runtime.engine.enqueue_followup(tx, "drop", f"{row.id}:drop", row.id)
    if takes_later(session, kind):
        await _drop_next(tx, runtime, session, kind, by=by)
    return row, True


def takes_later(session: SessionRow, kind: ChangeKind) -> bool:
    """Whether the later parts of a course go with a session; not where it is to have a new time."""
    return kind is ChangeKind.CANCEL or session.gathers or session.gathering_id is not None


async def _drop_next(
    tx: AsyncConnection, runtime: Runtime, session: SessionRow, kind: ChangeKind, *, by: str
) -> None:
    """Begin to take back the next part that depends on a session, and so each after it."""
    later = await course_parts.depending_on(tx, session, runtime.services.clock.now())
    if not later:
        return
    request = await requests.locked(tx, later[0].request_id)
    following = await bookings.require(tx, later[0].id)
    members = await gatherings.members_of(tx, following)
    if following.state is SessionState.BOOKED:
        await drop_session(tx, runtime, request, following, kind, by=by, members=members)


async def decline(
    tx: AsyncConnection, runtime: Runtime, request: RequestRow, session: SessionRow
) -> None:
    """Take a declined invitation as its attendee's word that they cannot come, once."""
    ahead = session.interval.start > runtime.services.clock.now()
    if session.state is SessionState.BOOKED and session.change_id is None and ahead:
        by = session.attendee_id
        await drop_session(tx, runtime, request, session, ChangeKind.CANNOT, by=by)
