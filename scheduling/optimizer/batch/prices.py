"""The climb to good prices: first over all candidates, then over the few that are near the best."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduling.optimizer.batch.columns import Columns, narrow
from scheduling.optimizer.batch.dual import (
    KEEP,
    KEEP_SQUARE,
    Box,
    Floats,
    Memory,
    Prices,
    box_of,
    climb,
    priced,
    respond,
    response_of,
)
from scheduling.optimizer.batch.state import RATE, State, cost_of
from scheduling.optimizer.batch.watch import Watch
from scheduling.optimizer.compiled import compiled
from scheduling.optimizer.packing import Int8, Int64


class Schedule(NamedTuple):
    """First and last values of what falls geometrically, relative to a price or the usual cost.

    ``rounds`` are steps: the first over all candidates, each other over those that cost at most
    ``reach`` more than their request's minimum at the prices reached.
    """

    rounds: tuple[int, ...]
    reach: float = 0.3
    step: tuple[float, float] = (0.2, 0.002)
    heat: tuple[float, float] = (0.02, 0.001)
    width: tuple[float, float] = (0.1, 0.002)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What a seated request usually costs, and a unit; in millionths, at least 1."""

    cost: float
    unit: float

    @classmethod
    def of(cls, columns: Columns, state: State) -> "Scale":
        """Return the averages of ``state``."""
        cost = max(1, cost_of(columns, state))
        units = int((state.cells.load - columns.removed).sum())
        seated = int((state.chosen >= 0).sum())
        return cls(cost=max(1.0, cost / max(1, seated)), unit=max(1.0, cost / max(1, units)))


@dataclass(slots=True, kw_only=True)
class _Climb:
    """Where the climb stands, ``done`` of ``steps`` steps up."""

    columns: Columns
    failed: NDArray[np.bool_]
    scale: Scale
    box: Box
    memory: Memory
    prices: Prices
    schedule: Schedule
    steps: int
    done: int = 0

    def over(self, near: Columns, steps: int, watch: Watch) -> None:
        """Take ``steps`` over the columns ``near``, then go to the best prices on the way."""
        answer = response_of(near)
        best, highest = self.prices, -np.inf
        for _ in range(steps):
            if not watch.goes_on("prices", self.done / self.steps):
                break
            before = Prices(self.prices.cell.copy(), self.prices.row.copy())
            heat = self.scale.cost * self._now(self.schedule.heat)
            respond(near, self.prices, answer, heat)
            answer.weight[:] = ~dearest(answer.minima, near.tier, self.failed)
            self.done += 1
            settings = (
                self._now(self.schedule.step),
                self._now(self.schedule.width),
                self.scale.unit / 2,
                1 - KEEP**self.done,
                1 - KEEP_SQUARE**self.done,
            )
            value = climb(near, self.box, self.prices, answer, self.memory, settings)
            if value > highest:
                best, highest = before, value
        self.prices = best

    def _now(self, ends: tuple[float, float]) -> float:
        part = self.done / max(1, self.steps)
        return float(ends[0] * (ends[1] / ends[0]) ** min(1.0, part))


def marginal_prices(state: State) -> Prices:
    """Return what the next unit of each cell costs in ``state``, and no tolls."""
    price = state.cells.quick[:, RATE].astype(np.float64)
    return Prices(price, np.zeros(len(state.rows.left)))


def find_prices(columns: Columns, state: State, schedule: Schedule, watch: Watch) -> Prices:
    """Return prices near the highest bound for choices that fail as few as ``state``.

    The climb starts at the marginal prices of ``state``: a greedy plan is near enough for that.
    """
    places = len(columns.removed) + len(columns.capacity)
    climber = _Climb(
        columns=columns,
        failed=(state.chosen < 0) & (np.diff(columns.first) > 0),
        scale=Scale.of(columns, state),
        box=box_of(columns),
        memory=Memory(slope=np.zeros(places), square=np.zeros(places)),
        prices=marginal_prices(state),
        schedule=schedule,
        steps=sum(schedule.rounds),
    )
    for turn, steps in enumerate(schedule.rounds):
        near = columns
        if turn:
            reach = schedule.reach * climber.scale.cost
            near = narrow(columns, near_minimum(columns, climber.prices, reach))
        climber.over(near, steps, watch)
    return climber.prices


def near_minimum(columns: Columns, prices: Prices, reach: float) -> NDArray[np.bool_]:
    """Return which candidates cost at most ``reach`` more at ``prices`` than their request's least."""
    near = np.zeros(len(columns.origin), dtype=np.bool_)
    _near(columns, prices, reach, near)
    return near


@compiled
def _near(a: Columns, prices: Prices, reach: float, near: NDArray[np.bool_]) -> None:
    cells, rows, cell_price, row_price = a.cells, a.rows, prices.cell, prices.row
    cost = np.empty(near.size)
    for request in range(a.tier.size):
        least = np.inf
        for candidate in range(a.first[request], a.first[request + 1]):
            cost[candidate] = priced(cells, cell_price, candidate)
            cost[candidate] += priced(rows, row_price, candidate)
            least = min(least, cost[candidate])
        for candidate in range(a.first[request], a.first[request + 1]):
            near[candidate] = cost[candidate] <= least + reach


def dearest(minima: Floats | Int64, tier: Int8, failed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the requests of the greatest ``minima``, per tier as many as ``failed`` (requests)."""
    spared = np.zeros(len(minima), dtype=np.bool_)
    for each in np.unique(tier[failed]):
        members = np.flatnonzero(tier == each)
        count = int(failed[members].sum())
        spared[members[np.argsort(minima[members], kind="stable")[-count:]]] = True
    return spared
