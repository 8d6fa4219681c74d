"""The promise of a change: searched or re-checked in ticket order, and reserved beside what stands.

The session keeps its own time until the new one is written; ``rewrite`` does that. Nothing that
goes wrong here changes a booking.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import structlog
from dbos import DBOS
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.changes import ChangeState
from scheduling.domain.proposals import Option
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.requests import SessionState, Target, TargetState
from scheduling.storage import audit, bookings, changes, drafts, requests, standins
from scheduling.storage.bookings import SessionRow, SlotTaken
from scheduling.storage.changes import ChangeRow
from scheduling.storage.codec import dump
from scheduling.workflows import change_ends, escalation, replacing
from scheduling.workflows.change_ends import Ended
from scheduling.workflows.closing import silent
from scheduling.workflows.engine import MAX_RECOVERIES
from scheduling.workflows.patience import Patience, Stopped, Tried, tried
from scheduling.workflows.place import SEARCHES, trouble_of
from scheduling.workflows.problems import World
from scheduling.workflows.runtime import AWAY, LASTING, Runtime, current, follow
from scheduling.workflows.setups import SYSTEM

log = structlog.get_logger()

STANDS = {SessionState.BOOKED, SessionState.RELEASED}
"""A session in one of these can be given a time."""


@DBOS.workflow(name="change", max_recovery_attempts=MAX_RECOVERIES)
async def change(change_id: str) -> str:
    """Search or re-check a change of the unit; the unit's next ticket waits for this."""
    request_id = await request_of_change(change_id)
    await follow(request_id)
    try:
        state: str = await Patience(request_id, heed=False).ask(reserve_new_times, change_id)
    except Stopped as stop:
        state = await leave_off(change_id, silent(stop.away) if stop.away else "")
    except Exception as error:  # noqa: BLE001 - the booking stands, and whoever asked must know
        log.warning("change_failed", change=change_id, error=type(error).__name__)
        state = await leave_off(change_id, trouble_of(error))
    return state


@DBOS.step(**LASTING)
async def request_of_change(change_id: str) -> str:
    """Return the id of the request whose session is changed."""
    async with current().services.store.read() as tx:
        return (await changes.require(tx, change_id)).request_id


@DBOS.step(**LASTING)
async def reserve_new_times(change_id: str) -> Tried:
    """Reserve the new times in one transaction; repeatable: it looks at the state first."""
    return await tried(lambda: _reserve_new_times(current(), change_id))


async def _reserve_new_times(runtime: Runtime, change_id: str) -> str:
    for _ in range(SEARCHES):
        async with runtime.services.store.read() as tx:
            row = await changes.require(tx, change_id)
            sessions = [await bookings.require(tx, i) for i in row.session_ids]
        if row.state is not ChangeState.QUEUED:
            return row.state.value
        try:
            return await _attempt(runtime, row, sessions)
        except SlotTaken:
            continue
        except Refused as refused:
            if refused.refusal in AWAY:
                raise
            return await _end(runtime, row, Ended.UNPLACED, refused.refusal.value)
    return await _end(runtime, row, Ended.TAKEN)


async def _attempt(runtime: Runtime, row: ChangeRow, sessions: Sequence[SessionRow]) -> str:
    if any(one.change_id != row.id or one.state not in STANDS for one in sessions):
        return await _end(runtime, row, Ended.DROPPED)
    world = await replacing.world_of(runtime, row, sessions, fresh=True)
    chosen = row.chosen
    if not chosen:
        found = await _sought(runtime, row, sessions[0], world)
        if isinstance(found, escalation.ItemFacts):
            return await _end(runtime, row, Ended.UNPLACED, facts=found)
        chosen = {sessions[0].id: found}
    elif not await replacing.holds(runtime, row, sessions, world, chosen):
        return await _end(runtime, row, Ended.TAKEN)
    async with runtime.services.store.write() as tx:
        return await _reserve(tx, runtime, row, chosen)


async def _sought(
    runtime: Runtime, row: ChangeRow, session: SessionRow, world: World
) -> Option | escalation.ItemFacts:
    """Return the best new time, or the facts of why there is none."""
    found = await runtime.search.find(row.ask, world)
    if found.sessions:
        return found.sessions[0].best
    async with runtime.services.store.read() as tx:
        request = await requests.require(tx, session.request_id)
    return await escalation.gather(runtime, replace(request, ask=row.ask), world, found)


async def _reserve(
    tx: AsyncConnection, runtime: Runtime, row: ChangeRow, chosen: Mapping[str, Option]
) -> str:
    """Reserve every new time or none, and let it be written."""
    await change_ends.lock(tx, row.id)
    sessions = [await bookings.require(tx, i) for i in row.session_ids]
    if any(one.change_id != row.id or one.state not in STANDS for one in sessions):
        return await change_ends.end(tx, runtime, row, Ended.DROPPED)
    await drafts.release(tx, row.id)
    booked = [one for one in sessions if one.state is SessionState.BOOKED]
    ids = runtime.services.ids
    await standins.reserve(tx, [standins.standin(s, chosen[s.id], ids.new()) for s in booked])
    for session in sessions:
        if session.state is SessionState.RELEASED:
            await _place_again(tx, row, session, chosen[session.id])
    if not await changes.advance(
        tx, row, to=ChangeState.WRITING, of=(ChangeState.QUEUED,), chosen=chosen
    ):
        raise RuntimeError("the change moved on while it was being placed")
    await runtime.engine.enqueue_followup(tx, "rewrite", f"{row.id}:rewrite", row.id)
    await audit.record(
        tx,
        at=runtime.services.clock.now(),
        actor=SYSTEM,
        action="session.reserved",
        subject=row.session_id,
        detail={
            "change": row.id,
            "starts": {i: o.interval.start.isoformat() for i, o in chosen.items()},
        },
    )
    return ChangeState.WRITING.value


async def _place_again(
    tx: AsyncConnection, row: ChangeRow, session: SessionRow, option: Option
) -> None:
    """Plan a released session anew: nothing of it stands, and what is written has keys of its own.

    That it was moved is told as a change is; of its first time nobody need hear any more.
    """
    again = replace(
        session,
        interval=option.interval,
        place=option.place,
        room_id=option.room_id,
        room_name=option.room_name,
    )
    await bookings.reserve_again(tx, again)
    pending = {
        target: state if state is TargetState.SKIPPED else TargetState.PENDING
        for target, state in session.targets.items()
    }
    await bookings.update_session(
        tx,
        session.id,
        state=SessionState.PLANNED.value,
        start=again.interval.start,
        end=again.interval.end,
        place=again.place.value,
        room_id=again.room_id,
        room_name=again.room_name,
        room_attempt=session.room_attempt + 1,
        targets=dump(dict[Target, TargetState], {**pending, Target.NOTICE: TargetState.SKIPPED}),
        event=None,
        join_url=None,
        written_at=None,
        wfm_key=f"{session.request_id}:{session.id}:wfm:{row.id}",
        moves=session.moves + 1,
        moved_from=session.interval.start,
    )


async def _end(
    runtime: Runtime,
    row: ChangeRow,
    ended: Ended,
    trouble: str | None = None,
    facts: escalation.ItemFacts | None = None,
) -> str:
    async with runtime.services.store.write() as tx:
        await change_ends.lock(tx, row.id)
        return await change_ends.end(tx, runtime, row, ended, trouble, facts)


@DBOS.step(**LASTING)
async def leave_off(change_id: str, trouble: str) -> str:
    """End a change that could not be searched at all; what is booked stands."""
    runtime = current()
    async with runtime.services.store.read() as tx:
        row = await changes.require(tx, change_id)
    if row.state is not ChangeState.QUEUED:
        return row.state.value
    lost = trouble == Refusal.SLOT_TAKEN.value
    return await _end(runtime, row, Ended.TAKEN if lost else Ended.FAILED, trouble)
