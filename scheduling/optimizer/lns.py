"""Large-neighbourhood search: a few dozen requests at a time are placed anew by the cell model.

Each neighbourhood grows from a request that pays more than it would at going prices, over those
who sit where its members would rather be, and keeps each member's cheapest columns only.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scheduling.optimizer.cells import solve_cells
from scheduling.optimizer.cost import UNITS
from scheduling.optimizer.loads import (
    Loads,
    charges,
    cost_of,
    leaves_at,
    members,
    placed_by_tier,
)
from scheduling.optimizer.packing import NO_PRICE_LIMIT, Int64, Packed, Packing

SIZE: Final = 60
"""Requests per neighbourhood."""
COLUMNS: Final = 15
"""Columns per request: its cheapest at going prices, besides where it sits."""
_EFFORT: Final = 1.0
"""CP-SAT's deterministic time per neighbourhood."""
_FRESH: Final = 25
"""Neighbourhoods between two reckonings of what every request could save."""
_GROWTH: Final = 8
"""Members whose wishes are followed in one step of growth."""


def improve(
    packing: Packing,
    packed: Packed,
    *,
    effort: int,
    deadline: Callable[[], bool] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Packed:
    """Return ``packed`` bettered by ``effort`` neighbourhoods; what is placed by tier never falls.

    ``progress`` hears after each how many are done and what the plan costs. Once ``deadline`` is
    true nothing more is tried and the result is marked as guarded.
    """
    search = _Search(packing, packed.chosen)
    guarded = packed.guarded
    for turn in range(effort if search.movable.any() else 0):
        if deadline and deadline():
            guarded = True
            break
        search.turn(turn)
        if progress:
            progress(turn + 1, cost_of(packing, search.chosen))
    cost = cost_of(packing, search.chosen)
    stage = "neighbourhoods" if search.bettered else packed.stage
    return replace(packed, chosen=search.chosen, cost=cost, stage=stage, guarded=guarded)


class _Search:
    """The choice as it is now, its loads, and who could save how much."""

    def __init__(self, packing: Packing, chosen: Int64) -> None:
        self.packing, self.chosen = (
            replace(packing, walk_away=np.full_like(packing.walk_away, NO_PRICE_LIMIT)),
            chosen.copy(),
        )
        self.loads = Loads.of(packing, chosen)
        self.random = np.random.default_rng([packing.seed, len(chosen)])
        self.leaves = leaves_at(packing, np.arange(packing.requests))
        wide = np.diff(packing.first) > 0
        priced_out = (chosen < 0) & (self.leaves < NO_PRICE_LIMIT)
        self.movable = wide & (packing.fixed == 0) & ~priced_out
        self.regret = np.zeros(packing.requests)
        self.bettered = False

    def turn(self, turn: int) -> None:
        """Place one neighbourhood anew; keep the answer where it is better."""
        prices = self._prices()
        if turn % _FRESH == 0:
            self.regret = self._regrets(prices)
        requests = self._neighbourhood(prices)
        columns = dict(
            zip(requests.tolist(), self._columns(requests, prices, COLUMNS), strict=True)
        )
        solved = solve_cells(self.packing, columns, self.chosen, effort=_EFFORT, loads=self.loads)
        self.regret[requests] *= 0.5
        if solved and np.any(solved.chosen != self.chosen):
            self._take_over(requests, solved.chosen, solved.saved)

    def _prices(self) -> Int64:
        """Return what the next unit costs per cell."""
        load = self.packing.removed + self.loads.cells
        segment = np.clip(load // UNITS, 0, self.packing.slopes.shape[1] - 1)
        return np.asarray(self.packing.slopes[np.arange(len(load)), segment])

    def _at(self, prices: Int64, candidates: Int64) -> Int64:
        owner, at = members(self.packing.cell_first, candidates)
        rise = prices[self.packing.cell[at]] * self.packing.units[at]
        return np.bincount(owner, rise, len(candidates)).astype(np.int64)

    def _regrets(self, prices: Int64) -> NDArray[np.float64]:
        """Return what each would save at ``prices`` where nobody is in its way."""
        every = np.arange(self.packing.candidates)
        cost = self._at(prices, every)
        first = self.packing.first
        wide = np.flatnonzero(self.movable)
        least = np.zeros(self.packing.requests)
        least[wide] = np.minimum.reduceat(cost, first[wide]) if len(wide) else 0
        now = np.where(self.chosen >= 0, cost[np.maximum(self.chosen, 0)], cost.max())
        return np.where(self.movable, np.maximum(now - least, 0), 0.0)

    def _columns(self, requests: Int64, prices: Int64, count: int) -> list[Int64]:
        """Return each one's ``count`` cheapest candidates, and where it sits, in order."""
        owner, candidates = members(self.packing.first, requests)
        cost = self._at(prices, candidates) + charges(self.packing, requests[owner], candidates)
        ends = np.searchsorted(owner, np.arange(len(requests) + 1))
        chosen = []
        for place, request in enumerate(requests):
            own = slice(ends[place], ends[place + 1])
            best = candidates[own][np.argsort(cost[own], kind="stable")[:count]]
            now = self.chosen[request]
            chosen.append(np.unique(np.append(best, now)) if now >= 0 else np.sort(best))
        return chosen

    def _neighbourhood(self, prices: Int64) -> Int64:
        weight = self.regret + 1e-9 + self.movable * self.regret.mean() * 0.1
        weight = np.where(self.movable, weight, 0)
        taken = np.zeros(self.packing.requests, bool)
        seed = self.random.choice(len(weight), p=weight / weight.sum())
        taken[seed] = True
        frontier = np.array([seed])
        placed = np.flatnonzero(self.chosen >= 0)
        owner, at = members(self.packing.cell_first, self.chosen[placed])
        sitters, where = placed[owner], self.packing.cell[at]
        size = min(SIZE, int(self.movable.sum()))
        while taken.sum() < size:
            liked = np.concatenate(self._columns(frontier, prices, 4))
            _, entries = members(self.packing.cell_first, liked)
            hot = np.zeros(len(prices), bool)
            hot[self.packing.cell[entries]] = True
            near = np.zeros(len(taken), bool)
            near[sitters[hot[where]]] = True
            near &= self.movable & ~taken
            found = np.flatnonzero(near)
            if not len(found):
                found = np.flatnonzero(self.movable & ~taken)
            take = min(_GROWTH, len(found), size - int(taken.sum()))
            p = weight[found] / weight[found].sum()
            frontier = self.random.choice(found, take, replace=False, p=p)
            taken[frontier] = True
        return np.flatnonzero(taken)

    def _take_over(self, requests: Int64, chosen: Int64, saved: int) -> None:
        before = placed_by_tier(self.packing, self.chosen)
        after = placed_by_tier(self.packing, chosen)
        if (after, saved) <= (before, 0):
            return
        self.loads.drop(self.packing, self.chosen[requests])
        self.loads.put(self.packing, chosen[requests])
        self.chosen, self.bettered = chosen, True
