"""What the edge must remember, in the domain's database: conversations, and a mail calendar's events."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channel.references import BlockReason, Conversation, ConversationKind, named
from bot.clocks import SystemClock
from scheduling.domain.times import Interval
from scheduling.ports.clock import Clock
from scheduling.storage import cards, reach
from scheduling.storage import tables as t
from scheduling.storage.codec import dump, load
from scheduling.storage.store import Store
from scheduling.storage.trouble import StoreUnavailable

FRESH = timedelta(hours=1)

log = structlog.get_logger()


CHANNEL_GONE = "SchedulersChannelGone"
"""The obstacle that the bot was removed from the schedulers' channel, or the channel deleted."""

Changed = Callable[[str], None]
"""Told the cause of an obstacle that has changed."""


class StoredReferences:
    """``bot.channel.references.References`` over the database.

    With each conversation that Teams refuses, or lets us write to again, the obstacle of that
    cause changes with it, in one transaction.
    """

    def __init__(
        self, store: Store, schedulers_channel: str = "", clock: Clock | None = None
    ) -> None:
        """Keep conversations in ``store``; the loss of the schedulers' channel is an obstacle."""
        self._store = store
        self._clock = clock or SystemClock()
        self._schedulers_channel = schedulers_channel
        self._changed: Changed = lambda _cause: None

    def tell_of_obstacles(self, changed: Changed) -> None:
        """Let ``changed`` hear of each obstacle that opens, grows, shrinks or is gone."""
        self._changed = changed

    async def save(self, conversation: Conversation) -> None:
        """Keep the conversation; where the database is away, the next turn will."""
        try:
            await self._save(conversation)
        except StoreUnavailable as error:
            log.warning("conversation_not_kept", cause=error.cause.value)

    async def _save(self, conversation: Conversation) -> None:
        """Keep it unless a row says the same and is fresh."""
        row = replace(conversation.base(), blocked=None)
        known = await self.get(row.conversation_id)
        if known is not None:
            row = row.after(known)
            same = replace(known, updated_at=row.updated_at) == row
            if same and row.updated_at - known.updated_at < FRESH:
                return
        await self._put(row, known)

    async def _put(self, row: Conversation, known: Conversation | None) -> None:
        table = t.conversation
        async with self._store.write() as tx:
            await tx.execute(table.delete().where(table.c.id == row.conversation_id))
            await tx.execute(
                table.insert().values(
                    id=row.conversation_id,
                    record=dump(Conversation, row),
                    kind=row.kind.value,
                    object_id=row.object_id,
                    updated_at=row.updated_at,
                )
            )
            met = await self._met(tx, row.blocked, known.blocked if known else None)
            if self._is_schedulers(row) and row.blocked is None:
                met += await self._note(tx, CHANNEL_GONE, 0)
        self._tell(met)

    async def _met(self, tx: AsyncConnection, *reasons: BlockReason | None) -> list[str]:
        """Count anew the conversations with each of the reasons; the obstacles that changed."""
        met = []
        for reason in sorted({one for one in reasons if one is not None}):
            met += await self._note(tx, reason.value, await reach.blocked(tx, reason.value))
        return met

    async def _note(self, tx: AsyncConnection, cause: str, affected: int) -> list[str]:
        changed = await reach.meet(tx, cause, affected, self._clock.now())
        return [cause] if changed else []

    def _tell(self, causes: Sequence[str]) -> None:
        for cause in causes:
            self._changed(cause)

    def _is_schedulers(self, row: Conversation) -> bool:
        names = {row.channel_id, row.channel_name, *row.former_names}
        return row.kind is ConversationKind.CHANNEL and self._schedulers_channel in names

    async def _find(
        self, *where: sa.ColumnElement[bool], most: int | None = None
    ) -> list[Conversation]:
        query = sa.select(t.conversation.c.record).where(*where).limit(most)
        async with self._store.read() as tx:
            found = (await tx.execute(query.order_by(t.conversation.c.updated_at.desc()))).scalars()
            return [load(Conversation, record) for record in found]

    async def get(self, conversation_id: str) -> Conversation | None:
        """Return the conversation, or None."""
        base = conversation_id.partition(";")[0]
        return next(iter(await self._find(t.conversation.c.id == base)), None)

    async def personal_for(self, object_id: str) -> Conversation | None:
        """Return the personal chat with a person, or None."""
        found = await self._find(
            t.conversation.c.object_id == object_id,
            t.conversation.c.kind == ConversationKind.PERSONAL.value,
        )
        return next(iter(found), None)

    async def channel(self, name_or_id: str) -> Conversation | None:
        """Return the channel with that name or id, or None."""
        found = await self._find(t.conversation.c.kind == ConversationKind.CHANNEL.value)
        return named(found, name_or_id)

    async def anywhere(self) -> Conversation | None:
        """Return the conversation last heard of that takes posts, or None."""
        free = t.conversation.c.record["blocked"].as_string().is_(None)
        return next(iter(await self._find(free, most=1)), None)

    async def block(self, conversation_id: str, reason: BlockReason) -> None:
        """Stop sending to the conversation until somebody in it speaks again."""
        row = await self.get(conversation_id)
        if row is not None:
            await self._put(replace(row, blocked=reason), row)

    async def forget(self, conversation_id: str) -> None:
        """Delete the conversation."""
        base = conversation_id.partition(";")[0]
        known = await self.get(base)
        async with self._store.write() as tx:
            await tx.execute(t.conversation.delete().where(t.conversation.c.id == base))
            met = await self._met(tx, known.blocked if known else None)
            if known is not None and self._is_schedulers(known):
                met += await self._note(tx, CHANNEL_GONE, 1)
        self._tell(met)


class StoredEvents:
    """``ports.calendar.EventStore`` over the database."""

    def __init__(self, store: Store) -> None:
        """Keep events in ``store``."""
        self._store = store

    async def load(self, key: str) -> dict[str, object] | None:
        """Return what was saved under ``key``."""
        async with self._store.read() as tx:
            return await cards.event_value(tx, key)

    async def save(
        self, key: str, value: Mapping[str, object], was: Mapping[str, object] | None
    ) -> bool:
        """Keep ``value`` under ``key`` in the place of ``was``; False where something else is there."""
        async with self._store.write() as tx:
            return await cards.keep_event_value(tx, key, value, was)

    async def taken(self, room_id: str, span: Interval) -> Sequence[Interval]:
        """Return when the events kept here take a room.

        Not what is reserved: a request reserves its room before it asks for it.
        """
        async with self._store.read() as tx:
            kept = await cards.event_values(tx)
        spans = [
            Interval(_instant(value["start"]), _instant(value["end"]))
            for value in kept
            if value.get("takes_room") and value.get("room_id") == room_id.lower()
        ]
        return [one for one in spans if one.overlaps(span)]


def _instant(value: object) -> datetime:
    return datetime.fromisoformat(str(value)).astimezone(UTC)
