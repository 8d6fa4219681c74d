"""Groups of courses that fell below their smallest size, and what was decided of each, once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.courses import SmallGroupState
from scheduling.storage import tables as t
from scheduling.storage.inserting import inserted


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallGroupRow:
    """A group as stored; ``id`` is how the roll-out names it.

    ``people`` are how many had seats in all parts when it was last asked about, or kept.
    """

    id: str
    version: int
    run_id: str
    course_id: str
    unit_id: str
    state: SmallGroupState
    people: int
    opened_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None


def _row(found: Mapping[str, Any]) -> SmallGroupRow:
    return SmallGroupRow(**{**found, "state": SmallGroupState(found["state"])})


async def insert(tx: AsyncConnection, row: SmallGroupRow) -> bool:
    """Note a group that is too small; False where it was noted before."""
    values = {name: getattr(row, name) for name in SmallGroupRow.__dataclass_fields__}
    return await inserted(tx, t.small_group.insert().values({**values, "state": row.state.value}))


async def get(tx: AsyncConnection, group_id: str) -> SmallGroupRow | None:
    """Return a group that was noted, or None."""
    found = await tx.execute(sa.select(t.small_group).where(t.small_group.c.id == group_id))
    row = found.mappings().first()
    return _row(dict(row)) if row else None


async def decide(
    tx: AsyncConnection,
    row: SmallGroupRow,
    to: SmallGroupState,
    by: str,
    at: datetime,
    people: int,
) -> bool:
    """Note what was decided of an open group of so many; False where somebody was faster."""
    table = t.small_group
    found = await tx.execute(
        table.update()
        .where(table.c.id == row.id, table.c.version == row.version, table.c.state == row.state)
        .values(
            state=to.value, version=row.version + 1, decided_by=by, decided_at=at, people=people
        )
    )
    return bool(found.rowcount)


async def open_again(tx: AsyncConnection, row: SmallGroupRow, people: int) -> bool:
    """Ask anew about a group that has so many by now; False where somebody was faster."""
    table = t.small_group
    found = await tx.execute(
        table.update()
        .where(table.c.id == row.id, table.c.version == row.version)
        .values(
            state=SmallGroupState.OPEN.value,
            version=row.version + 1,
            people=people,
            decided_by=None,
            decided_at=None,
        )
    )
    return bool(found.rowcount)


async def people_of_cancelled(tx: AsyncConnection, course_id: str) -> Sequence[str]:
    """Return who was in groups of a course that were cancelled, who waits longest first."""
    small, part, session = t.small_group.c, t.batch_part.c, t.session.c
    found = await tx.execute(
        sa.select(session.attendee_id, sa.func.min(small.decided_at))
        .select_from(
            t.small_group.join(
                t.batch_part,
                sa.and_(
                    part.batch_id == small.run_id,
                    part.sessions[(0, "group")].as_string() == small.id,
                ),
            ).join(t.session, session.request_id == part.request_id)
        )
        .where(
            small.course_id == course_id,
            small.state == SmallGroupState.CANCELLED.value,
            session.attendee_id != "",
        )
        .group_by(session.attendee_id)
        .order_by(sa.func.min(small.decided_at), session.attendee_id)
    )
    return [row.attendee_id for row in found]


async def noted(tx: AsyncConnection, run_ids: Collection[str]) -> Mapping[str, SmallGroupRow]:
    """Return the groups of these roll-outs that were noted, by id, whatever was decided."""
    query = sa.select(t.small_group).where(t.small_group.c.run_id.in_(list(run_ids)))
    found = [_row(dict(row)) for row in (await tx.execute(query)).mappings()]
    return {row.id: row for row in found}
