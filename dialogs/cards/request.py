"""A request on its requester's card, from the queue to booked, undone, or with a scheduler."""

from collections.abc import Iterator
from datetime import datetime

from dialogs import verbs
from dialogs.cards.components import (
    Element,
    and_more,
    box,
    card,
    draft_data,
    facts,
    heading,
    subject_data,
    table,
    tap,
    text,
)
from dialogs.cards.item_facts import paused_words
from dialogs.cards.meeting import booked_lines
from dialogs.cards.petition import reopened_line, to_reopened
from dialogs.cards.refusal import refusal_box
from dialogs.cards.sessions import (
    Attending,
    behalf_line,
    moves_line,
    place_words,
    title_words,
    unplaced_lines,
    without_mailbox_line,
)
from dialogs.places import write_place
from dialogs.verbs import Verb
from dialogs.views import RequestCardView
from dialogs.windows import write_window
from dialogs.wording import LONGEST_NOTE, Words, clean, mark
from dialogs.wording_refusals import trouble_words
from dialogs.wording_work_items import TARGETS, WRITES, writes_words
from scheduling.domain.refusals import Refusal
from scheduling.domain.requests import (
    Remote,
    RequestState,
    RequestView,
    SessionState,
    SessionView,
    Target,
    WorkItemState,
)

STATES = {
    RequestState.QUEUED: mark("… In the queue"),
    RequestState.RESERVED: mark("… Time reserved, about to be booked"),
    RequestState.BOOKING: mark("… Being booked"),
    RequestState.BOOKED: mark("✓ Booked"),
    RequestState.PARTLY_BOOKED: mark("▲ Partly booked"),
    RequestState.TAKEN: mark("✗ Not booked: the time was taken by somebody else first"),
    RequestState.FAILED: mark("✗ Not booked"),
    RequestState.RELEASED: mark("↺ Not booked any more: a new time is needed"),
    RequestState.ESCALATED: mark("… With the schedulers"),
    RequestState.SENT_BACK: mark("↩ Sent back to you, nothing is booked"),
    RequestState.UNDOING: mark("… Being undone"),
    RequestState.UNDONE: mark("↶ Undone: nothing is booked any more"),
    RequestState.CANCELLED: mark("✗ Cancelled: everyone is told in their own day"),
}

WAITING = {
    Remote.WFM: mark(
        "The workforce system has not answered since {time}. It is asked again every minute, and "
        "your request goes on by itself."
    ),
    Remote.CALENDAR: mark(
        "The calendar has not answered since {time}. It is asked again every minute, and your "
        "request goes on by itself."
    ),
    Remote.SOLVER: mark(
        "The search has not answered since {time}. It is asked again every minute, and your "
        "request goes on by itself."
    ),
    Remote.TEAMS: mark(
        "Teams has taken no messages since {time}. Whoever should hear of this is told once it does."
    ),
}

NOTHING_TO_CANCEL = mark("✗ Cancelled: nothing had been booked")

HANDLING = {
    WorkItemState.OPEN: mark("The schedulers have it; nobody has taken it on yet."),
    WorkItemState.CLAIMED: mark("{who} is looking at it."),
    WorkItemState.AWAITING_SECOND: mark("{who} has decided; a second scheduler must confirm."),
    WorkItemState.APPROVED: mark("{who} approved it."),
    WorkItemState.FORCED: mark("{who} approved it as an exception."),
    WorkItemState.SENT_BACK: mark("{who} sent it back to you."),
    WorkItemState.RETRIED: mark("{who} had it tried again."),
    WorkItemState.KEPT: mark("{who} lets it stand."),
    WorkItemState.CLOSED: mark("{who} closed it."),
}

DECIDE_BY = mark("They are to decide by {moment} ({distance}).")
LATE = mark("They were to decide by {moment} ({distance}), and have been reminded.")

ASKS = frozenset(
    {
        RequestState.PARTLY_BOOKED,
        RequestState.RELEASED,
        RequestState.SENT_BACK,
        RequestState.TAKEN,
    }
)
"""States that ask something of the requester."""
OPEN_ENDED = frozenset({RequestState.PARTLY_BOOKED, RequestState.FAILED, RequestState.SENT_BACK})
"""States in which who has no time is the requester's to see to."""
ASK_AGAIN = frozenset({RequestState.FAILED, RequestState.SENT_BACK})
LIVE = frozenset({RequestState.BOOKED, RequestState.PARTLY_BOOKED})
ROWS = (60, 15)


def request_cards(view: RequestCardView, words: Words) -> Iterator[Element]:
    """Yield the request's card, then one with fewer rows."""
    request = view.request
    for rows in ROWS:
        yield card(
            [
                heading(_title(request, words)),
                *behalf_line(words, request.on_behalf_of),
                *refusal_box(words, view.refusal, view.facts),
                box(status_lines(request, words), _mood(request.state)),
                *reopened_line(request.wishes, words),
                *_sessions(request, words, rows),
                *unplaced_lines(words, request.unplaced),
                *without_mailbox_line(words, request.without_mailbox),
            ],
            _actions(view, words),
        )


def _title(request: RequestView, words: Words) -> str:
    people: tuple[Attending, ...] = (*request.sessions, *request.unplaced)
    return title_words(words, request.type_name, request.ask, people)


def _mood(state: RequestState) -> str:
    """Return the shade behind the status; the words say the same."""
    if state is RequestState.BOOKED:
        return "good"
    if state in ASKS:
        return "warning"
    return "attention" if state is RequestState.FAILED else "emphasis"


def status_lines(request: RequestView, words: Words) -> list[Element]:
    """Return how a request stands and what it waits for."""
    unbooked = request.state is RequestState.CANCELLED and not request.sessions
    state = NOTHING_TO_CANCEL if unbooked else STATES[request.state]
    lines = [text(words.say(state), weight="Bolder", size="Medium")]
    if request.state is RequestState.QUEUED and request.position:
        lines.append(text(_position(words, request.position), spacing="Small"))
    if request.waiting_for and request.waiting_since:
        waits = words.say(WAITING[request.waiting_for], time=words.moment(request.waiting_since))
        lines.append(text(waits, spacing="Small"))
    if request.trouble:
        lines.append(text(trouble_words(words, request.trouble), spacing="Small"))
    if request.paused:
        lines.append(text(paused_words(request.paused, words), spacing="Small"))
    if request.work_item_state:
        lines.append(text(handling_words(request, words), spacing="Small"))
    if request.decide_by:
        lines.append(text(_decide_by(request.decide_by, words), spacing="Small"))
    if request.note:
        note = words.say("Their note: “{note}”", note=clean(request.note, LONGEST_NOTE))
        lines.append(text(note, spacing="Small"))
    return lines


def _position(words: Words, position: int) -> str:
    if position == 1:
        return words.say("You are next. This card changes by itself.")
    return words.count(
        "{n} request is before yours. This card changes by itself.",
        "{n} requests are before yours. This card changes by itself.",
        position - 1,
    )


def _decide_by(until: datetime, words: Words) -> str:
    said = DECIDE_BY if until > words.now else LATE
    return words.say(said, moment=words.moment(until), distance=words.distance(until))


def handling_words(request: RequestView, words: Words) -> str:
    """Return who has the request and what they did; ``work_item_state`` must be set."""
    template = HANDLING[request.work_item_state or WorkItemState.OPEN]
    who = clean(request.handled_by) if request.handled_by else words.say("A scheduler")
    return words.say(template, who=who)


def _sessions(request: RequestView, words: Words, rows: int) -> list[Element]:
    sessions = request.sessions
    if request.gathering:
        return booked_lines(words, request, request.gathering, rows)
    if len(sessions) == 1:
        return _one(sessions[0], request, words)
    if not sessions:
        return []
    shown: list[Element] = [
        table(
            [words.say("Who"), words.say("When and where"), words.say("Written")],
            [
                [clean(each.attendee_name), _when_where(each, words), writes_words(words, each)]
                for each in sessions[:rows]
            ],
            [3, 4, 3],
        )
    ]
    return [*shown, *and_more(words, len(sessions) - rows)]


def _one(session: SessionView, request: RequestView, words: Words) -> list[Element]:
    where = words.say(
        "{place}, led by {name}",
        place=place_words(words, session.place, session.room_name),
        name=clean(request.facilitator_name),
    )
    writes = [
        (words.say(TARGETS[target]), words.say(WRITES[session.targets[target]]))
        for target in Target
        if target in session.targets
    ]
    return [
        text(words.when(session.interval, session.zone), weight="Bolder", spacing="Medium"),
        text(where, spacing="None"),
        *moves_line(words, session),
        *([facts(writes)] if writes else []),
    ]


def _when_where(session: SessionView, words: Words) -> str:
    return words.say(
        "{when} · {place}",
        when=words.when(session.interval, session.zone),
        place=place_words(words, session.place, session.room_name),
    )


def _lacking(request: RequestView) -> list[str]:
    """Return who has no time, where neither we nor a scheduler is at it."""
    undecided = request.work_item_state is not None and not request.work_item_state.decided
    if request.state not in OPEN_ENDED or undecided or request.ask.together:
        return []
    return [one.attendee_id for one in request.unplaced]


def _again(request: RequestView, people: list[str]) -> Element:
    """Return what asks for these people once more, as they were asked for."""
    ask = request.ask
    return {
        verbs.ATTENDEES: ",".join(people),
        verbs.TYPE: ask.type_id,
        verbs.FACILITATOR: ask.facilitator_id,
        verbs.FIRST: ask.dates.start.isoformat(),
        verbs.LAST: ask.dates.last.isoformat(),
        verbs.WINDOW: write_window(ask.window),
        verbs.MINUTES: str(ask.minutes),
        verbs.PLACE: write_place(ask.place, ask.room_id),
        verbs.VERSION: 0,
    }


def request_data(view: RequestCardView) -> Element:
    """Return what a request's buttons carry: its draft, or its own id in a second place."""
    if view.draft_id is None:
        return subject_data(view.request.id)
    return draft_data(view.draft_id, view.draft_version)


def _actions(view: RequestCardView, words: Words) -> list[Element]:
    if view.refusal is Refusal.DUPLICATE:
        return []  # the draft of this card is not the one that became the request
    request, data = view.request, request_data(view)
    actions = [
        *_taking_back(request, data, words),
        *_changing(request, words),
        *_asking_again(view, data, words),
    ]
    if request.state in LIVE:
        of_one = request.sessions[0].id if len(request.sessions) == 1 else request.id
        actions.append(tap(words.say("Notes"), Verb.NOTES, subject_data(of_one)))
    if not request.state.final:
        actions.append(tap(words.say("Check now"), Verb.REFRESH, data))
    return actions


def _taking_back(request: RequestView, data: Element, words: Words) -> list[Element]:
    """Return Undo while that is possible, then Cancel."""
    if request.undo_until and request.undo_until > words.now:
        title = words.say("Undo (until {time})", time=words.moment(request.undo_until))
        return [tap(title, Verb.UNDO, data)]
    if not request.can_cancel:
        return []
    title = (
        words.say("Cancel and tell everyone")
        if request.state in LIVE
        else words.say("Cancel this request")
    )
    return [tap(title, Verb.CANCEL, data)]


def _asking_again(view: RequestCardView, data: Element, words: Words) -> list[Element]:
    """Return the way on for whoever has no time."""
    request = view.request
    actions = to_reopened(request.wishes, words)
    taken = request.state is RequestState.TAKEN
    if taken and view.draft_id:
        title = words.say("Find another time")
        actions.append(tap(title, Verb.PROPOSE, data, style="positive"))
    if request.state in ASK_AGAIN or (taken and not view.draft_id):
        actions.append(tap(words.say("Ask anew"), Verb.START, {}, style="positive"))
    if lacking := _lacking(request):
        title = words.count(
            "Decide on {n} without a time", "Decide on {n} without a time", len(lacking)
        )
        actions.append(tap(title, Verb.ASK_FOR, _again(request, lacking)))
    return actions


def _changing(request: RequestView, words: Words) -> list[Element]:
    """Return what can be done with single sessions: of several, which one is asked next."""
    if request.state not in LIVE | {RequestState.RELEASED}:
        return []
    meeting = (request.gathering,) if request.gathering else request.sessions
    free = [one for one in meeting if not one.changing]
    lost = [one for one in free if one.state is SessionState.RELEASED]
    ahead = [
        one for one in free if one.state is SessionState.BOOKED and one.interval.start > words.now
    ]
    actions = []
    if lost:
        title = words.say("Find a new time")
        subject = lost[0].id if len(lost) == 1 else request.id
        actions.append(tap(title, Verb.MOVE_SESSION, subject_data(subject), style="positive"))
    elif len(ahead) == 1:
        actions.append(tap(words.say("Move"), Verb.MOVE_SESSION, subject_data(ahead[0].id)))
    elif ahead:
        actions.append(tap(words.say("Move one"), Verb.MOVE_SESSION, subject_data(request.id)))
    if len(ahead) > 1 or (ahead and len(meeting) > 1):
        subject = ahead[0].id if len(ahead) == 1 else request.id
        actions.append(tap(words.say("Cancel one"), Verb.CANCEL_SESSION, subject_data(subject)))
    return actions
