"""The administrator's commands on what is kept: audit, retention, erasure; and changed settings."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.keeping import note_settings
from bot.settings import RetentionGroup, load_settings
from scheduling.domain.house import Keep
from scheduling.domain.people import Person, Role
from scheduling.storage import audit, people
from scheduling.storage import tables as t
from scheduling.storage.store import Store
from tests.support.databases import with_tables

Aside = Callable[..., tuple[int, str]]
AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
ASHA = Person(id="asha", name="Asha Rao", zone="UTC", roles=frozenset({Role.AGENT}))


@pytest.fixture
def sql(nowhere: Path) -> Callable[..., Any]:
    """Execute a statement on the database as somebody with access to the file would."""

    def execute(statement: sa.Executable) -> Any:  # noqa: ANN401 - whatever it returns
        with sa.create_engine(f"sqlite:///{nowhere / 'aside.db'}").begin() as connection:
            result = connection.execute(statement)
            return result.all() if result.returns_rows else None

    return execute


@contextmanager
def loop() -> Iterator[asyncio.Runner]:
    """Run coroutines outside the command's own loop."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture
def three(nowhere: Path) -> None:
    """Keep three lines, a day apart."""

    async def write() -> None:
        store = Store(with_tables(nowhere / "aside.db"))
        for number in range(3):
            async with store.write() as tx:
                await audit.record(
                    tx,
                    at=AT + timedelta(days=number),
                    actor="mia",
                    action="request.submitted",
                    subject=f"r{number}",
                    detail={"note": "she is often late"},
                )
        async with store.write() as tx:
            await people.sync(tx, [ASHA])
            await people.sync(tx, [])
        await store.close()

    with loop() as runner:
        runner.run(write())


@pytest.mark.usefixtures("three")
def test_verify_prints_the_ends_of_a_whole_chain(aside: Aside, sql: Callable[..., Any]) -> None:
    first, _, last = [row.hash for row in sql(sa.select(t.audit).order_by(t.audit.c.seq))]
    code, said = aside("audit", "verify")
    assert code == 0
    assert said.splitlines()[:3] == [
        "lines  3",
        f"first  {first} (line 1)",
        f"last   {last} (line 3)",
    ]
    assert aside("audit", "verify", "--expect", last)[0] == 0


@pytest.mark.usefixtures("three")
def test_verify_names_the_first_line_that_was_changed(
    aside: Aside, sql: Callable[..., Any]
) -> None:
    sql(t.audit.update().where(t.audit.c.seq == 2).values(actor="tom"))
    code, said = aside("audit", "verify")
    assert code == 1
    assert "line 2: what it says does not fit its hash" in said


@pytest.mark.usefixtures("three")
def test_verify_finds_a_chain_that_was_cut_off_by_the_hash_kept_elsewhere(
    aside: Aside, sql: Callable[..., Any]
) -> None:
    ((last,),) = sql(sa.select(t.audit.c.hash).where(t.audit.c.seq == 3))
    sql(t.audit.delete().where(t.audit.c.seq == 3))
    assert aside("audit", "verify")[0] == 0
    code, said = aside("audit", "verify", "--expect", last)
    assert code == 1
    assert "the newest lines were cut off" in said


@pytest.mark.usefixtures("three")
def test_export_writes_json_lines_without_anybodys_words(aside: Aside, nowhere: Path) -> None:
    code, said = aside(
        "audit", "export", "-o", "x.jsonl", "--since", "2026-11-24", "--until", "2026-11-25"
    )
    assert (code, said) == (0, "Wrote x.jsonl: 1 lines\n")
    (line,) = [json.loads(each) for each in (nowhere / "x.jsonl").read_text().splitlines()]
    assert (line["seq"], line["subject"], line["at"]) == (2, "r1", "2026-11-24T09:00:00+00:00")
    assert line["detail"]["note"].startswith("sha256:")


@pytest.mark.usefixtures("three")
def test_retention_counts_first_and_deletes_when_told(
    aside: Aside, sql: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASIDE_RETENTION__NOTICES", "2")
    sql(t.notice.insert().values(key="k", state="sent", at=datetime(2020, 1, 1, tzinfo=UTC)))
    assert aside("retention")[0] == 2
    assert aside("retention", "--dry-run") == (0, "       1 would go: notice\n")
    assert aside("retention", "--now") == (0, "       1 deleted: notice\n")
    assert aside("retention", "--now") == (0, "nothing deleted\n")
    assert aside("audit", "verify")[0] == 0


@pytest.mark.usefixtures("three")
def test_erase_says_what_it_did_and_refuses_in_words(aside: Aside, sql: Callable[..., Any]) -> None:
    sql(t.keyed_event.insert().values(key="k", value={"people": ["Asha Rao"]}))
    code, said = aside("people", "erase", "asha")
    assert (code, said) == (0, "       1 changed: keyed_event\nasha is erased.\n")
    assert "Asha" not in str(sql(sa.select(t.person)))
    code, said = aside("people", "erase", "nobody")
    assert code == 2
    assert "aside people list" in said


@pytest.mark.usefixtures("three")
def test_a_changed_setting_is_audited_once_by_name_and_without_its_value(
    nowhere: Path, sql: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def start() -> None:
        store = Store(f"sqlite:///{nowhere / 'aside.db'}")
        await note_settings(store, load_settings(), AT)
        await store.close()

    with loop() as runner:
        runner.run(start())
        monkeypatch.setenv("ASIDE_UNDO_MINUTES", "20")
        monkeypatch.setenv("ASIDE_BOT__SECRET", "canary")
        monkeypatch.setenv("ASIDE_PORT", "4000")
        runner.run(start())
        runner.run(start())
    query = sa.select(t.audit).where(t.audit.c.action == "settings.changed")
    first, second = sql(query.order_by(t.audit.c.seq))
    assert first.before is None
    assert second.detail == {"changed": ["bot", "undo_minutes"]}
    assert "canary" not in str(second)


def test_the_settings_say_how_long_each_kind_is_kept() -> None:
    assert RetentionGroup().model_dump() == asdict(Keep())
