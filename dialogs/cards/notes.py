"""Notes on a session or request; shown to who may read them, in their own chat only."""

from collections.abc import Iterator

from dialogs import verbs
from dialogs.agenda_views import NotesView
from dialogs.cards.components import (
    Element,
    aside,
    box,
    buttons,
    card,
    heading,
    prose_input,
    subheading,
    subject_data,
    tap,
    text,
)
from dialogs.cards.refusal import refusal_box
from dialogs.verbs import Verb
from dialogs.wording import LONGEST_NOTE, Words, clean
from scheduling.workflows.notes_port import LONGEST, NoteView

ROWS = (5, 3)
"""Notes with a button each, the newest; what is older is counted."""


def notes_cards(view: NotesView, words: Words) -> Iterator[Element]:
    """Yield the notes with the field for another, or for the one that is being changed."""
    noted = view.noted
    about = words.say(
        "{type} with {names}",
        type=clean(noted.type_name),
        names=words.listed(noted.attendees),
    )
    for most in ROWS:
        yield card(
            [
                heading(words.say("Notes")),
                text(about, weight="Bolder"),
                aside(words.say("Only who wrote a note and who leads the session can read it.")),
                *refusal_box(words, view.refusal, view.facts),
                *_written(view, words, most),
                *_field(view, words),
            ],
            _actions(view, words),
        )


def _editing(view: NotesView) -> NoteView | None:
    mine = (one for one in view.noted.notes if one.mine and one.id == view.editing)
    return next(mine, None)


def _written(view: NotesView, words: Words, most: int) -> list[Element]:
    notes = view.noted.notes
    if not notes:
        return [text(words.say("There is no note yet."))]
    lines = [_note(one, view.noted.id, words) for one in notes[-most:]]
    if rest := max(0, len(notes) - most):
        lines.insert(0, aside(words.count("{n} older note", "{n} older notes", rest)))
    return lines


def _note(note: NoteView, subject: str, words: Words) -> Element:
    facts = {"who": clean(note.author_name), "when": words.moment(note.written_at)}
    by = words.say("{who}, {when}, changed since", **facts)
    lines = [
        text(clean(note.text, LONGEST_NOTE)),
        aside(by if note.changed else words.say("{who}, {when}", **facts)),
    ]
    if note.mine:
        change = {**subject_data(subject), verbs.NOTE_ID: note.id}
        lines.append(buttons(tap(words.say("Change"), Verb.NOTES, change)))
    return box(lines)


def _field(view: NotesView, words: Words) -> list[Element]:
    editing = _editing(view)
    title = words.say("Change the note") if editing else words.say("Another note")
    value = editing.text[:LONGEST] if editing else ""
    return [
        subheading(title),
        prose_input(verbs.NOTE, words.say("Note"), value, LONGEST),
    ]


def _actions(view: NotesView, words: Words) -> list[Element]:
    data, editing = subject_data(view.noted.id), _editing(view)
    own = {**data, verbs.NOTE_ID: editing.id} if editing else data
    actions = [tap(words.say("Save"), Verb.SAVE_NOTE, own, style="positive")]
    if editing:
        actions.append(tap(words.say("Delete"), Verb.DELETE_NOTE, own))
        return [*actions, tap(words.say("Leave it as it is"), Verb.NOTES, data)]
    back = Verb.SESSION if view.noted.is_session else Verb.REFRESH
    return [*actions, tap(words.say("Back"), back, data)]
