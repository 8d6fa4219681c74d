"""The stand-in tenant's state as Graph's JSON."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from graph.sandbox.model import Attendee, Meeting, RoomMailbox, User

NEVER = "0001-01-01T00:00:00Z"
MUTABLE = "AAMk"
IMMUTABLE = "AAkA"
JSON = dict[str, Any]


def stamp(instant: datetime | None) -> str:
    """Return a DateTimeOffset; Graph's zero date for None."""
    return NEVER if instant is None else f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"


def wall(instant: datetime, zone: str, place: ZoneInfo) -> JSON:
    """Return a dateTimeTimeZone with Graph's seven decimals."""
    return {
        "dateTime": f"{instant.astimezone(place):%Y-%m-%dT%H:%M:%S}.0000000",
        "timeZone": zone,
    }


def recipient(name: str, address: str) -> JSON:
    """Return an emailAddress holder."""
    return {"emailAddress": {"name": name, "address": address}}


def attendee(each: Attendee) -> JSON:
    """Return an attendee with its response."""
    status = {"response": each.response, "time": stamp(each.answered)}
    return {"type": each.kind, "status": status, **recipient(each.name, each.address)}


def event(
    meeting: Meeting, mailbox: str, *, organiser_name: str, prefix: str, zone: str, place: ZoneInfo
) -> JSON:
    """Return the copy of ``meeting`` in ``mailbox``, with times in ``zone``."""
    own = meeting.organiser == mailbox
    mine = meeting.attendee(mailbox)
    subject = meeting.payload.get("subject")
    return {
        **meeting.payload,
        "id": prefix + meeting.copy_id(mailbox),
        "@odata.etag": meeting.etag,
        "iCalUId": meeting.uid,
        "subject": f"Canceled: {subject}" if meeting.cancelled else subject,
        "start": wall(meeting.start, zone, place),
        "end": wall(meeting.end, zone, place),
        "originalStartTimeZone": meeting.zone,
        "originalEndTimeZone": meeting.zone,
        "createdDateTime": stamp(meeting.created),
        "lastModifiedDateTime": stamp(meeting.modified),
        "isAllDay": False,
        "isCancelled": meeting.cancelled,
        "isOrganizer": own,
        "type": "singleInstance",
        "organizer": recipient(organiser_name, meeting.organiser),
        "attendees": [attendee(each) for each in meeting.attendees],
        "responseStatus": {
            "response": "organizer" if own else (mine.response if mine else "none"),
            "time": stamp(mine.answered if mine else None),
        },
        "onlineMeeting": {"joinUrl": meeting.join_url} if meeting.join_url else None,
        **({"transactionId": meeting.transaction_id} if own and meeting.transaction_id else {}),
    }


def room(place: RoomMailbox) -> JSON:
    """Return a microsoft.graph.room."""
    return {
        "@odata.type": "#microsoft.graph.room",
        "id": place.id,
        "displayName": place.name,
        "emailAddress": place.address,
        "nickname": place.name,
        "capacity": place.capacity,
        "building": place.building,
        "floorLabel": place.floor,
        "floorNumber": None,
        "bookingType": "standard",
        "tags": list(place.tags),
        "videoDeviceName": place.video,
        "audioDeviceName": None,
        "displayDeviceName": None,
        "isWheelChairAccessible": place.wheelchair,
        "phone": "",
    }


def room_list(name: str) -> JSON:
    """Return a microsoft.graph.roomList, named by its address."""
    return {
        "@odata.type": "#microsoft.graph.roomList",
        "id": name,
        "displayName": name.partition("@")[0],
        "emailAddress": name,
    }


def user(account: User) -> JSON:
    """Return a microsoft.graph.user."""
    return {
        "id": account.id,
        "displayName": account.name,
        "mail": account.address,
        "userPrincipalName": account.address,
        "accountEnabled": account.enabled,
        "userType": "Guest" if account.guest else "Member",
    }


def selected(payload: JSON, query: Mapping[str, str]) -> JSON:
    """Return the properties that $select asks for; all without it."""
    if "$select" not in query:
        return payload
    wanted = {"id", *query["$select"].split(",")}
    return {name: value for name, value in payload.items() if name in wanted or name[0] == "@"}
