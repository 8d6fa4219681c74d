"""The schedulers' queue, by a sentence or a tap; others see how their own requests stand."""

from dialogs import verbs
from dialogs.agenda_views import StatusView
from dialogs.orders import Only, Order, OrderKind
from dialogs.scheduler_views import QueueView
from dialogs.taps import Tap, needed, whole_number
from dialogs.verbs import Verb
from dialogs.views import View, WorkItemCardView
from scheduling.domain.people import Actor
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.requests import WorkItemCause
from scheduling.workflows.agenda_port import AgendaDesk
from scheduling.workflows.queue_port import Filters, QueueDesk, Which

ONLY = {Only.MINE: Which.MINE, Only.OVERDUE: Which.OVERDUE, Only.UNCLAIMED: Which.UNCLAIMED}


class QueueTopic:
    """Answers "queue" and what is tapped on its card."""

    orders = frozenset({OrderKind.QUEUE})
    verbs = frozenset({Verb.QUEUE, Verb.QUEUE_TAKE})

    def __init__(self, queues: QueueDesk, agendas: AgendaDesk) -> None:
        """Talk to ``queues``; who is no scheduler gets their own requests from ``agendas``."""
        self._queues = queues
        self._agendas = agendas

    async def ordered(self, actor: Actor, conversation_id: str, order: Order) -> View:
        """Answer a sentence: "queue for Billing", "my items", "what is overdue"."""
        del conversation_id
        wish = order.wish
        filters = Filters(
            which=next((ONLY[one] for one in ONLY if one in order.only), Which.ALL),
            team_id=await self._queues.team_of(actor, wish.attendee_ids),
            type_id=wish.type_id,
            days=order.days,
        )
        try:
            return QueueView(queue=await self._queues.queue(actor, filters, 0))
        except Refused as refused:
            if refused.refusal is not Refusal.NOT_YOUR_ROLE:
                raise
            return StatusView(requests=await self._agendas.status(actor))

    async def tapped(self, actor: Actor, conversation_id: str, tap: Tap) -> View:
        """Answer a tap; an item that cannot be taken on is shown as it is, with why."""
        del conversation_id
        if tap.verb is Verb.QUEUE:
            page = whole_number(tap.inputs.get(verbs.PAGE)) or 0
            return QueueView(queue=await self._queues.queue(actor, filters_of(tap), page))
        item_id = needed(tap.work_item_id)
        try:
            return WorkItemCardView(item=await self._queues.take(actor, item_id))
        except Refused as refused:
            if refused.refusal in (Refusal.NOT_YOUR_ROLE, Refusal.UNKNOWN_DRAFT):
                raise
            queue = await self._queues.queue(actor, filters_of(tap), 0)
            return QueueView(queue=queue, refusal=refused.refusal, facts=refused.facts)


def filters_of(tap: Tap) -> Filters:
    """Return the filters of a card's inputs; what is none of ours filters nothing."""
    which = tap.inputs.get(verbs.WHICH, "")
    cause = tap.inputs.get(verbs.CAUSE, "")
    team = tap.inputs.get(verbs.TEAM, verbs.NO_END)
    return Filters(
        which=Which(which) if which in set(Which) else Which.ALL,
        cause=WorkItemCause(cause) if cause in set(WorkItemCause) else None,
        team_id=None if team == verbs.NO_END else team,
        type_id=tap.inputs.get(verbs.TYPE),
        days=whole_number(tap.inputs.get(verbs.PERIOD)),
    )
