"""The stand-in tenant: one in-memory state, its calendars, and what its rooms decide."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from graph.sandbox.assistant import decide
from graph.sandbox.model import (
    Attendee,
    GraphRefusal,
    Meeting,
    OnAttendees,
    RoomMailbox,
    RoomMode,
    SandboxSettings,
    SentMail,
    User,
)
from scheduling.domain.times import Interval
from scheduling.ports.clock import Clock


class Sandbox:
    """A tenant with ``users`` and ``rooms``, to be served by ``start``; state lives in memory.

    A test or the demo may read and change it directly: ``users``, ``rooms``, ``meetings``,
    ``mails``, ``subscriptions``, ``settings``; ``respond`` is a person's or delegate's answer. ``on_installed`` hears
    of apps put into somebody's Teams, as Teams does.
    """

    def __init__(
        self,
        clock: Clock,
        users: Iterable[User] = (),
        rooms: Iterable[RoomMailbox] = (),
        settings: SandboxSettings | None = None,
    ) -> None:
        """Start a tenant without meetings."""
        self.clock = clock
        self.settings = settings or SandboxSettings()
        self.users = {user.address: user for user in users}
        self.rooms = {room.address: room for room in rooms}
        self.meetings: list[Meeting] = []
        self.mails: list[SentMail] = []
        self.subscriptions: dict[str, dict[str, Any]] = {}
        self.on_installed: Callable[[User], Awaitable[object]] | None = None

    def user(self, name: str) -> User:
        """Return the account of an id or address; 404 as a GraphRefusal."""
        wanted = name.lower()
        for user in self.users.values():
            if wanted in (user.id.lower(), user.address):
                return user
        raise GraphRefusal(404, "Request_ResourceNotFound", "Resource does not exist.")

    def mailbox(self, name: str) -> str:
        """Return the address of a person's or room's mailbox; 404 as a GraphRefusal."""
        if name.lower() in self.rooms:
            return name.lower()
        try:
            return self.user(name).address
        except GraphRefusal as refusal:
            message = "The requested user is invalid."
            raise GraphRefusal(404, "ErrorInvalidUser", message) from refusal

    def calendar(self, mailbox: str) -> Iterator[Meeting]:
        """Yield the meetings that ``mailbox`` has a copy of."""
        for meeting in self.meetings:
            if mailbox not in meeting.dropped_by and self._has_copy(meeting, mailbox):
                yield meeting

    def _has_copy(self, meeting: Meeting, mailbox: str) -> bool:
        if meeting.organiser == mailbox:
            return not meeting.cancelled or self.settings.keep_cancelled
        attendee = meeting.attendee(mailbox)
        if attendee is None or mailbox not in self.rooms:
            return attendee is not None
        return not meeting.cancelled and attendee.response in ("accepted", "tentativelyAccepted")

    def event(self, mailbox: str, event_id: str) -> Meeting:
        """Return the meeting whose copy in ``mailbox`` has that id; 404 as a GraphRefusal."""
        for meeting in self.calendar(mailbox):
            if meeting.copy_id(mailbox) == event_id:
                return meeting
        message = "The specified object was not found in the store."
        raise GraphRefusal(404, "ErrorItemNotFound", message)

    def taken(self, mailbox: str) -> list[tuple[Interval, Meeting | None]]:
        """Return what takes a mailbox's time; None stands for appointments of before."""
        owner = self.rooms.get(mailbox) or self.users[mailbox]
        busy: list[tuple[Interval, Meeting | None]] = [(span, None) for span in owner.busy]
        for meeting in self.calendar(mailbox):
            attendee = meeting.attendee(mailbox)
            declined = attendee is not None and attendee.response == "declined"
            if not meeting.cancelled and not declined:
                busy.append((meeting.span, meeting))
        return busy

    def ask(self, meeting: Meeting, attendees: Sequence[Attendee]) -> None:
        """Put the question to the rooms among ``attendees``; they answer when due."""
        for attendee in attendees:
            room = self.rooms.get(attendee.address)
            if (
                attendee.kind == "resource"
                and room is not None
                and room.mode is not RoomMode.SILENT
            ):
                attendee.due = self.clock.now() + timedelta(seconds=self.settings.room_delay)
                attendee.response, attendee.answered = "none", None
        self.touch(meeting)

    def attendees_changed(self, meeting: Meeting, kept: Sequence[Attendee]) -> None:
        """Let the rooms that stay react to a new guest list, as the settings say."""
        rooms = [attendee for attendee in kept if attendee.kind == "resource"]
        match self.settings.on_attendees:
            case OnAttendees.REACCEPT:
                self.ask(meeting, rooms)
            case OnAttendees.RESET:
                for room in rooms:
                    room.response, room.answered, room.due = "none", None, None
            case OnAttendees.DECLINE:
                for room in rooms:
                    self._answer(meeting, room, "declined")
            case OnAttendees.CHANGED_ONLY:
                pass

    def settle(self) -> None:
        """Let every room answer whose time has come, the earliest question first."""
        now = self.clock.now()
        waiting = [
            (attendee.due, meeting.serial, meeting, attendee)
            for meeting in self.meetings
            for attendee in meeting.attendees
            if attendee.due is not None and attendee.due <= now
        ]
        for _, _, meeting, attendee in sorted(waiting, key=lambda each: each[:2]):
            if meeting.cancelled:
                attendee.due = None
                continue
            room = self.rooms[attendee.address]
            others = [span for span, held in self.taken(room.address) if held is not meeting]
            self._answer(meeting, attendee, decide(room, meeting.span, others, now))

    def respond(self, meeting: Meeting, address: str, response: str) -> None:
        """Record the answer of a person or a room's delegate: accepted, declined, ..."""
        attendee = meeting.attendee(address)
        if attendee is None:
            raise GraphRefusal(404, "ErrorItemNotFound", "No such attendee.")
        self._answer(meeting, attendee, response)

    def _answer(self, meeting: Meeting, attendee: Attendee, response: str) -> None:
        attendee.response = response
        attendee.answered, attendee.due = self.clock.now(), None
        self.touch(meeting)

    def touch(self, meeting: Meeting) -> None:
        """Note a change: the event is another version from now on."""
        meeting.modified = self.clock.now()
        meeting.version += 1
