"""What is deleted when, in bounded chunks: each a transaction with the audit line that proves it."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.changes import ChangeState
from scheduling.domain.house import Keep
from scheduling.domain.requests import FINAL_STATES
from scheduling.storage import audit, runs
from scheduling.storage import tables as t
from scheduling.storage.owners import DECIDED, GOING_ON
from scheduling.storage.store import Store

CHUNK = 500
Where: TypeAlias = sa.ColumnElement[bool]
Ids: TypeAlias = Sequence[str] | sa.Select[Any]
Gone: TypeAlias = Mapping[str, list[str]]
"""Table to the primary keys of the rows that went."""

PERSONAL = "personal"

UNDECIDED = [ChangeState.PROPOSED.value, ChangeState.DROPPED.value]
"""Changes that were only looked at: as drafts are."""

KEPT = frozenset(each.name for each in fields(Keep))
"""The names of all kinds."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """Rows that go by their own age; ``also`` are rows that go before them, in this order."""

    name: str
    key: sa.Column[Any]
    over: Callable[[datetime], Where]
    also: tuple[tuple[sa.Table, Callable[[Ids], Where]], ...] = ()

    def chosen(self, before: datetime) -> sa.Select[Any]:
        """Return the query for the keys of what goes."""
        return sa.select(self.key).where(self.over(before)).order_by(self.key)


def _request_over(before: datetime) -> Where:
    """Whether it ended, was asked for and last met before then, and nobody has to do with it.

    Neither a human who is to decide, nor what follows a decision.
    """
    request = t.request.c
    open_item = t.work_item.c.state.not_in(DECIDED)
    unfollowed = sa.and_(t.work_item.c.state.in_(GOING_ON), t.decision.c.followed_at.is_(None))
    return sa.and_(
        request.state.in_([state.value for state in FINAL_STATES]),
        request.created_at < before,
        ~sa.exists().where(t.session.c.request_id == request.id, t.session.c.end >= before),
        ~sa.exists().where(t.work_item.c.request_id == request.id, open_item),
        ~sa.exists()
        .where(t.work_item.c.request_id == request.id, unfollowed)
        .where(t.decision.c.work_item_id == t.work_item.c.id),
    )


def _items_of(ids: Ids) -> sa.Select[Any]:
    return sa.select(t.work_item.c.id).where(t.work_item.c.request_id.in_(ids))


def _drafts_of(ids: Ids) -> sa.Select[Any]:
    """Return the subjects under which the drafts of the requests are shown."""
    return sa.select(sa.literal("draft:") + t.request.c.draft_id).where(t.request.c.id.in_(ids))


def _cards_of(ids: Ids) -> Where:
    items = _cards_named("work_item:", t.work_item.c.id, _items_of(ids))
    return sa.or_(t.card.c.subject.in_(_drafts_of(ids)), items)


def _sessions_of(ids: Ids) -> sa.Select[Any]:
    return sa.select(t.session.c.id).where(t.session.c.request_id.in_(ids))


def _cards_about(key: sa.Column[str], rows: Where) -> Where:
    """Whether a card is about one of ``rows``, known by ``key``, in whosever chat."""
    named = sa.literal("%:") + key + sa.literal(":%")
    return sa.exists().where(rows, t.card.c.subject.like(named))


def _changes_of(ids: Ids) -> sa.ColumnElement[bool]:
    return sa.or_(t.change.c.request_id.in_(ids), t.change.c.peer_request_id.in_(ids))


def _left(before: datetime) -> Where:
    """Whether it is a chat with an account that no active person is bound to."""
    present = sa.select(t.binding.c.object_id).join(t.person).where(t.person.c.active)
    chat = t.conversation.c
    stranger = sa.or_(chat.object_id.is_(None), chat.object_id.not_in(present))
    return sa.and_(chat.kind == PERSONAL, chat.updated_at < before, stranger)


def _read_no_more(before: datetime) -> Where:
    """Whether it says who read in a conversation that is no more."""
    chat = sa.exists().where(t.conversation.c.id == t.audience.c.conversation_id)
    return sa.and_(t.audience.c.at < before, ~chat)


def _cards_named(prefix: str, key: sa.Column[str], ids: Ids) -> Where:
    """Whether a card shows one of the rows of ``ids`` under ``prefix`` and its key."""
    return t.card.c.subject.in_(sa.select(sa.literal(prefix) + key).where(key.in_(ids)))


def _gone(before: datetime) -> Where:
    """Whether it is of somebody who is not here any more."""
    present = sa.select(t.person.c.id).where(t.person.c.active)
    return sa.and_(t.earlier.c.since < before, t.earlier.c.person_id.not_in(present))


def _completion_over(before: datetime) -> Where:
    """Whether it is of somebody who left; of who is here it counts as long as its course is taught."""
    here = sa.select(t.person.c.id).where(t.person.c.active)
    return sa.and_(t.completion.c.on < before.date(), t.completion.c.person_id.not_in(here))


KINDS = (
    _Kind(
        "drafts",
        t.draft.c.id,
        lambda before: sa.and_(t.draft.c.request_id.is_(None), t.draft.c.expires_at < before),
        (
            (t.soft_hold, t.soft_hold.c.draft_id.in_),
            (t.card, lambda ids: _cards_named("draft:", t.draft.c.id, ids)),
        ),
    ),
    _Kind("drafts", t.setup_change.c.id, lambda before: t.setup_change.c.expires_at < before),
    _Kind(
        "drafts",
        t.change.c.id,
        lambda before: sa.and_(t.change.c.state.in_(UNDECIDED), t.change.c.expires_at < before),
        (
            (t.soft_hold, t.soft_hold.c.draft_id.in_),
            (t.card, lambda ids: _cards_about(t.change.c.id, t.change.c.id.in_(ids))),
        ),
    ),
    _Kind(
        "audit", t.appointment_change.c.number, lambda before: t.appointment_change.c.at < before
    ),
    _Kind("notices", t.notice.c.key, lambda before: t.notice.c.at < before),
    _Kind("notices", t.outbox.c.key, lambda before: t.outbox.c.ended_at < before),
    _Kind(
        "notices",
        t.obstacle.c.cause,
        lambda before: t.obstacle.c.closed_at < before,
        ((t.card, lambda ids: _cards_about(t.obstacle.c.cause, t.obstacle.c.cause.in_(ids))),),
    ),
    _Kind(
        "notices",
        t.rush.c.id,
        lambda before: t.rush.c.closed_at < before,
        ((t.card, lambda ids: _cards_named("rush:", t.rush.c.id, ids)),),
    ),
    _Kind(
        "notices",
        t.item_group.c.id,
        lambda before: t.item_group.c.closed_at < before,
        ((t.card, lambda ids: _cards_named("item_group:", t.item_group.c.id, ids)),),
    ),
    _Kind("conversations", t.earlier.c.person_id, _gone),
    _Kind("conversations", t.reach.c.person_id, lambda before: t.reach.c.checked_at < before),
    _Kind("conversations", t.conversation.c.id, _left),
    _Kind("conversations", t.audience.c.conversation_id, _read_no_more),
    _Kind(
        "keyed_events",
        t.keyed_event.c.key,
        lambda before: t.keyed_event.c.value["end"].as_string() < before.isoformat(),
    ),
    _Kind(
        "requests",
        t.request.c.id,
        _request_over,
        (
            (t.decision, lambda ids: t.decision.c.work_item_id.in_(_items_of(ids))),
            (t.nudge, lambda ids: t.nudge.c.work_item_id.in_(_items_of(ids))),
            (
                t.card,
                lambda ids: _cards_about(t.early_offer.c.id, t.early_offer.c.request_id.in_(ids)),
            ),
            (t.early_offer, t.early_offer.c.request_id.in_),
            (t.card, _cards_of),
            (t.card_copy, lambda ids: t.card_copy.c.subject.in_(_drafts_of(ids))),
            (t.work_item, t.work_item.c.request_id.in_),
            (t.reservation, lambda ids: t.reservation.c.session_id.in_(_sessions_of(ids))),
            (t.acknowledgement, lambda ids: t.acknowledgement.c.session_id.in_(_sessions_of(ids))),
            (t.card, lambda ids: _cards_about(t.session.c.id, t.session.c.request_id.in_(ids))),
            (t.note, t.note.c.request_id.in_),
            (t.lateness, lambda ids: t.lateness.c.session_id.in_(_sessions_of(ids))),
            (t.attendance, lambda ids: t.attendance.c.session_id.in_(_sessions_of(ids))),
            (t.register, t.register.c.request_id.in_),
            (
                t.card,
                lambda ids: _cards_about(t.petition.c.id, t.petition.c.request_id.in_(ids)),
            ),
            (t.petition, t.petition.c.request_id.in_),
            (t.session, t.session.c.request_id.in_),
            (t.outbox, t.outbox.c.subject.in_),
            (t.card, lambda ids: _cards_about(t.change.c.id, _changes_of(ids))),
            (t.change, _changes_of),
            (t.self_care, t.self_care.c.request_id.in_),
            (t.draft, t.draft.c.request_id.in_),
            (t.batch_part, t.batch_part.c.request_id.in_),
        ),
    ),
    _Kind(
        "requests",
        t.batch_commit.c.id,
        lambda before: sa.and_(
            t.batch_commit.c.ended_at < before,
            ~sa.exists().where(
                t.batch_part.c.batch_id == t.batch_commit.c.id,
                t.batch_part.c.request_id.is_not(None),
            ),
        ),
        ((t.batch_part, t.batch_part.c.batch_id.in_),),
    ),
    _Kind(
        "requests",
        t.run.c.id,
        lambda before: sa.and_(
            t.run.c.created_at < before,
            t.run.c.end <= before.date(),
            t.run.c.state.not_in(runs.GOING),
        ),
        (
            (t.card, lambda ids: _cards_named("run:", t.run.c.id, ids)),
            (t.card, lambda ids: _cards_about(t.run.c.id, t.run.c.id.in_(ids))),
            (t.run_session, t.run_session.c.run_id.in_),
            (
                t.card,
                lambda ids: _cards_about(t.small_group.c.id, t.small_group.c.run_id.in_(ids)),
            ),
            (t.small_group, t.small_group.c.run_id.in_),
        ),
    ),
    _Kind(
        "requests",
        t.template.c.id,
        lambda before: sa.and_(~t.template.c.active, t.template.c.updated_at < before),
    ),
    _Kind(
        "requests",
        t.course.c.id,
        lambda before: sa.and_(~t.course.c.active, t.course.c.updated_at < before),
        ((t.completion, t.completion.c.course_id.in_),),
    ),
    _Kind("requests", t.completion.c.id, _completion_over),
    _Kind(
        "requests",
        t.petition.c.id,
        lambda before: sa.and_(t.petition.c.created_at < before, t.petition.c.request_id.is_(None)),
        ((t.card, lambda ids: _cards_about(t.petition.c.id, t.petition.c.id.in_(ids))),),
    ),
)
"""In the order of deletion."""


async def count(tx: AsyncConnection, keep: Keep, now: datetime) -> Mapping[str, int]:
    """Return how many rows of each table ``clear`` would delete, deleting nothing."""
    cut = keep.cut_offs(now)
    found: Counter[str] = Counter()
    for kind in KINDS:
        ids = kind.chosen(cut[kind.name]).order_by(None)
        for table, where in (*kind.also, (kind.key.table, kind.key.in_)):
            query = sa.select(sa.func.count()).select_from(table).where(where(ids))
            found[str(table.name)] += int(await tx.scalar(query) or 0)
    found["draft_content"] = len((await tx.execute(_worn(cut["drafts"]))).all())
    first = await _first_kept(tx, cut["audit"])
    query = sa.select(sa.func.count()).select_from(t.audit).where(t.audit.c.seq < first)
    found["audit"] = int(await tx.scalar(query) or 0)
    return {table: number for table, number in found.items() if number}


async def clear(
    store: Store, keep: Keep, now: datetime, *, only: Collection[str] = KEPT
) -> Mapping[str, int]:
    """Delete what is older than ``keep`` says; return how many rows of each table went.

    Repeatable at any point: a chunk is gone together with its audit line, or is there still.
    """
    cut = keep.cut_offs(now)
    total: Counter[str] = Counter()
    for kind in (each for each in KINDS if each.name in only):
        while gone := await _chunk(store, kind, cut[kind.name], now):
            total.update({table: len(ids) for table, ids in gone.items()})
    if "drafts" in only:
        total["draft_content"] = await _empty_drafts(store, cut["drafts"], now)
    while "audit" in only and (shorter := await _shorten(store, cut["audit"], now)):
        total["audit"] += shorter
    return {table: number for table, number in total.items() if number}


async def _chunk(store: Store, kind: _Kind, before: datetime, now: datetime) -> Gone:
    """Delete the next rows of a kind with all that hangs on them."""
    gone: dict[str, list[str]] = {}
    async with store.write() as tx:
        ids = (await tx.execute(kind.chosen(before).limit(CHUNK))).scalars().all()
        if not ids:
            return {}
        for table, where in (*kind.also, (kind.key.table, kind.key.in_)):
            rows = await _delete(tx, table, where(ids))
            gone.setdefault(str(table.name), []).extend(rows)
        await prove(tx, kind.name, gone, before=before, now=now)
    return gone


async def _delete(tx: AsyncConnection, table: Any, where: Where) -> list[str]:  # noqa: ANN401 - Table
    key = tuple(table.primary_key) or (table.c.draft_id,)
    rows = await tx.execute(table.delete().where(where).returning(*key))
    return ["|".join(str(part) for part in row) for row in rows]


async def prove(
    tx: AsyncConnection, kind: str, gone: Gone, *, before: datetime, now: datetime
) -> None:
    """Append what went: rows per table, the cut-off, and the digest of their sorted keys."""
    await audit.record(
        tx,
        at=now,
        actor="aside",
        action="retention.deleted",
        subject=kind,
        detail={
            "before": before.isoformat(),
            "rows": {table: len(ids) for table, ids in gone.items()},
            "ids": {table: proof(ids) for table, ids in gone.items()},
        },
    )


def proof(ids: Iterable[str]) -> str:
    """Return the digest by which a list of deleted keys can be held against an audit line."""
    return audit.digest(sorted(ids))


def _worn(before: datetime) -> sa.Select[Any]:
    """Return the query for drafts that became requests and still hold what was typed."""
    return sa.select(t.draft.c.id).where(
        t.draft.c.request_id.is_not(None),
        t.draft.c.expires_at < before,
        t.draft.c.proposal_version.is_not(None),
    )


async def _empty_drafts(store: Store, before: datetime, now: datetime) -> int:
    """Take the wish and the proposal out of drafts whose request goes on being shown."""
    total = 0
    while True:
        async with store.write() as tx:
            found = await tx.execute(_worn(before).order_by(t.draft.c.id).limit(CHUNK))
            ids = list(found.scalars())
            if not ids:
                return total
            await tx.execute(
                t.draft.update()
                .where(t.draft.c.id.in_(ids))
                .values(payload={}, proposal=sa.null(), proposal_version=None)
            )
            await prove(tx, "drafts", {"draft_content": ids}, before=before, now=now)
        total += len(ids)


async def _first_kept(tx: AsyncConnection, before: datetime) -> int:
    """Return the number of the first line that stays; the newest line always does."""
    lines = t.audit.c
    first = await tx.scalar(sa.select(sa.func.min(lines.seq)).where(lines.at >= before))
    if first is None:
        first = await tx.scalar(sa.select(sa.func.max(lines.seq)))
    return int(first or 1)


async def _shorten(store: Store, before: datetime, now: datetime) -> int:
    """Take the oldest lines off the audit; the line that says so holds the last one's hash."""
    async with store.write() as tx:
        await audit.alone(tx)  # two at once would not agree on where the chain begins
        begin = await tx.scalar(sa.select(sa.func.min(t.audit.c.seq)))
        first = min(await _first_kept(tx, before), (begin or 0) + CHUNK)
        if begin is None or first <= begin:
            return 0
        genesis = await tx.scalar(sa.select(t.audit.c.previous).where(t.audit.c.seq == first))
        await tx.execute(t.audit.delete().where(t.audit.c.seq < first))
        await audit.record(
            tx,
            at=now,
            actor="aside",
            action=audit.SHORTENED,
            subject="audit",
            detail={"before": before.isoformat(), "first": first, "genesis": genesis},
        )
    return int(first - begin)
