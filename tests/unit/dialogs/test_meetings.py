"""One meeting of several: how many must be there is inferred, said, or chosen on the card."""

from dataclasses import replace

import pytest

from dialogs import verbs
from dialogs.drafting import from_inputs, from_payload, to_payload
from dialogs.grammar.understand import corrected, understand
from dialogs.problems import ProblemKind
from dialogs.wishes import Wish, fill, gaps, to_ask
from scheduling.workflows.desk_port import Roster

BILLING = ("asha", "tom-r", "jose", "april", "chris", "will")


def for_most(roster: Roster) -> Roster:
    """Return the roster with a team meeting for which two thirds are enough."""
    types = tuple(replace(each, quorum=0.66) if each.group else each for each in roster.types)
    return replace(roster, types=types)


def wished(roster: Roster, sentence: str) -> Wish:
    found = understand(sentence, roster)
    assert found.problems == ()
    return found.wish


@pytest.mark.parametrize(
    ("sentence", "quorum"),
    [
        ("team meeting Thursday afternoon", 4),
        ("team meeting with my team next week, at least 3 people", 3),
        ("team meeting with my team next week, quorum of five", 5),
        ("Team meeting mit meinem Team nächste Woche, mindestens 3 Leute", 3),
        ("Team meeting mit Asha und Will am Donnerstag, mindestens zwei", 2),
    ],
)
def test_a_sentence_says_how_many_must_be_there_or_the_type_does(
    roster: Roster, sentence: str, quorum: int
) -> None:
    wish = wished(for_most(roster), sentence)
    assert wish.quorum == quorum
    ask = to_ask(wish, for_most(roster))
    assert ask.together
    assert ask.least == quorum


def test_a_length_is_no_quorum(roster: Roster) -> None:
    found = understand("team meeting with my team, at least 45 minutes", for_most(roster))
    assert (found.wish.minutes, found.wish.quorum) == (45, 4)


def test_the_leader_is_there_in_any_case(roster: Roster) -> None:
    lead = replace(roster, facilitators=(*roster.facilitators, roster.people[0]))
    wish = wished(lead, "team meeting with Asha, Will and Tom Reed on Thursday led by Asha")
    assert wish.facilitator_id == "asha"
    assert set(wish.attendee_ids) == {"will", "tom-r"}


def test_who_is_optional_leaves_the_others_required(roster: Roster) -> None:
    wish = wished(roster, "team meeting with my team next week")
    inputs = {verbs.OPTIONAL: "will,asha,maria"}
    changed, trouble = from_inputs(wish, inputs, roster)
    ask = to_ask(fill(changed, roster), roster)
    assert trouble == ()
    assert set(ask.optional_ids) == {"asha", "will"}
    assert ask.least == len(ask.required_ids) == 4


def test_what_a_card_shows_comes_back_as_it_was(roster: Roster) -> None:
    wish = fill(
        replace(wished(roster, "team meeting with my team next week"), optional_ids=("will",)),
        roster,
    )
    kept = from_payload(to_payload(wish))
    assert kept == wish
    inputs = {
        verbs.ATTENDEES: ",".join(wish.attendee_ids),
        verbs.OPTIONAL: "will",
        verbs.QUORUM: str(wish.quorum),
    }
    assert from_inputs(kept, inputs, roster) == (wish, ())


@pytest.mark.parametrize("said", ["0", "7", "999"])
def test_more_than_are_asked_or_none_is_asked_about(roster: Roster, said: str) -> None:
    wish = wished(roster, "team meeting with my team next week")
    changed, _ = from_inputs(wish, {verbs.QUORUM: said}, roster)
    (problem,) = gaps(fill(changed, roster), roster)
    assert (problem.kind, problem.facts["most"]) == (ProblemKind.BAD_QUORUM, 6)


@pytest.mark.parametrize("said", ["five", "-1", "1e3", "²"])
def test_what_is_no_number_of_people_is_said(roster: Roster, said: str) -> None:
    wish = wished(roster, "team meeting with my team next week")
    changed, (problem,) = from_inputs(wish, {verbs.QUORUM: said}, roster)
    assert changed == wish
    assert problem.kind == ProblemKind.BAD_QUORUM


def test_another_type_has_neither(roster: Roster) -> None:
    wish = wished(roster, "team meeting with my team next week, at least 3")
    changed, _ = from_inputs(wish, {verbs.TYPE: "one_to_one"}, roster)
    ask = to_ask(fill(changed, roster), roster)
    assert not ask.together
    assert ask.quorum is None


def test_a_correction_may_say_how_many(roster: Roster) -> None:
    wish = wished(roster, "team meeting with my team next week")
    again = corrected("no, at least 2 people", roster, wish, ())
    assert again.wish.quorum == 2
    assert set(again.wish.attendee_ids) == set(BILLING)
