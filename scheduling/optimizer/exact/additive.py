"""The price model for ad-hoc requests: meetings whose costs add up, each start priced once.

Costs add up where no two candidates of different requests that can be chosen together share a
cell, as with one facilitator, whose slots keep the meetings apart. What is left between the
meetings are the rows and the days of a series.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np
from ortools.linear_solver.python import model_builder

from scheduling.optimizer.compiled import compiled
from scheduling.optimizer.exact.cells import Solved, solve_cells
from scheduling.optimizer.loads import (
    Loads,
    charges,
    cost_of,
    leaves_at,
    marginal,
    members,
    spare_charges,
)
from scheduling.optimizer.packing import NO_PRICE_LIMIT, Int32, Int64, Packed, Packing

CHEAPEST: Final = 20
"""Columns per request in the first model."""
_EFFORT: Final = 4.0
"""CP-SAT's deterministic time per model: a count of work, not seconds."""
_KEPT_APART: Final = 8
"""Rows of one candidate that are tried as what keeps a cell's candidates apart."""
_NOBODY: Final = -1
_SEVERAL: Final = -2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Choices:
    """A request's candidates and their prices in millionths, charges included.

    In the order of ``rented``, the price plus the rent of the rows taken, and then of time.
    ``leave`` is what failing costs where there is a walk-away price.
    """

    request: int
    candidates: Int64
    prices: Int64
    rented: Int64
    leave: int

    def first(self, count: int) -> "_Choices":
        """Return the first ``count``."""
        return replace(
            self,
            candidates=self.candidates[:count],
            prices=self.prices[:count],
            rented=self.rented[:count],
        )

    def at_rents(self, packing: Packing, rents: Int64) -> "_Choices":
        """Return the choices with a rent per row, in the new order."""
        owner, at = members(packing.row_first, self.candidates)
        rented = self.prices.copy()
        np.add.at(rented, owner, rents[packing.row[at]] * packing.takes[at])
        order = np.lexsort((self.candidates, rented))
        return replace(
            self,
            candidates=self.candidates[order],
            prices=self.prices[order],
            rented=rented[order],
        )

    def equal_to(self, candidate: int) -> list[int]:
        """Return the candidates that cost what ``candidate`` does, the earliest first."""
        price = self.prices[self.candidates == candidate]
        return list(np.sort(self.candidates[self.prices == price]).tolist())

    @property
    def least(self) -> int:
        """The least that the request can cost with rent."""
        return min(int(self.rented[0]), self.leave) if len(self.rented) else self.leave


def adds_up(packing: Packing) -> bool:
    """Whether the costs of candidates that can be chosen together add up exactly.

    True where every cell is touched by one request alone, or by candidates that all take a row
    which has room for one.
    """
    owner = np.repeat(np.arange(packing.requests, dtype=np.int64), np.diff(packing.first))
    return bool(
        _apart(
            owner,
            packing.cell_first,
            packing.cell,
            packing.row_first,
            packing.row,
            packing.capacity,
            len(packing.removed),
        )
    )


@compiled
def _apart(
    owner: Int64,
    cell_first: Int64,
    cell: Int32,
    row_first: Int64,
    row: Int32,
    capacity: Int32,
    cells: int,
) -> bool:
    """Per cell, keep the single-place rows that all candidates so far take; see ``adds_up``."""
    alone = np.full(cells, _NOBODY, np.int64)
    common = np.full((cells, _KEPT_APART), -1, np.int64)
    for candidate in range(len(owner)):
        rows = row[row_first[candidate] : row_first[candidate + 1]]
        for at in range(cell_first[candidate], cell_first[candidate + 1]):
            place = cell[at]
            if alone[place] == _NOBODY:
                alone[place] = owner[candidate]
                single = rows[capacity[rows] <= 1][:_KEPT_APART]
                common[place, : len(single)] = single
                continue
            if alone[place] != owner[candidate]:
                alone[place] = _SEVERAL
            if not _keep_common(common[place], rows) and alone[place] == _SEVERAL:
                return False
    return True


@compiled
def _keep_common(kept: Int64, rows: Int32) -> bool:
    """Strike from ``kept`` what is not in ``rows``; return whether any is left."""
    left = False
    for place in range(len(kept)):
        found = False
        for row in rows:
            found = found or row == kept[place]
        if not found:
            kept[place] = -1
        left = left or found
    return left


def choose(packing: Packing, *, deadline: Callable[[], bool] | None = None) -> Packed:
    """Place as many requests as can be by tier, then at the least cost; ``adds_up`` must hold.

    The rows are given rents by a linear program over each request's cheapest candidates; CP-SAT
    then takes those cheapest with rent. Any choice costs at least the sum of what it pays with
    rent, less all rents; so the answer is the best of all if no candidate left out, with the
    cheapest of every other request, stays below it. Else the candidates that do are let in, once.
    Only where they do not fit together are all of them used, with leave to fail. Once
    ``deadline`` is true nothing more is tried, and the answer is marked as guarded. The bound is the cost less what the proof leaves
    open, charges included.
    """
    none = np.full(packing.requests, -1, np.int64)
    every = [each for each in _priced(packing) if len(each.candidates)]
    if not every:
        return Packed(chosen=none, cost=0, bound=0, stage="price")
    rents = _rents(packing, [each.first(CHEAPEST) for each in every])
    every = [each.at_rents(packing, rents) for each in every]
    low = sum(each.least for each in every) - int(rents @ packing.capacity)
    used = [each.first(CHEAPEST) for each in every]
    solved = _solve(packing, used, none, all_placed=True)
    if solved is None:
        return _packed(packing, every, _solve(packing, every, none, all_placed=False))
    weight = _weight(packing, every, solved.chosen)
    wider = _left_out(every, used, low) < weight
    late = bool(wider and deadline and deadline())
    if wider and not late:
        used = _that_could_better(every, low, weight)
        solved = _solve(packing, used, solved.chosen, all_placed=True) or solved
        weight = _weight(packing, every, solved.chosen)
    bound = max(low, min(weight - solved.open, _left_out(every, used, low)))
    packed = _packed(packing, every, replace(solved, open=max(0, weight - bound)))
    return replace(packed, guarded=late)


def _priced(packing: Packing) -> list[_Choices]:
    """Return every request's choices, the cheapest first; a fixed one has its own place alone."""
    owner = np.repeat(np.arange(packing.requests), np.diff(packing.first))
    every = np.arange(packing.candidates)
    prices = marginal(packing, every, np.zeros(len(packing.removed), np.int64))
    prices += charges(packing, owner, every)
    prices[(packing.fixed[owner] > 0) & (packing.held[owner] != every)] = NO_PRICE_LIMIT
    order = np.lexsort((every, prices, owner))
    leave = leaves_at(packing, np.arange(packing.requests))
    order = order[prices[order] <= np.minimum(leave[owner[order]], NO_PRICE_LIMIT - 1)]
    ends = np.searchsorted(owner[order], np.arange(packing.requests + 1))
    return [
        _Choices(
            request=request,
            candidates=order[begin:end],
            prices=prices[order[begin:end]],
            rented=prices[order[begin:end]],
            leave=int(leave[request]),
        )
        for request, (begin, end) in enumerate(pairwise(ends))
    ]


def _rents(packing: Packing, used: list[_Choices]) -> Int64:
    """Return a rent per row, in millionths, at which the requests would not fight for the rows.

    The dual of the linear relaxation, rounded; any rents that are not negative give a sound bound.
    """
    rents = np.zeros(len(packing.capacity), np.int64)
    model = model_builder.Model()  # type: ignore[no-untyped-call]
    picks: list[model_builder.Variable] = []
    leaves: list[model_builder.Variable] = []
    for each in used:
        own = [model.new_num_var(0.0, 1.0, "") for _ in each.candidates]
        leave = model.new_num_var(0.0, float(each.leave < NO_PRICE_LIMIT), "")
        model.add(model_builder.LinearExpr.sum([*own, leave]) == 1)
        picks += own
        leaves.append(leave)
    candidates = np.concatenate([each.candidates for each in used])
    owner, at = members(packing.row_first, candidates)
    order = np.argsort(packing.row[at], kind="stable")
    rows, begins = np.unique(packing.row[at][order], return_index=True)
    limits = {}
    for row, entries in zip(rows.tolist(), np.split(order, begins[1:]), strict=bool(len(rows))):
        if packing.takes[at[entries]].sum() > packing.capacity[row]:
            terms = [picks[place] for place in owner[entries]]
            takes = packing.takes[at[entries]].astype(np.float64).tolist()
            total = model_builder.LinearExpr.weighted_sum(terms, takes)
            limits[row] = model.add(total <= float(packing.capacity[row]))
    prices = [*np.concatenate([each.prices for each in used]), *(each.leave for each in used)]
    weights = [float(price) for price in prices]
    model.minimize(model_builder.LinearExpr.weighted_sum([*picks, *leaves], weights))
    solver = model_builder.Solver("glop")
    if solver.solve(model) == model_builder.SolveStatus.OPTIMAL:
        for row, limit in limits.items():
            rents[row] = max(0, round(-solver.dual_value(limit)))
    return rents


def _solve(
    packing: Packing, used: list[_Choices], hint: Int64, *, all_placed: bool
) -> Solved | None:
    columns = {each.request: np.sort(each.candidates) for each in used}
    return solve_cells(packing, columns, hint, effort=_EFFORT, adds_up=True, all_placed=all_placed)


def _weight(packing: Packing, every: list[_Choices], chosen: Int64) -> int:
    """Return cost and charges of ``chosen`` over the requests that have candidates."""
    requests = np.array([each.request for each in every], np.int64)
    return cost_of(packing, chosen) + int(charges(packing, requests, chosen[requests]).sum())


def _left_out(every: list[_Choices], used: list[_Choices], low: int) -> int:
    """Return the least that a choice with a candidate outside ``used`` can cost, in millionths."""
    return min(
        (
            low + int(each.rented[len(some.candidates)]) - each.least
            for each, some in zip(every, used, strict=True)
            if len(some.candidates) < len(each.candidates)
        ),
        default=NO_PRICE_LIMIT,
    )


def _that_could_better(every: list[_Choices], low: int, weight: int) -> list[_Choices]:
    """Return the candidates with which a choice could stay below ``weight``.

    At least ``CHEAPEST`` of each are kept, so that the known answer stays among them.
    """
    return [
        each.first(max(CHEAPEST, int(np.searchsorted(each.rented, weight - low + each.least))))
        for each in every
    ]


def _packed(packing: Packing, every: list[_Choices], solved: Solved | None) -> Packed:
    """Return the answer, of equal ones the canonical."""
    if solved is None:
        none = np.full(packing.requests, -1, np.int64)
        return Packed(
            chosen=none, cost=0, bound=min(0, sum(each.least for each in every)), stage="price"
        )
    chosen = _settled(packing, every, solved.chosen)
    cost = cost_of(packing, chosen)
    bound = cost - solved.open - spare_charges(packing, chosen)
    return Packed(chosen=chosen, cost=cost, bound=bound, stage="price", most=solved.most)


def _settled(packing: Packing, every: list[_Choices], chosen: Int64) -> Int64:
    """Return the canonical one of equal answers: in order, each takes its earliest equal price.

    The place is free, or is that of one later request that costs the same at the start given up.
    Requests of a series stay where they are, since its days tie them together.
    """
    chosen = chosen.copy()
    free = packing.capacity - Loads.of(packing, chosen).rows
    single = np.diff(packing.pair_first) == 0
    loose = [each for each in every if chosen[each.request] >= 0 and single[each.request]]
    for place, each in enumerate(loose):
        now = int(chosen[each.request])
        _take(packing, free, now, -1)
        for candidate in each.equal_to(now):
            if candidate == now or _fits(packing, free, candidate):
                break
            later = loose[place + 1 :]
            if any(_swap(packing, free, chosen, other, (now, candidate)) for other in later):
                break
        chosen[each.request] = candidate
        _take(packing, free, candidate, 1)
    return chosen


def _swap(
    packing: Packing, free: Int64, chosen: Int64, other: _Choices, move: tuple[int, int]
) -> bool:
    """Let ``other`` start where somebody leaves, so that they fit: ``move`` is from where to where.

    Only where that costs it the same.
    """
    leaves, enters = move
    theirs = int(chosen[other.request])
    wanted = [c for c in other.equal_to(theirs) if packing.start[c] == packing.start[leaves]]
    if not wanted or not _meet(packing, theirs, enters):
        return False
    _take(packing, free, theirs, -1)
    fits = _fits(packing, free, enters)
    _take(packing, free, enters, 1)
    fits = fits and _fits(packing, free, wanted[0])
    _take(packing, free, enters, -1)
    if fits:
        chosen[other.request] = wanted[0]
    _take(packing, free, int(chosen[other.request]), 1)
    return fits


def _own(packing: Packing, candidate: int) -> slice:
    return slice(int(packing.row_first[candidate]), int(packing.row_first[candidate + 1]))


def _meet(packing: Packing, one: int, other: int) -> bool:
    own = packing.row[_own(packing, one)]
    return not set(own.tolist()).isdisjoint(packing.row[_own(packing, other)].tolist())


def _fits(packing: Packing, free: Int64, candidate: int) -> bool:
    own = _own(packing, candidate)
    return bool(np.all(packing.takes[own] <= free[packing.row[own]]))


def _take(packing: Packing, free: Int64, candidate: int, sign: int) -> None:
    own = _own(packing, candidate)
    free[packing.row[own]] -= sign * packing.takes[own]
