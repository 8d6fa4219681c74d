"""The cell model: requests that share cells, placed together by CP-SAT, everything else held.

As an exact model for small problems with several facilitators, and as the step of the
large-neighbourhood search. Booleans pick a column (a candidate) or failure per request; what is
taken from a cell is split over the segments of its price, as deep as the columns can reach. A
cell in which the columns' prices simply add up goes into the columns' own prices and needs no row.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from scheduling.optimizer.exact.part import Mask, Part, Segments, reach
from scheduling.optimizer.exact.sat import SatModel, Solution
from scheduling.optimizer.exact.spacing import day_rows
from scheduling.optimizer.loads import (
    Loads,
    charges,
    cost_of,
    leaves_at,
    members,
    spare_charges,
    worth,
)
from scheduling.optimizer.packing import (
    NO_PRICE_LIMIT,
    Int64,
    Packed,
    Packing,
)

SMALL: Final = 2_500
"""Candidates of a packing that ``solve_whole`` still takes whole."""
_PLACING: Final = 0.5
"""The part of the effort that the first step, placing the most, may use."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Solved:
    """The new choice; ``open`` is what a better one over the same columns could still save.

    In millionths, cost and charges together. ``saved`` is against the choice begun with and may
    be negative where more is placed now. ``most``: no choice over these columns places more.
    """

    chosen: Int64
    saved: int
    open: int
    most: bool


def solve_whole(packing: Packing, *, effort: float, hint: Int64 | None = None) -> Packed | None:
    """Return the best choice over all candidates with its bound; None above ``SMALL`` of them.

    None as well where ``effort`` (deterministic time) does not lead to one. The bound is the cost
    less what the solver could not rule out to be saved, charges included.
    """
    if packing.candidates > SMALL:
        return None
    columns = {request: open_columns(packing, request) for request in range(packing.requests)}
    begin = np.full(packing.requests, -1, np.int64) if hint is None else hint
    solved = solve_cells(packing, columns, begin, effort=effort)
    if solved is None:
        return None
    cost = cost_of(packing, solved.chosen)
    bound = cost - solved.open - spare_charges(packing, solved.chosen)
    return Packed(chosen=solved.chosen, cost=cost, bound=bound, stage="cells", most=solved.most)


def solve_cells(
    packing: Packing,
    columns: Mapping[int, Int64],
    chosen: Int64,
    *,
    effort: float,
    loads: Loads | None = None,
    adds_up: bool = False,
    all_placed: bool = False,
) -> Solved | None:
    """Return ``chosen`` with the requests of ``columns`` placed anew, each on one of its columns.

    All other requests stay as ``chosen`` has them; it is feasible and is the hint as well.
    ``loads`` are those of ``chosen`` where they are known; ``adds_up`` says that the prices of
    columns that can be chosen together add up. First the most valuable set of requests is placed
    (only where something fails, and not where ``all_placed`` demands all), then the same at the
    least cost; failing costs the walk-away price where there is one. None where nothing is found.
    """
    loads = loads or Loads.of(packing, chosen)
    part = Part.of(packing, columns, chosen, loads, adds_up=adds_up)
    model = _Model(packing, part, all_placed=all_placed)
    if model.may_fail and not model.place_most(effort * _PLACING):
        return None
    before = model.weigh(model.known)
    solution = model.cheapest(effort, tight=adds_up)
    if solution is None:
        return None
    after = chosen.copy()
    after[part.requests] = -1
    picked = np.flatnonzero(solution.values[: len(part.candidate)])
    after[part.requests[part.owner[picked]]] = part.candidate[picked]
    return Solved(
        chosen=after,
        saved=before - solution.objective,
        open=solution.objective - solution.bound,
        most=model.most,
    )


def cannot_all_be(packing: Packing, requests: Collection[int], *, effort: float) -> bool:
    """Return whether ``effort`` shows that ``requests`` cannot all be placed, nobody else being."""
    none = np.full(packing.requests, -1, np.int64)
    columns = {request: open_columns(packing, request) for request in requests}
    loads = Loads.of(packing, none)
    part = Part.of(packing, columns, none, loads, adds_up=False)
    model = _Model(packing, part, all_placed=True)
    return model.sat.impossible(seed=packing.seed, effort=effort)


def open_columns(packing: Packing, request: int) -> Int64:
    """Return all candidates that ``request`` may take: of a fixed one, only where it is."""
    if packing.fixed[request] and packing.held[request] >= 0:
        return packing.held[request : request + 1]
    return np.arange(packing.first[request], packing.first[request + 1])


class _Model:
    """Both steps over one part: variables are columns, then failures, then segments."""

    def __init__(self, packing: Packing, part: Part, *, all_placed: bool = False) -> None:
        self.packing, self.part, self.sat, self.most = packing, part, SatModel(), True
        count = len(part.requests)
        placed = np.bincount(part.owner[part.hint > 0], minlength=count)
        walks = leaves_at(packing, part.requests) < NO_PRICE_LIMIT
        self.complete = not np.any((placed == 0) & ~walks)
        self.may_fail = not (self.complete or all_placed)
        self.picks = self.sat.variables([1] * len(part.candidate))
        able = walks | self.may_fail
        self.fails = self.sat.variables(able.astype(np.int64).tolist())
        self.known = np.concatenate([part.hint, 1 - placed])
        self.segments = Segments.reached(packing, part)
        self._one_each()
        self._rows()
        self._floors()
        for variables, weights in day_rows(packing, part.requests, self._columns_of()):
            self.sat.at_most(variables, weights, 0)

    def _one_each(self) -> None:
        ends = np.searchsorted(self.part.owner, np.arange(len(self.part.requests) + 1)).tolist()
        for place, fail in enumerate(self.fails):
            self.sat.exactly_one([*range(ends[place], ends[place + 1]), fail])

    def _columns_of(self) -> list[tuple[Int64, Int64, int]]:
        """Return per request its candidates, their variables, and its failure's."""
        ends = np.searchsorted(self.part.owner, np.arange(len(self.part.requests) + 1))
        return [
            (self.part.candidate[begin:end], np.arange(begin, end), fail)
            for begin, end, fail in zip(ends[:-1], ends[1:], self.fails, strict=True)
        ]

    def _rows(self) -> None:
        """Add the rows in which the columns could take more than is left."""
        column, at = members(self.packing.row_first, self.part.candidate)
        rows, row = np.unique(self.packing.row[at], return_inverse=True)
        takes = self.packing.takes[at].astype(np.int64)
        _, _, high = reach(row, self.part.owner[column], takes, len(rows))
        free = self.part.free[rows]
        for place, entries in _groups(row, high > free):
            picks, weights = column[entries].tolist(), takes[entries]
            if free[place] == 1 and weights.max() == 1:
                self.sat.at_most_one(picks)
            else:
                self.sat.at_most(picks, weights.tolist(), int(free[place]))

    def _floors(self) -> None:
        """Add the cells whose floor the columns could go below together."""
        part = self.part
        _, _, high = reach(part.at_cell, part.owner[part.at_column], part.at_units, len(part.cells))
        for place, entries in _groups(part.at_cell, high > part.room):
            columns, units = part.at_column[entries], part.at_units[entries]
            self.sat.at_most(columns.tolist(), units.tolist(), max(0, int(part.room[place])))

    def place_most(self, effort: float) -> bool:
        """Fix the worth of what is placed at the most that can be; False where none is found.

        Requests with a walk-away price are counted, and left free to fail by it afterwards.
        """
        value = worth(self.packing.tier[self.part.requests]).tolist()
        self.sat.minimise(self.fails, value)
        self.sat.hint(self.known.tolist())
        most = self.sat.solve(seed=self.packing.seed, effort=effort)
        if most is None:
            return False
        self.known, self.complete, self.most = most.values, True, most.proved
        firm = leaves_at(self.packing, self.part.requests) >= NO_PRICE_LIMIT
        fails, value = np.array(self.fails)[firm], np.array(value)[firm]
        lost = int(value @ self.known[fails])
        self.sat.at_most(fails.tolist(), value.tolist(), lost)
        return True

    def cheapest(self, effort: float, *, tight: bool) -> Solution | None:
        """Return the least cost and charges at which as much is placed."""
        part, segments = self.part, self.segments
        levels = self.sat.variables((segments.top - segments.bottom).tolist())
        firsts = np.searchsorted(segments.of, np.arange(len(part.cells) + 1)) + levels.start
        for place, entries in _groups(part.at_cell, np.ones(len(part.cells), np.bool_)):
            own = range(int(firsts[place]), int(firsts[place + 1]))
            self.sat.at_most(
                [*part.at_column[entries].tolist(), *own],
                [*part.at_units[entries].tolist(), *(-1 for _ in own)],
                int(segments.low[place] - part.now[place]),
            )
        weights = self._weights()
        self.sat.minimise(range(self.sat.size), weights.tolist())
        if self.complete:
            self.sat.hint(self._complete(self.known).tolist())
        return self.sat.solve(seed=self.packing.seed, effort=effort, tight=tight)

    def weigh(self, known: Int64) -> int:
        """Return the objective of a choice of columns and failures."""
        return int(self._weights() @ self._complete(known))

    def _weights(self) -> Int64:
        none = np.full(len(self.part.requests), -1, np.int64)
        leaving = charges(self.packing, self.part.requests, none)
        return np.concatenate([self.part.price, leaving, self.segments.slope])

    def _complete(self, known: Int64) -> Int64:
        """Return the choice with the segments filled as it fills them."""
        part = self.part
        total = part.now.copy()
        np.add.at(total, part.at_cell, part.at_units * known[part.at_column])
        return np.concatenate([known, self.segments.filled(total)])


def _groups(keys: Int64, wanted: Mask) -> Iterator[tuple[int, Int64]]:
    """Yield the keys that are ``wanted`` and the places of their entries, in order."""
    order = np.argsort(keys, kind="stable")
    ends = np.searchsorted(keys[order], np.arange(len(wanted) + 1))
    for key in np.flatnonzero(wanted):
        yield int(key), order[ends[key] : ends[key + 1]]
