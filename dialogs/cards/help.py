"""What Aside can do for this person, with sentences to try."""

from collections.abc import Iterator

from dialogs.cards.components import Element, buttons, card, heading, say_for_me, tap, text
from dialogs.verbs import Verb
from dialogs.views import HelpView
from dialogs.wording import Words, clean


def help_cards(view: HelpView, words: Words) -> Iterator[Element]:
    """Yield the help card."""
    opening = (
        words.say("I did not understand that. Nothing was booked.")
        if view.puzzled_by_message
        else words.say("Hello {name}.", name=clean(view.name))
    )
    body = [
        heading(words.say("What I can do")),
        text(opening),
        text(
            words.say(
                "Tell me whom you want to meet and roughly when. I find the minute that costs "
                "customers least and show what it costs; nothing is booked before you say so."
            )
        ),
    ]
    if view.examples:
        body += [
            text(words.say("For example, write or tap:"), weight="Bolder", spacing="Medium"),
            *(buttons(say_for_me(clean(example))) for example in view.examples),
        ]
    yield card(body, [tap(words.say("Fill in a form"), Verb.START, {})])
