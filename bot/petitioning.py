"""How an agent's own wish looks when it reaches somebody: for the manager, with the best times."""

from dataclasses import replace

from bot.channel.references import References
from dialogs import verbs
from dialogs.agenda_views import PetitionView
from dialogs.conversation import Conversation
from dialogs.verbs import Verb
from dialogs.views import ProposalView, View
from scheduling.domain.people import Actor, Person
from scheduling.workflows.petitions_port import Petitions


class PetitionDrawer:
    """Draws wishes for the messenger; a wish without a time is a card with the two answers."""

    def __init__(
        self, petitions: Petitions, conversation: Conversation, references: References
    ) -> None:
        """Ask for times as the manager would, in the manager's own chat."""
        self._petitions = petitions
        self._conversation = conversation
        self._references = references

    async def draw(self, person: Person, subject: str) -> View | None:
        """Return what the person is to see of the wish now; None where it is not theirs to see."""
        wish = await self._petitions.shown_to(person, subject)
        if wish is None:
            return None
        chat = await self._references.personal_for(person.object_id or "")
        if wish.mine or not wish.state.open or chat is None:
            return PetitionView(petition=wish)
        actor = Actor(
            object_id=person.object_id or "", tenant_id="", name=person.name, person=person
        )
        data = {verbs.ATTENDEES: wish.agent_id, verbs.TYPE: wish.type_id}
        view = await self._conversation.act(actor, chat.conversation_id, Verb.ASK_FOR, data)
        if isinstance(view, ProposalView) and view.proposal.sessions:
            return replace(view, wish=wish)
        return PetitionView(petition=wish)
