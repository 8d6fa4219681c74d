"""Requests with their tickets, sessions and reservations."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.asks import Ask
from scheduling.domain.proposals import Option, Unplaced
from scheduling.domain.requests import Remote, RequestState
from scheduling.domain.rules import Rule
from scheduling.storage import tables as t
from scheduling.storage.codec import dump, load
from scheduling.storage.inserting import inserted

UNDER_WAY = frozenset(
    {
        RequestState.QUEUED,
        RequestState.RESERVED,
        RequestState.BOOKING,
        RequestState.RELEASED,
        RequestState.ESCALATED,
    }
)
"""States in which somebody may still be given a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRequest:
    """What a submission writes, before it has a ticket."""

    id: str
    unit_id: str
    draft_id: str
    requester_id: str
    requester_object_id: str
    ask: Ask
    chosen: Mapping[str, Option]
    escalate: bool
    unplaced: tuple[Unplaced, ...]
    created_at: datetime
    correlation_id: str | None = None
    on_behalf_of: str | None = None
    granted: frozenset[Rule] = frozenset()
    setup: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRow:
    """A request as stored. ``chosen`` maps attendee id to option; empty for automatic ones.

    ``setup`` is the version of the set-up under which it was asked. ``relaxed`` is what schedulers
    loosened, ``granted`` what the requester did, for the options they chose so alone.
    """

    id: str
    unit_id: str
    ticket: int
    state: RequestState
    version: int
    draft_id: str
    requester_id: str
    requester_object_id: str
    ask: Ask
    chosen: Mapping[str, Option]
    relaxed: frozenset[Rule]
    granted: frozenset[Rule]
    escalate: bool
    unplaced: tuple[Unplaced, ...]
    attempts: int
    cancel_requested: bool
    trouble: str | None
    note: str | None
    correlation_id: str | None
    created_at: datetime
    undo_until: datetime | None
    on_behalf_of: str | None
    waiting_for: Remote | None
    waiting_since: datetime | None
    setup: int | None = None


async def take_ticket(tx: AsyncConnection, unit_id: str) -> int:
    """Lock the unit and return its next number; numbers have no gap and no repeat."""
    following = (
        t.unit.update()
        .where(t.unit.c.id == unit_id)
        .values(next_ticket=t.unit.c.next_ticket + 1)
        .returning(t.unit.c.next_ticket - 1)
    )
    ticket = await tx.scalar(following)
    if ticket is None:
        # Where it is there by now, somebody else has taken this unit's first ticket.
        await inserted(tx, t.unit.insert().values(id=unit_id, next_ticket=1))
        ticket = await tx.scalar(following)
    return int(ticket)


async def insert(tx: AsyncConnection, new: NewRequest) -> int:
    """Take a ticket and add the request as QUEUED; return the ticket."""
    ticket = await take_ticket(tx, new.unit_id)
    await tx.execute(
        t.request.insert().values(
            id=new.id,
            unit_id=new.unit_id,
            ticket=ticket,
            state=RequestState.QUEUED.value,
            version=1,
            draft_id=new.draft_id,
            requester_id=new.requester_id,
            requester_object_id=new.requester_object_id,
            type_id=new.ask.type_id,
            ask=dump(Ask, new.ask),
            chosen=dump(dict[str, Option], dict(new.chosen)),
            relaxed=[],
            granted=sorted(rule.value for rule in new.granted),
            escalate=new.escalate,
            unplaced=dump(tuple[Unplaced, ...], new.unplaced),
            attempts=0,
            cancel_requested=False,
            correlation_id=new.correlation_id,
            on_behalf_of=new.on_behalf_of,
            setup=new.setup,
            created_at=new.created_at,
        )
    )
    return ticket


def row_of(row: Mapping[str, Any]) -> RequestRow:
    """Return a request from its columns."""
    fields = {name: row[name] for name in RequestRow.__dataclass_fields__}
    return RequestRow(
        **{
            **fields,
            "state": RequestState(row["state"]),
            "ask": load(Ask, row["ask"]),
            "chosen": load(dict[str, Option], row["chosen"]),
            "relaxed": frozenset(Rule(rule) for rule in row["relaxed"]),
            "granted": frozenset(Rule(rule) for rule in row["granted"] or ()),
            "unplaced": load(tuple[Unplaced, ...], row["unplaced"]),
            "waiting_for": Remote(row["waiting_for"]) if row["waiting_for"] else None,
        }
    )


async def get(tx: AsyncConnection, request_id: str) -> RequestRow | None:
    """Return the request, or None."""
    found = await tx.execute(sa.select(t.request).where(t.request.c.id == request_id))
    row = found.mappings().first()
    return row_of(dict(row)) if row else None


async def require(tx: AsyncConnection, request_id: str) -> RequestRow:
    """Return the request; LookupError where there is none."""
    row = await get(tx, request_id)
    if row is None:
        raise LookupError(f"there is no request {request_id}")
    return row


async def locked(tx: AsyncConnection, request_id: str) -> RequestRow:
    """Return the request, which nobody else changes until ``tx`` ends; LookupError where none is.

    Whoever locks more than one row takes them in one order, so that nobody waits in a circle:
    unit, request, session, work item, and the audit last.
    """
    await tx.execute(
        sa.select(t.request.c.id)
        .where(t.request.c.id == request_id)
        .with_for_update(key_share=True)
    )
    return await require(tx, request_id)


async def waiting_or(
    tx: AsyncConnection, unit_id: str, type_id: str, ids: Collection[str]
) -> Sequence[RequestRow]:
    """Return a unit's requests of a type that have no time yet, and those of ``ids``, by ticket."""
    request = t.request.c
    waiting = request.state.in_([one.value for one in UNDER_WAY])
    found = await tx.execute(
        sa.select(t.request)
        .where(
            request.unit_id == unit_id,
            request.type_id == type_id,
            sa.or_(waiting, request.id.in_(list(ids))),
        )
        .order_by(request.ticket)
    )
    return [row_of(dict(row)) for row in found.mappings()]


async def position(tx: AsyncConnection, row: RequestRow) -> int:
    """Return the request's place among the unit's waiting tickets, from 1."""
    before = await tx.scalar(
        sa.select(sa.func.count())
        .select_from(t.request)
        .where(
            t.request.c.unit_id == row.unit_id,
            t.request.c.ticket < row.ticket,
            t.request.c.state == RequestState.QUEUED.value,
        )
    )
    return int(before or 0) + 1


async def queued_behind(tx: AsyncConnection, row: RequestRow, most: int) -> list[str]:
    """Return the ids of the unit's next ``most`` waiting requests with later tickets."""
    found = await tx.scalars(
        sa.select(t.request.c.id)
        .where(
            t.request.c.unit_id == row.unit_id,
            t.request.c.ticket > row.ticket,
            t.request.c.state == RequestState.QUEUED.value,
        )
        .order_by(t.request.c.ticket)
        .limit(most)
    )
    return list(found)


async def transition(
    tx: AsyncConnection,
    request_id: str,
    *,
    to: RequestState,
    of: Collection[RequestState],
    **values: object,
) -> bool:
    """Move a request to a state from one of ``of``, with other columns; False if it was elsewhere.

    A request that moves waits for nothing any more.
    """
    values = {"waiting_for": None, "waiting_since": None, **values}
    result = await tx.execute(
        t.request.update()
        .where(t.request.c.id == request_id, t.request.c.state.in_([s.value for s in of]))
        .values(state=to.value, version=t.request.c.version + 1, **values)
    )
    return result.rowcount == 1


async def note_unplaced(
    tx: AsyncConnection, request_id: str, unplaced: tuple[Unplaced, ...]
) -> None:
    """Keep why some attendees have no time, and count the attempt."""
    await tx.execute(
        t.request.update()
        .where(t.request.c.id == request_id)
        .values(unplaced=dump(tuple[Unplaced, ...], unplaced), attempts=t.request.c.attempts + 1)
    )


async def loosen(
    tx: AsyncConnection,
    request_id: str,
    rules: frozenset[Rule],
    chosen: Mapping[str, Option],
) -> None:
    """Loosen more rules for a request, and keep which options were granted."""
    row = await locked(tx, request_id)
    await tx.execute(
        t.request.update()
        .where(t.request.c.id == request_id)
        .values(
            relaxed=sorted(rule.value for rule in row.relaxed | rules),
            chosen=dump(dict[str, Option], dict(chosen)),
        )
    )


async def ask_anew(tx: AsyncConnection, request_id: str, ask: Ask) -> None:
    """Let a request ask for something else than it did: more dates, or another facilitator."""
    await tx.execute(
        t.request.update().where(t.request.c.id == request_id).values(ask=dump(Ask, ask))
    )


async def annotate(tx: AsyncConnection, request_id: str, note: str | None) -> None:
    """Keep a scheduler's note for the requester."""
    await tx.execute(t.request.update().where(t.request.c.id == request_id).values(note=note))


async def ask_cancel(tx: AsyncConnection, request_id: str) -> None:
    """Raise the flag that a running booking looks at between its steps."""
    await tx.execute(
        t.request.update().where(t.request.c.id == request_id).values(cancel_requested=True)
    )


async def wait_for(tx: AsyncConnection, row: RequestRow, remote: Remote, now: datetime) -> None:
    """Note for what a request waits, since ``now`` or longer.

    While a request waits in the queue, so do those of its unit behind it.
    """
    waits = {"waiting_for": remote.value}
    since = sa.func.coalesce(t.request.c.waiting_since, sa.literal(now, t.Instant))
    await tx.execute(t.request.update().where(_together(row)).values(**waits, waiting_since=since))


async def wait_no_more(tx: AsyncConnection, row: RequestRow) -> None:
    """Note that what a request, and those behind it, waited for answers again."""
    await tx.execute(
        t.request.update().where(_together(row)).values(waiting_for=None, waiting_since=None)
    )


def _together(row: RequestRow) -> sa.ColumnElement[bool]:
    """Match a request and, while it is queued, every queued one of its unit."""
    if row.state is not RequestState.QUEUED:
        return t.request.c.id == row.id
    return sa.and_(
        t.request.c.unit_id == row.unit_id, t.request.c.state == RequestState.QUEUED.value
    )


async def since(tx: AsyncConnection, when: datetime, most: int) -> Sequence[RequestRow]:
    """Return the newest ``most`` requests made at or after ``when``, by unit and ticket."""
    found = await tx.execute(
        sa.select(t.request)
        .where(t.request.c.created_at >= when)
        .order_by(t.request.c.created_at.desc(), t.request.c.id)
        .limit(most)
    )
    rows = [row_of(dict(row)) for row in found.mappings()]
    return sorted(rows, key=lambda row: (row.unit_id, row.ticket))
