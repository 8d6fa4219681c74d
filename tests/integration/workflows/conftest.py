"""The core over its real engine on a SQLite file; nothing outside this process."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from dbos import _outcome

from scheduling.workflows import engine
from tests.integration.workflows.house import House


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the engine pause a hundredth as long between tries, and stop without draining."""

    async def sleep(seconds: float) -> None:
        await asyncio.sleep(seconds / 100)

    hurried = SimpleNamespace(**{**vars(asyncio), "sleep": sleep})
    monkeypatch.setattr(_outcome, "asyncio", hurried)
    monkeypatch.setattr(engine, "DRAIN_SECONDS", 0)


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make every table once; tests begin with a copy."""
    path = tmp_path_factory.mktemp("empty") / "aside.db"

    async def make() -> None:
        async with House.open(path):
            pass

    asyncio.run(make())
    return path


@pytest.fixture
def database(tmp_path: Path, empty: Path) -> Path:
    """Return where this test's database is."""
    return Path(shutil.copy(empty, tmp_path / "aside.db"))


@pytest.fixture
async def house(database: Path) -> AsyncIterator[House]:
    """Run the core."""
    async with House.open(database) as opened:
        yield opened
