"""The dialog behind the message action: whom to meet is known, when is asked.

A dialog knows ``Action.Submit`` only. Of the message nothing is shown: it may hold anything.
"""

from collections.abc import Iterator

from dialogs import verbs
from dialogs.agenda_views import ShareView
from dialogs.cards.components import NOTHING, Element, aside, card, date_input, heading, text
from dialogs.wording import Words, clean


def share_cards(view: ShareView, words: Words) -> Iterator[Element]:
    """Yield the dialog."""
    data = {verbs.ATTENDEES: view.person_id, verbs.TYPE: view.type_id, **NOTHING}
    title = words.say("{type} with {name}", type=clean(view.type_name), name=clean(view.name))
    submit = {
        "type": "Action.Submit",
        "title": words.say("Find a time"),
        "style": "positive",
        "data": data,
    }
    yield card(
        [
            heading(title),
            text(words.say("I look for the best time and answer in our own chat.")),
            date_input(verbs.FIRST, words.say("From"), view.dates.start.isoformat()),
            date_input(verbs.LAST, words.say("To"), view.dates.last.isoformat()),
            aside(words.say("The message is neither quoted nor kept.")),
        ],
        [submit],
    )
