"""Notices as messages: made for their reader from what is true now, and sent at most once."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channel.references import Conversation as Place
from bot.channel.references import ConversationKind, References
from bot.maker import CardMaker
from bot.posting import Posted, Poster
from dialogs.views import DigestView, NoticeView, ProposalView, View
from scheduling.domain.notices import Concern, NoticeKind
from scheduling.domain.people import Person
from scheduling.domain.reach import App
from scheduling.ports.clock import Clock
from scheduling.ports.notifier import Digest, Notice, Told
from scheduling.storage import (
    bookings,
    cards,
    drafts,
    people,
    reach,
    requests,
    selfcare,
    work_items,
)
from scheduling.storage.requests import RequestRow
from scheduling.storage.store import Store
from scheduling.workflows import views
from scheduling.workflows.setups import Setups


class Drawer(Protocol):
    """Draws what a notice is about where that is no request, such as an offer."""

    async def draw(self, person: Person, subject: str) -> View | None:
        """Return what the person is to see of ``subject`` now, None where there is nothing to say."""
        ...


class Messenger:
    """Tells people and the schedulers' threads. Nothing here raises."""

    def __init__(
        self,
        *,
        store: Store,
        references: References,
        setups: Setups,
        clock: Clock,
        maker: CardMaker,
        poster: Poster,
    ) -> None:
        """Keep the parts."""
        self._store = store
        self._references = references
        self._setups = setups
        self._clock = clock
        self._maker = maker
        self._poster = poster
        self._drawers: dict[NoticeKind, Drawer] = {}

    def draw_with(self, kind: NoticeKind, drawer: Drawer) -> None:
        """Let ``drawer`` draw the notices of a kind, and draw their cards again when they change."""
        self._drawers[kind] = drawer

    async def tell(self, notice: Notice) -> Told:
        """Send one notice, at most once: the intent is written before the post."""
        if notice.person_id is None:
            return await self._answer_in_thread(notice)
        person, place = await self._reachable(notice.person_id)
        if person is None or place is None:
            return Told.UNREACHED
        view = await self._view(notice, person)
        if view is None:
            return Told.UNREACHED
        card = self._maker.card_for(view, person, place.locale)
        return await self._send(notice, place, card, view)

    async def tell_together(self, digest: Digest) -> Told:
        """Send one person what happened since the last time as one message, at most once."""
        person, place = await self._reachable(digest.person_id)
        if person is None or place is None:
            return Told.UNREACHED
        found = [await self._notice_view(one, person) for one in digest.notices]
        view = DigestView(since=digest.since, notices=tuple(one for one in found if one))
        card = self._maker.card_for(view, person, place.locale)
        return await self._told(await self._poster.post_once(digest.key, place, card), digest.key)

    async def open_chat(self, object_id: str) -> bool:
        """Have a chat with an account that has the app, also where Teams told of none."""
        if await self._references.personal_for(object_id) is not None:
            return True
        near = await self._references.anywhere()
        return near is not None and await self._poster.open_chat(near, object_id)

    async def arrived(self, person_id: str) -> bool:
        """Note that the app is with somebody now; whether we had asked for that."""
        async with self._store.write() as tx:
            row = (await reach.of_people(tx, [person_id])).get(person_id)
            if row is None or row.app is not App.ASKED:
                return False
            await reach.note(tx, replace(row, app=App.THERE, checked_at=self._clock.now()))
        return True

    async def changed(self, kind: NoticeKind, person_id: str, subject: str) -> bool:
        """Draw again what somebody was shown of ``subject``; False: try again later."""
        async with self._store.read() as tx:
            place = await cards.place_of(tx, told_subject(kind, subject, person_id))
            person = await people.get(tx, person_id)
        if place is None or person is None:
            return True
        view = await self._drawers[kind].draw(person, subject)
        return view is None or await self._poster.edit_for(person, place, view)

    async def _reachable(self, person_id: str) -> tuple[Person | None, Place | None]:
        async with self._store.read() as tx:
            person = await people.get(tx, person_id)
        if person is None or person.object_id is None:
            return person, None
        place = await self._references.personal_for(person.object_id)
        return person, None if place is None or place.blocked else place

    async def _view(self, notice: Notice, person: Person) -> View | None:
        drawer = self._drawers.get(notice.kind)
        if drawer is not None:
            return await drawer.draw(person, notice.subject)
        return await self._notice_view(notice, person)

    async def _notice_view(self, notice: Notice, person: Person | None) -> NoticeView | None:
        async with self._store.read() as tx:
            row = await requests.get(tx, notice.subject)
            ids: Collection[str] = notice.session_ids
            if row is None:
                row, ids = await _of_session(tx, notice.subject)
            owner = await people.get(tx, row.requester_id) if row else None
            reader = person or owner
            if row is None or reader is None:
                return None
            shown = await views.request_view(
                tx, self._setups.catalogue, row, reader, self._clock.now()
            )
            draft = await drafts.get(tx, row.draft_id)
            why = await selfcare.causes_of(tx, ids)
        about = tuple(one for one in shown.sessions if one.id in ids)
        own = draft is not None and notice.concern is Concern.REQUESTER
        return NoticeView(
            kind=notice.kind,
            concern=notice.concern,
            request=replace(shown, sessions=about),
            draft_id=draft.id if draft and own else None,
            draft_version=draft.version if draft else 0,
            why=why,
        )

    async def _answer_in_thread(self, notice: Notice) -> Told:
        """Answer under the request's work item; without one in a channel there is no thread."""
        async with self._store.read() as tx:
            item = await work_items.latest_of(tx, notice.subject)
            shown = await cards.place_of(tx, cards.of_item(item.id)) if item else None
        place = await self._references.get(shown.conversation_id) if shown else None
        if shown is None or place is None or place.blocked:
            return Told.UNREACHED
        view = await self._notice_view(notice, None)
        if view is None or place.kind is not ConversationKind.CHANNEL:
            return Told.UNREACHED
        card = self._maker.shared_card(view, place.locale)
        return await self._send(notice, place.thread(shown.activity_id), card, view)

    async def _send(
        self, notice: Notice, place: Place, card: Mapping[str, Any], view: View
    ) -> Told:
        sent = None
        if isinstance(view, ProposalView):
            sent = self._poster.placing(f"draft:{view.draft.id}", place)
        elif notice.kind in self._drawers and notice.person_id is not None:
            subject = told_subject(notice.kind, notice.subject, notice.person_id)
            sent = self._poster.placing(subject, place)
        outcome = await self._poster.post_once(notice.key, place, card, sent)
        return await self._told(outcome, notice.key)

    async def _told(self, outcome: Posted | None, key: str) -> Told:
        if outcome is None:
            sent = await self._poster.was_sent(key)
            return Told.REACHED if sent else Told.UNREACHED
        if outcome is Posted.AWAY:
            return Told.AWAY
        return Told.REACHED if outcome is Posted.SENT else Told.UNREACHED


async def _of_session(
    tx: AsyncConnection, session_id: str
) -> tuple[RequestRow | None, Collection[str]]:
    """Return the request of a session and the ids of its attendees' rows, for a digest's line."""
    session = await bookings.session(tx, session_id)
    if session is None:
        return None, ()
    attendees = await bookings.attendees_of(tx, session_id)
    ids = [one.id for one in attendees] if session.gathers else [session_id]
    return await requests.get(tx, session.request_id), ids


def told_subject(kind: NoticeKind, subject: str, person_id: str) -> str:
    """Return under which subject it is kept what somebody was shown of ``subject``."""
    return f"{kind.value}:{subject}:{person_id}"
