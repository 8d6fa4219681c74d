"""Changing a booked session: an order or a tap finds the session, and one card does the rest.

One session that fits is gone on with; where several do, one card asks which. Words alone give nothing
up: what cancels or frees a session is a tap.
"""

from dataclasses import replace
from datetime import date

from dialogs import verbs
from dialogs.change_views import (
    ChangeCardView,
    GivingUpView,
    SwapChoicesView,
    WhichSessionView,
)
from dialogs.orders import Order, OrderKind
from dialogs.register_views import SubstituteView
from dialogs.taps import Tap, needed, whole_number
from dialogs.verbs import Verb
from dialogs.views import View
from dialogs.windows import read_window
from scheduling.domain.changes import ChangedSession, ChangeKind, ChangeView
from scheduling.domain.people import Actor
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.times import DAY, DateRange, WallWindow
from scheduling.workflows.changes_port import Changes, Sought
from scheduling.workflows.trainers_port import SubstituteDesk

ORDERED = {
    OrderKind.MOVE: Verb.MOVE_SESSION,
    OrderKind.CANCEL: Verb.CANCEL_SESSION,
    OrderKind.CANNOT: Verb.CANNOT,
    OrderKind.SWAP: Verb.SWAP,
}
"""What each order does with the session that is meant."""

OWN = frozenset({OrderKind.CANNOT, OrderKind.SWAP})
"""Orders about sessions that the speaker attends."""

GIVEN_UP = {Verb.CANCEL_SESSION: ChangeKind.CANCEL, Verb.CANNOT: ChangeKind.CANNOT}
"""What may take later parts of a course with it, which is said first."""

MOST_DAYS = 92


class ChangesTopic:
    """Answers orders to move, cancel, swap or give up a session, and the taps on their cards."""

    orders = frozenset(ORDERED)
    verbs = frozenset(
        {
            Verb.MOVE_SESSION,
            Verb.CANCEL_SESSION,
            Verb.CANNOT,
            Verb.SWAP,
            Verb.MOVE_TO,
            Verb.CHANGE,
            Verb.CHANGE_UNDO,
            Verb.CHANGE_DROP,
            Verb.SWAP_ASK,
            Verb.SWAP_AGREE,
            Verb.SWAP_DECLINE,
        }
    )

    def __init__(self, changes: Changes, substitutes: SubstituteDesk) -> None:
        """Ask ``changes``, and of what somebody leads ``substitutes``; each authorises every call."""
        self._changes = changes
        self._substitutes = substitutes

    async def ordered(self, actor: Actor, conversation_id: str, order: Order) -> View:
        """Find the session that is meant, and do with it what was ordered."""
        del conversation_id
        wish, moves = order.wish, order.kind is OrderKind.MOVE
        sought = Sought(
            attendee_ids=() if order.kind in OWN else wish.attendee_ids,
            type_id=wish.type_id,
            dates=order.was if moves else wish.dates,
            window=None if moves else wish.window,
            own=order.kind in OWN,
        )
        found = await self._changes.sessions(actor, sought)
        verb = ORDERED[order.kind]
        where = (wish.dates, wish.window) if moves else (None, None)
        if not found and order.kind is OrderKind.CANNOT:
            return await self._cannot_lead(actor, wish.dates, wish.window)
        if not found:
            raise Refused(Refusal.NO_SUCH_SESSION)
        if verb is Verb.CANCEL_SESSION and sought.attendee_ids:
            found = await self._with_parts(actor, sought, found)
        if len(found) > 1 or verb in GIVEN_UP:
            return WhichSessionView(verb=verb, sessions=found, dates=where[0], window=where[1])
        if verb is Verb.SWAP and len(wish.attendee_ids) == 1:
            return await self._swap_with(actor, found[0].id, wish.attendee_ids[0])
        return await self._begin(actor, verb, found[0].id, *where, sure=False)

    async def _with_parts(
        self, actor: Actor, sought: Sought, found: tuple[ChangedSession, ...]
    ) -> tuple[ChangedSession, ...]:
        """Return beside each meeting of several the part in it of whoever was named."""
        if not any(one.gathers for one in found):
            return found
        alone = await self._changes.sessions(actor, replace(sought, alone=True))
        known = {one.id for one in found}
        return (*found, *(one for one in alone if one.id not in known))

    async def _cannot_lead(
        self, actor: Actor, dates: DateRange | None, window: WallWindow | None
    ) -> View:
        """Ask whether it is a session of a course that the speaker leads and cannot."""
        led = await self._substitutes.led(actor, dates, window)
        if not led:
            raise Refused(Refusal.NO_SUCH_SESSION)
        return SubstituteView(led=led, asks=True)

    async def tapped(self, actor: Actor, conversation_id: str, tap: Tap) -> View:
        """Answer a tap; a refusal is said on the card of the change that it is about."""
        del conversation_id
        subject = needed(tap.subject_id)
        if tap.verb in set(ORDERED.values()):
            found = await self._changes.sessions(actor, Sought(request_id=subject))
            if len(found) > 1:
                return WhichSessionView(verb=tap.verb, sessions=found)
            session_id = found[0].id if found else subject
            sure = verbs.SURE in tap.inputs
            return await self._begin(actor, tap.verb, session_id, *_where(tap), sure=sure)
        if tap.verb is Verb.SWAP_ASK:
            return await self._ask(actor, subject, tap.inputs.get(verbs.PEER, ""))
        try:
            return ChangeCardView(change=await self._go_on(actor, subject, tap))
        except Refused as refused:
            if refused.refusal is Refusal.UNKNOWN_DRAFT:
                raise
            change = await self._changes.change(actor, subject)
            return ChangeCardView(change=change, refusal=refused.refusal, facts=refused.facts)

    async def _begin(
        self,
        actor: Actor,
        verb: Verb,
        session_id: str,
        dates: DateRange | None,
        window: WallWindow | None,
        *,
        sure: bool,
    ) -> View:
        if verb in GIVEN_UP and not sure:
            together = await self._changes.depending(actor, session_id, GIVEN_UP[verb])
            if together:
                return GivingUpView(verb=verb, sessions=together)
        match verb:
            case Verb.CANCEL_SESSION:
                return ChangeCardView(change=await self._changes.cancel(actor, session_id))
            case Verb.CANNOT:
                return ChangeCardView(change=await self._changes.cannot(actor, session_id))
            case Verb.SWAP:
                return SwapChoicesView(choices=await self._changes.swaps(actor, session_id))
        change = await self._changes.propose_move(actor, session_id, dates, window)
        return ChangeCardView(change=change)

    async def _go_on(self, actor: Actor, change_id: str, tap: Tap) -> ChangeView:
        match tap.verb:
            case Verb.MOVE_TO:
                option = whole_number(tap.inputs.get(verbs.OPTION))
                chosen = -1 if option is None else option
                return await self._changes.move(actor, change_id, tap.version, chosen)
            case Verb.CHANGE_UNDO:
                return await self._changes.undo(actor, change_id)
            case Verb.CHANGE_DROP:
                return await self._changes.drop(actor, change_id)
            case Verb.SWAP_AGREE | Verb.SWAP_DECLINE:
                agree = tap.verb is Verb.SWAP_AGREE
                return await self._changes.answer_swap(actor, change_id, tap.version, agree=agree)
        return await self._changes.change(actor, change_id)

    async def _swap_with(self, actor: Actor, session_id: str, person_id: str) -> View:
        """Ask the one session of a peer who was named; else show all that can be asked."""
        choices = await self._changes.swaps(actor, session_id)
        theirs = [one for one in choices.peers if one.attendee_id == person_id]
        if len(theirs) == 1:
            return await self._ask(actor, session_id, theirs[0].id)
        refusal = None if theirs else Refusal.NO_SWAP
        return SwapChoicesView(choices=choices, refusal=refusal)

    async def _ask(self, actor: Actor, session_id: str, peer_id: str) -> View:
        try:
            change = await self._changes.ask_swap(actor, session_id, peer_id)
        except Refused as refused:
            if refused.refusal is not Refusal.NO_SWAP:
                raise
            choices = await self._changes.swaps(actor, session_id)
            return SwapChoicesView(choices=choices, refusal=refused.refusal)
        return ChangeCardView(change=change)


def _where(tap: Tap) -> tuple[DateRange | None, WallWindow | None]:
    """Return the dates and times of day on a card; what cannot be read is as if it were empty."""
    return _dates(tap), _window(tap)


def _dates(tap: Tap) -> DateRange | None:
    first, last = tap.inputs.get(verbs.FIRST, ""), tap.inputs.get(verbs.LAST, "")
    try:
        start = date.fromisoformat(first or last)
        found = DateRange(start, date.fromisoformat(last or first) + DAY)
    except (ValueError, OverflowError):
        return None
    return found if found.end - found.start <= MOST_DAYS * DAY else None


def _window(tap: Tap) -> WallWindow | None:
    try:
        return read_window(tap.inputs.get(verbs.WINDOW, verbs.ANY_TIME))
    except ValueError:
        return None
