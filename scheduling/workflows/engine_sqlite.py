"""What the engine needs of SQLite beyond what it brings: syncs, a function, and patience."""

import sqlite3
import time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

WAITED_FOR = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY)
DRIVER = "pysqlite"
"""The engine's; our own connections are aiosqlite's."""


def arrange() -> None:
    """Arrange every SQLite connection that the engine opens, until ``leave``."""
    sa.event.listen(sa.Engine, "connect", _connect)
    sa.event.listen(sa.Engine, "handle_error", _wait_for_space, retval=True)


def leave() -> None:
    """Undo ``arrange``, if it was done."""
    if sa.event.contains(sa.Engine, "connect", _connect):
        sa.event.remove(sa.Engine, "connect", _connect)
        sa.event.remove(sa.Engine, "handle_error", _wait_for_space)


def _connect(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
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


def _wait_for_space(context: ExceptionContext) -> BaseException | None:
    """Tell the engine that a full or read-only file is locked: of SQLite's troubles it waits for that.

    Any other it would raise into the workflow, which would take back what it cannot note.
    """
    error = context.original_exception
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if context.dialect.driver != DRIVER or code not in WAITED_FOR:
        return None
    waiting = sqlite3.OperationalError(f"database is locked: {error}")
    waiting.sqlite_errorcode = code
    return OperationalError(context.statement, None, waiting)
