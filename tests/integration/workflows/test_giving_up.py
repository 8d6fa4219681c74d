"""A ticket is never lost: what cannot be searched or placed has a name, or reaches a human."""

import asyncio

import pytest
from dbos import DBOS
from dbos._error import DBOSUnexpectedStepError

from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.requests import DraftState, RequestState, Target, WorkItemCause
from scheduling.storage import drafts
from scheduling.workflows import book
from tests.integration.workflows.house import House
from tests.integration.workflows.small_centre import actor, ask_for


async def test_a_bug_of_ours_reaches_a_human_at_once(house: House) -> None:
    draft = await house.propose("north-1")
    house.calendar.fail("free_busy", RuntimeError("a bug of ours"))
    request_id = await house.take(draft)
    row = await house.settled(request_id, RequestState.ESCALATED)
    assert row.trouble == "unexpected"


async def test_two_managers_cannot_have_the_same_minute(house: House) -> None:
    mine = await house.propose("north-1")
    async with house.store.write() as tx:
        await drafts.release(tx, mine.id)
    theirs = await house.look_at(ask_for("north-2", who="mia"), who="tom")
    winner, loser = await house.take(theirs, who="tom"), await house.take(mine)
    assert (await house.settled(winner)).state is RequestState.BOOKED
    row = await house.settled(loser)
    assert (row.state, row.trouble) == (RequestState.TAKEN, Refusal.SLOT_TAKEN.value)
    async with house.store.read() as tx:
        again = await drafts.get(tx, mine.id)
    assert again is not None
    assert again.state is DraftState.PROPOSED
    assert house.applied() == 1
    proposal = await house.desk.propose(actor("mia"), again, row.ask)
    lost = {one.interval for one in await house.sessions(winner)}
    assert lost.isdisjoint(option.interval for option in proposal.sessions[0].options)


async def test_what_is_cancelled_while_its_minute_is_lost_stays_cancelled(house: House) -> None:
    mine = await house.propose("north-1")
    async with house.store.write() as tx:
        await drafts.release(tx, mine.id)
    theirs = await house.look_at(ask_for("north-2", who="mia"), who="tom")
    await house.settled(await house.take(theirs, who="tom"), RequestState.BOOKED)
    await house.quiet()
    asked: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def cancel(call: str) -> None:
        if call == "free_busy":
            house.calendar.before = None
            await house.desk.cancel(actor("mia"), await asked)

    house.calendar.before = cancel
    asked.set_result(await house.take(mine))
    await house.quiet()
    assert (await house.row(await asked)).state is RequestState.CANCELLED
    async with house.store.read() as tx:
        draft = await drafts.get(tx, mine.id)
    assert draft is not None
    assert draft.state is DraftState.SUBMITTED


async def test_what_has_no_place_is_escalated_when_asked_and_approved_in_one_tap(
    house: House,
) -> None:
    first = await house.submit("north-1")
    await house.settled(first)
    draft = await house.propose("north-1", who="tom")
    request_id = await house.take(draft, who="tom", escalate=True)
    await house.settled(request_id, RequestState.ESCALATED)
    item = await house.item(request_id)
    assert item is not None
    assert item.cause is WorkItemCause.NOT_PLACED
    shown = await house.desk.work_item(actor("sam"), item.id)
    assert shown.unplaced
    assert shown.ways_out
    await house.desk.approve(actor("sam"), item.id, shown.version, 0)
    assert (await house.settled(request_id, RequestState.BOOKED)).state is RequestState.BOOKED
    assert house.applied() == 2


async def test_a_submission_twice_is_one_request(house: House) -> None:
    draft = await house.propose("north-1")
    assert await house.take(draft) == await house.take(draft)


async def test_the_same_wish_twice_at_once_is_a_duplicate(house: House) -> None:
    first, second = await house.propose("north-1"), await house.propose("north-1")
    go_on = asyncio.Event()

    async def wait(call: str) -> None:
        if call == "free_busy":
            await go_on.wait()

    house.calendar.before = wait
    request_id = await house.take(first)
    with pytest.raises(Refused) as caught:
        await house.take(second)
    go_on.set()
    assert caught.value.refusal is Refusal.DUPLICATE
    assert caught.value.facts == {"request_id": request_id}


async def test_what_does_not_go_on_as_it_was_recorded_takes_nothing_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def another_step(_patience: object, _session_id: str) -> None:
        raise DBOSUnexpectedStepError("a booking", 5, "a step", "another")

    stages = (book.STAGES[0], (another_step, Target.ROOM))
    monkeypatch.setattr(book, "STAGES", stages)
    request_id = await house.submit("north-1")
    await house.quiet()
    (flow,) = await DBOS.list_workflows_async(name="book")
    assert flow.status == "ERROR"
    assert (await house.row(request_id)).state is RequestState.BOOKING
    assert house.applied() == 1
