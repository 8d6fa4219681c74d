"""Work that was under way when a process ended goes on in the next; a file serves one process."""

import asyncio
import subprocess
import sys

import pytest

from scheduling.domain.requests import RequestState
from tests.integration.workflows.fakes import FakeCalendar
from tests.integration.workflows.house import House
from tests.integration.workflows.small_centre import EIGHT, actor, centre, meeting_of
from tests.support.clocks import StoppedClock
from tests.support.postgres import BOTH
from wfm.centre.memory import MemoryWfm

SECOND = """
import asyncio, sys
from scheduling.workflows.engine import Engine
from scheduling.workflows.locks import DatabaseInUse

async def start():
    async with Engine(sys.argv[1]).guarded():
        print("started")

try:
    asyncio.run(start())
except DatabaseInUse as error:
    print(error)
"""


class Killed(Exception):
    """The process ends without waiting for anything."""


@BOTH
@pytest.mark.parametrize("call", ["free_busy", "hold", "invite"])
async def test_the_next_process_goes_on_where_the_last_one_stopped(
    database: str, call: str
) -> None:
    wfm, calendar = MemoryWfm(centre(), StoppedClock(EIGHT)), FakeCalendar()
    stuck, never = asyncio.Event(), asyncio.Event()

    async def hang(name: str) -> None:
        if name == call:
            stuck.set()
            await never.wait()

    begun: list[str] = []

    async def until_killed() -> None:
        async with House.open(database, wfm=wfm, calendar=calendar, prefix="a") as house:
            draft = await house.propose("north-1")
            calendar.before = hang
            begun.append(await house.take(draft))
            await stuck.wait()
            raise Killed

    with pytest.raises(Killed):
        await until_killed()
    calendar.before = None
    async with House.open(database, wfm=wfm, calendar=calendar, prefix="b") as house:
        row = await house.settled(begun[0])
        assert row.state is RequestState.BOOKED
        assert house.applied() == len(calendar.live) == 1
        assert len(await house.sessions(begun[0])) == 1


@BOTH
@pytest.mark.parametrize("call", ["hold", "read", "invite", "cancel"])
async def test_a_meeting_goes_on_in_the_next_process_and_is_one_event(
    database: str, call: str
) -> None:
    """Killed while it is written, or (``cancel``) while it is undone."""
    wfm, calendar = MemoryWfm(centre(), StoppedClock(EIGHT)), FakeCalendar()
    stuck, never = asyncio.Event(), asyncio.Event()

    async def hang(name: str) -> None:
        if name == call:
            stuck.set()
            await never.wait()

    begun: list[str] = []

    async def until_killed() -> None:
        async with House.open(database, wfm=wfm, calendar=calendar, prefix="a") as house:
            draft = await house.look_at(meeting_of("north-1", "north-2", "north-3"))
            calendar.before = hang
            begun.append(await house.take(draft))
            if call == "cancel":
                await house.settled(begun[0], RequestState.BOOKED)
                await house.desk.undo(actor("mia"), begun[0])
            await stuck.wait()
            raise Killed

    with pytest.raises(Killed):
        await until_killed()
    calendar.before = None
    async with House.open(database, wfm=wfm, calendar=calendar, prefix="b") as house:
        undone = call == "cancel"
        row = await house.settled(begun[0])
        assert row.state is (RequestState.UNDONE if undone else RequestState.BOOKED)
        assert house.applied() == (0 if undone else 3)
        assert [len(event.people) for event in calendar.live] == ([] if undone else [3])
        assert len(await house.sessions(begun[0])) == 3


async def test_a_second_process_on_the_file_is_refused_in_words(house: House) -> None:
    asked = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", SECOND, house.store.url],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert asked.stdout.startswith("another Aside is running on aside.db;")
    assert "ASIDE_DATABASE_URL" in asked.stdout
