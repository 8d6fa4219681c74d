"""What people write, in their own words: corrections, German, a team chosen on the card."""

from datetime import UTC, datetime

import pytest

from tests.support.house import House, read

pytestmark = pytest.mark.e2e


async def test_a_sentence_is_put_right_in_german_and_booked_as_it_then_stands(
    house: House,
) -> None:
    chat = house.chat("Alex Wilber")
    await chat.say("1:1 mit Asha nächsten Mittwoch")
    assert read(chat.card).startswith("One-to-one with Asha Patel\nWed 2 Dec")
    await chat.say("nein, Donnerstag Nachmittag, 20 Minuten")
    changed = read(chat.card)
    assert changed.startswith("One-to-one with Asha Patel\nThu 3 Dec")
    assert house.nothing_written()

    await chat.tap("Book")
    await house.until(chat, "✓ Booked")
    (row,) = house.changes()
    start = datetime.fromisoformat(row["start"]).astimezone(UTC)
    end = datetime.fromisoformat(row["end"]).astimezone(UTC)
    assert (start.date().isoformat(), (end - start).seconds) == ("2026-12-03", 20 * 60)
    assert start.hour >= 12


async def test_what_was_asked_is_answered_in_words(house: House) -> None:
    chat = house.chat("Alex Wilber")
    await chat.say("1:1 next week")
    assert "Attendees" in read(chat.card)
    await chat.say("Asha")
    assert read(chat.card).startswith("One-to-one with Asha Patel")


async def test_a_correction_of_nothing_is_asked(house: House) -> None:
    chat = house.chat("Alex Wilber")
    await chat.say("no, Friday")
    assert "Nothing is open in this chat that this would change" in read(chat.card)
    assert house.nothing_written()


async def test_a_whole_team_is_chosen_on_the_form(house: House) -> None:
    chat = house.chat("Alex Wilber")
    await chat.say("1:1s next week, 20 min")
    team = house.person("Asha Patel").team_id
    tapped = await house.tap(chat, "Find a time", attendees=f"team:{team}")
    assert tapped.card is not None
    names = [one.name for one in house.known.values() if one.in_wfm and one.team_id == team]
    assert all(name in read(tapped.card) for name in names)


async def test_an_order_understood_in_part_is_asked_and_then_answered(house: House) -> None:
    chat = house.chat("Alex Wilber")
    await chat.say("status of Zebedee's training")
    assert "anybody called “Zebedee”" in read(chat.card)
    asha = house.person("Asha Patel").id
    tapped = await house.tap(chat, "Go on", attendees=asha)
    assert tapped.card is not None
    assert "Nothing is under way" in read(tapped.card)


@pytest.mark.parametrize(
    "said",
    [
        "I can't open this card",
        "decline",
        "I'm busy this week, can you offer something next week?",
        "ich kann die Karte nicht öffnen",
    ],
)
async def test_words_alone_give_no_session_up(house: House, said: str) -> None:
    await house.book(house.chat("Alex Wilber"), "1:1 with Asha next week")
    agent = house.chat("Asha Patel")
    await agent.say(said)
    answer = read(agent.card)
    assert "before you tap" in answer or "I did not understand that" in answer
    assert len(house.events("Asha Patel")) == 1


async def test_undo_is_of_the_move_that_came_last(house: House) -> None:
    chat = house.chat("Alex Wilber")
    await house.book(chat, "1:1 with Asha next week")
    (before,) = house.meetings()
    await chat.say("move Asha's 1:1 to Thursday next week")
    await house.tap(chat, "Move to")
    await house.until(chat, "✓ Moved")
    await chat.say("undo")
    await house.until_true(lambda: [one.start for one in house.meetings()] == [before.start])


async def test_undo_is_of_whom_was_named_and_what_is_unclear_is_asked(house: House) -> None:
    chat = house.chat("Alex Wilber")
    await house.book(chat, "1:1 with Asha next week")
    house.clock.forward(minutes=1)
    await house.book(chat, "1:1 with Tom Baker next week")
    await chat.say("undo my last note")
    assert "I did not understand" in read(chat.card)
    await chat.say("undo Asha's 1:1")
    await house.until_true(lambda: not house.events("Asha Patel"))
    assert len(house.events("Tom Baker")) == 1


async def test_cancel_that_is_the_proposal_in_front(house: House) -> None:
    chat = house.chat("Alex Wilber")
    await house.book(chat, "1:1 with Asha next week")
    await chat.say("1:1 with Tom Baker next week")
    await chat.say("cancel that")
    assert "Discarded. Nothing was booked." in read(chat.card)
    assert len(house.events("Asha Patel")) == 1


async def test_cancel_with_nothing_open_asks_first(house: House) -> None:
    chat = house.chat("Alex Wilber")
    await house.book(chat, "1:1 with Asha next week")
    await chat.say("cancel it")
    assert "Cancel this session?" in read(chat.card)
    assert len(house.events("Asha Patel")) == 1
