"""What a run planned is looked at again when it is confirmed: its templates, people and owner."""

from dataclasses import replace
from functools import partial

import pytest

from scheduling.domain.commits import LeftOut
from scheduling.domain.notices import NoticeKind
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.runs import RunState
from scheduling.domain.templates import Audience
from scheduling.storage import people
from tests.integration.workflows.house import House
from tests.integration.workflows.recurring import FORTNIGHT, MIA, SAM, Runs, weekly
from tests.integration.workflows.teaching import told

SIX = tuple(f"north-{n}" for n in range(1, 7))


async def without_teams(runs: Runs, person_id: str) -> None:
    """Let somebody lead no team any more."""
    async with runs.house.store.write() as tx:
        everybody = await people.everybody(tx)
        await people.sync(
            tx,
            [replace(one, leads=frozenset()) if one.id == person_id else one for one in everybody],
        )


async def test_a_run_whose_only_template_has_ended_books_nothing(house: House) -> None:
    runs = Runs(house)
    kept = await runs.desk.save(SAM, weekly())
    run = await runs.planned()
    await runs.desk.end(SAM, kept.template.id)
    await runs.desk.confirm(SAM, run.id, run.version)
    assert (await runs.until(run.id, RunState.FAILED)).trouble == Refusal.STALE.value
    assert await runs.sessions() == []


async def test_a_run_whose_template_has_changed_is_planned_again_and_shown_before_it_is_booked(
    house: House,
) -> None:
    runs = Runs(house)
    kept = (await runs.desk.save(SAM, weekly())).template
    run = await runs.planned()
    two = Audience(agent_ids=frozenset(SIX[:2]))
    await runs.desk.save(SAM, replace(kept, audience=two))
    await runs.desk.confirm(SAM, run.id, run.version)
    again = await runs.until(run.id, RunState.PREVIEW)
    assert again.preview is not None
    assert (again.preview.sessions, await runs.sessions()) == (4, [])
    assert await told(house, NoticeKind.RUN_PLANNED) == ["sam"]
    done = await runs.booked(again)
    assert done.progress is not None
    assert done.progress.booked == 4


async def test_who_has_left_the_wfm_since_the_plan_is_left_out(house: House) -> None:
    runs = Runs(house)
    await runs.desk.save(SAM, weekly())
    run = await runs.planned()
    runs.employ(*(i for i in SIX if i != "north-2"))
    done = await runs.booked(run)
    assert done.progress is not None
    assert done.progress.booked == 10
    assert set(done.progress.left_out) == {("north-2", LeftOut.GONE)}


async def test_who_has_another_manager_since_the_plan_does_not_meet_the_old_one(
    house: House,
) -> None:
    runs = Runs(house)
    await runs.desk.save(SAM, weekly())
    run = await runs.planned()
    await without_teams(runs, "mia")
    done = await runs.booked(run)
    assert done.progress is not None
    assert done.progress.booked == 0
    assert set(done.progress.left_out) == {(i, LeftOut.MOVED) for i in SIX}


@pytest.mark.parametrize("call", ["confirm", "hold"])
async def test_a_manager_who_lost_the_team_since_the_plan_is_refused(
    house: House, call: str
) -> None:
    runs = Runs(house)
    await runs.desk.save(MIA, weekly())
    run = await runs.desk.start(MIA, FORTNIGHT)
    run = await runs.until(run.id, RunState.PREVIEW)
    await without_teams(runs, "mia")
    desk = runs.desk
    calls = {
        "confirm": partial(desk.confirm, MIA, run.id, run.version),
        "hold": partial(desk.hold, MIA, run.id, run.version, []),
    }
    with pytest.raises(Refused) as refused:
        await calls[call]()
    assert refused.value.facts == {"who": ["scheduler"]}
    assert (await runs.desk.run(SAM, run.id)).state is RunState.PREVIEW
