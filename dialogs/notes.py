"""Notes: added by a sentence or on a card, changed and deleted by who wrote them."""

from dialogs import verbs
from dialogs.agenda_views import NotesView
from dialogs.orders import Order, OrderKind
from dialogs.taps import Tap, needed
from dialogs.verbs import Verb
from dialogs.views import View
from scheduling.domain.people import Actor
from scheduling.domain.refusals import Refusal, Refused
from scheduling.workflows.notes_port import NotesDesk


class NotesTopic:
    """Answers what is about notes; their words are never in a log."""

    orders = frozenset({OrderKind.NOTE})
    verbs = frozenset({Verb.NOTES, Verb.SAVE_NOTE, Verb.DELETE_NOTE})

    def __init__(self, notes: NotesDesk) -> None:
        """Keep and read through ``notes``."""
        self._notes = notes

    async def ordered(self, actor: Actor, conversation_id: str, order: Order) -> View:
        """Note what was said on the session that is meant; without words, show the field."""
        del conversation_id
        if any(each.field == verbs.ATTENDEES for each in order.problems):
            raise Refused(Refusal.NOTHING_TO_NOTE)
        subject = await self._notes.latest(actor, order.wish.attendee_ids)
        if not order.prose.strip():
            return NotesView(noted=await self._notes.notes(actor, subject))
        return NotesView(noted=await self._notes.write(actor, subject, order.prose))

    async def tapped(self, actor: Actor, conversation_id: str, tap: Tap) -> View:
        """Show, save or delete."""
        del conversation_id
        subject, note_id = needed(tap.subject_id), tap.inputs.get(verbs.NOTE_ID) or None
        try:
            if tap.verb is Verb.SAVE_NOTE:
                text = tap.inputs.get(verbs.NOTE, "")
                return NotesView(noted=await self._notes.write(actor, subject, text, note_id))
            if tap.verb is Verb.DELETE_NOTE and note_id:
                return NotesView(noted=await self._notes.delete(actor, subject, note_id))
        except Refused as refused:
            if refused.refusal not in {Refusal.EMPTY_NOTE, Refusal.TOO_MANY}:
                raise
            noted = await self._notes.notes(actor, subject)
            return NotesView(
                noted=noted, editing=note_id, refusal=refused.refusal, facts=refused.facts
            )
        return NotesView(noted=await self._notes.notes(actor, subject), editing=note_id)
