"""Runs of templates: what was planned, what is held back, and how far it is booked."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.rollouts import Rollout
from scheduling.domain.runs import RunPreview, RunSession, RunState
from scheduling.domain.templates import Membership
from scheduling.domain.times import DateRange
from scheduling.storage import tables as t
from scheduling.storage.codec import dump, load

CHUNK = 500
STARTING = 0x72756E73
"""PostgreSQL's advisory lock, with a hash of the unit, under which runs begin, go on, or stop."""
GOING = (RunState.PLANNING.value, RunState.BOOKING.value)
"""The states in which a run is being planned or booked."""
Members = dict[str, Membership]
"""Who was in the audience, by agent id, and under whom."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """A run as stored. ``members`` are the audience at the time, to compare the next run with.

    A ``rollout`` is of a course, and of no templates.
    """

    id: str
    unit_id: str
    state: RunState
    dates: DateRange
    requester_id: str
    requester_object_id: str
    created_at: datetime
    version: int = 1
    template_ids: tuple[str, ...] = ()
    preview: RunPreview | None = None
    held: frozenset[date] = frozenset()
    members: Members = field(default_factory=dict)
    trouble: str | None = None
    ended_at: datetime | None = None
    rollout: Rollout | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Which dates a run of templates is over, and what became of it."""

    template_ids: frozenset[str]
    dates: DateRange
    state: RunState
    created_at: datetime
    requester_id: str
    trouble: str | None


async def insert(tx: AsyncConnection, row: RunRow) -> None:
    """Keep a new run, of version 1."""
    await tx.execute(
        t.run.insert().values(
            id=row.id,
            version=1,
            unit_id=row.unit_id,
            state=row.state.value,
            first=row.dates.start,
            end=row.dates.end,
            template_ids=list(row.template_ids),
            requester_id=row.requester_id,
            requester_object_id=row.requester_object_id,
            held=[],
            members={},
            created_at=row.created_at,
            rollout=dump(Rollout, row.rollout) if row.rollout else None,
        )
    )


def _run(row: Mapping[str, Any]) -> RunRow:
    preview, rollout = row["preview"], row["rollout"]
    return RunRow(
        id=row["id"],
        version=row["version"],
        unit_id=row["unit_id"],
        state=RunState(row["state"]),
        dates=DateRange(row["first"], row["end"]),
        template_ids=tuple(row["template_ids"]),
        requester_id=row["requester_id"],
        requester_object_id=row["requester_object_id"],
        preview=load(RunPreview, preview) if preview else None,
        held=frozenset(date.fromisoformat(each) for each in row["held"]),
        members=load(Members, row["members"]),
        trouble=row["trouble"],
        created_at=row["created_at"],
        ended_at=row["ended_at"],
        rollout=load(Rollout, rollout) if rollout else None,
    )


async def get(tx: AsyncConnection, run_id: str) -> RunRow | None:
    """Return a run, or None."""
    found = await tx.execute(sa.select(t.run).where(t.run.c.id == run_id))
    row = found.mappings().first()
    return _run(dict(row)) if row else None


async def require(tx: AsyncConnection, run_id: str) -> RunRow:
    """Return a run; LookupError where there is none."""
    row = await get(tx, run_id)
    if row is None:
        raise LookupError(f"there is no run {run_id}")
    return row


async def of_unit(tx: AsyncConnection, unit_id: str, most: int = 20) -> Sequence[RunRow]:
    """Return the newest runs of a unit, newest first."""
    found = await tx.execute(
        sa.select(t.run)
        .where(t.run.c.unit_id == unit_id)
        .order_by(t.run.c.created_at.desc(), t.run.c.id)
        .limit(most)
    )
    return [_run(dict(row)) for row in found.mappings()]


async def newest(tx: AsyncConnection, most: int = 50) -> Sequence[RunRow]:
    """Return the newest runs of all units, newest first."""
    found = await tx.execute(
        sa.select(t.run).order_by(t.run.c.created_at.desc(), t.run.c.id).limit(most)
    )
    return [_run(dict(row)) for row in found.mappings()]


async def of_course(tx: AsyncConnection, unit_id: str, course_id: str) -> Sequence[RunRow]:
    """Return the roll-outs of a course, newest first."""
    found = await tx.execute(
        sa.select(t.run)
        .where(t.run.c.unit_id == unit_id, t.run.c.rollout["course_id"].as_string() == course_id)
        .order_by(t.run.c.created_at.desc(), t.run.c.id)
    )
    return [_run(dict(row)) for row in found.mappings()]


def seed_of(rollouts: Sequence[RunRow]) -> str | None:
    """Return the seed of the newest draw, None where there is none or some of it is booked.

    Whoever plans again what was not booked draws the same.
    """
    newest = next(iter(rollouts), None)
    if newest is None or newest.rollout is None:
        return None
    return None if newest.state in (RunState.BOOKING, RunState.BOOKED) else newest.rollout.seed


async def last_of_each(
    tx: AsyncConnection,
    unit_id: str,
    template_ids: Collection[str],
    besides: str,
    states: Collection[RunState],
) -> dict[str, RunRow]:
    """Return the newest run in one of ``states`` of each of the templates, not that of ``besides``."""
    rows = await tx.execute(
        sa.select(t.run.c.id, t.run.c.template_ids)
        .where(
            t.run.c.unit_id == unit_id,
            t.run.c.state.in_([each.value for each in states]),
            t.run.c.id != besides,
        )
        .order_by(t.run.c.created_at, t.run.c.id.desc())
    )
    newest = {i: row.id for row in rows for i in row.template_ids if i in template_ids}
    found = {run_id: await require(tx, run_id) for run_id in {*newest.values()}}
    return {i: found[newest[i]] for i in template_ids if i in newest}


async def reaching(tx: AsyncConnection, unit_id: str, day: date) -> Sequence[Reach]:
    """Return how far the runs of a unit's templates reach that are over ``day`` or later days.

    The newest comes first, and those that failed or were discarded are among them.
    """
    run = t.run.c
    found = await tx.execute(
        sa.select(
            run.template_ids,
            run.first,
            run.end,
            run.state,
            run.created_at,
            run.requester_id,
            run.trouble,
        )
        .where(run.unit_id == unit_id, run.end > day)
        .order_by(run.created_at.desc(), run.id)
    )
    return [
        Reach(
            template_ids=frozenset(row.template_ids),
            dates=DateRange(row.first, row.end),
            state=RunState(row.state),
            created_at=row.created_at,
            requester_id=row.requester_id,
            trouble=row.trouble,
        )
        for row in found
        if row.template_ids
    ]


async def alone(tx: AsyncConnection, unit_id: str) -> None:
    """Let nobody else begin, confirm or stop a run of a unit until ``tx`` ends."""
    if tx.dialect.name == "postgresql":  # SQLite's writers wait for each other anyway
        key = sa.func.hashtext(unit_id)
        await tx.execute(sa.select(sa.func.pg_advisory_xact_lock(STARTING, key)))


async def under_way(tx: AsyncConnection, unit_id: str) -> RunRow | None:
    """Return the run of a unit that is being planned or booked, or None."""
    found = await tx.execute(
        sa.select(t.run)
        .where(t.run.c.unit_id == unit_id, t.run.c.state.in_(GOING))
        .order_by(t.run.c.created_at)
    )
    row = found.mappings().first()
    return _run(dict(row)) if row else None


async def going(tx: AsyncConnection) -> Sequence[tuple[str, RunState]]:
    """Return the runs that are being planned or booked, each with which of the two."""
    found = await tx.execute(
        sa.select(t.run.c.id, t.run.c.state).where(t.run.c.state.in_(GOING)).order_by(t.run.c.id)
    )
    return [(row.id, RunState(row.state)) for row in found]


async def move_on(
    tx: AsyncConnection,
    run_id: str,
    *,
    of: Collection[RunState],
    to: RunState,
    version: int | None = None,
    **values: object,
) -> bool:
    """Move a run on from one of the states ``of`` (at ``version``); False where it is elsewhere."""
    query = t.run.update().where(t.run.c.id == run_id, t.run.c.state.in_([s.value for s in of]))
    if version is not None:
        query = query.where(t.run.c.version == version)
    found = await tx.execute(query.values(state=to.value, version=t.run.c.version + 1, **values))
    return bool(found.rowcount)


async def wait(tx: AsyncConnection, run_id: str, trouble: str) -> None:
    """Note what a run that is being planned waits for; its plan, once there is one, forgets that."""
    await tx.execute(
        t.run.update()
        .where(t.run.c.id == run_id, t.run.c.state == RunState.PLANNING.value)
        .values(trouble=trouble)
    )


async def keep_plan(
    tx: AsyncConnection,
    run_id: str,
    preview: RunPreview,
    sessions: Sequence[RunSession],
    members: Members,
) -> bool:
    """Keep what a run planned, in place of its earlier plan; False where it is not being planned."""
    if not await move_on(
        tx,
        run_id,
        of=(RunState.PLANNING,),
        to=RunState.PREVIEW,
        trouble=None,
        preview=dump(RunPreview, preview),
        members=dump(Members, members),
    ):
        return False
    await tx.execute(t.run_session.delete().where(t.run_session.c.run_id == run_id))
    rows = [
        {"run_id": run_id, "number": number, "record": dump(RunSession, one)}
        for number, one in enumerate(sessions, 1)
    ]
    for first in range(0, len(rows), CHUNK):
        await tx.execute(t.run_session.insert(), rows[first : first + CHUNK])
    return True


async def sessions_of(tx: AsyncConnection, run_id: str) -> Sequence[RunSession]:
    """Return what a run planned, by start."""
    found = await tx.scalars(
        sa.select(t.run_session.c.record)
        .where(t.run_session.c.run_id == run_id)
        .order_by(t.run_session.c.number)
    )
    return [load(RunSession, record) for record in found]
