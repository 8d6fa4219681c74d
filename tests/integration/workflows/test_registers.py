"""Who attended: registers open, remind, close, lock and change, on both databases."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from scheduling.domain.meetings import Registers
from scheduling.domain.notices import NoticeKind
from scheduling.domain.people import Person, Role
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.registers import AttendanceState, Marks, lock_at
from scheduling.domain.requests import RequestState, SessionState
from scheduling.domain.setup import Location
from scheduling.domain.times import DAY, DateRange, Interval, zone_of
from scheduling.storage import bookings, people, registers
from scheduling.storage import tables as t
from scheduling.workflows import register_times, week_ahead
from scheduling.workflows.facts import FactsReader
from scheduling.workflows.lateness import Lateness
from scheduling.workflows.participation import Participations
from scheduling.workflows.participation_port import Level
from scheduling.workflows.registers import RegisterKeeper
from scheduling.workflows.timers import take_due
from tests.integration.workflows.house import House
from tests.integration.workflows.small_centre import (
    TUESDAY,
    actor,
    meeting_of,
    one_to_one,
    team_meeting,
)
from tests.support.postgres import BOTH

THREE = ("north-1", "north-2", "north-3")
LATE, NO_SHOW, EXCUSED = AttendanceState.LATE, AttendanceState.NO_SHOW, AttendanceState.EXCUSED


def marks(**people: AttendanceState) -> Marks:
    """Return marks from ``north_1=LATE`` and the like."""
    found: dict[AttendanceState, frozenset[str]] = {}
    for name, state in people.items():
        found[state] = found.get(state, frozenset()) | {name.replace("_", "-")}
    return Marks(exceptions=found)


def move_to(house: House, instant: datetime) -> None:
    """Let it be ``instant``."""
    house.clock.forward(seconds=(instant - house.clock.now()).total_seconds())


async def held(house: House, *attendees: str) -> str:
    """Book a team meeting and let it end; its own row's id."""
    request_id = await house.gather(meeting_of(*(attendees or THREE)))
    assert (await house.settled(request_id)).state is RequestState.BOOKED
    await house.quiet()
    gathering = await house.gathering(request_id)
    move_to(house, gathering.interval.end)
    return gathering.id


async def opened(house: House, *attendees: str) -> str:
    """Book a team meeting, let it end and its register open; its own row's id."""
    session_id = await held(house, *attendees)
    assert await register_times.open_due("all") == 1
    return session_id


async def noticed(house: House, kind: NoticeKind) -> list[tuple[str, str]]:
    """Return who is to hear what of a kind: person and key."""
    async with house.store.read() as tx:
        found = await tx.execute(
            sa.select(t.outbox.c.person_id, t.outbox.c.key)
            .where(t.outbox.c.kind == kind.value)
            .order_by(t.outbox.c.created_at, t.outbox.c.key)
        )
        return [tuple(row) for row in found]


async def lines_of_audit(house: House, subject: str) -> list[str]:
    """Return what the audit says was done to a register."""
    async with house.store.read() as tx:
        found = await tx.scalars(
            sa.select(t.audit.c.action)
            .where(t.audit.c.subject == subject, t.audit.c.action.like("register.%"))
            .order_by(t.audit.c.seq)
        )
        return list(found)


async def learning(house: House, person_id: str = "sue") -> None:
    """Let somebody of the unit be L&D."""
    async with house.store.write() as tx:
        everyone = [p for unit in ("north", "south") for p in await people.of_unit(tx, unit)]
        await people.sync(
            tx,
            [
                replace(p, roles=frozenset({Role.LEARNING})) if p.id == person_id else p
                for p in everyone
            ],
        )


@BOTH
async def test_a_register_opens_once_with_everybody_there(house: House) -> None:
    session_id = await held(house)
    house.clock.forward(seconds=-1)
    assert await register_times.open_due("all") == 0
    house.clock.forward(seconds=1)
    opened_by = await asyncio.gather(*[register_times.open_due("all") for _ in range(3)])
    assert sum(opened_by) == 1
    found = await RegisterKeeper(house.runtime.services).register(actor("mia"), session_id)
    assert [one.person_id for one in found.entries] == list(THREE)
    assert {one.state for one in found.entries} == {AttendanceState.ATTENDED}
    assert found.closed_at is None
    assert len(await noticed(house, NoticeKind.REGISTER_DUE)) == 1


async def test_the_timer_opens_it_and_the_facilitator_is_told(house: House) -> None:
    session_id = await held(house)
    for _ in range(2):  # the first look sets the timers that come again
        await take_due(house.runtime)
        house.clock.forward(minutes=5)
    await take_due(house.runtime)
    await house.quiet()
    told = [one for one in house.notifier.notices if one.kind is NoticeKind.REGISTER_DUE]
    assert [(one.person_id, one.subject) for one in told] == [("mia", session_id)]


async def test_a_meeting_that_did_not_take_place_has_none_nor_have_single_ones(
    house: House,
) -> None:
    request_id = await house.submit("north-4")
    row = await house.settled(request_id)
    assert row.state is RequestState.BOOKED
    session_id = await held(house)
    async with house.store.write() as tx:
        await bookings.free(tx, session_id, SessionState.CANCELLED)
    house.clock.forward(days=1)
    assert await register_times.open_due("all") == 0


async def test_reminders_go_to_the_facilitator_twice_and_then_to_who_sees_to_registers(
    house: House,
) -> None:
    await learning(house)
    session_id = await opened(house)
    for _ in range(5):
        await register_times.nudge(session_id)
    told = [person for person, _ in await noticed(house, NoticeKind.REGISTER_DUE)]
    assert told[:3] == ["mia", "mia", "mia"]
    assert set(told[3:]) == {"sue"}
    await house.quiet()


async def test_nobody_is_reminded_of_a_closed_register(house: House) -> None:
    session_id = await opened(house)
    await RegisterKeeper(house.runtime.services).close(actor("mia"), session_id, 1, Marks())
    before = await noticed(house, NoticeKind.REGISTER_DUE)
    await register_times.nudge(session_id)
    assert await noticed(house, NoticeKind.REGISTER_DUE) == before
    await house.quiet()


@BOTH
async def test_of_two_who_close_at_once_one_is_told_to_look_again(house: House) -> None:
    session_id = await opened(house)
    keeper = RegisterKeeper(house.runtime.services)
    entered = (marks(north_1=LATE), marks(north_2=NO_SHOW))
    who = (actor("mia"), actor("sam"))
    came = await asyncio.gather(
        *[keeper.close(a, session_id, 1, m) for a, m in zip(who, entered, strict=True)],
        return_exceptions=True,
    )
    refused = [one.refusal for one in came if isinstance(one, Refused)]
    assert refused == [Refusal.STALE]
    (kept,) = [one for one in came if not isinstance(one, BaseException)]
    found = await keeper.register(actor("mia"), session_id)
    assert found.entries == kept.entries
    assert len(found.absent) + sum(one.state is LATE for one in found.entries) == 1
    assert await lines_of_audit(house, session_id) == ["register.opened", "register.closed"]
    await house.quiet()


@BOTH
async def test_a_locked_register_is_changed_by_its_keepers_only_and_on_record(
    house: House,
) -> None:
    session_id = await opened(house)
    keeper = RegisterKeeper(house.runtime.services)
    closed = await keeper.close(actor("mia"), session_id, 1, marks(north_1=LATE))
    assert await keeper.close(actor("mia"), session_id, closed.version, marks(north_1=EXCUSED))
    move_to(house, closed.lock_at)
    with pytest.raises(Refused) as caught:
        await keeper.close(actor("mia"), session_id, 3, Marks())
    assert caught.value.refusal is Refusal.REGISTER_LOCKED
    assert not (await keeper.register(actor("mia"), session_id)).may_change
    corrected = await keeper.close(actor("sam"), session_id, 3, marks(north_1=NO_SHOW))
    assert [one.person_id for one in corrected.absent] == ["north-1"]
    assert await lines_of_audit(house, session_id) == [
        "register.opened",
        "register.closed",
        "register.changed",
        "register.corrected",
    ]
    await house.quiet()


async def test_holidays_are_no_working_days_of_a_register(house: House) -> None:
    session_id = await held(house)
    setups, today = house.runtime.services.setups, house.clock.now().date()
    days = frozenset({today + DAY, today + 2 * DAY})
    leeds = Location(id="leeds", site_id="leeds", holidays=days)
    setups._take(setups.number, replace(setups.setup, locations={"leeds": leeds}))
    assert await register_times.open_due("all") == 1
    async with house.store.read() as tx:
        row = await registers.get(tx, session_id)
    assert row is not None
    end, zone = row.interval.end, row.zone
    assert row.lock_at == lock_at(end, zone, days) > lock_at(end, zone)


async def test_what_contradicts_itself_is_refused_and_loses_nothing(house: House) -> None:
    session_id = await opened(house)
    keeper = RegisterKeeper(house.runtime.services)
    twice = Marks(exceptions={LATE: frozenset({"north-1"}), NO_SHOW: frozenset({"north-1"})})
    for entered, refusal in (
        (twice, Refusal.MARKED_TWICE),
        (Marks(scores={"north-1": 101}), Refusal.BAD_SCORE),
    ):
        with pytest.raises(Refused) as caught:
            await keeper.close(actor("mia"), session_id, 1, entered)
        assert caught.value.refusal is refusal
        assert caught.value.facts == {"names": ["Agent north-1"]}
    assert (await keeper.register(actor("mia"), session_id)).version == 1


async def test_nobody_else_sees_a_register(house: House) -> None:
    session_id = await opened(house)
    keeper = RegisterKeeper(house.runtime.services)
    for other in ("tom", "nia", "north-1"):
        with pytest.raises(Refused) as caught:
            await keeper.register(actor(other), session_id)
        assert caught.value.refusal is Refusal.UNKNOWN_DRAFT
        with pytest.raises(Refused):
            await keeper.close(actor(other), session_id, 1, Marks())
        assert await keeper.registers(actor(other)) == ()
    assert len(await keeper.registers(actor("sam"))) == 1


@BOTH
async def test_who_asked_for_it_is_told_once_that_somebody_was_missing(house: House) -> None:
    session_id = await opened(house)
    keeper = RegisterKeeper(house.runtime.services)
    closed = await keeper.close(actor("sam"), session_id, 1, marks(north_1=NO_SHOW))
    await keeper.close(actor("sam"), session_id, closed.version, marks(north_2=NO_SHOW))
    told = await noticed(house, NoticeKind.ABSENT)
    assert [person for person, _ in told] == ["mia"]
    shown = await keeper.shown_to_owner(await _person(house, "mia"), session_id)
    assert shown is not None
    assert shown.to_book == ("north-2",)
    assert await keeper.shown_to_owner(await _person(house, "tom"), session_id) is None
    await house.quiet()


async def _person(house: House, person_id: str) -> Person:
    async with house.store.read() as tx:
        found = await people.get(tx, person_id)
    assert found is not None
    return found


@BOTH
async def test_who_missed_it_comes_back_before_others(house: House) -> None:
    session_id = await opened(house)
    keeper = RegisterKeeper(house.runtime.services)
    await keeper.close(actor("mia"), session_id, 1, marks(north_1=NO_SHOW, north_2=LATE))
    span = Interval(house.clock.now() - timedelta(days=2), house.clock.now())
    async with house.store.read() as tx:
        assert await registers.coming_back(tx, THREE, "team_meeting") == {"north-1"}
        absent = await registers.absences(tx, None, ["team_meeting"], span)
    assert [(who, kind) for who, kind, _ in absent] == [("north-1", "team_meeting")]
    ask = meeting_of(*THREE, dates=DateRange(TUESDAY + DAY, TUESDAY + 2 * DAY))
    world = await house.runtime.search.world(ask, "north", besides="", fresh=True)
    assert world.returning == {"north-1"}
    await house.quiet()


@BOTH
async def test_people_are_told_once_that_a_session_begins_late(house: House) -> None:
    request_id = await house.gather(meeting_of(*THREE))
    assert (await house.settled(request_id)).state is RequestState.BOOKED
    gathering = await house.gathering(request_id)
    late = Lateness(house.runtime.services)
    with pytest.raises(Refused) as caught:
        await late.about_now(actor("mia"))
    assert caught.value.refusal is Refusal.NOT_ABOUT_NOW
    move_to(house, gathering.interval.start - timedelta(minutes=10))
    assert (await late.about_now(actor("mia"))).session_id == gathering.id
    tries = await asyncio.gather(
        *[late.say_late(actor("mia"), gathering.id, each) for each in (10, 20)],
        return_exceptions=True,
    )
    assert [one.refusal for one in tries if isinstance(one, Refused)] == [Refusal.TOLD_LATE]
    told = await noticed(house, NoticeKind.RUNNING_LATE)
    assert [person for person, _ in told] == list(THREE)
    with pytest.raises(Refused):
        await late.say_late(actor("tom"), gathering.id, 5)
    north = await _person(house, "north-1")
    shown = await late.shown_to(north, gathering.id)
    assert shown is not None
    assert shown.minutes in (10, 20)
    assert await late.shown_to(await _person(house, "north-4"), gathering.id) is None
    await house.quiet()


async def test_trainers_hear_of_their_week_on_thursday_afternoon_once(house: House) -> None:
    async with house.store.write() as tx:
        everyone = [p for unit in ("north", "south") for p in await people.of_unit(tx, unit)]
        roles = frozenset({Role.MANAGER, Role.TRAINER})
        await people.sync(tx, [replace(p, roles=roles) if p.id == "mia" else p for p in everyone])
    request_id = await house.gather(meeting_of(*THREE))
    assert (await house.settled(request_id)).state is RequestState.BOOKED
    gathering = await house.gathering(request_id)
    zone = (await _person(house, "mia")).zone
    monday = gathering.interval.start.date() - timedelta(days=gathering.interval.start.weekday())
    thursday = datetime.combine(monday - timedelta(days=4), week_ahead.CLOCK).replace(
        tzinfo=zone_of(zone)
    )
    move_to(house, thursday - timedelta(seconds=1))
    assert await week_ahead.tell_week_ahead("all") == 0
    move_to(house, thursday + timedelta(minutes=5))
    for _ in range(2):
        await week_ahead.tell_week_ahead("all")
    assert [who for who, _ in await noticed(house, NoticeKind.WEEK_AHEAD)] == ["mia"]
    await house.quiet()


async def test_figures_of_few_are_for_their_line_manager_only(house: House) -> None:
    session_id = await opened(house)
    keeper = RegisterKeeper(house.runtime.services)
    await keeper.close(actor("mia"), session_id, 1, marks(north_1=NO_SHOW, north_2=EXCUSED))
    services = house.runtime.services
    desk = Participations(services, FactsReader(services.wfm, services.clock, services.policy))
    mine = await desk.participation(actor("mia"), days=30, type_id=None)
    assert mine.whole is not None
    assert (mine.whole.completed, mine.whole.expected, mine.whole.no_shows) == (1, 2, 1)
    assert any(one.level is Level.PERSON for one in mine.groups)
    units = await desk.participation(actor("sam"), days=30, type_id="team_meeting")
    assert not any(one.level is Level.PERSON for one in units.groups)
    async with house.store.read() as tx:
        agents = [one for one in await people.of_unit(tx, "north") if one.in_wfm]
    shown = [one for one in units.groups if one.level is Level.TEAM]
    assert all((one.figures is None) == (len(agents) < 5) for one in shown)
    with pytest.raises(Refused) as caught:
        await desk.participation(actor("north-1"), days=30, type_id=None)
    assert caught.value.refusal is Refusal.NOT_YOUR_ROLE
    await house.quiet()


def test_types_choose_which_sessions_have_a_register() -> None:
    assert team_meeting().has_register
    assert not one_to_one().has_register
    assert replace(one_to_one(), registers=Registers.ALWAYS).has_register
    assert not replace(team_meeting(), registers=Registers.NEVER).has_register
    secret = replace(one_to_one(), registers=Registers.ALWAYS, confidential=True)
    assert not secret.has_register
