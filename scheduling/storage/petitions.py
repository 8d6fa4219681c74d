"""Agents' own wishes for a session with their manager, at most one open for each agent."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.petitions import PetitionState
from scheduling.domain.requests import RequestState, SessionState
from scheduling.domain.times import Interval
from scheduling.storage import tables as t
from scheduling.storage.inserting import inserted
from scheduling.storage.requests import UNDER_WAY
from scheduling.storage.work_items import UNDECIDED


class AlreadyOpen(Exception):
    """The agent has an open petition already; nothing was inserted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PetitionRow:
    """A petition, in the state that is true now.

    ``booked`` is when its session is, ``zone`` the session's; ``request_id`` the request that
    answers it, or did last.
    """

    id: str
    version: int
    state: PetitionState
    unit_id: str
    agent_id: str
    manager_id: str
    type_id: str
    created_at: datetime
    decided_by: str | None = None
    request_id: str | None = None
    booked: Interval | None = None
    zone: str | None = None


_LIVE = (SessionState.PLANNED, SessionState.BOOKED, SessionState.RELEASED)
_COLUMNS = PetitionRow.__dataclass_fields__.keys() - {"booked", "zone"}
_session, _request = t.session, t.request
_AT_IT = sa.exists().where(
    t.work_item.c.request_id == t.petition.c.request_id, t.work_item.c.state.in_(UNDECIDED)
)
_FOUND = (
    sa.select(
        t.petition,
        _request.c.state.label("request_state"),
        _session.c.state.label("session_state"),
        _session.c.start,
        _session.c.end,
        _session.c.zone,
        _AT_IT.label("undecided"),
    )
    .outerjoin(_request, _request.c.id == t.petition.c.request_id)
    .outerjoin(
        _session,
        sa.and_(
            _session.c.request_id == t.petition.c.request_id,
            _session.c.attendee_id == t.petition.c.agent_id,
            _session.c.stands_for.is_(None),
            _session.c.state.in_([one.value for one in _LIVE]),
        ),
    )
)
"""Petitions with what became of the requests that answer them."""


def _petition(row: Mapping[str, Any]) -> PetitionRow:
    state = _state(row)
    booked = state is PetitionState.BOOKED and row["start"] is not None
    return PetitionRow(
        **{name: row[name] for name in _COLUMNS if name != "state"},
        state=state,
        booked=Interval(row["start"], row["end"]) if booked else None,
        zone=row["zone"] if booked else None,
    )


def _state(row: Mapping[str, Any]) -> PetitionState:
    """Return the state that is true now; a session that is being taken back is none any more."""
    kept = PetitionState(row["state"])
    if kept is not PetitionState.BOOKED:
        return kept
    request, session = RequestState(row["request_state"]), row["session_state"]
    if request is RequestState.UNDOING:
        return PetitionState.REOPENED
    if session == SessionState.BOOKED.value:
        return PetitionState.BOOKED
    partly = request is RequestState.PARTLY_BOOKED and row["undecided"]
    if session is not None or request in UNDER_WAY or partly:
        return PetitionState.ARRANGING
    return PetitionState.REOPENED


async def insert(tx: AsyncConnection, row: PetitionRow) -> None:
    """Keep a new petition; AlreadyOpen where the agent has one that is open."""
    values = {name: getattr(row, name) for name in _COLUMNS} | {"state": row.state.value}
    if not await inserted(tx, t.petition.insert().values(values)):
        raise AlreadyOpen("there is an open petition of this agent")


async def get(tx: AsyncConnection, petition_id: str) -> PetitionRow | None:
    """Return a petition, or None."""
    found = await _those(tx, t.petition.c.id == petition_id)
    return found[0] if found else None


async def latest_of(tx: AsyncConnection, agent_id: str) -> PetitionRow | None:
    """Return an agent's newest petition, or None."""
    found = await _those(tx, t.petition.c.agent_id == agent_id)
    return found[-1] if found else None


async def open_of(tx: AsyncConnection, agent_ids: Collection[str]) -> Sequence[PetitionRow]:
    """Return the petitions of these agents that are to be answered."""
    kept = [one.value for one in (PetitionState.OPEN, PetitionState.BOOKED)]
    mine = t.petition.c.agent_id.in_(list(agent_ids))
    return [one for one in await _those(tx, mine, t.petition.c.state.in_(kept)) if one.state.open]


async def answered_by(tx: AsyncConnection, request_id: str) -> Sequence[PetitionRow]:
    """Return the petitions that a request answers, or was to answer."""
    return await _those(tx, t.petition.c.request_id == request_id)


async def _those(tx: AsyncConnection, *where: sa.ColumnElement[bool]) -> Sequence[PetitionRow]:
    found = await tx.execute(
        _FOUND.where(*where).order_by(
            t.petition.c.created_at, t.petition.c.id, _session.c.state.desc()
        )
    )  # of an agent's sessions the last is a booked one, where there is one
    return list({row["id"]: _petition(dict(row)) for row in found.mappings()}.values())


async def settle(
    tx: AsyncConnection, row: PetitionRow, to: PetitionState, **values: object
) -> bool:
    """Move an open petition to ``to``, with other columns; False if it was decided meanwhile."""
    if not row.state.open:
        return False
    result = await tx.execute(
        t.petition.update()
        .where(t.petition.c.id == row.id, t.petition.c.version == row.version)
        .values(state=to.value, version=row.version + 1, **values)
    )
    return result.rowcount == 1
