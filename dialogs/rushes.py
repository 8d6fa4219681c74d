"""Releasing sessions in a rush, by a sentence or on the card that offers it."""

from dialogs import verbs
from dialogs.orders import Order, OrderKind
from dialogs.scheduler_views import ReliefView
from dialogs.taps import Tap, needed, several
from dialogs.verbs import Verb
from dialogs.views import View
from scheduling.domain.people import Actor
from scheduling.domain.refusals import Refusal, Refused
from scheduling.workflows.rushes_port import Relief, Rushes

MOST_RELEASED = 100


class RushTopic:
    """Answers "release 3 sessions" with what could give way, and the taps on that card."""

    orders = frozenset({OrderKind.RELEASE})
    verbs = frozenset({Verb.RELIEF, Verb.RELEASE, Verb.RUSH, Verb.RUSH_DISMISS})

    def __init__(self, rushes: Rushes) -> None:
        """Talk to ``rushes``, which authorises every call."""
        self._rushes = rushes

    async def ordered(self, actor: Actor, conversation_id: str, order: Order) -> View:
        """Answer a sentence with the unit that is shortest; nothing is released before a tap."""
        del conversation_id
        found = await self._rushes.relief(actor, order.count)
        if not found:
            raise Refused(Refusal.UNKNOWN_DRAFT)
        return ReliefView(relief=max(found, key=_urgency))

    async def tapped(self, actor: Actor, conversation_id: str, tap: Tap) -> View:
        """Answer a tap."""
        del conversation_id
        if tap.verb in (Verb.RUSH, Verb.RUSH_DISMISS):
            call = self._rushes.rush if tap.verb is Verb.RUSH else self._rushes.dismiss
            return ReliefView(relief=await call(actor, needed(tap.subject_id)))
        unit_id, chosen = needed(tap.inputs.get(verbs.UNIT)), _chosen(tap)
        act = self._rushes.release if tap.verb is Verb.RELEASE else self._rushes.weigh
        return ReliefView(relief=await act(actor, unit_id, chosen, tap.subject_id))


def _urgency(relief: Relief) -> tuple[float, int]:
    return (max((one.fte for one in relief.shortages), default=0.0), len(relief.candidates))


def _chosen(tap: Tap) -> list[str]:
    ids = several(tap.inputs.get(verbs.SESSIONS))
    return list(dict.fromkeys(ids))[:MOST_RELEASED]
