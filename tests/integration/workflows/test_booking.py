"""A booking is written everywhere in order; before the pivot it is taken back, after it not."""

import pytest
import structlog

from scheduling.domain.meetings import PlaceKind
from scheduling.domain.requests import (
    RequestState,
    SessionState,
    Target,
    TargetState,
    WorkItemCause,
    WorkItemState,
)
from scheduling.ports.calendar import CalendarForbidden, CalendarUnavailable, RoomAnswer
from scheduling.ports.wfm import Rejected, Unavailable
from tests.integration.workflows.house import House
from tests.integration.workflows.small_centre import MONDAY, actor
from wfm.centre.memory import Fault


async def test_a_choice_is_booked_everywhere_in_order(house: House) -> None:
    request_id = await house.submit("north-1")
    assert (await house.settled(request_id)).state is RequestState.BOOKED
    await house.quiet()
    (session,) = await house.sessions(request_id)
    assert session.targets == {
        Target.WFM: TargetState.DONE,
        Target.ROOM: TargetState.DONE,
        Target.INVITE: TargetState.DONE,
        Target.NOTICE: TargetState.SKIPPED,
    }
    assert house.notifier.notices == []
    assert house.applied() == 1
    (event,) = house.calendar.live
    assert event.people == ["north-1@contoso.example"]
    assert event.draft.interval == session.interval
    written = [call for call in house.calendar.calls if call in ("hold", "read", "invite")]
    assert written[:3] == ["hold", "read", "invite"]
    assert await house.item(request_id) is None
    assert request_id in house.notifier.requests


async def test_an_attendee_hears_in_chat_of_what_is_less_than_a_day_ahead(house: House) -> None:
    house.clock.forward(hours=2)  # before the shift begins no message goes out
    request_id = await house.submit("north-1", first=MONDAY)
    await house.settled(request_id)
    await house.quiet()
    assert [notice.person_id for notice in house.notifier.notices] == ["north-1"]
    (session,) = await house.sessions(request_id)
    assert session.targets[Target.NOTICE] is TargetState.DONE


async def test_a_lost_answer_is_settled_by_asking_and_never_by_sending_again(house: House) -> None:
    house.wfm.faults.plan("apply", Fault(lose_answer=True))
    request_id = await house.submit("north-1")
    assert (await house.settled(request_id)).state is RequestState.BOOKED
    assert house.applied() == 1
    calls = [call.name for call in house.wfm.journal if call.name in ("status", "apply")]
    assert calls == ["status", "apply", "status"]


async def test_a_passing_fault_is_tried_again(house: House) -> None:
    house.wfm.faults.plan("apply", Fault(error=Unavailable("down")))
    house.calendar.fail("hold", CalendarUnavailable("down"), CalendarUnavailable("down"))
    house.calendar.fail("invite", CalendarUnavailable("down"))
    request_id = await house.submit("north-1")
    assert (await house.settled(request_id)).state is RequestState.BOOKED
    assert house.applied() == len(house.calendar.live) == 1


async def test_what_the_wfm_rejects_is_undone_and_given_to_a_human(house: House) -> None:
    house.wfm.faults.plan("apply", Fault(error=Rejected("no", ["rest rule"])))
    request_id = await house.submit("north-1")
    row = await house.settled(request_id, RequestState.ESCALATED)
    item = await house.item(request_id)
    assert item is not None
    assert (item.cause, item.state) == (WorkItemCause.WRITE_FAILED, WorkItemState.OPEN)
    assert row.trouble == "write_failed"
    (session,) = await house.sessions(request_id)
    assert session.state is SessionState.FAILED
    assert house.applied() == len(house.calendar.events) == 0


async def test_the_minutes_of_a_failed_session_are_free_again(house: House) -> None:
    house.wfm.faults.plan("apply", Fault(error=Rejected("no")))
    failed = await house.submit("north-1")
    await house.settled(failed, RequestState.ESCALATED)
    again = await house.submit("north-1", who="tom")
    assert (await house.settled(again)).state is RequestState.BOOKED
    assert (await house.sessions(again))[0].interval == (await house.sessions(failed))[0].interval


async def test_a_failed_write_spoils_only_its_own_session_and_is_reported_once(
    house: House,
) -> None:
    house.wfm.faults.plan("apply", Fault(error=Rejected("no")))
    request_id = await house.submit("north-1", "north-2")
    await house.settled(request_id, RequestState.PARTLY_BOOKED)
    item = await house.item(request_id)
    assert item is not None
    assert item.cause is WorkItemCause.WRITE_FAILED
    assert house.applied() == len(house.calendar.live) == 1
    await house.desk.force(actor("sam"), item.id, item.version, "she is waiting")
    assert (await house.settled(request_id, RequestState.BOOKED)).state is RequestState.BOOKED
    assert house.applied() == len(house.calendar.live) == 2
    assert await house.items(request_id) == 1


async def test_a_room_that_declines_gives_way_to_the_next(house: House) -> None:
    house.calendar.answers["elm@rooms.example"] = RoomAnswer.DECLINED
    house.calendar.answers["oak@rooms.example"] = RoomAnswer.ACCEPTED
    request_id = await house.submit("north-1", place=PlaceKind.ROOM)
    assert (await house.settled(request_id)).state is RequestState.BOOKED
    (session,) = await house.sessions(request_id)
    assert (session.room_name, session.place) == ("Oak", PlaceKind.ROOM)
    (event,) = house.calendar.live
    assert event.draft.room is not None
    assert event.draft.room.address == "oak@rooms.example"


async def test_where_no_room_ever_answers_the_session_goes_online(house: House) -> None:
    for room in house.calendar.listed:
        house.calendar.answers[room.id] = RoomAnswer.NONE
    request_id = await house.submit("north-1", place=PlaceKind.ROOM)
    assert (await house.settled(request_id)).state is RequestState.BOOKED
    (session,) = await house.sessions(request_id)
    assert (session.place, session.room_id) == (PlaceKind.ONLINE, None)
    assert session.join_url == "https://meet.example/1"
    (event,) = house.calendar.live
    assert event.draft.room is None
    assert event.people == ["north-1@contoso.example"]
    assert house.applied() == 1


async def test_after_the_pivot_nothing_is_undone(house: House) -> None:
    house.calendar.fail("invite", CalendarForbidden("no right"))
    request_id = await house.submit("north-1")
    row = await house.settled(request_id)
    assert row.state is RequestState.BOOKED
    item = await house.item(request_id)
    assert item is not None
    assert item.cause is WorkItemCause.WRITE_FAILED
    (session,) = await house.sessions(request_id)
    assert session.state is SessionState.BOOKED
    assert session.targets[Target.INVITE] is TargetState.FAILED
    assert session.targets[Target.WFM] is TargetState.DONE
    assert house.applied() == len(house.calendar.live) == 1


@pytest.mark.parametrize("call", ["hold", "invite"], ids=["before-the-pivot", "after-the-pivot"])
async def test_a_booking_that_is_cancelled_meanwhile_leaves_nothing(
    house: House, call: str
) -> None:
    cancelled: list[str] = []

    async def cancel(name: str) -> None:
        if name == call and not cancelled:
            cancelled.append(name)
            await house.desk.cancel(actor("mia"), request_id)

    house.calendar.before = cancel
    request_id = await house.submit("north-1")
    row = await house.settled(request_id, RequestState.UNDONE)
    assert row.trouble is None
    assert house.applied() == len(house.calendar.live) == 0
    assert [s.state for s in await house.sessions(request_id)] == [SessionState.CANCELLED]
    assert await house.item(request_id) is None


async def test_no_log_line_holds_a_reason_an_address_or_a_name(house: House) -> None:
    house.wfm.faults.plan("apply", Fault(error=Rejected("no", ["canary-rule"])))
    with structlog.testing.capture_logs() as logs:
        request_id = await house.submit("north-1")
        await house.settled(request_id, RequestState.ESCALATED)
        item = await house.item(request_id)
        assert item is not None
        await house.desk.force(actor("sam"), item.id, item.version, "canary-reason")
        await house.settled(request_id, RequestState.BOOKED)
        await house.quiet()
    assert {"write_failed", "request_placed"} <= {entry["event"] for entry in logs}
    for word in ("canary", "@", "Agent", "Mia"):
        assert word not in str(logs)
