"""What the reconciler asks of the tables: which requests go on, and on whom of us they wait."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.requests import FINAL_STATES, RequestState, WorkItemCause, WorkItemState
from scheduling.storage import tables as t

DECIDED = [one.value for one in WorkItemState if one.decided]

GOING_ON = [
    WorkItemState.APPROVED.value,
    WorkItemState.FORCED.value,
    WorkItemState.RETRIED.value,
]
"""Decisions that let a request go on; the others end something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """A request that is to go on, as far as it matters who carries it on.

    ``item_id`` and ``item_state`` are of the work item whose decision nobody has followed yet, or
    else of its newest; ``items`` is how many it had, and
    ``undecided`` for how many of them it waits: in the queue for none, and while it is written
    only for what says that it was not carried on. ``in_batch``: it is a part of a batch run.
    """

    id: str
    unit_id: str
    ticket: int
    state: RequestState
    version: int
    in_batch: bool
    items: int
    undecided: int
    item_id: str | None
    item_state: WorkItemState | None

    @property
    def standing(self) -> str:
        """What changes whenever the request gets on, or a human is asked about it."""
        return f"{self.id}:{self.version}:{self.items}"


async def unfinished(
    tx: AsyncConnection, among: Collection[str] | None = None
) -> Sequence[Unfinished]:
    """Return the requests that are to go on, in ticket order; only those ``among`` if given.

    Those are the ones that are not final, or of which a decision was not followed.
    """
    item = t.work_item.c
    newest = sa.select(item.id, item.state).where(item.request_id == t.request.c.id)
    newest = newest.order_by(sa.func.length(item.id).desc(), item.id.desc()).limit(1)
    left = (
        newest.join(t.decision, t.decision.c.work_item_id == item.id)
        .where(t.decision.c.followed_at.is_(None), item.state.in_(GOING_ON))
        .correlate(t.request)
    )
    left_id = left.with_only_columns(item.id).scalar_subquery()
    left_state = left.with_only_columns(item.state).scalar_subquery()
    counted = sa.select(sa.func.count()).where(item.request_id == t.request.c.id)
    state = t.request.c.state
    broke = item.cause == WorkItemCause.ENGINE_ERROR.value
    waits = sa.or_(
        state == RequestState.ESCALATED.value,
        sa.and_(state != RequestState.QUEUED.value, broke),
    )
    query = (
        sa.select(
            *(t.request.c[name] for name in ("id", "unit_id", "ticket", "state", "version")),
            sa.exists().where(t.batch_part.c.request_id == t.request.c.id).label("in_batch"),
            counted.scalar_subquery().label("items"),
            counted.where(item.state.not_in(DECIDED), waits).scalar_subquery().label("undecided"),
            sa.func.coalesce(left_id, newest.with_only_columns(item.id).scalar_subquery()).label(
                "item_id"
            ),
            sa.func.coalesce(
                left_state, newest.with_only_columns(item.state).scalar_subquery()
            ).label("item_state"),
        )
        .where(sa.or_(state.not_in([state.value for state in FINAL_STATES]), left_id.is_not(None)))
        .order_by(t.request.c.unit_id, t.request.c.ticket)
    )
    if among is not None:
        query = query.where(t.request.c.id.in_(among))
    found = await tx.execute(query)
    return [
        Unfinished(
            **{
                **row,
                "state": RequestState(row["state"]),
                "item_state": WorkItemState(row["item_state"]) if row["item_state"] else None,
            }
        )
        for row in found.mappings()
    ]
