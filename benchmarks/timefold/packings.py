"""A packing written for Java, and what a choice of it is worth, counted from the packing alone."""

import numpy as np
from numpy.typing import NDArray

from benchmarks.meetings.score import Score
from scheduling.domain.rules import Rule
from scheduling.optimizer.packing import Int64, Packing
from scheduling.optimizer.supply import UNITS

FAILED = np.array([10**12, 10**6, 1])
"""What a failed request of each tier weighs: a mandatory one more than any number of the next."""


def written(packing: Packing) -> bytes:
    """Return the packing as the Java side reads it: each array behind its length, big-endian."""
    ints = (
        packing.tier,
        groups(packing),
        packing.first,
        packing.start,
        packing.day,
        packing.cell_first,
        packing.cell,
        packing.units,
        packing.row_first,
        packing.row,
        packing.takes,
        packing.capacity,
        packing.removed,
        packing.most,
        packing.pair_first,
        packing.pair,
        packing.pair_least,
        packing.pair_most,
        packing.pair_later,
    )
    parts = [_array(values, ">i4") for values in ints]
    parts += [_array(values.ravel(), ">i8") for values in (packing.slopes, packing.filled)]
    return b"".join([packing.slopes.shape[1].to_bytes(4, "big"), *parts])


def _array(values: NDArray[np.integer], kind: str) -> bytes:
    return b"".join([len(values).to_bytes(4, "big"), values.astype(kind).tobytes()])


def groups(packing: Packing) -> Int64:
    """Return per request a number for its facilitator, -1 without: those who can exchange slots."""
    rules = [rule for rule, _ in packing.holders]
    leader = np.where(np.array(rules) == Rule.FACILITATOR, np.arange(len(rules)), -1)
    group = np.full(packing.requests, -1)
    for request in np.flatnonzero(np.diff(packing.first)):
        candidate = packing.first[request]
        rows = packing.row[packing.row_first[candidate] : packing.row_first[candidate + 1]]
        group[request] = leader[packing.row_holder[rows]].max(initial=-1)
    return group


def score(packing: Packing, chosen: Int64) -> Score:
    """Return what is broken, who fails (weighed by tier) and the cost of ``chosen`` (requests)."""
    held = chosen[chosen >= 0]
    load = packing.removed.astype(np.int64)
    used = np.zeros(len(packing.capacity), dtype=np.int64)
    for candidate in held:
        cells = slice(packing.cell_first[candidate], packing.cell_first[candidate + 1])
        rows = slice(packing.row_first[candidate], packing.row_first[candidate + 1])
        np.add.at(load, packing.cell[cells], packing.units[cells])
        np.add.at(used, packing.row[rows], packing.takes[rows])
    over = np.maximum(used - packing.capacity, 0).sum()
    over += np.maximum(load - np.maximum(packing.most, packing.removed), 0).sum()
    cost = (_cost(packing, load) - _cost(packing, packing.removed.astype(np.int64))).sum()
    failed = FAILED[packing.tier[chosen < 0]].sum()
    return Score(int(over) + _not_apart(packing, chosen), int(failed), int(cost))


def _cost(packing: Packing, load: Int64) -> Int64:
    cells = np.arange(len(load))
    segment = np.clip(load // UNITS, 0, packing.slopes.shape[1] - 1)
    return packing.filled[cells, segment] + packing.slopes[cells, segment] * (
        load - UNITS * segment
    )


def _not_apart(packing: Packing, chosen: Int64) -> int:
    """Return how many pairs keep not their days or their order; each lies there from both sides."""
    one = np.repeat(chosen, np.diff(packing.pair_first))
    other = chosen[packing.pair]
    both = (one >= 0) & (other >= 0)
    sense = packing.pair_later[both].astype(np.int64)
    days = sense * (packing.day[other[both]] - packing.day[one[both]])
    order = sense * (packing.start[other[both]] - packing.start[one[both]])
    broken = (days < packing.pair_least[both]) | (days > packing.pair_most[both]) | (order <= 0)
    return int(broken.sum()) // 2
