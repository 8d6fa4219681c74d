"""Who is in an audience now, and what has changed since it was last asked."""

from collections.abc import Iterable, Mapping

from scheduling.domain.centre import Agent
from scheduling.domain.people import Person, Role
from scheduling.domain.skills import SkillLevel, all_met
from scheduling.domain.templates import (
    Audience,
    LostAudience,
    Membership,
    TeamChange,
    TeamChangeKind,
)


def members(audience: Audience, agents: Iterable[Agent]) -> tuple[Agent, ...]:
    """Return the agents who are in the audience as the hierarchy is now, by id."""
    return tuple(
        sorted(
            (
                agent
                for agent in agents
                if agent.id not in audience.except_ids
                and (agent.id in audience.agent_ids or is_meant(audience, agent))
            ),
            key=lambda agent: agent.id,
        )
    )


def is_meant(audience: Audience, agent: Agent) -> bool:
    """Whether somebody is of the sites and teams (any, where only skills are named), and skilled."""
    anywhere = bool(audience.skills) and not (audience.site_ids or audience.team_ids)
    placed = agent.team_id in audience.team_ids or agent.site_id in audience.site_ids
    return (anywhere or placed) and all_met(audience.skills, agent.skills)


def managers(people: Iterable[Person]) -> Mapping[str, str]:
    """Return who leads each team; of several, the first by id."""
    led: dict[str, str] = {}
    for person in sorted(people, key=lambda one: one.id):
        if person.has(Role.MANAGER):
            for team_id in person.leads:
                led.setdefault(team_id, person.id)
    return led


def lost(audience: Audience, agents: Iterable[Agent]) -> frozenset[str]:
    """Return the ids of sites, teams and agents of the audience that the hierarchy has no more."""
    known = list(agents)
    there = {a.id for a in known} | {a.team_id for a in known} | {a.site_id for a in known}
    return (audience.site_ids | audience.team_ids | audience.agent_ids) - there


def unknown_skills(asked: Iterable[SkillLevel], agents: Iterable[Agent]) -> frozenset[str]:
    """Return the names of skills that nobody has at any level: the WFM does not know them."""
    known = {name for agent in agents for name in agent.skills}
    return frozenset(one.skill for one in asked) - known


def lost_parts(
    template_id: str,
    name: str,
    audience: Audience,
    agents: Iterable[Agent],
    earlier: Mapping[str, Membership],
    now: Mapping[str, Membership],
) -> tuple[LostAudience, ...]:
    """Return what of an audience the hierarchy has no more, by id; ``earlier`` is the last run's."""
    gone = lost(audience, agents)
    left = [before.team_id for agent_id, before in earlier.items() if agent_id not in now]
    found = [
        LostAudience(template_id=template_id, template_name=name, id=each, people=left.count(each))
        for each in sorted(gone - audience.agent_ids)
    ]
    if named := len(gone & audience.agent_ids):
        found.append(
            LostAudience(template_id=template_id, template_name=name, id=None, people=named)
        )
    return tuple(found)


def memberships(agents: Iterable[Agent], led: Mapping[str, str]) -> Mapping[str, Membership]:
    """Return the team and manager of each agent, to compare the next run with."""
    return {
        agent.id: Membership(team_id=agent.team_id, manager_id=led.get(agent.team_id))
        for agent in agents
    }


def changes(
    earlier: Mapping[str, Membership], now: Mapping[str, Membership]
) -> tuple[TeamChange, ...]:
    """Return who joined, left, moved, or has a new manager, by agent id."""
    found = []
    for agent_id in sorted({*earlier, *now}):
        before, after = earlier.get(agent_id), now.get(agent_id)
        kind = _kind(before, after)
        if kind is not None:
            found.append(TeamChange(agent_id=agent_id, kind=kind, before=before, after=after))
    return tuple(found)


def _kind(before: Membership | None, after: Membership | None) -> TeamChangeKind | None:
    if before is None:
        return TeamChangeKind.JOINED
    if after is None:
        return TeamChangeKind.LEFT
    if before.team_id != after.team_id:
        return TeamChangeKind.MOVED
    return TeamChangeKind.NEW_MANAGER if before.manager_id != after.manager_id else None
