"""Who must make way for a place, and placing the unplaced by ejecting others in turn.

Placing comes before cost: a request that finds no place takes one from others, and those look for
another, until all sit or the budget ends (guided ejection: Nagata and Braysy 2009). Chains may be
as long as they need to be; who often finds no place becomes costly to eject.
"""

from typing import Final, NamedTuple

import numpy as np

from scheduling.optimizer.batch.chance import chance_of, draw
from scheduling.optimizer.batch.columns import Columns, Entries
from scheduling.optimizer.batch.state import (
    TOO_MUCH,
    UNLIMITED,
    State,
    added,
    best_place,
    fits,
    is_apart,
    may_leave,
    seat,
    state_of,
    unseat,
)
from scheduling.optimizer.compiled import compiled
from scheduling.optimizer.packing import Int64

LOCKED: Final = 1 << 40
"""The penalty of those who must not be ejected."""
TIERS: Final = 3
"""Mandatory, due, normal."""
EJECTED_MOST: Final = 6
"""Requests that one may eject at once."""


class Pool(NamedTuple):
    """Those who wait for a place: a stack ``waiting`` of which ``size``[0] are there.

    ``missing`` (tiers) counts who sits nowhere, ``penalty`` (requests) in how many turns each
    found no place; ``out`` is scratch.
    """

    waiting: Int64
    size: Int64
    missing: Int64
    penalty: Int64
    out: Int64


def penalties(columns: Columns) -> Int64:
    """Return no penalty for all requests but the fixed, who are locked."""
    return np.where(columns.fixed != 0, LOCKED, 0)


@compiled
def blockers(s: State, request: int, candidate: int, penalty: Int64, out: Int64) -> int:
    """Fill ``out`` with those who must go before ``candidate`` fits; return how many, -1 if it cannot.

    Of several who could go, those with the least penalty. ``request`` itself sits nowhere.
    """
    count = _out_of_step(s, request, candidate, penalty, out)
    takes, places = s.rows.takes, s.rows.left.size
    for entry in range(takes.first[candidate], takes.first[candidate + 1]):
        lacking = takes.amount[entry] - s.rows.left[takes.place[entry]]
        if lacking > 0 and count >= 0:
            count = _free_place(s, takes.place[entry], lacking, penalty, out, count)
    takes = s.cells.takes
    for entry in range(takes.first[candidate], takes.first[candidate + 1]):
        cell, units = takes.place[entry], takes.amount[entry]
        lacking = s.cells.load[cell] + units - s.cells.most[cell]
        if units > 0 and lacking > 0 and count >= 0:
            count = _free_place(s, places + cell, lacking, penalty, out, count)
    return count


@compiled
def _out_of_step(s: State, request: int, candidate: int, penalty: Int64, out: Int64) -> int:
    """Fill ``out`` with those too near to ``candidate``, or out of order; return how many or -1."""
    count, pairs = 0, s.pairs
    for entry in range(pairs.first[request], pairs.first[request + 1]):
        other = pairs.other[entry]
        if s.chosen[other] >= 0 and not is_apart(pairs, entry, candidate, s.chosen[other]):
            if count == out.size or penalty[other] >= LOCKED:
                return -1
            out[count] = other
            count += 1
    return count


@compiled
def _free_place(s: State, place: int, lacking: int, penalty: Int64, out: Int64, count: int) -> int:
    """Add to ``out`` those who free ``lacking`` of ``place``; return the new count, -1 if it cannot be."""
    for known in range(count):
        lacking -= max(0, _held_of(s, place, out[known]))
    while lacking > 0:
        best, least = -1, LOCKED
        node = s.links.head[place]
        while node >= 0:
            other = s.links.sitter[node]
            wanted = penalty[other] < least and not _among(out, count, other)
            if wanted and _held_of(s, place, other) > 0:
                best, least = other, penalty[other]
            node = s.links.after[node]
        if best < 0 or count == out.size:
            return -1
        out[count] = best
        count += 1
        lacking -= _held_of(s, place, best)
    return count


@compiled
def _among(out: Int64, count: int, request: int) -> bool:
    return bool((out[:count] == request).any())


@compiled
def _held_of(s: State, place: int, request: int) -> int:
    """Return how much of ``place`` the seated ``request`` takes."""
    rows = s.rows.left.size
    if place < rows:
        return _amount(s.rows.takes, s.chosen[request], place)
    return _amount(s.cells.takes, s.chosen[request], place - rows)


@compiled
def _amount(takes: Entries, candidate: int, place: int) -> int:
    for entry in range(takes.first[candidate], takes.first[candidate + 1]):
        if takes.place[entry] == place:
            return int(takes.amount[entry])
    return 0


@compiled
def exchange(s: State, request: int, candidate: int, other: int, most: int) -> int:
    """Seat ``request`` at ``candidate`` and ``other``, who makes way, at its best place.

    Return what both cost there with extras, less what ``other`` cost before; where that is more
    than ``most`` or nothing fits, nothing changes and ``most`` + 1 is returned.
    """
    old = unseat(s, other)
    before = added(s.cells, old) + s.extra[old]
    here = added(s.cells, candidate)
    if (
        (not s.gives_back or may_leave(s.cells, old))
        and here <= s.walk_away[request]
        and fits(s, request, candidate)
    ):
        here += s.extra[candidate] - before
        seat(s, request, candidate)
        best, there = best_place(s, other, most - here)
        if best >= 0:
            seat(s, other, best)
            return int(here + there)
        unseat(s, request)
    seat(s, other, old)
    return most + 1


def place_unplaced(columns: Columns, state: State, turns: int, seed: int) -> State:
    """Return a state that places at least as much by tier; ``state`` itself if nobody waits.

    Tier by tier, the most urgent first. Whoever is ejected for a less urgent request must find
    another place, or the choice does not count; the less urgent may be left out, and get their turn.
    """
    best = state.chosen.copy()
    hopeful = np.diff(columns.first) > 0
    penalty, chance = penalties(columns), chance_of(seed)
    for tier in np.unique(columns.tier):
        missing = (best < 0) & hopeful
        waiting = np.flatnonzero(missing & (columns.tier == tier))
        if not len(waiting):
            continue
        state = state_of(columns, best)
        pool = Pool(
            waiting=np.resize(waiting[::-1], len(best)),
            size=np.array([len(waiting)]),
            missing=np.bincount(columns.tier[missing], minlength=TIERS),
            penalty=penalty,
            out=np.zeros(EJECTED_MOST, dtype=np.int64),
        )
        _place_tier(state, pool, (int(tier), turns), chance, best)
    return state_of(columns, best)


@compiled
def _place_tier(
    s: State, pool: Pool, settings: tuple[int, int], chance: Int64, best: Int64
) -> None:
    """Place the ``pool`` of one tier; ``best`` (requests) takes the choice that leaves fewest out.

    ``settings``: the tier, and in how many turns a request may fail before it is given up.
    """
    tier, patience = settings
    fewest = pool.missing.copy()
    while pool.size[0] > 0:
        pool.size[0] -= 1
        request = pool.waiting[pool.size[0]]
        place, _ = best_place(s, request, UNLIMITED)
        if place < 0 and pool.penalty[request] < patience:
            pool.penalty[request] += 1
            place = _easiest(s, pool, request, chance)
            if place >= 0 and not _make_way(s, pool, request, place, tier):
                place = -1
        if place >= 0:
            seat(s, request, place)
            pool.missing[s.tier[request]] -= 1
        if _is_fewer(pool.missing, fewest):
            fewest[:] = pool.missing
            best[:] = s.chosen


@compiled
def _is_fewer(missing: Int64, fewest: Int64) -> bool:
    """Return whether ``missing`` comes before ``fewest``, the most urgent tier compared first."""
    for tier in range(missing.size):
        if missing[tier] != fewest[tier]:
            return bool(missing[tier] < fewest[tier])
    return False


@compiled
def _easiest(s: State, pool: Pool, request: int, chance: Int64) -> int:
    """Return the candidate whose blockers have the least penalties, any of equals; -1 for none."""
    best, least, equals = -1, LOCKED, 0
    limit = s.walk_away[request]
    for candidate in range(s.first[request], s.first[request + 1]):
        if added(s.cells, candidate) > limit:
            continue
        count = blockers(s, request, candidate, pool.penalty, pool.out)
        weight = LOCKED if count < 1 else count
        for known in range(count):
            weight += pool.penalty[pool.out[known]]
        if weight < least:
            best, least, equals = candidate, weight, 1
        elif weight == least and best >= 0:
            equals += 1
            if draw(chance, equals) == 0:
                best = candidate
    return best


@compiled
def _make_way(s: State, pool: Pool, request: int, candidate: int, tier: int) -> bool:
    """Eject who blocks ``candidate``, those as urgent as ``tier`` to wait; return whether it fits then."""
    count = blockers(s, request, candidate, pool.penalty, pool.out)
    old = np.empty(count, dtype=np.int64)
    for known in range(count):
        old[known] = unseat(s, pool.out[known])
    fitting = fits(s, request, candidate) and added(s.cells, candidate) < TOO_MUCH
    for known in range(count):
        fitting = fitting and (not s.gives_back or may_leave(s.cells, old[known]))
    for known in range(count):
        other = pool.out[known]
        if not fitting:
            seat(s, other, old[known])
            continue
        pool.missing[s.tier[other]] += 1
        if s.tier[other] <= tier:
            pool.waiting[pool.size[0]] = other
            pool.size[0] += 1
    return fitting
