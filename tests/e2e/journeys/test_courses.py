"""Courses: kept, counted, rolled out group by group, looked at, booked, and asked for in a sentence."""

import pytest

from bot.rehearsal.reading import actions_of
from tests.support.house import House, read

pytestmark = pytest.mark.e2e

FIRST, LAST = "2026-11-24", "2026-11-29"
PATIENCE = 150.0
"""Seconds: a solver that has never trained compiles first."""


async def keep(house: House, **inputs: str) -> None:
    """Let Hamza, a scheduler, keep a course for the first of the unit's teams."""
    chat = house.chat("Hamza Green")
    await chat.say("courses")
    assert "There is none yet." in read(chat.card)
    await chat.tap("New course")
    given = {"name": "Empathy 2", "trainers": "T1", "teams": "team-1", "group_least": "2"}
    await chat.tap("Keep it", **{**given, **inputs})
    assert "Empathy 2" in read(chat.card)


async def test_a_course_is_counted_planned_and_booked_in_groups(house: House) -> None:
    await keep(house)
    chat = house.chat("Hamza Green")
    await chat.say("roll out Empathy 2 by 29 November")
    counted = read(chat.card)
    assert "Roll out Empathy 2" in counted
    assert "To be taught now: " in counted
    assert house.nothing_written()
    await chat.tap("Find the groups", first=FIRST, last=LAST)
    preview = await house.until(
        chat, "planned, nothing booked yet", "Roll-out of Empathy 2", seconds=PATIENCE
    )
    assert "seats taken" in preview
    assert house.nothing_written()
    await house.tap(chat, "Book ")
    booked = await house.until(chat, "✓ booked", seconds=PATIENCE)
    number = len(house.changes())
    assert number > 0
    assert f"{number} of {number} booked" in booked
    assert 0 < len(house.meetings()) < number, "one meeting for a group, not one for each"
    await chat.tap("All courses")
    await chat.tap("Roll out Empathy 2")
    assert f"{number} have their seats already" in read(chat.card)


async def test_short_seats_are_drawn_for_and_the_waiting_list_is_shown(house: House) -> None:
    await keep(house)
    chat = house.chat("Hamza Green")
    await chat.say("course Empathy 2")
    await chat.say("schedule Empathy-2 for everyone in Billing by 29 November")
    await chat.tap("Count again", first=FIRST, last=LAST, seats="2", within="billing")
    card = read(chat.card)
    assert "To be taught now: 2" in card
    assert "Seats are short: who gets one is drawn" in card
    await chat.tap("Find the groups", first=FIRST, last=LAST, seats="2", within="billing")
    preview = await house.until(
        chat, "planned, nothing booked yet", "on the waiting list", seconds=PATIENCE
    )
    assert "[Book 1 group]" in preview


async def test_what_cannot_be_kept_is_said_beside_what_was_typed(house: House) -> None:
    chat = house.chat("Hamza Green")
    await chat.say("courses")
    await chat.tap("New course")
    await chat.tap("Keep it", name="", parts="60, x", group_least="41")
    card = read(chat.card)
    for field in ("Name", "Minutes of each part, in order (such as 60, 90)", "Smallest group"):
        assert f"Please look at “{field}”: it cannot be used." in card
    await chat.tap("Keep it", name="Empathy 2", parts="60", group_least="2", trainers="nobody")
    assert "Nothing was kept: this course cannot be taught as it is." in read(chat.card)
    await chat.tap("Back")
    assert "There is none yet." in read(chat.card)


async def test_who_has_no_right_learns_who_has(house: House) -> None:
    await keep(house)
    for name in ("Asha Patel", "Yusuf Clarke"):
        chat = house.chat(name)
        await chat.say("courses")
        assert "learning & development" in read(chat.card).casefold()
    scheduler = house.chat("Hamza Green")
    await scheduler.say("roll out Empathy 2")
    data = next(
        one["data"] for one in actions_of(scheduler.card) if one.get("verb") == "course_roll_out"
    )
    manager = house.chat("Yusuf Clarke")
    await manager.execute("course_roll_out", {**data, "first": FIRST, "last": LAST})
    assert "learning & development" in read(manager.card).casefold()
    assert house.nothing_written()
