"""The sessions of requests, and the slots of people and rooms that they reserve."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.courses import MOST_PREPARE
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.requests import SessionState, Target, TargetState
from scheduling.domain.times import MINUTE, Interval
from scheduling.ports.calendar import EventRef
from scheduling.storage import tables as t
from scheduling.storage.codec import dump, load

RESERVATION_MINUTES = 5
"""Grid of reservations: every search grid is a multiple of it."""

NOBODY = ""
"""The attendee of a gathering's own row."""

ACTIVE_SESSIONS = (SessionState.PLANNED.value, SessionState.BOOKED.value)


class SlotTaken(Exception):
    """Somebody else's reservation holds one of the slots; nothing was inserted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """A session as stored, at first planned and nowhere written; one of several people is kept in several rows, see ``gatherings``.

    The gathering has a row of its own, of ``NOBODY``, which owns the event and what is written for
    all; the row of each of its attendees names it by ``gathering_id``.

    ``moved_from`` is the start before the last of its ``moves``. ``change_id`` is the change that
    has the session now; another row ``stands_for`` it meanwhile at its next time, and afterwards
    at its earlier one, see ``standins``. ``wfm_key`` is that of its exception, where not the usual.
    """

    id: str
    request_id: str
    unit_id: str
    attendee_id: str
    facilitator_id: str
    zone: str
    interval: Interval
    place: PlaceKind
    room_id: str | None
    room_name: str | None = None
    room_attempt: int = 0
    state: SessionState = SessionState.PLANNED
    targets: Mapping[Target, TargetState] = field(default_factory=dict)
    event: EventRef | None = None
    join_url: str | None = None
    written_at: datetime | None = None
    gathering_id: str | None = None
    moves: int = 0
    moved_from: datetime | None = None
    change_id: str | None = None
    wfm_key: str | None = None
    stands_for: str | None = None

    @property
    def gathers(self) -> bool:
        """Whether this is the gathering's own row, and no attendee's."""
        return self.attendee_id == NOBODY

    def has_begun(self, now: datetime) -> bool:
        """Whether it is booked and under way or over: what has taken place is not taken back."""
        return self.state is SessionState.BOOKED and self.interval.start <= now

    @property
    def resources(self) -> tuple[str, ...]:
        """What this row takes: its people and its room; a gathering takes what all share."""
        if self.gathering_id is not None:
            return (person_resource(self.attendee_id),)
        people = [self.facilitator_id] if self.gathers else [self.attendee_id, self.facilitator_id]
        rooms = (room_resource(self.room_id),) if self.room_id else ()
        return (*map(person_resource, people), *rooms)


def person_resource(person_id: str) -> str:
    """Return the name under which a person's time is reserved."""
    return f"person:{person_id}"


def room_resource(room_id: str) -> str:
    """Return the name under which a room's time is reserved."""
    return f"room:{room_id.lower()}"


def session_of(row: Mapping[str, Any]) -> SessionRow:
    """Return a session from its columns."""
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
    """Return the sessions of a request, one for each attendee, by start."""
    return [row for row in await rows_of(tx, request_id) if not row.gathers]


async def rows_of(tx: AsyncConnection, request_id: str) -> Sequence[SessionRow]:
    """Return all rows of a request, by start, each gathering before its attendees; no stand-ins."""
    found = await tx.execute(
        sa.select(t.session)
        .where(t.session.c.request_id == request_id, t.session.c.stands_for.is_(None))
        .order_by(t.session.c.start, t.session.c.attendee_id != NOBODY, t.session.c.id)
    )
    return [session_of(dict(row)) for row in found.mappings()]


async def attendees_of(tx: AsyncConnection, gathering_id: str) -> Sequence[SessionRow]:
    """Return the rows of everybody whom a gathering has or had, in the order of their ids."""
    found = await tx.execute(
        sa.select(t.session)
        .where(t.session.c.gathering_id == gathering_id, t.session.c.stands_for.is_(None))
        .order_by(t.session.c.id)
    )
    return [session_of(dict(row)) for row in found.mappings()]


async def session(tx: AsyncConnection, session_id: str) -> SessionRow | None:
    """Return one session, or None."""
    found = await tx.execute(sa.select(t.session).where(t.session.c.id == session_id))
    row = found.mappings().first()
    return session_of(dict(row)) if row else None


async def require(tx: AsyncConnection, session_id: str) -> SessionRow:
    """Return one session; LookupError where there is none."""
    row = await session(tx, session_id)
    if row is None:
        raise LookupError(f"there is no session {session_id}")
    return row


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
    return [session_of(dict(row)) for row in found.mappings()]


async def booked_with(
    tx: AsyncConnection, people: Collection[str], span: Interval
) -> Sequence[SessionRow]:
    """Return the booked and released sessions of attendees or facilitators within ``span``.

    By start; of a gathering, the rows of its attendees.
    """
    session = t.session.c
    states = [SessionState.BOOKED.value, SessionState.RELEASED.value]
    found = await tx.execute(
        sa.select(t.session)
        .where(
            sa.or_(session.attendee_id.in_(people), session.facilitator_id.in_(people)),
            session.attendee_id != NOBODY,
            session.stands_for.is_(None),
            session.state.in_(states),
            session.start < span.end,
            session.end > span.start,
        )
        .order_by(session.start, session.id)
    )
    return [session_of(dict(row)) for row in found.mappings()]


@asynccontextmanager
async def taking(
    tx: AsyncConnection, otherwise: str = "another booking holds one of those slots"
) -> AsyncIterator[None]:
    """Reserve all or nothing; SlotTaken, saying why, where another booking is in the way."""
    try:
        async with tx.begin_nested():
            yield
    except IntegrityError as error:
        raise SlotTaken(otherwise) from error


async def reserve(tx: AsyncConnection, planned: Sequence[SessionRow]) -> None:
    """Insert sessions and their reservations; SlotTaken (and nothing inserted) if one collides."""
    async with taking(tx):
        if planned:
            await tx.execute(t.session.insert(), [values_of(row) for row in planned])
            await tx.execute(t.reservation.insert(), slots_of(planned))


async def reserve_again(tx: AsyncConnection, row: SessionRow) -> None:
    """Reserve what a session takes that reserves nothing now; SlotTaken if it collides."""
    async with taking(tx):
        await tx.execute(t.reservation.insert(), slots_of([row]))


def slots_of(planned: Sequence[SessionRow]) -> list[dict[str, object]]:
    """Return what sessions reserve, in the one order in which two bookings cannot meet crosswise."""
    rows = [
        (resource, slot, row.id)
        for row in planned
        for resource in row.resources
        for slot in row.interval.slots(RESERVATION_MINUTES)
    ]
    return [dict(zip(("resource", "slot", "session_id"), row, strict=True)) for row in sorted(rows)]


def values_of(row: SessionRow) -> dict[str, object]:
    """Return the columns of a session."""
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
        "gathering_id": row.gathering_id,
        "moves": row.moves,
        "moved_from": row.moved_from,
        "change_id": row.change_id,
        "wfm_key": row.wfm_key,
        "stands_for": row.stands_for,
    }


async def change_room(
    tx: AsyncConnection, row: SessionRow, room: tuple[str, str] | None, *, same_event: bool = False
) -> None:
    """Give a session another room (id, name), or make it online; SlotTaken if that room is taken.

    The rows of a gathering's attendees say the new place too. Unless it is the ``same_event``, the
    next one has a key of its own.
    """
    await tx.execute(
        t.reservation.delete().where(
            t.reservation.c.session_id == row.id, t.reservation.c.resource.like("room:%")
        )
    )
    async with taking(tx, "another booking holds that room"):
        if room is not None:
            await tx.execute(
                t.reservation.insert(),
                [
                    {"resource": room_resource(room[0]), "slot": slot, "session_id": row.id}
                    for slot in row.interval.slots(RESERVATION_MINUTES)
                ],
            )
    place = {
        "room_id": room[0] if room else None,
        "room_name": room[1] if room else None,
        "place": (PlaceKind.ROOM if room else PlaceKind.ONLINE).value,
    }
    if not same_event:
        await update_session(tx, row.id, room_attempt=row.room_attempt + 1, event=None)
    await update_session(tx, row.id, **place)
    await update_attendees(tx, row.id, **place)


async def update_attendees(tx: AsyncConnection, gathering_id: str, **values: object) -> None:
    """Write plain columns of the rows of a gathering's attendees; of no other session."""
    await tx.execute(
        t.session.update()
        .where(t.session.c.gathering_id == gathering_id, t.session.c.stands_for.is_(None))
        .values(**values)
    )


async def update_session(tx: AsyncConnection, session_id: str, **values: object) -> None:
    """Write plain columns of a session."""
    await tx.execute(t.session.update().where(t.session.c.id == session_id).values(**values))


async def mark(
    tx: AsyncConnection, session_id: str, target: Target, state: TargetState, **values: object
) -> None:
    """Record how one write of a session stands, with other columns.

    The row is locked first: the states of all its writes are one value, written as a whole.
    """
    await tx.execute(
        sa.select(t.session.c.id)
        .where(t.session.c.id == session_id)
        .with_for_update(key_share=True)
    )
    row = await require(tx, session_id)
    targets = {**row.targets, target: state}
    await update_session(tx, session_id, targets=dump(dict[Target, TargetState], targets), **values)


async def free(tx: AsyncConnection, session_id: str, state: SessionState) -> None:
    """End a session and give back what it reserved."""
    await tx.execute(t.reservation.delete().where(t.reservation.c.session_id == session_id))
    await update_session(tx, session_id, state=state.value)


async def end_released(tx: AsyncConnection, request_id: str) -> None:
    """Let no session of a request get a new time any more."""
    session = t.session.c
    await tx.execute(
        t.session.update()
        .where(session.request_id == request_id, session.state == SessionState.RELEASED.value)
        .values(state=SessionState.CANCELLED.value, change_id=None)
    )


async def taken(
    tx: AsyncConnection, resources: Collection[str], span: Interval
) -> Sequence[tuple[str, Interval]]:
    """Return the intervals of ``resources`` that overlap ``span`` and are reserved, or to prepare."""
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
    reserved = [(row.resource, Interval(row.start, row.end)) for row in found]
    return [*reserved, *await preparing(tx, resources, span)]


async def preparing(
    tx: AsyncConnection, resources: Collection[str], span: Interval
) -> Sequence[tuple[str, Interval]]:
    """Return when trainers among ``resources`` prepare parts of courses that they lead.

    Before each part as long as its course says now; what overlaps ``span``.
    """
    minutes = t.course.c.record["prepare"].as_integer()
    found = await tx.execute(
        sa.select(t.reservation.c.resource, t.session.c.start, minutes.label("minutes"))
        .join(t.session)
        .join(t.batch_part, t.batch_part.c.request_id == t.session.c.request_id)
        .join(t.run, t.run.c.id == t.batch_part.c.batch_id)
        .join(t.course, t.course.c.id == t.run.c.rollout["course_id"].as_string())
        .where(
            t.reservation.c.resource.in_(list(resources)),
            t.reservation.c.resource
            == sa.literal(person_resource("")) + t.session.c.facilitator_id,
            t.session.c.start > span.start,
            t.session.c.start < span.end + MOST_PREPARE * MINUTE,
            minutes > 0,
        )
        .distinct()
    )
    before = [
        (row.resource, Interval(row.start - row.minutes * MINUTE, row.start)) for row in found
    ]
    return [(resource, interval) for resource, interval in before if interval.overlaps(span)]


async def active_of(tx: AsyncConnection, request_ids: Collection[str]) -> Sequence[SessionRow]:
    """Return the standing sessions of several requests, one for each attendee."""
    found = await tx.execute(
        sa.select(t.session)
        .where(
            t.session.c.request_id.in_(list(request_ids)),
            t.session.c.state.in_(ACTIVE_SESSIONS),
            t.session.c.attendee_id != NOBODY,
            t.session.c.stands_for.is_(None),
        )
        .order_by(t.session.c.start, t.session.c.id)
    )
    return [session_of(dict(row)) for row in found.mappings()]
