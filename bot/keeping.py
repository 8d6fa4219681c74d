"""What an administrator does about what is kept: audit, retention, erasure, changed settings."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clocks import SystemClock
from bot.settings import Settings, setup_of, shown
from scheduling.storage import audit, erasure
from scheduling.storage import tables as t
from scheduling.storage.audit import Chain
from scheduling.storage.store import Store
from scheduling.workflows import retention
from scheduling.workflows.setups import Setups

ADMINISTRATOR = "administrator"
PLACES = frozenset({"host", "port", "database_url", "log_level"})
"""Settings of one process that decide nothing; replicas may differ in them."""

CHANGED = "settings.changed"


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Store]:
    """Open the configured database; closed when the block ends."""
    store = Store(settings.database_url)
    try:
        await store.prepare()
        yield store
    finally:
        await store.close()


async def verify_audit(settings: Settings, expect: str | None) -> Chain:
    """Walk the whole audit chain, and look for the hash ``expect`` in it."""
    async with opened(settings) as store, store.read() as tx:
        return await audit.verify(tx, expect)


async def export_audit(
    settings: Settings, output: Path, since: datetime | None, until: datetime | None
) -> int:
    """Write the lines from ``since`` (aware) until before ``until`` as JSON lines; how many."""
    count = 0
    with output.open("w", encoding="utf-8") as file:
        async with opened(settings) as store, store.read() as tx:
            async for row in audit.lines(tx, since=since, until=until):
                line = {**row, "at": row["at"].isoformat()}
                file.write(json.dumps(line, sort_keys=True) + "\n")
                count += 1
    return count


async def clear(settings: Settings, *, dry: bool) -> Mapping[str, int]:
    """Return how many rows of each table retention deletes; with ``dry`` it deletes none."""
    work = retention.count if dry else retention.run
    async with opened(settings) as store:
        setups = Setups(store, SystemClock(), setup_of(settings))
        await setups.look()
        return await work(store, setups.keep, SystemClock().now())


async def erase_person(settings: Settings, person_id: str) -> Mapping[str, int]:
    """Erase a person; NotKnown, or NotErasable while they are here or booked."""
    async with opened(settings) as store, store.write() as tx:
        return await erasure.erase(tx, person_id, at=SystemClock().now(), by=ADMINISTRATOR)


async def note_settings(store: Store, settings: Settings, now: datetime) -> None:
    """Audit which settings are others than at the last start: names and digests, no values."""
    after = {k: audit.digest(v) for k, v in shown(settings).items() if k not in PLACES}
    async with store.write() as tx:
        before = await _last_settings(tx)
        changed = sorted(k for k in before.keys() | after.keys() if before.get(k) != after.get(k))
        if changed:
            await audit.record(
                tx,
                at=now,
                actor=ADMINISTRATOR,
                action=CHANGED,
                subject="settings",
                before=before or None,
                after=after,
                detail={"changed": changed},
            )


async def _last_settings(tx: AsyncConnection) -> dict[str, Any]:
    newest = await tx.scalar(
        sa.select(t.audit.c.after)
        .where(t.audit.c.action == CHANGED)
        .order_by(t.audit.c.seq.desc())
        .limit(1)
    )
    return dict(newest or {})
