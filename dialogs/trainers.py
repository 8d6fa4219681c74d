"""Trainers in the chat: a session begins late, or its trainer cannot lead it, in one tap."""

from dialogs import verbs
from dialogs.orders import Order, OrderKind
from dialogs.register_views import LateView, SubstituteView
from dialogs.taps import Tap, needed, whole_number
from dialogs.verbs import Verb
from dialogs.views import View
from scheduling.domain.people import Actor
from scheduling.domain.refusals import Refusal, Refused
from scheduling.workflows.trainers_port import LateFacts, SubstituteDesk, TrainerDesk


class TrainersTopic:
    """Answers orders and taps about running late, and taps of who cannot lead a session."""

    orders = frozenset({OrderKind.LATE})
    verbs = frozenset({Verb.LATE, Verb.SAY_LATE, Verb.CANNOT_LEAD})

    def __init__(self, desk: TrainerDesk, substitutes: SubstituteDesk) -> None:
        """Talk to the desks, which authorise every call."""
        self._desk = desk
        self._substitutes = substitutes

    async def ordered(self, actor: Actor, conversation_id: str, order: Order) -> View:
        """Tell the people of the session about now; without minutes, ask how many."""
        del conversation_id
        late = await self._desk.about_now(actor)
        minutes = order.wish.minutes
        return LateView(late=late) if minutes is None else await self._say(actor, late, minutes)

    async def tapped(self, actor: Actor, conversation_id: str, tap: Tap) -> View:
        """Answer a tap."""
        del conversation_id
        session_id = needed(tap.subject_id)
        if tap.verb is Verb.CANNOT_LEAD:
            led = await self._substitutes.cannot_lead(actor, session_id)
            return SubstituteView(led=(led,))
        late = await self._desk.about_now(actor, session_id)
        minutes = whole_number(tap.inputs.get(verbs.MINUTES))
        if tap.verb is Verb.LATE or minutes is None:
            return LateView(late=late)
        return await self._say(actor, late, minutes)

    async def _say(self, actor: Actor, late: LateFacts, minutes: int) -> View:
        try:
            return LateView(late=await self._desk.say_late(actor, late.session_id, minutes))
        except Refused as refused:
            if refused.refusal is not Refusal.TOLD_LATE:
                raise
            fresh = await self._desk.about_now(actor, late.session_id)
            return LateView(late=fresh, refusal=refused.refusal, facts=refused.facts)
