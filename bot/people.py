"""The administrator's commands on people: list, bind, unbind."""

from collections.abc import Sequence

import sqlalchemy as sa

from bot.clocks import SystemClock
from bot.identity import bind
from bot.settings import Settings
from scheduling.domain.people import Person
from scheduling.storage import audit, people
from scheduling.storage import tables as t
from scheduling.storage.store import Store


async def known_people(settings: Settings) -> Sequence[Person]:
    """Return everybody in the database, by unit and name."""
    store = Store(settings.database_url)
    try:
        await store.prepare()
        async with store.read() as tx:
            units = (await tx.execute(sa.select(t.person.c.unit_id).distinct())).scalars().all()
            return [
                p for unit in sorted(filter(None, units)) for p in await people.of_unit(tx, unit)
            ]
    finally:
        await store.close()


async def bind_account(settings: Settings, person_id: str, object_id: str) -> None:
    """Bind by hand; AlreadyBound where either has another."""
    store = Store(settings.database_url)
    try:
        await store.prepare()
        await bind(store, SystemClock(), person_id, object_id, by="administrator")
    finally:
        await store.close()


async def unbind_account(settings: Settings, person_id: str) -> bool:
    """Remove a binding, audited; whether there was one."""
    store, clock = Store(settings.database_url), SystemClock()
    try:
        await store.prepare()
        async with store.write() as tx:
            removed = await people.unbind(tx, person_id)
            if removed:
                await audit.record(
                    tx,
                    at=clock.now(),
                    actor="administrator",
                    action="person.unbound",
                    subject=person_id,
                    detail={},
                )
        return removed
    finally:
        await store.close()
