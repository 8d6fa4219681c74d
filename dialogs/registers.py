"""Registers in the chat: who attended, tapped as exceptions from everybody."""

from collections.abc import Mapping

from dialogs import verbs
from dialogs.orders import Order, OrderKind
from dialogs.register_views import RegisterCardView, RegistersView
from dialogs.taps import Tap, needed, whole_number
from dialogs.verbs import Verb
from dialogs.views import View
from scheduling.domain.people import Actor
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.registers import HIGHEST_SCORE, AttendanceState, Marks
from scheduling.workflows.registers_port import RegisterDesk, RegisterFacts

EXCEPTIONS = tuple(one for one in AttendanceState if one is not AttendanceState.ATTENDED)
TO_CORRECT = frozenset({Refusal.MARKED_TWICE, Refusal.BAD_SCORE})
"""What is told beside what was entered."""
SHOWN_AGAIN = TO_CORRECT | {Refusal.STALE, Refusal.REGISTER_LOCKED}
"""What is told on the register itself, as it is now."""


class RegistersTopic:
    """Answers orders and taps about registers."""

    orders = frozenset({OrderKind.REGISTERS})
    verbs = frozenset({Verb.REGISTERS, Verb.REGISTER, Verb.REGISTER_CHANGE, Verb.REGISTER_CLOSE})

    def __init__(self, desk: RegisterDesk) -> None:
        """Talk to ``desk``, which authorises every call."""
        self._desk = desk

    async def ordered(self, actor: Actor, conversation_id: str, order: Order) -> View:
        """Show the reader's registers; the only one that is to be closed at once."""
        del conversation_id, order
        found = await self._desk.registers(actor)
        waiting = [one for one in found if not one.closed]
        if len(waiting) == 1:
            return RegisterCardView(
                register=await self._desk.register(actor, waiting[0].session_id)
            )
        return RegistersView(registers=found)

    async def tapped(self, actor: Actor, conversation_id: str, tap: Tap) -> View:
        """Answer a tap; a register that was not kept comes back with what was entered."""
        del conversation_id
        if tap.verb is Verb.REGISTERS:
            return RegistersView(registers=await self._desk.registers(actor))
        register = await self._desk.register(actor, needed(tap.subject_id))
        if tap.verb is Verb.REGISTER_CLOSE:
            return await self._close(actor, register, tap)
        editing = tap.verb is Verb.REGISTER_CHANGE
        return RegisterCardView(register=register, editing=editing)

    async def _close(self, actor: Actor, register: RegisterFacts, tap: Tap) -> View:
        marks = marks_of(register, tap.inputs)
        try:
            closed = await self._desk.close(actor, register.session_id, tap.version, marks)
        except Refused as refused:
            if refused.refusal not in SHOWN_AGAIN:
                raise
            fresh = await self._desk.register(actor, register.session_id)
            mine = refused.refusal in TO_CORRECT
            return RegisterCardView(
                register=fresh,
                editing=mine,
                typed=dict(tap.inputs) if mine else None,
                refusal=refused.refusal,
                facts=refused.facts,
            )
        return RegisterCardView(register=closed)


def marks_of(register: RegisterFacts, inputs: Mapping[str, str]) -> Marks:
    """Return what was entered about the people of a register; a score that is none is out of range."""
    if len(register.entries) == 1:
        said = inputs.get(verbs.ATTENDED, "")
        exceptions: dict[AttendanceState, frozenset[str]] = {
            one: frozenset({register.entries[0].person_id}) for one in EXCEPTIONS if one == said
        }
    else:
        exceptions = {
            one: frozenset(filter(None, inputs.get(verbs.EXCEPTION_PREFIX + one, "").split(",")))
            for one in EXCEPTIONS
        }
    typed = {
        one.person_id: inputs.get(verbs.SCORE_PREFIX + one.person_id, "").strip()
        for one in register.entries
    }
    scores = {who: _score(text) for who, text in typed.items() if text}
    return Marks(exceptions=exceptions, scores=scores)


def _score(text: str) -> int:
    number = whole_number(text)
    return HIGHEST_SCORE + 1 if number is None else number
