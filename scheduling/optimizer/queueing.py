"""Queueing formulas on whole slots at once. Arrays are one value per slot unless said otherwise.

``volume`` is contacts per slot, ``handling`` and goals are in seconds, staff in FTE.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduling.optimizer.compiled import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_FORGOTTEN: Final = 7.5
"""Standard deviations below the load at which the recursion's start no longer shows (e^-28)."""


@compiled
def _blocked_below(load: float, servers: int) -> float:
    """Return where the recursion of Erlang B may begin with ``servers``, far below the load."""
    if servers <= 0:
        return 1.0
    return 1.0 - servers / max(load, servers + 1.0)


@compiled
def erlang_b(load: Floats, first: Ints, width: int) -> Floats:
    """Return the blocking probability at ``first`` .. ``first + width - 1`` servers, (slots, width).

    B(n) = A B(n-1) / (n + A B(n-1)), B(n <= 0) = 1. The error of a start at n < A shrinks by
    n/A a step, so the recursion begins only ``_FORGOTTEN`` * sqrt(A) below the load.
    """
    found = np.empty((len(load), width))
    for slot in range(len(load)):
        below = max(0, int(load[slot] - _FORGOTTEN * np.sqrt(load[slot])))
        servers = min(first[slot], below)
        blocked = _blocked_below(load[slot], servers)
        while True:
            if servers >= first[slot]:
                found[slot, servers - first[slot]] = blocked
            servers += 1
            if servers == first[slot] + width:
                break
            if servers > 0:
                carried = load[slot] * blocked
                blocked = carried / (servers + carried)
    return found


@compiled
def erlang_c_late(
    volume: Floats, load: Floats, goal_in_handlings: Floats, first: Ints, width: int
) -> Floats:
    """Return contacts past their goal at ``first`` .. servers by Erlang C, (slots, width).

    L(c) = lambda * C(c, A) * exp(-(c - A) * T / AHT), and lambda where c <= A;
    ``goal_in_handlings`` is T / AHT.
    """
    late = erlang_b(load, first, width)
    for slot in range(len(load)):
        for place in range(width):
            servers = first[slot] + place
            spare = servers - load[slot]
            if spare <= 0:
                late[slot, place] = volume[slot]
                continue
            blocked = late[slot, place]
            waiting = min(1.0, servers * blocked / (spare + load[slot] * blocked))
            late[slot, place] = volume[slot] * waiting * np.exp(-spare * goal_in_handlings[slot])
    return late


def backlog_done(arrivals: Floats, capacity: Floats) -> Floats:
    """Return items finished by the end of each slot, oldest first, capacity in items per slot."""
    arrived = np.cumsum(arrivals)
    done = np.empty_like(arrived)
    so_far = 0.0
    for slot, most in enumerate(capacity):
        so_far = done[slot] = min(arrived[slot], so_far + most)
    return done


def backlog_price(arrivals: Floats, capacity: Floats, per_fte: Floats, goal_slots: int) -> Floats:
    """Return the items made late by one FTE less in each slot alone (first form, linear in FTE).

    Where work is already past its goal, and where work is pushed beyond the last slot, each
    item displaced counts as one: a hopeless slot is never free. ``per_fte`` is items per slot.
    What two sessions do to each other through the backlog is not priced.
    """
    arrived = np.cumsum(arrivals)
    plain = backlog_done(arrivals, capacity)
    due = np.concatenate([np.zeros(goal_slots), arrived])[: len(arrivals)]
    less = np.maximum(0.0, capacity - per_fte)
    return _displaced(Flow(arrived, plain, due, capacity), less)


class Flow(NamedTuple):
    """A backlog over the slots: items arrived, done and due by the end of each, and what can be done."""

    arrived: Floats
    done: Floats
    due: Floats
    capacity: Floats


@compiled
def _displaced(flow: Flow, less: Floats) -> Floats:
    """Return what ``less`` capacity in each slot alone does, followed until the backlog is as it was."""
    count = len(less)
    price = np.zeros(count)
    for slot in range(count):
        done = flow.done[slot - 1] if slot else 0.0
        now = min(flow.arrived[slot], done + less[slot])
        hopeless = flow.done[slot] - now if flow.done[slot] < flow.due[slot] else 0.0
        late, at = 0.0, slot
        while at < count and flow.done[at] > now:
            before = flow.due[at - 1] if at else 0.0
            late += max(0.0, flow.due[at] - max(before, now))
            late -= max(0.0, flow.due[at] - max(before, flow.done[at]))
            at += 1
            if at < count:
                now = min(flow.arrived[at], now + flow.capacity[at])
        left = flow.done[count - 1] - now if at == count else 0.0
        price[slot] = max(late, left, hopeless)
    return price
