"""Which search a packing gets: exact by price, exact by cells, repair, or the batch pipeline."""

from collections.abc import Callable
from typing import Final

import numpy as np

from scheduling.optimizer.batch.pipeline import pack
from scheduling.optimizer.batch.repair import repair
from scheduling.optimizer.exact import additive, cells
from scheduling.optimizer.exact.lns import improve
from scheduling.optimizer.loads import charges, placed_by_tier
from scheduling.optimizer.packing import Packed, Packing

_TURNS: Final = 20
"""Neighbourhoods per unit of effort."""
Deadline = Callable[[], bool]
Progress = Callable[[str, float], None]
_EXACT: Final = 1.5
"""CP-SAT's deterministic time for a small packing taken whole: a count of work, not seconds."""


def search(
    packing: Packing, *, effort: int, deadline: Deadline | None, progress: Progress | None
) -> Packed:
    """Return the best choice found for ``packing`` and a lower bound.

    Where meetings are booked already, what broke is repaired with the fewest moves. Where costs
    add up (one facilitator), the answer is proved by price. What is small is tried whole. All
    else goes through the batch stages once; each unit of ``effort`` beyond the first is spent on
    large-neighbourhood search.
    """
    if (packing.held >= 0).any():
        return _repaired(packing, effort=effort, deadline=deadline, progress=progress)
    if additive.adds_up(packing):
        return additive.choose(packing, deadline=deadline)
    packed = pack(packing, effort=1, deadline=deadline, progress=progress)
    if packing.candidates <= cells.SMALL:
        whole = cells.solve_whole(packing, effort=_EXACT, hint=packed.chosen)
        return whole or packed
    if effort == 1 or packed.guarded:
        return packed
    turns = _TURNS * (effort - 1)

    def tell(done: int, _: int) -> None:
        if progress:
            progress("neighbourhoods", done / turns)

    return improve(packing, packed, effort=turns, deadline=deadline, progress=tell)


def _repaired(
    packing: Packing, *, effort: int, deadline: Deadline | None, progress: Progress | None
) -> Packed:
    """Return what is booked with what broke placed again; searched as a whole where more is new.

    Repair moves few and looks no further; where it leaves somebody out, or where more requests are
    new than booked, the batch stages run as well, a move at its price.
    """
    repaired = repair(packing)
    open_ = np.diff(packing.first) > 0
    new = int((open_ & (packing.held < 0)).sum())
    if new <= int((packing.held >= 0).sum()) and (repaired.chosen[open_] >= 0).all():
        return repaired
    packed = pack(packing, effort=effort, deadline=deadline, progress=progress)
    return min((packed, repaired), key=lambda each: _weight(packing, each))


def _weight(packing: Packing, packed: Packed) -> tuple[int, ...]:
    """Return who fails by tier, then cost with preferences and moves: the least is the best."""
    placed = placed_by_tier(packing, packed.chosen)
    everybody = np.arange(packing.requests)
    beside = int(charges(packing, everybody, packed.chosen).sum())
    return (*(-count for count in placed), packed.cost + beside)
