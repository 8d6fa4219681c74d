"""Trainers: who attended, as exceptions from everybody; running late; and who took part as a file."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.rehearsal.chat import Chat
from bot.rehearsal.reading import actions_of, fields_of
from scheduling.domain.people import Role
from scheduling.domain.registers import AttendanceState
from scheduling.storage import tables as t
from scheduling.workflows import register_times, week_ahead
from tests.support.house import House, read

pytestmark = pytest.mark.e2e

LEADER = "Alex Wilber"
THURSDAY = datetime(2026, 11, 26, 15, 0, tzinfo=UTC)
LATE, NO_SHOW = (f"was:{one.value}" for one in (AttendanceState.LATE, AttendanceState.NO_SHOW))


async def meeting(house: House) -> Chat:
    """Book a meeting of Alex Wilber's team; their chat."""
    chat = house.chat(LEADER)
    await house.book(chat, "team meeting with my team next week, at least 6")
    return chat


async def at(house: House, column: str) -> datetime:
    """Return the ``start`` or ``end`` of the meeting."""
    async with house.running.services.store.read() as tx:
        found = await tx.execute(sa.select(t.session).where(t.session.c.attendee_id == ""))
        value: datetime = found.mappings().one()[column]
    return value


async def move_to(house: House, instant: datetime) -> None:
    """Let it be ``instant``."""
    house.clock.forward(seconds=(instant - house.clock.now()).total_seconds())


async def opened(house: House) -> Chat:
    """Let the meeting end, and its register open in Alex Wilber's chat."""
    chat = await meeting(house)
    await move_to(house, await at(house, "end"))
    await register_times.open_due("all")
    await house.until(chat, "Register: Team meeting", "7 people were expected")
    return chat


async def test_exceptions_are_tapped_and_the_card_becomes_the_closed_register(
    house: House,
) -> None:
    chat = await opened(house)
    late = house.person("Asha Patel").id
    expected = fields_of(chat.card)[LATE]["choices"]
    absent = min({one["value"] for one in expected} - {late})
    await chat.tap("Close the register", **{LATE: late, NO_SHOW: absent})
    closed = await house.until(chat, "6 of 7 people were there.", "Came late: Asha Patel")
    assert "Did not come: " in closed
    assert "Closed by Alex Wilber" in closed
    assert "Book 1 person anew" in chat.titles

    await chat.tap("Change")
    await chat.tap("Save the changes", **{LATE: "", NO_SHOW: ""})
    await house.until(chat, "7 of 7 people were there.")
    await chat.say("my registers")
    assert "All are closed." in read(chat.card)


async def test_who_is_marked_twice_is_named_and_nothing_typed_is_lost(house: House) -> None:
    chat = await opened(house)
    asha = house.person("Asha Patel").id
    await chat.tap("Close the register", **{LATE: asha, NO_SHOW: asha})
    assert "Nothing was kept yet: Asha Patel cannot be two of" in read(chat.card)
    fields = fields_of(chat.card).items()
    values = {
        name: field["value"]
        for name, field in fields
        if field["type"] == "Input.ChoiceSet" and field["value"]
    }
    assert values == {LATE: asha, NO_SHOW: asha}
    await chat.tap(
        "Save the changes" if "Save the changes" in chat.titles else "Close the register"
    )


async def test_nobody_else_opens_or_closes_a_register(house: House) -> None:
    chat = await opened(house)
    data = next(one["data"] for one in actions_of(chat.card) if one.get("verb") == "register_close")
    for name in ("Yusuf Clarke", "Asha Patel"):
        other = house.chat(name)
        await other.say("help")
        for verb in ("register", "register_change", "register_close"):
            await other.execute(verb, data)
            assert "Kwame" not in read(other.card)
            assert "Register: " not in read(other.card)
    await chat.say("register")
    assert "7 people were expected" in read(chat.card)


async def test_the_people_of_a_session_hear_once_that_it_begins_late(house: House) -> None:
    chat = await meeting(house)
    await chat.say("running late 10 min")
    assert "Nobody was told: you lead no session" in read(chat.card)
    await house.meets("Asha Patel")
    asha = house.chat("Asha Patel")
    await asha.say("help")
    await move_to(house, await at(house, "start") - timedelta(minutes=5))
    await chat.say("running late 10 min")
    assert "✓ 7 people are told that it begins 10 mins late." in read(chat.card)
    await house.until(asha, "Alex Wilber is running late", "at about 12:40, 10 mins late")
    await chat.say("running late 20 min")
    assert "they know already that the session begins 10 minutes late" in read(chat.card)


async def test_a_trainer_reads_their_next_week_on_thursday_afternoon_once(house: House) -> None:
    trainer = next(one for one in house.known.values() if one.has(Role.TRAINER))
    mate = next(one for one in house.known.values() if one.in_wfm and one.name != "Asha Patel")
    chat = house.chat(trainer.name)
    await chat.say(f"team meeting with Asha Patel and {mate.name} next week")
    await chat.tap("Book")
    await house.until(chat, "✓ Booked", "Undo (until")
    await move_to(house, THURSDAY - timedelta(minutes=1))
    assert await week_ahead.tell_week_ahead("all") == 0
    await move_to(house, THURSDAY)
    assert await week_ahead.tell_week_ahead("all") == 1
    digest = await house.until(chat, "Your sessions next week", "You lead 1 session")
    assert "Team meeting with 2 people" in digest
    await week_ahead.tell_week_ahead("all")
    assert (
        sum("Your sessions next week" in read(post.card) for post in chat.posts if post.card) == 1
    )
    await house.tap(chat, "Open ")
    assert "Asha Patel" in read(chat.card)


async def test_who_took_part_is_a_file_in_ones_own_chat(house: House) -> None:
    chat = await opened(house)
    await chat.tap("Close the register")
    await house.until(chat, "7 of 7 people were there.")
    await chat.say("completion")
    card = read(chat.card)
    assert "took part; 7 of 7 places attended" in card
    assert "Asha Patel" in card
    await chat.tap("File for a spreadsheet")
    await house.until_true(lambda: any(post.offer for post in chat.posts))
    await chat.answer_offer()
    await house.until_true(lambda: bool(house.teams.files))
    (content,) = house.teams.files.values()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    asha = next(row for row in rows if row["Name"] == "Asha Patel")
    assert (asha["Group"], asha["Places attended"]) == ("Person", "1")
    agent = house.chat("Asha Patel")
    await agent.say("completion")
    assert "took part" not in read(agent.card)
