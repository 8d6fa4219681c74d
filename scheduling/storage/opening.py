"""How a database is opened: SQLite's transactions and syncs, PostgreSQL's isolation."""

import asyncio
import sqlite3
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import aiosqlite
import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

BUSY_SECONDS = 30
ROWS_AT_ONCE = 64

IDLE_SECONDS = 30
"""PostgreSQL ends a transaction of ours that says nothing for so long: its process is frozen, or
its machine is gone, and everybody else waits for what it has locked."""

NOTICING: Mapping[str, Any] = {
    "connect_timeout": 10,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""Lets us notice within seconds that PostgreSQL's machine is gone; a URL may say otherwise."""


def is_sqlite(url: str) -> bool:
    """Whether ``url`` names a SQLite file."""
    return make_url(url).get_backend_name() == "sqlite"


def file_of(url: str) -> Path:
    """Return the SQLite file that ``url`` names, by its path or as a ``file:`` URI."""
    return Path(str(make_url(url).database).removeprefix("file:"))


def to_write(url: str) -> dict[str, Any]:
    """Return the options of a connection that writes.

    READ COMMITTED on PostgreSQL: a writer that waited for a row or an advisory lock must see what
    the other committed meanwhile (the next ticket, the newest audit line); under REPEATABLE READ
    it would fail instead. SQLite's write lock is taken at once.
    """
    return {"aside_write": True} if is_sqlite(url) else {"isolation_level": "READ COMMITTED"}


def to_read(url: str) -> dict[str, Any]:
    """Return the options of a connection that reads: several statements, one snapshot."""
    if is_sqlite(url):
        return {}
    return {"isolation_level": "REPEATABLE READ"}


def open_async(url: str) -> AsyncEngine:
    """Return the engine of a running Aside: a pool of connections."""
    if not is_sqlite(url):
        known = make_url(url).query
        noticing = {name: value for name, value in NOTICING.items() if name not in known}
        engine = create_async_engine(url, pool_pre_ping=True, connect_args=noticing)
        sa.event.listen(engine.sync_engine, "connect", _end_where_silent)
        return engine
    engine = create_async_engine(
        make_url(url).set(drivername="sqlite+aiosqlite"),
        connect_args={"timeout": BUSY_SECONDS, "async_creator_fn": _connect_async},
    )
    sa.event.listen(engine.sync_engine, "begin", _begin)
    return engine


def open_sync(url: str) -> sa.Engine:
    """Return the engine of a command: one connection, on SQLite without enforced foreign keys.

    A revision may have to make a table anew there; whoever commits checks the keys.
    """
    if not is_sqlite(url):
        return sa.create_engine(url, poolclass=NullPool)
    engine = sa.create_engine(url, poolclass=NullPool, connect_args={"timeout": BUSY_SECONDS})
    sa.event.listen(engine, "do_connect", _connect_sync)
    sa.event.listen(engine, "begin", _begin)
    return engine


def _connect(database: str, *, foreign_keys: bool, **options: Any) -> sqlite3.Connection:  # noqa: ANN401 - sqlite3's own
    """Leave transactions to us, and make every commit survive a power cut."""
    options["isolation_level"] = None
    connection: sqlite3.Connection = sqlite3.connect(database, **options)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute(f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _connect_sync(
    _dialect: object, _record: object, arguments: list[Any], options: dict[str, Any]
) -> sqlite3.Connection:
    return _connect(*arguments, foreign_keys=False, **options)


async def _connect_async(database: str, **options: Any) -> aiosqlite.Connection:  # noqa: ANN401 - sqlite3's own
    """Open in aiosqlite's thread; where that fails, wait for the thread to end.

    It ends by itself, but may still speak to the loop when the loop is closed already.
    """
    opening = partial(_connect, database, foreign_keys=True, **options)
    connection = aiosqlite.Connection(opening, ROWS_AT_ONCE)
    thread = connection._thread  # noqa: SLF001 - SQLAlchemy reaches for it as well
    thread.daemon = True
    try:
        return await connection
    except (Exception, asyncio.CancelledError):
        await asyncio.to_thread(thread.join)
        raise


def _begin(connection: sa.Connection) -> None:
    write = connection.get_execution_options().get("aside_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _end_where_silent(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute(f"SET idle_in_transaction_session_timeout = '{IDLE_SECONDS}s'")
    cursor.close()
    connection.commit()
