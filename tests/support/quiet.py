"""When nothing goes on in the engine any more, so that a test may change the world."""

import asyncio

import sqlalchemy as sa

from scheduling.storage.store import Store

PATIENCE = 60.0


async def until_quiet(store: Store) -> None:
    """Wait until no workflow is under way or waiting for its turn."""
    async with asyncio.timeout(PATIENCE):
        while await _busy(store):  # noqa: ASYNC110 the engine tells nobody when it is done
            await asyncio.sleep(0.02)


async def _busy(store: Store) -> int:
    async with store.read() as tx:
        table = "workflow_status" if tx.dialect.name == "sqlite" else "dbos.workflow_status"
        busy = f"SELECT count(*) FROM {table} WHERE status IN ('PENDING', 'ENQUEUED')"  # noqa: S608 - either name is ours
        return int(await tx.scalar(sa.text(busy)) or 0)
