"""Late joiners take free seats; groups that became too small are kept or cancelled by a person."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
import sqlalchemy as sa

from scheduling.domain.courses import Course, CoursePart, SmallGroupState
from scheduling.domain.notices import NoticeKind
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.requests import RequestState
from scheduling.domain.templates import Audience
from scheduling.storage import people
from scheduling.storage import tables as t
from scheduling.storage.bookings import SessionRow
from scheduling.workflows.joining import seat_late_joiners
from scheduling.workflows.small_groups import SmallGroupDesk, look_for_small_groups
from tests.integration.workflows.house import House
from tests.integration.workflows.small_centre import actor
from tests.integration.workflows.teaching import LEA, MIA, SAM, TEAM, Teaching, of, opened, told

TWO_PARTS = (CoursePart(minutes=60), CoursePart(minutes=30, least_days=1))


@pytest.fixture
async def teaching(house: House) -> Teaching:
    """Know Lea, who fills courses."""
    return await opened(house)


async def booked(teaching: Teaching, *person_ids: str, **changes: object) -> Course:
    """Book a course for people by name."""
    audience = Audience(agent_ids=frozenset(person_ids))
    course = await teaching.course(audience=audience, **changes)
    await teaching.booked(await teaching.planned(course))
    return course


async def widened(teaching: Teaching, course: Course, *person_ids: str) -> Course:
    """Add people to a course's audience."""
    asked = replace(course.audience, agent_ids=course.audience.agent_ids | set(person_ids))
    return (await teaching.desk.save(LEA, replace(course, audience=asked))).course


async def seats(teaching: Teaching) -> dict[str, int]:
    """Return how many sessions each attendee has."""
    found: dict[str, int] = {}
    for row in await teaching.sessions():
        found[row.attendee_id] = found.get(row.attendee_id, 0) + 1
    return found


def by_start(rows: Sequence[SessionRow]) -> list[SessionRow]:
    """Return sessions by start."""
    return sorted(rows, key=lambda one: one.interval)


async def test_a_late_joiner_takes_a_free_seat_in_all_parts_or_waits(teaching: Teaching) -> None:
    house = teaching.house
    course = await booked(teaching, *TEAM[:3], most=4, parts=TWO_PARTS)
    assert await seat_late_joiners("all") == 0
    course = await widened(teaching, course, *TEAM[3:5])
    assert await seat_late_joiners("all") == 1
    await house.quiet()
    assert await seats(teaching) == dict.fromkeys(TEAM[:4], 2)
    assert await seat_late_joiners("all") == 0, "the group is full"
    view = await teaching.desk.course(LEA, course.id)
    assert view.needed == 1
    assert {row.state for row in await teaching.sessions()} == {"booked"}
    assert all(f"{TEAM[3]}@contoso.example" in event.people for event in house.calendar.live)
    assert len(house.calendar.live) == 2
    assert house.applied() == 8


async def test_who_waits_takes_a_free_seat_before_newcomers_and_never_more_than_the_roll_out_has(
    teaching: Teaching,
) -> None:
    house = teaching.house
    audience = Audience(agent_ids=frozenset(TEAM[:5]))
    course = await teaching.course(audience=audience, most=4, parts=TWO_PARTS)
    run = await teaching.booked(await teaching.planned(course, seats=3))
    first, second = of(run).waiting
    await widened(teaching, course, TEAM[5])
    assert await seat_late_joiners("all") == 0, (
        "the roll-out has three seats, though a group has four"
    )
    in_order = by_start(await teaching.sessions())
    gives_up = in_order[0].attendee_id
    await house.bind(gives_up)
    await house.changes.cannot(actor(gives_up), in_order[0].id)
    await house.quiet()
    assert await seat_late_joiners("all") == 1
    await house.quiet()
    seated = await seats(teaching)
    assert set(seated) == {*{one.attendee_id for one in in_order}, first} - {gives_up}
    assert second not in seated
    assert await seat_late_joiners("all") == 0
    async with house.store.read() as tx:
        query = sa.select(t.audit.c.detail).where(t.audit.c.action == "course.joined")
        (joined,) = await tx.scalars(query)
    assert (joined["person"], joined["waited"]) == (first, True)


async def test_who_gave_up_a_seat_is_not_booked_into_it_again(teaching: Teaching) -> None:
    house = teaching.house
    course = await booked(teaching, *TEAM[:3], most=4, parts=TWO_PARTS)
    await widened(teaching, course, TEAM[3])
    assert await seat_late_joiners("all") == 1
    await house.quiet()
    await house.bind(TEAM[3])
    mine = [one for one in by_start(await teaching.sessions()) if one.attendee_id == TEAM[3]]
    await house.changes.cannot(actor(TEAM[3]), mine[0].id)
    await house.quiet()
    assert await seat_late_joiners("all") == 0
    assert set(await seats(teaching)) == set(TEAM[:3])


async def test_nobody_joins_a_group_that_has_begun_or_where_they_are_not_free(
    teaching: Teaching,
) -> None:
    house = teaching.house
    course = await booked(teaching, *TEAM[:3], most=5, parts=TWO_PARTS)
    first = min(row.interval for row in await teaching.sessions())
    await widened(teaching, course, TEAM[3])
    request = await house.settled(
        await house.submit(TEAM[3], first=first.start.date(), days=1, who="tom")
    )
    assert request.state is RequestState.BOOKED
    house.calendar.elsewhere[f"{TEAM[3]}@contoso.example"] = [first]
    assert await seat_late_joiners("all") == 0
    house.calendar.elsewhere.clear()
    house.clock.forward(seconds=(first.start - house.clock.now()).total_seconds())
    assert await seat_late_joiners("all") == 0
    assert set(await seats(teaching)) == {*TEAM[:3], TEAM[3]}


async def small(teaching: Teaching) -> tuple[Course, str]:
    """Let two of three drop out of a group of at least two; the group's id."""
    course = await booked(teaching, *TEAM[:3], settle_days=14, parts=TWO_PARTS)
    house = teaching.house
    await house.bind(*TEAM[:2])
    assert await look_for_small_groups("all") == 0
    first = {one.attendee_id: one for one in reversed(by_start(await teaching.sessions()))}
    for who in TEAM[:2]:  # and with it what depends on it
        await house.changes.cannot(actor(who), first[who].id)
        await house.quiet()
    assert await look_for_small_groups("all") == 1
    assert await look_for_small_groups("all") == 0
    async with house.store.read() as tx:
        group_id = await tx.scalar(sa.select(t.small_group.c.id))
    assert group_id is not None
    return course, group_id


async def test_a_group_below_its_minimum_is_cancelled_only_when_somebody_says_so(
    teaching: Teaching,
) -> None:
    house = teaching.house
    course, group_id = await small(teaching)
    assert await told(house, NoticeKind.SMALL_GROUP) == ["lea"]
    assert await seats(teaching) == {TEAM[2]: 2}
    desk = SmallGroupDesk(house.runtime.services, house.desk)
    seen = await desk.group(LEA, group_id)
    assert (seen.people, seen.least, seen.parts) == (1, 2, 2)
    with pytest.raises(Refused) as refused:
        await desk.decide(MIA, group_id, 1, people=1, cancel=True)
    assert refused.value.refusal is Refusal.UNKNOWN_DRAFT
    gone = await desk.decide(LEA, group_id, 1, people=1, cancel=True)
    assert (gone.state, gone.decided_by) == (SmallGroupState.CANCELLED, "Lea")
    await house.quiet()
    assert await seats(teaching) == {}
    assert (house.calendar.live, house.applied()) == ([], 0)
    with pytest.raises(Refused) as refused:
        await desk.decide(SAM, group_id, 1, people=1, cancel=False)
    assert refused.value.refusal is Refusal.STALE
    assert (await teaching.desk.course(LEA, course.id)).needed == 3


async def test_a_group_that_is_kept_takes_place(teaching: Teaching) -> None:
    _, group_id = await small(teaching)
    desk = SmallGroupDesk(teaching.house.runtime.services, teaching.house.desk)
    assert (
        await desk.decide(SAM, group_id, 1, people=1, cancel=False)
    ).state is SmallGroupState.KEPT
    assert await seats(teaching) == {TEAM[2]: 2}
    assert await look_for_small_groups("all") == 0
    async with teaching.house.store.read() as tx:
        sue = await people.get(tx, "sue")
    assert sue is not None
    shown = await desk.shown_to(sue, group_id)
    assert shown is not None
    assert shown.decided_by == "Sam"


async def test_a_group_that_was_kept_and_shrinks_further_is_asked_about_again(
    teaching: Teaching,
) -> None:
    house = teaching.house
    await booked(teaching, *TEAM[:4], least=4, most=5, settle_days=14, parts=TWO_PARTS)
    await house.bind(*TEAM[:2])
    first = {one.attendee_id: one for one in reversed(by_start(await teaching.sessions()))}
    async with house.store.read() as tx:
        group_id = await tx.scalar(sa.select(t.batch_part.c.sessions[(0, "group")].as_string()))
    desk = SmallGroupDesk(house.runtime.services, house.desk)
    for who, people_left, version in ((TEAM[0], 3, 1), (TEAM[1], 2, 3)):
        await house.changes.cannot(actor(who), first[who].id)
        await house.quiet()
        assert await look_for_small_groups("all") == 1
        assert await look_for_small_groups("all") == 0
        kept = await desk.decide(LEA, str(group_id), version, people=people_left, cancel=False)
        assert kept.state is SmallGroupState.KEPT
        assert await look_for_small_groups("all") == 0
    assert await told(house, NoticeKind.SMALL_GROUP) == ["lea", "lea"]


async def test_a_card_from_before_a_group_was_filled_again_cancels_nothing(
    teaching: Teaching,
) -> None:
    house = teaching.house
    course, group_id = await small(teaching)
    await widened(teaching, course, TEAM[3])
    assert await seat_late_joiners("all") == 1
    await house.quiet()
    desk = SmallGroupDesk(house.runtime.services, house.desk)
    for seen in (1, 2):
        with pytest.raises(Refused) as refused:
            await desk.decide(LEA, group_id, 1, people=seen, cancel=True)
        assert refused.value.refusal is Refusal.STALE
    assert await seats(teaching) == {TEAM[2]: 2, TEAM[3]: 2}
