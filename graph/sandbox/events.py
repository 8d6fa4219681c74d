"""The stand-in's events, calendar views and mail."""

import re
from typing import Any
from uuid import uuid4

from aiohttp import web

from graph.sandbox import payloads, wire
from graph.sandbox.directory import listing
from graph.sandbox.model import GraphRefusal, IfMatch, JoinLink, Meeting, SentMail
from graph.sandbox.plumbing import TENANT, read_action, read_json
from graph.sandbox.tenant import Sandbox
from graph.zones import zone_named
from scheduling.domain.times import Interval

PAGE = 10
PROPERTY = re.compile(
    r"singleValueExtendedProperties/any\(\s*(\w+):\s*\1/id eq '((?:[^']|'')*)'"
    r" and \1/value eq '((?:[^']|'')*)'\s*\)"
)
ZONE = re.compile(r'outlook\.timezone="([^"]+)"')
ACCEPTED = web.HTTPAccepted.status_code


def _mailbox(request: web.Request) -> str:
    return request.app[TENANT].mailbox(request.match_info["user"])


def _prefer(request: web.Request) -> str:
    return ", ".join(request.headers.getall("Prefer", []))


def _event(request: web.Request) -> Meeting:
    event_id = request.match_info["event"]
    if event_id[:4] not in (payloads.MUTABLE, payloads.IMMUTABLE):
        raise GraphRefusal(400, "ErrorInvalidIdMalformed", "Id is malformed.")
    return request.app[TENANT].event(_mailbox(request), event_id[4:])


def _own(request: web.Request) -> Meeting:
    """Return the event for a change that only its organiser may make."""
    meeting = _event(request)
    if meeting.organiser != _mailbox(request):
        raise GraphRefusal(400, "ErrorInvalidRequest", "You need to be an organizer to do that.")
    return meeting


def _shown(request: web.Request, meeting: Meeting) -> payloads.JSON:
    """Return the event as its reader sees it; Prefer's zone is honoured on GET only."""
    tenant, prefer = request.app[TENANT], _prefer(request)
    asked = ZONE.search(prefer) if request.method == "GET" else None
    zone = asked[1] if asked else "UTC"
    organiser = tenant.users.get(meeting.organiser)
    return payloads.event(
        meeting,
        _mailbox(request),
        organiser_name=organiser.name if organiser else meeting.organiser,
        prefix=payloads.IMMUTABLE if "ImmutableId" in prefer else payloads.MUTABLE,
        zone=zone,
        place=zone_named(zone),
    )


async def create(request: web.Request) -> web.Response:
    """POST /users/{user}/events."""
    tenant, body, mailbox = request.app[TENANT], await read_json(request), _mailbox(request)
    meeting = _repeated(tenant, mailbox, body)
    if meeting is None:
        meeting = _new(tenant, mailbox, body)
        tenant.meetings.append(meeting)
        tenant.ask(meeting, meeting.attendees)
        tenant.settle()
    return web.json_response(_shown(request, meeting), status=201)


def _repeated(tenant: Sandbox, mailbox: str, body: dict[str, Any]) -> Meeting | None:
    """Return the event that this transactionId made before, if it did."""
    transaction = body.get("transactionId")
    for meeting in tenant.meetings:
        if transaction and (meeting.organiser, meeting.transaction_id) == (mailbox, transaction):
            same = wire.span(body) == meeting.span and meeting in tenant.calendar(mailbox)
            if not same or body.get("subject") != meeting.payload.get("subject"):
                message = "Your request can't be completed: the transactionId was used before."
                raise GraphRefusal(409, "ErrorDuplicateTransactionId", message)
            return meeting
    return None


def _new(tenant: Sandbox, mailbox: str, body: dict[str, Any]) -> Meeting:
    span, now, serial = wire.span(body), tenant.clock.now(), len(tenant.meetings) + 1
    meeting = Meeting(
        serial=serial,
        uid=f"040000008200E00074C5B7101A82E008{uuid4().hex.upper()}",
        organiser=mailbox,
        payload=wire.plain(body),
        start=span.start,
        end=span.end,
        zone=body["start"]["timeZone"],
        created=now,
        modified=now,
        attendees=wire.attendees(body),
        transaction_id=body.get("transactionId"),
        properties=wire.properties(body),
    )
    if tenant.settings.join_link is JoinLink.AT_ONCE:
        _link(meeting)
    return meeting


def _link(meeting: Meeting) -> None:
    if meeting.payload.get("isOnlineMeeting"):
        meeting.join_url = f"https://teams.microsoft.com/l/meetup-join/{meeting.uid.lower()}/0"


async def read(request: web.Request) -> web.Response:
    """GET /users/{user}/events/{event}."""
    meeting = _event(request)
    if request.app[TENANT].settings.join_link is JoinLink.LATER:
        _link(meeting)
    return web.json_response(payloads.selected(_shown(request, meeting), request.query))


async def change(request: web.Request) -> web.Response:
    """PATCH /users/{user}/events/{event}: ``attendees`` replaces the whole list."""
    tenant, meeting, body = request.app[TENANT], _own(request), await read_json(request)
    _require_version(request, meeting)
    tenant.touch(meeting)
    meeting.payload |= wire.plain(body)
    if tenant.settings.join_link is JoinLink.AT_ONCE and meeting.join_url is None:
        _link(meeting)
    if "attendees" in body:
        _replace_attendees(tenant, meeting, body)
    if "start" in body or "end" in body:
        _move(tenant, meeting, body)
    tenant.settle()
    return web.json_response(_shown(request, meeting))


def _require_version(request: web.Request, meeting: Meeting) -> None:
    wanted, heed = request.headers.get("If-Match"), request.app[TENANT].settings.if_match
    if wanted is None or heed is IfMatch.IGNORED:
        return
    if heed is IfMatch.REFUSED or wanted not in ("*", meeting.etag):
        message = "The change key passed in the request does not match the current change key."
        raise GraphRefusal(412, "ErrorIrresolvableConflict", message)


def _replace_attendees(tenant: Sandbox, meeting: Meeting, body: dict[str, Any]) -> None:
    before = {(a.address, a.kind): a for a in meeting.attendees}
    wanted = [(a.address, a.kind, a) for a in wire.attendees(body)]
    meeting.attendees = [before.get((address, kind), fresh) for address, kind, fresh in wanted]
    kept = [a for a in meeting.attendees if (a.address, a.kind) in before]
    fresh = [a for a in meeting.attendees if a not in kept]
    if fresh or len(kept) < len(before):
        tenant.attendees_changed(meeting, kept)
        tenant.ask(meeting, fresh)


def _move(tenant: Sandbox, meeting: Meeting, body: dict[str, Any]) -> None:
    utc = zone_named("UTC")
    now = {
        "start": payloads.wall(meeting.start, "UTC", utc),
        "end": payloads.wall(meeting.end, "UTC", utc),
    }
    span = wire.span(now | {name: body[name] for name in now if name in body})
    meeting.start, meeting.end = span.start, span.end
    for attendee in meeting.attendees:
        attendee.response, attendee.answered = "none", None
    tenant.ask(meeting, meeting.attendees)


async def cancel(request: web.Request) -> web.Response:
    """POST /users/{user}/events/{event}/cancel."""
    meeting = _own(request)
    await read_action(request)
    if meeting.cancelled:
        raise GraphRefusal(400, "ErrorInvalidRequest", "The meeting is already cancelled.")
    meeting.cancelled = True
    return web.Response(status=ACCEPTED)


async def delete(request: web.Request) -> web.Response:
    """DELETE /users/{user}/events/{event}: the organiser's deletion cancels it for everyone."""
    meeting, mailbox = _event(request), _mailbox(request)
    meeting.dropped_by.add(mailbox)
    meeting.cancelled = meeting.cancelled or meeting.organiser == mailbox
    return web.Response(status=204)


async def events(request: web.Request) -> web.Response:
    """GET /users/{user}/events, also by $filter on an extended property."""
    meetings = list(request.app[TENANT].calendar(_mailbox(request)))
    wanted = request.query.get("$filter")
    if wanted is not None:
        found = PROPERTY.fullmatch(wanted.strip())
        if found is None:
            raise GraphRefusal(400, "ErrorInvalidUrlQueryFilter", "Unsupported filter.")
        name, value = (text.replace("''", "'") for text in found.groups()[1:])
        meetings = [each for each in meetings if each.properties.get(name) == value]
    return listing(request, [_shown(request, each) for each in meetings], PAGE)


async def calendar_view(request: web.Request) -> web.Response:
    """GET /users/{user}/calendarView?startDateTime&endDateTime (UTC)."""
    given = {
        name: {
            "dateTime": request.query.get(f"{name}DateTime", "").removesuffix("Z"),
            "timeZone": "UTC",
        }
        for name in ("start", "end")
    }
    window: Interval = wire.span(given)
    meetings = request.app[TENANT].calendar(_mailbox(request))
    inside = sorted(
        (each for each in meetings if each.span.overlaps(window)), key=lambda each: each.start
    )
    return listing(request, [_shown(request, each) for each in inside], PAGE)


async def send_mail(request: web.Request) -> web.Response:
    """POST /users/{user}/sendMail."""
    body = await read_action(request)
    mail = SentMail(sender=_mailbox(request), message=body.get("message") or {})
    request.app[TENANT].mails.append(mail)
    return web.Response(status=ACCEPTED)


ROUTES = [
    web.get("/v1.0/users/{user}/events", events),
    web.post("/v1.0/users/{user}/events", create),
    web.get("/v1.0/users/{user}/events/{event}", read),
    web.patch("/v1.0/users/{user}/events/{event}", change),
    web.delete("/v1.0/users/{user}/events/{event}", delete),
    web.post("/v1.0/users/{user}/events/{event}/cancel", cancel),
    web.get("/v1.0/users/{user}/calendarView", calendar_view),
    web.post("/v1.0/users/{user}/sendMail", send_mail),
]
