"""Housekeeping goes on whatever goes wrong in one round of it."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.bootstrap import _tidy
from scheduling.ports.wfm import Unavailable
from scheduling.storage.store import Store
from tests.support.clocks import StoppedClock


@pytest.mark.parametrize("error", [Unavailable("down"), RuntimeError("a bug"), OSError("disk")])
async def test_people_that_cannot_be_read_are_logged_and_stay(
    tmp_path: Path, error: Exception
) -> None:
    async def refresh() -> int:
        raise error

    store = Store(f"sqlite:///{tmp_path / 'aside.db'}")
    await store.prepare()
    with capture_logs() as logs:
        await _tidy(store, StoppedClock(), refresh)
    await store.close()
    (line,) = logs
    assert (line["event"], line["error"]) == ("people_not_refreshed", type(error).__name__)


async def test_people_are_read_though_the_drafts_cannot_be_cleared(tmp_path: Path) -> None:
    calls = 0

    async def refresh() -> int:
        nonlocal calls
        calls += 1
        return 0

    store = Store(f"sqlite:///{tmp_path / 'aside.db'}")  # opens, and has no tables
    with capture_logs() as logs:
        await _tidy(store, StoppedClock(), refresh)
    await store.close()
    assert [line["event"] for line in logs] == ["drafts_not_forgotten"]
    assert calls == 1
