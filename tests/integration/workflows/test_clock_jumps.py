"""A clock that jumps back breaks no order and no promise that was shown."""

from datetime import timedelta

import sqlalchemy as sa

from scheduling.domain.requests import RequestState, WorkItemState
from scheduling.storage import tables as t
from tests.integration.workflows.house import House
from tests.integration.workflows.small_centre import TUESDAY, actor
from tests.integration.workflows.test_order import hold_next_search, reserved
from tests.integration.workflows.test_rounds import half_booked

BACK = timedelta(minutes=-30)


async def test_tickets_are_placed_in_their_order_when_the_clock_has_jumped_back_between_them(
    house: House,
) -> None:
    drafts = [(await house.propose(f"north-{n}", who=who), who) for n, who in enumerate(WHO, 1)]
    begun, go_on = hold_next_search(house)
    asked = []
    for draft, who in drafts:
        asked.append(await house.take(draft, who=who))
        await begun.wait()
        house.clock.instant += BACK
    go_on.set()
    for request_id in asked:
        await house.settled(request_id, RequestState.BOOKED)
    assert await reserved(house) == asked
    rows = [await house.row(request_id) for request_id in asked]
    assert [row.ticket for row in rows] == [1, 2, 3]
    assert rows[0].created_at > rows[-1].created_at
    async with house.store.read() as tx:
        lines = (await tx.execute(sa.select(t.audit.c.seq).order_by(t.audit.c.seq))).scalars().all()
    assert list(lines) == list(range(lines[0], lines[0] + len(lines)))


WHO = ("mia", "tom", "mia")


async def test_undo_is_open_until_the_time_it_showed_and_is_still_an_undo(house: House) -> None:
    request_id = await house.submit("north-1")
    booked = await house.settled(request_id, RequestState.BOOKED)
    house.clock.instant += BACK
    assert (await house.view(request_id)).undo_until == booked.undo_until
    await house.desk.undo(actor("mia"), request_id)
    assert (await house.settled(request_id)).state is RequestState.UNDONE


async def test_the_newest_work_item_is_the_last_made_not_the_latest_by_the_clock(
    house: House,
) -> None:
    request_id, first = await half_booked(house)
    for day in range(1, 14):
        house.wfm.edit("north-2", TUESDAY + timedelta(days=day), ())
    house.clock.instant += BACK
    await house.desk.approve(actor("sam"), first.id, first.version, 0)
    await house.quiet()
    newest = await house.item(request_id)
    assert newest is not None
    assert newest.id != first.id
    assert newest.created_at < first.created_at
    assert newest.state is WorkItemState.OPEN
