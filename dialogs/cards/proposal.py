"""The proposal: the best time, what it costs service, the alternatives, and Book."""

from collections.abc import Iterator
from dataclasses import dataclass

from dialogs import verbs
from dialogs.cards.asked_before import asked_before_box, move_instead
from dialogs.cards.charts import service_table, staffing
from dialogs.cards.choosing import choosing
from dialogs.cards.components import (
    Element,
    aside,
    box,
    buttons,
    card,
    choices,
    draft_data,
    heading,
    hidden,
    rows_of,
    subheading,
    table,
    tap,
    text,
    toggle,
)
from dialogs.cards.form import ask_inputs
from dialogs.cards.meeting import enough_words, priced_words
from dialogs.cards.petition import not_for_now, wish_line
from dialogs.cards.refusal import refusal_box
from dialogs.cards.room import room_missed_box
from dialogs.cards.sessions import (
    Attending,
    behalf_line,
    capital,
    coming_words,
    option_words,
    place_words,
    title_words,
    unknown_calendars_line,
    unplaced_lines,
    without_mailbox_line,
)
from dialogs.verbs import Verb
from dialogs.views import ProposalView
from dialogs.windows import write_window
from dialogs.wishes import Wish
from dialogs.wording import Words, clean
from dialogs.wording_staffing import cost_sentence, price_words, tightest
from scheduling.domain.asks import Ask
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.proposals import Option, Proposal, ProposedSession

CHANGES = "changes"
OTHER_TIMES = "other_times"
FEW = 3
"""Up to so many sessions have one curve that a reader can follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How much a card may show before it is too big for one message."""

    charts: bool
    offered: int
    alternatives: int
    rows: int
    people: int


ROOMS = (
    Room(charts=True, offered=150, alternatives=2, rows=8, people=200),
    Room(charts=True, offered=15, alternatives=2, rows=8, people=200),
    Room(charts=False, offered=8, alternatives=2, rows=4, people=200),
    Room(charts=False, offered=0, alternatives=2, rows=2, people=200),
    Room(charts=False, offered=0, alternatives=1, rows=2, people=60),
    Room(charts=False, offered=0, alternatives=0, rows=2, people=40),
)
"""From the fullest card to the smallest; what is left out is said."""
MOST_WITH_CHOICES = 30
"""More people's other times never fit, so they are not tried."""


def proposal_cards(view: ProposalView, words: Words) -> Iterator[Element]:
    """Yield the proposal, then the same with ever less around it."""
    crowd = len(view.proposal.sessions) > MOST_WITH_CHOICES
    for room in ROOMS[-1:] if crowd else ROOMS:
        yield card(
            [
                heading(_title(view, words)),
                *behalf_line(words, view.proposal.on_behalf_of),
                *wish_line(view.wish, words),
                *refusal_box(words, view.refusal, {}),
                *room_missed_box(view.proposal, words),
                *asked_before_box(view.proposal.asked_before, words),
                *_answer(view.proposal, words, room),
                *choosing(view, words),
                *_decision(view, words),
                *_figures(view.proposal, words, room),
                *_understood(view, words, room),
            ],
        )


def _title(view: ProposalView, words: Words) -> str:
    shown = view.proposal
    people: tuple[Attending, ...] = (*shown.sessions, *shown.unplaced)
    return title_words(words, shown.type_name, shown.ask, people)


def _answer(proposal: Proposal, words: Words, room: Room) -> list[Element]:
    """Return the times themselves, and who has none."""
    sessions, unplaced = proposal.sessions, proposal.unplaced
    lines: list[Element] = []
    if len(sessions) == 1 and not unplaced:
        lines = _one(sessions[0], proposal, words)
    elif sessions:
        lines = _many(proposal, words, room)
    else:
        lines = [text(words.say("I found no time in these dates."), weight="Bolder")]
    return [
        *lines,
        *unplaced_lines(words, unplaced, with_ways_out=True),
        *_first_way_out(proposal, words),
        *without_mailbox_line(words, proposal.without_mailbox),
        *unknown_calendars_line(words, proposal.unknown_calendars),
    ]


def _one(session: ProposedSession, proposal: Proposal, words: Words) -> list[Element]:
    best = session.best
    where = words.say(
        "{place}, led by {name}",
        place=place_words(words, best.place, best.room_name),
        name=clean(proposal.facilitator_name),
    )
    shown = [
        text(words.when(best.interval, session.zone), size="Large", weight="Bolder"),
        text(where, spacing="None"),
        *_coming(session, words),
        text(cost_sentence(words, proposal.curves, proposal.days), spacing="Small"),
    ]
    return [box(shown), *([_open_choice(session, words)] if session.others else [])]


def _coming(session: ProposedSession, words: Words) -> list[Element]:
    """Return who of several people can come at the best time."""
    if not session.names:
        return []
    coming = coming_words(words, session.best, session)
    return [text(capital(coming), spacing="Small")]


def _many(proposal: Proposal, words: Words, room: Room) -> list[Element]:
    sessions = proposal.sessions
    placed = words.say(
        "{placed} of {all} placed",
        placed=words.number(len(sessions)),
        all=words.number(len(sessions) + len(proposal.unplaced)),
    )
    if proposal.unplaced:
        placed = words.count(
            "{placed}, {n} needs a decision",
            "{placed}, {n} need a decision",
            len(proposal.unplaced),
            placed=placed,
        )
    lines = [
        box(
            [
                text(placed, size="Large", weight="Bolder"),
                text(
                    words.say("All led by {name}", name=clean(proposal.facilitator_name)),
                    spacing="None",
                ),
                text(cost_sentence(words, proposal.curves, proposal.days), spacing="Small"),
            ]
        ),
        table(
            [words.say("Who"), words.say("When and where")],
            [
                [clean(each.attendee_name), option_words(words, each.best, each.zone)]
                for each in sessions[: room.people]
            ],
            [2, 3],
        ),
    ]
    if len(sessions) > room.people:
        rest = len(sessions) - room.people
        lines.append(
            aside(words.count("and {n} more, also placed", "and {n} more, also placed", rest))
        )
    return [*lines, *_other_times(sessions, words, room)]


def _other_times(sessions: tuple[ProposedSession, ...], words: Words, room: Room) -> list[Element]:
    """Return a compact choice per person that has one, behind a toggle."""
    able = [each for each in sessions if each.others]
    if not able:
        return []
    if not room.alternatives:
        return [
            aside(words.say("Other times are left out here; ask for fewer people to see them."))
        ]
    inputs = [_compact_choice(each, words, room.alternatives) for each in able]
    left_out = any(len(each.others) > room.alternatives for each in able)
    note = words.say("Some other times are left out to fit; ask for fewer people to see them.")
    return [
        toggle(words.say("Other times"), OTHER_TIMES),
        hidden(OTHER_TIMES, [*inputs, *([aside(note)] if left_out else [])]),
    ]


def _open_choice(session: ProposedSession, words: Words) -> Element:
    """Return all times of one person, whole, lying open."""
    titles = [
        priced_words(words, option, session)
        if session.names
        else _priced(words, option, option_words(words, option, session.zone))
        for option in session.options
    ]
    return choices(
        _choice_id(session),
        words.say("Which time?"),
        _numbered(titles),
        "0",
        style="expanded",
    )


def _compact_choice(session: ProposedSession, words: Words, alternatives: int) -> Element:
    """Return the times of one of many people as a drop-down of their starts."""
    titles = [
        _priced(words, option, words.start(option.interval, session.zone))
        for option in session.options[: alternatives + 1]
    ]
    return choices(_choice_id(session), clean(session.attendee_name), _numbered(titles), "0")


def _choice_id(session: ProposedSession) -> str:
    return f"{verbs.CHOICE_PREFIX}{session.attendee_id}"


def _numbered(titles: list[str]) -> list[tuple[str, str]]:
    return [(str(index), title) for index, title in enumerate(titles)]


def _priced(words: Words, option: Option, when: str) -> str:
    return words.say("{when}: {price}", when=when, price=price_words(words, option.price))


def _first_way_out(proposal: Proposal, words: Words) -> list[Element]:
    """Return what the requester can do for those without a time."""
    if not proposal.unplaced:
        return []
    return [
        aside(
            words.say(
                "A scheduler can look for a way out; or change the dates, times or place below "
                "and search again."
            )
        )
    ]


def _figures(proposal: Proposal, words: Words, room: Room) -> list[Element]:
    shown: list[Element] = []
    if proposal.sessions:
        if len(proposal.sessions) <= FEW:
            low = tightest(proposal.curves)
            if low:
                shown.extend(staffing(words, low[0], drawn=room.charts))
        shown.extend(service_table(words, proposal.days, room.rows))
    shown.append(aside(freshness(words, proposal)))
    return shown


def freshness(words: Words, proposal: Proposal) -> str:
    """Return how old the figures are, marked where they do not add up."""
    facts = {"time": words.moment(proposal.as_of), "ago": words.distance(proposal.as_of)}
    if proposal.reconciled:
        return words.say("Figures from {time} ({ago}); they agree with the schedules.", **facts)
    return words.say(
        "⚠ Figures from {time} ({ago}) do not add up with the schedules: take them as estimates.",
        **facts,
    )


def _understood(view: ProposalView, words: Words, room: Room) -> list[Element]:
    """Return what was inferred, in one line, and the inputs that change it.

    They lie behind a toggle, except where nothing was placed: then they are what comes next.
    """
    data = draft_data(view.draft.id, view.draft.version)
    again = buttons(tap(words.say("Search again"), Verb.PROPOSE, data))
    inputs = ask_inputs(words, view.roster, wish_of(view.proposal.ask), room.offered)
    title = subheading(words.say("What I understood"))
    if not view.proposal.sessions:
        return [title, *inputs, again]
    return [
        title,
        text(_summary(view, words), spacing="Small"),
        toggle(words.say("Change this"), CHANGES),
        hidden(CHANGES, [*inputs, again]),
    ]


def wish_of(ask: Ask) -> Wish:
    """Return an ask as the wish that its inputs show."""
    return Wish(
        type_id=ask.type_id,
        attendee_ids=ask.attendee_ids,
        optional_ids=ask.optional_ids,
        quorum=ask.quorum,
        facilitator_id=ask.facilitator_id,
        dates=ask.dates,
        window=ask.window,
        minutes=ask.minutes,
        place=ask.place,
        room_id=ask.room_id,
    )


def _summary(view: ProposalView, words: Words) -> str:
    ask = view.proposal.ask
    windows = {
        verbs.ANY_TIME: words.say("any time of day"),
        verbs.MORNING: words.say("mornings"),
        verbs.AFTERNOON: words.say("afternoons"),
    }
    window = write_window(ask.window)
    return " · ".join(
        [
            clean(view.proposal.type_name),
            words.minutes(ask.minutes),
            words.days(ask.dates),
            windows.get(window, window),
            _place(view, words),
            *([enough_words(words, ask)] if ask.together else []),
        ]
    )


def _place(view: ProposalView, words: Words) -> str:
    ask = view.proposal.ask
    if ask.place is PlaceKind.ONLINE:
        return words.say("online")
    room = next((one.name for one in view.roster.rooms if one.id == ask.room_id), None)
    return words.say("in {room}", room=clean(room)) if room else words.say("in a room")


def _decision(view: ProposalView, words: Words) -> list[Element]:
    """Return what can be done, on a phone's first screen: the figures and inputs come after it."""
    data = draft_data(view.draft.id, view.draft.version)
    placed, unplaced = len(view.proposal.sessions), len(view.proposal.unplaced)
    actions: list[Element] = []
    if unplaced:
        title = words.say("Ask a scheduler")
        if placed:
            title = words.count(
                "Book {placed}, ask about {n}",
                "Book {placed}, ask about {n}",
                unplaced,
                placed=words.number(placed),
            )
        actions.append(tap(title, Verb.ESCALATE, data, style="positive"))
    if placed and unplaced:
        title = words.say("Book {placed} only", placed=words.number(placed))
        actions.append(tap(title, Verb.BOOK, data))
    elif placed:
        title = words.count("Book", "Book all {n}", placed)
        if view.proposal.asked_before:
            title = words.count("Book another one", "Book all {n} all the same", placed)
        actions.append(tap(title, Verb.BOOK, data, style="positive"))
    actions.extend(move_instead(view.proposal.asked_before, view.draft, words))
    end = tap(words.say("Discard"), Verb.DISCARD, data)
    actions.append(not_for_now(view.wish, words) if view.wish else end)
    held = words.say(
        "Held for you until {time}; nothing is booked yet.",
        time=words.moment(view.proposal.held_until),
    )
    return [*rows_of(actions), *([aside(held)] if placed else [])]
