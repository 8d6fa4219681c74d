"""The stand-in's getSchedule."""

from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from graph.sandbox import payloads
from graph.sandbox.model import GraphRefusal, Meeting
from graph.sandbox.plumbing import TENANT, read_action
from graph.sandbox.tenant import Sandbox
from graph.sandbox.wire import instant
from graph.zones import zone_named
from scheduling.domain.times import Interval

LONGEST = timedelta(days=62)
MOST = 20
FREE, BUSY = "0", "2"
NO_MAILBOX = {"message": "The mailbox was not found.", "responseCode": "ErrorMailRecipientNotFound"}


async def get_schedule(request: web.Request) -> web.Response:
    """POST /users/{user}/calendar/getSchedule."""
    tenant, body = request.app[TENANT], await read_action(request)
    tenant.mailbox(request.match_info["user"])
    asked = [str(name) for name in body.get("schedules") or ()]
    span = _span(body)
    step = body.get("availabilityviewinterval", 30)
    if len(asked) > MOST:
        raise GraphRefusal(400, "ErrorMailboxDataArrayTooBig", f"At most {MOST} mailboxes.")
    if not isinstance(step, int) or not 5 <= step <= 1440:
        raise GraphRefusal(400, "ErrorInvalidArgument", "availabilityViewInterval is 5 to 1440.")
    return web.json_response({"value": [_schedule(tenant, name, span, step) for name in asked]})


def _span(body: dict[str, Any]) -> Interval:
    start, end = instant(body, "starttime"), instant(body, "endtime")
    if start >= end:
        raise GraphRefusal(400, "ErrorInvalidTimeInterval", "The end is not after the start.")
    if end - start >= LONGEST:
        raise GraphRefusal(400, "ErrorTimeIntervalTooBig", "The window is 62 days or more.")
    return Interval(start, end)


def _schedule(tenant: Sandbox, name: str, span: Interval, step: int) -> payloads.JSON:
    try:
        mailbox = tenant.mailbox(name)
    except GraphRefusal:
        return {"scheduleId": name, "availabilityView": "", "error": NO_MAILBOX}
    taken = [(busy, held) for busy, held in tenant.taken(mailbox) if busy.overlaps(span)]
    return {
        "scheduleId": name,
        "availabilityView": _view([busy for busy, _ in taken], span, step),
        "scheduleItems": [_item(busy, held, mailbox) for busy, held in taken],
    }


def _view(taken: list[Interval], span: Interval, step: int) -> str:
    cells: list[str] = []
    at: datetime = span.start
    while at < span.end:
        cell = Interval(at, min(at + timedelta(minutes=step), span.end))
        cells.append(BUSY if any(cell.overlaps(busy) for busy in taken) else FREE)
        at = cell.end
    return "".join(cells)


def _item(busy: Interval, held: Meeting | None, mailbox: str) -> payloads.JSON:
    attendee = held.attendee(mailbox) if held else None
    tentative = attendee is not None and attendee.response in ("none", "tentativelyAccepted")
    utc = zone_named("UTC")
    return {
        "status": "tentative" if tentative else "busy",
        "isPrivate": bool(held and held.payload.get("sensitivity") == "private"),
        "subject": held.payload.get("subject") if held else "Something personal",
        "start": payloads.wall(busy.start, "UTC", utc),
        "end": payloads.wall(busy.end, "UTC", utc),
    }


ROUTES = [web.post("/v1.0/users/{user}/calendar/getSchedule", get_schedule)]
