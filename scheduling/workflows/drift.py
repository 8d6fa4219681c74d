"""Drift: what is booked with us, compared with what the WFM and the calendar hold.

Somebody may have taken it away on purpose, so nothing is put back by itself: a work item says what
no longer stands, once, and "Try again" makes a lost event anew. An attendee who has declined says
that they cannot come.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog
from dbos import DBOS
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.centre import CodeKind, Segment
from scheduling.domain.notices import NoticeKind
from scheduling.domain.people import Person
from scheduling.domain.requests import (
    FailedWrite,
    SessionState,
    Target,
    TargetState,
    WorkItemCause,
    WorkItemState,
)
from scheduling.domain.times import DAY, DateRange, merge
from scheduling.ports.calendar import CalendarError, CalendarNotFound, EventState, RoomAnswer
from scheduling.ports.wfm import WfmError
from scheduling.storage import bookings, checks, people, requests, selfcare, work_items
from scheduling.storage.bookings import SessionRow
from scheduling.storage.codec import dump
from scheduling.workflows import escalation, notices, views
from scheduling.workflows.change_rows import decline
from scheduling.workflows.engine import MAX_RECOVERIES
from scheduling.workflows.patience import Tried, tried
from scheduling.workflows.runtime import LASTING, Runtime, away_of, current

log = structlog.get_logger()

AT_ONCE = 50
"""So many sessions are compared in one pass: 3,000 an hour."""

EVERY = timedelta(hours=1)
"""How long a comparison holds."""

NEAR_AT_ONCE = 300
"""So many events of what is near are looked at in one pass ..."""

SOON = timedelta(minutes=10)
"""... each this long after the look before: who declines should not be waited for."""

SIDE_BY_SIDE = 8
"""So many events are read at once."""

FRIDAY = 4


async def compare(runtime: Runtime) -> None:
    """Compare the longest unchecked sessions; one that cannot be read now is so the next time."""
    now = runtime.services.clock.now()
    async with runtime.services.store.read() as tx:
        rows = await checks.longest_unchecked(
            tx, checks.CHECKED, now=now, before=now - EVERY, most=AT_ONCE
        )
    await _compare(runtime, rows, [checks.CHECKED, checks.LOOKED])


async def look(runtime: Runtime) -> None:
    """Look at the events of the next two working days, more often than sessions are compared."""
    now = runtime.services.clock.now()
    async with runtime.services.store.read() as tx:
        rows = await checks.longest_unchecked(
            tx, checks.LOOKED, now=now, before=now - SOON, most=NEAR_AT_ONCE, until=near_end(now)
        )
    await _compare(runtime, rows, [checks.LOOKED])


def near_end(now: datetime) -> datetime:
    """Return the same time two working days later, Monday to Friday."""
    end, left = now, 2
    while left:
        end += DAY
        left -= end.weekday() <= FRIDAY
    return end


async def _compare(runtime: Runtime, rows: Sequence[SessionRow], ways: Sequence[str]) -> None:
    """Compare sessions with their events and, where that is one of the ``ways``, with the WFM."""
    services = runtime.services
    now, whole = services.clock.now(), checks.CHECKED in ways
    async with services.store.read() as tx:
        invited = {
            row.id: await bookings.attendees_of(tx, row.id) if row.gathers else [row]
            for row in rows
        }
        ids = {one.attendee_id for some in invited.values() for one in some}
        known = await people.by_ids(tx, ids)
        codes = {row.id: await _code_of(tx, runtime, row) for row in rows if whole}
        ours = await selfcare.looked_after(tx, {row.request_id for row in rows})
        needs = {row.id: await _needs(tx, row) for row in rows if whole and row.request_id in ours}
    read: list[SessionRow] = []
    adrift: defaultdict[str, list[FailedWrite]] = defaultdict(list)
    declined: list[SessionRow] = []
    try:
        held = await _in_wfm(runtime, rows, codes, needs) if whole else {row.id for row in rows}
        async for row, gone, cannot in _lost(runtime, rows, invited, known):
            adrift[row.request_id] += gone
            declined += cannot
            if row.id not in held and row.targets[Target.WFM] is TargetState.DONE:
                adrift[row.request_id].append(FailedWrite(session_id=row.id, target=Target.WFM))
            read.append(row)
    except (WfmError, CalendarError) as error:
        log.info("not_compared", error=type(error).__name__)
    for request_id, lost in adrift.items():
        found = await _without_room(runtime, lost) if request_id in ours else lost
        await _report(runtime, request_id, found)
    for one in declined:
        async with services.store.write() as tx:
            request = await requests.locked(tx, one.request_id)
            await decline(tx, runtime, request, await bookings.require(tx, one.id))
    async with services.store.write() as tx:
        await checks.note_checked(tx, ways, read, now)


async def _code_of(tx: AsyncConnection, runtime: Runtime, row: SessionRow) -> str:
    request = await requests.require(tx, row.request_id)
    return (await runtime.services.setups.asked_as(tx, request)).code_id


@dataclass(frozen=True, slots=True, kw_only=True)
class _Needs:
    """With whom a session that self-care looks after holds: ``least`` of these, and all ``required``."""

    attendee_ids: frozenset[str]
    least: int
    required: frozenset[str]

    def hold(self, here: Collection[str]) -> bool:
        """Whether it holds with those who are here."""
        return len(self.attendee_ids & {*here}) >= self.least and self.required <= {*here}


async def _needs(tx: AsyncConnection, row: SessionRow) -> _Needs:
    if row.gathering_id is None:
        who = frozenset({row.attendee_id})
        return _Needs(attendee_ids=who, least=1, required=who)
    ask = (await requests.require(tx, row.request_id)).ask
    attending = await bookings.attendees_of(tx, row.gathering_id)
    who = frozenset(one.attendee_id for one in attending if one.state is SessionState.BOOKED)
    least = min(ask.least, len(who))
    return _Needs(attendee_ids=who, least=least, required=who & {*ask.required_ids})


async def _in_wfm(
    runtime: Runtime,
    rows: Sequence[SessionRow],
    codes: Mapping[str, str],
    needs: Mapping[str, _Needs],
) -> Collection[str]:
    """Return the ids of the sessions whose minutes still have their code in the WFM.

    And of those of ``needs`` that do not hold with who works then, if their attendee does not:
    they are self-care's.
    """
    days: defaultdict[date, list[SessionRow]] = defaultdict(list)
    for row in rows:
        if not row.gathers:
            days[row.interval.start.date()].append(row)
    held = set()
    for day, of_day in days.items():
        ids = {row.attendee_id for row in of_day}
        ids |= {i for row in of_day if row.id in needs for i in needs[row.id].attendee_ids}
        found = await runtime.services.wfm.schedules(
            sorted(ids), DateRange(day - DAY, day + 2 * DAY)
        )
        segments: defaultdict[str, list[Segment]] = defaultdict(list)
        for one in found:
            segments[one.agent_id] += one.segments
        for row in of_day:
            there = any(
                segment.code_id == codes[row.id] and segment.interval.covers(row.interval)
                for segment in segments[row.attendee_id]
            )
            if there or (
                row.id in needs
                and await _is_broken(runtime, row, codes[row.id], needs[row.id], segments)
            ):
                held.add(row.id)
    return held


async def _is_broken(
    runtime: Runtime,
    row: SessionRow,
    code_id: str,
    needs: _Needs,
    segments: Mapping[str, Sequence[Segment]],
) -> bool:
    """Whether a session's attendee does not work then, and too few who are to come with them do."""
    codes = await runtime.services.wfm.codes(row.unit_id)
    work = {code.id for code in codes if code.kind is CodeKind.WORK}

    def at_work(agent_id: str, fitting: Collection[str]) -> bool:
        mine = segments.get(agent_id, ())
        spans = merge(one.interval for one in mine if one.code_id in fitting)
        return any(span.covers(row.interval) for span in spans)

    if at_work(row.attendee_id, work):
        return False
    return not needs.hold({i for i in needs.attendee_ids if at_work(i, work | {code_id})})


async def _without_room(runtime: Runtime, gone: Sequence[FailedWrite]) -> list[FailedWrite]:
    """Let a session say that its room is lost, which self-care sees to; return what is left."""
    lost = [one for one in gone if one.target is Target.ROOM]
    async with runtime.services.store.write() as tx:
        for one in lost:
            await bookings.mark(tx, one.session_id, Target.ROOM, TargetState.FAILED)
    return [one for one in gone if one not in lost]


async def _lost(
    runtime: Runtime,
    rows: Sequence[SessionRow],
    invited: Mapping[str, Sequence[SessionRow]],
    known: Mapping[str, Person],
) -> AsyncIterator[tuple[SessionRow, list[FailedWrite], list[SessionRow]]]:
    """Yield each session with what ``_gone`` says of it; raises where the calendar is away."""
    for first in range(0, len(rows), SIDE_BY_SIDE):
        some = rows[first : first + SIDE_BY_SIDE]
        reading = [_gone(runtime, row, invited[row.id], known) for row in some]
        found = await asyncio.gather(*reading, return_exceptions=True)
        for row, one in zip(some, found, strict=True):
            if isinstance(one, BaseException):
                raise one
            yield row, *one


async def _gone(
    runtime: Runtime,
    row: SessionRow,
    invited: Sequence[SessionRow],
    known: Mapping[str, Person],
) -> tuple[list[FailedWrite], list[SessionRow]]:
    """Return what of a session's event no longer stands, and the rows of those who have declined.

    Raises where the calendar is away.
    """
    if row.event is None:
        return [], []
    lost = FailedWrite(session_id=row.id, target=Target.INVITE)
    try:
        event = await runtime.services.calendar.read(row.event)
    except CalendarNotFound:
        return [lost], []
    except CalendarError as error:
        if away_of(error) is not None:
            raise
        log.warning("not_compared", session=row.id, error=type(error).__name__)
        return [], []  # a mailbox that we may not read keeps no other from being compared
    gone = [lost] if event.cancelled or event.interval != row.interval else []
    if row.room_id and event.room is RoomAnswer.DECLINED:
        gone.append(FailedWrite(session_id=row.id, target=Target.ROOM))
    declined = [
        one
        for one in invited
        if one.state is row.state and _declined(event, known.get(one.attendee_id))
    ]
    return gone, [] if event.cancelled else declined


def _declined(event: EventState, attendee: Person | None) -> bool:
    address = attendee.address if attendee else None
    return bool(address) and event.attendees.get(str(address).lower()) == "declined"


async def _report(runtime: Runtime, request_id: str, found: Sequence[FailedWrite]) -> None:
    """Make one work item of what no scheduler has been told yet, if anything."""
    if not found:
        return
    async with runtime.services.store.write() as tx:
        row = await requests.locked(tx, request_id)
        if row.state not in views.UNDOABLE:  # taken back while it was compared
            return
        told = await _told(tx, request_id)
        untold = tuple(one for one in found if one not in told)
        if not untold:
            return
        session = await bookings.require(tx, untold[0].session_id)
        facts = escalation.ItemFacts(
            as_of=runtime.services.clock.now(), zone=session.zone, failed=untold
        )
        item_id = await escalation.add(tx, runtime, row, WorkItemCause.DRIFT, facts)
        roomless = {one.session_id for one in untold if one.target is Target.ROOM}
        if roomless:
            rows = await bookings.sessions(tx, row.id)
            lost = [one for one in rows if {one.id, one.gathering_id} & roomless]
            await notices.notify(tx, NoticeKind.ROOM_LOST, row, key=item_id, sessions=lost)
    for one in untold:
        runtime.services.count("adrift")
        log.warning("adrift", request=request_id, session=one.session_id, target=one.target.value)


async def _told(tx: AsyncConnection, request_id: str) -> set[FailedWrite]:
    """Return what was reported, unless it was to be mended since."""
    return {
        one
        for item in await work_items.of_request(tx, request_id)
        if item.cause is WorkItemCause.DRIFT and item.state is not WorkItemState.RETRIED
        for one in escalation.load_facts(item.facts).failed
    }


@DBOS.step(**LASTING)
async def let_go(session_id: str) -> Tried:
    """Let go of an event that is gone, so that another can be made; whether it was."""
    return await tried(lambda: _let_go(current(), session_id))


async def _let_go(runtime: Runtime, session_id: str) -> bool:
    async with runtime.services.store.read() as tx:
        row = await bookings.require(tx, session_id)
    if row.event is None:  # let go before, and not made anew since
        return row.targets[Target.ROOM] is not TargetState.SKIPPED
    try:
        if not (await runtime.services.patient_calendar.read(row.event)).cancelled:
            return False
    except CalendarNotFound:
        log.info("event_is_gone", session=session_id)
    again = dict.fromkeys((Target.ROOM, Target.INVITE), TargetState.PENDING)
    async with runtime.services.store.write() as tx:
        request = await requests.locked(tx, row.request_id)
        if request.state not in views.UNDOABLE:  # its undo looks for the events it knows of
            return False
        await bookings.update_session(
            tx,
            row.id,
            event=None,
            room_attempt=row.room_attempt + 1,  # the next event has a key of its own
            targets=dump(dict[Target, TargetState], {**row.targets, **again}),
        )
        for one in await bookings.attendees_of(tx, row.id):
            if one.targets[Target.INVITE] is TargetState.DONE:
                await bookings.mark(tx, one.id, Target.INVITE, TargetState.PENDING)
    return True


@DBOS.step()
async def compare_now() -> None:
    """Compare, and look at what is near; see ``compare`` and ``look``."""
    await compare(current())
    await look(current())


@DBOS.workflow(name="each_minute_drift", max_recovery_attempts=MAX_RECOVERIES)
async def each_minute(_at: object, _context: object) -> None:
    """Compare some sessions; one run a minute, however many replicas there are."""
    await compare_now()
