"""What else could be offered for a meeting that is placed, the rest of the plan as it is."""

import numpy as np

from scheduling.optimizer.batch.columns import Pairs, columns_of
from scheduling.optimizer.batch.state import (
    TOO_MUCH,
    State,
    added,
    fits,
    located,
    origins,
    seat,
    state_of,
    unseat,
)
from scheduling.optimizer.compiled import compiled
from scheduling.optimizer.packing import Int64, Packing


def alternatives(packing: Packing, chosen: Int64, lengths: Int64, most: int) -> tuple[Int64, Int64]:
    """Return up to ``most`` other candidates of each request and their prices, (requests, most).

    The cheapest on days of their own first, then other times that overlap none before it; -1 for
    no more. ``lengths`` (requests) is in slots. A price is what the candidate costs in place of
    the one chosen, in millionths.
    """
    columns = columns_of(packing)
    state = state_of(columns, located(columns, chosen))
    found = np.full((packing.requests, most), -1, np.int64)
    prices = np.zeros((packing.requests, most), np.int64)
    _others(state, lengths, found, prices)
    return origins(columns, found), prices


@compiled
def _others(s: State, lengths: Int64, found: Int64, prices: Int64) -> None:
    for request in range(len(lengths)):
        now = s.chosen[request]
        if now >= 0:
            unseat(s, request)
            cost = _costs(s, request)
            kept = 0
            for apart in (0, lengths[request]):
                while kept < found.shape[1]:
                    best = _next(s, request, cost, now, found[request, :kept], apart)
                    if best < 0:
                        break
                    found[request, kept] = best
                    prices[request, kept] = cost[best - s.first[request]]
                    kept += 1
            seat(s, request, now)


@compiled
def _costs(s: State, request: int) -> Int64:
    """Return what each candidate of ``request`` adds, TOO_MUCH where it breaks a rule."""
    first = s.first[request]
    cost = np.full(s.first[request + 1] - first, TOO_MUCH, np.int64)
    for candidate in range(first, s.first[request + 1]):
        if fits(s, request, candidate):
            price = added(s.cells, candidate)
            if price <= s.walk_away[request]:
                cost[candidate - first] = price
    return cost


@compiled
def _next(s: State, request: int, cost: Int64, now: int, before: Int64, apart: int) -> int:
    """Return the cheapest candidate away from ``now`` and from those ``before`` it, -1 for none."""
    best, least = -1, TOO_MUCH
    for candidate in range(s.first[request], s.first[request + 1]):
        price = cost[candidate - s.first[request]]
        if price < least and _away(s.pairs, candidate, now, apart):
            away = True
            for other in before:
                away = away and _away(s.pairs, candidate, other, apart)
            if away:
                best, least = candidate, price
    return best


@compiled
def _away(pairs: Pairs, candidate: int, other: int, apart: int) -> bool:
    """Return whether two candidates are on different days, or ``apart`` slots (if any) apart."""
    if apart == 0:
        return bool(pairs.day[candidate] != pairs.day[other])
    return bool(abs(pairs.start[candidate] - pairs.start[other]) >= apart)
