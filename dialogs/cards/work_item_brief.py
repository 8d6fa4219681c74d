"""A work item as everybody in a chat may see it: no name, no reason, no staffing.

It stands in a schedulers' channel that others read too; who decides gets the whole card instead.
"""

from collections.abc import Iterator

from dialogs.cards.components import Element, aside, card, facts, heading, item_data, tap, text
from dialogs.verbs import Verb
from dialogs.views import WorkItemCardView
from dialogs.wording import Words
from dialogs.wording_work_items import CAUSES, STATES


def brief_cards(view: WorkItemCardView, words: Words) -> Iterator[Element]:
    """Yield what it is about in one word, how it stands, and the way to the whole card."""
    item = view.item
    who = words.say("a scheduler")
    body = [
        heading(words.say("Something for the schedulers to decide")),
        text(words.say(CAUSES[item.cause]), weight="Bolder", spacing="None"),
        text(words.say(STATES[item.state], claimed=who, decided=who)),
    ]
    until = item.resolve_by or item.decide_by
    if until is not None and not item.state.decided:
        body.append(facts([(words.say("Decide by"), words.moment(until))]))
    body.append(aside(words.say("Not everybody here decides: details are for schedulers only.")))
    yield card(
        body, [tap(words.say("Show me the details"), Verb.ITEM, item_data(item.id, item.version))]
    )
