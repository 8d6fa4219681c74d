"""The audit's chain: whatever is written fits, and whatever is changed afterwards is found."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.storage import audit
from scheduling.storage import tables as t
from scheduling.storage.store import Store

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)

words = st.text(max_size=12)
facts = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
states = st.none() | st.dictionaries(words, facts, max_size=2)
lines = st.fixed_dictionaries(
    {
        "actor": words,
        "action": words,
        "subject": words,
        "detail": st.dictionaries(words, facts, max_size=3),
        "on_behalf_of": st.none() | words,
        "before": states,
        "after": states,
        "parameters": st.none() | words,
        "inputs": st.none() | words,
    }
)
chains = st.lists(lines, min_size=1, max_size=5)
quick = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def database(tmp_path: Path) -> str:
    """Make an empty database once; each example empties it again."""
    url = f"sqlite:///{tmp_path / 'aside.db'}"
    with sa.create_engine(url).begin() as connection:
        t.metadata.create_all(connection)
    return url


async def _written(tx: AsyncConnection, chain: Sequence[dict[str, Any]]) -> None:
    await tx.execute(t.audit.delete())
    for number, line in enumerate(chain):
        await audit.record(tx, at=AT + timedelta(microseconds=number), **line)


def played(database: str, play: Callable[[AsyncConnection], Awaitable[None]]) -> None:
    """Run ``play`` in one transaction."""

    async def run() -> None:
        store = Store(database)
        try:
            async with store.write() as tx:
                await play(tx)
        finally:
            await store.close()

    asyncio.run(run())


@given(chain=chains)
@quick
def test_whatever_is_written_fits_and_holds_no_text(
    database: str, chain: list[dict[str, Any]]
) -> None:
    async def play(tx: AsyncConnection) -> None:
        await _written(tx, chain)
        assert (await audit.verify(tx)).broken is None
        assert (await audit.verify(tx)).lines == len(chain)
        for row in await tx.execute(sa.select(t.audit.c.actor, t.audit.c.subject)):
            assert all(audit.ID.fullmatch(value) for value in row)

    played(database, play)


@given(chain=chains, line=lines, data=st.data())
@quick
def test_any_change_of_any_line_is_found_at_that_line(
    database: str, chain: list[dict[str, Any]], line: dict[str, Any], data: st.DataObject
) -> None:
    seq = data.draw(st.integers(1, len(chain)))
    column = data.draw(st.sampled_from([*line, "at", "hash", "previous"]))
    new = line.get(column, AT if column == "at" else "0" * 63 + "1")

    async def play(tx: AsyncConnection) -> None:
        await _written(tx, chain)
        here = t.audit.c.seq == seq
        old = await tx.scalar(sa.select(t.audit.c[column]).where(here))
        changed = await tx.execute(
            t.audit.update().where(here).values({column: new}).returning(t.audit.c[column])
        )
        broken = (await audit.verify(tx)).broken
        if changed.scalar() == old:
            assert broken is None
        else:
            assert broken is not None
            assert broken.seq == seq

    played(database, play)


@given(chain=chains, data=st.data())
@quick
def test_a_line_taken_out_is_found_and_the_newest_ones_by_a_hash_kept_elsewhere(
    database: str, chain: list[dict[str, Any]], data: st.DataObject
) -> None:
    first = data.draw(st.integers(1, len(chain)))
    last = data.draw(st.integers(first, len(chain)))

    async def play(tx: AsyncConnection) -> None:
        await _written(tx, chain)
        kept = (await audit.verify(tx)).last
        assert kept is not None
        assert (await audit.verify(tx, kept[1])).expected
        await tx.execute(t.audit.delete().where(t.audit.c.seq.between(first, last)))
        found = await audit.verify(tx, kept[1])
        if last == len(chain):
            assert (found.broken, found.expected) == (None, False)
        else:
            assert found.broken is not None
            assert found.broken.seq == last + 1

    played(database, play)


def test_a_line_of_an_earlier_release_still_fits(database: str) -> None:
    earlier = {
        "seq": 1,
        "at": datetime(2026, 11, 20, 9, tzinfo=UTC),
        "actor": "mia",
        "action": "request.submitted",
        "subject": "r1",
        "detail": {"ticket": 1, "attendees": ["asha"], "price": 0.1, "note": None},
        "previous": audit.GENESIS,
        "hash": "9b0aeb4a506e119ef1d625c067281275c6ad770ccaaf7487214b53fd9a9d0db6",
    }

    async def play(tx: AsyncConnection) -> None:
        await tx.execute(t.audit.insert().values(earlier))
        await audit.record(tx, at=AT, actor="mia", action="a.b", subject="r2", before={}, detail={})
        assert (await audit.verify(tx)).broken is None

    played(database, play)


@pytest.mark.parametrize(("detail", "more"), [({"price": 0.1}, {}), ({}, {"why": "r"})])
def test_what_databases_write_differently_or_have_no_column_for_is_refused(
    database: str, detail: dict[str, Any], more: dict[str, Any]
) -> None:
    async def play(tx: AsyncConnection) -> None:
        with pytest.raises(TypeError, match="an audit line"):
            await audit.record(
                tx, at=AT, actor="mia", action="a.b", subject="r", detail=detail, **more
            )

    played(database, play)
