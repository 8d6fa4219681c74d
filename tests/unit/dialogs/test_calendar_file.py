"""The calendar file of a week: standard, neutral, and the same session under the same name."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from icalendar import Calendar, Event

from dialogs.calendar_file import calendar_file, file_name
from scheduling.domain.meetings import PlaceKind
from tests.support.agenda_samples import agenda, item
from tests.support.card_facts import HOSTILE, NOW, half_hour

USUAL_LINES = (
    *(b"BEGIN", b"END", b"PRODID", b"VERSION", b"METHOD", b"UID", b"SEQUENCE", b"DTSTAMP"),
    *(b"DTSTART", b"DTEND", b"SUMMARY", b"CLASS", b"LOCATION"),
)


def events(content: bytes) -> list[Event]:
    return list(Calendar.from_ical(content).walk("VEVENT"))  # type: ignore[arg-type]


def test_a_moved_session_keeps_its_name_and_counts_its_moves() -> None:
    before = item(0, "Asha Patel")
    moved = replace(before, interval=half_hour(18, 14), moves=1)
    (old,) = events(calendar_file(agenda(before).agenda, NOW))
    (new,) = events(calendar_file(agenda(moved).agenda, NOW))
    assert old["UID"] == new["UID"]
    assert (int(old["SEQUENCE"]), int(new["SEQUENCE"])) == (0, 1)
    assert new["DTSTART"].dt == datetime(2026, 11, 18, 14, tzinfo=UTC)


def test_nobodys_name_is_in_it_and_no_line_is_broken_by_what_people_are_called() -> None:
    hostile = item(0, HOSTILE, facilitator_name=HOSTILE, room_name="Room 1\r\nATTENDEE:x")
    content = calendar_file(agenda(hostile).agenda, NOW)
    assert b"Bobby" not in content
    assert b"\r\nATTENDEE" not in content
    (event,) = events(content)
    assert str(event["SUMMARY"]) == "One-to-one"
    assert str(event["CLASS"]) == "PRIVATE"


@pytest.mark.parametrize(
    "poison", ["\r\nATTENDEE:x", "\nBEGIN:VALARM", "\r", "\x00", "\u2028END:VEVENT", "\x85"]
)
def test_no_text_of_a_session_adds_a_line(poison: str) -> None:
    hostile = item(0, "Asha", subject=f"Talk{poison}", join_url=f"https://x.example/{poison}")
    online = replace(hostile, place=PlaceKind.ONLINE)
    content = calendar_file(agenda(online).agenda, NOW)
    names = {line.partition(b":")[0].partition(b";")[0] for line in content.split(b"\r\n") if line}
    names = {name for name in names if not name.startswith(b" ")}
    assert names <= {*USUAL_LINES}
    assert len(events(content)) == 1


def test_what_is_still_being_booked_is_left_out() -> None:
    shown = agenda(item(0, "Asha Patel", booked=False)).agenda
    assert events(calendar_file(shown, NOW)) == []
    assert file_name(shown) == "aside-2026-11-16.ics"
