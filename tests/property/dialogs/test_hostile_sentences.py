"""Sentences made to be slow, or to name somebody: work is bounded, and nobody is named."""

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.grammar.languages import LANGUAGES
from dialogs.grammar.understand import MAX_MESSAGE, Understood, corrected, understand
from dialogs.wishes import Wish
from scheduling.workflows.desk_port import Roster, RosterPerson

MOST_SECONDS = 1.0
"""Of the processor, for one sentence of 500 characters; some milliseconds are usual."""

SLOW = (
    *(" ", "1", "1 ", "1.", "1:1 ", "a ", "aa", "'", "-", ",", ", no, ", "sorry ", "no, ", "\x00"),
    *("with ", "and ", "except ", "without ", "not ", "but ", "from ", "to ", "10-", "10 to "),
    *("next ", "next week ", "monday ", "monday to ", "between 3 and ", "in the ", "week 1 and "),
    *(
        "end of ",
        "first week of ",
        "half ",
        "quarter past ",
        "an hour and ",
        "1h",
        "who has ",
        "my ",
    ),
    *(
        "please ",
        "can you ",
        "move ",
        "cancel ",
        "status of ",
        "about ",
        "about with ",
        "add a note ",
    ),
    *(
        "nächste ",
        "nächsten montag ",
        "von 3. bis ",
        "in der ",
        "am ",
        "am montag, den ",
        "kw 1 und ",
    ),
    *(
        "bitte ",
        "kannst du ",
        "wer hat ",
        "nein, ",
        "ich meine ",
        "außer ",
        "verschieben ",
        "ß",
        "ä",
    ),
    *(
        "asha ",
        "asha patel ",
        "tom ",
        "montagmorgen",
        "½",
        "<at>",
        "</at>",
        "<at <at ",
        "🦊",
        "\u202e",
    ),
)
PIECES = st.lists(st.sampled_from(SLOW), min_size=1, max_size=4).map("".join)
STRETCHED = st.tuples(PIECES, PIECES).map(
    lambda two: (two[0] + two[1] * (MAX_MESSAGE // len(two[1])))[:MAX_MESSAGE]
)
WORDS = st.sampled_from(sorted(word for language in LANGUAGES.values() for word in language.words))
SENTENCES = st.lists(WORDS, max_size=40).map(lambda words: " ".join(words)[:MAX_MESSAGE])


def named(understood: Understood) -> set[str]:
    """Return every id that an understanding, its order or its problems hold."""
    wishes = [understood.wish, *([understood.order.wish] if understood.order else [])]
    problems = (*understood.problems, *(understood.order.problems if understood.order else ()))
    offered = {
        str(person["id"])
        for problem in problems
        for people in (problem.facts.get("candidates", ()), problem.facts.get("nearest", ()))
        if isinstance(people, list)
        for person in people
    }
    leaders = {wish.facilitator_id for wish in wishes if wish.facilitator_id}
    return offered | leaders | {each for wish in wishes for each in wish.attendee_ids}


def roster_ids(roster: Roster) -> set[str]:
    return {each.id for each in (*roster.people, *roster.facilitators)}


@pytest.mark.parametrize("piece", SLOW, ids=ascii)
@pytest.mark.parametrize("head", ["", "1:1 with Asha ", "1:1 mit Asha ", "move ", "wer hat "])
def test_a_piece_said_over_and_over_takes_bounded_work(
    head: str, piece: str, roster: Roster
) -> None:
    text = (head + piece * MAX_MESSAGE)[:MAX_MESSAGE]
    began = time.process_time()
    understand(text, roster)
    assert time.process_time() - began < MOST_SECONDS


@given(text=st.one_of(STRETCHED, SENTENCES))
@settings(max_examples=300, deadline=None)
def test_no_sentence_takes_more_than_bounded_work_or_names_a_stranger(
    text: str, roster: Roster
) -> None:
    began = time.process_time()
    understood = understand(text, roster)
    assert time.process_time() - began < MOST_SECONDS
    assert named(understood) <= roster_ids(roster)


@given(text=st.one_of(STRETCHED, SENTENCES, st.text(max_size=80)))
@settings(max_examples=200, deadline=None)
def test_what_is_understood_is_always_the_same(text: str, roster: Roster) -> None:
    other_order = replace(roster, teams=dict(reversed(roster.teams.items())))
    assert understand(text, roster) == understand(text, roster) == understand(text, other_order)


@given(text=st.one_of(SENTENCES, st.text(max_size=80)))
@settings(max_examples=200, deadline=None)
def test_a_correction_names_nobody_that_neither_it_nor_the_roster_has(
    text: str, roster: Roster
) -> None:
    wish = Wish(type_id="one_to_one", attendee_ids=("asha patel", "gone"), minutes=30)
    assert named(corrected(text, roster, wish, ())) <= roster_ids(roster) | {"gone"}


def test_a_unit_of_thousands_is_understood_in_bounded_work(roster: Roster) -> None:
    crowd = tuple(
        RosterPerson(
            id=f"agent-{n}",
            name=f"Given{n % 97} Family{n % 389} {n}",
            team_id="Billing",
            team_name="Billing",
            zone=roster.zone,
        )
        for n in range(5000)
    )
    many = replace(roster, people=crowd)
    text = ("1:1 with Givn5 Famly7 tomorow, Zebedee and " * 20)[:MAX_MESSAGE]
    began = time.process_time()
    understand(text, many)
    assert time.process_time() - began < 4 * MOST_SECONDS
