"""Several people at once, and types that schedule themselves."""

import json
from pathlib import Path

import pytest

from graph.sandbox import Fault
from scheduling.domain.people import Role
from scheduling.optimizer.pool import SolverPool
from tests.support.house import MONDAY, House, read
from wfm.centre.generate import generate
from wfm.files.template import write_folder

pytestmark = pytest.mark.e2e

TEAM = "1:1s with my team next week mornings, 30 min"


async def test_the_part_that_was_placed_is_booked_and_a_scheduler_asked_about_the_rest(
    house: House,
) -> None:
    chat = house.chat("Yusuf Clarke")
    schedulers = await house.channel("Hamza Green")
    await chat.say(TEAM)
    proposal = read(chat.card)
    assert "8 of 10 placed, 2 need a decision" in proposal
    assert house.nothing_written()

    await chat.tap("Book 8, ask about 2")
    item = await house.until(schedulers, "No time found", "Open: nobody has taken this on yet")
    assert "Asked for by Yusuf Clarke" in item
    partly = await house.until(chat, "▲ Partly booked", "The schedulers have it", "✓ all")
    assert partly.count("✓ all") == 8
    assert "▸ Kwame Singh: no time found" in partly
    assert "▸ Niamh Nowak: no time found" in partly
    assert len(house.changes()) == len(house.meetings()) == 8

    await house.tap(schedulers, "Approve")
    await house.until(chat, "✓ Booked", "Hamza Green approved it")
    await house.until_true(lambda: read(chat.card).count("✓ all") == 10)
    assert len({row["agent"] for row in house.changes()}) == 10
    assert len(house.meetings()) == 10
    await house.until(schedulers, "✓ Approved by Hamza Green", "✓ Booked")


async def test_only_those_who_were_placed_are_booked_where_nobody_is_asked(house: House) -> None:
    chat = house.chat("Yusuf Clarke")
    schedulers = await house.channel("Hamza Green")
    await chat.say(TEAM)
    await chat.tap("Book 8 only")
    partly = await house.until(chat, "▲ Partly booked", "Undo (until")
    assert "▸ Niamh Nowak: no time found" in partly
    assert "scheduler" not in partly
    assert not schedulers.posts
    assert len(house.changes()) == 8


async def test_a_type_that_schedules_itself_takes_a_ticket_at_once(house: House) -> None:
    chat = house.chat("Alex Wilber")
    await chat.say("coaching with Asha next week, 45 min")
    first = read(chat.card)
    assert "… In the queue" in first
    assert "You are next. This card changes by itself." in first
    booked = await house.until(chat, "✓ Booked", "Undo (until")
    assert "Coaching with Asha Patel" in booked
    (row,) = house.changes()
    assert (row["agent"], row["code"]) == ("A1001", "coaching")
    (meeting,) = house.meetings()
    assert meeting.payload["subject"] == "Coaching session"
    assert meeting.payload["isOnlineMeeting"] is True


async def test_a_second_ticket_sees_how_many_are_before_it(house: House) -> None:
    house.world.graph.fail(Fault(path="getSchedule", status=0, latency=3.0))
    first, second = house.chat("Alex Wilber"), house.chat("Yusuf Clarke")
    await first.say("coaching with Asha next week, 45 min")
    await second.say("coaching with Farah next week, 45 min")
    assert "1 request is before yours. This card changes by itself." in read(second.card)
    for chat in (first, second):
        await house.until(chat, "✓ Booked")
    assert {row["agent"] for row in house.changes()} == {"A1001", "A1012"}


async def test_three_hundred_people_are_too_many_and_that_is_said_at_once(
    tmp_path: Path, solver: SolverPool
) -> None:
    crowd = tmp_path / "crowd"
    write_folder(generate(1, MONDAY.date(), weeks=1, history_days=7, agents=310, teams=1), crowd)
    async with House.open(tmp_path / "house", crowd, solver) as house:
        lead = next(one.name for one in house.known.values() if one.has(Role.MANAGER))
        chat = house.chat(lead, "en-GB")
        for asked in ("team meeting next week", "1:1s with my team next week"):
            await chat.say(asked)
            said = read(chat.card)
            assert "more than 40 people" in said
            assert (
                len(json.dumps(chat.card, ensure_ascii=False, separators=(",", ":")).encode())
                < 28_000
            )
        assert house.nothing_written()
