"""A short message to somebody whom a request concerns.

It may be read by an attendee on a locked screen: it names the facilitator, the time and the
place, never a reason, a note, or another attendee.
"""

from collections.abc import Iterator

from dialogs.cards.components import Element, aside, card, heading, text
from dialogs.cards.sessions import place_words
from dialogs.views import NoticeView
from dialogs.wording import Words, clean, mark

KINDS = {
    "booked": mark("New in your calendar: a session with {name}"),
    "moved": mark("Your session with {name} has a new time"),
    "room_changed": mark("Your session with {name} has a new place"),
    "undone": mark("Your session with {name} is cancelled"),
    "cancelled": mark("Your session with {name} is cancelled"),
    "reminder": mark("Your session with {name} starts soon"),
}
OTHER = mark("Your session with {name} has changed")
OVER = frozenset({"undone", "cancelled"})


def notice_cards(view: NoticeView, words: Words) -> Iterator[Element]:
    """Yield the notice; times only where the request is about one session."""
    request = view.request
    name = clean(request.facilitator_name)
    body = [heading(words.say(KINDS.get(view.kind, OTHER), name=name))]
    if len(request.sessions) == 1:
        (session,) = request.sessions
        when = words.when(session.interval, session.zone)
        body.append(text(when, weight="Bolder"))
        if view.kind not in OVER:
            place = place_words(words, session.place, session.room_name)
            body.append(text(place, spacing="None"))
    body.append(aside(words.say("Your calendar shows the details.")))
    yield card(body)
