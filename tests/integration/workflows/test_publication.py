"""Templates that plan themselves: each date once, one word for each cause, and never without an owner."""

from dataclasses import replace
from datetime import timedelta

import pytest

from scheduling.domain.notices import NoticeKind
from scheduling.domain.people import Role
from scheduling.domain.runs import RunState, RunView
from scheduling.domain.times import DAY, DateRange
from scheduling.storage import people
from scheduling.workflows.publication import plan_what_was_published
from tests.integration.workflows.house import House
from tests.integration.workflows.recurring import MIA, SAM, Runs, weekly
from tests.integration.workflows.small_centre import MONDAY
from tests.integration.workflows.teaching import told

TOMORROW, PUBLISHED = MONDAY + DAY, MONDAY + 19 * DAY
HOUR = timedelta(hours=1)


@pytest.fixture
def runs(house: House) -> Runs:
    """Ask as Sam."""
    return Runs(house)


async def planned_by_itself(runs: Runs) -> RunView:
    """Begin what is to be planned, and wait for its plan."""
    assert await plan_what_was_published("all") == 1
    (run, *_) = await runs.desk.runs(SAM)
    return await runs.until(run.id, RunState.PREVIEW)


async def test_a_plan_that_was_discarded_does_not_come_back_unless_its_template_is_changed(
    runs: Runs,
) -> None:
    kept = (await runs.desk.save(SAM, weekly(by_itself=True))).template
    run = await planned_by_itself(runs)
    await runs.desk.discard(SAM, run.id)
    for _ in range(3):
        runs.house.clock.instant += HOUR
        assert await plan_what_was_published("all") == 0
    await runs.desk.save(SAM, replace(kept, name="Otherwise"))
    again = await planned_by_itself(runs)
    assert again.dates == run.dates


async def test_a_run_by_hand_far_ahead_leaves_the_dates_before_it_to_be_planned(
    runs: Runs,
) -> None:
    await runs.desk.save(SAM, weekly(by_itself=True))
    await runs.planned(DateRange(MONDAY + 10 * DAY, MONDAY + 12 * DAY))
    run = await planned_by_itself(runs)
    assert run.dates == DateRange(TOMORROW, MONDAY + 10 * DAY)
    run = await planned_by_itself(runs)
    assert run.dates == DateRange(MONDAY + 12 * DAY, PUBLISHED)
    assert await plan_what_was_published("all") == 0


async def test_templates_with_the_same_dates_to_plan_share_a_run(runs: Runs) -> None:
    first = (await runs.desk.save(SAM, weekly(name="A", by_itself=True))).template
    await runs.desk.save(SAM, weekly(name="B", by_itself=True))
    await runs.planned(DateRange(TOMORROW, MONDAY + 8 * DAY), [first.id])
    run = await planned_by_itself(runs)
    assert (run.template_names, run.dates) == (("B",), DateRange(TOMORROW, PUBLISHED))
    run = await planned_by_itself(runs)
    assert run.template_names == ("A",)
    assert run.dates == DateRange(MONDAY + 8 * DAY, PUBLISHED)


async def test_of_what_cannot_be_planned_the_owner_is_told_once_and_it_is_tried_each_day(
    runs: Runs,
) -> None:
    await runs.desk.save(SAM, weekly(by_itself=True))
    centre = runs.house.wfm._centre
    codes = tuple(one for one in centre.codes if one.id != "one_to_one")
    runs.house.wfm._centre = replace(centre, codes=codes)
    begun = []
    for _ in range(26):
        begun.append(await plan_what_was_published("all"))
        await runs.house.quiet()
        runs.house.clock.instant += HOUR
    assert (begun[0], sum(begun)) == (1, 2)
    found = await runs.desk.runs(SAM)
    assert {(run.state, run.trouble) for run in found} == {(RunState.FAILED, "code_missing")}
    assert await told(runs.house, NoticeKind.RUN_PLANNED) == ["sam"]
    runs.house.wfm._centre = replace(runs.house.wfm._centre, codes=centre.codes)
    runs.house.clock.instant += DAY
    await planned_by_itself(runs)


async def test_schedulers_hear_once_of_a_template_whose_owner_has_left_and_take_it_over(
    runs: Runs,
) -> None:
    kept = (await runs.desk.save(MIA, weekly(by_itself=True))).template
    assert not (await runs.desk.template(SAM, kept.id)).unowned
    await runs.retire("mia")
    for _ in range(2):
        assert await plan_what_was_published("all") == 0
    assert await told(runs.house, NoticeKind.UNOWNED) == ["sam", "sue"]
    view = await runs.desk.template(SAM, kept.id)
    assert view.unowned
    taken = await runs.desk.save(SAM, view.template)
    assert (taken.template.owner_id, taken.unowned) == ("sam", False)
    assert (await planned_by_itself(runs)).requested_by == "Sam"


async def test_who_leads_the_team_no_more_is_no_owner_and_is_shown_nobody(runs: Runs) -> None:
    kept = (await runs.desk.save(MIA, weekly(by_itself=True))).template
    async with runs.house.store.write() as tx:
        known = await people.everybody(tx)
        without = [replace(p, leads=frozenset()) if p.id == "mia" else p for p in known]
        await people.sync(tx, without)
    assert await plan_what_was_published("all") == 0
    assert (await runs.desk.template(SAM, kept.id)).unowned
    assert await told(runs.house, NoticeKind.UNOWNED) == ["sam", "sue"]


async def test_an_owner_who_schedules_has_any_team(runs: Runs) -> None:
    kept = (await runs.desk.save(MIA, weekly(by_itself=True))).template
    async with runs.house.store.write() as tx:
        known = await people.everybody(tx)
        roles = frozenset({Role.SCHEDULER})
        promoted = [
            replace(p, leads=frozenset(), roles=roles) if p.id == "mia" else p for p in known
        ]
        await people.sync(tx, promoted)
    assert not (await runs.desk.template(SAM, kept.id)).unowned
