"""A reminder in the thread of a work item. Others read the thread: no attendee is named."""

import re
from collections.abc import Iterator, Mapping

from dialogs.cards.components import Element, card, item_data, mentioning, tap, text
from dialogs.scheduler_views import Mentioned, NudgeView
from dialogs.verbs import Verb
from dialogs.wording import Words, clean, mark
from scheduling.domain.requests import WorkItemState
from scheduling.domain.service_clocks import Nudge

SAID: Mapping[Nudge, str] = {
    Nudge.REMIND: mark("Half of the time is over: decide by {moment} ({distance})."),
    Nudge.TAKE_ON: mark("Nobody has taken this on yet. It is to be decided by {moment}."),
    Nudge.MENTION: mark("Most of the time is over: decide by {moment} ({distance})."),
    Nudge.OVERDUE: mark("⚠ Overdue: this was to be decided by {moment} ({distance})."),
}
MOST_MENTIONED = 20
MARKDOWN = re.compile(r"[\\`*_\[\]~&#]")


def nudge_cards(view: NudgeView, words: Words) -> Iterator[Element]:
    """Yield the reminder."""
    due = view.item.resolve_by or view.item.as_of
    said = words.say(SAID[view.nudge], moment=words.moment(due), distance=words.distance(due))
    people = view.mentioned[:MOST_MENTIONED]
    body = [text(said, weight="Bolder", style="heading")]
    if people:
        names = ", ".join(_at(one) for one in people)
        body.append(text(words.say("For {names}", names=names)))
    made = card(body, _actions(view, words))
    yield mentioning(made, {_at(one): (one.account_id, clean(one.name)) for one in people})


def _at(one: Mentioned) -> str:
    """Return the mention as it stands in the text: nothing in the name may be markup."""
    return f"<at>{MARKDOWN.sub('', clean(one.name))}</at>"


def _actions(view: NudgeView, words: Words) -> list[Element]:
    data = item_data(view.item.id, view.item.version)
    shown = tap(words.say("Show it"), Verb.ITEM, data)
    if view.item.state is not WorkItemState.OPEN:
        return [shown]
    return [tap(words.say("Assign to me"), Verb.ASSIGN, data, style="positive"), shown]
