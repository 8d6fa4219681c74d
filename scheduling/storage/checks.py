"""When each booked session was last compared with the WFM and the calendar."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.requests import RequestState, SessionState
from scheduling.storage import bookings, timers
from scheduling.storage import tables as t
from scheduling.storage.bookings import SessionRow

CHECKED = "checked"
"""The kind of the timers that say when a session was compared; nobody acts on them."""

LOOKED = "looked"
"""The kind of those that say when its event was looked at, as each comparison does too."""

STALE = timedelta(days=2)
"""A session not compared for so long is over, or not booked any more."""


async def longest_unchecked(
    tx: AsyncConnection,
    kind: str,
    *,
    now: datetime,
    before: datetime,
    most: int,
    until: datetime | None = None,
) -> Sequence[SessionRow]:
    """Return booked sessions to come that were not seen to since ``before``, oldest first.

    ``kind`` says in which way. With ``until`` only those that begin before then, and whose event is
    their own: who comes to a meeting is on the meeting's.
    """
    at = t.timer.c.due_at
    near = [t.session.c.start < until, t.session.c.gathering_id.is_(None)] if until else []
    found = await tx.scalars(
        sa.select(t.session.c.id)
        .join(t.request, t.request.c.id == t.session.c.request_id)
        .outerjoin(t.timer, t.timer.c.id == timers.timer_id(kind, "") + t.session.c.id)
        .where(
            t.session.c.state == SessionState.BOOKED.value,
            t.session.c.start > now,
            *near,
            t.session.c.change_id.is_(None),
            t.request.c.state.in_([RequestState.BOOKED.value, RequestState.PARTLY_BOOKED.value]),
            sa.or_(at.is_(None), at <= before, at > now),  # a clock may have jumped back
        )
        .order_by(at.nulls_first(), t.session.c.start)
        .limit(most)
    )
    return [await bookings.require(tx, session_id) for session_id in found.all()]


async def note_checked(
    tx: AsyncConnection, kinds: Sequence[str], rows: Sequence[SessionRow], now: datetime
) -> None:
    """Note that these sessions were seen to now, in these ways, and forget what is over."""
    await tx.execute(
        t.timer.delete().where(t.timer.c.kind.in_(kinds), t.timer.c.due_at < now - STALE)
    )
    for kind in kinds:
        for row in rows:
            await timers.set_timer(tx, kind, row.id, now)
