"""Pausing auto-scheduling: what would schedule itself is set aside, and goes on in ticket order."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from scheduling.domain.house import Paused
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.requests import RequestState, SessionState, WorkItemCause, WorkItemState
from scheduling.storage import audit
from scheduling.storage import tables as t
from scheduling.workflows.changes import ChangeDesk
from scheduling.workflows.facts import FactsReader
from scheduling.workflows.pausing import PauseDesk
from scheduling.workflows.queue_port import Filters
from scheduling.workflows.queueing import QueueRoom
from scheduling.workflows.timers import take_due
from tests.integration.workflows.house import QUICK, House, eventually
from tests.integration.workflows.small_centre import actor, ask_for, one_to_one
from tests.support.postgres import BOTH

pytestmark = BOTH


@pytest.fixture(autouse=True)
def automatic(house: House) -> None:
    """Let one-to-ones schedule themselves."""
    held = house.runtime.services.setups
    kinds = {**held.setup.types, "one_to_one": replace(one_to_one(), auto_schedule=True)}
    held._take(held.number, replace(held.setup, types=kinds))
    held._earlier[held.number] = held.setup


@pytest.fixture
def desk(house: House) -> PauseDesk:
    """Return the desk at which schedulers pause."""
    return PauseDesk(house.runtime)


async def asked(house: House, attendee: str, *, who: str = "mia") -> str:
    """Ask for a session that schedules itself; the request's id."""
    draft = await house.desk.open_draft(actor(who), "chat", {})
    found = await house.desk.submit_automatic(actor(who), draft, ask_for(attendee, who=who))
    return found.id


async def booked_in_order(house: House) -> list[str]:
    """Return the requests in the order in which they were reserved."""
    async with house.store.read() as tx:
        found = await tx.execute(
            sa.select(t.audit.c.subject)
            .where(t.audit.c.action == "request.reserved")
            .order_by(t.audit.c.seq)
        )
        return list(found.scalars())


async def test_what_would_schedule_itself_waits_and_goes_on_in_ticket_order(
    house: House, desk: PauseDesk
) -> None:
    assert (await desk.pause(actor("sam"), None)).paused
    waiting = [await asked(house, f"north-{n}", who="mia" if n % 2 else "tom") for n in (1, 2, 3)]
    for request_id in waiting:
        row = await house.settled(request_id, RequestState.ESCALATED)
        assert row.trouble == "paused"
        item = await house.item(request_id)
        assert item is not None
        assert item.cause is WorkItemCause.PAUSED
    await house.quiet()
    assert house.applied() == 0
    standing = await desk.standing(actor("sue"))
    assert (standing.waiting, standing.by_name, standing.until) == (3, "Sam", None)

    resumed = await desk.resume(actor("sue"))
    assert (resumed.paused, resumed.resumed, resumed.waiting) == (False, 3, 0)
    for request_id in waiting:
        await house.settled(request_id, RequestState.BOOKED)
    await house.quiet()
    assert await booked_in_order(house) == waiting
    assert house.applied() == 3
    async with house.store.read() as tx:
        assert (await audit.verify(tx)).broken is None


async def test_whose_pause_it_is_and_until_when_is_said_wherever_something_waits_for_it(
    house: House, desk: PauseDesk
) -> None:
    await desk.pause(actor("sam"), None)
    request_id = await asked(house, "north-1", who="mia")
    await house.settled(request_id, RequestState.ESCALATED)
    await house.quiet()
    item = await house.item(request_id)
    assert item is not None
    assert (await house.view(request_id)).paused == Paused(by_name="Sam")
    house.notifier.items.clear()
    house.notifier.requests.clear()
    until = house.clock.now() + timedelta(hours=1)
    await desk.pause(actor("sue"), until)
    await house.quiet()
    changed = Paused(by_name="Sue", until=until)
    assert (await house.view(request_id)).paused == changed
    assert (await house.desk.work_item(actor("sam"), item.id)).paused == changed

    async def shown() -> bool | None:
        seen = item.id in house.notifier.items and request_id in house.notifier.requests
        return seen or None

    assert await eventually(shown)
    room = QueueRoom(house.runtime, FactsReader(house.wfm, house.clock, QUICK), house.desk)
    assert (await room.queue(actor("sam"), Filters(), 0)).paused == changed
    await desk.resume(actor("sam"))
    await house.quiet()
    assert (await house.view(request_id)).paused is None


async def test_what_somebody_chose_a_time_for_is_booked_as_always(
    house: House, desk: PauseDesk
) -> None:
    await desk.pause(actor("sam"), None)
    aside = await asked(house, "north-1")
    chosen = await house.submit("north-2", who="tom")
    await house.settled(chosen, RequestState.BOOKED)
    assert (await house.row(aside)).state is RequestState.ESCALATED


async def test_a_scheduler_may_let_one_go_on_meanwhile(house: House, desk: PauseDesk) -> None:
    await desk.pause(actor("sam"), None)
    request_id = await asked(house, "north-1")
    await house.settled(request_id, RequestState.ESCALATED)
    item = await house.item(request_id)
    assert item is not None
    await house.desk.try_again(actor("sue"), item.id, item.version)
    await house.settled(request_id, RequestState.BOOKED)
    assert (await desk.resume(actor("sam"))).resumed == 0
    await house.quiet()
    assert house.applied() == 1


async def test_a_pause_ends_by_itself_once(house: House, desk: PauseDesk) -> None:
    until = house.clock.now() + timedelta(hours=1)
    await desk.pause(actor("sam"), until)
    request_id = await asked(house, "north-1")
    await house.settled(request_id, RequestState.ESCALATED)
    house.clock.forward(minutes=59)
    await take_due(house.runtime)
    await house.quiet()
    assert (await house.row(request_id)).state is RequestState.ESCALATED
    house.clock.forward(minutes=1)
    await take_due(house.runtime)
    await house.settled(request_id, RequestState.BOOKED)
    item = await house.item(request_id)
    assert item is not None
    assert (item.state, item.decided_by) == (WorkItemState.RETRIED, "sam")


async def test_only_schedulers_of_the_unit_pause_it(house: House, desk: PauseDesk) -> None:
    for who in ("mia", "nia"):
        with pytest.raises(Refused) as refused:
            await desk.pause(actor(who), None)
        assert refused.value.refusal is Refusal.NOT_YOUR_ROLE
    with pytest.raises(Refused) as refused:
        await desk.pause(actor("sam"), house.clock.now())
    assert refused.value.refusal is Refusal.PAST
    await desk.pause(actor("sam"), None)
    now = house.clock.now()
    setup = house.runtime.services.setups.setup
    assert setup.paused_in("north", now) is not None
    assert setup.paused_in("south", now) is None


async def test_while_it_is_paused_nobody_is_given_a_new_time_unasked(
    house: House, desk: PauseDesk
) -> None:
    request_id = await asked(house, "north-1")
    await house.settled(request_id, RequestState.BOOKED)
    await house.quiet()
    await desk.pause(actor("sam"), None)
    (row,) = await house.sessions(request_id)
    await ChangeDesk(house.runtime).cannot(actor("north-1"), row.id)
    await house.quiet()
    (freed,) = await house.sessions(request_id)
    assert (freed.state, freed.change_id) == (SessionState.RELEASED, None)
