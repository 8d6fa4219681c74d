"""Who leads booked sessions of courses, and how such a session is given to somebody else."""

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.requests import SessionState
from scheduling.domain.times import Interval
from scheduling.storage import tables as t
from scheduling.storage.bookings import (
    RESERVATION_MINUTES,
    SessionRow,
    person_resource,
    session_of,
    taking,
    update_attendees,
    update_session,
)


async def course_sessions(
    tx: AsyncConnection, span: Interval, facilitator_ids: Collection[str] | None = None
) -> Sequence[SessionRow]:
    """Return the booked sessions of courses that begin in ``span``, by start; led by these people.

    A gathering comes as its own row.
    """
    session = t.session.c
    query = (
        sa.select(t.session)
        .join(t.batch_part, t.batch_part.c.request_id == session.request_id)
        .join(t.run, t.run.c.id == t.batch_part.c.batch_id)
        .where(
            t.run.c.rollout["course_id"].as_string().is_not(None),
            session.state == SessionState.BOOKED.value,
            session.gathering_id.is_(None),
            session.stands_for.is_(None),
            session.start >= span.start,
            session.start < span.end,
        )
        .order_by(session.start, session.id)
    )
    if facilitator_ids is not None:
        query = query.where(session.facilitator_id.in_(list(facilitator_ids)))
    return [session_of(dict(row)) for row in (await tx.execute(query)).mappings()]


async def give(tx: AsyncConnection, row: SessionRow, person_id: str) -> None:
    """Let somebody else lead a session, with their time instead of who led it.

    SlotTaken, and nothing changed, where another booking has that time of theirs.
    """
    resource = person_resource(row.facilitator_id)
    async with taking(tx, "another booking holds that time"):
        await tx.execute(
            t.reservation.delete().where(
                t.reservation.c.session_id == row.id, t.reservation.c.resource == resource
            )
        )
        await tx.execute(
            t.reservation.insert(),
            [
                {"resource": person_resource(person_id), "slot": slot, "session_id": row.id}
                for slot in row.interval.slots(RESERVATION_MINUTES)
            ],
        )
    await update_session(tx, row.id, facilitator_id=person_id)
    await update_attendees(tx, row.id, facilitator_id=person_id)
