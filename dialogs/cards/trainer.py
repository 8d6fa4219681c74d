"""What trainers see beside registers: the week ahead, and a session that begins late."""

from collections.abc import Iterator
from datetime import timedelta

from dialogs import verbs
from dialogs.cards.agenda import ROWS, agenda_days, week_data
from dialogs.cards.components import (
    Element,
    aside,
    card,
    choices,
    heading,
    subject_data,
    tap,
    text,
)
from dialogs.cards.refusal import refusal_box
from dialogs.cards.sessions import place_words
from dialogs.register_views import LateNoticeView, LateView, WeekAheadView
from dialogs.verbs import Verb
from dialogs.wording import Words, clean
from scheduling.workflows.trainers_port import LateFacts

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
