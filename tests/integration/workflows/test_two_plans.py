"""Two plans of one unit: one is made or booked at a time, and nobody gets the same thing of both."""

import asyncio

import pytest

from scheduling.domain.commits import LeftOut
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.runs import RunState, RunView
from tests.integration.workflows.house import House
from tests.integration.workflows.recurring import FORTNIGHT, SAM, SUE, Runs, weekly
from tests.support.postgres import BOTH


@pytest.fixture
async def runs(house: House) -> Runs:
    """Keep a weekly template."""
    made = Runs(house)
    await made.desk.save(SAM, weekly())
    return made


@BOTH
async def test_a_run_that_several_begin_at_once_is_begun_once(runs: Runs) -> None:
    answers = await asyncio.gather(
        *(runs.desk.start(who, FORTNIGHT) for who in (SAM, SUE, SAM)), return_exceptions=True
    )
    (first,) = (one for one in answers if isinstance(one, RunView))
    refused = [one for one in answers if isinstance(one, Refused)]
    assert [one.refusal for one in refused] == 2 * [Refusal.RUN_UNDER_WAY]
    assert {one.facts["run_id"] for one in refused} == {first.id}
    await runs.until(first.id, RunState.PREVIEW)


@BOTH
async def test_of_two_plans_that_are_confirmed_at_once_one_is_booked(runs: Runs) -> None:
    plans = [await runs.planned(), await runs.planned()]
    runs.house.clock.forward(minutes=1)
    answers = await asyncio.gather(
        *(runs.desk.confirm(SAM, one.id, one.version) for one in plans), return_exceptions=True
    )
    (confirmed,) = (one for one in answers if isinstance(one, RunView))
    (refused,) = (one for one in answers if isinstance(one, Refused))
    assert (refused.refusal, refused.facts["run_id"]) == (Refusal.RUN_UNDER_WAY, confirmed.id)
    await runs.until(confirmed.id, RunState.BOOKED)
    (left,) = (one for one in plans if one.id != confirmed.id)
    done = await runs.booked(left)
    assert done.progress is not None
    assert done.progress.booked == 0
    assert {why for _, why in done.progress.left_out} == {LeftOut.ANOTHER}
    assert runs.house.applied() == 12
