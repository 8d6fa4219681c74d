"""A work item in the schedulers' channel: enough on the first screen to decide in 20 seconds."""

from collections.abc import Iterator

from dialogs import verbs
from dialogs.cards.charts import against, service_table
from dialogs.cards.components import (
    Element,
    and_more,
    aside,
    box,
    buttons,
    card,
    facts,
    heading,
    hidden,
    item_data,
    required_text,
    show,
    subheading,
    subject_data,
    table,
    tap,
    text,
    toggle,
)
from dialogs.cards.item_facts import asked_words, circumstances, paused_words
from dialogs.cards.refusal import refusal_box
from dialogs.cards.sessions import Attending, capital, coming_words, place_words, title_words
from dialogs.cards.work_item_brief import brief_cards
from dialogs.verbs import Verb
from dialogs.views import WorkItemCardView
from dialogs.wording import Words, clean, mark
from dialogs.wording_refusals import trouble_words
from dialogs.wording_rules import excluded, funnel_words, granted, taken_words
from dialogs.wording_staffing import figures_words, hardest, price_words
from dialogs.wording_work_items import CAUSES, OUTCOMES, STATES, TARGETS
from scheduling.domain.proposals import Unplaced, WayOut
from scheduling.domain.requests import (
    SessionState,
    WorkItemCause,
    WorkItemState,
    WorkItemView,
)

FUNNEL = "funnel"
MOST_APPROVALS = 3
"""More than a scheduler can weigh up in 20 seconds are not offered."""

MOST_FAILED = 10
NOT_DONE = mark("✗ not done: {name}, {target}")
NOT_UNDONE = mark("✗ not undone: {name}, {target}")
NOT_STANDING = mark("✗ no longer as booked: {name}, {target}")

STANDING = frozenset({SessionState.PLANNED, SessionState.BOOKED})
UNDECIDED = frozenset({WorkItemState.OPEN, WorkItemState.CLAIMED})
ROWS = (8, 4, 2)


def work_item_cards(view: WorkItemCardView, words: Words) -> Iterator[Element]:
    """Yield the work item, then the same with fewer rows."""
    if view.brief:
        yield from brief_cards(view, words)
        return
    item = view.item
    for rows in ROWS:
        body = [
            heading(_title(item, words)),
            text(words.say(CAUSES[item.cause]), weight="Bolder", spacing="None"),
            *refusal_box(words, view.refusal, view.facts),
            *([text(paused_words(item.paused, words), spacing="None")] if item.paused else []),
            text(_state(item, words)),
        ]
        if item.state in UNDECIDED or item.state is WorkItemState.AWAITING_SECOND:
            body += _to_decide(item, words, rows)
        else:
            body += _decided(item, words)
        yield card(body, _actions(item, words))


def _title(item: WorkItemView, words: Words) -> str:
    people: tuple[Attending, ...] = (*item.sessions, *item.unplaced)
    return title_words(words, item.type_name, item.ask, people)


def _state(item: WorkItemView, words: Words) -> str:
    somebody = words.say("a scheduler")
    return words.say(
        STATES[item.state],
        claimed=clean(item.claimed_by or somebody),
        decided=clean(item.decided_by or item.claimed_by or somebody),
    )


def _to_decide(item: WorkItemView, words: Words, rows: int) -> list[Element]:
    return [
        *_second(item, words),
        *_left(item, words),
        facts(circumstances(item, words)),
        *_recommended(item, words),
        *_next_best(item, words),
        *(service_table(words, item.days, rows) if len(item.days) > 1 else []),
        *_trouble(item, words),
        *_failed(item, words),
        aside(asked_words(item, words)),
        aside(figures_words(words, item.as_of, item.reconciled)),
        *_why(item, words, rows),
    ]


def _left(item: WorkItemView, words: Words) -> list[Element]:
    """Return who is left of a meeting that lost too many, and whom it needs and has not."""
    if item.cause is not WorkItemCause.TOO_FEW:
        return []
    coming = {one.attendee_id for one in item.sessions if one.state in STANDING}
    away = (one.attendee_name for one in item.sessions if one.attendee_id not in coming)
    needed = words.say(
        "{come} of {all} can come; it needs {least}.",
        come=words.number(len(coming)),
        all=words.number(len(item.ask.attendee_ids)),
        least=words.number(item.ask.least),
    )
    names = words.say("Not there: {names}", names=words.listed(dict.fromkeys(away)))
    when = [text(words.when(one.interval, one.zone), weight="Bolder") for one in item.sessions[:1]]
    return [box([*when, text(needed), text(names)], "warning")]


def _second(item: WorkItemView, words: Words) -> list[Element]:
    if item.state is not WorkItemState.AWAITING_SECOND:
        return []
    line = words.say(
        "This goes below the staffing floor. Confirm it only if you are neither the requester nor "
        "the one who forced it."
    )
    return [box([text(line)], "warning")]


def _recommended(item: WorkItemView, words: Words) -> list[Element]:
    if not item.ways_out:
        if item.cause is not WorkItemCause.NOT_PLACED:
            return []
        line = words.say("There is no way out that can be granted: force it, or send it back.")
        return [box([text(line)])]
    best = item.ways_out[0]
    lines = [
        text(words.say("Recommended"), isSubtle=True, size="Small"),
        text(
            words.when(best.option.interval, _zone(best, item)),
            size="Large",
            weight="Bolder",
            spacing="None",
        ),
        *_for_whom(best, item, words),
        text(_granting(best, words), spacing="None"),
        facts(_price(best, item, words)),
        *_approve(item, words, 0),
    ]
    return [box(lines)]


def _person(way: WayOut, item: WorkItemView) -> Unplaced | None:
    """Return the person whose time a way out shows."""
    return next((one for one in item.unplaced if one.attendee_id in way.attendee_ids[:1]), None)


def _zone(way: WayOut, item: WorkItemView) -> str:
    person = _person(way, item)
    return person.zone if person else item.zone


def _for_whom(way: WayOut, item: WorkItemView, words: Words) -> list[Element]:
    """Return for whom the shown time is, where more than one person has none."""
    person = _person(way, item)
    if person is not None and person.names:
        return [text(capital(coming_words(words, way.option, person)), spacing="None")]
    if person is None or len(item.unplaced) == 1:
        return []
    name = clean(person.attendee_name)
    line = words.say("for {name} only", name=name)
    if len(way.attendee_ids) > 1:
        helped = words.number(len(way.attendee_ids))
        line = words.say("for {name}, one of {n} people", name=name, n=helped)
    return [text(line, spacing="None")]


def _granting(way: WayOut, words: Words) -> str:
    return words.say(
        "{place} · you grant: {granted}",
        place=place_words(words, way.option.place, way.option.room_name),
        granted=granted(words, way.rules),
    )


def _approve(item: WorkItemView, words: Words, index: int) -> list[Element]:
    """Return the button that grants a way out and says so; nothing once it cannot be granted."""
    if item.state not in UNDECIDED:
        return []
    way = item.ways_out[index]
    start = way.option.interval.start
    # Where several read it their times differ; the whole time stands above the button.
    when = words.day(start.astimezone(words.zone).date()) if words.shared else words.dated(start)
    title = words.say("Approve {when}", when=when)
    if len(way.attendee_ids) > 1:
        title = words.say("Approve for {n} people", n=words.number(len(way.attendee_ids)))
    data = {**item_data(item.id, item.version), verbs.WAY_OUT: str(index)}
    style = {"style": "positive"} if index == 0 else {}
    return [buttons(tap(title, Verb.APPROVE, data, **style))]


def _price(way: WayOut, item: WorkItemView, words: Words) -> list[tuple[str, str]]:
    """Return net staffing, the day's service level against its goal, and people moved."""
    pairs = [(words.say("Net staffing"), _net(way, words))]
    day = hardest(item.days)
    if day:
        level = words.say(
            "{before} → {after} (goal {goal})",
            before=words.percent(day.before),
            after=against(words, day.after, day.goal),
            goal=words.percent(day.goal),
        )
        pairs += [
            (words.say("Service level that day"), level),
            (words.say("At +10% volume"), against(words, day.stressed, day.goal)),
        ]
    used = words.say(
        "{used} of {allowed} used this week",
        used=words.number(item.offline_used),
        allowed=words.minutes(item.offline_allowed),
    )
    pairs += [
        # Approving books one more session; it never moves one that is already booked.
        (words.say("Moved"), words.say("nobody")),
        (words.say("Offline time"), used),
    ]
    return pairs


def _net(way: WayOut, words: Words) -> str:
    return words.say(
        "{before} → {after}", before=words.net(way.net_before), after=words.net(way.net_after)
    )


def _next_best(item: WorkItemView, words: Words) -> list[Element]:
    shown: list[Element] = []
    for index, way in enumerate(item.ways_out[1:MOST_APPROVALS], start=1):
        price = words.say(
            "Net staffing {net}; {price}",
            net=_net(way, words),
            price=price_words(words, way.option.price),
        )
        when = words.when(way.option.interval, _zone(way, item))
        shown += [
            text(when, weight="Bolder", spacing="Medium"),
            *_for_whom(way, item, words),
            text(_granting(way, words), spacing="None"),
            text(price, spacing="None"),
            *_approve(item, words, index),
        ]
    return [subheading(words.say("Next best")), *shown] if shown else []


def _trouble(item: WorkItemView, words: Words) -> list[Element]:
    return [text(trouble_words(words, item.trouble))] if item.trouble else []


def _failed(item: WorkItemView, words: Words) -> list[Element]:
    """Return which writes were given up, and for whom."""
    lines = []
    not_done = NOT_STANDING if item.cause is WorkItemCause.DRIFT else NOT_DONE
    for name, one in item.failed[:MOST_FAILED]:
        said = NOT_UNDONE if one.undoing else not_done
        target = words.say(TARGETS[one.target])
        lines.append(text(words.say(said, name=clean(name), target=target), spacing="Small"))
    return [*lines, *and_more(words, len(item.failed) - len(lines))]


def _why(item: WorkItemView, words: Words, rows: int) -> list[Element]:
    """Return the counts per rule, one tap away."""
    if not item.unplaced:
        return []
    shown: list[Element] = []
    for each in item.unplaced[:rows]:
        shown.append(text(clean(each.attendee_name), weight="Bolder"))
        shown.append(_funnel(each, words))
    shown += and_more(words, len(item.unplaced) - rows)
    return [toggle(words.say("Why no time was found"), FUNNEL), hidden(FUNNEL, shown)]


def _funnel(unplaced: Unplaced, words: Words) -> Element:
    cuts = [step for step in unplaced.funnel if step.before > step.after]
    if not cuts:
        return text(funnel_words(words, unplaced))
    left = unplaced.funnel[-1].after
    taken = [[taken_words(words, unplaced, left), "", ""]] if left else []
    return table(
        [words.say("Rule"), words.say("Leaves out"), words.say("Left")],
        [
            [
                excluded(words, step.rule),
                words.number(step.before - step.after),
                words.number(step.after),
            ]
            for step in cuts
        ]
        + taken,
        [5, 2, 2],
    )


def _decided(item: WorkItemView, words: Words) -> list[Element]:
    """Return what came of it."""
    lines: list[Element] = []
    if item.request_state in OUTCOMES and item.state is not WorkItemState.SENT_BACK:
        lines.append(text(words.say(OUTCOMES[item.request_state]), weight="Bolder"))
    lines += [
        text(
            words.say(
                "{name}: {when}",
                name=clean(item.type_name if item.ask.together else each.attendee_name),
                when=words.when(each.interval, each.zone),
            ),
            spacing="Small",
        )
        for each in item.sessions[: 1 if item.ask.together else 10]
    ]
    return [*lines, *_trouble(item, words)]


def _actions(item: WorkItemView, words: Words) -> list[Element]:
    data = item_data(item.id, item.version)
    if item.state is WorkItemState.AWAITING_SECOND:
        confirm = tap(words.say("Confirm as second"), Verb.CONFIRM_FORCE, data, style="positive")
        return [confirm, _send_back(words, data)]
    if item.state not in UNDECIDED:
        return []
    assign = tap(words.say("Assign to me"), Verb.ASSIGN, data)
    claim = [assign] if item.state in UNDECIDED else []
    if item.cause is WorkItemCause.TOO_FEW:
        keep = tap(words.say("Keep it"), Verb.KEEP, data, style="positive")
        cancel = words.say("Cancel and tell everyone")
        return [*claim, keep, tap(cancel, Verb.CANCEL, subject_data(item.request_id))]
    if item.cause is WorkItemCause.NOT_PLACED:
        way_on = _force(words, data)
    else:
        way_on = tap(words.say("Try again"), Verb.TRY_AGAIN, data, style="positive")
    return [*claim, way_on, _send_back(words, data)]


def _force(words: Words, data: Element) -> Element:
    reason = required_text(
        verbs.REASON,
        words.say("Why it must be (kept in the audit record only)"),
        words.say("Please write a reason."),
    )
    return show(words.say("Force"), [reason], [tap(words.say("Force it"), Verb.FORCE, data)])


def _send_back(words: Words, data: Element) -> Element:
    note = required_text(
        verbs.NOTE,
        words.say("Note to the requester"),
        words.say("Please write what they should change."),
    )
    return show(words.say("Send back"), [note], [tap(words.say("Send back"), Verb.SEND_BACK, data)])
