"""Annealing: single moves and exchanges, also uphill at first, to leave the sweeps' local optimum."""

from typing import Final

import numpy as np

from scheduling.optimizer.batch.chance import draw
from scheduling.optimizer.batch.dual import Floats
from scheduling.optimizer.batch.ejection import blockers, exchange
from scheduling.optimizer.batch.state import (
    State,
    added,
    has_room,
    is_spaced,
    may_leave,
    seat,
    shift,
    unseat,
)
from scheduling.optimizer.compiled import compiled
from scheduling.optimizer.packing import Int64

_NOISES: Final = 4096
_TRADES: Final = 4
"""One turn in so many also looks at places that somebody else occupies."""


def noise() -> Floats:
    """Return the quantiles of the negated Gumbel distribution, in equal steps.

    The least of costs plus heat times such noise falls on each candidate with the odds
    e^(-cost / heat): one draw of a heat bath without any exponential.
    """
    return np.log(-np.log((np.arange(_NOISES) + 0.5) / _NOISES))


@compiled
def anneal(
    s: State,
    movable: Int64,
    penalty: Int64,
    noises: Floats,
    settings: tuple[int, float],
    chance: Int64,
) -> int:
    """Redraw the place of a random ``movable`` request ``settings[0]`` times at heat ``settings[1]``.

    Heat in millionths. Return by how much the objective fell.
    """
    turns, heat = settings
    out = np.empty(1, dtype=np.int64)
    gained = 0
    for _ in range(turns):
        request = movable[draw(chance, movable.size)]
        trading = draw(chance, _TRADES) == 0
        old = s.chosen[request]
        shift(s.cells, s.rows, old, -1)
        now = added(s.cells, old) + s.extra[old]
        candidate = _drawn(s, request, old, noises, (heat, trading), chance)
        here = added(s.cells, candidate) + s.extra[candidate]
        is_free = has_room(s.rows, candidate)
        shift(s.cells, s.rows, old, 1)
        if candidate == old:
            continue
        if is_free:
            gained += (now - here) * _moved(s, request, candidate)
        else:
            uphill = int(heat * max(0.0, -noises[draw(chance, noises.size)]))
            gained += _trade(s, request, candidate, penalty, out, (now, now + uphill))
    return gained


@compiled
def _drawn(
    s: State, request: int, old: int, noises: Floats, settings: tuple[float, bool], chance: Int64
) -> int:
    """Return a candidate with the odds of the heat bath; of places not free only if trading.

    ``old`` where none is cheap enough.
    """
    heat, trading = settings
    cells, rows, extra, walk_away = s.cells, s.rows, s.extra, s.walk_away[request]
    best, least = old, np.inf
    for candidate in range(s.first[request], s.first[request + 1]):
        cost = added(cells, candidate)
        value = cost + extra[candidate] + heat * noises[draw(chance, noises.size)]
        if value < least and cost <= walk_away and (trading or has_room(rows, candidate)):
            best, least = candidate, value
    return int(best)


@compiled
def _moved(s: State, request: int, candidate: int) -> bool:
    """Move ``request`` to ``candidate``, whose rows are free, if spacing and floors allow it."""
    if not is_spaced(s.pairs, s.chosen, request, candidate):
        return False
    old = unseat(s, request)
    seat(s, request, candidate)
    if s.gives_back and not may_leave(s.cells, old):
        unseat(s, request)
        seat(s, request, old)
        return False
    return True


@compiled
def _trade(
    s: State, request: int, candidate: int, penalty: Int64, out: Int64, limits: tuple[int, int]
) -> int:
    """Move ``request`` to where one other makes way, if both cost at most ``limits[1]``.

    Return by how much that is less than ``limits[0]``, 0 where nothing changed.
    """
    now, most = limits
    old = unseat(s, request)
    least = most + 1
    leaving = not s.gives_back or may_leave(s.cells, old)
    if leaving and blockers(s, request, candidate, penalty, out) == 1:
        least = exchange(s, request, candidate, out[0], most)
    if least > most:
        seat(s, request, old)
        return 0
    return int(now - least)
