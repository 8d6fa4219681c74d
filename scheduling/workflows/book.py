"""The promise of a booking: written everywhere in order, or taken back; and its undoing.

Order: WFM exceptions, then events with the room only, then the room's answer, then (the pivot)
the invitations, then the notices. Before the pivot a failure undoes that session; after it we
go forward, and then to a human. What does not answer is waited for, see ``patience``.
"""

from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from dbos import DBOS
from dbos._error import DBOSException

from scheduling.domain.requests import (
    RequestState,
    SessionState,
    Target,
    TargetState,
)
from scheduling.ports.calendar import RoomAnswer
from scheduling.storage import bookings, requests
from scheduling.storage.bookings import SessionRow
from scheduling.workflows import writes
from scheduling.workflows.closing import Failed, finish, finish_undo
from scheduling.workflows.drift import let_go
from scheduling.workflows.engine import MAX_RECOVERIES
from scheduling.workflows.gatherings import is_broken
from scheduling.workflows.patience import Patience, Stopped, Tried, tried, wait_no_more
from scheduling.workflows.runtime import LASTING, Runtime, current, follow
from scheduling.workflows.showing import show_request
from scheduling.workflows.telling import (
    concerned_by,
    show_end,
    tell_of_cancellation,
    tell_people,
)
from scheduling.workflows.upgrades import ANEW, begun_anew

log = structlog.get_logger()

WAITS = "waits"
"""The change since which a booking waits for what does not answer, between its steps."""


@DBOS.workflow(name="book", max_recovery_attempts=MAX_RECOVERIES)
async def book(request_id: str) -> str:
    """Write every planned session of a request."""
    if await begun_anew("book", request_id, since=WAITS):
        return ANEW
    await follow(request_id)
    ids = await begin(request_id)
    await show_request(request_id)
    failed: list[Failed] = []
    away = await write_all(request_id, ids, failed, heed=True)
    state = await finish(request_id, failed, away)
    await show_request(request_id)
    await tell_people(request_id)
    await show_end(request_id)
    return state


@DBOS.workflow(name="undo", max_recovery_attempts=MAX_RECOVERIES)
async def undo(request_id: str) -> str:
    """Take back every session of a request that has not begun, last write first."""
    if await begun_anew("undo", request_id, since=WAITS):
        return ANEW
    await follow(request_id)
    failed: list[Failed] = []
    concerned = await concerned_by(request_id)
    for session_id in reversed(await written(request_id)):
        await take_back(request_id, session_id, failed)
        await release(session_id, SessionState.CANCELLED.value)
        await show_request(request_id)
    state = await finish_undo(request_id, failed)
    await show_request(request_id)
    await tell_of_cancellation(request_id, concerned)
    await show_end(request_id)
    return state


async def write_all(
    request_id: str, ids: list[str], failed: list[Failed], *, heed: bool
) -> str | None:
    """Write all sessions, stage by stage; return what was away for too long.

    With ``heed`` the waiting ends where the request is over; each step looks for itself whether
    its session is.

    A session is ``begun``, which registers its undo, before the first write that needs it: where
    an answer is lost, or a process, what may have been written is looked for and taken back.
    """
    patience = Patience(request_id, heed=heed)
    alive, begun = list(ids), set[str]()
    for stage, target in STAGES:
        for session_id in tuple(alive):
            begun.add(session_id)
            try:
                await stage(patience, session_id)
            except Stopped as stop:
                if stop.away:
                    await _fail(session_id, target, failed)
                ended = SessionState.FAILED if stop.away else SessionState.CANCELLED
                await _abandon(request_id, alive, begun, failed, ended)
                return stop.away
            except DBOSException:
                raise  # not as it was recorded: what was written is not known to have failed
            except Exception as error:  # noqa: BLE001 - before the pivot anything undoes
                _log("write_failed", session_id, target, error)
                alive.remove(session_id)
                await _fail(session_id, target, failed)
                await take_back(request_id, session_id, failed)
                await release(session_id, SessionState.FAILED.value)
        await show_request(request_id)
    return await forward_all(patience, alive, failed)


async def _abandon(
    request_id: str, alive: list[str], begun: set[str], failed: list[Failed], ended: SessionState
) -> None:
    """Give up every session that is not invited yet; what was never begun needs no undo."""
    await wait_no_more(request_id)
    for session_id in reversed(alive):
        if session_id in begun:
            await take_back(request_id, session_id, failed)
        await release(session_id, ended.value)
        await show_request(request_id)


async def _await_room(patience: Patience, session_id: str) -> None:
    async def another(_attempt: int) -> None:
        await patience.ask(change_room, session_id)
        await patience.ask(hold_room, session_id)

    await settle_room(patience, session_id, another)


async def settle_room(
    patience: Patience, session_id: str, another: Callable[[int], Awaitable[None]]
) -> None:
    """Wait for the room's answer; a refusal asks ``another`` (attempts from 0), at last none."""
    policy = current().services.policy
    for attempt in range(policy.room_attempts + 2):
        answer = await patience.ask(ask_room, session_id)
        for pause in policy.room_polls:
            if answer in (RoomAnswer.ACCEPTED.value, RoomAnswer.DECLINED.value):
                break
            await DBOS.sleep_async(pause)
            answer = await patience.ask(ask_room, session_id)
        if answer == RoomAnswer.ACCEPTED.value:
            return
        await another(attempt)
    raise RuntimeError("no room answered, and the session could not be made online")


async def make_anew(
    request_id: str, patience: Patience, session_ids: list[str], failed: list[Failed]
) -> None:
    """Make the events anew that are gone from the calendar, each with its room.

    Where the request is cancelled meanwhile, an undo may have looked before the event was made.
    """
    for session_id in session_ids:
        try:
            if await patience.ask(let_go, session_id):
                await patience.ask(hold_room, session_id)
                await _await_room(patience, session_id)
        except Exception as error:  # noqa: BLE001 - what stands stays, and a human hears of it
            if isinstance(error, Stopped) and error.away is None:
                await take_back(request_id, session_id, failed)
                return
            _log("not_made_anew", session_id, Target.ROOM, error)
            await _fail(session_id, Target.ROOM, failed)


async def forward_all(
    patience: Patience, session_ids: list[str], failed: list[Failed]
) -> str | None:
    """Invite to each session until the request is cancelled; return what was away for too long."""
    away = None
    for session_id in session_ids:
        try:
            away = await _forward(patience, session_id, failed) or away
        except Stopped:
            break
    return away


async def _forward(patience: Patience, session_id: str, failed: list[Failed]) -> str | None:
    """After the pivot: invite, look at the room again, and give what fails to a human.

    Returns what was away for too long; raises Stopped where the request was cancelled meanwhile.
    """
    try:
        await patience.ask(send_invite, session_id)
        if await patience.ask(ask_room, session_id) == RoomAnswer.DECLINED.value:
            await _fail(session_id, Target.ROOM, failed)
    except Exception as error:
        if isinstance(error, Stopped) and error.away is None:
            raise
        _log("invite_failed", session_id, Target.INVITE, error)
        await _fail(session_id, Target.INVITE, failed)
        return error.away if isinstance(error, Stopped) else None
    return None


async def take_back(request_id: str, session_id: str, failed: list[Failed]) -> None:
    """Take back what a session may have written, in reverse order, each for as long as it takes."""
    patience = Patience(request_id, heed=False)
    for step, target in ((undo_calendar, Target.INVITE), (undo_wfm, Target.WFM)):
        try:
            await patience.ask(step, session_id)
        except Exception as error:  # noqa: BLE001 - the other target must still be undone
            _log("undo_failed", session_id, target, error)
            await _fail(session_id, target, failed, undoing=True)


def _log(event: str, session_id: str, target: Target, error: Exception) -> None:
    log.warning(event, session=session_id, target=target.value, error=type(error).__name__)


async def _fail(
    session_id: str, target: Target, failed: list[Failed], *, undoing: bool = False
) -> None:
    failed.append((session_id, target.value, undoing))
    await fail(session_id, target.value)


@DBOS.step(**LASTING)
async def begin(request_id: str) -> list[str]:
    """Move to BOOKING and return the ids of the sessions to write: none of what was cancelled."""
    runtime = current()
    async with runtime.services.store.write() as tx:
        row = await requests.locked(tx, request_id)
        if await requests.transition(
            tx, request_id, to=RequestState.BOOKING, of=(RequestState.RESERVED,)
        ):
            await runtime.engine.enqueue_followup(
                tx, "show_queue", f"{row.id}:{row.version}:show_queue", row.id
            )
        rows = await bookings.rows_of(tx, request_id)
    if row.cancel_requested:
        return []
    return [row.id for row in rows if row.state is SessionState.PLANNED]


@DBOS.step(**LASTING)
async def written(request_id: str) -> list[str]:
    """Return the ids of what may have been written anywhere; last the event that several share.

    Without what has begun: that stays.
    """
    services = current().services
    now = services.clock.now()
    async with services.store.read() as tx:
        rows = await bookings.rows_of(tx, request_id)
    active = [r for r in rows if r.state.value in bookings.ACTIVE_SESSIONS and not r.has_begun(now)]
    return [r.id for r in sorted(active, key=lambda r: r.gathers)]


async def effect(
    session_id: str, work: Callable[[Runtime, SessionRow], Awaitable[object]], *, heed: bool = True
) -> Tried:
    """Do one write of a session as it is stored, unless it is to be no more.

    Its request was cancelled, or the gathering it is of has too few people left.
    """
    runtime = current()

    async def once() -> object:
        async with runtime.services.store.read() as tx:
            row = await bookings.require(tx, session_id)
        return await work(runtime, row)

    if heed and await _is_over(runtime, session_id):
        return {"stopped": True}
    return await tried(once)


async def _is_over(runtime: Runtime, session_id: str) -> bool:
    async with runtime.services.store.read() as tx:
        row = await bookings.require(tx, session_id)
        request = await requests.require(tx, row.request_id)
        being_written = request.state is RequestState.BOOKING
        broken = being_written and await is_broken(tx, request.ask, request.relaxed, row)
    cancelled = request.cancel_requested or request.state is RequestState.UNDOING
    return cancelled or broken or row.state.value not in bookings.ACTIVE_SESSIONS


@DBOS.step(**LASTING)
async def write_wfm(session_id: str) -> Tried:
    """Lay one schedule exception."""
    return await effect(session_id, writes.write_exception)


@DBOS.step(**LASTING)
async def hold_room(session_id: str) -> Tried:
    """Make one event with its room."""
    return await effect(session_id, writes.hold_event)


@DBOS.step(**LASTING)
async def ask_room(session_id: str) -> Tried:
    """Return the room's answer."""
    return await effect(session_id, writes.room_answer)


@DBOS.step(**LASTING)
async def change_room(session_id: str) -> Tried:
    """Take the next room, or go online."""
    return await effect(session_id, writes.next_room)


@DBOS.step(**LASTING)
async def send_invite(session_id: str) -> Tried:
    """Invite the attendee."""
    return await effect(session_id, writes.invite)


@DBOS.step(**LASTING)
async def undo_calendar(session_id: str) -> Tried:
    """Cancel the session's events."""
    return await effect(session_id, writes.undo_event, heed=False)


@DBOS.step(**LASTING)
async def undo_wfm(session_id: str) -> Tried:
    """Take the session's exception back."""
    return await effect(session_id, writes.undo_exception, heed=False)


@DBOS.step(**LASTING)
async def fail(session_id: str, target: str) -> None:
    """Record that one write was given up."""
    async with current().services.store.write() as tx:
        await bookings.mark(tx, session_id, Target(target), TargetState.FAILED)


@DBOS.step(**LASTING)
async def release(session_id: str, state: str) -> None:
    """End a session and free what it reserved."""
    async with current().services.store.write() as tx:
        await bookings.free(tx, session_id, SessionState(state))


async def _write_wfm(patience: Patience, session_id: str) -> None:
    await patience.ask(write_wfm, session_id)


async def _hold_room(patience: Patience, session_id: str) -> None:
    await patience.ask(hold_room, session_id)


STAGES: Final = (
    (_write_wfm, Target.WFM),
    (_hold_room, Target.ROOM),
    (_await_room, Target.ROOM),
)
"""What is done before the pivot: for all sessions one, then for all the next."""
