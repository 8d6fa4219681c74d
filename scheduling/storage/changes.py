"""Changes of booked sessions, from the proposal to what came of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.asks import Ask
from scheduling.domain.changes import ChangeKind, ChangeState
from scheduling.domain.proposals import Option, Proposal
from scheduling.storage import tables as t
from scheduling.storage.codec import dump, load

UNDER_WAY = [one.value for one in ChangeState if one.under_way]

Options = Mapping[str, Option]
"""Session id to a time and place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """A change as stored; ``ask`` is where a new time is looked for.

    ``was`` is where each of its sessions stood when it began, ``chosen`` where it is to go; empty
    where that is still to be searched. ``stop`` asks the one who carries it out to leave off.
    ``member_ids`` are the sessions of a gathering's attendees, which are changed with it.
    """

    id: str
    version: int
    kind: ChangeKind
    state: ChangeState
    unit_id: str
    request_id: str
    session_id: str
    peer_request_id: str | None
    peer_session_id: str | None
    member_ids: tuple[str, ...]
    asked_by: str
    ask: Ask
    proposal: Proposal | None
    chosen: Options
    was: Options
    undoes: str | None
    stop: bool
    trouble: str | None
    created_at: datetime
    expires_at: datetime | None
    undo_until: datetime | None

    @property
    def session_ids(self) -> tuple[str, ...]:
        """The session, that of the peer it is swapped with, and those of a gathering's attendees."""
        peers = (self.peer_session_id,) if self.peer_session_id else ()
        return (self.session_id, *peers, *self.member_ids)

    @property
    def request_ids(self) -> tuple[str, ...]:
        """The requests of its sessions, each once, in the order in which they are locked."""
        return tuple(sorted({self.request_id, self.peer_request_id or self.request_id}))


_JSON: Mapping[str, Any] = {
    "ask": Ask,
    "proposal": Proposal,
    "chosen": dict[str, Option],
    "was": dict[str, Option],
    "member_ids": tuple[str, ...],
}


def _values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields of a change as columns."""
    plain: dict[str, Any] = {}
    for name, value in values.items():
        if name in _JSON:
            plain[name] = sa.null() if value is None else dump(_JSON[name], value)
        elif isinstance(value, ChangeKind | ChangeState):
            plain[name] = value.value
        else:
            plain[name] = value
    return plain


def _row(row: Mapping[str, Any]) -> ChangeRow:
    loaded = {
        name: None if row[name] is None else load(kind, row[name]) for name, kind in _JSON.items()
    }
    states = {"kind": ChangeKind(row["kind"]), "state": ChangeState(row["state"])}
    return ChangeRow(**{**row, **loaded, **states})


async def insert(tx: AsyncConnection, row: ChangeRow) -> None:
    """Add a change."""
    fields = {name: getattr(row, name) for name in ChangeRow.__dataclass_fields__}
    await tx.execute(t.change.insert().values(_values(fields)))


async def get(tx: AsyncConnection, change_id: str) -> ChangeRow | None:
    """Return the change, or None."""
    found = await tx.execute(sa.select(t.change).where(t.change.c.id == change_id))
    row = found.mappings().first()
    return _row(dict(row)) if row else None


async def undoable(tx: AsyncConnection, person_id: str, now: datetime) -> list[ChangeRow]:
    """Return the changes that a person asked for and still can undo."""
    change = t.change.c
    found = await tx.execute(
        sa.select(t.change).where(
            change.asked_by == person_id,
            change.state == ChangeState.DONE.value,
            change.undo_until > now,
        )
    )
    return [_row(dict(row)) for row in found.mappings()]


async def require(tx: AsyncConnection, change_id: str) -> ChangeRow:
    """Return the change; LookupError where there is none."""
    row = await get(tx, change_id)
    if row is None:
        raise LookupError(f"there is no change {change_id}")
    return row


async def advance(
    tx: AsyncConnection,
    row: ChangeRow,
    *,
    to: ChangeState,
    of: Collection[ChangeState],
    **values: object,
) -> bool:
    """Move a change on from exactly ``row.version``; False if it moved on or was elsewhere."""
    result = await tx.execute(
        t.change.update()
        .where(
            t.change.c.id == row.id,
            t.change.c.version == row.version,
            t.change.c.state.in_([one.value for one in of]),
        )
        .values(version=row.version + 1, state=to.value, **_values(values))
    )
    return result.rowcount == 1


async def ask_stop(tx: AsyncConnection, change_id: str) -> None:
    """Ask whoever carries a change out to leave off between two steps."""
    await tx.execute(t.change.update().where(t.change.c.id == change_id).values(stop=True))


async def of_sessions(
    tx: AsyncConnection, session_ids: Collection[str], *, states: Collection[ChangeState]
) -> Sequence[ChangeRow]:
    """Return the changes in ``states`` that any of these sessions has, oldest first."""
    ids = list(session_ids)
    found = await tx.execute(
        sa.select(t.change)
        .where(
            sa.or_(t.change.c.session_id.in_(ids), t.change.c.peer_session_id.in_(ids)),
            t.change.c.state.in_([one.value for one in states]),
        )
        .order_by(t.change.c.created_at, t.change.c.id)
    )
    return [_row(dict(row)) for row in found.mappings()]


async def under_way(tx: AsyncConnection) -> Sequence[ChangeRow]:
    """Return every change that somebody is to be carrying out."""
    found = await tx.execute(
        sa.select(t.change).where(t.change.c.state.in_(UNDER_WAY)).order_by(t.change.c.id)
    )
    return [_row(dict(row)) for row in found.mappings()]


async def forget_refusals(tx: AsyncConnection, session_id: str) -> None:
    """Keep no longer that it was its attendee who freed a session: it has a new time, or is over."""
    change = t.change.c
    await tx.execute(
        t.change.update()
        .where(
            change.session_id == session_id,
            change.kind == ChangeKind.CANNOT.value,
            change.state == ChangeState.DONE.value,
        )
        .values(kind=ChangeKind.RELEASE.value)
    )
