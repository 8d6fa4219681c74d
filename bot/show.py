"""Showing domain state in Teams: cards made for their reader, posted once, edited in order."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Coroutine
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

import structlog

from bot.change_cards import ChangeCards
from bot.channel.connector import Connector
from bot.channel.references import Conversation as Place
from bot.channel.references import References
from bot.maker import CardMaker
from bot.messenger import Messenger
from bot.metrics import Metrics
from bot.noticeboard import Noticeboard
from bot.obstacles import Obstacles
from bot.posting import Poster
from bot.readers import Readers
from bot.run_cards import RunCards
from bot.shared_cards import Relieve, SharedCards
from dialogs.views import ProposalView, RequestCardView, View, WorkItemCardView
from scheduling.domain.notices import NoticeKind
from scheduling.domain.people import Actor, Person
from scheduling.domain.refusals import Refusal
from scheduling.domain.requests import Draft, RequestState, WorkItemView
from scheduling.domain.service_clocks import Nudge
from scheduling.ports.clock import Clock
from scheduling.ports.notifier import Digest, Notice, Told
from scheduling.storage import (
    boards,
    cards,
    drafts,
    earlier,
    outbox,
    people,
    petitions,
    requests,
    runs,
    work_items,
)
from scheduling.storage.cards import CardCopy, CardPlace
from scheduling.storage.requests import RequestRow
from scheduling.storage.store import Store
from scheduling.workflows import views
from scheduling.workflows.setups import Setups

log = structlog.get_logger()


class Redraw(Protocol):
    """Shows a draft again, with a fresh proposal where it has one."""

    async def show(self, actor: Actor, conversation_id: str, draft_id: str) -> View:
        """Return the view of the draft."""
        ...


class Showing:
    """``ports.Notifier`` over Teams. Nothing here raises; what failed is logged and counted.

    Edits of one subject are made one after the other, each from the state at that moment, so
    that a card never goes back in time.
    """

    def __init__(
        self,
        *,
        store: Store,
        connector: Connector,
        references: References,
        setups: Setups,
        clock: Clock,
        maker: CardMaker,
        metrics: Metrics,
        channel: str,
    ) -> None:
        """Show work items in the channel of that name or id."""
        self._store, self._references, self._setups = store, references, setups
        self.poster = Poster(
            store=store,
            connector=connector,
            references=references,
            clock=clock,
            maker=maker,
            metrics=metrics,
        )
        self.messenger = Messenger(
            store=store,
            references=references,
            setups=setups,
            clock=clock,
            maker=maker,
            poster=self.poster,
        )
        self.run_cards = RunCards(store=store, poster=self.poster)
        self.messenger.draw_with(NoticeKind.RUN_PLANNED, self.run_cards)
        self._board = Noticeboard(
            store=store,
            connector=connector,
            references=references,
            poster=self.poster,
            channel=channel,
        )
        self._obstacles = Obstacles(store=store, maker=maker, board=self._board)
        self._shared = SharedCards(
            store=store,
            references=references,
            setups=setups,
            maker=maker,
            poster=self.poster,
            board=self._board,
        )
        self._readers = Readers(
            store=store,
            references=references,
            audience_of=self._board.audience,
            clock=clock,
            draw=self._draw,
        )
        self._clock, self._maker, self._metrics = clock, maker, metrics
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._soon: set[asyncio.Task[object]] = set()
        self._redraw: Redraw | None = None
        self.change_cards: ChangeCards | None = None

    def redraw_with(self, redraw: Redraw) -> None:
        """Let ``redraw`` make the fresh proposal of a lost minute."""
        self._redraw = redraw

    def soon_request(self, request_id: str) -> None:
        """Bring a request's card up to date after the turn that is being answered."""
        self.soon(self.request_changed(request_id))

    def soon_item(self, work_item_id: str) -> None:
        """Bring a work item's thread up to date after the turn that is being answered."""
        self.soon(self.work_item_changed(work_item_id))

    def soon(self, work: Coroutine[Any, Any, object]) -> None:
        """Do ``work`` after the turn that is being answered."""
        task = asyncio.get_running_loop().create_task(work)
        self._soon.add(task)
        task.add_done_callback(self._soon.discard)

    def soon_obstacle(self, cause: str) -> None:
        """Show an obstacle as it is after what was just met."""
        self.soon(self._met(cause))

    async def obstacle_changed(self, cause: str) -> bool:
        """Show what keeps us from writing somewhere, or that it is gone; see ``Obstacles``."""
        return await self._obstacles.show(cause)

    async def _met(self, cause: str) -> None:
        """Show an obstacle, and elsewhere what was shown where nobody can see it any more."""
        await self.obstacle_changed(cause)
        async with self._store.read() as tx:
            subjects = await boards.undecided(tx)
        for subject in subjects:
            await self._draw(subject)

    async def readers_changed(self) -> bool:
        """Let shared cards show what all may see who read them now; False: try again later."""
        return await self._readers.changed()

    async def _draw(self, subject: str) -> bool:
        """Bring a card that schedulers share up to date."""
        kind, _, of = subject.partition(":")
        shown = {
            "work_item": self.work_item_changed,
            "item_group": self.group_changed,
            "rush": self.rush_changed,
        }
        return await shown[kind](of)

    async def close(self) -> None:
        """Finish what was begun."""
        await asyncio.gather(*self._soon, return_exceptions=True)

    async def remember_copy(self, place: CardPlace, reader_id: str) -> None:
        """Keep one more activity that shows a request, to one reader."""
        copy = CardCopy(place=place, reader_id=reader_id, at=self._clock.now())
        async with self._store.write() as tx:
            await cards.add_copy(tx, copy)

    async def request_changed(self, request_id: str) -> bool:
        """Bring every card of the request up to date with it; False: try again later."""
        async with self._locks[request_id]:
            copied = await self._copies_changed(request_id)
            wished = await self._wishes_changed(request_id)
            return await self._own_card_changed(request_id) and copied and wished

    async def _wishes_changed(self, request_id: str) -> bool:
        """Show agents what became of their wishes that the request answers."""
        async with self._store.read() as tx:
            wishes = await petitions.answered_by(tx, request_id)
        changed = self.messenger.changed
        return all([await changed(NoticeKind.WISHED, one.agent_id, one.id) for one in wishes])

    async def _copies_changed(self, request_id: str) -> bool:
        """Edit the request's cards in further places, each as its reader may see it."""
        async with self._store.read() as tx:
            row = await requests.get(tx, request_id)
            places = await cards.copies(tx, f"draft:{row.draft_id}") if row else ()
        return all([await self._copy_changed(row, copy) for copy in places if row])

    async def _copy_changed(self, row: RequestRow, copy: CardCopy) -> bool:
        async with self._store.read() as tx:
            reader = await people.get(tx, copy.reader_id)
            if reader is None:
                return True
            shown = await views.request_view(
                tx, self._setups.catalogue, row, reader, self._clock.now()
            )
        return await self.poster.edit_for(reader, copy.place, RequestCardView(request=shown))

    async def _own_card_changed(self, request_id: str) -> bool:
        async with self._store.read() as tx:
            row = await requests.get(tx, request_id)
            place = await cards.place_of(tx, f"draft:{row.draft_id}") if row else None
            owner = await people.get(tx, row.requester_id) if row else None
            draft = await drafts.get(tx, row.draft_id) if row else None
        if row is None or place is None or owner is None or draft is None:
            return True
        view = await self._request_view(row, owner, draft, place)
        if view is None:
            return True
        self._metrics.showed(row.state.value)
        return await self.poster.edit_for(owner, place, view)

    async def _request_view(
        self, row: RequestRow, owner: Person, draft: Draft, place: CardPlace
    ) -> View | None:
        if draft.request_id not in (None, row.id):
            return None
        if row.state is RequestState.TAKEN and self._redraw is not None:
            actor = Actor(
                object_id=row.requester_object_id, tenant_id="", name=owner.name, person=owner
            )
            fresh = await self._redraw.show(actor, place.conversation_id, draft.id)
            if isinstance(fresh, ProposalView):
                return replace(fresh, refusal=Refusal.SLOT_TAKEN)
            return fresh
        async with self._store.read() as tx:
            shown = await views.request_view(
                tx, self._setups.catalogue, row, owner, self._clock.now()
            )
        return RequestCardView(request=shown, draft_id=draft.id, draft_version=draft.version)

    async def work_item_changed(self, work_item_id: str) -> bool:
        """Post the work item's thread in the schedulers' channel, or bring it up to date."""
        subject = cards.of_item(work_item_id)
        async with self._locks[subject]:
            async with self._store.read() as tx:
                item = await work_items.get(tx, work_item_id)
                known = await cards.place_of(tx, subject)
                if item is None:
                    return True
                shown = await views.work_item_view(tx, self._setups.catalogue, item)
            places = partial(self._board.places, item.unit_id)
            card = partial(self._item_card, item.unit_id, shown)
            return await self._board.show(subject, known, places, card, over=item.state.decided)

    async def _item_card(self, unit_id: str, item: WorkItemView, place: Place) -> dict[str, Any]:
        """Return the card as every reader of a conversation may see it.

        Schedulers get their own by refresh.
        """
        refresh, brief = await self._board.readers_of(place, unit_id)
        view = WorkItemCardView(item=item, brief=brief)
        return self._maker.shared_card(view, place.locale, item.zone, refresh)

    def show_changes_with(self, change_cards: ChangeCards) -> None:
        """Let ``change_cards`` draw changes, and the notices that are about one."""
        self.change_cards = change_cards
        for kind in (NoticeKind.TIMES_WANTED, NoticeKind.SWAP_ASKED, NoticeKind.SWAP_ANSWERED):
            self.messenger.draw_with(kind, change_cards)

    async def change_changed(self, change_id: str) -> bool:
        """Bring the cards of a change of a session up to date; False: try again later."""
        if self.change_cards is None or not await self.offer_changed(change_id):
            return self.change_cards is None
        async with self._locks[f"change:{change_id}"]:
            return await self.change_cards.changed(change_id)

    async def run_changed(self, run_id: str) -> bool:
        """Bring the card of a run up to date; False: try again later."""
        async with self._locks[cards.of_run(run_id)]:
            async with self._store.read() as tx:
                row = await runs.get(tx, run_id)
            if row is None:
                return True
            own = await self.run_cards.changed(run_id)
            told = NoticeKind.RUN_PLANNED, row.requester_id, run_id
            return await self.messenger.changed(*told) and own

    async def group_changed(self, group_id: str) -> bool:
        """Show the work items of one cause together; see ``SharedCards``."""
        async with self._locks[cards.of_group(group_id)]:
            return await self._shared.group_changed(group_id)

    def relieve_with(self, relieve: Relieve) -> None:
        """Let ``relieve`` say what could give way to a rush."""
        self._shared.relieve = relieve

    async def offer_changed(self, offer_id: str) -> bool:
        """Bring the card of an offer up to date, if it is shown; False: try again later."""
        async with self._store.read() as tx:
            row = await earlier.get(tx, offer_id)
        if row is None:
            return True
        return await self.messenger.changed(NoticeKind.OFFERED, row.person_id, offer_id)

    async def rush_changed(self, rush_id: str) -> bool:
        """Show what could give way to a rush; see ``SharedCards``."""
        async with self._locks[cards.of_rush(rush_id)]:
            return await self._shared.rush_changed(rush_id)

    async def nudge(self, work_item_id: str, nudge: Nudge, person_ids: Collection[str]) -> bool:
        """Remind schedulers of a work item in its thread; see ``SharedCards``."""
        return await self._shared.nudge(work_item_id, nudge, person_ids)

    async def sent_changed(self, kind: NoticeKind, subject: str) -> None:
        """Bring a card (a register, a group to decide on) up to date with everybody who was sent it."""
        async with self._store.read() as tx:
            told = await outbox.people_told(tx, kind, subject)
        for person_id in told:
            await self.messenger.changed(kind, person_id, subject)

    async def tell(self, notice: Notice) -> Told:
        """Send one person one notice, at most once; see ``Messenger``."""
        return await self.messenger.tell(notice)

    async def open_chat(self, object_id: str) -> bool:
        """Have a chat with an account that has the app; whether there is one now."""
        return await self.messenger.open_chat(object_id)

    async def tell_together(self, digest: Digest) -> Told:
        """Send one person what happened since the last time as one message, at most once."""
        return await self.messenger.tell_together(digest)
