"""Sweeps: every request in turn to its best place, also where one other must make way for it."""

import numpy as np

from scheduling.optimizer.batch.ejection import blockers, exchange
from scheduling.optimizer.batch.state import State, added, best_place, may_leave, seat, unseat
from scheduling.optimizer.compiled import compiled
from scheduling.optimizer.packing import Int64


@compiled
def sweep(s: State, order: Int64, penalty: Int64, ejecting: bool) -> int:
    """Better each of ``order`` who sits somewhere; return by how much the objective fell.

    With ``ejecting``, a place that one other occupies is tried too, the other going to its best.
    """
    gained = 0
    out = np.empty(1, dtype=np.int64)
    for request in order:
        gained += _better(s, request)
        if ejecting:
            gained += _push(s, request, penalty, out)
    return gained


@compiled
def _better(s: State, request: int) -> int:
    """Move ``request`` to its best place; return the gain."""
    old = unseat(s, request)
    now = added(s.cells, old) + s.extra[old]
    best, least = best_place(s, request, now - 1)
    if best < 0:
        seat(s, request, old)
        return 0
    seat(s, request, best)
    if s.gives_back and not may_leave(s.cells, old):
        unseat(s, request)
        seat(s, request, old)
        return 0
    return int(now - least)


@compiled
def _push(s: State, request: int, penalty: Int64, out: Int64) -> int:
    """Move ``request`` to where one other makes way, the first that gains; return the gain."""
    old = unseat(s, request)
    if s.gives_back and not may_leave(s.cells, old):
        seat(s, request, old)
        return 0
    now = added(s.cells, old) + s.extra[old]
    for candidate in range(s.first[request], s.first[request + 1]):
        limit = min(now - s.extra[candidate], s.walk_away[request])
        if added(s.cells, candidate) >= limit:
            continue
        if blockers(s, request, candidate, penalty, out) == 1:
            least = exchange(s, request, candidate, out[0], now - 1)
            if least < now:
                return int(now - least)
    seat(s, request, old)
    return 0


@compiled
def settle_ties(s: State, order: Int64) -> None:
    """Move each of ``order`` to the earliest place that costs no more, until nobody moves.

    So that equal plans become one; a move never raises the objective, and each that keeps it goes
    back in time, so this ends.
    """
    moved = True
    while moved:
        moved = False
        for request in order:
            old = unseat(s, request)
            best, _ = best_place(s, request, added(s.cells, old) + s.extra[old])
            seat(s, request, old if best < 0 else best)
            if s.gives_back and not may_leave(s.cells, old):
                unseat(s, request)
                seat(s, request, old)
            moved = moved or s.chosen[request] != old
