"""Who is in an audience, and what changed since the last run."""

import pytest

from scheduling.domain.centre import Agent
from scheduling.domain.people import Person, Role
from scheduling.domain.templates import Audience, Membership, TeamChangeKind
from scheduling.recurrence.audience import changes, lost, managers, members, memberships


def agent(agent_id: str, team_id: str = "billing", site_id: str = "leeds") -> Agent:
    """Return an agent of a team."""
    return Agent(
        id=agent_id,
        name=agent_id,
        unit_id="north",
        site_id=site_id,
        team_id=team_id,
        zone="Europe/London",
        shares={},
    )


def leader(person_id: str, *teams: str) -> Person:
    """Return a manager of teams."""
    return Person(
        id=person_id,
        name=person_id,
        zone="Europe/London",
        roles=frozenset({Role.MANAGER}),
        leads=frozenset(teams),
    )


AGENTS = (agent("b"), agent("a"), agent("c", "retention"), agent("d", "retention", "berlin"))


def test_a_team_is_who_is_in_it_now() -> None:
    audience = Audience(team_ids=frozenset({"billing"}))
    assert [each.id for each in members(audience, AGENTS)] == ["a", "b"]
    assert [each.id for each in members(audience, [*AGENTS, agent("new")])] == ["a", "b", "new"]


def test_sites_teams_and_agents_add_up_and_the_excepted_stay_out() -> None:
    audience = Audience(
        site_ids=frozenset({"berlin"}),
        agent_ids=frozenset({"c"}),
        team_ids=frozenset({"billing"}),
        except_ids=frozenset({"a"}),
    )
    assert [each.id for each in members(audience, AGENTS)] == ["b", "c", "d"]


def test_an_audience_of_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="names a site, a team or an agent"):
        Audience()


def test_what_the_hierarchy_lost_is_named() -> None:
    audience = Audience(team_ids=frozenset({"billing", "gone"}), agent_ids=frozenset({"a", "x"}))
    assert lost(audience, AGENTS) == {"gone", "x"}


def test_a_team_with_two_managers_has_the_first() -> None:
    people = [leader("zoe", "billing"), leader("mia", "billing", "retention")]
    assert managers(people) == {"billing": "mia", "retention": "mia"}


def test_joined_left_moved_and_a_new_manager_are_told_apart() -> None:
    earlier = {
        "stays": Membership(team_id="billing", manager_id="mia"),
        "moves": Membership(team_id="billing", manager_id="mia"),
        "leaves": Membership(team_id="billing", manager_id="mia"),
        "led_anew": Membership(team_id="retention", manager_id="zoe"),
    }
    now = memberships(
        [
            agent("stays"),
            agent("moves", "retention"),
            agent("joins"),
            agent("led_anew", "retention"),
        ],
        {"billing": "mia", "retention": "yan"},
    )
    found = {each.agent_id: each.kind for each in changes(earlier, now)}
    assert found == {
        "moves": TeamChangeKind.MOVED,
        "leaves": TeamChangeKind.LEFT,
        "joins": TeamChangeKind.JOINED,
        "led_anew": TeamChangeKind.NEW_MANAGER,
    }
