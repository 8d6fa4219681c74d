"""People and their binding to directory accounts."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.people import Deputy, Person, Role
from scheduling.storage import tables as t
from scheduling.storage.codec import dump, load


class AlreadyBound(Exception):
    """The person or the account is bound already; only an administrator changes that."""


class NotKnown(Exception):
    """There is no person of that id."""


def unknown(person_id: str) -> NotKnown:
    """Return the error that says that nobody has an id."""
    return NotKnown(f"nobody has the id {person_id}; 'aside people list' shows who there is")


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
        sa.select(
            t.person.c.record, t.binding.c.object_id, t.appointment.c.roles, t.appointment.c.leads
        )
        .select_from(
            t.person.outerjoin(t.binding).outerjoin(
                t.appointment, t.appointment.c.person_id == t.person.c.id
            )
        )
        .where(t.person.c.active)
    )


def _person(row: sa.Row[Any]) -> Person:
    """Return the person with the roles and teams that an administrator gave, if one did."""
    person = replace(load(Person, row.record), object_id=row.object_id)
    if row.roles is None:
        return person
    roles = frozenset(Role(role) for role in row.roles)
    return replace(person, roles=roles, leads=frozenset(row.leads))


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


async def by_object_ids(tx: AsyncConnection, object_ids: Collection[str]) -> Mapping[str, Person]:
    """Return the active people bound to these directory accounts, by account."""
    rows = await tx.execute(_people().where(t.binding.c.object_id.in_(list(object_ids))))
    return {row.object_id: _person(row) for row in rows}


async def by_address(tx: AsyncConnection, address: str) -> Sequence[Person]:
    """Return the active people whose address is ``address``: a proposal, never proof."""
    rows = await tx.execute(_people().where(t.person.c.address == address.lower()))
    return [_person(row) for row in rows]


async def bind(
    tx: AsyncConnection, person_id: str, object_id: str, *, at: datetime, by: str
) -> None:
    """Bind once; NotKnown, or AlreadyBound where either side is bound to something else."""
    if await tx.scalar(sa.select(t.person.c.id).where(t.person.c.id == person_id)) is None:
        raise unknown(person_id)
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


async def appoint(
    tx: AsyncConnection,
    person_id: str,
    roles: Collection[Role],
    leads: Collection[str],
    *,
    at: datetime,
    by: str,
) -> None:
    """Give a person these roles and teams, whatever the WFM and ``people.csv`` say."""
    await tx.execute(t.appointment.delete().where(t.appointment.c.person_id == person_id))
    await tx.execute(
        t.appointment.insert().values(
            person_id=person_id,
            roles=sorted(role.value for role in roles),
            leads=sorted(leads),
            at=at,
            by=by,
        )
    )


async def recall(tx: AsyncConnection, person_id: str) -> None:
    """Let a person's roles and teams be those of the WFM and ``people.csv`` again."""
    await tx.execute(t.appointment.delete().where(t.appointment.c.person_id == person_id))


async def deputise(
    tx: AsyncConnection, person_id: str, deputy: Deputy | None, *, at: datetime, by: str
) -> None:
    """Let ``deputy`` act for a person, or nobody any more."""
    await tx.execute(t.deputy.delete().where(t.deputy.c.person_id == person_id))
    if deputy is not None:
        await tx.execute(
            t.deputy.insert().values(
                person_id=person_id,
                deputy_id=deputy.deputy_id,
                first=deputy.first,
                last=deputy.last,
                at=at,
                by=by,
            )
        )


async def deputy_of(tx: AsyncConnection, person_id: str) -> Deputy | None:
    """Return who may act for a person, and when; also where that is over."""
    query = sa.select(t.deputy.c.deputy_id, t.deputy.c.first, t.deputy.c.last)
    row = (await tx.execute(query.where(t.deputy.c.person_id == person_id))).first()
    return Deputy(deputy_id=row.deputy_id, first=row.first, last=row.last) if row else None


async def represented_by(tx: AsyncConnection, deputy_id: str) -> Sequence[tuple[Person, Deputy]]:
    """Return the active people who named somebody as their deputy, by name, and for when."""
    dates = sa.select(t.deputy).where(t.deputy.c.deputy_id == deputy_id)
    named = {
        row.person_id: Deputy(deputy_id=deputy_id, first=row.first, last=row.last)
        for row in await tx.execute(dates)
    }
    known = await by_ids(tx, named)
    found = sorted(known.values(), key=lambda person: (person.name, person.id))
    return [(person, named[person.id]) for person in found]


async def lock(tx: AsyncConnection) -> None:
    """Keep others from giving and taking roles and bindings until ``tx`` ends."""
    if tx.dialect.name == "postgresql":  # SQLite's writers wait for each other anyway
        await tx.execute(sa.text("LOCK TABLE appointment, binding IN SHARE ROW EXCLUSIVE MODE"))
