"""Small packings written out: a test says who can start where, what it takes and what that costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from scheduling.optimizer.loads import Loads, charges, cost_of, placed_by_tier
from scheduling.optimizer.packing import NO_LIMIT, NO_PRICE_LIMIT, Int64, Packing

SEGMENTS = 4


@dataclass(frozen=True, kw_only=True)
class Option:
    """A start: its slot, its units per cell, what it takes per row."""

    start: int
    cells: Mapping[int, int] = field(default_factory=dict)
    rows: Mapping[int, int] = field(default_factory=dict)
    preference: int = 0


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A request of a small packing."""

    options: tuple[Option, ...]
    tier: int = 2
    walk_away: int = NO_PRICE_LIMIT


@dataclass(frozen=True, kw_only=True)
class After:
    """Request ``later`` comes ``least`` to ``most`` days after ``earlier``."""

    earlier: int
    later: int
    least: int
    most: int = NO_LIMIT


def small_packing(
    wanted: Sequence[Wanted],
    *,
    slopes: Sequence[Sequence[int]] = ((),),
    capacity: Sequence[int] = (1,),
    most: Sequence[int] | None = None,
    spacing: Sequence[After] = (),
    slots_a_day: int = 8,
    **changes: object,
) -> Packing:
    """Return the packing of ``wanted``; a row of ``slopes`` per cell, of ``SEGMENTS`` at most."""
    options = [option for each in wanted for option in each.options]
    table = np.array([[*row, *[max(row, default=0)] * (SEGMENTS - len(row))] for row in slopes])
    near: list[list[tuple[int, int, int, int]]] = [[] for _ in wanted]
    for each in spacing:
        near[each.earlier].append((each.later, each.least, each.most, 1))
        near[each.later].append((each.earlier, each.least, each.most, -1))
    pairs = np.array([pair for one in near for pair in one], np.int64).reshape(-1, 4)
    starts = np.array([option.start for option in options], np.int32)
    values: dict[str, object] = {
        "meeting_ids": tuple(f"m{place}" for place in range(len(wanted))),
        "tier": np.array([each.tier for each in wanted], np.int8),
        "walk_away": np.array([each.walk_away for each in wanted], np.int64),
        "first": _ends([len(each.options) for each in wanted]),
        "start": starts,
        "day": starts // slots_a_day,
        "preference": np.array([option.preference for option in options], np.int32),
        "cell_first": _ends([len(option.cells) for option in options]),
        "cell": np.array([cell for option in options for cell in option.cells], np.int32),
        "units": np.array([u for option in options for u in option.cells.values()], np.int16),
        "row_first": _ends([len(option.rows) for option in options]),
        "row": np.array([row for option in options for row in option.rows], np.int32),
        "takes": np.array([t for option in options for t in option.rows.values()], np.int16),
        "capacity": np.array(capacity, np.int32),
        "row_holder": np.zeros(len(capacity), np.int32),
        "holders": (("facilitator", "mo"),),
        "slopes": table.astype(np.int64),
        "filled": 60 * (table.cumsum(axis=1) - table).astype(np.int64),
        "removed": np.zeros(len(table), np.int32),
        "most": np.array([NO_LIMIT] * len(table) if most is None else most, np.int32),
        "cell_demand": np.zeros(len(table), np.int32),
        "cell_slot": np.arange(len(table), dtype=np.int32),
        "demand_ids": ("calls",),
        "pair_first": _ends([len(one) for one in near]),
        "pair": pairs[:, 0].astype(np.int32),
        "pair_least": pairs[:, 1].astype(np.int32),
        "pair_most": pairs[:, 2].astype(np.int32),
        "pair_later": pairs[:, 3].astype(np.int8),
        "held": np.full(len(wanted), -1, np.int64),
        "fixed": np.zeros(len(wanted), np.int8),
    }
    return Packing(**(values | changes))  # type: ignore[arg-type]


def _ends(counts: Sequence[int]) -> Int64:
    return np.concatenate([[0], np.cumsum(np.array(counts, np.int64))]).astype(np.int64)


def feasible(packing: Packing, chosen: Int64) -> bool:
    """Whether rows, floors and spacing hold, reckoned without the models."""
    loads = Loads.of(packing, chosen)
    low = (loads.cells > 0) & (packing.removed + loads.cells > packing.most)
    if np.any(loads.rows > packing.capacity) or np.any(low):
        return False
    for request, now in enumerate(chosen):
        for at in range(packing.pair_first[request], packing.pair_first[request + 1]):
            other = chosen[packing.pair[at]]
            if now >= 0 and other >= 0:
                sense = int(packing.pair_later[at])
                days = sense * (int(packing.day[other]) - int(packing.day[now]))
                slots = sense * (int(packing.start[other]) - int(packing.start[now]))
                if slots <= 0 or not packing.pair_least[at] <= days <= packing.pair_most[at]:
                    return False
    return True


def weight(packing: Packing, chosen: Int64) -> int:
    """Return cost and charges, in millionths."""
    every = np.arange(packing.requests)
    return cost_of(packing, chosen) + int(charges(packing, every, chosen).sum())


def best_of_all(packing: Packing) -> tuple[tuple[int, int, int], int]:
    """Return what is placed by tier and the least cost and charges, by trying everything."""
    spans = [[-1, *range(packing.first[q], packing.first[q + 1])] for q in range(packing.requests)]
    rated = [
        (tuple(-count for count in placed_by_tier(packing, choice)), weight(packing, choice))
        for choice in (np.array(each, np.int64) for each in product(*spans))
        if feasible(packing, choice)
    ]
    placed, least = min(rated)
    return (-placed[0], -placed[1], -placed[2]), least
