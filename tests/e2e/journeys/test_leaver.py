"""Somebody leaves while they are proposed, and while they are booked."""

import csv

import pytest

from tests.support.house import House, read

pytestmark = pytest.mark.e2e


def without(house: House, person_id: str) -> None:
    """Take somebody out of every table of the centre, as the next export would."""
    for path in house.world.folder.glob("*.csv"):
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            names = list(reader.fieldnames or ())
            rows = list(reader)
        kept = [row for row in rows if row.get("agent") != person_id]
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, names)
            writer.writeheader()
            writer.writerows(kept)


async def test_who_left_is_booked_no_more_and_what_was_booked_can_be_cancelled(
    house: House,
) -> None:
    yusuf = house.chat("Yusuf Clarke")
    await house.book(yusuf, "1:1 with Farah next week")
    await yusuf.say("1:1 with Farah this week")
    without(house, house.person("Farah Ahmed").id)
    await house.running.refresh_people()

    refused = await yusuf.tap("Book")
    assert refused.card is not None
    assert "Some of what was chosen may not be asked for; choose again." in read(refused.card)
    await yusuf.say("1:1 with Farah next week")
    assert "I don't know anybody called “Farah”" in read(yusuf.card)

    await yusuf.say("my meetings next week")
    assert "One-to-one with Farah Ahmed" in read(yusuf.card)
    await house.tap(yusuf, "Open")
    tapped = await house.tap(yusuf, "Cancel and tell everyone")
    assert tapped.card is not None
    await house.until(yusuf, "Cancelled")
    await house.until_true(lambda: not house.meetings())
