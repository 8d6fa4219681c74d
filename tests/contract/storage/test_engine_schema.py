"""The engine's tables: made by `aside migrate`, and refused where a newer engine made them."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from scheduling.storage.migrate import WrongSchema, upgrade
from scheduling.storage.opening import is_sqlite, open_sync
from scheduling.workflows.engine import Engine
from scheduling.workflows.engine_schema import (
    engine_versions,
    holds_work,
    refuse_newer,
    upgrade_engine,
)
from tests.support.postgres import ALONE, HAS_POSTGRES


def pretend(url: str, version: int) -> None:
    """Record another version of the engine's tables."""
    schema = "" if is_sqlite(url) else "dbos."
    engine = open_sync(url)
    with engine.begin() as connection:
        connection.execute(sa.text(f"UPDATE {schema}dbos_migrations SET version = {version}"))  # noqa: S608 - our own words
    engine.dispose()


async def test_tables_of_a_newer_engine_are_refused_in_words(bare: str) -> None:
    refuse_newer(bare)
    found, known = upgrade_engine(bare)
    assert found == 0
    assert engine_versions(bare) == (known, known)
    assert upgrade_engine(bare) == (known, known)
    assert not holds_work(bare)
    pretend(bare, known + 1)
    with pytest.raises(WrongSchema, match=f"version {known + 1}.*up to {known}.*start the"):
        refuse_newer(bare)
    engine = Engine(bare)
    async with engine.guarded():
        with pytest.raises(WrongSchema):
            await engine.launch()


@pytest.mark.parametrize("url", [ALONE] if HAS_POSTGRES else [], indirect=True)
async def test_a_role_that_may_change_no_table_starts_the_engine(
    serving: Callable[..., str], bare: str
) -> None:
    upgrade(bare)
    upgrade_engine(bare)
    engine = Engine(serving("public", "dbos"))
    async with engine.guarded():
        await engine.launch()
        await engine.close()
