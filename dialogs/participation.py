"""Who took part in what, in the chat, and as a file."""

from dialogs import verbs
from dialogs.orders import Order, OrderKind
from dialogs.register_views import ParticipationView
from dialogs.taps import Tap, whole_number
from dialogs.verbs import Verb
from dialogs.views import View
from scheduling.domain.people import Actor
from scheduling.workflows.participation_port import ParticipationDesk

USUAL_DAYS = 90


class ParticipationTopic:
    """Answers orders and taps about who took part."""

    orders = frozenset({OrderKind.PARTICIPATION})
    verbs = frozenset({Verb.PARTICIPATION, Verb.PARTICIPATION_FILE})

    def __init__(self, desk: ParticipationDesk) -> None:
        """Read through ``desk``, which authorises every call."""
        self._desk = desk

    async def ordered(self, actor: Actor, conversation_id: str, order: Order) -> View:
        """Answer a sentence."""
        del conversation_id
        return await self._view(actor, order.days, order.wish.type_id)

    async def tapped(self, actor: Actor, conversation_id: str, tap: Tap) -> View:
        """Answer a tap; the file is made of the same view."""
        del conversation_id
        days = whole_number(tap.inputs.get(verbs.PERIOD))
        type_id = tap.inputs.get(verbs.TYPE, verbs.EVERY_TYPE)
        return await self._view(actor, days, None if type_id == verbs.EVERY_TYPE else type_id)

    async def _view(self, actor: Actor, days: int | None, type_id: str | None) -> View:
        found = await self._desk.participation(actor, days=days or USUAL_DAYS, type_id=type_id)
        return ParticipationView(participation=found)
