"""The daily clearing: the domain's tables, then the engine's histories of what ended long ago."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime

import sqlalchemy as sa
import structlog
from dbos import DBOS, DBOSClient, DBOSPortableJSONSerializer

from scheduling.domain.house import Keep
from scheduling.storage import retention
from scheduling.storage.retention import CHUNK
from scheduling.storage.store import Store
from scheduling.workflows.runtime import current

log = structlog.get_logger()

ENDED = ["SUCCESS", "ERROR", "CANCELLED"]
"""The engine's words for a workflow that will not go on by itself."""


@DBOS.step()
async def clear_old(_subject: str) -> None:
    """Delete what is over; for a timer that comes every day."""
    services = current().services
    went = await run(services.store, services.keep, services.clock.now())
    log.info("retention_done", **went)


async def run(store: Store, keep: Keep, now: datetime) -> Mapping[str, int]:
    """Delete what is older than ``keep`` says, audited; return how many rows of each table went.

    Repeatable: what a crash left is deleted by the next run. A database that the engine has never
    used has no histories.
    """
    total = dict(await retention.clear(store, keep, now))
    histories = await _prune(store, keep.cut_offs(now)["histories"], now)
    if histories:
        total["histories"] = histories
    return total


async def _prune(store: Store, before: datetime, now: datetime) -> int:
    total = 0
    async with _histories(store.url) as client:
        while client and (ids := await asyncio.to_thread(_ended, client, before)):
            await asyncio.to_thread(client.delete_workflows, ids)
            async with store.write() as tx:
                await retention.prove(tx, "histories", {"histories": ids}, before=before, now=now)
            total += len(ids)
    return total


async def count(store: Store, keep: Keep, now: datetime) -> Mapping[str, int]:
    """Return how many rows of each table ``run`` would delete, deleting nothing."""
    async with store.read() as tx:
        found = dict(await retention.count(tx, keep, now))
    before, histories = keep.cut_offs(now)["histories"], 0
    async with _histories(store.url) as client:
        while client and (ids := await asyncio.to_thread(_ended, client, before, histories)):
            histories += len(ids)
    return found | ({"histories": histories} if histories else {})


@asynccontextmanager
async def _histories(url: str) -> AsyncIterator[DBOSClient | None]:
    """Open the engine's records beside a running engine or without one; None where it never ran."""
    if not await asyncio.to_thread(_has_run, url):
        yield None
        return
    client = DBOSClient(system_database_url=url, serializer=DBOSPortableJSONSerializer())
    try:
        yield client
    finally:
        await asyncio.to_thread(client.destroy)


def _has_run(url: str) -> bool:
    engine = sa.create_engine(url)
    try:
        schema = "dbos" if engine.dialect.name == "postgresql" else None
        return sa.inspect(engine).has_table("workflow_status", schema=schema)
    finally:
        engine.dispose()


def _ended(client: DBOSClient, before: datetime, offset: int = 0) -> list[str]:
    found = client.list_workflows(
        status=ENDED,
        completed_before=before.isoformat(),
        limit=CHUNK,
        offset=offset,
        load_input=False,
        load_output=False,
    )
    return [one.workflow_id for one in found]
