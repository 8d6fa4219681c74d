"""The promise of a dry run: it goes on after a restart, and its progress is beside the change."""

from datetime import timedelta

import structlog
from dbos import DBOS

from scheduling.storage import setups
from scheduling.storage.codec import dump
from scheduling.storage.edits import from_rows
from scheduling.storage.plain import Misread
from scheduling.workflows.engine import MAX_RECOVERIES
from scheduling.workflows.rehearsal import Rehearsal, rehearse
from scheduling.workflows.runtime import LASTING, current
from scheduling.workflows.setup_changes import edited

log = structlog.get_logger()

LONGEST = timedelta(minutes=3)
"""How long a dry run may take for a card; what is not through by then is said to be skipped."""
EVERY = 10
"""After so many requests the card can say how far it is."""


@DBOS.workflow(name="rehearse_setup", max_recovery_attempts=MAX_RECOVERIES)
async def rehearse_setup(change_id: str) -> None:
    """Run the recent requests under a change that nobody has confirmed yet."""
    await rehearse_change(change_id)


@DBOS.step(**LASTING)
async def rehearse_change(change_id: str) -> None:
    """Note what the change would have done, as it is found; repeatable, for it writes nothing else."""
    services = current().services
    async with services.store.read() as tx:
        change = await setups.look_at_change(tx, change_id)
        if change is None:
            return
        before = await services.setups.at(tx, change.base)
    try:
        after = edited(before, from_rows(change.edits))
    except Misread:
        log.warning("not_rehearsed", change=change_id)
        return
    until = services.clock.now() + LONGEST

    async def told(so_far: Rehearsal) -> None:
        if so_far.done % EVERY == 0 or so_far.ended:
            async with services.store.write() as tx:
                await setups.note_rehearsal(tx, change_id, dump(Rehearsal, so_far))

    found = await rehearse(
        services, before, after, told=told, late=lambda: services.clock.now() > until
    )
    await told(found)
    log.info("rehearsed", change=change_id, asked=found.asked)
