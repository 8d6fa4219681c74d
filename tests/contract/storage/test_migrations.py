"""From every revision there was to this release's, with rows in every table, on both databases."""

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from scheduling.storage import migrate
from scheduling.storage.store import Store
from scheduling.storage.tables import metadata
from tests.support.rows import Rows, everything, fill, tables_of

REVISIONS = [found.revision for found in ScriptDirectory(str(migrate.REVISIONS)).walk_revisions()][
    ::-1
]

KILLED_HALFWAY = """
import os, signal, sys
import sqlalchemy as sa
from scheduling.storage import migrate

@sa.event.listens_for(sa.Engine, "after_cursor_execute")
def die(connection, cursor, statement, *rest):
    if "CREATE TABLE timer" in statement:
        os.kill(os.getpid(), signal.SIGKILL)

migrate.upgrade(sys.argv[1])
"""


class Broken(Exception):
    """What a revision with a fault raises."""


def filled(url: str, revision: str) -> Rows:
    """Make the tables of ``revision``, with rows in each, and return the rows."""
    migrate.upgrade(url, revision)
    with migrate._connected(url, write=True) as connection:
        tables = tables_of(connection)
        fill(connection, tables)
        return everything(connection, tables)


def lost(url: str, before: Rows) -> list[str]:
    """Return the tables that miss something of ``before``."""
    with migrate._connected(url, write=False) as connection:
        after = everything(connection, tables_of(connection))
    return [
        name
        for name, rows in before.items()
        if rows != [{key: row[key] for key in rows[0]} for row in after[name]]
    ]


def differences(url: str) -> list[object]:
    """Return what alembic would change to get from the database to our tables."""
    with migrate._connected(url, write=False) as connection:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))


def test_revisions_are_one_line_that_ends_at_this_release() -> None:
    numbers = range(1, len(REVISIONS) + 1)
    assert [f"{number:04}" for number in numbers] == REVISIONS
    assert migrate.head() == REVISIONS[-1]


def test_an_empty_database_gets_exactly_our_tables(bare: str) -> None:
    assert migrate.revision_of(bare) is None
    assert migrate.upgrade(bare) is None
    assert migrate.revision_of(bare) == migrate.head()
    assert differences(bare) == []


@pytest.mark.parametrize("revision", REVISIONS)
def test_nothing_is_lost_on_the_way_from_any_revision(bare: str, revision: str) -> None:
    before = filled(bare, revision)
    assert migrate.upgrade(bare) == revision
    assert lost(bare, before) == []
    assert differences(bare) == []


def test_tables_from_before_revisions_were_kept_are_known_as_the_first(bare: str) -> None:
    before = filled(bare, migrate.FIRST)
    with migrate._connected(bare, write=True) as connection:
        connection.exec_driver_sql("DROP TABLE alembic_version")
    assert migrate.revision_of(bare) == migrate.FIRST
    assert migrate.upgrade(bare) == migrate.FIRST
    assert lost(bare, before) == []
    assert differences(bare) == []


@pytest.mark.parametrize(("earlier", "later"), list(pairwise(REVISIONS)))
def test_a_fault_in_a_revision_leaves_the_one_before(bare: str, earlier: str, later: str) -> None:
    before = filled(bare, earlier)

    def fail(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "UPDATE alembic_version" in statement:
            raise Broken

    sa.event.listen(sa.Engine, "before_cursor_execute", fail)
    try:
        with pytest.raises(Broken):
            migrate.upgrade(bare, later)
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", fail)
    assert migrate.revision_of(bare) == earlier
    assert lost(bare, before) == []
    migrate.upgrade(bare)
    assert lost(bare, before) == []
    assert differences(bare) == []


def test_a_kill_within_a_revision_leaves_the_one_before(bare: str) -> None:
    before = filled(bare, "0001")
    killed = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", KILLED_HALFWAY, bare], check=False
    )
    assert killed.returncode == -signal.SIGKILL
    assert migrate.revision_of(bare) == "0001"
    assert migrate.upgrade(bare) == "0001"
    assert lost(bare, before) == []
    assert differences(bare) == []


def test_processes_that_start_together_upgrade_once(bare: str) -> None:
    before = filled(bare, "0001")
    with ThreadPoolExecutor(max_workers=4) as replicas:
        list(replicas.map(migrate.upgrade, [bare] * 4))
    assert lost(bare, before) == []
    assert differences(bare) == []


async def test_a_newer_database_is_refused_in_words(bare: str) -> None:
    migrate.upgrade(bare)
    with migrate._connected(bare, write=True) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    store = Store(bare)
    with pytest.raises(migrate.WrongSchema, match=f"9999.*up to {migrate.head()}.*start the"):
        await store.prepare()
    await store.close()
    assert migrate.revision_of(bare) == "9999"


def test_the_engines_tables_are_left_alone(bare: str) -> None:
    with migrate._connected(bare, write=True) as connection:
        connection.exec_driver_sql("CREATE TABLE workflow_status (workflow_uuid TEXT)")
        connection.exec_driver_sql("INSERT INTO workflow_status VALUES ('r1')")
    migrate.upgrade(bare)
    with migrate._connected(bare, write=False) as connection:
        assert connection.exec_driver_sql("SELECT * FROM workflow_status").scalar() == "r1"
