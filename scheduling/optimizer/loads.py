"""What a choice of candidates takes from the cells and rows of a packing, and what that costs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scheduling.optimizer.packing import NO_PRICE_LIMIT, Int64, Packing
from scheduling.optimizer.supply import UNITS


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Loads:
    """Units taken per cell and per row; ``put`` and ``drop`` change them in place."""

    cells: Int64
    rows: Int64

    @classmethod
    def of(cls, packing: Packing, chosen: Int64) -> "Loads":
        """Return what the choice ``chosen`` takes (a candidate per request, -1 for none)."""
        loads = cls(
            cells=np.zeros(len(packing.removed), np.int64),
            rows=np.zeros(len(packing.capacity), np.int64),
        )
        loads.put(packing, chosen)
        return loads

    def put(self, packing: Packing, chosen: Int64, sign: int = 1) -> None:
        """Add what the candidates ``chosen`` take; those below 0 are none."""
        held = chosen[chosen >= 0]
        _, at = members(packing.cell_first, held)
        np.add.at(self.cells, packing.cell[at], sign * packing.units[at].astype(np.int64))
        _, at = members(packing.row_first, held)
        np.add.at(self.rows, packing.row[at], sign * packing.takes[at].astype(np.int64))

    def drop(self, packing: Packing, chosen: Int64) -> None:
        """Take back what ``put`` added."""
        self.put(packing, chosen, -1)


def members(first: Int64, picked: Int64) -> tuple[Int64, Int64]:
    """Return the entries that belong to ``picked`` in compressed sparse rows.

    For each entry: which of ``picked`` owns it (its place there), and where it lies.
    """
    counts = first[picked + 1] - first[picked]
    owner = np.repeat(np.arange(len(picked)), counts)
    before = np.cumsum(counts) - counts
    return owner, np.arange(len(owner)) + np.repeat(first[picked] - before, counts)


def filled_to(packing: Packing, cells: NDArray[np.integer], total: Int64) -> Int64:
    """Return F(total) of each of ``cells``, in millionths.

    The first segment and the last are open-ended.
    """
    segment = np.clip(total // UNITS, 0, packing.slopes.shape[1] - 1)
    within = packing.slopes[cells, segment] * (total - UNITS * segment)
    return np.asarray(packing.filled[cells, segment] + within)


def cost_of(packing: Packing, chosen: Int64) -> int:
    """Return what the choice costs in millionths: the cells, without preferences and moves."""
    taken = Loads.of(packing, chosen).cells
    cells = np.flatnonzero(taken)
    removed = packing.removed[cells].astype(np.int64)
    rise = filled_to(packing, cells, removed + taken[cells]) - filled_to(packing, cells, removed)
    return int(rise.sum())


def marginal(packing: Packing, candidates: Int64, taken: Int64) -> Int64:
    """Return what each of ``candidates`` alone adds to the cells where ``taken`` is taken already."""
    owner, at = members(packing.cell_first, candidates)
    cells = packing.cell[at]
    now = packing.removed[cells] + taken[cells]
    rise = filled_to(packing, cells, now + packing.units[at]) - filled_to(packing, cells, now)
    added = np.zeros(len(candidates), np.int64)
    np.add.at(added, owner, rise)
    return added


def leaves_at(packing: Packing, requests: Int64) -> Int64:
    """Return the price above which each of ``requests`` fails; a booked one does at none."""
    return np.where(packing.held[requests] >= 0, NO_PRICE_LIMIT, packing.walk_away[requests])


def charges(packing: Packing, requests: Int64, candidates: Int64) -> Int64:
    """Return what weighs beside the cost: each candidate's preference, and the price of a move.

    ``requests`` says whose each candidate is; -1 is none and costs the walk-away price, if any.
    """
    none = candidates < 0
    leave = leaves_at(packing, requests)
    leave[leave >= NO_PRICE_LIMIT] = 0
    held = packing.held[requests]
    moved = (held >= 0) & (candidates != held)
    weights = moved * packing.move_price + np.where(none, leave, 0)
    weights[~none] += packing.preference[candidates[~none]]
    return np.asarray(weights, np.int64)


def placed_by_tier(packing: Packing, chosen: Int64) -> tuple[int, int, int]:
    """Return how many requests are placed of each tier, the highest first."""
    counts = np.bincount(packing.tier[chosen >= 0], minlength=3)
    return int(counts[0]), int(counts[1]), int(counts[2])


def worth(tiers: NDArray[np.integer]) -> Int64:
    """Return what placing each request is worth: one of a tier outweighs all of lower tiers."""
    counts = np.bincount(tiers, minlength=3)
    due = int(counts[2]) + 1
    mandatory = due * (int(counts[1]) + 1)
    return np.asarray(np.array([mandatory, due, 1], np.int64)[tiers])


def spare_charges(packing: Packing, chosen: Int64) -> int:
    """Return how much more a choice that places as many could weigh beside its cost than ``chosen``.

    What is least in cost and charges together is least in cost alone but for this.
    """
    asked = np.flatnonzero(np.diff(packing.first))
    if not len(asked):
        return 0
    dislike = np.maximum.reduceat(packing.preference, packing.first[asked])
    most = 0
    for tier, count in enumerate(placed_by_tier(packing, chosen)):
        mine = np.sort(dislike[packing.tier[asked] == tier])
        most += int(mine[len(mine) - count :].sum())
    most += packing.move_price * int(((packing.held >= 0) & (packing.fixed == 0)).sum())
    walk = np.where(packing.walk_away < NO_PRICE_LIMIT, packing.walk_away, 0)[asked]
    most += int(np.sort(walk)[len(asked) - int((chosen[asked] < 0).sum()) :].sum())
    return max(0, most - int(charges(packing, asked, chosen[asked]).sum()))
