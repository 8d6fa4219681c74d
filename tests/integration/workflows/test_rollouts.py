"""Roll-outs of courses over the real engine: who needs it, groups, seats, booking, and again."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa

from scheduling.domain.courses import CoursePart
from scheduling.domain.meetings import PlaceKind, Tier
from scheduling.domain.notices import NoticeKind
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.registers import Marks
from scheduling.domain.rollouts import NotNow
from scheduling.domain.templates import Audience
from scheduling.domain.times import DAY, DateRange
from scheduling.learning.seats import draw
from scheduling.learning.standings import DueFigures
from scheduling.storage import people
from scheduling.storage import tables as t
from scheduling.storage.bookings import SessionRow
from scheduling.workflows import register_times, week_ahead
from scheduling.workflows.completing import keep_completions
from scheduling.workflows.participation_port import Level
from scheduling.workflows.registers import RegisterKeeper
from tests.integration.workflows.house import House
from tests.integration.workflows.small_centre import MONDAY
from tests.integration.workflows.teaching import (
    FORTNIGHT,
    LEA,
    MIA,
    SAM,
    TEAM,
    Teaching,
    held,
    no_show,
    of,
    opened,
    told,
    without_registers,
)
from tests.support.postgres import BOTH


@pytest.fixture
async def teaching(house: House) -> Teaching:
    """Know Lea, who fills courses."""
    return await opened(house)


@BOTH
async def test_everybody_of_the_audience_takes_both_parts_in_one_group_and_nothing_is_written_before(
    teaching: Teaching,
) -> None:
    run = await teaching.planned(await teaching.course())
    found = of(run)
    assert sorted(i for group in found.groups for i in group.attendee_ids) == sorted(TEAM)
    assert {len(group.attendee_ids) for group in found.groups} <= {2, 3}
    assert (found.capacity.groups, found.capacity.seats, found.left_over) == (2, 6, ())
    assert teaching.house.applied() == 0
    done = await teaching.booked(run)
    assert done.progress is not None
    assert (done.progress.booked, done.progress.failed) == (12, 0)
    mine: defaultdict[str, list[SessionRow]] = defaultdict(list)
    for row in await teaching.sessions():
        mine[row.attendee_id].append(row)
    assert set(mine) == set(TEAM)
    for rows in mine.values():
        first, second = sorted(rows, key=lambda row: row.interval)
        assert [first.interval.minutes, second.interval.minutes] == [60, 30]
        assert (second.interval.start.date() - first.interval.start.date()) >= DAY
        assert first.facilitator_id == second.facilitator_id
    assert len(teaching.house.calendar.live) == 2 * len(found.groups)


async def test_a_second_roll_out_finds_everybody_booked_and_who_went_through_it_has_completed_it(
    teaching: Teaching,
) -> None:
    without_registers(teaching)
    course = await teaching.course()
    await teaching.booked(await teaching.planned(course))
    again = of(await teaching.planned(course))
    assert (again.groups, again.not_now) == ((), {NotNow.BOOKED: 6})
    teaching.house.clock.forward(minutes=14 * 24 * 60)
    assert await register_times.open_due("all") == 0
    view = await teaching.desk.course(LEA, course.id)
    assert (view.done, view.needed) == (6, 0)
    assert await keep_completions("all") == 6
    assert await keep_completions("all") == 0


async def test_after_a_long_standstill_registers_open_before_anybody_has_completed_anything(
    teaching: Teaching,
) -> None:
    await register_times.open_due("all")
    course = await teaching.course()
    await teaching.booked(await teaching.planned(course))
    teaching.house.clock.forward(minutes=14 * 24 * 60)
    assert await keep_completions("all") == 0
    seen = await teaching.desk.course(LEA, course.id)
    assert (seen.done, seen.not_now) == (0, {NotNow.UNSAID: 6})
    parts = {row.gathering_id for row in await teaching.sessions()}
    assert await register_times.open_due("all") == len(parts)
    assert await keep_completions("all") == 0
    async with teaching.house.store.read() as tx:
        locks = await tx.scalars(sa.select(t.register.c.lock_at))
    assert min(locks) > teaching.house.clock.now() + 4 * DAY


async def test_whoever_leads_a_course_hears_of_the_week_whatever_their_role(
    teaching: Teaching,
) -> None:
    course = await teaching.course(trainer_ids=("mia",))
    next_week = DateRange(MONDAY + 7 * DAY, MONDAY + 14 * DAY)
    await teaching.booked(await teaching.planned(course, next_week))
    teaching.house.clock.forward(minutes=(3 * 24 + 8) * 60)
    assert await week_ahead.tell_week_ahead("all") == 1
    assert await week_ahead.tell_week_ahead("all") == 0
    assert await told(teaching.house, NoticeKind.WEEK_AHEAD) == ["mia"]


async def test_closed_registers_say_who_completed_it_and_who_missed_it_comes_back_first(
    teaching: Teaching,
) -> None:
    group = await held(teaching)
    keeper = RegisterKeeper(teaching.house.runtime.services)
    seen = await teaching.desk.course(LEA, group.course.id)
    assert (seen.done, seen.not_now[NotNow.UNSAID]) == (0, 3)
    await keeper.close(LEA, group.parts[0], 1, Marks())
    assert (await teaching.desk.course(LEA, group.course.id)).done == 0, "a part is not the whole"
    await keeper.close(LEA, group.parts[1], 1, no_show(group.people[0]))
    assert await teaching.completed(group.course) == dict.fromkeys(group.people[1:], group.day)
    seen = await teaching.desk.course(LEA, group.course.id)
    assert (seen.done, seen.needed, seen.back) == (2, 4, 1)
    week = DateRange(group.day, group.day + 7 * DAY)
    again = of(await teaching.planned(group.course, seats=1, dates=week))
    assert group.people[0] not in again.waiting
    assert len(again.waiting) == 3


@BOTH
async def test_a_register_that_is_changed_later_corrects_who_completed_it_on_record(
    teaching: Teaching,
) -> None:
    group = await held(teaching)
    keeper = RegisterKeeper(teaching.house.runtime.services)
    await keeper.close(LEA, group.parts[0], 1, Marks())
    closed = await keeper.close(LEA, group.parts[1], 1, no_show(group.people[0]))
    await keeper.close(LEA, group.parts[1], closed.version, no_show(group.people[1]))
    assert await teaching.completed(group.course) == dict.fromkeys(
        (group.people[0], group.people[2]), group.day
    )
    async with teaching.house.store.read() as tx:
        found = await tx.execute(
            sa.select(t.audit.c.before, t.audit.c.after)
            .where(t.audit.c.action == "course.attended")
            .order_by(t.audit.c.seq)
        )
        _, corrected = [tuple(row) for row in found]
    on = group.day.isoformat()
    assert corrected == ({group.people[1]: on}, {group.people[0]: on})
    assert await keep_completions("all") == 0


async def test_due_dates_are_counted_by_course_site_team_and_person(teaching: Teaching) -> None:
    group = await held(teaching)
    assert not (await teaching.dues(LEA)).closed
    keeper = RegisterKeeper(teaching.house.runtime.services)
    for part in group.parts:
        await keeper.close(LEA, part, 1, no_show(group.people[0]))
    whole, *_ = (await teaching.dues(LEA)).dues
    assert (whole.name, whole.due) == (group.course.name, group.course.due)
    assert whole.figures == DueFigures(required=6, done=2, overdue=0, soon=4)
    teaching.house.clock.forward(days=14)
    assert [
        (one.level, one.figures.overdue) for one in (await teaching.dues(LEA)).dues if one.figures
    ] == [(Level.COURSE, 4), (Level.SITE, 4), (Level.TEAM, 4)]
    mine = [one for one in (await teaching.dues(MIA)).dues if one.level is Level.PERSON]
    assert [one.figures.overdue for one in mine if one.figures] == [1, 1, 1, 1]


async def test_who_completed_it_or_lacks_what_it_requires_has_no_seat(teaching: Teaching) -> None:
    first = await teaching.course(name="Empathy 1")
    course = await teaching.course(requires=frozenset({first.id}))
    await teaching.complete(first, *TEAM[:4])
    await teaching.complete(course, TEAM[0])
    found = of(await teaching.planned(course))
    assert found.not_now == {NotNow.DONE: 1, NotNow.NOT_READY: 2}
    assert [sorted(group.attendee_ids) for group in found.groups] == [list(TEAM[1:4])]


async def test_a_completion_that_is_about_to_expire_is_renewed(teaching: Teaching) -> None:
    course = await teaching.course(valid_days=365)
    await teaching.complete(course, *TEAM[:2], days_ago=320)
    await teaching.complete(course, *TEAM[2:], days_ago=100)
    found = of(await teaching.planned(course))
    assert [sorted(group.attendee_ids) for group in found.groups] == [list(TEAM[:2])]


async def test_short_seats_are_drawn_for_and_who_waited_goes_first_next_time(
    teaching: Teaching,
) -> None:
    course = await teaching.course()
    run = await teaching.planned(course, seats=3)
    found = of(run)
    assert found.drawn
    assert found.not_now == {NotNow.WAITS: 3}
    async with teaching.house.store.read() as tx:
        rows = await tx.execute(
            sa.select(t.audit.c.detail).where(
                t.audit.c.subject == run.id, t.audit.c.action == "run.preview"
            )
        )
        seed = rows.scalar_one()["seed"]
    order = draw(TEAM, seed)
    assert found.waiting == order[3:]
    await teaching.runs.discard(LEA, run.id)
    again = await teaching.planned(course, seats=3)
    assert of(again).waiting == found.waiting, "who plans again draws the same"
    await teaching.booked(again)
    rest = of(await teaching.planned(course, seats=2))
    assert [sorted(group.attendee_ids) for group in rest.groups] == [sorted(order[3:5])]
    assert rest.waiting == order[5:]


async def test_mandatory_training_is_never_drawn_for(teaching: Teaching) -> None:
    found = of(await teaching.planned(await teaching.course(tier=Tier.MANDATORY), seats=4))
    assert not found.drawn
    assert found.waiting == TEAM[4:]


async def test_a_pilot_is_taught_before_anybody_else_is_planned(teaching: Teaching) -> None:
    without_registers(teaching)
    course = await teaching.course(pilot=True)
    plan = await teaching.desk.plan(LEA, course.id, FORTNIGHT)
    assert (plan.piloting, plan.capacity.people, plan.waits) == (True, 3, 3)
    run = await teaching.planned(course)
    assert len(of(run).groups) == 1
    assert of(run).not_now == {NotNow.PILOT: 3}
    await teaching.booked(run)
    assert of(await teaching.planned(course)).groups == ()
    teaching.house.clock.forward(minutes=14 * 24 * 60)
    await register_times.open_due("all")
    after = await teaching.desk.plan(
        LEA, course.id, DateRange(FORTNIGHT.end, FORTNIGHT.end + 7 * DAY)
    )
    assert (after.piloting, after.capacity.people) == (False, 3)


async def test_too_few_for_a_group_are_left_over_with_a_way_out(teaching: Teaching) -> None:
    course = await teaching.course(least=3)
    await teaching.complete(course, *TEAM[:4])
    found = of(await teaching.planned(course))
    assert found.groups == ()
    (left,) = found.left_over
    assert sorted(left.person_ids) == list(TEAM[4:])
    assert left.ways


async def test_a_group_with_a_day_on_hold_is_not_booked_at_all(teaching: Teaching) -> None:
    run = await teaching.planned(await teaching.course())
    held = of(run).groups[0].days[-1]
    kept = await teaching.runs.hold(LEA, run.id, run.version, [held])
    await teaching.booked(kept)
    counted = Counter(row.attendee_id for row in await teaching.sessions())
    staying = [group for group in of(run).groups if held not in group.days]
    assert counted == {i: 2 for group in staying for i in group.attendee_ids}


async def test_a_roll_out_may_be_for_a_part_of_the_audience_and_end_on_the_day_it_is_due(
    teaching: Teaching,
) -> None:
    course = await teaching.course(due=MONDAY + 2 * DAY)
    assert of(await teaching.planned(course, within=["south-team"])).groups == ()
    found = of(await teaching.planned(course, within=["north-calls"]))
    assert found.covered == MONDAY + 2 * DAY


async def test_a_course_in_a_room_has_rooms(teaching: Teaching) -> None:
    parts = (CoursePart(minutes=60, place=PlaceKind.ROOM),)
    run = await teaching.planned(await teaching.course(parts=parts, most=2))
    assert {room for group in of(run).groups for _, _, room in group.parts} - {None}


async def test_only_who_fills_courses_may(teaching: Teaching) -> None:
    course = await teaching.course()
    for call in (
        teaching.desk.courses(MIA),
        teaching.desk.plan(MIA, course.id, FORTNIGHT),
        teaching.desk.start(MIA, course.id, FORTNIGHT),
        teaching.desk.end(MIA, course.id),
    ):
        with pytest.raises(Refused) as refused:
            await call
        assert refused.value.refusal is Refusal.NOT_YOUR_ROLE
        assert refused.value.facts == {"who": ["scheduler", "learning"]}
    run = await teaching.planned(course)
    with pytest.raises(Refused):
        await teaching.runs.confirm(MIA, run.id, run.version)
    with pytest.raises(Refused):
        await teaching.runs.templates(LEA)
    assert (await teaching.runs.run(SAM, run.id)).course == "Empathy 2"
    assert await teaching.runs.runs(SAM) == ()
    assert [each.id for each in await teaching.desk.rollouts(SAM)] == [run.id]


@pytest.mark.parametrize(
    ("changes", "facts"),
    [
        ({"audience": Audience(team_ids=frozenset({"gone"}))}, {"lost": ["gone"]}),
        ({"trainer_ids": ("nobody",)}, {"trainers": ["nobody"]}),
        ({"requires": frozenset({"none"})}, {"lost": ["none"]}),
        ({"activity_ids": frozenset({"none"})}, {"lost": ["none"]}),
        ({"type_id": "none"}, {}),
    ],
)
async def test_a_course_that_can_never_be_taught_is_refused(
    teaching: Teaching, changes: dict[str, object], facts: dict[str, object]
) -> None:
    with pytest.raises(Refused) as refused:
        await teaching.course(**changes)
    assert refused.value.refusal is Refusal.BAD_COURSE
    assert refused.value.facts == {"circle": [], "lost": [], "trainers": [], **facts}


async def test_courses_cannot_require_each_other(teaching: Teaching) -> None:
    first = await teaching.course(name="One")
    second = await teaching.course(name="Two", requires=frozenset({first.id}))
    with pytest.raises(Refused) as refused:
        await teaching.desk.save(LEA, replace(first, requires=frozenset({second.id})))
    assert refused.value.facts["circle"] == ["One", "Two"]


async def test_whose_trainers_have_all_left_says_so(teaching: Teaching) -> None:
    course = await teaching.course(trainer_ids=("tom",))
    async with teaching.house.store.write() as tx:
        everybody = await people.everybody(tx)
        await people.sync(tx, [one for one in everybody if one.id != "tom"])
    assert (await teaching.desk.course(LEA, course.id)).gone == {"tom"}
    with pytest.raises(Refused) as refused:
        await teaching.desk.start(LEA, course.id, FORTNIGHT)
    assert refused.value.refusal is Refusal.NO_TRAINER


async def test_dates_that_are_over_or_too_many_and_a_course_that_ended_are_refused(
    teaching: Teaching,
) -> None:
    course = await teaching.course()
    for dates in (
        DateRange(MONDAY - 9 * DAY, MONDAY - DAY),
        DateRange(MONDAY, MONDAY + timedelta(days=63)),
    ):
        with pytest.raises(Refused) as refused:
            await teaching.desk.plan(LEA, course.id, dates)
        assert refused.value.refusal is Refusal.BAD_DATES
    await teaching.desk.end(LEA, course.id)
    with pytest.raises(Refused) as refused:
        await teaching.desk.start(LEA, course.id, FORTNIGHT)
    assert refused.value.refusal is Refusal.NO_COURSE


async def test_one_trainer_teaches_one_group_at_a_time_and_prepares(teaching: Teaching) -> None:
    parts = (CoursePart(minutes=60),)
    course = await teaching.course(parts=parts, trainer_ids=("tom",), prepare=30, most=2)
    spans = sorted(group.parts[0][0] for group in of(await teaching.planned(course)).groups)
    assert len(spans) == 3
    for one, other in pairwise(spans):
        assert other.start - one.end >= timedelta(minutes=30)
