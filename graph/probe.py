"""What the doctor tries in a real tenant, on one room and one person, and how it is taken back.

Each trial returns a sentence, or raises a CalendarError; what was learnt of the tenant is in
``profile``. Everything that was made can be taken back with ``clean_up``, whatever happened.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from kiota_abstractions.method import Method

from graph import mapping
from graph.adapter import GraphCalendar, calendar_errors, overtaken
from graph.apps import GraphApps
from graph.client import GraphClient, GraphFault
from graph.sandbox.model import IfMatch, JoinLink, OnAttendees, RoomMode
from graph.sandbox.profile import TenantProfile
from scheduling.domain.times import DAY, Interval
from scheduling.ports.apps import AppsError, Installed
from scheduling.ports.calendar import (
    CalendarError,
    CalendarNotFound,
    EventDraft,
    EventRef,
    EventState,
    Mailbox,
    RoomAnswer,
)
from scheduling.ports.clock import Clock

SUBJECT = "Aside tries a booking; this goes again"
HALF_HOUR = timedelta(minutes=30)
AHEAD = 14 * DAY
OFFICE_HOURS = range(9, 17)
PAUSES = (2.0, 5.0, 10.0, 30.0, 60.0)
"""How long an answer is waited for, in seconds, as a booking does."""
LIFE = timedelta(minutes=45)
"""The shortest that Graph gives a subscription."""
SATURDAY = 5


Pause = Callable[[float], Awaitable[object]]


class ProbeFailed(CalendarError):
    """A trial's own verdict; ``fix`` only where it knows better than the trial's own."""

    def __init__(self, said: str, fix: str = "") -> None:
        """Keep both."""
        super().__init__(said)
        self.fix = fix


@dataclass(frozen=True, slots=True, kw_only=True)
class Subjects:
    """Whom the trials are made on, by address: who leads, a room, a person to be invited."""

    lead: str
    room: str
    person: str


class GraphProbe:
    """Trials in their order; one that needs another which failed says so. ``run`` makes keys unique."""

    def __init__(
        self,
        client: GraphClient,
        clock: Clock,
        subjects: Subjects,
        *,
        run: str,
        pause: Pause = asyncio.sleep,
    ) -> None:
        """Prepare; nothing is sent before the first trial."""
        self._client = client
        self._clock = clock
        self._on = subjects
        self._run = run
        self._pause = pause
        self._calendar = GraphCalendar(client, clock, reader=subjects.lead)
        self._keys: list[str] = []
        self._slot: Interval | None = None
        self._held: EventRef | None = None
        self._subscription: str | None = None
        self._installed: tuple[str, str] | None = None
        """For whom, and which app of the catalogue, where it was not there before."""
        self.profile = TenantProfile()

    def _learnt(self, **seen: object) -> None:
        self.profile = replace(self.profile, **seen)  # type: ignore[arg-type]

    # Rooms and times

    async def rooms(self) -> str:
        """Look whether the room is listed, and whether lists say how they go on."""
        with calendar_errors():
            where = self._client.api.places.graph_room
            page = await self._client.call(Method.GET, where, query={"$top": "1"})
        rooms = await self._calendar.rooms()
        if len(rooms) > 1:
            self._learnt(leave_out_links="@odata.nextLink" not in page)
        if self._on.room.lower() not in {room.id.lower() for room in rooms}:
            raise ProbeFailed(f"the room is not among the {len(rooms)} that are listed")
        return f"the room is one of {len(rooms)}"

    async def free_busy(self) -> str:
        """Read all three calendars, and find a half hour in which all are free."""
        now = self._clock.now()
        asked = (self._on.lead, self._on.room, self._on.person)
        found = await self._calendar.free_busy(asked, Interval(now, now + AHEAD))
        unknown = [
            what
            for what, one in zip(("who leads", "room", "person"), found, strict=True)
            if not one.known
        ]
        if unknown:
            raise ProbeFailed(f"free/busy cannot be read: {', '.join(unknown)}")
        busy = [span for one in found for span in one.busy]
        free = (span for span in _half_hours(now) if not any(span.overlaps(one) for one in busy))
        self._slot = next(free, None)
        if self._slot is None:
            raise ProbeFailed(
                "no half hour of the next two weeks is free for all three",
                "name a room and a person with less in their calendars",
            )
        return "can be read for all three"

    def _draft(self, name: str, *, online: bool = False) -> EventDraft:
        if self._slot is None:
            raise ProbeFailed("not tried: no free time was found")
        key = f"doctor:{self._run}:{name}"
        self._keys.append(key)
        return EventDraft(
            key=key,
            organiser=Mailbox(name=self._on.lead, address=self._on.lead),
            interval=self._slot,
            zone="UTC",
            subject=SUBJECT,
            room=None if online else Mailbox(name=self._on.room, address=self._on.room),
        )

    # Booking

    async def book(self) -> str:
        """Make an event with the room; the same key must find it again."""
        draft = self._draft("room")
        self._held = await self._calendar.hold(draft)
        if (await self._calendar.hold(draft)).event_id != self._held.event_id:
            raise ProbeFailed("the same booking made a second event", "report this with the log")
        return "made, and found again by its key"

    def _booked(self) -> EventRef:
        if self._held is None:
            raise ProbeFailed("not tried: nothing was booked")
        return self._held

    async def accept(self) -> str:
        """Wait for the room to accept."""
        asked = self._clock.now()
        state = await self._answered(self._booked())
        self._learnt(room_delay=round((self._clock.now() - asked).total_seconds(), 1))
        match state.room:
            case RoomAnswer.ACCEPTED:
                self._learnt(room_mode=RoomMode.AUTO_ACCEPT)
                return f"accepted within {self.profile.room_delay:.0f} s"
            case RoomAnswer.TENTATIVE:
                self._learnt(room_mode=RoomMode.DELEGATE)
                raise ProbeFailed("the room waits for a delegate to decide")
            case RoomAnswer.DECLINED:
                raise ProbeFailed("the room declined a time that it said was free")
        self._learnt(room_mode=RoomMode.SILENT, room_delay=None)
        raise ProbeFailed(f"no answer within {sum(PAUSES):.0f} s")

    async def _answered(self, ref: EventRef) -> EventState:
        """Return the event once its room has answered, or as it is after the last pause."""
        state = await self._calendar.read(ref)
        for seconds in PAUSES:
            if state.room is not RoomAnswer.NONE:
                break
            await self._pause(seconds)
            state = await self._calendar.read(ref)
        return state

    async def decline(self) -> str:
        """Book the same time once more, which the room must decline."""
        if self.profile.room_mode is not RoomMode.AUTO_ACCEPT:
            raise ProbeFailed("not tried: the room does not accept by itself")
        second = await self._calendar.hold(self._draft("second"))
        state = await self._answered(second)
        await self._calendar.cancel(second, "")
        self._learnt(allow_conflicts=state.room is RoomAnswer.ACCEPTED)
        if state.room is not RoomAnswer.DECLINED:
            raise ProbeFailed(f"a second booking of the same time was not declined: {state.room}")
        return "a second booking of the same time was declined"

    async def add(self) -> str:
        """Invite the person, and see what the room does that has accepted."""
        ref = self._booked()
        before = await self._answered_at(ref)
        person = Mailbox(name=self._on.person, address=self._on.person)
        await self._calendar.invite(ref, [person])
        state = await self._calendar.read(ref)
        if self._on.person.lower() not in state.attendees:
            raise ProbeFailed("the person is not on the event although Graph took the change")
        if self.profile.room_mode is not RoomMode.AUTO_ACCEPT:
            raise ProbeFailed("the person is invited; the room does not accept by itself")
        again = state.room is RoomAnswer.NONE
        state = await self._answered(ref)
        again = again or await self._answered_at(ref) != before
        match state.room:
            case RoomAnswer.ACCEPTED:
                self._learnt(
                    on_attendees=OnAttendees.REACCEPT if again else OnAttendees.CHANGED_ONLY
                )
                return f"invited; the room {'accepted again' if again else 'stayed accepted'}"
            case RoomAnswer.DECLINED:
                self._learnt(on_attendees=OnAttendees.DECLINE)
            case _:
                self._learnt(on_attendees=OnAttendees.RESET)
        raise ProbeFailed(f"the room took its acceptance back: {state.room}")

    async def _answered_at(self, ref: EventRef) -> object:
        """Return when the room answered, as Graph writes it."""
        event = await self._raw(ref)
        rooms = [each for each in event.get("attendees") or () if each.get("type") == "resource"]
        return (rooms[0].get("status") or {}).get("time") if rooms else None

    async def _raw(self, ref: EventRef) -> dict[str, Any]:
        where = self._client.api.users.by_user_id(ref.organiser).events.by_event_id(ref.event_id)
        with calendar_errors():
            return await self._client.call(Method.GET, where, mailbox=ref.organiser)

    async def versions(self) -> str:
        """Change the event under a version that is not its own, and under its own."""
        ref = self._booked()
        now = str((await self._raw(ref)).get("@odata.etag"))
        if await self._takes_change(ref, 'W/"another"'):
            self._learnt(if_match=IfMatch.IGNORED)
            raise ProbeFailed("a change under an older version was made all the same")
        heeded = await self._takes_change(ref, now)
        self._learnt(if_match=IfMatch.HEEDED if heeded else IfMatch.REFUSED)
        if not heeded:
            raise ProbeFailed("a change under the event's own version was refused")
        return "a change under an older version is refused"

    async def _takes_change(self, ref: EventRef, version: str) -> bool:
        """Whether the event may be changed under that version; what is written is as it was."""
        where = self._client.api.users.by_user_id(ref.organiser).events.by_event_id(ref.event_id)
        body, box = {"showAs": "busy"}, ref.organiser
        with calendar_errors():
            try:
                await self._client.call(
                    Method.PATCH, where, mailbox=box, body=body, if_match=version
                )
            except GraphFault as fault:
                if not overtaken(fault):
                    raise
                return False
        return True

    async def online(self) -> str:
        """Make an online meeting, and see when its link comes."""
        draft = self._draft("online", online=True)
        where = self._client.api.users.by_user_id(self._on.lead).events
        with calendar_errors():
            made = await self._client.call(
                Method.POST, where, mailbox=self._on.lead, body=mapping.new_event(draft)
            )
            state = mapping.event_state(made, self._on.lead)
        if state.join_url:
            self._learnt(join_link=JoinLink.AT_ONCE)
            return "the link came at once"
        for seconds in (0.0, *PAUSES[:3]):
            await self._pause(seconds)
            if (await self._calendar.read(state.ref)).join_url:
                self._learnt(join_link=JoinLink.LATER)
                return "the link came later"
        self._learnt(join_link=JoinLink.NEVER)
        raise ProbeFailed("an online meeting got no link")

    async def subscribe(self, notify: str) -> str:
        """Ask to hear of changes at ``notify``, which Graph must reach."""
        body = {
            "changeType": "updated,deleted",
            "notificationUrl": notify,
            "lifecycleNotificationUrl": notify,
            "resource": f"users/{self._on.lead}/events",
            "expirationDateTime": (self._clock.now() + LIFE).isoformat(),
            "clientState": self._run,
        }
        with calendar_errors():
            made = await self._client.call(Method.POST, self._client.api.subscriptions, body=body)
        self._subscription = str(made["id"])
        return "made, and the address was reached"

    async def cancel(self) -> str:
        """Cancel the event, and see the room free again."""
        ref, slot = self._booked(), self._slot
        assert slot is not None  # noqa: S101 - nothing is booked without one
        await self._calendar.cancel(ref, "")
        try:
            left = await self._calendar.read(ref)
        except CalendarNotFound:
            self._learnt(keep_cancelled=False)
        else:
            if not left.cancelled:
                raise ProbeFailed("the event is still there after it was cancelled")
            self._learnt(keep_cancelled=True)
        for seconds in (*PAUSES, None):
            (room,) = await self._calendar.free_busy([self._on.room], slot)
            if room.known and not any(span.overlaps(slot) for span in room.busy):
                return "cancelled, and the room is free again"
            if seconds is not None:
                await self._pause(seconds)
        raise ProbeFailed("cancelled, but the room is still taken", "look into the room's calendar")

    # The app

    async def install(self, object_id: str, catalogue_id: str, base_url: str) -> str:
        """Put the app into the person's Teams."""
        try:
            came = await GraphApps(self._client, catalogue_id, base_url).install(object_id)
        except AppsError as error:
            raise ProbeFailed(str(error)) from error
        if came is Installed.MADE:
            self._installed = (object_id, catalogue_id)
            return "installed for the person"
        if came is Installed.THERE:
            return "the person has it already"
        if came is Installed.REFUSED:
            raise ProbeFailed("refused, by a policy or for want of the permission")
        raise ProbeFailed("no such person, or no such app", "check ASIDE_GRAPH__CATALOGUE_ID")

    # Taking back

    async def clean_up(self) -> str:
        """Take everything back, each thing whatever became of the others."""
        steps: Sequence[tuple[str, Callable[[], Awaitable[None]]]] = (
            ("a subscription", self._unsubscribe),
            ("the app in the person's Teams", self._uninstall),
            *(
                (f"an event called “{SUBJECT}”", lambda key=key: self._drop(key))
                for key in self._keys
            ),
        )
        left = []
        for what, take_back in steps:
            try:
                await take_back()
            except (CalendarError, GraphFault):
                left.append(what)
        if left:
            raise ProbeFailed(
                f"left behind: {'; '.join(left)}",
                "take it away by hand; a subscription ends itself",
            )
        return "nothing is left behind"

    async def _drop(self, key: str) -> None:
        known = await self._calendar.find(self._on.lead, key)
        if known is not None:
            await self._calendar.cancel(known, "")

    async def _unsubscribe(self) -> None:
        if self._subscription is not None:
            where = self._client.api.subscriptions.by_subscription_id(self._subscription)
            await self._client.call(Method.DELETE, where)

    async def _uninstall(self) -> None:
        if self._installed is None:
            return
        object_id, catalogue_id = self._installed
        where = self._client.api.users.by_user_id(object_id).teamwork.installed_apps
        ours = {"$expand": "teamsApp", "$filter": f"teamsApp/id eq '{catalogue_id}'"}
        for one in (await self._client.call(Method.GET, where, query=ours)).get("value") or ():
            there = where.by_user_scope_teams_app_installation_id(str(one["id"]))
            await self._client.call(Method.DELETE, there)


def _half_hours(now: datetime) -> list[Interval]:
    """Return the half hours of the next two weeks' working days, from tomorrow on."""
    first = now.replace(hour=0, minute=0, second=0, microsecond=0) + DAY
    days = [first + n * DAY for n in range(AHEAD // DAY - 1)]
    starts = [
        day.replace(hour=hour) + half
        for day in days
        if day.weekday() < SATURDAY
        for hour in OFFICE_HOURS
        for half in (timedelta(0), HALF_HOUR)
    ]
    return [Interval(start, start + HALF_HOUR) for start in starts]
