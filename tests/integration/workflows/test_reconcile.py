"""A request that nobody carries on is put on its way again, or a human hears of it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import time

import pytest
import structlog
from dbos import DBOS
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.requests import DraftState, RequestState, WorkItemCause
from scheduling.domain.times import WallWindow
from scheduling.storage import requests
from scheduling.workflows import commit, escalation
from scheduling.workflows.commit import Batch
from scheduling.workflows.engine import Engine
from scheduling.workflows.escalation import ItemFacts
from scheduling.workflows.promises import PROMISES
from scheduling.workflows.reconcile import CARRIERS, FOLLOWING, reconcile
from tests.integration.workflows.house import House, eventually
from tests.integration.workflows.small_centre import TUESDAY, actor, ask_for, planned

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


class Forgetful(Engine):
    """An engine that loses what it is given of some promises, as where its tables were not copied."""

    lost: frozenset[str] = frozenset()

    async def _enqueue(self, tx: AsyncConnection, options: object, *arguments: str) -> None:
        if options["workflow_name"] not in self.lost:  # type: ignore[index]
            await super()._enqueue(tx, options, *arguments)  # type: ignore[arg-type]


@pytest.fixture
async def house(database: str) -> AsyncIterator[House]:
    """Run the core on an engine that can forget."""
    async with House.open(database, engine=Forgetful) as opened:
        yield opened


def lose(house: House, *promises: str) -> None:
    """Let the engine forget those promises from now on, or none."""
    assert isinstance(house.engine, Forgetful)
    house.engine.lost = frozenset(promises)


async def look(house: House, *, minutes: float = 1) -> list[str]:
    """Let some minutes pass and reconcile; what was counted."""
    await house.quiet()
    house.clock.forward(minutes=minutes)
    counted: list[str] = []
    services = replace(house.runtime.services, count=counted.append)
    await reconcile(replace(house.runtime, services=services))
    return counted


async def test_requests_whose_workflows_were_lost_are_booked_in_the_order_of_their_tickets(
    house: House,
) -> None:
    lose(house, "place")
    asked = [await house.submit(f"north-{n}") for n in (1, 2, 3)]
    lose(house)
    assert [await look(house) for _ in range(3)] == [[], [], ["healed"] * 3]
    for request_id in asked:
        assert (await house.settled(request_id)).state is RequestState.BOOKED
    assert house.applied() == len(house.calendar.live) == 3
    begun = await DBOS.list_workflows_async(name="place")
    assert [flow.priority for flow in begun] == [1, 2, 3]
    assert await look(house) == []


@on_sqlite
@pytest.mark.parametrize("lost", ["book", "undo"])
async def test_what_was_reserved_or_is_to_be_undone_goes_on(house: House, lost: str) -> None:
    lose(house, lost)
    request_id = await house.submit("north-1")
    if lost == "undo":
        await house.settled(request_id, RequestState.BOOKED)
        await house.desk.undo(actor("mia"), request_id)
    await house.quiet()
    lose(house)
    assert [await look(house) for _ in range(3)] == [[], [], ["healed"]]
    row = await house.settled(request_id)
    assert row.state is (RequestState.BOOKED if lost == "book" else RequestState.UNDONE)
    assert house.applied() == len(house.calendar.live) == (lost == "book")


@on_sqlite
async def test_a_queued_request_belongs_to_no_human_who_is_asked_about_something_else(
    house: House,
) -> None:
    lose(house, "place")
    request_id = await house.submit("north-1")
    lose(house)
    async with house.store.write() as tx:
        row = await requests.locked(tx, request_id)
        facts = ItemFacts(as_of=house.clock.now())
        await escalation.add(tx, house.runtime, row, WorkItemCause.UNDO_FAILED, facts)
    assert [await look(house) for _ in range(3)] == [[], [], ["healed"]]
    assert (await house.settled(request_id)).state is RequestState.BOOKED


@on_sqlite
async def test_what_cannot_be_cured_reaches_a_human_once(house: House) -> None:
    lose(house, "place")
    request_id = await house.submit("north-1")
    with structlog.testing.capture_logs() as logs:
        passes = [await look(house) for _ in range(6)]
    assert passes == [[], [], ["healed"], ["handed_over"], [], []]
    item = await house.item(request_id)
    assert item is not None
    assert item.cause is WorkItemCause.ENGINE_ERROR
    assert (await house.row(request_id)).state is RequestState.ESCALATED
    assert await house.items(request_id) == 1
    said = [(one["request"], one["what"]) for one in logs if one["event"] == "reconciled"]
    assert said == [(request_id, "healed"), (request_id, "handed_over")]


@on_sqlite
async def test_after_a_human_has_decided_a_cure_is_tried_again(house: House) -> None:
    lose(house, "place", "resume")
    request_id = await house.submit("north-1")
    for _ in range(4):
        await look(house)
    item = await house.item(request_id)
    assert item is not None
    await house.desk.force(actor("sam"), item.id, item.version, "she is waiting")
    lose(house)
    assert [await look(house) for _ in range(3)] == [[], [], ["healed"]]
    assert (await house.settled(request_id, RequestState.BOOKED)).state is RequestState.BOOKED


@on_sqlite
async def test_a_decision_on_what_is_partly_booked_is_followed_though_its_workflow_was_lost(
    house: House,
) -> None:
    house.wfm.edit("north-2", TUESDAY, ())
    me = actor("mia")
    ask = replace(
        ask_for("north-1", "north-2", who="mia", first=TUESDAY, days=1),
        window=WallWindow(time(10), time(11)),
    )
    draft = await house.desk.open_draft(me, "chat", {})
    draft = await house.desk.save_draft(me, draft, DraftState.PROPOSED, {})
    await house.desk.propose(me, draft, ask)
    request = await house.desk.submit(me, draft, {}, escalate=True)
    await house.settled(request.id, RequestState.PARTLY_BOOKED)
    await house.quiet()
    item = await house.item(request.id)
    assert item is not None
    assert [await look(house) for _ in range(3)] == [[], [], []]
    lose(house, "resume")
    await house.desk.approve(actor("sam"), item.id, item.version, 0)
    lose(house)
    assert [await look(house) for _ in range(3)] == [[], [], ["healed"]]
    row = await house.settled(request.id, RequestState.BOOKED)
    assert (row.state, house.applied()) == (RequestState.BOOKED, 2)
    assert [await look(house) for _ in range(3)] == [[], [], []]


async def test_two_readings_at_once_cure_once_and_ask_nobody(house: House) -> None:
    lose(house, "book")
    request_id = await house.submit("north-1")
    await house.quiet()
    lose(house)
    assert [await look(house) for _ in range(2)] == [[], []]
    house.clock.forward(minutes=1)
    counted: list[str] = []
    services = replace(house.runtime.services, count=counted.append)
    runtime = replace(house.runtime, services=services)
    await asyncio.gather(*(reconcile(runtime) for _ in range(3)))
    assert counted == ["healed"]
    assert (await house.settled(request_id)).state is RequestState.BOOKED
    assert await house.items(request_id) == 0


@on_sqlite
async def test_a_part_of_a_batch_that_reaches_a_human_lets_the_next_have_its_turn(
    house: House,
) -> None:
    batch = Batch(id="january", unit_id="north", requester_id="sam", requester_object_id="oid-sam")
    lose(house, "commit")
    await commit.begin(house.runtime, batch, [planned(1), planned(2, who="tom")])
    assert [await look(house) for _ in range(3)] == [[], [], ["healed"]]
    lose(house)
    assert await look(house) == ["handed_over"]

    async def both_had_their_turn() -> bool | None:
        now = await commit.progress(house.runtime, batch.id)
        return (now.ended and now.booked == 1) or None

    assert await eventually(both_had_their_turn)


@on_sqlite
async def test_a_work_item_whose_announcement_was_lost_is_shown(house: House) -> None:
    lose(house, "announce")
    request_id = await house.submit("north-1")
    async with house.store.write() as tx:
        row = await requests.locked(tx, request_id)
        facts = ItemFacts(as_of=house.clock.now())
        item = await escalation.add(tx, house.runtime, row, WorkItemCause.WRITE_FAILED, facts)
    lose(house)
    assert [await look(house) for _ in range(3)] == [[], [], ["healed"]]
    await house.quiet()
    assert house.notifier.items == [item]
    assert await look(house) == []


async def test_a_workflow_that_ended_in_an_error_makes_a_work_item(house: House) -> None:
    lose(house, "book")
    request_id = await house.submit("north-1")
    await house.settled(request_id, RequestState.RESERVED)
    lose(house)
    async with house.store.write() as tx:
        await house.engine.enqueue_followup(tx, "book", f"{request_id}:x:book", "no such request")
    assert [await look(house) for _ in range(3)] == [[], [], ["handed_over"]]
    item = await house.item(request_id)
    assert item is not None
    assert item.cause is WorkItemCause.ENGINE_ERROR
    assert await look(house) == []
    await house.desk.try_again(actor("sam"), item.id, item.version)
    assert [await look(house) for _ in range(3)] == [[], [], ["healed"]]
    assert (await house.settled(request_id)).state is RequestState.BOOKED


@on_sqlite
async def test_what_moves_or_waits_for_a_human_is_left_alone(house: House) -> None:
    lose(house, "book")
    moving = await house.submit("north-1")
    await house.settled(moving, RequestState.RESERVED)
    assert [await look(house) for _ in range(2)] == [[], []]
    async with house.store.write() as tx:
        await requests.transition(tx, moving, to=RequestState.BOOKING, of=(RequestState.RESERVED,))
    assert [await look(house) for _ in range(2)] == [[], []]
    assert await house.item(moving) is None


@on_sqlite
async def test_a_clock_that_jumps_ahead_cures_nothing_in_one_reading(house: House) -> None:
    lose(house, "place")
    await house.submit("north-1")
    assert await look(house, minutes=60 * 24) == []
    assert await look(house, minutes=-60 * 48) == []
    assert await look(house) == []
    assert await look(house) == ["healed"]


@on_sqlite
async def test_a_workflow_under_way_for_hours_is_said(house: House) -> None:
    async def look_at_it(call: str) -> None:
        if call == "hold" and not counted:
            house.clock.forward(days=365)
            services = replace(house.runtime.services, count=counted.append)
            await reconcile(replace(house.runtime, services=services))

    counted: list[str] = []
    house.calendar.before = look_at_it
    await house.settled(await house.submit("north-1"))
    assert counted == ["overdue"]


def test_every_state_that_is_not_final_is_carried_on_by_a_promise() -> None:
    assert {*CARRIERS, RequestState.ESCALATED} == {s for s in RequestState if not s.final}
    assert {*FOLLOWING, *(name for names in CARRIERS.values() for name in names)} <= {
        promise.__name__ for promise in PROMISES
    }
