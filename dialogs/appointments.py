"""Who is who: an administrator finds a person, and gives roles, an account or a deputy."""

from collections.abc import Awaitable
from datetime import date

from dialogs import verbs
from dialogs.orders import Order, OrderKind
from dialogs.setup_views import PeopleView, StandingView
from dialogs.taps import Tap, needed, several
from dialogs.verbs import Verb
from dialogs.views import View
from scheduling.domain.people import Actor, Role
from scheduling.domain.refusals import Refusal, Refused
from scheduling.workflows.appointments_port import AppointmentsDesk, Standing
from scheduling.workflows.setup_form import NOTHING


class AppointmentsTopic:
    """Answers the taps on the cards about people; no sentence leads here."""

    orders: frozenset[OrderKind] = frozenset()
    verbs = frozenset(
        {
            Verb.PEOPLE,
            Verb.PERSON,
            Verb.APPOINT,
            Verb.RECALL,
            Verb.BIND,
            Verb.UNBIND,
            Verb.DEPUTISE,
            Verb.TAKE_BACK,
        }
    )

    def __init__(self, desk: AppointmentsDesk) -> None:
        """Talk to ``desk``, which authorises every call."""
        self._desk = desk

    async def ordered(self, actor: Actor, conversation_id: str, order: Order) -> View:
        """Show the search."""
        del conversation_id, order
        return PeopleView(found=await self._desk.find(actor, ""))

    async def tapped(self, actor: Actor, conversation_id: str, tap: Tap) -> View:
        """Answer a tap; where a guard refused it, the person is shown as they still stand."""
        del conversation_id
        if tap.verb is Verb.PEOPLE:
            return PeopleView(found=await self._desk.find(actor, tap.inputs.get(verbs.NAME, "")))
        if tap.verb is Verb.PERSON:
            chosen = tap.inputs.get(verbs.WHO) or tap.subject_id
            return StandingView(standing=await self._desk.standing(actor, needed(chosen)))
        try:
            standing = await self._change(actor, tap)
        except Refused as refused:
            if refused.refusal is not Refusal.LAST_ADMINISTRATOR:
                raise
            standing = await self._desk.standing(actor, needed(tap.subject_id))
            return StandingView(standing=standing, refusal=refused.refusal)
        return StandingView(standing=standing, changed=standing.wrong is None)

    def _change(self, actor: Actor, tap: Tap) -> Awaitable[Standing]:
        desk, who, inputs = self._desk, needed(tap.subject_id), tap.inputs
        match tap.verb:
            case Verb.APPOINT:
                roles = [
                    Role(role) for role in several(inputs.get(verbs.ROLES)) if role in set(Role)
                ]
                return desk.appoint(actor, who, roles, several(inputs.get(verbs.LEADS)))
            case Verb.RECALL:
                return desk.recall(actor, who)
            case Verb.BIND:
                return desk.bind(actor, who, inputs.get(verbs.ACCOUNT, ""))
            case Verb.UNBIND:
                return desk.unbind(actor, who)
            case Verb.TAKE_BACK:
                return desk.take_back(actor, who, tap.version)
            case _:
                days = (_day(inputs.get(verbs.FIRST)), _day(inputs.get(verbs.LAST)))
                deputy = inputs.get(verbs.DEPUTY, NOTHING)
                return desk.deputise(actor, who, "" if deputy == NOTHING else deputy, *days)


def _day(typed: str | None) -> date | None:
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        return None
