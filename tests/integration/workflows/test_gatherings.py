"""A meeting of several people: one event, everybody's own exception, and never fewer than a quorum."""

import pytest
import sqlalchemy as sa

from scheduling.domain.meetings import PlaceKind, Room
from scheduling.domain.notices import NoticeKind
from scheduling.domain.proposals import Proposal
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.requests import (
    RequestState,
    SessionState,
    Target,
    TargetState,
    WorkItemCause,
    WorkItemState,
)
from scheduling.domain.rules import Rule
from scheduling.ports.calendar import CalendarForbidden, RoomAnswer
from scheduling.ports.wfm import Rejected
from scheduling.storage import bookings, drafts
from scheduling.storage import tables as t
from scheduling.workflows import drift, gatherings, writes
from tests.integration.workflows.house import House
from tests.integration.workflows.small_centre import TUESDAY, actor, ask_for, meeting_of
from tests.support.postgres import BOTH
from wfm.centre.memory import Fault

THREE = ("north-1", "north-2", "north-3")
FOUR = (*THREE, "north-4")


async def proposed(house: House, *attendees: str, **changes: object) -> Proposal:
    draft = await house.look_at(meeting_of(*attendees, **changes))
    async with house.store.read() as tx:
        found = await drafts.proposal(tx, draft)
    assert found is not None
    return found


@BOTH
async def test_a_meeting_is_one_event_and_an_exception_for_each(house: House) -> None:
    request_id = await house.gather(meeting_of(*THREE, place=PlaceKind.ROOM))
    assert (await house.settled(request_id)).state is RequestState.BOOKED
    await house.quiet()
    (event,) = house.calendar.events.values()
    assert event.people == [f"{one}@contoso.example" for one in THREE]
    assert event.draft.room is not None
    assert not event.draft.private
    assert house.calendar.calls.count("invite") == 1
    assert house.applied() == 3
    sessions = await house.sessions(request_id)
    assert {one.attendee_id for one in sessions} == set(THREE)
    assert {one.targets[Target.INVITE] for one in sessions} == {TargetState.DONE}
    gathering = await house.gathering(request_id)
    assert gathering.state is SessionState.BOOKED
    assert {(one.interval, one.room_id) for one in sessions} == {
        (gathering.interval, gathering.room_id)
    }


async def test_the_requester_sees_one_meeting_who_comes_and_who_does_not(house: House) -> None:
    house.wfm.edit("north-4", TUESDAY, ())
    request_id = await house.gather(meeting_of(*FOUR, quorum=3))
    assert (await house.settled(request_id)).state is RequestState.BOOKED
    view = await house.view(request_id)
    assert view.gathering is not None
    assert view.gathering.targets[Target.ROOM] is TargetState.DONE
    assert view.gathering.join_url == "https://meet.example/1"
    assert [one.attendee_id for one in view.sessions] == list(THREE)
    assert view.missing == ("Agent north-4",)
    assert house.applied() == 3


async def test_a_proposal_names_who_is_missing_and_offers_a_time_with_everybody(
    house: House,
) -> None:
    house.wfm.edit("north-2", TUESDAY, ())
    (session,) = (await proposed(house, *THREE, optional_ids=("north-2",))).sessions
    assert session.attendee_name == "Team meeting"
    assert session.names["north-2"] == "Agent north-2"
    assert {one.missing_ids for one in session.options} == {("north-2",)}
    (later,) = (
        await proposed(house, *THREE, optional_ids=("north-2",), dates=ask_for("x", days=2).dates)
    ).sessions
    assert any(not one.missing_ids for one in later.options)


async def test_who_is_required_keeps_a_meeting_from_being_without_them(house: House) -> None:
    house.wfm.edit("north-2", TUESDAY, ())
    (unplaced,) = (await proposed(house, *THREE)).unplaced
    assert unplaced.attendee_name == "Team meeting"
    assert Rule.UNAVAILABLE in unplaced.conflict


async def test_too_few_of_those_asked_is_said_and_fewer_can_be_allowed(house: House) -> None:
    for one in ("north-3", "north-4"):
        house.wfm.edit(one, TUESDAY, ())
    (unplaced,) = (await proposed(house, *FOUR, quorum=3)).unplaced
    assert Rule.QUORUM in unplaced.conflict
    step = next(step for step in unplaced.funnel if step.rule is Rule.QUORUM)
    assert step.before > step.after == 0
    way = next(way for way in unplaced.ways_out if way.rules == {Rule.QUORUM})
    assert set(way.option.missing_ids) == {"north-3", "north-4"}


async def test_fewer_than_asked_for_are_booked_once_a_scheduler_grants_it(house: House) -> None:
    for one in ("north-3", "north-4"):
        house.wfm.edit(one, TUESDAY, ())
    request_id = await house.gather(meeting_of(*FOUR, quorum=3), escalate=True)
    await house.settled(request_id, RequestState.ESCALATED)
    item = await house.item(request_id)
    assert item is not None
    shown = await house.desk.work_item(actor("sam"), item.id)
    place = next(n for n, way in enumerate(shown.ways_out) if way.rules == {Rule.QUORUM})
    await house.desk.approve(actor("sam"), item.id, shown.version, place)
    assert (await house.settled(request_id)).state is RequestState.BOOKED
    assert {one.attendee_id for one in await house.sessions(request_id)} == {"north-1", "north-2"}


@BOTH
async def test_whom_the_wfm_refuses_stays_away_where_a_quorum_is_left(house: House) -> None:
    house.wfm.faults.plan("apply", Fault(error=Rejected("no")))
    request_id = await house.gather(meeting_of(*FOUR, quorum=3))
    assert (await house.settled(request_id)).state is RequestState.PARTLY_BOOKED
    await house.quiet()
    states = [one.state for one in await house.sessions(request_id)]
    assert sorted(states) == [SessionState.BOOKED] * 3 + [SessionState.FAILED]
    (event,) = house.calendar.live
    assert len(event.people) == house.applied() == 3
    item = await house.item(request_id)
    assert item is not None
    assert item.cause is WorkItemCause.WRITE_FAILED


@BOTH
async def test_below_the_quorum_everything_is_taken_back(house: House) -> None:
    house.wfm.faults.plan("apply", Fault())
    house.wfm.faults.plan("apply", Fault(error=Rejected("no")))
    request_id = await house.gather(meeting_of(*THREE))
    assert (await house.settled(request_id, RequestState.ESCALATED)).trouble == "write_failed"
    await house.quiet()
    assert house.applied() == 0
    assert house.calendar.events == {}
    item = await house.item(request_id)
    assert item is not None
    shown = await house.desk.work_item(actor("sam"), item.id)
    assert len(shown.failed) == 1


async def test_tried_again_who_was_refused_joins_the_meeting_that_stands(house: House) -> None:
    house.wfm.faults.plan("apply", Fault(error=Rejected("no")))
    request_id = await house.gather(meeting_of(*FOUR, quorum=3))
    await house.settled(request_id, RequestState.PARTLY_BOOKED)
    await house.quiet()
    item = await house.item(request_id)
    assert item is not None
    await house.desk.try_again(actor("sam"), item.id, item.version)
    assert (await house.settled(request_id, RequestState.BOOKED)).trouble is None
    await house.quiet()
    (event,) = house.calendar.events.values()
    assert event.people == [f"{one}@contoso.example" for one in FOUR]
    assert house.applied() == 4


async def test_a_meeting_that_could_not_be_held_is_placed_anew(house: House) -> None:
    house.wfm.faults.plan("apply", Fault(error=Rejected("no")))
    request_id = await house.gather(meeting_of(*THREE))
    await house.settled(request_id, RequestState.ESCALATED)
    await house.quiet()
    item = await house.item(request_id)
    assert item is not None
    await house.desk.try_again(actor("sam"), item.id, item.version)
    assert (await house.settled(request_id, RequestState.BOOKED)).trouble is None
    assert house.applied() == 3
    assert len((await house.view(request_id)).sessions) == 3


async def test_a_declined_room_is_changed_for_all(house: House) -> None:
    house.calendar.answers["elm@rooms.example"] = RoomAnswer.DECLINED
    request_id = await house.gather(meeting_of(*THREE, place=PlaceKind.ROOM))
    assert (await house.settled(request_id)).state is RequestState.BOOKED
    rooms = {one.room_id for one in await house.sessions(request_id)}
    assert rooms == {"oak@rooms.example"}
    (event,) = house.calendar.live
    assert len(event.people) == 3


async def test_a_room_that_lacks_something_or_seats_too_few_is_not_taken(house: House) -> None:
    house.calendar.listed = [
        Room(id="nook@x", name="Nook", capacity=3, building="Leeds"),
        Room(id="hall@x", name="Hall", capacity=12, building="Leeds"),
        Room(
            id="lab@x",
            name="Lab",
            capacity=20,
            building="Leeds",
            equipment=frozenset({"projector"}),
        ),
    ]
    (session,) = (await proposed(house, *THREE, place=PlaceKind.ROOM)).sessions
    assert session.best.room_id == "hall@x"
    (session,) = (
        await proposed(house, *THREE, place=PlaceKind.ROOM, equipment=frozenset({"projector"}))
    ).sessions
    assert session.best.room_id == "lab@x"


@BOTH
async def test_undoing_takes_the_whole_meeting_back(house: House) -> None:
    request_id = await house.gather(meeting_of(*THREE, place=PlaceKind.ROOM))
    await house.settled(request_id, RequestState.BOOKED)
    await house.desk.undo(actor("mia"), request_id)
    assert (await house.settled(request_id, RequestState.UNDONE)).trouble is None
    await house.quiet()
    assert house.applied() == len(house.calendar.live) == 0
    assert "withdraw" not in house.calendar.calls
    again = await house.gather(meeting_of(*THREE, place=PlaceKind.ROOM))
    assert (await house.settled(again)).state is RequestState.BOOKED


async def test_one_answer_ends_the_time_for_undoing(house: House) -> None:
    request_id = await house.gather(meeting_of(*FOUR))
    await house.settled(request_id, RequestState.BOOKED)
    house.calendar.replies["north-3@contoso.example"] = "accepted"
    with pytest.raises(Refused) as refused:
        await house.desk.undo(actor("mia"), request_id)
    assert refused.value.refusal is Refusal.UNDO_OVER


async def test_an_invitation_that_fails_is_one_failure_and_can_be_tried_again(
    house: House,
) -> None:
    house.calendar.fail("invite", CalendarForbidden("no"))
    request_id = await house.gather(meeting_of(*FOUR))
    await house.settled(request_id, RequestState.BOOKED)
    await house.quiet()
    item = await house.item(request_id)
    assert item is not None
    shown = await house.desk.work_item(actor("sam"), item.id)
    assert [one.target for _, one in shown.failed] == [Target.INVITE]
    await house.desk.try_again(actor("sam"), item.id, item.version)
    await house.quiet()
    (event,) = house.calendar.events.values()
    assert len(event.people) == 4


async def test_who_declines_leaves_the_meeting_that_stands_once(house: House) -> None:
    request_id = await house.gather(meeting_of(*FOUR, quorum=3))
    await house.settled(request_id, RequestState.BOOKED)
    await house.quiet()
    house.calendar.replies["north-3@contoso.example"] = "declined"
    for _ in range(2):
        house.clock.instant += drift.EVERY
        await drift.compare(house.runtime)
        await house.quiet()
    states = {one.attendee_id: one.state for one in await house.sessions(request_id)}
    assert states.pop("north-3") is SessionState.CANCELLED
    assert set(states.values()) == {SessionState.BOOKED}
    (event,) = house.calendar.live
    assert event.people == [f"{one}@contoso.example" for one in FOUR if one != "north-3"]
    assert house.applied() == len(states)
    assert await house.items(request_id) == 0
    row = await house.row(request_id)
    assert row.state is RequestState.BOOKED
    world = await house.runtime.search.world(row.ask, "north", fresh=True, besides=row.draft_id)
    assert await gatherings.rejoining(house.runtime, row, world) == [], "who left is asked no more"


async def declined(house: House, *who: str) -> None:
    """Let people decline, and let that be seen."""
    house.calendar.replies |= {f"{one}@contoso.example": "declined" for one in who}
    house.clock.instant += drift.EVERY
    await drift.compare(house.runtime)
    await house.quiet()


async def told_mia(house: House) -> list[NoticeKind]:
    async with house.store.read() as tx:
        rows = await tx.scalars(sa.select(t.outbox.c.kind).where(t.outbox.c.person_id == "mia"))
        return [NoticeKind(one) for one in rows]


@BOTH
async def test_a_meeting_that_lost_too_many_is_decided_on_by_who_asked_and_a_scheduler(
    house: House,
) -> None:
    request_id = await house.gather(meeting_of(*FOUR, quorum=3))
    await house.settled(request_id, RequestState.BOOKED)
    await house.quiet()
    await declined(house, "north-1")
    assert await house.items(request_id) == 0
    assert await told_mia(house) == [NoticeKind.GAVE_UP]
    await declined(house, "north-2")
    item = await house.item(request_id)
    assert item is not None
    gathering = await house.gathering(request_id)
    assert (item.cause, item.decide_by) == (WorkItemCause.TOO_FEW, gathering.interval.start)
    assert await told_mia(house) == [NoticeKind.GAVE_UP, NoticeKind.TOO_FEW]
    await declined(house, "north-3")
    assert await house.items(request_id) == 1
    with pytest.raises(Refused) as caught:
        await house.desk.try_again(actor("sam"), item.id, item.version)
    assert caught.value.refusal is Refusal.STALE
    kept = await house.desk.keep(actor("sam"), item.id, item.version)
    assert kept.state is WorkItemState.KEPT
    await house.quiet()
    assert gathering.state is (await house.gathering(request_id)).state is SessionState.BOOKED
    assert (await house.row(request_id)).state is RequestState.BOOKED


async def test_a_meeting_without_somebody_it_needs_is_cancelled_by_one_tap(house: House) -> None:
    request_id = await house.gather(meeting_of(*FOUR, optional_ids=("north-4",)))
    await house.settled(request_id, RequestState.BOOKED)
    await house.quiet()
    await declined(house, "north-4")
    assert await house.items(request_id) == 0
    await declined(house, "north-1")
    item = await house.item(request_id)
    assert item is not None
    assert item.cause is WorkItemCause.TOO_FEW
    await house.desk.cancel(actor("sam"), request_id)
    await house.settled(request_id, RequestState.CANCELLED)
    await house.quiet()
    assert (await house.desk.work_item(actor("sam"), item.id)).state is WorkItemState.CLOSED
    assert house.applied() == len(house.calendar.live) == 0


async def test_an_event_that_is_gone_is_made_anew_for_everybody(house: House) -> None:
    request_id = await house.gather(meeting_of(*FOUR))
    await house.settled(request_id, RequestState.BOOKED)
    await house.quiet()
    (event,) = house.calendar.live
    event.cancelled = True
    await drift.compare(house.runtime)
    item = await house.item(request_id)
    assert item is not None
    await house.desk.try_again(actor("sam"), item.id, item.version)
    await house.quiet()
    (again,) = house.calendar.live
    assert len(again.people) == 4


async def test_a_single_session_of_a_group_type_is_not_to_be_had(house: House) -> None:
    with pytest.raises(Refused):
        await house.look_at(meeting_of(*THREE, together=False))


async def test_who_leads_a_meeting_leads_no_other_in_its_minutes(house: House) -> None:
    first = await house.gather(meeting_of(*THREE))
    await house.settled(first, RequestState.BOOKED)
    second = await house.submit("north-5")
    assert (await house.settled(second)).state is RequestState.BOOKED
    gathering = await house.gathering(first)
    (session,) = await house.sessions(second)
    assert not session.interval.overlaps(gathering.interval)


async def test_who_gets_no_invite_to_a_meeting_hears_that_its_room_is_lost(house: House) -> None:
    await house.readdress("north-2", None)
    request_id = await house.gather(meeting_of(*THREE, place=PlaceKind.ROOM))
    await house.settled(request_id, RequestState.BOOKED)
    await house.quiet()
    gathering = await house.gathering(request_id)
    house.calendar.answers[str(gathering.room_id)] = RoomAnswer.DECLINED
    await drift.compare(house.runtime)
    async with house.store.read() as tx:
        told = await tx.scalars(
            sa.select(t.outbox.c.person_id).where(t.outbox.c.key.contains(":room_lost:"))
        )
        assert list(told) == ["north-2"]


@BOTH
async def test_who_leaves_is_taken_off_and_the_last_one_ends_the_meeting(house: House) -> None:
    request_id = await house.gather(meeting_of(*THREE, place=PlaceKind.ROOM))
    await house.settled(request_id, RequestState.BOOKED)
    await house.quiet()
    (event,) = house.calendar.live
    for left, one in enumerate(reversed(await house.sessions(request_id))):
        for _ in range(2):  # as after a crash
            await writes.undo_event(house.runtime, one)
            await writes.undo_exception(house.runtime, one)
        async with house.store.write() as tx:
            await bookings.free(tx, one.id, SessionState.CANCELLED)
        assert house.applied() == len(THREE) - 1 - left
        assert event.cancelled is (left == 2)
        if left < 2:
            assert len(event.people) == house.applied()
    assert (await house.gathering(request_id)).state is SessionState.CANCELLED
    assert house.calendar.calls.count("cancel") == 1
    again = await house.gather(meeting_of(*THREE, place=PlaceKind.ROOM))
    assert (await house.settled(again)).state is RequestState.BOOKED
