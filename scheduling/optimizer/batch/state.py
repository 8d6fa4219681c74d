"""The choice that the kernels change: who sits where, and what that takes from cells and rows."""

from typing import Final, NamedTuple

import numpy as np

from scheduling.optimizer.batch.columns import Columns, Entries, Pairs, Table
from scheduling.optimizer.compiled import compiled
from scheduling.optimizer.packing import Int8, Int32, Int64
from scheduling.optimizer.supply import UNITS

NO_END: Final = 1 << 30
"""Units that a segment without end holds."""
UNLIMITED: Final = 1 << 61
"""A limit above any cost and any walk-away price."""
TOO_MUCH: Final = 1 << 62
"""The cost of a candidate that a floor forbids."""
RATE, AHEAD = 0, 1


class Cells(NamedTuple):
    """Cells as they stand: ``load`` is removed + taken.

    ``quick`` (cells, 2): the price of the next unit, and for how many it holds, the floor kept.
    """

    takes: Entries
    table: Table
    most: Int32
    load: Int64
    quick: Int64


class Rows(NamedTuple):
    """Rows as they stand: ``left`` is the capacity not taken."""

    takes: Entries
    left: Int64


class Links(NamedTuple):
    """Who takes from each place (rows, then cells): a list from ``head`` (places) through nodes.

    Each request has a node, from ``first`` (requests + 1) on, for every place its candidate takes;
    ``sitter`` (nodes) is the request.
    """

    first: Int64
    head: Int32
    after: Int32
    before: Int32
    sitter: Int32


class State(NamedTuple):
    """Who sits where: ``chosen`` (requests) is a candidate of the columns or -1; and what follows."""

    chosen: Int64
    first: Int64
    extra: Int64
    walk_away: Int64
    tier: Int8
    cells: Cells
    rows: Rows
    pairs: Pairs
    links: Links
    gives_back: bool


def state_of(columns: Columns, chosen: Int64) -> State:
    """Return the state in which each request sits where ``chosen`` (requests) says, -1 nowhere."""
    load = columns.removed.astype(np.int64)
    state = State(
        chosen=np.full(len(columns.tier), -1),
        first=columns.first,
        extra=columns.extra,
        walk_away=columns.walk_away,
        tier=columns.tier,
        cells=Cells(
            columns.cells, columns.table, columns.most, load, np.zeros((len(load), 2), np.int64)
        ),
        rows=Rows(columns.rows, columns.capacity.astype(np.int64)),
        pairs=columns.pairs,
        links=_links_of(columns),
        gives_back=columns.gives_back,
    )
    _seat_all(state, chosen)
    return state


def _links_of(columns: Columns) -> Links:
    """Return lists without anybody; a request has as many nodes as its widest candidate places."""
    width = np.append(np.diff(columns.cells.first) + np.diff(columns.rows.first), 0)
    widest = np.maximum.reduceat(width, columns.first[:-1])
    widest = np.where(np.diff(columns.first) > 0, widest, 0)
    first = np.concatenate([[0], np.cumsum(widest)])
    nodes = np.full((2, first[-1]), -1, np.int32)
    head = np.full(len(columns.capacity) + len(columns.removed), -1, np.int32)
    sitter = np.repeat(np.arange(len(widest), dtype=np.int32), widest)
    return Links(first, head, nodes[0], nodes[1], sitter)


def located(columns: Columns, origin: Int64) -> Int64:
    """Return where candidates ``origin`` of the packing (requests; -1 none) are in ``columns``."""
    return np.where(origin < 0, -1, np.searchsorted(columns.origin, origin))


def origins(columns: Columns, chosen: Int64) -> Int64:
    """Return the packing's numbers of ``chosen`` (requests; -1 none)."""
    return np.where(chosen < 0, -1, np.append(columns.origin, -1)[chosen])


def cost_of(columns: Columns, state: State) -> int:
    """Return the sum of F(removed + taken) - F(removed) over the cells, in millionths."""
    return int(_cost(columns.table, columns.removed, state.cells.load))


@compiled
def total(table: Table, cell: int, units: int) -> int:
    """Return F of ``cell`` at ``units`` removed; below 0 the first price holds on."""
    segment = min(max(units // UNITS, 0), table.slopes.shape[1] - 1)
    within = units - UNITS * segment
    return int(table.filled[cell, segment] + table.slopes[cell, segment] * within)


@compiled
def _cost(table: Table, removed: Int32, load: Int64) -> int:
    cost = 0
    for cell in range(load.size):
        if load[cell] != removed[cell]:
            cost += total(table, cell, load[cell]) - total(table, cell, removed[cell])
    return cost


@compiled
def added(cells: Cells, candidate: int) -> int:
    """Return what ``candidate`` adds to the cost; TOO_MUCH where a floor forbids it."""
    cost, takes, quick = 0, cells.takes, cells.quick
    for entry in range(takes.first[candidate], takes.first[candidate + 1]):
        cell, units = takes.place[entry], takes.amount[entry]
        if 0 < units <= quick[cell, AHEAD]:
            cost += quick[cell, RATE] * units
        else:
            load = cells.load[cell]
            if units > 0 and load + units > cells.most[cell]:
                return TOO_MUCH
            cost += total(cells.table, cell, load + units) - total(cells.table, cell, load)
    return cost


@compiled
def fits(s: State, request: int, candidate: int) -> bool:
    """Return whether ``candidate`` of ``request``, which sits nowhere, breaks no row or spacing."""
    return has_room(s.rows, candidate) and is_spaced(s.pairs, s.chosen, request, candidate)


@compiled
def has_room(rows: Rows, candidate: int) -> bool:
    """Return whether every row has left what ``candidate`` takes."""
    takes = rows.takes
    for entry in range(takes.first[candidate], takes.first[candidate + 1]):
        if takes.amount[entry] > rows.left[takes.place[entry]]:
            return False
    return True


@compiled
def is_spaced(pairs: Pairs, chosen: Int64, request: int, candidate: int) -> bool:
    """Return whether ``candidate`` keeps its days and order to all that ``request`` is paired with."""
    for entry in range(pairs.first[request], pairs.first[request + 1]):
        other = chosen[pairs.other[entry]]
        if other >= 0 and not is_apart(pairs, entry, candidate, other):
            return False
    return True


@compiled
def is_apart(pairs: Pairs, entry: int, candidate: int, other: int) -> bool:
    """Return whether ``candidate`` keeps its days and order to ``other``, by the pair ``entry``."""
    sense = pairs.later[entry]
    days = sense * (pairs.day[other] - pairs.day[candidate])
    if days < pairs.least[entry] or days > pairs.most[entry]:
        return False
    return bool(sense * (pairs.start[other] - pairs.start[candidate]) > 0)


@compiled
def may_leave(cells: Cells, candidate: int) -> bool:
    """Return whether no floor breaks where ``candidate`` gave time back, now that it has left."""
    takes = cells.takes
    for entry in range(takes.first[candidate], takes.first[candidate + 1]):
        cell = takes.place[entry]
        if takes.amount[entry] < 0 and cells.load[cell] > cells.most[cell]:
            return False
    return True


@compiled
def shift(cells: Cells, rows: Rows, candidate: int, sign: int) -> None:
    """Add (``sign`` 1) or take back (-1) what ``candidate`` takes from cells and rows."""
    takes = cells.takes
    for entry in range(takes.first[candidate], takes.first[candidate + 1]):
        cell = takes.place[entry]
        cells.load[cell] += sign * takes.amount[entry]
        settle(cells, cell)
    takes = rows.takes
    for entry in range(takes.first[candidate], takes.first[candidate + 1]):
        rows.left[takes.place[entry]] -= sign * takes.amount[entry]


@compiled
def settle(cells: Cells, cell: int) -> None:
    """Work out the price of the next unit of ``cell``, and how far it holds, after its load changed."""
    last, load = cells.table.slopes.shape[1] - 1, cells.load[cell]
    segment = min(max(load // UNITS, 0), last)
    end = NO_END if segment == last else UNITS * (segment + 1)
    cells.quick[cell, RATE] = cells.table.slopes[cell, segment]
    cells.quick[cell, AHEAD] = min(end, cells.most[cell]) - load


@compiled
def _link(links: Links, place: int, node: int) -> None:
    follower = links.head[place]
    links.before[node], links.after[node], links.head[place] = -1, follower, node
    if follower >= 0:
        links.before[follower] = node


@compiled
def _unlink(links: Links, place: int, node: int) -> None:
    before, after = links.before[node], links.after[node]
    if before >= 0:
        links.after[before] = after
    else:
        links.head[place] = after
    if after >= 0:
        links.before[after] = before


@compiled
def seat(s: State, request: int, candidate: int) -> None:
    """Put ``request``, which sits nowhere, at ``candidate``."""
    node, takes = s.links.first[request], s.rows.takes
    for entry in range(takes.first[candidate], takes.first[candidate + 1]):
        _link(s.links, takes.place[entry], node)
        node += 1
    takes = s.cells.takes
    for entry in range(takes.first[candidate], takes.first[candidate + 1]):
        _link(s.links, s.rows.left.size + takes.place[entry], node)
        node += 1
    shift(s.cells, s.rows, candidate, 1)
    s.chosen[request] = candidate


@compiled
def unseat(s: State, request: int) -> int:
    """Take ``request`` from its candidate, which is returned."""
    candidate = s.chosen[request]
    node, takes = s.links.first[request], s.rows.takes
    for entry in range(takes.first[candidate], takes.first[candidate + 1]):
        _unlink(s.links, takes.place[entry], node)
        node += 1
    takes = s.cells.takes
    for entry in range(takes.first[candidate], takes.first[candidate + 1]):
        _unlink(s.links, s.rows.left.size + takes.place[entry], node)
        node += 1
    shift(s.cells, s.rows, candidate, -1)
    s.chosen[request] = -1
    return int(candidate)


@compiled
def _seat_all(s: State, chosen: Int64) -> None:
    for cell in range(s.cells.load.size):
        settle(s.cells, cell)
    for request in range(chosen.size):
        if chosen[request] >= 0:
            seat(s, request, chosen[request])


@compiled
def best_place(s: State, request: int, limit: int) -> tuple[int, int]:
    """Return the cheapest candidate that fits, and its cost with extras: at most ``limit``.

    The earliest among equals; (-1, limit) where there is none.
    """
    best, least, cells, rows = -1, limit + 1, s.cells, s.rows
    pairs, chosen, paired = s.pairs, s.chosen, s.pairs.first[request] < s.pairs.first[request + 1]
    for candidate in range(s.first[request], s.first[request + 1]):
        extra = s.extra[candidate]
        allowed = min(least - 1 - extra, s.walk_away[request])
        cost = added(cells, candidate)
        if cost > allowed or not has_room(rows, candidate):
            continue
        if not paired or is_spaced(pairs, chosen, request, candidate):
            best, least = candidate, cost + extra
    return best, least if best >= 0 else limit
