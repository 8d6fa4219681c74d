"""Who can be reached: an order of those who ask for sessions with others."""

from dialogs.orders import Order, OrderKind
from dialogs.taps import Tap
from dialogs.verbs import Verb
from dialogs.views import ReachView, View
from scheduling.domain.people import Actor
from scheduling.workflows.reach_port import ReachDesk


class ReachTopic:
    """Answers who can be reached, and the tap that looks again."""

    orders = frozenset({OrderKind.REACH})
    verbs = frozenset({Verb.REACH})

    def __init__(self, desk: ReachDesk) -> None:
        """Talk to ``desk``, which authorises every call."""
        self._desk = desk

    async def ordered(self, actor: Actor, conversation_id: str, order: Order) -> View:
        """Answer a sentence."""
        del conversation_id, order
        return ReachView(people=tuple(await self._desk.reach(actor)))

    async def tapped(self, actor: Actor, conversation_id: str, tap: Tap) -> View:
        """Look again."""
        del conversation_id, tap
        return ReachView(people=tuple(await self._desk.reach(actor)))
