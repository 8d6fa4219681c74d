"""A request waits for what does not answer, says so, and goes on by itself; or a human hears of it."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from scheduling.domain.requests import (
    Remote,
    RequestState,
    SessionState,
    Target,
    TargetState,
    WorkItemCause,
    WorkItemState,
)
from scheduling.ports.calendar import CalendarUnavailable
from scheduling.ports.wfm import RateLimited
from scheduling.storage import drafts
from scheduling.storage.bookings import person_resource
from scheduling.storage.requests import RequestRow
from scheduling.workflows.escalation import load_facts
from tests.integration.workflows.house import QUICK, House, eventually
from tests.integration.workflows.small_centre import actor
from wfm.centre.memory import Fault

AWAY: dict[Remote, Callable[[House], object]] = {
    Remote.WFM: lambda house: house.weather,
    Remote.CALENDAR: lambda house: house.calendar,
    Remote.TEAMS: lambda house: house.notifier,
}


def go_away(house: House, remote: Remote, *, away: bool = True) -> None:
    vars(AWAY[remote](house))["away"] = away


def away_at(house: House, call: str) -> None:
    """Let the calendar go away as ``call`` begins, and stay so."""

    async def leave(name: str) -> None:
        if name == call:
            house.calendar.before = None
            house.calendar.away = True

    house.calendar.before = leave


async def waiting(house: House, request_id: str, remote: Remote) -> RequestRow:
    async def look() -> RequestRow | None:
        row = await house.row(request_id)
        return row if row.waiting_for is remote else None

    return await eventually(look)


async def test_a_short_pause_of_a_remote_is_sat_out(house: House) -> None:
    draft = await house.propose("north-1")
    house.wfm.faults.plan("agents", Fault(error=RateLimited("slow down", 1.0)))
    house.calendar.fail("free_busy", CalendarUnavailable("down"))
    assert (await house.settled(await house.take(draft))).state is RequestState.BOOKED


@pytest.mark.parametrize("remote", [Remote.WFM, Remote.CALENDAR])
async def test_a_search_waits_and_says_so_and_so_do_those_behind_it(
    house: House, remote: Remote
) -> None:
    first = await house.propose("north-1")
    second = await house.propose("north-2", who="tom")
    go_away(house, remote)
    ids = [await house.take(first), await house.take(second, who="tom")]
    for request_id in ids:
        await waiting(house, request_id, remote)
    shown = await house.view(ids[0])
    assert (shown.waiting_for, shown.waiting_since) == (remote, house.clock.now())
    go_away(house, remote, away=False)
    for request_id in ids:
        row = await house.settled(request_id)
        assert (row.state, row.waiting_for) == (RequestState.BOOKED, None)
    assert set(ids) <= set(house.notifier.requests)
    assert house.applied() == 2


async def test_those_behind_a_search_wait_no_more_once_it_is_answered(house: House) -> None:
    first = await house.propose("north-1")
    second = await house.propose("north-2", who="tom")
    go_away(house, Remote.WFM)
    ids = [await house.take(first), await house.take(second, who="tom")]
    for request_id in ids:
        await waiting(house, request_id, Remote.WFM)
    house.clock.instant += QUICK.patience - timedelta(minutes=1)
    go_away(house, Remote.WFM, away=False)
    searched = asyncio.Event()

    async def hold_up(call: str) -> None:
        if call == "free_busy" and (await house.row(ids[0])).state is not RequestState.QUEUED:
            await searched.wait()

    house.calendar.before = hold_up
    await house.settled(ids[0], RequestState.BOOKED)
    row = await house.row(ids[1])
    searched.set()
    assert (row.state, row.waiting_for, row.waiting_since) == (RequestState.QUEUED, None, None)


@pytest.mark.parametrize("call", ["hold", "read", "invite"])
async def test_a_booking_waits_at_each_write_and_ends_once(house: House, call: str) -> None:
    draft = await house.propose("north-1", "north-2")
    away_at(house, call)
    request_id = await house.take(draft)
    row = await waiting(house, request_id, Remote.CALENDAR)
    assert row.state is RequestState.BOOKING
    house.calendar.away = False
    row = await house.settled(request_id)
    assert (row.state, row.waiting_since) == (RequestState.BOOKED, None)
    assert house.applied() == len(house.calendar.live) == 2
    assert await house.items(request_id) == 0


async def test_a_wait_that_is_cancelled_ends_and_takes_back_what_was_written(house: House) -> None:
    draft = await house.propose("north-1", "north-2")
    away_at(house, "hold")
    request_id = await house.take(draft)
    await waiting(house, request_id, Remote.CALENDAR)
    await house.desk.cancel(actor("mia"), request_id)

    async def taking_back() -> bool | None:
        return ("undo" in [call.name for call in house.wfm.journal]) or None

    house.calendar.away = False
    await eventually(taking_back)
    assert (await house.settled(request_id)).state is RequestState.UNDONE
    assert house.applied() == len(house.calendar.live) == 0
    assert await house.items(request_id) == 0


async def test_a_search_that_is_cancelled_while_it_waits_ends(house: House) -> None:
    draft = await house.propose("north-1")
    go_away(house, Remote.WFM)
    request_id = await house.take(draft)
    await waiting(house, request_id, Remote.WFM)
    await house.desk.cancel(actor("mia"), request_id)
    await house.quiet()
    row = await house.row(request_id)
    assert (row.state, row.waiting_for) == (RequestState.CANCELLED, None)


async def test_a_search_given_up_reaches_a_human_and_one_tap_tries_it_again(house: House) -> None:
    draft = await house.propose("north-1")
    go_away(house, Remote.WFM)
    request_id = await house.take(draft)
    await waiting(house, request_id, Remote.WFM)
    house.clock.instant += QUICK.patience
    row = await house.settled(request_id, RequestState.ESCALATED)
    assert (row.trouble, row.waiting_for) == ("wfm_silent", None)
    item = await house.item(request_id)
    assert item is not None
    assert (item.cause, item.state) == (WorkItemCause.REMOTE_AWAY, WorkItemState.OPEN)
    go_away(house, Remote.WFM, away=False)
    again = await house.desk.try_again(actor("sam"), item.id, item.version)
    assert again.state is WorkItemState.RETRIED
    row = await house.settled(request_id, RequestState.BOOKED)
    assert row.trouble is None
    assert house.applied() == 1


async def test_a_booking_given_up_before_the_pivot_is_taken_back_once_that_is_possible(
    house: House,
) -> None:
    draft = await house.propose("north-1", "north-2")
    away_at(house, "hold")
    request_id = await house.take(draft)
    await waiting(house, request_id, Remote.CALENDAR)
    house.clock.instant += QUICK.patience

    async def taking_back() -> bool | None:
        return ("find" in house.calendar.calls) or None

    await eventually(taking_back)
    assert (await house.row(request_id)).state is RequestState.BOOKING
    house.calendar.away = False
    await house.settled(request_id, RequestState.ESCALATED)
    item = await house.item(request_id)
    assert item is not None
    assert item.cause is WorkItemCause.REMOTE_AWAY
    (failed,) = load_facts(item.facts).failed
    assert (failed.target, failed.undoing) == (Target.ROOM, False)
    assert house.applied() == len(house.calendar.live) == 0
    await house.desk.try_again(actor("sam"), item.id, item.version)
    await house.settled(request_id, RequestState.BOOKED)
    assert house.applied() == len(house.calendar.live) == 2


async def test_an_undo_given_up_names_each_write_and_is_mended_in_one_tap(house: House) -> None:
    request_id = await house.submit("north-1", "north-2")
    await house.settled(request_id, RequestState.BOOKED)
    await house.quiet()
    house.clock.instant += QUICK.undo
    go_away(house, Remote.CALENDAR)
    await house.desk.cancel(actor("mia"), request_id)
    row = await waiting(house, request_id, Remote.CALENDAR)
    assert row.state is RequestState.UNDOING
    house.clock.instant += QUICK.patience
    await house.settled(request_id, RequestState.CANCELLED)
    item = await house.item(request_id)
    assert item is not None
    assert item.cause is WorkItemCause.UNDO_FAILED
    shown = await house.desk.work_item(actor("sam"), item.id)
    assert sorted((name, one.target, one.undoing) for name, one in shown.failed) == [
        ("Agent north-1", Target.INVITE, True),
        ("Agent north-2", Target.INVITE, True),
    ]
    assert (house.applied(), len(house.calendar.live)) == (0, 2)
    house.calendar.away = False
    await house.desk.try_again(actor("sam"), item.id, item.version)

    async def gone() -> bool | None:
        return not house.calendar.live or None

    await eventually(gone)
    await house.quiet()
    assert (await house.row(request_id)).trouble is None


async def test_after_the_pivot_a_booking_stays_and_its_invitation_is_sent_at_a_tap(
    house: House,
) -> None:
    draft = await house.propose("north-1")
    away_at(house, "invite")
    request_id = await house.take(draft)
    await waiting(house, request_id, Remote.CALENDAR)
    house.clock.instant += QUICK.patience
    row = await house.settled(request_id, RequestState.BOOKED)
    assert row.trouble == "calendar_silent"
    (session,) = await house.sessions(request_id)
    assert session.state is SessionState.BOOKED
    assert session.targets[Target.INVITE] is TargetState.FAILED
    item = await house.item(request_id)
    assert item is not None
    house.calendar.away = False
    await house.desk.try_again(actor("sam"), item.id, item.version)

    async def invited() -> bool | None:
        (session,) = await house.sessions(request_id)
        return session.targets[Target.INVITE] is TargetState.DONE or None

    await eventually(invited)
    await house.quiet()
    assert (await house.row(request_id)).trouble is None
    assert house.applied() == len(house.calendar.live) == 1


async def test_teams_that_is_away_holds_no_booking_up_and_is_told_later(house: House) -> None:
    house.clock.forward(hours=2)  # before the shift begins no message goes out
    await house.readdress("north-1", None)
    draft = await house.propose("north-1")
    go_away(house, Remote.TEAMS)
    request_id = await house.take(draft)
    await house.settled(request_id, RequestState.BOOKED)
    await waiting(house, request_id, Remote.TEAMS)
    assert house.applied() == 1
    go_away(house, Remote.TEAMS, away=False)
    await house.quiet()
    assert len(house.notifier.notices) == 1
    assert request_id in house.notifier.requests
    (session,) = await house.sessions(request_id)
    assert session.targets[Target.NOTICE] is TargetState.DONE


async def test_what_is_given_up_holds_no_minute_any_more(house: House) -> None:
    draft = await house.propose("north-1")
    house.calendar.fail("free_busy", RuntimeError("a bug of ours"))
    await house.settled(await house.take(draft), RequestState.ESCALATED)
    async with house.store.read() as tx:
        people = [person_resource(one) for one in ("north-1", "mia")]
        held = await drafts.held(tx, people, now=house.clock.now(), besides="")
    assert not held


async def test_a_work_item_is_announced_once_teams_is_back(house: House) -> None:
    draft = await house.propose("north-1")
    house.calendar.fail("free_busy", RuntimeError("a bug of ours"))
    go_away(house, Remote.TEAMS)
    request_id = await house.take(draft)
    await house.settled(request_id, RequestState.ESCALATED)
    await asyncio.sleep(0)
    go_away(house, Remote.TEAMS, away=False)
    await house.quiet()
    assert f"{request_id}-1" in house.notifier.items
