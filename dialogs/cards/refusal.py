"""A refusal: the box on top of a card, or the whole card where there is nothing else to show."""

from collections.abc import Iterator, Mapping

from dialogs.cards.components import Element, box, card, tap, text
from dialogs.verbs import Verb
from dialogs.views import RefusalView
from dialogs.wording import Words, mark
from dialogs.wording_refusals import refusal_words
from scheduling.domain.refusals import Refusal

NO_RETRY = frozenset({Refusal.UNKNOWN_PERSON, Refusal.NOT_YOUR_ROLE, Refusal.DUPLICATE})
"""Refusals after which starting again would only be refused again."""

AWAY = {
    Refusal.WFM_AWAY: mark(
        "The workforce system does not answer just now. Try again in a few minutes."
    ),
    Refusal.CALENDAR_AWAY: mark(
        "The calendar does not answer just now. Try again in a few minutes."
    ),
    Refusal.SOLVER_AWAY: mark("I could not finish searching in time. Try again in a few minutes."),
}
"""What is said alone where nothing was entered and perhaps nothing to be booked; a form is kept."""


def refusal_cards(view: RefusalView, words: Words) -> Iterator[Element]:
    """Yield the refusal's card."""
    over = view.shared or view.refusal in NO_RETRY
    again = [] if over else [tap(words.say("Start again"), Verb.START, {})]
    said = AWAY.get(view.refusal)
    yield card(
        [box([text(words.say(said))], "warning")]
        if said
        else refusal_box(words, view.refusal, view.facts),
        [*again, tap(words.say("Help"), Verb.HELP, {})],
    )


def too_much_card(words: Words) -> Element:
    """Return the card in place of one that is larger than Teams takes."""
    line = words.say(
        "This is too much for one card. Ask for fewer people or days; nothing is lost."
    )
    return card([box([text(line)], "warning")], [tap(words.say("Help"), Verb.HELP, {})])


def refusal_box(
    words: Words, refusal: Refusal | None, facts: Mapping[str, object]
) -> list[Element]:
    """Return what was refused and why in a box; nothing for no refusal."""
    if refusal is None:
        return []
    return [box([text(refusal_words(words, refusal, facts))], "warning")]
