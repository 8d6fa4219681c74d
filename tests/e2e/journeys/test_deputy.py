"""Somebody acts for a manager while that manager is away, and everybody sees on whose behalf."""

import pytest

from tests.support.house import House, read

pytestmark = pytest.mark.e2e

MANAGER, DEPUTY = "Yusuf Clarke", "Anneliese Krüger"


async def test_a_deputy_books_for_the_team_in_the_managers_name_while_that_holds(
    house: House,
) -> None:
    agent = next(one.name for one in house.known.values() if one.in_wfm and one.team_id == "team-2")
    deputy, manager = house.chat(DEPUTY, "en-GB"), house.chat(MANAGER)
    await manager.say("help")
    await deputy.say(f"1:1 with {agent} next week")
    assert agent not in deputy.titles
    assert house.nothing_written()

    administrator = house.chat("Owen Davies")
    await administrator.say("setup")
    await house.tap(administrator, "People")
    await house.tap(administrator, "Find", name=MANAGER)
    await house.tap(administrator, "Open")
    await administrator.tap(
        "Save", deputy=house.person(DEPUTY).id, first="2026-11-23", last="2026-11-24"
    )
    assert f"{DEPUTY}, from" in read(administrator.card)

    booked = await house.book(deputy, f"1:1 with {agent} next week")
    assert f"On behalf of {MANAGER}" in booked
    (meeting,) = house.meetings()
    house.clock.forward(hours=72)
    await deputy.say(f"1:1 with {agent} next week")
    assert [one.uid for one in house.meetings()] == [meeting.uid]
    assert f"One-to-one with {agent}" not in read(deputy.card)
