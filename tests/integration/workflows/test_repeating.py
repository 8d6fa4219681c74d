"""A step that is done again, as after a crash, has the effect of doing it once."""

import pytest

from scheduling.domain.meetings import PlaceKind
from scheduling.domain.requests import RequestState, Target, TargetState, WorkItemCause
from scheduling.storage import bookings, requests
from scheduling.storage.bookings import SessionRow
from scheduling.workflows import closing, escalation, telling, writes
from tests.integration.workflows.house import House
from tests.integration.workflows.small_centre import MONDAY


@pytest.fixture
async def row(house: House) -> SessionRow:
    """Book a session in a room for today; its row as it was before anything was written."""
    request_id = await house.submit("north-1", place=PlaceKind.ROOM, first=MONDAY)
    await house.settled(request_id, RequestState.BOOKED)
    await house.quiet()
    async with house.store.write() as tx:
        for target in (Target.WFM, Target.ROOM, Target.INVITE):
            (now,) = await bookings.sessions(tx, request_id)
            await bookings.mark(tx, now.id, target, TargetState.PENDING, event=None)
    (now,) = await house.sessions(request_id)
    return now


async def test_every_write_finds_what_it_did_before(house: House, row: SessionRow) -> None:
    await writes.write_exception(house.runtime, row)
    await writes.hold_event(house.runtime, row)
    (held,) = await house.sessions(row.request_id)
    await writes.room_answer(house.runtime, held)
    await writes.invite(house.runtime, held)
    assert house.applied() == len(house.calendar.events) == 1
    (event,) = house.calendar.live
    assert event.people == ["north-1@contoso.example"]
    (done,) = await house.sessions(row.request_id)
    assert TargetState.PENDING not in done.targets.values()
    assert sum(call.name == "apply" for call in house.wfm.journal) == 1


async def test_a_closed_booking_is_closed_once(house: House, row: SessionRow) -> None:
    before = await house.row(row.request_id)
    assert await closing.finish(row.request_id, [], None) == RequestState.BOOKED.value
    assert await house.row(row.request_id) == before


async def test_a_mending_that_failed_is_told_once(house: House, row: SessionRow) -> None:
    async with house.store.write() as tx:
        request = await requests.locked(tx, row.request_id)
        facts = escalation.ItemFacts(as_of=house.clock.now())
        first = await escalation.add(tx, house.runtime, request, WorkItemCause.WRITE_FAILED, facts)
    for _ in range(2):
        await closing.finish_mending(first, [(row.id, Target.INVITE.value, False)], None)
    assert await house.items(row.request_id) == 2


async def test_undoing_twice_is_undoing_once(house: House, row: SessionRow) -> None:
    for _ in range(2):
        await writes.undo_event(house.runtime, row)
        await writes.undo_exception(house.runtime, row)
    assert house.applied() == len(house.calendar.live) == 0


async def test_a_room_changed_again_leaves_one_event(house: House, row: SessionRow) -> None:
    await writes.hold_event(house.runtime, row)
    for _ in range(2):
        (held,) = await house.sessions(row.request_id)
        await writes.next_room(house.runtime, held)
    (changed,) = await house.sessions(row.request_id)
    assert changed.room_attempt == row.room_attempt + 1, "the room that comes next is asked first"
    await writes.hold_event(house.runtime, changed)
    assert len(house.calendar.live) == 1


async def test_people_are_told_once_however_often_it_was_not_noted(
    house: House, row: SessionRow
) -> None:
    house.clock.forward(minutes=65)  # before the shift begins no message goes out
    for _ in range(2):
        async with house.store.write() as tx:  # as a crash before the noting leaves it
            await bookings.mark(tx, row.id, Target.NOTICE, TargetState.PENDING)
        await telling.tell_people(row.request_id)
    await telling.tell_people(row.request_id)
    assert len(house.notifier.notices) == 1
