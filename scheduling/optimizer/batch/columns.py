"""A packing's candidates as the kernels read them: all, or those that a stage may choose from.

Arrays reach a kernel in small tuples: one compiled function hands each array of a tuple on by
value, so what is called per candidate gets only what it reads.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduling.optimizer.packing import NO_PRICE_LIMIT, Int8, Int16, Int32, Int64, Packing


class Entries(NamedTuple):
    """What each candidate takes: ``amount`` of ``place``, at ``first[c]:first[c + 1]``."""

    first: Int64
    place: Int32
    amount: Int16


class Table(NamedTuple):
    """Cost of cells (cells, segments) as in Packing."""

    slopes: Int64
    filled: Int64


class Pairs(NamedTuple):
    """Spacing as in Packing, with the ``day`` and ``start`` of each candidate."""

    first: Int64
    other: Int32
    least: Int32
    most: Int32
    later: Int8
    day: Int32
    start: Int32


class Columns(NamedTuple):
    """A packing, or those of its candidates that a stage may choose from.

    ``origin`` (candidates) is each one's number in the packing; ``extra`` (candidates,
    millionths) its preference and, where it moves a booked meeting, the price of that. ``fixed``
    (requests) is 1 where nothing may be moved. ``gives_back``: some units are negative.
    """

    first: Int64
    origin: Int64
    extra: Int64
    tier: Int8
    walk_away: Int64
    fixed: Int8
    cells: Entries
    rows: Entries
    table: Table
    removed: Int32
    most: Int32
    capacity: Int32
    pairs: Pairs
    gives_back: bool


def columns_of(packing: Packing) -> Columns:
    """Return all candidates of ``packing``, of a fixed request only the one that is held.

    A booked meeting does not fail for its price: walk-away prices are for new ones.
    """
    booked = packing.held >= 0
    sizes = np.diff(packing.first)
    extra = packing.preference.astype(np.int64)
    extra += packing.move_price * np.repeat(booked, sizes)
    extra[packing.held[booked]] -= packing.move_price
    columns = Columns(
        first=packing.first,
        origin=np.arange(packing.candidates),
        extra=extra,
        tier=packing.tier,
        walk_away=np.where(booked, NO_PRICE_LIMIT, packing.walk_away),
        fixed=packing.fixed,
        cells=Entries(packing.cell_first, packing.cell, packing.units),
        rows=Entries(packing.row_first, packing.row, packing.takes),
        table=Table(packing.slopes, packing.filled),
        removed=packing.removed,
        most=packing.most,
        capacity=packing.capacity,
        pairs=Pairs(
            packing.pair_first,
            packing.pair,
            packing.pair_least,
            packing.pair_most,
            packing.pair_later,
            packing.day,
            packing.start,
        ),
        gives_back=bool((packing.units < 0).any()),
    )
    if not packing.fixed.any():
        return columns
    stays = np.repeat(packing.fixed == 0, sizes)
    stays[packing.held[(packing.fixed != 0) & booked]] = True
    return narrow(columns, stays)


def narrow(columns: Columns, keep: NDArray[np.bool_]) -> Columns:
    """Return ``columns`` with only the candidates that ``keep`` (candidates) holds, copied close."""
    kept = np.flatnonzero(keep)
    pairs = columns.pairs
    return columns._replace(
        first=np.concatenate([[0], np.cumsum(keep)])[columns.first],
        origin=columns.origin[kept],
        extra=columns.extra[kept],
        cells=_picked(columns.cells, kept),
        rows=_picked(columns.rows, kept),
        pairs=pairs._replace(day=pairs.day[kept], start=pairs.start[kept]),
    )


def _picked(entries: Entries, kept: Int64) -> Entries:
    sizes = entries.first[kept + 1] - entries.first[kept]
    first = np.concatenate([[0], np.cumsum(sizes)])
    at = np.arange(first[-1]) + np.repeat(entries.first[kept] - first[:-1], sizes)
    return Entries(first, entries.place[at], entries.amount[at])
