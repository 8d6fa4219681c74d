"""A booking under way when its SQLite file was copied to PostgreSQL is finished there, once."""

import asyncio
from dataclasses import replace

import pytest

from bot.database import copy_tables
from scheduling.domain.requests import RequestState
from scheduling.workflows.reconcile import reconcile
from tests.integration.workflows.fakes import FakeCalendar
from tests.integration.workflows.house import House
from tests.integration.workflows.small_centre import EIGHT, centre
from tests.support.clocks import StoppedClock
from tests.support.postgres import HAS_POSTGRES, database_on
from wfm.centre.memory import MemoryWfm

pytestmark = [
    pytest.mark.skipif(not HAS_POSTGRES, reason="needs PostgreSQL"),
    pytest.mark.xdist_group("postgresql"),
]


class Stopped(Exception):
    """The process ends without waiting for anything."""


async def until_stopped(url: str, wfm: MemoryWfm, calendar: FakeCalendar) -> str:
    """Begin a booking on ``url``, and stop while its room is asked for; the request's id."""
    stuck, never = asyncio.Event(), asyncio.Event()
    begun: list[str] = []

    async def hang(name: str) -> None:
        if name == "hold":
            stuck.set()
            await never.wait()

    async def begin() -> None:
        async with House.open(url, wfm=wfm, calendar=calendar, prefix="a") as house:
            draft = await house.propose("north-1")
            calendar.before = hang
            begun.append(await house.take(draft))
            await stuck.wait()
            raise Stopped

    with pytest.raises(Stopped):
        await begin()
    calendar.before = None
    return begun[0]


async def test_what_was_under_way_is_finished_after_the_move(database: str, postgres: str) -> None:
    wfm, calendar = MemoryWfm(centre(), StoppedClock(EIGHT)), FakeCalendar()
    request_id = await until_stopped(database, wfm, calendar)
    with database_on(postgres) as target:
        await asyncio.to_thread(copy_tables, database, target)
        async with House.open(target, wfm=wfm, calendar=calendar, prefix="b") as house:
            healed: list[str] = []
            services = replace(house.runtime.services, count=healed.append)
            for _ in range(3):
                house.clock.forward(minutes=1)
                await reconcile(replace(house.runtime, services=services))
            assert healed == ["healed"]
            row = await house.settled(request_id)
            assert row.state is RequestState.BOOKED
            assert house.applied() == len(calendar.live) == 1
            assert len(await house.sessions(request_id)) == 1
