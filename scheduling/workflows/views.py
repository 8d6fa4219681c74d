"""Rows to what people see. Absence reasons are folded for all but schedulers."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.house import Paused
from scheduling.domain.people import Person, Role
from scheduling.domain.proposals import Unplaced, redacted
from scheduling.domain.requests import (
    RequestState,
    RequestView,
    SessionView,
    WorkItemCause,
    WorkItemView,
)
from scheduling.domain.setup import Pause
from scheduling.storage import bookings, people, petitions, requests, standins, work_items
from scheduling.storage.bookings import SessionRow
from scheduling.storage.requests import RequestRow
from scheduling.storage.work_items import WorkItemRow
from scheduling.workflows.escalation import load_facts
from scheduling.workflows.setups import Catalogue

UNDOABLE = frozenset({RequestState.BOOKED, RequestState.PARTLY_BOOKED})
WAITING = frozenset({RequestState.QUEUED, RequestState.RELEASED, RequestState.ESCALATED})


def unplaced_for(viewer: Person, unplaced: Sequence[Unplaced]) -> tuple[Unplaced, ...]:
    """Return the unplaced as ``viewer`` may see them."""
    return tuple(unplaced) if viewer.has(Role.SCHEDULER) else redacted(unplaced)


async def _names(tx: AsyncConnection, ids: Sequence[str | None]) -> Mapping[str, str]:
    return await people.names(tx, {i for i in ids if i})


async def paused_by(tx: AsyncConnection, pause: Pause | None) -> Paused | None:
    """Return a pause with the name of whose word it is."""
    if pause is None:
        return None
    names = await _names(tx, [pause.by])
    return Paused(by_name=names.get(pause.by, ""), until=pause.until)


async def _paused(
    tx: AsyncConnection, catalogue: Catalogue, item: WorkItemRow | None
) -> Paused | None:
    """Return the pause that a work item is there for, while it is to be decided."""
    if item is None or item.cause is not WorkItemCause.PAUSED or item.state.decided:
        return None
    return await paused_by(tx, catalogue.paused.get(item.unit_id))


def _sessions(rows: Sequence[SessionRow], names: Mapping[str, str]) -> tuple[SessionView, ...]:
    return tuple(
        SessionView(
            id=row.id,
            attendee_id=row.attendee_id,
            attendee_name=names.get(row.attendee_id, row.attendee_id),
            zone=row.zone,
            interval=row.interval,
            place=row.place,
            room_name=row.room_name,
            state=row.state,
            targets=row.targets,
            join_url=row.join_url,
            moves=row.moves,
            moved_from=row.moved_from,
            changing=row.change_id is not None,
        )
        for row in rows
    )


def _meeting_of(
    row: RequestRow, rows: Sequence[SessionRow]
) -> tuple[SessionRow | None, Sequence[SessionRow]]:
    """Return the newest gathering with its attendees as they were asked; without one, all sessions."""
    gathering = next((one for one in reversed(rows) if one.gathers), None)
    if gathering is None:
        return None, rows
    order = row.ask.attendee_ids.index
    mine = (one for one in rows if one.gathering_id == gathering.id)
    return gathering, sorted(mine, key=lambda one: order(one.attendee_id))


def _still_unplaced(row: RequestRow, placed: Collection[str]) -> list[Unplaced]:
    if row.ask.together and placed:
        return []
    return [one for one in row.unplaced if one.attendee_id not in placed]


async def request_view(
    tx: AsyncConnection, catalogue: Catalogue, row: RequestRow, viewer: Person, now: datetime
) -> RequestView:
    """Return a request as ``viewer`` may see it now."""
    gathering, rows = _meeting_of(row, await bookings.rows_of(tx, row.id))
    item = await work_items.latest_of(tx, row.id)
    ids = [*row.ask.attendee_ids, row.ask.facilitator_id, row.requester_id, row.on_behalf_of]
    names = await _names(tx, [*ids, item.claimed_by if item else None])
    undo_open = row.state in UNDOABLE and row.undo_until is not None and now < row.undo_until
    ahead = any(r.interval.start > now and r.state.value in bookings.ACTIVE_SESSIONS for r in rows)
    placed = {r.attendee_id for r in rows if r.state.value in bookings.ACTIVE_SESSIONS}
    coming = {one.attendee_id for one in rows} if gathering else set(row.ask.attendee_ids)
    unreachable = [
        names[i]
        for i in row.ask.attendee_ids
        if i in names and i in coming and (found := await people.get(tx, i)) and not found.address
    ]
    wishes = [
        one
        for one in await petitions.answered_by(tx, row.id)
        if one.state.open and viewer.id in {one.manager_id, row.requester_id}
    ]
    return RequestView(
        id=row.id,
        version=row.version,
        ticket=row.ticket,
        state=row.state,
        ask=row.ask,
        type_name=catalogue.types[row.ask.type_id].shown_name,
        requester_name=names.get(row.requester_id, ""),
        facilitator_name=names.get(row.ask.facilitator_id, ""),
        sessions=_sessions(rows, names),
        unplaced=unplaced_for(viewer, _still_unplaced(row, placed)),
        position=await requests.position(tx, row) if row.state is RequestState.QUEUED else None,
        undo_until=row.undo_until if undo_open else None,
        can_cancel=_can_cancel(row, undo_open=undo_open, ahead=ahead),
        work_item_id=item.id if item else None,
        work_item_state=item.state if item else None,
        handled_by=names.get(item.claimed_by) if item and item.claimed_by else None,
        decide_by=item.resolve_by if item and not item.state.decided else None,
        note=row.note,
        trouble=row.trouble,
        without_mailbox=tuple(unreachable),
        waiting_for=row.waiting_for,
        waiting_since=row.waiting_since,
        gathering=_sessions([gathering], names)[0] if gathering else None,
        missing=tuple(names[i] for i in row.ask.attendee_ids if i in names and i not in coming),
        draft_id=row.draft_id,
        on_behalf_of=names.get(row.on_behalf_of or ""),
        attendee_names=tuple(names[i] for i in row.ask.attendee_ids if i in names),
        paused=await _paused(tx, catalogue, item),
        wishes=tuple((one.id, names.get(one.agent_id, "")) for one in wishes),
    )


def _can_cancel(row: RequestRow, *, undo_open: bool, ahead: bool) -> bool:
    """Whether a request can be cancelled: while it waits, or once its booking cannot be undone."""
    held_up = row.waiting_for is not None and not row.cancel_requested
    return (
        row.state in WAITING
        or (row.state in UNDOABLE and not undo_open and ahead)
        or (row.state is RequestState.BOOKING and held_up)
    )


async def work_item_view(
    tx: AsyncConnection, catalogue: Catalogue, item: WorkItemRow
) -> WorkItemView:
    """Return a work item as schedulers see it."""
    row = await requests.require(tx, item.request_id)
    facts = load_facts(item.facts)
    names = await _names(
        tx,
        [
            row.requester_id,
            row.on_behalf_of,
            item.claimed_by,
            item.decided_by,
            *row.ask.attendee_ids,
        ],
    )
    kind = catalogue.types[row.ask.type_id]
    rows = await bookings.rows_of(tx, row.id)
    sessions = _sessions([one for one in rows if not one.gathers], names)
    who = {one.id: kind.shown_name for one in rows if one.gathers}
    who |= {each.id: each.attendee_name for each in sessions}
    moved = await standins.of_request(tx, row.id)
    who |= {one.id: who.get(str(one.stands_for), "") for one in moved}
    return WorkItemView(
        id=item.id,
        version=item.version,
        cause=item.cause,
        state=item.state,
        request_id=row.id,
        request_state=row.state,
        requester_name=names.get(row.requester_id, ""),
        on_behalf_of=names.get(row.on_behalf_of or ""),
        type_name=kind.shown_name,
        tier=kind.tier,
        ask=row.ask,
        unplaced=facts.unplaced,
        ways_out=facts.ways_out,
        days=facts.days,
        decide_by=item.decide_by,
        failures=facts.failures,
        last_held=facts.last_held,
        offline_used=facts.offline_used,
        offline_allowed=facts.offline_allowed,
        as_of=facts.as_of,
        reconciled=facts.reconciled,
        zone=facts.zone,
        claimed_by=names.get(item.claimed_by or ""),
        decided_by=names.get(item.decided_by or ""),
        trouble=facts.trouble,
        sessions=sessions,
        take_on_by=item.take_on_by,
        resolve_by=item.resolve_by,
        failed=tuple((who.get(one.session_id, ""), one) for one in facts.failed),
        paused=await _paused(tx, catalogue, item),
    )
