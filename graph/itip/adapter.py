"""ports.Calendar without a tenant: real invitations by mail, rooms out of our own database."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace

from graph.itip.client import send
from graph.itip.mapping import invitation, require_mailbox, require_plain
from graph.itip.record import Record
from graph.itip.settings import MailSettings
from scheduling.domain.meetings import Room
from scheduling.domain.times import Interval, merge
from scheduling.ports.calendar import (
    CalendarNotFound,
    CalendarRejected,
    CalendarUnavailable,
    EventDraft,
    EventRef,
    EventState,
    EventStore,
    FreeBusy,
    Mailbox,
    RoomAnswer,
)
from scheduling.ports.clock import Clock

TRIES = 6


class MailCalendar:
    """Invitations by mail. See ports.Calendar for what each call promises.

    A room answers at once, out of ``store``: accepted unless another event of ours has it. An
    event's ``event_id`` is its key. Every message is written down before it is sent, so that a
    message sent again after a crash has the same UID and SEQUENCE and changes nothing.
    """

    def __init__(
        self,
        settings: MailSettings,
        rooms: Callable[[], Iterable[Room]],
        store: EventStore,
        clock: Clock,
    ) -> None:
        """Prepare; nothing is sent before the first invitation."""
        self._settings = settings
        self._sender = require_mailbox(settings.sender)
        self._given = rooms
        self._store = store
        self._clock = clock
        self._allocating = asyncio.Lock()

    @property
    def _rooms(self) -> dict[str, Room]:
        return {room.id.lower(): room for room in self._given()}

    async def rooms(self) -> Sequence[Room]:
        """Return the rooms we are given now."""
        return tuple(self._rooms.values())

    async def free_busy(self, addresses: Collection[str], span: Interval) -> Sequence[FreeBusy]:
        """Return when our own bookings take each room; people as ``people_are_free`` says."""
        return [await self._free_busy(address, span) for address in addresses]

    async def _free_busy(self, address: str, span: Interval) -> FreeBusy:
        if address.lower() not in self._rooms:
            return FreeBusy(address=address, known=self._settings.people_are_free)
        taken = await self._store.taken(address.lower(), span)
        clipped = (part for each in taken if (part := each.clip(span)) is not None)
        return FreeBusy(address=address, busy=merge(clipped))

    async def hold(self, draft: EventDraft) -> EventRef:
        """Write the event down and allocate its room; the same key finds the same event.

        CalendarNotFound for a room we were not given, CalendarRejected for a key whose event was
        cancelled.
        """
        require_plain(draft.subject)
        for mailbox in (draft.organiser, draft.room):
            if mailbox is not None:
                require_mailbox(mailbox)
        async with self._allocating:
            value = await self._store.load(draft.key) or await self._made(draft)
        record = Record.load(value)
        if record.cancelled:
            raise CalendarRejected("the event under that key was cancelled; a key is never reused")
        return _ref(record)

    async def _made(self, draft: EventDraft) -> dict[str, object]:
        """Write a fresh event down, unless another process just has; return what is there then."""
        domain = self._sender.address.partition("@")[2]
        answer = await self._allocate(draft.room, draft.interval)
        value = Record.of(draft, answer, domain, self._clock.now()).save()
        if await self._store.save(draft.key, value, was=None):
            return value
        return await self._store.load(draft.key) or value

    async def _allocate(
        self, room: Mailbox | None, interval: Interval, own: Interval | None = None
    ) -> RoomAnswer:
        """Return the room's answer; ``own`` is when this event has it already."""
        if room is None:
            return RoomAnswer.NONE
        room_id = room.address.lower()
        if room_id not in self._rooms:
            raise CalendarNotFound("that room is not among the rooms set up for mail invitations")
        others = [each for each in await self._store.taken(room_id, interval) if each != own]
        conflict = any(interval.overlaps(other) for other in others)
        return RoomAnswer.DECLINED if conflict else RoomAnswer.ACCEPTED

    async def read(self, ref: EventRef) -> EventState:
        """Return the event; CalendarNotFound when there is none. People's replies are not known."""
        record = await self._record(ref)
        return EventState(
            ref=_ref(record),
            interval=record.interval,
            subject=record.subject,
            room=record.answer,
            attendees={each.address.lower(): str(RoomAnswer.NONE) for each in record.people},
            join_url=None if record.room else self._settings.online_url,
            cancelled=record.cancelled,
        )

    async def invite(self, ref: EventRef, people: Sequence[Mailbox]) -> None:
        """Mail the invitation to the organiser and the people; again only if somebody is new.

        CalendarNotFound once the event is cancelled.
        """
        for person in people:
            require_mailbox(person)

        async def joined(record: Record) -> Record:
            if record.cancelled:
                raise CalendarNotFound("the event was cancelled")
            there = {each.address.lower() for each in record.people}
            fresh = tuple(each for each in people if each.address.lower() not in there)
            everyone = (*record.people, *fresh)
            return record.next(self._clock.now(), people=everyone) if fresh else record

        await self._send(await self._edited(ref, joined))

    async def move(
        self, ref: EventRef, interval: Interval, zone: str, room: Mailbox | None
    ) -> None:
        """Put the same event elsewhere, and mail whoever was invited, once there is a room.

        While the room declines nothing is mailed: another room, or none, is asked for next.
        CalendarNotFound once the event is cancelled.
        """

        async def moved(record: Record) -> Record:
            if record.cancelled:
                raise CalendarNotFound("the event was cancelled")
            if record.stands_at(interval, room):
                return record
            had = record.interval if record.takes(room) else None
            answer = await self._allocate(room, interval, had)
            return record.moved(interval, zone, room, answer, self._clock.now())

        async with self._allocating:
            record = await self._edited(ref, moved)
        await self._send(record)

    async def withdraw(self, ref: EventRef, people: Sequence[Mailbox]) -> None:
        """Mail a cancellation to those of ``people`` who were invited, and to nobody else."""
        gone = {each.address.lower() for each in people}

        async def left(record: Record) -> Record:
            leaving = tuple(each for each in record.people if each.address.lower() in gone)
            if record.cancelled or not leaving:
                return record
            kept = tuple(each for each in record.people if each not in leaving)
            return record.next(self._clock.now(), people=kept, leaving=leaving)

        with suppress(CalendarNotFound):
            await self._send(await self._edited(ref, left))

    async def cancel(self, ref: EventRef, comment: str) -> None:
        """Free the room and mail the cancellation to whoever was invited; already gone is success.

        ``comment`` is not mailed: a cancellation says no more than the invitation did.
        """
        del comment

        async def ended(record: Record) -> Record:
            if record.cancelled:
                return record
            if record.sequence < 0:
                return replace(record, cancelled=True)
            return record.next(self._clock.now(), people=record.people, cancelled=True)

        with suppress(CalendarNotFound):
            await self._send(await self._edited(ref, ended))

    async def _edited(self, ref: EventRef, change: Callable[[Record], Awaitable[Record]]) -> Record:
        """Write down what ``change`` makes of an event, anew where others wrote meanwhile; return it.

        A message that is still to be sent goes first where it, or the next one, is for who left alone.
        """
        for _ in range(TRIES):
            before = await self._record(ref)
            settled = replace(before, leaving=())
            after = await change(settled)
            if before.sent < before.sequence and (before.leaving or after.leaving):
                await self._send(before)
            elif after == settled:
                return before
            elif await self._store.save(before.key, after.save(), was=before.save()):
                return after
        raise CalendarUnavailable("others keep changing the event")

    async def _send(self, record: Record) -> None:
        """Send what is written down to be sent, unless that was done; write down that it was.

        Where others have written meanwhile, what they wrote stays: it is sent with theirs.
        """
        if record.sent < record.sequence:
            await send(invitation(record, self._sender, self._settings.online_url), self._settings)
            done = replace(record, sent=record.sequence)
            await self._store.save(record.key, done.save(), was=record.save())

    async def find(self, organiser: str, key: str) -> EventRef | None:
        """Return the event made under ``key`` for the organiser, or None.

        A cancelled one is there until its cancellation is known to be sent.
        """
        value = await self._store.load(key)
        if value is None:
            return None
        record = Record.load(value)
        mine = record.organiser.address.lower() == organiser.lower()
        return _ref(record) if mine and not record.over else None

    async def _record(self, ref: EventRef) -> Record:
        value = await self._store.load(ref.event_id)
        if value is None:
            raise CalendarNotFound("no event was made under that key")
        return Record.load(value)


def _ref(record: Record) -> EventRef:
    return EventRef(
        organiser=record.organiser.address.lower(), event_id=record.key, ical_uid=record.uid
    )
