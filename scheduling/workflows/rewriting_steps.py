"""The single steps of a change's writing; ``rewriting`` says in which order, and why."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypedDict

import structlog
from dbos import DBOS
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.changes import ChangeKind, ChangeState
from scheduling.domain.requests import Remote, RequestState, SessionState, Target, TargetState
from scheduling.ports.calendar import CalendarNotFound, Mailbox
from scheduling.storage import agenda, bookings, changes, requests, standins
from scheduling.storage.bookings import SessionRow
from scheduling.storage.changes import ChangeRow
from scheduling.storage.codec import dump
from scheduling.workflows import book, change_ends, writes
from scheduling.workflows.change_rows import drop_session
from scheduling.workflows.closing import Failed, silent
from scheduling.workflows.patience import Tried
from scheduling.workflows.runtime import LASTING, Runtime, current

log = structlog.get_logger()

TAKEN, WAITING, OVER = "taken", "waiting", "over"


class Part(TypedDict):
    """A session that moves, its stand-in, and whether their exceptions overlap.

    ``clash``: another session of the same change still has the room, so it is asked for last.
    ``shares``: its event and room are its gathering's, which moves them.
    """

    session: str
    standin: str
    overlaps: bool
    clash: bool
    shares: bool


class Work(TypedDict):
    """What is to be written: ``parts`` move, ``anew`` is written from scratch.

    ``stands``: it was written before, and only what comes after is left; ``over``: nothing is.
    """

    parts: list[Part]
    anew: list[str]
    stands: bool
    over: bool


@DBOS.step(**LASTING)
async def begin_rewrite(change_id: str) -> Work:
    """Return what is to be written of a change, as far as an earlier run has not."""
    async with current().services.store.read() as tx:
        row = await changes.require(tx, change_id)
        pairs = await standins.of_change(tx, change_id)
        sessions = {i: await bookings.require(tx, i) for i in row.session_ids}
    parts = [_part(one, sessions) for one in pairs]
    anew = [s.id for s in sessions.values() if s.state is SessionState.PLANNED]
    return Work(
        parts=parts,
        anew=anew,
        stands=any(one.state is SessionState.MOVED for one in pairs),
        over=row.state is not ChangeState.WRITING or not (parts or anew),
    )


def _part(one: SessionRow, sessions: dict[str, SessionRow]) -> Part:
    session = sessions[str(one.stands_for)]
    others = [each for each in sessions.values() if each.id > session.id]
    return Part(
        session=session.id,
        standin=one.id,
        overlaps=not session.gathers and one.interval.overlaps(session.interval),
        shares=session.gathering_id is not None,
        clash=any(
            one.gathering_id is each.gathering_id is None
            and one.room_id is not None
            and one.room_id == each.room_id
            and one.interval.overlaps(each.interval)
            for each in others
        ),
    )


@DBOS.step(**LASTING)
async def request_of_session(session_id: str) -> str:
    """Return the id of the request that a session, or a stand-in, is of."""
    async with current().services.store.read() as tx:
        return (await bookings.require(tx, session_id)).request_id


@DBOS.step(**LASTING)
async def sessions_of_change(change_id: str) -> list[str]:
    """Return the ids of what a change takes back: of a gathering the event that all share first."""
    async with current().services.store.read() as tx:
        return list((await changes.require(tx, change_id)).session_ids)


async def _heeding(
    change_id: str, session_id: str, work: Callable[[Runtime, SessionRow], Awaitable[object]]
) -> Tried:
    """Do one write of a session unless the change is to stop, or its request is over."""
    async with current().services.store.read() as tx:
        row = await changes.require(tx, change_id)
        asked = [await requests.require(tx, i) for i in row.request_ids]
    if row.stop or any(
        each.state is RequestState.UNDOING or each.cancel_requested for each in asked
    ):
        return {"stopped": True}
    return await book.effect(session_id, work, heed=False)


@DBOS.step(**LASTING)
async def vacate(change_id: str, session_id: str) -> Tried:
    """Take the old exception back first, where the new one overlaps it."""
    return await _heeding(change_id, session_id, writes.undo_exception)


@DBOS.step(**LASTING)
async def write_next(change_id: str, standin_id: str) -> Tried:
    """Lay the exception of the new time."""
    return await _heeding(change_id, standin_id, writes.write_exception)


@DBOS.step(**LASTING)
async def move_event(change_id: str, standin_id: str, roomless: bool) -> Tried:
    """Put the session's event at its next time; one that is gone is made anew later."""

    async def work(runtime: Runtime, standin: SessionRow) -> None:
        async with runtime.services.store.read() as tx:
            session = await bookings.require(tx, str(standin.stands_for))
        await _move(runtime, session, standin, roomless=roomless)

    return await _heeding(change_id, standin_id, work)


async def _move(
    runtime: Runtime, session: SessionRow, to: SessionRow, *, roomless: bool = False
) -> None:
    if session.event is None:
        return
    room = None if roomless or to.room_id is None else _room(to)
    try:
        await runtime.services.patient_calendar.move(session.event, to.interval, to.zone, room)
    except CalendarNotFound:
        log.info("event_is_gone", session=session.id)
        return
    log.info("effect", target="event", session=session.id, moved=True)


def _room(row: SessionRow) -> Mailbox:
    return Mailbox(name=row.room_name or str(row.room_id), address=str(row.room_id))


@DBOS.step(**LASTING)
async def move_back(session_id: str) -> Tried:
    """Put an event where its session stands; one that is there, or gone, is left alone."""

    async def work(runtime: Runtime, session: SessionRow) -> None:
        if session.state is not SessionState.BOOKED or session.event is None:
            return
        try:
            event = await runtime.services.patient_calendar.read(session.event)
        except CalendarNotFound:
            return
        if not event.cancelled and event.interval != session.interval:
            await _move(runtime, session, session)

    return await book.effect(session_id, work, heed=False)


@DBOS.step(**LASTING)
async def ask_for_room(session_id: str) -> Tried:
    """Let the moved event ask for the room that its session has now."""

    async def work(runtime: Runtime, session: SessionRow) -> None:
        await _move(runtime, session, session)

    return await book.effect(session_id, work)


@DBOS.step(**LASTING)
async def take_next_room(session_id: str, attempt: int) -> Tried:
    """Give a moved session the next free room, or make it online; its event stays."""

    async def work(runtime: Runtime, session: SessionRow) -> None:
        last = attempt >= runtime.services.policy.room_attempts
        await writes.take_room(runtime, session, last=last, same_event=True)

    return await book.effect(session_id, work)


@DBOS.step(**LASTING)
async def stand(change_id: str) -> bool:
    """Let the sessions take their new times; False where they are no more, or somebody was faster."""
    runtime = current()
    async with runtime.services.store.write() as tx:
        row = await change_ends.lock(tx, change_id)
        pairs = [
            (await bookings.require(tx, str(one.stands_for)), one)
            for one in await standins.of_change(tx, change_id)
        ]
        if all(one.state is SessionState.MOVED for _, one in pairs):
            return True
        asked = [await requests.require(tx, i) for i in row.request_ids]
        over = row.stop or any(each.state is RequestState.UNDOING for each in asked)
        if over or any(s.state is not SessionState.BOOKED for s, _ in pairs):
            return False
        keyed = [(_keyed(session), _keyed(one)) for session, one in pairs]
        try:
            await standins.trade(tx, keyed)
        except bookings.SlotTaken:
            return False
        for session, _ in pairs:
            await agenda.forget_acknowledged(tx, session.id)
        await _leave_behind(tx, runtime, row)
    return True


async def _leave_behind(tx: AsyncConnection, runtime: Runtime, row: ChangeRow) -> None:
    """Take whoever cannot come at a gathering's new time off it, as was said before it was chosen."""
    request = await requests.require(tx, row.request_id)
    for one in await bookings.attendees_of(tx, row.session_id):
        free = one.state is SessionState.BOOKED and one.change_id is None
        if free and one.attendee_id in row.chosen[row.session_id].missing_ids:
            await drop_session(tx, runtime, request, one, ChangeKind.CANCEL, by=row.asked_by)


def _keyed(row: SessionRow) -> SessionRow:
    return replace(row, wfm_key=writes.wfm_key(row))


@DBOS.step(**LASTING)
async def readmit(change_id: str, session_id: str) -> bool:
    """Let the exception of a time that was given up be written again; whether it may be."""
    async with current().services.store.write() as tx:
        await change_ends.lock(tx, change_id)
        return await readmitted(tx, session_id, f"{change_id}:back")


async def readmitted(tx: AsyncConnection, session_id: str, why: str) -> bool:
    """Let a booked session's exception be written under a key made of ``why``; False for others.

    Also for one whose next time may still have its exception: the agent would be away twice.
    """
    session = await bookings.require(tx, session_id)
    if session.state is not SessionState.BOOKED:
        return False
    if await standins.may_still_be_written(tx, session_id):
        return False
    pending = {**session.targets, Target.WFM: TargetState.PENDING}
    await bookings.update_session(
        tx,
        session_id,
        wfm_key=f"{session.request_id}:{session_id}:wfm:{why}",
        targets=dump(dict[Target, TargetState], pending),
    )
    return True


@DBOS.step(**LASTING)
async def give_back(change_id: str, failed: list[Failed], trouble: str) -> str:
    """Close a change of which nothing is left."""
    runtime = current()
    async with runtime.services.store.write() as tx:
        row = await change_ends.lock(tx, change_id)
        await change_ends.abandoned(tx, runtime, row, failed, trouble or None)
    return ChangeState.FAILED.value


@DBOS.step(**LASTING)
async def finish_rewrite(change_id: str, failed: list[Failed]) -> str:
    """Close a change whose new times stand."""
    runtime = current()
    async with runtime.services.store.write() as tx:
        row = await change_ends.lock(tx, change_id)
        await change_ends.moved(tx, runtime, row, failed)
    return ChangeState.DONE.value


@DBOS.step(**LASTING)
async def finish_anew(change_id: str, failed: list[Failed], away: str | None) -> str:
    """Close the writing of a released session's new time."""
    runtime = current()
    async with runtime.services.store.write() as tx:
        row = await change_ends.lock(tx, change_id)
        session = await bookings.require(tx, row.session_id)
        if session.state is SessionState.PLANNED:
            await bookings.update_session(tx, session.id, state=SessionState.BOOKED.value)
            await change_ends.moved(tx, runtime, row, failed)
            return ChangeState.DONE.value
        trouble = _trouble(away, failed)
        await change_ends.abandoned(tx, runtime, row, failed, trouble)
        await change_ends.settle(tx, session.request_id)
    return ChangeState.FAILED.value


def _trouble(away: str | None, failed: list[Failed]) -> str | None:
    """Return the name of what stopped a writing; None where somebody did."""
    if away:
        return silent(Remote(away))
    return "write_failed" if failed else None


@DBOS.step(**LASTING)
async def take(change_id: str) -> str:
    """Have a session for a change; whoever else has it is asked to leave off."""
    runtime = current()
    async with runtime.services.store.write() as tx:
        row = await change_ends.lock(tx, change_id)
        session, *members = [await bookings.require(tx, i) for i in row.session_ids]
        request = await requests.require(tx, row.request_id)
        if row.state is not ChangeState.WRITING:
            return OVER
        gone = session.state is not SessionState.BOOKED and session.change_id != row.id
        if gone or request.state is RequestState.UNDOING:
            await change_ends.end(tx, runtime, row, change_ends.Ended.DROPPED)
            return OVER
        left = [one for one in members if one.state is SessionState.BOOKED]
        others = {one.change_id for one in (session, *left)} - {None, row.id}
        for other in others:
            if session.gathering_id is None:  # else one leaves, and all others move before that
                await changes.ask_stop(tx, str(other))
        if others:
            return WAITING
        for one in (session, *left):
            await bookings.update_session(tx, one.id, change_id=row.id)
    return TAKEN


@DBOS.step(**LASTING)
async def finish_drop(change_id: str, failed: list[Failed]) -> str:
    """Close the taking back of one session."""
    runtime = current()
    async with runtime.services.store.write() as tx:
        row = await change_ends.lock(tx, change_id)
        await change_ends.dropped(tx, runtime, row, failed)
    return ChangeState.DONE.value
