"""``aside migrate`` and ``aside copy``: the database's tables, and their move to PostgreSQL."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from bot.settings import load_settings
from scheduling.storage.copying import CopyRefused, copy
from scheduling.storage.migrate import head, revision_of, upgrade
from scheduling.storage.opening import file_of, is_sqlite
from scheduling.storage.store import Store
from scheduling.workflows.engine_schema import holds_work, refuse_newer, upgrade_engine
from scheduling.workflows.locks import FileLock


def migrate_tables() -> None:
    """Bring the tables of the configured database to this release's, and print what was done.

    Raises WrongSchema, StoreUnavailable, DatabaseInUse.
    """
    url = load_settings().database_url
    with _alone(url):
        refuse_newer(url)
        _say("Aside's tables", "revision", upgrade(url), head())
        found, known = upgrade_engine(url)
        _say("The engine's tables", "version", str(found) if found else None, str(known))


def copy_tables(source: str, target: str) -> None:
    """Copy everything Aside knows from a SQLite file to an empty PostgreSQL, table by table.

    Raises CopyRefused, WrongSchema, StoreUnavailable, DatabaseInUse.
    """
    if not is_sqlite(source) or is_sqlite(target):
        raise CopyRefused(
            "aside copy goes from sqlite:///FILE to postgresql+psycopg://...: a SQLite file is"
            " copied as a file, and PostgreSQL with its own tools"
        )
    file = file_of(source)
    if not file.is_file():
        raise CopyRefused(f"there is no file {file}: check the first URL")
    with _alone(source):
        revision = revision_of(source)
        if revision != head():
            raise CopyRefused(
                f"the tables of {file} are of revision {revision or 'none'}, not {head()}: run"
                f" `aside migrate` with ASIDE_DATABASE_URL={source} first"
            )
        upgrade(target)
        if holds_work(target):
            raise CopyRefused(
                "the target is not empty (the engine has worked there): name an empty database"
            )
        asyncio.run(_copy(source, target))
    typer.echo(
        "Everything arrived, and the audit's chain is whole. Requests that were under way are"
        " taken up when Aside starts on the new database. Keep the old file until it has."
    )


async def _copy(source: str, target: str) -> None:
    old, new = Store(source), Store(target)
    try:
        await copy(old, new, lambda table, rows: typer.echo(f"{table}: {rows:,} rows"))
    finally:
        await old.close()
        await new.close()


@contextmanager
def _alone(url: str) -> Iterator[None]:
    """Hold a SQLite file as a running Aside would; on PostgreSQL the tables are locked instead."""
    if not is_sqlite(url):
        yield
        return
    lock = FileLock(file_of(url))
    lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _say(whose: str, unit: str, earlier: str | None, now: str) -> None:
    if earlier is None:
        typer.echo(f"{whose}: made, {unit} {now}")
    elif earlier == now:
        typer.echo(f"{whose}: at {unit} {now} already, nothing was changed")
    else:
        typer.echo(f"{whose}: from {unit} {earlier} to {now}")
