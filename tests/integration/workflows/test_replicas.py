"""Several processes on one PostgreSQL: each owns what it began, and peers take a dead one's over."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import pytest
import sqlalchemy as sa
from dbos import DBOSClient, DBOSPortableJSONSerializer

from scheduling.storage.store import Store
from scheduling.workflows.engine import APPLICATION_VERSION, UNIT_QUEUE
from scheduling.workflows.locks import lock_of
from scheduling.workflows.share import Share
from scheduling.workflows.watchdog import GUARD_LOST
from tests.integration.workflows.house import eventually
from tests.integration.workflows.replica import began, effect, gate, metadata
from tests.support.postgres import POSTGRES_ONLY

ROOT = Path(__file__).resolve().parents[3]
TAKE_OVER_SECONDS = 5.0

pytestmark = POSTGRES_ONLY


@dataclass(frozen=True, slots=True, kw_only=True)
class Replica:
    """A running replica and the id it goes by."""

    process: asyncio.subprocess.Process
    id: str


@asynccontextmanager
async def replica(url: str, share: Share = Share.EVERYTHING) -> AsyncIterator[Replica]:
    """Run a replica that takes work."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.integration.workflows.replica", url, share.value),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        yield Replica(process=process, id=(await process.stdout.readline()).decode().strip())
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What replicas work in: the queue they take from, and what they have done."""

    store: Store
    client: DBOSClient

    async def ask(self, request_id: str, *, unit: str = "north", ticket: int = 1) -> None:
        """Enqueue one piece of work."""
        async with self.store.write() as tx:
            await tx.run_sync(
                self.client.enqueue_in_transaction,
                {
                    "workflow_name": "rehearse",
                    "queue_name": UNIT_QUEUE,
                    "workflow_id": request_id,
                    "queue_partition_key": unit,
                    "priority": ticket,
                    "app_version": APPLICATION_VERSION,
                },
                request_id,
            )

    async def lines(self, table: sa.Table) -> list[tuple[str, str]]:
        """Return (what, who) of a table of the world."""
        async with self.store.read() as tx:
            return [(row.what, row.who) for row in await tx.execute(sa.select(table))]

    async def begun_by(self, request_id: str) -> str:
        """Return who last began the second effect, once somebody has."""

        async def look() -> str | None:
            return dict(await self.lines(began)).get(f"{request_id}:second")

        return await eventually(look)

    async def open_gate(self) -> None:
        """Let every second effect happen."""
        async with self.store.write() as tx:
            await tx.execute(gate.insert().values(name="open"))

    async def ended(self, request_id: str) -> str:
        """Return the executor that brought a piece of work to its end, once it has."""

        async def look() -> str | None:
            async with self.store.read() as tx:
                return await tx.scalar(
                    sa.text(
                        "SELECT executor_id FROM dbos.workflow_status"
                        " WHERE workflow_uuid = :id AND status = 'SUCCESS'"
                    ),
                    {"id": request_id},
                )

        return await eventually(look)

    async def cut_off(self, executor_id: str) -> None:
        """End the session that holds an executor's guard, as PostgreSQL does with a silent one."""
        lock = lock_of(executor_id) % 2**64
        async with self.store.write() as tx:
            await tx.execute(
                sa.text(
                    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
                    " AND classid::bigint = :high AND objid::bigint = :low"
                ),
                {"high": lock >> 32, "low": lock & 0xFFFFFFFF},
            )


@pytest.fixture
async def world(url: str) -> AsyncIterator[World]:
    """Make the world that the replicas share."""
    engine = sa.create_engine(url)
    metadata.create_all(engine)
    engine.dispose()
    store = Store(url)
    client = DBOSClient(system_database_url=url, serializer=DBOSPortableJSONSerializer(), lazy=True)
    yield World(store=store, client=client)
    client.destroy()
    await store.close()


async def test_a_peer_takes_over_within_seconds_what_a_killed_replica_had_begun(
    world: World, url: str
) -> None:
    async with replica(url) as one, replica(url) as other:
        alive = {one.id: one, other.id: other}
        await world.ask("r1")
        await world.ask("r2", ticket=2)
        dead = alive.pop(await world.begun_by("r1"))
        (peer,) = alive.values()
        dead.process.kill()
        killed = monotonic()
        await eventually(lambda: _taken_by(world, peer))
        assert monotonic() - killed < TAKE_OVER_SECONDS
        await world.open_gate()
        assert {await world.ended("r1"), await world.ended("r2")} == {peer.id}
    done = [what for what, _ in await world.lines(effect)]
    assert sorted(done) == ["r1:first", "r1:second", "r2:first", "r2:second"]
    assert [who for what, who in await world.lines(effect) if what == "r1:first"] == [dead.id]


async def _taken_by(world: World, peer: Replica) -> bool | None:
    return ("r1:second", peer.id) in await world.lines(began) or None


async def test_a_frozen_replica_that_thaws_writes_nothing_twice_and_ends(
    world: World, url: str
) -> None:
    async with replica(url) as one, replica(url) as other:
        alive = {one.id: one, other.id: other}
        await world.ask("r1")
        frozen = alive.pop(await world.begun_by("r1"))
        (peer,) = alive.values()
        frozen.process.send_signal(signal.SIGSTOP)
        await world.cut_off(frozen.id)
        await eventually(lambda: _taken_by(world, peer))
        await world.open_gate()
        assert await world.ended("r1") == peer.id
        frozen.process.send_signal(signal.SIGCONT)
        assert await asyncio.wait_for(frozen.process.wait(), 10) == GUARD_LOST
    assert sorted(what for what, _ in await world.lines(effect)) == ["r1:first", "r1:second"]


async def test_a_replica_that_runs_keeps_its_work_and_an_edge_leaves_units_to_solvers(
    world: World, url: str
) -> None:
    async with replica(url, Share.EDGE), replica(url, Share.SOLVER) as solver:
        await world.ask("r1")
        assert await world.begun_by("r1") == solver.id
        await world.ask("r2", unit="south")
        assert await world.begun_by("r2") == solver.id
        await world.open_gate()
        assert {await world.ended("r1"), await world.ended("r2")} == {solver.id}
    assert sorted(await world.lines(began)) == [
        ("r1:second", solver.id),
        ("r2:second", solver.id),
    ]
