"""A meeting of several people is moved, and cancelled, as one: all of them, or nobody."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from scheduling.domain.changes import ChangeState, ChangeView
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.requests import RequestState, SessionState
from scheduling.domain.times import DAY, DateRange, WallWindow
from scheduling.ports.calendar import CalendarForbidden, RoomAnswer
from scheduling.ports.wfm import Rejected
from scheduling.storage import standins
from scheduling.storage import tables as t
from scheduling.storage.bookings import SessionRow
from scheduling.workflows.changes_port import Sought
from tests.integration.workflows.gathered import THREE, everything, reserved, whole
from tests.integration.workflows.house import House
from tests.integration.workflows.small_centre import TUESDAY, actor, meeting_of
from tests.integration.workflows.test_moves import ended
from tests.support.postgres import BOTH
from wfm.centre.memory import Fault

TUESDAYS = DateRange(TUESDAY, TUESDAY + DAY)
WEDNESDAY = DateRange(TUESDAY + DAY, TUESDAY + 2 * DAY)


@pytest.fixture
async def booked(house: House) -> str:
    """Book a meeting of three, in a room; the request's id."""
    request_id = await house.gather(meeting_of(*THREE, place=PlaceKind.ROOM))
    assert (await house.settled(request_id)).state is RequestState.BOOKED
    await house.quiet()
    return request_id


async def proposed(
    house: House, request_id: str, dates: DateRange = WEDNESDAY, window: WallWindow | None = None
) -> ChangeView:
    """Look for a time for all of the meeting."""
    gathering = await house.gathering(request_id)
    return await house.changes.propose_move(actor("mia"), gathering.id, dates, window)


async def take(house: House, offer: ChangeView) -> None:
    """Tap the best time that is offered."""
    await house.changes.move(actor("mia"), offer.id, offer.version, 0)


async def moved(house: House, request_id: str) -> ChangeView:
    """Move the meeting to the best time on Wednesday."""
    offer = await proposed(house, request_id)
    await take(house, offer)
    return await ended(house, offer.id)


def later(row: SessionRow, minutes: int = 15) -> WallWindow:
    """Return the time of day a little later, over the old one's end; London is on UTC."""
    start = row.interval.start + timedelta(minutes=minutes)
    return WallWindow(start.time(), (start + timedelta(minutes=30)).time())


@BOTH
async def test_a_meeting_is_moved_for_all_and_its_event_once(house: House, booked: str) -> None:
    before = await house.gathering(booked)
    view = await moved(house, booked)
    assert (view.state, view.session.gathers, len(view.session.names)) == (
        ChangeState.DONE,
        True,
        3,
    )
    after = await whole(house, booked)
    assert after.interval.start.date() == TUESDAY + DAY
    assert (after.id, after.event, after.moves) == (before.id, before.event, 1)
    assert house.calendar.moved == 1
    assert (await house.row(booked)).state is RequestState.BOOKED
    async with house.store.read() as tx:
        past = await standins.of_request(tx, booked)
    assert {(one.state, one.interval, one.room_id) for one in past} == {
        (SessionState.MOVED, before.interval, before.room_id)
    }
    assert len(past) == 4
    assert await house.items(booked) == 0


async def test_who_must_be_there_is_at_every_time_that_is_offered(
    house: House, booked: str
) -> None:
    house.wfm.edit("north-3", TUESDAY + DAY, ())
    none = await proposed(house, booked)
    assert none.proposal is not None
    assert none.proposal.sessions == ()
    assert [one.attendee_name for one in none.proposal.unplaced] == ["Team meeting"]
    some = await proposed(house, booked, DateRange(TUESDAY, TUESDAY + 3 * DAY))
    assert some.proposal is not None
    (offered,) = some.proposal.sessions
    here = (await house.gathering(booked)).interval
    assert len(offered.options) == 3
    assert all(not one.missing_ids and one.interval != here for one in offered.options)


@BOTH
async def test_who_cannot_come_is_named_before_and_taken_off_once_it_stands(house: House) -> None:
    for one in ("north-1", "north-4"):
        await house.readdress(one, None)
    request_id = await house.gather(meeting_of(*THREE, "north-4", quorum=3))
    await house.settled(request_id, RequestState.BOOKED)
    await house.quiet()
    house.wfm.edit("north-4", TUESDAY + DAY, ())
    offer = await proposed(house, request_id)
    assert offer.proposal is not None
    (offered,) = offer.proposal.sessions
    assert {one.missing_ids for one in offered.options} == {("north-4",)}
    assert offered.names["north-4"] == "Agent north-4"
    house.calendar.fail("move", CalendarForbidden("no right"))
    await take(house, offer)
    assert (await ended(house, offer.id)).state is ChangeState.FAILED
    assert house.applied() == 4  # nobody is taken off a meeting that does not move

    again = await proposed(house, request_id)
    await take(house, again)
    view = await ended(house, again.id)
    assert (view.state, view.missing, len(view.session.names)) == (
        ChangeState.DONE,
        ("Agent north-4",),
        3,
    )
    assert view.undo_until is None
    states = {one.attendee_id: one.state for one in await house.sessions(request_id)}
    assert states.pop("north-4") is SessionState.CANCELLED
    assert set(states.values()) == {SessionState.BOOKED}
    assert house.applied() == 3
    (event,) = house.calendar.live
    assert event.people == ["north-2@contoso.example", "north-3@contoso.example"]
    assert await reserved(house, request_id) == 4 * 6
    assert (await house.row(request_id)).state is RequestState.BOOKED
    assert await house.items(request_id) == 0


@BOTH
async def test_its_own_minutes_are_free_so_that_it_moves_by_a_quarter(
    house: House, booked: str
) -> None:
    before = await house.gathering(booked)
    offer = await proposed(house, booked, TUESDAYS, later(before))
    await take(house, offer)
    assert (await ended(house, offer.id)).state is ChangeState.DONE
    after = await whole(house, booked)
    assert after.interval.start - before.interval.start == timedelta(minutes=15)
    assert after.room_id == before.room_id


@pytest.mark.parametrize("overlapping", [False, True])
@pytest.mark.parametrize("call", ["apply", "move"])
async def test_what_cannot_be_written_leaves_the_meeting_whole(
    house: House, booked: str, call: str, overlapping: bool
) -> None:
    before = await house.gathering(booked)
    offer = (
        await proposed(house, booked, TUESDAYS, later(before))
        if overlapping
        else await proposed(house, booked)
    )
    if call == "apply":
        house.wfm.faults.plan("apply", Fault())
        house.wfm.faults.plan("apply", Fault(error=Rejected("no")))
    else:
        house.calendar.fail("move", CalendarForbidden("no right"))
    await take(house, offer)
    view = await ended(house, offer.id)
    assert (view.state, view.trouble) == (ChangeState.FAILED, "write_failed")
    after = await whole(house, booked)
    assert replace(after, targets=before.targets) == before
    assert await house.items(booked) == 0


async def test_a_room_that_declines_gives_way_to_the_next_for_all(
    house: House, booked: str
) -> None:
    offer = await proposed(house, booked)
    house.calendar.answers["elm@rooms.example"] = RoomAnswer.DECLINED
    await take(house, offer)
    assert (await ended(house, offer.id)).state is ChangeState.DONE
    after = await whole(house, booked)
    assert after.room_id == "oak@rooms.example"
    async with house.store.read() as tx:
        past = await standins.of_request(tx, booked)
    assert {one.room_id for one in past} == {"elm@rooms.example"}


async def test_a_move_is_undone_for_all_until_one_has_answered(house: House, booked: str) -> None:
    before = await house.gathering(booked)
    view = await moved(house, booked)
    back = await house.changes.undo(actor("mia"), view.id)
    assert (await ended(house, back.id)).state is ChangeState.DONE
    after = await whole(house, booked)
    assert (after.interval, after.room_id, after.moves) == (before.interval, before.room_id, 2)

    again = await moved(house, booked)
    house.calendar.replies["north-3@contoso.example"] = "accepted"
    with pytest.raises(Refused) as caught:
        await house.changes.undo(actor("mia"), again.id)
    assert caught.value.facts == {"why": "acted"}


@BOTH
async def test_a_request_cancelled_while_its_meeting_moves_leaves_nothing(
    house: House, booked: str
) -> None:
    offer = await proposed(house, booked)

    async def cancel(call: str) -> None:
        if call == "move":
            house.calendar.before = None
            await house.desk.cancel(actor("mia"), booked)

    house.calendar.before = cancel
    await take(house, offer)
    await house.settled(booked, RequestState.CANCELLED, RequestState.UNDONE)
    await house.quiet()
    assert house.applied() == len(house.calendar.live) == 0
    assert await reserved(house, booked) == 0
    assert (await house.row(booked)).trouble is None


@BOTH
async def test_a_meeting_cancelled_for_all_while_it_moves_leaves_nothing(
    house: House, booked: str
) -> None:
    offer, gathering = await proposed(house, booked), await house.gathering(booked)

    async def cancel(call: str) -> None:
        if call == "move":
            house.calendar.before = None
            await house.changes.cancel(actor("mia"), gathering.id)

    house.calendar.before = cancel
    await take(house, offer)
    await house.settled(booked, RequestState.CANCELLED)
    await house.quiet()
    assert house.applied() == len(house.calendar.live) == 0
    assert await reserved(house, booked) == 0
    assert await house.items(booked) == 0


@BOTH
async def test_who_cannot_come_while_it_moves_leaves_and_the_others_move(
    house: House, booked: str
) -> None:
    offer = await proposed(house, booked)
    own = next(one for one in await house.sessions(booked) if one.attendee_id == "north-2")

    async def leave(call: str) -> None:
        if call == "move":
            house.calendar.before = None
            await house.changes.cannot(actor("north-2"), own.id)

    house.calendar.before = leave
    await take(house, offer)
    assert (await ended(house, offer.id)).state is ChangeState.DONE
    after = await whole(house, booked, ["north-1", "north-3"])
    assert after.interval.start.date() == TUESDAY + DAY


async def test_who_left_since_the_times_were_shown_is_not_waited_for(
    house: House, booked: str
) -> None:
    offer = await proposed(house, booked)
    own = next(one for one in await house.sessions(booked) if one.attendee_id == "north-2")
    left = await house.changes.cannot(actor("north-2"), own.id)
    await ended(house, left.id, "north-2")
    await take(house, offer)
    view = await ended(house, offer.id)
    assert (view.state, len(view.session.names)) == (ChangeState.DONE, 2)
    await whole(house, booked, ["north-1", "north-3"])


@BOTH
async def test_of_two_who_move_a_meeting_at_once_one_is_told_of_the_other(
    house: House, booked: str
) -> None:
    gathering = await house.gathering(booked)
    one = await proposed(house, booked)
    other = await house.changes.propose_move(actor("sam"), gathering.id, WEDNESDAY, None)
    await take(house, one)
    with pytest.raises(Refused) as caught:
        await house.changes.move(actor("sam"), other.id, other.version, 0)
    assert caught.value.refusal is Refusal.SESSION_CHANGING
    await ended(house, one.id)
    assert (await whole(house, booked)).moves == house.calendar.moved == 1


@BOTH
async def test_a_meeting_is_cancelled_for_all_and_each_is_told_once(house: House) -> None:
    for one in ("north-2", "north-3"):
        await house.readdress(one, None)
    request_id = await house.gather(meeting_of(*THREE, place=PlaceKind.ROOM))
    await house.settled(request_id, RequestState.BOOKED)
    await house.quiet()
    house.clock.instant += timedelta(hours=1)
    gathering = await house.gathering(request_id)
    views = [await house.changes.cancel(actor("sam"), gathering.id) for _ in range(2)]
    assert views[0].id == views[1].id
    assert (await ended(house, views[0].id, "sam")).state is ChangeState.DONE
    assert (await house.row(request_id)).state is RequestState.CANCELLED
    assert {one.state for one in await everything(house, request_id)} == {SessionState.CANCELLED}
    assert house.applied() == len(house.calendar.live) == await reserved(house, request_id) == 0
    assert "withdraw" not in house.calendar.calls
    assert await told(house, "cancelled") == ["mia", "north-2", "north-3"]


async def test_a_move_is_told_to_each_once(house: House) -> None:
    for one in ("north-2", "north-3"):
        await house.readdress(one, None)
    request_id = await house.gather(meeting_of(*THREE))
    await house.settled(request_id, RequestState.BOOKED)
    await house.quiet()
    house.clock.instant += timedelta(hours=1)
    await moved(house, request_id)
    # the others by the event itself, which the calendar sends again
    assert await told(house, "moved") == ["north-2", "north-3", None]


async def told(house: House, kind: str) -> list[str | None]:
    """Return who is told of one kind of thing, each as often as they are; None is the thread."""
    async with house.store.read() as tx:
        found = await tx.scalars(
            sa.select(t.outbox.c.person_id).where(t.outbox.c.key.contains(f":{kind}:"))
        )
        return sorted(found, key=lambda one: one or "~")


async def test_an_attendee_leads_to_the_meeting_and_their_part_is_theirs_alone(
    house: House, booked: str
) -> None:
    gathering = await house.gathering(booked)
    own = next(one for one in await house.sessions(booked) if one.attendee_id == "north-2")
    offer = await house.changes.propose_move(actor("mia"), own.id, WEDNESDAY, None)
    assert offer.session.id == gathering.id
    desk, mia = house.changes, actor("mia")
    for sought in (Sought(), Sought(attendee_ids=("north-2",)), Sought(request_id=booked)):
        (found,) = await desk.sessions(mia, sought)
        assert (found.id, found.gathers) == (gathering.id, True)
        assert found.names == tuple(f"Agent {one}" for one in THREE)
    (part,) = await desk.sessions(mia, Sought(attendee_ids=("north-2",), alone=True))
    (mine,) = await desk.sessions(actor("north-2"), Sought(own=True))
    assert part.id == mine.id == own.id
    with pytest.raises(Refused) as caught:
        await desk.swaps(actor("north-2"), own.id)
    assert caught.value.refusal is Refusal.MEETS_TOGETHER
    assert await desk.release(actor("sam"), [gathering.id]) == ()


async def test_only_who_may_move_all_of_them_moves_a_meeting(house: House, booked: str) -> None:
    gathering = await house.gathering(booked)
    for who in ("sam", "tom"):  # a scheduler, and another manager of that team
        await house.changes.propose_move(actor(who), gathering.id, WEDNESDAY, None)
    for who in ("nia", "north-2"):
        with pytest.raises(Refused) as caught:
            await house.changes.propose_move(actor(who), gathering.id, WEDNESDAY, None)
        assert caught.value.refusal is Refusal.NOT_YOUR_ROLE
        with pytest.raises(Refused) as caught:
            await house.changes.cancel(actor(who), gathering.id)
        assert caught.value.refusal is Refusal.NOT_YOUR_ROLE
    assert await house.changes.sessions(actor("nia"), Sought(attendee_ids=THREE)) == ()
    await whole(house, booked)
