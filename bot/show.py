"""Showing domain state in Teams: cards made for their reader, posted once, edited in order."""

import asyncio
from collections import defaultdict
from collections.abc import Coroutine, Mapping
from dataclasses import replace
from typing import Any, Protocol

import structlog

from bot.channel.connector import ChannelError, Connector, OutcomeUnknown
from bot.channel.messages import message
from bot.channel.references import Conversation as Place
from bot.channel.references import References
from bot.channel.turns import Sent
from bot.metrics import Metrics
from dialogs.cards import render
from dialogs.cards.speak import speak
from dialogs.views import (
    NoticeView,
    ProposalView,
    RequestCardView,
    View,
    Viewer,
    WorkItemCardView,
)
from dialogs.wording import Words
from scheduling.domain.people import Actor, Person, Role
from scheduling.domain.refusals import Refusal
from scheduling.domain.requests import Draft, RequestState
from scheduling.ports.clock import Clock
from scheduling.ports.notifier import Notice
from scheduling.storage import cards, drafts, people, requests, work_items
from scheduling.storage.cards import CardPlace
from scheduling.storage.requests import RequestRow
from scheduling.storage.store import Store
from scheduling.workflows import views
from scheduling.workflows.services import Catalogue

log = structlog.get_logger()


class CardMaker:
    """Views to cards for one reader: their locale, zone and role."""

    def __init__(self, clock: Clock) -> None:
        """Say times as they are now."""
        self._clock = clock

    def viewer(self, person: Person | None, locale: str) -> Viewer:
        """Return how somebody reads; an unknown person reads UTC."""
        return Viewer(
            locale=locale,
            zone=person.zone if person else "UTC",
            now=self._clock.now(),
            scheduler=bool(person and person.has(Role.SCHEDULER)),
        )

    def words(self, actor: Actor) -> Words:
        """Return the words for who is speaking."""
        return Words.for_viewer(self.viewer(actor.person, actor.locale))

    def card(self, view: View, actor: Actor) -> dict[str, Any]:
        """Return the card for who is speaking."""
        return render(view, self.viewer(actor.person, actor.locale))

    def card_for(self, view: View, person: Person, locale: str) -> dict[str, Any]:
        """Return the card for a person who is not speaking now."""
        return render(view, self.viewer(person, locale))


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
        catalogue: Catalogue,
        clock: Clock,
        maker: CardMaker,
        metrics: Metrics,
        channel: str,
    ) -> None:
        """Show work items in the channel of that name or id."""
        self._store = store
        self._connector = connector
        self._references = references
        self._catalogue = catalogue
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

    def _begin(self, work: Coroutine[Any, Any, object]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._soon.add(task)
        task.add_done_callback(self._soon.discard)

    async def close(self) -> None:
        """Finish what was begun."""
        await asyncio.gather(*self._soon, return_exceptions=True)

    async def remember(self, place: CardPlace) -> None:
        """Keep which activity shows a subject."""
        async with self._store.write() as tx:
            await cards.put(tx, place)

    async def post(self, place: Place, card: Mapping[str, Any], sent: Sent | None) -> bool:
        """Post a card once; whether it is known to be there."""
        try:
            activity_id = await self._connector.send(place, _carrying(card))
        except ChannelError as error:
            self._failed("post", error)
            return False
        self._metrics.sent("post", "ok")
        if sent is not None:
            await sent(activity_id)
        return True

    async def _edit(self, place: CardPlace, card: Mapping[str, Any]) -> None:
        conversation = await self._references.get(place.conversation_id)
        if conversation is None or conversation.blocked:
            self._metrics.sent("edit", "unreachable")
            return
        try:
            await self._connector.update(conversation, place.activity_id, _carrying(card))
        except ChannelError as error:
            self._failed("edit", error)
        else:
            self._metrics.sent("edit", "ok")

    def _failed(self, kind: str, error: ChannelError) -> None:
        outcome = "unknown" if isinstance(error, OutcomeUnknown) else "failed"
        self._metrics.sent(kind, outcome)
        log.warning("teams_send_failed", kind=kind, error=type(error).__name__)

    async def request_changed(self, request_id: str) -> None:
        """Bring the requester's card up to date with the request."""
        async with self._locks[request_id]:
            async with self._store.read() as tx:
                row = await requests.get(tx, request_id)
                place = await cards.place_of(tx, f"draft:{row.draft_id}") if row else None
                owner = await people.get(tx, row.requester_id) if row else None
                draft = await drafts.get(tx, row.draft_id) if row else None
            if row is None or place is None or owner is None or draft is None:
                return
            conversation = await self._references.get(place.conversation_id)
            locale = conversation.locale if conversation else owner.locale
            view = await self._request_view(row, owner, draft, place)
            if view is not None:
                self._metrics.showed(row.state.value)
                await self._edit(place, self._maker.card_for(view, owner, locale))

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
            shown = await views.request_view(tx, self._catalogue, row, owner, self._clock.now())
        return RequestCardView(request=shown, draft_id=draft.id, draft_version=draft.version)

    async def work_item_changed(self, work_item_id: str) -> bool:
        """Post the work item's thread in the schedulers' channel, or bring it up to date."""
        subject = f"work_item:{work_item_id}"
        async with self._locks[subject]:
            async with self._store.read() as tx:
                item = await work_items.get(tx, work_item_id)
                place = await cards.place_of(tx, subject)
                if item is None:
                    return True
                shown = await views.work_item_view(tx, self._catalogue, item)
            channel = await self._schedulers_place(item.unit_id)
            if channel is None:
                log.error("schedulers_unreachable", work_item=work_item_id)
                self._metrics.sent("post", "unreachable")
                return False
            refresh = await self._schedulers_in(channel)
            # Every member of the channel reads this one; schedulers get their own by refresh.
            reader = Viewer(
                locale=channel.locale, zone=shown.zone, now=self._clock.now(), shared=True
            )
            card = render(WorkItemCardView(item=shown), reader, refresh)
            if place is not None:
                await self._edit(place, card)
                return True
            return await self._post_item(subject, channel, card)

    async def _post_item(self, subject: str, channel: Place, card: Mapping[str, Any]) -> bool:
        """Post the thread; once more where the first outcome is unknown, for it must be seen."""

        async def sent(activity_id: str) -> None:
            await self.remember(
                CardPlace(
                    subject=subject,
                    conversation_id=channel.conversation_id,
                    activity_id=activity_id,
                )
            )

        return await self.post(channel, card, sent) or await self.post(channel, card, sent)

    async def _schedulers_place(self, unit_id: str) -> Place | None:
        """Return the schedulers' channel or, where there is none, the chat of one of them."""
        channel = await self._references.channel(self._channel)
        if channel is not None and not channel.blocked:
            return channel
        async with self._store.read() as tx:
            everyone = await people.of_unit(tx, unit_id)
        for person in everyone:
            if person.has(Role.SCHEDULER) and person.object_id:
                personal = await self._references.personal_for(person.object_id)
                if personal is not None and not personal.blocked:
                    return personal
        return None

    async def _schedulers_in(self, channel: Place) -> tuple[str, ...]:
        """Return the Teams account ids of the schedulers who read the channel."""
        try:
            members = await self._connector.members(channel)
        except ChannelError as error:
            self._failed("members", error)
            return ()
        found = []
        async with self._store.read() as tx:
            for member in members:
                person = await people.by_object_id(tx, member.object_id or "")
                if person is not None and person.has(Role.SCHEDULER):
                    found.append(member.account_id)
        return tuple(found)

    async def tell(self, notice: Notice) -> bool:
        """Send one person one notice, at most once: the intent is written before the post."""
        async with self._store.write() as tx:
            if not await cards.claim_notice(tx, notice.key, self._clock.now()):
                return await cards.notice_state(tx, notice.key) == "sent"
            person = await people.get(tx, notice.person_id)
            row = await requests.get(tx, notice.request_id)
            view = None
            if person is not None and row is not None:
                shown = await views.request_view(
                    tx, self._catalogue, row, person, self._clock.now()
                )
                own = tuple(s for s in shown.sessions if s.attendee_id == person.id)
                mine = replace(shown, sessions=own or shown.sessions)
                view = NoticeView(kind=notice.kind, request=mine)
        state = await self._deliver(person, view)
        async with self._store.write() as tx:
            await cards.settle_notice(tx, notice.key, state)
        return state == "sent"

    async def _deliver(self, person: Person | None, view: NoticeView | None) -> str:
        if person is None or view is None or person.object_id is None:
            return "unreachable"
        place = await self._references.personal_for(person.object_id)
        if place is None or place.blocked:
            return "unreachable"
        card = self._maker.card_for(view, person, place.locale)
        return "sent" if await self.post(place, card, None) else "unknown"


def _carrying(card: Mapping[str, Any]) -> dict[str, Any]:
    """Return a message with the card; its first words are what a push notification shows."""
    words = speak(dict(card))
    return message(card=card, summary=words[0] if words else None)
