"""Sentences that an edge has taken: Teams sends one again, maybe to another edge, where no answer came in time.

Kept as timers on which nobody acts: due when an edge took it, done when it had answered.
"""

from datetime import datetime, timedelta
from enum import StrEnum, auto

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.storage import tables as t
from scheduling.storage import timers
from scheduling.storage.inserting import inserted

KIND = "turn"
REMEMBERED = timedelta(hours=1)
"""Longer than an activity may be old to be let in."""
LOST = timedelta(seconds=20)
"""An edge that has not answered by then has died; longer than Teams waits for it."""


class Taken(StrEnum):
    """Whose a sentence is."""

    OURS = auto()
    ANSWERED = auto()
    UNDER_WAY = auto()


async def take(tx: AsyncConnection, key: str, now: datetime) -> Taken:
    """Take a sentence for this edge unless another one has it; what is old is forgotten by the way."""
    timer = t.timer.c
    await tx.execute(t.timer.delete().where(timer.kind == KIND, timer.due_at < now - REMEMBERED))
    row = {"id": timers.timer_id(KIND, key), "kind": KIND, "subject": key, "due_at": now}
    if await inserted(tx, t.timer.insert().values(row)):
        return Taken.OURS
    found = await timers.get(tx, KIND, key)
    if found is None or found.done_at is not None:
        return Taken.ANSWERED
    if found.due_at > now - LOST:
        return Taken.UNDER_WAY
    ours = await tx.execute(
        t.timer.update()
        .where(timer.id == found.id, timer.due_at == found.due_at)
        .values(due_at=now)
    )
    return Taken.OURS if ours.rowcount else Taken.UNDER_WAY


async def answered(tx: AsyncConnection, key: str, now: datetime) -> None:
    """Note that a sentence has its answer."""
    mine = t.timer.c.id == timers.timer_id(KIND, key)
    await tx.execute(t.timer.update().where(mine).values(done_at=now))
