"""The promise of a booking: written everywhere in order, or taken back; and its undoing.

Order: WFM exceptions, then events with the room only, then the room's answer, then (the pivot)
the invitations, then the notices. Before the pivot a failure undoes that session; after it we
go forward, and then to a human.
"""

from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import structlog
from dbos import DBOS

from scheduling.domain.requests import (
    RequestState,
    SessionState,
    Target,
    TargetState,
    WorkItemCause,
)
from scheduling.ports.calendar import RoomAnswer
from scheduling.storage import audit, bookings, requests, timers, work_items
from scheduling.storage.bookings import SessionRow
from scheduling.storage.requests import RequestRow
from scheduling.workflows import escalation, trail, writes
from scheduling.workflows.engine import MAX_RECOVERIES
from scheduling.workflows.runtime import NotYet, current, follow, is_transient
from scheduling.workflows.telling import (
    concerned_by,
    show_waiting,
    tell_of_cancellation,
    tell_people,
)

log = structlog.get_logger()

RETRY: dict[str, Any] = {
    "retries_allowed": True,
    "max_attempts": 8,
    "interval_seconds": 1.0,
    "backoff_rate": 2.0,
    "should_retry": is_transient,
}
"""About two minutes of tries before a write is given up."""


@DBOS.workflow(name="book", max_recovery_attempts=MAX_RECOVERIES)
async def book(request_id: str) -> str:
    """Write every planned session of a request."""
    await follow(request_id)
    ids = await begin(request_id)
    await show_request(request_id)
    alive = [i for i in ids if await _or_undo(i, "wfm", write_wfm(i))]
    await show_request(request_id)
    alive = [i for i in alive if await _or_undo(i, "room", hold_room(i))]
    alive = [i for i in alive if await _or_undo(i, "room", _await_room(i))]
    await show_request(request_id)
    for session_id in alive:
        if await cancelled(request_id):
            break
        await _forward(session_id)
    state = await finish(request_id, ids)
    await tell_people(request_id)
    await show_request(request_id)
    await show_thread(request_id)
    return state


@DBOS.workflow(name="undo", max_recovery_attempts=MAX_RECOVERIES)
async def undo(request_id: str) -> str:
    """Take back every session of a request, last write first."""
    await follow(request_id)
    clean = True
    concerned = await concerned_by(request_id)
    for session_id in reversed(await written(request_id)):
        clean = await _take_back(session_id) and clean
        await show_request(request_id)
    state = await finish_undo(request_id, clean)
    await tell_of_cancellation(request_id, concerned)
    await show_request(request_id)
    await show_thread(request_id)
    return state


@DBOS.workflow(name="show", max_recovery_attempts=MAX_RECOVERIES)
async def show(request_id: str) -> None:
    """Bring the requester's card and the schedulers' thread up to date."""
    await show_request(request_id)
    await show_thread(request_id)
    await show_waiting(request_id)


@DBOS.workflow(name="announce", max_recovery_attempts=MAX_RECOVERIES)
async def announce(work_item_id: str) -> None:
    """Show a work item in the schedulers' channel."""
    await show_item(work_item_id)


async def _or_undo(session_id: str, target: str, step: Awaitable[object]) -> bool:
    """Run a step before the pivot; where it fails for good, undo the session."""
    try:
        await step
    except Exception as error:  # noqa: BLE001 - before the pivot anything undoes
        log.warning("write_failed", session=session_id, target=target, error=type(error).__name__)
        await fail(session_id, target)
        await _take_back(session_id, state=SessionState.FAILED.value)
        return False
    return True


async def _await_room(session_id: str) -> None:
    """Wait for the room's answer; a refusal tries the next room, and at last online."""
    for _ in range(current().services.policy.room_attempts + 2):
        answer = await ask_room(session_id)
        for pause in current().services.policy.room_polls:
            if answer in (RoomAnswer.ACCEPTED.value, RoomAnswer.DECLINED.value):
                break
            await DBOS.sleep_async(pause)
            answer = await ask_room(session_id)
        if answer == RoomAnswer.ACCEPTED.value:
            return
        await change_room(session_id)
        await hold_room(session_id)
    raise RuntimeError("no room answered, and the session could not be made online")


async def _forward(session_id: str) -> None:
    """After the pivot: invite, look at the room again, and give what fails to a human."""
    try:
        await send_invite(session_id)
        if await ask_room(session_id) == RoomAnswer.DECLINED.value:
            await fail(session_id, Target.ROOM.value)
    except Exception as error:  # noqa: BLE001 - after the pivot nothing undoes
        log.warning("invite_failed", session=session_id, error=type(error).__name__)
        await fail(session_id, Target.INVITE.value)


async def _take_back(session_id: str, state: str = SessionState.CANCELLED.value) -> bool:
    """Undo a session in reverse order; whether all of it could be."""
    clean = True
    for step, target in ((undo_calendar, Target.INVITE), (undo_wfm, Target.WFM)):
        try:
            await step(session_id)
        except Exception as error:  # noqa: BLE001 - the other target must still be undone
            log.warning("undo_failed", session=session_id, error=type(error).__name__)
            await fail(session_id, target.value)
            clean = False
    await release(session_id, state)
    return clean


async def _session(session_id: str) -> SessionRow:
    async with current().services.store.read() as tx:
        return await bookings.require(tx, session_id)


async def _request(request_id: str) -> RequestRow:
    async with current().services.store.read() as tx:
        return await requests.require(tx, request_id)


@DBOS.step()
async def begin(request_id: str) -> list[str]:
    """Move to BOOKING and return the ids of the sessions to write: none of what was cancelled."""
    runtime = current()
    async with runtime.services.store.write() as tx:
        row = await requests.require(tx, request_id)
        if await requests.transition(
            tx, request_id, to=RequestState.BOOKING, of=(RequestState.RESERVED,)
        ):
            await runtime.engine.enqueue_followup(
                tx, "show_queue", f"{row.id}:{row.version}:show_queue", row.id
            )
        rows = await bookings.sessions(tx, request_id)
    if row.cancel_requested:
        return []
    return [row.id for row in rows if row.state is SessionState.PLANNED]


@DBOS.step()
async def written(request_id: str) -> list[str]:
    """Return the ids of the sessions that may have been written anywhere."""
    async with current().services.store.read() as tx:
        rows = await bookings.sessions(tx, request_id)
    return [r.id for r in rows if r.state.value in bookings.ACTIVE_SESSIONS]


@DBOS.step(**RETRY)
async def write_wfm(session_id: str) -> None:
    """Lay one schedule exception."""
    await writes.write_exception(current(), await _session(session_id))


@DBOS.step(**RETRY)
async def hold_room(session_id: str) -> None:
    """Make one event with its room."""
    await writes.hold_event(current(), await _session(session_id))


@DBOS.step(**RETRY)
async def ask_room(session_id: str) -> str:
    """Return the room's answer."""
    return (await writes.room_answer(current(), await _session(session_id))).value


@DBOS.step(**RETRY)
async def change_room(session_id: str) -> None:
    """Take the next room, or go online."""
    await writes.next_room(current(), await _session(session_id))


@DBOS.step(**RETRY)
async def send_invite(session_id: str) -> None:
    """Invite the attendee."""
    await writes.invite(current(), await _session(session_id))


@DBOS.step(**RETRY)
async def undo_calendar(session_id: str) -> None:
    """Cancel the session's events."""
    await writes.undo_event(current(), await _session(session_id))


@DBOS.step(**RETRY)
async def undo_wfm(session_id: str) -> None:
    """Take the session's exception back."""
    await writes.undo_exception(current(), await _session(session_id))


@DBOS.step()
async def fail(session_id: str, target: str) -> None:
    """Record that one write failed for good."""
    async with current().services.store.write() as tx:
        await bookings.mark(tx, session_id, Target(target), TargetState.FAILED)


@DBOS.step()
async def release(session_id: str, state: str) -> None:
    """End a session and free what it reserved."""
    async with current().services.store.write() as tx:
        await bookings.free(tx, session_id, SessionState(state))


@DBOS.step()
async def cancelled(request_id: str) -> bool:
    """Whether somebody asked to stop while this was being written."""
    return (await _request(request_id)).cancel_requested


@DBOS.step()
async def finish(request_id: str, ids: list[str]) -> str:
    """Close the writing of the sessions ``ids``: states, undo window, what follows."""
    runtime = current()
    services = runtime.services
    now = services.clock.now()
    async with services.store.write() as tx:
        row = await requests.get(tx, request_id)
        if row is None:
            raise LookupError(f"there is no request {request_id}")
        rows = await bookings.sessions(tx, request_id)
        booked = [r for r in rows if r.state.value in bookings.ACTIVE_SESSIONS]
        broken = [r for r in rows if r.id in ids and _is_broken(r)]
        to = _end_state(row, booked)
        if not await requests.transition(
            tx,
            request_id,
            to=to,
            of=(RequestState.BOOKING,),
            undo_until=now + services.policy.undo if booked else None,
            trouble="write_failed" if broken and not row.cancel_requested else None,
        ):
            return row.state.value
        if to is RequestState.UNDOING:
            await runtime.engine.enqueue_followup(
                tx, "undo", f"{row.id}:{row.version}:undo", row.id
            )
        else:
            for one in booked:
                await bookings.update_session(tx, one.id, state=SessionState.BOOKED.value)
            if booked:
                await timers.set_timer(tx, "undo_over", row.id, now + services.policy.undo)
        if broken and not row.cancel_requested:
            facts = escalation.ItemFacts(as_of=now, trouble="write_failed", zone=broken[0].zone)
            await escalation.add(tx, runtime, row, WorkItemCause.WRITE_FAILED, facts)
        await audit.record(
            tx,
            at=now,
            actor="aside",
            on_behalf_of=row.requester_id,
            action=f"request.{to.value}",
            subject=row.id,
            before={"state": row.state.value},
            after={"state": to.value},
            parameters=trail.parameters(services, row.ask.type_id),
            detail={r.id: {t.value: s.value for t, s in r.targets.items()} for r in rows},
        )
    return to.value


def _is_broken(row: SessionRow) -> bool:
    """Whether a write failed for good, also where what was written before it is taken back."""
    return row.state is SessionState.FAILED or TargetState.FAILED in row.targets.values()


def _end_state(row: RequestRow, booked: Sequence[SessionRow]) -> RequestState:
    if row.cancel_requested:
        return RequestState.UNDOING if booked else RequestState.UNDONE
    if not booked:
        return RequestState.ESCALATED
    whole = {r.attendee_id for r in booked} >= set(row.ask.attendee_ids)
    return RequestState.BOOKED if whole else RequestState.PARTLY_BOOKED


@DBOS.step()
async def finish_undo(request_id: str, clean: bool) -> str:
    """Close the undoing; what could not be taken back goes to a human."""
    runtime = current()
    now = runtime.services.clock.now()
    async with runtime.services.store.write() as tx:
        row = await requests.get(tx, request_id)
        if row is None or row.state is not RequestState.UNDOING:
            return row.state.value if row else RequestState.UNDONE.value
        to = (
            RequestState.UNDONE
            if row.undo_until and now < row.undo_until
            else RequestState.CANCELLED
        )
        await requests.transition(
            tx,
            request_id,
            to=to,
            of=(RequestState.UNDOING,),
            undo_until=None,
            trouble=None if clean else "undo_failed",
        )
        if not clean:
            facts = escalation.ItemFacts(as_of=now, trouble="undo_failed")
            await escalation.add(tx, runtime, row, WorkItemCause.UNDO_FAILED, facts)
        await audit.record(
            tx,
            at=now,
            actor="aside",
            on_behalf_of=row.requester_id,
            action=f"request.{to.value}",
            subject=request_id,
            before={"state": row.state.value},
            after={"state": to.value},
            detail={"clean": clean},
        )
    return to.value


@asynccontextmanager
async def _beside_the_work(what: str) -> AsyncIterator[None]:
    """Log what fails while showing: a card that could not be drawn stops no booking."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - whatever it is, the state is in the tables
        log.warning("not_shown", what=what, error=type(error).__name__)


@DBOS.step()
async def show_request(request_id: str) -> None:
    """Bring the requester's card up to date."""
    async with _beside_the_work("request"):
        await current().services.notifier.request_changed(request_id)


@DBOS.step()
async def show_thread(request_id: str) -> None:
    """Bring the thread of the request's latest work item up to date, if it ever had one."""
    services = current().services
    async with _beside_the_work("thread"):
        async with services.store.read() as tx:
            item = await work_items.latest_of(tx, request_id)
        if item is not None:
            await services.notifier.work_item_changed(item.id)


@DBOS.step(
    retries_allowed=True,
    max_attempts=60,
    interval_seconds=2.0,
    backoff_rate=1.3,
    should_retry=is_transient,
)
async def show_item(work_item_id: str) -> None:
    """Show a work item to the schedulers, and try again until they can see it (days, if need be)."""
    shown = False
    async with _beside_the_work("work item"):
        shown = await current().services.notifier.work_item_changed(work_item_id)
    if not shown:
        raise NotYet("no scheduler can see the work item yet")
