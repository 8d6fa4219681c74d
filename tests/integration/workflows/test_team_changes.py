"""Who joined, left or moved since each template was last booked, and what the plan makes of that."""

from dataclasses import replace

from scheduling.domain.runs import RunView
from scheduling.domain.templates import Audience, TeamChangeKind, TeamEffect
from scheduling.domain.times import DAY, DateRange
from scheduling.storage import people
from tests.integration.workflows.house import House
from tests.integration.workflows.recurring import FORTNIGHT, SAM, Runs, weekly
from tests.integration.workflows.small_centre import MONDAY

FIRST_WEEK = DateRange(MONDAY + DAY, MONDAY + 7 * DAY)
SECOND_WEEK = DateRange(MONDAY + 7 * DAY, MONDAY + 14 * DAY)


def said(run: RunView) -> list[tuple[str, TeamChangeKind, TeamEffect | None]]:
    """Return the changes that a run shows."""
    assert run.preview is not None
    return [(one.agent_id, one.kind, one.effect) for one in run.preview.changes]


async def test_two_templates_of_different_people_are_no_change_of_each_other(house: House) -> None:
    runs = Runs(house)
    some = [frozenset({"north-1", "north-2"}), frozenset({"north-3", "north-4"})]
    first, _ = [
        await runs.desk.save(SAM, weekly(name=name, audience=Audience(agent_ids=ids)))
        for name, ids in zip("AB", some, strict=True)
    ]
    await runs.booked(await runs.planned(FIRST_WEEK))
    only = await runs.planned(SECOND_WEEK, [first.template.id])
    assert (said(only), only.preview and only.preview.gone) == ([], 0)
    both = await runs.planned(SECOND_WEEK)
    assert said(both) == []


async def test_changes_are_told_with_what_they_do_until_a_run_is_booked(house: House) -> None:
    runs = Runs(house)
    await runs.desk.save(SAM, weekly())
    await runs.booked(await runs.planned(FIRST_WEEK))
    runs.employ(*(f"north-{n}" for n in (1, 3, 4, 5, 6, 7)))
    expected = [
        ("north-2", TeamChangeKind.LEFT, TeamEffect.NONE),
        ("north-7", TeamChangeKind.JOINED, TeamEffect.PLANNED),
    ]
    assert said(await runs.planned(SECOND_WEEK)) == expected
    again = await runs.planned(SECOND_WEEK)
    assert said(again) == expected
    assert again.preview is not None
    joined = again.preview.changes[1]
    (first,) = (one for one in await runs.kept(again.id) if one.session.attendee_id == "north-7")
    assert (joined.day, joined.leader_id) == (first.day, "mia")
    await runs.booked(again)
    assert said(await runs.planned(SECOND_WEEK)) == []


async def test_what_is_booked_with_the_old_manager_is_said_to_stay(house: House) -> None:
    runs = Runs(house)
    await runs.desk.save(SAM, weekly())
    await runs.booked(await runs.planned())
    async with house.store.write() as tx:
        everybody = await people.everybody(tx)
        teams = {"mia": frozenset(), "tom": frozenset({"north-team"})}
        await people.sync(
            tx, [replace(one, leads=teams.get(one.id, one.leads)) for one in everybody]
        )
    run = await runs.planned(FORTNIGHT)
    assert {(kind, effect) for _, kind, effect in said(run)} == {
        (TeamChangeKind.NEW_MANAGER, TeamEffect.BOOKED)
    }
    assert run.preview is not None
    assert {one.leader_id for one in run.preview.changes} == {"mia"}
