"""The core over its real engine on both databases; nothing outside this process."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from scheduling.workflows import engine
from tests.integration.workflows.house import House
from tests.support.hurry import hurry
from tests.support.postgres import database_on


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the engine pause hardly at all, and stop without draining."""
    hurry(monkeypatch)
    monkeypatch.setattr(engine, "DRAIN_SECONDS", 0)


@pytest.fixture
def steps_end(no_waiting: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the steps that run end where a house stops in the midst of work, as a process does."""
    del no_waiting
    monkeypatch.setattr(engine, "DRAIN_SECONDS", 1)


def _make_tables(url: str) -> None:
    async def make() -> None:
        async with House.open(url):
            pass

    asyncio.run(make())


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make every table once; tests begin with a copy."""
    path = tmp_path_factory.mktemp("empty") / "aside.db"
    _make_tables(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def empty_database(postgres: str) -> Iterator[str]:
    """Make every table once on PostgreSQL; tests begin with a copy."""
    with database_on(postgres) as url:
        _make_tables(url)
        yield url


@pytest.fixture
def url(postgres: str, empty_database: str) -> Iterator[str]:
    """Return the URL of this test's own PostgreSQL database."""
    with database_on(postgres, empty_database) as made:
        yield made


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of this test's own database: a SQLite file, or each kind in turn.

    A test or a module asks for both with ``tests.support.postgres.BOTH``.
    """
    if getattr(request, "param", "sqlite") == "sqlite":
        made = shutil.copy(request.getfixturevalue("empty_file"), tmp_path / "aside.db")
        return f"sqlite:///{made}"
    found: str = request.getfixturevalue("url")
    return found


@pytest.fixture
async def house(database: str) -> AsyncIterator[House]:
    """Run the core."""
    async with House.open(database) as opened:
        yield opened
