"""Work items, the decisions on them, and the audit of both."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.requests import WorkItemCause, WorkItemState
from scheduling.domain.rules import Rule
from scheduling.storage import cards
from scheduling.storage import tables as t
from scheduling.storage.inserting import inserted


class AlreadyDecided(Exception):
    """Another tap decided first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItemRow:
    """A work item as stored; ``facts`` is the snapshot that its card shows.

    ``decide_by`` is when the last start passes that could still be granted; ``take_on_by`` and
    ``resolve_by`` are its service clock's. ``cause_key`` is what it shares with others of its cause,
    ``group_id`` their group, if there are enough.
    """

    id: str
    version: int
    cause: WorkItemCause
    state: WorkItemState
    request_id: str
    unit_id: str
    facts: Mapping[str, object]
    claimed_by: str | None
    decided_by: str | None
    note: str | None
    created_at: datetime
    decide_by: datetime | None
    take_on_by: datetime | None = None
    resolve_by: datetime | None = None
    cause_key: str | None = None
    group_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Who decided what. ``second_id`` confirmed a force below the floor."""

    work_item_id: str
    kind: str
    first_id: str
    rules: frozenset[Rule]
    decided_at: datetime
    reason: str | None = None
    second_id: str | None = None


UNDECIDED = [state.value for state in WorkItemState if not state.decided]

_NUMBER = (sa.func.length(t.work_item.c.id), t.work_item.c.id)
"""A request's items in the order of their numbers, which end their ids: clocks jump back."""


async def insert(tx: AsyncConnection, row: WorkItemRow) -> bool:
    """Add a work item; False where one of that id is there already."""
    if await get(tx, row.id) is not None:
        return False
    values = {name: getattr(row, name) for name in WorkItemRow.__dataclass_fields__}
    await tx.execute(
        t.work_item.insert().values({**values, "cause": row.cause.value, "state": row.state.value})
    )
    return True


def row_of(row: Mapping[str, Any]) -> WorkItemRow:
    """Return a work item from its columns."""
    return WorkItemRow(
        **{
            **row,
            "cause": WorkItemCause(row["cause"]),
            "state": WorkItemState(row["state"]),
        }
    )


async def get(tx: AsyncConnection, work_item_id: str) -> WorkItemRow | None:
    """Return the work item, or None."""
    found = await tx.execute(sa.select(t.work_item).where(t.work_item.c.id == work_item_id))
    row = found.mappings().first()
    return row_of(dict(row)) if row else None


async def of_request(tx: AsyncConnection, request_id: str) -> Sequence[WorkItemRow]:
    """Return all work items of a request, oldest first."""
    found = await tx.execute(
        sa.select(t.work_item).where(t.work_item.c.request_id == request_id).order_by(*_NUMBER)
    )
    return [row_of(dict(row)) for row in found.mappings()]


async def locked(tx: AsyncConnection, work_item_id: str) -> WorkItemRow:
    """Return a work item that nobody else changes until ``tx`` ends; LookupError where none is.

    Its request is locked before it, see ``requests.locked``.
    """
    await tx.execute(
        sa.select(t.work_item.c.id)
        .where(t.work_item.c.id == work_item_id)
        .with_for_update(key_share=True)
    )
    row = await get(tx, work_item_id)
    if row is None:
        raise LookupError(f"there is no work item {work_item_id}")
    return row


async def latest_of(tx: AsyncConnection, request_id: str) -> WorkItemRow | None:
    """Return the newest work item of a request, or None."""
    found = await tx.execute(
        sa.select(t.work_item)
        .where(t.work_item.c.request_id == request_id)
        .order_by(*(part.desc() for part in _NUMBER))
        .limit(1)
    )
    row = found.mappings().first()
    return row_of(dict(row)) if row else None


async def undecided_of(
    tx: AsyncConnection, unit_id: str, causes: Collection[WorkItemCause] = tuple(WorkItemCause)
) -> Sequence[WorkItemRow]:
    """Return a unit's undecided work items of ``causes``, by ticket."""
    found = await tx.execute(
        sa.select(t.work_item)
        .join(t.request, t.request.c.id == t.work_item.c.request_id)
        .where(
            t.work_item.c.unit_id == unit_id,
            t.work_item.c.state.in_(UNDECIDED),
            t.work_item.c.cause.in_([cause.value for cause in causes]),
        )
        .order_by(t.request.c.ticket, *_NUMBER)
    )
    return [row_of(dict(row)) for row in found.mappings()]


async def units_with(tx: AsyncConnection, causes: Collection[WorkItemCause]) -> Sequence[str]:
    """Return the units that have undecided work items of ``causes``."""
    item = t.work_item.c
    query = sa.select(item.unit_id).distinct().where(item.state.in_(UNDECIDED))
    found = await tx.scalars(query.where(item.cause.in_([cause.value for cause in causes])))
    return sorted(found)


async def unshown(tx: AsyncConnection, before: datetime) -> Sequence[WorkItemRow]:
    """Return the undecided work items made before then that no place shows, by themselves or in a group."""
    item = t.work_item.c
    found = await tx.execute(
        sa.select(t.work_item)
        .where(
            item.state.in_(UNDECIDED),
            item.created_at < before,
            ~sa.exists().where(t.card.c.subject == sa.literal(cards.of_item("")) + item.id),
            ~sa.exists().where(t.card.c.subject == sa.literal(cards.of_group("")) + item.group_id),
        )
        .order_by(item.created_at, item.id)
    )
    return [row_of(dict(row)) for row in found.mappings()]


async def count_of(tx: AsyncConnection, request_id: str) -> int:
    """Return how many work items a request has had."""
    return int(
        await tx.scalar(
            sa.select(sa.func.count())
            .select_from(t.work_item)
            .where(t.work_item.c.request_id == request_id)
        )
        or 0
    )


async def advance(
    tx: AsyncConnection,
    row: WorkItemRow,
    *,
    to: WorkItemState,
    of: Collection[WorkItemState],
    **values: object,
) -> bool:
    """Move a work item on from exactly ``row.version``; False if it moved on or was elsewhere."""
    result = await tx.execute(
        t.work_item.update()
        .where(
            t.work_item.c.id == row.id,
            t.work_item.c.version == row.version,
            t.work_item.c.state.in_([s.value for s in of]),
        )
        .values(state=to.value, version=row.version + 1, **values)
    )
    return result.rowcount == 1


async def decide(tx: AsyncConnection, decision: Decision) -> None:
    """Record the one decision a work item can have; AlreadyDecided for a second."""
    made = t.decision.insert().values(
        work_item_id=decision.work_item_id,
        kind=decision.kind,
        first_id=decision.first_id,
        second_id=decision.second_id,
        reason=decision.reason,
        rules=sorted(rule.value for rule in decision.rules),
        decided_at=decision.decided_at,
    )
    if not await inserted(tx, made):
        raise AlreadyDecided(f"work item {decision.work_item_id} is decided")


async def followed(tx: AsyncConnection, work_item_id: str) -> bool:
    """Whether what the decision on a work item lets go on was seen to."""
    decision = t.decision.c
    return bool(
        await tx.scalar(
            sa.select(sa.true()).where(
                decision.work_item_id == work_item_id, decision.followed_at.is_not(None)
            )
        )
    )


async def follow(tx: AsyncConnection, work_item_id: str, now: datetime) -> None:
    """Note that what the decision on a work item lets go on is seen to; the first time stays."""
    await tx.execute(
        t.decision.update()
        .where(t.decision.c.work_item_id == work_item_id, t.decision.c.followed_at.is_(None))
        .values(followed_at=now)
    )
