"""The reconciler: what nobody carries on is given an owner again, each minute.

A request that is not final, or of which a decision was not followed, belongs to a workflow of the
engine or to a human with an undecided work item. One that belongs to neither in two readings, ``GRACE`` apart and without having moved
in between, is put back on its way: the keys of effects make that repeatable. Where that was tried
before and it still stands there, or where its workflow ended in an error, a human hears of it. A
work item that no place shows and nobody is about to show is shown again.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from dbos import DBOS, WorkflowStatus
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.requests import RequestState, WorkItemCause, WorkItemState
from scheduling.domain.runs import RunState
from scheduling.storage import audit, owners, requests, runs, timers, work_items
from scheduling.storage.owners import Unfinished
from scheduling.workflows import escalation, trail
from scheduling.workflows.engine import ANNOUNCE_QUEUE, BATCH_QUEUE, MAX_RECOVERIES
from scheduling.workflows.runtime import Runtime, current

log = structlog.get_logger()

GRACE = timedelta(minutes=2)
"""How long a request may seem to belong to nobody: a step between two tables takes less."""

OVERDUE = timedelta(hours=6)
"""A workflow under way for longer is said in the log; patience with a remote ends before."""

SEEN = "unowned"
"""The kind of the timers in which readings remember each other; no process acts on it by itself.

Its subject is a request's standing; it is due when ``GRACE`` is over, and done once a cure was
tried.
"""

CARRIERS: Mapping[RequestState, tuple[str, ...]] = {
    RequestState.QUEUED: ("place", "commit"),
    RequestState.RESERVED: ("book",),
    RequestState.BOOKING: ("book",),
    RequestState.UNDOING: ("undo",),
}
"""Which promises carry on a request in which state ..."""

FOLLOWING = ("resume", "mend")
"""... and in any other one, by what a human decided."""

AFTER: Mapping[WorkItemState, str] = {
    WorkItemState.APPROVED: "resume",
    WorkItemState.FORCED: "resume",
    WorkItemState.RETRIED: "mend",
}
"""Which promise follows a decision; no other decision lets a request go on by itself."""

RUN_CARRIERS: Mapping[RunState, str] = {RunState.PLANNING: "plan_run", RunState.BOOKING: "book_run"}
"""Which promise carries on a run."""

CARRYING = sorted({name for names in (*CARRIERS.values(), FOLLOWING) for name in names})
UNDER_WAY = ["ENQUEUED", "PENDING", "DELAYED"]
BROKEN = ["ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED", "CANCELLED"]
"""The engine's words; a workflow that ended well has moved its request on."""


async def reconcile(runtime: Runtime) -> None:
    """Find what belongs to nobody, and cure what did in the reading before last too."""
    now = runtime.services.clock.now()
    async with runtime.services.store.read() as tx:
        going = await owners.unfinished(tx)
    under_way = await _workflows(UNDER_WAY)
    _say_overdue(runtime, under_way, now)
    carried = _carried(under_way)
    unowned = [one for one in going if not one.undecided and not _promises(one) & carried]
    standings = {one.standing: one for one in unowned}
    for standing in await ripe(runtime, SEEN, {one.standing for one in going}, standings):
        await _cure(runtime, standings[standing])
    await _announce(runtime, now)
    await _carry_runs_on(runtime, now)


async def _workflows(
    statuses: Sequence[str], prefixes: Sequence[str] = (), names: Sequence[str] = CARRYING
) -> list[WorkflowStatus]:
    return await DBOS.list_workflows_async(
        name=list(names),
        status=list(statuses),
        workflow_id_prefix=list(prefixes) or None,
        load_input=False,
        load_output=False,
    )


def _abouts(workflow_id: str) -> Iterable[str]:
    """Yield what a workflow may be about: the id's head is a request's, or that and a number."""
    head = workflow_id.split(":", 1)[0]
    yield head
    request_id, _, number = head.rpartition("-")
    if number.isdigit():
        yield request_id


def _carried(flows: Iterable[WorkflowStatus]) -> set[tuple[str, str]]:
    """Return which promises ``flows`` keep, each with what it may be about."""
    return {(flow.name, about) for flow in flows for about in _abouts(flow.workflow_id)}


def _promises(one: Unfinished) -> set[tuple[str, str]]:
    """Return the promises of which one carries a request on."""
    return {(name, one.id) for name in CARRIERS.get(one.state, FOLLOWING)}


def _say_overdue(runtime: Runtime, under_way: Sequence[WorkflowStatus], now: datetime) -> None:
    earliest = (now - OVERDUE).timestamp() * 1000
    for one in under_way:
        if one.status == "PENDING" and (one.dequeued_at or one.created_at or 0) < earliest:
            runtime.services.count("overdue")
            log.error("workflow_overdue", workflow=one.workflow_id, name=one.name)


async def ripe(
    runtime: Runtime, kind: str, going: Collection[str], unowned: Collection[str]
) -> Sequence[str]:
    """Return the ``unowned`` whose grace is over, and remember the others for the next reading.

    All are standings, ``going`` those of whatever is under way; ``kind`` is that of the timers in
    which readings remember each other.
    """
    now = runtime.services.clock.now()
    async with runtime.services.store.write() as tx:
        known = {row.subject: row for row in await timers.of_kind(tx, kind)}
        for subject, row in known.items():
            if subject not in going or (subject not in unowned and row.done_at is None):
                await timers.cancel(tx, kind, subject)
        for subject in unowned:
            before = known.get(subject)
            if before is None or before.due_at > now + GRACE:  # new, or a clock has jumped back
                await timers.set_timer(tx, kind, subject, now + GRACE)
    over = {s for s, row in known.items() if row.done_at is not None or row.due_at <= now}
    return [subject for subject in unowned if subject in over]


async def _cure(runtime: Runtime, one: Unfinished) -> None:
    """Put a request on its way again, or give it to the schedulers; not if it has moved since."""
    broken = await _broken(one)
    async with runtime.services.store.write() as tx:
        await requests.locked(tx, one.id)
        if list(await owners.unfinished(tx, [one.id])) != [one]:
            return
        if _promises(one) & _carried(await _workflows(UNDER_WAY, [one.id])):
            return  # another reading has just put it on its way
        row = await timers.get(tx, SEEN, one.standing)
        if row is None:
            return
        again = None if broken or row.done_at is not None else _way(one)
        if again is None:
            await _ask_human(tx, runtime, one)
        else:
            await _set_out(tx, runtime, one, again)
            await timers.done(tx, row, runtime.services.clock.now())
    what = "handed_over" if again is None else "healed"
    runtime.services.count(what)
    log.warning("reconciled", request=one.id, state=one.state.value, what=what)


async def _announce(runtime: Runtime, now: datetime) -> None:
    """Show the schedulers what they are to decide, where that was lost: at most once an hour."""
    async with runtime.services.store.read() as tx:
        unshown = await work_items.unshown(tx, now - GRACE)
    if not unshown:
        return
    ids = [item.id for item in unshown]
    seen_to = _carried(await _workflows([*UNDER_WAY, "SUCCESS"], ids, ["announce"]))
    for item in unshown:
        if ("announce", item.id) in seen_to:
            continue
        key = f"{item.id}:{item.version}:announce:{now:%Y%m%d%H}"
        async with runtime.services.store.write() as tx:
            await runtime.engine.enqueue_followup(
                tx, "announce", key, item.id, queue=ANNOUNCE_QUEUE
            )
        runtime.services.count("healed")
        log.warning("reconciled", work_item=item.id, what="healed")


async def _carry_runs_on(runtime: Runtime, now: datetime) -> None:
    """Put runs on their way again whose workflow was lost; what they have done is not done twice."""
    async with runtime.services.store.read() as tx:
        going = await runs.going(tx)
    if not going:
        return
    names = sorted(RUN_CARRIERS.values())
    carried = _carried(await _workflows(UNDER_WAY, [run_id for run_id, _ in going], names))
    for run_id, state in going:
        promise = RUN_CARRIERS[state]
        if (promise, run_id) in carried:
            continue
        key = f"{run_id}:{promise}:{now:%Y%m%d%H%M}"
        async with runtime.services.store.write() as tx:
            await runtime.engine.enqueue_followup(tx, promise, key, run_id, queue=BATCH_QUEUE)
        runtime.services.count("healed")
        log.warning("reconciled", run=run_id, what="healed")


async def _broken(one: Unfinished) -> bool:
    """Whether a workflow has ended without carrying this request on, and no human was told yet."""
    ended = await _workflows(BROKEN, [one.id])
    return sum(bool(_promises(one) & _carried([flow])) for flow in ended) > one.items


def _way(one: Unfinished) -> str | None:
    """Return the promise that carries a request on from where it is, or None."""
    if one.state not in CARRIERS:
        return AFTER.get(one.item_state) if one.item_state else None
    if one.state is RequestState.QUEUED and one.in_batch:
        return "commit"
    return CARRIERS[one.state][0]


async def _set_out(tx: AsyncConnection, runtime: Runtime, one: Unfinished, promise: str) -> None:
    engine, key = runtime.engine, f"{one.standing}:{promise}:again"
    if one.state is RequestState.QUEUED:
        await engine.enqueue_unit(tx, promise, key, one.id, unit_id=one.unit_id, ticket=one.ticket)
        return
    subject = one.item_id if one.state not in CARRIERS and one.item_id else one.id
    await engine.enqueue_followup(tx, promise, key, subject)


async def _ask_human(tx: AsyncConnection, runtime: Runtime, one: Unfinished) -> None:
    """Make a work item; what is still in the queue leaves it, so that it can be queued again."""
    row = await requests.require(tx, one.id)
    now = runtime.services.clock.now()
    facts = escalation.ItemFacts(as_of=now, trouble="unexpected", unplaced=row.unplaced)
    to = RequestState.ESCALATED if one.state is RequestState.QUEUED else one.state
    await requests.transition(tx, one.id, to=to, of=(one.state,), trouble="unexpected")
    await escalation.add(tx, runtime, row, WorkItemCause.ENGINE_ERROR, facts)
    if one.in_batch and one.state is RequestState.QUEUED:  # the next part waits for this one
        await runtime.engine.enqueue_followup(tx, "commit", f"{one.standing}:pass_on", one.id)
    if one.item_id is not None:
        await work_items.follow(tx, one.item_id, now)
    await runtime.engine.enqueue_followup(tx, "show", f"{one.standing}:show", one.id)
    await audit.record(
        tx,
        at=now,
        actor="aside",
        action="request.unowned",
        subject=one.id,
        before={"state": one.state.value},
        after={"state": to.value},
        parameters=trail.parameters(runtime.services, row.ask.type_id),
        detail={"items": one.items},
    )


@DBOS.step()
async def reconcile_now() -> None:
    """Reconcile; see ``reconcile``."""
    await reconcile(current())


@DBOS.workflow(name="each_minute_reconcile", max_recovery_attempts=MAX_RECOVERIES)
async def each_minute(_at: object, _context: object) -> None:
    """Reconcile; one run a minute, however many replicas there are."""
    await reconcile_now()
