"""Recurring meetings of whole teams, and what becomes of a plan when teams change."""

import pytest

from tests.support.house import House, read, rewrite

pytestmark = pytest.mark.e2e

TEAMS = "team-1,team-2"
WEEK = {"first": "2026-11-24", "last": "2026-11-29"}
NEXT_WEEK = {"first": "2026-11-30", "last": "2026-12-06"}


async def test_a_team_without_a_meeting_in_the_schedule_gets_one_for_all_of_it(
    house: House,
) -> None:
    chat = house.chat("Alex Wilber")
    await chat.say("weekly team meeting with my team")
    assert "Meeting type: Team meeting" in read(chat.card)
    await chat.tap("Keep it", teams=TEAMS)
    kept = read(chat.card)
    assert "2 meetings each time, of 20 people" in kept
    assert "with each team's own manager" in kept
    await chat.tap("Plan, book nothing yet", **WEEK)
    preview = await house.until(chat, "planned, nothing booked yet", "Who comes")
    assert "Held or booked already: 1" in preview  # one team's is in the schedule this week
    assert "with Alex Wilber" in preview
    assert "9 come; without Łukasz Zieliński" in preview
    assert house.nothing_written()
    await house.tap(chat, "Book 1")
    await house.until(chat, "✓ booked", "9 of 9 booked")
    (meeting,) = house.meetings()
    assert house.events("Alex Wilber") == [meeting]
    away = house.person("Łukasz Zieliński").id
    codes = {row["agent"]: row["code"] for row in house.changes()}
    assert len(codes) == 9
    assert set(codes.values()) == {"team_meeting"}
    assert away not in codes

    await chat.say("recurring meetings")
    await chat.tap("Plan, book nothing yet", **WEEK)
    again = await house.until(chat, "Held or booked already: 2")
    assert "There is nothing to book on these dates." in again


async def reorganised(house: House) -> None:
    """Let people be in other teams, and a team have another manager, after the next start."""
    await house.stop()
    moves = {"A1001": "team-2", "A1011": "team-3", "A1021": "team-1"}
    leads = {"M2": "", "M3": "team-2; team-3"}
    folder = house.world.folder
    rewrite(folder, "agents", lambda one: one.update(team=moves.get(one["agent"], one["team"])))
    rewrite(folder, "people", lambda one: one.update(leads=leads.get(one["person"], one["leads"])))
    await house.start()


async def test_who_joined_left_moved_or_has_another_manager_is_shown_and_confirmed_once(
    house: House,
) -> None:
    chat = house.chat("Hamza Green")
    await chat.say("recurring meetings")
    await chat.tap("New recurring meeting")
    await chat.tap("Keep it", name="Weekly", frequency="weekly", least_days="3", teams=TEAMS)
    await chat.tap("Plan, book nothing yet", **WEEK)
    assert "since the last run" not in await house.until(chat, "planned, nothing booked yet")
    await house.tap(chat, "Book ")
    await house.until(chat, "✓ booked")
    before, led = len(house.changes()), len(house.events("Yusuf Clarke"))

    await reorganised(house)
    house.clock.forward(minutes=1)

    await chat.say("recurring meetings")
    await chat.tap("Plan, book nothing yet", **NEXT_WEEK)
    await house.until(chat, "planned, nothing booked yet", "12 team changes since the last run")
    shown = str(chat.card)
    told = ("Asha Patel moved to ", "Kwame Singh left ", "Olena Dąbrowska joined ")
    effects = (": is left out of this plan", ": gets the first one on ")
    assert all(words in shown for words in (*told, *effects))
    assert shown.count(" has a new manager") == 9
    await house.tap(chat, "Book ")
    await house.until(chat, "✓ booked")
    booked = {row["agent"] for row in house.changes()[before:]}
    assert "A1021" in booked
    assert "A1011" not in booked
    assert len(house.events("Yusuf Clarke")) == led
    house.clock.forward(minutes=1)

    await chat.say("recurring meetings")
    await chat.tap("Plan, book nothing yet", **NEXT_WEEK)
    assert "since the last run" not in await house.until(chat, "planned, nothing booked yet")
