"""An earlier time while it is quiet, offered to an agent; and whether they want to be offered any."""

from collections.abc import Iterator

from dialogs.cards.components import (
    NOTHING,
    Element,
    aside,
    box,
    card,
    heading,
    subject_data,
    tap,
    text,
)
from dialogs.cards.sessions import place_words
from dialogs.scheduler_views import EarlierView, EarlyOfferView
from dialogs.verbs import Verb
from dialogs.wording import Words, clean, mark
from scheduling.domain.changes import ChangeState
from scheduling.domain.offers import OfferState, OfferView

ENDED = {
    OfferState.CLOSED: mark("This offer is over. Your session stays as it was."),
    OfferState.GONE: mark(
        "Somebody was faster, or it is quiet no more. Your session stays as it was."
    ),
}
MOVING = mark("… You took it: your session is being moved.")
MOVED = mark("✓ Your session was moved.")
NOT_MOVED = mark("The earlier time was not to be had after all. Your session stays as it was.")


def offer_cards(view: EarlyOfferView, words: Words) -> Iterator[Element]:
    """Yield the offer, or what became of it."""
    offer = view.offer
    session = offer.session
    when = words.when(offer.option.interval, session.zone)
    led = words.say(
        "{place}, led by {name}",
        place=place_words(words, offer.option.place, offer.option.room_name),
        name=clean(session.facilitator_name),
    )
    yield card(
        [
            heading(words.say("It is quiet: earlier?")),
            text(when, weight="Bolder", size="Large"),
            text(led, spacing="None"),
            *_state(offer, words),
        ],
        _actions(offer, words),
    )


def _state(offer: OfferView, words: Words) -> list[Element]:
    session = offer.session
    if offer.state is OfferState.OPEN:
        now = words.say(
            "Instead of {when} ({type}).",
            when=words.when(session.interval, session.zone),
            type=clean(session.type_name),
        )
        until = words.say(
            "The offer stands until {moment}. If you do nothing, nothing changes.",
            moment=words.moment(offer.expires_at),
        )
        return [text(now), aside(until)]
    if offer.state is not OfferState.ACCEPTED:
        return [box([text(words.say(ENDED[offer.state]))])]
    if offer.moving is ChangeState.DONE:
        return [box([text(words.say(MOVED))], "good")]
    under_way = offer.moving is None or offer.moving.open
    return [box([text(words.say(MOVING if under_way else NOT_MOVED))])]


def _actions(offer: OfferView, words: Words) -> list[Element]:
    if offer.state is not OfferState.OPEN:
        return [tap(words.say("My sessions"), Verb.AGENDA, NOTHING)]
    data = subject_data(offer.id, offer.version)
    return [
        tap(words.say("Take it"), Verb.EARLY_TAKE, data, style="positive"),
        tap(words.say("No, thanks"), Verb.EARLY_LEAVE, data),
    ]


def earlier_cards(view: EarlierView, words: Words) -> Iterator[Element]:
    """Yield whether earlier times are offered, and what that means."""
    if view.wanted:
        state = words.say("✓ You are offered earlier times when it is quiet.")
        switch = tap(words.say("No earlier times"), Verb.EARLIER_OFF, NOTHING)
    else:
        state = words.say("You are not offered earlier times.")
        switch = tap(
            words.say("Offer me earlier times"), Verb.EARLIER_ON, NOTHING, style="positive"
        )
    how = words.say(
        "When there is little to do, you may be asked whether a session of yours can be at once, "
        "with the same facilitator. You have a few minutes to take it; if you do nothing, nothing "
        "changes."
    )
    yield card(
        [heading(words.say("Earlier if quiet")), text(state, weight="Bolder"), text(how)],
        [switch, tap(words.say("My sessions"), Verb.AGENDA, NOTHING)],
    )
