"""Nobody and no room is reserved twice for the same minutes; a loser changes nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from scheduling.domain.meetings import PlaceKind
from scheduling.domain.requests import SessionState, Target, TargetState
from scheduling.ports.calendar import EventRef
from scheduling.storage import bookings, requests
from scheduling.storage import tables as t
from scheduling.storage.bookings import SessionRow, SlotTaken
from scheduling.storage.codec import dump
from scheduling.storage.requests import NewRequest
from scheduling.storage.store import Store

New = Callable[..., NewRequest]
Planned = Callable[..., SessionRow]
Count = Callable[[sa.Table], Awaitable[int]]

pytestmark = pytest.mark.usefixtures("two_requests")


@pytest.fixture
async def two_requests(store: Store, new_request: New) -> None:
    """Keep a request in each of two units."""
    async with store.write() as tx:
        await requests.insert(tx, new_request("r"))
        await requests.insert(tx, new_request("other", "south"))


async def reserved(store: Store, *rows: SessionRow) -> None:
    async with store.write() as tx:
        await bookings.reserve(tx, rows)


async def loaded(store: Store, session_id: str) -> SessionRow:
    async with store.read() as tx:
        row = await bookings.session(tx, session_id)
    assert row is not None
    return row


async def test_sessions_come_back_as_they_were_given(store: Store, planned: Planned) -> None:
    rows = [planned("late", after=60), planned("early", room="oak@x")]
    await reserved(store, *rows)
    async with store.read() as tx:
        assert list(await bookings.sessions(tx, "r")) == rows[::-1]


@pytest.mark.parametrize(
    "clash",
    [
        {"attendee": "asha", "facilitator": "tom"},
        {"attendee": "bo", "facilitator": "mia"},
        {"attendee": "mia", "facilitator": "tom"},
        {"attendee": "bo", "facilitator": "tom", "room": "OAK@x"},
        {"attendee": "asha", "facilitator": "tom", "after": 25},
        {"attendee": "asha", "facilitator": "tom", "request_id": "other", "unit_id": "south"},
    ],
    ids=["attendee", "facilitator", "as-somebody-else", "room", "five-minutes", "another-unit"],
)
async def test_the_same_minutes_are_lost_with_all_that_was_to_be_reserved_with_them(
    store: Store, planned: Planned, count: Count, clash: dict[str, str]
) -> None:
    await reserved(store, planned("first", room="oak@x"))
    before = await count(t.reservation)
    with pytest.raises(SlotTaken):
        await reserved(store, planned("fine", "cem", "tom", after=60), planned("lost", **clash))
    assert await count(t.session) == 1
    assert await count(t.reservation) == before


@pytest.mark.parametrize(
    "beside",
    [
        {"after": 30, "room": "oak@x"},
        {"after": -30},
        {"attendee": "bo", "facilitator": "tom", "room": "elm@x"},
    ],
    ids=["just-after", "just-before", "others"],
)
async def test_other_minutes_and_other_people_do_not_collide(
    store: Store, planned: Planned, count: Count, beside: dict[str, str]
) -> None:
    await reserved(store, planned("first", room="oak@x"))
    await reserved(store, planned("second", **beside))
    assert await count(t.session) == 2


async def test_the_transaction_of_a_loser_can_still_say_so(
    store: Store, planned: Planned, new_request: New
) -> None:
    await reserved(store, planned("first"))
    async with store.write() as tx:
        with pytest.raises(SlotTaken):
            await bookings.reserve(tx, [planned("second")])
        await requests.insert(tx, new_request("after"))
    async with store.read() as tx:
        assert await requests.get(tx, "after") is not None


async def test_of_many_at_once_one_has_the_minute(
    store: Store, planned: Planned, count: Count
) -> None:
    async def attempt(number: int) -> bool:
        try:
            await reserved(store, planned(f"s{number}", facilitator=f"f{number}"))
        except SlotTaken:
            return False
        return True

    assert sum(await asyncio.gather(*(attempt(n) for n in range(8)))) == 1
    assert await count(t.session) == 1


async def test_what_is_freed_can_be_taken_again(store: Store, planned: Planned) -> None:
    await reserved(store, planned("first", room="oak@x"))
    async with store.write() as tx:
        await bookings.free(tx, "first", SessionState.CANCELLED)
    await reserved(store, planned("second", room="oak@x"))
    assert (await loaded(store, "first")).state is SessionState.CANCELLED


async def test_taken_tells_of_the_resources_asked_in_the_span_asked(
    store: Store, planned: Planned
) -> None:
    first, second = planned("first", room="Oak@x"), planned("second", after=60)
    await reserved(store, first, second)
    async with store.read() as tx:
        found = await bookings.taken(
            tx, ["person:asha", "room:oak@x", "person:nobody"], first.interval
        )
    assert sorted(found) == [("person:asha", first.interval), ("room:oak@x", first.interval)]


async def test_active_sessions_are_those_of_the_unit_that_overlap(
    store: Store, planned: Planned
) -> None:
    rows = [
        planned("in"),
        planned("over", after=60),
        planned("gone", "bo", "tom"),
        planned("elsewhere", "cem", "nia", request_id="other", unit_id="south"),
    ]
    await reserved(store, *rows)
    async with store.write() as tx:
        await bookings.free(tx, "gone", SessionState.FAILED)
        found = await bookings.active_in(tx, "north", planned("in").interval)
    assert [row.id for row in found] == ["in"]


async def test_another_room_takes_the_place_of_the_first(store: Store, planned: Planned) -> None:
    row = replace(
        planned("s", room="oak@x"),
        event=EventRef(organiser="mia@x", event_id="1", ical_uid="1"),
    )
    await reserved(store, row)
    async with store.write() as tx:
        await bookings.change_room(tx, row, ("elm@x", "Elm"))
        taken = await bookings.taken(tx, ["room:oak@x", "room:elm@x"], row.interval)
    changed = await loaded(store, "s")
    assert [name for name, _ in taken] == ["room:elm@x"]
    assert (changed.room_id, changed.room_name, changed.room_attempt) == ("elm@x", "Elm", 1)
    assert changed.event is None


async def test_without_a_room_a_session_is_online(store: Store, planned: Planned) -> None:
    row = planned("s", room="oak@x")
    await reserved(store, row)
    async with store.write() as tx:
        await bookings.change_room(tx, row, None)
        assert not await bookings.taken(tx, ["room:oak@x"], row.interval)
    changed = await loaded(store, "s")
    assert (changed.place, changed.room_id) == (PlaceKind.ONLINE, None)


async def test_a_room_that_is_taken_leaves_the_session_where_it_was(
    store: Store, planned: Planned
) -> None:
    row = planned("s", room="oak@x")
    await reserved(store, row, planned("t", "bo", "tom", room="elm@x"))
    with pytest.raises(SlotTaken):
        async with store.write() as tx:
            await bookings.change_room(tx, row, ("elm@x", "Elm"))
    assert await loaded(store, "s") == row
    async with store.read() as tx:
        assert len(await bookings.taken(tx, ["room:oak@x"], row.interval)) == 1


async def test_each_write_of_a_session_has_its_own_state(store: Store, planned: Planned) -> None:
    row = planned("s")
    await reserved(store, row)
    at = row.interval.start - timedelta(days=1)
    ref = EventRef(organiser="mia@x", event_id="1", ical_uid="2")
    async with store.write() as tx:
        await bookings.mark(tx, "s", Target.WFM, TargetState.DONE, written_at=at)
        await bookings.mark(tx, "s", Target.ROOM, TargetState.FAILED, event=dump(EventRef, ref))
    changed = await loaded(store, "s")
    assert changed.targets == {
        **row.targets,
        Target.WFM: TargetState.DONE,
        Target.ROOM: TargetState.FAILED,
    }
    assert (changed.written_at, changed.event) == (at, ref)
