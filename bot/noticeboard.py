"""Where schedulers read what Aside posts for all of them: their channel, else the chats of each."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import structlog

from bot.channel.connector import ChannelError, Connector, Member
from bot.channel.references import Conversation as Place
from bot.channel.references import ConversationKind, References
from bot.posting import Posted, Poster
from scheduling.domain.people import Person, Role
from scheduling.storage import cards, people
from scheduling.storage.cards import CardPlace
from scheduling.storage.store import Store
from scheduling.workflows.rights import schedules

log = structlog.get_logger()

CardFor = Callable[[Place], Awaitable[Mapping[str, Any]]]
"""Makes the card that the readers of a place may see."""
Places = Callable[[], Awaitable[Sequence[Place]]]
"""Says where those can be reached for whom a card is, the best place first."""


class Noticeboard:
    """Finds the places, and posts in the first one that takes it. Nothing here raises."""

    def __init__(
        self,
        *,
        store: Store,
        connector: Connector,
        references: References,
        poster: Poster,
        channel: str,
    ) -> None:
        """Post in the channel of that name or id."""
        self._store = store
        self._connector = connector
        self._references = references
        self._poster = poster
        self._channel = channel

    async def post(
        self, subject: str, places: Sequence[Place], card_for: CardFor, lost: str | None = None
    ) -> bool:
        """Post a card: at most once in each place, until it is known to be in one of them.

        Teams can neither be asked whether a post is there nor told to post once only, but
        somebody must see it. So where a post's outcome stays unknown it is never made again in
        that place: it goes to the next one. At worst two places show it; the state is that of
        the tables, whichever of them is tapped. Where it is known to be ``lost``, for somebody
        deleted it, it is posted once more. False: try again later.
        """
        for place in places:
            again = place.conversation_id == lost
            outcome = await self._post_in(place, subject, card_for, again=again)
            if outcome in (Posted.SENT, Posted.AWAY):
                return outcome is Posted.SENT
        log.error("seen_by_nobody", subject=subject)
        self._poster.unreachable()
        return False

    async def _post_in(
        self, place: Place, subject: str, card_for: CardFor, *, again: bool = False
    ) -> Posted | None:
        """Post a card in one place, as those may see it who read there once it is known to be there.

        Who came in between was not seen when it was drawn, nor the card when they came.
        """
        personal = place.kind is ConversationKind.PERSONAL
        before = None if personal else await self.audience(place)
        key = _key(subject, place.conversation_id, again=again)
        sent = self._poster.placing(subject, place)
        outcome = await self._poster.post_once(key, place, await card_for(place), sent)
        if outcome is Posted.SENT and not personal and await self.audience(place) != before:
            async with self._store.read() as tx:
                known = await cards.place_of(tx, subject)
            if known is not None:
                await self._poster.edit(known, await card_for(place))
        return outcome

    async def show(
        self,
        subject: str,
        known: CardPlace | None,
        places: Places,
        card: CardFor,
        *,
        over: bool = False,
    ) -> bool:
        """Post a card in the first of ``places``, or edit it where it is; False: try again later.

        Unless it is ``over``, a card that can be seen no more is posted elsewhere, and one that
        had to go to somebody's chat returns to the channel once that is there.
        """
        if known is None:
            return await self.post(subject, await places(), card)
        place = await self._references.get(known.conversation_id)
        if place is not None and not place.blocked:
            if not over and await self._brought_back(subject, known, place, card):
                return True
            outcome = await self._poster.put(known, await card(place))
            if outcome is not Posted.GONE or over:
                return outcome is not Posted.AWAY
            place = await self._references.get(known.conversation_id)
        if place is None or place.blocked:  # what was there is lost, and may be posted there anew
            await self._poster.forget(_key(subject, known.conversation_id))
        return over or await self.post(subject, await places(), card, known.conversation_id)

    async def _brought_back(
        self, subject: str, known: CardPlace, place: Place, card: CardFor
    ) -> bool:
        """Post in the channel what is in a chat, and take it away there; whether that was done."""
        channel = await self._references.channel(self._channel)
        if place.kind is not ConversationKind.PERSONAL or channel is None or channel.blocked:
            return False
        if await self._post_in(channel, subject, card) is not Posted.SENT:
            return False
        await self._poster.take_away(known)
        return True

    async def places(self, unit_id: str) -> list[Place]:
        """Return where a unit's schedulers can be reached, the best place first."""
        async with self._store.read() as tx:
            everyone = await people.of_unit(tx, unit_id)
        return await self._places_of([one for one in everyone if one.has(Role.SCHEDULER)])

    async def deciders_places(self) -> list[Place]:
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

    async def readers_of(self, place: Place, unit_id: str) -> tuple[tuple[str, ...], bool]:
        """Return the Teams ids of the unit's schedulers there, and whether somebody else reads it.

        Else are guests, people of other tenants, accounts that belong to nobody we know, and
        whoever does not schedule the unit: what they see names nobody.
        """
        readers = await self._readers(place)
        if readers is None:
            return (), place.kind is not ConversationKind.PERSONAL
        deciding = [m.account_id for m, one in readers if one and schedules(one, unit_id)]
        return tuple(deciding), len(deciding) < len(readers)

    async def audience(self, place: Place) -> str | None:
        """Return a digest of what depends on who reads there; None where Teams does not say."""
        readers = await self._readers(place)
        if readers is None:
            return None
        deciding = {
            f"{m.account_id} {one.unit_id}" if one and one.has(Role.SCHEDULER) else "others"
            for m, one in readers
        }
        return hashlib.sha256("\n".join(sorted(deciding)).encode()).hexdigest()

    async def _readers(self, place: Place) -> Sequence[tuple[Member, Person | None]] | None:
        """Return who reads there, each with whom they are of our people, if anybody."""
        try:
            members = await self._connector.members(place)
        except ChannelError as error:
            self._poster.failed("members", error)
            return None
        async with self._store.read() as tx:
            known = await people.by_object_ids(tx, [m.object_id for m in members if m.object_id])
        return [(m, known.get(m.object_id or "") if _is_ours(m, place) else None) for m in members]


def _is_ours(member: Member, place: Place) -> bool:
    return not member.guest and member.tenant_id in (None, place.tenant_id)


def _key(subject: str, conversation_id: str, *, again: bool = False) -> str:
    return f"{subject}:{conversation_id}{':again' if again else ''}"
