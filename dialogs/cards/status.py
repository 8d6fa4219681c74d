"""What is under way for its reader: each request with its state, its place in the queue, and Open."""

from collections.abc import Iterator

from dialogs.agenda_views import StatusView
from dialogs.cards.components import (
    Element,
    aside,
    box,
    buttons,
    card,
    heading,
    subject_data,
    tap,
    text,
)
from dialogs.cards.request import status_lines
from dialogs.verbs import Verb
from dialogs.wording import Words, clean
from scheduling.domain.requests import RequestView

ROWS = (8, 4)


def status_cards(view: StatusView, words: Words) -> Iterator[Element]:
    """Yield the requests, newest first, then fewer of them."""
    for most in ROWS:
        yield card([heading(words.say("Under way")), *_requests(view, words, most)])


def _requests(view: StatusView, words: Words, most: int) -> list[Element]:
    requests = view.requests
    if not requests and view.others:
        return [
            text(words.say("Nothing of that is under way.")),
            aside(words.say("Write “status” for all that is.")),
        ]
    if not requests:
        return [
            text(words.say("Nothing is under way: every request of yours is booked or over.")),
            aside(words.say("Write “my meetings” to see what is booked.")),
        ]
    lines = [_one(each, words) for each in requests[:most]]
    if rest := len(requests) - most if len(requests) > most else 0:
        lines.append(aside(words.count("and {n} older one", "and {n} older ones", rest)))
    return lines


def _one(request: RequestView, words: Words) -> Element:
    title = words.say(
        "{type} with {names}",
        type=clean(request.type_name),
        names=words.listed(request.attendee_names),
    )
    open_it = words.say("Open no. {ticket}", ticket=words.number(request.ticket))
    return box(
        [
            text(title, weight="Bolder"),
            *status_lines(request, words),
            buttons(tap(open_it, Verb.REQUEST, subject_data(request.id))),
        ]
    )
