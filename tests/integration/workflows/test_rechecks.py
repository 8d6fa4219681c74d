"""Seats that are given between a plan and its booking: nobody gets two, and no group too many."""

import asyncio
from collections import Counter
from dataclasses import replace

import pytest

from scheduling.domain.courses import CoursePart
from scheduling.domain.notices import NoticeKind
from scheduling.domain.rollouts import NotNow
from scheduling.domain.runs import RunState, RunView
from scheduling.domain.templates import Audience
from scheduling.domain.times import DAY, DateRange
from scheduling.storage import runs
from scheduling.workflows.joining import seat_late_joiners
from scheduling.workflows.running import begin_booking
from tests.integration.workflows.house import House, eventually
from tests.integration.workflows.recurring import Runs
from tests.integration.workflows.small_centre import MONDAY
from tests.integration.workflows.teaching import LEA, TEAM, Teaching, of, opened, told
from tests.integration.workflows.test_late_joiners import TWO_PARTS, booked, widened
from tests.support.postgres import BOTH

FIRST_WEEK = DateRange(MONDAY + DAY, MONDAY + 7 * DAY)
SECOND_WEEK = DateRange(MONDAY + 7 * DAY, MONDAY + 14 * DAY)


@pytest.fixture
async def teaching(house: House) -> Teaching:
    """Know Lea, who fills courses."""
    return await opened(house)


async def seats(teaching: Teaching) -> Counter[str]:
    """Return how many sessions each attendee has."""
    return Counter(row.attendee_id for row in await teaching.sessions())


async def over(teaching: Teaching, run: RunView) -> RunView:
    """Wait until a confirmed run is booked, or planned again."""

    async def ended() -> RunView | None:
        now = await teaching.runs.run(LEA, run.id)
        done = now.state in (RunState.BOOKED, RunState.PREVIEW) and now.version > run.version + 1
        return now if done else None

    return await eventually(ended, patience=90.0)


@BOTH
async def test_a_plan_whose_people_got_seats_meanwhile_says_so_and_plans_the_rest(
    teaching: Teaching,
) -> None:
    course = await teaching.course()
    later = await teaching.planned(course, dates=SECOND_WEEK)
    await teaching.booked(await teaching.planned(course, dates=FIRST_WEEK, seats=3))
    first = set(await seats(teaching))
    await teaching.runs.confirm(LEA, later.id, later.version)
    again = await over(teaching, later)
    assert again.state is RunState.PREVIEW
    assert of(again).replanned == {NotNow.BOOKED: 3}
    assert {i for group in of(again).groups for i in group.attendee_ids} == {*TEAM} - first
    assert await told(teaching.house, NoticeKind.RUN_PLANNED) == ["lea"]
    assert set(await seats(teaching)) == first, "nothing is booked that nobody has looked at"
    await teaching.booked(again)
    assert await seats(teaching) == dict.fromkeys(TEAM, 2)


@BOTH
async def test_of_two_plans_that_commands_confirm_at_once_the_second_seats_nobody_twice(
    teaching: Teaching,
) -> None:
    course, store = await teaching.course(), teaching.house.store
    plans = [await teaching.planned(course, dates=each) for each in (FIRST_WEEK, SECOND_WEEK)]
    async with store.write() as tx:
        for one in plans:
            await runs.move_on(tx, one.id, of=(RunState.PREVIEW,), to=RunState.BOOKING)
    await asyncio.gather(*(begin_booking(one.id) for one in plans))
    now = [await teaching.runs.run(LEA, one.id) for one in plans]
    (second,) = (one for one in now if one.state is not RunState.BOOKING)
    assert of(await teaching.until(second.id, RunState.PREVIEW)).replanned == {NotNow.BOOKED: 6}
    await teaching.house.quiet()
    assert await seats(teaching) == dict.fromkeys(TEAM, 2)


async def test_who_joined_an_earlier_group_since_the_plan_gets_no_second_seat(
    teaching: Teaching,
) -> None:
    course = await booked(teaching, *TEAM[:3], most=4, parts=TWO_PARTS)
    course = await widened(teaching, replace(course, least=1), TEAM[3])
    plan = await teaching.planned(course)
    assert [group.attendee_ids for group in of(plan).groups] == [(TEAM[3],)]
    assert await seat_late_joiners("all") == 1
    await teaching.house.quiet()
    await teaching.runs.confirm(LEA, plan.id, plan.version)
    again = await over(teaching, plan)
    assert of(again).replanned == {NotNow.BOOKED: 1}
    assert await seats(teaching) == dict.fromkeys(TEAM[:4], 2)


async def test_a_course_that_takes_smaller_groups_since_the_plan_is_planned_again(
    teaching: Teaching,
) -> None:
    course = await teaching.course(least=3)
    plan = await teaching.planned(course)
    await teaching.course(id=course.id, version=course.version, most=2)
    await teaching.runs.confirm(LEA, plan.id, plan.version)
    again = await over(teaching, plan)
    assert of(again).replanned == {}
    assert [len(group.attendee_ids) for group in of(again).groups] == [2, 2, 2]


@pytest.mark.parametrize(
    ("changes", "replanned"),
    [
        ({"audience": Audience(agent_ids=frozenset(TEAM[:4]))}, {NotNow.GONE: 2}),
        ({"parts": (CoursePart(minutes=60), CoursePart(minutes=30, least_days=5))}, {}),
        ({"per_team": 2}, {}),
    ],
)
async def test_whatever_of_a_course_was_changed_since_the_plan_it_is_planned_again(
    teaching: Teaching, changes: dict[str, object], replanned: dict[NotNow, int]
) -> None:
    course = await teaching.course()
    plan = await teaching.planned(course)
    await teaching.course(id=course.id, version=course.version, **changes)
    await teaching.runs.confirm(LEA, plan.id, plan.version)
    again = await over(teaching, plan)
    assert (again.state, of(again).replanned) == (RunState.PREVIEW, replanned)
    assert not await seats(teaching), "nothing is booked that nobody has looked at"


async def test_who_left_the_audience_since_the_plan_is_not_booked(teaching: Teaching) -> None:
    course = await teaching.course()
    plan = await teaching.planned(course)
    Runs(teaching.house).employ(*TEAM[:5])
    await teaching.runs.confirm(LEA, plan.id, plan.version)
    again = await over(teaching, plan)
    assert of(again).replanned == {NotNow.GONE: 1}
    assert not await seats(teaching)


async def test_two_looks_at_once_seat_no_more_late_joiners_than_there_are_seats(
    teaching: Teaching,
) -> None:
    course = await booked(teaching, *TEAM[:3], most=4, parts=TWO_PARTS)
    await widened(teaching, course, *TEAM[3:5])
    seated = await asyncio.gather(*(seat_late_joiners("all") for _ in range(3)))
    await teaching.house.quiet()
    assert sum(seated) == 1
    assert len(await seats(teaching)) == 4
