"""What happens at a time: due rows are read each minute, and each is acted on exactly once.

A timer is a row, set in the transaction of what it belongs to. The reading enqueues a workflow
``{row}:{due}`` and marks the row done in one transaction, so that neither a crash nor a second
replica makes it two, and a clock that jumps back finds it done. A kind that comes again has its
row moved on instead.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from dbos import DBOS
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.storage import drafts, timers, work_items
from scheduling.storage.retention import clear
from scheduling.storage.timers import TimerRow
from scheduling.workflows import (
    change_care,
    change_ends,
    completing,
    delivery,
    joining,
    nudging,
    offers,
    pausing,
    publication,
    quiet_times,
    reach,
    register_times,
    registers,
    retention,
    selfcare,
    service_hours,
    small_groups,
    substituting,
    swaps,
    trainer_watch,
    watching,
    week_ahead,
)
from scheduling.workflows.engine import MAX_RECOVERIES
from scheduling.workflows.runtime import LASTING, Runtime, current
from scheduling.workflows.showing import beside_the_work, show_request
from scheduling.workflows.telling import until_shown

log = structlog.get_logger()

AT_ONCE = 200
"""So many due timers are taken in one transaction."""

TIMERS_KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What is done when a timer of this kind is due, given its subject.

    ``act`` is a step, or made of steps. With ``every`` it comes again that long after it was due,
    for the first time after ``first`` where that is given.
    """

    act: Callable[[str], Awaitable[object]]
    every: timedelta | None = None
    first: timedelta | None = None


@DBOS.step(**LASTING)
async def show_undecided(work_item_id: str) -> bool:
    """Show a work item again unless somebody has decided; False where it is to be tried again."""
    services = current().services
    async with services.store.read() as tx:
        item = await work_items.get(tx, work_item_id)
    if item is None or item.state.decided:
        return True
    changed = services.notifier.work_item_changed(work_item_id)
    return await beside_the_work("work item", changed, otherwise=False)


@DBOS.step(**LASTING)
async def forget_drafts(_subject: str) -> None:
    """Delete drafts a day after they expired, holds that are over, and timers long done."""
    services = current().services
    now = services.clock.now()
    async with services.store.write() as tx:
        await timers.forget_done(tx, KINDS, now - TIMERS_KEPT)
        await drafts.forget_holds(tx, now)
    await clear(services.store, services.keep, now, only={"drafts"})


KINDS: Mapping[str, Kind] = {
    "undo_over": Kind(act=partial(until_shown, show_request)),
    "decide_by": Kind(act=partial(until_shown, show_undecided)),
    "hold_over": Kind(act=forget_drafts, every=timedelta(hours=1)),
    service_hours.TIMER: Kind(act=nudging.nudge),
    watching.TIMER: Kind(act=watching.look, every=timedelta(hours=1), first=watching.SOON),
    selfcare.TIMER: Kind(act=selfcare.look_after, every=selfcare.EVERY, first=selfcare.SOON),
    quiet_times.TIMER: Kind(act=offers.over),
    pausing.TIMER: Kind(act=pausing.over),
    swaps.SWAP_OVER: Kind(act=swaps.end_unanswered),
    change_ends.UNDO_OVER: Kind(act=partial(until_shown, change_care.show_card)),
    delivery.TIMER: Kind(act=delivery.deliver_now),
    "reach": Kind(act=reach.reconcile, every=reach.EVERY, first=reach.SOON),
    "readers": Kind(act=reach.look_at_readers, every=timedelta(hours=1)),
    "notices": Kind(act=delivery.tell_forgotten, every=timedelta(hours=1)),
    "registers": Kind(act=register_times.open_due, every=register_times.EVERY),
    registers.NUDGE: Kind(act=register_times.nudge),
    "small_groups": Kind(act=small_groups.look_for_small_groups, every=small_groups.EVERY),
    joining.TIMER: Kind(act=joining.seat_late_joiners, every=joining.EVERY),
    "trainers": Kind(act=trainer_watch.look_at_trainers, every=trainer_watch.EVERY),
    substituting.TIMER: Kind(act=substituting.substitute),
    "week_ahead": Kind(act=week_ahead.tell_week_ahead, every=week_ahead.EVERY),
    "published": Kind(act=publication.plan_what_was_published, every=publication.EVERY),
    "completions": Kind(act=completing.keep_completions, every=completing.EVERY),
    "retention": Kind(act=retention.clear_old, every=timedelta(days=1)),
}
"""Every kind of timer; rows of other kinds wait for a process that knows them."""


async def take_due(runtime: Runtime) -> int:
    """Enqueue what every due timer asks for, and note that it was; how many."""
    taken = 0
    while True:
        now = runtime.services.clock.now()
        async with runtime.services.store.write() as tx:
            await _keep_coming(tx, now)
            rows = await timers.due(tx, KINDS, now, AT_ONCE)
            for row in rows:
                await _take(tx, runtime, row, now)
        taken += len(rows)
        if len(rows) < AT_ONCE:
            return taken


async def _keep_coming(tx: AsyncConnection, now: datetime) -> None:
    """Set the timers that come again where they are missing, or where a clock has jumped back."""
    for name, kind in KINDS.items():
        if kind.every is not None:
            row = await timers.get(tx, name, timers.EVERYTHING)
            if row is None or row.due_at > now + kind.every:
                first = kind.every if row else kind.first or kind.every
                await timers.set_timer(tx, name, timers.EVERYTHING, now + first)


async def _take(tx: AsyncConnection, runtime: Runtime, row: TimerRow, now: datetime) -> None:
    await runtime.engine.enqueue_followup(
        tx, "on_time", f"{row.id}:{row.due_at.isoformat()}", row.kind, row.subject
    )
    every = KINDS[row.kind].every
    if every is None:
        await timers.done(tx, row, now)
    else:
        await timers.set_timer(tx, row.kind, row.subject, now + every)


@DBOS.workflow(name="on_time", max_recovery_attempts=MAX_RECOVERIES)
async def on_time(kind: str, subject: str) -> None:
    """Do what a timer was set for."""
    log.info("timer_due", kind=kind, subject=subject)
    await KINDS[kind].act(subject)


@DBOS.step()
async def take_due_now() -> int:
    """Take what is due; see ``take_due``."""
    return await take_due(current())


@DBOS.workflow(name="each_minute_timers", max_recovery_attempts=MAX_RECOVERIES)
async def each_minute(_at: object, _context: object) -> None:
    """Read the timers; one run a minute, however many replicas there are."""
    await take_due_now()
