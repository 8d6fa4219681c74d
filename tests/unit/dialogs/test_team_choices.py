"""Choosing a whole team on a card, by typing or from the list."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from dialogs.conversation import Conversation
from dialogs.drafting import from_inputs
from dialogs.typeahead import MOST_CHOICES, suggest, team_choices
from dialogs.verbs import Dataset
from dialogs.views import FormView, ProposalView, Viewer
from dialogs.wishes import Wish
from dialogs.wording import Words
from scheduling.domain.meetings import MOST_ATTENDEES
from scheduling.domain.people import Actor
from scheduling.workflows.desk_port import Roster, RosterPerson

CHAT = "chat-1"
BILLING = ("asha", "tom-r", "jose", "april", "chris", "will")
EAST = ("tom-h", "siobhan", "anne", "maria")


@pytest.fixture
def words(roster: Roster) -> Words:
    return Words.for_viewer(Viewer(locale="en", zone=roster.zone, now=roster.now))


def crowded(roster: Roster, count: int) -> Roster:
    """Return the roster with ``count`` more people in Billing."""
    crowd = tuple(
        RosterPerson(
            id=f"p{n}", name=f"Person {n}", team_id="billing", team_name="Billing", zone=roster.zone
        )
        for n in range(count)
    )
    return replace(roster, people=(*roster.people, *crowd))


def test_a_team_is_suggested_by_its_name_with_its_size(roster: Roster, words: Words) -> None:
    found = suggest(roster, Dataset.PEOPLE, "reten", words)
    assert (found[0].title, found[0].value) == ("Retention East (4 people)", "team:east")


def test_a_team_that_the_asker_may_not_see_is_not_suggested(roster: Roster, words: Words) -> None:
    own = tuple(each for each in roster.people if each.team_id == "billing")
    seen = replace(roster, people=own, teams={"billing": "Billing"})
    assert suggest(seen, Dataset.PEOPLE, "Retention East", words) == []
    assert [each.value for each in team_choices(seen, words)] == ["team:billing"]


def test_teams_cannot_lead(roster: Roster, words: Words) -> None:
    assert all(
        not each.value.startswith("team:")
        for each in suggest(roster, Dataset.FACILITATORS, "", words)
    )


def test_however_many_there_are_fifteen_are_suggested(roster: Roster, words: Words) -> None:
    assert len(suggest(crowded(roster, 300), Dataset.PEOPLE, "", words)) == MOST_CHOICES
    assert len(suggest(crowded(roster, 300), Dataset.PEOPLE, "person", words)) == MOST_CHOICES


@pytest.mark.parametrize(
    "query",
    [
        "team:billing",
        "%' OR 1=1 --",
        "*",
        "\x00",
        "\ud800",
        "b" * 10_000,
        "\u202eahsa",
        "🦊",
        "(((((",
    ],
)
def test_a_hostile_query_finds_what_may_be_chosen_or_nothing(
    query: str, roster: Roster, words: Words
) -> None:
    allowed = {each.id for each in roster.people} | {"team:billing", "team:east"}
    found = suggest(roster, Dataset.PEOPLE, query, words)
    assert {each.value for each in found} <= allowed
    assert len(found) <= MOST_CHOICES


@pytest.mark.parametrize(
    ("chosen", "people"),
    [
        ("team:billing", BILLING),
        ("siobhan,team:billing", ("siobhan", *BILLING)),
        ("asha,team:billing,asha", BILLING),
        ("team:east,team:billing", (*EAST, *BILLING)),
    ],
)
def test_a_team_that_is_chosen_is_all_of_its_members(
    chosen: str, people: tuple[str, ...], roster: Roster
) -> None:
    wish, problems = from_inputs(Wish(), {"attendees": chosen}, roster)
    assert (set(wish.attendee_ids), problems) == (set(people), ())
    assert len(wish.attendee_ids) == len(people)


@pytest.mark.parametrize("chosen", ["team:secret", "team:", "team:billing;east", "TEAM:billing"])
def test_a_team_that_may_not_be_chosen_is_nobody(chosen: str, roster: Roster) -> None:
    wish, problems = from_inputs(Wish(), {"attendees": chosen}, roster)
    assert wish.attendee_ids == ()
    assert [each.kind for each in problems] == ["unknown_id"]


def test_a_team_too_large_is_refused_with_the_limit(roster: Roster) -> None:
    wish, problems = from_inputs(Wish(), {"attendees": "team:billing"}, crowded(roster, 300))
    assert wish.attendee_ids == ()
    assert [(each.kind, each.facts) for each in problems] == [
        ("too_many", {"limit": MOST_ATTENDEES})
    ]


async def test_the_form_proposes_for_everybody_of_a_chosen_team(
    actor: Actor, desk_of: Callable[[], object]
) -> None:
    talk = Conversation(desk_of())  # type: ignore[arg-type]
    form = await talk.message(actor, CHAT, "1:1s next week")
    assert isinstance(form, FormView)
    data = {"d": form.draft.id, "n": form.draft.version, "attendees": "team:east"}
    view = await talk.act(actor, CHAT, "propose", data)
    assert isinstance(view, ProposalView)
    assert view.proposal.ask.attendee_ids == EAST
