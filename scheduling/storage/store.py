"""One database and its transactions: a SQLite file, or PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.storage import tables as t
from scheduling.storage.migrate import upgrade
from scheduling.storage.opening import is_sqlite, open_async, to_read, to_write
from scheduling.storage.trouble import translated

SOME_PAGES = "x" * 16_384


class Store:
    """Opens transactions on the domain tables.

    ``write`` takes SQLite's write lock at once, so that two writers queue instead of failing
    when a reader turns writer; ``read`` sees one snapshot. Both raise StoreUnavailable where the
    database is full, read-only, locked or away; nothing of the transaction is kept then.
    """

    def __init__(self, url: str) -> None:
        """Take a SQLAlchemy URL: ``sqlite:///file`` or ``postgresql+psycopg://...``."""
        self.url = url
        self._engine = open_async(url)
        self._turn = asyncio.Lock() if is_sqlite(url) else nullcontext()
        self._to_write = to_write(url)
        self._to_read = to_read(url)

    async def prepare(self) -> None:
        """Bring the tables to this release's revision; raises WrongSchema, StoreUnavailable."""
        await asyncio.to_thread(upgrade, self.url)

    async def probe(self) -> None:
        """Raise StoreUnavailable unless a row finds room and is committed; it leaves none."""
        row = {"key": "probe", "state": SOME_PAGES, "at": datetime.fromtimestamp(0, UTC)}
        async with self.write() as tx:
            await tx.execute(t.notice.insert().values(row))
            await tx.execute(t.notice.delete().where(t.notice.c.key == "probe"))

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that commits when the block ends well.

        SQLite's writers wait here, first come first served: its own lock favours nobody who waits.
        """
        with translated():
            async with self._turn, self._engine.connect() as connection:
                await connection.execution_options(**self._to_write)
                async with connection.begin():
                    yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Open a snapshot; nothing it does is kept."""
        with translated():
            async with self._engine.connect() as connection:
                await connection.execution_options(**self._to_read)
                yield connection

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()
