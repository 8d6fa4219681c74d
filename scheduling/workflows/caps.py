"""How many may be away at once, per team, site, unit, activity and rare skill, on the grid."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import numpy as np

from scheduling.domain.centre import Agent
from scheduling.domain.meetings import RARE_SKILL, CapRule
from scheduling.domain.rules import Rule
from scheduling.domain.times import Interval, merge
from scheduling.optimizer.supply import Cap, Grid
from scheduling.storage.bookings import SessionRow
from scheduling.workflows.facts import UnitFacts
from scheduling.workflows.staffing import fraction


def caps(
    rules: Sequence[CapRule],
    facts: UnitFacts,
    grid: Grid,
    wanted: Collection[str],
    ours: Sequence[SessionRow],
) -> tuple[Cap, ...]:
    """Return every cap that an agent in ``wanted`` counts for; our sessions are away already."""
    return tuple(
        Cap(
            id=f"{rule.scope}:{name}",
            rule=rule.scope,
            members=members,
            most=_most(rule, members, facts, grid),
            away=_away(members, grid, ours),
        )
        for rule in rules
        for name, members in sorted(_groups(rule.scope, facts).items())
        if not members.isdisjoint(wanted)
    )


def _groups(scope: Rule, facts: UnitFacts) -> Mapping[str, frozenset[str]]:
    """Return the agents of each group of ``scope`` by the group's id."""
    groups = _gathered(_memberships(scope, facts))
    if scope is not Rule.SKILL_CAP:
        return groups
    rare = {f"skill/{name}": some for name, some in rare_skills(facts.agents.values()).items()}
    return _few(groups) | rare


def rare_skills(agents: Iterable[Agent]) -> Mapping[str, frozenset[str]]:
    """Return who has each skill of the WFM that ``RARE_SKILL`` agents or fewer have."""
    return _few(_gathered((name, agent.id) for agent in agents for name in agent.skills))


def rare_caps(
    most: int | None,
    facts: UnitFacts,
    grid: Grid,
    wanted: Collection[str],
    ours: Sequence[SessionRow],
) -> tuple[Cap, ...]:
    """Return a cap of ``most`` at once for each rare skill that somebody in ``wanted`` has, if any."""
    if most is None:
        return ()
    return tuple(
        Cap(
            id=f"rare_skill:{name}",
            rule=Rule.SKILL_CAP,
            members=members,
            most=(most,),
            away=_away(members, grid, ours),
        )
        for name, members in sorted(rare_skills(facts.agents.values()).items())
        if not members.isdisjoint(wanted)
    )


def _gathered(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    groups: dict[str, set[str]] = defaultdict(set)
    for name, agent_id in pairs:
        groups[name].add(agent_id)
    return {name: frozenset(some) for name, some in groups.items()}


def _few(groups: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    return {name: some for name, some in groups.items() if len(some) <= RARE_SKILL}


def _memberships(scope: Rule, facts: UnitFacts) -> Iterator[tuple[str, str]]:
    for agent in facts.agents.values():
        if scope is Rule.TEAM_CAP:
            yield agent.team_id, agent.id
        elif scope is Rule.SITE_CAP:
            yield agent.site_id, agent.id
        elif scope is Rule.UNIT_CAP:
            yield facts.unit.id, agent.id
        else:
            yield from ((demand, agent.id) for demand, share in agent.shares.items() if share)


def _most(rule: CapRule, members: frozenset[str], facts: UnitFacts, grid: Grid) -> tuple[int, ...]:
    if rule.heads is not None:
        return (rule.heads,)
    on_shift = np.zeros(grid.slots, np.int64)
    for agent_id in members:
        shifts = merge(s.interval for day in facts.days.get(agent_id, ()) for s in day.segments)
        on_shift += fraction(shifts, grid) > 0
    return tuple(np.maximum(1, np.floor((rule.part or 0) * on_shift)).astype(int).tolist())


def _away(members: frozenset[str], grid: Grid, ours: Sequence[SessionRow]) -> tuple[int, ...]:
    """Return how many of ``members`` have a session per slot, however little of it; () for none."""
    spans: dict[str, list[Interval]] = defaultdict(list)
    for row in ours:
        if row.attendee_id in members:
            spans[row.attendee_id].append(row.interval)
    if not spans:
        return ()
    away = sum((fraction(merge(some), grid) > 0).astype(int) for some in spans.values())
    return tuple(np.asarray(away).tolist())
