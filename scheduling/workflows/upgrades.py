"""Work that an earlier release began, where this one takes other steps: it begins anew.

Keys make every effect repeatable and the tables say how far it came, so a promise can be kept
from its first step again. Only its recorded steps must not be met with others: CONTRIBUTING.md,
"Changing a promise".
"""

import structlog
from dbos import DBOS

from scheduling.workflows.runtime import current

log = structlog.get_logger()

ANEW = "anew"
"""What a workflow returns whose promise is kept by another."""


async def begun_anew(promise: str, subject: str, *, since: str) -> bool:
    """Whether steps were recorded before the change ``since``: then ``promise`` runs anew instead.

    The first thing a promise does. Handing over is no step itself, for it has no place among
    those that were recorded; repeating it enqueues the same workflow, which is there then.
    """
    if await DBOS.patch_async(since):
        return False
    runtime, ours = current(), str(DBOS.workflow_id)
    async with runtime.services.store.write() as tx:
        await runtime.engine.enqueue_followup(tx, promise, f"{ours}:anew", subject)
    log.info("begun_anew", workflow=ours)
    return True
