"""Changes as those may see them whom they concern."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.changes import ChangedSession, ChangeKind, ChangeState, ChangeView
from scheduling.domain.people import Person
from scheduling.domain.requests import SessionState
from scheduling.storage import bookings, changes, people, requests, selfcare
from scheduling.storage.bookings import SessionRow
from scheduling.storage.changes import ChangeRow
from scheduling.workflows import course_parts, rights
from scheduling.workflows.setups import SYSTEM, Catalogue
from scheduling.workflows.views import UNDOABLE


async def session_view(
    tx: AsyncConnection, catalogue: Catalogue, rows: Sequence[SessionRow]
) -> ChangedSession:
    """Return a session as it stands now; of a gathering, the rows of its members come after it."""
    row, *members = rows
    request = await requests.require(tx, row.request_id)
    names = await people.names(tx, {row.facilitator_id, *(one.attendee_id for one in rows)})
    type_name = catalogue.types[request.ask.type_id].shown_name
    return _session(row, members, type_name, names)


def _session(
    row: SessionRow, members: Sequence[SessionRow], type_name: str, names: Mapping[str, str]
) -> ChangedSession:
    return ChangedSession(
        id=row.id,
        request_id=row.request_id,
        attendee_id=row.attendee_id,
        attendee_name=names.get(row.attendee_id, row.attendee_id),
        facilitator_id=row.facilitator_id,
        facilitator_name=names.get(row.facilitator_id, row.facilitator_id),
        type_name=type_name,
        zone=row.zone,
        interval=row.interval,
        place=row.place,
        room_name=row.room_name,
        state=row.state,
        moves=row.moves,
        moved_from=row.moved_from,
        changing=row.change_id is not None,
        gathers=row.gathers,
        names=tuple(sorted(names.get(one.attendee_id, "") for one in members)),
    )


async def change_view(
    tx: AsyncConnection, catalogue: Catalogue, row: ChangeRow, viewer: Person, now: datetime
) -> ChangeView:
    """Return a change as ``viewer`` sees it; figures of staffing only for who may change it."""
    session = await bookings.require(tx, row.session_id)
    members = [await bookings.require(tx, i) for i in row.member_ids]
    peer = await bookings.require(tx, row.peer_session_id) if row.peer_session_id else None
    request = await requests.require(tx, row.request_id)
    decides = await rights.may_change(tx, viewer, request, [session, *members], now)
    becomes = row.chosen.get(session.id)
    missing = await people.names(tx, becomes.missing_ids if becomes else ())
    care = await selfcare.by_change(tx, row.id)
    choosing = row.kind is ChangeKind.MOVE and row.state is ChangeState.PROPOSED
    part = await course_parts.place_of(tx, session, now) if choosing else None
    in_it = {one.attendee_id for one in members} if choosing and session.gathers else None
    out = set(request.ask.attendee_ids) - in_it if in_it and part is None and decides else ()
    left_out = await people.names(tx, out)
    undoable = decides and row.undo_until is not None and now < row.undo_until
    return ChangeView(
        id=row.id,
        version=row.version,
        kind=row.kind,
        state=row.state,
        session=await session_view(tx, catalogue, [session, *members]),
        was=row.was[session.id].interval,
        becomes=becomes,
        missing=tuple(sorted(missing.values())),
        peer=await session_view(tx, catalogue, [peer]) if peer else None,
        peer_was=row.was[peer.id].interval if peer else None,
        proposal=row.proposal if decides else None,
        undo_until=row.undo_until if undoable and request.state in UNDOABLE else None,
        expires_at=row.expires_at,
        to_answer=bool(peer) and peer is not None and viewer.id == peer.attendee_id,
        mine=viewer.id == row.asked_by,
        attends=viewer.id in {one.attendee_id for one in (session, *members)},
        trouble=row.trouble,
        why=await _why_free(tx, session),
        by_itself=row.asked_by == SYSTEM,
        cause=care.cause if care else None,
        part=part,
        left_out=tuple(sorted(left_out.values())),
    )


async def _why_free(tx: AsyncConnection, session: SessionRow) -> ChangeKind | None:
    """Return what freed a session that has no time now."""
    if session.state is not SessionState.RELEASED:
        return None
    ended = await changes.of_sessions(tx, [session.id], states=[ChangeState.DONE])
    freeing = [one.kind for one in ended if one.kind.frees]
    return freeing[-1] if freeing else None
