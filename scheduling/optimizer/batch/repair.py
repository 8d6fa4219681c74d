"""Repair: what is booked stays, what broke finds a place, and as few as can be make way."""

import numpy as np

from scheduling.optimizer.batch.bound import bound
from scheduling.optimizer.batch.columns import columns_of
from scheduling.optimizer.batch.ejection import blockers, exchange, penalties
from scheduling.optimizer.batch.greedy import by_hardness, start_of
from scheduling.optimizer.batch.prices import marginal_prices
from scheduling.optimizer.batch.state import (
    UNLIMITED,
    State,
    best_place,
    cost_of,
    origins,
    seat,
    unseat,
)
from scheduling.optimizer.compiled import compiled
from scheduling.optimizer.packing import Int64, Packed, Packing


def repair(packing: Packing) -> Packed:
    """Return a choice that keeps every ``held`` place where it can and places the others.

    Those with the fewest candidates first; each at its cheapest free place, else where one booked
    meeting that is not fixed moves, at the move price; else it fails. Nothing else is moved.
    """
    columns = columns_of(packing)
    state = start_of(packing, columns)
    _mend(state, by_hardness(columns), penalties(columns))
    chosen = origins(columns, state.chosen)
    return Packed(
        chosen=chosen,
        cost=cost_of(columns, state),
        bound=bound(packing, marginal_prices(state), chosen),
        stage="repair",
    )


@compiled
def _mend(s: State, order: Int64, penalty: Int64) -> None:
    out = np.empty(1, dtype=np.int64)
    for request in order:
        if s.chosen[request] < 0:
            best, _ = best_place(s, request, UNLIMITED)
            if best >= 0:
                seat(s, request, best)
            else:
                _press_in(s, request, penalty, out)


@compiled
def _press_in(s: State, request: int, penalty: Int64, out: Int64) -> None:
    """Seat ``request`` where one other makes way, at the least cost of both; nowhere if none can."""
    best, least = -1, UNLIMITED
    for candidate in range(s.first[request], s.first[request + 1]):
        if blockers(s, request, candidate, penalty, out) != 1:
            continue
        other, old = out[0], s.chosen[out[0]]
        cost = exchange(s, request, candidate, other, least - 1)
        if cost < least:
            best, least = candidate, cost
            unseat(s, request)
            unseat(s, other)
            seat(s, other, old)
    if best >= 0:
        blockers(s, request, best, penalty, out)
        exchange(s, request, best, out[0], least)
