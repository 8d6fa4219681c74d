"""A booked session is moved: the new time stands before the old one is taken back."""

from dataclasses import replace
from datetime import timedelta

import pytest
from dbos import DBOS
from dbos._error import DBOSUnexpectedStepError

from scheduling.domain.changes import ChangeState, ChangeView
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.notices import NoticeKind
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.requests import (
    RequestState,
    SessionState,
    Target,
    TargetState,
    WorkItemCause,
)
from scheduling.domain.times import DAY, DateRange
from scheduling.ports.calendar import CalendarForbidden, RoomAnswer
from scheduling.ports.wfm import Rejected
from scheduling.storage import bookings, outbox, standins
from scheduling.storage.bookings import SessionRow
from scheduling.workflows import rewriting
from tests.integration.workflows.house import House, eventually
from tests.integration.workflows.small_centre import TUESDAY, actor
from tests.support.postgres import BOTH
from wfm.centre.memory import Fault

WEDNESDAY = DateRange(TUESDAY + DAY, TUESDAY + 2 * DAY)


@pytest.fixture
async def booked(house: House) -> str:
    """Book two sessions, in rooms; the request's id."""
    request_id = await house.submit("north-1", "north-2", place=PlaceKind.ROOM)
    assert (await house.settled(request_id)).state is RequestState.BOOKED
    await house.quiet()
    return request_id


async def first(house: House, request_id: str) -> SessionRow:
    """Return the session of the first agent."""
    rows = await house.sessions(request_id)
    return next(row for row in rows if row.attendee_id == "north-1")


async def proposed(house: House, request_id: str, who: str = "mia") -> ChangeView:
    """Look for a time on Wednesday for the session of the first agent."""
    session = await first(house, request_id)
    return await house.changes.propose_move(actor(who), session.id, WEDNESDAY, None)


async def ended(house: House, change_id: str, who: str = "mia") -> ChangeView:
    """Wait until a change is under way no more."""

    async def look() -> ChangeView | None:
        view = await house.changes.change(actor(who), change_id)
        return None if view.state.under_way else view

    view = await eventually(look)
    await house.quiet()
    return view


async def moved(house: House, request_id: str) -> ChangeView:
    """Move the session of the first agent to the best time on Wednesday."""
    offer = await proposed(house, request_id)
    await house.changes.move(actor("mia"), offer.id, offer.version, 0)
    return await ended(house, offer.id)


async def reserved(house: House, session: SessionRow) -> int:
    """Return how many slots a session reserves."""
    async with house.store.read() as tx:
        found = await standins._held(tx, [session.id])
    return len(found)


@BOTH
async def test_a_session_is_moved_everywhere_and_keeps_its_event(house: House, booked: str) -> None:
    before = await first(house, booked)
    view = await moved(house, booked)
    after = await first(house, booked)
    assert view.state is ChangeState.DONE
    assert view.becomes is not None
    assert after.interval == view.becomes.interval
    assert after.interval.start.date() == TUESDAY + DAY
    assert (after.state, after.moves) == (SessionState.BOOKED, 1)
    assert after.moved_from == before.interval.start
    assert (after.id, after.event) == (before.id, before.event)
    assert after.targets[Target.WFM] is after.targets[Target.ROOM] is TargetState.DONE
    assert house.applied() == len(house.calendar.live) == 2
    assert after.event is not None
    assert (await house.calendar.read(after.event)).interval == after.interval
    assert await reserved(house, after) == 3 * 6
    assert (await house.row(booked)).state is RequestState.BOOKED
    async with house.store.read() as tx:
        (past,) = await standins.of_request(tx, booked)
    assert (past.state, past.interval) == (SessionState.MOVED, before.interval)


async def test_the_time_it_leaves_is_free_for_others(house: House, booked: str) -> None:
    before = await first(house, booked)
    await moved(house, booked)
    async with house.store.read() as tx:
        taken = await bookings.taken(tx, before.resources, before.interval)
    assert taken == []
    assert before.resources[0] == "person:north-1"


async def test_three_times_are_proposed_and_none_is_where_it_is(house: House, booked: str) -> None:
    session = await first(house, booked)
    view = await house.changes.propose_move(actor("mia"), session.id, None, None)
    assert view.state is ChangeState.PROPOSED
    assert view.proposal is not None
    (offered,) = view.proposal.sessions
    assert len(offered.options) == 3
    assert session.interval not in [one.interval for one in offered.options]
    assert house.calendar.moved == 0


@pytest.mark.parametrize("call", ["apply", "move"])
async def test_what_cannot_be_written_leaves_the_old_booking_whole(
    house: House, booked: str, call: str
) -> None:
    before = await first(house, booked)
    offer = await proposed(house, booked)
    if call == "apply":
        house.wfm.faults.plan("apply", Fault(error=Rejected("no")))
    else:
        house.calendar.fail("move", CalendarForbidden("no right"))
    await house.changes.move(actor("mia"), offer.id, offer.version, 0)
    view = await ended(house, offer.id)
    assert (view.state, view.trouble) == (ChangeState.FAILED, "write_failed")
    after = await first(house, booked)
    assert after == before
    assert house.applied() == len(house.calendar.live) == 2
    assert await reserved(house, after) == 3 * 6
    async with house.store.read() as tx:
        (gone,) = await standins.of_request(tx, booked)
    assert await reserved(house, gone) == 0


async def test_a_lost_answer_is_settled_by_reading(house: House, booked: str) -> None:
    offer = await proposed(house, booked)
    house.wfm.faults.plan("apply", Fault(lose_answer=True))
    await house.changes.move(actor("mia"), offer.id, offer.version, 0)
    assert (await ended(house, offer.id)).state is ChangeState.DONE
    assert house.applied() == 2


async def test_a_room_that_declines_gives_way_to_the_next_and_the_time_stays(
    house: House, booked: str
) -> None:
    offer = await proposed(house, booked)
    house.calendar.answers["elm@rooms.example"] = RoomAnswer.DECLINED
    await house.changes.move(actor("mia"), offer.id, offer.version, 0)
    view = await ended(house, offer.id)
    assert view.state is ChangeState.DONE
    after = await first(house, booked)
    assert after.room_id == "oak@rooms.example"
    assert view.becomes is not None
    assert after.interval == view.becomes.interval
    assert len(house.calendar.live) == 2


async def test_repeated_taps_are_one_move(house: House, booked: str) -> None:
    offer = await proposed(house, booked)
    for _ in range(3):
        await house.changes.move(actor("mia"), offer.id, offer.version, 0)
    await ended(house, offer.id)
    assert (await first(house, booked)).moves == house.calendar.moved == 1


@BOTH
async def test_of_two_who_change_the_same_session_at_once_one_is_told_of_the_other(
    house: House, booked: str
) -> None:
    one, other = await proposed(house, booked), await proposed(house, booked, "sam")
    await house.changes.move(actor("mia"), one.id, one.version, 0)
    with pytest.raises(Refused) as caught:
        await house.changes.move(actor("sam"), other.id, other.version, 0)
    assert caught.value.refusal is Refusal.SESSION_CHANGING
    assert caught.value.facts == {"who": "Mia"}
    await ended(house, one.id)
    assert (await first(house, booked)).moves == 1


@pytest.mark.parametrize("who", ["nia", "north-2"])
async def test_who_has_no_right_moves_nothing(house: House, booked: str, who: str) -> None:
    session, offer = await first(house, booked), await proposed(house, booked)
    with pytest.raises(Refused) as caught:
        await house.changes.propose_move(actor(who), session.id, WEDNESDAY, None)
    assert caught.value.refusal is Refusal.NOT_YOUR_ROLE
    with pytest.raises(Refused) as caught:
        await house.changes.move(actor(who), offer.id, offer.version, 0)
    assert caught.value.refusal is Refusal.UNKNOWN_DRAFT
    assert (await first(house, booked)).change_id is None


@pytest.mark.parametrize(("version", "option"), [(0, 0), (1, 9)])
async def test_an_edited_choice_is_stale(
    house: House, booked: str, version: int, option: int
) -> None:
    offer = await proposed(house, booked)
    with pytest.raises(Refused) as caught:
        await house.changes.move(actor("mia"), offer.id, version, option)
    assert caught.value.refusal is Refusal.STALE


async def test_a_time_that_somebody_took_first_is_said_and_nothing_moves(
    house: House, booked: str
) -> None:
    offer = await proposed(house, booked)
    assert offer.proposal is not None
    best = offer.proposal.sessions[0].best.interval
    before = await first(house, booked)
    async with house.store.write() as tx:
        other = next(r for r in await bookings.sessions(tx, booked) if r.id != before.id)
        await bookings.reserve(
            tx, [replace(other, id="other", interval=best, state=SessionState.PLANNED)]
        )
    await house.changes.move(actor("mia"), offer.id, offer.version, 0)
    assert (await ended(house, offer.id)).state is ChangeState.TAKEN
    assert await first(house, booked) == before


async def test_a_move_is_undone_to_the_time_before(house: House, booked: str) -> None:
    before = await first(house, booked)
    view = await moved(house, booked)
    assert view.undo_until is not None
    back = await house.changes.undo(actor("mia"), view.id)
    assert (await ended(house, back.id)).state is ChangeState.DONE
    after = await first(house, booked)
    assert (after.interval, after.room_id) == (before.interval, before.room_id)
    assert after.moves == 2
    assert house.applied() == len(house.calendar.live) == 2


async def test_an_undo_whose_old_time_is_taken_says_so(house: House, booked: str) -> None:
    before = await first(house, booked)
    view = await moved(house, booked)
    async with house.store.write() as tx:
        other = next(r for r in await bookings.sessions(tx, booked) if r.id != before.id)
        taken = replace(other, id="o", interval=before.interval, state=SessionState.PLANNED)
        await bookings.reserve(tx, [taken])
    with pytest.raises(Refused) as caught:
        await house.changes.undo(actor("mia"), view.id)
    assert caught.value.refusal is Refusal.OLD_TIME_GONE
    assert (await first(house, booked)).moves == 1


async def test_undo_is_over_once_the_attendee_has_answered(house: House, booked: str) -> None:
    view = await moved(house, booked)
    house.calendar.replies["north-1@contoso.example"] = "accepted"
    with pytest.raises(Refused) as caught:
        await house.changes.undo(actor("mia"), view.id)
    assert caught.value.facts == {"why": "acted"}


async def test_undo_is_over_after_its_time(house: House, booked: str) -> None:
    view = await moved(house, booked)
    house.clock.instant += timedelta(minutes=16)
    with pytest.raises(Refused) as caught:
        await house.changes.undo(actor("mia"), view.id)
    assert caught.value.facts == {"why": "time"}


@BOTH
async def test_a_request_cancelled_while_a_session_moves_leaves_nothing(
    house: House, booked: str
) -> None:
    offer = await proposed(house, booked)

    async def cancel(call: str) -> None:
        if call == "move":
            house.calendar.before = None
            await house.desk.cancel(actor("mia"), booked)

    house.calendar.before = cancel
    await house.changes.move(actor("mia"), offer.id, offer.version, 0)
    await house.settled(booked, RequestState.CANCELLED, RequestState.UNDONE)
    await house.quiet()
    assert house.applied() == len(house.calendar.live) == 0
    for session in await house.sessions(booked):
        assert await reserved(house, session) == 0
    assert (await house.row(booked)).trouble is None


async def test_an_event_that_is_gone_is_made_anew_at_the_new_time(
    house: House, booked: str
) -> None:
    before = await first(house, booked)
    assert before.event is not None
    house.calendar._find(before.event).cancelled = True
    await moved(house, booked)
    after = await first(house, booked)
    assert after.event is not None
    assert after.event != before.event
    assert (await house.calendar.read(after.event)).attendees == {"north-1@contoso.example": "none"}
    assert len(house.calendar.live) == 2


async def test_a_session_that_has_begun_is_not_moved(house: House, booked: str) -> None:
    session = await first(house, booked)
    house.clock.instant = session.interval.start
    with pytest.raises(Refused) as caught:
        await house.changes.propose_move(actor("mia"), session.id, WEDNESDAY, None)
    assert caught.value.refusal is Refusal.SESSION_OVER


async def test_a_move_is_told_to_whom_it_concerns(house: House, booked: str) -> None:
    house.notifier.notices.clear()
    house.clock.instant += timedelta(hours=1)
    offer = await proposed(house, booked, "sam")
    await house.changes.move(actor("sam"), offer.id, offer.version, 0)
    await ended(house, offer.id, "sam")
    assert [one.kind for one in house.notifier.notices] == [NoticeKind.MOVED]  # the thread
    async with house.store.read() as tx:
        held = {one.person_id: one.kind for one in await outbox.waiting(tx, "mia")}
    assert held == {"mia": NoticeKind.MOVED}
    assert offer.id in house.notifier.changes


async def test_an_old_exception_that_cannot_be_taken_back_is_a_work_item_that_can_be_mended(
    house: House, booked: str
) -> None:
    offer = await proposed(house, booked)
    house.wfm.faults.plan("undo", Fault(error=Rejected("no")))
    await house.changes.move(actor("mia"), offer.id, offer.version, 0)
    assert (await ended(house, offer.id)).state is ChangeState.DONE
    item = await house.item(booked)
    assert item is not None
    assert item.cause is WorkItemCause.UNDO_FAILED
    seen = await house.desk.work_item(actor("sam"), item.id)
    assert [name for name, _ in seen.failed] == ["Agent north-1"]
    assert house.applied() == 3
    await house.desk.try_again(actor("sam"), item.id, item.version)
    await house.quiet()
    assert house.applied() == len(house.calendar.live) == 2
    assert (await first(house, booked)).moves == 1


async def test_a_move_that_does_not_go_on_as_it_was_recorded_takes_nothing_back(
    house: House, booked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def another_step(*_arguments: object) -> None:
        raise DBOSUnexpectedStepError("a move", 5, "a step", "another")

    monkeypatch.setattr(rewriting, "move_event", another_step)
    offer = await proposed(house, booked)
    await house.changes.move(actor("mia"), offer.id, offer.version, 0)
    await house.quiet()
    (flow,) = await DBOS.list_workflows_async(name="rewrite")
    assert flow.status == "ERROR"
    view = await house.changes.change(actor("mia"), offer.id)
    assert view.state is ChangeState.WRITING
    assert house.applied() == 3
