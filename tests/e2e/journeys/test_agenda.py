"""What lies ahead: weeks, sessions, notes, what is under way, who is due, and undo by a word."""

import pytest

from bot.rehearsal.reading import actions_of
from tests.support.house import House, read

pytestmark = pytest.mark.e2e


async def test_a_manager_sees_the_week_opens_a_session_and_comes_back(house: House) -> None:
    chat = house.chat("Alex Wilber")
    await chat.say("my meetings")
    assert read(chat.card).startswith("My meetings")
    assert "Nothing is planned in this week." in read(chat.card)
    await house.book(chat, "1:1 with Asha next week")
    await chat.say("my meetings next week")
    assert "One-to-one with Asha Patel" in read(chat.card)
    await house.tap(chat, "Open ")
    card = read(chat.card)
    assert card.startswith("One-to-one with Asha Patel")
    for button in ("[Move]", "[Cancel and tell everyone]", "[Add a note]"):
        assert button in card
    assert "[OK]" not in card
    await chat.tap("Back to the week")
    await chat.tap("Next week")
    assert "Nothing is planned in this week." in read(chat.card)
    await chat.tap("This week")
    assert "[This week]" not in read(chat.card)
    assert "The next session: " in read(chat.card)
    await chat.tap("Previous week")
    await house.tap(chat, "Week of Mon 30 Nov")
    assert "One-to-one with Asha Patel" in read(chat.card)


async def test_an_agent_says_ok_and_the_manager_sees_it(house: House) -> None:
    chat, asha = house.chat("Alex Wilber"), house.chat("Asha Patel")
    await house.book(chat, "1:1 with Asha next week")
    await asha.say("my sessions next week")
    assert read(asha.card).startswith("My sessions")
    assert "One-to-one with Alex Wilber" in read(asha.card)
    await house.tap(asha, "Open ")
    for button in ("[OK]", "[I can't]", "[Swap]"):
        assert button in read(asha.card)
    assert "[Add a note]" not in read(asha.card)
    await asha.tap("OK")
    assert "✓ you said OK" in read(asha.card)
    assert "[OK]" not in read(asha.card)
    await chat.say("my meetings next week")
    assert "✓ they said OK" in read(chat.card)
    await chat.say("undo")
    assert "Nothing was undone: somebody has already answered" in read(chat.card)


async def test_a_session_of_others_is_not_there_for_whoever_names_it(house: House) -> None:
    chat = house.chat("Alex Wilber")
    await house.book(chat, "1:1 with Asha next week")
    await chat.say("my meetings next week")
    data = next(one["data"] for one in actions_of(chat.card) if one.get("verb") == "session")
    other = house.chat("Yusuf Clarke")
    await other.say("my meetings")
    for verb in ("session", "acknowledge", "notes", "save_note", "delete_note"):
        payload = data | {"note": "mine now", "note_id": "x"}
        await other.execute(verb, payload)
        assert "Asha" not in read(other.card)
        assert "[Help]" in read(other.card)


async def test_a_note_is_its_authors_and_the_facilitators_alone(house: House) -> None:
    chat, asha = house.chat("Alex Wilber"), house.chat("Asha Patel")
    await house.book(chat, "1:1 with Asha next week")
    await chat.say("add a note to Asha's 1:1: bring the report")
    assert "bring the report" in read(chat.card)
    await chat.tap("Change")
    await chat.tap("Save", note="bring both reports")
    assert "bring both reports" in read(chat.card)
    assert "bring the report\n" not in read(chat.card)
    await chat.tap("Save", note="")
    assert "the note is empty" in read(chat.card)
    for post in chat.posts:
        assert "report" not in str(post.activity.get("summary"))
    await asha.say("my sessions next week")
    await house.tap(asha, "Open ")
    assert "report" not in read(asha.card)
    await asha.say("note: I was here")
    assert "I found no such session of yours" in read(asha.card)
    for written in (*house.changes(), *house.meetings()):
        assert "report" not in str(written)
    await chat.tap("Change")
    await chat.tap("Delete")
    assert "There is no note yet." in read(chat.card)


async def test_status_shows_what_waits_and_opens_its_card_once_more(house: House) -> None:
    await house.channel("Hamza Green")
    chat = house.chat("Alex Wilber")
    await chat.say("status")
    assert "Nothing is under way" in read(chat.card)
    await chat.say("1:1 with Asha on 2026-12-01 at 03:00")
    await chat.tap("Ask a scheduler")
    await house.until(chat, "With the schedulers")
    await chat.say("status")
    assert "One-to-one with Asha Patel" in read(chat.card)
    assert "nobody has taken it on yet" in read(chat.card)
    await chat.say("status of Tom's 1:1")
    assert "Nothing of that is under way" in read(chat.card)
    await chat.say("status of Asha's 1:1")
    assert "One-to-one with Asha Patel" in read(chat.card)
    before = len(chat.posts)
    await house.tap(chat, "Open no.")
    await house.until_true(lambda: len(chat.posts) == before + 1)
    await chat.tap("Cancel this request")
    await house.until(chat, "Cancelled")
    for post in (chat.posts[-1], chat.posts[1]):
        await house.until_true(lambda post=post: "Cancelled" in read(chat.seen(post)))


async def test_undo_takes_back_the_last_booking_and_says_when_there_is_none(house: House) -> None:
    chat = house.chat("Alex Wilber")
    await chat.say("undo")
    assert "none of your bookings can still be undone" in read(chat.card)
    await house.book(chat, "1:1 with Asha next week")
    await chat.say("undo")
    await house.until(chat, "Undone: nothing is booked any more")
    assert not house.meetings()


async def test_who_is_due_is_asked_for_in_one_proposal(house: House) -> None:
    chat = house.chat("Alex Wilber")
    await chat.say("who has not had a 1:1 in 30 days")
    card = read(chat.card)
    assert "Who is due: One-to-one" in card
    assert "history begins on" in card
    agents = [one for one in house.known.values() if one.in_wfm]
    own = {one.name for one in agents if one.team_id in house.person("Alex Wilber").leads}
    assert own
    assert {one.name for one in agents if one.name in card} <= own
    await house.tap(chat, "One-to-one with th")
    assert "placed" in read(chat.card)
    agent = house.chat("Asha Patel")
    await agent.say("who has not had a 1:1 in 30 days")
    assert "this takes a team manager, a trainer, a scheduler or Learning & Development" in read(
        agent.card
    )
