"""What Aside can do for this person, with sentences to try."""

from collections.abc import Iterator

from dialogs.cards.components import Element, buttons, card, heading, say_for_me, tap, text
from dialogs.verbs import Verb
from dialogs.views import HelpView
from dialogs.wording import Words, clean, mark
from scheduling.domain.people import ASKERS, Role

ASKING = mark(
    "Tell me whom you want to meet and roughly when. I find the minute that costs "
    "customers least and show what it costs; nothing is booked before you say so."
)
DOING = {
    Role.SCHEDULER: mark("What I cannot place comes to you, with the reasons and ways out."),
    Role.AGENT: mark(
        "I show you your sessions. Where one does not fit, say so; no reason is asked for."
    ),
    Role.ADMINISTRATOR: mark("You decide how I work: meeting types, limits, quiet hours, people."),
}
"""What a role has of Aside besides asking for sessions of others."""


def help_cards(view: HelpView, words: Words) -> Iterator[Element]:
    """Yield the help card."""
    asks = not view.roles.isdisjoint(ASKERS)
    told = [ASKING] if asks else []
    told += [doing for role, doing in DOING.items() if role in view.roles]
    sentences = [*view.examples, *view.orders]
    body = [
        heading(words.say("What I can do")),
        text(_opening(view, words)),
        *(text(words.say(each)) for each in told),
    ]
    if sentences:
        body += [
            text(words.say("For example, write or tap:"), weight="Bolder", spacing="Medium"),
            *(buttons(say_for_me(clean(sentence))) for sentence in sentences),
        ]
    yield card(body, [tap(words.say("Fill in a form"), Verb.START, {})] if asks else [])


def _opening(view: HelpView, words: Words) -> str:
    if view.discarded:
        return words.say("Discarded. Nothing was booked.")
    if view.puzzled_by_message:
        return words.say("I did not understand that. Nothing was booked.")
    return words.say("Hello {name}.", name=clean(view.name))
