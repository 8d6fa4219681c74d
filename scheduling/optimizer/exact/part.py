"""A part of a packing to be placed anew: its columns, what is left for them, and what they cost.

Everything outside the part stays as it is chosen. A cell in which the columns' prices simply add
up goes into the columns' own prices; the others are split over the segments of their price.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scheduling.optimizer.exact.spacing import agreeing
from scheduling.optimizer.loads import Loads, charges, filled_to, members
from scheduling.optimizer.packing import NO_LIMIT, Int64, Packing
from scheduling.optimizer.supply import UNITS

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """The columns that can be, whose they are, and what is left for them.

    ``owner`` is the place in ``requests``; ``price`` holds charges and the cells that add up;
    ``hint`` says which columns are chosen now. The ``at_`` arrays are the entries of the cells
    that do not add up: which column takes how many units from which of ``cells``.
    """

    requests: Int64
    candidate: Int64
    owner: Int64
    price: Int64
    hint: Int64
    free: Int64
    cells: Int64
    now: Int64
    room: Int64
    at_column: Int64
    at_cell: Int64
    at_units: Int64

    @classmethod
    def of(
        cls,
        packing: Packing,
        columns: Mapping[int, Int64],
        chosen: Int64,
        loads: Loads,
        *,
        adds_up: bool,
    ) -> "Part":
        """Return the part of ``columns`` (per request), with ``loads`` those of all ``chosen``.

        ``adds_up`` says that the prices of columns that can be chosen together add up.
        """
        requests = np.array(sorted(columns), np.int64)
        loads = Loads(cells=loads.cells.copy(), rows=loads.rows.copy())
        loads.drop(packing, chosen[requests])
        free = packing.capacity - loads.rows
        kept = [agreeing(packing, int(q), columns[int(q)], chosen, columns) for q in requests]
        candidate = np.concatenate([*kept, np.empty(0, np.int64)])
        owner = np.repeat(np.arange(len(requests)), [len(each) for each in kept])
        fits = _fits(packing, candidate, free)
        candidate, owner = candidate[fits], owner[fits]
        shared = _Shared.of(packing, candidate, owner, loads, adds_up=adds_up)
        candidate, owner = candidate[shared.fits], owner[shared.fits]
        return cls(
            requests=requests,
            candidate=candidate,
            owner=owner,
            price=shared.price[shared.fits] + charges(packing, requests[owner], candidate),
            hint=(chosen[requests][owner] == candidate).astype(np.int64),
            free=free,
            cells=shared.cells,
            now=shared.now,
            room=shared.room,
            at_column=(np.cumsum(shared.fits) - 1)[shared.at_column],
            at_cell=shared.at_cell,
            at_units=shared.at_units,
        )


def _fits(packing: Packing, candidate: Int64, free: Int64) -> Int64:
    """Return the places of the candidates that find room in every row beside the others."""
    owner, at = members(packing.row_first, candidate)
    fits = np.ones(len(candidate), np.bool_)
    fits[owner[packing.takes[at] > free[packing.row[at]]]] = False
    return np.flatnonzero(fits)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Shared:
    """The cells whose price depends on what several columns take, and the price of all others."""

    price: Int64
    fits: Mask
    cells: Int64
    now: Int64
    room: Int64
    at_column: Int64
    at_cell: Int64
    at_units: Int64

    @classmethod
    def of(
        cls, packing: Packing, candidate: Int64, owner: Int64, loads: Loads, *, adds_up: bool
    ) -> "_Shared":
        column, at = members(packing.cell_first, candidate)
        units = packing.units[at].astype(np.int64)
        cells, cell = np.unique(packing.cell[at].astype(np.int64), return_inverse=True)
        now = packing.removed[cells] + loads.cells[cells]
        left = np.minimum(packing.most[cells].astype(np.int64) - packing.removed[cells], NO_LIMIT)
        room = np.maximum(0, left) - loads.cells[cells]
        alone, low, high = reach(cell, owner[column], units, len(cells))
        alone |= adds_up
        flat = _slope(packing, cells, now + low) == _slope(packing, cells, now + high)
        simple = alone | (flat & (high <= room))
        rise = filled_to(packing, cells[cell], now[cell] + units)
        rise -= filled_to(packing, cells[cell], now[cell])
        price = np.zeros(len(candidate), np.int64)
        np.add.at(price, column[simple[cell]], rise[simple[cell]])
        fits = np.ones(len(candidate), np.bool_)
        fits[column[alone[cell] & (units > np.maximum(room[cell], 0))]] = False
        keep = ~simple[cell] & fits[column]
        place = np.cumsum(~simple) - 1
        return cls(
            price=price,
            fits=fits,
            cells=cells[~simple],
            now=now[~simple],
            room=room[~simple],
            at_column=column[keep],
            at_cell=place[cell[keep]],
            at_units=units[keep],
        )


def reach(cell: Int64, owner: Int64, units: Int64, count: int) -> tuple[Mask, Int64, Int64]:
    """Return per cell whether one request alone touches it, and the least and most it can take."""
    span = int(owner.max(initial=0)) + 1
    pairs, pair = np.unique(cell * span + owner, return_inverse=True)
    low, high = np.zeros(len(pairs), np.int64), np.zeros(len(pairs), np.int64)
    np.minimum.at(low, pair, units)
    np.maximum.at(high, pair, units)
    of = pairs // span
    total_low, total_high = np.zeros(count, np.int64), np.zeros(count, np.int64)
    np.add.at(total_low, of, low)
    np.add.at(total_high, of, high)
    return np.bincount(of, minlength=count) == 1, total_low, total_high


def _slope(packing: Packing, cells: Int64, total: Int64) -> Int64:
    segment = np.clip(total // UNITS, 0, packing.slopes.shape[1] - 1)
    return np.asarray(packing.slopes[cells, segment])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Segments:
    """The segments of the shared cells' prices that the columns can reach, left to right.

    ``of`` is the place of the cell, ``slope`` the price of one unit, ``bottom`` and ``top`` the
    total taken where the segment begins and ends; ``low`` (per cell) is where the first begins.
    """

    of: Int64
    slope: Int64
    bottom: Int64
    top: Int64
    low: Int64

    @classmethod
    def reached(cls, packing: Packing, part: Part) -> "Segments":
        """Return the segments between the least and the most that ``part`` can take."""
        count, last = len(part.cells), packing.slopes.shape[1] - 1
        owner = part.owner[part.at_column]
        _, low, high = reach(part.at_cell, owner, part.at_units, count)
        high = np.maximum(np.minimum(high, part.room), 0) + part.now
        low = low + part.now
        begin, end = (np.clip(each // UNITS, 0, last) for each in (low, high))
        first = np.concatenate([[0], np.cumsum(end - begin + 1)])
        of, at = members(first, np.arange(count))
        segment = begin[of] + at - first[of]
        return cls(
            of=of,
            slope=packing.slopes[part.cells[of], segment].astype(np.int64),
            bottom=np.where(segment == begin[of], low[of], UNITS * segment),
            top=np.where(segment == end[of], high[of], UNITS * (segment + 1)),
            low=low,
        )

    def filled(self, total: Int64) -> Int64:
        """Return how far each segment is filled where ``total`` is taken from each cell."""
        return np.asarray(np.clip(total[self.of], self.bottom, self.top) - self.bottom)
