"""Invitations through a real mail server on this machine."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from icalendar import Calendar as Ical

from graph.itip.adapter import MailCalendar
from graph.itip.settings import MailSettings
from scheduling.domain.meetings import Room
from scheduling.domain.times import Interval
from scheduling.ports.calendar import (
    CalendarNotFound,
    CalendarRejected,
    CalendarUnavailable,
    EventDraft,
    EventStore,
    Mailbox,
    RoomAnswer,
)
from scheduling.ports.clock import Clock
from tests.support.mail import Inbox, MemoryStore

NINE = datetime(2026, 10, 5, 9, tzinfo=UTC)
FAY = Mailbox(name="Fay Finch", address="fay@contoso.example")
ASHA = Mailbox(name="Asha Rao", address="asha@contoso.example")
BO = Mailbox(name="Bo Lind", address="bo@contoso.example")
OAK = Mailbox(name="Oak", address="oak@contoso.example")
SPAN = Interval(NINE, NINE + timedelta(minutes=30))
DRAFT = EventDraft(
    key="request-1:calendar",
    organiser=FAY,
    interval=SPAN,
    zone="Europe/London",
    subject="One-to-one",
    room=OAK,
)


def _oak() -> list[Room]:
    return [Room(id=OAK.address, name="Oak", capacity=4)]


@pytest.fixture
def calendar(mail_settings: MailSettings, store: EventStore, clock: Clock) -> MailCalendar:
    """Return the mail calendar over one room."""
    return MailCalendar(mail_settings, _oak, store, clock)


def ical(mail: EmailMessage) -> Any:  # noqa: ANN401 - icalendar's own
    """Return the calendar object that a mail carries."""
    (part,) = [each for each in mail.walk() if each.get_content_type() == "text/calendar"]
    return Ical.from_ical(part.get_content())


def said(mail: EmailMessage) -> tuple[str, int, str]:
    """Return a mail's method, SEQUENCE and UID."""
    calendar = ical(mail)
    (event,) = calendar.walk("VEVENT")
    return str(calendar["METHOD"]), int(event["SEQUENCE"]), str(event["UID"])


async def test_a_hold_sends_nothing(calendar: MailCalendar, inbox: Inbox) -> None:
    await calendar.hold(DRAFT)
    assert inbox.mails == []


async def test_each_change_rises_in_sequence_on_one_event(
    calendar: MailCalendar,
    inbox: Inbox,
) -> None:
    ref = await calendar.hold(DRAFT)
    await calendar.invite(ref, [ASHA])
    await calendar.invite(ref, [ASHA])
    await calendar.invite(ref, [BO])
    await calendar.cancel(ref, "A reason that is nobody's business.")
    await calendar.cancel(ref, "")
    assert [said(mail) for mail in inbox.mails] == [
        ("REQUEST", 0, ref.ical_uid),
        ("REQUEST", 1, ref.ical_uid),
        ("CANCEL", 2, ref.ical_uid),
    ]
    assert BO.address in inbox.mails[-1]["To"]
    assert "nobody's business" not in inbox.mails[-1].as_string()


async def test_a_move_is_one_more_message_of_the_same_event_once_there_is_a_room(
    calendar: MailCalendar, inbox: Inbox
) -> None:
    later = Interval(NINE + timedelta(hours=2), NINE + timedelta(hours=3))
    await calendar.hold(replace(DRAFT, key="request-2:calendar", interval=later))
    ref = await calendar.hold(DRAFT)
    await calendar.invite(ref, [ASHA])
    await calendar.move(ref, later, "Europe/London", OAK)
    assert [said(mail) for mail in inbox.mails] == [("REQUEST", 0, ref.ical_uid)]
    await calendar.move(ref, later, "Europe/London", None)
    await calendar.move(ref, later, "Europe/London", None)
    assert [said(mail) for mail in inbox.mails[1:]] == [("REQUEST", 1, ref.ical_uid)]
    assert "2026-10-05 12:00" in inbox.mails[1].as_string()
    assert ASHA.address in inbox.mails[1]["To"]


async def test_a_cancelled_hold_is_not_mailed_to_anyone(
    calendar: MailCalendar, inbox: Inbox
) -> None:
    await calendar.cancel(await calendar.hold(DRAFT), "")
    assert inbox.mails == []


async def test_a_message_cut_short_is_sent_again_as_the_same_message(
    calendar: MailCalendar,
    inbox: Inbox,
    advance: Callable[[timedelta], None],
    store: MemoryStore,
) -> None:
    ref = await calendar.hold(DRAFT)
    await calendar.invite(ref, [ASHA])
    store.values[DRAFT.key]["sent"] = -1  # as after a crash between sending and noting it
    advance(timedelta(hours=1))
    await calendar.invite(ref, [ASHA])
    first, again = inbox.mails
    assert said(first) == said(again)
    assert first["Message-ID"] == again["Message-ID"]
    assert first["Date"] == again["Date"]


async def test_a_busy_mail_server_is_asked_again_with_the_same_message(
    calendar: MailCalendar,
    inbox: Inbox,
    store: MemoryStore,
) -> None:
    ref = await calendar.hold(DRAFT)
    inbox.refusals.append("451 try later")
    with pytest.raises(CalendarUnavailable):
        await calendar.invite(ref, [ASHA])
    assert (store.values[DRAFT.key]["sequence"], store.values[DRAFT.key]["sent"]) == (0, -1)
    await calendar.invite(ref, [ASHA])
    assert [said(mail) for mail in inbox.mails] == [("REQUEST", 0, ref.ical_uid)]


async def test_a_cancellation_that_was_not_sent_is_found_and_sent_again_as_the_same_message(
    calendar: MailCalendar,
    inbox: Inbox,
    advance: Callable[[timedelta], None],
) -> None:
    ref = await calendar.hold(DRAFT)
    await calendar.invite(ref, [ASHA])
    inbox.refusals.append("451 try later")
    with pytest.raises(CalendarUnavailable):
        await calendar.cancel(ref, "")
    advance(timedelta(minutes=1))
    assert await calendar.find(FAY.address, DRAFT.key) == ref
    await calendar.cancel(ref, "")
    assert [said(mail) for mail in inbox.mails] == [
        ("REQUEST", 0, ref.ical_uid),
        ("CANCEL", 1, ref.ical_uid),
    ]
    assert await calendar.find(FAY.address, DRAFT.key) is None


async def test_who_is_taken_off_alone_hears_of_it_also_where_the_mail_was_late(
    calendar: MailCalendar, inbox: Inbox
) -> None:
    ref = await calendar.hold(DRAFT)
    await calendar.invite(ref, [ASHA, BO])
    inbox.refusals.append("451 try later")
    with pytest.raises(CalendarUnavailable):
        await calendar.withdraw(ref, [ASHA])
    await calendar.withdraw(ref, [ASHA])
    last = inbox.mails[-1]
    assert said(last) == ("CANCEL", 1, ref.ical_uid)
    assert ASHA.address in last["To"]
    assert BO.address not in last["To"]
    await calendar.cancel(ref, "")
    assert said(inbox.mails[-1]) == ("CANCEL", 2, ref.ical_uid)
    assert ASHA.address not in inbox.mails[-1]["To"]


async def test_what_is_still_to_be_said_to_who_left_is_said_before_anything_else(
    calendar: MailCalendar, inbox: Inbox
) -> None:
    ref = await calendar.hold(DRAFT)
    await calendar.invite(ref, [ASHA])
    inbox.refusals.append("451 try later")
    with pytest.raises(CalendarUnavailable):
        await calendar.withdraw(ref, [ASHA])
    await calendar.invite(ref, [BO])
    assert [said(mail)[:2] for mail in inbox.mails] == [
        ("REQUEST", 0),
        ("CANCEL", 1),
        ("REQUEST", 2),
    ]


async def test_who_was_not_told_yet_is_told_before_somebody_else_leaves(
    calendar: MailCalendar, inbox: Inbox
) -> None:
    ref = await calendar.hold(DRAFT)
    await calendar.invite(ref, [ASHA])
    inbox.refusals.append("451 try later")
    with pytest.raises(CalendarUnavailable):
        await calendar.invite(ref, [BO])
    await calendar.withdraw(ref, [ASHA])
    sent = [(said(mail)[:2], BO.address in mail["To"]) for mail in inbox.mails]
    assert sent == [(("REQUEST", 0), False), (("REQUEST", 1), True), (("CANCEL", 2), False)]


async def test_who_may_be_missing_is_invited_as_optional(
    calendar: MailCalendar, inbox: Inbox
) -> None:
    ref = await calendar.hold(DRAFT)
    await calendar.invite(ref, [ASHA, replace(BO, optional=True)])
    (event,) = ical(inbox.mails[-1]).walk("VEVENT")
    roles = {str(one).lower(): str(one.params["ROLE"]) for one in event["ATTENDEE"]}
    assert roles[f"mailto:{BO.address}"] == "OPT-PARTICIPANT"
    assert roles[f"mailto:{ASHA.address}"] == "REQ-PARTICIPANT"


async def test_a_mail_server_that_refuses_for_good_says_so(
    calendar: MailCalendar,
    inbox: Inbox,
) -> None:
    ref = await calendar.hold(DRAFT)
    inbox.refusals.append("550 no")
    with pytest.raises(CalendarRejected):
        await calendar.invite(ref, [ASHA])


async def test_a_mail_server_that_is_away_is_unavailable(
    mail_settings: MailSettings, store: EventStore, clock: Clock
) -> None:
    nobody = replace(mail_settings, port=1)
    calendar = MailCalendar(nobody, _oak, store, clock)
    ref = await calendar.hold(DRAFT)
    with pytest.raises(CalendarUnavailable):
        await calendar.invite(ref, [ASHA])


async def test_a_declined_room_is_not_taken_twice_and_is_free_after_a_cancel(
    calendar: MailCalendar,
) -> None:
    first = await calendar.hold(DRAFT)
    second = await calendar.hold(replace(DRAFT, key="request-2:calendar"))
    assert (await calendar.read(second)).room is RoomAnswer.DECLINED
    await calendar.cancel(first, "")
    third = await calendar.hold(replace(DRAFT, key="request-3:calendar"))
    assert (await calendar.read(third)).room is RoomAnswer.ACCEPTED


async def test_peoples_time_is_free_only_where_the_settings_say_so(
    mail_settings: MailSettings, store: EventStore, clock: Clock, calendar: MailCalendar
) -> None:
    (unknown,) = await calendar.free_busy([ASHA.address], SPAN)
    trusting = MailCalendar(replace(mail_settings, people_are_free=True), tuple, store, clock)
    (free,) = await trusting.free_busy([ASHA.address], SPAN)
    assert (unknown.known, free.known, free.busy) == (False, True, ())


async def test_nobody_is_invited_to_what_was_cancelled(calendar: MailCalendar) -> None:
    ref = await calendar.hold(DRAFT)
    await calendar.cancel(ref, "")
    with pytest.raises(CalendarNotFound):
        await calendar.invite(ref, [ASHA])


@pytest.mark.parametrize("poison", ["\r\nBcc: x@evil.example", "\n"])
async def test_a_hostile_name_is_refused_before_anything_is_written(
    calendar: MailCalendar,
    inbox: Inbox,
    store: MemoryStore,
    poison: str,
) -> None:
    with pytest.raises(CalendarRejected):
        await calendar.hold(replace(DRAFT, subject=f"One{poison}"))
    ref = await calendar.hold(DRAFT)
    with pytest.raises(CalendarRejected):
        await calendar.invite(ref, [Mailbox(name=f"A{poison}", address=ASHA.address)])
    assert store.values[DRAFT.key]["people"] == []
    assert inbox.mails == []
