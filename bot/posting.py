"""Posting in Teams: once where it is known, never again where it may be there, edits as often as needed."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import structlog

from bot.channel.connector import (
    Blocked,
    ChannelError,
    Connector,
    Gone,
    NotSent,
    OutcomeUnknown,
    Throttled,
    Unavailable,
)
from bot.channel.messages import message
from bot.channel.references import Conversation as Place
from bot.channel.references import References
from bot.channel.turns import Sent
from bot.maker import CardMaker
from bot.metrics import Metrics
from dialogs.cards.speak import speak
from dialogs.views import View
from scheduling.domain.people import Person
from scheduling.ports.clock import Clock
from scheduling.storage import cards
from scheduling.storage.cards import CardPlace
from scheduling.storage.store import Store

log = structlog.get_logger()


class Posted(StrEnum):
    """What became of a post or an edit; except after ``UNKNOWN``, what failed is not there.

    ``GONE``: the conversation takes nothing, or the message that was to be edited is gone.
    """

    SENT = "sent"
    UNKNOWN = "unknown"
    AWAY = "away"
    UNREACHABLE = "unreachable"
    GONE = "gone"


FAILURES = {
    OutcomeUnknown: Posted.UNKNOWN,
    NotSent: Posted.AWAY,
    Throttled: Posted.AWAY,
    Unavailable: Posted.AWAY,
    Blocked: Posted.GONE,
    Gone: Posted.GONE,
}
"""What a failure says of the post; every other says that it cannot be had there."""


class Poster:
    """Posts and edits cards. Nothing here raises a ChannelError; what failed is logged and counted."""

    def __init__(
        self,
        *,
        store: Store,
        connector: Connector,
        references: References,
        clock: Clock,
        maker: CardMaker,
        metrics: Metrics,
    ) -> None:
        """Keep the parts."""
        self._store = store
        self._connector = connector
        self._references = references
        self._clock = clock
        self._maker = maker
        self._metrics = metrics

    async def remember(self, place: CardPlace) -> None:
        """Keep which activity shows a subject."""
        async with self._store.write() as tx:
            await cards.put(tx, place)

    def placing(self, subject: str, place: Place) -> Sent:
        """Return what keeps the id of the activity that will show ``subject``."""

        async def sent(activity_id: str) -> None:
            await self.remember(
                CardPlace(
                    subject=subject,
                    conversation_id=place.conversation_id,
                    activity_id=activity_id,
                )
            )

        return sent

    async def post(self, place: Place, card: Mapping[str, Any], sent: Sent | None) -> Posted:
        """Post a card once, and tell what became of it."""
        try:
            activity_id = await self._connector.send(place, _carrying(card))
        except ChannelError as error:
            return self.failed("post", error)
        self._metrics.sent("post", "ok")
        if sent is not None:
            await sent(activity_id)
        return Posted.SENT

    async def post_once(
        self, key: str, place: Place, card: Mapping[str, Any], sent: Sent | None = None
    ) -> Posted | None:
        """Post under ``key`` unless it was tried before and may be there: then None."""
        if not await self.claim(key):
            return None
        outcome = await self.post(place, card, sent)
        await self.settle(key, outcome)
        return outcome

    async def open_chat(self, near: Place, object_id: str) -> bool:
        """Make the personal chat with an account, and keep it; ``near`` is any place of the tenant."""
        try:
            conversation_id = await self._connector.create_conversation(near, object_id)
        except ChannelError as error:
            self.failed("open", error)
            return False
        await self._references.save(near.chat_with(object_id, conversation_id, self._clock.now()))
        return True

    async def edit(self, place: CardPlace, card: Mapping[str, Any]) -> bool:
        """Show the card where it is; False where trying again later may help."""
        return await self.put(place, card) is not Posted.AWAY

    async def edit_for(self, reader: Person, place: CardPlace, view: View) -> bool:
        """Show a view where it is as its reader may see it; False where trying again may help."""
        conversation = await self._references.get(place.conversation_id)
        locale = conversation.locale if conversation else reader.locale
        card = self._maker.card_for(view, reader, locale)
        return await self._put(conversation, place, card) is not Posted.AWAY

    async def put(self, place: CardPlace, card: Mapping[str, Any]) -> Posted:
        """Show the card where it is, and tell what became of it."""
        return await self._put(await self._references.get(place.conversation_id), place, card)

    async def _put(
        self, conversation: Place | None, place: CardPlace, card: Mapping[str, Any]
    ) -> Posted:
        if conversation is None or conversation.blocked:
            self._metrics.sent("edit", "unreachable")
            return Posted.GONE
        try:
            await self._connector.update(conversation, place.activity_id, _carrying(card))
        except ChannelError as error:
            return self.failed("edit", error)
        self._metrics.sent("edit", "ok")
        return Posted.SENT

    async def take_away(self, place: CardPlace) -> None:
        """Delete a card that is shown elsewhere now; where that fails it stays, and still answers."""
        conversation = await self._references.get(place.conversation_id)
        if conversation is None:
            return
        try:
            await self._connector.delete(conversation, place.activity_id)
        except ChannelError as error:
            self.failed("delete", error)

    def failed(self, kind: str, error: ChannelError) -> Posted:
        """Return what a failure says of what was to be done; logged and counted."""
        outcome = FAILURES.get(type(error), Posted.UNREACHABLE)
        self._metrics.sent(kind, "unknown" if outcome is Posted.UNKNOWN else "failed")
        log.warning("teams_send_failed", kind=kind, error=type(error).__name__)
        return outcome

    def unreachable(self) -> None:
        """Count a post that no place took."""
        self._metrics.sent("post", "unreachable")

    async def claim(self, key: str) -> bool:
        """Write the intent to post; False where there was one, whose outcome we may not know."""
        async with self._store.write() as tx:
            if await cards.claim_notice(tx, key, self._clock.now()):
                return True
            if await cards.notice_state(tx, key) == "intent":
                await cards.settle_notice(tx, key, Posted.UNKNOWN)
                self._metrics.sent("post", "unknown")
        return False

    async def settle(self, key: str, outcome: Posted) -> None:
        """Note what became of a post: what is known not to be there may be posted again."""
        async with self._store.write() as tx:
            if outcome in (Posted.SENT, Posted.UNKNOWN):
                await cards.settle_notice(tx, key, outcome)
            else:
                await cards.forget_notice(tx, key)

    async def forget(self, key: str) -> None:
        """Let something be posted under ``key`` again: its place was lost with all that was there."""
        async with self._store.write() as tx:
            await cards.forget_notice(tx, key)

    async def was_sent(self, key: str) -> bool:
        """Whether what was posted under ``key`` is known to be there."""
        async with self._store.read() as tx:
            return await cards.notice_state(tx, key) == Posted.SENT


def _carrying(card: Mapping[str, Any]) -> dict[str, Any]:
    """Return a message with the card; its first words are what a push notification shows."""
    words = speak(dict(card))
    return message(card=card, summary=words[0] if words else None)
