"""Care for changes: their cards are brought up to date, and what nobody carries on is set out again.

A change that is under way belongs to one of ``CARRIERS``. One that belongs to none in two readings,
``GRACE`` apart and without having moved, is begun again, which its keys and the tables allow; where
that was tried before it is given up: a human hears, and what is booked stands.
"""

from collections.abc import Iterable

import structlog
from dbos import DBOS
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.changes import ChangeKind, ChangeState
from scheduling.domain.requests import WorkItemCause
from scheduling.storage import changes, requests, selfcare, timers
from scheduling.storage.changes import ChangeRow
from scheduling.workflows import change_ends, escalation
from scheduling.workflows.engine import MAX_RECOVERIES
from scheduling.workflows.reconcile import UNDER_WAY, ripe
from scheduling.workflows.runtime import LASTING, Runtime, current
from scheduling.workflows.showing import beside_the_work, show_request
from scheduling.workflows.telling import until_shown

log = structlog.get_logger()

CARRIERS = ("change", "rewrite", "drop")
"""The promises that carry a change on."""

SEEN = "unowned_change"
"""The kind of the timers in which readings remember each other, as in ``reconcile``."""

DROPS = (ChangeKind.CANCEL, ChangeKind.CANNOT, ChangeKind.RELEASE)


@DBOS.step(**LASTING)
async def show_card(change_id: str) -> bool:
    """Bring the cards of a change up to date, and of the run it cares for; False: Teams is away."""
    services = current().services
    changed = services.notifier.change_changed(change_id)
    shown = await beside_the_work("change", changed, otherwise=True)
    async with services.store.read() as tx:
        care = await selfcare.by_change(tx, change_id)
    if care is None:
        return shown
    run = services.notifier.run_changed(care.run_id)
    return await beside_the_work("run", run, otherwise=True) and shown


@DBOS.step(**LASTING)
async def requests_of(change_id: str) -> list[str]:
    """Return the ids of the requests whose cards show a change."""
    async with current().services.store.read() as tx:
        return list((await changes.require(tx, change_id)).request_ids)


@DBOS.workflow(name="show_change", max_recovery_attempts=MAX_RECOVERIES)
async def show_change(change_id: str) -> None:
    """Show how a change stands, also where Teams is away for a while."""
    await until_shown(show_card, change_id)
    for request_id in await requests_of(change_id):
        await until_shown(show_request, request_id)


async def care(runtime: Runtime) -> None:
    """Find changes that belong to nobody, and set them out again, or give them up."""
    async with runtime.services.store.read() as tx:
        going = await changes.under_way(tx)
    carried = await _carried(going)
    unowned = {_standing(one): one for one in going if one.id not in carried}
    for standing in await ripe(runtime, SEEN, {_standing(one) for one in going}, unowned):
        await _cure(runtime, unowned[standing])


async def _carried(going: Iterable[ChangeRow]) -> set[str]:
    flows = await DBOS.list_workflows_async(
        name=list(CARRIERS), status=UNDER_WAY, load_input=False, load_output=False
    )
    known = {one.id for one in going}
    return {flow.workflow_id.split(":", 1)[0] for flow in flows} & known


def _standing(row: ChangeRow) -> str:
    return f"{row.id}:{row.version}"


async def _cure(runtime: Runtime, row: ChangeRow) -> None:
    async with runtime.services.store.write() as tx:
        fresh = await change_ends.lock(tx, row.id)
        seen = await timers.get(tx, SEEN, _standing(row))
        if fresh.version != row.version or seen is None:
            return
        again = seen.done_at is None
        if again:
            await _set_out(tx, runtime, fresh)
            await timers.done(tx, seen, runtime.services.clock.now())
        else:
            await _give_up(tx, runtime, fresh)
    what = "healed" if again else "handed_over"
    runtime.services.count(what)
    log.warning("change_unowned", change=row.id, state=row.state.value, what=what)


async def _set_out(tx: AsyncConnection, runtime: Runtime, row: ChangeRow) -> None:
    engine = runtime.engine
    if row.state is ChangeState.QUEUED:
        ticket = (await requests.require(tx, row.request_id)).ticket
        key = f"{row.id}:{row.version}:change:again"
        await engine.enqueue_unit(tx, "change", key, row.id, unit_id=row.unit_id, ticket=ticket)
        return
    promise = "drop" if row.kind in DROPS else "rewrite"
    await engine.enqueue_followup(tx, promise, f"{row.id}:{row.version}:{promise}:again", row.id)


async def _give_up(tx: AsyncConnection, runtime: Runtime, row: ChangeRow) -> None:
    """End a change that nobody can carry on; a human looks at what may have been written."""
    request = await requests.require(tx, row.request_id)
    now = runtime.services.clock.now()
    facts = escalation.ItemFacts(as_of=now, trouble="unexpected")
    await escalation.add(tx, runtime, request, WorkItemCause.ENGINE_ERROR, facts)
    await change_ends.abandoned(tx, runtime, row, [], "unexpected")


@DBOS.step()
async def care_now() -> None:
    """Care; see ``care``."""
    await care(current())


@DBOS.workflow(name="each_minute_changes", max_recovery_attempts=MAX_RECOVERIES)
async def each_minute(_at: object, _context: object) -> None:
    """Care for changes; one run a minute, however many replicas there are."""
    await care_now()
