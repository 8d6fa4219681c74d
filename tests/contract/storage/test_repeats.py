"""A sentence that Teams sends again: whichever edge it reaches, it has one effect."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.channel.seen import Answer
from bot.repeats import SharedSeen
from scheduling.storage import repeats
from scheduling.storage import tables as t
from scheduling.storage.store import Store
from scheduling.storage.trouble import Cause, StoreUnavailable
from tests.contract.storage.conftest import NOW
from tests.support.edge import StoppedClock


@pytest.fixture
def clock() -> StoppedClock:
    """Return a clock that the test moves."""
    return StoppedClock(NOW)


def edge(store: Store, clock: StoppedClock) -> SharedSeen:
    """Return what one edge remembers."""
    return SharedSeen(store, clock, pause=0.01)


async def test_what_another_edge_has_answered_is_only_acknowledged(
    store: Store, clock: StoppedClock
) -> None:
    first, second = edge(store, clock), edge(store, clock)
    assert await first.claim("a", everywhere=True)
    await first.settle("a", Answer(body=b"{}"))
    assert not await second.claim("a", everywhere=True)
    assert await second.answer("a") == Answer(status=202)
    assert await second.claim("b", everywhere=True)


async def test_of_two_edges_at_once_one_waits_for_the_other(
    store: Store, clock: StoppedClock
) -> None:
    edges = [edge(store, clock), edge(store, clock)]
    claims = [asyncio.create_task(one.claim("a", everywhere=True)) for one in edges]
    done, waiting = await asyncio.wait(claims, return_when=asyncio.FIRST_COMPLETED)
    (claim,) = done
    assert claim.result()
    await edges[claims.index(claim)].settle("a", Answer())
    assert [await one for one in waiting] == [False]


async def test_what_an_edge_that_died_left_is_taken_over(store: Store, clock: StoppedClock) -> None:
    assert await edge(store, clock).claim("a", everywhere=True)
    clock.instant += repeats.LOST
    other = edge(store, clock)
    assert await other.claim("a", everywhere=True)
    await other.settle("a", Answer())
    assert not await edge(store, clock).claim("a", everywhere=True)


async def test_what_is_old_is_forgotten_and_a_tap_is_no_row(
    store: Store, clock: StoppedClock
) -> None:
    seen = edge(store, clock)
    assert await seen.claim("tap")
    for key in ("a", "b"):
        assert await seen.claim(key, everywhere=True)
        clock.instant += repeats.REMEMBERED + timedelta(seconds=1)
    async with store.read() as tx:
        assert [row.subject for row in await tx.execute(sa.select(t.timer))] == ["b"]


async def test_a_database_that_is_away_keeps_nobody_from_being_answered(
    store: Store, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise StoreUnavailable(Cause.FULL)

    monkeypatch.setattr(repeats, "take", away)
    assert await edge(store, clock).claim("a", everywhere=True)
