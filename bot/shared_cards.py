"""What Aside posts for all schedulers of a unit beside single work items: groups of them, and reminders."""

from collections.abc import Awaitable, Callable, Collection
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channel.references import Conversation as Place
from bot.channel.references import ConversationKind, References
from bot.maker import CardMaker
from bot.noticeboard import Noticeboard
from bot.posting import Posted, Poster
from dialogs.scheduler_views import GroupView, Mentioned, NudgeView, ReliefView
from scheduling.domain.refusals import Refused
from scheduling.domain.service_clocks import Nudge
from scheduling.storage import cards, groups, people, rushes, work_items
from scheduling.storage.cards import CardPlace
from scheduling.storage.rushes import RushRow
from scheduling.storage.store import Store
from scheduling.storage.work_items import WorkItemRow
from scheduling.workflows import views
from scheduling.workflows.grouped import group_view
from scheduling.workflows.groups_port import Group
from scheduling.workflows.rushes_port import Relief
from scheduling.workflows.setups import Setups

Relieve = Callable[[RushRow], Awaitable[Relief]]
"""Says what could give way to a rush now; may raise Refused where a remote is away."""


class SharedCards:
    """Posts and edits them. Nothing here raises."""

    def __init__(
        self,
        *,
        store: Store,
        references: References,
        setups: Setups,
        maker: CardMaker,
        poster: Poster,
        board: Noticeboard,
    ) -> None:
        """Keep the parts."""
        self._store = store
        self._references = references
        self._setups = setups
        self._maker = maker
        self._poster = poster
        self._board = board
        self.relieve: Relieve | None = None

    async def group_changed(self, group_id: str) -> bool:
        """Post the card of a group, or edit it where it is; False: try again later."""
        subject = cards.of_group(group_id)
        async with self._store.read() as tx:
            row = await groups.get(tx, group_id)
            known = await cards.place_of(tx, subject)
            shown = await group_view(tx, self._setups.catalogue, row) if row else None
        if shown is None or (known is None and not shown.undecided):
            return True
        places = partial(self._board.places, shown.unit_id)
        card = partial(self._group_card, shown)
        return await self._board.show(subject, known, places, card, over=not shown.undecided)

    async def _group_card(self, group: Group, place: Place) -> dict[str, Any]:
        refresh, brief = await self._board.readers_of(place, group.unit_id)
        view = GroupView(group=group, brief=brief)
        return self._maker.shared_card(view, place.locale, group.zone, refresh)

    async def rush_changed(self, rush_id: str) -> bool:
        """Post what could give way, or edit it where it is; False: try again later."""
        subject = cards.of_rush(rush_id)
        async with self._store.read() as tx:
            row = await rushes.get(tx, rush_id)
            known = await cards.place_of(tx, subject)
        if row is None or self.relieve is None or (known is None and row.closed_at):
            return True
        try:
            relief = await self.relieve(row)
        except Refused:
            return False
        places = partial(self._board.places, row.unit_id)
        card = partial(self._rush_card, relief)
        return await self._board.show(subject, known, places, card, over=row.closed_at is not None)

    async def _rush_card(self, relief: Relief, place: Place) -> dict[str, Any]:
        refresh, brief = await self._board.readers_of(place, relief.unit_id)
        view = ReliefView(relief=relief, brief=brief)
        return self._maker.shared_card(view, place.locale, relief.zone, refresh)

    async def nudge(self, work_item_id: str, nudge: Nudge, person_ids: Collection[str]) -> bool:
        """Answer in the item's thread, at most once each kind; False: try again later.

        Where the item is shown in somebody's chat, the reminder is a message there. Nobody is
        mentioned who cannot be reached by an account.
        """
        async with self._store.read() as tx:
            item = await work_items.get(tx, work_item_id)
            shown = await _place_of(tx, item) if item else None
            known = await people.by_ids(tx, person_ids)
            view = await views.work_item_view(tx, self._setups.catalogue, item) if item else None
        if view is None or shown is None:
            return True
        place = await self._references.get(shown.conversation_id)
        if place is None or place.blocked:
            return True
        to = tuple(
            Mentioned(name=known[i].name, account_id=account)
            for i in person_ids
            if i in known and (account := known[i].object_id)
        )
        card = self._maker.shared_card(
            NudgeView(item=view, nudge=nudge, mentioned=to), place.locale, view.zone
        )
        key = f"{cards.of_item(work_item_id)}:{nudge.value}"
        outcome = await self._poster.post_once(key, _within(place, shown.activity_id), card)
        return outcome is not Posted.AWAY


async def _place_of(tx: AsyncConnection, item: WorkItemRow) -> CardPlace | None:
    """Return where an item is shown: in its own thread, else in that of its group."""
    own = await cards.place_of(tx, cards.of_item(item.id))
    return own or (
        await cards.place_of(tx, cards.of_group(item.group_id)) if item.group_id else None
    )


def _within(place: Place, activity_id: str) -> Place:
    return place.thread(activity_id) if place.kind is ConversationKind.CHANNEL else place
