"""The promise of a run: planned once, looked at, and booked part by part; its card follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

import structlog
from dbos import DBOS
from dbos._error import DBOSException
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.commits import CommitProgress
from scheduling.domain.notices import Concern, NoticeKind
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.rollouts import Rollout
from scheduling.domain.runs import RunState
from scheduling.domain.times import DateRange
from scheduling.storage import audit, commits, runs, templates
from scheduling.storage.audit import Fact
from scheduling.storage.runs import RunRow
from scheduling.workflows import commit, notices
from scheduling.workflows.engine import BATCH_QUEUE, MAX_RECOVERIES
from scheduling.workflows.patience import pauses
from scheduling.workflows.place import trouble_of
from scheduling.workflows.planning import Planned, plan
from scheduling.workflows.rechecking import hierarchy, holds, looked_at_again, not_held
from scheduling.workflows.rolling_out import roll_out
from scheduling.workflows.runtime import LASTING, Runtime, current

log = structlog.get_logger()

AWAITED = frozenset({Refusal.WFM_AWAY, Refusal.CALENDAR_AWAY})
"""What planning asks again for by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRun:
    """A run that is asked for, of the unit's templates on ``dates``, or the ``rollout`` of a course."""

    unit_id: str
    dates: DateRange
    template_ids: tuple[str, ...]
    requester_id: str
    requester_object_id: str
    rollout: Rollout | None = None


async def start(tx: AsyncConnection, runtime: Runtime, new: NewRun) -> RunRow:
    """Let a run be planned, in the caller's transaction; refuses while another is under way."""
    await _require_none_under_way(tx, new.unit_id)
    row = RunRow(
        id=runtime.services.ids.new(),
        unit_id=new.unit_id,
        state=RunState.PLANNING,
        dates=new.dates,
        template_ids=new.template_ids,
        requester_id=new.requester_id,
        requester_object_id=new.requester_object_id,
        created_at=runtime.services.clock.now(),
        rollout=new.rollout,
    )
    await runs.insert(tx, row)
    await runtime.engine.enqueue_followup(
        tx, "plan_run", f"{row.id}:plan", row.id, queue=BATCH_QUEUE
    )
    await _audit(tx, runtime, row, new.requester_id, RunState.PLANNING)
    return row


async def _require_none_under_way(tx: AsyncConnection, unit_id: str) -> None:
    """Refuse (RUN_UNDER_WAY) while a run of the unit is planned or booked; keep others waiting."""
    await runs.alone(tx, unit_id)
    busy = await runs.under_way(tx, unit_id)
    if busy is not None:
        facts = {"run_id": busy.id, "state": busy.state.value}
        raise Refused(Refusal.RUN_UNDER_WAY, facts)


async def confirm(
    tx: AsyncConnection, runtime: Runtime, row: RunRow, actor_id: str, object_id: str
) -> bool:
    """Let what a run planned be booked, except on its held days; False where it moved on.

    It is booked under the account ``object_id`` of whoever confirms. Refuses while another run of
    the unit is under way.
    """
    if row.state is RunState.PREVIEW:
        await _require_none_under_way(tx, row.unit_id)
    if not await runs.move_on(
        tx,
        row.id,
        of=(RunState.PREVIEW,),
        to=RunState.BOOKING,
        version=row.version,
        requester_object_id=object_id,
    ):
        return False
    await runtime.engine.enqueue_followup(
        tx, "book_run", f"{row.id}:{row.version}:book", row.id, queue=BATCH_QUEUE
    )
    await _audit(tx, runtime, row, actor_id, RunState.BOOKING)
    return True


async def discard(tx: AsyncConnection, runtime: Runtime, row: RunRow, actor_id: str) -> bool:
    """Forget a run of which nothing is booked; False where its booking has begun, or it is over.

    A run that is confirmed and not handed to the commit yet is forgotten too: see ``begin_booking``.
    """
    await runs.alone(tx, row.unit_id)
    now = runtime.services.clock.now()
    of = {RunState.PLANNING, RunState.PREVIEW, RunState.BOOKING}
    if await commits.get(tx, row.id):
        of.remove(RunState.BOOKING)
    if not await runs.move_on(tx, row.id, of=of, to=RunState.DISCARDED, ended_at=now):
        return False
    await _audit(tx, runtime, row, actor_id, RunState.DISCARDED)
    return True


async def hold(
    tx: AsyncConnection, runtime: Runtime, row: RunRow, days: Sequence[date], actor_id: str
) -> bool:
    """Keep exactly ``days`` out of what will be booked; False where the run moved on."""
    kept = await runs.move_on(
        tx,
        row.id,
        of=(RunState.PREVIEW,),
        to=RunState.PREVIEW,
        version=row.version,
        held=[day.isoformat() for day in sorted(days)],
    )
    if kept:
        await _audit(tx, runtime, row, actor_id, RunState.PREVIEW, held=len(days))
    return kept


async def _audit(
    tx: AsyncConnection,
    runtime: Runtime,
    row: RunRow,
    actor_id: str,
    to: RunState,
    **detail: Fact,
) -> None:
    await audit.record(
        tx,
        at=runtime.services.clock.now(),
        actor=actor_id,
        action=f"run.{to.value}",
        subject=row.id,
        on_behalf_of=row.requester_id if row.requester_id != actor_id else None,
        before={"state": row.state.value},
        after={"state": to.value},
        detail={
            "first": row.dates.start.isoformat(),
            "last": row.dates.last.isoformat(),
            **_of_course(row),
            **detail,
        },
    )


def _of_course(row: RunRow) -> dict[str, Fact]:
    """Return what lets anybody draw again: who planned, the course, its seats and the seed."""
    if row.rollout is None:
        return {}
    found = row.rollout
    return {"course": found.course_id, "seats": found.seats, "seed": found.seed}


@DBOS.workflow(name="plan_run", max_recovery_attempts=MAX_RECOVERIES)
async def plan_run(run_id: str) -> None:
    """Plan a run and show what it would do; what cannot be planned says why."""
    structlog.contextvars.bind_contextvars(run=run_id)
    try:
        await _plan_patiently(run_id)
    except DBOSException:
        raise  # not as it was recorded: what was done is not known to have failed
    except Exception as error:  # noqa: BLE001 - whatever it is, the owner must hear of it
        log.warning("run_not_planned", error=type(error).__name__)
        await fail_run(run_id, trouble_of(error))
    await show_run(run_id)


async def _plan_patiently(run_id: str) -> None:
    """Plan, however often it takes until the WFM and the calendar answer; the run fails after long."""
    policy, waited = current().services.policy, 0.0
    for pause in chain(policy.tries, pauses(policy)):
        away = await make_plan(run_id)
        if away is None:
            return
        if waited >= policy.run_patience.total_seconds():
            await fail_run(run_id, away)
            return
        if not waited:
            await show_run(run_id)
        waited += pause
        await DBOS.sleep_async(pause)


@DBOS.step(**LASTING)
async def make_plan(run_id: str) -> str | None:
    """Plan and keep the plan, once; repeating it changes nothing that was shown.

    Returns what is away for now, as a Refusal's value, with which the run waits.
    """
    runtime = current()
    async with runtime.services.store.read() as tx:
        row = await runs.require(tx, run_id)
    if row.state is not RunState.PLANNING:
        return None
    try:
        planned = await _plan(runtime, row)
    except Refused as refused:
        if refused.refusal not in AWAITED:
            raise
        log.info("run_waits", remote=refused.refusal.value)
        async with runtime.services.store.write() as tx:
            await runs.wait(tx, run_id, refused.refusal.value)
        return refused.refusal.value
    await _keep_plan(runtime, row, planned)
    return None


async def _keep_plan(runtime: Runtime, row: RunRow, planned: Planned) -> None:
    run_id = row.id
    async with runtime.services.store.write() as tx:
        if await runs.keep_plan(tx, run_id, planned.preview, planned.sessions, planned.members):
            await _audit(
                tx,
                runtime,
                row,
                "aside",
                RunState.PREVIEW,
                sessions=len(planned.sessions),
                unplaced=len(planned.preview.unplaced_ids),
            )
            if not row.requester_object_id or row.preview is not None:
                await _tell_owner(tx, row)
            for template_id in sorted({one.template_id for one in planned.preview.lost}):
                await tell_of_lost(tx, template_id, besides=row.requester_id)
    log.info("run_planned", sessions=len(planned.sessions))


async def _plan(runtime: Runtime, row: RunRow) -> Planned:
    if row.rollout is not None:
        return await roll_out(runtime, row, row.rollout)
    return await plan(runtime, row)


async def _tell_owner(tx: AsyncConnection, row: RunRow) -> None:
    """Show the owner a run that nobody waits for, or a plan that came instead of being booked."""
    kind = NoticeKind.RUN_PLANNED
    key = f"{row.id}:{row.version}:{kind.value}" if row.preview else f"{row.id}:{kind.value}"
    await notices.say(tx, kind, row.id, row.requester_id, concern=Concern.REQUESTER, key=key)


async def _is_news(tx: AsyncConnection, row: RunRow, trouble: str) -> bool:
    """Whether the owner has not been told: the run before, of the same templates, ended otherwise."""
    wanted = set(row.template_ids)
    earlier = (
        one
        for one in await runs.reaching(tx, row.unit_id, row.dates.start)
        if one.requester_id == row.requester_id
        and one.created_at < row.created_at
        and wanted & one.template_ids
    )
    before = next(earlier, None)
    return before is None or (before.state, before.trouble) != (RunState.FAILED, trouble)


async def tell_of_lost(tx: AsyncConnection, template_id: str, *, besides: str = "") -> None:
    """Tell a template's owner, once for each version of it, that the WFM has no more whom it is for."""
    template = await templates.get(tx, template_id)
    if template is None or template.owner_id == besides:
        return
    kind = NoticeKind.AUDIENCE_LOST
    key = f"{template.id}:{template.version}:{kind.value}"
    owner_id = template.owner_id
    await notices.say(tx, kind, template.id, owner_id, concern=Concern.REQUESTER, key=key)


@DBOS.step(**LASTING)
async def fail_run(run_id: str, trouble: str) -> None:
    """End a run that cannot go on; one whose parts are being booked goes on with them."""
    runtime = current()
    async with runtime.services.store.write() as tx:
        row = await runs.require(tx, run_id)
        if row.state.over or await commits.get(tx, run_id):
            return
        now = runtime.services.clock.now()
        await runs.move_on(
            tx, run_id, of=(row.state,), to=RunState.FAILED, trouble=trouble, ended_at=now
        )
        if not row.requester_object_id and await _is_news(tx, row, trouble):
            await _tell_owner(tx, row)
        await _audit(tx, runtime, row, "aside", RunState.FAILED, trouble=trouble)


@DBOS.workflow(name="book_run", max_recovery_attempts=MAX_RECOVERIES)
async def book_run(run_id: str) -> None:
    """Book what a run planned, show how far that is, and end the run with it."""
    structlog.contextvars.bind_contextvars(run=run_id)
    try:
        await begin_booking(run_id)
        shown = -1
        while True:
            done, over = await look(run_id)
            if done != shown or over:
                await show_run(run_id)
                shown = done
            if over:
                return
            await DBOS.sleep_async(current().services.policy.pause)
    except DBOSException:
        raise  # as above; its parts go on by themselves
    except Exception as error:  # noqa: BLE001 - whatever it is, the owner must hear of it
        log.warning("run_not_booked", error=type(error).__name__)
        await fail_run(run_id, trouble_of(error))
        await show_run(run_id)


@DBOS.step(**LASTING)
async def begin_booking(run_id: str) -> None:
    """Hand the plan to the commit, whose id is the run's: once, however often this is repeated.

    A roll-out whose seats were given or whose course changed, and a run whose templates changed, is
    planned again, and nothing of it is booked; nor is anything of a run that was stopped before
    this. Who has left or moved since the plan is left out.
    """
    runtime = current()
    services = runtime.services
    async with services.store.read() as tx:
        unit_id = (await runs.require(tx, run_id)).unit_id
    agents = await hierarchy(services.wfm, unit_id)
    async with services.store.write() as tx:
        await runs.alone(tx, unit_id)
        row = await runs.require(tx, run_id)
        planned = await runs.sessions_of(tx, run_id)
        wanted = not_held(row, planned)
        if not wanted or row.state is not RunState.BOOKING or await commits.get(tx, run_id):
            return
        if row.rollout is None:
            found = await looked_at_again(tx, row, planned, agents, services.catalogue.types)
            wanted = not_held(row, found)
        elif not await holds(tx, row, row.rollout, wanted, agents, services.clock.now()):
            wanted = []
        if not wanted:
            await _plan_again(tx, runtime, row)
            return
        batch = commit.Batch(
            id=run_id,
            unit_id=row.unit_id,
            requester_id=row.requester_id,
            requester_object_id=row.requester_object_id,
        )
        await commit.keep(tx, runtime, batch, wanted)


async def _plan_again(tx: AsyncConnection, runtime: Runtime, row: RunRow) -> None:
    """Let a run be planned once more that was to be booked; its owner confirms the new plan."""
    if await runs.move_on(tx, row.id, of=(RunState.BOOKING,), to=RunState.PLANNING):
        key = f"{row.id}:{row.version}:plan"
        await runtime.engine.enqueue_followup(tx, "plan_run", key, row.id, queue=BATCH_QUEUE)
        await _audit(tx, runtime, row, "aside", RunState.PLANNING)


@DBOS.step(**LASTING)
async def look(run_id: str) -> tuple[int, bool]:
    """Return how many sessions are settled, and whether that is all; then the run has ended."""
    runtime = current()
    async with runtime.services.store.write() as tx:
        row = await runs.require(tx, run_id)
        far = await progress_of(tx, run_id)
        settled = far.booked + far.failed + len(far.left_out) if far else 0
        over = far is None or (far.ended and far.reserved == 0)
        if over and row.state is RunState.BOOKING:
            now = runtime.services.clock.now()
            await runs.move_on(tx, run_id, of=(RunState.BOOKING,), to=RunState.BOOKED, ended_at=now)
            await _audit(tx, runtime, row, "aside", RunState.BOOKED, booked=settled)
    return settled, over


async def progress_of(tx: AsyncConnection, run_id: str) -> CommitProgress | None:
    """Return how far a run is booked, None where there is nothing to book."""
    row = await commits.get(tx, run_id)
    return await commits.progress(tx, row) if row else None


@DBOS.step(**LASTING)
async def show_run(run_id: str) -> bool:
    """Bring the owner's card up to date; False where it is to be tried again."""
    return await current().services.notifier.run_changed(run_id)
