"""First come, first served: the tickets of a unit are placed in their order."""

import asyncio
from collections.abc import Sequence

import sqlalchemy as sa

from scheduling.domain.requests import RequestState
from scheduling.storage import tables as t
from tests.integration.workflows.house import House, eventually
from tests.integration.workflows.small_centre import actor
from tests.support.postgres import BOTH
from tests.support.unnumbered import WithoutNumbers

pytestmark = BOTH


def hold_next_search(house: House) -> tuple[asyncio.Event, asyncio.Event]:
    """Let the next search wait: (it has begun, it may go on)."""
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def wait(call: str) -> None:
        if call == "free_busy" and not begun.is_set():
            begun.set()
            await go_on.wait()

    house.calendar.before = wait
    return begun, go_on


async def reserved(house: House) -> Sequence[str]:
    """Return the requests in the order in which they were reserved."""
    async with house.store.read() as tx:
        lines = sa.select(t.audit.c.subject).where(t.audit.c.action == "request.reserved")
        return (await tx.execute(lines.order_by(t.audit.c.seq))).scalars().all()


async def test_a_later_ticket_waits_for_an_earlier_one_and_another_unit_does_not(
    house: House,
) -> None:
    slow, quick = await house.propose("north-1"), await house.propose("north-2", who="tom")
    elsewhere = await house.propose("south-1", who="nia")
    begun, go_on = hold_next_search(house)
    first = await house.take(slow)
    await begun.wait()
    second, other = await house.take(quick, who="tom"), await house.take(elsewhere, who="nia")
    await house.settled(other, RequestState.BOOKED)
    assert (await house.row(second)).state is RequestState.QUEUED
    assert (await house.view(second, "tom")).position == 2
    go_on.set()
    await house.settled(second, RequestState.BOOKED)
    assert await reserved(house) == [other, first, second]


async def an_old_ticket_comes_back(house: House) -> tuple[list[str], Sequence[str]]:
    """Send the first ticket back into the queue while the third waits: (tickets, order)."""
    drafts = [
        await house.propose(f"north-{n}", who=w) for n, w in enumerate(("mia", "tom", "mia"), 1)
    ]
    house.calendar.fail("free_busy", RuntimeError("a bug of ours"))
    first = await house.take(drafts[0])
    await house.settled(first, RequestState.ESCALATED)
    begun, go_on = hold_next_search(house)
    second = await house.take(drafts[1], who="tom")
    await begun.wait()
    third = await house.take(drafts[2])
    item = await house.item(first)
    assert item is not None
    await house.desk.force(actor("sam"), item.id, item.version, "it was our fault")
    await house.settled(first, RequestState.QUEUED)
    go_on.set()
    for request_id in (first, third):
        await house.settled(request_id, RequestState.BOOKED)
    return [first, second, third], await reserved(house)


async def test_a_ticket_that_comes_back_keeps_its_place(house: House) -> None:
    (first, second, third), order = await an_old_ticket_comes_back(house)
    assert order == [second, first, third]


async def test_without_the_number_in_the_queue_the_same_course_is_an_inversion(
    database: str,
) -> None:
    """So the test above can fail."""
    async with House.open(database, engine=WithoutNumbers) as house:
        (first, second, third), order = await an_old_ticket_comes_back(house)
    assert order == [second, third, first]


async def test_many_at_once_are_numbered_and_placed_in_order(house: House) -> None:
    people = [("mia", "north", n) for n in range(1, 5)] + [("nia", "south", n) for n in range(1, 5)]
    drafts = [(await house.propose(f"{unit}-{n}", who=who, days=3), who) for who, unit, n in people]
    ids = await asyncio.gather(*(house.take(draft, who=who) for draft, who in drafts))
    rows = [await house.settled(request_id, RequestState.BOOKED) for request_id in ids]

    async def all_reserved() -> Sequence[str] | None:
        order = await reserved(house)
        return order if len(order) == len(ids) else None

    order = await eventually(all_reserved)
    for unit in ("north", "south"):
        mine = {row.id: row.ticket for row in rows if row.unit_id == unit}
        assert sorted(mine.values()) == list(range(1, 5))
        assert [mine[i] for i in order if i in mine] == list(range(1, 5))
