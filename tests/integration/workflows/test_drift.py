"""What was booked is compared with the WFM and the calendar; what no longer stands is said once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from scheduling.domain.meetings import PlaceKind
from scheduling.domain.requests import RequestState, Target, WorkItemCause
from scheduling.domain.times import Interval
from scheduling.ports.calendar import CalendarForbidden, CalendarUnavailable, RoomAnswer
from scheduling.storage import work_items
from scheduling.workflows.drift import EVERY, compare, let_go
from scheduling.workflows.escalation import load_facts
from tests.integration.workflows.house import House
from tests.integration.workflows.small_centre import TUESDAY, actor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
async def booked(house: House) -> str:
    """Book a session in a room; the request's id."""
    request_id = await house.submit("north-1", place=PlaceKind.ROOM)
    await house.settled(request_id, RequestState.BOOKED)
    await house.quiet()
    return request_id


async def said(house: House, request_id: str) -> list[set[Target]]:
    """Compare after the time that a comparison holds; what each work item says is gone."""
    house.clock.instant += EVERY
    await compare(house.runtime)
    await house.quiet()
    async with house.store.read() as tx:
        items = await work_items.of_request(tx, request_id)
    assert {item.cause for item in items} <= {WorkItemCause.DRIFT}
    (session, *_) = await house.sessions(request_id)
    found = [load_facts(item.facts).failed for item in items]
    assert all(one.session_id == session.id for one in sum(found, ()))
    return [{one.target for one in each} for each in found]


async def test_what_stands_is_no_drift(house: House, booked: str) -> None:
    assert await said(house, booked) == []


async def test_what_somebody_took_away_is_said_once(house: House, booked: str) -> None:
    house.wfm.edit("north-1", TUESDAY, ())
    assert await said(house, booked) == [{Target.WFM}]
    assert await said(house, booked) == [{Target.WFM}]
    house.calendar.answers["elm@rooms.example"] = RoomAnswer.DECLINED
    assert await said(house, booked) == [{Target.WFM}, {Target.ROOM}]
    item = await house.item(booked)
    assert item is not None
    await house.desk.send_back(actor("sam"), item.id, item.version, "it was meant")
    assert len(await said(house, booked)) == 2
    assert house.applied() == 0


async def test_a_lost_event_is_made_anew_only_by_a_tap(house: House, booked: str) -> None:
    house.calendar.events.clear()
    assert await said(house, booked) == [{Target.INVITE}]
    assert house.calendar.live == []
    item = await house.item(booked)
    assert item is not None
    await house.desk.try_again(actor("sam"), item.id, item.version)
    await house.quiet()
    (event,) = house.calendar.live
    assert event.people == ["north-1@contoso.example"]
    assert event.draft.room is not None
    assert await said(house, booked) == [{Target.INVITE}]
    assert house.applied() == 1


async def test_an_event_that_somebody_moved_is_put_back_only_by_a_tap(
    house: House, booked: str
) -> None:
    (session,) = await house.sessions(booked)
    (event,) = house.calendar.live
    start = session.interval.start + timedelta(hours=1)
    event.draft = replace(event.draft, interval=Interval(start, start + timedelta(minutes=30)))
    assert await said(house, booked) == [{Target.INVITE}]
    item = await house.item(booked)
    assert item is not None
    await house.desk.try_again(actor("sam"), item.id, item.version)
    await house.quiet()
    (event,) = house.calendar.live
    assert event.draft.interval == session.interval
    assert await said(house, booked) == [{Target.INVITE}]


async def test_an_event_that_could_not_be_made_anew_is_made_by_the_next_tap(
    house: House, booked: str
) -> None:
    house.calendar.events.clear()
    await said(house, booked)
    house.calendar.fail("hold", CalendarForbidden("no right"))
    for events in (0, 1):
        item = await house.item(booked)
        assert item is not None
        assert not item.state.decided
        await house.desk.try_again(actor("sam"), item.id, item.version)
        await house.quiet()
        assert len(house.calendar.live) == events


@pytest.mark.parametrize("moment", ["read", "hold"])
async def test_nothing_is_made_anew_that_outlives_a_cancellation(
    house: House, booked: str, moment: str
) -> None:
    async def cancel(call: str) -> None:
        if call == moment:
            house.calendar.before = None
            await house.desk.cancel(actor("mia"), booked)
            await house.settled(booked, RequestState.CANCELLED)

    house.calendar.events.clear()
    await said(house, booked)
    item = await house.item(booked)
    assert item is not None
    house.calendar.before = cancel
    await house.desk.try_again(actor("sam"), item.id, item.version)
    await house.settled(booked, RequestState.CANCELLED)
    await house.quiet()
    assert not house.calendar.live
    (session,) = await house.sessions(booked)
    assert session.room_attempt == (moment == "hold")
    assert await house.items(booked) == 1


async def test_an_event_is_let_go_of_again_where_a_crash_forgot_that_it_was(
    house: House, booked: str
) -> None:
    house.calendar.events.clear()
    (session,) = await house.sessions(booked)
    assert [await let_go(session.id) for _ in range(2)] == [{"value": True}] * 2


async def test_what_is_taken_back_while_it_is_compared_is_no_drift(
    house: House, booked: str
) -> None:
    async def cancel(_call: str) -> None:
        house.calendar.before = None
        await house.desk.cancel(actor("mia"), booked)
        await house.quiet()

    house.calendar.before = cancel
    assert await said(house, booked) == []


async def test_what_cannot_be_read_is_compared_the_next_time(house: House, booked: str) -> None:
    house.calendar.events.clear()
    house.calendar.fail("read", CalendarUnavailable("down"))
    assert await said(house, booked) == []
    house.clock.instant -= EVERY - timedelta(minutes=1)
    assert await said(house, booked) == [{Target.INVITE}]


async def test_a_comparison_holds_for_an_hour(house: House, booked: str) -> None:
    await said(house, booked)
    reads = house.calendar.calls.count("read")
    house.clock.instant += EVERY - timedelta(minutes=1)
    await compare(house.runtime)
    assert house.calendar.calls.count("read") == reads


async def test_a_mailbox_that_may_not_be_read_keeps_no_other_from_being_compared(
    house: House, booked: str
) -> None:
    other = await house.submit("north-2")
    await house.settled(other, RequestState.BOOKED)
    await house.quiet()
    house.wfm.edit("north-2", TUESDAY, ())
    house.calendar.fail("read", CalendarForbidden("no right"))
    assert await said(house, booked) == []
    assert await house.items(other) == 1
