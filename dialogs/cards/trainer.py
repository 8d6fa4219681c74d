"""What trainers see beside registers: the week ahead, running late, and another trainer sought."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from dialogs import verbs
from dialogs.cards.agenda import ROWS, agenda_days, week_data
from dialogs.cards.components import (
    Element,
    aside,
    card,
    choices,
    heading,
    subheading,
    subject_data,
    tap,
    text,
)
from dialogs.cards.refusal import refusal_box
from dialogs.cards.sessions import place_words
from dialogs.cards.which_session import say_the_day
from dialogs.register_views import LateNoticeView, LateView, SubstituteView, WeekAheadView
from dialogs.verbs import Verb
from dialogs.wording import Words, clean, mark
from scheduling.workflows.trainers_port import LateFacts, LedFacts, Seek

MINUTES = (5, 10, 15, 20, 30)


def late_cards(view: LateView, words: Words) -> Iterator[Element]:
    """Yield the question how late, or that people know."""
    late = view.late
    told = late.minutes is not None
    body = [
        heading(words.say("Running late")),
        *refusal_box(words, view.refusal, view.facts),
        *_session(late, words),
    ]
    data = subject_data(late.session_id)
    if told:
        body.append(text(_told(late, words)))
        yield card(body, [tap(words.say("Back to the session"), Verb.SESSION, data)])
        return
    options = [(str(each), words.minutes(each)) for each in MINUTES]
    body.append(choices(verbs.MINUTES, words.say("How late does it begin?"), options, "10"))
    body.append(aside(words.say("They are told in chat, once.")))
    title = words.count("Tell {n} person", "Tell {n} people", late.people)
    yield card(
        body,
        [
            tap(title, Verb.SAY_LATE, data, style="positive"),
            tap(words.say("Back to the session"), Verb.SESSION, data),
        ],
    )


def _session(late: LateFacts, words: Words) -> list[Element]:
    where = words.say(
        "{type}, {place}",
        type=clean(late.type_name),
        place=place_words(words, late.place, late.room_name),
    )
    return [
        text(words.when(late.interval, late.zone), weight="Bolder"),
        text(where, spacing="None"),
    ]


def _told(late: LateFacts, words: Words) -> str:
    return words.count(
        "✓ {n} person is told that it begins {minutes} late.",
        "✓ {n} people are told that it begins {minutes} late.",
        late.people,
        minutes=words.minutes(late.minutes or 0),
    )


def late_notice_cards(view: LateNoticeView, words: Words) -> Iterator[Element]:
    """Yield what somebody who attends is told."""
    late = view.late
    begins = late.interval.start + timedelta(minutes=late.minutes or 0)
    yield card(
        [
            heading(words.say("{name} is running late", name=clean(late.facilitator_name))),
            text(
                words.say(
                    "Your session begins at about {time}, {minutes} late.",
                    time=words.clock(begins),
                    minutes=words.minutes(late.minutes or 0),
                )
            ),
            *_session(late, words),
        ]
    )


SOUGHT: Mapping[Seek, str] = {
    Seek.NOT: mark("You lead it."),
    Seek.SOUGHT: mark("Another trainer is sought. You hear within minutes who leads it."),
    Seek.FOUND: mark("✓ {name} leads it now; its people know."),
    Seek.NOBODY: mark(
        "Nobody else who may teach it is free then: the schedulers decide. Until then it is yours."
    ),
}
MOST_LED = 5


def substitute_cards(view: SubstituteView, words: Words) -> Iterator[Element]:
    """Yield how the search for another trainer stands; of several sessions, which is meant."""
    if view.asks:
        yield _which_led(view, words)
        return
    (led,) = view.led
    said = words.say(SOUGHT[led.seek], name=clean(led.facilitator_name))
    data = subject_data(led.session_id)
    actions = [tap(words.say("How does it stand?"), Verb.CANNOT_LEAD, data)]
    if led.seek is Seek.FOUND:
        actions = []
    title = words.say("Can't lead: {course}", course=clean(led.course_name))
    yield card([heading(title), *_led(led, words), text(said)], actions)


def _which_led(view: SubstituteView, words: Words) -> Element:
    which = words.say("Which session can't you lead?")
    question = which if len(view.led) > 1 else words.say("Can't you lead this session?")
    body: list[Element] = [heading(question)]
    actions = []
    for led in view.led[:MOST_LED]:
        body += [subheading(clean(led.course_name)), *_led(led, words)]
        label = words.say("I can't lead it: {when}", when=words.start(led.interval, led.zone))
        actions.append(tap(label, Verb.CANNOT_LEAD, subject_data(led.session_id)))
    body.append(aside(words.say("Nothing changes before you tap.")))
    return card([*body, *say_the_day(len(view.led) - MOST_LED, words)], actions)


def _led(led: LedFacts, words: Words) -> list[Element]:
    where = words.count(
        "{place}, with {n} person",
        "{place}, with {n} people",
        led.people,
        place=place_words(words, led.place, led.room_name),
    )
    return [
        text(words.when(led.interval, led.zone), weight="Bolder"),
        text(where, spacing="None"),
    ]


def week_ahead_cards(view: WeekAheadView, words: Words) -> Iterator[Element]:
    """Yield the sessions of the next week, then fewer of them."""
    agenda = view.agenda
    count = words.count(
        "You lead {n} session. Changes until then reach you at once.",
        "You lead {n} sessions. Changes until then reach you at once.",
        len(agenda.items),
    )
    for most in ROWS:
        yield card(
            [
                heading(words.say("Your sessions next week")),
                text(count),
                *agenda_days(agenda, words, most),
            ],
            [tap(words.say("Show the week"), Verb.AGENDA, week_data(agenda.monday))],
        )
