"""A database that cannot be used: which of four causes it is, and nothing is lost of it."""

import asyncio
import os
import sqlite3
import tempfile
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.storage import audit, opening
from scheduling.storage import tables as t
from scheduling.storage.migrate import WrongSchema, upgrade
from scheduling.storage.store import Store
from scheduling.storage.trouble import Cause, StoreUnavailable
from tests.support.full import Ceiling
from tests.support.postgres import ALONE, HAS_POSTGRES

on_sqlite = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
on_postgres = pytest.mark.parametrize("url", [ALONE] if HAS_POSTGRES else [], indirect=True)
NOBODY = 65534


async def add_unit(tx: AsyncConnection, unit_id: str) -> None:
    """Write one small row."""
    await tx.execute(t.unit.insert().values(id=unit_id, next_ticket=1))


async def units(store: Store) -> list[str]:
    """Return the units that are stored."""
    async with store.read() as tx:
        return list(await tx.scalars(sa.select(t.unit.c.id).order_by(t.unit.c.id)))


async def cause_of_writing(store: Store, *unit_ids: str) -> Cause | None:
    """Return why rows cannot be written in one transaction, None where they were."""
    try:
        async with store.write() as tx:
            for unit_id in unit_ids or ("later",):
                await add_unit(tx, unit_id)
    except StoreUnavailable as error:
        return error.cause
    return None


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Store]:
    """Open a store that the test may fail to use."""
    store = Store(url)
    yield store
    await store.close()


@on_sqlite
async def test_a_full_database_keeps_what_it_has_and_goes_on_with_space(store: Store) -> None:
    ceiling = Ceiling(store._engine.sync_engine)
    assert await cause_of_writing(store, "before") is None
    ceiling.low = True
    assert await cause_of_writing(store, "within", "x" * 100_000) is Cause.FULL
    with pytest.raises(StoreUnavailable, match="full"):
        await store.probe()
    assert await units(store) == ["before"]
    ceiling.low = False
    assert await cause_of_writing(store, "after") is None
    await store.probe()
    assert await units(store) == ["after", "before"]


@on_sqlite
async def test_a_database_opened_read_only_can_be_read(store: Store, url: str) -> None:
    await cause_of_writing(store, "before")
    async with opened(f"sqlite:///file:{make_url(url).database}?mode=ro&uri=true") as shut:
        await shut.prepare()
        assert await units(shut) == ["before"]
        assert await cause_of_writing(shut) is Cause.READ_ONLY
        with pytest.raises(StoreUnavailable, match="read-only: let Aside's account write"):
            await shut.probe()


@pytest.fixture
async def nobodys() -> AsyncIterator[Path]:
    """Return a database in a folder that may only be read; root would not be held by that."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with opened(f"sqlite:///{folder / 'aside.db'}") as store:
            await store.prepare()
            await store.probe()
        shut(folder, 0o444, 0o555)
        user = os.geteuid()
        if user == 0:
            os.seteuid(NOBODY)
        yield folder / "aside.db"
        os.seteuid(user)
        shut(folder, 0o644, 0o755)


def shut(folder: Path, file_mode: int, folder_mode: int) -> None:
    """Set what may be done with a database and its folder."""
    (folder / "aside.db").chmod(file_mode)
    folder.chmod(folder_mode)


async def test_a_folder_that_is_read_only_is_said(nobodys: Path) -> None:
    async with opened(f"sqlite:///{nobodys}") as store:
        with pytest.raises(StoreUnavailable, match="also to its folder"):
            await store.prepare()
        assert await cause_of_writing(store) is Cause.READ_ONLY


@on_sqlite
async def test_a_database_that_somebody_else_holds_is_locked(
    store: Store, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "BUSY_SECONDS", 0.05)
    holder = sqlite3.connect(str(make_url(url).database), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    async with opened(url) as waiting:
        assert await cause_of_writing(waiting) is Cause.LOCKED
        holder.execute("COMMIT")
        assert await cause_of_writing(waiting) is None
    holder.close()
    assert await units(store) == ["later"]


async def test_a_missing_folder_is_said_and_leaves_no_thread(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    async with opened(f"sqlite:///{tmp_path / 'none' / 'aside.db'}") as store:
        assert await cause_of_writing(store) is Cause.UNREACHABLE
        left = {one for one in set(threading.enumerate()) - before if "asyncio" not in one.name}
        assert left == set()
        with pytest.raises(StoreUnavailable, match="check ASIDE_DATABASE_URL"):
            await store.prepare()


async def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "aside.db").write_text("no database " * 1000)
    async with opened(f"sqlite:///{tmp_path / 'aside.db'}") as store:
        with pytest.raises(StoreUnavailable, match="cannot be opened"):
            await store.prepare()
        assert await cause_of_writing(store) is Cause.UNREACHABLE


async def test_a_server_that_does_not_answer_is_said_without_its_password() -> None:
    async with opened("postgresql+psycopg://aside:canary@127.0.0.1:1/aside") as store:
        with pytest.raises(StoreUnavailable) as refused:
            await store.prepare()
        assert "canary" not in str(refused.value)
        assert await cause_of_writing(store) is Cause.UNREACHABLE


@on_postgres
async def test_a_server_that_only_lets_read_is_said(store: Store, url: str) -> None:
    await cause_of_writing(store, "before")
    standby = make_url(url).update_query_dict(
        {"options": "-c default_transaction_read_only=on"}, append=True
    )
    async with opened(standby.render_as_string(hide_password=False)) as shut:
        await shut.prepare()
        assert await units(shut) == ["before"]
        assert await cause_of_writing(shut) is Cause.READ_ONLY


@on_postgres
async def test_a_connection_that_is_ended_keeps_nothing_and_the_next_works(store: Store) -> None:
    async def cut_off() -> None:
        async with store.write() as tx, store.write() as other:
            await add_unit(tx, "within")
            running = await tx.scalar(sa.select(sa.func.pg_backend_pid()))
            await other.execute(sa.select(sa.func.pg_terminate_backend(running)))
            await add_unit(tx, "too late")

    with pytest.raises(StoreUnavailable) as refused:
        await cut_off()
    assert refused.value.cause is Cause.UNREACHABLE
    assert await cause_of_writing(store, "after") is None
    assert await units(store) == ["after"]


async def test_a_read_sees_one_snapshot(store: Store) -> None:
    async with store.read() as tx:
        count = sa.select(sa.func.count()).select_from(t.unit)
        assert await tx.scalar(count) == 0
        assert await cause_of_writing(store) is None
        assert await tx.scalar(count) == 0
    assert await units(store) == ["later"]


@on_postgres
async def test_a_role_that_may_change_no_table_serves_what_was_migrated(
    serving: Callable[..., str], bare: str
) -> None:
    upgrade(bare)
    async with opened(serving("public")) as store:
        await store.prepare()
        assert await cause_of_writing(store) is None


@on_postgres
async def test_a_role_that_may_change_no_table_is_told_to_migrate(
    serving: Callable[..., str], bare: str
) -> None:
    upgrade(bare, "0001")
    async with opened(serving("public")) as store:
        with pytest.raises(WrongSchema, match=r"of revision 0001.*run `aside migrate`"):
            await store.prepare()


@on_postgres
async def test_what_a_frozen_process_has_locked_is_free_again_within_seconds(
    store: Store, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "IDLE_SECONDS", 1)

    async def freeze(frozen: Store) -> None:
        async with frozen.write() as tx:
            await audit.alone(tx)
            async with asyncio.timeout(20), store.write() as other:
                await audit.alone(other)
            await add_unit(tx, "thawed")

    async with opened(url) as frozen:
        with pytest.raises(StoreUnavailable) as refused:
            await freeze(frozen)
        assert refused.value.cause is Cause.UNREACHABLE
        assert await cause_of_writing(frozen) is None
    assert await units(store) == ["later"]


@on_postgres
async def test_how_long_a_server_is_waited_for_is_what_its_url_says(url: str) -> None:
    slow = make_url(url).update_query_dict({"connect_timeout": "3"})
    async with opened(slow.render_as_string(hide_password=False)) as store, store.read() as tx:
        assert await tx.scalar(sa.text("SHOW idle_in_transaction_session_timeout")) == "30s"
