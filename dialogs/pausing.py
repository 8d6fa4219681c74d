"""Pausing and resuming auto-scheduling, by a sentence or a tap."""

from datetime import UTC, datetime

from dialogs import verbs
from dialogs.orders import Order, OrderKind
from dialogs.scheduler_views import PauseView
from dialogs.taps import Tap
from dialogs.verbs import Verb
from dialogs.views import View
from scheduling.domain.people import Actor
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.times import MIDNIGHT, DateRange, at_wall
from scheduling.workflows.pausing_port import Pauses

FARTHEST = datetime(2100, 1, 1, tzinfo=UTC)


class PauseTopic:
    """Answers "pause" with the card on which it is done, and "resume" by resuming."""

    orders = frozenset({OrderKind.PAUSE, OrderKind.RESUME})
    verbs = frozenset({Verb.PAUSING, Verb.PAUSE, Verb.RESUME})

    def __init__(self, pauses: Pauses) -> None:
        """Talk to ``pauses``, which authorises every call."""
        self._pauses = pauses

    async def ordered(self, actor: Actor, conversation_id: str, order: Order) -> View:
        """Answer a sentence; "until Friday" is offered as the end."""
        del conversation_id
        if order.kind is OrderKind.RESUME:
            return PauseView(standing=await self._pauses.resume(actor))
        standing = await self._pauses.standing(actor)
        return PauseView(standing=standing, chosen=_begin(order.wish.dates, standing.zone))

    async def tapped(self, actor: Actor, conversation_id: str, tap: Tap) -> View:
        """Answer a tap; an end that has passed is said on the card."""
        del conversation_id
        if tap.verb is Verb.RESUME:
            return PauseView(standing=await self._pauses.resume(actor))
        if tap.verb is Verb.PAUSING:
            return PauseView(standing=await self._pauses.standing(actor))
        try:
            return PauseView(standing=await self._pauses.pause(actor, _until(tap)))
        except Refused as refused:
            if refused.refusal not in (Refusal.PAST, Refusal.STALE):
                raise
            standing = await self._pauses.standing(actor)
            return PauseView(standing=standing, refusal=refused.refusal, facts=refused.facts)


def _begin(dates: DateRange | None, zone: str) -> datetime | None:
    return at_wall(dates.last, MIDNIGHT, zone) if dates else None


def _until(tap: Tap) -> datetime | None:
    """Return the chosen end, None for none; STALE for what no card of ours offers."""
    chosen = tap.inputs.get(verbs.UNTIL, "")
    if chosen == verbs.NO_END:
        return None
    try:
        until = datetime.fromisoformat(chosen)
    except ValueError:
        raise Refused(Refusal.STALE) from None
    if until.tzinfo is None or until >= FARTHEST:
        raise Refused(Refusal.STALE)
    return until.astimezone(UTC)
