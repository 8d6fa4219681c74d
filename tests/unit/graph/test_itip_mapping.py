"""Invitations as mail clients need them, and nothing that a hostile name could add."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from graph.itip.mapping import invitation
from graph.itip.record import Record
from scheduling.domain.times import Interval
from scheduling.ports.calendar import CalendarRejected, Mailbox, RoomAnswer

SENDER = Mailbox(name="Aside", address="aside@contoso.example")
FAY = Mailbox(name="Fay Finch", address="fay@contoso.example")
ASHA = Mailbox(name="Asha Rao", address="asha@contoso.example")
NINE = datetime(2026, 12, 1, 9, tzinfo=UTC)
RECORD = Record(
    key="r:1",
    uid="0b2c@contoso.example",
    organiser=FAY,
    interval=Interval(NINE, NINE + timedelta(minutes=30)),
    zone="Europe/Berlin",
    subject="One-to-one",
    private=True,
    room=Mailbox(name="Oak", address="oak@contoso.example"),
    answer=RoomAnswer.ACCEPTED,
    stamp=NINE - timedelta(days=3),
    people=(ASHA,),
    sequence=0,
)


def parts(record: Record) -> tuple[EmailMessage, EmailMessage, Any]:
    mail = message_from_bytes(invitation(record, SENDER, None).as_bytes(), policy=SMTP)
    assert isinstance(mail, EmailMessage)
    (calendar,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    (event,) = Calendar.from_ical(calendar.get_content()).walk("VEVENT")
    return mail, calendar, event


def test_the_method_stands_in_the_mime_type_too() -> None:
    mail, calendar, _ = parts(RECORD)
    assert mail.get_content_type() == "multipart/alternative"
    assert calendar.get_param("method") == "REQUEST"
    assert calendar.get_param("charset") == "utf-8"
    assert "METHOD:REQUEST" in calendar.get_content()


def test_the_organiser_of_the_event_is_the_sender_of_the_mail() -> None:
    mail, _, event = parts(RECORD)
    assert mail["From"].addresses[0].addr_spec == SENDER.address
    assert event["ORGANIZER"] == f"mailto:{SENDER.address}"


def test_every_recipient_is_an_attendee_and_the_facilitator_chairs() -> None:
    mail, _, event = parts(RECORD)
    recipients = {each.addr_spec for each in mail["To"].addresses}
    roles = {str(each).removeprefix("mailto:"): each.params["ROLE"] for each in event["ATTENDEE"]}
    assert set(roles) == recipients == {FAY.address, ASHA.address}
    assert roles[FAY.address] == "CHAIR"


def test_wall_time_is_the_places_with_a_small_table_of_its_zone() -> None:
    _, calendar, event = parts(RECORD)
    assert event["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert f"{event.decoded('DTSTART'):%Y-%m-%d %H:%M}" == "2026-12-01 10:00"
    text = calendar.get_content()
    assert "BEGIN:VTIMEZONE" in text
    assert len(text) < 2_000


def test_the_second_pass_of_autumns_doubled_hour_is_written_in_utc() -> None:
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    _, _, event = parts(replace(RECORD, interval=Interval(second, second + timedelta(hours=1))))
    assert event.decoded("DTSTART") == second
    assert "TZID" not in event["DTSTART"].params


def test_a_private_event_is_locked_and_its_text_is_neutral() -> None:
    mail, calendar, event = parts(RECORD)
    assert event["CLASS"] == "PRIVATE"
    assert mail["Subject"] == "One-to-one"
    assert "Oak" in calendar.get_content()


def test_a_cancellation_names_the_same_event_and_everyone_who_was_invited() -> None:
    cancelled = RECORD.next(NINE, people=RECORD.people, cancelled=True)
    _, calendar, event = parts(cancelled)
    assert calendar.get_param("method") == "CANCEL"
    assert event["UID"] == RECORD.uid
    assert event["SEQUENCE"] == 1
    assert event["STATUS"] == "CANCELLED"
    assert len(event["ATTENDEE"]) == 2


def test_the_same_message_is_the_same_mail() -> None:
    (first, one, _), (again, other, _) = parts(RECORD), parts(RECORD)
    assert [first[name] for name in ("Message-ID", "Date")] == [
        again[name] for name in ("Message-ID", "Date")
    ]
    assert one.get_content() == other.get_content()


@pytest.mark.parametrize(
    "poison", ["\r\nBcc: x@evil.example", "\n", "\r", "\x00", "\u2028", "\x85"]
)
@pytest.mark.parametrize("where", ["name", "address", "subject", "room"])
def test_a_line_break_never_reaches_a_mail(poison: str, where: str) -> None:
    hostile = {
        "name": {"people": (Mailbox(name=f"Asha{poison}", address=ASHA.address),)},
        "address": {"people": (Mailbox(name="Asha", address=ASHA.address + poison),)},
        "subject": {"subject": f"One-to-one{poison}"},
        "room": {"room": Mailbox(name=f"Oak{poison}", address="oak@contoso.example")},
    }[where]
    with pytest.raises(CalendarRejected):
        invitation(replace(RECORD, **hostile), SENDER, None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "address", ["", "asha", "a@b, c@d", "<asha@x.example>", "a@b@c", "a b@x.example", "a@x;y"]
)
def test_what_is_not_one_address_is_refused(address: str) -> None:
    with pytest.raises(CalendarRejected):
        invitation(replace(RECORD, people=(Mailbox(name="A", address=address),)), SENDER, None)


@settings(max_examples=20, deadline=None)
@given(name=st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=40))
def test_any_other_name_adds_neither_a_header_nor_a_property(name: str) -> None:
    guest = Mailbox(name=name, address=ASHA.address)
    mail, _, event = parts(replace(RECORD, zone="UTC", people=(guest,)))
    assert mail.keys() == invitation(RECORD, SENDER, None).keys()
    assert len(mail["To"].addresses) == 2
    assert len(event["ATTENDEE"]) == 2


def test_a_record_is_loaded_as_it_was_saved() -> None:
    assert Record.load(RECORD.save()) == RECORD
    online = replace(RECORD, room=None, cancelled=True, sent=3)
    assert Record.load(online.save()) == online
