"""A certificate: what any choice that places as much by tier costs at least, in exact integers."""

import numpy as np

from scheduling.optimizer.batch.columns import Columns, Entries, columns_of
from scheduling.optimizer.batch.dual import Box, Prices, box_of
from scheduling.optimizer.batch.prices import dearest
from scheduling.optimizer.batch.state import total
from scheduling.optimizer.compiled import compiled
from scheduling.optimizer.packing import Int64, Packing
from scheduling.optimizer.supply import UNITS


def bound(packing: Packing, prices: Prices, chosen: Int64) -> int:
    """Return the Lagrangian bound at ``prices`` for choices that fail as few per tier as ``chosen``.

    Any prices give a bound, so they are rounded to whole millionths, and all that follows is exact.
    Each request pays its cheapest candidate; per tier, the dearest are let off as often as
    ``chosen`` (requests; -1 fails) fails one that has candidates. Preferences and the price of
    moving are no part of the cost, nor of the bound. Never below the sum of what can be given back.
    """
    columns = columns_of(packing)
    cell = np.rint(prices.cell).astype(np.int64)
    row = np.rint(np.maximum(prices.row, 0.0)).astype(np.int64)
    minima = np.zeros(packing.requests, dtype=np.int64)
    _minima(columns, cell, row, minima)
    relaxed = _sold(columns, box_of(columns), cell)
    rent = int((row * packing.capacity).sum())
    failed = (chosen < 0) & (np.diff(columns.first) > 0)
    spared = np.maximum(minima, 0)[dearest(minima, packing.tier, failed)]
    return int(minima.sum() - spared.sum()) + relaxed - rent


@compiled
def _minima(a: Columns, cell: Int64, row: Int64, minima: Int64) -> None:
    for request in range(a.tier.size):
        for candidate in range(a.first[request], a.first[request + 1]):
            cost = _priced(a.cells, cell, candidate) + _priced(a.rows, row, candidate)
            if candidate == a.first[request] or cost < minima[request]:
                minima[request] = cost


@compiled
def _priced(takes: Entries, price: Int64, candidate: int) -> int:
    cost = 0
    for entry in range(takes.first[candidate], takes.first[candidate + 1]):
        cost += price[takes.place[entry]] * takes.amount[entry]
    return cost


@compiled
def _sold(a: Columns, box: Box, cell_price: Int64) -> int:
    """Return the sum over cells of the least F(removed + x) - F(removed) - price x, x in the box."""
    value = 0
    for cell in range(cell_price.size):
        price, before = cell_price[cell], a.removed[cell]
        segment = 0
        while segment < a.table.slopes.shape[1] and a.table.slopes[cell, segment] < price:
            segment += 1
        units = UNITS * segment - before
        if segment == 0:
            units = box.least[cell]
        if segment == a.table.slopes.shape[1]:
            units = box.most[cell]
        units = min(max(units, box.least[cell]), box.most[cell])
        value += total(a.table, cell, before + units) - total(a.table, cell, before) - price * units
    return value
