"""Undo takes every write back, last first, within its time; what it cannot goes to a human."""

import asyncio
from datetime import timedelta

import pytest

from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.requests import (
    RequestState,
    SessionState,
    Target,
    TargetState,
    WorkItemCause,
)
from scheduling.ports.calendar import CalendarForbidden, CalendarUnavailable
from scheduling.storage import bookings
from tests.integration.workflows.house import House
from tests.integration.workflows.small_centre import TUESDAY, actor
from tests.support.postgres import BOTH
from wfm.centre.memory import Fault


@pytest.fixture
async def booked(house: House) -> str:
    """Book two sessions; the request's id."""
    request_id = await house.submit("north-1", "north-2")
    assert (await house.settled(request_id)).state is RequestState.BOOKED
    return request_id


@BOTH
async def test_undo_takes_everything_back(house: House, booked: str) -> None:
    await house.desk.undo(actor("mia"), booked)
    assert (await house.settled(booked, RequestState.UNDONE)).undo_until is None
    assert house.applied() == len(house.calendar.live) == 0
    for session in await house.sessions(booked):
        assert session.targets[Target.WFM] is TargetState.UNDONE
        assert session.targets[Target.INVITE] is TargetState.UNDONE


async def test_a_lost_answer_to_the_undo_is_settled(house: House, booked: str) -> None:
    house.wfm.faults.plan("undo", Fault(lose_answer=True))
    await house.desk.undo(actor("mia"), booked)
    assert (await house.settled(booked, RequestState.UNDONE)).trouble is None
    assert house.applied() == 0


async def test_minutes_that_somebody_changed_go_to_a_human_and_the_rest_is_undone(
    house: House, booked: str
) -> None:
    house.wfm.edit("north-1", TUESDAY, ())
    await house.desk.undo(actor("mia"), booked)
    row = await house.settled(booked, RequestState.UNDONE)
    assert row.trouble == "undo_failed"
    item = await house.item(booked)
    assert item is not None
    assert item.cause is WorkItemCause.UNDO_FAILED
    assert house.applied() == len(house.calendar.live) == 0


async def test_undo_is_over_after_its_time_and_cancel_is_not(house: House, booked: str) -> None:
    house.clock.instant += timedelta(minutes=15)
    with pytest.raises(Refused) as caught:
        await house.desk.undo(actor("mia"), booked)
    assert (caught.value.refusal, caught.value.facts) == (Refusal.UNDO_OVER, {"why": "time"})
    assert (await house.view(booked)).can_cancel
    await house.desk.cancel(actor("mia"), booked)
    await house.settled(booked, RequestState.CANCELLED)
    assert house.applied() == len(house.calendar.live) == 0


async def test_what_has_taken_place_is_not_cancelled_with_the_rest(
    house: House, booked: str
) -> None:
    held, ahead = sorted(await house.sessions(booked), key=lambda one: one.interval.start)
    assert held.interval.end <= ahead.interval.start
    house.clock.instant = held.interval.start
    await house.desk.cancel(actor("mia"), booked)
    await house.settled(booked, RequestState.BOOKED)
    states = {one.id: one.state for one in await house.sessions(booked)}
    assert states == {held.id: SessionState.BOOKED, ahead.id: SessionState.CANCELLED}
    assert house.applied() == len(house.calendar.live) == 1
    for take_back in (house.desk.cancel, house.desk.undo):
        with pytest.raises(Refused) as caught:
            await take_back(actor("mia"), booked)
        assert caught.value.refusal is Refusal.UNDO_OVER
    assert not (await house.view(booked)).can_cancel


async def test_undo_is_over_once_an_attendee_has_answered(house: House, booked: str) -> None:
    house.calendar.replies["north-2@contoso.example"] = "accepted"
    with pytest.raises(Refused) as caught:
        await house.desk.undo(actor("mia"), booked)
    assert (caught.value.refusal, caught.value.facts) == (Refusal.UNDO_OVER, {"why": "acted"})
    assert (await house.row(booked)).state is RequestState.BOOKED


async def test_two_taps_on_undo_are_one(house: House, booked: str) -> None:
    await house.desk.undo(actor("mia"), booked)
    await house.desk.undo(actor("mia"), booked)
    await house.settled(booked, RequestState.UNDONE)
    assert sum(call.name == "undo" for call in house.wfm.journal) == 2


async def test_an_undo_that_cannot_read_the_calendar_is_refused(house: House, booked: str) -> None:
    for error in (CalendarUnavailable("down"), CalendarForbidden("no right")):
        house.calendar.fail("read", error)
        with pytest.raises(Refused) as caught:
            await house.desk.undo(actor("mia"), booked)
        assert caught.value.refusal is Refusal.CALENDAR_AWAY
    assert (await house.row(booked)).state is RequestState.BOOKED


async def test_an_undo_reads_nothing_for_who_may_not_undo(house: House, booked: str) -> None:
    house.calendar.calls.clear()
    with pytest.raises(Refused) as caught:
        await house.desk.undo(actor("tom"), booked)
    assert caught.value.refusal is Refusal.NOT_YOUR_ROLE
    assert house.calendar.calls == []


async def test_an_undo_reads_all_calendars_at_once(house: House, booked: str) -> None:
    under_way: list[str] = []
    all_there = asyncio.Event()

    async def wait_for_the_other(call: str) -> None:
        under_way.append(call)
        if under_way.count("read") == 2:
            all_there.set()
        if call == "read":
            await asyncio.wait_for(all_there.wait(), 5)

    house.calendar.before = wait_for_the_other
    await house.desk.undo(actor("mia"), booked)
    await house.settled(booked, RequestState.UNDONE)


@pytest.mark.parametrize("address", [None, "mia.new@contoso.example"])
async def test_an_event_is_cancelled_where_it_was_made_whatever_the_leaders_address_is_now(
    house: House, booked: str, address: str | None
) -> None:
    await house.readdress("mia", address)
    await house.desk.undo(actor("mia"), booked)
    assert (await house.settled(booked, RequestState.UNDONE)).trouble is None
    assert house.calendar.live == []


async def test_an_event_that_a_search_does_not_find_yet_is_cancelled_where_it_is_known(
    house: House, booked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def finds_nothing(_organiser: str, _key: str) -> None:
        return None

    monkeypatch.setattr(house.calendar, "find", finds_nothing)
    await house.desk.undo(actor("mia"), booked)
    await house.settled(booked, RequestState.UNDONE)
    assert house.calendar.live == []


async def test_an_event_that_may_exist_and_cannot_be_looked_for_goes_to_a_human(
    house: House, booked: str
) -> None:
    """As where the answer to making the event was lost, and the leader's mailbox since."""
    for session in await house.sessions(booked):
        async with house.store.write() as tx:
            await bookings.update_session(tx, session.id, event=None)
    await house.readdress("mia", None)
    await house.desk.undo(actor("mia"), booked)
    assert (await house.settled(booked, RequestState.UNDONE)).trouble == "undo_failed"
    assert await house.items(booked) == 1
