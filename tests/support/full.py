"""A SQLite database that may grow no further, as on a full disk, until it may again."""

import sqlalchemy as sa


class Ceiling:
    """Holds the pages of the database behind an engine where they are, while ``low``."""

    def __init__(self, engine: sa.Engine) -> None:
        """Let it grow at first."""
        self.low = False
        sa.event.listen(engine, "begin", self._limit)

    def _limit(self, connection: sa.Connection) -> None:
        """Set the limit of this connection; below what is used it means what is used."""
        connection.exec_driver_sql(f"PRAGMA max_page_count={1 if self.low else 1_000_000}")
