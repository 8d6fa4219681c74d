"""Setting the house up: by right, seen before it is in force, by two where floors fall, undone."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import pytest
import sqlalchemy as sa

from scheduling.domain.people import Actor, Deputy, Role
from scheduling.domain.refusals import Refusal, Refused
from scheduling.storage import audit, people, setups
from scheduling.storage import tables as t
from scheduling.storage.setups import ChangeState
from scheduling.workflows.setup import HouseDesk
from scheduling.workflows.setup_form import NEW, Area
from scheduling.workflows.setup_port import Applied, Form, Preview
from tests.integration.workflows.house import House
from tests.integration.workflows.small_centre import EIGHT, TUESDAY, actor
from tests.support.postgres import BOTH

ADA, MIA, SAM, SUE = actor("tom"), actor("mia"), actor("sam"), actor("sue")
FLOOR = "floors/north-calls/"


@pytest.fixture
async def desk(house: House) -> HouseDesk:
    """Return the desk of a house in which Tom is an administrator."""
    async with house.store.write() as tx:
        await people.appoint(tx, "tom", [Role.ADMINISTRATOR], [], at=EIGHT, by="aside")
    return HouseDesk(house.runtime)


async def preview(
    desk: HouseDesk, who: Actor, area: Area, subject: str, inputs: Mapping[str, str]
) -> Preview:
    answer = await desk.preview(who, area, subject, inputs)
    assert isinstance(answer, Preview), answer
    return answer


async def make(
    desk: HouseDesk, who: Actor, area: Area, subject: str, inputs: Mapping[str, str]
) -> Applied:
    shown = await preview(desk, who, area, subject, inputs)
    applied = await desk.confirm(who, shown.change_id)
    assert isinstance(applied, Applied)
    return applied


@BOTH
async def test_a_change_is_in_force_once_it_is_confirmed_and_undone_as_a_version(
    house: House, desk: HouseDesk
) -> None:
    held = house.runtime.services.setups
    inputs = {"types/one_to_one/minutes": "45", "types/one_to_one/notice": "12h"}
    shown = await preview(desk, ADA, Area.TYPES, "one_to_one", inputs)
    assert {edit.path[-1]: (edit.before, edit.after) for edit in shown.edits} == {
        "minutes": (30, 45),
        "notice": (None, "12h"),
    }
    assert (held.number, held.catalogue.types["one_to_one"].minutes) == (1, 30)
    applied = await desk.confirm(ADA, shown.change_id)
    assert isinstance(applied, Applied)
    assert (held.number, held.catalogue.types["one_to_one"].minutes) == (2, 45)
    undone = await desk.undo(ADA, 2)
    assert isinstance(undone, Applied)
    assert (held.number, held.catalogue.types["one_to_one"].minutes) == (3, 30)
    newest = (await desk.history(ADA)).versions[0]
    assert (newest.number, newest.restores, newest.by_name) == (3, 1, "Tom")


@BOTH
async def test_who_changed_what_from_what_to_what_is_in_the_audit(
    house: House, desk: HouseDesk
) -> None:
    await make(desk, ADA, Area.ALLOWANCE, "", {"allowance": "90"})
    async with house.store.read() as tx:
        line = (
            (await tx.execute(sa.select(t.audit).order_by(t.audit.c.seq.desc()).limit(1)))
            .mappings()
            .one()
        )
        assert (await audit.verify(tx)).broken is None
    assert (line["actor"], line["action"]) == ("tom", "setup.changed")
    assert line["before"] == {"number": 1, "allowance": 60}
    assert line["after"] == {"number": 2, "allowance": 90}


@pytest.mark.parametrize(
    ("area", "subject"),
    [
        (Area.TYPES, "one_to_one"),
        (Area.ROOMS, NEW),
        (Area.QUIET, ""),
        (Area.RETENTION, ""),
        (Area.CLOCK, ""),
        (Area.INTRADAY, ""),
        (Area.LOCATIONS, NEW),
    ],
)
async def test_a_scheduler_is_told_who_can_where_it_is_not_theirs(
    desk: HouseDesk, area: Area, subject: str
) -> None:
    for call in (desk.form(SAM, area, subject), desk.preview(SAM, area, subject, {})):
        with pytest.raises(Refused) as refused:
            await call
        assert refused.value.refusal is Refusal.NOT_YOUR_ROLE
        assert refused.value.facts == {"who": ["administrator"]}


async def test_a_scheduler_changes_what_is_theirs(house: House, desk: HouseDesk) -> None:
    await make(desk, SAM, Area.PARAMETERS, "standard", {"parameters/standard/lead": "90"})
    await make(desk, SAM, Area.AUTOMATIC, "", {"types/one_to_one/auto_schedule": "true"})
    kind = house.runtime.services.catalogue.types["one_to_one"]
    assert (kind.parameters.lead, kind.auto_schedule) == (90, True)


async def test_a_manager_sees_nothing_of_the_set_up(desk: HouseDesk) -> None:
    calls = (desk.overview(MIA), desk.history(MIA), desk.undo(MIA, 2), desk.restore(MIA, 1))
    for call in calls:
        with pytest.raises(Refused) as refused:
            await call
        assert refused.value.refusal in (Refusal.NOT_YOUR_ROLE, Refusal.STALE)


async def test_inputs_that_a_form_does_not_have_change_nothing(
    house: House, desk: HouseDesk
) -> None:
    forged = {
        "parameters/standard/lead": "90",
        "types/one_to_one/confidential": "true",
        "keep": "1",
    }
    applied = await make(desk, SAM, Area.PARAMETERS, "standard", forged)
    assert [edit.path for edit in applied.edits] == [("parameters", "standard", "lead")]
    assert not house.runtime.services.catalogue.types["one_to_one"].confidential


async def test_every_error_is_told_beside_its_input_and_what_was_typed_stays(
    desk: HouseDesk,
) -> None:
    inputs = {
        "types/one_to_one/minutes": "a while",
        "types/one_to_one/notice": "99d",
        "types/one_to_one/name": " ",
        "types/one_to_one/walk_away": "1,5",
    }
    form = await desk.preview(ADA, Area.TYPES, "one_to_one", inputs)
    assert isinstance(form, Form)
    assert {(m.path[-1], m.kind) for m in form.misfits} == {
        ("minutes", "no_whole_number"),
        ("notice", "outside"),
        ("name", "no_text"),
    }
    assert {one.path[-1]: one.value for one in form.asked}["minutes"] == "a while"


async def test_something_new_is_named_once(house: House, desk: HouseDesk) -> None:
    inputs = {
        "types/+/id": "Return to work",
        "types/+/name": "Return to work",
        "types/+/subject": "Talk",
        "types/+/code_id": "one_to_one",
        "types/+/confidential": "true",
        "places/+": "room",
        "mapping/+": "standard",
    }
    await make(desk, ADA, Area.TYPES, NEW, inputs)
    kind = house.runtime.services.catalogue.types["return_to_work"]
    assert (kind.confidential, kind.subject) == (True, "Talk")
    again = await desk.preview(ADA, Area.TYPES, NEW, inputs)
    assert isinstance(again, Form)
    assert [(m.path[-1], m.kind) for m in again.misfits] == [("id", "known")]
    wrong = await desk.preview(ADA, Area.TYPES, NEW, {**inputs, "types/+/id": "🎉"})
    assert isinstance(wrong, Form)
    assert [m.kind for m in wrong.misfits] == ["no_key"]
    short = await desk.preview(ADA, Area.TYPES, NEW, {"types/+/id": "short"})
    assert isinstance(short, Form)
    assert ("types", NEW, "name") in {m.path for m in short.misfits}


async def test_what_is_in_use_is_not_taken_out(desk: HouseDesk) -> None:
    form = await desk.remove(ADA, Area.PARAMETERS, "standard")
    assert isinstance(form, Form)
    assert [m.kind for m in form.misfits] == ["no_parameters"]
    with pytest.raises(Refused):
        await desk.remove(ADA, Area.TYPES, "one_to_one")


@BOTH
async def test_a_floor_falls_only_by_two_people(house: House, desk: HouseDesk) -> None:
    shown = await preview(desk, SAM, Area.FLOORS, "north-calls", {FLOOR + "deficit": "3"})
    assert shown.lowers == ("north-calls",)
    waits = await desk.confirm(SAM, shown.change_id)
    assert isinstance(waits, Preview)
    assert waits.state is ChangeState.WAITING
    with pytest.raises(Refused) as refused:
        await desk.confirm(SAM, shown.change_id)
    assert refused.value.refusal is Refusal.SECOND_PERSON
    assert [w.own for w in (await desk.overview(SUE)).waiting] == [False]
    applied = await desk.confirm(SUE, shown.change_id)
    assert isinstance(applied, Applied)
    newest = (await desk.history(SUE)).versions[0]
    assert (newest.by_name, newest.seconded_by_name) == ("Sam", "Sue")
    assert house.runtime.services.setups.setup.floors["north-calls"].deficit == 3.0
    raised = await make(desk, SAM, Area.FLOORS, "north-calls", {FLOOR + "deficit": "0.5"})
    assert raised.number == 3
    undone = await desk.undo(SAM, 3)
    assert isinstance(undone, Preview), "undoing it lowers the floor again"


@pytest.mark.parametrize(("of", "stands_in"), [("sam", "sue"), ("sue", "sam")])
async def test_a_deputy_is_no_second_person(
    house: House, desk: HouseDesk, of: str, stands_in: str
) -> None:
    async with house.store.write() as tx:
        deputy = Deputy(deputy_id=stands_in, first=TUESDAY, last=TUESDAY)
        await people.deputise(tx, of, deputy, at=EIGHT, by=of)
    shown = await preview(desk, SAM, Area.FLOORS, "north-calls", {FLOOR + "deficit": ""})
    await desk.confirm(SAM, shown.change_id)
    with pytest.raises(Refused) as refused:
        await desk.confirm(SUE, shown.change_id)
    assert refused.value.refusal is Refusal.SECOND_PERSON
    assert isinstance(await desk.confirm(ADA, shown.change_id), Applied)


async def test_a_change_that_waits_is_dropped_by_who_could_confirm_it_on_record(
    house: House, desk: HouseDesk
) -> None:
    async with house.store.write() as tx:
        await people.appoint(tx, "nia", [Role.SCHEDULER], [], at=EIGHT, by="aside")
    shown = await preview(desk, SAM, Area.FLOORS, "north-calls", {FLOOR + "deficit": "3"})
    await desk.confirm(SAM, shown.change_id)
    with pytest.raises(Refused):
        await desk.drop(actor("nia"), shown.change_id)
    assert (await desk.change(SAM, shown.change_id)).state is ChangeState.WAITING
    await desk.drop(SUE, shown.change_id)
    assert (await desk.change(SAM, shown.change_id)).state is ChangeState.DROPPED
    async with house.store.read() as tx:
        newest = sa.select(t.audit).order_by(t.audit.c.seq.desc()).limit(1)
        line = (await tx.execute(newest)).mappings().one()
    assert (line["actor"], line["action"]) == ("sue", "setup.dropped")
    assert line["detail"] == {"area": "floors", "owner": "sam"}


async def test_a_scheduler_of_one_unit_leaves_the_others_floors_alone(desk: HouseDesk) -> None:
    inputs = {"floors/south-calls/heads": "9"}
    with pytest.raises(Refused) as refused:
        await desk.preview(SAM, Area.FLOORS, "south-calls", inputs)
    assert refused.value.refusal is Refusal.UNKNOWN_DRAFT
    assert isinstance(await desk.preview(ADA, Area.FLOORS, "south-calls", inputs), Preview)


async def test_nobody_sees_or_confirms_anothers_change_before_it_waits(desk: HouseDesk) -> None:
    shown = await preview(desk, SAM, Area.ALLOWANCE, "", {"allowance": "90"})
    for who in (ADA, SUE):
        for call in (desk.change(who, shown.change_id), desk.confirm(who, shown.change_id)):
            with pytest.raises(Refused) as refused:
                await call
            assert refused.value.refusal is Refusal.UNKNOWN_DRAFT


async def test_rights_are_read_again_when_a_change_is_confirmed(
    house: House, desk: HouseDesk
) -> None:
    shown = await preview(desk, ADA, Area.ALLOWANCE, "", {"allowance": "90"})
    async with house.store.write() as tx:
        await people.appoint(tx, "tom", [Role.MANAGER], [], at=EIGHT, by="aside")
    with pytest.raises(Refused) as refused:
        await desk.confirm(ADA, shown.change_id)
    assert refused.value.refusal is Refusal.NOT_YOUR_ROLE
    assert house.runtime.services.setups.number == 1


async def test_changes_of_different_things_go_together_and_of_the_same_do_not(
    house: House, desk: HouseDesk
) -> None:
    one = await preview(desk, ADA, Area.ALLOWANCE, "", {"allowance": "90"})
    same = await preview(desk, SAM, Area.ALLOWANCE, "", {"allowance": "30"})
    other = await preview(
        desk, SAM, Area.PARAMETERS, "standard", {"parameters/standard/lead": "90"}
    )
    await desk.confirm(ADA, one.change_id)
    await desk.confirm(SAM, other.change_id)
    with pytest.raises(Refused) as refused:
        await desk.confirm(SAM, same.change_id)
    assert refused.value.refusal is Refusal.STALE
    setup = house.runtime.services.setups.setup
    assert (setup.allowance, setup.parameters["standard"].lead) == (90, 90)


@BOTH
async def test_two_taps_at_once_make_one_version(house: House, desk: HouseDesk) -> None:
    shown = await preview(desk, ADA, Area.ALLOWANCE, "", {"allowance": "90"})
    taps = (desk.confirm(ADA, shown.change_id) for _ in range(3))
    answers = await asyncio.gather(*taps, return_exceptions=True)
    assert sum(isinstance(each, Applied) for each in answers) == 1
    async with house.store.read() as tx:
        assert await setups.newest_number(tx) == 2


async def test_what_was_overtaken_is_not_undone(desk: HouseDesk) -> None:
    await make(desk, ADA, Area.ALLOWANCE, "", {"allowance": "90"})
    await make(desk, ADA, Area.ALLOWANCE, "", {"allowance": "30"})
    for number in (2, 1, 0, 99):
        with pytest.raises(Refused) as refused:
            await desk.undo(ADA, number)
        assert refused.value.refusal is Refusal.STALE


@BOTH
async def test_an_earlier_version_comes_back_and_keeps_types_that_came_later(
    house: House, desk: HouseDesk
) -> None:
    inputs = {
        "types/+/id": "talk",
        "types/+/name": "Talk",
        "types/+/subject": "Talk",
        "types/+/code_id": "one_to_one",
    }
    await make(desk, ADA, Area.TYPES, NEW, inputs)
    shown = await desk.restore(ADA, 1)
    applied = await desk.confirm(ADA, shown.change_id)
    assert isinstance(applied, Applied)
    talk = house.runtime.services.catalogue.types["talk"]
    assert not talk.offered
    assert "talk" not in {kind.id for kind in (await house.desk.roster(MIA)).types}
    with pytest.raises(Refused):
        await desk.restore(ADA, 99)


async def test_a_change_that_nobody_confirmed_in_a_day_is_over(
    house: House, desk: HouseDesk
) -> None:
    shown = await preview(desk, ADA, Area.ALLOWANCE, "", {"allowance": "90"})
    house.clock.instant = EIGHT + (house.runtime.services.policy.draft_life * 2)
    with pytest.raises(Refused) as refused:
        await desk.confirm(ADA, shown.change_id)
    assert refused.value.refusal is Refusal.UNKNOWN_DRAFT


@BOTH
async def test_a_preview_says_what_last_weeks_requests_would_have_got(
    house: House, desk: HouseDesk
) -> None:
    await house.settled(await house.submit("north-1"))
    shown = await preview(desk, SAM, Area.AUTOMATIC, "", {"types/one_to_one/auto_schedule": "true"})
    assert shown.rehearsal is not None
    assert shown.rehearsal.ended
    assert (shown.rehearsal.asked, shown.rehearsal.skipped) == (1, {})
    assert (shown.rehearsal.before.booked, shown.rehearsal.after.booked) == (0, 1)
    quiet = await preview(desk, ADA, Area.QUIET, "", {"noise/digest": "09:15"})
    assert quiet.rehearsal is None, "nothing is searched by it"


async def test_the_checks_say_what_is_missing(house: House, desk: HouseDesk) -> None:
    found = {check.kind: check for check in (await desk.overview(ADA)).checks}
    assert found["wfm"].ok
    assert found["codes"].ok
    assert not found["channel"].ok
    async with house.store.write() as tx:
        number = await setups.lock(tx) + 1
        setup = house.runtime.services.setups.setup
        kind = replace(setup.types["one_to_one"], code_id="nowhere")
        lost = replace(setup, types={**setup.types, "one_to_one": kind})
        await setups.add(tx, lost, number=number, at=EIGHT, by="ada")
    codes = next(c for c in (await desk.overview(ADA)).checks if c.kind == "codes")
    assert (codes.ok, codes.facts["missing"]) == (False, "nowhere")
    house.weather.away = True
    silent = {c.kind for c in (await desk.overview(ADA)).checks if "error" in c.facts}
    assert {"wfm", "codes", "horizon"} <= silent
    house.weather.away = False
