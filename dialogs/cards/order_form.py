"""The one card that asks what an order left open."""

from collections.abc import Iterator

from dialogs import verbs
from dialogs.cards.components import (
    Element,
    card,
    date_input,
    heading,
    number_input,
    tap,
    text_input,
)
from dialogs.cards.form import OFFERED, ask_inputs, problem_lines, suggested_ids
from dialogs.drafting import from_payload
from dialogs.taps import MAX_PROSE
from dialogs.verbs import SUBJECT, Verb
from dialogs.views import OrderFormView
from dialogs.wording import Words, clean
from dialogs.wording_problems import FIELDS

_MOST = 999


def order_form_cards(view: OrderFormView, words: Words) -> Iterator[Element]:
    """Yield the form, then the same with fewer people to choose from."""
    suggested = suggested_ids(view.problems)
    wish = from_payload(view.payload)
    for offered in OFFERED:
        inputs = ask_inputs(words, view.roster, wish, offered, suggested, view.inputs)
        yield card(
            [
                heading(words.say("Almost there")),
                *problem_lines(words, view.problems),
                *inputs,
                *(each for name in view.inputs for each in _own(name, view, words)),
            ],
            [
                tap(words.say("Go on"), Verb.ORDER, {SUBJECT: view.kind}, style="positive"),
                tap(words.say("Help"), Verb.HELP, {}),
            ],
        )


def _own(name: str, view: OrderFormView, words: Words) -> list[Element]:
    """Return the input that only orders have, nothing for those that requests have too."""
    if name in view.numbers:
        return [number_input(name, words.say(FIELDS[name]), view.numbers[name], 1, _MOST)]
    if name == verbs.WAS:
        was = view.was.isoformat() if view.was else ""
        return [date_input(name, words.say(FIELDS[name]), was)]
    if name == verbs.NOTE:
        return [text_input(name, words.say(FIELDS[name]), clean(view.prose, MAX_PROSE), MAX_PROSE)]
    return []
