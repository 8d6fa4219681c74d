"""The durable engine: started once per process, on the same database as the domain tables.

The rules behind each setting are in docs/adr/0003-durable-engine.md.
"""

import asyncio
import fcntl
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TextIO

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, DBOSConfig, DBOSPortableJSONSerializer, EnqueueOptions
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.pool import ConnectionPoolEntry

APPLICATION_VERSION = "aside-1"
"""A constant: the engine's default is a hash of our source, so any edit would strand work."""

EXECUTOR_ID = "aside"
"""One process on SQLite, so that a restart recovers its own work."""

UNIT_QUEUE = "unit"
FOLLOWUP_QUEUE = "followup"
BATCH_QUEUE = "batch"
"""Writing for batch runs, beside the followups, so that nobody's booking waits behind thousands."""

BATCH_WORKERS = 8
"""How many requests of batch runs are written at once, in each process."""

MAX_RECOVERIES = 1000
DRAIN_SECONDS = 5


class DatabaseInUse(Exception):
    """Another process holds the SQLite file; one file serves one process."""


class FileLock:
    """An operating-system lock beside a SQLite file; gone with the process that held it."""

    def __init__(self, database: Path) -> None:
        """Prepare a lock for ``database``."""
        self._path = database.with_name(database.name + ".lock")
        self._file: TextIO | None = None

    def acquire(self) -> None:
        """Take the lock or raise DatabaseInUse at once."""
        self._file = self._path.open("w")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.close()
            self._file = None
            raise DatabaseInUse(
                f"another Aside is running on {self._path.stem}; stop it, or give this one"
                " its own ASIDE_DATABASE_URL (PostgreSQL serves several processes)"
            ) from error

    def release(self) -> None:
        """Give the lock back."""
        if self._file is not None:
            self._file.close()
            self._file = None


class Engine:
    """Starts and stops the engine, and enqueues workflows inside the caller's transaction."""

    def __init__(self, url: str, *, polling: float = 0.1, unit_workers: int = 1) -> None:
        """Use the domain database at ``url``; ``polling`` seconds between looks at a queue."""
        self._url = url
        self._polling = polling
        self._unit_workers = unit_workers
        parsed = make_url(url)
        is_file = parsed.get_backend_name() == "sqlite" and parsed.database
        self._lock = FileLock(Path(str(parsed.database))) if is_file else None
        self._client: DBOSClient | None = None

    async def launch(self) -> None:
        """Take the file lock, start the engine and recover what an earlier process left."""
        if self._lock is not None:
            self._lock.acquire()
            sa.event.listen(sa.Engine, "connect", _sqlite_for_engine)
        config: DBOSConfig = {
            "name": "aside",
            "system_database_url": self._url,
            "application_version": APPLICATION_VERSION,
            "executor_id": EXECUTOR_ID,
            "log_level": "WARNING",
            "serializer": DBOSPortableJSONSerializer(),
            "notification_listener_polling_interval_sec": 1.0,
        }
        DBOS(config=config)
        DBOS.launch()
        await DBOS.register_queue_async(
            UNIT_QUEUE,
            partition_concurrency=1,
            worker_concurrency=self._unit_workers,
            polling_interval_sec=self._polling,
        )
        await DBOS.register_queue_async(
            FOLLOWUP_QUEUE, worker_concurrency=20, polling_interval_sec=self._polling
        )
        await DBOS.register_queue_async(
            BATCH_QUEUE, worker_concurrency=BATCH_WORKERS, polling_interval_sec=self._polling
        )
        self._client = DBOSClient(
            system_database_url=self._url, serializer=DBOSPortableJSONSerializer()
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
        """Stop taking work, let running steps end, and give the file back.

        What is running may still enqueue until the engine is down: an error of ours in a last
        step would be recorded as the workflow's end, and the next process would not take it up.
        """
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(max_workers=1) as own:
            await loop.run_in_executor(own, _destroy)
        loop.set_default_executor(ThreadPoolExecutor())
        if self._client is not None:
            self._client.destroy()
            self._client = None
        if self._lock is not None:
            sa.event.remove(sa.Engine, "connect", _sqlite_for_engine)
            self._lock.release()


def _sqlite_for_engine(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    """Give the engine's connections WAL, full syncs, and ``unixepoch`` where SQLite lacks it.

    The engine uses ``unixepoch('subsec')`` from Python 3.12 on; that needs SQLite 3.42, and
    Debian 12 has 3.40.
    """
    raw: Any = connection
    if not isinstance(raw, sqlite3.Connection):
        return
    raw.execute("PRAGMA journal_mode=WAL")
    raw.execute("PRAGMA synchronous=FULL")
    if sqlite3.sqlite_version_info < (3, 42):
        raw.create_function("unixepoch", -1, _unixepoch)


def _unixepoch(*_modifiers: str) -> float:
    return round(time.time(), 3)  # noqa: TID251 - the engine's own clock, not the domain's


def _destroy() -> None:
    """Stop the engine from a thread of our own, so that running steps can still end on the loop.

    The engine makes its own pool the loop's default one, and shuts it down here.
    """
    DBOS.destroy(workflow_completion_timeout_sec=DRAIN_SECONDS)
