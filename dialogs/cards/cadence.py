"""Who has had no session for long, the longest first, and the button that asks for exactly them."""

from collections.abc import Iterator
from datetime import timedelta

from dialogs import verbs
from dialogs.agenda_views import CadenceView
from dialogs.cards.components import (
    NOTHING,
    Element,
    and_more,
    aside,
    card,
    heading,
    table,
    tap,
    text,
)
from dialogs.verbs import Verb
from dialogs.wording import Words, clean
from scheduling.domain.meetings import MOST_ATTENDEES
from scheduling.workflows.agenda_port import Cadence, Due

ROWS = (40, 20, 10)


def cadence_cards(view: CadenceView, words: Words) -> Iterator[Element]:
    """Yield who is due, then fewer of them."""
    cadence = view.cadence
    for most in ROWS:
        yield card(
            [
                heading(words.say("Who is due: {type}", type=clean(cadence.type_name))),
                text(_summary(cadence, words)),
                *_caveat(cadence, words),
                *_people(cadence, words, most),
            ],
            _actions(cadence, words),
        )


def _summary(cadence: Cadence, words: Words) -> str:
    facts = {"all": words.number(cadence.asked), "days": words.number(cadence.days)}
    if not cadence.due:
        return words.say("All {all} have had one in the last {days} days.", **facts)
    return words.count(
        "{n} of {all} has had none in the last {days} days.",
        "{n} of {all} have had none in the last {days} days.",
        len(cadence.due),
        **facts,
    )


def _caveat(cadence: Cadence, words: Words) -> list[Element]:
    """Say where the history is shorter than what was asked about."""
    if cadence.since is None:
        return [aside(words.say("The workforce system holds no history of these people."))]
    today = words.now.astimezone(words.zone).date()
    if cadence.since <= today - timedelta(days=cadence.days):
        return []
    return [
        aside(
            words.say(
                "The workforce system's history begins on {day}; what was before is not known.",
                day=words.day(cadence.since),
            )
        )
    ]


def _people(cadence: Cadence, words: Words, most: int) -> list[Element]:
    if not cadence.due:
        return []
    shown = [
        table(
            [words.say("Who"), words.say("Last"), words.say("Next planned")],
            [
                [clean(one.name), _last(one, cadence, words), _next(one, words)]
                for one in cadence.due[:most]
            ],
            [3, 3, 3],
        )
    ]
    shown += and_more(words, len(cadence.due) - most)
    return shown


def _last(one: Due, cadence: Cadence, words: Words) -> str:
    if one.last is not None:
        return words.day(one.last)
    if cadence.since is None:
        return words.say("none known")
    return words.say("none since {day}", day=words.day(cadence.since))


def _next(one: Due, words: Words) -> str:
    return words.dated(one.next_at) if one.next_at else words.say("nothing")


def _actions(cadence: Cadence, words: Words) -> list[Element]:
    """Offer one proposal for those who have nothing planned, as many as one request is for."""
    waiting = [one.person_id for one in cadence.due if one.next_at is None]
    if not waiting:
        return []
    ids = waiting[:MOST_ATTENDEES]
    kind = clean(cadence.type_name)
    title = words.count("{type} with this person", "{type} with these {n}", len(ids), type=kind)
    if len(waiting) > len(ids):
        title = words.count(
            "{type} with the first {n}", "{type} with the first {n}", len(ids), type=kind
        )
    data = {verbs.ATTENDEES: ",".join(ids), verbs.TYPE: cadence.type_id, **NOTHING}
    return [tap(title, Verb.ASK_FOR, data, style="positive")]
