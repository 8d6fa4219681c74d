"""Who wants an earlier time when it is quiet, and which they were offered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.offers import OfferState
from scheduling.domain.proposals import Option
from scheduling.storage import tables as t
from scheduling.storage.codec import dump, load
from scheduling.storage.inserting import inserted


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRow:
    """An offer as stored; the change that an acceptance begins has its id."""

    id: str
    version: int
    state: OfferState
    unit_id: str
    person_id: str
    session_id: str
    request_id: str
    option: Option
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """How often somebody was offered something since some time, and when last."""

    times: int
    last: datetime | None


async def opt(tx: AsyncConnection, person_id: str, *, into: bool, at: datetime) -> None:
    """Let somebody want earlier times, or none any more; twice is once."""
    known = await wants(tx, person_id)
    if into and not known:
        await tx.execute(t.earlier.insert().values(person_id=person_id, since=at))
    elif known and not into:
        await tx.execute(t.earlier.delete().where(t.earlier.c.person_id == person_id))


async def wants(tx: AsyncConnection, person_id: str) -> bool:
    """Whether somebody wants earlier times."""
    query = sa.select(t.earlier.c.person_id).where(t.earlier.c.person_id == person_id)
    return await tx.scalar(query) is not None


async def wanting(tx: AsyncConnection, unit_id: str) -> Sequence[str]:
    """Return the active people of a unit who want earlier times."""
    person = t.person.c
    query = sa.select(t.earlier.c.person_id).join(t.person, person.id == t.earlier.c.person_id)
    return sorted(await tx.scalars(query.where(person.unit_id == unit_id, person.active)))


async def offered(
    tx: AsyncConnection, person_ids: Sequence[str], since: datetime
) -> Mapping[str, Offered]:
    """Return for each how often they were offered something at ``since`` or later."""
    offer = t.early_offer.c
    found = await tx.execute(
        sa.select(offer.person_id, sa.func.count(), sa.func.max(offer.created_at))
        .where(offer.person_id.in_(list(person_ids)), offer.created_at >= since)
        .group_by(offer.person_id)
    )
    counts = {person: Offered(times=times, last=last) for person, times, last in found}
    return {one: counts.get(one, Offered(times=0, last=None)) for one in person_ids}


def _row(row: Mapping[str, Any]) -> OfferRow:
    fields = {name: row[name] for name in OfferRow.__dataclass_fields__}
    made = {"state": OfferState(row["state"]), "option": load(Option, row["option"])}
    return OfferRow(**{**fields, **made})


async def insert(tx: AsyncConnection, row: OfferRow) -> bool:
    """Add an offer; False where the person has one that is open."""
    values = {name: getattr(row, name) for name in OfferRow.__dataclass_fields__}
    values |= {"state": row.state.value, "option": dump(Option, row.option)}
    return await inserted(tx, t.early_offer.insert().values(values))


async def get(tx: AsyncConnection, offer_id: str) -> OfferRow | None:
    """Return an offer, or None."""
    found = await tx.execute(sa.select(t.early_offer).where(t.early_offer.c.id == offer_id))
    row = found.mappings().first()
    return _row(dict(row)) if row else None


async def of_unit(
    tx: AsyncConnection, unit_id: str, state: OfferState, since: datetime
) -> Sequence[OfferRow]:
    """Return a unit's offers in a state that were made at ``since`` or later, oldest first."""
    offer = t.early_offer.c
    found = await tx.execute(
        sa.select(t.early_offer)
        .where(offer.unit_id == unit_id, offer.state == state.value, offer.created_at >= since)
        .order_by(offer.created_at, offer.id)
    )
    return [_row(dict(row)) for row in found.mappings()]


async def end(tx: AsyncConnection, row: OfferRow, to: OfferState) -> bool:
    """Move an open offer on from exactly its version; False if it moved on before."""
    offer = t.early_offer
    result = await tx.execute(
        offer.update()
        .where(
            offer.c.id == row.id,
            offer.c.version == row.version,
            offer.c.state == OfferState.OPEN.value,
        )
        .values(state=to.value, version=row.version + 1)
    )
    return result.rowcount == 1
