"""One sentence to a booking, and back."""

from datetime import UTC, datetime

import pytest

from bot.rehearsal.reading import fields_of, find_action
from scheduling.domain.times import Interval
from scheduling.storage import bookings
from tests.support.house import House, read

pytestmark = pytest.mark.e2e

ASHA = "asha.patel@contoso.example"


def the_changes(house: House) -> list[tuple[str, str, str, str]]:
    """Return what the change file says: operation, outcome, agent, start."""
    return [(r["op"], r["outcome"], r["agent"], r["start"]) for r in house.changes()]


async def reserved(house: House, name: str) -> bool:
    """Whether any of somebody's time is reserved."""
    ever = Interval(datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC))
    resource = bookings.person_resource(house.person(name).id)
    async with house.running.services.store.read() as tx:
        return bool(await bookings.taken(tx, [resource], ever))


async def test_one_sentence_and_one_tap_book_everywhere(house: House) -> None:
    chat = house.chat("Alex Wilber")
    await chat.say("1:1 with Asha next week")
    proposal = read(chat.card)
    assert proposal.startswith("One-to-one with Asha Patel\nWed 2 Dec, 12:30")
    assert "Leeds Quiet, led by Alex Wilber" in proposal
    assert "3.9 of 3.1 needed (0.8 to spare)" in proposal
    assert "nothing is booked yet" in proposal
    assert house.nothing_written()

    tapped = await chat.tap("Book")
    assert tapped.card is not None
    assert "You are next." in read(tapped.card)
    booked = await house.until(chat, "✓ Booked", "Undo (until 09:15)")

    assert "Wed 2 Dec, 12:30" in booked
    assert "Leeds Quiet, led by Alex Wilber" in booked
    assert booked.count("✓ done") == 3
    (row,) = house.changes()
    assert (row["op"], row["outcome"], row["agent"], row["code"], row["label"]) == (
        *("insert", "applied", "A1001"),
        *("one_to_one", "One-to-one"),
    )
    assert (row["start"], row["end"]) == ("2026-12-02 12:30+00:00", "2026-12-02 13:00+00:00")
    (meeting,) = house.meetings()
    assert meeting.organiser == "alex.wilber@contoso.example"
    assert meeting.payload["subject"] == "One-to-one"
    assert meeting.payload["sensitivity"] == "private"
    assert meeting.start == datetime(2026, 12, 2, 12, 30, tzinfo=UTC)
    assert meeting.zone == "GMT Standard Time"
    answers = {one.address: one.response for one in meeting.attendees}
    assert answers == {"leeds.quiet@rooms.example": "accepted", ASHA: "none"}
    for calendar in ("Alex Wilber", "Asha Patel", "leeds.quiet@rooms.example"):
        assert house.events(calendar) == [meeting]
    assert not house.world.graph.sandbox.mails


async def test_a_room_is_chosen_by_name_or_on_the_card_and_what_it_lacks_is_said(
    house: House,
) -> None:
    chat = house.chat("Alex Wilber")
    await chat.say("1:1 with Asha next week in room Leeds Corner")
    assert "Leeds Corner, led by Alex Wilber" in read(chat.card)
    assert "in Leeds Corner" in read(chat.card)
    place = fields_of(chat.card)["place"]
    rooms = {one["title"]: one["value"] for one in place["choices"]}
    assert place["value"] == rooms["Leeds Corner (Leeds)"]
    await chat.tap("Search again", place=rooms["Leeds Window (Leeds)"])
    assert "Leeds Window, led by Alex Wilber" in read(chat.card)
    await chat.tap("Search again", place="room:nobody@rooms.example")
    assert "Some of what was chosen may not be asked for; choose again." in read(chat.card)
    await chat.say("1:1 mit Sabine Petrov nächste Woche in Raum Leeds Corner")
    elsewhere = read(chat.card)
    assert "Leeds Corner is not on the site of those who attend." in elsewhere
    assert "These are the best times in other rooms." in elsewhere
    assert "Berlin" in elsewhere
    await chat.say("1:1 with Asha next week in room Leeds Corner")
    await chat.tap("Book")
    await house.until(chat, "Undo (until")
    assert house.events("leeds.corner@rooms.example") == house.meetings()


async def test_the_card_follows_the_booking_and_never_goes_back(house: House) -> None:
    chat = house.chat("Alex Wilber")
    await house.book(chat, "1:1 with Asha next week")
    order = ["In the queue", "Time reserved", "Being booked", "✓ Booked"]
    shown = [
        next(n for n, state in enumerate(order) if state in str(call.body))
        for call in house.teams.calls_of("PUT")
    ]
    assert shown == sorted(shown)
    assert shown[-1] == order.index("✓ Booked")
    assert len(chat.posts) == 1


async def test_a_berlin_agent_is_booked_at_berlin_wall_time_by_a_leeds_manager(
    house: House,
) -> None:
    chat = house.chat("Alex Wilber")
    booked = await house.book(chat, "1:1 with Sabine Petrov next week")
    (row,) = house.changes()
    (meeting,) = house.meetings()
    assert row["zone"] == "Europe/Berlin"
    assert row["start"].endswith("+01:00")
    assert meeting.zone == "W. Europe Standard Time"
    wall = row["start"][11:16]
    assert wall in booked
    assert datetime.fromisoformat(row["start"]) == meeting.start
    (created,) = [
        e for e in house.world.graph.journal if e.method == "POST" and e.path.endswith("/events")
    ]
    assert created.body["start"]["dateTime"][11:16] == wall
    assert "berlin" in str(meeting.attendees[0].address)


async def test_undo_takes_back_everything_and_the_time_is_free_again(house: House) -> None:
    chat = house.chat("Alex Wilber")
    booked = await house.book(chat, "1:1 with Asha next week")
    house.clock.forward(minutes=14)
    await house.tap(chat, "Undo")
    undone = await house.until(chat, "↶ Undone: nothing is booked any more")
    assert "[Undo" not in undone
    assert "[Cancel" not in undone
    insert, remove = house.changes()
    assert (insert["op"], insert["outcome"]) == ("insert", "applied")
    assert (remove["op"], remove["outcome"]) == ("remove", "undone")
    assert remove["undoes"] == insert["key"]
    assert not house.meetings()
    assert not house.events("Asha Patel")
    assert not await reserved(house, "Asha Patel")
    again = await house.book(chat, "1:1 with Asha next week")
    assert again.splitlines()[2] == booked.splitlines()[2]


async def test_after_fifteen_minutes_undo_is_refused_and_cancel_tells_everyone(
    house: House,
) -> None:
    chat = house.chat("Alex Wilber")
    await house.book(chat, "1:1 with Asha next week")
    house.clock.forward(minutes=16)
    refused = await house.tap(chat, "Undo")
    assert refused.card is not None
    assert "Nothing was undone: the time for it has passed" in read(refused.card)
    assert len(house.changes()) == 1
    assert len(house.events("Asha Patel")) == 1
    await chat.tap("Cancel and tell everyone")
    await house.until(chat, "✗ Cancelled: everyone is told")
    assert [row["op"] for row in house.changes()] == ["insert", "remove"]
    assert not house.events("Asha Patel")
    assert not await reserved(house, "Asha Patel")


async def test_once_the_attendee_has_answered_undo_is_refused_and_cancel_offered(
    house: House,
) -> None:
    chat = house.chat("Alex Wilber")
    await house.book(chat, "1:1 with Asha next week")
    (meeting,) = house.meetings()
    house.world.graph.sandbox.respond(meeting, ASHA, "accepted")
    refused = await house.tap(chat, "Undo")
    assert refused.card is not None
    assert "Nothing was undone: somebody has already answered" in read(refused.card)
    assert len(house.changes()) == 1
    assert house.events("Asha Patel") == [meeting]
    await chat.tap("Cancel and tell everyone")
    await house.until(chat, "✗ Cancelled: everyone is told")
    assert not house.events("Asha Patel")


async def test_changed_inputs_are_searched_again_before_anything_is_booked(house: House) -> None:
    chat = house.chat("Alex Wilber")
    await chat.say("1:1 with Asha next week")
    changes = {"minutes": "45", "place": "online", "first": "2026-12-02", "last": "2026-12-02"}
    booked_at_once = await chat.tap("Book", **changes)
    assert booked_at_once.card is not None
    words = read(booked_at_once.card)
    assert "One-to-one · 45 mins · Wed 2 Dec · any time of day · online" in words
    assert "[Book]" in words
    assert house.nothing_written()
    await chat.tap("Search again", window="afternoon")
    assert "Wed 2 Dec · afternoons · online" in read(chat.card)
    await chat.tap("Book")
    await house.until(chat, "Undo (until")
    (row,) = house.changes()
    assert row["start"].startswith("2026-12-02 1")
    start, end = (datetime.fromisoformat(row[name]) for name in ("start", "end"))
    assert (end - start).total_seconds() == 45 * 60
    (meeting,) = house.meetings()
    assert [one.address for one in meeting.attendees] == [ASHA]


async def test_the_alternative_that_was_chosen_is_the_one_that_is_booked(house: House) -> None:
    chat = house.chat("Alex Wilber")
    await chat.say("1:1 with Tom Baker next week")
    fields = fields_of(chat.card).values()
    choice = next(one for one in fields if one["id"].startswith("choice:"))
    second = choice["choices"][1]["title"]
    await chat.tap("Book", **{choice["id"]: "1"})
    booked = await house.until(chat, "Undo (until")
    when = second.split(" · ")[0]
    assert when in booked
    (row,) = house.changes()
    assert row["start"][11:16] in when


async def test_an_older_version_of_the_card_gets_the_fresh_one(house: House) -> None:
    chat = house.chat("Alex Wilber")
    await chat.say("1:1 with Asha next week")
    old = find_action(chat.card, "Book")
    await chat.tap("Search again", minutes="45")
    stale = await chat.execute(old["verb"], old["data"])
    assert stale.card is not None
    words = read(stale.card)
    assert "this card was older than what is stored" in words
    assert "· 45 mins ·" in words
    assert house.nothing_written()


async def test_a_double_tap_and_a_retry_of_teams_make_one_booking(house: House) -> None:
    chat = house.chat("Alex Wilber")
    await chat.say("1:1 with Asha next week")
    book = find_action(chat.card, "Book")
    first = await chat.tap("Book")
    again = await house.teams.retry()
    second = await chat.execute(book["verb"], book["data"])
    assert again.status == 200
    assert again.body is not None
    assert again.body["value"] == first.card
    assert second.card is not None
    await house.until(chat, "Undo (until")
    assert len(house.changes()) == 1
    assert len(house.world.graph.sandbox.meetings) == 1


async def test_a_client_that_knows_no_execute_books_through_the_fallback(house: House) -> None:
    chat = house.chat("Alex Wilber")
    await chat.say("1:1 with Asha next week")
    tapped = await chat.tap("Book", submit=True)
    assert tapped.status == 200
    await house.until(chat, "Undo (until")
    assert the_changes(house) == [("insert", "applied", "A1001", "2026-12-02 12:30+00:00")]


async def test_a_day_off_is_no_missing_schedule(house: House) -> None:
    chat = house.chat("Alex Wilber")
    await chat.say("1:1 with Asha on 1 Dec")
    words = read(chat.card)
    assert "I found no time in these dates." in words
    assert "no published schedule" not in words
    assert "[Ask a scheduler]" in words
