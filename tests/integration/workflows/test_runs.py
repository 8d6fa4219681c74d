"""Runs of templates over the real engine: planned, looked at, booked, and run again."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.commits import LeftOut
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.notices import NoticeKind
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.requests import RequestState
from scheduling.domain.rules import Rule
from scheduling.domain.runs import Offline, RunState, Since
from scheduling.domain.setup import Floor, Location
from scheduling.domain.templates import Audience, Passed
from scheduling.domain.times import DAY, DateRange
from scheduling.storage.bookings import SessionRow
from scheduling.workflows.engine import Engine
from scheduling.workflows.publication import plan_what_was_published
from scheduling.workflows.reconcile import reconcile
from scheduling.workflows.timers import take_due
from tests.integration.workflows.fakes import FakeCalendar
from tests.integration.workflows.house import House
from tests.integration.workflows.recurring import FORTNIGHT, MIA, SAM, Runs, weekly
from tests.integration.workflows.small_centre import EIGHT, MONDAY, actor, centre
from tests.support.clocks import StoppedClock
from tests.support.postgres import BOTH
from wfm.centre.memory import MemoryWfm


@pytest.fixture
async def runs(house: House) -> Runs:
    """Keep a weekly template."""
    made = Runs(house)
    await made.desk.save(SAM, weekly())
    return made


async def test_hours_off_the_phones_are_counted_against_the_allowance(runs: Runs) -> None:
    first = await runs.planned()
    assert first.preview is not None
    agents = len(await runs.house.wfm.agents("north"))
    weeks = (first.dates.end - first.dates.start).days / 7
    allowed = round(runs.house.runtime.services.setups.setup.allowance * agents * weeks)
    assert first.preview.offline == Offline(used=0, allowed=allowed)
    await runs.booked(first)
    again = await runs.planned()
    assert again.preview is not None
    assert again.preview.offline == Offline(used=first.preview.minutes, allowed=allowed)


@BOTH
async def test_everybody_of_the_team_gets_one_a_week_and_nothing_is_written_before_it_is_confirmed(
    runs: Runs,
) -> None:
    run = await runs.planned()
    assert run.preview is not None
    assert run.preview.sessions == 12
    assert run.preview.unplaced == ()
    assert runs.house.applied() == 0
    booked = await runs.booked(run)
    assert booked.progress is not None
    assert (booked.progress.booked, booked.progress.failed) == (12, 0)
    sessions = await runs.sessions()
    per_week = {(s.attendee_id, s.interval.start.isocalendar().week) for s in sessions}
    assert len(per_week) == len(sessions) == 12


async def test_a_second_run_changes_nothing_that_holds_and_fills_what_is_missing(
    runs: Runs,
) -> None:
    first = await runs.planned()
    held = min(day.day for day in first.preview.days) if first.preview else MONDAY
    kept = await runs.desk.hold(SAM, first.id, first.version, [held])
    booked = await runs.booked(kept)
    missing = 12 - (booked.progress.booked if booked.progress else 0)
    assert missing > 0
    again = await runs.planned()
    assert again.preview is not None
    assert (again.preview.sessions, again.preview.kept) == (missing, 12 - missing)
    done = await runs.booked(again)
    assert done.progress is not None
    assert done.progress.booked == missing
    third = await runs.planned()
    assert third.preview is not None
    assert (third.preview.sessions, third.preview.kept) == (0, 12)


@BOTH
async def test_who_was_booked_by_hand_since_the_plan_gets_no_second_one(runs: Runs) -> None:
    run = await runs.planned()
    runs.house.clock.instant += timedelta(minutes=1)
    by_hand = await runs.house.submit("north-1", days=14)
    await runs.house.settled(by_hand, RequestState.BOOKED)
    booked = await runs.booked(run)
    assert booked.progress is not None
    assert ("north-1", LeftOut.ANOTHER) in booked.progress.left_out
    weeks = [one.interval.start.isocalendar().week for one in await theirs(runs, "north-1")]
    assert len(set(weeks)) == len(weeks) == 2


async def theirs(runs: Runs, agent_id: str) -> list[SessionRow]:
    """Return somebody's sessions, of runs and by hand."""
    return [one for one in await runs.sessions() if one.attendee_id == agent_id]


async def test_nothing_recurs_on_a_holiday_of_the_site(runs: Runs) -> None:
    held = runs.house.runtime.services.setups
    days = frozenset(day for day in FORTNIGHT.days() if day.weekday() != 2)
    leeds = Location(id="leeds", site_id="leeds", holidays=days)
    held._take(held.number, replace(held.setup, locations={"leeds": leeds}))
    run = await runs.planned()
    assert run.preview is not None
    assert {day.day.weekday() for day in run.preview.days} == {2}
    assert run.preview.sessions == 12


async def test_a_session_booked_by_hand_counts(runs: Runs) -> None:
    await runs.house.settled(await runs.house.submit("north-1"), RequestState.BOOKED)
    run = await runs.planned(DateRange(MONDAY + DAY, MONDAY + 7 * DAY))
    assert run.preview is not None
    assert (run.preview.sessions, run.preview.kept) == (5, 1)


async def test_days_on_hold_are_not_booked(runs: Runs) -> None:
    run = await runs.planned()
    assert run.preview is not None
    days = [day.day for day in run.preview.days]
    held = await runs.desk.hold(SAM, run.id, run.version, days[1:])
    assert held.held == frozenset(days[1:])
    await runs.booked(held)
    sessions = await runs.sessions()
    assert {s.interval.start.date() for s in sessions} == {days[0]}


async def test_a_run_says_who_joined_left_and_has_a_new_manager(runs: Runs) -> None:
    await runs.booked(await runs.planned())
    runs.employ("north-1", "north-3", "north-4", "north-5", "north-6", "north-7")
    run = await runs.planned()
    assert run.preview is not None
    told = {(one.agent_id, one.kind.value) for one in run.preview.changes}
    assert told == {("north-2", "left"), ("north-7", "joined")}


async def test_planning_again_the_same_gives_the_same_and_says_so(runs: Runs) -> None:
    first, again = await runs.planned(), await runs.planned()
    assert first.preview is not None
    assert again.preview is not None
    one = [x.session for x in await runs.kept(first.id)]
    other = await runs.kept(again.id)
    assert one == [x.session for x in other]
    assert {x.since for x in other} == {Since.SAME}
    assert sum(day.changed for day in again.preview.days) == 0


class Forgetful(Engine):
    """An engine that loses every run it is given while ``losing``."""

    losing = True

    async def _enqueue(self, tx: AsyncConnection, options: object, *arguments: str) -> None:
        if not (self.losing and options["workflow_name"] in {"plan_run", "book_run"}):  # type: ignore[index]
            await super()._enqueue(tx, options, *arguments)  # type: ignore[arg-type]


async def test_a_run_whose_workflow_was_lost_is_put_on_its_way_again(database: str) -> None:
    async with House.open(database, engine=Forgetful) as house:
        runs, engine = Runs(house), house.engine
        assert isinstance(engine, Forgetful)
        await runs.desk.save(SAM, weekly())
        lost = await runs.desk.start(SAM, FORTNIGHT)
        engine.losing = False
        await reconcile(house.runtime)
        run = await runs.until(lost.id, RunState.PREVIEW)
        engine.losing = True
        await runs.desk.confirm(SAM, run.id, run.version)
        engine.losing = False
        await reconcile(house.runtime)
        booked = await runs.until(run.id, RunState.BOOKED)
        assert booked.progress is not None
        assert booked.progress.booked == 12


async def test_confirming_twice_books_once(runs: Runs) -> None:
    run = await runs.planned()
    await runs.desk.confirm(SAM, run.id, run.version)
    with pytest.raises(Refused) as refused:
        await runs.desk.confirm(SAM, run.id, run.version)
    assert refused.value.refusal is Refusal.STALE
    await runs.until(run.id, RunState.BOOKED)
    assert len(await runs.sessions()) == 12


async def test_a_discarded_run_books_nothing(runs: Runs) -> None:
    run = await runs.planned()
    gone = await runs.desk.discard(SAM, run.id)
    assert gone.state is RunState.DISCARDED
    with pytest.raises(Refused):
        await runs.desk.confirm(SAM, run.id, gone.version)
    assert await runs.sessions() == []


async def test_a_manager_keeps_templates_for_own_teams_alone(runs: Runs) -> None:
    mine = await runs.desk.save(MIA, weekly(name="Mine"))
    assert mine.attendees == 6
    assert [each.template.name for each in await runs.desk.templates(MIA)] == ["Mine"]
    with pytest.raises(Refused) as refused:
        await runs.desk.save(MIA, weekly(audience=Audience(site_ids=frozenset({"leeds"}))))
    assert refused.value.refusal is Refusal.NOT_YOUR_ROLE
    with pytest.raises(Refused):
        await runs.desk.run(actor("nia"), (await runs.planned()).id)


@pytest.mark.parametrize(
    ("changes", "faults", "lost"),
    [
        ({"end": MONDAY, "blackout": frozenset({MONDAY})}, ["no_date"], []),
        ({"least_days": 20}, ["least_too_long"], []),
        ({"audience": Audience(team_ids=frozenset({"gone"}))}, [], ["gone"]),
        ({"type_id": "none"}, ["type"], []),
    ],
)
async def test_a_template_that_can_never_be_met_is_refused(
    runs: Runs, changes: dict[str, object], faults: list[str], lost: list[str]
) -> None:
    with pytest.raises(Refused) as refused:
        await runs.desk.save(SAM, weekly(**changes))
    assert refused.value.refusal is Refusal.BAD_TEMPLATE
    assert refused.value.facts == {"faults": faults, "lost": lost}


async def test_a_run_of_dates_that_are_over_or_too_many_is_refused(runs: Runs) -> None:
    for dates in (
        DateRange(MONDAY - 9 * DAY, MONDAY - DAY),
        DateRange(MONDAY, MONDAY + timedelta(days=63)),
    ):
        with pytest.raises(Refused) as refused:
            await runs.desk.start(SAM, dates)
        assert refused.value.refusal is Refusal.BAD_DATES


async def test_a_wfm_that_is_away_ends_the_run_in_words(runs: Runs) -> None:
    runs.house.weather.away = True
    run = await runs.desk.start(SAM, FORTNIGHT)
    runs.house.weather.away = True
    failed = await runs.until(run.id, RunState.FAILED)
    assert failed.trouble == "wfm_away"


async def test_a_run_books_no_room_that_is_closed_in_the_set_up(house: House) -> None:
    runs, (elm, oak) = Runs(house), house.calendar.listed
    await runs.desk.save(SAM, weekly(place=PlaceKind.ROOM))
    held = house.runtime.services.setups
    held._take(held.number, replace(held.setup, rooms={elm.id: replace(elm, closed=True)}))
    run = await runs.planned()
    assert {one.session.option.room_id for one in await runs.kept(run.id)} == {oak.id}


async def test_a_run_keeps_the_floors_of_the_set_up(runs: Runs) -> None:
    held = runs.house.runtime.services.setups
    floors = {"north-calls": Floor(heads=6)}
    held._take(held.number, replace(held.setup, floors=floors))
    run = await runs.planned()
    assert run.preview is not None
    assert run.preview.sessions == 0
    assert dict(run.preview.unplaced) == {frozenset({Rule.HEADS}): 12}


async def test_who_has_no_manager_is_counted(runs: Runs) -> None:
    await runs.retire("mia", "tom")
    run = await runs.planned(DateRange(MONDAY + DAY, MONDAY + 7 * DAY))
    assert run.preview is not None
    assert run.preview.passed == {Passed.NO_MANAGER: 6}
    assert run.preview.sessions == 0


async def test_what_plans_itself_is_planned_as_far_as_is_published_and_shown_to_its_owner(
    runs: Runs,
) -> None:
    assert await plan_what_was_published("all") == 0
    await runs.desk.save(SAM, weekly(name="By itself", by_itself=True))
    assert await plan_what_was_published("all") == 1
    (run, *_) = await runs.desk.runs(SAM)
    assert run.template_names == ("By itself",)
    run = await runs.until(run.id, RunState.PREVIEW)
    assert run.dates == DateRange(MONDAY + DAY, MONDAY + 19 * DAY)
    await runs.house.quiet()
    runs.house.clock.forward(minutes=10)  # Sam is at work by then
    await take_due(runs.house.runtime)
    await runs.house.quiet()
    told = [(n.person_id, n.kind, n.subject) for n in runs.house.notifier.notices]
    assert told == [("sam", NoticeKind.RUN_PLANNED, run.id)]
    assert await plan_what_was_published("all") == 0
    booked = await runs.booked(run)
    assert booked.progress is not None
    assert booked.progress.booked == 18


class Killed(Exception):
    """The process ends without waiting for anything."""


@pytest.mark.usefixtures("steps_end")
@pytest.mark.parametrize("call", ["hold", "invite"])
async def test_a_run_that_is_cut_off_while_it_is_booked_goes_on_and_books_nobody_twice(
    database: str, call: str
) -> None:
    wfm, calendar = MemoryWfm(centre(), StoppedClock(EIGHT)), FakeCalendar()
    stuck, never = asyncio.Event(), asyncio.Event()

    async def hang(name: str) -> None:
        if name == call:
            stuck.set()
            await never.wait()

    begun: list[str] = []

    async def until_killed() -> None:
        async with House.open(database, wfm=wfm, calendar=calendar, prefix="a") as house:
            runs = Runs(house)
            await runs.desk.save(SAM, weekly())
            run = await runs.planned()
            begun.append(run.id)
            calendar.before = hang
            await runs.desk.confirm(SAM, run.id, run.version)
            await stuck.wait()
            raise Killed

    with pytest.raises(Killed):
        await until_killed()
    calendar.before = None
    async with House.open(database, wfm=wfm, calendar=calendar, prefix="b") as house:
        booked = await Runs(house).until(begun[0], RunState.BOOKED)
        assert booked.progress is not None
        assert (booked.progress.booked, booked.progress.failed) == (12, 0)
        assert house.applied() == len(calendar.live) == 12
