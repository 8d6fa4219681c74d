"""Annealing: single moves and exchanges, also uphill at first, to leave the sweeps' local optimum."""

import numpy as np

from scheduling.optimizer.batch.chance import draw
from scheduling.optimizer.batch.ejection import blockers, exchange
from scheduling.optimizer.batch.state import State, added, may_leave, seat, unseat
from scheduling.optimizer.compiled import compiled
from scheduling.optimizer.packing import Int64


@compiled
def anneal(
    s: State, movable: Int64, penalty: Int64, settings: tuple[int, float], chance: Int64
) -> int:
    """Try ``settings[0]`` random moves of ``movable`` requests at the heat ``settings[1]``, in millionths.

    Return by how much the objective fell. A move that costs d more is taken with e^(-d / heat);
    the threshold is drawn first, so that a candidate too dear is left as soon as that shows.
    """
    moves, heat = settings
    gained = 0
    out = np.empty(1, dtype=np.int64)
    for _ in range(moves):
        request = movable[draw(chance, movable.size)]
        begin = s.first[request]
        candidate = begin + draw(chance, s.first[request + 1] - begin)
        old = s.chosen[request]
        if candidate == old:
            continue
        uphill = int(-heat * np.log((draw(chance, 1 << 24) + 1) / float(1 << 24)))
        unseat(s, request)
        now = added(s.cells, old) + s.extra[old]
        least = _move(s, request, candidate, penalty, out, now + uphill)
        if least > now + uphill:
            seat(s, request, old)
        elif s.gives_back and not may_leave(s.cells, old):
            unseat(s, request)
            seat(s, request, old)
        else:
            gained += now - least
    return gained


@compiled
def _move(s: State, request: int, candidate: int, penalty: Int64, out: Int64, most: int) -> int:
    """Seat ``request`` at ``candidate``, one other making way at need; return the cost, or > ``most``."""
    limit = min(most - s.extra[candidate], s.walk_away[request])
    cost = added(s.cells, candidate)
    if cost > limit:
        return most + 1
    count = blockers(s, request, candidate, penalty, out)
    if count == 1:
        return exchange(s, request, candidate, out[0], most)
    if count != 0:
        return most + 1
    seat(s, request, candidate)
    return int(cost + s.extra[candidate])
