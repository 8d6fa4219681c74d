"""Which search a packing gets: exact by price, exact by cells, repair, or the batch pipeline."""

from collections.abc import Callable
from typing import Final

from scheduling.optimizer.batch.pipeline import pack
from scheduling.optimizer.batch.repair import repair
from scheduling.optimizer.exact import additive, cells
from scheduling.optimizer.exact.lns import improve
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
        return repair(packing)
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
