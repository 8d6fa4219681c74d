"""People and their binding to directory accounts."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.people import Person
from scheduling.storage import tables as t
from scheduling.storage.codec import dump, load


class AlreadyBound(Exception):
    """The person or the account is bound already; only an administrator changes that."""


class NotKnown(Exception):
    """There is no person of that id."""


async def sync(tx: AsyncConnection, people: Iterable[Person]) -> None:
    """Make the active people exactly ``people``; those no longer named stay, inactive."""
    if tx.dialect.name == "postgresql":  # replicas that start together would insert the same rows
        await tx.execute(sa.text("LOCK TABLE person IN SHARE ROW EXCLUSIVE MODE"))
    await tx.execute(t.person.update().values(active=False))
    known = set((await tx.execute(sa.select(t.person.c.id))).scalars())
    for person in people:
        values = {
            "record": dump(Person, replace(person, object_id=None)),
            "address": person.address.lower() if person.address else None,
            "unit_id": person.unit_id,
            "active": True,
        }
        if person.id in known:
            await tx.execute(t.person.update().where(t.person.c.id == person.id).values(values))
        else:
            await tx.execute(t.person.insert().values(id=person.id, **values))


def _people() -> sa.Select[Any]:
    return (
        sa.select(t.person.c.record, t.binding.c.object_id)
        .select_from(t.person.outerjoin(t.binding))
        .where(t.person.c.active)
    )


def _person(row: sa.Row[Any]) -> Person:
    return replace(load(Person, row.record), object_id=row.object_id)


async def get(tx: AsyncConnection, person_id: str) -> Person | None:
    """Return the active person with this id, or None."""
    row = (await tx.execute(_people().where(t.person.c.id == person_id))).first()
    return _person(row) if row else None


async def by_ids(tx: AsyncConnection, ids: Collection[str]) -> Mapping[str, Person]:
    """Return the active people among ``ids``, by id."""
    rows = await tx.execute(_people().where(t.person.c.id.in_(list(ids))))
    return {person.id: person for person in map(_person, rows)}


async def of_unit(tx: AsyncConnection, unit_id: str) -> Sequence[Person]:
    """Return the active people of a unit, by name."""
    rows = await tx.execute(_people().where(t.person.c.unit_id == unit_id))
    return sorted((_person(row) for row in rows), key=lambda person: (person.name, person.id))


async def everybody(tx: AsyncConnection) -> Sequence[Person]:
    """Return all active people, also those of no unit, by name."""
    rows = await tx.execute(_people())
    return sorted((_person(row) for row in rows), key=lambda person: (person.name, person.id))


async def names(tx: AsyncConnection, ids: Collection[str]) -> Mapping[str, str]:
    """Return the names of ``ids``, also of people who left; who was erased has ``ERASED``."""
    rows = await tx.execute(
        sa.select(t.person.c.id, t.person.c.record).where(t.person.c.id.in_(list(ids)))
    )
    return {row.id: row.record["name"] for row in rows}


async def by_object_id(tx: AsyncConnection, object_id: str) -> Person | None:
    """Return the active person bound to a directory account, or None."""
    row = (await tx.execute(_people().where(t.binding.c.object_id == object_id))).first()
    return _person(row) if row else None


async def by_address(tx: AsyncConnection, address: str) -> Sequence[Person]:
    """Return the active people whose address is ``address``: a proposal, never proof."""
    rows = await tx.execute(_people().where(t.person.c.address == address.lower()))
    return [_person(row) for row in rows]


async def bind(
    tx: AsyncConnection, person_id: str, object_id: str, *, at: datetime, by: str
) -> None:
    """Bind once; NotKnown, or AlreadyBound where either side is bound to something else."""
    if await tx.scalar(sa.select(t.person.c.id).where(t.person.c.id == person_id)) is None:
        raise NotKnown(f"nobody has the id {person_id}; 'aside people list' shows who there is")
    existing = (
        await tx.execute(
            sa.select(t.binding.c.person_id, t.binding.c.object_id).where(
                sa.or_(t.binding.c.person_id == person_id, t.binding.c.object_id == object_id)
            )
        )
    ).all()
    if any(tuple(row) != (person_id, object_id) for row in existing):
        raise AlreadyBound(f"person {person_id} or that account is bound already")
    if not existing:
        await tx.execute(
            t.binding.insert().values(
                object_id=object_id, person_id=person_id, bound_at=at, bound_by=by
            )
        )


async def unbind(tx: AsyncConnection, person_id: str) -> bool:
    """Remove a person's binding; whether there was one."""
    result = await tx.execute(t.binding.delete().where(t.binding.c.person_id == person_id))
    return bool(result.rowcount)
