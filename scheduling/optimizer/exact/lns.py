"""Large-neighbourhood search: a few dozen requests at a time are placed anew by the cell model.

Each neighbourhood grows from a request that pays more than it would at going prices, over those
who sit where its members would rather be, and keeps each member's cheapest columns only.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scheduling.optimizer.exact.cells import Solved, solve_cells
from scheduling.optimizer.exact.part import Mask
from scheduling.optimizer.loads import (
    Loads,
    charges,
    cost_of,
    filled_to,
    leaves_at,
    members,
    placed_by_tier,
)
from scheduling.optimizer.packing import NO_PRICE_LIMIT, Int64, Packed, Packing
from scheduling.optimizer.supply import UNITS

Floats = NDArray[np.float64]

SIZE: Final = 60
"""Requests per neighbourhood."""
COLUMNS: Final = 8
"""Columns per request: its cheapest at going prices, besides where it sits."""
_EFFORT: Final = 1.0
"""CP-SAT's deterministic time per neighbourhood."""
_FRESH: Final = 25
"""Neighbourhoods between two reckonings of what every request could save."""
_GROWTH: Final = 8
"""Members that one step of growth adds, and whose wishes the next one follows."""
_WISHES: Final = 4
"""Candidates of a member that count as its wishes."""
_CONTENTED: Final = 0.1
"""The part of the average saving that even who would save nothing is drawn by."""
_SATED: Final = 0.5
"""What a turn leaves of the urge of those it placed anew."""


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
    """The choice as it is now, its loads, and who could save how much.

    Walk-away prices do not let anybody go here: who is placed stays placed, and what would take
    somebody above theirs is not taken over. Who failed by price is left alone.
    """

    def __init__(self, packing: Packing, chosen: Int64) -> None:
        every = np.arange(packing.requests)
        self.leaves = leaves_at(packing, every)
        self.packing = replace(packing, walk_away=np.full_like(self.leaves, NO_PRICE_LIMIT))
        self.chosen, self.loads = chosen.copy(), Loads.of(packing, chosen)
        self.random = np.random.default_rng([packing.seed, packing.requests])
        priced_out = (chosen < 0) & (self.leaves < NO_PRICE_LIMIT)
        self.movable = (np.diff(packing.first) > 0) & (packing.fixed == 0) & ~priced_out
        self.urge = np.zeros(packing.requests)
        self.bettered = False

    def turn(self, turn: int) -> None:
        """Place one neighbourhood anew; keep the answer where it is better."""
        prices = self._prices()
        if turn % _FRESH == 0:
            self.urge = self._urges(prices)
        requests = self._neighbourhood(prices)
        self.urge[requests] *= _SATED
        best = self._cheapest(requests, prices, COLUMNS)
        columns = {
            int(request): self._with_now(int(request), each)
            for request, each in zip(requests, best, strict=True)
        }
        solved = solve_cells(self.packing, columns, self.chosen, effort=_EFFORT, loads=self.loads)
        if solved and np.any(solved.chosen != self.chosen):
            self._take_over(requests, solved)

    def _prices(self) -> Int64:
        """Return what the next unit costs per cell."""
        load = self.packing.removed + self.loads.cells
        segment = np.clip(load // UNITS, 0, self.packing.slopes.shape[1] - 1)
        return np.asarray(self.packing.slopes[np.arange(len(load)), segment])

    def _at(self, prices: Int64, candidates: Int64) -> Floats:
        """Return what each of ``candidates`` would pay at ``prices``."""
        owner, at = members(self.packing.cell_first, candidates)
        paid = prices[self.packing.cell[at]] * self.packing.units[at]
        return np.bincount(owner, paid, len(candidates)).astype(np.float64)

    def _urges(self, prices: Int64) -> Floats:
        """Return how readily each is drawn: what it would save at ``prices``, alone in the world.

        A part of the average is added, so that the contented are drawn too.
        """
        paid = self._at(prices, np.arange(self.packing.candidates))
        wide = np.flatnonzero(np.diff(self.packing.first) > 0)
        now = self.chosen[wide]
        saved = np.where(now >= 0, paid[now], paid.max())
        saved -= np.minimum.reduceat(paid, self.packing.first[wide])
        urges = np.zeros(self.packing.requests)
        urges[wide] = np.maximum(saved, 0.0) + _CONTENTED * np.abs(saved).mean() + 1.0
        return urges

    def _cheapest(self, requests: Int64, prices: Int64, count: int) -> list[Int64]:
        """Return the ``count`` candidates of each that are cheapest at ``prices``."""
        owner, candidates = members(self.packing.first, requests)
        paid = self._at(prices, candidates)
        paid += charges(self.packing, requests[owner], candidates)
        order = np.lexsort((candidates, paid, owner))
        begins = np.searchsorted(owner, np.arange(len(requests)))
        rank = np.arange(len(owner)) - begins[owner]
        kept = order[rank < count]
        return np.split(candidates[kept], np.flatnonzero(np.diff(owner[kept])) + 1)

    def _with_now(self, request: int, candidates: Int64) -> Int64:
        now = self.chosen[request : request + 1]
        return np.union1d(candidates, now[now >= 0])

    def _neighbourhood(self, prices: Int64) -> Int64:
        """Return a request drawn by urge, with those who sit where it and they would rather be."""
        size = min(SIZE, int(self.movable.sum()))
        inside = np.zeros(self.packing.requests, np.bool_)
        placed = np.flatnonzero(self.chosen >= 0)
        owner, at = members(self.packing.cell_first, self.chosen[placed])
        sitters, seats = placed[owner], self.packing.cell[at]
        newest = self._draw(self.movable, 1)
        inside[newest] = True
        while (missing := size - int(inside.sum())) > 0:
            wished = np.concatenate(self._cheapest(newest, prices, _WISHES))
            _, at = members(self.packing.cell_first, wished)
            wanted = np.zeros(len(prices), np.bool_)
            wanted[self.packing.cell[at]] = True
            near = np.zeros_like(inside)
            near[sitters[wanted[seats]]] = True
            near &= self.movable & ~inside
            newest = self._draw(near if near.any() else self.movable & ~inside, missing)
            inside[newest] = True
        return np.flatnonzero(inside)

    def _draw(self, among: Mask, missing: int) -> Int64:
        """Draw up to ``_GROWTH`` of ``among`` by urge, without repetition."""
        every = np.flatnonzero(among)
        chances = self.urge[every] / self.urge[every].sum()
        count = min(_GROWTH, missing, len(every))
        return np.asarray(self.random.choice(every, count, replace=False, p=chances))

    def _take_over(self, requests: Int64, solved: Solved) -> None:
        before = placed_by_tier(self.packing, self.chosen)
        after = placed_by_tier(self.packing, solved.chosen)
        if (after, solved.saved) <= (before, 0) or self._too_dear(solved.chosen):
            return
        self.loads.drop(self.packing, self.chosen[requests])
        self.loads.put(self.packing, solved.chosen[requests])
        self.chosen, self.bettered = solved.chosen, True

    def _too_dear(self, chosen: Int64) -> bool:
        """Return whether somebody who may walk away is placed above their price."""
        asking = np.flatnonzero((chosen >= 0) & (self.leaves < NO_PRICE_LIMIT))
        if not len(asking):
            return False
        loads = Loads.of(self.packing, chosen)
        owner, at = members(self.packing.cell_first, chosen[asking])
        cells = self.packing.cell[at]
        with_it = self.packing.removed[cells] + loads.cells[cells]
        saved = filled_to(self.packing, cells, with_it)
        saved -= filled_to(self.packing, cells, with_it - self.packing.units[at])
        return bool(np.any(np.bincount(owner, saved, len(asking)) > self.leaves[asking]))
