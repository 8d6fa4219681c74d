"""What groups are worth to their places at given prices. Kernels: see ``compiled``.

Prices are what seats bring (``worth``, per row), rents of cells, rents of trainers per group, and
``here``: what a place's own group pays for a unit of each of the place's cells, never below rent.
The same kernels run in floating point, to find prices, and in integers, to count with them.
"""

from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from scheduling.optimizer.compiled import compiled
from scheduling.optimizer.training.field import Int64
from scheduling.optimizer.training.places import Places

Floats = NDArray[np.float64]
Money = TypeVar("Money", Floats, Int64)
UNITS = 60


class Cells(NamedTuple):
    """Cells that seats take: their costs, what is ``removed``, least and most that can be taken."""

    slopes: Int64
    filled: Int64
    removed: Int64
    low: Int64
    high: Int64


class Wanted(NamedTuple):
    """What groups take at some prices: per row, per part and slot, and per cell.

    ``flat`` is what each cell lets at its rent; what a group takes beyond it is its own affair.
    """

    seated: Floats
    led: Floats
    taken: Floats
    flat: Floats


@compiled
def reach(places: Places, rows: int, low: Int64, high: Int64) -> None:
    """Add up, over all rows, the least and the most units that one start of it takes per cell."""
    order = np.argsort(places.row, kind="mergesort")
    owner = np.empty(len(places.row), np.int64)
    for place in range(len(places.groups)):
        owner[places.first[place] : places.first[place + 1]] = place
    least, most = np.zeros(len(low), np.int64), np.zeros(len(low), np.int64)
    first = 0
    for row in range(rows):
        last = first
        while last < len(order) and places.row[order[last]] == row:
            last += 1
        for turn in range(2):
            for comer in order[first:last]:
                begin = places.cell_first[owner[comer]]
                for at in range(places.entry_first[comer], places.entry_first[comer + 1]):
                    cell, units = places.cell[begin + places.local[at]], places.units[at]
                    if turn == 0:
                        least[cell] = min(least[cell], units)
                        most[cell] = max(most[cell], units)
                    else:
                        low[cell] += least[cell]
                        high[cell] += most[cell]
                        least[cell], most[cell] = 0, 0
        first = last


@compiled
def steepened(places: Places, cells: Cells, rents: Floats, loads: Floats, here: Floats) -> None:
    """Write what a unit costs in each cell of each place where its own group takes ``loads``.

    Where breaks moved elsewhere can give a cell back time, a group pays its rent and no more.
    """
    last = cells.slopes.shape[1] - 1
    for at in range(len(here)):
        cell = places.cell[at]
        here[at] = rents[cell]
        if cells.low[cell] < 0:
            continue
        depth = max((cells.removed[cell] + loads[at]) / UNITS - 0.5, 0.0)
        segment = min(int(depth), last)
        price, above = cells.slopes[cell, segment], cells.slopes[cell, min(segment + 1, last)]
        here[at] = max(here[at], price + (above - price) * min(depth - segment, 1.0))


@compiled
def toll(places: Places, cells: Cells, rents: Money, here: Money, place: int) -> float:
    """Return the most by which ``here`` can exceed what a group at ``place`` costs its cells.

    The first units cost the rent or what the cell's own units cost, whichever is more.
    """
    total: float = rents[0] * 0
    last = cells.slopes.shape[1] - 1
    for at in range(places.cell_first[place], places.cell_first[place + 1]):
        cell, price = places.cell[at], here[at]
        if price <= rents[cell]:
            continue
        done, segment = 0, min(cells.removed[cell] // UNITS, last)
        while done < cells.high[cell]:
            own = max(rents[cell], cells.slopes[cell, segment])
            if own >= price:
                break
            end = cells.high[cell]
            if segment < last:
                end = min(end, UNITS * (segment + 1) - cells.removed[cell])
            total += (price - own) * (end - done)
            done, segment = end, segment + 1
    return total


@compiled
def _cheapest(
    places: Places, place: int, worth: Money, here: Money, value: Money, who: Int64
) -> int:
    """Write the comers who cost least beyond what they bring, least first; return how many."""
    most, count = places.most[place] * places.groups[place], 0
    begin = places.cell_first[place]
    for comer in range(places.first[place], places.first[place + 1]):
        price = -worth[places.row[comer]]
        for at in range(places.entry_first[comer], places.entry_first[comer + 1]):
            price += here[begin + places.local[at]] * places.units[at]
        if count == most and price >= value[count - 1]:
            continue
        count = min(count + 1, most)
        at = count - 1
        while at and value[at - 1] > price:
            value[at], who[at] = value[at - 1], who[at - 1]
            at -= 1
        value[at], who[at] = price, comer
    return count


@compiled
def _best(
    places: Places, place: int, value: Money, count: int, lead: float
) -> tuple[float, int, int]:
    """Return what groups cost least in all, toll apart, with how many people and groups."""
    total, people, best = value[0] * 0, 0, (value[0], 0, 0)
    for groups in range(1, places.groups[place] + 1):
        low, high = places.least[place] * groups, min(places.most[place] * groups, count)
        if low > count:
            break
        while people < low or (people < high and value[people] < 0):
            total += value[people]
            people += 1
        cost = total + groups * lead
        if groups == 1 or cost < best[0]:
            best = cost, people, groups
    return best


@compiled
def least_of_all(
    places: Places, cells: Cells, prices: tuple[Int64, Int64, Int64], here: Int64
) -> int:
    """Return what the groups that pay to be held come to at ``prices``: worth, rents, leads."""
    worth, rents, leads = prices
    size = int(np.max(places.most * places.groups))
    value: Int64 = np.empty(size, np.int64)
    who: Int64 = np.empty(size, np.int64)
    total: float = 0
    for place in range(len(places.groups)):
        count = _cheapest(places, place, worth, here, value, who)
        cost, _, _ = _best(places, place, value, count, leads[places.lead[place]])
        total += min(0, cost - toll(places, cells, rents, here, place))
    return int(total)


@compiled
def want(
    places: Places,
    cells: Cells,
    prices: tuple[Floats, Floats, Floats],
    own: tuple[Floats, Floats],
    pace: tuple[float, float],
    wanted: Wanted,
) -> None:
    """Hold groups where they pay, half where they just do, and write what they take.

    ``own``: ``here`` and the loads it was made from, which go a part of the way to the new ones;
    ``pace``: heat and that part.
    """
    (worth, rents, leads), (here, loads), (heat, part) = prices, own, pace
    size = int(np.max(places.most * places.groups))
    value: Floats = np.empty(size)
    who: Int64 = np.empty(size, np.int64)
    for place in range(len(places.groups)):
        count = _cheapest(places, place, worth, here, value, who)
        cost, people, groups = _best(places, place, value, count, leads[places.lead[place]])
        cost -= toll(places, cells, rents, here, place)
        held = 1.0 / (1.0 + np.exp(min(max(cost / heat, -50.0), 50.0)))
        begin, end = places.cell_first[place], places.cell_first[place + 1]
        loads[begin:end] *= 1.0 - part
        for comer in who[:people]:
            wanted.seated[places.row[comer]] += held
            for at in range(places.entry_first[comer], places.entry_first[comer + 1]):
                loads[begin + places.local[at]] += part * places.units[at]
        wanted.led[places.lead[place]] += held * groups
        for at in range(begin, end):
            cell = places.cell[at]
            taken = loads[at]
            if cells.low[cell] >= 0:
                taken = min(taken, wanted.flat[cell])
            wanted.taken[cell] += held * taken
