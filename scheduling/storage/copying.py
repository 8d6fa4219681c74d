"""Every domain row from one database to another, and the proof that it arrived."""

from collections.abc import Callable, Mapping

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.storage import audit
from scheduling.storage.store import Store
from scheduling.storage.tables import metadata

CHUNK = 1000


class CopyRefused(Exception):
    """Nothing was copied; the message says why and what to do."""


async def copy(source: Store, target: Store, told: Callable[[str, int], None]) -> None:
    """Copy every row in one transaction; ``told`` hears of each table and its rows.

    Both have this release's tables, and the target not a row. Raises CopyRefused where it has, or
    where what arrived is not what was sent; StoreUnavailable. Nothing is kept then.
    """
    async with source.read() as old, target.write() as new:
        if new.dialect.name == "postgresql":  # it is silent while the old audit is walked
            await new.execute(sa.text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        await _require_no_row(new)
        for table in metadata.sorted_tables:
            told(table.name, await _copy(old, new, table))
        await _require_same(old, new)


async def _copy(old: AsyncConnection, new: AsyncConnection, table: sa.Table) -> int:
    """Copy a table some rows at a time; JSON as its text, for an absent value is not ``null``."""
    as_text = {c.name for c in table.columns if isinstance(c.type, sa.JSON)}
    chosen = [
        sa.type_coerce(c, sa.Text).label(c.name) if c.name in as_text else c for c in table.columns
    ]
    given = {
        c.name: sa.cast(sa.bindparam(c.name, type_=sa.Text()), c.type)
        if c.name in as_text
        else sa.bindparam(c.name, type_=c.type)
        for c in table.columns
    }
    arrived = 0
    async for rows in (await old.stream(sa.select(*chosen))).mappings().partitions(CHUNK):
        await new.execute(table.insert().values(given), [dict(row) for row in rows])
        arrived += len(rows)
    return arrived


async def _require_no_row(new: AsyncConnection) -> None:
    counts = await _counts(new)
    if any(counts.values()):
        held = ", ".join(name for name, count in counts.items() if count)
        raise CopyRefused(
            f"the target is not empty (rows in: {held}): name an empty database, for nothing is"
            " ever mixed or overwritten"
        )


async def _require_same(old: AsyncConnection, new: AsyncConnection) -> None:
    sent, arrived = await _counts(old), await _counts(new)
    if sent != arrived:
        missing = ", ".join(name for name in sent if sent[name] != arrived[name])
        raise CopyRefused(f"not every row arrived (in: {missing}): nothing was kept, copy again")
    before, after = await audit.verify(old), await audit.verify(new)
    if before != after:
        raise CopyRefused("the audit did not arrive as it was: nothing was kept, copy again")
    if after.broken is not None:
        raise CopyRefused(
            f"line {after.broken.seq} of the audit was changed before the copy: keep the file as"
            " it is, and find out who did it"
        )


async def _counts(tx: AsyncConnection) -> Mapping[str, int]:
    return {
        table.name: int(await tx.scalar(sa.select(sa.func.count()).select_from(table)) or 0)
        for table in metadata.sorted_tables
    }
