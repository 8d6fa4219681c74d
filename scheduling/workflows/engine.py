"""The durable engine: started once per process, on the same database as the domain tables.

The rules behind each setting are in docs/adr/0003-durable-engine.md.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Final

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, DBOSConfig, DBOSPortableJSONSerializer, EnqueueOptions
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.storage.opening import file_of, is_sqlite
from scheduling.workflows import engine_sqlite
from scheduling.workflows.engine_schema import refuse_newer
from scheduling.workflows.locks import FileLock, Guard, ReplicaGuard
from scheduling.workflows.replicas import Sweep
from scheduling.workflows.share import Share
from scheduling.workflows.watchdog import GUARD_LOST, end_process

APPLICATION_VERSION = "aside-1"
"""A constant: the engine's default is a hash of our source, so any edit would strand work."""

EXECUTOR_ID = "aside"
"""One process on SQLite, so that a restart recovers its own work."""

UNIT_QUEUE = "unit"
FOLLOWUP_QUEUE = "followup"
BATCH_QUEUE = "batch"
"""Writing for batch runs, beside the followups, so that nobody's booking waits behind thousands."""

ANNOUNCE_QUEUE = "announce"
"""Showing work items to schedulers, which waits for as long as none of them can be reached."""

WORKERS: Final = {FOLLOWUP_QUEUE: 200, BATCH_QUEUE: 8, ANNOUNCE_QUEUE: 2000}
"""How much of each queue a process does at once.

Most followups are many because they wait for what does not answer; how many work with a remote
at once is limited in ``runtime``.
"""
LISTENED: Final = {
    Share.EVERYTHING: (UNIT_QUEUE, *WORKERS),
    Share.EDGE: tuple(WORKERS),
    Share.SOLVER: (UNIT_QUEUE,),
}
"""The queues from which each share of the work is taken."""

MAX_RECOVERIES = 1000

SQLITE_CONNECTIONS = 2
"""Of the engine: the more of its writers try for SQLite's one lock, the longer a tap waits."""

DRAIN_SECONDS = 5
LISTENING_SECONDS = 1.0
"""Between two looks for the engine's own notifications, which nothing of ours sends."""


def _end_unguarded() -> None:
    end_process("the guard connection was lost", GUARD_LOST)


class Engine:
    """Starts and stops the engine, and enqueues workflows inside the caller's transaction."""

    def __init__(
        self,
        url: str,
        *,
        polling: float = 0.1,
        unit_workers: int = 1,
        share: Share = Share.EVERYTHING,
        on_lost: Callable[[], None] = _end_unguarded,
    ) -> None:
        """Use the domain database at ``url``; ``polling`` seconds between looks at a queue.

        ``on_lost`` is called from a thread once other replicas may take this one's work over, so
        it should end the process. On SQLite one process takes every share.
        """
        self._url = url
        self._polling = polling
        self._unit_workers = unit_workers
        self._share = share
        self._sqlite = is_sqlite(url)
        self.executor_id = EXECUTOR_ID if self._sqlite else f"{EXECUTOR_ID}-{secrets.token_hex(8)}"
        self._guard: Guard = (
            FileLock(file_of(url))
            if self._sqlite
            else ReplicaGuard(url, self.executor_id, on_lost=on_lost)
        )
        self._sweep: Sweep | None = None
        self._client: DBOSClient | None = None

    @asynccontextmanager
    async def guarded(self) -> AsyncIterator[None]:
        """Own what this process begins: to be entered before anything, and left last.

        Raises DatabaseInUse where another process has the SQLite file.
        """
        await asyncio.to_thread(self._guard.acquire)
        try:
            yield
        finally:
            self._guard.release()

    async def launch(self) -> None:
        """Start the engine within ``guarded``, and take work: a dead process's and the queues'.

        Raises WrongSchema where a newer engine made its tables, and StoreUnavailable.
        """
        await asyncio.to_thread(refuse_newer, self._url)
        if self._sqlite:
            engine_sqlite.arrange()
        else:  # while a peer migrates, we wait for it without standing still
            await asyncio.to_thread(DBOS.migrate, self._url)
        config: DBOSConfig = {
            "name": "aside",
            "system_database_url": self._url,
            "application_version": APPLICATION_VERSION,
            "executor_id": self.executor_id,
            "log_level": "WARNING",
            "serializer": DBOSPortableJSONSerializer(),
            "notification_listener_polling_interval_sec": LISTENING_SECONDS,
        }
        if self._sqlite:
            config["sys_db_pool_size"] = SQLITE_CONNECTIONS
        DBOS(config=config)
        DBOS.listen_queues(LISTENED[self._share])
        DBOS.launch()
        await self._register_queues()
        self._client = DBOSClient(
            system_database_url=self._url, serializer=DBOSPortableJSONSerializer(), lazy=True
        )
        if not self._sqlite:
            self._sweep = Sweep(self._url, self.executor_id)
            self._sweep.start()

    async def _register_queues(self) -> None:
        """Register the queues. A queue's limits are those of the last to register it.

        That an edge has few solvers must therefore not be said of the unit queue.
        """
        if UNIT_QUEUE in LISTENED[self._share]:
            await DBOS.register_queue_async(
                UNIT_QUEUE,
                partition_concurrency=1,
                worker_concurrency=self._unit_workers,
                polling_interval_sec=self._polling,
            )
        for queue, workers in WORKERS.items():
            await DBOS.register_queue_async(
                queue, worker_concurrency=workers, polling_interval_sec=self._polling
            )

    async def enqueue_unit(
        self,
        tx: AsyncConnection,
        workflow: str,
        workflow_id: str,
        *arguments: str,
        unit_id: str,
        ticket: int,
    ) -> None:
        """Enqueue in ticket order within the unit, in the caller's transaction."""
        await self._enqueue(
            tx,
            {
                "workflow_name": workflow,
                "queue_name": UNIT_QUEUE,
                "workflow_id": workflow_id,
                "queue_partition_key": unit_id,
                "priority": ticket,
                "app_version": APPLICATION_VERSION,
            },
            *arguments,
        )

    async def enqueue_followup(
        self,
        tx: AsyncConnection,
        workflow: str,
        workflow_id: str,
        *arguments: str,
        queue: str = FOLLOWUP_QUEUE,
    ) -> None:
        """Enqueue work that may run beside anything else, in the caller's transaction."""
        await self._enqueue(
            tx,
            {
                "workflow_name": workflow,
                "queue_name": queue,
                "workflow_id": workflow_id,
                "app_version": APPLICATION_VERSION,
            },
            *arguments,
        )

    async def _enqueue(self, tx: AsyncConnection, options: EnqueueOptions, *arguments: str) -> None:
        client = self._client
        if client is None:
            raise RuntimeError("the engine is not launched")

        def write(connection: sa.Connection) -> None:
            client.enqueue_in_transaction(connection, options, *arguments)

        await tx.run_sync(write)

    async def close(self) -> None:
        """Stop taking work, and let running steps end.

        What is running may still enqueue until the engine is down: an error of ours in a last
        step would be recorded as the workflow's end, and the next process would not take it up.
        """
        if self._sweep is not None:
            await asyncio.to_thread(self._sweep.stop)
            self._sweep = None
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(max_workers=1) as own:
            await loop.run_in_executor(own, _destroy)
        loop.set_default_executor(ThreadPoolExecutor())  # the engine's took the loop's place
        if self._client is not None:
            self._client.destroy()
            self._client = None
        engine_sqlite.leave()


def _destroy() -> None:
    """Stop the engine from a thread of our own, so that running steps can still end on the loop.

    The engine makes its own pool the loop's default one, and shuts it down here.
    """
    DBOS.destroy(workflow_completion_timeout_sec=DRAIN_SECONDS)
