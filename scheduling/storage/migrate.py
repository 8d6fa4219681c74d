"""Which revision the domain tables of a database have, and how they are brought to ours.

A revision is four digits, so that one we do not know is known to be newer. The engine's tables
are its own affair.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import ProgrammingError

from scheduling.storage.opening import open_sync, to_read, to_write
from scheduling.storage.trouble import translated

HEAD = "0008"
"""The revision that this release's tables have; a test holds it against the revisions."""

FIRST = "0001"
"""What tables have that were made before revisions were kept."""

UPGRADING = 0x61736465
"""PostgreSQL's advisory lock under which one process at a time changes tables."""

NOT_ALLOWED = ("42501", "3F000")
"""What PostgreSQL answers a role that may not change tables, or not see the schema."""

REVISIONS = Path(__file__).with_name("migrations")


class WrongSchema(Exception):
    """The database's tables are not those of this release; the message says what to do."""


def head() -> str:
    """Return the revision that this release works with."""
    return HEAD


def revision_of(url: str) -> str | None:
    """Return the revision of the database at ``url``, None where it has none of our tables.

    Raises StoreUnavailable.
    """
    with _connected(url, write=False) as connection:
        return _revision(connection)


def upgrade(url: str, to: str = HEAD) -> str | None:
    """Bring the tables to revision ``to`` in one transaction; return the one they had.

    Tables that are there already are left alone, so that a role without the right to change
    them can start. Raises WrongSchema where they are newer than ours or may not be changed by
    this role, and StoreUnavailable.
    """
    earlier = revision_of(url)
    _refuse_newer(earlier)
    if earlier == to:
        return earlier
    with _connected(url, write=True) as connection:
        try:
            _change(connection, to)
        except ProgrammingError as error:
            if getattr(error.orig, "sqlstate", None) not in NOT_ALLOWED:
                raise
            raise WrongSchema(
                f"the database's tables are of revision {earlier or 'none'}, this Aside needs"
                f" {HEAD}, and its role may not change tables: run `aside migrate` with one that"
                " may"
            ) from error
    return earlier


@contextmanager
def _connected(url: str, *, write: bool) -> Iterator[sa.Connection]:
    engine = open_sync(url)
    options = to_write(url) if write else to_read(url)
    try:
        with (
            translated(),
            engine.connect().execution_options(**options) as connection,
            connection.begin(),
        ):
            yield connection
    finally:
        engine.dispose()


def _revision(connection: sa.Connection) -> str | None:
    tables = sa.inspect(connection)
    if tables.has_table("alembic_version"):
        found = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
        return None if found is None else str(found)
    return FIRST if tables.has_table("request") else None


def _refuse_newer(found: str | None) -> None:
    if found is not None and found > HEAD:
        raise WrongSchema(
            f"the database's tables are of revision {found}, and this Aside knows those up to"
            f" {HEAD}: start the release that made them or a newer one, or restore a backup from"
            " before that upgrade"
        )


def _change(connection: sa.Connection, to: str) -> None:
    """Run the revisions that are missing, once no other process does."""
    # a third of a second that a database at head need not wait for
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(UPGRADING)))
        # whoever holds a table makes us give up, not everybody behind us wait
        connection.exec_driver_sql("SET LOCAL lock_timeout = '10s'")
    found = _revision(connection)
    _refuse_newer(found)
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(REVISIONS))
    if found == FIRST:
        command.stamp(config, FIRST)  # says again what is so, or what was never noted
    command.upgrade(config, to)
    if connection.dialect.name == "sqlite":
        _check_foreign_keys(connection)


def _check_foreign_keys(connection: sa.Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise WrongSchema(
            f"rows of table {broken[0]} would name rows that do not exist; nothing was changed:"
            " restore a backup, or report this with the release you came from"
        )
