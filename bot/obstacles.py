"""What keeps Aside from writing somewhere, shown to those who can do something about it: once a cause."""

import asyncio
from collections import defaultdict
from functools import partial
from typing import Any

from bot.channel.references import Conversation as Place
from bot.maker import CardMaker
from bot.noticeboard import Noticeboard
from dialogs.views import ObstacleView
from scheduling.storage import cards, reach
from scheduling.storage.reach import ObstacleRow
from scheduling.storage.store import Store


class Obstacles:
    """Posts each obstacle once, and edits it while more or fewer are affected, and when it is gone."""

    def __init__(self, *, store: Store, maker: CardMaker, board: Noticeboard) -> None:
        """Keep the parts."""
        self._store = store
        self._maker = maker
        self._board = board
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def show(self, cause: str) -> bool:
        """Show an obstacle as it is now; False where nobody could be shown it: try again later."""
        async with self._locks[cause]:
            async with self._store.read() as tx:
                row = await reach.obstacle(tx, cause)
                known = await cards.place_of(tx, _subject(row)) if row else None
            if row is None or (known is None and row.closed_at is not None):
                return True
            card = partial(self._card, row)
            places = self._board.deciders_places
            over = row.closed_at is not None
            return await self._board.show(_subject(row), known, places, card, over=over)

    async def _card(self, row: ObstacleRow, place: Place) -> dict[str, Any]:
        return self._maker.shared_card(_view(row), place.locale)


def _subject(row: ObstacleRow) -> str:
    return f"obstacle:{row.cause}:{row.version}"


def _view(row: ObstacleRow) -> ObstacleView:
    return ObstacleView(
        cause=row.cause, affected=row.affected, since=row.opened_at, until=row.closed_at
    )
