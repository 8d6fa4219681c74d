"""Where people and channels can be reached: conversation references as our own rows."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class ConversationKind(StrEnum):
    """Teams' own words for where a conversation happens."""

    PERSONAL = "personal"
    GROUP_CHAT = "groupChat"
    CHANNEL = "channel"


class BlockReason(StrEnum):
    """Why Teams refuses a post with 403."""

    BOT_DISABLED = "BotDisabledByAdmin"
    NOT_IN_ROSTER = "BotNotInConversationRoster"
    BLOCKED_BY_USER = "ConversationBlockedByUser"
    WRITES_BLOCKED = "MessageWritesBlocked"
    OTHER = "Other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A conversation as last seen in an activity; ``service_url`` is stored, never derived.

    ``conversation_id`` names a channel's thread where it has ``;messageid=`` in it.
    ``object_id`` is the other person's directory id in a personal chat, else None.
    ``updated_at`` is UTC. While ``blocked`` is set nothing is sent.
    """

    tenant_id: str
    conversation_id: str
    kind: ConversationKind
    service_url: str
    bot_id: str
    updated_at: datetime
    object_id: str | None = None
    team_id: str | None = None
    channel_id: str | None = None
    channel_name: str | None = None
    locale: str = "en"
    blocked: BlockReason | None = None

    def thread(self, activity_id: str) -> "Conversation":
        """Return the thread under the post ``activity_id`` of this channel."""
        root = self.conversation_id.partition(";")[0]
        return replace(self, conversation_id=f"{root};messageid={activity_id}")

    def base(self) -> "Conversation":
        """Return the conversation without its thread: the form that is stored."""
        return replace(self, conversation_id=self.conversation_id.partition(";")[0])


class References(Protocol):
    """The stored conversations of a tenant, keyed by ``conversation_id`` without a thread."""

    async def save(self, conversation: Conversation) -> None:
        """Keep ``conversation`` over what was there, and open it again if it was blocked.

        A channel's name is known from few activities: None leaves the name that was there.
        Called on every inbound turn: where nothing but ``updated_at`` differs and the row is
        less than an hour old, an implementation may leave it.
        """
        ...

    async def get(self, conversation_id: str) -> Conversation | None:
        """Return the conversation, or None where the bot is not (any longer) in it."""
        ...

    async def personal_for(self, object_id: str) -> Conversation | None:
        """Return the personal chat with a person, or None where the app was never opened."""
        ...

    async def channel(self, name_or_id: str) -> Conversation | None:
        """Return the channel with that name or id, or None where the bot was not added to it."""
        ...

    async def block(self, conversation_id: str, reason: BlockReason) -> None:
        """Stop sending to the conversation until somebody in it speaks again."""
        ...

    async def forget(self, conversation_id: str) -> None:
        """Delete the conversation: uninstalled, or gone for good."""
        ...


class MemoryReferences:
    """References in memory, for tests and for trying the edge alone."""

    def __init__(self) -> None:
        """Start with none."""
        self._rows: dict[str, Conversation] = {}

    async def save(self, conversation: Conversation) -> None:
        """See References."""
        row = replace(conversation.base(), blocked=None)
        known = self._rows.get(row.conversation_id)
        if known is not None and row.channel_name is None:
            row = replace(row, channel_name=known.channel_name)
        self._rows[row.conversation_id] = row

    async def get(self, conversation_id: str) -> Conversation | None:
        """See References."""
        return self._rows.get(conversation_id.partition(";")[0])

    async def personal_for(self, object_id: str) -> Conversation | None:
        """See References."""
        rows = (row for row in self._rows.values() if row.kind is ConversationKind.PERSONAL)
        return next((row for row in rows if row.object_id == object_id), None)

    async def channel(self, name_or_id: str) -> Conversation | None:
        """See References."""
        rows = (row for row in self._rows.values() if row.kind is ConversationKind.CHANNEL)
        return next((row for row in rows if name_or_id in {row.channel_id, row.channel_name}), None)

    async def block(self, conversation_id: str, reason: BlockReason) -> None:
        """See References."""
        row = await self.get(conversation_id)
        if row is not None:
            self._rows[row.conversation_id] = replace(row, blocked=reason)

    async def forget(self, conversation_id: str) -> None:
        """See References."""
        self._rows.pop(conversation_id.partition(";")[0], None)
