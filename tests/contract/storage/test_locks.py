"""Two processes that meet on a row: the second waits, and then works on what the first has left."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.requests import RequestState, Target, TargetState
from scheduling.domain.rules import Rule
from scheduling.storage import bookings, cards, requests
from scheduling.storage.bookings import SessionRow, SlotTaken
from scheduling.storage.cards import CardPlace
from scheduling.storage.requests import NewRequest
from scheduling.storage.store import Store

New = Callable[..., NewRequest]
Planned = Callable[..., SessionRow]
Work = Callable[[AsyncConnection], Awaitable[object]]

WAITS = sa.text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")


async def meet(store: Store, first: Work, second: Work) -> object:
    """Begin ``second`` while ``first`` is not committed yet; what ``second`` returns."""

    async def later() -> object:
        async with store.write() as tx:
            return await second(tx)

    async with store.write() as tx:
        await first(tx)
        task = asyncio.create_task(later())
        if tx.dialect.name == "postgresql":
            await _until_it_waits(store, task)
    return await task


async def _until_it_waits(store: Store, task: "asyncio.Task[object]") -> None:
    async with asyncio.timeout(10):
        while not task.done():
            async with store.read() as tx:
                if await tx.scalar(WAITS):
                    return


@pytest.fixture
async def booking(store: Store, new_request: New, planned: Planned) -> Store:
    """Keep a request that is being booked, with one session."""
    async with store.write() as tx:
        await requests.insert(tx, new_request("r"))
        await bookings.reserve(tx, [planned("s")])
        await requests.transition(tx, "r", to=RequestState.BOOKING, of=(RequestState.QUEUED,))
    return store


async def test_two_writes_of_a_session_that_end_at_once_are_both_noted(booking: Store) -> None:
    await meet(
        booking,
        lambda tx: bookings.mark(tx, "s", Target.WFM, TargetState.DONE),
        lambda tx: bookings.mark(tx, "s", Target.ROOM, TargetState.FAILED),
    )
    async with booking.read() as tx:
        targets = (await bookings.require(tx, "s")).targets
    assert targets[Target.WFM] is TargetState.DONE
    assert targets[Target.ROOM] is TargetState.FAILED


async def test_a_cancel_that_meets_the_end_of_a_booking_sees_that_it_is_booked(
    booking: Store,
) -> None:
    async def finish(tx: AsyncConnection) -> None:
        await requests.locked(tx, "r")
        await requests.transition(tx, "r", to=RequestState.BOOKED, of=(RequestState.BOOKING,))

    async def cancel(tx: AsyncConnection) -> RequestState:
        return (await requests.locked(tx, "r")).state

    assert await meet(booking, finish, cancel) is RequestState.BOOKED


async def test_the_end_of_a_booking_that_meets_a_cancel_sees_the_flag(booking: Store) -> None:
    async def cancel(tx: AsyncConnection) -> None:
        await requests.locked(tx, "r")
        await requests.ask_cancel(tx, "r")

    async def finish(tx: AsyncConnection) -> bool:
        return (await requests.locked(tx, "r")).cancel_requested

    assert await meet(booking, cancel, finish) is True


async def test_rules_loosened_at_once_are_all_loosened(booking: Store) -> None:
    await meet(
        booking,
        lambda tx: requests.loosen(tx, "r", frozenset({Rule.FLOOR}), {}),
        lambda tx: requests.loosen(tx, "r", frozenset({Rule.HEADS}), {}),
    )
    async with booking.read() as tx:
        assert (await requests.require(tx, "r")).relaxed == {Rule.FLOOR, Rule.HEADS}


async def test_a_ticket_waits_for_the_one_before_it(store: Store) -> None:
    async def take(tx: AsyncConnection) -> int:
        return await requests.take_ticket(tx, "north")

    assert await meet(store, take, take) == 2


async def test_bookings_of_the_same_slots_in_any_order_never_wait_in_a_circle(
    store: Store, new_request: New, planned: Planned
) -> None:
    async with store.write() as tx:
        await requests.insert(tx, new_request("r"))

    async def reserve(n: int) -> bool:
        pair = [
            planned(f"a{n}", "asha", "mia"),
            planned(f"b{n}", "ben", "mia", after=30),
            planned(f"c{n}", "cara", "mia", after=60),
        ]
        try:
            async with store.write() as tx:
                await bookings.reserve(tx, pair if n % 2 else pair[::-1])
        except SlotTaken:
            return False
        return True

    assert sum(await asyncio.gather(*(reserve(n) for n in range(6)))) == 1


async def test_a_card_shown_by_two_at_once_is_kept_once(store: Store) -> None:
    def put(activity_id: str) -> Work:
        place = CardPlace(subject="draft:d", conversation_id="chat", activity_id=activity_id)
        return lambda tx: cards.put(tx, place)

    await meet(store, put("1"), put("2"))
    async with store.read() as tx:
        found = await cards.place_of(tx, "draft:d")
    assert found is not None
    assert found.activity_id == "2"
