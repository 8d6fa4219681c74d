"""A bulk answer on one card: those with a time are booked, each of the others is decided on."""

from datetime import date, timedelta

import pytest

from bot.rehearsal.reading import fields_of
from tests.support.house import House, read

pytestmark = pytest.mark.e2e


async def split(house: House) -> tuple[str, str, date]:
    """Return one of Yusuf's team at work on a day of next week, one who is not, and the day."""
    team = [one for one in house.known.values() if one.in_wfm and one.team_id == "team-2"]
    for number in range(7):
        day = date(2026, 11, 30) + timedelta(days=number)
        on, off = [], []
        for person in team:
            try:
                await house.shift(person.name, day)
            except (ValueError, IndexError):
                off.append(person.name)
            else:
                on.append(person.name)
        if on and off:
            return on[0], off[0], day
    raise AssertionError("everybody works alike")


async def test_one_without_a_time_is_placed_on_another_day_with_the_rest(house: House) -> None:
    chat = house.chat("Yusuf Clarke")
    on, off, day = await split(house)
    await chat.say(f"1:1s with {on} and {off} on {day}")
    assert "1 of 2 placed, 1 needs a decision" in read(chat.card)
    field = f"decide:{house.person(off).id}"
    options = {one["title"]: one["value"] for one in fields_of(chat.card)[field]["choices"]}
    assert {"Ask a scheduler", "Leave out"} <= options.keys()
    other = next(value for title, value in options.items() if "by allowing" in title)
    await chat.tap("Do as chosen", **{field: other})
    booked = await house.until(chat, "Undo (until")
    assert on in booked
    assert off in booked
    assert len(house.changes()) == 2


async def test_who_was_left_without_a_time_is_decided_on_after_booking(house: House) -> None:
    chat = house.chat("Yusuf Clarke")
    on, off, day = await split(house)
    await chat.say(f"1:1s with {on} and {off} on {day}")
    await chat.tap("Book 1 only")
    await house.until(chat, "Undo (until", "Decide on 1 without a time")
    await chat.tap("Decide on 1 without a time")
    card = read(chat.card)
    assert "I found no time in these dates." in card
    assert off in card
    field = f"decide:{house.person(off).id}"
    options = {one["title"]: one["value"] for one in fields_of(chat.card)[field]["choices"]}
    other = next(value for title, value in options.items() if "by allowing" in title)
    await chat.tap("Do as chosen", **{field: other})
    await house.until(chat, "Undo (until", off)
    assert len(house.changes()) == 2


async def test_three_hundred_people_are_too_many_and_the_limit_is_said(house: House) -> None:
    chat = house.chat("Hamza Green")
    everyone = [one.id for one in house.known.values() if one.in_wfm]
    crowd = ",".join([*everyone, *(f"ghost-{n}" for n in range(300))])
    await chat.say("help")
    await chat.execute("ask_for", {"attendees": crowd, "type": "one_to_one", "n": 0})
    assert "40" in read(chat.card)
    assert house.nothing_written()
