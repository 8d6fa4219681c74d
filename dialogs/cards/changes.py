"""A change of one session: the times to choose from, the question to a peer, and what came of it.

An attendee reads when a session is and who leads it; what staffing says is for who may decide.
"""

from collections.abc import Iterator, Mapping, Sequence

from dialogs import verbs
from dialogs.cards.charts import service_table, staffing
from dialogs.cards.components import (
    Element,
    aside,
    box,
    buttons,
    card,
    facts,
    heading,
    hidden,
    rows_of,
    subject_data,
    table,
    tap,
    text,
    toggle,
)
from dialogs.cards.course_part import move_next, out_of_order, part_line
from dialogs.cards.form import date_inputs, window_input
from dialogs.cards.proposal import freshness
from dialogs.cards.refusal import refusal_box
from dialogs.cards.sessions import coming_words, option_words, place_words, unplaced_lines
from dialogs.change_views import ChangeCardView
from dialogs.verbs import Verb
from dialogs.wording import Words, clean, mark
from dialogs.wording_refusals import trouble_words
from dialogs.wording_selfcare import CAUSES
from dialogs.wording_staffing import cost_sentence, price_words, tightest
from scheduling.domain.changes import ChangedSession, ChangeKind, ChangeState, ChangeView
from scheduling.domain.proposals import Option, Proposal, ProposedSession
from scheduling.domain.requests import SessionState

ELSEWHERE = "elsewhere"
MOST_ACTIONS = 3

TITLES: Mapping[ChangeKind, str] = {
    ChangeKind.MOVE: mark("Move: {session}"),
    ChangeKind.SWAP: mark("Swap: {session}"),
    ChangeKind.CANCEL: mark("Cancel: {session}"),
    ChangeKind.CANNOT: mark("Can't come: {session}"),
    ChangeKind.RELEASE: mark("Release: {session}"),
}

STATES: Mapping[tuple[ChangeKind | None, ChangeState], str] = {
    (None, ChangeState.QUEUED): mark("… In the queue"),
    (None, ChangeState.WRITING): mark("… Being changed everywhere"),
    (ChangeKind.MOVE, ChangeState.DONE): mark("✓ Moved"),
    (ChangeKind.SWAP, ChangeState.DONE): mark("✓ Swapped"),
    (ChangeKind.CANCEL, ChangeState.DONE): mark("✗ Cancelled: everyone is told in their own day"),
    (ChangeKind.CANNOT, ChangeState.DONE): mark("✓ You are free at that time"),
    (ChangeKind.RELEASE, ChangeState.DONE): mark("✓ Released: the time is free again"),
    (ChangeKind.SWAP, ChangeState.ASKED): mark("… Waiting for an answer"),
    (None, ChangeState.TAKEN): mark(
        "✗ Not changed: the time was taken by somebody else first. The session stays where it was."
    ),
    (None, ChangeState.UNPLACED): mark("✗ Not changed: no time was found"),
    (None, ChangeState.FAILED): mark("✗ Not changed: the session stays where it was"),
    (None, ChangeState.EXPIRED): mark("○ This swap did not come about; nothing was changed"),
    (None, ChangeState.DROPPED): mark("○ Nothing was changed"),
}

GOOD = frozenset({ChangeState.DONE})
BAD = frozenset({ChangeState.TAKEN, ChangeState.UNPLACED, ChangeState.FAILED})


def change_cards(view: ChangeCardView, words: Words) -> Iterator[Element]:
    """Yield the change's card, then one without the chart."""
    change = view.change
    for drawn in (True, False):
        yield card(
            [
                heading(_title(change, words)),
                *refusal_box(words, view.refusal, view.facts),
                *_body(change, words, drawn=drawn),
            ],
            _actions(change, words),
        )


def session_title(session: ChangedSession, words: Words, *, attends: bool) -> str:
    """Return what a session is to who attends it, or to who decides on it."""
    if session.gathers and not attends:
        return words.count(
            "{type} with {n} person",
            "{type} with {n} people",
            len(session.names),
            type=clean(session.type_name),
        )
    name = session.facilitator_name if attends else session.attendee_name
    return words.say("{type} with {name}", type=clean(session.type_name), name=clean(name))


def _title(change: ChangeView, words: Words) -> str:
    if change.to_answer:
        session = change.peer or change.session
        what = session_title(session, words, attends=True)
    else:
        what = session_title(change.session, words, attends=change.attends)
    return words.say(TITLES[change.kind], session=what)


def _body(change: ChangeView, words: Words, *, drawn: bool) -> list[Element]:
    why = [text(words.say(CAUSES[change.cause]))] if change.cause else []
    if change.state is ChangeState.PROPOSED and change.proposal:
        times = _times(change, change.proposal, words, drawn=drawn)
        return [*(box([line], "warning") for line in why), *_now(change, words), *times]
    if change.kind is ChangeKind.SWAP:
        return _swap(change, words)
    return [
        box([*_status(change, words)], _mood(change)),
        *_from_to(change, words),
        *_roster(change, words),
        *why,
    ]


def _mood(change: ChangeView) -> str:
    if change.state in BAD:
        return "warning"
    return "good" if change.state in GOOD else "emphasis"


def _status(change: ChangeView, words: Words) -> list[Element]:
    template = STATES.get((change.kind, change.state)) or STATES.get((None, change.state), "")
    lines = [text(words.say(template), weight="Bolder", size="Medium")] if template else []
    if change.trouble and change.state in BAD:
        lines.append(text(trouble_words(words, change.trouble), spacing="Small"))
    if change.kind is ChangeKind.CANNOT and change.state is ChangeState.DONE:
        lines.append(text(_what_next(change, words), spacing="Small"))
    return lines


def _what_next(change: ChangeView, words: Words) -> str:
    name = clean(change.session.facilitator_name)
    if change.session.state is SessionState.BOOKED:
        return words.say("A new time with {name} is booked; your calendar shows it.", name=name)
    if change.session.state is SessionState.CANCELLED:
        return words.say("Nobody is told why. The others meet without you.")
    return words.say(
        "Nobody is told why. Whoever asked for the session with {name} looks for a new time.",
        name=name,
    )


def _from_to(change: ChangeView, words: Words) -> list[Element]:
    session = change.session
    pairs = [(words.say("Before"), words.when(change.was, session.zone))]
    if change.becomes:
        after = option_words(words, change.becomes, session.zone)
        pairs.append((words.say("After"), after))
    if change.kind not in (ChangeKind.MOVE, ChangeKind.SWAP):
        pairs = [(words.say("When"), words.when(change.was, session.zone))]
    return [facts(pairs)]


def _now(change: ChangeView, words: Words) -> list[Element]:
    """Return where the session is, or why it has no time."""
    session, when = change.session, words.when(change.was, change.session.zone)
    name = clean(session.attendee_name)
    if session.state is not SessionState.RELEASED:
        place = place_words(words, session.place, session.room_name)
        now = text(words.say("Now: {when} · {place}", when=when, place=place))
        return [now, *part_line(change, words), *_roster(change, words)]
    if change.why is ChangeKind.CANNOT:
        said = words.say("{name} can't make {when}. That time is free again.", name=name, when=when)
    else:
        said = words.say("{when} was released. {name} needs a new time.", name=name, when=when)
    return [box([text(said, weight="Bolder")], "warning")]


def _roster(change: ChangeView, words: Words) -> list[Element]:
    """Return who is in a meeting of several people, to who decides on it."""
    session = change.session
    if not session.gathers or change.attends:
        return []
    named = words.listed(session.names)
    people = words.count(
        "{n} person: {names}", "{n} people: {names}", len(session.names), names=named
    )
    lines = [text(people, spacing="Small")]
    if change.missing:
        names = words.listed(change.missing)
        missing = words.say("▸ Cannot come at that time: {names}", names=names)
        lines.append(text(missing, spacing="Small"))
    if change.left_out:
        out = words.say(
            "▸ Not in it, and not after a move either: {names}. To have them there, cancel it and"
            " ask again.",
            names=words.listed(change.left_out),
        )
        lines.append(text(out, spacing="Small"))
    return lines


def _effect(words: Words, option: Option, sought: ProposedSession, *, gathers: bool) -> str:
    """Return what a time costs customers, and of a meeting who can come."""
    price = price_words(words, option.price)
    if not gathers:
        return price
    coming = coming_words(words, option, sought)
    return words.say("{price}; {coming}", price=price, coming=coming)


def _leaving(found: Sequence[Option], words: Words) -> list[Element]:
    """Return what becomes of those who cannot come, before anybody chooses a time without them."""
    if not any(option.missing_ids for option in found):
        return []
    said = words.say(
        "Who cannot come at the time you choose is taken off the meeting and told. Such a move "
        "cannot be undone."
    )
    return [text(said, spacing="Small")]


def _times(change: ChangeView, proposal: Proposal, words: Words, *, drawn: bool) -> list[Element]:
    """Return the times with their effect, and the inputs that look elsewhere."""
    session = change.session
    found = [option for one in proposal.sessions for option in one.options][:MOST_ACTIONS]
    if not found:
        return [
            text(words.say("I found no time in these dates."), weight="Bolder"),
            *out_of_order(change, words),
            *unplaced_lines(words, proposal.unplaced),
            *_inputs(change, proposal, words),
        ]
    low = tightest(proposal.curves)
    return [
        table(
            [words.say("When and where"), words.say("Effect on customers")],
            [
                [
                    option_words(words, one, session.zone),
                    _effect(words, one, proposal.sessions[0], gathers=session.gathers),
                ]
                for one in found
            ],
            [3, 2],
        ),
        *_leaving(found, words),
        text(cost_sentence(words, proposal.curves, proposal.days), spacing="Small"),
        *rows_of([*_move_to(found, change, words), *_drop(change, words)]),
        aside(_until(change, proposal, words)),
        *(staffing(words, low[0], drawn=drawn) if low else []),
        *service_table(words, proposal.days),
        aside(freshness(words, proposal)),
        toggle(words.say("Other dates or times"), ELSEWHERE),
        hidden(ELSEWHERE, _inputs(change, proposal, words)),
    ]


def _until(change: ChangeView, proposal: Proposal, words: Words) -> str:
    if change.by_itself:
        return words.say("Nothing changes unless you tap a time, which must still be free then.")
    return words.say(
        "Held for you until {time}; nothing changes before you tap a time.",
        time=words.moment(proposal.held_until),
    )


def _inputs(change: ChangeView, proposal: Proposal, words: Words) -> list[Element]:
    data = subject_data(change.session.id)
    return [
        *date_inputs(words, proposal.ask.dates),
        window_input(words, proposal.ask.window),
        buttons(tap(words.say("Search again"), Verb.MOVE_SESSION, data)),
    ]


def _swap(change: ChangeView, words: Words) -> list[Element]:
    """Return both times as neutral facts, and what a silence means."""
    peer = change.peer or change.session
    own, other = (peer, change.session) if change.to_answer else (change.session, peer)
    peer_was = change.peer_was or change.was
    own_was, other_was = (peer_was, change.was) if change.to_answer else (change.was, peer_was)
    lines: list[Element] = []
    if change.to_answer and change.state is ChangeState.ASKED:
        asks = words.say("{name} asks to swap with you.", name=clean(other.attendee_name))
        lines.append(box([text(asks, weight="Bolder", size="Medium")]))
    else:
        lines.append(box(_status(change, words), _mood(change)))
    mine = words.say("Yours")
    if change.state is ChangeState.DONE:
        own_was, other_was, mine = other_was, own_was, words.say("Yours now")
    pairs = [
        (mine, with_words(words, words.when(own_was, own.zone), own.facilitator_name)),
        (
            clean(other.attendee_name),
            with_words(words, words.when(other_was, other.zone), other.facilitator_name),
        ),
    ]
    lines.append(facts(pairs))
    if change.state is ChangeState.ASKED and change.expires_at:
        lines.append(aside(_silence(change, other, words)))
    return lines


def with_words(words: Words, when: str, name: str) -> str:
    """Return a time with the name of whoever else is there."""
    return words.say("{when} with {name}", when=when, name=clean(name))


def _silence(change: ChangeView, other: ChangedSession, words: Words) -> str:
    until = words.moment(change.expires_at) if change.expires_at else ""
    if change.to_answer:
        return words.say(
            "No answer until {time} is a no. Nobody asks you for a reason, and {name} does not "
            "learn whether you said no or did not answer.",
            time=until,
            name=clean(other.attendee_name),
        )
    return words.say(
        "Both sessions stay where they are until {name} agrees, and for good where there is no "
        "answer until {time}.",
        name=clean(other.attendee_name),
        time=until,
    )


def _actions(change: ChangeView, words: Words) -> list[Element]:
    data = subject_data(change.id, change.version)
    match change.state:
        case ChangeState.PROPOSED if change.proposal:
            if change.proposal.sessions:
                return []
            return [*move_next(change, change.proposal, words), *_drop(change, words)]
        case ChangeState.ASKED if change.to_answer:
            return [
                tap(words.say("Agree"), Verb.SWAP_AGREE, data, style="positive"),
                tap(words.say("No, keep mine"), Verb.SWAP_DECLINE, data),
            ]
        case ChangeState.ASKED:
            back = tap(words.say("Take it back"), Verb.CHANGE_DROP, data)
            return [back] if change.mine else []
        case ChangeState.QUEUED | ChangeState.WRITING:
            return [tap(words.say("Check now"), Verb.CHANGE, data)]
    return _afterwards(change, words, data)


def _move_to(found: Sequence[Option], change: ChangeView, words: Words) -> list[Element]:
    data = subject_data(change.id, change.version)
    return [
        tap(
            words.say("Move to {when}", when=words.start(one.interval)),
            Verb.MOVE_TO,
            {**data, verbs.OPTION: n},
            **({"style": "positive"} if n == 0 else {}),
        )
        for n, one in enumerate(found)
    ]


def _drop(change: ChangeView, words: Words) -> list[Element]:
    if not change.mine and not (change.by_itself and not change.attends):
        return []
    booked = change.session.state is not SessionState.RELEASED
    title = words.say("Leave it as it is") if booked else words.say("Not now")
    return [tap(title, Verb.CHANGE_DROP, subject_data(change.id, change.version))]


def _afterwards(change: ChangeView, words: Words, data: Element) -> list[Element]:
    """Return what can be done once a change has ended: undo it, or look for another time."""
    actions: list[Element] = []
    if change.undo_until and change.undo_until > words.now:
        title = words.say("Undo (until {time})", time=words.moment(change.undo_until))
        actions.append(tap(title, Verb.CHANGE_UNDO, data))
    again = change.kind is ChangeKind.MOVE and not change.attends and not change.by_itself
    if again and change.state in (ChangeState.TAKEN, ChangeState.FAILED, ChangeState.DROPPED):
        title = words.say("Find another time")
        more = subject_data(change.session.id)
        actions.append(tap(title, Verb.MOVE_SESSION, more, style="positive"))
    return actions
