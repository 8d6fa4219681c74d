"""Parts of a course keep their order and their days wherever one is moved, and go together if given up."""

from dataclasses import replace
from datetime import timedelta

import pytest

from scheduling.domain.changes import ChangeKind, ChangeState, ChangeView
from scheduling.domain.courses import CoursePart
from scheduling.domain.rollouts import NotNow
from scheduling.domain.templates import Audience
from scheduling.domain.times import DAY, DateRange
from scheduling.storage import bookings
from scheduling.storage.bookings import SessionRow
from scheduling.workflows import register_times
from scheduling.workflows.joining import seat_late_joiners
from tests.integration.workflows.house import House
from tests.integration.workflows.small_centre import actor
from tests.integration.workflows.teaching import LEA, TEAM, Teaching, opened, without_registers
from tests.integration.workflows.test_late_joiners import booked, seats

HOUR = timedelta(hours=1)
THREE_PARTS = (
    CoursePart(minutes=60),
    CoursePart(minutes=30, least_days=1, most_days=3),
    CoursePart(minutes=30, least_days=1, most_days=3),
)


@pytest.fixture
async def teaching(house: House) -> Teaching:
    """Know Lea, and three people in one group of a course of three parts."""
    teaching = await opened(house)
    await booked(teaching, *TEAM[:3], parts=THREE_PARTS, least=3)
    return teaching


async def parts(teaching: Teaching, person_id: str = TEAM[0]) -> list[SessionRow]:
    """Return somebody's sessions by start."""
    mine = [one for one in await teaching.sessions() if one.attendee_id == person_id]
    return sorted(mine, key=lambda one: one.interval)


async def proposed(
    teaching: Teaching, part: SessionRow, dates: DateRange | None = None
) -> ChangeView:
    """Look for another time of a part, for all."""
    return await teaching.house.changes.propose_move(LEA, part.id, dates, None)


async def test_a_part_is_offered_times_only_between_those_before_and_after_it(
    teaching: Teaching,
) -> None:
    first, second, third = await parts(teaching)
    view = await proposed(teaching, second)
    assert view.part is not None
    assert (view.part.number, view.part.parts) == (2, 3)
    assert view.proposal is not None
    for option in (o for one in view.proposal.sessions for o in one.options):
        assert option.interval.start.date() - first.interval.start.date() >= DAY
        assert third.interval.start.date() - option.interval.start.date() >= DAY
    before = DateRange(first.interval.start.date(), first.interval.start.date() + DAY)
    nowhere = await proposed(teaching, second, before)
    assert nowhere.proposal is not None
    assert nowhere.proposal.sessions == ()
    assert nowhere.part is not None
    assert nowhere.part.next_id == third.gathering_id


async def test_the_next_part_is_moved_first_and_leaves_this_one_room(teaching: Teaching) -> None:
    _, second, third = await parts(teaching)
    day = second.interval.start.date()
    later = DateRange(day + 2 * DAY, day + 4 * DAY)
    view = await proposed(teaching, third, later)
    moved = await teaching.house.changes.move(LEA, view.id, view.version, 0)
    await teaching.house.quiet()
    assert (await teaching.house.changes.change(LEA, moved.id)).state is ChangeState.DONE
    again = await proposed(teaching, second, DateRange(day + DAY, day + 2 * DAY))
    assert again.proposal is not None
    assert again.proposal.sessions != (), "two days after is free now"


async def test_a_time_that_is_out_of_order_when_its_turn_comes_is_not_taken(
    teaching: Teaching,
) -> None:
    house = teaching.house
    _, second, third = await parts(teaching)
    day = second.interval.start.date()
    back = await proposed(teaching, third, DateRange(day + DAY, day + 2 * DAY))
    assert back.proposal is not None
    assert back.proposal.sessions
    async with house.store.write() as tx:  # as a change that came first would have left it
        later = second.interval.start + DAY, second.interval.end + DAY
        await bookings.update_session(tx, str(second.gathering_id), start=later[0], end=later[1])
    await house.changes.move(LEA, back.id, back.version, 0)
    await house.quiet()
    assert (await house.changes.change(LEA, back.id)).state is ChangeState.TAKEN


async def test_who_gives_a_part_up_gives_up_those_after_it_and_not_those_before(
    teaching: Teaching,
) -> None:
    house = teaching.house
    await house.bind(TEAM[0], TEAM[1])
    _, second, third = await parts(teaching)
    me = actor(TEAM[0])
    found = await house.changes.depending(me, second.id, ChangeKind.CANNOT)
    assert [one.id for one in found] == [second.id, third.id]
    assert await house.changes.depending(me, third.id, ChangeKind.CANNOT) == ()
    await house.changes.cannot(me, second.id)
    await house.changes.cannot(me, second.id)
    await house.quiet()
    assert await seats(teaching) == {TEAM[0]: 1, TEAM[1]: 3, TEAM[2]: 3}
    (first, *_), other = await parts(teaching, TEAM[1]), actor(TEAM[1])
    await house.changes.cannot(other, first.id)
    await house.quiet()
    assert await seats(teaching) == {TEAM[0]: 1, TEAM[2]: 3}


async def test_a_part_that_is_cancelled_for_all_takes_those_after_it(teaching: Teaching) -> None:
    _, second, _ = await parts(teaching)
    assert second.gathering_id is not None
    found = await teaching.house.changes.depending(LEA, second.gathering_id, ChangeKind.CANCEL)
    assert [len(one.names) for one in found] == [3, 3]
    await teaching.house.changes.cancel(LEA, second.gathering_id)
    await teaching.house.quiet()
    assert await seats(teaching) == dict.fromkeys(TEAM[:3], 1)
    assert len(teaching.house.calendar.live) == 1


async def test_who_gave_up_a_later_part_takes_it_in_another_group_and_keeps_the_first(
    teaching: Teaching,
) -> None:
    without_registers(teaching)
    house = teaching.house
    await house.bind(TEAM[0])
    (course,) = await teaching.desk.courses(LEA)
    wider = replace(
        course.course, audience=Audience(agent_ids=frozenset(TEAM[:5])), least=2, most=3
    )
    course_id = (await teaching.desk.save(LEA, wider)).course.id
    await teaching.booked(await teaching.planned(wider))
    first, second, _ = await parts(teaching)
    me = actor(TEAM[0])
    await house.changes.cannot(me, second.id)
    await house.quiet()
    assert await seats(teaching) == {TEAM[0]: 1, **dict.fromkeys(TEAM[1:5], 3)}
    assert (await teaching.desk.course(LEA, course_id)).not_now == {
        NotNow.BOOKED: 4,
        NotNow.RESUMES: 1,
    }
    assert await seat_late_joiners("all") == 1
    await house.quiet()
    mine = await parts(teaching)
    assert (mine[0].id, len(mine)) == (first.id, 3)
    other = [one.gathering_id for one in await parts(teaching, TEAM[4])]
    assert [one.gathering_id for one in mine[1:]] == other[1:]
    assert (await teaching.desk.course(LEA, course_id)).not_now == {NotNow.BOOKED: 5}
    assert await seat_late_joiners("all") == 0
    found = await house.changes.depending(me, first.id, ChangeKind.CANNOT)
    assert [one.id for one in found] == [one.id for one in mine]
    view = await proposed(teaching, first)
    assert view.part is not None
    assert view.part.closes is not None
    assert view.part.closes <= mine[1].interval.start, "also the part in the other group is kept to"
    house.clock.instant = max(one.interval.end for one in await teaching.sessions()) + 2 * HOUR
    await register_times.open_due("all")
    assert (await teaching.desk.course(LEA, course_id)).done == 5, (
        "parts of two groups are all parts"
    )
