"""What lies ahead of a person: sessions they attend, lead or asked for, and requests not over."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.requests import FINAL_STATES, RequestState
from scheduling.domain.times import Interval
from scheduling.storage import requests
from scheduling.storage import tables as t
from scheduling.storage.bookings import ACTIVE_SESSIONS, NOBODY, SessionRow, session_of
from scheduling.storage.inserting import inserted
from scheduling.storage.requests import RequestRow

HANDED_BACK = (RequestState.SENT_BACK, RequestState.TAKEN, RequestState.PARTLY_BOOKED)
"""States that are over for us, and in which the requester may have something left to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A session with what its request says of it."""

    session: SessionRow
    type_id: str
    requester_ids: tuple[str, ...]


def _concerns(person_id: str) -> sa.ColumnElement[bool]:
    """Match an attendee's own rows; for who leads or asked, a gathering's row stands for all."""
    session, request = t.session.c, t.request.c
    asked = sa.or_(request.requester_id == person_id, request.on_behalf_of == person_id)
    leads = sa.and_(
        session.gathering_id.is_(None), sa.or_(session.facilitator_id == person_id, asked)
    )
    return sa.or_(session.attendee_id == person_id, leads)


def _planned() -> sa.Select[Any]:
    """Select sessions and their requests; the stand-ins of a change are no sessions."""
    request = t.request.c
    columns = sa.select(t.session, request.type_id, request.requester_id, request.on_behalf_of)
    return columns.join(t.request).where(t.session.c.stands_for.is_(None))


def _read(row: Mapping[str, Any]) -> Planned:
    return Planned(
        session=session_of(row),
        type_id=row["type_id"],
        requester_ids=tuple(i for i in (row["requester_id"], row["on_behalf_of"]) if i),
    )


async def of_person(tx: AsyncConnection, person_id: str, span: Interval) -> Sequence[Planned]:
    """Return a person's planned and booked sessions that overlap ``span``, by start."""
    session = t.session.c
    found = await tx.execute(
        _planned()
        .where(
            _concerns(person_id),
            session.state.in_(ACTIVE_SESSIONS),
            session.start < span.end,
            session.end > span.start,
        )
        .order_by(session.start, session.id)
    )
    return [_read(dict(row)) for row in found.mappings()]


async def next_start(tx: AsyncConnection, person_id: str, after: datetime) -> datetime | None:
    """Return when a person's first planned or booked session from ``after`` on starts, or None."""
    session = t.session.c
    found: datetime | None = await tx.scalar(
        sa.select(sa.func.min(session.start))
        .select_from(t.session.join(t.request))
        .where(
            _concerns(person_id),
            session.stands_for.is_(None),
            session.state.in_(ACTIVE_SESSIONS),
            session.start >= after,
        )
    )
    return found


async def of_attendees(
    tx: AsyncConnection, person_ids: Collection[str], span: Interval
) -> Sequence[Planned]:
    """Return the planned and booked sessions that overlap ``span`` and that the people attend."""
    session = t.session.c
    found = await tx.execute(
        _planned().where(
            session.attendee_id.in_(list(person_ids)),
            session.state.in_(ACTIVE_SESSIONS),
            session.start < span.end,
            session.end > span.start,
        )
    )
    return [_read(dict(row)) for row in found.mappings()]


async def of_session(tx: AsyncConnection, session_id: str) -> Planned | None:
    """Return one session, or None."""
    found = await tx.execute(_planned().where(t.session.c.id == session_id))
    row = found.mappings().first()
    return _read(dict(row)) if row else None


async def attendees(
    tx: AsyncConnection, rows: Collection[SessionRow]
) -> Mapping[str, Sequence[str]]:
    """Return who attends each session; of a gathering, everybody whom it still has."""
    by_session = {row.id: [row.attendee_id] for row in rows if not row.gathers}
    gatherings = [row.id for row in rows if row.gathers]
    found = await tx.execute(
        sa.select(t.session.c.gathering_id, t.session.c.attendee_id)
        .where(
            t.session.c.gathering_id.in_(gatherings),
            t.session.c.attendee_id != NOBODY,
            t.session.c.stands_for.is_(None),
            t.session.c.state.in_(ACTIVE_SESSIONS),
        )
        .order_by(t.session.c.id)
    )
    for row in found:
        by_session.setdefault(row.gathering_id, []).append(row.attendee_id)
    return by_session


async def open_requests(
    tx: AsyncConnection, person_id: str, *, since: datetime
) -> Sequence[RequestRow]:
    """Return a person's requests that are not over, or came back to them after ``since``."""
    request = t.request.c
    over = request.state.in_([state.value for state in FINAL_STATES])
    back = sa.and_(
        request.state.in_([state.value for state in HANDED_BACK]), request.created_at >= since
    )
    found = await tx.execute(
        sa.select(t.request)
        .where(
            sa.or_(request.requester_id == person_id, request.on_behalf_of == person_id),
            sa.or_(sa.not_(over), back),
        )
        .order_by(request.created_at.desc(), request.id)
    )
    return [requests.row_of(dict(row)) for row in found.mappings()]


async def undoable(tx: AsyncConnection, person_id: str, now: datetime) -> list[RequestRow]:
    """Return the person's requests whose booking can still be undone, the newest first."""
    request = t.request.c
    undoable = (RequestState.BOOKED.value, RequestState.PARTLY_BOOKED.value)
    found = await tx.execute(
        sa.select(t.request)
        .where(
            request.requester_id == person_id,
            request.state.in_(undoable),
            request.undo_until > now,
        )
        .order_by(request.undo_until.desc(), request.ticket.desc())
    )
    return [requests.row_of(dict(row)) for row in found.mappings()]


async def acknowledge(tx: AsyncConnection, session_id: str, person_id: str, at: datetime) -> None:
    """Note that an attendee knows of a session; a second time changes nothing."""
    await inserted(
        tx, t.acknowledgement.insert().values(session_id=session_id, person_id=person_id, at=at)
    )


async def forget_acknowledged(tx: AsyncConnection, session_id: str) -> None:
    """Forget that an attendee knows of a session, which is at another time now."""
    row = t.acknowledgement
    await tx.execute(row.delete().where(row.c.session_id == session_id))


async def acknowledged(tx: AsyncConnection, session_ids: Collection[str]) -> frozenset[str]:
    """Return which of the sessions their attendee knows of."""
    query = sa.select(t.acknowledgement.c.session_id)
    found = await tx.scalars(query.where(t.acknowledgement.c.session_id.in_(list(session_ids))))
    return frozenset(found)
