"""Booked sessions of a run that no longer hold: moved, asked about, or handed to the schedulers."""

import asyncio
from dataclasses import replace
from datetime import date

import pytest

from scheduling.domain.changes import ChangeState
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.notices import NoticeKind
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.requests import SessionState, Target, WorkItemCause
from scheduling.domain.runs import RunView
from scheduling.domain.selfcare import Care, Cause
from scheduling.domain.setup import Pause
from scheduling.domain.times import DAY, MINUTE, Interval
from scheduling.ports.calendar import RoomAnswer
from scheduling.storage import bookings, selfcare, work_items
from scheduling.storage.bookings import SessionRow
from scheduling.storage.selfcare import CareRow
from scheduling.workflows import drift
from scheduling.workflows.escalation import load_facts
from scheduling.workflows.selfcare import care_for, look_after
from scheduling.workflows.timers import take_due
from tests.integration.workflows.house import House
from tests.integration.workflows.recurring import SAM, Runs, weekly
from tests.integration.workflows.small_centre import MONDAY, actor
from tests.support.postgres import BOTH

MIA = actor("mia")
NEXT_WEEK = MONDAY + 7 * DAY


class Cared:
    """A booked run, and what may happen to it."""

    def __init__(self, runs: Runs, run: RunView) -> None:
        """Keep the run."""
        self.runs = runs
        self.run = run
        self.house = runs.house

    @classmethod
    async def of(cls, house: House, place: PlaceKind = PlaceKind.ONLINE) -> "Cared":
        """Book two weeks of weekly meetings."""
        runs = Runs(house)
        await runs.desk.save(SAM, weekly(place=place))
        run = await runs.booked(await runs.planned())
        await house.quiet()
        return cls(runs, run)

    async def first(self, after: date) -> SessionRow:
        """Return the first session on a date or later, which is booked."""
        rows = [one for one in await self.runs.sessions() if one.interval.start.date() >= after]
        return min(rows, key=lambda one: (one.interval, one.id))

    async def again(self, session: SessionRow) -> SessionRow:
        """Return a session as it is now."""
        async with self.house.store.read() as tx:
            return await bookings.require(tx, session.id)

    async def others(self, session: SessionRow) -> dict[str, Interval]:
        """Return when all other sessions are."""
        return {one.id: one.interval for one in await self.runs.sessions() if one.id != session.id}

    def absent(self, agent_id: str, day: date) -> None:
        """Let somebody have a day off, in a schedule that is published anew."""
        self.house.wfm.edit(agent_id, day, [])

    async def looked(self) -> tuple[list[CareRow], RunView]:
        """Look once; what care there is, and the run as its owner sees it."""
        await care_for("north")
        await self.house.quiet()
        async with self.house.store.read() as tx:
            rows = list(await selfcare.of_unit(tx, "north"))
        return rows, await self.runs.desk.run(SAM, self.run.id)


@pytest.fixture
async def cared(house: House) -> Cared:
    """Book two weeks of weekly meetings online."""
    return await Cared.of(house)


async def test_what_still_holds_is_left_alone_silently_and_read_once_for_all(cared: Cared) -> None:
    before = {one.id: one.interval for one in await cared.runs.sessions()}
    told, calls = len(cared.house.notifier.notices), len(cared.house.wfm.journal)
    rows, run = await cared.looked()
    assert (rows, run.care) == ([], ())
    assert {one.id: one.interval for one in await cared.runs.sessions()} == before
    assert len(cared.house.notifier.notices) == told
    read = [one.name for one in cared.house.wfm.journal[calls:]]
    assert read.count("schedules") == 1


@BOTH
async def test_outside_the_notice_it_is_moved_and_told_and_all_else_stays(house: House) -> None:
    cared = await Cared.of(house)
    session = await cared.first(NEXT_WEEK)
    others = await cared.others(session)
    day = session.interval.start.date()
    cared.absent(session.attendee_id, day)
    (row,), run = await cared.looked()
    after = await cared.again(session)
    assert (row.cause, row.tries, row.work_item_id) == (Cause.SCHEDULE, 1, None)
    assert (after.state, after.moves) == (SessionState.BOOKED, 1)
    assert after.interval.start.isocalendar().week == session.interval.start.isocalendar().week
    assert after.interval.start.date() != day
    assert await cared.others(session) == others
    assert house.applied() == len(house.calendar.live) == 12
    (line,) = run.care
    assert (line.care, line.was, line.becomes) == (Care.MOVED, session.interval, after.interval)
    async with house.store.read() as tx:
        assert await work_items.of_request(tx, session.request_id) == []
        assert await selfcare.causes_of(tx, [session.id]) == {session.id: Cause.SCHEDULE}
    assert house.calendar.moved == 1


async def test_a_second_look_begins_nothing_more(cared: Cared) -> None:
    session = await cared.first(NEXT_WEEK)
    cared.absent(session.attendee_id, session.interval.start.date())
    first, _ = await cared.looked()
    moved = await cared.again(session)
    assert await cared.looked() == (first, (await cared.looked())[1])
    assert await cared.again(session) == moved


@BOTH
async def test_inside_the_notice_its_leader_is_asked_once_and_may_agree(house: House) -> None:
    cared = await Cared.of(house)
    session = await cared.first(MONDAY)
    cared.absent(session.attendee_id, session.interval.start.date())
    await asyncio.gather(care_for("north"), care_for("north"))
    house.clock.forward(minutes=10)  # Mia is at work by then
    await take_due(house.runtime)
    (row,), run = await cared.looked()
    assert await cared.again(session) == session
    assert [one.care for one in run.care] == [Care.ASKED]
    asked = [n for n in house.notifier.notices if n.kind is NoticeKind.TIMES_WANTED]
    assert [(n.person_id, n.subject) for n in asked] == [("mia", row.change_id)]
    change = await house.changes.change(MIA, str(row.change_id))
    assert (change.state, change.cause) == (ChangeState.PROPOSED, Cause.SCHEDULE)
    assert change.proposal is not None
    best = change.proposal.sessions[0].best
    await house.changes.move(MIA, change.id, change.version, 0)
    await house.quiet()
    after = await cared.again(session)
    assert (after.interval, after.moves) == (best.interval, 1)
    run = await cared.runs.desk.run(SAM, cared.run.id)
    assert [one.care for one in run.care] == [Care.MOVED]
    assert house.applied() == 12


async def test_who_is_asked_may_leave_it_and_is_not_asked_again(cared: Cared) -> None:
    session = await cared.first(MONDAY)
    cared.absent(session.attendee_id, session.interval.start.date())
    (row,), _ = await cared.looked()
    await cared.house.bind(session.attendee_id)
    with pytest.raises(Refused) as refused:
        await cared.house.changes.drop(actor(session.attendee_id), str(row.change_id))
    assert refused.value.refusal is Refusal.NOT_YOUR_ROLE
    left = await cared.house.changes.drop(MIA, str(row.change_id))
    assert left.state is ChangeState.DROPPED
    rows, run = await cared.looked()
    assert rows == [row]
    assert [one.care for one in run.care] == [Care.LEFT]
    assert await cared.again(session) == session


async def test_a_question_is_taken_back_once_the_session_holds_again(cared: Cared) -> None:
    session = await cared.first(MONDAY)
    day = session.interval.start.date()
    was = cared.house.wfm.day(session.attendee_id, day)
    assert was is not None
    cared.absent(session.attendee_id, day)
    (row,), _ = await cared.looked()
    cared.house.wfm.edit(session.attendee_id, day, was.segments)
    rows, run = await cared.looked()
    assert (rows, run.care) == ([], ())
    change = await cared.house.changes.change(MIA, str(row.change_id))
    assert change.state is ChangeState.DROPPED


async def test_without_another_time_the_schedulers_have_it_once_and_it_stays(cared: Cared) -> None:
    session = await cared.first(NEXT_WEEK)
    for n in range(5):
        cared.absent(session.attendee_id, NEXT_WEEK + n * DAY)
    (row,), run = await cared.looked()
    assert [one.care for one in run.care] == [Care.HANDED]
    item = await cared.house.item(session.request_id)
    assert item is not None
    assert (item.id, item.cause) == (row.work_item_id, WorkItemCause.UNHELD)
    assert load_facts(item.facts).trouble == "unheld_schedule"
    assert await cared.again(session) == session
    again, _ = await cared.looked()
    assert again == [row]
    assert await cared.house.items(session.request_id) == 1


async def test_what_a_scheduler_lets_be_tried_again_is_looked_at_anew(cared: Cared) -> None:
    session = await cared.first(NEXT_WEEK)
    for n in range(5):
        cared.absent(session.attendee_id, NEXT_WEEK + n * DAY)
    await cared.looked()
    for _ in range(3):  # no try of Aside's is used up by a scheduler's
        await cared.house.desk.try_again(SAM, *await open_item(cared, session))
        await cared.house.quiet()
        await cared.looked()
    friday = NEXT_WEEK + 4 * DAY
    other = next(f"north-{n}" for n in range(1, 7) if f"north-{n}" != session.attendee_id)
    free = cared.house.wfm.day(other, MONDAY)
    assert free is not None
    shift = friday - MONDAY
    cared.house.wfm.edit(
        session.attendee_id,
        friday,
        [
            replace(one, interval=Interval(one.interval.start + shift, one.interval.end + shift))
            for one in free.segments
        ],
    )
    await cared.house.desk.try_again(SAM, *await open_item(cared, session))
    await cared.house.quiet()
    _, run = await cared.looked()
    assert [one.care for one in run.care] == [Care.MOVED]
    assert (await cared.again(session)).interval.start.date() == friday


async def open_item(cared: Cared, session: SessionRow) -> tuple[str, int]:
    """Return the undecided work item about a session, and its version."""
    async with cared.house.store.read() as tx:
        found = await work_items.of_request(tx, session.request_id)
    (item,) = (one for one in found if not one.state.decided)
    return item.id, item.version


async def test_while_auto_scheduling_is_paused_everything_is_asked(cared: Cared) -> None:
    held = cared.house.runtime.services.setups
    paused = {"north": Pause(by="sam", since=cared.house.clock.now())}
    held._take(held.number, replace(held.setup, paused=paused))
    session = await cared.first(NEXT_WEEK)
    cared.absent(session.attendee_id, session.interval.start.date())
    _, run = await cared.looked()
    assert [one.care for one in run.care] == [Care.ASKED]
    assert await cared.again(session) == session


async def test_on_wrong_figures_nobody_is_moved_unasked(cared: Cared) -> None:
    series = cared.house.wfm._centre.staffing["north-calls"]
    wrong = tuple(was + 5.0 if was else was for was in series.scheduled)
    cared.house.wfm._centre.staffing["north-calls"] = replace(series, scheduled=wrong)
    session = await cared.first(NEXT_WEEK)
    cared.absent(session.attendee_id, session.interval.start.date())
    _, run = await cared.looked()
    assert [one.care for one in run.care] == [Care.ASKED]


async def test_a_leader_with_another_appointment_gets_another_time(cared: Cared) -> None:
    session = await cared.first(NEXT_WEEK)
    cared.house.calendar.contested["mia@contoso.example"] = session.interval
    (row,), run = await cared.looked()
    assert row.cause is Cause.LEADER
    assert [one.care for one in run.care] == [Care.MOVED]
    assert not (await cared.again(session)).interval.overlaps(session.interval)


async def test_of_a_leader_who_is_away_soon_the_owner_of_the_run_is_asked(cared: Cared) -> None:
    session = await cared.first(MONDAY)
    cared.house.calendar.contested["mia@contoso.example"] = session.interval
    await cared.looked()
    cared.house.clock.forward(minutes=10)
    await take_due(cared.house.runtime)
    await cared.house.quiet()
    asked = [n for n in cared.house.notifier.notices if n.kind is NoticeKind.TIMES_WANTED]
    assert [n.person_id for n in asked] == ["sam"]


async def test_a_declined_room_is_another_one_at_the_same_time_and_no_drift(house: House) -> None:
    cared = await Cared.of(house, PlaceKind.ROOM)
    session = await cared.first(MONDAY)
    rooms = {one.id for one in house.calendar.listed}
    (other,) = rooms - {session.room_id}
    house.calendar.answers[str(session.room_id)] = RoomAnswer.DECLINED
    others = [one for one in await cared.runs.sessions() if one.room_id == session.room_id]
    house.clock.instant += drift.EVERY
    await drift.compare(house.runtime)
    rows, run = await cared.looked()
    assert {row.cause for row in rows} == {Cause.ROOM}
    assert {one.care for one in run.care} == {Care.MOVED}
    after = await cared.again(session)
    assert (after.interval, after.room_id) == (session.interval, other)
    assert len(rows) == len(others)
    assert await house.items(session.request_id) == 0


async def test_more_contacts_than_a_floor_allows_move_it_once(cared: Cared) -> None:
    session = await cared.first(NEXT_WEEK)
    await _expect(cared.house, session.interval, 9.0)
    (row,), run = await cared.looked()
    assert row.cause is Cause.DEMAND
    assert [one.care for one in run.care] == [Care.MOVED]
    after = await cared.again(session)
    assert not after.interval.overlaps(session.interval)
    await _expect(cared.house, after.interval, 9.0)
    rows, _ = await cared.looked()
    assert rows == [row]


async def _expect(house: House, span: Interval, required: float) -> None:
    """Let so many FTE be required within a span from now on."""
    series = house.wfm._centre.staffing["north-calls"]
    step = series.interval_minutes * MINUTE
    needed = tuple(
        required if span.start <= series.start + n * step < span.end else was
        for n, was in enumerate(series.required)
    )
    house.wfm._centre.staffing["north-calls"] = replace(
        series, required=needed, as_of=house.clock.now()
    )


async def test_what_self_care_sees_to_is_no_drift(cared: Cared) -> None:
    session = await cared.first(MONDAY)
    cared.absent(session.attendee_id, session.interval.start.date())
    cared.house.clock.instant += drift.EVERY
    await drift.compare(cared.house.runtime)
    assert await cared.house.items(session.request_id) == 0
    assert (await cared.again(session)).targets[Target.WFM] is session.targets[Target.WFM]


async def test_a_wfm_that_is_away_is_asked_again_next_time(cared: Cared) -> None:
    session = await cared.first(NEXT_WEEK)
    cared.absent(session.attendee_id, session.interval.start.date())
    cared.house.weather.away = True
    assert await care_for("north") == {"runs": [], "more": False}
    cared.house.weather.away = False
    await look_after("all")
    await cared.house.quiet()
    assert (await cared.again(session)).moves == 1
