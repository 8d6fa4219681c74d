"""What is to be done for each person without a time: another by a rule loosened, a scheduler, or none."""

from dialogs import verbs
from dialogs.cards.components import Element, aside, buttons, choices, draft_data, subheading, tap
from dialogs.verbs import Verb
from dialogs.views import ProposalView
from dialogs.wording import Words, clean, mark
from dialogs.wording_rules import granted
from scheduling.domain.people import Role
from scheduling.domain.proposals import Unplaced
from scheduling.workflows.desk_port import ASK, LEAVE

BOOKED_WITH = mark("Those who have a time are booked with it; who is left out is not.")
MOST = 8
"""People who are decided on one by one; of more, all are handed on or left out together."""


def decided_one_by_one(view: ProposalView) -> bool:
    """Whether there is something to choose for each of those without a time."""
    unplaced, ask = view.proposal.unplaced, view.proposal.ask
    if ask.together or not 0 < len(unplaced) <= MOST:
        return False
    return len(unplaced) > 1 or bool(_own_ways(unplaced[0]))


def choosing(view: ProposalView, words: Words) -> list[Element]:
    """Return the inputs and the button that does as they say; nothing where there is no choice."""
    if not decided_one_by_one(view):
        return []
    title = words.count(
        "Decide on {n} person without a time",
        "Decide on {n} people without a time",
        len(view.proposal.unplaced),
    )
    do = tap(words.say("Do as chosen"), Verb.DECIDE, draft_data(view.draft.id, view.draft.version))
    return [
        subheading(title),
        *(_choice(one, words) for one in view.proposal.unplaced),
        *([aside(words.say(BOOKED_WITH))] if view.proposal.sessions else []),
        buttons(do),
    ]


def _own_ways(one: Unplaced) -> list[int]:
    return [n for n, way in enumerate(one.ways_out) if way.granted_by is Role.MANAGER]


def _choice(one: Unplaced, words: Words) -> Element:
    ways = [
        (
            str(n),
            words.say(
                "{when}, by allowing {granted}",
                when=words.start(one.ways_out[n].option.interval, one.zone),
                granted=granted(words, one.ways_out[n].rules),
            ),
        )
        for n in _own_ways(one)
    ]
    others = [(ASK, words.say("Ask a scheduler")), (LEAVE, words.say("Leave out"))]
    return choices(
        f"{verbs.DECISION_PREFIX}{one.attendee_id}",
        clean(one.attendee_name),
        [*ways, *others],
        ASK,
    )
