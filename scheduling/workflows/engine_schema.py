"""The engine's own tables: which version they have, and bringing them to this engine's.

The engine counts its migrations in ``dbos_migrations``. It starts on tables of a newer version
without a word, and may write what the newer engine does not expect; so we look ourselves.
"""

import sqlalchemy as sa
from dbos import DBOS
from dbos._migration import get_migration_versions, get_sqlite_migration_versions

from scheduling.storage.migrate import WrongSchema
from scheduling.storage.opening import is_sqlite, open_sync
from scheduling.storage.trouble import translated

SCHEMA = "dbos"
"""Where the engine keeps its tables on PostgreSQL; on SQLite they are beside ours."""


def engine_versions(url: str) -> tuple[int, int]:
    """Return the version of the engine's tables at ``url`` (0: none yet), and this engine's.

    Raises StoreUnavailable.
    """
    engine = open_sync(url)
    try:
        with translated():
            if is_sqlite(url):
                return get_sqlite_migration_versions(engine)
            return get_migration_versions(engine, SCHEMA, use_listen_notify=True)
    finally:
        engine.dispose()


def refuse_newer(url: str) -> None:
    """Raise WrongSchema where the engine's tables are newer than this engine, in words."""
    found, known = engine_versions(url)
    if found > known:
        raise WrongSchema(
            f"the engine's tables are of version {found}, and this Aside's engine knows those up"
            f" to {known}: start the release that made them or a newer one, or restore a backup"
            " from before that upgrade"
        )


def upgrade_engine(url: str) -> tuple[int, int]:
    """Bring the engine's tables to this engine's version; return the one they had, and now have.

    Raises WrongSchema where they are newer, and StoreUnavailable.
    """
    refuse_newer(url)
    found, known = engine_versions(url)
    if found < known:
        with translated():
            DBOS.migrate(url)
    return found, known


def holds_work(url: str) -> bool:
    """Whether the engine has ever been given work in this database."""
    engine = open_sync(url)
    schema = None if is_sqlite(url) else SCHEMA
    work = sa.table("workflow_status", schema=schema)
    try:
        with translated(), engine.connect() as connection:
            if not sa.inspect(connection).has_table("workflow_status", schema=schema):
                return False
            return (
                connection.execute(sa.select(sa.literal(1)).select_from(work)).first() is not None
            )
    finally:
        engine.dispose()
