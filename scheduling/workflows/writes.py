"""The single writes of a booking and their undoing, each repeatable under its own key."""

from collections.abc import Sequence
from dataclasses import replace

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.meetings import MeetingType, Room
from scheduling.domain.requests import Remote, SessionState, Target, TargetState
from scheduling.domain.times import DAY, DateRange
from scheduling.ports.calendar import (
    CalendarNotFound,
    EventDraft,
    EventRef,
    EventState,
    Mailbox,
    RoomAnswer,
)
from scheduling.ports.wfm import (
    ChangeSet,
    Conflict,
    Insert,
    NotFound,
    Outcome,
    OutcomeUnknown,
    Receipt,
    Rejected,
)
from scheduling.storage import bookings, people, requests, selfcare
from scheduling.storage.bookings import SessionRow
from scheduling.storage.codec import dump
from scheduling.workflows.runtime import NotYet, Runtime

log = structlog.get_logger()

INVITED = (TargetState.DONE, TargetState.SKIPPED)
UNANSWERED = ("none", "notResponded")


def wfm_key(row: SessionRow) -> str:
    """Return the key of the session's WFM exception, decided before any call."""
    return row.wfm_key or f"{row.request_id}:{row.id}:wfm"


def event_key(row: SessionRow, attempt: int) -> str:
    """Return the key of the session's event; each room tried has its own."""
    return f"{row.request_id}:{row.id}:event:{attempt}"


async def write_exception(runtime: Runtime, row: SessionRow) -> None:
    """Lay the schedule exception; raises Rejected or Conflict where the WFM will not have it."""
    if row.targets[Target.WFM] in (TargetState.DONE, TargetState.SKIPPED):
        return
    services = runtime.services
    kind = await _type_of(runtime, row)
    key = wfm_key(row)
    try:
        receipt = await services.wfm.status(key)
    except NotFound:
        change = ChangeSet(
            key=key,
            inserts=(
                Insert(
                    agent_id=row.attendee_id,
                    interval=row.interval,
                    code_id=kind.code_id,
                    label=kind.subject,
                    version=await _version(runtime, row),
                ),
            ),
        )
        try:
            receipt = await services.wfm.apply(change)
        except OutcomeUnknown as unknown:
            raise NotYet(Remote.WFM, "the answer was lost; its state is read next") from unknown
    runtime.search.forget(row.unit_id)
    _require_written(receipt)
    async with services.store.write() as tx:
        await bookings.mark(
            tx, row.id, Target.WFM, TargetState.DONE, written_at=services.clock.now()
        )
    log.info("effect", target="wfm", session=row.id)


def _require_written(receipt: Receipt) -> None:
    if receipt.all_in(Outcome.APPLIED, Outcome.AWAITING_APPROVAL):
        return
    if receipt.all_in(Outcome.APPLIED, Outcome.AWAITING_APPROVAL, Outcome.PENDING, Outcome.UNKNOWN):
        raise NotYet(Remote.WFM, "the change is not settled")
    if any(one.outcome is Outcome.CONFLICT for one in receipt.outcomes):
        raise Conflict("somebody changed those minutes in the WFM")
    raise Rejected(
        "the WFM refused the exception", [r for o in receipt.outcomes for r in o.reasons]
    )


async def _version(runtime: Runtime, row: SessionRow) -> str:
    start = row.interval.start.date()
    days = await runtime.services.wfm.schedules(
        [row.attendee_id], DateRange(start - DAY, start + 2 * DAY)
    )
    for day in days:
        spans = [segment.interval for segment in day.segments]
        if spans and spans[0].start <= row.interval.start and row.interval.end <= spans[-1].end:
            return day.version
    raise Conflict("the agent has no shift at that time any more")


async def hold_event(runtime: Runtime, row: SessionRow) -> None:
    """Make the event with the room only."""
    if row.event is not None or row.targets[Target.ROOM] is TargetState.SKIPPED:
        return
    services = runtime.services
    kind = await _type_of(runtime, row)
    organiser = await _mailbox(runtime, row.facilitator_id)
    if organiser is None:
        raise CalendarNotFound("the facilitator has no mailbox")
    ref = await services.patient_calendar.hold(
        EventDraft(
            key=event_key(row, row.room_attempt),
            organiser=organiser,
            interval=row.interval,
            zone=row.zone,
            subject=kind.subject,
            room=Mailbox(name=row.room_name or row.room_id, address=row.room_id)
            if row.room_id
            else None,
            private=kind.private,
        )
    )
    async with services.store.write() as tx:
        await bookings.update_session(tx, row.id, event=dump(EventRef, ref))
    log.info("effect", target="event", session=row.id)


async def room_answer(runtime: Runtime, row: SessionRow) -> RoomAnswer:
    """Return the room's answer; an online session needs none. Keeps the join link."""
    if row.event is None or row.targets[Target.ROOM] is TargetState.SKIPPED:
        return RoomAnswer.ACCEPTED
    state = await runtime.services.patient_calendar.read(row.event)
    answer = state.room if row.room_id else RoomAnswer.ACCEPTED
    if answer is RoomAnswer.ACCEPTED:
        async with runtime.services.store.write() as tx:
            await bookings.mark(tx, row.id, Target.ROOM, TargetState.DONE, join_url=state.join_url)
            await bookings.update_attendees(tx, row.id, join_url=state.join_url)
    return answer


async def next_room(runtime: Runtime, row: SessionRow) -> None:
    """Take the declined room's event away and give the session the next room, or make it online.

    Without an event it was given one before, and that room was not asked yet.
    """
    services = runtime.services
    if row.event is None:
        return
    await services.patient_calendar.cancel(row.event, "")
    await take_room(runtime, row, last=row.room_attempt >= services.policy.room_attempts)


async def take_room(
    runtime: Runtime, row: SessionRow, *, last: bool, same_event: bool = False
) -> None:
    """Give the session the next free room; make it online where there is none, or after the ``last``."""
    free = [] if last else await _free_rooms(runtime, row)
    for room in (*free, None):
        try:
            async with runtime.services.store.write() as tx:
                await bookings.change_room(tx, row, room, same_event=same_event)
        except bookings.SlotTaken:
            continue
        return


async def _free_rooms(runtime: Runtime, row: SessionRow) -> Sequence[tuple[str, str]]:
    """Return free rooms in the declined room's building, smallest first.

    Only those that come after it in that order, so that no room is asked twice.
    """
    calendar = runtime.services.patient_calendar
    rooms = {room.id.lower(): room for room in await runtime.services.setups.rooms(calendar)}
    lost = rooms.get((row.room_id or "").lower())
    async with runtime.services.store.read() as tx:
        needed = (await requests.require(tx, row.request_id)).ask.equipment
    near = [
        room
        for room in rooms.values()
        if lost
        and room.building == lost.building
        and _by_size(room) > _by_size(lost)
        and needed <= room.equipment
    ]
    if not near:
        return []
    async with runtime.services.store.read() as tx:
        resources = {bookings.room_resource(room.id) for room in near}
        taken = {name for name, _ in await bookings.taken(tx, resources, row.interval)}
    free = {
        one.address.lower()
        for one in await calendar.free_busy([room.id for room in near], row.interval)
        if one.known and not any(busy.overlaps(row.interval) for busy in one.busy)
    }
    return [
        (r.id, r.name)
        for r in sorted(near, key=_by_size)
        if r.id.lower() in free and bookings.room_resource(r.id) not in taken
    ]


def _by_size(room: Room) -> tuple[int, str]:
    return room.capacity, room.id


async def invite(runtime: Runtime, row: SessionRow) -> None:
    """Invite on the same event; from here a booking only goes forward.

    A gathering invites all its attendees at once. Who joins one later is invited alone.
    """
    if row.targets[Target.INVITE] in INVITED:
        return
    async with runtime.services.store.read() as tx:
        event, asked = await _asked(tx, row)
        optional = (await requests.require(tx, row.request_id)).ask.optional_ids
    if event is None:
        return
    found = {one.id: await _mailbox(runtime, one.attendee_id) for one in asked}
    mailboxes = [
        replace(found_, optional=one.attendee_id in optional)
        for one in asked
        if (found_ := found[one.id])
    ]
    if mailboxes:
        await runtime.services.patient_calendar.invite(event, mailboxes)
    async with runtime.services.store.write() as tx:
        for one in asked:
            state = TargetState.DONE if found[one.id] else TargetState.SKIPPED
            await bookings.mark(tx, one.id, Target.INVITE, state)
        if row.gathers:
            await bookings.mark(tx, row.id, Target.INVITE, TargetState.DONE)
    log.info("effect", target="invite", session=row.id, invited=len(mailboxes))


async def _asked(
    tx: AsyncConnection, row: SessionRow
) -> tuple[EventRef | None, Sequence[SessionRow]]:
    """Return the event that a row's invitation is to, and the rows of those it is for.

    There is none for an attendee whose gathering is yet to invite everybody.
    """
    if row.gathers:
        attendees = await bookings.attendees_of(tx, row.id)
        active = [one for one in attendees if one.state.value in bookings.ACTIVE_SESSIONS]
        return row.event, [one for one in active if one.targets[Target.INVITE] not in INVITED]
    if row.gathering_id is None:
        return row.event, [row]
    gathering = await bookings.require(tx, row.gathering_id)
    everybody = gathering.targets[Target.INVITE] is TargetState.DONE
    return (gathering.event if everybody else None), [row]


async def undo_event(runtime: Runtime, row: SessionRow) -> None:
    """Cancel every event the session ever had; already gone is success.

    CalendarNotFound where there may be one in a mailbox that nobody knows any more. One attendee of
    several is taken off the event, unless that is over with the gathering.
    """
    if row.gathering_id is not None:
        await _withdraw(runtime, row, row.gathering_id)
        return
    organiser = await _organiser(runtime, row)
    if organiser is None:
        return
    calendar = runtime.services.patient_calendar
    if row.event is not None:  # known: a search may miss what was made a moment ago
        await calendar.cancel(row.event, "")
    for attempt in range(row.room_attempt + 1):
        ref = await calendar.find(organiser, event_key(row, attempt))
        if ref is not None:
            await calendar.cancel(ref, "")
    async with runtime.services.store.write() as tx:
        for target in (Target.INVITE, Target.ROOM):
            if row.targets[target] is not TargetState.SKIPPED:
                await bookings.mark(tx, row.id, target, TargetState.UNDONE)
    log.info("effect_undone", target="event", session=row.id)


async def _withdraw(runtime: Runtime, row: SessionRow, gathering_id: str) -> None:
    """Take an attendee off the event of a gathering that stands; with its last one it is over."""
    services = runtime.services
    async with services.store.read() as tx:
        gathering = await bookings.require(tx, gathering_id)
        others = [one for one in await bookings.attendees_of(tx, gathering_id) if one.id != row.id]
    stands = gathering.state.value in bookings.ACTIVE_SESSIONS
    alone = not any(one.state.value in bookings.ACTIVE_SESSIONS for one in others)
    mailbox = await _mailbox(runtime, row.attendee_id)
    if gathering.state is SessionState.BOOKED and alone:
        await undo_event(runtime, gathering)
        async with services.store.write() as tx:
            await bookings.free(tx, gathering_id, SessionState.CANCELLED)
    elif stands and gathering.event and mailbox and row.targets[Target.INVITE] is TargetState.DONE:
        await services.patient_calendar.withdraw(gathering.event, [mailbox])
    if row.targets[Target.INVITE] is not TargetState.SKIPPED:
        async with services.store.write() as tx:
            await bookings.mark(tx, row.id, Target.INVITE, TargetState.UNDONE)


async def _organiser(runtime: Runtime, row: SessionRow) -> str | None:
    """Return in whose calendar the session's events are; None where none was ever tried.

    An event remembers whose it is, whatever the facilitator's address is by now. Events are made
    only once the exception is written.
    """
    if row.event is not None:
        return row.event.organiser
    if row.targets[Target.ROOM] is TargetState.SKIPPED or not await _any_written(runtime, row):
        return None
    facilitator = await _mailbox(runtime, row.facilitator_id)
    if facilitator is None:
        raise CalendarNotFound("the facilitator's mailbox, which may hold an event, is not known")
    return facilitator.address


async def _any_written(runtime: Runtime, row: SessionRow) -> bool:
    """Whether the exception of a session, or of any attendee of a gathering, is written."""
    if not row.gathers:
        return row.written_at is not None
    async with runtime.services.store.read() as tx:
        attendees = await bookings.attendees_of(tx, row.id)
    return any(one.written_at is not None for one in attendees)


async def undo_exception(runtime: Runtime, row: SessionRow) -> None:
    """Take the schedule exception back if it exists; Conflict where those minutes changed since."""
    if row.targets[Target.WFM] is TargetState.SKIPPED:
        return
    key = wfm_key(row)
    try:
        receipt = await runtime.services.wfm.undo(key, f"{key}:undo")
    except NotFound:
        receipt = None
    except OutcomeUnknown as unknown:
        raise NotYet(Remote.WFM, "the answer was lost; its state is read next") from unknown
    runtime.search.forget(row.unit_id)
    whole = receipt is None or receipt.all_in(Outcome.UNDONE, Outcome.REJECTED)
    if not whole and not await _overwritten(runtime, row):
        raise Conflict("somebody changed those minutes in the WFM since")
    async with runtime.services.store.write() as tx:
        await bookings.mark(tx, row.id, Target.WFM, TargetState.UNDONE)
    log.info("effect_undone", target="wfm", session=row.id)


async def _overwritten(runtime: Runtime, row: SessionRow) -> bool:
    """Whether self-care moves a session whose exception is gone from the schedule as it is now."""
    async with runtime.services.store.read() as tx:
        cared = row.change_id and await selfcare.by_change(tx, row.change_id)
    if not cared:
        return False
    day, code = row.interval.start.date(), (await _type_of(runtime, row)).code_id
    dates = DateRange(day - DAY, day + 2 * DAY)
    found = await runtime.services.wfm.schedules([row.attendee_id], dates)
    segments = [segment for one in found for segment in one.segments]
    return not any(s.code_id == code and s.interval.overlaps(row.interval) for s in segments)


async def attendee_acted(runtime: Runtime, row: SessionRow) -> bool:
    """Whether an attendee has answered the invitation, asked for somebody who waits."""
    if row.event is None:
        return False
    try:
        state: EventState = await runtime.services.calendar.read(row.event)
    except CalendarNotFound:
        return False
    async with runtime.services.store.read() as tx:
        attending = await bookings.attendees_of(tx, row.id) if row.gathers else [row]
        known = await people.by_ids(tx, {one.attendee_id for one in attending})
    addresses = [person.address.lower() for person in known.values() if person.address]
    return any(state.attendees.get(one, UNANSWERED[0]) not in UNANSWERED for one in addresses)


async def _mailbox(runtime: Runtime, person_id: str) -> Mailbox | None:
    async with runtime.services.store.read() as tx:
        person = await people.get(tx, person_id)
    if person is None or not person.address:
        return None
    return Mailbox(name=person.name, address=person.address)


async def _type_of(runtime: Runtime, row: SessionRow) -> MeetingType:
    async with runtime.services.store.read() as tx:
        request = await requests.require(tx, row.request_id)
        return await runtime.services.setups.asked_as(tx, request)
