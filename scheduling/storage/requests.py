"""Requests with their tickets, sessions and reservations."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.asks import Ask
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.proposals import Option, Unplaced
from scheduling.domain.requests import (
    RequestState,
    SessionState,
    Target,
    TargetState,
)
from scheduling.domain.rules import Rule
from scheduling.domain.times import Interval
from scheduling.ports.calendar import EventRef
from scheduling.storage import tables as t
from scheduling.storage.codec import dump, load

RESERVATION_MINUTES = 5
"""Grid of reservations: every search grid is a multiple of it."""

ACTIVE_SESSIONS = (SessionState.PLANNED.value, SessionState.BOOKED.value)


class SlotTaken(Exception):
    """Somebody else's reservation holds one of the slots; nothing was inserted."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRow:
    """A request as stored. ``chosen`` maps attendee id to option; empty for automatic ones."""

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
    escalate: bool
    unplaced: tuple[Unplaced, ...]
    attempts: int
    cancel_requested: bool
    trouble: str | None
    note: str | None
    correlation_id: str | None
    created_at: datetime
    undo_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """A session as stored."""

    id: str
    request_id: str
    unit_id: str
    attendee_id: str
    facilitator_id: str
    zone: str
    interval: Interval
    place: PlaceKind
    room_id: str | None
    room_name: str | None
    room_attempt: int
    state: SessionState
    targets: Mapping[Target, TargetState]
    event: EventRef | None
    join_url: str | None
    written_at: datetime | None

    @property
    def resources(self) -> tuple[str, ...]:
        """What this session takes: its people and its room."""
        rooms = (room_resource(self.room_id),) if self.room_id else ()
        return (person_resource(self.attendee_id), person_resource(self.facilitator_id), *rooms)


def person_resource(person_id: str) -> str:
    """Return the name under which a person's time is reserved."""
    return f"person:{person_id}"


def room_resource(room_id: str) -> str:
    """Return the name under which a room's time is reserved."""
    return f"room:{room_id.lower()}"


async def take_ticket(tx: AsyncConnection, unit_id: str) -> int:
    """Lock the unit and return its next number; numbers have no gap and no repeat."""
    result = await tx.execute(
        t.unit.update()
        .where(t.unit.c.id == unit_id)
        .values(next_ticket=t.unit.c.next_ticket + 1)
        .returning(t.unit.c.next_ticket - 1)
    )
    ticket = result.scalar()
    if ticket is not None:
        return int(ticket)
    await tx.execute(t.unit.insert().values(id=unit_id, next_ticket=2))
    return 1


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
            escalate=new.escalate,
            unplaced=dump(tuple[Unplaced, ...], new.unplaced),
            attempts=0,
            cancel_requested=False,
            correlation_id=new.correlation_id,
            created_at=new.created_at,
        )
    )
    return ticket


def _request(row: Mapping[str, Any]) -> RequestRow:
    fields = {name: row[name] for name in RequestRow.__dataclass_fields__}
    return RequestRow(
        **{
            **fields,
            "state": RequestState(row["state"]),
            "ask": load(Ask, row["ask"]),
            "chosen": load(dict[str, Option], row["chosen"]),
            "relaxed": frozenset(Rule(rule) for rule in row["relaxed"]),
            "unplaced": load(tuple[Unplaced, ...], row["unplaced"]),
        }
    )


async def get(tx: AsyncConnection, request_id: str) -> RequestRow | None:
    """Return the request, or None."""
    found = await tx.execute(sa.select(t.request).where(t.request.c.id == request_id))
    row = found.mappings().first()
    return _request(dict(row)) if row else None


async def under_way(tx: AsyncConnection, requester_id: str, type_id: str) -> Sequence[RequestRow]:
    """Return a requester's requests of a type that are not final."""
    found = await tx.execute(
        sa.select(t.request).where(
            t.request.c.requester_id == requester_id, t.request.c.type_id == type_id
        )
    )
    rows = [_request(dict(row)) for row in found.mappings()]
    return [row for row in rows if not row.state.final]


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


async def transition(
    tx: AsyncConnection,
    request_id: str,
    *,
    to: RequestState,
    of: Collection[RequestState],
    **values: object,
) -> bool:
    """Move a request to a state from one of ``of``, with other columns; False if it was elsewhere."""
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
    chosen: Mapping[str, object],
) -> None:
    """Loosen more rules for a request, and keep which options (as JSON) were granted."""
    row = await get(tx, request_id)
    if row is None:
        raise LookupError(f"there is no request {request_id}")
    await tx.execute(
        t.request.update()
        .where(t.request.c.id == request_id)
        .values(relaxed=sorted(rule.value for rule in row.relaxed | rules), chosen=dict(chosen))
    )


async def annotate(tx: AsyncConnection, request_id: str, note: str | None) -> None:
    """Keep a scheduler's note for the requester."""
    await tx.execute(t.request.update().where(t.request.c.id == request_id).values(note=note))


async def ask_cancel(tx: AsyncConnection, request_id: str) -> None:
    """Raise the flag that a running booking looks at between its steps."""
    await tx.execute(
        t.request.update().where(t.request.c.id == request_id).values(cancel_requested=True)
    )


def _session(row: Mapping[str, Any]) -> SessionRow:
    same = set(SessionRow.__dataclass_fields__) - {"interval", "targets", "event"}
    return SessionRow(
        **{
            **{name: row[name] for name in same},
            "interval": Interval(row["start"], row["end"]),
            "place": PlaceKind(row["place"]),
            "state": SessionState(row["state"]),
            "targets": load(dict[Target, TargetState], row["targets"]),
            "event": load(EventRef, row["event"]) if row["event"] else None,
        }
    )


async def sessions(tx: AsyncConnection, request_id: str) -> Sequence[SessionRow]:
    """Return the sessions of a request, by start."""
    found = await tx.execute(
        sa.select(t.session)
        .where(t.session.c.request_id == request_id)
        .order_by(t.session.c.start, t.session.c.id)
    )
    return [_session(dict(row)) for row in found.mappings()]


async def session(tx: AsyncConnection, session_id: str) -> SessionRow | None:
    """Return one session, or None."""
    found = await tx.execute(sa.select(t.session).where(t.session.c.id == session_id))
    row = found.mappings().first()
    return _session(dict(row)) if row else None


async def active_in(tx: AsyncConnection, unit_id: str, span: Interval) -> Sequence[SessionRow]:
    """Return the unit's planned and booked sessions that overlap ``span``."""
    found = await tx.execute(
        sa.select(t.session).where(
            t.session.c.unit_id == unit_id,
            t.session.c.state.in_(ACTIVE_SESSIONS),
            t.session.c.start < span.end,
            t.session.c.end > span.start,
        )
    )
    return [_session(dict(row)) for row in found.mappings()]


async def reserve(tx: AsyncConnection, planned: Sequence[SessionRow]) -> None:
    """Insert sessions and their reservations; SlotTaken (and nothing inserted) if one collides."""
    try:
        async with tx.begin_nested():
            for row in planned:
                await tx.execute(t.session.insert().values(_session_values(row)))
                await tx.execute(
                    t.reservation.insert(),
                    [
                        {"resource": resource, "slot": slot, "session_id": row.id}
                        for resource in row.resources
                        for slot in row.interval.slots(RESERVATION_MINUTES)
                    ],
                )
    except IntegrityError as error:
        raise SlotTaken("another booking holds one of those slots") from error


def _session_values(row: SessionRow) -> dict[str, object]:
    return {
        "id": row.id,
        "request_id": row.request_id,
        "unit_id": row.unit_id,
        "attendee_id": row.attendee_id,
        "facilitator_id": row.facilitator_id,
        "zone": row.zone,
        "start": row.interval.start,
        "end": row.interval.end,
        "place": row.place.value,
        "room_id": row.room_id,
        "room_name": row.room_name,
        "room_attempt": row.room_attempt,
        "state": row.state.value,
        "targets": dump(dict[Target, TargetState], dict(row.targets)),
        "event": dump(EventRef, row.event) if row.event else None,
        "join_url": row.join_url,
        "written_at": row.written_at,
    }


async def change_room(tx: AsyncConnection, row: SessionRow, room: tuple[str, str] | None) -> None:
    """Give a session another room (id, name), or make it online; SlotTaken if that room is taken."""
    await tx.execute(
        t.reservation.delete().where(
            t.reservation.c.session_id == row.id, t.reservation.c.resource.like("room:%")
        )
    )
    try:
        async with tx.begin_nested():
            if room is not None:
                await tx.execute(
                    t.reservation.insert(),
                    [
                        {"resource": room_resource(room[0]), "slot": slot, "session_id": row.id}
                        for slot in row.interval.slots(RESERVATION_MINUTES)
                    ],
                )
    except IntegrityError as error:
        raise SlotTaken("another booking holds that room") from error
    await update_session(
        tx,
        row.id,
        room_id=room[0] if room else None,
        room_name=room[1] if room else None,
        place=(PlaceKind.ROOM if room else PlaceKind.ONLINE).value,
        room_attempt=row.room_attempt + 1,
        event=None,
    )


async def update_session(tx: AsyncConnection, session_id: str, **values: object) -> None:
    """Write plain columns of a session."""
    await tx.execute(t.session.update().where(t.session.c.id == session_id).values(**values))


async def mark(
    tx: AsyncConnection, session_id: str, target: Target, state: TargetState, **values: object
) -> None:
    """Record how one write of a session stands, with other columns."""
    row = await session(tx, session_id)
    if row is None:
        raise LookupError(f"there is no session {session_id}")
    targets = {**row.targets, target: state}
    await update_session(tx, session_id, targets=dump(dict[Target, TargetState], targets), **values)


async def free(tx: AsyncConnection, session_id: str, state: SessionState) -> None:
    """End a session and give back what it reserved."""
    await tx.execute(t.reservation.delete().where(t.reservation.c.session_id == session_id))
    await update_session(tx, session_id, state=state.value)


async def taken(
    tx: AsyncConnection, resources: Collection[str], span: Interval
) -> Sequence[tuple[str, Interval]]:
    """Return the reserved intervals of ``resources`` that overlap ``span``."""
    found = await tx.execute(
        sa.select(t.reservation.c.resource, t.session.c.start, t.session.c.end)
        .join(t.session)
        .where(
            t.reservation.c.resource.in_(list(resources)),
            t.session.c.start < span.end,
            t.session.c.end > span.start,
        )
        .distinct()
    )
    return [(row.resource, Interval(row.start, row.end)) for row in found]
