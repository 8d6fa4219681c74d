"""Who reads what schedulers share may change at any time: its cards show what all may see who read now."""

import asyncio
from collections.abc import Awaitable, Callable

from bot.channel.references import Conversation, References
from scheduling.ports.clock import Clock
from scheduling.storage import boards
from scheduling.storage.store import Store

AudienceOf = Callable[[Conversation], Awaitable[str | None]]
"""Says who reads there, as a digest; None where it cannot be known now."""

Draw = Callable[[str], Awaitable[bool]]
"""Draws the card of a subject anew; False: try again later."""


class Readers:
    """Draws the cards of a conversation anew once other people read it. Nothing here raises."""

    def __init__(
        self,
        *,
        store: Store,
        references: References,
        audience_of: AudienceOf,
        clock: Clock,
        draw: Draw,
    ) -> None:
        """Keep the parts."""
        self._store = store
        self._references = references
        self._audience_of = audience_of
        self._clock = clock
        self._draw = draw
        self._looking = asyncio.Lock()

    async def changed(self) -> bool:
        """Look who reads now, wherever such cards are; False where it is to be tried again."""
        async with self._looking:
            async with self._store.read() as tx:
                found = await boards.conversations(tx)
            return all([await self._changed_in(one) for one in found])

    async def _changed_in(self, conversation_id: str) -> bool:
        place = await self._references.get(conversation_id)
        if place is None or place.blocked:
            return True
        now = await self._audience_of(place)
        if now is None:
            return False
        async with self._store.read() as tx:
            before = await boards.audience(tx, conversation_id)
            subjects = await boards.shown_in(tx, conversation_id)
        if now == before:
            return True
        drawn = all([await self._draw(subject) for subject in subjects])
        if drawn:
            async with self._store.write() as tx:
                await boards.keep_audience(tx, conversation_id, now, self._clock.now())
        return drawn
