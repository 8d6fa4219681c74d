"""What sessions cost one after the other, each with those before it taken."""

import numpy as np

from scheduling.optimizer.batch.columns import Entries, Table
from scheduling.optimizer.batch.state import total
from scheduling.optimizer.compiled import compiled
from scheduling.optimizer.packing import Int64, Packing


def in_turn(packing: Packing, candidates: Int64, worth: Int64) -> Int64:
    """Return the price of each of ``candidates`` in their order, in millionths.

    One that costs more than its ``worth`` is not taken, and its price is that at its turn.
    """
    takes = Entries(packing.cell_first, packing.cell, packing.units)
    table = Table(packing.slopes, packing.filled)
    return _in_turn(takes, table, packing.removed.astype(np.int64), candidates, worth)


@compiled
def _in_turn(takes: Entries, table: Table, load: Int64, candidates: Int64, worth: Int64) -> Int64:
    prices = np.zeros(candidates.size, np.int64)
    for turn, candidate in enumerate(candidates):
        for entry in range(takes.first[candidate], takes.first[candidate + 1]):
            cell = takes.place[entry]
            prices[turn] -= total(table, cell, load[cell])
            load[cell] += takes.amount[entry]
            prices[turn] += total(table, cell, load[cell])
        if prices[turn] > worth[turn]:
            for entry in range(takes.first[candidate], takes.first[candidate + 1]):
                load[takes.place[entry]] -= takes.amount[entry]
    return prices
