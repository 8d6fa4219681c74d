"""Which nudges of a work item were sent, each at most once."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.service_clocks import Nudge
from scheduling.storage import tables as t


async def note(
    tx: AsyncConnection, work_item_id: str, kinds: Collection[Nudge], at: datetime
) -> None:
    """Note nudges that are sent now; those noted before keep their time. The item is locked."""
    known = await noted(tx, work_item_id)
    new = [kind for kind in dict.fromkeys(kinds) if kind not in known]
    if new:
        rows = [{"work_item_id": work_item_id, "kind": kind.value, "at": at} for kind in new]
        await tx.execute(t.nudge.insert(), rows)


async def noted(tx: AsyncConnection, work_item_id: str) -> frozenset[Nudge]:
    """Return the nudges that a work item has had."""
    query = sa.select(t.nudge.c.kind).where(t.nudge.c.work_item_id == work_item_id)
    return frozenset(Nudge(kind) for kind in await tx.scalars(query))
