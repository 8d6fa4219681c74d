"""An engine that does not dawdle: its pauses are a fiftieth, what it waits for is the same."""

import asyncio
import time
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from dbos import _dbos, _outcome
from dbos._queue import Queue
from dbos._sys_db import SystemDatabase

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
    _look_first(monkeypatch, "start_queued_workflows", ([], None))
    _look_first(monkeypatch, "start_queued_partitioned_workflows", [])


def _look_first(monkeypatch: pytest.MonkeyPatch, name: str, nothing: object) -> None:
    """Let one of the ways to take work from a queue look cheaply whether there is any.

    A queue is looked at twenty times a second, and its own statement takes milliseconds to build.
    """
    take: Callable[..., object] = getattr(SystemDatabase, name)
    waiting = SystemDatabase.tables.workflow_status.c
    looked = (
        sa.select(sa.literal(1))
        .where(waiting.queue_name == sa.bindparam("queue"), waiting.status == "ENQUEUED")
        .limit(1)
    )

    def look(self: SystemDatabase, queue: Queue, *arguments: Any, **named: Any) -> object:  # noqa: ANN401 - the engine's own
        with self.engine.connect() as connection:
            if connection.execute(looked, {"queue": queue.name}).first() is None:
                return nothing
        return take(self, queue, *arguments, **named)

    monkeypatch.setattr(SystemDatabase, name, look)


def _with_sleep(module: ModuleType, sleep: object) -> SimpleNamespace:
    return SimpleNamespace(**{**vars(module), "sleep": sleep})
