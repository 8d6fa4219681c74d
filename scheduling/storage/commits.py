"""The plans of batch runs, kept in parts until each has its turn."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.commits import CommitProgress, LeftOut, PlannedSession
from scheduling.domain.requests import RequestState, SessionState
from scheduling.storage import tables as t
from scheduling.storage.bookings import NOBODY
from scheduling.storage.codec import dump, load
from scheduling.storage.inserting import inserted

Sessions = tuple[PlannedSession, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitRow:
    """The commit of a plan of one unit; ``id`` is the run's, decided by whoever asks for it."""

    id: str
    unit_id: str
    requester_id: str
    requester_object_id: str
    sessions: int
    cancel_requested: bool
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRow:
    """One part of a plan; ``request_id`` is None until its turn comes."""

    batch_id: str
    number: int
    sessions: Sessions
    request_id: str | None
    left_out: Mapping[str, LeftOut]


async def insert(
    tx: AsyncConnection, row: CommitRow, parts: Sequence[Sequence[PlannedSession]]
) -> bool:
    """Keep a plan in its parts, numbered from 1; False where the commit is there already."""
    values = {name: getattr(row, name) for name in CommitRow.__dataclass_fields__}
    if not await inserted(tx, t.batch_commit.insert().values(values)):
        return False
    await tx.execute(
        t.batch_part.insert(),
        [
            {
                "batch_id": row.id,
                "number": number,
                "sessions": dump(Sessions, tuple(part)),
                "left_out": {},
            }
            for number, part in enumerate(parts, 1)
        ],
    )
    return True


async def get(tx: AsyncConnection, batch_id: str) -> CommitRow | None:
    """Return the commit, or None."""
    found = await tx.execute(sa.select(t.batch_commit).where(t.batch_commit.c.id == batch_id))
    row = found.mappings().first()
    return CommitRow(**row) if row else None


def _part(row: Mapping[str, Any]) -> PartRow:
    fields = {name: row[name] for name in PartRow.__dataclass_fields__}
    left_out = {who: LeftOut(why) for who, why in row["left_out"].items()}
    return PartRow(**{**fields, "sessions": load(Sessions, row["sessions"]), "left_out": left_out})


async def part(tx: AsyncConnection, batch_id: str, number: int) -> PartRow | None:
    """Return a part by its number, or None."""
    found = await tx.execute(
        sa.select(t.batch_part).where(
            t.batch_part.c.batch_id == batch_id, t.batch_part.c.number == number
        )
    )
    row = found.mappings().first()
    return _part(dict(row)) if row else None


async def of_group(tx: AsyncConnection, batch_id: str, group: str) -> Sequence[PartRow]:
    """Return the parts of a commit that name a group, in their order."""
    found = await tx.execute(
        sa.select(t.batch_part)
        .where(
            t.batch_part.c.batch_id == batch_id,
            t.batch_part.c.sessions[(0, "group")].as_string() == group,
        )
        .order_by(t.batch_part.c.number)
    )
    return [_part(dict(row)) for row in found.mappings()]


async def promised(tx: AsyncConnection, batch_ids: Collection[str]) -> set[str]:
    """Return who is to attend what these commits book, or has been booked by them."""
    found: set[str] = set()
    for batch_id in batch_ids:
        rows = await tx.execute(sa.select(t.batch_part).where(t.batch_part.c.batch_id == batch_id))
        parts = [_part(dict(row)) for row in rows.mappings()]
        left_out = {who for one in parts for who in one.left_out}
        found |= {i for part in parts for one in part.sessions for i in one.attendee_ids} - left_out
    return found


async def is_part(tx: AsyncConnection, request_id: str) -> bool:
    """Whether a request is one of a commit's."""
    query = sa.select(t.batch_part.c.number).where(t.batch_part.c.request_id == request_id)
    return await tx.scalar(query) is not None


async def of_request(tx: AsyncConnection, request_id: str) -> tuple[CommitRow, PartRow]:
    """Return the part that a request is, with its commit; LookupError where it is none.

    Nobody cancels the commit until ``tx`` ends. Whoever locks its requests too locks it first.
    """
    found = await tx.execute(sa.select(t.batch_part).where(t.batch_part.c.request_id == request_id))
    row = found.mappings().first()
    if row is not None:
        await tx.execute(
            sa.select(t.batch_commit.c.id)
            .where(t.batch_commit.c.id == row["batch_id"])
            .with_for_update(key_share=True)
        )
    commit = await get(tx, row["batch_id"]) if row else None
    if row is None or commit is None:
        raise LookupError(f"the request {request_id} is no part of a batch run")
    return commit, _part(dict(row))


async def give_request(tx: AsyncConnection, row: PartRow, request_id: str) -> None:
    """Note which request a part has become."""
    await tx.execute(_at(row).values(request_id=request_id))


async def leave_out(tx: AsyncConnection, row: PartRow, reasons: Mapping[str, LeftOut]) -> None:
    """Note who of a part was left out, and why."""
    await tx.execute(_at(row).values(left_out={who: why.value for who, why in reasons.items()}))


def _at(row: PartRow) -> sa.Update:
    return t.batch_part.update().where(
        t.batch_part.c.batch_id == row.batch_id, t.batch_part.c.number == row.number
    )


async def enlarge(tx: AsyncConnection, batch_id: str, sessions: int) -> None:
    """Note that a plan has so many sessions more, booked later than the rest."""
    table = t.batch_commit
    await tx.execute(
        table.update().where(table.c.id == batch_id).values(sessions=table.c.sessions + sessions)
    )


async def end(tx: AsyncConnection, batch_id: str, at: datetime) -> None:
    """Note that no further part will have a turn."""
    await tx.execute(
        t.batch_commit.update().where(t.batch_commit.c.id == batch_id).values(ended_at=at)
    )


async def ask_cancel(tx: AsyncConnection, batch_id: str) -> None:
    """Raise the flag on a commit, and on the requests of it that are being written."""
    await tx.execute(
        t.batch_commit.update().where(t.batch_commit.c.id == batch_id).values(cancel_requested=True)
    )
    ours = sa.select(t.batch_part.c.request_id).where(t.batch_part.c.batch_id == batch_id)
    writing = (RequestState.RESERVED.value, RequestState.BOOKING.value)
    await tx.execute(
        t.request.update()
        .where(t.request.c.id.in_(ours), t.request.c.state.in_(writing))
        .values(cancel_requested=True)
    )


async def progress(tx: AsyncConnection, row: CommitRow) -> CommitProgress:
    """Return how far a commit has come."""
    counted = await tx.execute(
        sa.select(t.session.c.state, sa.func.count())
        .join(t.batch_part, t.batch_part.c.request_id == t.session.c.request_id)
        .where(
            t.batch_part.c.batch_id == row.id,
            t.session.c.attendee_id != NOBODY,
            t.session.c.stands_for.is_(None),
        )
        .group_by(t.session.c.state)
    )
    states = Counter({SessionState(state): count for state, count in counted})
    parts = await tx.scalars(
        sa.select(t.batch_part.c.left_out)
        .where(t.batch_part.c.batch_id == row.id, t.batch_part.c.request_id.is_not(None))
        .order_by(t.batch_part.c.number)
    )
    return CommitProgress(
        sessions=row.sessions,
        reserved=states[SessionState.PLANNED],
        booked=states[SessionState.BOOKED],
        failed=states[SessionState.FAILED] + states[SessionState.CANCELLED],
        left_out=tuple((who, LeftOut(why)) for part in parts for who, why in part.items()),
        ended=row.ended_at is not None,
    )
