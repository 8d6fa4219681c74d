"""Two agents take each other's time: both move or neither does."""

import asyncio
from datetime import timedelta

import pytest

from scheduling.domain.changes import ChangeState, ChangeView
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.notices import NoticeKind
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.requests import RequestState, SessionState
from scheduling.ports.calendar import CalendarForbidden
from scheduling.ports.wfm import Rejected
from scheduling.storage import outbox, standins
from scheduling.storage.bookings import SessionRow
from scheduling.workflows.timers import take_due
from tests.integration.workflows.house import House, eventually
from tests.integration.workflows.small_centre import actor
from tests.support.postgres import BOTH
from wfm.centre.memory import Fault

ASHA, BEN = "north-1", "north-2"


@pytest.fixture(params=[PlaceKind.ROOM, PlaceKind.ONLINE])
async def booked(house: House, request: pytest.FixtureRequest) -> str:
    """Book a session for each of two agents; the request's id."""
    request_id = await house.submit(ASHA, BEN, place=request.param)
    assert (await house.settled(request_id)).state is RequestState.BOOKED
    await house.quiet()
    return request_id


async def both(house: House, request_id: str) -> tuple[SessionRow, SessionRow]:
    """Return Asha's session and Ben's."""
    rows = {row.attendee_id: row for row in await house.sessions(request_id)}
    return rows[ASHA], rows[BEN]


async def asked(house: House, request_id: str) -> ChangeView:
    """Let Asha ask Ben."""
    mine, peers = await both(house, request_id)
    return await house.changes.ask_swap(actor(ASHA), mine.id, peers.id)


async def agreed(house: House, view: ChangeView) -> ChangeView:
    """Let Ben agree, and wait for what comes of it."""
    await house.changes.answer_swap(actor(BEN), view.id, view.version, agree=True)

    async def look() -> ChangeView | None:
        now = await house.changes.change(actor(ASHA), view.id)
        return None if now.state.under_way else now

    found = await eventually(look)
    await house.quiet()
    return found


@BOTH
async def test_both_move_once_the_peer_agrees(house: House, booked: str) -> None:
    mine, theirs = await both(house, booked)
    choices = await house.changes.swaps(actor(ASHA), mine.id)
    assert [one.id for one in choices.peers] == [theirs.id]
    view = await asked(house, booked)
    assert (view.state, view.proposal) == (ChangeState.ASKED, None)
    assert (await agreed(house, view)).state is ChangeState.DONE
    mine_now, theirs_now = await both(house, booked)
    assert (mine_now.interval, mine_now.room_id) == (theirs.interval, theirs.room_id)
    assert (theirs_now.interval, theirs_now.room_id) == (mine.interval, mine.room_id)
    assert (mine_now.event, theirs_now.event) == (mine.event, theirs.event)
    assert house.applied() == len(house.calendar.live) == 2
    for row in (mine_now, theirs_now):
        assert row.event is not None
        state = await house.calendar.read(row.event)
        assert state.interval == row.interval
        draft = next(e.draft for e in house.calendar.live if e.ref == row.event)
        assert (draft.room.address if draft.room else None) == row.room_id


async def test_the_peer_is_asked_and_sees_times_and_nothing_else(house: House, booked: str) -> None:
    view = await asked(house, booked)
    async with house.store.read() as tx:
        row = await outbox.get(tx, f"{view.id}:asked")
    assert row is not None
    assert (row.person_id, row.kind, row.until) == (BEN, NoticeKind.SWAP_ASKED, view.expires_at)
    seen = await house.changes.change(actor(BEN), view.id)
    assert (seen.to_answer, seen.mine, seen.proposal, seen.trouble) == (True, False, None, None)


@BOTH
async def test_asked_again_it_is_the_same_question(house: House, booked: str) -> None:
    at_once = await asyncio.gather(asked(house, booked), asked(house, booked))
    assert len({view.id for view in (*at_once, await asked(house, booked))}) == 1


async def test_a_no_and_a_silence_are_alike_and_change_nothing(house: House, booked: str) -> None:
    before = await both(house, booked)
    view = await asked(house, booked)
    no = await house.changes.answer_swap(actor(BEN), view.id, view.version, agree=False)
    again = await asked(house, booked)
    house.clock.instant += timedelta(hours=24)
    await take_due(house.runtime)
    await house.quiet()
    silent = await house.changes.change(actor(ASHA), again.id)
    assert no.state is silent.state is ChangeState.EXPIRED
    assert await both(house, booked) == before


async def test_too_late_an_answer_changes_nothing(house: House, booked: str) -> None:
    before = await both(house, booked)
    view = await asked(house, booked)
    assert view.expires_at is not None
    house.clock.instant = view.expires_at
    assert (await agreed(house, view)).state is ChangeState.EXPIRED
    assert await both(house, booked) == before


@BOTH
@pytest.mark.parametrize("call", ["apply", "move"])
async def test_where_one_cannot_move_neither_does(house: House, booked: str, call: str) -> None:
    before = await both(house, booked)
    view = await asked(house, booked)
    if call == "apply":
        house.wfm.faults.plan("apply", Fault())
        house.wfm.faults.plan("apply", Fault(error=Rejected("no")))
    else:
        calls = 0

        async def second(name: str) -> None:
            nonlocal calls
            calls += name == "move"
            if name == "move" and calls == 2:
                raise CalendarForbidden("no right")

        house.calendar.before = second
    assert (await agreed(house, view)).state is ChangeState.FAILED
    assert await both(house, booked) == before
    assert house.applied() == len(house.calendar.live) == 2
    for row in before:
        assert row.event is not None
        assert (await house.calendar.read(row.event)).interval == row.interval
    async with house.store.read() as tx:
        left = await standins.of_request(tx, booked)
        assert [await standins._held(tx, [one.id]) for one in left] == [set(), set()]


async def test_a_session_that_moved_meanwhile_is_not_swapped(house: House, booked: str) -> None:
    view = await asked(house, booked)
    _, theirs = await both(house, booked)
    offer = await house.changes.propose_move(actor("mia"), theirs.id, None, None)
    await house.changes.move(actor("mia"), offer.id, offer.version, 0)
    await house.quiet()
    with pytest.raises(Refused) as caught:
        await house.changes.answer_swap(actor(BEN), view.id, view.version, agree=True)
    assert caught.value.refusal is Refusal.NO_SWAP


async def test_nobody_else_asks_or_answers(house: House, booked: str) -> None:
    mine, theirs = await both(house, booked)
    with pytest.raises(Refused) as caught:
        await house.changes.ask_swap(actor("mia"), mine.id, theirs.id)
    assert caught.value.refusal is Refusal.NOT_YOUR_SESSION
    view = await asked(house, booked)
    for who, refusal in ((ASHA, Refusal.NOT_YOUR_SESSION), ("north-3", Refusal.UNKNOWN_DRAFT)):
        with pytest.raises(Refused) as caught:
            await house.changes.answer_swap(actor(who), view.id, view.version, agree=True)
        assert caught.value.refusal is refusal
    with pytest.raises(Refused) as caught:
        await house.changes.ask_swap(actor(ASHA), mine.id, mine.id)
    assert caught.value.refusal is Refusal.NO_SWAP


async def test_a_peer_who_would_break_a_rule_is_not_offered(house: House, booked: str) -> None:
    mine, theirs = await both(house, booked)
    day = theirs.interval.start.date()
    kept = [
        each
        for each in next(
            one
            for one in house.wfm._days.values()
            if one.agent_id == BEN and one.business_date == day
        ).segments
        if not each.interval.overlaps(mine.interval)
    ]
    house.wfm.edit(BEN, day, kept)  # Ben is off at Asha's time
    assert (await house.changes.swaps(actor(ASHA), mine.id)).peers == ()
    with pytest.raises(Refused) as caught:
        await house.changes.ask_swap(actor(ASHA), mine.id, theirs.id)
    assert caught.value.refusal is Refusal.NO_SWAP


async def test_who_asked_takes_it_back(house: House, booked: str) -> None:
    view = await asked(house, booked)
    assert (await house.changes.drop(actor(ASHA), view.id)).state is ChangeState.DROPPED
    late = await house.changes.answer_swap(actor(BEN), view.id, view.version, agree=True)
    assert late.state is ChangeState.DROPPED
    mine, _ = await both(house, booked)
    assert (mine.moves, mine.state) == (0, SessionState.BOOKED)
