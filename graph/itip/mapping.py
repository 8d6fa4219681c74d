"""A record as an iTIP message (RFC 5546) in a mail that Outlook takes for an invitation (RFC 6047).

Pure. What Outlook insists on: METHOD also in the MIME type, ORGANIZER equal to From, a VTIMEZONE
for the zone used, every recipient an ATTENDEE, and CLASS:PRIVATE for the lock.
"""

import re
import unicodedata
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from icalendar import Calendar, Event, vCalAddress

from graph.itip.record import Record
from scheduling.domain.times import zone_of
from scheduling.ports.calendar import CalendarRejected, Mailbox

PRODUCT = "-//Aside//Invitations//EN"
NEUTRAL_BODY = "Arranged through Aside."
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")


def require_plain(text: str) -> str:
    """Return ``text``; CalendarRejected where a control character could start another header."""
    if any(unicodedata.category(letter) in ("Cc", "Zl", "Zp") for letter in text):
        raise CalendarRejected("a name or subject holds a control character; nothing was sent")
    return text


def require_mailbox(mailbox: Mailbox) -> Mailbox:
    """Return ``mailbox``; CalendarRejected unless name and (ASCII) address are plain."""
    require_plain(mailbox.name)
    if not ADDRESS.fullmatch(mailbox.address):
        raise CalendarRejected("a mail address is not of the form name@domain; nothing was sent")
    return mailbox


def invitation(record: Record, sender: Mailbox, online_url: str | None) -> EmailMessage:
    """Return the mail of ``record``: REQUEST to everyone, CANCEL once cancelled or to who leaves."""
    over = record.cancelled or bool(record.leaving)
    method = "CANCEL" if over else "REQUEST"
    calendar = _calendar(record, method, sender, online_url)
    domain = sender.address.partition("@")[2]
    mail = EmailMessage()
    mail["From"] = _address(sender)
    mail["To"] = [_address(each) for each in record.told]
    prefix = "Cancelled: " if over else ""
    mail["Subject"] = require_plain(prefix + record.subject)
    mail["Date"] = format_datetime(record.stamp)
    mail["Message-ID"] = f"<{record.uid.partition('@')[0]}.{record.sequence}@{domain}>"
    mail.set_content(_words(record, online_url))
    text = calendar.to_ical().decode()
    mail.add_alternative(text, subtype="calendar", params={"method": method}, cte="base64")
    return mail


def _address(mailbox: Mailbox) -> Address:
    require_mailbox(mailbox)
    return Address(display_name=mailbox.name, addr_spec=mailbox.address)


def _words(record: Record, online_url: str | None) -> str:
    place = record.room.name if record.room else online_url or "online"
    start = record.interval.start.astimezone(zone_of(record.zone))
    when = f"{start:%Y-%m-%d %H:%M} ({record.zone}), {record.interval.minutes} min"
    return f"{record.subject}\n{when}\n{place}\n\n{NEUTRAL_BODY}\n"


def _calendar(record: Record, method: str, sender: Mailbox, online_url: str | None) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(_event(record, sender, online_url))
    day = record.interval.start.date()
    year = timedelta(days=366)  # an open range would list every change of clocks until 2038
    calendar.add_missing_timezones(first_date=day - year, last_date=day + year)
    return calendar


def _event(record: Record, sender: Mailbox, online_url: str | None) -> Event:
    event = Event()
    event.add("uid", record.uid)
    event.add("dtstamp", record.stamp)
    event.add("sequence", record.sequence)
    event.add("dtstart", _wall(record.interval.start, record.zone))
    event.add("dtend", _wall(record.interval.end, record.zone))
    event.add("summary", require_plain(record.subject))
    event.add("description", NEUTRAL_BODY)
    event.add("class", "PRIVATE" if record.private else "PUBLIC")
    over = record.cancelled or bool(record.leaving)
    event.add("status", "CANCELLED" if over else "CONFIRMED")
    event.add("transp", "OPAQUE")
    event.add("organizer", _person(sender))
    place = record.room.name if record.room else online_url
    if place:
        event.add("location", require_plain(place))
    for each in record.told:
        role = _role(each, record)
        event.add("attendee", _person(each, role=role, rsvp="TRUE", partstat="NEEDS-ACTION"))
    return event


def _role(mailbox: Mailbox, record: Record) -> str:
    if mailbox.address == record.organiser.address:
        return "CHAIR"
    return "OPT-PARTICIPANT" if mailbox.optional else "REQ-PARTICIPANT"


def _wall(instant: datetime, zone: str) -> datetime:
    """Return wall time in ``zone``; UTC in the second pass of autumn's doubled hour.

    RFC 5545 reads a doubled wall time as its first pass.
    """
    local = instant.astimezone(zone_of(zone))
    return instant if local.fold else local


def _person(mailbox: Mailbox, **parameters: Any) -> vCalAddress:  # noqa: ANN401 - icalendar's own
    require_mailbox(mailbox)
    return vCalAddress.new(mailbox.address, cn=mailbox.name, **parameters)
