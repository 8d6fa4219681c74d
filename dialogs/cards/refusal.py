"""A refusal with nothing else to show."""

from collections.abc import Iterator

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
    line = text(refusal_words(words, view.refusal, view.facts))
    again = [] if view.refusal in NO_RETRY else [tap(words.say("Start again"), Verb.START, {})]
    yield card([box([line], "warning")], [*again, tap(words.say("Help"), Verb.HELP, {})])
