"""Earlier times while it is quiet: wanted or not, and an offer answered."""

from dialogs.orders import Order, OrderKind
from dialogs.scheduler_views import EarlierView, EarlyOfferView
from dialogs.taps import Tap, needed
from dialogs.verbs import Verb
from dialogs.views import View
from scheduling.domain.people import Actor
from scheduling.workflows.offers_port import Offers


class OfferTopic:
    """Answers "earlier if quiet", "not earlier", and the taps on an offer."""

    orders = frozenset({OrderKind.EARLIER_ON, OrderKind.EARLIER_OFF})
    verbs = frozenset({Verb.EARLIER_ON, Verb.EARLIER_OFF, Verb.EARLY_TAKE, Verb.EARLY_LEAVE})

    def __init__(self, offers: Offers) -> None:
        """Talk to ``offers``, which authorises every call."""
        self._offers = offers

    async def ordered(self, actor: Actor, conversation_id: str, order: Order) -> View:
        """Opt in or out."""
        del conversation_id
        into = order.kind is OrderKind.EARLIER_ON
        return EarlierView(wanted=await self._offers.opt(actor, into=into))

    async def tapped(self, actor: Actor, conversation_id: str, tap: Tap) -> View:
        """Answer a tap."""
        del conversation_id
        if tap.verb in (Verb.EARLIER_ON, Verb.EARLIER_OFF):
            into = tap.verb is Verb.EARLIER_ON
            return EarlierView(wanted=await self._offers.opt(actor, into=into))
        answer = self._offers.accept if tap.verb is Verb.EARLY_TAKE else self._offers.pass_up
        return EarlyOfferView(offer=await answer(actor, needed(tap.subject_id)))
