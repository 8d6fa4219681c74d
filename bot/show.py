"""Showing domain state in Teams: cards made for their reader, posted once, edited in order."""

import asyncio
from collections import defaultdict
from collections.abc import Coroutine, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any, Protocol

import structlog

from bot.channel.connector import (
    ChannelError,
    Connector,
    NotSent,
    OutcomeUnknown,
    Throttled,
    Unavailable,
)
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
from scheduling.domain.requests import Draft, RequestState, WorkItemView
from scheduling.ports.clock import Clock
from scheduling.ports.notifier import Notice, Told
from scheduling.storage import cards, drafts, people, requests, work_items
from scheduling.storage.cards import CardPlace
from scheduling.storage.requests import RequestRow
from scheduling.storage.store import Store
from scheduling.workflows import views
from scheduling.workflows.services import Catalogue

log = structlog.get_logger()


class Posted(StrEnum):
    """What became of a post; only after ``AWAY`` and ``UNREACHABLE`` it is known not to be there."""

    SENT = "sent"
    UNKNOWN = "unknown"
    AWAY = "away"
    UNREACHABLE = "unreachable"


FAILURES = {
    OutcomeUnknown: Posted.UNKNOWN,
    NotSent: Posted.AWAY,
    Throttled: Posted.AWAY,
    Unavailable: Posted.AWAY,
}
"""What a failure says of the post; every other says that it cannot be had there."""


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

    async def post(self, place: Place, card: Mapping[str, Any], sent: Sent | None) -> Posted:
        """Post a card once, and tell what became of it."""
        try:
            activity_id = await self._connector.send(place, _carrying(card))
        except ChannelError as error:
            return self._failed("post", error)
        self._metrics.sent("post", "ok")
        if sent is not None:
            await sent(activity_id)
        return Posted.SENT

    async def _edit(self, place: CardPlace, card: Mapping[str, Any]) -> bool:
        """Show the card where it is; False where trying again later may help."""
        conversation = await self._references.get(place.conversation_id)
        if conversation is None or conversation.blocked:
            self._metrics.sent("edit", "unreachable")
            return True
        try:
            await self._connector.update(conversation, place.activity_id, _carrying(card))
        except ChannelError as error:
            return self._failed("edit", error) is not Posted.AWAY
        self._metrics.sent("edit", "ok")
        return True

    def _failed(self, kind: str, error: ChannelError) -> Posted:
        outcome = FAILURES.get(type(error), Posted.UNREACHABLE)
        self._metrics.sent(kind, "unknown" if outcome is Posted.UNKNOWN else "failed")
        log.warning("teams_send_failed", kind=kind, error=type(error).__name__)
        return outcome

    async def request_changed(self, request_id: str) -> bool:
        """Bring the requester's card up to date with the request; False: try again later."""
        async with self._locks[request_id]:
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
            return await self._edit(place, self._maker.card_for(view, owner, locale))

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
        subject = cards.of_item(work_item_id)
        async with self._locks[subject]:
            async with self._store.read() as tx:
                item = await work_items.get(tx, work_item_id)
                place = await cards.place_of(tx, subject)
                if item is None:
                    return True
                shown = await views.work_item_view(tx, self._catalogue, item)
            if place is not None:
                return await self._edit(place, await self._item_card(shown, place.conversation_id))
            return await self._post_item(subject, shown, item.unit_id)

    async def _item_card(self, item: WorkItemView, conversation_id: str) -> dict[str, Any]:
        """Return the card as every reader of a conversation may see it.

        Schedulers get their own by refresh.
        """
        place = await self._references.get(conversation_id)
        refresh = await self._schedulers_in(place) if place else ()
        locale = place.locale if place else "en"
        reader = Viewer(locale=locale, zone=item.zone, now=self._clock.now(), shared=True)
        return render(WorkItemCardView(item=item), reader, refresh)

    async def _post_item(self, subject: str, item: WorkItemView, unit_id: str) -> bool:
        """Post the thread: at most once in each place, until it is known to be in one of them.

        Teams can neither be asked whether a post is there nor told to post once only, but
        somebody must see a work item. So where a post's outcome stays unknown it is never made
        again in that place: it goes to the next one, the chat of a scheduler. At worst two
        places show the item; the state is that of the tables, whichever of them is tapped.
        """
        for place in await self._schedulers_places(unit_id):
            key = f"{subject}:{place.conversation_id}"
            if not await self._claim(key):
                continue
            card = await self._item_card(item, place.conversation_id)
            outcome = await self.post(place, card, self._placing(subject, place))
            await self._settle(key, outcome)
            if outcome in (Posted.SENT, Posted.AWAY):
                return outcome is Posted.SENT
        log.error("schedulers_unreachable", work_item=item.id)
        self._metrics.sent("post", "unreachable")
        return False

    def _placing(self, subject: str, place: Place) -> Sent:
        async def sent(activity_id: str) -> None:
            await self.remember(
                CardPlace(
                    subject=subject,
                    conversation_id=place.conversation_id,
                    activity_id=activity_id,
                )
            )

        return sent

    async def _claim(self, key: str) -> bool:
        """Write the intent to post; False where there was one, whose outcome we may not know."""
        async with self._store.write() as tx:
            if await cards.claim_notice(tx, key, self._clock.now()):
                return True
            if await cards.notice_state(tx, key) == "intent":
                await cards.settle_notice(tx, key, Posted.UNKNOWN)
                self._metrics.sent("post", "unknown")
        return False

    async def _settle(self, key: str, outcome: Posted) -> None:
        async with self._store.write() as tx:
            if outcome in (Posted.SENT, Posted.UNKNOWN):
                await cards.settle_notice(tx, key, outcome)
            else:
                await cards.forget_notice(tx, key)

    async def _schedulers_places(self, unit_id: str) -> list[Place]:
        """Return where schedulers can be reached: their channel, then the chats of each of them."""
        channel = await self._references.channel(self._channel)
        places = [channel] if channel else []
        async with self._store.read() as tx:
            everyone = await people.of_unit(tx, unit_id)
        for person in everyone:
            if person.has(Role.SCHEDULER) and person.object_id:
                personal = await self._references.personal_for(person.object_id)
                places += [personal] if personal else []
        return [place for place in places if not place.blocked]

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

    async def tell(self, notice: Notice) -> Told:
        """Send one person one notice, at most once: the intent is written before the post."""
        if not await self._claim(notice.key):
            async with self._store.read() as tx:
                state = await cards.notice_state(tx, notice.key)
            return Told.REACHED if state == Posted.SENT else Told.UNREACHED
        outcome = await self._deliver(notice)
        await self._settle(notice.key, outcome)
        if outcome is Posted.AWAY:
            return Told.AWAY
        return Told.REACHED if outcome is Posted.SENT else Told.UNREACHED

    async def _deliver(self, notice: Notice) -> Posted:
        async with self._store.read() as tx:
            person = await people.get(tx, notice.person_id)
            row = await requests.get(tx, notice.request_id)
            if person is None or row is None or person.object_id is None:
                return Posted.UNREACHABLE
            shown = await views.request_view(tx, self._catalogue, row, person, self._clock.now())
        place = await self._references.personal_for(person.object_id)
        if place is None or place.blocked:
            return Posted.UNREACHABLE
        own = tuple(s for s in shown.sessions if s.attendee_id == person.id)
        view = NoticeView(kind=notice.kind, request=replace(shown, sessions=own or shown.sessions))
        return await self.post(place, self._maker.card_for(view, person, place.locale), None)


def _carrying(card: Mapping[str, Any]) -> dict[str, Any]:
    """Return a message with the card; its first words are what a push notification shows."""
    words = speak(dict(card))
    return message(card=card, summary=words[0] if words else None)
