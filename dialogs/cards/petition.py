"""An agent's own wish: what became of it for the agent, the answer to it for the manager.

It may be read on a locked screen: no reason is in it, for none was asked for.
"""

from collections.abc import Iterator, Sequence

from dialogs import verbs
from dialogs.agenda_views import PetitionView
from dialogs.cards.components import (
    LONGEST_ON_BUTTON,
    NOTHING,
    Element,
    aside,
    card,
    heading,
    subject_data,
    tap,
    text,
)
from dialogs.verbs import Verb
from dialogs.wording import Words, clean, mark
from scheduling.domain.petitions import PetitionState
from scheduling.workflows.petitions_port import PetitionFacts

OWN = {
    PetitionState.OPEN: mark("… {manager} has it, and will choose a time or say no."),
    PetitionState.ARRANGING: mark("… {manager} has said yes. A time is being arranged."),
    PetitionState.BOOKED: mark("✓ Booked for {when}."),
    PetitionState.REOPENED: mark(
        "↺ It is not booked. Your wish is open again: {manager} can choose another time or say no."
    ),
    PetitionState.DECLINED: mark("✗ {manager} cannot make it for now. You can ask again later."),
    PetitionState.WITHDRAWN: mark("↩ You took it back."),
    PetitionState.LAPSED: mark("○ It was not answered in time. You can ask again."),
}
THEIRS = {
    PetitionState.OPEN: mark("{agent} would like a time with you. No reason is needed."),
    PetitionState.ARRANGING: mark("… A time for {agent} is being arranged."),
    PetitionState.BOOKED: mark("✓ Booked with {agent} for {when}."),
    PetitionState.REOPENED: mark(
        "↺ It is not booked. {agent} would still like a time with you. No reason is needed."
    ),
    PetitionState.DECLINED: mark("✗ {agent} was told politely that it does not fit for now."),
    PetitionState.WITHDRAWN: mark("↩ {agent} took it back."),
    PetitionState.LAPSED: mark("○ It was not answered in time."),
}
CHANGES = frozenset({PetitionState.OPEN, PetitionState.ARRANGING, PetitionState.REOPENED})
"""States that are not the last."""


def petition_cards(view: PetitionView, words: Words) -> Iterator[Element]:
    """Yield the wish as its reader sees it."""
    wish = view.petition
    other = wish.manager_name if wish.mine else wish.agent_name
    title = words.say("{type} with {name}", type=clean(wish.type_name), name=clean(other))
    state = _state(wish, words)
    asked = words.say("Asked for on {day}", day=words.dated(wish.created_at))
    yield card([heading(title), text(state), aside(asked)], _actions(wish, words))


def _state(wish: PetitionFacts, words: Words) -> str:
    return words.say(
        (OWN if wish.mine else THEIRS)[wish.state],
        manager=clean(wish.manager_name),
        agent=clean(wish.agent_name),
        when=words.when(wish.booked, wish.zone) if wish.booked else "",
    )


def _actions(wish: PetitionFacts, words: Words) -> list[Element]:
    data = subject_data(wish.id, wish.version)
    shown: list[Element] = []
    if wish.mine and wish.state in CHANGES:
        shown.append(tap(words.say("Check now"), Verb.PETITION, data))
    if not wish.state.open:
        return shown
    if wish.mine:
        return [*shown, tap(words.say("Take it back"), Verb.WITHDRAW_PETITION, data)]
    find = {verbs.ATTENDEES: wish.agent_id, verbs.TYPE: wish.type_id, **NOTHING}
    return [
        tap(words.say("Show the best times"), Verb.ASK_FOR, find, style="positive"),
        not_for_now(wish, words),
    ]


def wish_line(wish: PetitionFacts | None, words: Words) -> list[Element]:
    """Return whose wish a proposal answers, or nothing."""
    return [text(_state(wish, words))] if wish else []


def not_for_now(wish: PetitionFacts, words: Words) -> Element:
    """Return the polite no."""
    data = subject_data(wish.id, wish.version)
    return tap(words.say("Not for now"), Verb.DECLINE_PETITION, data)


Reopened = Sequence[tuple[str, str]]
"""Ids of wishes that are open again, with the names of the agents."""
MOST_BUTTONS = 2


def reopened_line(wishes: Reopened, words: Words) -> list[Element]:
    """Return on a request's card whose wishes it was to answer and did not."""
    if not wishes:
        return []
    line = words.count(
        "The wish of {names} is open again.",
        "The wishes of {names} are open again.",
        len(wishes),
        names=words.listed(wish[1] for wish in wishes),
    )
    return [text(line)]


def to_reopened(wishes: Reopened, words: Words) -> list[Element]:
    """Return the buttons that show them."""
    return [
        tap(
            words.say("Answer {name}", name=clean(name, LONGEST_ON_BUTTON)),
            Verb.PETITION,
            subject_data(wish_id),
        )
        for wish_id, name in wishes[:MOST_BUTTONS]
    ]
