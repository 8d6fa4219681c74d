"""The cards of changes: one in the chat of each whom a change concerns, edited as it goes on."""

import structlog

from bot.channel.references import Conversation as Place
from bot.posting import Poster
from dialogs.change_views import ChangeCardView, WhichSessionView
from dialogs.verbs import Verb
from dialogs.views import View
from scheduling.domain.changes import ChangeView
from scheduling.domain.people import Actor, Person
from scheduling.domain.refusals import Refused
from scheduling.storage import cards, people
from scheduling.storage.cards import CardPlace
from scheduling.storage.store import Store
from scheduling.workflows.changes_port import Changes, Sought

log = structlog.get_logger()


class ChangeCards:
    """Draws changes for their reader, and keeps where they are shown. Nothing here raises."""

    def __init__(self, *, store: Store, poster: Poster, changes: Changes) -> None:
        """Keep the parts."""
        self._store = store
        self._poster = poster
        self._changes = changes

    async def draw(self, person: Person, subject: str) -> View | None:
        """Return what ``person`` is to see of a change, or of a session that needs a new time."""
        actor = _actor(person)
        try:
            return ChangeCardView(change=await self._changes.change(actor, subject))
        except Refused:
            return await self._new_times(actor, subject)

    async def _new_times(self, actor: Actor, session_id: str) -> View | None:
        """Return times for a released session; where none can be searched now, a way to ask later."""
        try:
            return ChangeCardView(
                change=await self._changes.propose_move(actor, session_id, None, None)
            )
        except Refused as refused:
            log.info("no_times_drawn", refusal=refused.refusal.value)
        meant = await self._changes.sessions(actor, Sought())
        sessions = tuple(one for one in meant if one.id == session_id)
        return WhichSessionView(verb=Verb.MOVE_SESSION, sessions=sessions) if sessions else None

    async def changed(self, change_id: str) -> bool:
        """Edit every card of a change; False where trying again later may help."""
        async with self._store.read() as tx:
            places = await cards.of_change(tx, change_id)
        return all([await self._edit(change_id, place) for place in places])

    async def _edit(self, change_id: str, place: CardPlace) -> bool:
        person_id = place.subject.rpartition(":")[2]
        async with self._store.read() as tx:
            person = await people.get(tx, person_id)
        if person is None:
            return True
        try:
            change = await self._changes.change(_actor(person), change_id)
        except Refused:
            return True
        return await self._poster.edit_for(person, place, ChangeCardView(change=change))

    async def keep(self, view: View, actor: Actor, place: Place, activity_id: str) -> None:
        """Keep that an activity now shows a change to its reader."""
        if isinstance(view, ChangeCardView) and actor.person is not None:
            await self._poster.placing(subject_of(view.change, actor.person), place)(activity_id)

    async def shows_request(self, place: Place, activity_id: str) -> bool:
        """Whether an activity is the card of a request, which goes on showing that."""
        async with self._store.read() as tx:
            subjects = await cards.shown_on(tx, place.conversation_id, activity_id)
        return any(one.startswith("draft:") for one in subjects)


def subject_of(change: ChangeView, person: Person) -> str:
    """Return under what a change's card for one reader is kept."""
    return f"change:{change.id}:{person.id}"


def _actor(person: Person) -> Actor:
    """Return a person as who would tap: rights are read afresh, from their account."""
    return Actor(
        object_id=person.object_id or "",
        tenant_id="",
        name=person.name,
        locale=person.locale,
        person=person,
    )
