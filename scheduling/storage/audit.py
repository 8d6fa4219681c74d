"""The audit: append-only, hash-chained, ids only. Names live in the person table."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.storage import tables as t

GENESIS = "0" * 64

APPENDING = 0x61756469
"""PostgreSQL's advisory lock under which lines are appended, one after the other."""


async def record(
    tx: AsyncConnection,
    *,
    at: datetime,
    actor: str,
    action: str,
    subject: str,
    detail: Mapping[str, object],
) -> None:
    """Append one line; ``detail`` holds ids, states and figures, never words of people."""
    if tx.dialect.name == "postgresql":  # SQLite's writers wait for each other anyway
        await tx.execute(sa.select(sa.func.pg_advisory_xact_lock(APPENDING)))
    newest = (
        await tx.execute(
            sa.select(t.audit.c.seq, t.audit.c.hash).order_by(t.audit.c.seq.desc()).limit(1)
        )
    ).first()
    seq, previous = (newest.seq + 1, newest.hash) if newest else (1, GENESIS)
    values: dict[str, object] = {
        "seq": seq,
        "actor": actor,
        "action": action,
        "subject": subject,
        "detail": dict(detail),
    }
    await tx.execute(
        t.audit.insert().values(
            **values, at=at, previous=previous, hash=_link(values, at, previous)
        )
    )


def _link(values: Mapping[str, object], at: datetime, previous: str) -> str:
    line = json.dumps([values, at.isoformat(), previous], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(line.encode()).hexdigest()


async def first_break(tx: AsyncConnection) -> int | None:
    """Return the number of the first line whose hash does not fit, or None where all fit."""
    previous = GENESIS
    for row in await tx.execute(sa.select(t.audit).order_by(t.audit.c.seq)):
        values = {name: getattr(row, name) for name in ("seq", "actor", "action", "subject")}
        values["detail"] = row.detail
        if row.previous != previous or row.hash != _link(values, row.at, previous):
            return int(row.seq)
        previous = row.hash
    return None
