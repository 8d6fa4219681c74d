"""However many tap, on however many replicas: a work item is decided once."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from scheduling.storage import tables as t
from tests.integration.workflows.house import House
from tests.integration.workflows.tapper import tap
from tests.integration.workflows.test_rounds import half_booked
from tests.support.postgres import POSTGRES_ONLY

ROOT = Path(__file__).resolve().parents[3]

pytestmark = POSTGRES_ONLY


@dataclass(frozen=True, slots=True)
class Peer:
    """Another replica, and a way to talk to it."""

    process: asyncio.subprocess.Process

    async def told(self) -> str:
        """Return the next line that is an answer and no log."""
        assert self.process.stdout is not None
        async with asyncio.timeout(60):
            while (line := await self.process.stdout.readline()).startswith(b"20"):
                pass
        return line.decode().strip()

    async def tap(self, item_id: str) -> str:
        """Let Sue tap there; what came of it."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{item_id}\n".encode())
        return await self.told()


@asynccontextmanager
async def peer(url: str) -> AsyncIterator[Peer]:
    """Run another replica."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.integration.workflows.tapper", url),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        other = Peer(process)
        assert await other.told() == "ready"
        yield other
    finally:
        process.kill()
        await process.communicate()


async def test_three_taps_on_two_replicas_make_one_decision(url: str) -> None:
    async with House.open(url, prefix="a") as house:
        _, item = await half_booked(house)
        async with peer(url) as other:
            answers = await asyncio.gather(
                tap(house, "sam", item.id), other.tap(item.id), tap(house, "sue", item.id)
            )
        await house.quiet()
        async with house.store.read() as tx:
            decided = await tx.scalar(sa.select(sa.func.count()).select_from(t.decision))
            placed = await tx.scalar(
                sa.select(sa.func.count())
                .select_from(t.session)
                .where(t.session.c.attendee_id == "north-2")
            )
    assert (decided, placed) == (1, 1), answers
    assert len({*answers}) > 1, answers
