"""Erlang A: how many contacts are answered in time where those who wait too long hang up.

M/M/n+M. Everything is computed from inverse blocking: 1/B(n) = 1 + n / (A B(n-1)), which neither
divides nor underflows on the way up.
"""

from math import ceil, exp, expm1, inf, isinf, log, sqrt
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduling.optimizer.compiled import compiled

Floats = NDArray[np.float64]

_FORGOTTEN: Final = 6.0
"""Standard deviations below the load at which the recursion's start no longer shows (e^-18)."""
_NEGLIGIBLE: Final = 20.0
"""Decay lengths after which an exponential tail no longer shows (e^-20)."""
_NOBODY_WAITS: Final = 1e10
"""Inverse blocking above which service is all there is, to the eighth digit."""
_ENORMOUS: Final = 1e290
"""Sums above this are queues so long that their fluid limit is exact."""
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(10)


class _Queue(NamedTuple):
    """What all slots share: goal and slot in seconds, ``leave`` is 1 / patience, and quadrature."""

    goal: float
    leave: float
    slot: float
    nodes: Floats
    weights: Floats


_NOBODY: Final = 1e-9
"""Contacts a slot that are none: their load would be no number to divide by."""


def erlang_a_service(
    volume: Floats, handling: Floats, staff: Floats, *, goal: float, patience: float, slot: float
) -> Floats:
    """Return the part of all contacts answered within ``goal`` seconds, one value per slot.

    ``volume`` is contacts per slot, ``handling``, ``patience`` and ``slot`` seconds, ``staff``
    servers. The offered wait has the density p_n n mu exp(lambda/theta (1 - e^(-theta t)) - n mu t)
    (Zeltyn and Mandelbaum 2005); a caller is answered in time who neither waits longer nor gives
    up. Linear between whole servers; 1 where there is no volume.
    """
    queue = _Queue(float(goal), 1.0 / patience, float(slot), _NODES, _WEIGHTS)
    whole = [np.ascontiguousarray(each, np.float64) for each in (volume, handling, staff)]
    return _all_slots(whole[0], whole[1], whole[2], queue)


@compiled
def _all_slots(volume: Floats, handling: Floats, staff: Floats, queue: _Queue) -> Floats:
    service = np.ones(len(volume))
    for slot in range(len(volume)):
        if volume[slot] > _NOBODY:
            seconds = max(handling[slot], 1e-9)
            service[slot] = _one_slot(volume[slot], seconds, max(staff[slot], 0.0), queue)
    return service


@compiled
def _one_slot(volume: float, handling: float, staff: float, queue: _Queue) -> float:
    """Return the service level of one slot with fractional ``staff``."""
    whole = int(staff)
    load = volume * handling / queue.slot
    unblocked = _inverse_blocking(load, whole)
    low = _answered(volume / queue.slot, whole / handling, unblocked, queue)
    if staff == whole:
        return low
    unblocked = 1.0 + (whole + 1) * unblocked / load
    high = _answered(volume / queue.slot, (whole + 1) / handling, unblocked, queue)
    return low + (staff - whole) * (high - low)


@compiled
def _inverse_blocking(load: float, servers: int) -> float:
    """Return 1/B; begun near the fluid limit where the recursion forgets its start anyway."""
    first = int(max(0.0, min(load, float(servers)) - _FORGOTTEN * sqrt(load)))
    inverse = load / (load - first)
    for number in range(first + 1, servers + 1):
        inverse = 1.0 + number * inverse / load
    return inverse


@compiled
def _answered(rate: float, serve: float, unblocked: float, queue: _Queue) -> float:
    """Return the part answered in time at ``rate`` contacts and ``serve`` completions a second."""
    if unblocked > _NOBODY_WAITS:
        return 1.0
    beyond = _states_beyond(rate, serve, queue.leave)
    if isinf(beyond):
        waits = log(rate / serve) / queue.leave if serve > 0 else inf
        return serve / rate if waits <= queue.goal else 0.0
    reached = unblocked - 1.0 + _after_wait(rate, serve, queue)
    return min(1.0, reached / (unblocked - 1.0 + beyond))


@compiled
def _states_beyond(rate: float, serve: float, leave: float) -> float:
    """Return sum over j >= 0 of prod_(i <= j) lambda / (n mu + i theta); inf where enormous."""
    term = total = 1.0
    below = serve
    while term > 1e-9 * total:
        below += leave
        term *= rate / below
        total += term
        if total > _ENORMOUS:
            return inf
    return total


@compiled
def _after_wait(rate: float, serve: float, queue: _Queue) -> float:
    """Return n mu * integral over the goal of exp(lambda/theta (1 - e^-theta t) - n mu t - theta t).

    Panels are no wider than the peak that an overloaded queue has around its steady wait.
    """
    leave = queue.leave
    goal = queue.goal
    decay = serve + leave - rate
    if decay > 0:
        goal = min(goal, _NEGLIGIBLE / decay)
    panels = max(1, ceil(goal * sqrt(serve * leave) / 6))
    half = goal / panels / 2
    total = 0.0
    for panel in range(panels):
        for node in range(len(queue.nodes)):
            at = half * (2 * panel + 1 + queue.nodes[node])
            arrived = -expm1(-leave * at) / leave
            total += queue.weights[node] * exp(rate * arrived - (serve + leave) * at)
    return serve * total * half
