"""Tickets: no gap, no repeat, and states that move only from where they may."""

import asyncio
from collections.abc import Callable

import pytest

from scheduling.domain.proposals import Option
from scheduling.domain.requests import RequestState
from scheduling.domain.rules import Rule
from scheduling.storage import requests
from scheduling.storage.bookings import SessionRow
from scheduling.storage.requests import NewRequest, RequestRow
from scheduling.storage.store import Store

New = Callable[..., NewRequest]
Planned = Callable[..., SessionRow]


async def submitted(store: Store, new: NewRequest) -> RequestRow:
    async with store.write() as tx:
        await requests.insert(tx, new)
    return await loaded(store, new.id)


async def loaded(store: Store, request_id: str) -> RequestRow:
    async with store.read() as tx:
        row = await requests.get(tx, request_id)
    assert row is not None
    return row


async def test_many_at_once_have_every_number_of_their_unit_once(
    store: Store, new_request: New
) -> None:
    units = ["north", "south"] * 15
    rows = await asyncio.gather(
        *(submitted(store, new_request(f"r{n}", unit)) for n, unit in enumerate(units))
    )
    for unit in ("north", "south"):
        assert sorted(row.ticket for row in rows if row.unit_id == unit) == list(range(1, 16))


async def test_a_submission_that_fails_leaves_no_gap(store: Store, new_request: New) -> None:
    await submitted(store, new_request("a"))

    async def fail() -> None:
        async with store.write() as tx:
            await requests.insert(tx, new_request("b"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert (await submitted(store, new_request("c"))).ticket == 2


async def test_a_request_comes_back_as_it_was_given(store: Store, new_request: New) -> None:
    new = new_request("a")
    row = await submitted(store, new)
    assert (row.ask, row.created_at, row.state) == (new.ask, new.created_at, RequestState.QUEUED)
    assert (row.version, row.relaxed, row.attempts) == (1, frozenset(), 0)
    assert not row.cancel_requested


async def test_a_state_moves_only_from_where_it_may(store: Store, new_request: New) -> None:
    await submitted(store, new_request("a"))
    async with store.write() as tx:
        assert not await requests.transition(
            tx, "a", to=RequestState.BOOKED, of=(RequestState.BOOKING,)
        )
        assert await requests.transition(
            tx, "a", to=RequestState.FAILED, of=(RequestState.QUEUED,), trouble="past"
        )
    row = await loaded(store, "a")
    assert (row.state, row.version, row.trouble) == (RequestState.FAILED, 2, "past")


async def test_of_many_that_move_a_state_one_does(store: Store, new_request: New) -> None:
    await submitted(store, new_request("a"))

    async def move() -> bool:
        async with store.write() as tx:
            return await requests.transition(
                tx, "a", to=RequestState.UNDOING, of=(RequestState.QUEUED,)
            )

    assert sum(await asyncio.gather(*(move() for _ in range(8)))) == 1
    assert (await loaded(store, "a")).version == 2


async def test_the_position_counts_waiting_tickets_of_the_unit_only(
    store: Store, new_request: New
) -> None:
    rows = [await submitted(store, new_request(name)) for name in "abc"]
    await submitted(store, new_request("d", "south"))
    async with store.write() as tx:
        await requests.transition(tx, "a", to=RequestState.BOOKED, of=(RequestState.QUEUED,))
        assert [await requests.position(tx, row) for row in rows[1:]] == [1, 2]


async def test_what_waits_of_a_unit_leaves_out_what_is_final_unless_it_is_asked_for(
    store: Store, new_request: New
) -> None:
    for name in "ab":
        await submitted(store, new_request(name))
    await submitted(store, new_request("c", requester_id="tom"))
    await submitted(store, new_request("d", "south"))
    async with store.write() as tx:
        await requests.transition(tx, "a", to=RequestState.BOOKED, of=(RequestState.QUEUED,))

        async def found(*ids: str, unit: str = "north", type_id: str = "one_to_one") -> list[str]:
            rows = await requests.waiting_or(tx, unit, type_id, ids)
            return [row.id for row in rows]

        assert await found() == ["b", "c"]
        assert await found("a") == ["a", "b", "c"]
        assert await found("a", unit="south") == ["d"]
        assert not await found("a", type_id="coaching")


async def test_rules_are_loosened_one_after_the_other(
    store: Store, new_request: New, planned: Planned
) -> None:
    await submitted(store, new_request("a"))
    option = Option(
        interval=planned("s").interval, place=new_request("a").ask.place, price=1.5, room_id="oak"
    )
    async with store.write() as tx:
        await requests.loosen(tx, "a", frozenset({Rule.FLOOR}), {})
        await requests.loosen(tx, "a", frozenset({Rule.HEADS}), {"asha": option})
    row = await loaded(store, "a")
    assert row.relaxed == {Rule.FLOOR, Rule.HEADS}
    assert row.chosen == {"asha": option}
