"""What lies ahead: a reader's week and its sessions, their requests, undo, and who is due."""

from dialogs import verbs
from dialogs.agenda_views import (
    AgendaView,
    CadenceView,
    PetitionView,
    SessionCardView,
    StatusView,
)
from dialogs.change_views import ChangeCardView
from dialogs.orders import Order, OrderKind
from dialogs.taps import Tap, day_of, needed
from dialogs.verbs import Verb
from dialogs.views import RequestCardView, View
from dialogs.wishes import Wish
from scheduling.domain.asks import Ask
from scheduling.domain.people import Actor
from scheduling.domain.refusals import Refused
from scheduling.workflows.agenda_port import AgendaDesk
from scheduling.workflows.changes_port import Changes
from scheduling.workflows.desk_port import Desk
from scheduling.workflows.petitions_port import Petitions

USUAL_DAYS = 30


class AgendaTopic:
    """Answers orders about what is planned, and the taps on their cards."""

    orders = frozenset({OrderKind.AGENDA, OrderKind.STATUS, OrderKind.UNDO, OrderKind.CADENCE})
    verbs = frozenset(
        {Verb.AGENDA, Verb.AGENDA_FILE, Verb.SESSION, Verb.ACKNOWLEDGE, Verb.STATUS, Verb.REQUEST}
    )

    def __init__(
        self, agendas: AgendaDesk, desk: Desk, petitions: Petitions, changes: Changes
    ) -> None:
        """Read through ``agendas``; requests are the front ``desk``'s, wishes ``petitions``'.

        What became of a booking is undone by ``changes``.
        """
        self._agendas = agendas
        self._desk = desk
        self._petitions = petitions
        self._changes = changes

    async def ordered(self, actor: Actor, conversation_id: str, order: Order) -> View:
        """Answer a sentence."""
        del conversation_id
        match order.kind:
            case OrderKind.STATUS:
                return await self._status(actor, order.wish)
            case OrderKind.UNDO:
                return await self._undo_last(actor, order.wish)
            case OrderKind.CADENCE:
                return await self._cadence(actor, order)
        day = order.wish.dates.start if order.wish.dates else None
        return AgendaView(agenda=await self._agendas.week(actor, day))

    async def _status(self, actor: Actor, meant: Wish) -> View:
        """Return the requests under way that are meant; for who has none, their own wish."""
        requests = await self._agendas.status(actor)
        wish = None if requests else await self._petitions.waiting(actor)
        if wish:
            return PetitionView(petition=wish)
        shown = tuple(one for one in requests if _is_meant(one.ask, meant))
        return StatusView(requests=shown, others=len(requests) - len(shown))

    async def _undo_last(self, actor: Actor, meant: Wish) -> View:
        """Undo what the actor did last, of whom was named: a booking, or a change of one."""
        last = await self._agendas.last_undoable(actor, meant.attendee_ids, meant.type_id)
        if last.change_id is None:
            return await self._undo(actor, last.request_id)
        try:
            return ChangeCardView(change=await self._changes.undo(actor, last.change_id))
        except Refused as refused:
            change = await self._changes.change(actor, last.change_id)
            return ChangeCardView(change=change, refusal=refused.refusal, facts=refused.facts)

    async def _undo(self, actor: Actor, request_id: str) -> View:
        """Undo a booking; where that is refused, its card says so and offers what is left."""
        try:
            return RequestCardView(request=await self._desk.undo(actor, request_id))
        except Refused as refused:
            request = await self._desk.request(actor, request_id)
            return RequestCardView(request=request, refusal=refused.refusal, facts=refused.facts)

    async def _cadence(self, actor: Actor, order: Order) -> View:
        found = await self._agendas.cadence(
            actor,
            days=order.days or USUAL_DAYS,
            type_id=order.wish.type_id,
            person_ids=order.wish.attendee_ids,
        )
        return CadenceView(cadence=found)

    async def tapped(self, actor: Actor, conversation_id: str, tap: Tap) -> View:
        """Answer a tap."""
        del conversation_id
        match tap.verb:
            case Verb.STATUS:
                return await self._status(actor, Wish())
            case Verb.REQUEST:
                request_id = needed(tap.subject_id)
                return RequestCardView(request=await self._desk.request(actor, request_id))
            case Verb.SESSION | Verb.ACKNOWLEDGE:
                agendas = self._agendas
                call = agendas.session if tap.verb is Verb.SESSION else agendas.acknowledge
                return SessionCardView(item=await call(actor, needed(tap.subject_id)))
        week = day_of(tap.inputs.get(verbs.WEEK))
        return AgendaView(agenda=await self._agendas.week(actor, week))


def _is_meant(ask: Ask, meant: Wish) -> bool:
    """Whether a request is of the type and about somebody that were said, as far as they were."""
    people = not meant.attendee_ids or not set(meant.attendee_ids).isdisjoint(ask.attendee_ids)
    return people and meant.type_id in (None, ask.type_id)
