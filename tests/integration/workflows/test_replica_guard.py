"""The guard on an executor id, the sweep for dead ones, and what we rely on of the engine."""

import importlib.metadata
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from time import monotonic

import psycopg
import pytest

from scheduling.storage.migrate import WrongSchema
from scheduling.storage.trouble import StoreUnavailable
from scheduling.workflows import replicas
from scheduling.workflows.engine import APPLICATION_VERSION, FOLLOWUP_QUEUE, UNIT_QUEUE, Engine
from scheduling.workflows.locks import ReplicaGuard, connect, lock_of
from scheduling.workflows.replicas import Sweep
from tests.support.postgres import POSTGRES_ONLY

pytestmark = POSTGRES_ONLY
SECONDS = 10.0

Pending = Callable[[str, str, str], None]


@pytest.fixture
def sql(url: str) -> Iterator[psycopg.Connection]:
    """Return a connection that sees and does everything."""
    with connect(url) as connection:
        yield connection


@pytest.fixture
def pending(sql: psycopg.Connection) -> Pending:
    """Return what lays down work that an executor has begun."""

    def lay(workflow_id: str, queue: str, executor_id: str) -> None:
        sql.execute(
            "INSERT INTO dbos.workflow_status (workflow_uuid, status, name, application_version,"
            " executor_id, queue_name, queue_partition_key, priority, application_name, inputs)"
            " VALUES (%s, 'PENDING', 'nobody-knows-it', %s, %s, %s, 'north', 7, 'aside', '')",
            (workflow_id, APPLICATION_VERSION, executor_id, queue),
        )

    return lay


def is_free(sql: psycopg.Connection, executor_id: str, patience: float = 0.0) -> bool:
    """Whether nobody holds an executor's guard, at once or within ``patience`` seconds."""
    key = (lock_of(executor_id),)
    until = monotonic() + patience
    while sql.execute("SELECT pg_try_advisory_lock(%s)", key).fetchone() != (True,):
        if monotonic() >= until:
            return False
    sql.execute("SELECT pg_advisory_unlock(%s)", key)
    return True


def guard(url: str, lost: threading.Event) -> ReplicaGuard:
    """Return a guard on ``one`` that sets ``lost``."""
    return ReplicaGuard(url, "one", on_lost=lost.set)


def test_a_guard_is_held_until_it_is_released_and_then_nothing_is_lost(
    url: str, sql: psycopg.Connection
) -> None:
    lost = threading.Event()
    held = guard(url, lost)
    held.release()
    held.acquire()
    assert not is_free(sql, "one")
    assert is_free(sql, "two")
    held.release()
    assert is_free(sql, "one", SECONDS)
    assert not lost.is_set()


def test_a_guard_whose_session_ends_says_so_at_once(url: str, sql: psycopg.Connection) -> None:
    lost = threading.Event()
    held = guard(url, lost)
    held.acquire()
    sql.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'aside guard'"
    )
    assert lost.wait(1.0)
    held.release()


def test_a_guard_that_cannot_be_taken_is_told_in_words(url: str) -> None:
    with pytest.raises(StoreUnavailable, match="check ASIDE_DATABASE_URL"):
        guard(url + "&dbname=nowhere", threading.Event()).acquire()


def test_a_server_that_is_too_old_is_told_in_words(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduling.workflows.locks.OLDEST", 990_000, raising=False)
    with pytest.raises(WrongSchema, match="PostgreSQL 14 or later"):
        guard(url, threading.Event()).acquire()


def test_a_guard_that_cannot_watch_any_more_is_lost(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduling.workflows.locks.BEAT_SECONDS", "never")
    lost = threading.Event()
    held = guard(url, lost)
    held.acquire()
    assert lost.wait(SECONDS / 2)
    held.release()


def test_a_silent_guard_is_ended_by_postgresql(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduling.workflows.locks.SILENCE_SECONDS", 0.2)
    monkeypatch.setattr("scheduling.workflows.locks.BEAT_SECONDS", SECONDS)
    lost = threading.Event()
    held = guard(url, lost)
    held.acquire()
    assert lost.wait(SECONDS / 2)
    held.release()


def test_a_sweep_takes_what_the_dead_left_and_nothing_of_the_living_or_its_own(
    url: str, sql: psycopg.Connection, pending: Pending
) -> None:
    for executor in ("own", "dead", "one"):
        pending(f"w-{executor}", UNIT_QUEUE, executor)
    taken: list[str] = []
    twice = threading.Event()

    def recover(executor_id: str) -> int:
        taken.append(executor_id)
        if len(taken) == 1:
            raise RuntimeError("the first pass fails")
        twice.set()
        return 1

    held = guard(url, threading.Event())
    held.acquire()
    sweep = Sweep(url, "own", recover=recover)
    sweep.start()
    assert twice.wait(SECONDS)
    sweep.stop()
    held.release()
    assert set(taken) == {"dead"}
    assert is_free(sql, "dead", SECONDS)


def test_two_processes_never_share_an_executor_id_on_postgresql(url: str) -> None:
    one, two = Engine(url), Engine(url)
    assert one.executor_id != two.executor_id
    assert "local" not in (one.executor_id, two.executor_id)
    assert lock_of(one.executor_id) != lock_of(two.executor_id)


async def test_recovering_puts_work_back_into_its_own_queue_and_only_that_of_the_dead(
    url: str, sql: psycopg.Connection, pending: Pending
) -> None:
    assert importlib.metadata.version("dbos") == "3.4.0"
    engine = Engine(url)
    with closing(connect(url)) as keeper:
        keeper.execute("SELECT pg_advisory_lock(%s)", (lock_of("ghost"),))
        keeper.execute("SELECT pg_advisory_lock(%s)", (lock_of("other"),))
        async with engine.guarded():
            await engine.launch()
            try:
                pending("unit", "nobody-listens", "ghost")
                pending("followup", FOLLOWUP_QUEUE + "-too", "other")
                assert [replicas.recover(who) for who in ("ghost", "ghost")] == [1, 0]
            finally:
                await engine.close()
    row = partial(sql.execute, _ROW)
    assert row(("unit",)).fetchone() == ("ENQUEUED", "nobody-listens", "north", 7)
    assert row(("followup",)).fetchone() == ("PENDING", FOLLOWUP_QUEUE + "-too", "north", 7)


_ROW = """
SELECT status, queue_name, queue_partition_key, priority FROM dbos.workflow_status
WHERE workflow_uuid = %s
"""
