"""ports.Calendar and ports.Directory over Microsoft Graph."""

from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import structlog
from kiota_abstractions.method import Method

from graph import mapping
from graph.client import ForeignLink, GraphClient, GraphFault
from scheduling.domain.meetings import Room
from scheduling.domain.times import DAY, Interval
from scheduling.ports.calendar import (
    CalendarAuthFailed,
    CalendarError,
    CalendarForbidden,
    CalendarNotFound,
    CalendarRejected,
    CalendarThrottled,
    CalendarUnavailable,
    EventDraft,
    EventRef,
    EventState,
    FreeBusy,
    Mailbox,
)
from scheduling.ports.clock import Clock
from scheduling.ports.directory import DirectoryError, DirectoryPerson

MAILBOXES_PER_CALL = 20
WINDOW = timedelta(days=60)  # getSchedule refuses 62 days and more
PAGE = 100
ACCOUNT = "id,displayName,mail,userPrincipalName,accountEnabled,userType"
GONE = 404
TRIES = 6
log = structlog.get_logger()

Edit = Callable[[Mapping[str, Any]], dict[str, Any]]
"""Says what is to be changed of an event as it is now; nothing where it is as it should be."""


def _translate(fault: GraphFault) -> CalendarError:
    match fault.status:
        case 401:
            return CalendarAuthFailed("Graph refused our sign-in; check the credential and tenant")
        case 403:
            return CalendarForbidden(
                f"Graph refused ({fault.code}); Calendars.ReadWrite over this mailbox or"
                " Place.Read.All is missing"
            )
        case 404:
            return CalendarNotFound(f"Graph knows no such mailbox or event ({fault.code})")
        case 429:
            return CalendarThrottled("Graph asks us to wait", after=fault.after or 10.0)
        case int(status) if status < 500 and not overtaken(fault):
            return CalendarRejected(f"Graph refused what we sent ({status}, {fault.code})")
        case _:
            return CalendarUnavailable(f"Graph gave no usable answer ({fault.code})")


def overtaken(fault: GraphFault) -> bool:
    """Whether somebody else's change came before ours."""
    return fault.status == 412 or fault.code == "ErrorIrresolvableConflict"


@contextmanager
def calendar_errors() -> Iterator[None]:
    """Turn what went wrong with Graph into the port's errors."""
    try:
        yield
    except GraphFault as fault:
        raise _translate(fault) from fault
    except (mapping.PayloadError, ForeignLink) as error:
        raise CalendarUnavailable(f"Graph's answer cannot be used: {error}") from error


class GraphCalendar:
    """Exchange through Graph. See ports.Calendar for what each call promises.

    ``reader`` is a mailbox in our scope from which free/busy is asked. Rooms are
    kept for a day.
    """

    def __init__(self, client: GraphClient, clock: Clock, *, reader: str) -> None:
        """Prepare; nothing is sent before the first call."""
        self._client = client
        self._clock = clock
        self._reader = reader
        self._rooms: tuple[datetime, tuple[Room, ...]] | None = None

    async def rooms(self) -> Sequence[Room]:
        """Return the bookable rooms, at most a day old."""
        now = self._clock.now()
        if self._rooms is None or now - self._rooms[0] >= DAY:
            with calendar_errors():
                listed = {room.id: room async for room in self._listed_rooms()}
            self._rooms = (now, tuple(listed.values()))
        return self._rooms[1]

    async def _listed_rooms(self) -> AsyncIterator[Room]:
        """Page by nextLink, or by $skip where Graph leaves the link out, until nothing comes."""
        where = self._client.api.places.graph_room
        seen = 0
        page = await self._client.call(Method.GET, where, query={"$top": str(PAGE)})
        while values := page.get("value"):
            for room in mapping.rooms(values):
                yield room
            seen += len(values)
            if link := page.get("@odata.nextLink"):
                page = await self._client.follow(link)
            else:
                further = {"$top": str(PAGE), "$skip": str(seen)}
                page = await self._client.call(Method.GET, where, query=further)

    async def free_busy(self, addresses: Collection[str], span: Interval) -> Sequence[FreeBusy]:
        """Return when each mailbox is taken, in the order asked."""
        asked = list(addresses)
        answers: list[FreeBusy] = []
        with calendar_errors():
            for at in range(0, len(asked), MAILBOXES_PER_CALL):
                batch = asked[at : at + MAILBOXES_PER_CALL]
                windows = [await self._schedules(batch, window) for window in _windows(span)]
                answers += [_joined(parts) for parts in zip(*windows, strict=True)]
        return answers

    async def _schedules(self, addresses: Sequence[str], window: Interval) -> list[FreeBusy]:
        where = self._client.api.users.by_user_id(self._reader).calendar.get_schedule
        body = {
            "Schedules": list(addresses),
            "StartTime": mapping.wall_time(window.start, "UTC"),
            "EndTime": mapping.wall_time(window.end, "UTC"),
            "AvailabilityViewInterval": 1440,
        }
        answer = await self._client.call(Method.POST, where, mailbox=self._reader, body=body)
        found = {str(each.get("scheduleId")).lower(): each for each in answer.get("value") or ()}
        return [
            mapping.free_busy(found.get(address.lower(), {}), address, window)
            for address in addresses
        ]

    async def hold(self, draft: EventDraft) -> EventRef:
        """Make the event with no attendee but the room; the same key finds the same event.

        Looked up first, since Graph does not say how long it remembers a transactionId; a lost
        answer is settled by looking again.
        """
        organiser = draft.organiser.address
        if (known := await self.find(organiser, draft.key)) is not None:
            return known
        where = self._client.api.users.by_user_id(organiser).events
        with calendar_errors():
            body = mapping.new_event(draft)
            try:
                event = await self._client.call(Method.POST, where, mailbox=organiser, body=body)
            except GraphFault as fault:
                made = await self._settled(organiser, draft.key, fault)
                if made is None:
                    raise
                return made
            return mapping.event_ref(event, organiser)

    async def _settled(self, organiser: str, key: str, fault: GraphFault) -> EventRef | None:
        """Return what a failed create has made after all, if anything."""
        if not fault.outcome_unknown and fault.code != "ErrorDuplicateTransactionId":
            return None
        log.warning("create_outcome_unknown", code=fault.code)
        return await self.find(organiser, key)

    async def read(self, ref: EventRef) -> EventState:
        """Return the event; CalendarNotFound when it is gone."""
        with calendar_errors():
            return mapping.event_state(await self._event(ref), ref.organiser)

    async def invite(self, ref: EventRef, people: Sequence[Mailbox]) -> None:
        """Add the people as attendees, the room kept, which sends the invitations."""
        with calendar_errors():
            await self._edit(ref, lambda event: mapping.with_people(event, people))

    async def withdraw(self, ref: EventRef, people: Sequence[Mailbox]) -> None:
        """Take people off the event, the room kept; who is not on it, or an event gone, is success."""
        with calendar_errors():
            try:
                await self._edit(ref, lambda event: mapping.without_people(event, people))
            except GraphFault as fault:
                if fault.status != GONE:
                    raise

    async def _edit(self, ref: EventRef, change_of: Edit) -> None:
        """Read the event, and change it only while it is as it was read; else read it once more.

        The list of attendees is always written whole: of two who change it at once, one would
        undo what the other did. Where the version that was read is refused although it is still
        the event's, the mailbox does not know the condition, and the change is made without.
        """
        refused = None
        for attempt in range(TRIES):
            event = await self._event(ref)
            change = change_of(event)
            if not change:
                return
            version = event.get("@odata.etag")
            try:
                await self._client.call(
                    Method.PATCH,
                    self._where(ref),
                    mailbox=ref.organiser,
                    body=change,
                    if_match=None if version == refused else version,
                )
            except GraphFault as fault:
                if not overtaken(fault) or attempt == TRIES - 1:
                    raise
                log.info("event_changed_meanwhile", code=fault.code)
                refused = version
            else:
                return

    async def move(
        self, ref: EventRef, interval: Interval, zone: str, room: Mailbox | None
    ) -> None:
        """Put the same event at ``interval``, in ``room`` (None: online); its people are told.

        What it is to become is told whole, so that a change whose answer was lost is made again.
        """

        def elsewhere(event: Mapping[str, Any]) -> dict[str, Any]:
            if event.get("isCancelled"):
                raise CalendarNotFound("the event was cancelled")
            return mapping.moved(event, interval, zone, room)

        with calendar_errors():
            await self._edit(ref, elsewhere)

    async def cancel(self, ref: EventRef, comment: str) -> None:
        """Cancel the event and tell its attendees; already gone is success."""
        where = self._where(ref).cancel
        with calendar_errors():
            try:
                await self._client.call(
                    Method.POST, where, mailbox=ref.organiser, body={"Comment": comment}
                )
            except GraphFault as fault:
                if fault.status != GONE and not await self._is_over(ref):
                    raise

    async def _is_over(self, ref: EventRef) -> bool:
        """Whether the event is cancelled: a repeated cancel may be refused rather than not found."""
        try:
            return (await self._event(ref)).get("isCancelled") is True
        except GraphFault as fault:
            return fault.status == GONE

    async def find(self, organiser: str, key: str) -> EventRef | None:
        """Return the event made under ``key`` in the organiser's calendar, or None."""
        where = self._client.api.users.by_user_id(organiser).events
        query = {"$filter": mapping.key_filter(key), "$select": "id,iCalUId,isCancelled"}
        with calendar_errors():
            answer = await self._client.call(Method.GET, where, mailbox=organiser, query=query)
            alive = [event for event in answer.get("value") or () if not event.get("isCancelled")]
            return mapping.event_ref(alive[0], organiser) if alive else None

    def _where(self, ref: EventRef) -> Any:  # noqa: ANN401 - the SDK's builders are not typed here
        return self._client.api.users.by_user_id(ref.organiser).events.by_event_id(ref.event_id)

    async def _event(self, ref: EventRef) -> dict[str, Any]:
        return await self._client.call(Method.GET, self._where(ref), mailbox=ref.organiser)


def _windows(span: Interval) -> list[Interval]:
    """Return ``span`` in pieces that getSchedule accepts."""
    starts = [span.start]
    while starts[-1] + WINDOW < span.end:
        starts.append(starts[-1] + WINDOW)
    return [Interval(start, min(start + WINDOW, span.end)) for start in starts]


def _joined(parts: Sequence[FreeBusy]) -> FreeBusy:
    """Return one mailbox's answers over neighbouring windows as one; unknown if any is."""
    known = all(part.known for part in parts)
    busy = tuple(taken for part in parts for taken in part.busy) if known else ()
    entries = tuple(one for part in parts for one in part.entries) if known else ()
    contested = tuple(span for part in parts for span in part.contested) if known else ()
    return FreeBusy(
        address=parts[0].address, busy=busy, entries=entries, known=known, contested=contested
    )


class GraphDirectory:
    """Entra through Graph. See ports.Directory."""

    def __init__(self, client: GraphClient) -> None:
        """Prepare; nothing is sent before the first call."""
        self._client = client

    async def by_object_id(self, object_id: str) -> DirectoryPerson | None:
        """Return the account, or None; a sign-in name is not taken for an object id."""
        where = self._client.api.users.by_user_id(object_id)
        with _directory_errors():
            try:
                user = await self._client.call(Method.GET, where, query={"$select": ACCOUNT})
            except GraphFault as fault:
                if fault.status == GONE:
                    return None
                raise
            found = mapping.person(user)
        return found if found.object_id.lower() == object_id.lower() else None

    async def by_address(self, address: str) -> DirectoryPerson | None:
        """Return the account whose mail or sign-in name is ``address``, or None.

        DirectoryError where two accounts claim it: a person decides then.
        """
        quoted = address.replace("'", "''")
        query = {
            "$filter": f"mail eq '{quoted}' or userPrincipalName eq '{quoted}'",
            "$select": ACCOUNT,
        }
        with _directory_errors():
            answer = await self._client.call(Method.GET, self._client.api.users, query=query)
            found = [mapping.person(user) for user in answer.get("value") or ()]
        if len(found) > 1:
            raise DirectoryError("two accounts claim one address; bind the right one by object id")
        return found[0] if found else None


@contextmanager
def _directory_errors() -> Iterator[None]:
    try:
        yield
    except GraphFault as fault:
        hint = "; User.Read.All is missing" if fault.status == 403 else ""
        raise DirectoryError(f"the directory gave no usable answer ({fault.code}{hint})") from fault
    except mapping.PayloadError as error:
        raise DirectoryError(f"the directory's answer cannot be used: {error}") from error
