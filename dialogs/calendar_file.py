"""A week as a calendar file (RFC 5545) and as plain text; subjects are neutral, names stay out."""

from datetime import datetime

from icalendar import Calendar, Event

from dialogs.cards.agenda import item_title
from dialogs.cards.sessions import place_words
from dialogs.wording import Words
from scheduling.domain.meetings import PlaceKind
from scheduling.workflows.agenda_port import Agenda, AgendaItem

PRODUCT = "-//Aside//Agenda//EN"
FILE_TYPE = "ics"


def file_name(agenda: Agenda) -> str:
    """Return what the file of a week is called."""
    return f"aside-{agenda.monday.isoformat()}.{FILE_TYPE}"


def calendar_file(agenda: Agenda, now: datetime) -> bytes:
    """Return the week's booked sessions, in UTC.

    A session keeps its UID over every move, and its SEQUENCE grows with them, so that importing a
    later file changes what an earlier one brought.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for item in agenda.items:
        if item.booked:
            calendar.add_component(_event(item, now))
    return bytes(calendar.to_ical())


def _event(item: AgendaItem, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{item.id}@aside")
    event.add("sequence", item.moves)
    event.add("dtstamp", now)
    event.add("dtstart", item.interval.start)
    event.add("dtend", item.interval.end)
    event.add("summary", item.subject)
    event.add("class", "PRIVATE")
    where = item.join_url if item.place is PlaceKind.ONLINE else item.room_name
    if where:
        event.add("location", where)
    return event


def as_text(agenda: Agenda, words: Words) -> str:
    """Return the week's sessions as lines, for where no file can be given."""
    return "\n".join(
        words.say(
            "{when}: {what}, {place}",
            when=words.when(item.interval),
            what=item_title(item, words),
            place=place_words(words, item.place, item.room_name),
        )
        for item in agenda.items
    )
