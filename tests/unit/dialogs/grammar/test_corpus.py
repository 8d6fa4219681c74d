"""The sentences that the grammar is held to. Today is Tuesday, 24 November 2026, in London.

A meaning is written as type, people, dates, window, minutes, place, and who leads if that is not
the asker. Traits say what is hard about a sentence; a test looks whether they are true.
"""

from dataclasses import replace

import pytest

from dialogs.grammar.languages import by_locale
from dialogs.grammar.understand import Intent, Understood, understand
from dialogs.orders import Order
from dialogs.windows import write_window
from scheduling.domain.templates import EVERY_DAY, Recurrence
from scheduling.workflows.desk_port import Roster
from tests.support.sentences.english import WHOLE as ENGLISH
from tests.support.sentences.german import WHOLE as GERMAN
from tests.support.sentences.orders import ORDERS
from tests.support.sentences.questions import QUESTIONS

MEANINGS = {
    text: meaning
    for sentences in (*ENGLISH.values(), *GERMAN.values())
    for text, meaning in sentences.items()
}
TRAITS = {
    text: frozenset(traits.split())
    for table in (ENGLISH, GERMAN)
    for traits, sentences in table.items()
    for text in sentences
}
HARD = frozenset({"typo", "relative", "several", "exclusion", "correction", "german"})
LEAVING_OUT = ("but", "except", "exept", "minus", "apart", "not", "außer", "ausser", "ohne")
LEAVING_OUT_TOO = ("bis auf", "nicht")


def spelled(text: str) -> str:
    return f"sentence: {text}"


def meaning_of(understood: Understood) -> str:
    wish = understood.wish
    assert wish.dates is not None
    assert wish.place is not None
    leads = [] if wish.facilitator_id == "morgan" else [wish.facilitator_id]
    parts = (
        wish.type_id,
        ",".join(wish.attendee_ids),
        f"{wish.dates.start:%m-%d}..{wish.dates.last:%m-%d}",
        write_window(wish.window),
        wish.minutes,
        wish.place.value,
        *leads,
    )
    return " ".join(str(part) for part in parts)


def order_of(order: Order) -> str:
    wish, was = order.wish, order.was
    said = {
        "type": wish.type_id,
        "people": ",".join(wish.attendee_ids),
        "dates": wish.dates and f"{wish.dates.start:%m-%d}..{wish.dates.last:%m-%d}",
        "window": wish.window and write_window(wish.window),
        "minutes": wish.minutes,
        "place": wish.place,
        "days": order.days,
        "count": order.count,
        "was": was and f"{was.start:%m-%d}..{was.last:%m-%d}",
        "prose": order.prose,
        "only": ",".join(sorted(order.only)),
        "often": order.recurrence and often_of(order.recurrence) + "_since" * order.open_ended,
    }
    return " ".join([order.kind.value, *(f"{k}={v}" for k, v in said.items() if v)])


def often_of(rule: Recurrence) -> str:
    on = "" if rule.weekdays == EVERY_DAY else "_on_" + "".join(map(str, sorted(rule.weekdays)))
    return f"{rule.every}_{rule.frequency}{on}" + (f"_no_{rule.nth}" if rule.nth else "")


@pytest.mark.parametrize("text", MEANINGS, ids=spelled)
def test_a_sentence_means_what_it_says(text: str, roster: Roster) -> None:
    understood = understand(text, roster)
    assert (understood.intent, understood.problems) == (Intent.REQUEST, ())
    assert meaning_of(understood) == MEANINGS[text]


@pytest.mark.parametrize("text", QUESTIONS, ids=spelled)
def test_a_sentence_that_leaves_something_open_asks_for_it(text: str, roster: Roster) -> None:
    understood = understand(text, roster)
    assert understood.intent is Intent.REQUEST
    first = understood.problems[0]
    assert f"{first.field or 'any'} {first.kind}" == QUESTIONS[text]


@pytest.mark.parametrize("text", ORDERS, ids=spelled)
def test_a_sentence_orders_what_it_says(text: str, roster: Roster) -> None:
    understood = understand(text, roster)
    assert understood.intent is Intent.ORDER
    assert understood.order is not None
    assert understood.order.problems == ()
    assert order_of(understood.order) == ORDERS[text]


@pytest.mark.parametrize("text", [*MEANINGS, *ORDERS], ids=spelled)
def test_a_sentence_means_the_same_with_a_german_client(text: str, roster: Roster) -> None:
    theirs = replace(roster, me=replace(roster.me, locale="de-DE"))
    understood = understand(text, theirs)
    if understood.order is not None:
        assert order_of(understood.order) == ORDERS[text]
    else:
        assert meaning_of(understood) == MEANINGS[text]


@pytest.mark.parametrize(
    ("locale", "days"), [("en-GB", None), ("de-DE", "12-03..12-03"), ("de-AT", "12-03..12-03")]
)
def test_what_is_not_clear_is_read_in_the_clients_language(
    locale: str, days: str | None, roster: Roster
) -> None:
    theirs = replace(roster, me=replace(roster.me, locale=locale))
    understood = understand("1:1 Asha 3/12", theirs)
    assert (understood.problems == ()) == (days is not None)
    assert days is None or days in meaning_of(understood)


def test_there_are_as_many_sentences_as_were_promised() -> None:
    hard = [text for text, traits in TRAITS.items() if len(traits & HARD) >= 2]
    assert set().union(*TRAITS.values()) == HARD
    assert len(MEANINGS) + len(ORDERS) >= 270
    assert len(hard) >= 75
    assert len(QUESTIONS) >= 65


@pytest.mark.parametrize("text", MEANINGS, ids=spelled)
def test_the_traits_of_a_sentence_are_true(text: str, roster: Roster) -> None:
    understood, traits = understand(text, roster), TRAITS[text]
    people = understood.wish.attendee_ids
    assert ("several" in traits) == (len(people) > 1) or "correction" in traits
    assert ("german" in traits) == (text in {t for each in GERMAN.values() for t in each})
    assert "typo" not in traits or not understood.sure or "nxt" in text
    if "exclusion" in traits:
        assert any(word in text for word in (*LEAVING_OUT, *LEAVING_OUT_TOO))
    if "relative" in traits:
        assert "first" in understood.wish.said
    if "correction" in traits:
        assert by_locale("de" if "german" in traits else "en").within.search(text.lower())
