"""An engine that does not dawdle: its pauses are a fiftieth, what it waits for is the same."""

import asyncio
import time
from types import ModuleType, SimpleNamespace

import pytest
from dbos import _dbos, _outcome

from scheduling.workflows import engine

FASTER = 50


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the engine's pauses between tries, and those while it drains and stops."""

    async def pause(seconds: float) -> None:
        await asyncio.sleep(seconds / FASTER)

    def stand_still(seconds: float) -> None:
        time.sleep(seconds / FASTER)  # noqa: TID251 - the engine stands still there, in a thread of its own

    monkeypatch.setattr(_outcome, "asyncio", _with_sleep(asyncio, pause))
    monkeypatch.setattr(_dbos, "time", _with_sleep(time, stand_still))
    monkeypatch.setattr(engine, "LISTENING_SECONDS", engine.LISTENING_SECONDS / FASTER)


def _with_sleep(module: ModuleType, sleep: object) -> SimpleNamespace:
    return SimpleNamespace(**{**vars(module), "sleep": sleep})
