"""A booked session is moved, cancelled alone, given up and swapped, over real HTTP."""

from datetime import datetime, timedelta

import pytest

from bot.rehearsal.chat import Chat
from bot.rehearsal.reading import actions_of
from scheduling.domain.times import DAY, DateRange
from scheduling.workflows.drift import compare
from scheduling.workflows.runtime import current
from tests.support.house import House, read

pytestmark = pytest.mark.e2e

ASHA = "asha.patel@contoso.example"


def starts(house: House) -> list[datetime]:
    """Return when the sessions are that stand in the calendar, the soonest first."""
    return sorted(one.start for one in house.meetings())


def in_the_wfm(house: House) -> int:
    """Return how many exceptions the WFM now holds."""
    rows = house.changes()
    undone = {row["undoes"] for row in rows if row["outcome"] == "undone"}
    return sum(row["op"] == "insert" and row["key"] not in undone for row in rows)


async def choose(chat: Chat, number: int = 0) -> None:
    """Tap one of the times that a card proposes."""
    titles = [one for one in chat.titles if one.startswith("Move to")]
    await chat.tap(titles[number])


async def test_an_order_moves_a_session_and_undo_brings_it_back(house: House) -> None:
    chat = house.chat("Alex Wilber")
    await house.book(chat, "1:1 with Asha next week")
    (before,) = house.meetings()
    was = before.start
    await chat.say("move Asha's 1:1 to Thursday next week")
    card = read(chat.card)
    assert card.startswith("Move: One-to-one with Asha Patel\nNow: Wed 2 Dec, 12:30")
    assert "Effect on customers" in card
    assert "nothing changes before you tap a time" in card
    assert starts(house) == [was]
    await choose(chat)
    moved = await house.until(chat, "✓ Moved", "Undo (until")
    assert "Thu 3 Dec" in moved
    (after,) = house.meetings()
    assert (after.uid, after.start.day) == (before.uid, 3)
    rooms = {one.address: one.response for one in after.attendees}
    assert "accepted" in rooms.values()
    assert ASHA in rooms
    assert in_the_wfm(house) == 1
    await house.tap(chat, "Undo")
    await house.until(chat, "✓ Moved", "Wed 2 Dec")
    assert starts(house) == [was]
    assert in_the_wfm(house) == 1


async def test_the_booked_card_offers_to_move_and_goes_on_showing_the_booking(house: House) -> None:
    chat = house.chat("Alex Wilber")
    await house.book(chat, "1:1 with Asha next week")
    posts = len(chat.posts)
    await chat.tap("Move")
    await house.until_true(lambda: len(chat.posts) == posts + 1)
    await house.until(chat, "Move: One-to-one with Asha Patel")
    await choose(chat, 1)
    await house.until(chat, "✓ Moved")
    await house.until_true(
        lambda: any("Moved from" in str(call.body) for call in house.teams.calls_of("PUT"))
    )


async def test_who_asks_once_more_for_what_they_have_can_move_it_or_book_another(
    house: House,
) -> None:
    chat = house.chat("Alex Wilber")
    await house.book(chat, "1:1 with Asha next week")
    (before,) = starts(house)
    await chat.say("1:1 with Asha on Thursday next week")
    assert "You already have one" not in read(chat.card)
    await chat.say("1:1 with Asha next week")
    assert "You already have one with Asha Patel: Wed 2 Dec, 12:30" in read(chat.card)
    assert "[Book another one]" in read(chat.card)
    best = read(chat.card).splitlines()[3].partition("\u2013")[0]
    await chat.tap("Move it instead")
    await house.until(chat, "Move: One-to-one with Asha Patel")
    assert f"[Move to {best}]" in read(chat.card)  # whose minutes the other card has let go of
    await choose(chat)
    await house.until(chat, "✓ Moved")
    (moved,) = house.meetings()
    assert moved.start != before


async def test_undo_of_a_move_ends_once_the_attendee_has_answered(house: House) -> None:
    chat = house.chat("Alex Wilber")
    await house.book(chat, "1:1 with Asha next week")
    await chat.say("move Asha's 1:1 to Thursday next week")
    await choose(chat)
    await house.until(chat, "✓ Moved")
    (meeting,) = house.meetings()
    house.world.graph.sandbox.respond(meeting, ASHA, "accepted")
    refused = await house.tap(chat, "Undo")
    assert refused.card is not None
    assert "somebody has already answered" in read(refused.card)
    assert starts(house) == [meeting.start]


async def test_one_of_several_is_cancelled_and_the_others_stay(house: House) -> None:
    chat = house.chat("Alex Wilber")
    await chat.say("1:1s with Asha and Tom Baker next week")
    await chat.tap("Book all 2")
    await house.until(chat, "Undo (until")
    await chat.say("cancel my 1:1 with Tom Baker")
    assert "Cancel this session?" in read(chat.card)
    assert len(starts(house)) == 2
    await house.tap(chat, "Cancel ")
    await house.until(chat, "✗ Cancelled: everyone is told")
    (left,) = house.meetings()
    assert ASHA in {one.address for one in left.attendees}
    assert in_the_wfm(house) == 1


async def test_where_several_are_meant_one_card_asks_which(house: House) -> None:
    chat = house.chat("Alex Wilber")
    for day in ("Wednesday", "Thursday"):
        await house.book(chat, f"1:1 with Asha on {day} next week")
    await chat.say("cancel my 1:1 with Asha")
    asked = read(chat.card)
    assert asked.startswith("Which session shall I cancel?")
    assert len(starts(house)) == 2
    await chat.tap(chat.titles[0])
    await house.until(chat, "✗ Cancelled: everyone is told")
    assert len(starts(house)) == 1


async def test_an_order_that_means_no_session_says_so(house: House) -> None:
    chat = house.chat("Alex Wilber")
    await chat.say("cancel my 1:1 with Asha")
    assert "I found no session ahead like that" in read(chat.card)


async def test_who_cannot_come_says_so_and_the_manager_gets_new_times(house: House) -> None:
    manager, agent = house.chat("Alex Wilber"), house.chat("Asha Patel")
    await agent.say("help")
    await house.book(manager, "1:1 with Asha next week")
    (before,) = starts(house)
    house.clock.forward(minutes=30)
    await agent.say("I can't make my 1:1 next week")
    assert "Can't you make this session?" in read(agent.card)
    assert starts(house) == [before]
    await house.tap(agent, "I can't")
    told = await house.until(agent, "✓ You are free at that time")
    assert "Nobody is told why" in told
    assert house.events("Asha Patel") == []
    assert in_the_wfm(house) == 0
    times = await house.until(manager, "Asha Patel can't make")
    assert "Effect on customers" in times
    await choose(manager)
    await house.until(manager, "✓ Moved")
    (after,) = starts(house)
    assert after != before
    assert in_the_wfm(house) == 1


async def test_a_decline_in_outlook_is_the_same(house: House) -> None:
    manager = house.chat("Alex Wilber")
    await house.book(manager, "1:1 with Asha next week")
    (meeting,) = house.meetings()
    house.world.graph.sandbox.respond(meeting, ASHA, "declined")
    house.clock.forward(minutes=90)
    await compare(current())
    await house.until(manager, "Asha Patel can't make")
    assert house.meetings() == []
    assert in_the_wfm(house) == 0


async def at_work(house: House, name: str) -> bool:
    """Whether somebody is at work now, so that a message reaches them at once."""
    now = house.clock.now()
    today = DateRange(now.date(), now.date() + DAY)
    days = await house.running.services.wfm.schedules([house.person(name).id], today)
    spans = [segment.interval for day in days for segment in day.segments]
    return bool(spans) and spans[0].start + timedelta(minutes=10) <= now < spans[-1].end


async def asked(house: House) -> tuple[Chat, Chat, str]:
    """Book the team, and let Asha ask a peer to swap; both chats, and who the peer is."""
    chat, asha = house.chat("Alex Wilber"), house.chat("Asha Patel")
    await chat.say("1:1s with my team in the next two weeks")
    books = [one for one in chat.titles if one.startswith("Book")]
    await chat.tap(next((one for one in books if one.endswith("only")), books[0]))
    await house.until(chat, "Undo (until")
    await asha.say("help")
    await asha.say("swap my 1:1")
    house.clock.forward(hours=1, minutes=30)
    choice = next(one for one in asha.card["body"] if one.get("id") == "peer")
    names = {one["value"]: one["title"].rpartition(" with ")[2] for one in choice["choices"]}
    there = [(value, name) for value, name in names.items() if await at_work(house, name)]
    value, peer = there[0]
    other = house.chat(peer)
    await other.say("help")
    await asha.tap("Ask them", peer=value)
    await house.until(asha, "… Waiting for an answer")
    words = await house.until(other, "Asha Patel asks to swap with you.")
    assert "Billing" not in words
    assert "contact" not in words
    return asha, other, peer


def when(house: House, name: str) -> datetime:
    """Return when somebody's session is."""
    (event,) = house.events(name)
    return event.start


async def test_a_swap_is_asked_agreed_and_both_move(house: House) -> None:
    asha, other, peer = await asked(house)
    was, exceptions = (when(house, "Asha Patel"), when(house, peer)), in_the_wfm(house)
    await other.tap("Agree")
    await house.until(other, "✓ Swapped")
    await house.until(asha, "✓ Swapped")
    assert (when(house, peer), when(house, "Asha Patel")) == was
    assert in_the_wfm(house) == exceptions


async def test_a_swap_that_is_declined_changes_nothing_and_nobody_says_who(house: House) -> None:
    asha, other, peer = await asked(house)
    was = when(house, "Asha Patel"), when(house, peer)
    await other.tap("No, keep mine")
    lapsed = await house.until(asha, "This swap did not come about")
    assert f"{peer} said" not in lapsed
    assert (when(house, "Asha Patel"), when(house, peer)) == was


async def test_taps_of_others_and_edited_payloads_change_nothing(house: House) -> None:
    chat, other = house.chat("Alex Wilber"), house.chat("Tom Baker")
    await other.say("help")
    await house.book(chat, "1:1 with Asha next week")
    (before,) = starts(house)
    await chat.say("move Asha's 1:1 to Thursday next week")
    move = next(one for one in actions_of(chat.card) if one.get("verb") == "move_to")
    session = next(
        one["data"]["s"]
        for call in house.teams.calls_of("PUT")
        for one in actions_of(call.body["attachments"][0]["content"])
        if one.get("verb") == "move_session"
    )
    for verb, data in (
        ("move_to", move["data"]),
        ("cannot", {"s": session}),
        ("swap", {"s": session}),
        ("move_session", {"s": session}),
        ("cancel_session", {"s": session}),
        ("change_undo", move["data"]),
        ("swap_agree", move["data"]),
    ):
        answer = await other.execute(verb, data)
        assert answer.card is not None
        words = read(answer.card)
        assert "Nothing was changed" in words or "not yours" in words or "cannot be found" in words
    for wrong in ({"option": 9}, {"option": "x"}, {"n": 99}, {"s": "nobody"}, {"s": ["x"]}):
        answer = await chat.execute("move_to", {**move["data"], **wrong})
        assert answer.status == 200
    assert starts(house) == [before]
    assert in_the_wfm(house) == 1
