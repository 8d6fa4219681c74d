"""When people meet, as far as Aside has planned or booked it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.times import DAY, DateRange, zone_of
from scheduling.storage import tables as t
from scheduling.storage.bookings import ACTIVE_SESSIONS, NOBODY


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """One session of somebody, on a ``day`` by their own clock."""

    session_id: str
    agent_id: str
    type_id: str
    leader_id: str
    day: date


async def met(
    tx: AsyncConnection,
    unit_id: str,
    type_ids: Collection[str],
    dates: DateRange,
    *,
    agent_ids: Collection[str] | None = None,
    besides: str = "",
) -> Sequence[Met]:
    """Return the unit's planned and booked sessions of these types on ``dates``, of ``agent_ids``.

    None is everybody. What the batch ``besides`` books is left out.
    """
    session, request = t.session.c, t.request.c
    span = DateRange(dates.start - DAY, dates.end + DAY).interval("UTC")
    query = (
        sa.select(
            session.id,
            session.attendee_id,
            session.facilitator_id,
            request.type_id,
            session.start,
            session.zone,
        )
        .join(t.request, request.id == session.request_id)
        .where(
            session.unit_id == unit_id,
            session.state.in_(ACTIVE_SESSIONS),
            session.attendee_id != NOBODY,
            request.type_id.in_(list(type_ids)),
            request.draft_id != besides,
            session.start >= span.start,
            session.start < span.end,
        )
    )
    if agent_ids is not None:
        query = query.where(session.attendee_id.in_(list(agent_ids)))
    found = [
        Met(
            session_id=row.id,
            agent_id=row.attendee_id,
            type_id=row.type_id,
            leader_id=row.facilitator_id,
            day=row.start.astimezone(zone_of(row.zone)).date(),
        )
        for row in await tx.execute(query)
    ]
    return [one for one in found if dates.start <= one.day < dates.end]
