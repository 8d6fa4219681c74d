"""Whoever is bound has a roster; who may not ask for others has nobody in it."""

import pytest

from scheduling.domain.refusals import Refusal, Refused
from tests.integration.workflows.house import House
from tests.integration.workflows.small_centre import actor


async def test_a_manager_sees_the_own_team_and_a_scheduler_the_unit(house: House) -> None:
    mine = {one.id for one in (await house.desk.roster(actor("mia"))).people}
    all_of_them = {one.id for one in (await house.desk.roster(actor("sam"))).people}
    assert mine
    assert mine <= all_of_them


async def test_an_agent_has_a_roster_with_nobody_in_it(house: House) -> None:
    roster = await house.desk.roster(actor("north-1"))
    assert roster.me.id == "north-1"
    assert (roster.people, roster.teams, roster.own_teams, roster.facilitators) == ((), {}, (), ())


async def test_an_account_that_is_bound_to_nobody_has_none(house: House) -> None:
    with pytest.raises(Refused) as caught:
        await house.desk.roster(actor("stranger"))
    assert caught.value.refusal is Refusal.UNKNOWN_PERSON
