"""Walk-away prices: a meeting that would cost more than it is worth fails instead."""

from typing import Final

import numpy as np

from scheduling.optimizer.batch.state import (
    UNLIMITED,
    State,
    added,
    best_place,
    may_leave,
    seat,
    unseat,
)
from scheduling.optimizer.compiled import compiled
from scheduling.optimizer.packing import NO_PRICE_LIMIT, Int64

_MOVES: Final = 5
"""Rounds in which the dear may move elsewhere; after them they only leave, which ends surely."""


def honour_walk_away(state: State) -> None:
    """Move or unseat whoever costs more than their walk-away price, all others being where they are.

    The price of one rises when another comes to share its cells, so that it is asked again.
    """
    priced = np.flatnonzero((state.walk_away < NO_PRICE_LIMIT) & (state.chosen >= 0))
    turn = 0
    while len(priced) and _honour(state, priced, turn < _MOVES):
        turn += 1


@compiled
def _honour(s: State, order: Int64, moving: bool) -> int:
    """Let those of ``order`` who are too dear move (where ``moving``) or leave; return how many did."""
    changed = 0
    for request in order:
        if s.chosen[request] < 0:
            continue
        old = unseat(s, request)
        if added(s.cells, old) <= s.walk_away[request]:
            seat(s, request, old)
            continue
        best, _ = best_place(s, request, UNLIMITED) if moving else (-1, 0)
        if best >= 0:
            seat(s, request, best)
        if s.gives_back and not may_leave(s.cells, old):
            if best >= 0:
                unseat(s, request)
            seat(s, request, old)
            continue
        changed += 1
    return changed
