"""Showing domain state in Teams: cards made for their reader, posted once, edited in order."""

import asyncio
from collections import defaultdict
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from typing import Any, Protocol

import structlog

from bot.channel.connector import ChannelError, Connector
from bot.channel.references import Conversation as Place
from bot.channel.references import ConversationKind, References
from bot.maker import CardMaker
from bot.messenger import Messenger
from bot.metrics import Metrics
from bot.obstacles import Obstacles
from bot.posting import Posted, Poster
from bot.run_cards import RunCards
from dialogs.cards import render
from dialogs.views import ProposalView, RequestCardView, View, Viewer, WorkItemCardView
from scheduling.domain.notices import NoticeKind
from scheduling.domain.people import Actor, Person, Role
from scheduling.domain.refusals import Refusal
from scheduling.domain.requests import Draft, RequestState, WorkItemView
from scheduling.ports.clock import Clock
from scheduling.ports.notifier import Digest, Notice, Told
from scheduling.storage import cards, drafts, people, requests, runs, work_items
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
        self._store = store
        self._connector = connector
        self._references = references
        self._setups = setups
        self.poster = Poster(
            store=store, connector=connector, references=references, clock=clock, metrics=metrics
        )
        self.messenger = Messenger(
            store=store,
            references=references,
            setups=setups,
            clock=clock,
            maker=maker,
            poster=self.poster,
        )
        self.run_cards = RunCards(
            store=store, references=references, maker=maker, poster=self.poster
        )
        self.messenger.draw_with(NoticeKind.RUN_PLANNED, self.run_cards)
        self._obstacles = Obstacles(
            store=store, maker=maker, poster=self.poster, places=self._deciders_places
        )
        self._clock = clock
        self._maker = maker
        self._metrics = metrics
        self._channel = channel
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._soon: set[asyncio.Task[object]] = set()
        self._redraw: Redraw | None = None

    def redraw_with(self, redraw: Redraw) -> None:
        """Let ``redraw`` make the fresh proposal of a lost minute."""
        self._redraw = redraw

    def soon_request(self, request_id: str) -> None:
        """Bring a request's card up to date after the turn that is being answered."""
        self._begin(self.request_changed(request_id))

    def soon_item(self, work_item_id: str) -> None:
        """Bring a work item's thread up to date after the turn that is being answered."""
        self._begin(self.work_item_changed(work_item_id))

    def soon(self, work: Coroutine[Any, Any, object]) -> None:
        """Do ``work`` after the turn that is being answered."""
        self._begin(work)

    def soon_obstacle(self, cause: str) -> None:
        """Show an obstacle as it is after what was just met."""
        self._begin(self._met(cause))

    async def obstacle_changed(self, cause: str) -> bool:
        """Show what keeps us from writing somewhere, or that it is gone; see ``Obstacles``."""
        return await self._obstacles.show(cause)

    async def _met(self, cause: str) -> None:
        """Show an obstacle, and elsewhere what was shown where nobody can see it any more."""
        await self.obstacle_changed(cause)
        async with self._store.read() as tx:
            undecided = await work_items.undecided(tx)
        for item_id in undecided:
            await self.work_item_changed(item_id)

    def _begin(self, work: Coroutine[Any, Any, object]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._soon.add(task)
        task.add_done_callback(self._soon.discard)

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
            return await self._own_card_changed(request_id) and copied

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
        place = await self._references.get(copy.place.conversation_id)
        locale = place.locale if place else reader.locale
        card = self._maker.card_for(RequestCardView(request=shown), reader, locale)
        return await self.poster.edit(copy.place, card)

    async def _own_card_changed(self, request_id: str) -> bool:
        async with self._store.read() as tx:
            row = await requests.get(tx, request_id)
            place = await cards.place_of(tx, f"draft:{row.draft_id}") if row else None
            owner = await people.get(tx, row.requester_id) if row else None
            draft = await drafts.get(tx, row.draft_id) if row else None
        if row is None or place is None or owner is None or draft is None:
            return True
        conversation = await self._references.get(place.conversation_id)
        locale = conversation.locale if conversation else owner.locale
        view = await self._request_view(row, owner, draft, place)
        if view is None:
            return True
        self._metrics.showed(row.state.value)
        return await self.poster.edit(place, self._maker.card_for(view, owner, locale))

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
                place = await cards.place_of(tx, subject)
                if item is None:
                    return True
                shown = await views.work_item_view(tx, self._setups.catalogue, item)
            lost = None
            if place is not None:
                card = await self._item_card(shown, place.conversation_id)
                outcome = await self.poster.put(place, card)
                if outcome is not Posted.GONE or item.state.decided:
                    return outcome is not Posted.AWAY
                lost = place.conversation_id
            return await self._post_item(subject, shown, item.unit_id, lost)

    async def _item_card(self, item: WorkItemView, conversation_id: str) -> dict[str, Any]:
        """Return the card as every reader of a conversation may see it.

        Schedulers get their own by refresh.
        """
        place = await self._references.get(conversation_id)
        refresh, brief = await self._readers_of(place) if place else ((), True)
        locale = place.locale if place else "en"
        reader = Viewer(locale=locale, zone=item.zone, now=self._clock.now(), shared=True)
        return render(WorkItemCardView(item=item, brief=brief), reader, refresh)

    async def _post_item(
        self, subject: str, item: WorkItemView, unit_id: str, lost: str | None
    ) -> bool:
        """Post the thread: at most once in each place, until it is known to be in one of them.

        Teams can neither be asked whether a post is there nor told to post once only, but
        somebody must see a work item. So where a post's outcome stays unknown it is never made
        again in that place: it goes to the next one, the chat of a scheduler. At worst two
        places show the item; the state is that of the tables, whichever of them is tapped.
        Where it is known to be ``lost``, for somebody deleted it, it is posted once more.
        """
        for place in await self._schedulers_places(unit_id):
            again = ":again" if place.conversation_id == lost else ""
            key = f"{subject}:{place.conversation_id}{again}"
            card = await self._item_card(item, place.conversation_id)
            sent = self.poster.placing(subject, place)
            outcome = await self.poster.post_once(key, place, card, sent)
            if outcome in (Posted.SENT, Posted.AWAY):
                return outcome is Posted.SENT
        log.error("schedulers_unreachable", work_item=item.id)
        self._metrics.sent("post", "unreachable")
        return False

    async def _schedulers_places(self, unit_id: str) -> list[Place]:
        """Return where schedulers can be reached: their channel, then the chats of each of them."""
        async with self._store.read() as tx:
            everyone = await people.of_unit(tx, unit_id)
        return await self._places_of([one for one in everyone if one.has(Role.SCHEDULER)])

    async def _deciders_places(self) -> list[Place]:
        """Return where who may do something about Teams can be reached, of whichever unit."""
        async with self._store.read() as tx:
            everyone = await people.everybody(tx)
        roles = (Role.ADMINISTRATOR, Role.SCHEDULER)
        return await self._places_of([one for one in everyone if one.has(*roles)])

    async def _places_of(self, chosen: Sequence[Person]) -> list[Place]:
        channel = await self._references.channel(self._channel)
        places = [channel] if channel else []
        for person in chosen:
            if person.object_id:
                personal = await self._references.personal_for(person.object_id)
                places += [personal] if personal else []
        return [place for place in places if not place.blocked]

    async def _readers_of(self, place: Place) -> tuple[tuple[str, ...], bool]:
        """Return the Teams ids of the schedulers there, and whether somebody reads who is outside.

        Outside are guests, people of other tenants, and agents: what they see names nobody.
        """
        shared = place.kind is not ConversationKind.PERSONAL
        try:
            members = await self._connector.members(place)
        except ChannelError as error:
            self.poster.failed("members", error)
            return (), shared
        found, outside = [], False
        async with self._store.read() as tx:
            for member in members:
                person = await people.by_object_id(tx, member.object_id or "")
                if person is not None and person.has(Role.SCHEDULER):
                    found.append(member.account_id)
                foreign = member.guest or member.tenant_id not in (None, place.tenant_id)
                outside |= foreign or (person is not None and person.roles <= {Role.AGENT})
        return tuple(found), outside and shared

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

    async def tell(self, notice: Notice) -> Told:
        """Send one person one notice, at most once; see ``Messenger``."""
        return await self.messenger.tell(notice)

    async def open_chat(self, object_id: str) -> bool:
        """Have a chat with an account that has the app; whether there is one now."""
        return await self.messenger.open_chat(object_id)

    async def tell_together(self, digest: Digest) -> Told:
        """Send one person what happened since the last time as one message, at most once."""
        return await self.messenger.tell_together(digest)
