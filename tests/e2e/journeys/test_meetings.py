"""One meeting of a team: everybody's schedule, one event, and never fewer than were asked for."""

import pytest

from dialogs import verbs
from tests.support.house import House, read

pytestmark = pytest.mark.e2e

WHEN = "Wed 2 Dec, 12:30"
TEAM = 10
MEETING = "team meeting with my team next week, at least 6"


async def booked_meeting(house: House) -> str:
    """Ask for a meeting of Alex Wilber's team next week, and book the best time."""
    return await house.book(house.chat("Alex Wilber"), MEETING)


async def test_a_sentence_and_a_tap_book_a_meeting_for_whoever_can_come(house: House) -> None:
    chat = house.chat("Alex Wilber")
    await chat.say(MEETING)
    proposal = read(chat.card)
    assert proposal.startswith(f"Team meeting for {TEAM} people\n{WHEN}")
    assert "7 of 10 can come, not Maria Kowalska, Maria Santos and Łukasz Zieliński" in proposal
    assert "at least 6 of 10 must be there" in proposal
    assert house.nothing_written()

    await chat.tap("Book")
    booked = await house.until(chat, "✓ Booked", "Undo (until 09:15)")
    assert "7 of 10 come" in booked
    assert "Cannot come at that time: Maria Kowalska, Maria Santos and Łukasz Zieliński" in booked
    rows = house.changes()
    assert len(rows) == len({row["agent"] for row in rows}) == 7
    assert {(row["op"], row["code"], row["label"]) for row in rows} == {
        ("insert", "team_meeting", "Team meeting")
    }
    (meeting,) = house.meetings()
    assert meeting.payload["sensitivity"] == "normal"
    people = [one for one in meeting.attendees if one.kind != "resource"]
    assert len(people) == 7
    assert house.events("Asha Patel") == house.events("Alex Wilber") == [meeting]
    assert house.events("Maria Santos") == []
    rooms = [one for one in meeting.attendees if one.kind == "resource"]
    assert [one.response for one in rooms] == ["accepted"]


async def test_undo_takes_the_meeting_out_of_every_calendar_and_schedule(house: House) -> None:
    await booked_meeting(house)
    chat = house.chat("Alex Wilber")
    await house.tap(chat, "Undo")
    await house.until(chat, "↶ Undone: nothing is booked any more")
    assert not house.meetings()
    operations = [row["op"] for row in house.changes()]
    assert (operations.count("insert"), operations.count("remove")) == (7, 7)
    again = await booked_meeting(house)
    assert WHEN in again


async def test_who_accepts_ends_the_undoing_for_all_and_cancelling_tells_everyone(
    house: House,
) -> None:
    await booked_meeting(house)
    (meeting,) = house.meetings()
    house.world.graph.sandbox.respond(meeting, "asha.patel@contoso.example", "accepted")
    chat = house.chat("Alex Wilber")
    await house.tap(chat, "Undo")
    await house.until(chat, "Cancel and tell everyone")
    await house.tap(chat, "Cancel and tell everyone")
    await house.until(chat, "✗ Cancelled: everyone is told")
    assert not house.meetings()


def held_in_the_wfm(house: House) -> int:
    """Return how many exceptions the WFM now holds."""
    rows = house.changes()
    undone = {row["undoes"] for row in rows if row["outcome"] == "undone"}
    return sum(row["op"] == "insert" and row["key"] not in undone for row in rows)


async def test_a_sentence_moves_a_meeting_for_all_and_another_cancels_it(house: House) -> None:
    chat = house.chat("Alex Wilber")
    await chat.say("team meeting with my team next week, at least 4")
    await chat.tap("Book")
    await house.until(chat, "✓ Booked", "4 of 10 come")
    (before,) = house.meetings()
    await chat.say("move the team meeting to Friday next week")
    card = read(chat.card)
    assert card.startswith("Move: Team meeting with 4 people\nNow: Wed 2 Dec")
    assert "4 people: Asha Patel, Elinor Hussain" in card
    assert "all 4 can come" in card
    assert "▸ Not in it, and not after a move either: " in card
    await chat.tap(next(one for one in chat.titles if one.startswith("Move to Fri 4 Dec")))
    await house.until(chat, "✓ Moved", "Undo (until")
    (after,) = house.meetings()
    assert (after.uid, after.start.day) == (before.uid, 4)
    assert len([one for one in after.attendees if one.kind != "resource"]) == 4
    assert held_in_the_wfm(house) == 4
    await chat.say("cancel Asha's team meeting")
    titles = " ".join(chat.titles)
    assert "Cancel for all: Fri 4 Dec" in titles
    assert "Only Asha Patel: " in titles
    await chat.say("cancel the team meeting on Friday next week")
    await house.tap(chat, "Cancel for all")
    await house.until(chat, "✗ Cancelled: everyone is told")
    assert house.meetings() == []
    assert held_in_the_wfm(house) == 0


async def test_too_few_is_said_with_what_the_asker_can_allow_and_then_booked(
    house: House,
) -> None:
    chat = house.chat("Alex Wilber")
    await chat.say("team meeting with my team next week, at least 9")
    refused = read(chat.card)
    assert "I found no time in these dates." in refused
    assert "too few of the people free together" in refused
    assert "You could allow with fewer people than asked for" in refused
    assert "of 10 can come, not " in refused
    await house.tap(chat, "Search again", **{verbs.QUORUM: "6"})
    assert WHEN in read(chat.card)
    await chat.tap("Book")
    await house.until(chat, "✓ Booked", "7 of 10 come")


async def test_a_scheduler_grants_a_meeting_with_fewer(house: House) -> None:
    channel = await house.channel("Hamza Green")
    chat = house.chat("Alex Wilber")
    await chat.say("team meeting with my team next week, at least 9")
    await chat.tap("Ask a scheduler")
    shown = await house.until(channel, "No time found", "with fewer people than asked for")
    assert "Team meeting for 10 people" in shown
    await house.tap(channel, "Approve")
    booked = await house.until(chat, "✓ Booked")
    assert " of 10 come" in booked
    assert len(house.meetings()) == 1


async def test_who_is_optional_may_be_missing_and_nobody_else(house: House) -> None:
    chat = house.chat("Alex Wilber")
    await chat.say("team meeting with Asha Patel, Tom Baker and Maria Santos next week")
    santos = house.person("Maria Santos").id
    await house.tap(chat, "Search again", **{verbs.OPTIONAL: santos, verbs.QUORUM: ""})
    assert "Team meeting for 3 people" in read(chat.card)
    assert "at least 2 of 3 must be there" in read(chat.card)
    await chat.tap("Book")
    booked = await house.until(chat, "✓ Booked")
    agents = {row["agent"] for row in house.changes()}
    assert {house.person("Asha Patel").id, house.person("Tom Baker").id} <= agents
    assert f"{len(agents)} of 3 come" in booked


async def test_an_impossible_number_is_asked_about_on_the_same_card(house: House) -> None:
    chat = house.chat("Alex Wilber")
    await chat.say("team meeting with my team next week, at least 99")
    card = read(chat.card)
    assert "“99” is not a number of people who must be there" in card
    await house.tap(chat, "Find a time", **{verbs.QUORUM: "6"})
    assert WHEN in read(chat.card)
