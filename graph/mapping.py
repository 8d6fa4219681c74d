"""Graph's payloads to and from the domain: strict on what we send, lenient but loud on what we read.

Pure. The subjects and places of other people's calendars are never read. PayloadError means
that Graph sent something we cannot build on.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

import structlog

from graph.zones import windows_name, zone_named
from scheduling.domain.meetings import Room
from scheduling.domain.times import Interval, common, merge, zone_of
from scheduling.ports.calendar import (
    EventDraft,
    EventRef,
    EventState,
    FreeBusy,
    Mailbox,
    RoomAnswer,
)
from scheduling.ports.directory import DirectoryPerson

KEY_NAMESPACE = UUID("5f0c2a52-6f2b-4ed1-9d0e-9d2b1f0a7c11")
KEY_PROPERTY = "String {5f0c2a52-6f2b-4ed1-9d0e-9d2b1f0a7c11} Name aside-key"
ONLINE = {"isOnlineMeeting": True, "onlineMeetingProvider": "teamsForBusiness"}
NEUTRAL_BODY = "Arranged through Aside."
FREE = frozenset({"free", "workingelsewhere"})
TENTATIVE = "tentative"
ANSWERS = {
    "accepted": RoomAnswer.ACCEPTED,
    "organizer": RoomAnswer.ACCEPTED,
    "declined": RoomAnswer.DECLINED,
    "tentativelyaccepted": RoomAnswer.TENTATIVE,
    "none": RoomAnswer.NONE,
    "notresponded": RoomAnswer.NONE,
}
DEVICES = {
    "audioDeviceName": "audio",
    "videoDeviceName": "video",
    "displayDeviceName": "display",
}
log = structlog.get_logger()


class PayloadError(ValueError):
    """Graph's answer lacks something, or holds what we cannot read; the message says where."""


def wall_time(instant: datetime, zone: str) -> dict[str, str]:
    """Return Graph's dateTimeTimeZone for an aware UTC ``instant`` at a place in IANA ``zone``.

    The doubled hour in autumn names two instants; its second pass is written in UTC.
    """
    local = instant.astimezone(zone_of(zone))
    if local.fold:
        local, name = instant.astimezone(UTC), "UTC"
    else:
        name = windows_name(zone, instant)
    return {"dateTime": local.replace(tzinfo=None).isoformat(timespec="seconds"), "timeZone": name}


def instant(value: object, where: str) -> datetime:
    """Return the aware UTC instant of a dateTimeTimeZone; PayloadError naming ``where``."""
    try:
        # Graph writes seven decimals and Python keeps six.
        naive = datetime.fromisoformat(value["dateTime"][:26])  # type: ignore[index]
        zone = zone_named(value["timeZone"])  # type: ignore[index]
    except (TypeError, KeyError, ValueError) as error:
        raise PayloadError(f"{where} is not a dateTime with a timeZone") from error
    return naive.replace(tzinfo=zone).astimezone(UTC)


def interval(payload: Mapping[str, Any], where: str) -> Interval:
    """Return ``start`` to ``end`` of an event or schedule item; PayloadError naming ``where``."""
    start = instant(payload.get("start"), f"{where}.start")
    end = instant(payload.get("end"), f"{where}.end")
    try:
        return Interval(start, end)
    except ValueError as error:
        raise PayloadError(f"{where} ends before it starts") from error


def transaction_id(key: str) -> str:
    """Return Graph's idempotency id for a booking key: always the same for the same key."""
    return str(uuid5(KEY_NAMESPACE, key))


def attendee(mailbox: Mailbox, kind: str) -> dict[str, Any]:
    """Return an attendee of ``kind``: required, optional or resource."""
    return {"type": kind, "emailAddress": {"name": mailbox.name, "address": mailbox.address}}


def new_event(draft: EventDraft) -> dict[str, Any]:
    """Return the body that creates ``draft`` with nobody invited but the room."""
    event: dict[str, Any] = {
        "subject": draft.subject,
        "body": {"contentType": "text", "content": NEUTRAL_BODY},
        "start": wall_time(draft.interval.start, draft.zone),
        "end": wall_time(draft.interval.end, draft.zone),
        "sensitivity": "private" if draft.private else "normal",
        "showAs": "busy",
        "allowNewTimeProposals": False,
        "transactionId": transaction_id(draft.key),
        "singleValueExtendedProperties": [{"id": KEY_PROPERTY, "value": draft.key}],
    }
    if draft.room is None:
        return event | ONLINE
    return event | {
        "location": _place(draft.room),
        "attendees": [attendee(draft.room, "resource")],
    }


def with_people(event: Mapping[str, Any], people: Sequence[Mailbox]) -> dict[str, Any]:
    """Return the change that adds ``people`` to ``event``; {} where all are there.

    Those already invited, the room among them, are kept: leaving the room out would cancel it.
    """
    kept = [_kept(each) for each in _attendees(event)]
    there = {each["emailAddress"]["address"].lower() for each in kept}
    missing = [person for person in people if person.address.lower() not in there]
    fresh = [attendee(each, "optional" if each.optional else "required") for each in missing]
    return {"attendees": kept + fresh} if fresh else {}


def without_people(event: Mapping[str, Any], people: Sequence[Mailbox]) -> dict[str, Any]:
    """Return the change that takes ``people`` off ``event``; {} where it is over, or none is on it."""
    if event.get("isCancelled") is True:
        return {}
    gone = {each.address.lower() for each in people}
    everyone = [_kept(each) for each in _attendees(event)]
    kept = [each for each in everyone if each["emailAddress"]["address"].lower() not in gone]
    return {"attendees": kept} if len(kept) < len(everyone) else {}


def moved(
    event: Mapping[str, Any], interval_: Interval, zone: str, room: Mailbox | None
) -> dict[str, Any]:
    """Return the change that puts ``event`` at another time or place; {} where it is there.

    The body is left alone: it holds the link of an online meeting. Another room replaces the one
    before among the attendees, and whoever else is invited stays.
    """
    change: dict[str, Any] = {}
    if interval(event, "event") != interval_:
        change |= {
            "start": wall_time(interval_.start, zone),
            "end": wall_time(interval_.end, zone),
        }
    kept = [_kept(each) for each in _attendees(event) if each.get("type") != "resource"]
    before = [each for each in _attendees(event) if each.get("type") == "resource"]
    addresses = {each["emailAddress"]["address"].lower() for each in before}
    if room is None and (before or not event.get("isOnlineMeeting")):
        change |= {"attendees": kept, "location": {"displayName": ""}} | ONLINE
    elif room is not None and addresses != {room.address.lower()}:
        change |= {"attendees": [*kept, attendee(room, "resource")], "location": _place(room)}
    return change


def _place(room: Mailbox) -> dict[str, Any]:
    return {
        "displayName": room.name,
        "locationEmailAddress": room.address,
        "locationType": "conferenceRoom",
    }


def _kept(each: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": each.get("type") or "required", "emailAddress": each["emailAddress"]}


def key_filter(key: str) -> str:
    """Return the OData filter for the event that carries ``key``."""
    quoted = key.replace("'", "''")
    return (
        f"singleValueExtendedProperties/any(ep: ep/id eq '{KEY_PROPERTY}'"
        f" and ep/value eq '{quoted}')"
    )


def event_ref(event: Mapping[str, Any], organiser: str) -> EventRef:
    """Return where ``event`` lives; PayloadError where it has no id."""
    return EventRef(
        organiser=organiser.lower(),
        event_id=_text(event, "id"),
        ical_uid=_text(event, "iCalUId"),
    )


def event_state(event: Mapping[str, Any], organiser: str) -> EventState:
    """Return the event as the core sees it; answers are RoomAnswer's words for people too."""
    everyone = _attendees(event)
    rooms = [each for each in everyone if each.get("type") == "resource"]
    people = [each for each in everyone if each.get("type") != "resource"]
    return EventState(
        ref=event_ref(event, organiser),
        interval=interval(event, "event"),
        subject=str(event.get("subject") or ""),
        room=_answer(rooms[0]) if rooms else RoomAnswer.NONE,
        attendees={each["emailAddress"]["address"].lower(): str(_answer(each)) for each in people},
        join_url=(event.get("onlineMeeting") or {}).get("joinUrl") or None,
        cancelled=event.get("isCancelled") is True,
    )


def free_busy(schedule: Mapping[str, Any], address: str, span: Interval) -> FreeBusy:
    """Return when a mailbox is taken within ``span``; unknown where Graph could not say.

    Everything but "free" and "workingElsewhere" takes the time, tentative included.
    """
    items = schedule.get("scheduleItems")
    if schedule.get("error") or not isinstance(items, list):
        code = (schedule.get("error") or {}).get("responseCode", "noScheduleItems")
        log.warning("free_busy_unknown", code=code)
        return FreeBusy(address=address, known=False)
    taken = [item for item in items if str(item.get("status", "")).lower() not in FREE]
    firm = [item for item in taken if str(item.get("status", "")).lower() != TENTATIVE]
    entries = _parts(taken, span)
    return FreeBusy(
        address=address,
        busy=merge(entries),
        entries=entries,
        contested=common(_parts(firm, span)),
    )


def _parts(items: Iterable[Mapping[str, Any]], span: Interval) -> tuple[Interval, ...]:
    return tuple(part for item in items if (part := _part(item, span)) is not None)


def _part(item: Mapping[str, Any], span: Interval) -> Interval | None:
    """Return the part of a schedule item within ``span``; None for one of no length, or outside."""
    start = max(instant(item.get("start"), "scheduleItem.start"), span.start)
    end = min(instant(item.get("end"), "scheduleItem.end"), span.end)
    return Interval(start, end) if start < end else None


def rooms(values: Iterable[Mapping[str, Any]]) -> list[Room]:
    """Return the bookable rooms.

    A room that is reserved, or that has no address, is left out; the latter is logged.
    """
    found = []
    for value in values:
        address = str(value.get("emailAddress") or "").lower()
        if not address:
            log.warning("room_without_address", place=value.get("id"))
        elif value.get("bookingType") != "reserved":
            found.append(_room(value, address))
    return found


def person(user: Mapping[str, Any]) -> DirectoryPerson:
    """Return a directory account; PayloadError where it has no id."""
    address = user.get("mail") or user.get("userPrincipalName")
    return DirectoryPerson(
        object_id=_text(user, "id"),
        name=str(user.get("displayName") or ""),
        address=str(address).lower() if address else None,
        enabled=user.get("accountEnabled") is not False,
        guest=user.get("userType") == "Guest",
    )


def _room(value: Mapping[str, Any], address: str) -> Room:
    floor = value.get("floorLabel") or value.get("floorNumber")
    building = value.get("building") or None
    devices = {word for name, word in DEVICES.items() if value.get(name)}
    return Room(
        id=address,
        name=str(value.get("displayName") or address),
        capacity=_capacity(value),
        building=building,
        floor=None if floor is None else str(floor),
        equipment=frozenset({str(tag) for tag in value.get("tags") or ()} | devices),
        wheelchair=value.get("isWheelChairAccessible") is True,
    )


def _capacity(value: Mapping[str, Any]) -> int:
    """Return a capacity, which Microsoft's own example writes as a string; 0 where it is unknown."""
    try:
        return int(value["capacity"])
    except (KeyError, TypeError, ValueError):
        log.warning("room_capacity_unknown", place=value.get("id"))
        return 0


def _answer(payload: Mapping[str, Any]) -> RoomAnswer:
    word = str((payload.get("status") or {}).get("response") or "none")
    if word.lower() not in ANSWERS:
        log.warning("unknown_response", response=word)
    return ANSWERS.get(word.lower(), RoomAnswer.NONE)


def _attendees(event: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    everyone = event.get("attendees") or []
    for each in everyone:
        if not isinstance(each, dict) or not (each.get("emailAddress") or {}).get("address"):
            raise PayloadError("an attendee of the event has no address")
    return list(everyone)


def _text(payload: Mapping[str, Any], name: str) -> str:
    value = payload.get(name)
    if not isinstance(value, str) or not value:
        raise PayloadError(f"{name} is missing from Graph's answer")
    return value
