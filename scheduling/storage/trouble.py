"""What can be wrong with the database itself, as one error with a plain cause."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree


class Cause(StrEnum):
    """Why the database cannot be used now."""

    FULL = "full"
    READ_ONLY = "read_only"
    LOCKED = "locked"
    UNREACHABLE = "unreachable"


SAID = {
    Cause.FULL: "the database is full: give it space, and Aside goes on by itself",
    Cause.READ_ONLY: "the database is read-only: let Aside's account write to it"
    " (on SQLite also to its folder)",
    Cause.LOCKED: "the database is locked by somebody else: end what holds it",
    Cause.UNREACHABLE: "the database cannot be opened: check ASIDE_DATABASE_URL, that the server"
    " answers and lets Aside's account in (on SQLite: that the folder exists)",
}


class StoreUnavailable(Exception):
    """The database cannot be used now; nothing of the transaction was kept.

    Only where the connection was lost at the very commit it may have been, so whoever tries again
    looks first.
    """

    def __init__(self, cause: Cause) -> None:
        """Say what to do about ``cause``; no detail, which may hold what was to be stored."""
        super().__init__(SAID[cause])
        self.cause = cause


_SQLITE = {
    sqlite3.SQLITE_BUSY: Cause.LOCKED,
    sqlite3.SQLITE_LOCKED: Cause.LOCKED,
    sqlite3.SQLITE_READONLY: Cause.READ_ONLY,
    sqlite3.SQLITE_IOERR: Cause.UNREACHABLE,
    sqlite3.SQLITE_FULL: Cause.FULL,
    sqlite3.SQLITE_CANTOPEN: Cause.UNREACHABLE,
    sqlite3.SQLITE_NOTADB: Cause.UNREACHABLE,
}
_POSTGRESQL = {
    "25006": Cause.READ_ONLY,
    "40P01": Cause.LOCKED,
    "53100": Cause.FULL,
    "55P03": Cause.LOCKED,
}
_POSTGRESQL_AWAY = ("08", "28", "3D", "53", "57P")
"""Classes of states: connection lost, not let in, no such database, no resources, shut down."""


@contextmanager
def translated() -> Iterator[None]:
    """Raise StoreUnavailable where the database itself is in trouble; let the rest through."""
    try:
        yield
    except NoConnectionFree as error:
        raise StoreUnavailable(Cause.LOCKED) from error
    except (DBAPIError, sqlite3.OperationalError, psycopg.OperationalError) as error:
        cause = cause_of(error)
        if cause is None:
            raise
        raise StoreUnavailable(cause) from error


def file_cause(error: OSError) -> Cause:
    """Return what it says about a SQLite file that something beside it cannot be opened."""
    if error.errno == errno.ENOSPC:
        return Cause.FULL
    shut = error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}
    return Cause.READ_ONLY if shut else Cause.UNREACHABLE


def cause_of(error: BaseException | None) -> Cause | None:
    """Return what an error says about the database, or None where it is another fault."""
    if isinstance(error, DBAPIError):
        return Cause.UNREACHABLE if error.connection_invalidated else cause_of(error.orig)
    if isinstance(error, sqlite3.Error):
        code: int | None = getattr(error, "sqlite_errorcode", None)
        return None if code is None else _SQLITE.get(code & 0xFF)
    if not isinstance(error, psycopg.OperationalError | psycopg.InternalError):
        return None
    state = error.sqlstate or ""
    away = not state or state.startswith(_POSTGRESQL_AWAY)
    return _POSTGRESQL.get(state, Cause.UNREACHABLE if away else None)
