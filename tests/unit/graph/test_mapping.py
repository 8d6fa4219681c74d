"""Payloads of Graph to the domain and back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from graph import mapping
from graph.zones import IANA_OF_WINDOWS, windows_name, zone_named
from scheduling.domain.times import Interval
from scheduling.ports.calendar import EventDraft, Mailbox, RoomAnswer

NINE = datetime(2026, 12, 1, 9, tzinfo=UTC)
SPAN = Interval(NINE, NINE + timedelta(hours=8))
ZONES = [
    "Europe/Stockholm",
    "Europe/Lisbon",
    "America/Sao_Paulo",
    "America/Havana",
    "Asia/Kathmandu",
    "Asia/Beirut",
    "Africa/Casablanca",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Antarctica/Troll",
    "America/Nuuk",
    "Etc/GMT-14",
]
UTC_NINE = {"dateTime": "2026-12-01T09:00:00.0000000", "timeZone": "UTC"}
UTC_TEN = {"dateTime": "2026-12-01T10:00:00.0000000", "timeZone": "UTC"}
OAK = {"emailAddress": {"name": "Oak", "address": "Oak@contoso.example"}, "type": "resource"}


@settings(max_examples=60, deadline=None)
@given(
    at=st.integers(1_767_225_600, 1_798_761_600),
    zone=st.sampled_from(ZONES),
)
def test_an_instant_survives_the_way_to_exchange_in_any_zone(at: int, zone: str) -> None:
    instant = datetime.fromtimestamp(at, UTC)
    assert mapping.instant(mapping.wall_time(instant, zone), "start") == instant


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("Europe/London", "GMT Standard Time"),
        ("Europe/Stockholm", "W. Europe Standard Time"),
        ("Asia/Kolkata", "India Standard Time"),
        ("America/New_York", "Eastern Standard Time"),
        ("UTC", "UTC"),
    ],
)
def test_zones_are_written_by_a_name_exchange_knows(zone: str, name: str) -> None:
    assert windows_name(zone, NINE) == name


def test_every_windows_name_is_a_zone_we_can_read() -> None:
    assert all(zone_named(name) for name in IANA_OF_WINDOWS)


def test_the_second_pass_of_autumns_doubled_hour_is_written_in_utc() -> None:
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert mapping.wall_time(second, "Europe/Berlin")["timeZone"] == "UTC"
    first = mapping.wall_time(second - timedelta(hours=1), "Europe/Berlin")
    assert first == {"dateTime": "2026-10-25T02:30:00", "timeZone": "W. Europe Standard Time"}


@pytest.mark.parametrize(
    "value",
    [
        None,
        "2026-12-01T09:00:00Z",
        {"dateTime": "2026-12-01T09:00:00"},
        {"dateTime": "soon", "timeZone": "UTC"},
        {"dateTime": "2026-12-01T09:00:00", "timeZone": "Middle-earth Standard Time"},
    ],
)
def test_a_time_that_cannot_be_read_is_named_and_not_guessed(value: object) -> None:
    with pytest.raises(mapping.PayloadError, match="event\\.start"):
        mapping.instant(value, "event.start")


def test_the_same_key_always_gives_the_same_transaction() -> None:
    assert mapping.transaction_id("r:1") == mapping.transaction_id("r:1")
    assert mapping.transaction_id("r:1") != mapping.transaction_id("r:2")


def draft(room: Mailbox | None) -> EventDraft:
    return EventDraft(
        key="r:1",
        organiser=Mailbox(name="Fay", address="fay@contoso.example"),
        interval=SPAN,
        zone="Europe/London",
        subject="One-to-one",
        room=room,
    )


def test_a_new_event_asks_the_room_and_nobody_else() -> None:
    event = mapping.new_event(draft(Mailbox(name="Oak", address="oak@contoso.example")))
    assert [each["type"] for each in event["attendees"]] == ["resource"]
    assert event["location"]["locationEmailAddress"] == "oak@contoso.example"
    assert "isOnlineMeeting" not in event


def test_an_online_event_asks_for_teams_and_no_room() -> None:
    event = mapping.new_event(draft(None))
    assert event["onlineMeetingProvider"] == "teamsForBusiness"
    assert "attendees" not in event


def test_inviting_keeps_the_room_as_a_resource() -> None:
    asha = Mailbox(name="Asha", address="asha@contoso.example")
    attendees = mapping.with_people({"attendees": [OAK]}, [asha])["attendees"]
    assert attendees is not None
    assert [(each["type"], each["emailAddress"]["name"]) for each in attendees] == [
        ("resource", "Oak"),
        ("required", "Asha"),
    ]
    assert mapping.with_people({"attendees": attendees}, [asha]) == {}


def event(**changes: object) -> dict[str, Any]:
    fields = {"id": "AAk1", "iCalUId": "uid", "start": UTC_NINE, "end": UTC_TEN, "attendees": [OAK]}
    return fields | changes


@pytest.mark.parametrize(
    ("response", "answer"),
    [
        ("accepted", RoomAnswer.ACCEPTED),
        ("declined", RoomAnswer.DECLINED),
        ("tentativelyAccepted", RoomAnswer.TENTATIVE),
        ("none", RoomAnswer.NONE),
        ("notResponded", RoomAnswer.NONE),
    ],
)
def test_a_rooms_response_is_its_answer(response: str, answer: RoomAnswer) -> None:
    state = mapping.event_state(event(attendees=[OAK | {"status": {"response": response}}]), "fay")
    assert state.room is answer
    assert state.attendees == {}


def test_a_response_we_do_not_know_is_no_answer_and_is_logged() -> None:
    with capture_logs() as logs:
        odd = OAK | {"status": {"response": "perhaps"}}
        assert mapping.event_state(event(attendees=[odd]), "fay").room is RoomAnswer.NONE
    assert [entry["event"] for entry in logs] == ["unknown_response"]


@pytest.mark.parametrize(
    "change",
    [{"id": None}, {"iCalUId": ""}, {"start": None}, {"end": UTC_NINE}, {"attendees": [{}]}],
)
def test_an_event_we_cannot_build_on_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(mapping.PayloadError):
        mapping.event_state(event(**change), "fay")


@pytest.mark.parametrize(
    ("status", "taken"),
    [
        ("busy", True),
        ("Busy", True),
        ("oof", True),
        ("tentative", True),
        ("unknown", True),
        ("free", False),
        ("workingElsewhere", False),
    ],
)
def test_only_free_time_is_free(status: str, taken: bool) -> None:
    items = [{"status": status, "start": UTC_NINE, "end": UTC_TEN, "subject": "Dentist"}]
    answer = mapping.free_busy({"scheduleItems": items}, "asha@contoso.example", SPAN)
    assert bool(answer.busy) is taken
    assert "Dentist" not in repr(answer)


@pytest.mark.parametrize(("status", "contested"), [("busy", 1), ("oof", 1), ("tentative", 0)])
def test_what_is_tentative_contests_nothing(status: str, contested: int) -> None:
    ours = {"status": "busy", "start": UTC_NINE, "end": UTC_TEN}
    items = [ours, {**ours, "status": status}]
    answer = mapping.free_busy({"scheduleItems": items}, "mia@contoso.example", SPAN)
    assert len(answer.contested) == contested


def test_an_appointment_of_no_length_takes_no_time() -> None:
    items = [{"status": "busy", "start": UTC_NINE, "end": UTC_NINE}]
    assert mapping.free_busy({"scheduleItems": items}, "a@contoso.example", SPAN).busy == ()


@pytest.mark.parametrize(
    "schedule", [{}, {"error": {"responseCode": "ErrorX"}, "scheduleItems": []}]
)
def test_what_graph_could_not_read_is_unknown(schedule: dict[str, object]) -> None:
    assert not mapping.free_busy(schedule, "asha@contoso.example", SPAN).known


@pytest.mark.parametrize(("written", "read"), [(6, 6), ("50", 50), (None, 0), ("many", 0)])
def test_a_capacity_is_read_however_it_is_written(written: object, read: int) -> None:
    (room,) = mapping.rooms([{"emailAddress": "Oak@x.example", "capacity": written}])
    assert (room.id, room.capacity) == ("oak@x.example", read)


def test_rooms_that_cannot_be_booked_are_left_out() -> None:
    reserved = {"emailAddress": "desk@x.example", "bookingType": "reserved", "capacity": 1}
    assert mapping.rooms([{"id": "1", "displayName": "Nowhere"}, reserved]) == []


def test_a_quote_in_a_key_stays_inside_the_filter() -> None:
    assert "ep/value eq 'it''s'" in mapping.key_filter("it's")
