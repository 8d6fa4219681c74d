"""The promise of a ticket: searched or re-checked in order, and reserved, or given to a human."""

import asyncio
from collections.abc import Mapping, Sequence

import structlog
from dbos import DBOS
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.notices import NoticeKind
from scheduling.domain.proposals import Option, Unplaced
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.requests import (
    DraftState,
    Remote,
    RequestState,
    SessionState,
    WorkItemCause,
)
from scheduling.domain.rules import Rule
from scheduling.domain.times import Interval
from scheduling.storage import audit, bookings, drafts, requests, work_items
from scheduling.storage.audit import Fact
from scheduling.storage.bookings import SessionRow, SlotTaken
from scheduling.storage.requests import RequestRow
from scheduling.workflows import (
    escalation,
    gatherings,
    notices,
    pausing,
    problems,
    replacing,
    trail,
)
from scheduling.workflows.closing import silent
from scheduling.workflows.engine import MAX_RECOVERIES
from scheduling.workflows.patience import Patience, Stopped, Tried, pauses, tried
from scheduling.workflows.problems import World
from scheduling.workflows.runtime import AWAY, LASTING, Runtime, current, follow
from scheduling.workflows.search import Found

log = structlog.get_logger()

SEARCHES = 3
CHANGED = frozenset({SessionState.RELEASED, SessionState.CANCELLED})
"""Sessions that are no more, or get a new time by a change of their own."""

UNDER_WAY = frozenset({RequestState.RESERVED, RequestState.BOOKING})
"""States of a request whose first sessions are still being written."""


@DBOS.workflow(name="place", max_recovery_attempts=MAX_RECOVERIES)
async def place(request_id: str) -> str:
    """Search or re-check one request of a unit; the unit's next ticket waits for this."""
    await follow(request_id)
    try:
        state: str = await Patience(request_id, heed=True).ask(search_and_reserve, request_id)
    except Stopped as stop:
        if stop.away is None:
            return RequestState.CANCELLED.value
        return await give_up(request_id, silent(stop.away))
    except Exception as error:  # noqa: BLE001 - whatever it is, a human must hear of it
        log.warning("place_failed", request=request_id, error=type(error).__name__)
        return await give_up(request_id, trouble_of(error))
    return state


@DBOS.step(**LASTING)
async def search_and_reserve(request_id: str) -> Tried:
    """Reserve what can be placed in one transaction; repeatable: it looks at the state first."""
    return await tried(lambda: _search_and_reserve(current(), request_id))


async def _search_and_reserve(runtime: Runtime, request_id: str) -> str:
    row = await _load(runtime, request_id)
    if row.state is not RequestState.QUEUED:
        return row.state.value
    for _ in range(SEARCHES):
        try:
            return await _attempt(runtime, row)
        except SlotTaken:
            continue
        except Refused as refused:
            if refused.refusal in AWAY:
                raise
            return await _settle(runtime, row, refused.refusal)
    return await _settle(runtime, row, Refusal.SLOT_TAKEN)


async def _load(runtime: Runtime, request_id: str) -> RequestRow:
    async with runtime.services.store.read() as tx:
        return await requests.require(tx, request_id)


async def _attempt(runtime: Runtime, row: RequestRow) -> str:
    if _by_itself(runtime, row) and await pausing.stands_still(runtime, row):
        return await pausing.set_aside(runtime, row)
    world = await runtime.search.world(row.ask, row.unit_id, fresh=True, besides=row.draft_id)
    given_up = await replacing.given_up(runtime, row.id)
    world = replacing.without(world, given_up)
    seen = await asyncio.to_thread(trail.inputs, row.ask, row.relaxed, world)
    ids = await _without_session(runtime, row)
    planned = await _chosen(runtime, row, world, _meant(row, ids, given_up))
    if row.ask.together and not ids:
        planned = await gatherings.rejoining(runtime, row, world)
    if planned is None:
        return await _settle(runtime, row, Refusal.SLOT_TAKEN)
    world = problems.holding(world, planned)
    left = _left(row, ids, planned)
    unplaced: tuple[Unplaced, ...] = ()
    facts = None
    if left:
        found = await runtime.search.find(
            row.ask, world, relaxed=row.relaxed - {Rule.QUORUM}, only=left
        )
        _require_reconciled(runtime, row, found)
        for one in found.sessions:
            planned += _sessions(runtime, row, world, one.attendee_id, one.best)
        unplaced = found.unplaced
        if unplaced and row.escalate:
            facts = await escalation.gather(runtime, row, world, found)
    async with runtime.services.store.write() as tx:
        return await _commit(tx, runtime, row, planned, unplaced, facts, seen)


async def _chosen(
    runtime: Runtime, row: RequestRow, world: World, chosen: dict[str, Option]
) -> list[SessionRow] | None:
    """Return the sessions that were ``chosen`` or granted, as long as they hold.

    None where somebody else took a chosen minute. What a scheduler granted and no longer holds
    is searched again, under what they loosened.
    """
    if not chosen:
        return []
    if await _still_holds(runtime, row, world, chosen):
        return [
            one
            for sought_id, option in chosen.items()
            for one in _sessions(runtime, row, world, sought_id, option)
        ]
    return [] if row.relaxed else None


def _meant(
    row: RequestRow, ids: Sequence[str], given_up: Sequence[tuple[str, Interval]]
) -> dict[str, Option]:
    """Return what was chosen or granted, but for whoever has given it up since.

    What was chosen before nobody means any more; what a scheduler granted afterwards, they do.
    """

    def means(sought_id: str, option: Option) -> bool:
        taken = gatherings.resources(row.ask, sought_id, option)
        spans = [span for resource, span in given_up if resource in taken]
        return not any(not row.relaxed or span.overlaps(option.interval) for span in spans)

    return {i: o for i, o in row.chosen.items() if i in ids and means(i, o)}


def _left(row: RequestRow, ids: Sequence[str], planned: Sequence[SessionRow]) -> list[str]:
    """Return under which ids a session is still sought; people together have one, or none."""
    if row.ask.together:
        return [] if planned else [*ids]
    return [i for i in ids if i not in {one.attendee_id for one in planned}]


def _by_itself(runtime: Runtime, row: RequestRow) -> bool:
    """Whether nobody chose the time or granted anything: the type schedules itself."""
    automatic = runtime.services.catalogue.types[row.ask.type_id].auto_schedule
    return automatic and not row.relaxed and not row.chosen


def _require_reconciled(runtime: Runtime, row: RequestRow, found: Found) -> None:
    """Nothing is booked by itself on figures that do not add up; a person may decide to."""
    if _by_itself(runtime, row) and not found.reconciled:
        names = [
            found.facts.demands[c.demand_id].name for c in found.problem.curves if not c.reconciled
        ]
        raise Refused(Refusal.NOT_RECONCILED, {"demands": names})


async def _without_session(runtime: Runtime, row: RequestRow) -> list[str]:
    async with runtime.services.store.read() as tx:
        sessions = await bookings.sessions(tx, row.id)
    placed = {s.attendee_id for s in sessions if s.state.value in bookings.ACTIVE_SESSIONS}
    if row.ask.together and placed:
        return []
    if not row.ask.together:  # a meeting that is over was nobody's own doing
        placed |= {s.attendee_id for s in sessions if s.state in CHANGED}
    left_out = set() if row.escalate else {u.attendee_id for u in row.unplaced}
    return [i for i in row.ask.sought_ids if i not in placed | left_out]


async def _still_holds(
    runtime: Runtime, row: RequestRow, world: World, chosen: dict[str, Option]
) -> bool:
    """Whether the independent check finds every chosen option still within the rules."""
    kind = runtime.services.catalogue.types[row.ask.type_id]
    problem = await asyncio.to_thread(
        problems.build,
        row.ask,
        kind,
        world,
        relaxed=row.relaxed | row.granted,
        only=list(chosen),
    )
    return await asyncio.to_thread(gatherings.stands, problem, row.ask, chosen)


def _sessions(
    runtime: Runtime, row: RequestRow, world: World, sought_id: str, option: Option
) -> list[SessionRow]:
    people = [world.facts.agents[i] for i in gatherings.present(row.ask, sought_id, option)]
    if row.ask.together:
        return gatherings.planned_gathering(runtime, row, people, world.facilitator, option)
    return [
        gatherings.planned_session(runtime, row, one, world.facilitator, option) for one in people
    ]


async def _commit(
    tx: AsyncConnection,
    runtime: Runtime,
    row: RequestRow,
    planned: Sequence[SessionRow],
    unplaced: tuple[Unplaced, ...],
    facts: escalation.ItemFacts | None,
    seen: str,
) -> str:
    """Write sessions, reservations, states and what follows; all or nothing."""
    await _answered(tx, row)
    await bookings.reserve(tx, planned)
    if unplaced or (row.unplaced and row.escalate):
        await requests.note_unplaced(tx, row.id, unplaced)
    left_as = RequestState.ESCALATED if facts else RequestState.FAILED
    to = RequestState.RESERVED if planned else await _unless_booked(tx, row, left_as)
    if not await requests.transition(tx, row.id, to=to, of=(RequestState.QUEUED,)):
        raise RuntimeError("the request moved on while it was being placed")
    await drafts.release(tx, row.draft_id)
    if facts is not None:
        await escalation.add(tx, runtime, row, WorkItemCause.NOT_PLACED, facts)
    round_id = f"{row.id}:{row.version}"
    next_step = "book" if planned else "show"
    await runtime.engine.enqueue_followup(tx, next_step, f"{round_id}:{next_step}", row.id)
    sessions = {
        s.id: {"attendee": s.attendee_id, "start": s.interval.start.isoformat()}
        for s in planned
        if not s.gathers
    }
    await _audit(tx, runtime, row, to, {"sessions": sessions}, seen)
    log.info("request_placed", state=to.value, sessions=len(sessions), unplaced=len(unplaced))
    return to.value


async def _answered(tx: AsyncConnection, row: RequestRow) -> None:
    """Lock the request, and let those behind it wait no more for what has answered its search."""
    await requests.locked(tx, row.id)
    if row.waiting_for is not None:
        await requests.wait_no_more(tx, row)


async def _unless_booked(tx: AsyncConnection, row: RequestRow, state: RequestState) -> RequestState:
    """Return ``state``, or PARTLY_BOOKED where sessions of an earlier round stand."""
    rows = await bookings.sessions(tx, row.id)
    standing = any(one.state.value in bookings.ACTIVE_SESSIONS for one in rows)
    return RequestState.PARTLY_BOOKED if standing else state


async def _settle(runtime: Runtime, row: RequestRow, refusal: Refusal) -> str:
    """End without a reservation: a fresh proposal for a lost minute, else say what is missing.

    After a scheduler's decision the way leads back to the schedulers, not to the requester.
    """
    lost = refusal is Refusal.SLOT_TAKEN
    decided = bool(row.relaxed)
    ended = RequestState.TAKEN if lost else RequestState.FAILED
    async with runtime.services.store.write() as tx:
        to = await _unless_booked(tx, row, RequestState.ESCALATED if decided else ended)
        await _answered(tx, row)
        if not await requests.transition(
            tx, row.id, to=to, of=(RequestState.QUEUED,), trouble=refusal.value
        ):
            return row.state.value  # cancelled meanwhile
        draft = await drafts.get(tx, row.draft_id)
        if to is RequestState.TAKEN and draft is not None:
            await drafts.advance(tx, draft, state=DraftState.PROPOSED)
        if decided:
            now = runtime.services.clock.now()
            facts = escalation.ItemFacts(as_of=now, trouble=refusal.value, unplaced=row.unplaced)
            await escalation.add(tx, runtime, row, WorkItemCause.NOT_PLACED, facts)
        elif not lost:
            await notices.notify(tx, NoticeKind.FAILED, row, key=f"{row.id}:{row.version}")
        await drafts.release(tx, row.draft_id)
        await runtime.engine.enqueue_followup(tx, "show", f"{row.id}:{row.version}:show", row.id)
        await _audit(tx, runtime, row, to, {"trouble": refusal.value})
    return to.value


@DBOS.step(**LASTING)
async def give_up(request_id: str, trouble: str) -> str:
    """Hand a request whose search could not be done at all to the schedulers."""
    runtime = current()
    away = trouble in {silent(remote) for remote in Remote}
    cause = WorkItemCause.REMOTE_AWAY if away else WorkItemCause.ENGINE_ERROR
    row = await _load(runtime, request_id)
    facts = escalation.ItemFacts(as_of=runtime.services.clock.now(), trouble=trouble)
    async with runtime.services.store.write() as tx:
        to = await _unless_booked(tx, row, RequestState.ESCALATED)
        if await requests.transition(tx, row.id, to=to, of=(RequestState.QUEUED,), trouble=trouble):
            await escalation.add(tx, runtime, row, cause, facts)
            await drafts.release(tx, row.draft_id)
            await runtime.engine.enqueue_followup(
                tx, "show", f"{row.id}:{row.version}:show", row.id
            )
            await _audit(tx, runtime, row, to, {"trouble": trouble})
    return RequestState.ESCALATED.value


def trouble_of(error: Exception) -> str:
    """Return the refusal behind an error, also one the engine wrapped after its last try."""
    errors = [error, *getattr(error, "errors", ())]
    return next((str(e) for e in errors if str(e) in set(Refusal)), "unexpected")


async def _audit(
    tx: AsyncConnection,
    runtime: Runtime,
    row: RequestRow,
    to: RequestState,
    detail: Mapping[str, Fact],
    seen: str | None = None,
) -> None:
    await audit.record(
        tx,
        at=runtime.services.clock.now(),
        actor="aside",
        on_behalf_of=row.requester_id,
        action=f"request.{to.value}",
        subject=row.id,
        before={"state": row.state.value},
        after={"state": to.value},
        parameters=trail.parameters(runtime.services, row.ask.type_id),
        inputs=seen,
        detail={**detail, "ticket": row.ticket, "relaxed": sorted(row.relaxed)},
    )


@DBOS.workflow(name="resume", max_recovery_attempts=MAX_RECOVERIES)
async def resume(work_item_id: str) -> str:
    """Continue a request after a decision, once its current writes are over."""
    for pause in pauses(current().services.policy):
        state = await requeue(work_item_id)
        if state not in UNDER_WAY:
            return state
        await DBOS.sleep_async(pause)
    raise AssertionError  # pauses never end


@DBOS.step(**LASTING)
async def requeue(work_item_id: str) -> str:
    """Put the request back into its unit's queue under its old ticket; return its state."""
    runtime = current()
    async with runtime.services.store.write() as tx:
        item = await work_items.get(tx, work_item_id)
        if item is None:
            raise LookupError(f"there is no work item {work_item_id}")
        row = await requests.locked(tx, item.request_id)
        if await work_items.followed(tx, work_item_id):
            return RequestState.QUEUED.value  # its place may have ended, and is not begun again
        moved = await requests.transition(
            tx,
            row.id,
            to=RequestState.QUEUED,
            of=(RequestState.ESCALATED, RequestState.PARTLY_BOOKED, RequestState.FAILED),
        )
        if moved:
            await runtime.engine.enqueue_unit(
                tx, "place", f"{work_item_id}:place", row.id, unit_id=row.unit_id, ticket=row.ticket
            )
        if row.state not in UNDER_WAY:
            await work_items.follow(tx, work_item_id, runtime.services.clock.now())
    return RequestState.QUEUED.value if moved else row.state.value
