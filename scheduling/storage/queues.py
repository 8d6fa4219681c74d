"""What waits in units: undecided work items, and tickets whose turn has not come."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.requests import RequestState
from scheduling.storage import requests, work_items
from scheduling.storage import tables as t
from scheduling.storage.requests import RequestRow
from scheduling.storage.work_items import UNDECIDED, WorkItemRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecided:
    """An undecided work item with its request."""

    item: WorkItemRow
    request: RequestRow


async def undecided(tx: AsyncConnection, unit_ids: Collection[str]) -> Sequence[Undecided]:
    """Return the undecided work items of units, the oldest first."""
    item = t.work_item.c
    found = await tx.execute(
        sa.select(t.work_item)
        .where(item.unit_id.in_(list(unit_ids)), item.state.in_(UNDECIDED))
        .order_by(item.created_at, item.id)
    )
    items = [work_items.row_of(dict(row)) for row in found.mappings()]
    rows = await _by_id(tx, {one.request_id for one in items})
    return [Undecided(item=one, request=rows[one.request_id]) for one in items]


async def _by_id(tx: AsyncConnection, ids: Collection[str]) -> dict[str, RequestRow]:
    found = await tx.execute(sa.select(t.request).where(t.request.c.id.in_(list(ids))))
    return {row["id"]: requests.row_of(dict(row)) for row in found.mappings()}


async def waiting(tx: AsyncConnection, unit_ids: Collection[str]) -> Sequence[RequestRow]:
    """Return the requests of units whose turn has not come, the oldest first."""
    request = t.request.c
    found = await tx.execute(
        sa.select(t.request)
        .where(request.unit_id.in_(list(unit_ids)), request.state == RequestState.QUEUED.value)
        .order_by(request.created_at, request.unit_id, request.ticket)
    )
    return [requests.row_of(dict(row)) for row in found.mappings()]
