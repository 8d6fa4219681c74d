"""Every durable promise, registered by importing it; the engine finds workflows by name."""

from dbos import DBOS, ScheduleInput

from scheduling.workflows import (
    book,
    change_care,
    changing,
    commit,
    delivery,
    drift,
    mending,
    place,
    reconcile,
    rehearse,
    rewriting,
    running,
    telling,
    timers,
)
from scheduling.workflows.engine import Engine
from scheduling.workflows.runtime import Runtime, use

PROMISES = (
    place.place,
    place.resume,
    commit.commit,
    running.plan_run,
    running.book_run,
    book.book,
    book.undo,
    mending.mend,
    changing.change,
    rewriting.rewrite,
    rewriting.drop,
    change_care.show_change,
    change_care.each_minute,
    telling.show,
    telling.announce,
    telling.show_queue,
    delivery.tell_one,
    rehearse.rehearse_setup,
    timers.on_time,
    timers.each_minute,
    reconcile.each_minute,
    drift.each_minute,
)

EACH_MINUTE = "* * * * *"

SCHEDULES: list[ScheduleInput] = [
    {
        "schedule_name": name,
        "workflow_fn": flow,
        "schedule": EACH_MINUTE,
    }
    for name, flow in {
        "timers": timers.each_minute,
        "reconcile": reconcile.each_minute,
        "drift": drift.each_minute,
        "changes": change_care.each_minute,
    }.items()
]
"""Run on the engine's own queue, which is never full of what waits for a remote."""


def use_runtime(runtime: Runtime) -> None:
    """Let the promises of this process work with ``runtime``."""
    use(runtime)


async def launch(engine: Engine) -> None:
    """Launch the engine, and let it run what comes each minute, once for all replicas."""
    await engine.launch()
    await DBOS.apply_schedules_async(SCHEDULES)
