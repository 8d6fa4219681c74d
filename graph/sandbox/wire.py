"""How the stand-in reads an event that somebody sends: unknown or wrong values are refused."""

from datetime import UTC, datetime
from typing import Any

from graph.sandbox.model import Attendee, GraphRefusal
from graph.zones import zone_named
from scheduling.domain.times import Interval

PLAIN = frozenset(
    {
        "subject",
        "body",
        "sensitivity",
        "showAs",
        "importance",
        "location",
        "allowNewTimeProposals",
        "responseRequested",
        "hideAttendees",
        "isOnlineMeeting",
        "onlineMeetingProvider",
        "isReminderOn",
        "reminderMinutesBeforeStart",
    }
)
HANDLED = frozenset({"start", "end", "attendees", "transactionId", "singleValueExtendedProperties"})
CHOICES = {
    "sensitivity": {"normal", "personal", "private", "confidential"},
    "showAs": {"free", "tentative", "busy", "oof", "workingElsewhere", "unknown"},
    "onlineMeetingProvider": {"unknown", "teamsForBusiness", "skypeForBusiness"},
}
KINDS = {"required", "optional", "resource"}


def invalid(what: str) -> GraphRefusal:
    """Return the refusal of a value that Graph cannot take."""
    return GraphRefusal(400, "ErrorPropertyValidationFailure", f"{what} is not valid.")


def instant(body: dict[str, Any], name: str) -> datetime:
    """Return a dateTimeTimeZone as an aware UTC instant; 400 as a GraphRefusal."""
    try:
        naive = datetime.fromisoformat(body[name]["dateTime"])
        place = zone_named(body[name]["timeZone"])
    except (KeyError, TypeError, ValueError) as error:
        raise invalid(name) from error
    if naive.tzinfo is not None:
        raise invalid(name)
    return naive.replace(tzinfo=place).astimezone(UTC)


def span(body: dict[str, Any]) -> Interval:
    """Return the event's start to end; 400 as a GraphRefusal."""
    try:
        return Interval(instant(body, "start"), instant(body, "end"))
    except ValueError as error:
        raise invalid("end") from error


def plain(body: dict[str, Any]) -> dict[str, Any]:
    """Return the properties that are kept as sent; 400 for unknown names and wrong choices."""
    for name, value in body.items():
        if name not in PLAIN | HANDLED:
            raise GraphRefusal(400, "RequestBodyRead", f"The property '{name}' does not exist.")
        if name in CHOICES and value not in CHOICES[name]:
            raise invalid(name)
    return {name: value for name, value in body.items() if name in PLAIN}


def attendees(body: dict[str, Any]) -> list[Attendee]:
    """Return the attendees asked for; 400 as a GraphRefusal."""
    found = []
    for each in body.get("attendees") or ():
        mail, kind = each.get("emailAddress") or {}, each.get("type", "required")
        address = str(mail.get("address") or "").lower()
        if "@" not in address or kind not in KINDS:
            raise invalid("attendees")
        found.append(Attendee(address=address, name=mail.get("name") or address, kind=kind))
    return found


def properties(body: dict[str, Any]) -> dict[str, str]:
    """Return the single-value extended properties by id."""
    given = body.get("singleValueExtendedProperties") or ()
    return {str(each["id"]): str(each["value"]) for each in given}
