"""Who owns running work: one process per SQLite file, and on PostgreSQL one guard per process."""

import fcntl
import hashlib
import selectors
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TextIO

import psycopg
from sqlalchemy.engine import make_url

from scheduling.storage.migrate import WrongSchema
from scheduling.storage.opening import NOTICING
from scheduling.storage.trouble import StoreUnavailable, file_cause, translated

LOCK_CLASS = 7001
"""Keeps our advisory locks apart from those of others in the same database."""

BEAT_SECONDS = 5
"""A guard connection says this often that its process runs."""
SILENCE_SECONDS = 30
"""PostgreSQL ends a guard connection that has said nothing for so long: its process is frozen."""

OLDEST = 140_000
"""The server version that first ends silent sessions."""

_NOTICE_US = (
    "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3"
)
"""Lets PostgreSQL notice within seconds that our machine is gone; ``NOTICING`` us that its is."""


class DatabaseInUse(Exception):
    """Another process holds the SQLite file; one file serves one process."""


class Guard(Protocol):
    """What a process holds for as long as the work it has begun is its own."""

    def acquire(self) -> None:
        """Take it; blocks for as long as the database takes to answer."""
        ...

    def release(self) -> None:
        """Give it back, if it is held."""
        ...


class FileLock:
    """An operating-system lock beside a SQLite file; gone with the process that held it."""

    def __init__(self, database: Path) -> None:
        """Prepare a lock for ``database``."""
        database = database.resolve()  # by whatever name: SQLite follows links as well
        self._path = database.with_name(database.name + ".lock")
        self._file: TextIO | None = None

    def acquire(self) -> None:
        """Take the lock or raise DatabaseInUse at once; StoreUnavailable where it cannot be kept."""
        try:
            self._file = self._path.open("w")
        except OSError as error:
            raise StoreUnavailable(file_cause(error)) from error
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


def lock_of(executor_id: str) -> int:
    """Return the number of the advisory lock that ``executor_id`` holds while it lives."""
    digest = hashlib.sha256(f"{LOCK_CLASS}:{executor_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def connect(url: str, **arguments: Any) -> psycopg.Connection:  # noqa: ANN401 - psycopg's own
    """Return a connection of our own to the database at SQLAlchemy's ``url``, autocommitting."""
    parsed = make_url(url)
    _, known = parsed.get_dialect()().create_connect_args(parsed)
    return psycopg.connect(**{**arguments, **known}, autocommit=True)


class ReplicaGuard:
    """A session's advisory lock on an executor id. Losing the session calls ``on_lost``.

    Whoever else can take the lock knows that the process is gone. The session must be our own:
    no pooler that shares it between transactions may be in between.
    """

    def __init__(self, url: str, executor_id: str, *, on_lost: Callable[[], object]) -> None:
        """Prepare a guard; ``on_lost`` is called from a thread and should end the process."""
        self._url = url
        self._lock = lock_of(executor_id)
        self._on_lost = on_lost
        self._release: Callable[[], None] | None = None

    def acquire(self) -> None:
        """Take the lock and watch the connection; StoreUnavailable where there is none.

        Raises WrongSchema where the server is too old.
        """
        with translated():
            connection = connect(self._url, **NOTICING, application_name="aside guard")
            try:
                self._hold(connection)
            except BaseException:
                connection.close()
                raise
        released, bell = socket.socketpair()
        watch = threading.Thread(
            target=self._look, args=(connection, released), name="replica-guard", daemon=True
        )
        watch.start()

        def release() -> None:
            bell.close()
            watch.join()
            released.close()
            connection.close()

        self._release = release

    def _hold(self, connection: psycopg.Connection) -> None:
        if connection.info.server_version < OLDEST:
            raise WrongSchema("Aside needs PostgreSQL 14 or later: upgrade the database server")
        connection.execute(f"SET idle_session_timeout = '{SILENCE_SECONDS}s'")
        connection.execute(_NOTICE_US)
        connection.execute("SELECT pg_advisory_lock(%s)", (self._lock,))

    def release(self) -> None:
        """Stop watching and give the lock back."""
        if self._release is not None:
            self._release()
            self._release = None

    def _look(self, connection: psycopg.Connection, released: socket.socket) -> None:
        """Speak now and then, and listen in between: a connection that ends becomes readable."""
        with selectors.DefaultSelector() as selector:
            try:
                selector.register(connection, selectors.EVENT_READ)
                selector.register(released, selectors.EVENT_READ)
                while all(key.fileobj is connection for key, _ in selector.select(BEAT_SECONDS)):
                    connection.execute("SELECT 1")
            except Exception:  # noqa: BLE001 - whatever it is, nobody watches any more
                self._on_lost()
