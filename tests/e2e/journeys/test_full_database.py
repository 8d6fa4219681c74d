"""A database that is full, as the people in Teams and the probes of the operator see it."""

from collections.abc import Iterator
from contextlib import suppress
from itertools import count

import pytest
import sqlalchemy as sa

from scheduling.storage import tables as t
from scheduling.storage.store import Store
from scheduling.storage.trouble import StoreUnavailable
from tests.support.full import Ceiling
from tests.support.house import MONDAY, House, read

pytestmark = pytest.mark.e2e

ASK = "1:1 with Asha next week"
AWAY = "Nothing was changed: I cannot write to my own records just now."
ENOUGH = 50
"""Turns that fill the last page of any table."""


@pytest.fixture
def ceiling() -> Iterator[Ceiling]:
    """Return what holds every database of this process where it is."""
    made = Ceiling(sa.Engine)
    yield made
    made.lift()


async def fill(store: Store) -> None:
    """Use up what room is left."""
    with suppress(StoreUnavailable):
        for number in count():
            async with store.write() as tx:
                row = {"key": f"filling-{number}", "state": "x" * 3000, "at": MONDAY}
                await tx.execute(t.notice.insert().values(row))


async def test_a_full_database_is_said_and_with_space_the_same_chat_goes_on(
    house: House, ceiling: Ceiling
) -> None:
    chat = house.chat("Alex Wilber")
    await chat.say("hello")
    assert await house.running.checks() == {"database": True, "wfm": True}
    ceiling.low = True
    await fill(house.running.services.store)
    assert await house.running.checks() == {"database_full": False, "wfm": True}
    for _ in range(ENOUGH):
        await chat.say(ASK)
        if AWAY in read(chat.card):
            break
    assert AWAY in read(chat.card)
    assert house.nothing_written()
    ceiling.low = False
    assert await house.running.checks() == {"database": True, "wfm": True}
    assert "led by Alex Wilber" in await house.book(chat, ASK)
    assert len(house.changes()) == 1
