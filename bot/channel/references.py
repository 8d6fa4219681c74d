"""Where people and channels can be reached: conversation references as our own rows."""

from collections.abc import Sequence
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
    ``updated_at`` is UTC. While ``blocked`` is set nothing is sent. ``former_names`` are those of a
    channel that was renamed, under which it is still found.
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
    former_names: tuple[str, ...] = ()
    locale: str = "en"
    blocked: BlockReason | None = None

    def thread(self, activity_id: str) -> "Conversation":
        """Return the thread under the post ``activity_id`` of this channel."""
        root = self.conversation_id.partition(";")[0]
        return replace(self, conversation_id=f"{root};messageid={activity_id}")

    def chat_with(
        self, object_id: str, conversation_id: str, updated_at: datetime
    ) -> "Conversation":
        """Return the personal chat with an account of this tenant, which was just made."""
        return Conversation(
            tenant_id=self.tenant_id,
            conversation_id=conversation_id,
            kind=ConversationKind.PERSONAL,
            service_url=self.service_url,
            bot_id=self.bot_id,
            updated_at=updated_at,
            object_id=object_id,
        )

    def after(self, known: "Conversation") -> "Conversation":
        """Return this with what few activities tell, as it was ``known``: a channel's names."""
        name, former = self.channel_name or known.channel_name, known.former_names
        if known.channel_name and name != known.channel_name:
            former = (*(one for one in former if one != name), known.channel_name)
        return replace(self, channel_name=name, former_names=former)

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
        """Return the channel with that name or id, or None where the bot was not added to it.

        A channel that was renamed is found under its old name until another one has it.
        """
        ...

    async def anywhere(self) -> Conversation | None:
        """Return the conversation last heard of that takes posts, or None where there is none."""
        ...

    async def block(self, conversation_id: str, reason: BlockReason) -> None:
        """Stop sending to the conversation until somebody in it speaks again."""
        ...

    async def forget(self, conversation_id: str) -> None:
        """Delete the conversation: uninstalled, or gone for good."""
        ...


def named(channels: Sequence[Conversation], name_or_id: str) -> Conversation | None:
    """Return the channel of that id or name, else one that once had it; None where there is none."""
    now = (one for one in channels if name_or_id in {one.channel_id, one.channel_name})
    once = (one for one in channels if name_or_id in one.former_names)
    return next(now, None) or next(once, None)


class MemoryReferences:
    """References in memory, for tests and for trying the edge alone."""

    def __init__(self) -> None:
        """Start with none."""
        self._rows: dict[str, Conversation] = {}

    async def save(self, conversation: Conversation) -> None:
        """See References."""
        row = replace(conversation.base(), blocked=None)
        known = self._rows.get(row.conversation_id)
        row = row.after(known) if known else row
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
        rows = [row for row in self._rows.values() if row.kind is ConversationKind.CHANNEL]
        return named(rows, name_or_id)

    async def anywhere(self) -> Conversation | None:
        """See References."""
        rows = (row for row in self._rows.values() if row.blocked is None)
        return max(rows, key=lambda row: row.updated_at, default=None)

    async def block(self, conversation_id: str, reason: BlockReason) -> None:
        """See References."""
        row = await self.get(conversation_id)
        if row is not None:
            self._rows[row.conversation_id] = replace(row, blocked=reason)

    async def forget(self, conversation_id: str) -> None:
        """See References."""
        self._rows.pop(conversation_id.partition(";")[0], None)
