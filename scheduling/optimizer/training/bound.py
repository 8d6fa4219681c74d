"""No roll-out that places as many costs less than this: a Lagrangian bound over the cells.

Every taken unit pays a rent to its cell, and every seat one to its trainers. What seats pay is at
least what each, by itself, pays at the start that is cheapest for it; what cells lose by letting at
rent instead of at cost is at most their convex conjugate; so the first less the second is a bound,
whatever the rents. Groups having a least size is relaxed. The rents are found by smoothed ascent in
floating point, then rounded to integers, at which the bound is exact.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduling.optimizer.compiled import compiled
from scheduling.optimizer.training.field import (
    UNPLACED,
    Field,
    Int16,
    Int32,
    Int64,
    State,
)

Floats = NDArray[np.float64]

ROUNDS = 150
UNITS = 60
PACE, FADE, FADE_SQUARES = 0.05, 0.9, 0.99
"""Step, as a part of the average rent, and what Adam forgets per round (Kingma and Ba 2015)."""


class _Starts(NamedTuple):
    """Every start that could be used: row r has those at ``first[r]:first[r + 1]``.

    ``candidate``, and ``place``: where the rent of its trainers stands. Cells are renumbered: only
    those that somebody takes.
    """

    first: Int64
    candidate: Int32
    place: Int64
    cell_first: Int64
    cell: Int32
    units: Int16


class _Cells(NamedTuple):
    """Cells that starts take: their costs, what is ``removed``, least and most that can be taken."""

    slopes: Int64
    filled: Int64
    removed: Int64
    low: Int64
    high: Int64


class _Seats(NamedTuple):
    """What trainers offer: per part and slot as many seats as ``offered`` at once; ``length``."""

    offered: Int64
    length: Int64


def bound_of(
    field: Field, empty: State, plan: State, deadline: Callable[[], bool] | None = None
) -> int:
    """Return, in millionths, what any roll-out costs at least that leaves out as many of each tier.

    ``empty`` is the state without groups; ``plan`` gives the counts left out and the first rents.
    """
    starts, used = _starts_of(field)
    if not len(starts.candidate):
        return 0
    cells, seats = _cells_of(field, empty, starts, used), _seats_of(field)
    load = plan.load[used].astype(np.int64)
    segment = np.clip(load // UNITS, 0, cells.slopes.shape[1] - 1)
    rents = cells.slopes[np.arange(len(used)), segment].astype(np.float64)
    leads = np.zeros(seats.offered.shape)
    left_out = plan.total[UNPLACED:].astype(np.int64)
    free = np.zeros_like(rents), leads
    best = max(
        _exact(field, starts, cells, seats, prices, left_out) for prices in (free, (rents, leads))
    )
    climb = _Climb(rents, leads, _typical(starts, rents))
    for turn in range(ROUNDS):
        if deadline is not None and deadline():
            break
        _step(starts, cells, seats, climb, turn)
        if turn % 10 == 9:
            best = max(best, _exact(field, starts, cells, seats, (rents, leads), left_out))
    return best


def _starts_of(field: Field) -> tuple[_Starts, Int64]:
    """Return all starts with a trainer, a room and enough people by themselves; the cells used."""
    slots = field.pair.shape[1]
    part_of = np.concatenate(
        [
            np.arange(field.part_first[training], field.part_first[training + 1])
            for training in field.training.tolist()
        ]
    )
    usable = np.zeros((len(field.minutes), slots), bool)
    training_of = np.repeat(np.arange(len(field.least)), np.diff(field.part_first))
    for part in range(len(usable)):
        come = (field.pair[part_of == part] >= 0).sum(axis=0) >= field.least[training_of[part]]
        usable[part] = come & field.leads[part].any(axis=0)
        if field.roomed[part]:
            usable[part] &= field.fits[part].any(axis=0)
    row, slot = np.nonzero((field.pair >= 0) & usable[part_of])
    candidate = field.pair[row, slot]
    counts = np.diff(field.cell_first)
    taken = np.zeros(len(counts), bool)
    taken[candidate] = True
    used, cell = np.unique(field.cell[np.repeat(taken, counts)], return_inverse=True)
    compact = np.zeros(len(field.cell), np.int32)
    compact[np.repeat(taken, counts)] = cell
    first = np.searchsorted(row, np.arange(len(field.pair) + 1))
    place = part_of[row] * slots + slot
    starts = _Starts(first, candidate, place, field.cell_first, compact, field.units)
    return starts, used.astype(np.int64)


def _cells_of(field: Field, empty: State, starts: _Starts, used: Int64) -> _Cells:
    """Return the cells ``used``, with the least and the most that all seats together can take."""
    removed = empty.load[used].astype(np.int64)
    low, high = np.zeros(len(used), np.int64), np.zeros(len(used), np.int64)
    _reach(starts, low, high)
    room = np.maximum(field.floor[used].astype(np.int64) - removed, 0)
    return _Cells(field.slopes[used], field.filled[used], removed, low, np.minimum(high, room))


@compiled
def _reach(starts: _Starts, low: Int64, high: Int64) -> None:
    """Add up, over all rows, the least and the most units that one start of it takes per cell."""
    least, most = np.zeros(len(low), np.int64), np.zeros(len(low), np.int64)
    for row in range(len(starts.first) - 1):
        for turn in range(2):
            for at in range(starts.first[row], starts.first[row + 1]):
                one = starts.candidate[at]
                for entry in range(starts.cell_first[one], starts.cell_first[one + 1]):
                    cell, units = starts.cell[entry], starts.units[entry]
                    if turn == 0:
                        least[cell] = min(least[cell], units)
                        most[cell] = max(most[cell], units)
                    else:
                        low[cell] += least[cell]
                        high[cell] += most[cell]
                        least[cell], most[cell] = 0, 0


def _seats_of(field: Field) -> _Seats:
    """Return, per part and slot, the seats that trainers who may lead it then can offer at most."""
    offered = np.zeros((len(field.minutes), field.pair.shape[1]), np.int64)
    lengths = field.lead_after.min(axis=1)
    training_of = np.repeat(np.arange(len(field.least)), np.diff(field.part_first))
    for part, length in enumerate(lengths.tolist()):
        leading = field.leads[part].astype(np.int64)
        ran = np.cumsum(leading, axis=1)
        ran[:, length:] -= ran[:, :-length].copy()
        offered[part] = field.most[training_of[part]] * (ran > 0).sum(axis=0)
    return _Seats(offered, lengths.astype(np.int64))


def _lead_rents(seats: _Seats, leads: NDArray[np.float64] | Int64) -> NDArray[np.float64] | Int64:
    """Return per part and start what a seat pays for its trainer over the whole part."""
    out = np.zeros_like(leads)
    for part, length in enumerate(seats.length.tolist()):
        ahead = np.concatenate([np.cumsum(leads[part]), np.repeat(leads[part].sum(), length)])
        before = np.concatenate([[0], ahead[:-1]])[: leads.shape[1]]
        out[part] = ahead[length - 1 : length - 1 + leads.shape[1]] - before
    return out


class _Climb:
    """Rents on their way up, and Adam's averages of the slope and of its square."""

    def __init__(self, rents: Floats, leads: Floats, typical: float) -> None:
        """Start at ``rents`` and ``leads``; ``typical`` is what a start pays."""
        self.typical = typical
        self.values = (rents, leads)
        self.slopes = (np.zeros_like(rents), np.zeros_like(leads))
        self.squares = (np.zeros_like(rents), np.zeros_like(leads))
        self.pace = max(1.0, float(rents.mean())) * PACE

    def climb(self, turn: int, gradients: tuple[Floats, Floats]) -> None:
        """Take one step along ``gradients``; rents stay at least 0."""
        pace = self.pace * 0.05 ** (turn / ROUNDS)
        for value, slope, square, gradient in zip(
            self.values, self.slopes, self.squares, gradients, strict=True
        ):
            slope[:] += (1 - FADE) * (gradient - slope)
            square[:] += (1 - FADE_SQUARES) * (gradient**2 - square)
            fair = (1 - FADE_SQUARES ** (turn + 1)) ** 0.5 / (1 - FADE ** (turn + 1))
            value[:] += pace * fair * slope / (np.sqrt(square) + 1e-9)
            np.maximum(value, 0.0, out=value)


def _step(starts: _Starts, cells: _Cells, seats: _Seats, climb: _Climb, turn: int) -> None:
    """Spread the seats at the present rents, and move the rents to where more is wanted."""
    rents, leads = climb.values
    load, rented = np.zeros(len(rents)), np.zeros(leads.size)
    heat = max(1.0, climb.typical * 0.2 * 0.05 ** (turn / ROUNDS))
    _share(starts, rents, np.ravel(_lead_rents(seats, leads)), heat, load, rented)
    wanted = np.zeros_like(leads)
    for part, length in enumerate(seats.length.tolist()):
        run = np.cumsum(rented.reshape(leads.shape)[part])
        wanted[part] = run
        wanted[part, length:] -= run[:-length]
    climb.climb(turn, (load - _offer(cells, rents), wanted - seats.offered * (leads > 0)))


def _typical(starts: _Starts, rents: Floats) -> float:
    """Return the average rent of a start."""
    some = starts.candidate[:: max(1, len(starts.candidate) // 1000)]
    total = [
        float((rents[starts.cell[a:b]] * starts.units[a:b]).sum())
        for a, b in zip(starts.cell_first[some], starts.cell_first[some + 1], strict=True)
    ]
    return float(np.median(total))


@compiled
def _share(
    starts: _Starts, rents: Floats, leads: Floats, heat: float, load: Floats, rented: Floats
) -> None:
    """Spread every row over its starts, the cheaper the more, and add up what that takes."""
    price = np.empty(len(starts.candidate))
    for row in range(len(starts.first) - 1):
        first, last = starts.first[row], starts.first[row + 1]
        least, total = np.inf, 0.0
        for at in range(first, last):
            one, price[at] = starts.candidate[at], leads[starts.place[at]]
            for entry in range(starts.cell_first[one], starts.cell_first[one + 1]):
                price[at] += rents[starts.cell[entry]] * starts.units[entry]
            least = min(least, price[at])
        for at in range(first, last):
            price[at] = np.exp((least - price[at]) / heat)
            total += price[at]
        for at in range(first, last):
            part, one = price[at] / total, starts.candidate[at]
            if part > 1e-6:
                rented[starts.place[at]] += part
                for entry in range(starts.cell_first[one], starts.cell_first[one + 1]):
                    load[starts.cell[entry]] += part * starts.units[entry]


def _offer(cells: _Cells, rents: Floats) -> Floats:
    """Return how many units each cell would let at these rents, smoothed between segments."""
    rows = np.arange(len(rents))
    segment = (cells.slopes < rents[:, None]).sum(axis=1)
    below = np.where(segment > 0, cells.slopes[rows, np.maximum(segment - 1, 0)], 0)
    above = cells.slopes[rows, np.minimum(segment, cells.slopes.shape[1] - 1)]
    part = np.clip((rents - below) / np.maximum(above - below, 1), 0, 1)
    units = UNITS * (segment - 1 + part) - cells.removed
    units = np.where(segment >= cells.slopes.shape[1], cells.high, units)
    return np.clip(units, cells.low, cells.high).astype(np.float64)


def _exact(
    field: Field,
    starts: _Starts,
    cells: _Cells,
    seats: _Seats,
    prices: tuple[Floats, Floats],
    left_out: Int64,
) -> int:
    """Return the bound at the rents rounded to integers, in integers throughout."""
    rents, leads = (np.rint(each).astype(np.int64) for each in prices)
    paid = np.zeros(len(starts.first) - 1, np.int64)
    _cheapest(starts, rents, np.ravel(_lead_rents(seats, leads)), paid)
    total = -int((leads * seats.offered).sum()) - _lost(cells, rents)
    none = np.diff(starts.first) == 0
    by_seat = np.add.reduceat(paid, field.row)
    never = np.add.reduceat(none, field.row) > 0
    for tier, count in enumerate(left_out.tolist()):
        own = np.sort(by_seat[(field.tier == tier) & ~never])
        gone = count - int((never & (field.tier == tier)).sum())
        total += int(own[: len(own) - gone].sum()) if gone > 0 else int(own.sum())
    return total


@compiled
def _cheapest(starts: _Starts, rents: Int64, leads: Int64, paid: Int64) -> None:
    """Write down what every row pays at its cheapest start."""
    for row in range(len(starts.first) - 1):
        for at in range(starts.first[row], starts.first[row + 1]):
            one, price = starts.candidate[at], leads[starts.place[at]]
            for entry in range(starts.cell_first[one], starts.cell_first[one + 1]):
                price += rents[starts.cell[entry]] * starts.units[entry]
            if at == starts.first[row] or price < paid[row]:
                paid[row] = price


def _lost(cells: _Cells, rents: Int64) -> int:
    """Return the sum over cells of the most that rent can exceed cost."""
    segment = (cells.slopes < rents[:, None]).sum(axis=1)
    units = np.where(segment >= cells.slopes.shape[1], cells.high, UNITS * segment - cells.removed)
    taken = np.clip(units, cells.low, cells.high)
    rise = _filled(cells, cells.removed + taken) - _filled(cells, cells.removed)
    return int((rents * taken - rise).sum())


def _filled(cells: _Cells, total: Int64) -> Int64:
    segment = np.clip(total // UNITS, 0, cells.slopes.shape[1] - 1)
    rows = np.arange(len(total))
    within = cells.slopes[rows, segment] * (total - UNITS * segment)
    return np.asarray(cells.filled[rows, segment] + within)
