"""The core over its real engine on both databases; nothing outside this process."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from dbos import _outcome

from scheduling.workflows import engine
from tests.integration.workflows.house import House
from tests.support.postgres import DATABASES, database_on


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the engine pause a hundredth as long between tries, and stop without draining."""

    async def sleep(seconds: float) -> None:
        await asyncio.sleep(seconds / 100)

    hurried = SimpleNamespace(**{**vars(asyncio), "sleep": sleep})
    monkeypatch.setattr(_outcome, "asyncio", hurried)
    monkeypatch.setattr(engine, "DRAIN_SECONDS", 0)


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


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the URL of this test's own database, on each kind in turn."""
    if request.param == "sqlite":
        made = shutil.copy(request.getfixturevalue("empty_file"), tmp_path / "aside.db")
        yield f"sqlite:///{made}"
        return
    template = request.getfixturevalue("empty_database")
    with database_on(request.getfixturevalue("postgres"), template) as url:
        yield url


@pytest.fixture
async def house(database: str) -> AsyncIterator[House]:
    """Run the core."""
    async with House.open(database) as opened:
        yield opened
