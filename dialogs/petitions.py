"""An agent's own wish for a session with their manager: sent, taken back, declined."""

from dialogs.agenda_views import PetitionView
from dialogs.orders import Order, OrderKind
from dialogs.taps import Tap, needed
from dialogs.verbs import Verb
from dialogs.views import View
from scheduling.domain.people import Actor
from scheduling.workflows.petitions_port import Petitions


class PetitionsTopic:
    """Answers agents who would like to meet their manager, and the managers who may say no."""

    orders = frozenset({OrderKind.ASK_MANAGER})
    verbs = frozenset({Verb.PETITION, Verb.DECLINE_PETITION, Verb.WITHDRAW_PETITION})

    def __init__(self, petitions: Petitions) -> None:
        """Keep and decide through ``petitions``."""
        self._petitions = petitions

    async def ordered(self, actor: Actor, conversation_id: str, order: Order) -> View:
        """Send the wish, whatever reason may have been given with it: none is kept."""
        del conversation_id, order
        return PetitionView(petition=await self._petitions.ask(actor))

    async def tapped(self, actor: Actor, conversation_id: str, tap: Tap) -> View:
        """Show, decline or withdraw."""
        del conversation_id
        calls = {
            Verb.DECLINE_PETITION: self._petitions.decline,
            Verb.WITHDRAW_PETITION: self._petitions.withdraw,
        }
        call = calls.get(tap.verb, self._petitions.petition)
        return PetitionView(petition=await call(actor, needed(tap.subject_id)))
