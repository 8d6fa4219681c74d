"""An agent's own wish: what became of it for the agent, the answer to it for the manager.

It may be read on a locked screen: no reason is in it, for none was asked for.
"""

from collections.abc import Iterator

from dialogs import verbs
from dialogs.agenda_views import PetitionView
from dialogs.cards.components import NOTHING, Element, aside, card, heading, subject_data, tap, text
from dialogs.verbs import Verb
from dialogs.wording import Words, clean, mark
from scheduling.domain.petitions import PetitionState
from scheduling.workflows.petitions_port import PetitionFacts

OWN = {
    PetitionState.OPEN: mark("… {manager} has it, and will choose a time or say no."),
    PetitionState.BOOKED: mark(
        "✓ {manager} has chosen a time. “my sessions” shows it once booked."
    ),
    PetitionState.DECLINED: mark("✗ {manager} cannot make it for now. You can ask again later."),
    PetitionState.WITHDRAWN: mark("↩ You took it back."),
    PetitionState.LAPSED: mark("○ It was not answered in time. You can ask again."),
}
THEIRS = {
    PetitionState.OPEN: mark("{agent} would like a time with you. No reason is needed."),
    PetitionState.BOOKED: mark("✓ A time was chosen for {agent}."),
    PetitionState.DECLINED: mark("✗ {agent} was told politely that it does not fit for now."),
    PetitionState.WITHDRAWN: mark("↩ {agent} took it back."),
    PetitionState.LAPSED: mark("○ It was not answered in time."),
}


def petition_cards(view: PetitionView, words: Words) -> Iterator[Element]:
    """Yield the wish as its reader sees it."""
    wish = view.petition
    other = wish.manager_name if wish.mine else wish.agent_name
    title = words.say("{type} with {name}", type=clean(wish.type_name), name=clean(other))
    state = words.say(
        (OWN if wish.mine else THEIRS)[wish.state],
        manager=clean(wish.manager_name),
        agent=clean(wish.agent_name),
    )
    asked = words.say("Asked for on {day}", day=words.dated(wish.created_at))
    yield card([heading(title), text(state), aside(asked)], _actions(wish, words))


def _actions(wish: PetitionFacts, words: Words) -> list[Element]:
    if wish.state is not PetitionState.OPEN:
        return []
    data = subject_data(wish.id, wish.version)
    if wish.mine:
        return [
            tap(words.say("Check now"), Verb.PETITION, data),
            tap(words.say("Take it back"), Verb.WITHDRAW_PETITION, data),
        ]
    find = {verbs.ATTENDEES: wish.agent_id, verbs.TYPE: wish.type_id, **NOTHING}
    return [
        tap(words.say("Show the best times"), Verb.ASK_FOR, find, style="positive"),
        not_for_now(wish, words),
    ]


def wish_line(wish: PetitionFacts | None, words: Words) -> list[Element]:
    """Return whose wish a proposal answers, or nothing."""
    if wish is None:
        return []
    return [text(words.say(THEIRS[wish.state], agent=clean(wish.agent_name), manager=""))]


def not_for_now(wish: PetitionFacts, words: Words) -> Element:
    """Return the polite no."""
    data = subject_data(wish.id, wish.version)
    return tap(words.say("Not for now"), Verb.DECLINE_PETITION, data)
