"""Who can be reached, and what keeps us from it: one row for each person, one for each cause."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.reach import Account, App
from scheduling.storage import tables as t
from scheduling.storage.inserting import inserted


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachRow:
    """What the last look found; ``fault`` names why the app is not there, in Teams' or Graph's word."""

    person_id: str
    account: Account
    app: App
    fault: str | None = None
    checked_at: datetime


async def note(tx: AsyncConnection, row: ReachRow) -> None:
    """Keep what was found over what was known."""
    values = {name: getattr(row, name) for name in ReachRow.__dataclass_fields__}
    await tx.execute(t.reach.delete().where(t.reach.c.person_id == row.person_id))
    await tx.execute(t.reach.insert().values(values))


async def of_people(tx: AsyncConnection, ids: Collection[str]) -> Mapping[str, ReachRow]:
    """Return what is known of the people among ``ids``."""
    found = await tx.execute(sa.select(t.reach).where(t.reach.c.person_id.in_(list(ids))))
    rows = [
        ReachRow(**{**row, "account": Account(row["account"]), "app": App(row["app"])})
        for row in found.mappings()
    ]
    return {row.person_id: row for row in rows}


Chats: TypeAlias = Mapping[str, str | None]
"""Directory id to why Teams takes nothing in that person's chat, None where it does."""


async def chats(tx: AsyncConnection, object_ids: Collection[str]) -> Chats:
    """Return the chats that there are with the accounts among ``object_ids``."""
    chat = t.conversation.c
    blocked = chat.record["blocked"].as_string()
    found = await tx.execute(
        sa.select(chat.object_id, blocked)
        .where(chat.object_id.in_(list(object_ids)), chat.kind == "personal")
        .order_by(chat.updated_at)
    )
    return {row[0]: row[1] for row in found}


async def blocked(tx: AsyncConnection, cause: str) -> int:
    """Return in how many conversations Teams takes nothing for ``cause``."""
    held = t.conversation.c.record["blocked"].as_string() == cause
    query = sa.select(sa.func.count()).select_from(t.conversation).where(held)
    return int(await tx.scalar(query) or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ObstacleRow:
    """Why Aside may not write somewhere, once for each cause; ``affected`` conversations have it."""

    cause: str
    version: int
    affected: int
    opened_at: datetime
    closed_at: datetime | None = None


async def obstacle(tx: AsyncConnection, cause: str) -> ObstacleRow | None:
    """Return the obstacle of a cause, open or not."""
    found = await tx.execute(sa.select(t.obstacle).where(t.obstacle.c.cause == cause))
    row = found.mappings().first()
    return ObstacleRow(**row) if row else None


async def obstacles(tx: AsyncConnection) -> Sequence[ObstacleRow]:
    """Return the open ones, the longest first."""
    found = await tx.execute(
        sa.select(t.obstacle)
        .where(t.obstacle.c.closed_at.is_(None))
        .order_by(t.obstacle.c.opened_at)
    )
    return [ObstacleRow(**row) for row in found.mappings()]


async def meet(tx: AsyncConnection, cause: str, affected: int, at: datetime) -> ObstacleRow | None:
    """Note how many conversations have an obstacle; the row as it is now, None where nothing changed.

    With none left it is closed; met again after that, it opens anew under its next version.
    """
    known = await obstacle(tx, cause)
    if known is None:
        if affected == 0:
            return None
        row = ObstacleRow(cause=cause, version=1, affected=affected, opened_at=at)
        # Where two meet it at once, the other has it.
        return row if await inserted(tx, t.obstacle.insert().values(_values(row))) else None
    row = _met(known, affected, at)
    if row == known:
        return None
    await tx.execute(t.obstacle.update().where(t.obstacle.c.cause == cause).values(_values(row)))
    return row


def _met(known: ObstacleRow, affected: int, at: datetime) -> ObstacleRow:
    version = known.version + (known.closed_at is not None and affected > 0)
    again = version != known.version
    return ObstacleRow(
        cause=known.cause,
        version=version,
        affected=affected or known.affected,
        opened_at=at if again else known.opened_at,
        closed_at=None if affected else known.closed_at or at,
    )


def _values(row: ObstacleRow) -> dict[str, object]:
    return {name: getattr(row, name) for name in ObstacleRow.__dataclass_fields__}
