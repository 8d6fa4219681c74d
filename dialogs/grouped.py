"""Work items of one cause, decided together by a tap."""

from dialogs import verbs
from dialogs.orders import Order, OrderKind
from dialogs.scheduler_views import GroupView
from dialogs.taps import Tap, needed
from dialogs.verbs import Verb
from dialogs.views import View
from scheduling.domain.people import Actor
from scheduling.workflows.groups_port import Group, Groups


class GroupTopic:
    """Answers the taps on a group's card; no sentence is about groups."""

    orders: frozenset[OrderKind] = frozenset()
    verbs = frozenset({Verb.GROUP, Verb.GROUP_TRY, Verb.GROUP_SEND_BACK})

    def __init__(self, groups: Groups) -> None:
        """Talk to ``groups``, which authorises every call."""
        self._groups = groups

    async def ordered(self, actor: Actor, conversation_id: str, order: Order) -> View:
        """Raise LookupError: there is no such order."""
        del actor, conversation_id
        raise LookupError(order.kind)

    async def tapped(self, actor: Actor, conversation_id: str, tap: Tap) -> View:
        """Answer a tap: what was shown on the card is decided, not what has joined since."""
        del conversation_id
        return GroupView(group=await self._decided(actor, needed(tap.subject_id), tap))

    async def _decided(self, actor: Actor, group_id: str, tap: Tap) -> Group:
        if tap.verb is Verb.GROUP_TRY:
            return await self._groups.try_all(actor, group_id, tap.version)
        if tap.verb is Verb.GROUP_SEND_BACK:
            note = tap.inputs.get(verbs.NOTE, "").strip()
            return await self._groups.send_all_back(actor, group_id, tap.version, note)
        return await self._groups.group(actor, group_id)
