"""Everything that was seen: by the ledger, in the domain's tables, and by the driver."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from benchmarks.chaos.database import Looks
from benchmarks.chaos.fleet import Fleet
from scheduling.storage import audit
from scheduling.storage import tables as t

Row = Mapping[str, Any]
TABLES = (
    t.request,
    t.session,
    t.work_item,
    t.decision,
    t.audit,
    t.notice,
    t.change,
    t.run,
    t.run_session,
    t.batch_part,
)


class Amid(StrEnum):
    """What a worker was doing when it was killed."""

    REQUEST = "request"
    PLANNING = "planning a run"
    BOOKING = "booking a run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Killing:
    """One kill -9: when (seconds of the epoch), whom, amid what, and the workflows in hand of it."""

    at: float
    executor: str
    held: Sequence[str]
    amid: Amid = Amid.REQUEST


@dataclass(kw_only=True)
class Notes:
    """What the driver saw. ``acknowledged`` and ``refused`` are by the number of the request."""

    acknowledged: dict[int, str] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)
    accepted: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    """How many taps on a work item were told that they decided it."""
    changes: dict[str, str] = field(default_factory=dict)
    """The kind of each change of a booked session that was acknowledged, by its id."""
    runs: dict[int, str] = field(default_factory=dict)
    """The run that was confirmed, by its number."""
    progress: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    """How many sessions of a run were settled at each look."""
    kills: list[Killing] = field(default_factory=list)
    restarts: list[float] = field(default_factory=list)
    orphans: list[int] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    left: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """Seconds: from a death to the next step of its work, from a start to the first step."""

    take_over: Sequence[float] = ()
    restart: Sequence[float] = ()
    late: Sequence[float] = ()
    wall: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the verdict is made from. ``over`` is False where patience ended before the work did."""

    ledger: Sequence[Row]
    tables: Mapping[str, Sequence[Row]]
    notes: Notes
    timings: Timings = field(default_factory=Timings)
    audit_break: int | None = None
    over: bool = True


async def gather(
    notes: Notes, looks: Looks, log: Path, fleet: Fleet, *, over: bool, began: float
) -> Evidence:
    """Read the ledger's log and the tables, once all workers are stopped."""

    async def read(tx: AsyncConnection) -> tuple[dict[str, Sequence[Row]], int | None]:
        rows: dict[str, Sequence[Row]] = {
            table.name: [dict(row) for row in (await tx.execute(sa.select(table))).mappings()]
            for table in TABLES
        }
        return rows, await audit.first_break(tx)

    tables, broken = await looks.look(read)
    text = await asyncio.to_thread(log.read_text, encoding="utf-8")
    ledger = [json.loads(line) for line in text.splitlines()]
    notes.left = fleet.left
    return Evidence(
        ledger=ledger,
        tables=tables,
        notes=notes,
        timings=await _timings(notes, looks, fleet, began=began),
        audit_break=broken,
        over=over,
    )


async def _timings(notes: Notes, looks: Looks, fleet: Fleet, *, began: float) -> Timings:
    """Return how long each blow was felt.

    With peers a death is over with the next step of the dead one's work, alone with the first step
    after the start that followed. A database that comes back is a start as well.
    """
    take_over, restart = [], []
    for killing in notes.kills:
        if fleet.size > 1:
            take_over += await _until_step(looks, killing.at, killing.held)
        else:
            restart += await _until_step(looks, min(s for s in fleet.starts if s >= killing.at))
    for at in notes.restarts:
        restart += await _until_step(looks, at)
    wall = await looks.last_step() - began
    return Timings(take_over=take_over, restart=restart, late=notes.late, wall=wall)


async def _until_step(looks: Looks, at: float, of: Sequence[str] = ()) -> list[float]:
    """Return the seconds until the next step, or none where there was none."""
    first = await looks.first_step(at, of=of)
    return [] if first is None else [first - at]
