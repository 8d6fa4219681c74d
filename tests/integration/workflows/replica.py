"""A replica as a process: ``python -m tests.integration.workflows.replica URL SHARE``.

It says its executor id once it takes work. Its one workflow has two effects in a world without
keys, each looked up before it is written; between the two it waits until the world opens a gate.
"""

import asyncio
import sys

import sqlalchemy as sa
from dbos import DBOS

from scheduling.storage.store import Store
from scheduling.workflows.engine import Engine
from scheduling.workflows.share import Share

metadata = sa.MetaData()
began = sa.Table("began", metadata, sa.Column("what", sa.String), sa.Column("who", sa.String))
effect = sa.Table("effect", metadata, sa.Column("what", sa.String), sa.Column("who", sa.String))
gate = sa.Table("gate", metadata, sa.Column("name", sa.String))


class World:
    """The tables that stand for the world outside, and who writes to them."""

    def __init__(self) -> None:
        """Be nowhere yet."""
        self.store: Store | None = None
        self.who = ""

    async def add(self, table: sa.Table, what: str) -> None:
        """Add a line, unless that is an effect that is there already."""
        assert self.store is not None
        async with self.store.write() as tx:
            seen = sa.select(table.c.what).where(table.c.what == what)
            if table is began or (await tx.execute(seen)).first() is None:
                await tx.execute(table.insert().values(what=what, who=self.who))

    async def opened(self) -> None:
        """Return once the gate is open."""
        assert self.store is not None
        while True:
            async with self.store.read() as tx:
                if await tx.scalar(sa.select(sa.func.count()).select_from(gate)):
                    return
            await asyncio.sleep(0.05)


world = World()


@DBOS.workflow(name="rehearse")
async def rehearse(request_id: str) -> str:
    """Have two effects, the second once the gate is open."""
    await first(f"{request_id}:first")
    await second(f"{request_id}:second")
    return "done"


@DBOS.step()
async def first(what: str) -> None:
    """Have the first effect."""
    await world.add(effect, what)


@DBOS.step()
async def second(what: str) -> None:
    """Have the second effect, once the gate is open."""
    await world.add(began, what)
    await world.opened()
    await world.add(effect, what)


async def main(url: str, share: Share) -> None:
    """Take work until the process is ended."""
    engine = Engine(url, unit_workers=4, share=share)
    world.store, world.who = Store(url), engine.executor_id
    async with engine.guarded():
        await engine.launch()
        sys.stdout.write(engine.executor_id + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Share(sys.argv[2])))
