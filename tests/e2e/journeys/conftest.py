"""One centre and one warm solver per session; a fresh house per test."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from scheduling.optimizer.pool import SolverPool
from tests.support.house import MONDAY, House, write_centre
from tests.support.hurry import hurry
from tests.support.read_once import read_once


@pytest.fixture(scope="session")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a small centre once; houses copy it."""
    folder = tmp_path_factory.mktemp("centre")
    write_centre(folder, MONDAY.date())
    return folder


@pytest.fixture(scope="session")
def solver() -> Iterator[SolverPool]:
    """Warm one solver process, which every house shares."""
    pool = SolverPool(1)
    asyncio.run(pool.warm_up())
    yield pool
    pool.close()


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the engine pause hardly at all, and the same centre be read once."""
    hurry(monkeypatch)
    read_once(monkeypatch)


@pytest.fixture
def overrides() -> dict[str, object]:
    """Return settings that a module's houses have; none here."""
    return {}


@pytest.fixture
async def house(
    tmp_path: Path, centre: Path, solver: SolverPool, overrides: dict[str, object]
) -> AsyncIterator[House]:
    """Open a house on Monday at nine."""
    async with House.open(tmp_path, centre, solver, **overrides) as opened:
        yield opened
