"""The administrator's commands on people: list, bind, unbind."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from bot.clocks import SystemClock
from bot.identity import bind
from bot.settings import Settings
from scheduling.domain.people import Person
from scheduling.storage import audit, people
from scheduling.storage.store import Store


@asynccontextmanager
async def _store(settings: Settings) -> AsyncIterator[Store]:
    store = Store(settings.database_url)
    try:
        await store.prepare()
        yield store
    finally:
        await store.close()


async def known_people(settings: Settings) -> Sequence[Person]:
    """Return everybody in the database, by name."""
    async with _store(settings) as store, store.read() as tx:
        return await people.everybody(tx)


async def bind_account(settings: Settings, person_id: str, object_id: str) -> None:
    """Bind by hand; AlreadyBound where either has another."""
    async with _store(settings) as store:
        await bind(store, SystemClock(), person_id, object_id, by="administrator")


async def unbind_account(settings: Settings, person_id: str) -> bool:
    """Remove a binding, audited; whether there was one."""
    async with _store(settings) as store, store.write() as tx:
        removed = await people.unbind(tx, person_id)
        if removed:
            await audit.record(
                tx,
                at=SystemClock().now(),
                actor="administrator",
                action="person.unbound",
                subject=person_id,
                before={"bound": True},
                after={"bound": False},
                detail={},
            )
    return removed
