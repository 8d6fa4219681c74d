"""How the writing, the undoing and the mending of a request end: its state, and who must look."""

from collections.abc import Sequence

from dbos import DBOS
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.requests import (
    FailedWrite,
    Remote,
    RequestState,
    SessionState,
    Target,
    TargetState,
    WorkItemCause,
)
from scheduling.storage import audit, bookings, requests, standins, timers, work_items
from scheduling.storage.bookings import SessionRow
from scheduling.storage.requests import RequestRow
from scheduling.storage.work_items import WorkItemRow
from scheduling.workflows import escalation, trail
from scheduling.workflows.runtime import LASTING, Runtime, current

Failed = tuple[str, str, bool]
"""A session's id, which of its writes was given up, and whether that was its taking back."""

REPLACED = (RequestState.ESCALATED, RequestState.PARTLY_BOOKED)
"""States in which who has no session is placed anew once what was given up is mended."""


@DBOS.step(**LASTING)
async def finish(request_id: str, failed: list[Failed], away: str | None) -> str:
    """Close the writing of a request: states, undo window, what follows."""
    runtime = current()
    services = runtime.services
    now = services.clock.now()
    async with services.store.write() as tx:
        row = await requests.locked(tx, request_id)
        rows = await bookings.rows_of(tx, request_id)
        booked = [r for r in rows if r.state.value in bookings.ACTIVE_SESSIONS]
        to = _end_state(row, rows, booked)
        failed = failed or await _untold(tx, rows)
        told = _undoings(failed) if row.cancel_requested else failed
        cause, trouble = why_of(told, away)
        if not await requests.transition(
            tx,
            request_id,
            to=to,
            of=(RequestState.BOOKING,),
            undo_until=now + services.policy.undo if booked else None,
            trouble=trouble,
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
        if told:
            await tell_schedulers(tx, runtime, row, cause, trouble, told)
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


def _end_state(
    row: RequestRow, rows: Sequence[SessionRow], booked: Sequence[SessionRow]
) -> RequestState:
    """Return how writing ended; people together are whole once nobody who was to come is lost."""
    if row.cancel_requested:
        return RequestState.UNDOING if booked else RequestState.UNDONE
    return _standing_state(row, rows, booked) if booked else RequestState.ESCALATED


def _standing_state(
    row: RequestRow, rows: Sequence[SessionRow], booked: Sequence[SessionRow]
) -> RequestState:
    """Return whether a request with ``booked`` sessions is whole; what was cancelled is not missed."""
    gatherings = {r.gathering_id for r in booked} - {None}
    asked = (
        {r.attendee_id for r in rows if r.gathering_id in gatherings}
        if row.ask.together
        else set(row.ask.attendee_ids)
    )
    meant = {r.attendee_id for r in rows if r.state is SessionState.CANCELLED}
    whole = {r.attendee_id for r in booked} >= asked - meant
    return RequestState.BOOKED if whole else RequestState.PARTLY_BOOKED


async def _untold(tx: AsyncConnection, rows: Sequence[SessionRow]) -> list[Failed]:
    """Return what an earlier run of this booking gave up that no scheduler has heard of.

    A booking runs anew after an upgrade, or where the engine's tables were lost.
    """
    lost = [r for r in rows if r.state is SessionState.FAILED]
    standing = {r.attendee_id for r in rows if r.state.value in bookings.ACTIVE_SESSIONS}
    items = await work_items.of_request(tx, lost[0].request_id) if lost else ()
    said = {one.session_id for item in items for one in escalation.load_facts(item.facts).failed}
    return [
        (r.id, target.value, False)
        for r in lost
        if r.id not in said and r.attendee_id not in standing
        for target in [t for t, s in r.targets.items() if s is TargetState.FAILED] or [Target.WFM]
    ]


def _undoings(failed: Sequence[Failed]) -> list[Failed]:
    return [one for one in failed if one[2]]


def why_of(failed: Sequence[Failed], away: str | None) -> tuple[WorkItemCause, str | None]:
    """Return what the schedulers are told, the worst first, and the requester."""
    if _undoings(failed):
        return WorkItemCause.UNDO_FAILED, "undo_failed"
    if away:
        return WorkItemCause.REMOTE_AWAY, silent(Remote(away))
    return WorkItemCause.WRITE_FAILED, "write_failed" if failed else None


def silent(remote: Remote) -> str:
    """Return the name of the trouble that a remote did not answer for too long."""
    return f"{remote.value}_silent"


async def tell_schedulers(
    tx: AsyncConnection,
    runtime: Runtime,
    row: RequestRow,
    cause: WorkItemCause,
    trouble: str | None,
    failed: Sequence[Failed],
) -> None:
    """Make a work item of what was given up, unless one says so that is still to be decided."""
    writes = tuple(
        FailedWrite(session_id=session_id, target=Target(target), undoing=undoing)
        for session_id, target, undoing in dict.fromkeys(failed)
    )
    for item in await work_items.of_request(tx, row.id):
        if not item.state.decided and escalation.load_facts(item.facts).failed == writes:
            return
    rows = await bookings.sessions(tx, row.id)
    facts = escalation.ItemFacts(
        as_of=runtime.services.clock.now(),
        trouble=trouble,
        zone=rows[0].zone if rows else "UTC",
        failed=writes,
    )
    await escalation.add(tx, runtime, row, cause, facts)


@DBOS.step(**LASTING)
async def finish_undo(request_id: str, failed: list[Failed]) -> str:
    """Close the undoing; what could not be taken back goes to a human.

    A request whose other sessions have taken place stays booked.
    """
    runtime = current()
    now = runtime.services.clock.now()
    async with runtime.services.store.write() as tx:
        row = await requests.locked(tx, request_id)
        if row.state is not RequestState.UNDOING:
            return row.state.value
        rows = await bookings.rows_of(tx, request_id)
        if held := [r for r in rows if r.state.value in bookings.ACTIVE_SESSIONS]:
            to = _standing_state(row, rows, held)
        elif row.undo_until and now < row.undo_until:
            to = RequestState.UNDONE
        else:
            to = RequestState.CANCELLED
        await requests.transition(
            tx,
            request_id,
            to=to,
            of=(RequestState.UNDOING,),
            undo_until=None,
            trouble="undo_failed" if failed else None,
        )
        if failed:
            await tell_schedulers(
                tx, runtime, row, WorkItemCause.UNDO_FAILED, "undo_failed", failed
            )
        await audit.record(
            tx,
            at=now,
            actor="aside",
            on_behalf_of=row.requester_id,
            action=f"request.{to.value}",
            subject=request_id,
            before={"state": row.state.value},
            after={"state": to.value},
            detail={"clean": not failed},
        )
    return to.value


async def _require_item(tx: AsyncConnection, work_item_id: str) -> WorkItemRow:
    item = await work_items.get(tx, work_item_id)
    if item is None:
        raise LookupError(f"there is no work item {work_item_id}")
    return item


@DBOS.step(**LASTING)
async def request_of(work_item_id: str) -> str:
    """Return the id of the request that a work item is about."""
    async with current().services.store.read() as tx:
        return (await _require_item(tx, work_item_id)).request_id


@DBOS.step(**LASTING)
async def given_up(work_item_id: str) -> list[list[str]]:
    """Return sessions of which something was given up.

    Those whose undoing was; the booked ones without their exception; and all booked ones.
    """
    async with current().services.store.read() as tx:
        item = await _require_item(tx, work_item_id)
        rows = [
            *await bookings.rows_of(tx, item.request_id),
            *await standins.of_request(tx, item.request_id),
        ]
    failed = escalation.load_facts(item.facts).failed
    lost = {one.session_id for one in failed}
    undoing = {one.session_id for one in failed if one.undoing}
    unwritten = {one.session_id for one in failed if one.target is Target.WFM}
    standing = [r for r in rows if r.id in lost and r.state is SessionState.BOOKED]
    vacated = [
        r
        for r in standing
        if r.id in undoing or (r.id in unwritten and r.targets[Target.WFM] is not TargetState.DONE)
    ]
    gone = [r for r in rows if r.id in undoing and r not in standing]
    return [[r.id for r in some] for some in (gone, vacated, standing)]


@DBOS.step(**LASTING)
async def finish_mending(work_item_id: str, failed: list[Failed], away: str | None) -> str:
    """Close the mending: a new work item, or no trouble and a new search for who has no session."""
    runtime = current()
    async with runtime.services.store.write() as tx:
        item = await _require_item(tx, work_item_id)
        row = await requests.locked(tx, item.request_id)
        cause, trouble = why_of(failed, away)
        await requests.transition(tx, row.id, to=row.state, of=(row.state,), trouble=trouble)
        if failed:
            await tell_schedulers(tx, runtime, row, cause, trouble, failed)
        elif row.state in REPLACED:
            await runtime.engine.enqueue_followup(tx, "resume", f"{item.id}:resume", item.id)
            return row.state.value  # which follows the decision to its end
        await work_items.follow(tx, item.id, runtime.services.clock.now())
    return row.state.value
