"""A template of a meeting type that the set-up does not have: shown, and passed over with a reason."""

from dataclasses import replace

from scheduling.domain.runs import RunState
from scheduling.domain.templates import Passed, Template
from scheduling.storage import templates
from tests.integration.workflows.house import House
from tests.integration.workflows.recurring import SAM, Runs, weekly


async def imported(house: House) -> Template:
    """Keep a template with a mistyped type, as no desk would."""
    wrong = weekly(id="wrong", unit_id="north", owner_id="sam", type_id="one_to_on", name="Typo")
    async with house.store.write() as tx:
        await templates.insert(tx, wrong, house.clock.now())
    return replace(wrong, version=1)


async def test_the_others_are_shown_and_planned_and_who_is_left_out_is_counted(
    house: House,
) -> None:
    runs = Runs(house)
    await imported(house)
    await runs.desk.save(SAM, weekly())
    shown = {each.type_name: each.typed for each in await runs.desk.templates(SAM)}
    assert shown == {"one_to_on": False, "One-to-one": True}
    run = await runs.planned()
    assert run.preview is not None
    assert run.preview.sessions
    assert run.preview.passed[Passed.NO_TYPE] == 6


async def test_alone_it_gives_a_plan_that_says_why_there_is_nothing(house: House) -> None:
    runs = Runs(house)
    await imported(house)
    run = await runs.planned()
    assert run.state is RunState.PREVIEW
    assert run.preview is not None
    assert (run.preview.sessions, dict(run.preview.passed)) == (0, {Passed.NO_TYPE: 6})
