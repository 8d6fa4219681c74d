"""The audit: append-only, hash-chained, ids only. Names live in the person table.

A line's hash covers all it says and the hash of the line before. Whoever may write to the
database can write a whole chain anew, so keep the newest hash somewhere else now and then.
"""

import hashlib
import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime, time, timedelta
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.storage import tables as t

Fact: TypeAlias = "str | int | Sequence[Fact] | Mapping[str, Fact] | None"
"""What a line may hold: ids, states and whole figures. Databases write floats differently."""

GENESIS = "0" * 64
SHORTENED = "audit.shortened"
"""The action of the line that says where the chain now begins, and what came before that."""

APPENDING = 0x61756469
"""PostgreSQL's advisory lock under which lines are appended, one after the other."""

ID = re.compile(r"[\w.:;,#/+=~-]{1,200}", re.ASCII)
CHUNK = 1000
LATER = ("on_behalf_of", "before", "after", "parameters", "inputs")
"""Columns that older lines lack; a line that has none of them is hashed without them."""


async def record(
    tx: AsyncConnection,
    *,
    at: datetime,
    actor: str,
    action: str,
    subject: str,
    detail: Mapping[str, Fact],
    **more: Fact,
) -> None:
    """Append one line; make it the transaction's last write, for others wait until it ends.

    ``more`` are any of ``on_behalf_of`` (a person's id), ``before`` and ``after`` (states),
    ``parameters`` and ``inputs`` (digests of the settings and of the facts that decided). A text
    that cannot be an id is kept as its digest only; TypeError for what is neither text nor figure.
    """
    if unknown := more.keys() - set(LATER):
        raise TypeError(f"an audit line has no {', '.join(sorted(unknown))}")
    said = {"actor": actor, "action": action, "subject": subject, "detail": detail, **more}
    values: dict[str, Any] = {k: _ids_only(v) for k, v in said.items() if v is not None}
    await alone(tx)
    newest = (
        await tx.execute(
            sa.select(t.audit.c.seq, t.audit.c.hash).order_by(t.audit.c.seq.desc()).limit(1)
        )
    ).first()
    values["seq"], previous = (newest.seq + 1, newest.hash) if newest else (1, GENESIS)
    await tx.execute(
        t.audit.insert().values(
            **values, at=at, previous=previous, hash=_link(values, at, previous)
        )
    )


async def alone(tx: AsyncConnection) -> None:
    """Let nobody else change the chain until ``tx`` ends."""
    if tx.dialect.name == "postgresql":  # SQLite's writers wait for each other anyway
        await tx.execute(sa.select(sa.func.pg_advisory_xact_lock(APPENDING)))


def _ids_only(value: Fact) -> Fact:
    if isinstance(value, str):
        return value if ID.fullmatch(value) else f"sha256:{_sha(value)}"
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, Mapping):
        return {str(_ids_only(key)): _ids_only(each) for key, each in value.items()}
    if isinstance(value, Sequence):
        return [_ids_only(each) for each in value]
    raise TypeError(f"an audit line holds ids, states and whole figures, no {type(value).__name__}")


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode(errors="backslashreplace")).hexdigest()


def _link(values: Mapping[str, object], at: datetime, previous: str) -> str:
    line = json.dumps([values, at.isoformat(), previous], sort_keys=True, separators=(",", ":"))
    return _sha(line)


def digest(*values: object) -> str:
    """Return the SHA-256 of plain values, dataclasses and sets, the same in every process."""
    text = json.dumps(values, default=_plain, sort_keys=True, separators=(",", ":"))
    return _sha(text)


def _plain(value: object) -> object:
    if is_dataclass(value):
        return {one.name: _keyed(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, AbstractSet):
        return sorted(value)
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, datetime | time):
        return value.isoformat()
    return str(value)


def _keyed(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _keyed(each) for key, each in value.items()}
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """The first line that does not fit, by its number, and what is wrong with it."""

    seq: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """What a walk found: how many lines, the first's and the last's (number, hash).

    ``expected`` says whether the hash that was kept elsewhere is in the chain; True without one.
    """

    lines: int
    first: tuple[int, str] | None
    last: tuple[int, str] | None
    expected: bool
    broken: Break | None


async def lines(
    tx: AsyncConnection, *, since: datetime | None = None, until: datetime | None = None
) -> AsyncIterator[sa.RowMapping]:
    """Yield the lines at or after ``since`` and before ``until``, oldest first, some at a time."""
    query = sa.select(t.audit).order_by(t.audit.c.seq).limit(CHUNK)
    if since is not None:
        query = query.where(t.audit.c.at >= since)
    if until is not None:
        query = query.where(t.audit.c.at < until)
    after: int | None = 0
    while after is not None:
        rows = (await tx.execute(query.where(t.audit.c.seq > after))).mappings().all()
        for row in rows:
            yield row
        after = rows[-1]["seq"] if len(rows) == CHUNK else None


async def verify(tx: AsyncConnection, expect: str | None = None) -> Chain:
    """Walk the whole chain and stop at the first break; ``expect`` is a hash kept elsewhere."""
    count = 0
    first = last = None
    expected = expect is None
    begin = await _beginning(tx)
    async for row in lines(tx):
        what = _misfit(row, last, begin)
        if what is not None:
            broken = Break(seq=row["seq"], what=what)
            return Chain(lines=count, first=first, last=last, expected=expected, broken=broken)
        count += 1
        last = (row["seq"], row["hash"])
        first = first or last
        expected = expected or expect in (row["hash"], row["previous"])
    return Chain(lines=count, first=first, last=last, expected=expected, broken=None)


async def _beginning(tx: AsyncConnection) -> tuple[int, str]:
    """Return the number of the first line and the hash before it, as the chain itself says."""
    detail = await tx.scalar(
        sa.select(t.audit.c.detail)
        .where(t.audit.c.action == SHORTENED)
        .order_by(t.audit.c.seq.desc())
        .limit(1)
    )
    return (detail["first"], detail["genesis"]) if detail else (1, GENESIS)


def _misfit(row: sa.RowMapping, last: tuple[int, str] | None, begin: tuple[int, str]) -> str | None:
    """Return what is wrong with a line after ``last``, or None."""
    values = {k: row[k] for k in ("seq", "actor", "action", "subject", "detail")}
    values |= {k: row[k] for k in LATER if row[k] is not None}
    if row["hash"] != _link(values, row["at"], row["previous"]):
        return "what it says does not fit its hash: it was changed"
    if last is None:
        fits = (row["seq"], row["previous"]) == begin
        return None if fits else f"the chain begins at line {begin[0]}: lines before it are missing"
    if row["seq"] != last[0] + 1:
        return f"it follows line {last[0]}: the lines between are missing"
    if row["previous"] != last[1]:
        return f"it does not follow line {last[0]} as that is now: one of them was written anew"
    return None


async def first_break(tx: AsyncConnection) -> int | None:
    """Return the number of the first line that does not fit, or None where all fit."""
    broken = (await verify(tx)).broken
    return broken.seq if broken else None
