"""The schedulers' queue: what waits for a decision and by when, whose it is, and which tickets wait."""

from collections.abc import Iterator

from dialogs import verbs
from dialogs.cards.components import (
    NOTHING,
    Element,
    and_more,
    aside,
    box,
    card,
    choices,
    heading,
    item_data,
    rows_of,
    subheading,
    tap,
    text,
)
from dialogs.cards.item_facts import paused_words, until_words
from dialogs.cards.refusal import refusal_box
from dialogs.scheduler_views import QueueView
from dialogs.verbs import Verb
from dialogs.wording import Words, clean, mark
from dialogs.wording_work_items import CAUSES
from scheduling.domain.requests import WorkItemState
from scheduling.workflows.queue_port import Queue, QueuedItem, WaitingTicket, Which

WHICH = {
    Which.ALL: mark("all"),
    Which.MINE: mark("mine"),
    Which.UNCLAIMED: mark("nobody's"),
    Which.OVERDUE: mark("overdue"),
}
MOST_TEAMS = (100, 30, 10)


def queue_cards(view: QueueView, words: Words) -> Iterator[Element]:
    """Yield a page of the queue, then the same with fewer teams to choose from."""
    queue = view.queue
    for most in MOST_TEAMS:
        yield card(
            [
                heading(words.say("Queue")),
                *refusal_box(words, view.refusal, view.facts),
                text(_summary(queue, words)),
                *_paused(queue, words),
                *_items(queue, words),
                *_tickets(queue, words),
                subheading(words.say("Show only")),
                *_filters(queue, words, most),
            ],
            _actions(queue, words),
        )


PAUSED = mark("▲ Auto-scheduling is paused.")


def _paused(queue: Queue, words: Words) -> list[Element]:
    if queue.paused is None:
        return []
    said = paused_words(queue.paused, words)
    return [box([text(words.say(PAUSED)), text(said, spacing="Small")], "warning")]


def _summary(queue: Queue, words: Words) -> str:
    if not queue.undecided:
        return words.say("✓ Nothing waits for a decision.")
    return words.say(
        "{undecided} · {unclaimed} · {overdue}",
        undecided=words.count("{n} to decide", "{n} to decide", queue.undecided),
        unclaimed=words.count("{n} not taken on", "{n} not taken on", queue.unclaimed),
        overdue=words.count("{n} overdue", "{n} overdue", queue.overdue),
    )


def _items(queue: Queue, words: Words) -> list[Element]:
    if not queue.items:
        return [text(words.say("Nothing fits these filters."))] if queue.undecided else []
    lines = [_item(one, words) for one in queue.items]
    if queue.pages > 1:
        page = words.say(
            "Page {page} of {pages}",
            page=words.number(queue.page + 1),
            pages=words.number(queue.pages),
        )
        lines.append(aside(page))
    return lines


def _title(type_name: str, names: tuple[str, ...], words: Words) -> str:
    kind = clean(type_name)
    return words.say("{type} with {names}", type=kind, names=words.listed(names)) if names else kind


def _item(item: QueuedItem, words: Words) -> Element:
    owner = words.say("nobody has taken it on")
    if item.mine:
        owner = words.say("yours")
    elif item.owner_name:
        owner = clean(item.owner_name)
    if item.state is WorkItemState.AWAITING_SECOND:
        owner = words.say("{owner}, waits for a second scheduler", owner=owner)
    due = words.say("decide as soon as you can")
    if item.resolve_by:
        due = words.say("decide by {until}", until=until_words(item.resolve_by, words))
    number = words.number(item.ticket)
    data = item_data(item.id, item.version)
    acts = [tap(words.say("Open no. {ticket}", ticket=number), Verb.ITEM, data)]
    if not item.mine and item.state is not WorkItemState.AWAITING_SECOND:
        title = words.say("Take on no. {ticket}", ticket=number)
        acts.append(tap(title, Verb.QUEUE_TAKE, data))
    return box(
        [
            text(_title(item.type_name, item.names, words), weight="Bolder"),
            text(words.say(CAUSES[item.cause]), spacing="None"),
            text(due, spacing="None"),
            aside(_since(item, owner, words)),
            *rows_of(acts),
        ]
    )


def _since(item: QueuedItem, owner: str, words: Words) -> str:
    return words.say(
        "{owner} · waiting since {since} ({distance}) · asked for by {name}",
        owner=owner,
        since=words.moment(item.created_at),
        distance=words.distance(item.created_at),
        name=clean(item.requester_name),
    )


def _tickets(queue: Queue, words: Words) -> list[Element]:
    if not queue.tickets:
        return [aside(words.say("No ticket waits for its turn."))]
    waiting = words.count(
        "{n} ticket waits for its turn", "{n} tickets wait for their turn", queue.waiting
    )
    lines = [
        subheading(waiting),
        *(text(_ticket(one, words), spacing="Small") for one in queue.tickets),
    ]
    return [*lines, *and_more(words, queue.waiting - len(queue.tickets))]


def _ticket(one: WaitingTicket, words: Words) -> str:
    return words.say(
        "{position}. No. {ticket}: {title}, asked for by {name} {distance}",
        position=words.number(one.position),
        ticket=words.number(one.ticket),
        title=_title(one.type_name, one.names, words),
        name=clean(one.requester_name),
        distance=words.distance(one.created_at),
    )


def _filters(queue: Queue, words: Words, most: int) -> list[Element]:
    chosen = queue.filters
    any_of = (verbs.NO_END, words.say("any"))
    which = [(one.value, words.say(said)) for one, said in WHICH.items()]
    causes = [any_of, *((one.value, words.say(said)) for one, said in CAUSES.items())]
    fields = [
        choices(verbs.WHICH, words.say("Work items"), which, chosen.which.value),
        choices(verbs.CAUSE, words.say("Cause"), causes, chosen.cause or verbs.NO_END),
    ]
    picked = chosen.team_id if chosen.team_id in queue.teams else None
    teams = dict(list(queue.teams.items())[:most])
    if picked:
        teams[picked] = queue.teams[picked]
    if teams:
        named = [any_of, *((team, clean(name)) for team, name in teams.items())]
        fields.append(choices(verbs.TEAM, words.say("Team"), named, picked or verbs.NO_END))
    return fields


def _actions(queue: Queue, words: Words) -> list[Element]:
    actions = [tap(words.say("Show"), Verb.QUEUE, NOTHING, style="positive")]
    if queue.page:
        actions.append(tap(words.say("Previous page"), Verb.QUEUE, _page(queue, queue.page - 1)))
    if queue.page + 1 < queue.pages:
        actions.append(tap(words.say("Next page"), Verb.QUEUE, _page(queue, queue.page + 1)))
    title = words.say("Auto-scheduling")
    return [*actions, tap(title, Verb.PAUSING, NOTHING)]


def _page(queue: Queue, number: int) -> Element:
    """Return what asks for a page; what the card has no input for goes with it."""
    said = {verbs.TYPE: queue.filters.type_id, verbs.PERIOD: queue.filters.days}
    return {**NOTHING, verbs.PAGE: str(number)} | {k: str(v) for k, v in said.items() if v}


def same_page(queue: Queue) -> Element:
    """Return what asks for the same page of the same queue again."""
    chosen = queue.filters
    return {
        **_page(queue, queue.page),
        verbs.WHICH: chosen.which.value,
        verbs.CAUSE: chosen.cause or verbs.NO_END,
        verbs.TEAM: chosen.team_id or verbs.NO_END,
    }
