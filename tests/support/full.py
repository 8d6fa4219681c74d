"""A SQLite database that may grow no further, as on a full disk, until it may again."""

import sqlite3

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import ExceptionContext


class Ceiling:
    """Holds the pages of the database behind an engine where they are, while ``low``.

    ``hit`` says whether anybody has wanted more.
    """

    def __init__(self, engine: sa.Engine | type[sa.Engine]) -> None:
        """Let it grow at first."""
        self.low = False
        self.hit = False
        self._engine = engine
        sa.event.listen(engine, "begin", self._limit)
        sa.event.listen(engine, "handle_error", self._note)

    def lift(self) -> None:
        """Be gone."""
        sa.event.remove(self._engine, "begin", self._limit)
        sa.event.remove(self._engine, "handle_error", self._note)

    def _limit(self, connection: sa.Connection) -> None:
        """Set the limit of this connection; below what is used it means what is used."""
        connection.exec_driver_sql(f"PRAGMA max_page_count={1 if self.low else 1_000_000}")

    def _note(self, context: ExceptionContext) -> None:
        code = getattr(context.original_exception, "sqlite_errorcode", None)
        self.hit |= code == sqlite3.SQLITE_FULL
