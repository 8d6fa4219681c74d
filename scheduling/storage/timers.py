"""Timers: what becomes due, and when. One row for each kind and subject."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.storage import tables as t
from scheduling.storage.inserting import inserted

EVERYTHING = "all"
"""The subject of a timer that is of no one thing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerRow:
    """A timer as stored; instants are aware UTC, ``done_at`` is None while it is to come."""

    id: str
    kind: str
    subject: str
    due_at: datetime
    done_at: datetime | None


def timer_id(kind: str, subject: str) -> str:
    """Return the id of the one timer of this kind that a subject has."""
    return f"{kind}:{subject}"


async def set_timer(tx: AsyncConnection, kind: str, subject: str, due_at: datetime) -> None:
    """Let ``subject`` become due at ``due_at``, and no longer when it was to before.

    Repeating it changes nothing: a timer that is done stays done until it gets another time.
    """
    row = {"id": timer_id(kind, subject), "kind": kind, "subject": subject, "due_at": due_at}
    if not await inserted(tx, t.timer.insert().values(row)):
        await tx.execute(
            t.timer.update()
            .where(t.timer.c.id == row["id"], t.timer.c.due_at != due_at)
            .values(due_at=due_at, done_at=None)
        )


async def cancel(tx: AsyncConnection, kind: str, subject: str) -> None:
    """Forget a timer, whether it is done or not."""
    await tx.execute(t.timer.delete().where(t.timer.c.id == timer_id(kind, subject)))


async def get(tx: AsyncConnection, kind: str, subject: str) -> TimerRow | None:
    """Return a subject's timer of this kind, or None."""
    found = await tx.execute(sa.select(t.timer).where(t.timer.c.id == timer_id(kind, subject)))
    row = found.mappings().first()
    return TimerRow(**row) if row else None


async def of_kind(tx: AsyncConnection, kind: str) -> Sequence[TimerRow]:
    """Return every timer of a kind, done or not."""
    found = await tx.execute(sa.select(t.timer).where(t.timer.c.kind == kind))
    return [TimerRow(**row) for row in found.mappings()]


async def due(
    tx: AsyncConnection, kinds: Collection[str], now: datetime, most: int
) -> Sequence[TimerRow]:
    """Return the ``most`` longest due timers of ``kinds``; what another process has, it keeps."""
    found = await tx.execute(
        sa.select(t.timer)
        .where(t.timer.c.done_at.is_(None), t.timer.c.due_at <= now, t.timer.c.kind.in_(kinds))
        .order_by(t.timer.c.due_at, t.timer.c.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    return [TimerRow(**row) for row in found.mappings()]


async def done(tx: AsyncConnection, row: TimerRow, now: datetime) -> None:
    """Note that a timer was acted on; it never becomes due again at that time."""
    await tx.execute(t.timer.update().where(t.timer.c.id == row.id).values(done_at=now))


async def forget_done(tx: AsyncConnection, kinds: Collection[str], before: datetime) -> int:
    """Delete the timers of ``kinds`` that were done before ``before``; how many."""
    result = await tx.execute(
        t.timer.delete().where(t.timer.c.done_at < before, t.timer.c.kind.in_(kinds))
    )
    return result.rowcount
