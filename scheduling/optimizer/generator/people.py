"""Who works in a centre: sites, teams, what everybody can do. Arrays, one row per agent."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scheduling.optimizer.generator.days import ZONES
from scheduling.optimizer.queueing import Floats, Ints

AGENTS_A_SITE: Final = 400
_TEAM_SIZES: Final = (12, 18)
_SKILLS_PARTS: Final = (0.45, 0.35, 0.20)
"""Parts of the agents with one, two and three skills."""
_RARE_PART: Final = 0.25
"""How popular every sixth activity is beside the others."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class People:
    """Agents in order of site and team.

    ``site`` and ``team`` are indices (agents,); ``shares`` the part of each activity, (agents,
    activities), rows sum to 1;
    ``site_of_team`` and ``online`` (teams,); ``rare`` (activities,).
    """

    site: Ints
    team: Ints
    shares: Floats
    site_of_team: Ints
    online: NDArray[np.bool_]
    rare: NDArray[np.bool_]

    @property
    def agents(self) -> int:
        """How many agents there are."""
        return len(self.site)

    @property
    def sites(self) -> int:
        """How many sites there are."""
        return int(self.site[-1]) + 1

    @property
    def activities(self) -> int:
        """How many activities there are."""
        return int(self.shares.shape[1])

    def zone(self, site: int) -> int:
        """Return the index of the site's zone."""
        return site % len(ZONES)


def draw_people(agents: int, rng: np.random.Generator) -> People:
    """Return ``agents`` people: teams of 12 to 18, one to three skills, nearer to their team's."""
    sites = max(1, round(agents / AGENTS_A_SITE))
    site_sizes = np.diff(np.linspace(0, agents, sites + 1).round().astype(np.int64))
    teams = [_teams(int(size), rng) for size in site_sizes]
    sizes = np.concatenate(teams)
    site_of_team = np.repeat(np.arange(sites), [len(each) for each in teams])
    team = np.repeat(np.arange(len(sizes)), sizes)
    activities = int(np.clip(round(0.283 * agents**0.5), 4, 24))
    rare = (np.arange(activities) % 6 == 4) & (activities > 6)
    return People(
        site=site_of_team[team],
        team=team,
        shares=_shares(team, rare, rng),
        site_of_team=site_of_team,
        online=rng.random(len(sizes)) < 0.35,
        rare=rare,
    )


def _teams(agents: int, rng: np.random.Generator) -> Ints:
    """Return the sizes of a site's teams, as even as drawn sizes allow."""
    mean = rng.uniform(_TEAM_SIZES[0] + 1, _TEAM_SIZES[1] - 1)
    cuts = np.linspace(0, agents, max(1, round(agents / mean)) + 1)
    cuts[1:-1] += rng.uniform(-1, 1, len(cuts) - 2)
    return np.asarray(np.diff(cuts.round()), np.int64)


def _shares(team: Ints, rare: NDArray[np.bool_], rng: np.random.Generator) -> Floats:
    """Draw skills without replacement (Gumbel's trick), 1/k of the time on each of k."""
    popular = np.where(rare, np.log(_RARE_PART), 0.0)
    liking = popular + rng.normal(0, 1, (int(team[-1]) + 1, len(rare)))[team]
    drawn = np.argsort(-(liking + rng.gumbel(size=liking.shape)), axis=1, kind="stable")[:, :3]
    count = rng.choice([1, 2, 3], size=len(team), p=_SKILLS_PARTS)
    part = np.where(np.arange(3) < count[:, None], 1 / count[:, None], 0.0)
    shares = np.zeros((len(team), len(rare)))
    np.put_along_axis(shares, drawn, part, axis=1)
    return shares
