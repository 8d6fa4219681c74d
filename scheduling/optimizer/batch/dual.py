"""Prices of cells and rows by a smoothed Lagrangian dual, in floats: they guide, and bound.

At prices p of units and tolls m of rows every request takes its cheapest candidate and every cell
sells as many units as p pays for: L(p, m) = sum of the requests' minima + sum over cells of
min over x of (F(removed + x) - F(removed) - p x) - sum of m x capacity. L is concave and never
above the least cost. Its own subgradient jumps between equals, so the climb follows a smoothed
one: requests spread over their cheap candidates (softmin), cells over nearby prices; both
sharpen as the climb goes on. Steps are Adam's (Kingma and Ba 2015).
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduling.optimizer.batch.columns import Columns, Entries, Table
from scheduling.optimizer.batch.state import total
from scheduling.optimizer.compiled import compiled
from scheduling.optimizer.packing import NO_LIMIT, Int64
from scheduling.optimizer.supply import UNITS

Floats = NDArray[np.float64]

_COLD: Final = 16.0
"""Softmin weights below e^-16 are left out."""
KEEP: Final = 0.8
KEEP_SQUARE: Final = 0.95
"""How much of Adam's two means stays at each step."""


class Prices(NamedTuple):
    """Millionths per unit of a cell (cells) and per take of a row (rows; never below 0)."""

    cell: Floats
    row: Floats


class Box(NamedTuple):
    """The least and most units that any choice can take from each cell (cells)."""

    least: Int64
    most: Int64


class Response(NamedTuple):
    """What is asked at given prices: ``minima`` (requests), ``asked`` (cells), ``used`` (rows).

    ``weight`` (requests) is 0 for those that the bound lets fail; ``reduced`` is scratch for the
    candidates of one request.
    """

    minima: Floats
    asked: Floats
    used: Floats
    weight: Floats
    reduced: Floats


class Memory(NamedTuple):
    """Adam's running means of the slope and of its square, for cells, then rows."""

    slope: Floats
    square: Floats


def box_of(columns: Columns) -> Box:
    """Return the bounds that the candidates and the floor set to what is taken from each cell."""
    cells = len(columns.removed)
    box = Box(least=np.zeros(cells, dtype=np.int64), most=np.zeros(cells, dtype=np.int64))
    _widest(columns, box, np.zeros(cells, dtype=np.int64), np.zeros(cells, dtype=np.int64))
    floor = np.maximum(0, columns.most.astype(np.int64) - columns.removed)
    np.minimum(box.most, np.where(columns.most >= NO_LIMIT, box.most, floor), out=box.most)
    return box


@compiled
def _widest(a: Columns, box: Box, low: Int64, high: Int64) -> None:
    takes = a.cells
    for request in range(a.tier.size):
        entries = range(takes.first[a.first[request]], takes.first[a.first[request + 1]])
        for entry in entries:
            cell, units = takes.place[entry], takes.amount[entry]
            low[cell] = min(low[cell], units)
            high[cell] = max(high[cell], units)
        for entry in entries:
            cell = takes.place[entry]
            box.least[cell] += low[cell]
            box.most[cell] += high[cell]
            low[cell], high[cell] = 0, 0


def response_of(columns: Columns) -> Response:
    """Return an empty response for ``columns``."""
    requests = len(columns.tier)
    return Response(
        minima=np.zeros(requests),
        asked=np.zeros(len(columns.removed)),
        used=np.zeros(len(columns.capacity)),
        weight=np.ones(requests),
        reduced=np.zeros(int(np.diff(columns.first).max(initial=0))),
    )


@compiled
def priced(takes: Entries, price: Floats, candidate: int) -> float:
    """Return what ``candidate`` pays for all it takes at ``price``."""
    cost = 0.0
    for entry in range(takes.first[candidate], takes.first[candidate + 1]):
        cost += price[takes.place[entry]] * takes.amount[entry]
    return cost


@compiled
def spread(a: Columns, prices: Prices, answer: Response, request: int, heat: float) -> None:
    """Fill the scratch with the softmin weights of the candidates of ``request``; note its minimum."""
    begin, end = a.first[request], a.first[request + 1]
    cells, rows, reduced = a.cells, a.rows, answer.reduced
    cell_price, row_price = prices.cell, prices.row
    least = np.inf
    for candidate in range(begin, end):
        cost = priced(cells, cell_price, candidate) + priced(rows, row_price, candidate)
        reduced[candidate - begin] = cost
        least = min(least, cost)
    answer.minima[request] = least if begin < end else 0.0
    whole = 0.0
    for place in range(end - begin):
        above = (reduced[place] - least) / heat
        reduced[place] = np.exp(-above) if above < _COLD else 0.0
        whole += reduced[place]
    for place in range(end - begin):
        reduced[place] /= whole


@compiled
def ask(a: Columns, answer: Response, request: int, sign: float) -> None:
    """Add (or, ``sign`` -1, take back) what ``request`` asks for with the weights in the scratch."""
    begin, cells, rows = a.first[request], a.cells, a.rows
    for candidate in range(begin, a.first[request + 1]):
        part = sign * answer.reduced[candidate - begin]
        if part != 0.0:
            _hand_out(cells, answer.asked, candidate, part)
            _hand_out(rows, answer.used, candidate, part)


@compiled
def _hand_out(takes: Entries, total_of: Floats, candidate: int, part: float) -> None:
    for entry in range(takes.first[candidate], takes.first[candidate + 1]):
        total_of[takes.place[entry]] += part * takes.amount[entry]


@compiled
def respond(a: Columns, prices: Prices, answer: Response, heat: float) -> None:
    """Fill ``answer`` with what all requests ask for at ``prices``, softened by ``heat``."""
    answer.asked[:] = 0.0
    answer.used[:] = 0.0
    for request in range(a.tier.size):
        spread(a, prices, answer, request, heat)
        if answer.weight[request] > 0:
            ask(a, answer, request, answer.weight[request])


@compiled
def sell(
    table: Table, removed: int, reach: tuple[int, int, int], price: float, width: float
) -> tuple[float, float]:
    """Return min over x of F(removed + x) - F(removed) - price x, and that x, softened by ``width``.

    ``reach`` is the cell, the least and the most x. The x is the mean over prices from
    ``price`` - ``width`` to ``price`` + ``width``.
    """
    cell, least, most = reach
    start, stop = removed + least, removed + most
    value = float(-price * least)
    if least < 0:
        value += total(table, cell, start) - total(table, cell, removed)
    sold = float(least)
    last = table.slopes.shape[1] - 1
    segment = min(max(start // UNITS, 0), last)
    while start < stop and table.slopes[cell, segment] < price + width:
        end = stop if segment == last else min(stop, UNITS * (segment + 1))
        slope = float(table.slopes[cell, segment])
        value += min(0.0, slope - price) * (end - start)
        sold += (end - start) * min(1.0, (price + width - slope) / (2.0 * width))
        start, segment = end, segment + 1
    return value, sold


@compiled
def climb(
    a: Columns,
    box: Box,
    prices: Prices,
    answer: Response,
    memory: Memory,
    settings: tuple[float, float, float, float, float],
) -> float:
    """Take one step of Adam up the smoothed dual; return L before it, less the requests let off.

    ``settings``: step and smoothing width, both relative to a cell's price; the least price that
    counts for that; and what a start at zero leaves out of Adam's two means.
    """
    step, width, least_price, bias, bias_square = settings
    value = float((answer.minima * answer.weight).sum())
    table, removed = a.table, a.removed
    for cell in range(prices.cell.size):
        if box.most[cell] == box.least[cell]:
            continue
        price = prices.cell[cell]
        scale = max(price, least_price)
        reach = (cell, box.least[cell], box.most[cell])
        least, sold = sell(table, removed[cell], reach, price, width * scale)
        value += least
        move = _adam(memory, cell, answer.asked[cell] - sold, bias, bias_square)
        prices.cell[cell] = price + step * scale * move
    for row in range(prices.row.size):
        excess = answer.used[row] - a.capacity[row]
        if excess <= 0.0 and prices.row[row] == 0.0:
            continue
        value -= prices.row[row] * a.capacity[row]
        move = _adam(memory, prices.cell.size + row, UNITS * excess, bias, bias_square)
        change = UNITS * step * least_price * move
        prices.row[row] = max(0.0, prices.row[row] + change)
    return value


@compiled
def _adam(memory: Memory, place: int, slope: float, bias: float, bias_square: float) -> float:
    """Note ``slope`` and return how far to go, about -1 to 1; less where only parts of a unit lack."""
    memory.slope[place] += (1 - KEEP) * (slope - memory.slope[place])
    memory.square[place] += (1 - KEEP_SQUARE) * (slope * slope - memory.square[place])
    length = np.sqrt(memory.square[place] / bias_square) + 1.0
    return float(memory.slope[place] / bias / length)
