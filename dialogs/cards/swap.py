"""With whom an agent may swap a session: the peers' times to choose from."""

from collections.abc import Iterator

from dialogs import verbs
from dialogs.cards.changes import TITLES, session_title, with_words
from dialogs.cards.components import (
    Element,
    aside,
    card,
    choices,
    heading,
    subject_data,
    tap,
    text,
)
from dialogs.cards.refusal import refusal_box
from dialogs.change_views import SwapChoicesView
from dialogs.verbs import Verb
from dialogs.wording import Words
from scheduling.domain.changes import ChangeKind


def swap_cards(view: SwapChoicesView, words: Words) -> Iterator[Element]:
    """Yield the choice of a peer's time; each was checked by the rules that booked it."""
    session, peers = view.choices.session, view.choices.peers
    title = session_title(session, words, attends=True)
    body = [
        heading(words.say(TITLES[ChangeKind.SWAP], session=title)),
        *refusal_box(words, view.refusal, view.facts),
        text(
            words.say("Yours: {when}", when=words.when(session.interval, session.zone)),
            weight="Bolder",
        ),
    ]
    if not peers:
        none = words.say(
            "There is nobody with whom you could swap now. You can say that you can't come; then a "
            "new time is looked for."
        )
        data = subject_data(session.id)
        yield card([*body, text(none)], [tap(words.say("I can't"), Verb.CANNOT, data)])
        return
    options = [
        (one.id, with_words(words, words.when(one.interval, one.zone), one.attendee_name))
        for one in peers
    ]
    yield card(
        [
            *body,
            choices(
                verbs.PEER,
                words.say("Whose time would you take?"),
                options,
                options[0][0],
                style="expanded",
            ),
            aside(words.say("They are asked, and both of you move or neither does.")),
        ],
        [tap(words.say("Ask them"), Verb.SWAP_ASK, subject_data(session.id), style="positive")],
    )
