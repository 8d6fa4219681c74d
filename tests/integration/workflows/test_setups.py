"""The set-up in force: one first version, taken over by every replica, read when it is needed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from scheduling.domain.meetings import PlaceKind, Room
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.setup import Floor, Pause, Setup, first_setup
from scheduling.storage import audit, setups
from scheduling.storage.store import Store
from scheduling.workflows import place, trail
from scheduling.workflows.setups import Setups
from tests.integration.workflows.house import House, eventually
from tests.integration.workflows.small_centre import EIGHT, ask_for, one_to_one
from tests.support.clocks import StoppedClock
from tests.support.postgres import database_on

FIRST = first_setup([(one_to_one(), (PlaceKind.ROOM, PlaceKind.ONLINE))])


async def change(store: Store, setup: Setup) -> None:
    """Make ``setup`` the next version, as somebody elsewhere does."""
    async with store.write() as tx:
        number = await setups.lock(tx) + 1
        await setups.add(tx, setup, number=number, at=EIGHT, by="ada")


@asynccontextmanager
async def replica(url: str) -> AsyncIterator[Setups]:
    """Follow the set-up of a database as one more process would."""
    store = Store(url)
    await store.prepare()
    held = Setups(store, StoppedClock(EIGHT), FIRST)
    await held.start()
    following = asyncio.create_task(held.follow())
    try:
        yield held
    finally:
        following.cancel()
        await store.close()


async def test_every_replica_takes_a_change_within_seconds(url: str) -> None:
    async with replica(url) as one, replica(url) as other:
        assert (one.number, other.number) == (1, 1)
        changed = replace(FIRST, notice=FIRST.notice * 2)
        await change(one._store, changed)

        async def both() -> bool | None:
            return (one.number, other.number) == (2, 2) or None

        await eventually(both, patience=10)
        assert other.policy.notice == changed.notice
        assert other.setup == changed


async def test_the_first_version_is_made_once_and_outlives_changed_settings(
    postgres: str,
) -> None:
    with database_on(postgres) as url:
        await _made_once(url)


async def _made_once(url: str) -> None:
    async with replica(url), replica(url) as other, other._store.read() as tx:
        assert [each.number for each in await setups.history(tx, 9)] == [1]
        assert (await audit.verify(tx)).lines == 1
    store = Store(url)
    later = Setups(store, StoppedClock(EIGHT), replace(FIRST, allowance=5))
    await later.start()
    assert later.setup == FIRST
    await store.close()


async def test_floors_and_rooms_of_the_set_up_are_searched_with(house: House) -> None:
    services = house.runtime.services
    floors = {"north-calls": Floor(deficit=0.25, heads=1)}
    ash = Room(id="ash@x", name="Ash", capacity=4, site_id="leeds")
    await change(house.store, replace(services.setups.setup, floors=floors, rooms={"ash@x": ash}))
    assert await services.setups.look()
    world = await house.runtime.search.world(
        ask_for("north-1", place=PlaceKind.ROOM), "north", fresh=True
    )
    assert world.facts.demands["north-calls"].floor == 0.25
    assert world.facts.demands["north-calls"].minimum_heads == 1
    assert "ash@x" in {room.id for room in await services.setups.rooms(services.calendar)}


async def test_what_was_asked_for_is_booked_as_it_was_then(house: House) -> None:
    request_id = await house.submit("north-1")
    services = house.runtime.services
    before = trail.parameters(services, "one_to_one")
    setup = services.setups.setup
    renamed = replace(setup.types["one_to_one"], code_id="other", subject="Chat")
    await change(house.store, replace(setup, types={**setup.types, "one_to_one": renamed}))
    await services.setups.look()
    assert trail.parameters(services, "one_to_one") != before
    async with house.store.read() as tx:
        asked_as = await services.setups.asked_as(tx, await house.row(request_id))
    assert (asked_as.code_id, asked_as.subject) == ("one_to_one", "One-to-one")
    assert services.catalogue.types["one_to_one"].code_id == "other"


async def test_a_number_that_never_was_is_no_version(house: House) -> None:
    async with house.store.read() as tx:
        with pytest.raises(LookupError):
            await house.runtime.services.setups.at(tx, 99)


async def test_what_was_queued_by_itself_is_not_booked_on_wrong_figures_once_paused(
    house: House,
) -> None:
    row = replace(await house.row(await house.submit("north-1")), chosen={}, relaxed=frozenset())
    held = house.runtime.services.setups
    kind = replace(held.setup.types["one_to_one"], auto_schedule=True)
    paused = {"north": Pause(by="sam", since=EIGHT)}
    held._take(2, replace(held.setup, types={**held.setup.types, kind.id: kind}, paused=paused))
    ask = ask_for("north-2")
    found = await house.runtime.search.find(
        ask, await house.runtime.search.world(ask, "north", fresh=True)
    )
    with pytest.raises(Refused) as refused:
        place._require_reconciled(house.runtime, row, replace(found, reconciled=False))
    assert refused.value.refusal is Refusal.NOT_RECONCILED
