"""Work items of one cause on one card: what they share, each in a line, and a decision on all."""

from collections.abc import Iterator

from dialogs import verbs
from dialogs.cards.components import (
    Element,
    aside,
    box,
    buttons,
    card,
    heading,
    item_data,
    required_text,
    show,
    subject_data,
    tap,
    text,
)
from dialogs.cards.item_facts import until_words
from dialogs.cards.sessions import Attending, title_words
from dialogs.scheduler_views import GroupView
from dialogs.verbs import Verb
from dialogs.wording import Words, clean
from dialogs.wording_refusals import trouble_words
from dialogs.wording_rules import excluded
from dialogs.wording_work_items import CAUSES, STATES
from scheduling.domain.requests import WorkItemCause, WorkItemView
from scheduling.workflows.groups_port import Group

ROWS = (12, 6, 3)


def group_cards(view: GroupView, words: Words) -> Iterator[Element]:
    """Yield the group, then the same with fewer of its items."""
    group = view.group
    for most in ROWS:
        yield card(
            [
                heading(_title(group, words)),
                *([] if view.brief else _shared(group, words)),
                *_came(group, words),
                text(_state(group, words), weight="Bolder"),
                *([] if view.brief else _items(group, words, most)),
            ],
            _actions(view, words),
        )


def _title(group: Group, words: Words) -> str:
    return words.count(
        "{n} time the same: {cause}",
        "{n} times the same: {cause}",
        group.seen,
        cause=words.say(CAUSES[group.shared.cause]),
    )


def _shared(group: Group, words: Words) -> list[Element]:
    shared, lines = group.shared, []
    if shared.room_name:
        lines.append(words.say("Room: {room}", room=clean(shared.room_name)))
    if shared.rules:
        rules = words.listed(excluded(words, rule) for rule in sorted(shared.rules))
        lines.append(words.say("In the way: {rules}", rules=rules))
    if shared.monday:
        lines.append(words.say("Asked for in the week of {day}", day=words.day(shared.monday)))
    if shared.trouble:
        lines.append(trouble_words(words, shared.trouble))
    return [text(line, spacing="Small") for line in lines]


def _came(group: Group, words: Words) -> list[Element]:
    """Return what came of a decision on all just now."""
    if not (group.done or group.left):
        return []
    lines = [words.count("✓ {n} decided", "✓ {n} decided", group.done)]
    if group.left:
        left = words.count(
            "{n} left: somebody else has it, or it was decided meanwhile",
            "{n} left: somebody else has them, or they were decided meanwhile",
            group.left,
        )
        lines.append(left)
    return [box([text(line, spacing="Small") for line in lines], "good")]


def _state(group: Group, words: Words) -> str:
    if not group.undecided:
        return words.say("✓ All are decided.")
    return words.count("{n} to decide", "{n} to decide", len(group.undecided))


def _items(group: Group, words: Words, most: int) -> list[Element]:
    """Return the undecided items, the newest last; what is decided is a number."""
    shown = group.undecided[:most]
    lines = [_item(item, group.tickets[item.id], words) for item in shown]
    if rest := len(group.undecided) - len(shown):
        more = words.count("and {n} more; see the queue", "and {n} more; see the queue", rest)
        lines.append(aside(more))
    if decided := group.seen - len(group.undecided):
        lines.append(aside(words.count("{n} decided before", "{n} decided before", decided)))
    return lines


def _item(item: WorkItemView, ticket: int, words: Words) -> Element:
    people: tuple[Attending, ...] = (*item.sessions, *item.unplaced)
    who = clean(item.claimed_by or item.decided_by or words.say("a scheduler"))
    until = item.resolve_by or item.decide_by
    state = words.say(STATES[item.state], claimed=who, decided=who)
    if until:
        state = words.say(
            "{state} · decide by {until}", state=state, until=until_words(until, words)
        )
    title = words.say("Open no. {ticket}", ticket=words.number(ticket))
    return box(
        [
            text(title_words(words, item.type_name, item.ask, people), weight="Bolder"),
            text(state, spacing="None"),
            buttons(tap(title, Verb.ITEM, item_data(item.id, item.version))),
        ]
    )


def _actions(view: GroupView, words: Words) -> list[Element]:
    group = view.group
    data = subject_data(group.id, group.seen)
    if view.brief:
        return [tap(words.say("Show me the details"), Verb.GROUP, data)]
    if not group.undecided:
        return []
    note = required_text(
        verbs.NOTE,
        words.say("Note to those who asked"),
        words.say("Please write what they should change."),
    )
    back = words.say("Send all back")
    actions = [show(back, [note], [tap(back, Verb.GROUP_SEND_BACK, data)])]
    if group.shared.cause is not WorkItemCause.NOT_PLACED:
        again = tap(words.say("Try all again"), Verb.GROUP_TRY, data, style="positive")
        actions.insert(0, again)
    return actions
