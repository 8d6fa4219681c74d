"""Who meets together where a template is of a type for several people: each team, or a list."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

from scheduling.domain.centre import Agent
from scheduling.domain.templates import Standing, Template
from scheduling.recurrence.audience import is_meant, members


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Who meets together: everybody of a team, by its id, or whom a template names one by one.

    ``key`` is the team's id, or the template's for its list; ``facilitator_id`` attends too and is
    none of ``people``; ``least`` of them are enough.
    """

    key: str
    people: tuple[Agent, ...]
    facilitator_id: str | None
    least: int


def parties(
    template: Template, agents: Iterable[Agent], led: Mapping[str, str], quorum: float
) -> tuple[Party, ...]:
    """Return who meets with whom now, by key; ``led`` is who leads each team."""
    found: dict[str, list[Agent]] = {}
    for agent in members(template.audience, agents):
        key = agent.team_id if is_meant(template.audience, agent) else template.id
        found.setdefault(key, []).append(agent)
    made = [_party(template, key, found[key], led, quorum) for key in sorted(found)]
    return tuple(one for one in made if one.people)


def _party(
    template: Template, key: str, agents: Sequence[Agent], led: Mapping[str, str], quorum: float
) -> Party:
    leaders = {led.get(agent.team_id) for agent in agents}
    leader = template.facilitator_id or (leaders.pop() if len(leaders) == 1 else None)
    people = tuple(agent for agent in agents if agent.id != leader)
    return Party(
        key=key, people=people, facilitator_id=leader, least=max(1, ceil(quorum * len(people)))
    )


def met_on(party: Party, history: Mapping[str, Iterable[date]]) -> tuple[date, ...]:
    """Return the dates on which a party has met, by when each of its people has.

    People come and go, and some miss it: half as many as have to come now tell that it was theirs.
    """
    days = Counter(day for one in party.people for day in set(history.get(one.id, ())))
    return tuple(sorted(day for day, here in days.items() if 2 * here >= party.least))


def standing(
    party: Party,
    history: Sequence[date],
    shifts: Mapping[str, frozenset[date]],
    unread: frozenset[str],
) -> Standing:
    """Return a party as somebody who is due: present where enough of it have a shift."""
    here = Counter(day for one in party.people for day in shifts.get(one.id, ()))
    first = party.people[0]
    return Standing(
        agent_id=party.key,
        site_id=first.site_id,
        team_id=first.team_id,
        manager_id=party.facilitator_id,
        history=tuple(history),
        present=frozenset(day for day, number in here.items() if number >= party.least),
        unread=sum(one.id not in unread for one in party.people) < party.least,
    )
