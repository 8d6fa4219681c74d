"""Groups of courses that no longer hold: moved for all, asked about, or left alone, silently."""

import asyncio
from dataclasses import replace
from datetime import date

import pytest

from scheduling.domain.changes import ChangeState
from scheduling.domain.courses import CoursePart
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.notices import NoticeKind
from scheduling.domain.requests import SessionState, Target, WorkItemCause, WorkItemState
from scheduling.domain.selfcare import Care, Cause
from scheduling.domain.templates import Audience
from scheduling.domain.times import DAY, MINUTE, DateRange
from scheduling.ports.calendar import RoomAnswer
from scheduling.storage import bookings, selfcare, timers, work_items
from scheduling.storage.bookings import SessionRow
from scheduling.storage.selfcare import CareRow
from scheduling.workflows import drift
from scheduling.workflows.escalation import load_facts
from scheduling.workflows.selfcare import care_for
from scheduling.workflows.substitutes import Substitutes
from scheduling.workflows.substituting import TIMER, subject_of
from scheduling.workflows.timers import take_due
from tests.integration.workflows.house import House
from tests.integration.workflows.small_centre import MONDAY, actor
from tests.integration.workflows.teaching import LEA, TEAM, Teaching, opened, told
from tests.support.postgres import BOTH

NEXT_WEEK = DateRange(MONDAY + 7 * DAY, MONDAY + 9 * DAY)
THIS_WEEK = DateRange(MONDAY + DAY, MONDAY + 2 * DAY)
MATES = TEAM[:3]


class Booked:
    """One group of three, of whom two are enough, and what may happen to it."""

    def __init__(self, teaching: Teaching, run_id: str, group: SessionRow) -> None:
        """Keep the group's own row."""
        self.teaching, self.run_id, self.group = teaching, run_id, group
        self.house = teaching.house
        self.day = group.interval.start.date()

    @classmethod
    async def of(
        cls,
        house: House,
        dates: DateRange = NEXT_WEEK,
        place: PlaceKind = PlaceKind.ONLINE,
        **changes: object,
    ) -> "Booked":
        """Roll out a course of one part, of which the rest of the team knows nothing."""
        teaching = await opened(house)
        course = await teaching.course(
            **{
                "parts": (CoursePart(minutes=60, place=place),),
                "audience": Audience(agent_ids=frozenset(MATES)),
                "trainer_ids": ("mia",),
                **changes,
            }
        )
        run = await teaching.booked(await teaching.planned(course, dates))
        async with house.store.read() as tx:
            span = DateRange(MONDAY, MONDAY + 21 * DAY).interval("UTC")
            rows = await bookings.active_in(tx, "north", span)
        return cls(teaching, run.id, next(row for row in rows if row.gathering_id is None))

    def absent(self, *agent_ids: str, day: date | None = None) -> None:
        """Let some have a day off, in a schedule that is published anew."""
        for agent_id in agent_ids:
            self.house.wfm.edit(agent_id, day or self.day, [])

    async def looked(self) -> list[CareRow]:
        """Look once; what care there is."""
        await care_for("north")
        await self.house.quiet()
        async with self.house.store.read() as tx:
            return list(await selfcare.of_unit(tx, "north"))

    async def rows(self) -> tuple[SessionRow, list[SessionRow]]:
        """Return the group's own row and its people's, as they are now."""
        async with self.house.store.read() as tx:
            own = await bookings.require(tx, self.group.id)
            return own, list(await bookings.attendees_of(tx, own.id))

    async def causes(self) -> list[WorkItemCause]:
        """Return what the schedulers have."""
        async with self.house.store.read() as tx:
            items = await work_items.of_request(tx, self.group.request_id)
        return [item.cause for item in items]


async def test_a_group_that_still_has_enough_people_is_left_alone_silently(house: House) -> None:
    booked = await Booked.of(house)
    told_before = len(house.notifier.notices)
    booked.absent(MATES[0])
    assert await booked.looked() == []
    own, members = await booked.rows()
    assert own.interval == booked.group.interval
    assert {row.state for row in members} == {SessionState.BOOKED}
    assert len(house.notifier.notices) == told_before


@BOTH
async def test_one_that_has_not_is_moved_for_all_outside_the_notice_and_each_is_told_once(
    house: House,
) -> None:
    booked = await Booked.of(house)
    untouched = await house.settled(await house.submit(TEAM[4], first=booked.day, days=2))
    async with house.store.read() as tx:
        (other,) = await bookings.sessions(tx, untouched.id)
    booked.absent(*MATES[:2])
    (row,) = await booked.looked()
    own, members = await booked.rows()
    assert (row.cause, row.session_id, row.work_item_id) == (Cause.SCHEDULE, own.id, None)
    assert (own.moves, own.state) == (1, SessionState.BOOKED)
    assert own.interval.start.date() != booked.day
    assert {one.interval for one in members} == {own.interval}
    assert {one.attendee_id for one in members} == set(MATES)
    assert {one.state for one in members} == {SessionState.BOOKED}
    assert house.applied() == len(MATES) + 1
    assert len([e for e in house.calendar.live if e.ref == own.event]) == 1
    assert house.calendar.moved == 1, "its people hear of it by their one invitation"
    run = await booked.teaching.runs.run(LEA, booked.run_id)
    assert [(one.people, one.leader_name, one.care) for one in run.care] == [(3, "Mia", Care.MOVED)]
    assert len(await booked.looked()) == 1, "it holds again: nothing more is begun"
    async with house.store.read() as tx:
        assert (await bookings.sessions(tx, untouched.id))[0].interval == other.interval
        causes = await selfcare.causes_of(tx, [one.id for one in members])
    assert set(causes.values()) == {Cause.SCHEDULE}


async def test_inside_the_notice_its_trainer_is_asked_and_it_moves_only_on_their_word(
    house: House,
) -> None:
    booked = await Booked.of(house, THIS_WEEK)
    booked.absent(*MATES[:2])
    (row,) = await booked.looked()
    own, _ = await booked.rows()
    assert own.interval == booked.group.interval
    assert await told(house, NoticeKind.TIMES_WANTED) == ["mia"]
    mia = actor("mia")
    view = await house.changes.change(mia, str(row.change_id))
    assert (view.state, view.cause, len(view.session.names)) == (
        ChangeState.PROPOSED,
        Cause.SCHEDULE,
        3,
    )
    assert await booked.looked() == [row], "nobody is asked twice"
    await house.changes.move(mia, view.id, view.version, 0)
    await house.quiet()
    own, members = await booked.rows()
    assert own.moves == 1
    assert {one.interval for one in members} == {own.interval}


async def test_where_everybody_is_away_the_schedulers_have_it_once_and_it_stays(
    house: House,
) -> None:
    booked = await Booked.of(house)
    for day in (MONDAY + n * DAY for n in range(21)):
        booked.absent(*MATES[:2], day=day)
    (row,) = await booked.looked()
    assert row.work_item_id is not None
    assert await booked.causes() == [WorkItemCause.UNHELD]
    assert await booked.looked() == [row]
    assert (await booked.rows())[0].interval == booked.group.interval


async def test_a_declined_room_is_another_room_at_the_same_time_for_all(house: House) -> None:
    booked = await Booked.of(house, place=PlaceKind.ROOM)
    before = booked.group
    house.calendar.answers[str(before.room_id)] = RoomAnswer.DECLINED
    house.clock.instant += drift.EVERY
    await drift.compare(house.runtime)
    await house.quiet()
    own, _ = await booked.rows()
    assert await booked.causes() == []
    assert own.targets[Target.ROOM].value == "failed"
    (row,) = await booked.looked()
    own, members = await booked.rows()
    assert row.cause is Cause.ROOM
    assert own.interval == before.interval
    assert own.room_id not in {None, before.room_id}
    assert {one.room_id for one in members} == {own.room_id}


async def test_a_trainer_who_is_away_is_replaced_first_and_only_then_it_moves(
    house: House,
) -> None:
    booked = await Booked.of(house, trainer_ids=("mia", "tom"))
    leader = booked.group.facilitator_id
    own = booked.group.interval
    house.calendar.contested[f"{leader}@contoso.example"] = own
    assert await booked.looked() == []
    house.clock.forward(seconds=1)
    await take_due(house.runtime)
    await house.quiet()
    after, _ = await booked.rows()
    assert after.facilitator_id != leader
    assert after.interval == own
    assert await booked.looked() == []
    second = after.facilitator_id
    house.calendar.contested[f"{second}@contoso.example"] = own
    assert await booked.looked() == []
    house.clock.forward(seconds=1)
    await take_due(house.runtime)
    await house.quiet()
    (row,) = await booked.looked()
    after, members = await booked.rows()
    assert (row.cause, after.facilitator_id, after.moves) == (Cause.LEADER, second, 1)
    assert not after.interval.overlaps(own)
    assert {one.interval for one in members} == {after.interval}
    async with house.store.read() as tx:
        (item,) = await work_items.of_request(tx, after.request_id)
        sought = await timers.get(tx, TIMER, subject_of(after.id, second))
    assert (item.cause, item.state) == (WorkItemCause.NO_SUBSTITUTE, WorkItemState.CLOSED)
    assert sought is None, "who cannot come at the new time either is replaced there"


async def test_a_trainer_who_says_so_and_has_no_substitute_has_it_moved(house: House) -> None:
    booked = await Booked.of(house)
    assert await booked.looked() == []
    desk = Substitutes(house.runtime.services)
    await desk.cannot_lead(actor("mia"), booked.group.id)
    assert await booked.looked() == [], "another trainer is sought first"
    house.clock.forward(seconds=1)
    await take_due(house.runtime)
    await house.quiet()
    (row,) = await booked.looked()
    after, _ = await booked.rows()
    assert (row.cause, after.moves, after.facilitator_id) == (Cause.LEADER, 1, "mia")
    assert not after.interval.overlaps(booked.group.interval)
    assert await booked.looked() == [row]


async def test_more_contacts_than_a_floor_allows_move_it_once(house: House) -> None:
    booked = await Booked.of(house)
    span = booked.group.interval
    centre = house.wfm._centre
    series = centre.staffing["north-calls"]
    slots = range(len(series.required))
    step = series.interval_minutes * MINUTE
    busy = [span.start <= series.start + n * step < span.end for n in slots]
    required = tuple(6.0 if busy[n] else series.required[n] for n in slots)
    staffing = {**centre.staffing, "north-calls": replace(series, required=required)}
    house.wfm._centre = replace(centre, staffing=staffing)
    (row,) = await booked.looked()
    own, members = await booked.rows()
    assert row.cause is Cause.DEMAND
    assert not own.interval.overlaps(span)
    assert {one.interval for one in members} == {own.interval}


async def test_an_absent_member_of_a_group_that_stays_is_the_schedulers_as_drift(
    house: House,
) -> None:
    booked = await Booked.of(house)
    booked.absent(MATES[0])
    house.clock.forward(hours=2)
    await drift.compare(house.runtime)
    await drift.compare(house.runtime)
    async with house.store.read() as tx:
        (item,) = await work_items.of_request(tx, booked.group.request_id)
        lost = {one.session_id for one in load_facts(item.facts).failed}
        members = await bookings.attendees_of(tx, booked.group.id)
    assert item.cause is WorkItemCause.DRIFT
    assert lost == {one.id for one in members if one.attendee_id == MATES[0]}


async def test_a_group_that_is_moved_or_asked_about_is_no_drift_as_well(house: House) -> None:
    booked = await Booked.of(house)
    booked.absent(*MATES[:2])
    house.clock.forward(hours=2)
    await drift.compare(house.runtime)
    await drift.compare(house.runtime)
    assert await booked.causes() == []
    (row,) = await booked.looked()
    assert (row.cause, row.work_item_id) == (Cause.SCHEDULE, None)
    assert await booked.causes() == []


async def test_two_looks_at_once_begin_one_move(house: House) -> None:
    booked = await Booked.of(house)
    booked.absent(*MATES[:2])
    await asyncio.gather(care_for("north"), care_for("north"))
    await house.quiet()
    assert (await booked.rows())[0].moves == 1


@pytest.mark.parametrize("cause", [Cause.SCHEDULE, Cause.LEADER])
async def test_a_session_of_one_person_is_cared_for_as_a_group_is(
    house: House, cause: Cause
) -> None:
    booked = await Booked.of(
        house, least=1, most=1, audience=Audience(agent_ids=frozenset(MATES[:1]))
    )
    before = booked.group
    assert (before.attendee_id, before.gathers) == (MATES[0], False)
    if cause is Cause.SCHEDULE:
        booked.absent(MATES[0])
        house.clock.forward(hours=2)
        await drift.compare(house.runtime)
    else:
        house.calendar.contested["mia@contoso.example"] = before.interval
        assert await booked.looked() == [], "another trainer is sought first"
        house.clock.forward(seconds=1)
        await take_due(house.runtime)
        await house.quiet()
    (row,) = await booked.looked()
    assert (row.cause, row.work_item_id) == (cause, None)
    after, _ = await booked.rows()
    assert (after.moves, after.state) == (1, SessionState.BOOKED)
    assert not after.interval.overlaps(before.interval)
    assert house.applied() == 1
    assert await booked.looked() == [row]
    run = await booked.teaching.runs.run(LEA, booked.run_id)
    assert [(one.attendee_name != "", one.care) for one in run.care] == [(True, Care.MOVED)]


@pytest.mark.parametrize("part", [0, 1])
async def test_a_part_that_moves_keeps_its_order_and_its_days(house: House, part: int) -> None:
    parts = (CoursePart(minutes=60), CoursePart(minutes=30, least_days=1, most_days=4))
    booked = await Booked.of(house, DateRange(MONDAY + 7 * DAY, MONDAY + 12 * DAY), parts=parts)
    rows = sorted(await booked.teaching.sessions(), key=lambda row: row.interval)
    mine = [row for row in rows if row.attendee_id == MATES[0]]
    booked.absent(*MATES[:2], day=mine[part].interval.start.date())
    (row,) = await booked.looked()
    assert row.session_id == mine[part].gathering_id
    after = sorted(
        (one for one in await booked.teaching.sessions() if one.attendee_id == MATES[0]),
        key=lambda one: one.interval,
    )
    moved = [one.id for one in after if one.moves]
    assert moved == [mine[part].id]
    assert [one.id for one in after] == [one.id for one in mine]
    gap = after[1].interval.start.date() - after[0].interval.start.date()
    assert DAY <= gap <= 4 * DAY
