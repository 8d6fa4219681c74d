"""A reader's week, and one session of it with what they may do."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby

from dialogs import verbs
from dialogs.agenda_views import AgendaView, SessionCardView
from dialogs.cards.components import (
    NOTHING,
    Element,
    aside,
    box,
    buttons,
    card,
    heading,
    subheading,
    subject_data,
    tap,
    text,
)
from dialogs.cards.refusal import refusal_box
from dialogs.cards.sessions import place_words
from dialogs.verbs import Verb
from dialogs.wording import Words, clean, mark
from scheduling.domain.times import DateRange, zone_of
from scheduling.workflows.agenda_port import Act, Agenda, AgendaItem

ROWS = (20, 10, 5)
WEEK = timedelta(days=7)

ACTS = {
    Act.ACKNOWLEDGE: (mark("OK"), Verb.ACKNOWLEDGE),
    Act.LATE: (mark("Running late"), Verb.LATE),
    Act.CANNOT_LEAD: (mark("I can't lead it"), Verb.CANNOT_LEAD),
    Act.REGISTER: (mark("Register"), Verb.REGISTER),
    Act.CANNOT: (mark("I can't"), Verb.CANNOT),
    Act.SWAP: (mark("Swap"), Verb.SWAP),
    Act.MOVE: (mark("Move"), Verb.MOVE_SESSION),
    Act.CANCEL: (mark("Cancel and tell everyone"), Verb.CANCEL_SESSION),
}


def agenda_cards(view: AgendaView, words: Words) -> Iterator[Element]:
    """Yield the week, then the same with fewer sessions."""
    agenda = view.agenda
    title = words.say("My meetings") if agenda.leads else words.say("My sessions")
    week = words.days(DateRange(agenda.monday, agenda.monday + WEEK))
    for most in ROWS:
        yield card(
            [
                heading(title),
                aside(_whose(week, words)),
                *agenda_days(agenda, words, most),
                *_earlier(agenda, words),
            ],
            _weeks(agenda, words),
        )


def _whose(week: str, words: Words) -> str:
    return words.say(
        "{week}. Times are in your time zone, {city}.", week=week, city=words.city(words.zone.key)
    )


def agenda_days(agenda: Agenda, words: Words, most: int) -> list[Element]:
    """Return the first sessions of a week beneath their days."""
    if not agenda.items:
        lines = [text(words.say("Nothing is planned in this week."))]
        if agenda.next_at:
            moment = words.dated(agenda.next_at)
            lines.append(text(words.say("The next session: {moment}", moment=moment)))
        return lines
    shown, zone = agenda.items[:most], zone_of(agenda.zone)
    lines = []
    for day, items in groupby(shown, lambda one: one.interval.start.astimezone(zone).date()):
        lines.append(subheading(_day(day, words)))
        lines += [_row(item, words) for item in items]
    if rest := len(agenda.items) - len(shown):
        lines.append(
            aside(
                words.count(
                    "and {n} more; the calendar file has them all",
                    "and {n} more; the calendar file has them all",
                    rest,
                )
            )
        )
    return lines


def _day(day: date, words: Words) -> str:
    if day == words.now.astimezone(words.zone).date():
        return words.say("Today, {day}", day=words.day(day))
    return words.day(day)


def _row(item: AgendaItem, words: Words) -> Element:
    time = words.clock(item.interval.start)
    line = words.say(
        "{times}: {what}", times=words.times(item.interval), what=item_title(item, words)
    )
    return box(
        [
            text(line, weight="Bolder"),
            text(_where_and_how(item, words), spacing="None"),
            buttons(tap(words.say("Open {time}", time=time), Verb.SESSION, subject_data(item.id))),
        ]
    )


def item_title(item: AgendaItem, words: Words) -> str:
    """Return what a session is to its reader: with whom, or led by whom."""
    kind = clean(item.type_name)
    if not item.leads:
        return words.say("{type} with {name}", type=kind, name=clean(item.facilitator_name))
    if len(item.attendees) == 1:
        return words.say("{type} with {name}", type=kind, name=clean(item.attendees[0]))
    return words.count(
        "{type} with {n} person", "{type} with {n} people", len(item.attendees), type=kind
    )


def _where_and_how(item: AgendaItem, words: Words) -> str:
    place = place_words(words, item.place, item.room_name)
    return words.say("{place} · {state}", place=place, state=_state(item, words))


def _state(item: AgendaItem, words: Words) -> str:
    if not item.booked:
        return words.say("… being booked")
    if item.interval.end <= words.now:
        return words.say("over")
    if not item.acknowledged:
        return words.say("✓ booked")
    return words.say("✓ they said OK") if item.leads else words.say("✓ you said OK")


def _earlier(agenda: Agenda, words: Words) -> list[Element]:
    """Return whether an agent is offered earlier times when it is quiet, with the switch."""
    if agenda.earlier is None:
        return []
    if agenda.earlier:
        said, title = words.say("Earlier if quiet: on"), words.say("No earlier times")
        verb = Verb.EARLIER_OFF
    else:
        said, title = words.say("Earlier if quiet: off"), words.say("Offer me earlier times")
        verb = Verb.EARLIER_ON
    return [aside(said), buttons(tap(title, verb, NOTHING))]


def _weeks(agenda: Agenda, words: Words) -> list[Element]:
    this = words.now.astimezone(zone_of(agenda.zone)).date()
    this -= timedelta(days=this.weekday())
    turns = [(words.say("Previous week"), agenda.monday - WEEK)]
    if agenda.monday != this:
        turns.append((words.say("This week"), this))
    turns.append((words.say("Next week"), agenda.monday + WEEK))
    if agenda.next_at:
        day = agenda.next_at.astimezone(zone_of(agenda.zone)).date()
        monday = day - timedelta(days=day.weekday())
        if monday not in {turn for _, turn in turns}:
            turns.append((words.say("Week of {day}", day=words.day(monday)), monday))
    actions = [tap(title, Verb.AGENDA, week_data(day)) for title, day in turns]
    if agenda.items:
        actions.append(tap(words.say("Calendar file"), Verb.AGENDA_FILE, week_data(agenda.monday)))
    return actions


def week_data(day: date) -> Element:
    """Return what a button carries that shows the week of ``day``."""
    return {verbs.WEEK: day.isoformat(), **NOTHING}


def session_cards(view: SessionCardView, words: Words) -> Iterator[Element]:
    """Yield one session's card."""
    item = view.item
    led = words.say(
        "{place}, led by {name}",
        place=place_words(words, item.place, item.room_name),
        name=clean(item.facilitator_name),
    )
    yield card(
        [
            heading(item_title(item, words)),
            *refusal_box(words, view.refusal, view.facts),
            text(words.when(item.interval, item.zone), weight="Bolder"),
            text(led, spacing="None"),
            *_attendees(item, words),
            text(_state(item, words), spacing="Small"),
        ],
        _session_actions(item, words),
    )


def _attendees(item: AgendaItem, words: Words) -> Sequence[Element]:
    if len(item.attendees) < 2 or not item.leads:
        return []
    named = ", ".join(clean(name) for name in item.attendees)
    roster = words.count(
        "{n} person: {names}", "{n} people: {names}", len(item.attendees), names=named
    )
    shown = [text(roster, spacing="Small")]
    if item.seats_left is not None:
        shown.append(aside(words.count("{n} seat left", "{n} seats left", item.seats_left)))
    return shown


def _session_actions(item: AgendaItem, words: Words) -> list[Element]:
    data = subject_data(item.id)
    actions = [
        tap(words.say(title), verb, data) for act, (title, verb) in ACTS.items() if act in item.acts
    ]
    if Act.NOTE in item.acts:
        title = words.count("Notes ({n})", "Notes ({n})", item.notes)
        actions.append(tap(title if item.notes else words.say("Add a note"), Verb.NOTES, data))
    day = item.interval.start.astimezone(words.zone).date()
    return [*actions, tap(words.say("Back to the week"), Verb.AGENDA, week_data(day))]
