"""Who is open for contacts when, summed over agents, and what may be away of them at once."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from scheduling.domain.rules import Rule
from scheduling.optimizer.generator.leaders import site_id
from scheduling.optimizer.generator.people import People
from scheduling.optimizer.generator.sessions import agent_id
from scheduling.optimizer.generator.shifts import Shifts
from scheduling.optimizer.generator.streams import Stream
from scheduling.optimizer.queueing import Floats, Ints
from scheduling.optimizer.supply import Cap, Heads

_UNITS: Final = 60
"""Shares are whole sixtieths, so that sums are exact in any order."""
_SITE_PART: Final = 0.08
"""Of a site's agents open for contacts, how many may be away at once."""
_RARE_PART: Final = 0.10
"""The same of those with a rare skill."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Presence:
    """Agents open for contacts.

    ``coverage`` is FTE (activities, slots), ``heads`` (sites, activities, slots), ``at_site``
    agents (sites, slots).
    """

    coverage: Floats
    heads: Ints
    at_site: Ints

    @classmethod
    def of(cls, people: People, shifts: Shifts, slots: int) -> "Presence":
        """Sum what the agents' own schedules give, site by site."""
        units = np.round(_UNITS * people.shares)
        taken = np.zeros((people.activities, slots))
        heads = np.zeros((people.sites, people.activities, slots), np.int64)
        at_site = np.zeros((people.sites, slots), np.int64)
        for site in range(people.sites):
            own = people.site == site
            is_open = shifts.open_slots(own, slots).astype(np.float64)
            taken += units[own].T @ is_open
            heads[site] = (units[own] > 0).T.astype(np.float64) @ is_open
            at_site[site] = is_open.sum(0)
        return cls(coverage=taken / _UNITS, heads=heads, at_site=at_site)


def heads_of(people: People, streams: tuple[Stream, ...], presence: Presence) -> tuple[Heads, ...]:
    """Return who must stay per site and activity: two, one where the skill is rare."""
    return tuple(
        Heads(
            demand_id=stream.id,
            site_id=site_id(site),
            present=tuple(presence.heads[site, row].tolist()),
            minimum=1 if people.rare[row] else 2,
        )
        for site in range(people.sites)
        for row, stream in enumerate(streams)
        if presence.heads[site, row].any()
    )


def caps_of(
    people: People, streams: tuple[Stream, ...], presence: Presence, *, training: bool, whole: bool
) -> tuple[Cap, ...]:
    """Return caps per team (two, three where groups train), site and rare skill.

    Where ``whole`` teams meet there is no cap per team, and a site lets the largest one go.
    """
    sizes = np.bincount(people.team)
    caps = [] if whole else _team_caps(people, 3 if training else 2)
    for site in range(people.sites):
        most = np.maximum(3, np.floor(_SITE_PART * presence.at_site[site]))
        if training:
            most += 12
        if whole:
            most += sizes.max()
        caps.append(
            Cap(
                id=f"away-{site_id(site)}",
                rule=Rule.SITE_CAP,
                members=_members(people.site == site),
                most=tuple(most.astype(np.int64).tolist()),
            )
        )
    for row in np.flatnonzero(people.rare).tolist():
        most = np.maximum(2, np.floor(_RARE_PART * presence.heads[:, row].sum(0)))
        caps.append(
            Cap(
                id=f"away-{streams[row].id}",
                rule=Rule.SKILL_CAP,
                members=_members(people.shares[:, row] > 0),
                most=tuple(most.astype(np.int64).tolist()),
            )
        )
    return tuple(caps)


def _team_caps(people: People, most: int) -> list[Cap]:
    return [
        Cap(
            id=f"away-{team_id(team)}",
            rule=Rule.TEAM_CAP,
            members=_members(people.team == team),
            most=(most,),
        )
        for team in range(len(people.site_of_team))
    ]


def team_id(team: int) -> str:
    """Return the id of a team."""
    return f"team-{team + 1:03d}"


def _members(some: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> frozenset[str]:
    return frozenset(agent_id(agent) for agent in np.flatnonzero(some).tolist())
