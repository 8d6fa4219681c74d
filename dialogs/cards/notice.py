"""A short message to somebody whom a request concerns.

It may be read by an attendee on a locked screen: it names the facilitator, the time and the
place, never a reason, a note, or another attendee.
"""

from collections.abc import Iterator

from dialogs.cards.components import Element, aside, card, heading, text
from dialogs.cards.sessions import place_words
from dialogs.views import NoticeView
from dialogs.wording import Words, clean, mark
from scheduling.ports.notifier import NoticeKind

KINDS = {
    NoticeKind.BOOKED: mark("New in your calendar: a session led by {name}"),
    NoticeKind.CANCELLED: mark("Cancelled: a session led by {name}"),
    NoticeKind.SENT_BACK: mark("A request came back: please look at its card"),
}
OTHER = mark("A session led by {name} has changed")


def notice_cards(view: NoticeView, words: Words) -> Iterator[Element]:
    """Yield the notice; times only where the request is about one session."""
    request = view.request
    known = view.kind in set(NoticeKind)
    template = KINDS[NoticeKind(view.kind)] if known else OTHER
    name = clean(request.facilitator_name)
    body = [heading(words.say(template, name=name))]
    if len(request.sessions) == 1:
        (session,) = request.sessions
        when = words.when(session.interval, session.zone)
        body.append(text(when, weight="Bolder"))
        if view.kind != NoticeKind.CANCELLED:
            place = place_words(words, session.place, session.room_name)
            body.append(text(place, spacing="None"))
    body.append(aside(words.say("Your calendar shows the details.")))
    yield card(body)
