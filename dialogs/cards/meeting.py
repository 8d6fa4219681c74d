"""One meeting of several people: who comes and who does not, before and after it is booked."""

from dialogs.cards.components import Element, facts, hidden, table, text, toggle
from dialogs.cards.sessions import coming_words, moves_line, option_words, place_words
from dialogs.wording import Words, clean
from dialogs.wording_staffing import price_words
from dialogs.wording_work_items import TARGETS, WRITES, writes_words
from scheduling.domain.asks import Ask
from scheduling.domain.proposals import Option, ProposedSession
from scheduling.domain.requests import (
    RequestView,
    SessionState,
    SessionView,
    Target,
    TargetState,
)

WHO_COMES = "who_comes"
COMING = frozenset({SessionState.PLANNED, SessionState.BOOKED})


def priced_words(words: Words, option: Option, session: ProposedSession) -> str:
    """Return when and where a meeting is at a time, what it costs, and who can come."""
    return words.say(
        "{when}: {price}; {coming}",
        when=option_words(words, option, session.zone),
        price=price_words(words, option.price),
        coming=coming_words(words, option, session),
    )


def enough_words(words: Words, ask: Ask) -> str:
    """Return how many must be there."""
    asked = len(ask.attendee_ids)
    if ask.least >= asked:
        return words.say("everybody must be there")
    return words.say(
        "at least {least} of {all} must be there",
        least=words.number(ask.least),
        all=words.number(asked),
    )


def booked_lines(
    words: Words, request: RequestView, meeting: SessionView, rows: int
) -> list[Element]:
    """Return the meeting once, how its writing stands, and who comes; each person one tap away."""
    where = words.say(
        "{place}, led by {name}",
        place=place_words(words, meeting.place, meeting.room_name),
        name=clean(request.facilitator_name),
    )
    shown = request.sessions[:rows]
    people = [[clean(each.attendee_name), writes_words(words, each)] for each in shown]
    return [
        text(words.when(meeting.interval, meeting.zone), weight="Bolder", spacing="Medium"),
        text(where, spacing="None"),
        *moves_line(words, meeting),
        *_who_comes(words, request),
        facts(
            [
                (words.say(TARGETS[Target.WFM]), _exceptions(words, request.sessions)),
                *(
                    (words.say(TARGETS[target]), words.say(WRITES[meeting.targets[target]]))
                    for target in (Target.ROOM, Target.INVITE)
                ),
            ]
        ),
        toggle(words.say("Everybody, one by one"), WHO_COMES),
        hidden(WHO_COMES, [table([words.say("Who"), words.say("Written")], people, [1, 1])]),
    ]


def _who_comes(words: Words, request: RequestView) -> list[Element]:
    """Return how many come, and who was asked and does not."""
    coming = sum(each.state in COMING for each in request.sessions)
    lost = [each.attendee_name for each in request.sessions if each.state is SessionState.FAILED]
    lines = []
    if coming:
        asked = words.number(len(request.ask.attendee_ids))
        lines.append(
            words.count("{n} of {asked} comes", "{n} of {asked} come", coming, asked=asked)
        )
    if coming and coming < request.ask.least:
        least = words.number(request.ask.least)
        lines.append(words.say("▲ Fewer than the {least} who should be there", least=least))
    if request.missing:
        names = words.listed(request.missing)
        lines.append(words.say("▸ Cannot come at that time: {names}", names=names))
    if lost and coming:
        names = words.listed(lost)
        lines.append(words.say("▲ Could not be booked, so left out: {names}", names=names))
    return [text(line, spacing="Small") for line in lines]


def _exceptions(words: Words, sessions: tuple[SessionView, ...]) -> str:
    """Return for how many people the workforce schedule is written."""
    states = [each.targets[Target.WFM] for each in sessions]
    done = states.count(TargetState.DONE)
    if states and done in (0, len(states)) and len(set(states)) == 1:
        return words.say(WRITES[states[0]])
    return words.say("{done} of {all} done", done=words.number(done), all=words.number(len(states)))
