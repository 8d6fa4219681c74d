"""The outbox: what somebody is to be told, when, and what has become of it. Ids only, no words."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.notices import Concern, Means, NoticeKind
from scheduling.domain.times import Interval
from scheduling.storage import tables as t
from scheduling.storage.inserting import inserted


class OutboxState(StrEnum):
    """The life of a notice.

    ``SENDING`` is the intent, written before the post; ``DIGESTED`` went into a digest, which is a
    notice itself; ``DROPPED`` was true no more.
    """

    WAITING = "waiting"
    SENDING = "sending"
    TOLD = "told"
    DIGESTED = "digested"
    UNREACHED = "unreached"
    DROPPED = "dropped"


OPEN = (OutboxState.WAITING.value, OutboxState.SENDING.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """A notice as stored; instants are aware UTC.

    ``person_id`` is None for the schedulers' thread. ``subject`` is the id of the request, or of
    what else it is about; ``about`` the ids of its sessions, of a digest the keys of what is in
    it. It is told at ``due_at`` or later, and never from ``until`` on.
    """

    key: str
    person_id: str | None
    concern: Concern
    kind: NoticeKind
    subject: str
    about: tuple[str, ...] = ()
    means: Means
    state: OutboxState = OutboxState.WAITING
    created_at: datetime
    due_at: datetime
    until: datetime | None = None
    ended_at: datetime | None = None


def _row(found: Mapping[str, Any]) -> OutboxRow:
    made = {
        "concern": Concern(found["concern"]),
        "kind": NoticeKind(found["kind"]),
        "means": Means(found["means"]),
        "state": OutboxState(found["state"]),
        "about": tuple(found["about"]),
    }
    return OutboxRow(**{**found, **made})


async def put(tx: AsyncConnection, row: OutboxRow) -> bool:
    """Insert a notice; False where one with that key is there already, whatever became of it."""
    values = {name: getattr(row, name) for name in OutboxRow.__dataclass_fields__}
    return await inserted(tx, t.outbox.insert().values({**values, "about": list(row.about)}))


async def get(tx: AsyncConnection, key: str) -> OutboxRow | None:
    """Return one notice, or None."""
    found = await tx.execute(sa.select(t.outbox).where(t.outbox.c.key == key))
    row = found.mappings().first()
    return _row(dict(row)) if row else None


async def waiting(
    tx: AsyncConnection, person_id: str | None, means: Collection[Means] = tuple(Means)
) -> Sequence[OutboxRow]:
    """Return what somebody still is to be told, oldest first."""
    found = await tx.execute(
        sa.select(t.outbox)
        .where(
            t.outbox.c.person_id == person_id,
            t.outbox.c.state == OutboxState.WAITING.value,
            t.outbox.c.means.in_([one.value for one in means]),
        )
        .order_by(t.outbox.c.created_at, t.outbox.c.key)
    )
    return [_row(dict(row)) for row in found.mappings()]


async def held(tx: AsyncConnection, subject: str, kind: NoticeKind) -> frozenset[str]:
    """Return whom a notice of this kind about ``subject`` still waits for."""
    found = await tx.execute(
        sa.select(t.outbox.c.person_id).where(
            t.outbox.c.subject == subject,
            t.outbox.c.kind == kind.value,
            t.outbox.c.state.in_(OPEN),
        )
    )
    return frozenset(one for one in found.scalars() if one is not None)


async def open_about(tx: AsyncConnection, kind: NoticeKind, subject: str) -> Sequence[str]:
    """Return the keys of what waits of this kind about ``subject``, whomever it is for."""
    found = await tx.scalars(
        sa.select(t.outbox.c.key).where(
            t.outbox.c.subject == subject,
            t.outbox.c.kind == kind.value,
            t.outbox.c.state == OutboxState.WAITING.value,
        )
    )
    return list(found)


async def people_told(tx: AsyncConnection, kind: NoticeKind, subject: str) -> Sequence[str]:
    """Return who was told something of this kind about ``subject``, by id."""
    found = await tx.scalars(
        sa.select(t.outbox.c.person_id)
        .where(
            t.outbox.c.subject == subject,
            t.outbox.c.kind == kind.value,
            t.outbox.c.person_id.is_not(None),
        )
        .distinct()
        .order_by(t.outbox.c.person_id)
    )
    return list(found)


async def pushes(tx: AsyncConnection, person_id: str, span: Interval) -> int:
    """Return how many messages somebody got, or is just getting, within ``span``.

    On PostgreSQL the person's row is locked, so that two who count do not both send the last.
    """
    await tx.execute(sa.select(t.person.c.id).where(t.person.c.id == person_id).with_for_update())
    row = t.outbox.c
    sent = row.state.in_([OutboxState.TOLD.value, OutboxState.SENDING.value])
    found = await tx.scalar(
        sa.select(sa.func.count())
        .select_from(t.outbox)
        .where(row.person_id == person_id, sent)
        .where(row.ended_at >= span.start, row.ended_at < span.end)
    )
    return int(found or 0)


async def replan(tx: AsyncConnection, key: str, means: Means, due_at: datetime) -> None:
    """Let a notice that waits be told otherwise, or later."""
    await tx.execute(
        t.outbox.update()
        .where(t.outbox.c.key == key, t.outbox.c.state == OutboxState.WAITING.value)
        .values(means=means.value, due_at=due_at)
    )


async def narrow(tx: AsyncConnection, key: str, about: Sequence[str]) -> None:
    """Let a notice that waits be about these sessions only."""
    await tx.execute(
        t.outbox.update()
        .where(t.outbox.c.key == key, t.outbox.c.state == OutboxState.WAITING.value)
        .values(about=list(about))
    )


async def settle(
    tx: AsyncConnection, keys: Collection[str], state: OutboxState, at: datetime
) -> None:
    """Note what becomes of notices that are open; what has an end keeps it."""
    await tx.execute(
        t.outbox.update()
        .where(t.outbox.c.key.in_(list(keys)), t.outbox.c.state.in_(OPEN))
        .values(state=state.value, ended_at=at)
    )


async def overdue(tx: AsyncConnection, before: datetime, most: int) -> Sequence[OutboxRow]:
    """Return the ``most`` oldest notices that should have been told before ``before``."""
    found = await tx.execute(
        sa.select(t.outbox)
        .where(t.outbox.c.state.in_(OPEN), t.outbox.c.due_at < before)
        .order_by(t.outbox.c.due_at, t.outbox.c.key)
        .limit(most)
    )
    return [_row(dict(row)) for row in found.mappings()]
