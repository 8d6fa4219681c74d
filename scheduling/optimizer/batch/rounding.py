"""From prices to a plan: each request in turn against those seated and the others' expected load."""

import numpy as np

from scheduling.optimizer.batch.columns import Columns, Table
from scheduling.optimizer.batch.dual import (
    Floats,
    Prices,
    Response,
    ask,
    priced,
    respond,
    spread,
)
from scheduling.optimizer.batch.state import Cells, State, added, fits, seat
from scheduling.optimizer.compiled import compiled
from scheduling.optimizer.packing import Int64
from scheduling.optimizer.supply import UNITS


@compiled
def round_prices(
    a: Columns, s: State, prices: Prices, answer: Response, order: Int64, heat: float
) -> None:
    """Seat those of ``order`` who sit nowhere where the cost rises least, all others expected.

    Who is not seated yet counts with the softmin of its candidates at ``heat`` (millionths): a
    plain greedy does not know that cheap slots will be needed by those who come later.
    """
    respond(a, prices, answer, heat)
    for request in range(s.chosen.size):
        if s.chosen[request] >= 0:
            spread(a, prices, answer, request, heat)
            ask(a, answer, request, -1.0)
    for request in order:
        if s.chosen[request] < 0 and a.first[request] < a.first[request + 1]:
            spread(a, prices, answer, request, heat)
            ask(a, answer, request, -1.0)
            best = _best_expected(s, prices, answer, request)
            if best >= 0:
                seat(s, request, best)


@compiled
def _best_expected(s: State, prices: Prices, answer: Response, request: int) -> int:
    """Return the cheapest candidate that fits, of those with any weight in the scratch first."""
    best, least, begin = -1, np.inf, s.first[request]
    cells, rows, asked, row_price = s.cells, s.rows, answer.asked, prices.row
    weighty = True
    while best < 0:
        for candidate in range(begin, s.first[request + 1]):
            if weighty and answer.reduced[candidate - begin] == 0.0:
                continue
            cost = s.extra[candidate] + priced(rows.takes, row_price, candidate)
            cost += _expected(cells, asked, candidate)
            allowed = cost < least and added(cells, candidate) <= s.walk_away[request]
            if allowed and fits(s, request, candidate):
                best, least = candidate, cost
        if not weighty:
            break
        weighty = False
    return best


@compiled
def _expected(cells: Cells, asked: Floats, candidate: int) -> float:
    """Return what ``candidate`` adds on top of the load that is there and the load expected."""
    cost, takes, table = 0.0, cells.takes, cells.table
    for entry in range(takes.first[candidate], takes.first[candidate + 1]):
        cell, units = takes.place[entry], takes.amount[entry]
        load = cells.load[cell] + asked[cell]
        cost += _between(table, cell, load + units) - _between(table, cell, load)
    return cost


@compiled
def _between(table: Table, cell: int, load: float) -> float:
    """Return F of ``cell`` at ``load`` units, which need not be whole."""
    segment = min(max(int(load) // UNITS, 0), table.slopes.shape[1] - 1)
    within = load - UNITS * segment
    return float(table.filled[cell, segment] + table.slopes[cell, segment] * within)
