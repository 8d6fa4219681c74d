"""Drafts, their proposals, and the soft holds that keep a proposal's options for a while."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.proposals import Proposal
from scheduling.domain.requests import Draft, DraftState
from scheduling.domain.times import Interval
from scheduling.storage import tables as t
from scheduling.storage.codec import dump, load


async def insert(tx: AsyncConnection, draft: Draft) -> None:
    """Add a new draft."""
    await tx.execute(
        t.draft.insert().values(
            id=draft.id,
            version=draft.version,
            owner_id=draft.owner_id,
            conversation_id=draft.conversation_id,
            state=draft.state.value,
            expires_at=draft.expires_at,
            payload=dict(draft.payload),
            request_id=draft.request_id,
        )
    )


async def get(tx: AsyncConnection, draft_id: str) -> Draft | None:
    """Return the draft, or None."""
    return await _first(tx, sa.select(t.draft).where(t.draft.c.id == draft_id))


async def latest_open(
    tx: AsyncConnection, owner_id: str, conversation_id: str, now: datetime
) -> Draft | None:
    """Return the owner's youngest draft in a conversation that may still change, or None."""
    query = sa.select(t.draft).where(
        t.draft.c.owner_id == owner_id,
        t.draft.c.conversation_id == conversation_id,
        t.draft.c.state.in_((DraftState.ASKING.value, DraftState.PROPOSED.value)),
        t.draft.c.expires_at > now,
    )
    youngest = (t.draft.c.expires_at.desc(), t.draft.c.id.desc())
    return await _first(tx, query.order_by(*youngest).limit(1))


async def _first(tx: AsyncConnection, query: sa.Select[tuple[object, ...]]) -> Draft | None:
    row = (await tx.execute(query)).mappings().first()
    if row is None:
        return None
    fields = {name: row[name] for name in Draft.__dataclass_fields__}
    return Draft(**{**fields, "state": DraftState(row["state"])})


async def advance(
    tx: AsyncConnection,
    draft: Draft,
    *,
    state: DraftState,
    payload: Mapping[str, object] | None = None,
    request_id: str | None = None,
) -> bool:
    """Write the next version over exactly ``draft.version``; False if it moved on."""
    values: dict[str, object] = {"version": draft.version + 1, "state": state.value}
    if payload is not None:
        values["payload"] = dict(payload)
    if request_id is not None:
        values["request_id"] = request_id
    result = await tx.execute(
        t.draft.update()
        .where(t.draft.c.id == draft.id, t.draft.c.version == draft.version)
        .values(values)
    )
    return result.rowcount == 1


async def keep_proposal(tx: AsyncConnection, draft: Draft, proposal: Proposal) -> None:
    """Remember what was proposed for exactly this version of a draft."""
    await tx.execute(
        t.draft.update()
        .where(t.draft.c.id == draft.id)
        .values(proposal=dump(Proposal, proposal), proposal_version=draft.version)
    )


async def proposal(tx: AsyncConnection, draft: Draft) -> Proposal | None:
    """Return what was proposed for exactly this version of a draft, or None."""
    found = await tx.execute(
        sa.select(t.draft.c.proposal).where(
            t.draft.c.id == draft.id, t.draft.c.proposal_version == draft.version
        )
    )
    value = found.scalar()
    return None if value is None else load(Proposal, value)


async def hold(
    tx: AsyncConnection,
    draft_id: str,
    wanted: Iterable[tuple[str, Interval]],
    expires_at: datetime,
) -> None:
    """Replace the draft's soft holds by ``wanted`` (resource, interval)."""
    await release(tx, draft_id)
    rows = [
        {
            "draft_id": draft_id,
            "resource": resource,
            "start": interval.start,
            "end": interval.end,
            "expires_at": expires_at,
        }
        for resource, interval in sorted(set(wanted))
    ]
    if rows:
        await tx.execute(t.soft_hold.insert(), rows)


async def release(tx: AsyncConnection, draft_id: str) -> None:
    """Drop the draft's soft holds."""
    await tx.execute(t.soft_hold.delete().where(t.soft_hold.c.draft_id == draft_id))


async def held(
    tx: AsyncConnection, resources: Collection[str], *, now: datetime, besides: str
) -> Sequence[tuple[str, Interval]]:
    """Return the live soft holds on ``resources`` of drafts other than ``besides``."""
    rows = await tx.execute(
        sa.select(t.soft_hold.c.resource, t.soft_hold.c.start, t.soft_hold.c.end).where(
            t.soft_hold.c.resource.in_(list(resources)),
            t.soft_hold.c.expires_at > now,
            t.soft_hold.c.draft_id != besides,
        )
    )
    return [(row.resource, Interval(row.start, row.end)) for row in rows]


async def forget_holds(tx: AsyncConnection, now: datetime) -> None:
    """Delete the soft holds that are over by ``now``."""
    await tx.execute(t.soft_hold.delete().where(t.soft_hold.c.expires_at <= now))
