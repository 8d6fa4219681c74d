"""Pausing and resuming auto-scheduling, by a sentence or a tap."""

from datetime import UTC, datetime, time

from dialogs import verbs
from dialogs.orders import Order, OrderKind
from dialogs.scheduler_views import PauseView
from dialogs.taps import Tap
from dialogs.verbs import Verb
from dialogs.views import View
from dialogs.wishes import Wish
from scheduling.domain.people import Actor
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.times import DAY, MIDNIGHT, WallWindow, at_wall, zone_of
from scheduling.ports.clock import Clock
from scheduling.workflows.pausing_port import Pauses

FARTHEST = datetime(2100, 1, 1, tzinfo=UTC)


class PauseTopic:
    """Answers "pause" with the card on which it is done, and "resume" by resuming."""

    orders = frozenset({OrderKind.PAUSE, OrderKind.RESUME})
    verbs = frozenset({Verb.PAUSING, Verb.PAUSE, Verb.RESUME})

    def __init__(self, pauses: Pauses, clock: Clock) -> None:
        """Talk to ``pauses``, which authorises every call."""
        self._pauses = pauses
        self._clock = clock

    async def ordered(self, actor: Actor, conversation_id: str, order: Order) -> View:
        """Answer a sentence; "until Friday" or "until 5 pm" is offered as the end."""
        del conversation_id
        if order.kind is OrderKind.RESUME:
            return PauseView(standing=await self._pauses.resume(actor))
        standing = await self._pauses.standing(actor)
        return PauseView(standing=standing, chosen=self._end(order.wish, standing.zone))

    def _end(self, wish: Wish, zone: str) -> datetime | None:
        """Return the end that was said; a time without a date is the next such time."""
        clock, now = _clock_of(wish.window), self._clock.now()
        if wish.dates:
            return at_wall(wish.dates.last, clock or MIDNIGHT, zone)
        if clock is None:
            return None
        today = now.astimezone(zone_of(zone)).date()
        ends = (at_wall(today + n * DAY, clock, zone) for n in (0, 1))
        return next(end for end in ends if end > now)

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


def _clock_of(window: WallWindow | None) -> time | None:
    """Return the time of "until 5 pm", read as times up to it, or of "until 9:00", as from it on."""
    if window is None:
        return None
    return window.end if window.start == MIDNIGHT else window.start


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
