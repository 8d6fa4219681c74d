"""Recurring meetings: kept, planned, looked at, booked, and planned again."""

import pytest

from bot.rehearsal.reading import actions_of, fields_of
from scheduling.workflows.runtime import current
from scheduling.workflows.timers import take_due
from tests.support.house import House, read, rewrite

pytestmark = pytest.mark.e2e

FIRST, LAST = "2026-11-24", "2026-11-29"


async def keep(house: House, name: str = "Weekly one-to-one") -> None:
    """Let Hamza, a scheduler, keep a weekly one-to-one for the first of the unit's teams."""
    chat = house.chat("Hamza Green")
    await chat.say("recurring meetings")
    assert "There is none yet." in read(chat.card)
    await chat.tap("New recurring meeting")
    await chat.tap("Keep it", name=name, frequency="weekly", least_days="3")
    assert f"{name}" in read(chat.card)


async def test_a_scheduler_plans_the_teams_one_to_ones_and_books_them(house: House) -> None:
    await keep(house)
    chat = house.chat("Hamza Green")
    await chat.say("recurring meetings")
    await chat.tap("Plan, book nothing yet", first=FIRST, last=LAST)
    preview = await house.until(chat, "planned, nothing booked yet", "Short-staffed")
    assert "[Book " in preview
    assert house.nothing_written()
    await house.tap(chat, "Book ")
    booked = await house.until(chat, "✓ booked")
    number = len(house.changes())
    assert number > 0
    assert f"{number} of {number} booked" in booked
    assert len(house.meetings()) == number

    await chat.say("recurring meetings")
    await chat.tap("Plan, book nothing yet", first=FIRST, last=LAST)
    again = await house.until(chat, "planned, nothing booked yet")
    assert f"Held or booked already: {number}" in again
    assert "There is nothing to book on these dates." in again


async def test_a_day_on_hold_is_not_booked(house: House) -> None:
    await keep(house)
    chat = house.chat("Hamza Green")
    await chat.say("plan the recurring meetings from 24 to 29 November")
    await house.until(chat, "planned, nothing booked yet")
    await chat.tap("Hold these days", days="2026-11-24,2026-11-25,2027-01-01,nonsense")
    held = await house.until(chat, "Days on hold: 2")
    assert "on hold" in held
    await house.tap(chat, "Book ")
    await house.until(chat, "✓ booked")
    assert {row["start"][:10] for row in house.changes()} <= {"2026-11-26", "2026-11-27"}


async def test_a_sentence_fills_the_form_and_a_manager_names_only_their_own(house: House) -> None:
    team = [one for one in house.known.values() if one.in_wfm and one.team_id == "team-2"]
    mine, other = team[0], house.person("Asha Patel")
    chat = house.chat("Yusuf Clarke")
    await chat.say(f"1:1 with {mine.name} every second Monday at 10 starting in January")
    typed = {name: field.get("value") for name, field in fields_of(chat.card).items()}
    assert (typed["attendees"], typed["teams"]) == (mine.id, "")
    assert (typed["frequency"], typed["every"], typed["weekdays"]) == ("weekly", 2, "0")
    assert (typed["first"], typed["last"], typed["minutes"]) == ("2027-01-01", None, 30)
    refused = await chat.tap("Keep it", attendees=f"{mine.id},{other.id}")
    assert refused.card is not None
    assert f"{other.name} can only be asked for by" in read(refused.card)
    await chat.tap("Keep it", attendees=mine.id)
    assert f"1 person: {mine.name}" in read(chat.card)


async def test_what_cannot_be_kept_is_said_beside_what_was_typed(house: House) -> None:
    chat = house.chat("Hamza Green")
    await chat.say("recurring meetings")
    await chat.tap("New recurring meeting")
    await chat.tap("Keep it", name="", minutes="4", weekdays="")
    card = read(chat.card)
    for field in ("Name", "Minutes (empty: as its type)", "On one of these weekdays"):
        assert f"Please look at “{field}”: it cannot be used." in card
    await chat.tap("Keep it", name="Never", last="2026-11-23", first="2026-11-23", weekdays="6")
    assert "Nothing was kept: this recurring meeting could never be held" in read(chat.card)
    await chat.tap("Back")
    assert "There is none yet." in read(chat.card)


async def test_who_has_no_right_learns_who_has(house: House) -> None:
    await keep(house)
    agent = house.chat("Asha Patel")
    await agent.say("recurring meetings")
    assert "this takes a team manager or a scheduler" in read(agent.card)
    manager = house.chat("Yusuf Clarke")
    await manager.say("recurring meetings")
    assert "There is none yet." in read(manager.card)
    scheduler = house.chat("Hamza Green")
    await scheduler.say("plan the recurring meetings from 24 to 29 November")
    await house.until(scheduler, "planned, nothing booked yet")
    data = next(
        one["data"] for one in actions_of(scheduler.card) if one.get("verb") == "run_confirm"
    )
    await manager.execute("run_confirm", data)
    assert "Book" not in read(manager.card)
    assert house.nothing_written()


def away(house: House, agent_id: str, day: str) -> None:
    """Let the schedule be exported anew with somebody off on a day."""

    def off(row: dict[str, str]) -> None:
        if (row["agent"], row["schedule_date"]) == (agent_id, day):
            row["code"] = "time_off"

    rewrite(house.world.folder, "schedule", off)


async def test_what_no_longer_holds_is_moved_by_itself_later_and_asked_about_soon(
    house: House,
) -> None:
    await keep(house)
    chat = house.chat("Hamza Green")
    await chat.say("plan the recurring meetings from 24 November to 6 December")
    await house.until(chat, "planned, nothing booked yet")
    await house.tap(chat, "Book ")
    await house.until(chat, "✓ booked")
    booked = {row["start"][:10]: row["agent"] for row in house.changes()}
    number = len(house.meetings())
    soon, later = min(booked), max(booked)
    team = next(one.team_id for one in house.known.values() if one.id == booked[soon])
    leader = next(one.name for one in house.known.values() if team in one.leads)
    manager = house.chat(leader)
    await manager.say("help")
    for day in (soon, later):
        away(house, booked[day], day)
    await take_due(current())  # the first look is five minutes after the start
    house.clock.forward(minutes=6)
    await take_due(current())
    await house.until(chat, "✓ moved: 1", "… asked: 1")
    assert "schedule changed" in str(chat.card)
    asked = await house.until(manager, "The published schedule has changed", "Now: ")
    assert "Time off" not in asked
    await house.tap(manager, "Move to ")
    await house.until(manager, "✓ Moved")
    await house.until(chat, "✓ moved: 2")
    assert len(house.meetings()) == number
