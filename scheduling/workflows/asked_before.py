"""What was asked for that is the same: of one type, for the same people, in the same days.

Who leads it may differ: two managers of one team each ask with themselves. Who asks is told when it
is and by whom it was asked, never a note; of a confidential type only who may read that request.
What they have asked for themselves comes first, for that they can move.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.asks import Ask
from scheduling.domain.meetings import MeetingType
from scheduling.domain.people import Person
from scheduling.domain.proposals import AskedBefore
from scheduling.domain.requests import SessionState
from scheduling.domain.times import DAY, Interval, zone_of
from scheduling.storage import bookings, people, requests
from scheduling.storage.bookings import SessionRow
from scheduling.storage.requests import UNDER_WAY, RequestRow
from scheduling.workflows import rights


async def asked_before(
    tx: AsyncConnection,
    kind: MeetingType,
    me: Person,
    represented: Sequence[Person],
    unit_id: str,
    ask: Ask,
) -> tuple[AskedBefore, ...]:
    """Return what ``me`` is to be told of a unit's requests, their own before others', by ticket.

    Read in the transaction that took a ticket of the unit, nobody's can be missing.
    """
    sessions = await _sessions(tx, ask)
    ids = {one.request_id for one in sessions}
    found = [
        row
        for row in await requests.waiting_or(tx, unit_id, ask.type_id, ids)
        if (row.id in ids or _awaits(row, ask))
        and (not kind.confidential or rights.may_read(me, row, represented))
        and (not ask.together or 2 * len(_shared(row.ask, ask)) >= len(ask.attendee_ids))
    ]
    asked_by = {i for row in found for i in (row.requester_id, row.on_behalf_of) if i}
    names = await people.names(tx, asked_by | set(ask.attendee_ids)) if found else {}
    told = [
        replace(one, mine=row.requester_id == me.id)
        for row in found
        for one in _told(row, ask, [s for s in sessions if s.request_id == row.id], names)
    ]
    return tuple(sorted(told, key=lambda one: not one.mine))


async def _sessions(tx: AsyncConnection, ask: Ask) -> Sequence[SessionRow]:
    """Return what these people have within these dates, of whichever type."""
    first, end = ask.dates.start - DAY, ask.dates.end + DAY  # the same days in any zone are within
    span = Interval(*(datetime.combine(day, time(), UTC) for day in (first, end)))
    rows = await bookings.booked_with(tx, ask.attendee_ids, span)
    mine = [one for one in rows if one.attendee_id in ask.attendee_ids]
    dates = ask.dates
    return [
        one
        for one in mine
        if dates.start <= one.interval.start.astimezone(zone_of(one.zone)).date() < dates.end
    ]


def _shared(one: Ask, other: Ask) -> set[str]:
    return set(one.attendee_ids) & set(other.attendee_ids)


def _awaits(row: RequestRow, ask: Ask) -> bool:
    """Whether a request may still be given a time within these dates, for one of these people."""
    dates = row.ask.dates
    apart = dates.end <= ask.dates.start or ask.dates.end <= dates.start
    return row.state in UNDER_WAY and not apart and bool(_waiting(row) & set(ask.attendee_ids))


def _waiting(row: RequestRow) -> set[str]:
    """Return for whom a time is still looked for, or kept."""
    left_out = set() if row.escalate else {one.attendee_id for one in row.unplaced}
    return set(row.ask.attendee_ids) - left_out


def _told(
    row: RequestRow, ask: Ask, sessions: Sequence[SessionRow], names: Mapping[str, str]
) -> Iterator[AskedBefore]:
    """Yield one line for each attendee, for people together one for all."""
    placed = {one.attendee_id: one for one in sessions}
    waiting: Collection[str] = _waiting(row) if _awaits(row, ask) else ()
    ids = [i for i in ask.attendee_ids if i in placed or i in waiting]
    if ask.together:
        ids = sorted(ids, key=lambda i: i not in placed)[:1]
    for attendee_id in ids:
        session = placed.get(attendee_id)
        stands = session is not None and session.state is SessionState.BOOKED
        yield AskedBefore(
            request_id=row.id,
            asked_by=names.get(row.requester_id, ""),
            on_behalf_of=names.get(row.on_behalf_of or ""),
            attendee_name="" if ask.together else names.get(attendee_id, ""),
            zone=session.zone if session else "",
            interval=session.interval if session and stands else None,
            session_id=(session.gathering_id or session.id) if session and stands else None,
        )
