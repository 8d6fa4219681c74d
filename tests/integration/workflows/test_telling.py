"""Who hears in chat of a booking and of its end, and who waits behind a ticket that has left."""

import asyncio
from datetime import timedelta

import pytest

from scheduling.domain.notices import NoticeKind
from scheduling.domain.requests import RequestState, Target, TargetState
from scheduling.storage import outbox
from scheduling.workflows import notices
from tests.integration.workflows.house import House, eventually
from tests.integration.workflows.small_centre import TUESDAY, actor


@pytest.fixture(autouse=True)
def at_work(house: House) -> None:
    """Let it be ten, when everybody is at work and no message is held back."""
    house.clock.forward(hours=2)


async def test_who_heard_of_a_booking_in_chat_hears_of_its_end(house: House) -> None:
    await house.readdress("north-1", None)
    request_id = await house.submit("north-1", "north-2")
    version = (await house.settled(request_id, RequestState.BOOKED)).version
    await house.quiet()
    house.clock.instant += timedelta(minutes=15)
    await house.desk.cancel(actor("mia"), request_id)
    row = await house.settled(request_id, RequestState.CANCELLED)
    await house.quiet()
    assert [(notice.kind, notice.key) for notice in house.notifier.notices] == [
        (NoticeKind.BOOKED, f"{request_id}:{version}:told:north-1"),
        (NoticeKind.CANCELLED, f"{request_id}:{row.version}:cancelled:north-1"),
    ]


async def test_a_booking_that_nobody_heard_of_ends_in_silence(house: House) -> None:
    request_id = await house.submit("north-1")
    await house.settled(request_id, RequestState.BOOKED)
    await house.desk.undo(actor("mia"), request_id)
    await house.settled(request_id, RequestState.UNDONE)
    await house.quiet()
    assert not house.notifier.notices


async def test_each_session_says_whether_its_own_attendee_was_reached(house: House) -> None:
    for name in ("north-1", "north-2"):
        await house.readdress(name, None)
    house.notifier.deaf = {"north-1"}
    request_id = await house.submit("north-1", "north-2", "north-3")
    await house.settled(request_id, RequestState.BOOKED)
    await house.quiet()
    told = {s.attendee_id: s.targets[Target.NOTICE] for s in await house.sessions(request_id)}
    assert told == {
        "north-1": TargetState.UNREACHED,
        "north-2": TargetState.DONE,
        "north-3": TargetState.SKIPPED,
    }


async def test_a_second_round_tells_nobody_again(house: House) -> None:
    for name in ("north-1", "north-2"):
        await house.readdress(name, None)
    house.wfm.edit("north-2", TUESDAY, ())
    request_id = await house.take(await house.propose("north-1", "north-2"), escalate=True)
    await house.settled(request_id, RequestState.PARTLY_BOOKED)
    await house.quiet()
    item = await house.item(request_id)
    assert item is not None
    await house.desk.approve(actor("sam"), item.id, item.version, 0)
    await house.settled(request_id, RequestState.BOOKED)
    await house.quiet()
    assert [one.person_id for one in house.notifier.notices] == ["north-1", "north-2"]


async def test_what_is_put_late_once_more_leaves_the_newer_one(house: House) -> None:
    request_id = await house.submit("north-1", first=TUESDAY + timedelta(days=7))
    await house.settled(request_id, RequestState.BOOKED)
    await house.quiet()
    house.clock.forward(minutes=3)
    row, rows = await house.row(request_id), await house.sessions(request_id)
    for key in ("first", "second", "first"):
        async with house.store.write() as tx:
            await notices.notify(tx, NoticeKind.MOVED, row, key=key, sessions=rows)
    await house.quiet()
    async with house.store.read() as tx:
        assert [one.key for one in await outbox.waiting(tx, "mia")] == ["second:moved:mia"]


async def test_cards_behind_a_ticket_that_leaves_the_queue_are_shown_again(house: House) -> None:
    drafts = [
        await house.propose(f"north-{n}", who=w) for n, w in enumerate(("mia", "tom", "mia"), 1)
    ]
    gates = [asyncio.Event(), asyncio.Event()]
    searches = iter(gates)

    async def wait(call: str) -> None:
        if call == "free_busy" and (gate := next(searches, None)):
            await gate.wait()

    house.calendar.before = wait
    first = await house.take(drafts[0])
    second = await house.take(drafts[1], who="tom")
    third = await house.take(drafts[2])
    assert (await house.view(third)).position == 3
    assert third not in house.notifier.requests
    gates[0].set()
    await house.settled(first, RequestState.BOOKED)

    async def shown_again() -> bool | None:
        return third in house.notifier.requests or None

    await eventually(shown_again)
    assert (await house.view(third)).position == 2
    house.notifier.requests.clear()
    await house.desk.cancel(actor("tom"), second)
    await eventually(shown_again)
    assert (await house.view(third)).position == 1
    gates[1].set()
    await house.settled(third, RequestState.BOOKED)
