"""How a change ends: what its sessions and their requests are then, and who must look or hear.

Every function works in the caller's transaction, with the requests of the change locked.
"""

from collections.abc import Sequence
from dataclasses import replace
from enum import Enum

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.changes import ChangeKind, ChangeState
from scheduling.domain.notices import Concern, NoticeKind
from scheduling.domain.requests import (
    RequestState,
    SessionState,
    Target,
    TargetState,
    WorkItemCause,
)
from scheduling.domain.times import DateRange
from scheduling.storage import (
    audit,
    bookings,
    changes,
    courses,
    drafts,
    requests,
    standins,
    timers,
    work_items,
)
from scheduling.storage.bookings import ACTIVE_SESSIONS, SessionRow
from scheduling.storage.changes import ChangeRow
from scheduling.workflows import escalation, gatherings, notices, replacing, substituting
from scheduling.workflows.change_rows import new_change, queue
from scheduling.workflows.closing import Failed, tell_schedulers, why_of
from scheduling.workflows.runtime import Runtime
from scheduling.workflows.setups import SYSTEM

CARRIED = (ChangeState.QUEUED, ChangeState.WRITING)

RESETTLED = frozenset({RequestState.BOOKED, RequestState.PARTLY_BOOKED, RequestState.RELEASED})
"""States of a request that follow from those of its sessions."""

UNDO_OVER = "change_undo_over"
"""The kind of the timers by which a card offers no undo any more."""

TOLD = {
    ChangeKind.MOVE: NoticeKind.MOVED,
    ChangeKind.SWAP: NoticeKind.SWAPPED,
    ChangeKind.CANCEL: NoticeKind.CANCELLED,
    ChangeKind.RELEASE: NoticeKind.CANCELLED,
    ChangeKind.CANNOT: NoticeKind.GAVE_UP,
}


class Ended(Enum):
    """Why a change has changed nothing."""

    TAKEN = ChangeState.TAKEN
    UNPLACED = ChangeState.UNPLACED
    FAILED = ChangeState.FAILED
    DROPPED = ChangeState.DROPPED


async def lock(tx: AsyncConnection, change_id: str) -> ChangeRow:
    """Return a change whose requests nobody else changes until ``tx`` ends."""
    row = await changes.require(tx, change_id)
    for request_id in row.request_ids:
        await requests.locked(tx, request_id)
    return await changes.require(tx, change_id)


async def end(
    tx: AsyncConnection,
    runtime: Runtime,
    row: ChangeRow,
    ended: Ended,
    trouble: str | None = None,
    facts: escalation.ItemFacts | None = None,
) -> str:
    """End a change that changes nothing; a released session without a time is the schedulers'."""
    row = await changes.require(tx, row.id)
    if not await changes.advance(tx, row, to=ended.value, of=CARRIED, trouble=trouble):
        return row.state.value
    await drafts.release(tx, row.id)
    for request_id in row.request_ids:
        request = await requests.require(tx, request_id)
        if request.state is not RequestState.QUEUED:  # else those behind it wait for the same
            await requests.wait_no_more(tx, request)
    for session_id in row.session_ids:
        session = await bookings.require(tx, session_id)
        if session.change_id != row.id:
            continue
        await bookings.update_session(tx, session_id, change_id=None)
        nobodys = row.asked_by == SYSTEM and ended is not Ended.DROPPED
        if nobodys and session.state is SessionState.RELEASED:
            await _hand_over(tx, runtime, row, session, trouble, facts)
    await _record(tx, runtime, row, ended.value)
    await show(tx, runtime, row)
    return ended.value.value


async def _hand_over(
    tx: AsyncConnection,
    runtime: Runtime,
    row: ChangeRow,
    session: SessionRow,
    trouble: str | None,
    facts: escalation.ItemFacts | None,
) -> None:
    """Give a released session to the schedulers, whose decision places its attendee anew."""
    request = await requests.require(tx, session.request_id)
    await bookings.update_session(tx, session.id, state=SessionState.FAILED.value)
    dates = request.ask.dates
    wider = DateRange(min(dates.start, row.ask.dates.start), max(dates.end, row.ask.dates.end))
    await requests.ask_anew(tx, request.id, replace(request.ask, dates=wider))
    now = runtime.services.clock.now()
    facts = facts or escalation.ItemFacts(as_of=now, trouble=trouble, zone=session.zone)
    await requests.note_unplaced(tx, request.id, facts.unplaced)
    await escalation.add(tx, runtime, request, WorkItemCause.NOT_PLACED, facts)
    await settle(tx, request.id)


async def settle(tx: AsyncConnection, request_id: str) -> RequestState:
    """Let a request's state follow from its sessions; one that is under way stays as it is."""
    request = await requests.require(tx, request_id)
    rows = await bookings.sessions(tx, request_id)
    active = [one for one in rows if one.state.value in ACTIVE_SESSIONS]
    meant = {one.attendee_id for one in rows if one.state is SessionState.CANCELLED}
    covered = {one.attendee_id for one in active} | meant
    if active:
        whole = request.ask.together or covered >= set(request.ask.attendee_ids)
        to = RequestState.BOOKED if whole else RequestState.PARTLY_BOOKED
    elif any(one.state is SessionState.RELEASED for one in rows):
        to = RequestState.RELEASED
    elif any(one.state is SessionState.FAILED for one in rows):
        to = RequestState.ESCALATED
    else:
        to = RequestState.CANCELLED
    if request.state not in RESETTLED:
        return request.state
    ended = {} if active else {"undo_until": None}
    await requests.transition(tx, request_id, to=to, of=(request.state,), **ended)
    return to


async def show(tx: AsyncConnection, runtime: Runtime, row: ChangeRow) -> None:
    """Let every card that shows a change, or its request, be brought up to date."""
    key = f"{row.id}:{row.version}:show_change"
    await runtime.engine.enqueue_followup(tx, "show_change", key, row.id)


async def moved(
    tx: AsyncConnection, runtime: Runtime, row: ChangeRow, failed: Sequence[Failed]
) -> None:
    """Close a change whose sessions stand at their new times."""
    services = runtime.services
    now = services.clock.now()
    whole = not any(option.missing_ids for option in row.chosen.values())
    undoable = row.kind is ChangeKind.MOVE and row.undoes is None and row.asked_by != SYSTEM
    until = now + services.policy.undo if undoable and whole else None
    if not await changes.advance(
        tx, row, to=ChangeState.DONE, of=(ChangeState.WRITING,), undo_until=until
    ):
        return
    if until is not None:
        await timers.set_timer(tx, UNDO_OVER, row.id, until)
    sessions = [await bookings.require(tx, i) for i in row.session_ids]
    for session in sessions:
        if session.change_id == row.id:
            await bookings.update_session(tx, session.id, change_id=None)
        await changes.forget_refusals(tx, session.id)
    for together in _groups(row, sessions):
        await _after(tx, runtime, row, together, failed)
    await _record(tx, runtime, row, ChangeState.DONE)
    await show(tx, runtime, row)


def _groups(row: ChangeRow, sessions: list[SessionRow]) -> list[list[SessionRow]]:
    """Return the sessions of a change as people speak of them: a gathering with its attendees."""
    return [sessions] if row.member_ids else [[one] for one in sessions]


async def _after(
    tx: AsyncConnection,
    runtime: Runtime,
    row: ChangeRow,
    together: Sequence[SessionRow],
    failed: Sequence[Failed],
) -> None:
    """Tell whom it concerns of a session, or of a gathering with its attendees, once each."""
    session = together[0]
    request = await requests.require(tx, session.request_id)
    if _told(row, session) is not NoticeKind.ROOM_CHANGED:
        await substituting.seek_no_more(tx, runtime, session)
    if session.state is SessionState.BOOKED:
        await notices.notify(
            tx,
            _told(row, session),
            request,
            key=f"{session.id}:{session.moves}",
            sessions=[
                one for one in together if not one.gathers and one.state is SessionState.BOOKED
            ],
            by=None if row.asked_by == SYSTEM else row.asked_by,
        )
    await _say(tx, runtime, together, failed)
    await settle(tx, session.request_id)


def _told(row: ChangeRow, session: SessionRow) -> NoticeKind:
    """Return what is told of a change; of one that kept the time, that the room is another."""
    was = row.was.get(session.id)
    same = was is not None and was.interval == session.interval
    return NoticeKind.ROOM_CHANGED if same else TOLD[row.kind]


async def _say(
    tx: AsyncConnection,
    runtime: Runtime,
    together: Sequence[SessionRow],
    failed: Sequence[Failed],
) -> None:
    """Make one work item of what was given up of sessions of a request, or of their stand-ins."""
    ids = {one.id for one in together}
    request_id = together[0].request_id
    ids |= {one.id for one in await standins.of_request(tx, request_id) if one.stands_for in ids}
    ours = [one for one in failed if one[0] in ids]
    if ours:
        request = await requests.require(tx, request_id)
        cause, trouble = why_of(ours, None)
        await tell_schedulers(tx, runtime, request, cause, trouble, ours)


async def abandoned(
    tx: AsyncConnection,
    runtime: Runtime,
    row: ChangeRow,
    failed: Sequence[Failed],
    trouble: str | None,
) -> None:
    """Close a change that could not be written: its sessions stand where they stood."""
    for session_id, target, undoing in failed:
        if not undoing:
            await bookings.mark(tx, session_id, Target(target), TargetState.FAILED)
    for one in await standins.of_change(tx, row.id):
        if one.state is SessionState.PLANNED:
            await bookings.free(tx, one.id, SessionState.FAILED)
    sessions = [await bookings.require(tx, i) for i in row.session_ids]
    for together in _groups(row, sessions):
        await _say(tx, runtime, together, failed)
    for session in sessions:
        if session.state is SessionState.PLANNED and session.change_id == row.id:
            await bookings.free(tx, session.id, SessionState.FAILED)
    await end(tx, runtime, row, Ended.FAILED if trouble else Ended.DROPPED, trouble)


async def dropped(
    tx: AsyncConnection, runtime: Runtime, row: ChangeRow, failed: Sequence[Failed]
) -> None:
    """Close the taking back of a session, or a gathering; a released one is to have a new time."""
    session, *members = [await bookings.require(tx, i) for i in row.session_ids]
    together = [session, *(one for one in members if one.change_id == row.id)]
    if not await changes.advance(tx, row, to=ChangeState.DONE, of=(ChangeState.WRITING,)):
        return
    again = row.kind is not ChangeKind.CANCEL and session.gathering_id is None
    to = SessionState.CANCELLED
    if again:  # what could not be taken back is tried again, and must not meet a new booking
        to = SessionState.FAILED if failed else SessionState.RELEASED
    for one in together:
        await bookings.free(tx, one.id, to)
        await bookings.update_session(tx, one.id, change_id=None)
    await _say(tx, runtime, together, failed)
    await settle(tx, session.request_id)
    await _record(tx, runtime, row, ChangeState.DONE)
    if to is SessionState.RELEASED:
        await _new_time(tx, runtime, row, session)
    told = row.kind is ChangeKind.CANNOT and to is SessionState.RELEASED
    told |= row.kind is not ChangeKind.CANCEL and await _too_few(tx, runtime, session)
    await _tell_of_end(tx, row, together, owner_told=told)
    await show(tx, runtime, row)


async def _too_few(tx: AsyncConnection, runtime: Runtime, session: SessionRow) -> bool:
    """Let who asked, and a scheduler, say whether a meeting stands that lost too many; if it did.

    How small a group of a course may be is the course's to say; see ``small_groups``.
    """
    if session.gathering_id is None or await courses.group_of(tx, session.request_id):
        return False
    request = await requests.require(tx, session.request_id)
    gathering = await bookings.require(tx, session.gathering_id)
    attendees = await bookings.attendees_of(tx, gathering.id)
    left = gatherings.standing(attendees)
    stands = gathering.state is SessionState.BOOKED and left
    if not stands or gatherings.holds(request.ask, request.relaxed, attendees):
        return False
    for item in await work_items.of_request(tx, request.id):
        if item.cause is WorkItemCause.TOO_FEW and not item.state.decided:
            return False
    facts = escalation.ItemFacts(as_of=runtime.services.clock.now(), zone=gathering.zone)
    start = gathering.interval.start
    cause = WorkItemCause.TOO_FEW
    item_id = await escalation.add(tx, runtime, request, cause, facts, last=start)
    await notices.notify(tx, NoticeKind.TOO_FEW, request, key=item_id, sessions=left)
    return True


async def _tell_of_end(
    tx: AsyncConnection, row: ChangeRow, together: Sequence[SessionRow], *, owner_told: bool
) -> None:
    """Tell those concerned, but for who did it, and for an owner who hears of what follows instead."""
    session = together[0]
    request = await requests.require(tx, session.request_id)
    await notices.notify(
        tx,
        TOLD[row.kind],
        request,
        key=f"{session.id}:{session.moves}",
        sessions=[await bookings.require(tx, one.id) for one in together if not one.gathers],
        by=row.asked_by,
        only=frozenset(Concern) - ({Concern.REQUESTER} if owner_told else set()),
    )


def _schedules_itself(runtime: Runtime, row: ChangeRow) -> bool:
    """Whether Aside may give a new time without asking: the type lets it, and nobody paused that."""
    services = runtime.services
    paused = services.setups.setup.paused_in(row.unit_id, services.clock.now())
    return paused is None and services.catalogue.types[row.ask.type_id].auto_schedule


async def _new_time(
    tx: AsyncConnection, runtime: Runtime, row: ChangeRow, session: SessionRow
) -> None:
    """Queue a released session for its new time under its old ticket, or ask its owner for one."""
    services = runtime.services
    request = await requests.require(tx, session.request_id)
    if row.kind is ChangeKind.CANNOT and not _schedules_itself(runtime, row):
        await notices.offer(
            tx,
            session.id,
            request.requester_id,
            key=f"{session.id}:{session.moves}:times_wanted",
            until=services.clock.now() + services.policy.times_wanted,
            kind=NoticeKind.TIMES_WANTED,
        )
        return
    now = services.clock.now()
    ask = replacing.ask_of(request, session, now)
    again = new_change(
        runtime,
        request,
        session,
        ChangeKind.MOVE,
        ChangeState.QUEUED,
        by=SYSTEM,
        ask=replacing.by_itself(ask, services.policy.notice, now, session.zone),
    )
    await queue(tx, runtime, again, request.ticket)


async def _record(tx: AsyncConnection, runtime: Runtime, row: ChangeRow, to: ChangeState) -> None:
    """Append what became of a change; of one that frees a session, not who wanted it."""
    kind = ChangeKind.RELEASE if row.kind.frees else row.kind
    await audit.record(
        tx,
        at=runtime.services.clock.now(),
        actor=SYSTEM,
        action=f"session.{kind.value}",
        subject=row.session_id,
        before={"state": row.state.value},
        after={"state": to.value},
        detail={
            "change": row.id,
            "was": {i: o.interval.start.isoformat() for i, o in row.was.items()},
            "becomes": {i: o.interval.start.isoformat() for i, o in row.chosen.items()},
        },
    )
