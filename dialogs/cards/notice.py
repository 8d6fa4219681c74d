"""A short message to somebody whom a request concerns.

It may be read by an attendee on a locked screen: it names the facilitator, the time and the
place, never a reason, a note, or another attendee.
"""

from collections.abc import Iterator

from dialogs.cards.components import Element, aside, card, heading, text
from dialogs.cards.sessions import place_words
from dialogs.views import NoticeView
from dialogs.wording import Words, clean, mark
from scheduling.domain.requests import Target, TargetState
from scheduling.ports.notifier import NoticeKind

KINDS = {
    NoticeKind.BOOKED: mark("New in your schedule: a session led by {name}"),
    NoticeKind.CANCELLED: mark("Cancelled: a session led by {name}"),
}
INVITED = frozenset({TargetState.DONE, TargetState.UNDONE})
"""Who got an invite has it, or its cancellation, in the calendar."""


def notice_cards(view: NoticeView, words: Words) -> Iterator[Element]:
    """Yield the notice; times only where the request is about one session."""
    request = view.request
    name = clean(request.facilitator_name)
    body = [heading(words.say(KINDS[view.kind], name=name))]
    if len(request.sessions) == 1:
        (session,) = request.sessions
        when = words.when(session.interval, session.zone)
        body.append(text(when, weight="Bolder"))
        if view.kind is not NoticeKind.CANCELLED:
            place = place_words(words, session.place, session.room_name)
            body.append(text(place, spacing="None"))
    if any(each.targets.get(Target.INVITE) in INVITED for each in request.sessions):
        body.append(aside(words.say("Your calendar shows the details.")))
    yield card(body)
