"""What administrators gave people here, and every change of it by its number."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.people import Appointment, Deputy, Role
from scheduling.storage import people, plain
from scheduling.storage import tables as t

NOTHING = Appointment()
"""What was given to whom nothing was given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentChange:
    """One person's part of the change ``number``: what was given before and after, when, by whom."""

    number: int
    person_id: str
    before: Appointment
    after: Appointment
    by: str
    at: datetime


async def of_people(
    tx: AsyncConnection, ids: Collection[str] | None = None
) -> Mapping[str, Appointment]:
    """Return what each of ``ids`` was given, NOTHING included; None asks for who was given anything."""
    query = (
        sa.select(
            t.person.c.id,
            t.appointment.c.roles,
            t.appointment.c.leads,
            t.binding.c.object_id,
            *(t.deputy.c[name] for name in ("deputy_id", "first", "last")),
        )
        .select_from(
            t.person.outerjoin(t.appointment, t.appointment.c.person_id == t.person.c.id)
            .outerjoin(t.binding, t.binding.c.person_id == t.person.c.id)
            .outerjoin(t.deputy, t.deputy.c.person_id == t.person.c.id)
        )
        .where(t.person.c.active)
        .order_by(t.person.c.id)
    )
    found = {row.id: _appointment(row) for row in await tx.execute(query)}
    if ids is None:
        return {each: given for each, given in found.items() if given != NOTHING}
    return {each: found[each] for each in ids if each in found}


def _appointment(row: sa.Row[tuple[object, ...]]) -> Appointment:
    deputy = row.deputy_id and Deputy(deputy_id=row.deputy_id, first=row.first, last=row.last)
    return Appointment(
        roles=None if row.roles is None else frozenset(map(Role, row.roles)),
        leads=frozenset(row.leads or ()),
        account=row.object_id,
        deputy=deputy or None,
    )


async def give(
    tx: AsyncConnection,
    before: Mapping[str, Appointment],
    after: Mapping[str, Appointment],
    *,
    by: str,
    at: datetime,
) -> int:
    """Let what people were given go from ``before`` to ``after``; return the number of the change.

    Accounts are taken before any is given, so that two people may change theirs. The caller holds
    ``people.lock``. Raises AlreadyBound where an account is somebody else's.
    """
    number = int(await tx.scalar(sa.select(sa.func.max(t.appointment_change.c.number))) or 0) + 1
    for person_id, given in after.items():
        if before[person_id].account not in (None, given.account):
            await people.unbind(tx, person_id)
    for person_id, given in after.items():
        was = before[person_id]
        if given.account not in (None, was.account):
            await people.bind(tx, person_id, given.account or "", at=at, by=by)
        if given.roles is None:
            await people.recall(tx, person_id)
        elif (given.roles, given.leads) != (was.roles, was.leads):
            await people.appoint(tx, person_id, given.roles, given.leads, at=at, by=by)
        if given.deputy != was.deputy:
            await people.deputise(tx, person_id, given.deputy, at=at, by=by)
        values = {"before": plain.write(was), "after": plain.write(given), "by": by, "at": at}
        await tx.execute(
            t.appointment_change.insert().values(number=number, person_id=person_id, **values)
        )
    return number


async def changes(tx: AsyncConnection, most: int) -> Sequence[AppointmentChange]:
    """Return the newest ``most`` changes, each person of them, the newest first."""
    table = t.appointment_change
    numbers = sa.select(table.c.number).distinct().order_by(table.c.number.desc()).limit(most)
    query = (
        sa.select(table)
        .where(table.c.number.in_(numbers))
        .order_by(table.c.number.desc(), table.c.person_id)
    )
    return [_change(row) for row in (await tx.execute(query)).mappings()]


async def last_of(tx: AsyncConnection, person_id: str) -> AppointmentChange | None:
    """Return the newest change of one person, or None."""
    table = t.appointment_change
    query = (
        sa.select(table)
        .where(table.c.person_id == person_id)
        .order_by(table.c.number.desc())
        .limit(1)
    )
    row = (await tx.execute(query)).mappings().first()
    return _change(row) if row else None


def _change(row: sa.RowMapping) -> AppointmentChange:
    sides = {side: plain.read(Appointment, row[side]) for side in ("before", "after")}
    return AppointmentChange(**{**row, **sides})
