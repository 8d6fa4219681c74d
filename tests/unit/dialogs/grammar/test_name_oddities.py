"""Names as people have them, and namesakes; nobody is guessed."""

from dataclasses import replace

import pytest

from dialogs.grammar.understand import understand
from scheduling.domain.meetings import MOST_ATTENDEES
from scheduling.workflows.desk_port import Roster, RosterPerson

ODD = {
    "fox": ("🦊 Fox", "billing"),
    "dana": ("דנה לוי", "billing"),
    "ali": ("محمد علي", "east"),
    "sam-b": ("Sam Hill", "billing"),
    "sam-e": ("Sam Hill", "east"),
    "robert": ("Robert Miles", "billing"),
    "party": ("🎉🎉", "billing"),
    "juergen": ("Jürgen Weiß", "billing"),
    "petra": ("Petra Mueller", "east"),
    "jan": ("Jan Müller", "billing"),
    "soeren": ("Søren Kjær", "east"),
}
TEAMS = {"billing": "Billing", "east": "Retention East"}

MEANT = {
    "1:1 with 🦊 Fox tomorrow": "fox",
    "1:1 with fox tomorrow": "fox",
    "1:1 with דנה לוי tomorrow": "dana",
    "1:1 with דנה tomorrow": "dana",
    "1:1 with \u2067דנה לוי\u2069 tomorrow": "dana",
    "1:1 with محمد next week": "ali",
    "1:1 with \u202eAsha\u202c tomorrow": "asha",
    "1:1 with ASHA 🎉 tomorrow": "asha",
    "1:1 with Sam Hill from Retention East": "sam-e",
    "1:1 with Sam Hill (Billing) tomorrow": "sam-b",
    "1:1 mit Sam aus Retention East": "sam-e",
    "1:1s with Tom (Billing) and Tom (Retention East)": "tom-r,tom-h",
    "1:1 mit Jürgen Weiß morgen": "juergen",
    "1:1 mit Juergen Weiss morgen": "juergen",
    "1:1 with Jurgen Weis tomorrow": "juergen",
    "1:1 mit Petra Müller morgen": "petra",
    "1:1 mit Jan Mueller morgen": "jan",
    "1:1 with Soren Kjaer tomorrow": "soeren",
    "1:1 with Søren tomorrow": "soeren",
}
ASKED = {
    "1:1 with Sam Hill next week": ("ambiguous_name", ["sam-b", "sam-e"]),
    "1:1 with Sam next week": ("ambiguous_name", ["sam-b", "sam-e"]),
    "1:1 mit Müller morgen": ("ambiguous_name", ["petra", "jan"]),
    "1:1 mit Mueller morgen": ("ambiguous_name", ["petra", "jan"]),
    "1:1 with Robert from Retention East": ("unknown_name", None),
    "1:1 with Bob next week": ("unknown_name", None),
    "1:1 with Rob next week": ("unknown_name", None),
    "1:1 with Bobby next week": ("unknown_name", None),
    "1:1 with Liz next week": ("unknown_name", None),
    "1:1 with 🎉🎉 tomorrow": ("missing", None),
}


@pytest.fixture
def odd(roster: Roster) -> Roster:
    """Return Morgan's roster with people of uncommon names."""
    more = tuple(
        RosterPerson(id=each, name=name, team_id=team, team_name=TEAMS[team], zone=roster.zone)
        for each, (name, team) in ODD.items()
    )
    return replace(roster, people=(*roster.people, *more))


@pytest.mark.parametrize("text", MEANT, ids=lambda text: f"sentence: {text!a}")
def test_a_name_is_recognised_as_it_is_written(text: str, odd: Roster) -> None:
    understood = understand(text, odd)
    assert understood.problems == ()
    assert ",".join(understood.wish.attendee_ids) == MEANT[text]


@pytest.mark.parametrize("text", ASKED, ids=lambda text: f"sentence: {text!a}")
def test_a_namesake_or_a_nickname_is_asked_about(text: str, odd: Roster) -> None:
    understood = understand(text, odd)
    problem = understood.problems[0]
    kind, candidates = ASKED[text]
    assert problem.kind == kind
    assert understood.wish.attendee_ids == ()
    shown = problem.facts.get("candidates")
    if candidates is not None:
        assert isinstance(shown, list)
        assert [each["id"] for each in shown] == candidates


@pytest.mark.parametrize(
    "text", ["1:1s with my team next week", "Einzelgespräche mit allen", "coaching for everyone"]
)
def test_three_hundred_attendees_are_refused_with_the_limit(text: str, roster: Roster) -> None:
    crowd = tuple(
        RosterPerson(
            id=f"p{n}", name=f"Person {n}", team_id="billing", team_name="Billing", zone=roster.zone
        )
        for n in range(300)
    )
    problems = understand(text, replace(roster, people=crowd)).problems
    assert [(each.kind, each.facts) for each in problems] == [
        ("too_many", {"limit": MOST_ATTENDEES})
    ]
