"""What keeps Aside from writing somewhere, shown to those who can do something about it: once a cause."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence

import structlog

from bot.channel.references import Conversation as Place
from bot.maker import CardMaker
from bot.posting import Posted, Poster
from dialogs.views import ObstacleView
from scheduling.storage import cards, reach
from scheduling.storage.reach import ObstacleRow
from scheduling.storage.store import Store

log = structlog.get_logger()

Places = Callable[[], Awaitable[Sequence[Place]]]
"""Returns where schedulers and administrators can be reached, the best place first."""


class Obstacles:
    """Posts each obstacle once, and edits it while more or fewer are affected, and when it is gone."""

    def __init__(self, *, store: Store, maker: CardMaker, poster: Poster, places: Places) -> None:
        """Keep the parts."""
        self._store = store
        self._maker = maker
        self._poster = poster
        self._places = places
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def show(self, cause: str) -> bool:
        """Show an obstacle as it is now; False where nobody could be shown it: try again later."""
        async with self._locks[cause]:
            async with self._store.read() as tx:
                row = await reach.obstacle(tx, cause)
                place = await cards.place_of(tx, _subject(row)) if row else None
            if row is None:
                return True
            card = self._maker.shared_card(_view(row), "en")
            if place is not None:
                return await self._poster.edit(place, card)
            if row.closed_at is not None:
                return True
            return await self._post(row)

    async def _post(self, row: ObstacleRow) -> bool:
        subject = _subject(row)
        for place in await self._places():
            card = self._maker.shared_card(_view(row), place.locale)
            key = f"{subject}:{place.conversation_id}"
            sent = self._poster.placing(subject, place)
            outcome = await self._poster.post_once(key, place, card, sent)
            if outcome in (Posted.SENT, Posted.AWAY):
                return outcome is Posted.SENT
        log.error("obstacle_seen_by_nobody", cause=row.cause)
        return False


def _subject(row: ObstacleRow) -> str:
    return f"obstacle:{row.cause}:{row.version}"


def _view(row: ObstacleRow) -> ObstacleView:
    return ObstacleView(
        cause=row.cause, affected=row.affected, since=row.opened_at, until=row.closed_at
    )
