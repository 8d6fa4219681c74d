"""Templates of recurring meetings."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.templates import Template
from scheduling.storage import tables as t
from scheduling.storage.codec import dump, load


async def insert(tx: AsyncConnection, template: Template, at: datetime) -> None:
    """Keep a new template, of version 1."""
    await tx.execute(
        t.template.insert().values(id=template.id, **_values(replace(template, version=1), at))
    )


def _values(template: Template, at: datetime) -> dict[str, object]:
    return {
        "version": template.version,
        "unit_id": template.unit_id,
        "owner_id": template.owner_id,
        "active": True,
        "record": dump(Template, template),
        "updated_at": at,
    }


async def change(tx: AsyncConnection, template: Template, at: datetime) -> bool:
    """Write the version after exactly ``template.version``; False where it has moved on."""
    after = replace(template, version=template.version + 1)
    found = await tx.execute(
        t.template.update()
        .where(
            t.template.c.id == template.id,
            t.template.c.version == template.version,
            t.template.c.active,
        )
        .values(_values(after, at))
    )
    return bool(found.rowcount)


async def end(tx: AsyncConnection, template_id: str, at: datetime) -> bool:
    """Let a template ask for nothing more; what is booked stays. Whether it was active."""
    found = await tx.execute(
        t.template.update()
        .where(t.template.c.id == template_id, t.template.c.active)
        .values(active=False, updated_at=at)
    )
    return bool(found.rowcount)


async def get(tx: AsyncConnection, template_id: str) -> Template | None:
    """Return an active template, or None."""
    record = await tx.scalar(
        sa.select(t.template.c.record).where(t.template.c.id == template_id, t.template.c.active)
    )
    return load(Template, record) if record else None


async def of_unit(
    tx: AsyncConnection, unit_id: str, only: Collection[str] | None = None
) -> Sequence[Template]:
    """Return the active templates of a unit (those in ``only``), by name."""
    query = sa.select(t.template.c.record).where(
        t.template.c.unit_id == unit_id, t.template.c.active
    )
    if only is not None:
        query = query.where(t.template.c.id.in_(list(only)))
    found = [load(Template, record) for record in await tx.scalars(query)]
    return sorted(found, key=lambda each: (each.name, each.id))


async def changed(tx: AsyncConnection, unit_id: str) -> dict[str, datetime]:
    """Return when each active template of a unit was kept last, by id."""
    query = sa.select(t.template.c.id, t.template.c.updated_at).where(
        t.template.c.unit_id == unit_id, t.template.c.active
    )
    return {row.id: row.updated_at for row in await tx.execute(query)}


async def ever(tx: AsyncConnection, ids: Collection[str]) -> Sequence[Template]:
    """Return templates by id, also those that ended, in the order of their ids."""
    found = await tx.scalars(
        sa.select(t.template.c.record)
        .where(t.template.c.id.in_(list(ids)))
        .order_by(t.template.c.id)
    )
    return [load(Template, record) for record in found]


async def names(tx: AsyncConnection, ids: Collection[str]) -> dict[str, str]:
    """Return the names of templates, also of those that ended."""
    found = await tx.execute(
        sa.select(t.template.c.id, t.template.c.record).where(t.template.c.id.in_(list(ids)))
    )
    return {row.id: row.record["name"] for row in found}


async def units(tx: AsyncConnection) -> Sequence[str]:
    """Return the units that have an active template."""
    found = await tx.scalars(sa.select(t.template.c.unit_id).where(t.template.c.active).distinct())
    return sorted(found)
