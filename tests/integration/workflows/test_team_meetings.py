"""Recurring meetings of whole teams: planned, looked at, booked as one meeting, and planned again."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from scheduling.domain.commits import LeftOut
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.requests import RequestState, Target, TargetState
from scheduling.domain.runs import RunView
from scheduling.domain.templates import Audience, Frequency, Passed, Recurrence
from scheduling.domain.times import DAY
from scheduling.storage import bookings
from scheduling.storage.bookings import SessionRow
from scheduling.workflows.selfcare import care_for
from tests.integration.workflows.house import House
from tests.integration.workflows.recurring import FORTNIGHT, SAM, Runs, weekly
from tests.integration.workflows.small_centre import EIGHT, MONDAY, centre, meeting_of
from tests.support.clocks import StoppedClock
from tests.support.postgres import BOTH
from wfm.centre.memory import MemoryWfm

TEAM = tuple(f"north-{n}" for n in range(1, 7))
ONCE = Recurrence(frequency=Frequency.WEEKLY, every=2)


@pytest.fixture
async def runs(database: str) -> AsyncIterator[Runs]:
    """Ask as Sam, where four of six are enough for a team meeting and others answer meanwhile."""
    whole = centre(spare=7.0, size=8)
    agents = [
        one if one.unit_id != "north" or one.id in TEAM else replace(one, team_id="other-team")
        for one in whole.agents
    ]
    wfm = MemoryWfm(replace(whole, agents=tuple(agents)), StoppedClock(EIGHT))
    async with House.open(database, wfm=wfm) as house:
        house.calendar.listed = [replace(one, capacity=9) for one in house.calendar.listed]
        enough(house, 0.6)
        yield Runs(house)


def enough(house: House, quorum: float) -> None:
    """Let a part of a team be enough for its meeting."""
    held = house.runtime.services.setups
    types = {
        i: replace(kind, quorum=quorum) if kind.group else kind
        for i, kind in held.setup.types.items()
    }
    held._take(held.number, replace(held.setup, types=types))


def off(runs: Runs, *agent_ids: str, days: Sequence[date]) -> None:
    """Let people have no shift on some days."""
    for agent_id in agent_ids:
        for day in days:
            runs.house.wfm.edit(agent_id, day, ())


async def gatherings(runs: Runs) -> list[tuple[SessionRow, list[SessionRow]]]:
    """Return the meetings in the north, by start, each with the rows of who attends it."""
    async with runs.house.store.read() as tx:
        rows = await bookings.active_in(tx, "north", FORTNIGHT.interval("UTC"))
    every = sorted((row for row in rows if row.gathers), key=lambda one: one.interval)
    return [(one, [row for row in rows if row.gathering_id == one.id]) for one in every]


def placed(run: RunView) -> tuple[int, int]:
    """Return how many meetings a run would book, and how many hold already."""
    assert run.preview is not None
    return run.preview.sessions, run.preview.kept


@BOTH
async def test_a_team_meets_once_a_week_in_one_meeting_and_a_second_run_adds_none(
    runs: Runs,
) -> None:
    await runs.desk.save(SAM, weekly(type_id="team_meeting", place=PlaceKind.ROOM, least_days=3))
    run = await runs.planned()
    assert placed(run) == (2, 0)
    assert run.preview is not None
    assert [(m.who_id, m.facilitator_id, m.coming) for m in run.preview.meetings] == [
        ("north-team", "mia", 6),
        ("north-team", "mia", 6),
    ]
    booked = await runs.booked(run)
    assert booked.progress is not None
    assert booked.progress.booked == 12
    every = await gatherings(runs)
    assert len({one.interval.start.isocalendar().week for one, _ in every}) == len(every) == 2
    assert (every[1][0].interval.start - every[0][0].interval.start) >= timedelta(days=3)
    for meeting, rows in every:
        assert sorted(row.attendee_id for row in rows) == sorted(TEAM)
        assert {row.targets[Target.WFM] for row in rows} == {TargetState.DONE}
        assert meeting.targets[Target.ROOM] is TargetState.DONE
        assert meeting.room_id is not None
    assert runs.house.applied() == 12
    assert placed(await runs.planned()) == (0, 2)


async def test_who_cannot_come_is_named_where_no_day_has_everybody(runs: Runs) -> None:
    days = list(FORTNIGHT.days())
    off(runs, "north-1", days=days)
    off(runs, "north-2", days=days[::2])
    off(runs, "north-3", days=days[1::2])
    await runs.desk.save(SAM, weekly(type_id="team_meeting", recurrence=ONCE))
    run = await runs.planned()
    assert placed(run) == (1, 0)
    assert run.preview is not None
    (meeting,) = run.preview.meetings
    assert meeting.coming == 4
    assert "north-1" in meeting.missing_ids
    assert set(meeting.missing_ids) - {"north-1"} < {"north-2", "north-3"}
    await runs.booked(run)
    ((_, rows),) = await gatherings(runs)
    assert {row.attendee_id for row in rows} == set(TEAM) - set(meeting.missing_ids)
    assert placed(await runs.planned()) == (0, 1)


async def test_a_team_of_which_too_few_are_there_has_no_meeting(runs: Runs) -> None:
    off(runs, "north-1", "north-2", "north-3", days=list(FORTNIGHT.days()))
    await runs.desk.save(SAM, weekly(type_id="team_meeting", recurrence=ONCE))
    run = await runs.planned()
    assert run.preview is not None
    assert run.preview.passed == {Passed.ABSENT: 1}
    assert placed(run) == (0, 0)


async def test_one_to_ones_are_planned_around_the_team_s_meeting(runs: Runs) -> None:
    held = runs.house.runtime.services.setups
    types = dict(held.setup.types)
    one_to_one = types["one_to_one"]
    capped = replace(one_to_one.parameters.caps[0], heads=2)
    types["one_to_one"] = replace(
        one_to_one, parameters=replace(one_to_one.parameters, caps=(capped,), sessions_a_day=2)
    )
    held._take(held.number, replace(held.setup, types=types))
    await runs.desk.save(SAM, weekly(recurrence=ONCE))
    await runs.desk.save(SAM, weekly(type_id="team_meeting", recurrence=ONCE, name="Huddle"))
    run = await runs.planned()
    assert placed(run) == (7, 0)
    assert run.preview is not None
    assert run.preview.minutes == 12 * 30
    booked = await runs.booked(run)
    assert booked.progress is not None
    assert booked.progress.booked == 12
    assert booked.progress.left_out == ()


async def test_a_meeting_by_hand_counts_and_one_since_the_plan_is_not_doubled(runs: Runs) -> None:
    await runs.desk.save(SAM, weekly(type_id="team_meeting", recurrence=ONCE))
    run = await runs.planned()
    runs.house.clock.forward(minutes=1)
    by_hand = await runs.house.gather(meeting_of(*TEAM))
    await runs.house.settled(by_hand, RequestState.BOOKED)
    booked = await runs.booked(run)
    assert booked.progress is not None
    assert {why for _, why in booked.progress.left_out} == {LeftOut.ANOTHER}
    assert len(await gatherings(runs)) == 1
    assert placed(await runs.planned()) == (0, 1)


async def test_who_is_listed_meets_once_and_who_leads_is_not_asked(runs: Runs) -> None:
    listed = Audience(agent_ids=frozenset({"north-1", "north-2", "north-3"}))
    kept = await runs.desk.save(
        SAM,
        weekly(type_id="team_meeting", audience=listed, recurrence=ONCE, facilitator_id="sue"),
    )
    assert (kept.attendees, kept.meetings, kept.unled) == (3, 1, 0)
    run = await runs.planned()
    assert run.preview is not None
    (meeting,) = run.preview.meetings
    assert (meeting.who_id, meeting.facilitator_id) == (kept.template.id, "sue")
    assert run.names is not None
    assert run.names[meeting.who_id] == kept.template.name


async def test_a_team_that_nobody_leads_has_none_and_is_counted(runs: Runs) -> None:
    kept = await runs.desk.save(SAM, weekly(type_id="team_meeting", recurrence=ONCE))
    await runs.retire("mia", "tom")
    run = await runs.planned()
    assert run.preview is not None
    assert run.preview.passed == {Passed.NO_MANAGER: 1}
    assert (await runs.desk.template(SAM, kept.template.id)).unled == 6


async def test_too_few_days_to_the_last_meeting_are_kept_across_periods(runs: Runs) -> None:
    last = await runs.house.gather(meeting_of(*TEAM))
    await runs.house.settled(last, RequestState.BOOKED)
    await runs.desk.save(SAM, weekly(type_id="team_meeting", least_days=8))
    run = await runs.planned()
    assert placed(run) == (1, 1)
    assert run.preview is not None
    (meeting,) = run.preview.meetings
    assert meeting.day >= MONDAY + 9 * DAY


async def test_a_team_meeting_that_too_few_can_come_to_is_moved_within_its_period(
    runs: Runs,
) -> None:
    tuesdays_or_thursdays = Recurrence(frequency=Frequency.WEEKLY, weekdays=frozenset({1, 3}))
    await runs.desk.save(SAM, weekly(type_id="team_meeting", recurrence=tuesdays_or_thursdays))
    await runs.booked(await runs.planned())
    _, (before, _) = await gatherings(runs)
    day = before.interval.start.date()
    off(runs, *TEAM[:3], days=[day])
    await care_for("north")
    await runs.house.quiet()
    _, (after, attending) = await gatherings(runs)
    assert (after.id, after.moves, len(attending)) == (before.id, 1, len(TEAM))
    moved = after.interval.start.date()
    assert moved != day
    assert moved.isocalendar()[:2] == day.isocalendar()[:2]
    assert moved.weekday() in {1, 3}
