"""Agents' own wishes for a session with their manager, at most one open for each agent."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.petitions import PetitionState
from scheduling.storage import tables as t
from scheduling.storage.inserting import inserted


class AlreadyOpen(Exception):
    """The agent has an open petition already; nothing was inserted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PetitionRow:
    """A petition as stored."""

    id: str
    version: int
    state: PetitionState
    unit_id: str
    agent_id: str
    manager_id: str
    type_id: str
    created_at: datetime
    decided_by: str | None = None
    request_id: str | None = None


def _petition(row: Mapping[str, Any]) -> PetitionRow:
    return PetitionRow(**{**row, "state": PetitionState(row["state"])})


async def insert(tx: AsyncConnection, row: PetitionRow) -> None:
    """Keep a new petition; AlreadyOpen where the agent has one that is open."""
    names = PetitionRow.__dataclass_fields__
    values = {name: getattr(row, name) for name in names} | {"state": row.state.value}
    if not await inserted(tx, t.petition.insert().values(values)):
        raise AlreadyOpen("there is an open petition of this agent")


async def get(tx: AsyncConnection, petition_id: str) -> PetitionRow | None:
    """Return a petition, or None."""
    found = await tx.execute(sa.select(t.petition).where(t.petition.c.id == petition_id))
    row = found.mappings().first()
    return _petition(dict(row)) if row else None


async def latest_of(tx: AsyncConnection, agent_id: str) -> PetitionRow | None:
    """Return an agent's newest petition, or None."""
    found = await tx.execute(
        sa.select(t.petition)
        .where(t.petition.c.agent_id == agent_id)
        .order_by(t.petition.c.created_at.desc(), t.petition.c.id.desc())
        .limit(1)
    )
    row = found.mappings().first()
    return _petition(dict(row)) if row else None


async def open_of(tx: AsyncConnection, agent_ids: Collection[str]) -> Sequence[PetitionRow]:
    """Return the open petitions of these agents."""
    found = await tx.execute(
        sa.select(t.petition)
        .where(
            t.petition.c.agent_id.in_(list(agent_ids)),
            t.petition.c.state == PetitionState.OPEN.value,
        )
        .order_by(t.petition.c.id)
    )
    return [_petition(dict(row)) for row in found.mappings()]


async def settle(
    tx: AsyncConnection, row: PetitionRow, to: PetitionState, **values: object
) -> bool:
    """Move an open petition to ``to``, with other columns; False if it was decided meanwhile."""
    result = await tx.execute(
        t.petition.update()
        .where(
            t.petition.c.id == row.id,
            t.petition.c.state == PetitionState.OPEN.value,
        )
        .values(state=to.value, version=row.version + 1, **values)
    )
    return result.rowcount == 1
