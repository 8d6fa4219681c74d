"""Courses, who has completed them, and whose seats in them are booked."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.courses import Completion, Course
from scheduling.storage import bookings
from scheduling.storage import tables as t
from scheduling.storage.bookings import SessionRow
from scheduling.storage.codec import dump, load
from scheduling.storage.commits import Sessions

CHUNK = 500


async def insert(tx: AsyncConnection, course: Course, at: datetime) -> None:
    """Keep a new course, of version 1."""
    await tx.execute(
        t.course.insert().values(id=course.id, **_values(replace(course, version=1), at))
    )


def _values(course: Course, at: datetime) -> dict[str, object]:
    return {
        "version": course.version,
        "unit_id": course.unit_id,
        "active": True,
        "record": dump(Course, course),
        "updated_at": at,
    }


async def change(tx: AsyncConnection, course: Course, at: datetime) -> bool:
    """Write the version after exactly ``course.version``; False where it has moved on."""
    found = await tx.execute(
        t.course.update()
        .where(
            t.course.c.id == course.id,
            t.course.c.version == course.version,
            t.course.c.active,
        )
        .values(_values(replace(course, version=course.version + 1), at))
    )
    return bool(found.rowcount)


async def end(tx: AsyncConnection, course_id: str, at: datetime) -> bool:
    """Teach a course no more; what is booked stays. Whether it was taught."""
    found = await tx.execute(
        t.course.update()
        .where(t.course.c.id == course_id, t.course.c.active)
        .values(active=False, updated_at=at)
    )
    return bool(found.rowcount)


async def get(tx: AsyncConnection, course_id: str, *, ended: bool = False) -> Course | None:
    """Return a course that is taught (with ``ended`` also one that is no more), or None."""
    query = sa.select(t.course.c.record).where(t.course.c.id == course_id)
    record = await tx.scalar(query if ended else query.where(t.course.c.active))
    return load(Course, record) if record else None


async def locked(tx: AsyncConnection, course_id: str) -> Course | None:
    """Return a course that is taught, or None; until ``tx`` ends nobody else gives seats in it.

    Whoever locks requests or a unit as well locks the course first.
    """
    query = sa.select(t.course.c.id).where(t.course.c.id == course_id)
    await tx.execute(query.with_for_update(key_share=True))
    return await get(tx, course_id)


async def of_unit(tx: AsyncConnection, unit_id: str) -> Sequence[Course]:
    """Return the courses that a unit teaches, by name."""
    found = await tx.scalars(
        sa.select(t.course.c.record).where(t.course.c.unit_id == unit_id, t.course.c.active)
    )
    known = [load(Course, record) for record in found]
    return sorted(known, key=lambda each: (each.name.casefold(), each.id))


async def everything(tx: AsyncConnection) -> Sequence[Course]:
    """Return the courses that any unit teaches, by id."""
    found = await tx.scalars(
        sa.select(t.course.c.record).where(t.course.c.active).order_by(t.course.c.id)
    )
    return [load(Course, record) for record in found]


async def name_of(tx: AsyncConnection, course_id: str) -> str | None:
    """Return the name of a course, also of one that ended."""
    record = await tx.scalar(sa.select(t.course.c.record).where(t.course.c.id == course_id))
    return str(record["name"]) if record else None


async def complete(
    tx: AsyncConnection, completions: Sequence[Completion], group: str | None = None
) -> int:
    """Note who completed what on which date, once each; how many are new.

    ``group`` is the one of a roll-out that they come from, None where they were imported.
    """
    rows = {
        f"{one.course_id}|{one.person_id}|{one.on.isoformat()}": {
            "course_id": one.course_id,
            "person_id": one.person_id,
            "on": one.on,
            "group": group,
        }
        for one in completions
    }
    known: set[str] = set()
    ids = sorted(rows)
    for first in range(0, len(ids), CHUNK):
        some = ids[first : first + CHUNK]
        known |= set(
            await tx.scalars(sa.select(t.completion.c.id).where(t.completion.c.id.in_(some)))
        )
    new = [{"id": each, **rows[each]} for each in ids if each not in known]
    for first in range(0, len(new), CHUNK):
        await tx.execute(t.completion.insert(), new[first : first + CHUNK])
    return len(new)


async def of_group(tx: AsyncConnection, course_id: str, group: str) -> Sequence[Completion]:
    """Return what is noted as completed in a group, by person."""
    table = t.completion.c
    found = await tx.execute(
        sa.select(table.person_id, table.on)
        .where(table.course_id == course_id, table.group == group)
        .order_by(table.person_id, table.on)
    )
    return [Completion(course_id=course_id, person_id=row.person_id, on=row.on) for row in found]


async def take_back(tx: AsyncConnection, completions: Sequence[Completion], group: str) -> None:
    """Take back what was noted as completed in a group."""
    for one in completions:
        await tx.execute(
            t.completion.delete().where(
                t.completion.c.course_id == one.course_id,
                t.completion.c.person_id == one.person_id,
                t.completion.c.on == one.on,
                t.completion.c.group == group,
            )
        )


async def completions(
    tx: AsyncConnection, course_ids: Collection[str]
) -> dict[tuple[str, str], date]:
    """Return when each of these courses was last completed, by (course, person)."""
    found = await tx.execute(
        sa.select(
            t.completion.c.course_id, t.completion.c.person_id, sa.func.max(t.completion.c.on)
        )
        .where(t.completion.c.course_id.in_(list(course_ids)))
        .group_by(t.completion.c.course_id, t.completion.c.person_id)
    )
    return {(row[0], row[1]): row[2] for row in found}


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatsRow:
    """One group of a roll-out: how many parts were planned, and whose sessions stand, by start.

    ``numbers`` are those of the parts, from 0, by the requests that they have become.
    """

    run_id: str
    group: str
    parts: int
    of: Mapping[str, tuple[SessionRow, ...]]
    numbers: Mapping[str, int]


async def group_of(tx: AsyncConnection, request_id: str) -> tuple[str, str] | None:
    """Return the run and the group that a request is a part of, or None."""
    found = await tx.execute(
        sa.select(t.batch_part.c.batch_id, t.batch_part.c.sessions).where(
            t.batch_part.c.request_id == request_id
        )
    )
    row = found.first()
    group = load(Sessions, row.sessions)[0].group if row else None
    return (row.batch_id, group) if row and group else None


async def seats(
    tx: AsyncConnection, run_ids: Collection[str], group: str | None = None
) -> Sequence[SeatsRow]:
    """Return the groups of these roll-outs (or that ``group`` only) that were booked."""
    query = sa.select(
        t.batch_part.c.batch_id, t.batch_part.c.sessions, t.batch_part.c.request_id
    ).where(t.batch_part.c.batch_id.in_(list(run_ids)))
    if group is not None:
        query = query.where(t.batch_part.c.sessions[(0, "group")].as_string() == group)
    parts = await tx.execute(query.order_by(t.batch_part.c.batch_id, t.batch_part.c.number))
    of_request: dict[str, str] = {}
    numbers: dict[str, int] = {}
    found: dict[str, tuple[str, int]] = {}
    for row in parts:
        name = load(Sessions, row.sessions)[0].group
        found[name] = (row.batch_id, found.get(name, ("", 0))[1] + 1)
        if row.request_id is not None:
            of_request[row.request_id] = name
            numbers[row.request_id] = found[name][1] - 1
    standing = await _standing(tx, of_request)
    return [
        SeatsRow(
            run_id=run_id,
            group=name,
            parts=number,
            of={person: tuple(rows) for person, rows in standing[name].items()},
            numbers={i: numbers[i] for i, each in of_request.items() if each == name},
        )
        for name, (run_id, number) in found.items()
    ]


async def parts_of(tx: AsyncConnection, run_id: str, group: str) -> Sequence[str | None]:
    """Return the requests that the parts of a group have become, in the order of the course.

    None for a part whose turn has not come. Whoever locks several locks them in this order.
    """
    return list(
        await tx.scalars(
            sa.select(t.batch_part.c.request_id)
            .where(
                t.batch_part.c.batch_id == run_id,
                t.batch_part.c.sessions[(0, "group")].as_string() == group,
            )
            .order_by(t.batch_part.c.number)
        )
    )


async def sessions_of(tx: AsyncConnection, run_id: str, group: str) -> Sequence[SessionRow]:
    """Return everything that was ever booked of a group, by start."""
    rows: list[SessionRow] = []
    for request_id in filter(None, await parts_of(tx, run_id, group)):
        rows += await bookings.rows_of(tx, request_id)
    return sorted(rows, key=lambda row: (row.interval, row.id))


async def _standing(
    tx: AsyncConnection, of_request: Mapping[str, str]
) -> Mapping[str, Mapping[str, list[SessionRow]]]:
    """Return the standing sessions of requests by the group they are of, and by attendee."""
    found: defaultdict[str, defaultdict[str, list[SessionRow]]] = defaultdict(
        lambda: defaultdict(list)
    )
    requests = sorted(of_request)
    for first in range(0, len(requests), CHUNK):
        some = requests[first : first + CHUNK]
        for row in await bookings.active_of(tx, some):
            found[of_request[row.request_id]][row.attendee_id].append(row)
    return found
