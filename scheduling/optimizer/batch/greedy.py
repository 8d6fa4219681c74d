"""One request after the other: the baselines, and the plan that the search starts from."""

import numpy as np

from scheduling.optimizer.batch.chance import chance_of, draw
from scheduling.optimizer.batch.columns import Columns, columns_of
from scheduling.optimizer.batch.state import (
    UNLIMITED,
    State,
    added,
    best_place,
    fits,
    located,
    origins,
    seat,
    state_of,
)
from scheduling.optimizer.compiled import compiled
from scheduling.optimizer.packing import Int64, Packing


def first_fit(packing: Packing) -> Int64:
    """Return the choice (requests; -1 fails) of a planner who takes the first start that is free."""
    columns = columns_of(packing)
    state = start_of(packing, columns)
    _first_free(state, np.arange(packing.requests))
    return origins(columns, state.chosen)


def random_feasible(packing: Packing) -> Int64:
    """Return the choice (requests; -1 fails) of one who takes any free start, by the seed."""
    columns = columns_of(packing)
    state = start_of(packing, columns)
    _any_free(state, np.arange(packing.requests), chance_of(packing.seed))
    return origins(columns, state.chosen)


def best_fit(packing: Packing) -> Int64:
    """Return the choice (requests; -1 fails) of who comes first takes the cheapest start."""
    columns = columns_of(packing)
    state = start_of(packing, columns)
    cheapest_free(state, np.arange(packing.requests))
    return origins(columns, state.chosen)


def hardest_first(packing: Packing) -> Int64:
    """Return the choice (requests; -1 fails) where those with the fewest starts choose first."""
    columns = columns_of(packing)
    state = start_of(packing, columns)
    cheapest_free(state, by_hardness(columns))
    return origins(columns, state.chosen)


def start_of(packing: Packing, columns: Columns) -> State:
    """Return the state in which booked meetings are where they are: the fixed, then all that fit."""
    held = located(columns, packing.held)
    state = state_of(columns, np.where(packing.fixed != 0, held, -1))
    _seat_held(state, held)
    return state


@compiled
def _seat_held(s: State, held: Int64) -> None:
    for request in range(held.size):
        candidate = held[request]
        if candidate >= 0 and s.chosen[request] < 0 and _free(s, request, candidate):
            seat(s, request, candidate)


def by_hardness(columns: Columns) -> Int64:
    """Return the requests by tier, then fewest candidates, then their own order."""
    return np.lexsort((np.diff(columns.first), columns.tier))


@compiled
def cheapest_free(s: State, order: Int64) -> None:
    """Seat those of ``order`` who sit nowhere, each at the cheapest candidate that fits."""
    for request in order:
        if s.chosen[request] < 0:
            best, _ = best_place(s, request, UNLIMITED)
            if best >= 0:
                seat(s, request, best)


@compiled
def _free(s: State, request: int, candidate: int) -> bool:
    return added(s.cells, candidate) <= s.walk_away[request] and fits(s, request, candidate)


@compiled
def _first_free(s: State, order: Int64) -> None:
    for request in order:
        if s.chosen[request] >= 0:
            continue
        for candidate in range(s.first[request], s.first[request + 1]):
            if _free(s, request, candidate):
                seat(s, request, candidate)
                break


@compiled
def _any_free(s: State, order: Int64, chance: Int64) -> None:
    for request in order:
        if s.chosen[request] >= 0:
            continue
        picked, found = -1, 0
        for candidate in range(s.first[request], s.first[request + 1]):
            if _free(s, request, candidate):
                found += 1
                if draw(chance, found) == 0:
                    picked = candidate
        if picked >= 0:
            seat(s, request, picked)
