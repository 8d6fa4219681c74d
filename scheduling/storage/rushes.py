"""Rushes: when a unit was found short, what was offered to give way, and what came of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.storage import tables as t
from scheduling.storage.inserting import inserted


@dataclass(frozen=True, slots=True, kw_only=True)
class RushRow:
    """A rush as stored: ``facts`` has the ids of the sessions that were ``suggested``, and ``gave``.

    ``decided_by`` released ``released`` sessions, or none; it stays open until it has passed.
    """

    id: str
    unit_id: str
    facts: Mapping[str, Any]
    opened_at: datetime
    decided_by: str | None = None
    released: int | None = None
    closed_at: datetime | None = None

    @property
    def suggested(self) -> tuple[str, ...]:
        """The sessions that were enough when it was found."""
        return tuple(self.facts.get("suggested", ()))


async def get(tx: AsyncConnection, rush_id: str) -> RushRow | None:
    """Return a rush, or None."""
    found = await tx.execute(sa.select(t.rush).where(t.rush.c.id == rush_id))
    row = found.mappings().first()
    return RushRow(**row) if row else None


async def opened(tx: AsyncConnection, unit_id: str) -> RushRow | None:
    """Return the unit's rush that has not passed, or None."""
    rush = t.rush.c
    query = sa.select(t.rush).where(rush.unit_id == unit_id, rush.closed_at.is_(None))
    row = (await tx.execute(query)).mappings().first()
    return RushRow(**row) if row else None


async def insert(tx: AsyncConnection, row: RushRow) -> bool:
    """Add a rush; False where the unit has one that has not passed."""
    values = {name: getattr(row, name) for name in RushRow.__dataclass_fields__}
    return await inserted(tx, t.rush.insert().values(values))


async def decide(
    tx: AsyncConnection, rush_id: str, by: str, session_ids: Collection[str] = ()
) -> None:
    """Note who ended a rush, and what they released; who releases more adds to it.

    A session that two release at once counts once, as the first one's.
    """
    query = sa.select(t.rush).where(t.rush.c.id == rush_id).with_for_update()
    row = (await tx.execute(query)).mappings().one()
    before = row["facts"].get("gave", [])
    gave = [*before, *(one for one in session_ids if one not in before)]
    if row["decided_by"] and gave == before:
        return
    await tx.execute(
        t.rush.update()
        .where(t.rush.c.id == rush_id)
        .values(decided_by=by, released=len(gave), facts={**row["facts"], "gave": gave})
    )


async def close(tx: AsyncConnection, unit_id: str, at: datetime) -> Sequence[str]:
    """Note that a unit's rush has passed; its id, if there was one."""
    rush = t.rush.c
    result = await tx.execute(
        t.rush.update()
        .where(rush.unit_id == unit_id, rush.closed_at.is_(None))
        .values(closed_at=at)
        .returning(rush.id)
    )
    return list(result.scalars())
