"""Timers are rows: acted on once, whatever the clock, a crash or a second replica does."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from dbos import DBOS

from scheduling.domain.requests import DraftState, RequestState, WorkItemCause
from scheduling.storage import drafts, requests, timers
from scheduling.storage.store import Store
from scheduling.workflows import escalation, promises
from scheduling.workflows.timers import KINDS, take_due
from tests.integration.workflows.house import House, eventually
from tests.integration.workflows.small_centre import EIGHT, actor

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


async def shown_after(house: House, request_id: str) -> int:
    """Read the timers; how often the request's card was shown because of them."""
    await house.quiet()
    before = house.notifier.requests.count(request_id)
    await take_due(house.runtime)
    await house.quiet()
    return house.notifier.requests.count(request_id) - before


@pytest.fixture
async def booked(house: House) -> str:
    """Book one session; the request's id."""
    request_id = await house.submit("north-1")
    await house.settled(request_id, RequestState.BOOKED)
    return request_id


@on_sqlite
async def test_a_card_is_shown_again_when_the_time_to_undo_is_over(
    house: House, booked: str
) -> None:
    house.clock.forward(minutes=14, seconds=59)
    assert await shown_after(house, booked) == 0
    house.clock.forward(seconds=1)
    assert await shown_after(house, booked) == 1
    assert (await house.view(booked)).can_cancel
    house.clock.forward(days=1)
    assert await shown_after(house, booked) == 0


async def test_a_clock_that_jumps_back_neither_repeats_nor_loses_a_timer(
    house: House, booked: str
) -> None:
    house.clock.forward(minutes=15)
    assert await shown_after(house, booked) == 1
    house.clock.forward(hours=-2)
    assert await shown_after(house, booked) == 0
    async with house.store.write() as tx:
        await timers.set_timer(tx, "undo_over", booked, house.clock.now())
    assert await shown_after(house, booked) == 1
    house.clock.forward(hours=3)
    assert await shown_after(house, booked) == 0


@on_sqlite
async def test_a_timer_set_again_for_the_same_time_stays_done(house: House, booked: str) -> None:
    house.clock.forward(minutes=15)
    assert await shown_after(house, booked) == 1
    async with house.store.write() as tx:
        await timers.set_timer(tx, "undo_over", booked, house.clock.now())
    assert await shown_after(house, booked) == 0


@on_sqlite
async def test_a_timer_that_is_cancelled_never_becomes_due(house: House, booked: str) -> None:
    async with house.store.write() as tx:
        await timers.cancel(tx, "undo_over", booked)
    house.clock.forward(minutes=15)
    assert await shown_after(house, booked) == 0


@on_sqlite
async def test_the_next_process_takes_what_became_due_while_none_was_running(
    database: str,
) -> None:
    async with House.open(database, prefix="a") as house:
        booked = await house.submit("north-1")
        await house.settled(booked, RequestState.BOOKED)
    async with House.open(database, prefix="b") as house:
        house.clock.forward(days=1)
        assert await shown_after(house, booked) == 1


@on_sqlite
async def test_a_reading_that_is_not_committed_is_done_again_whole(
    house: House, booked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dies(*_: object) -> None:
        raise OSError("the disk is full")

    await house.quiet()
    house.clock.forward(minutes=15)
    with monkeypatch.context() as patched:
        patched.setattr(timers, "done", dies)
        with pytest.raises(OSError, match="full"):
            await take_due(house.runtime)
    assert await shown_after(house, booked) == 1


async def test_two_replicas_that_read_at_once_take_each_timer_once(house: House) -> None:
    """As seen by the database: several stores, each with connections of its own."""
    asked = [f"request-{n}" for n in range(40)]
    async with house.store.write() as tx:
        for one in asked:
            await timers.set_timer(tx, "undo_over", one, EIGHT)
    stores = [Store(house.store.url) for _ in range(3)]
    runtimes = [
        replace(house.runtime, services=replace(house.runtime.services, store=store))
        for store in stores
    ]
    taken = await asyncio.gather(*(take_due(runtime) for runtime in runtimes))
    await house.quiet()
    for store in stores:
        await store.close()
    assert sum(taken) == len(asked)
    assert sorted(house.notifier.requests) == sorted(asked)


@on_sqlite
async def test_a_kind_that_this_process_does_not_know_waits_for_one_that_does(
    house: House,
) -> None:
    async with house.store.write() as tx:
        await timers.set_timer(tx, "of_the_next_release", "x", EIGHT)
    await take_due(house.runtime)
    async with house.store.read() as tx:
        row = await timers.get(tx, "of_the_next_release", "x")
    assert row is not None
    assert row.done_at is None


@on_sqlite
async def test_an_undecided_work_item_is_shown_again_when_its_last_good_start_has_passed(
    house: House, booked: str
) -> None:
    facts = escalation.ItemFacts(as_of=house.clock.now())
    async with house.store.write() as tx:
        row = await requests.require(tx, booked)
        await escalation.add(tx, house.runtime, row, WorkItemCause.WRITE_FAILED, facts)
    await house.quiet()
    item = await house.item(booked)
    assert item is not None
    assert item.decide_by is not None
    counts = []
    for time in (EIGHT, item.decide_by - timedelta(seconds=1), item.decide_by):
        house.clock.instant = time
        await take_due(house.runtime)
        await house.quiet()
        counts.append(house.notifier.items.count(item.id))
    assert counts == [counts[0], counts[0], counts[0] + 1]


@on_sqlite
async def test_drafts_are_forgotten_a_day_after_they_expired(house: House) -> None:
    me = actor("mia")
    draft = await house.desk.open_draft(me, "chat", {})
    draft = await house.desk.save_draft(me, draft, DraftState.PROPOSED, {})
    await take_due(house.runtime)
    for passed, there in ((timedelta(hours=47), True), (timedelta(hours=2), False)):
        house.clock.instant += passed
        await take_due(house.runtime)
        await house.quiet()
        async with house.store.read() as tx:
            assert (await drafts.get(tx, draft.id) is not None) is there


@on_sqlite
async def test_what_comes_again_survives_a_clock_that_was_a_year_ahead(house: House) -> None:
    every = KINDS["hold_over"].every
    assert every is not None
    house.clock.forward(days=365)
    await take_due(house.runtime)
    house.clock.instant = EIGHT
    await take_due(house.runtime)
    async with house.store.read() as tx:
        row = await timers.get(tx, "hold_over", timers.EVERYTHING)
    assert row is not None
    assert row.due_at == EIGHT + every


async def test_the_engine_reads_the_timers_by_itself(house: House, booked: str) -> None:
    await house.quiet()
    before = house.notifier.requests.count(booked)
    house.clock.forward(minutes=15)
    await DBOS.apply_schedules_async(promises.SCHEDULES)
    await asyncio.to_thread(DBOS.trigger_schedule, "timers")

    async def shown() -> bool | None:
        return house.notifier.requests.count(booked) == before + 1 or None

    await eventually(shown)
    asked = await DBOS.list_workflows_async(name="on_time")
    assert [flow.input["args"][0] for flow in asked if flow.input] == ["undo_over"]
