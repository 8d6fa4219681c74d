"""Quiet minutes: who is offered an earlier time for a session of theirs, the least offered first."""

from datetime import datetime, time, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.changes import ChangeKind, ChangeState
from scheduling.domain.house import Intraday
from scheduling.domain.offers import OfferState
from scheduling.domain.proposals import Option
from scheduling.domain.refusals import Refused
from scheduling.domain.requests import SessionState
from scheduling.domain.times import DAY, MINUTE, DateRange, Interval, WallWindow, zone_of
from scheduling.storage import bookings, drafts, earlier, requests, timers
from scheduling.storage.bookings import SessionRow
from scheduling.storage.earlier import OfferRow
from scheduling.workflows import notices, replacing
from scheduling.workflows.change_rows import new_change
from scheduling.workflows.intraday import Today, spare_of
from scheduling.workflows.runtime import Runtime

log = structlog.get_logger()

TIMER = "offer_over"
"""The kind of the timer at the end of each offer; its subject is the offer's id."""

AHEAD = timedelta(days=14)
"""So far ahead sessions are that may be earlier."""
REMEMBERED = timedelta(days=30)
"""So long offers count for whose turn it is."""
TO_WRITE = timedelta(minutes=5)
"""From the end of an offer to the earliest start: the move is written, and people walk there."""
BEYOND = 2
"""So many are asked for each place that there is, as not everybody says yes in minutes."""
MOST = 10


async def room(tx: AsyncConnection, runtime: Runtime, today: Today, person_id: str) -> int:
    """Return how many more of the person's demands may leave the phones now, at no harm.

    Whoever has accepted, and is not away yet, counts as away.
    """
    rule = runtime.services.policy.intraday
    return _places(today, rule, await _coming(tx, today, rule), person_id)


async def _coming(tx: AsyncConnection, today: Today, rule: Intraday) -> int:
    """Return how many have accepted and are not away yet."""
    found = await earlier.of_unit(tx, today.unit_id, OfferState.ACCEPTED, today.now - rule.lasting)
    return sum(one.option.interval.start > today.now for one in found)


def _places(today: Today, rule: Intraday, coming: int, person_id: str) -> int:
    agent = today.facts.agents.get(person_id)
    left = spare_of(today, rule, agent.shares if agent else ()) - coming - rule.spare
    return int(left // 1) + 1 if left >= 0 else 0


async def make_offers(runtime: Runtime, today: Today) -> list[str]:
    """Make the offers for which there is room now; their ids."""
    services, rule = runtime.services, runtime.services.policy.intraday
    async with services.store.read() as tx:
        wanting = await earlier.wanting(tx, today.unit_id)
        history = await earlier.offered(tx, wanting, today.now - REMEMBERED)
        opened = await earlier.of_unit(tx, today.unit_id, OfferState.OPEN, today.now - DAY)
        coming = await _coming(tx, today, rule)
    asked = {one.person_id for one in opened}
    made: list[str] = []
    order = sorted(
        (one for one in wanting if one not in asked),
        key=lambda one: (history[one].times, history[one].last or today.now - REMEMBERED, one),
    )
    for person_id in order:
        out = len(made) + len(opened)
        if out >= MOST:
            break
        if out >= BEYOND * _places(today, rule, coming, person_id):
            continue
        offer = await _offer_to(runtime, today, person_id)
        if offer is not None:
            made.append(offer.id)
    return made


async def _offer_to(runtime: Runtime, today: Today, person_id: str) -> OfferRow | None:
    """Offer somebody an earlier time for the first of their sessions that can have one."""
    async with runtime.services.store.read() as tx:
        span = Interval(today.now, today.now + AHEAD)
        rows = await bookings.booked_with(tx, [person_id], span)
    for session in sorted(rows, key=lambda row: row.interval):
        if not _movable(session, person_id, today.now):
            continue
        option = await _earlier(runtime, session, today)
        if option is not None:
            return await _make(runtime, today, session, option)
    return None


def _movable(session: SessionRow, person_id: str, now: datetime) -> bool:
    return (
        session.attendee_id == person_id
        and session.state is SessionState.BOOKED
        and session.gathering_id is None
        and session.change_id is None
        and session.stands_for is None
        and session.interval.start > now
    )


async def _earlier(runtime: Runtime, session: SessionRow, today: Today) -> Option | None:
    """Return a time within the quiet minutes at which all rules hold but the notice, or None."""
    services, rule = runtime.services, runtime.services.policy.intraday
    zone = zone_of(session.zone)
    begin = (today.now + rule.offer + TO_WRITE).astimezone(zone)
    end = begin + rule.lasting + session.interval.minutes * MINUTE
    if end.date() != begin.date() or session.interval.start <= begin:
        return None
    async with services.store.read() as tx:
        request = await requests.require(tx, session.request_id)
    dates = DateRange(begin.date(), begin.date() + DAY)
    window = WallWindow(_minute(begin), _minute(end))
    ask = replacing.ask_of(request, session, today.now, dates=dates, window=window)
    row = new_change(
        runtime,
        request,
        session,
        ChangeKind.MOVE,
        ChangeState.PROPOSED,
        by=session.attendee_id,
        ask=ask,
    )
    try:
        world = await replacing.world_of(runtime, row, [session], fresh=False)
        found = await runtime.search.find(ask, world, relaxed=replacing.AGREED)
    except Refused as refused:
        log.info("no_earlier_time", why=refused.refusal.value)
        return None
    if not found.sessions or not found.reconciled:
        return None
    best = found.sessions[0].best
    return best if best.interval.end <= session.interval.start else None


def _minute(moment: datetime) -> time:
    return moment.time().replace(second=0, microsecond=0, tzinfo=None)


async def _make(
    runtime: Runtime, today: Today, session: SessionRow, option: Option
) -> OfferRow | None:
    """Keep an offer, hold its time, and let it be told; None where the person has one."""
    services = runtime.services
    now = services.clock.now()
    until = now + services.policy.intraday.offer
    row = OfferRow(
        id=services.ids.new(),
        version=1,
        state=OfferState.OPEN,
        unit_id=today.unit_id,
        person_id=session.attendee_id,
        session_id=session.id,
        request_id=session.request_id,
        option=option,
        created_at=now,
        expires_at=until,
    )
    async with services.store.write() as tx:
        if not await earlier.insert(tx, row):
            return None
        await drafts.hold(tx, row.id, replacing.held_by([session], option), until)
        await timers.set_timer(tx, TIMER, row.id, until)
        await notices.offer(tx, row.id, row.person_id, key=f"{row.id}:offer", until=until)
    return row
