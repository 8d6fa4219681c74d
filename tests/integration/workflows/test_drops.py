"""One session is taken back alone: cancelled, given up by its attendee, or released by a scheduler."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from scheduling.domain.changes import ChangeKind, ChangeState, ChangeView
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.notices import NoticeKind
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.requests import RequestState, SessionState, WorkItemCause
from scheduling.domain.rules import Rule
from scheduling.domain.times import DAY, DateRange, Interval, WallWindow
from scheduling.ports.wfm import Rejected, Unavailable
from scheduling.storage import changes, outbox, requests
from scheduling.storage import tables as t
from scheduling.storage.bookings import SessionRow
from scheduling.workflows.drift import EVERY, SOON, compare, look
from scheduling.workflows.gatherings import option_of
from tests.integration.workflows.house import House, eventually
from tests.integration.workflows.small_centre import TUESDAY, actor
from tests.support.postgres import BOTH
from wfm.centre.memory import Fault, MemoryWfm


@pytest.fixture
async def booked(house: House) -> str:
    """Book two sessions; the request's id."""
    request_id = await house.submit("north-1", "north-2", place=PlaceKind.ROOM, days=14)
    assert (await house.settled(request_id)).state is RequestState.BOOKED
    await house.quiet()
    return request_id


async def of(house: House, request_id: str, attendee: str = "north-1") -> SessionRow:
    """Return an agent's session."""
    rows = await house.sessions(request_id)
    return next(row for row in rows if row.attendee_id == attendee)


async def ended(house: House, view: ChangeView, who: str) -> ChangeView:
    """Wait until a change, and what follows it, is under way no more."""

    async def look() -> ChangeView | None:
        now = await house.changes.change(actor(who), view.id)
        return None if now.state.under_way else now

    found = await eventually(look)
    await house.quiet()
    return found


def automatic(house: House) -> None:
    """Let one-to-ones be scheduled by themselves from now on."""
    setups = house.runtime.services.setups
    kind = setups.setup.types["one_to_one"]
    types = {**setups.setup.types, kind.id: replace(kind, auto_schedule=True)}
    setups._take(setups.number, replace(setups.setup, types=types))


@BOTH
async def test_one_of_two_is_cancelled_and_the_other_stays(house: House, booked: str) -> None:
    session = await of(house, booked)
    view = await house.changes.cancel(actor("mia"), session.id)
    assert (await ended(house, view, "mia")).state is ChangeState.DONE
    assert (await of(house, booked)).state is SessionState.CANCELLED
    assert (await of(house, booked, "north-2")).state is SessionState.BOOKED
    assert house.applied() == len(house.calendar.live) == 1
    assert (await house.row(booked)).state is RequestState.BOOKED


async def test_the_last_one_cancelled_ends_the_request(house: House, booked: str) -> None:
    for attendee in ("north-1", "north-2"):
        session = await of(house, booked, attendee)
        await ended(house, await house.changes.cancel(actor("mia"), session.id), "mia")
    assert (await house.row(booked)).state is RequestState.CANCELLED
    assert house.applied() == len(house.calendar.live) == 0


async def test_a_cancelled_one_is_not_placed_again_by_a_later_round(
    house: House, booked: str
) -> None:
    session = await of(house, booked)
    await ended(house, await house.changes.cancel(actor("mia"), session.id), "mia")
    house.wfm.edit("north-2", (await of(house, booked, "north-2")).interval.start.date(), ())
    house.clock.instant += EVERY
    await compare(house.runtime)
    await house.quiet()
    item = await house.item(booked)
    assert item is not None
    await house.desk.try_again(actor("sam"), item.id, item.version)
    await house.quiet()
    assert [row.state for row in await house.sessions(booked) if row.attendee_id == "north-1"] == [
        SessionState.CANCELLED
    ]


@BOTH
async def test_who_cannot_come_is_freed_at_once_and_the_owner_is_asked_for_a_time(
    house: House, booked: str
) -> None:
    session = await of(house, booked)
    view = await house.changes.cannot(actor("north-1"), session.id)
    assert (await ended(house, view, "north-1")).state is ChangeState.DONE
    freed = await of(house, booked)
    assert freed.state is SessionState.RELEASED
    assert house.applied() == len(house.calendar.live) == 1
    assert (await house.row(booked)).state is RequestState.PARTLY_BOOKED
    async with house.store.read() as tx:
        asked = await outbox.get(tx, f"{session.id}:0:times_wanted")
    assert asked is not None
    assert (asked.person_id, asked.kind) == ("mia", NoticeKind.TIMES_WANTED)

    offer = await house.changes.propose_move(actor("mia"), session.id, None, None)
    assert offer.why is ChangeKind.CANNOT
    assert offer.proposal is not None
    (found,) = offer.proposal.sessions
    assert not any(one.interval.overlaps(session.interval) for one in found.options)
    await house.changes.move(actor("mia"), offer.id, offer.version, 0)
    assert (await ended(house, offer, "mia")).state is ChangeState.DONE
    again = await of(house, booked)
    assert (again.state, again.moves) == (SessionState.BOOKED, 1)
    assert again.interval == found.best.interval
    assert house.applied() == len(house.calendar.live) == 2
    assert (await house.row(booked)).state is RequestState.BOOKED


async def test_that_somebody_could_not_come_is_forgotten_once_there_is_a_new_time(
    house: House, booked: str
) -> None:
    session = await of(house, booked)
    await ended(house, await house.changes.cannot(actor("north-1"), session.id), "north-1")
    offer = await house.changes.propose_move(actor("mia"), session.id, None, None)
    await house.changes.move(actor("mia"), offer.id, offer.version, 0)
    await ended(house, offer, "mia")
    async with house.store.read() as tx:
        kept = await changes.of_sessions(tx, [session.id], states=list(ChangeState))
        lines = (await tx.execute(sa.select(t.audit.c.actor, t.audit.c.action))).all()
    assert {one.kind for one in kept} == {ChangeKind.RELEASE, ChangeKind.MOVE}
    assert not [action for _, action in lines if "cannot" in action]
    assert not [actor for actor, _ in lines if actor == "north-1"]


async def test_a_type_that_schedules_itself_gets_a_time_after_the_notice(
    house: House, booked: str
) -> None:
    automatic(house)
    session = await of(house, booked)
    await ended(house, await house.changes.cannot(actor("north-1"), session.id), "north-1")
    again = await of(house, booked)
    assert again.state is SessionState.BOOKED
    assert again.interval.start - house.clock.instant >= house.runtime.services.policy.notice
    assert (await house.row(booked)).state is RequestState.BOOKED
    assert house.applied() == len(house.calendar.live) == 2


async def test_where_no_time_is_found_the_schedulers_have_it(house: House, booked: str) -> None:
    automatic(house)
    session = await of(house, booked)
    for row in list(house.wfm._days.values()):
        if row.agent_id == "north-1" and row.business_date != session.interval.start.date():
            house.wfm.edit("north-1", row.business_date, ())
    await ended(house, await house.changes.cannot(actor("north-1"), session.id), "north-1")
    assert (await of(house, booked)).state is SessionState.FAILED
    item = await house.item(booked)
    assert item is not None
    assert item.cause is WorkItemCause.NOT_PLACED


@pytest.mark.parametrize("who", ["north-2", "mia", "sam"])
async def test_only_the_attendee_can_say_so(house: House, booked: str, who: str) -> None:
    session = await of(house, booked)
    with pytest.raises(Refused) as caught:
        await house.changes.cannot(actor(who), session.id)
    assert caught.value.refusal is Refusal.NOT_YOUR_SESSION
    assert house.applied() == 2


@BOTH
async def test_a_declined_invitation_is_the_same_once(house: House, booked: str) -> None:
    house.calendar.replies["north-1@contoso.example"] = "declined"
    for _ in range(2):
        house.clock.instant += EVERY
        await compare(house.runtime)
        await house.quiet()
    session = await of(house, booked)
    assert session.state is SessionState.RELEASED
    assert await house.items(booked) == 0
    async with house.store.read() as tx:
        asked = await changes.of_sessions(tx, [session.id], states=list(ChangeState))
    assert [one.kind for one in asked] == [ChangeKind.CANNOT]


async def test_a_decline_of_what_is_near_is_seen_within_minutes(house: House, booked: str) -> None:
    await compare(house.runtime)
    house.calendar.replies["north-1@contoso.example"] = "declined"
    await look(house.runtime)  # just looked at
    assert (await of(house, booked)).state is SessionState.BOOKED
    house.clock.instant += SOON
    await look(house.runtime)
    await house.quiet()
    assert (await of(house, booked)).state is SessionState.RELEASED
    assert (await of(house, booked, "north-2")).state is SessionState.BOOKED


async def test_what_is_far_off_is_not_looked_at_between_comparisons(house: House) -> None:
    far = await house.submit("north-1", place=PlaceKind.ROOM, first=TUESDAY + timedelta(days=7))
    await house.settled(far)
    await house.quiet()
    reads = house.calendar.calls.count("read")
    house.clock.instant += SOON
    await look(house.runtime)
    assert house.calendar.calls.count("read") == reads


async def test_two_taps_and_a_decline_are_one(house: House, booked: str) -> None:
    session = await of(house, booked)
    one = await house.changes.cannot(actor("north-1"), session.id)
    other = await house.changes.cannot(actor("north-1"), session.id)
    assert one.id == other.id
    await ended(house, one, "north-1")
    assert sum(call.name == "undo" for call in house.wfm.journal) == 1


@BOTH
async def test_released_sessions_keep_the_claim_of_their_ticket_and_get_new_times(
    house: House, booked: str
) -> None:
    rows = await house.sessions(booked)
    views = await house.changes.release(actor("sam"), [row.id for row in rows])
    assert len(views) == 2
    for view in views:
        await ended(house, view, "sam")
    after = await house.sessions(booked)
    notice = house.runtime.services.policy.notice
    assert [row.state for row in after] == [SessionState.BOOKED] * 2
    assert all(row.interval.start - house.clock.instant >= notice for row in after)
    assert house.applied() == len(house.calendar.live) == 2


async def test_only_schedulers_release(house: House, booked: str) -> None:
    session = await of(house, booked)
    with pytest.raises(Refused) as caught:
        await house.changes.release(actor("mia"), [session.id])
    assert caught.value.refusal is Refusal.NOT_YOUR_ROLE


async def test_what_cannot_be_taken_back_goes_to_a_human_and_meets_no_new_booking(
    house: House, booked: str
) -> None:
    session = await of(house, booked)
    house.wfm.faults.plan("undo", Fault(error=Rejected("no")))
    view = await house.changes.cannot(actor("north-1"), session.id)
    await ended(house, view, "north-1")
    assert (await of(house, booked)).state is SessionState.FAILED
    item = await house.item(booked)
    assert item is not None
    assert item.cause is WorkItemCause.UNDO_FAILED
    await house.desk.try_again(actor("sam"), item.id, item.version)
    await house.quiet()
    rows = await house.sessions(booked)
    standing = {row.attendee_id: row for row in rows if row.state is SessionState.BOOKED}
    assert standing.keys() == {"north-1", "north-2"}
    assert not standing["north-1"].interval.overlaps(session.interval)
    assert house.applied() == 2


async def test_what_a_scheduler_grants_after_a_time_was_given_up_counts(
    house: House, booked: str
) -> None:
    session = await of(house, booked)
    house.wfm.faults.plan("undo", Fault(error=Rejected("no")))
    await ended(house, await house.changes.cannot(actor("north-1"), session.id), "north-1")
    item = await house.item(booked)
    assert item is not None
    half_past = session.interval.start + timedelta(minutes=90)
    granted = replace(
        option_of(session), interval=Interval(half_past, half_past + timedelta(minutes=30))
    )
    async with house.store.write() as tx:
        await requests.loosen(tx, booked, frozenset({Rule.LEAD_TIME}), {"north-1": granted})
    await house.desk.try_again(actor("sam"), item.id, item.version)
    await house.quiet()
    rows = await house.sessions(booked)
    standing = {row.attendee_id: row for row in rows if row.state is SessionState.BOOKED}
    assert standing["north-1"].interval == granted.interval


@BOTH
async def test_who_cannot_come_overtakes_a_move_that_is_under_way(
    house: House, booked: str
) -> None:
    session = await of(house, booked)
    offer = await house.changes.propose_move(actor("mia"), session.id, None, None)
    said: list[ChangeView] = []

    async def cannot(call: str) -> None:
        if call == "move":
            house.calendar.before = None
            said.append(await house.changes.cannot(actor("north-1"), session.id))

    house.calendar.before = cannot
    await house.changes.move(actor("mia"), offer.id, offer.version, 0)
    await ended(house, offer, "mia")
    await ended(house, said[0], "north-1")
    assert (await of(house, booked)).state is SessionState.RELEASED
    assert house.applied() == len(house.calendar.live) == 1


@pytest.mark.parametrize("done", [True, False], ids=["taken-back-unheard", "not-taken-back"])
async def test_a_move_over_its_own_time_that_is_stopped_leaves_one_exception(
    house: House, booked: str, done: bool
) -> None:
    session = max(await house.sessions(booked), key=lambda one: one.interval.start)
    who = session.attendee_id
    start = session.interval.start + timedelta(minutes=15)
    window = WallWindow(start.time(), (start + timedelta(minutes=30)).time())
    day = DateRange(start.date(), start.date() + DAY)
    offer = await house.changes.propose_move(actor("mia"), session.id, day, window)
    begun: list[asyncio.Task[ChangeView]] = []

    def cannot(_: MemoryWfm) -> None:
        begun.append(asyncio.create_task(house.changes.cannot(actor(who), session.id)))

    lost = Fault(lose_answer=True) if done else Fault(error=Unavailable("down"))
    house.wfm.faults.plan("undo", replace(lost, meanwhile=cannot))
    for _ in range(3):
        house.wfm.faults.plan("undo", Fault(error=Unavailable("down")))
    await house.changes.move(actor("mia"), offer.id, offer.version, 0)
    assert (await ended(house, offer, "mia")).state is ChangeState.DROPPED
    await ended(house, await begun[0], who)
    assert (await of(house, booked, who)).state is SessionState.RELEASED
    assert house.applied() == len(house.calendar.live) == 1


async def test_a_cancelled_request_gives_no_new_times(house: House, booked: str) -> None:
    session = await of(house, booked)
    await ended(house, await house.changes.cannot(actor("north-1"), session.id), "north-1")
    await house.desk.cancel(actor("mia"), booked)
    await house.settled(booked, RequestState.UNDONE, RequestState.CANCELLED)
    with pytest.raises(Refused) as caught:
        await house.changes.propose_move(actor("mia"), session.id, None, None)
    assert caught.value.refusal is Refusal.SESSION_OVER


async def test_after_the_session_began_nobody_says_so(house: House, booked: str) -> None:
    session = await of(house, booked)
    house.clock.instant = session.interval.start + timedelta(minutes=5)
    with pytest.raises(Refused) as caught:
        await house.changes.cannot(actor("north-1"), session.id)
    assert caught.value.refusal is Refusal.SESSION_OVER
