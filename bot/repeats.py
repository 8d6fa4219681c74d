"""Sentences that came before, to whichever edge: the edges tell each other through the database.

On SQLite there is one process, which remembers by itself.
"""

import asyncio

from bot.channel.seen import Answer, MemorySeen
from scheduling.ports.clock import Clock
from scheduling.storage import repeats
from scheduling.storage.repeats import Taken
from scheduling.storage.store import Store
from scheduling.storage.trouble import StoreUnavailable

TRIES = 50
PAUSE = 0.5
"""Seconds between two looks at what another edge is at; together longer than ``repeats.LOST``."""


class SharedSeen:
    """``Seen`` within this process, and for what is to be done once everywhere also among others.

    What another edge has answered is only acknowledged here: its answer went where it belongs.
    """

    def __init__(self, store: Store, clock: Clock, pause: float = PAUSE) -> None:
        """Tell the others through ``store``."""
        self._store = store
        self._clock = clock
        self._pause = pause
        self._here = MemorySeen()
        self._told = set[str]()

    async def claim(self, key: str, *, everywhere: bool = False) -> bool:
        """See Seen; waits while another edge is at it, and goes on where that one has died."""
        if not await self._here.claim(key):
            return False
        if not everywhere:
            return True
        for _ in range(TRIES):
            try:
                async with self._store.write() as tx:
                    taken = await repeats.take(tx, key, self._clock.now())
            except StoreUnavailable:  # what is said may need no writing; if it does, that is told
                return True
            if taken is Taken.OURS:
                self._told.add(key)
                return True
            if taken is Taken.ANSWERED:
                break
            await asyncio.sleep(self._pause)
        await self._here.settle(key, Answer(status=202))
        return False

    async def settle(self, key: str, answer: Answer) -> None:
        """See Seen."""
        await self._here.settle(key, answer)
        if key in self._told:
            self._told.discard(key)
            async with self._store.write() as tx:
                await repeats.answered(tx, key, self._clock.now())

    async def answer(self, key: str) -> Answer | None:
        """See Seen."""
        return await self._here.answer(key)
