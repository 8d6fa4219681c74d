"""Groups of work items that have one cause: several within a while become one card."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.storage import tables as t
from scheduling.storage.work_items import UNDECIDED, WorkItemRow, row_of

GROUPING = 0x67726F75
"""PostgreSQL's advisory lock, with a hash of the unit, under which items are counted and joined."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow:
    """A group as stored; ``cause`` is the key that its items share. It is closed once all are decided."""

    id: str
    unit_id: str
    cause: str
    opened_at: datetime
    closed_at: datetime | None = None


async def lock(tx: AsyncConnection, unit_id: str) -> None:
    """Let nobody else count or join items of a unit until ``tx`` ends; after requests are locked."""
    if tx.dialect.name == "postgresql":  # SQLite's writers wait for each other anyway
        key = sa.func.hashtext(unit_id)
        await tx.execute(sa.select(sa.func.pg_advisory_xact_lock(GROUPING, key)))


async def get(tx: AsyncConnection, group_id: str) -> GroupRow | None:
    """Return a group, or None."""
    found = await tx.execute(sa.select(t.item_group).where(t.item_group.c.id == group_id))
    row = found.mappings().first()
    return GroupRow(**row) if row else None


async def opened(tx: AsyncConnection, unit_id: str, cause: str) -> GroupRow | None:
    """Return the unit's open group of a cause, or None."""
    group = t.item_group.c
    found = await tx.execute(
        sa.select(t.item_group).where(
            group.unit_id == unit_id, group.cause == cause, group.closed_at.is_(None)
        )
    )
    row = found.mappings().first()
    return GroupRow(**row) if row else None


async def insert(tx: AsyncConnection, group: GroupRow) -> None:
    """Add a group."""
    values = {name: getattr(group, name) for name in GroupRow.__dataclass_fields__}
    await tx.execute(t.item_group.insert().values(values))


async def alike(
    tx: AsyncConnection, unit_id: str, cause: str, since: datetime
) -> Sequence[WorkItemRow]:
    """Return the unit's undecided items of a cause that are in no group, made at ``since`` or later."""
    item = t.work_item.c
    found = await tx.execute(
        sa.select(t.work_item).where(
            item.unit_id == unit_id,
            item.cause_key == cause,
            item.group_id.is_(None),
            item.state.in_(UNDECIDED),
            item.created_at >= since,
        )
    )
    return [row_of(dict(row)) for row in found.mappings()]


async def join(tx: AsyncConnection, group_id: str, work_item_ids: Sequence[str]) -> None:
    """Let items belong to a group."""
    item = t.work_item.c
    await tx.execute(
        t.work_item.update().where(item.id.in_(list(work_item_ids))).values(group_id=group_id)
    )


async def members(tx: AsyncConnection, group_id: str) -> Sequence[WorkItemRow]:
    """Return the items of a group in the order in which they were made."""
    item = t.work_item.c
    found = await tx.execute(
        sa.select(t.work_item).where(item.group_id == group_id).order_by(item.created_at, item.id)
    )
    return [row_of(dict(row)) for row in found.mappings()]


async def close(tx: AsyncConnection, group: GroupRow, at: datetime) -> bool:
    """Close a group of which every item is decided; whether it is closed now."""
    item = t.work_item.c
    open_ones = sa.exists().where(item.group_id == group.id, item.state.in_(UNDECIDED))
    table = t.item_group
    result = await tx.execute(
        table.update()
        .where(table.c.id == group.id, table.c.closed_at.is_(None), ~open_ones)
        .values(closed_at=at)
    )
    return result.rowcount == 1
