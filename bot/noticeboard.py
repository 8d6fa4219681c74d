"""Where schedulers read what Aside posts for all of them: their channel, else the chats of each."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import structlog

from bot.channel.connector import ChannelError, Connector
from bot.channel.references import Conversation as Place
from bot.channel.references import ConversationKind, References
from bot.posting import Posted, Poster
from scheduling.domain.people import Person, Role
from scheduling.storage import people
from scheduling.storage.cards import CardPlace
from scheduling.storage.store import Store

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
            again = ":again" if place.conversation_id == lost else ""
            key = f"{subject}:{place.conversation_id}{again}"
            sent = self._poster.placing(subject, place)
            outcome = await self._poster.post_once(key, place, await card_for(place), sent)
            if outcome in (Posted.SENT, Posted.AWAY):
                return outcome is Posted.SENT
        log.error("seen_by_nobody", subject=subject)
        self._poster.unreachable()
        return False

    async def show(
        self, subject: str, known: CardPlace | None, places: Places, card: CardFor
    ) -> bool:
        """Post a card in the first of ``places``, or edit it where it is; False: try again later."""
        if known is None:
            return await self.post(subject, await places(), card)
        place = await self._references.get(known.conversation_id)
        return place is None or await self._poster.edit(known, await card(place))

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

    async def readers_of(self, place: Place) -> tuple[tuple[str, ...], bool]:
        """Return the Teams ids of the schedulers there, and whether somebody reads who is outside.

        Outside are guests, people of other tenants, and agents: what they see names nobody.
        """
        shared = place.kind is not ConversationKind.PERSONAL
        try:
            members = await self._connector.members(place)
        except ChannelError as error:
            self._poster.failed("members", error)
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
