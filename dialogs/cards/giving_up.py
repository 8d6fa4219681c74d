"""What goes with a part of a course that is given up or cancelled, before anybody taps."""

from collections.abc import Iterator, Mapping

from dialogs import verbs
from dialogs.cards.changes import TITLES, session_title
from dialogs.cards.components import Element, aside, card, heading, subject_data, tap, text
from dialogs.change_views import GivingUpView
from dialogs.verbs import Verb
from dialogs.wording import Words, mark
from scheduling.domain.changes import ChangeKind

SAID: Mapping[Verb, tuple[ChangeKind, str, str]] = {
    Verb.CANNOT: (
        ChangeKind.CANNOT,
        mark(
            "This is a part of a course. Whoever gives one up gives up the parts after it too, and"
            " is given a place again in a later group. What was attended before stays on record."
        ),
        mark("Give up all {n}"),
    ),
    Verb.CANCEL_SESSION: (
        ChangeKind.CANCEL,
        mark(
            "This is a part of a course. The parts after it are cancelled with it, and whoever was"
            " in them is given a place again in a later group. What was attended before stays on"
            " record."
        ),
        mark("Cancel all {n}"),
    ),
}


def giving_up_cards(view: GivingUpView, words: Words) -> Iterator[Element]:
    """Yield what goes together, with its times, and one button."""
    first = view.sessions[0]
    kind, said, button = SAID[view.verb]
    title = session_title(first, words, attends=view.verb is Verb.CANNOT)
    yield card(
        [
            heading(words.say(TITLES[kind], session=title)),
            text(words.say(said)),
            *(text(words.when(one.interval, one.zone), spacing="Small") for one in view.sessions),
            aside(words.say("Nothing changes before you tap.")),
        ],
        [
            tap(
                words.say(button, n=words.number(len(view.sessions))),
                view.verb,
                {**subject_data(first.id), verbs.SURE: "1"},
            )
        ],
    )
