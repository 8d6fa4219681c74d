"""Who is in an audience, and what changed since the last run."""

import pytest

from scheduling.domain.centre import Agent
from scheduling.domain.people import Person, Role
from scheduling.domain.skills import SkillLevel
from scheduling.domain.templates import Audience, Membership, TeamChangeKind
from scheduling.recurrence.audience import (
    changes,
    lost,
    managers,
    members,
    memberships,
    unknown_skills,
)


def agent(agent_id: str, team_id: str = "billing", site_id: str = "leeds", **skills: int) -> Agent:
    """Return an agent of a team."""
    return Agent(
        id=agent_id,
        name=agent_id,
        unit_id="north",
        site_id=site_id,
        team_id=team_id,
        zone="Europe/London",
        shares={},
        skills=skills,
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


def skill(text: str) -> tuple[SkillLevel, ...]:
    """Return one skill as it is written."""
    return (SkillLevel.read(text),)


def test_a_skill_at_a_level_narrows_teams_and_alone_is_of_the_whole_unit() -> None:
    people = (
        agent("a", Cards=1),
        agent("b", Cards=2),
        agent("c", "retention", Cards=3),
        agent("d", "retention"),
    )

    def ids(**asked: object) -> list[str]:
        return [each.id for each in members(Audience(**asked), people)]  # type: ignore[arg-type]

    assert ids(skills=skill("Cards >= 2")) == ["b", "c"]
    assert ids(skills=skill("Cards")) == ["a", "b", "c"]
    assert ids(skills=skill("Cards >= 2"), team_ids=frozenset({"billing"})) == ["b"]
    assert ids(skills=skill("Cards >= 3"), agent_ids=frozenset({"d"})) == ["c", "d"]
    assert ids(skills=(*skill("Cards"), *skill("Danish"))) == []
    assert unknown_skills((*skill("Cards >= 9"), *skill("Danish")), people) == {"Danish"}


def test_a_skill_is_read_as_it_is_written() -> None:
    assert [str(SkillLevel.read(each)) for each in ("Cards>=2", " Danish ", "A >= B >= 0")] == [
        "Cards >= 2",
        "Danish",
        "A >= B",
    ]


@pytest.mark.parametrize("text", ["", " >= 2", "Cards >= 101", "Cards >= many"])
def test_what_is_no_skill_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the level's number says its own
        SkillLevel.read(text)


def test_an_audience_of_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="names a site, a team, a skill or an agent"):
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
