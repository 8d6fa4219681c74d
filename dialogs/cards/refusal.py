"""A refusal: the box on top of a card, or the whole card where there is nothing else to show."""

from collections.abc import Iterator, Mapping

from dialogs.cards.components import Element, box, card, tap, text
from dialogs.verbs import Verb
from dialogs.views import RefusalView
from dialogs.wording import Words
from dialogs.wording_refusals import refusal_words
from scheduling.domain.refusals import Refusal

NO_RETRY = frozenset({Refusal.UNKNOWN_PERSON, Refusal.NOT_YOUR_ROLE, Refusal.DUPLICATE})
"""Refusals after which starting again would only be refused again."""


def refusal_cards(view: RefusalView, words: Words) -> Iterator[Element]:
    """Yield the refusal's card."""
    again = [] if view.refusal in NO_RETRY else [tap(words.say("Start again"), Verb.START, {})]
    yield card(
        refusal_box(words, view.refusal, view.facts),
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
