"""Calendars and rooms as the core sees them: Exchange through Graph, or mail with our own rooms."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from scheduling.domain.meetings import Room
from scheduling.domain.times import Interval


class CalendarError(Exception):
    """The calendar did not do what was asked. The message never holds a subject or an address."""


class CalendarAuthFailed(CalendarError):
    """Sign-in was refused."""


class CalendarForbidden(CalendarError):
    """Signed in, but without the right; the message names the permission."""


class CalendarNotFound(CalendarError):
    """No such mailbox or event."""


class CalendarRejected(CalendarError):
    """The calendar refused what we sent."""


class CalendarThrottled(CalendarError):
    """Too many calls; try again ``after`` seconds."""

    def __init__(self, message: str, after: float) -> None:
        """Keep how long to wait."""
        super().__init__(message)
        self.after = after


class CalendarUnavailable(CalendarError):
    """No usable answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """A name and an address for an invitation, which says whether they need not come."""

    name: str
    address: str
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeBusy:
    """When a mailbox is taken. ``known`` is False where it could not be read: unknown is not free.

    ``entries`` are what ``busy`` is merged of, for calendars that tell each by itself.
    ``contested`` is what two entries take at once, tentative ones left out: one of them is lost.
    """

    address: str
    busy: tuple[Interval, ...] = ()
    entries: tuple[Interval, ...] = ()
    known: bool = True
    contested: tuple[Interval, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDraft:
    """A calendar event to make. ``key`` never changes between attempts and names the event for ever.

    ``zone`` is the place's IANA zone, in which the event is written; ``subject`` is neutral;
    ``room`` is a room mailbox, None for an online session.
    """

    key: str
    organiser: Mailbox
    interval: Interval
    zone: str
    subject: str
    room: Mailbox | None
    private: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRef:
    """Where an event lives: the organiser's mailbox and the event's immutable id there."""

    organiser: str
    event_id: str
    ical_uid: str


class RoomAnswer(StrEnum):
    """What the room said to an event that asks for it."""

    NONE = "none"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TENTATIVE = "tentative"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventState:
    """An event as it now is in the organiser's calendar; addresses are lower case."""

    ref: EventRef
    interval: Interval
    subject: str
    room: RoomAnswer
    attendees: Mapping[str, str]
    join_url: str | None = None
    cancelled: bool = False


class Calendar(Protocol):
    """Rooms, free/busy, and events made in two steps: with the room first, then the people.

    Every call may raise a CalendarError. Repeating a call with the same key or on the same
    event does no more than the first did.
    """

    async def rooms(self) -> Sequence[Room]:
        """Return the bookable rooms."""
        ...

    async def free_busy(self, addresses: Collection[str], span: Interval) -> Sequence[FreeBusy]:
        """Return when each mailbox is taken, in the order asked."""
        ...

    async def hold(self, draft: EventDraft) -> EventRef:
        """Make the event with no attendee but the room; the same key finds the same event."""
        ...

    async def read(self, ref: EventRef) -> EventState:
        """Return the event; CalendarNotFound when it is gone."""
        ...

    async def invite(self, ref: EventRef, people: Sequence[Mailbox]) -> None:
        """Add the people as attendees, the room kept, which sends the invitations."""
        ...

    async def withdraw(self, ref: EventRef, people: Sequence[Mailbox]) -> None:
        """Take people off the event and tell them; who is not on it, or an event gone, is success."""
        ...

    async def move(
        self, ref: EventRef, interval: Interval, zone: str, room: Mailbox | None
    ) -> None:
        """Put the same event at ``interval``, in ``room`` (None: online); its people are told.

        The room is asked anew, and what it says is to be read. CalendarNotFound once the event is
        cancelled or gone.
        """
        ...

    async def cancel(self, ref: EventRef, comment: str) -> None:
        """Cancel the event and tell its attendees; already gone is success."""
        ...

    async def find(self, organiser: str, key: str) -> EventRef | None:
        """Return the event made under ``key`` in the organiser's calendar, or None."""
        ...


class EventStore(Protocol):
    """A small durable map for a calendar that has no memory of its own (mail)."""

    async def load(self, key: str) -> dict[str, object] | None:
        """Return what was saved under ``key``, or None."""
        ...

    async def save(self, key: str, value: dict[str, object], was: dict[str, object] | None) -> bool:
        """Keep ``value`` under ``key`` in the place of ``was`` (None: of nothing).

        False where something else is there by now, which then stays.
        """
        ...

    async def taken(self, room_id: str, span: Interval) -> Sequence[Interval]:
        """Return when our own bookings take a room."""
        ...
