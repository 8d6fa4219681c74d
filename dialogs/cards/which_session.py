"""The question which session is meant; of one, whether it is to be given up at all."""

from collections.abc import Iterator, Mapping

from dialogs import verbs
from dialogs.cards.changes import session_title
from dialogs.cards.components import (
    LONGEST_ON_BUTTON,
    Element,
    aside,
    card,
    heading,
    subheading,
    subject_data,
    tap,
    text,
)
from dialogs.change_views import WhichSessionView
from dialogs.verbs import Verb
from dialogs.windows import write_window
from dialogs.wording import Words, clean, mark
from scheduling.domain.changes import ChangedSession

MOST_WHICH = 5
"""So many sessions are asked about, each with a button of its own."""

WHICH: Mapping[Verb, tuple[str, str]] = {
    Verb.MOVE_SESSION: (mark("Which session shall I move?"), mark("Move {when}")),
    Verb.CANCEL_SESSION: (mark("Which session shall I cancel?"), mark("Cancel {when}")),
    Verb.CANNOT: (mark("Which session can't you make?"), mark("I can't: {when}")),
    Verb.SWAP: (mark("Which session do you want to swap?"), mark("Swap {when}")),
}

THE_ONE: Mapping[Verb, str] = {
    Verb.CANCEL_SESSION: mark("Cancel this session?"),
    Verb.CANNOT: mark("Can't you make this session?"),
}
"""Where one session is meant and it would be gone: words alone take nothing away."""

FOR_ALL: Mapping[Verb, str] = {
    Verb.MOVE_SESSION: mark("Move for all: {when}"),
    Verb.CANCEL_SESSION: mark("Cancel for all: {when}"),
}


def which_cards(view: WhichSessionView, words: Words) -> Iterator[Element]:
    """Yield the question which session is meant; one button each, the soonest first."""
    question, button = WHICH[view.verb]
    attends = view.verb in (Verb.CANNOT, Verb.SWAP)
    if len(view.sessions) == 1:
        question = THE_ONE.get(view.verb, question)
    body: list[Element] = [heading(words.say(question))]
    actions = []
    for one in view.sessions[:MOST_WHICH]:
        title = session_title(one, words, attends=attends)
        body.append(subheading(title))
        body.append(text(words.when(one.interval, one.zone), spacing="None"))
        label = _which_label(view, one, words) or words.say(button, when=words.start(one.interval))
        actions.append(tap(label, view.verb, {**subject_data(one.id), **_where(view)}))
    if view.verb in THE_ONE:
        body.append(aside(words.say("Nothing changes before you tap.")))
    yield card([*body, *say_the_day(len(view.sessions) - MOST_WHICH, words)], actions)


def say_the_day(rest: int, words: Words) -> list[Element]:
    """Return how many sessions more may be meant, and how to find them; nothing where none is."""
    if rest <= 0:
        return []
    line = words.count(
        "and {n} more; say the day to find it", "and {n} more; say the day to find them", rest
    )
    return [aside(line)]


def _which_label(view: WhichSessionView, one: ChangedSession, words: Words) -> str | None:
    """Return what tells a meeting from a session at the same time, or from one person's part of it."""
    when = words.start(one.interval)
    if one.gathers and view.verb in FOR_ALL:
        return words.say(FOR_ALL[view.verb], when=when)
    if view.verb is Verb.CANCEL_SESSION and any(each.gathers for each in view.sessions):
        name = clean(one.attendee_name, LONGEST_ON_BUTTON)
        return words.say("Only {name}: {time}", name=name, time=words.clock(one.interval.start))
    return None


def _where(view: WhichSessionView) -> Element:
    """Return where a session is to be moved, as a button carries it."""
    where: Element = {}
    if view.dates is not None:
        where[verbs.FIRST] = view.dates.start.isoformat()
        where[verbs.LAST] = view.dates.last.isoformat()
    if view.window is not None:
        where[verbs.WINDOW] = write_window(view.window)
    return where
