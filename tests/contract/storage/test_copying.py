"""The stop-and-copy: every row of a SQLite file in an empty PostgreSQL, or nothing at all."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bot.database import copy_tables, migrate_tables
from scheduling.storage import audit, requests
from scheduling.storage import tables as t
from scheduling.storage.copying import CopyRefused
from scheduling.storage.migrate import head, revision_of, upgrade
from scheduling.storage.opening import open_sync
from scheduling.storage.requests import NewRequest, RequestRow
from scheduling.storage.store import Store
from scheduling.workflows.engine_schema import holds_work
from scheduling.workflows.locks import DatabaseInUse, FileLock
from tests.support.postgres import HAS_POSTGRES
from tests.support.rows import Rows, everything, fill

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

pytestmark = [
    pytest.mark.skipif(not HAS_POSTGRES, reason="needs PostgreSQL"),
    pytest.mark.xdist_group("postgresql"),
]


@pytest.fixture
def url(postgres: str) -> str:
    """Return the database that ``bare`` empties."""
    return postgres


@pytest.fixture
def target(bare: str) -> str:
    """Return the URL of an empty PostgreSQL."""
    return bare


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return where the SQLite file is."""
    return tmp_path / "old.db"


@pytest.fixture
def source(file: Path, new_request: Callable[..., NewRequest]) -> str:
    """Return the URL of a SQLite file with rows in every table, and a request under way."""
    url = f"sqlite:///{file}"
    upgrade(url)
    with connected(url) as connection:
        fill(connection, everything_but_audit())
        connection.execute(t.draft.insert().values(a_draft("absent")))
        connection.execute(t.draft.insert().values({**a_draft("null"), "proposal": None}))
    asyncio.run(submit(url, new_request("under-way")))
    return url


async def submit(url: str, new: NewRequest) -> None:
    """Put a request into the queue, with two lines in the audit."""
    store = Store(url)
    async with store.write() as tx:
        ticket = await requests.insert(tx, new)
        for action in ("submitted", "reserved"):
            await audit.record(
                tx, at=NOW, actor="mia", action=action, subject=new.id, detail={"n": ticket}
            )
    await store.close()


def everything_but_audit() -> sa.MetaData:
    """Return the tables whose rows may be anything."""
    found = sa.MetaData()
    for table in t.metadata.sorted_tables:
        if table is not t.audit:
            table.to_metadata(found)
    return found


def a_draft(draft_id: str) -> dict[str, object]:
    """Return a draft without a proposal."""
    return {
        "id": draft_id,
        "version": 1,
        "owner_id": "oid-mia",
        "conversation_id": "chat",
        "state": "form",
        "expires_at": NOW,
        "payload": {},
    }


@contextmanager
def connected(url: str) -> Iterator[sa.Connection]:
    """Open a transaction outside any loop."""
    engine = open_sync(url)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def rows_of(url: str) -> Rows:
    """Return every domain row."""
    with connected(url) as connection:
        return everything(connection, t.metadata)


def without_proposal(url: str) -> list[str]:
    """Return the drafts that have no proposal, not even an empty one."""
    with connected(url) as connection:
        return list(connection.scalars(sa.text("SELECT id FROM draft WHERE proposal IS NULL")))


async def next_ticket(url: str, unit_id: str) -> int:
    """Take a ticket."""
    store = Store(url)
    async with store.write() as tx:
        ticket = await requests.take_ticket(tx, unit_id)
    await store.close()
    return ticket


async def stored(url: str, request_id: str) -> RequestRow | None:
    """Return a request as the code reads it."""
    store = Store(url)
    async with store.read() as tx:
        row = await requests.get(tx, request_id)
    await store.close()
    return row


def test_every_row_arrives(source: str, target: str, capsys: pytest.CaptureFixture[str]) -> None:
    copy_tables(source, target)
    assert rows_of(target) == rows_of(source)
    assert without_proposal(target) == without_proposal(source) == ["absent"]
    said = capsys.readouterr().out
    assert all(f"{table.name}: " in said for table in t.metadata.sorted_tables)
    assert "audit: 2 rows" in said


def test_what_was_under_way_can_go_on(source: str, target: str) -> None:
    copy_tables(source, target)
    row = asyncio.run(stored(target, "under-way"))
    assert row == asyncio.run(stored(source, "under-way"))
    assert row is not None
    assert not row.state.final
    assert asyncio.run(next_ticket(target, "north")) == row.ticket + 1
    assert not holds_work(target)


def test_a_target_with_rows_is_refused(source: str, target: str) -> None:
    copy_tables(source, target)
    before = rows_of(target)
    with pytest.raises(CopyRefused, match=r"not empty \(rows in: .*unit"):
        copy_tables(source, target)
    assert rows_of(target) == before


def test_a_file_that_is_in_use_under_any_name_is_refused(
    source: str, target: str, file: Path
) -> None:
    named = file.with_name("link.db")
    named.symlink_to(file)
    running = FileLock(named)
    running.acquire()
    with pytest.raises(DatabaseInUse, match="another Aside is running"):
        copy_tables(source, target)
    running.release()
    assert revision_of(target) is None


def test_a_fault_halfway_leaves_the_target_empty(source: str, target: str) -> None:
    upgrade(target)
    with connected(target) as connection:
        connection.execute(sa.text("ALTER TABLE timer ADD CHECK (kind = 'other')"))
    with pytest.raises(IntegrityError):
        copy_tables(source, target)
    assert not any(rows_of(target).values())


def test_an_audit_that_was_changed_is_not_carried_over(source: str, target: str) -> None:
    with connected(source) as connection:
        connection.execute(t.audit.update().where(t.audit.c.seq == 2).values(actor="somebody"))
    with pytest.raises(CopyRefused, match="line 2 of the audit was changed"):
        copy_tables(source, target)
    assert not any(rows_of(target).values())


@pytest.mark.parametrize("reverse", [True, False])
def test_only_a_file_is_copied_and_only_to_postgresql(
    source: str, target: str, reverse: bool
) -> None:
    pair = (target, source) if reverse else (source, source)
    with pytest.raises(CopyRefused, match="goes from sqlite:///FILE to postgresql"):
        copy_tables(*pair)


def test_a_file_that_is_not_there_is_not_made(target: str, tmp_path: Path) -> None:
    with pytest.raises(CopyRefused, match="there is no file"):
        copy_tables(f"sqlite:///{tmp_path / 'none.db'}", target)
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_an_earlier_release_is_migrated_first(
    target: str, file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{file}"
    upgrade(url, "0001")
    with pytest.raises(CopyRefused, match=r"of revision 0001.*run `aside migrate`"):
        copy_tables(url, target)
    monkeypatch.setenv("ASIDE_DATABASE_URL", url)
    migrate_tables()
    copy_tables(url, target)
    migrate_tables()
    said = capsys.readouterr().out
    assert f"Aside's tables: from revision 0001 to {head()}" in said
    assert "The engine's tables: made, version" in said
    assert f"Aside's tables: at revision {head()} already, nothing was changed" in said
