"""The versions of the house's set-up, and the changes that are being made to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.setup import Setup
from scheduling.storage import plain
from scheduling.storage import tables as t

SETTING_UP = 0x73657475
"""PostgreSQL's advisory lock under which versions are added, one after the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version: who made it when, who seconded it, and which earlier one it restores."""

    number: int
    at: datetime
    by: str
    seconded_by: str | None
    restores: int | None
    content: Mapping[str, Any]


async def newest_number(tx: AsyncConnection) -> int:
    """Return the number of the version in force, 0 where there is none yet."""
    return int(await tx.scalar(sa.select(sa.func.max(t.setup_version.c.number))) or 0)


async def version(tx: AsyncConnection, number: int) -> Version | None:
    """Return a version, or None."""
    found = await tx.execute(sa.select(t.setup_version).where(t.setup_version.c.number == number))
    row = found.mappings().first()
    return Version(**row) if row else None


async def history(tx: AsyncConnection, most: int) -> Sequence[Version]:
    """Return the newest versions, the newest first."""
    query = sa.select(t.setup_version).order_by(t.setup_version.c.number.desc()).limit(most)
    return [Version(**row) for row in (await tx.execute(query)).mappings()]


async def lock(tx: AsyncConnection) -> int:
    """Keep others from adding a version until ``tx`` ends; return the number of the newest."""
    if tx.dialect.name == "postgresql":  # SQLite's writers wait for each other anyway
        await tx.execute(sa.select(sa.func.pg_advisory_xact_lock(SETTING_UP)))
    return await newest_number(tx)


async def add(
    tx: AsyncConnection,
    setup: Setup,
    *,
    number: int,
    at: datetime,
    by: str,
    seconded_by: str | None = None,
    restores: int | None = None,
) -> None:
    """Add a version under the next ``number``; the caller holds ``lock``."""
    await tx.execute(
        t.setup_version.insert().values(
            number=number,
            at=at,
            by=by,
            seconded_by=seconded_by,
            restores=restores,
            content=plain.write(setup),
        )
    )


class ChangeState(StrEnum):
    """How far a change is that somebody makes to the set-up."""

    PREVIEWED = "previewed"
    WAITING = "waiting"
    APPLIED = "applied"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What somebody wants to change: ``edits`` to the version ``base``; nothing until applied.

    ``restores`` is the earlier version that it goes back to, if it does; ``rehearsal`` is what a dry run of it gave so far.
    """

    id: str
    owner_id: str
    area: str
    base: int
    edits: Sequence[Mapping[str, Any]]
    state: ChangeState
    rehearsal: Mapping[str, Any] | None
    expires_at: datetime
    restores: int | None = None


async def put_change(tx: AsyncConnection, change: Change) -> None:
    """Add a change."""
    values = {name: getattr(change, name) for name in Change.__dataclass_fields__}
    await tx.execute(t.setup_change.insert().values(**values | {"state": change.state.value}))


def _change(row: sa.RowMapping) -> Change:
    return Change(**{**row, "state": ChangeState(row["state"])})


async def look_at_change(tx: AsyncConnection, change_id: str) -> Change | None:
    """Return a change, or None."""
    query = sa.select(t.setup_change).where(t.setup_change.c.id == change_id)
    row = (await tx.execute(query)).mappings().first()
    return _change(row) if row else None


async def locked_change(tx: AsyncConnection, change_id: str) -> Change | None:
    """Return a change, which nobody else moves on until ``tx`` ends, or None."""
    query = sa.select(t.setup_change.c.id).where(t.setup_change.c.id == change_id)
    await tx.execute(query.with_for_update())
    return await look_at_change(tx, change_id)


async def move_change(
    tx: AsyncConnection, change_id: str, to: ChangeState, *, of: Sequence[ChangeState]
) -> bool:
    """Move a change on from one of ``of``; False where it was elsewhere."""
    result = await tx.execute(
        t.setup_change.update()
        .where(t.setup_change.c.id == change_id)
        .where(t.setup_change.c.state.in_([state.value for state in of]))
        .values(state=to.value)
    )
    return result.rowcount == 1


async def note_rehearsal(tx: AsyncConnection, change_id: str, found: Mapping[str, Any]) -> None:
    """Keep what a dry run of the change gave so far."""
    await tx.execute(
        t.setup_change.update().where(t.setup_change.c.id == change_id).values(rehearsal=found)
    )


async def waiting(tx: AsyncConnection, now: datetime) -> Sequence[Change]:
    """Return the changes that wait for a second person, the oldest first."""
    table = t.setup_change.c
    query = (
        sa.select(t.setup_change)
        .where(table.state == ChangeState.WAITING.value, table.expires_at > now)
        .order_by(table.expires_at, table.id)
    )
    return [_change(row) for row in (await tx.execute(query)).mappings()]
