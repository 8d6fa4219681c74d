"""Queueing formulas on whole slots at once. Arrays are one value per slot unless said otherwise.

``volume`` is contacts per slot, ``handling`` and goals are in seconds, staff in FTE.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_FORGOTTEN: Final = 7.5
"""Standard deviations below the load at which the recursion's start no longer shows (e^-28)."""


def erlang_b(load: Floats, first: Ints, width: int) -> Floats:
    """Return the blocking probability at ``first`` .. ``first + width - 1`` servers, (slots, width).

    B(n) = A B(n-1) / (n + A B(n-1)), B(n <= 0) = 1. The error of a start at n < A shrinks by
    n/A a step, so the recursion begins only ``_FORGOTTEN`` * sqrt(A) below the load.
    """
    below = np.maximum(0, np.floor(load - _FORGOTTEN * np.sqrt(load))).astype(np.int64)
    lead = int(np.maximum(0, first - below).max(initial=0))
    servers = (first - lead).astype(np.float64)
    blocked = 1.0 - np.maximum(servers, 0.0) / np.maximum(load, servers + 1.0).clip(1.0)
    lowest = int(servers.min(initial=0.0))
    out = np.empty((width, len(load)))
    for step in range(lead + width):
        if step:
            servers += 1
            carried = load * blocked
            blocked = carried / (np.maximum(servers, 1.0) + carried)
        if lowest + step <= 0:
            blocked[servers <= 0] = 1.0
        if step >= lead:
            out[step - lead] = blocked
    return out.T


def erlang_c_late(
    volume: Floats, load: Floats, goal_in_handlings: Floats, first: Ints, width: int
) -> Floats:
    """Return contacts past their goal at ``first`` .. servers by Erlang C, (slots, width).

    L(c) = lambda * C(c, A) * exp(-(c - A) * T / AHT), and lambda where c <= A;
    ``goal_in_handlings`` is T / AHT.
    """
    servers = first[:, None] + np.arange(width)
    spare = servers - load[:, None]
    blocked = erlang_b(load, first, width)
    free = np.maximum(spare, 1e-12)
    waiting = servers * blocked / (free + load[:, None] * blocked)
    late = np.minimum(waiting, 1.0) * np.exp(-free * goal_in_handlings[:, None])
    return np.where(spare <= 0, 1.0, late) * volume[:, None]


def backlog_done(arrivals: Floats, capacity: Floats) -> Floats:
    """Return items finished by the end of each slot, oldest first, capacity in items per slot."""
    arrived = np.cumsum(arrivals)
    done = np.empty_like(arrived)
    so_far = 0.0
    for slot, most in enumerate(capacity):
        so_far = done[slot] = min(arrived[slot], so_far + most)
    return done


def backlog_late(arrivals: Floats, done: Floats, goal_slots: int) -> Floats:
    """Return, per slot, the items that pass their goal in it: due by its end and not done."""
    due = np.concatenate([np.zeros(goal_slots), np.cumsum(arrivals)])[: len(arrivals)]
    before = np.concatenate([[0.0], due[:-1]])
    return np.asarray(np.maximum(0.0, due - np.maximum(before, done)))


def backlog_price(arrivals: Floats, capacity: Floats, per_fte: Floats, goal_slots: int) -> Floats:
    """Return the items made late by one FTE less in each slot alone (first form, linear in FTE).

    Where work is already past its goal, and where work is pushed beyond the last slot, each
    item displaced counts as one: a hopeless slot is never free. ``per_fte`` is items per slot.
    What two sessions do to each other through the backlog is not priced.
    """
    count = len(arrivals)
    arrived = np.cumsum(arrivals)
    plain = backlog_done(arrivals, capacity)
    due = np.concatenate([np.zeros(goal_slots), arrived])[:count]
    done, late, taken = np.zeros(count), np.zeros(count), np.zeros(count)
    for slot in range(count):
        own = min(arrived[slot], done[slot] + max(0.0, capacity[slot] - per_fte[slot]))
        done = np.minimum(arrived[slot], done + capacity[slot])
        taken[slot] = done[slot] - own
        done[slot] = own
        late += np.maximum(0.0, due[slot] - np.maximum(due[slot - 1] if slot else 0.0, done))
    usual = backlog_late(arrivals, plain, goal_slots).sum()
    hopeless = np.where(plain < due, taken, 0.0)
    return np.asarray(np.maximum.reduce([late - usual, plain[-1] - done, hopeless]))
