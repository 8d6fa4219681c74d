"""Who cannot be planned is said: the leader has left, or the WFM has no more whom a template is for."""

from dataclasses import replace

import pytest

from scheduling.domain.centre import ActivityCode, CodeKind
from scheduling.domain.notices import NoticeKind
from scheduling.domain.templates import LostAudience, Passed
from scheduling.workflows.publication import plan_what_was_published
from tests.integration.workflows.house import House
from tests.integration.workflows.recurring import FORTNIGHT, MIA, SAM, Runs, weekly
from tests.integration.workflows.teaching import told


@pytest.fixture
def runs(house: House) -> Runs:
    """Ask as Sam."""
    return Runs(house)


def dissolve(runs: Runs) -> None:
    """Let the WFM move everybody of the team in the north to the one in the south."""
    wfm = runs.house.wfm
    moved = [
        replace(one, team_id="other-team") if one.team_id == "north-team" else one
        for one in wfm._centre.agents
    ]
    wfm._centre = replace(wfm._centre, agents=tuple(moved))


async def test_whom_somebody_who_left_would_lead_is_passed_over_with_the_reason(
    runs: Runs,
) -> None:
    await runs.desk.save(SAM, weekly(facilitator_id="tom"))
    before = (await runs.planned()).preview
    assert before is not None
    assert Passed.LEADER_GONE not in before.passed
    await runs.retire("tom")
    after = (await runs.planned()).preview
    assert after is not None
    assert after.sessions == 0
    assert after.passed[Passed.LEADER_GONE] == before.sessions + len(before.unplaced_ids)


async def test_a_run_says_how_many_of_a_team_that_is_gone_it_does_not_plan_and_tells_its_owner(
    runs: Runs,
) -> None:
    kept = await runs.desk.save(MIA, weekly())
    await runs.booked(await runs.planned())
    dissolve(runs)
    preview = (await runs.planned()).preview
    assert preview is not None
    assert preview.lost == (
        LostAudience(
            template_id=kept.template.id,
            template_name="Weekly one-to-one",
            id="north-team",
            people=6,
        ),
    )
    await runs.planned()
    assert await told(runs.house, NoticeKind.AUDIENCE_LOST) == ["mia"]


async def test_a_template_that_plans_itself_for_a_team_that_is_gone_tells_its_owner(
    runs: Runs,
) -> None:
    await runs.desk.save(MIA, weekly(by_itself=True))
    dissolve(runs)
    assert await plan_what_was_published("all") == 0
    assert await plan_what_was_published("all") == 0
    assert await told(runs.house, NoticeKind.AUDIENCE_LOST) == ["mia"]


async def test_who_is_on_leave_all_the_time_is_away_and_does_not_want_for_a_time(
    runs: Runs,
) -> None:
    await runs.desk.save(SAM, weekly())
    wfm = runs.house.wfm
    leave = ActivityCode(id="leave", name="Leave", kind=CodeKind.TIME_OFF)
    wfm._centre = replace(wfm._centre, codes=(*wfm._centre.codes, leave))
    for day in FORTNIGHT.days():
        if model := wfm.day("north-1", day):
            away = [replace(one, code_id="leave") for one in model.segments]
            wfm.edit("north-1", day, away)
    preview = (await runs.planned()).preview
    assert preview is not None
    assert (preview.passed, preview.unplaced) == ({Passed.ABSENT: 2}, ())
