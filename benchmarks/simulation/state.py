"""The simulated floor: who is where, what waits, and what ends when. Arrays only, for the kernel.

Agents, demands, groups (agents with the same skills) and lists are numbered from 0; times are
seconds from the grid's start.
"""

from collections.abc import Callable
from math import log
from typing import Final, NamedTuple, ParamSpec, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Words = NDArray[np.uint64]

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def bare(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Return ``function`` compiled without reference counts, which took 4/5 of the time.

    Nothing may be allocated inside; no bounds are checked.
    """
    return cast("Callable[Arguments, Result]", numba.njit(cache=True, _nrt=False)(function))  # type: ignore[call-overload]  # unlisted


OFFERED, IN_GOAL, LATE, ABANDONED, WAITING = range(5)
"""The columns of ``Floor.counts``; the first is the sum of the others."""
ARRIVED, DEADLINE, HANDLING = range(3)
"""What is known of a waiting contact."""
NOBODY: Final = -1
_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX_A: Final = np.uint64(0xBF58476D1CE4E5B9)
_MIX_B: Final = np.uint64(0x94D049BB133111EB)
_SHIFTS: Final = (np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11))


class Centre(NamedTuple):
    """What does not change during a run.

    ``group`` per agent; ``skill_first`` / ``skill`` are the demands of each group, and
    ``served_first`` / ``served`` the groups of each demand, the least flexible first. Per demand:
    ``goal`` and ``patience`` in seconds, ``at_once`` contacts per agent, ``waits`` (1 for work
    that waits: no patience, and it must be done within the goal), ``backlog`` items. ``rate`` is
    contacts a second and ``handling`` mean seconds, (demands, slots); ``slot`` is seconds.
    """

    group: Ints
    skill_first: Ints
    skill: Ints
    served_first: Ints
    served: Ints
    goal: Floats
    patience: Floats
    at_once: Ints
    waits: Ints
    backlog: Ints
    rate: Floats
    handling: Floats
    slot: float


class Calendar(NamedTuple):
    """In order of time: what starts (+1) or stops (-1) keeping an agent from contacts."""

    time: Floats
    agent: Ints
    change: Ints


class Floor(NamedTuple):
    """What changes. An agent is open for contacts where ``blocked`` is 0.

    ``doing`` and ``contacts`` are the demand and number of an agent's contacts. Agents with room for
    more stand in one of the linked lists ``listed``, longest waiting first: list
    group * (demands + 1) is of the idle, the one demand + 1 further of those busy with it.
    ``due`` / ``due_agent`` is the heap of contacts in progress, ``sizes[0]`` long. ``random`` and
    ``next_at`` are the source of chance and next arrival per demand. ``ring`` holds the
    waiting contacts, (demands, room, what is known), ``first`` and ``length`` where they begin and
    how many they are. ``turn[0]`` is the next entry of the calendar.
    """

    blocked: Ints
    doing: Ints
    contacts: Ints
    listed: Ints
    before: Ints
    after: Ints
    head: Ints
    tail: Ints
    due: Floats
    due_agent: Ints
    sizes: Ints
    random: Words
    next_at: Floats
    first: Ints
    length: Ints
    counts: Ints
    ring: Floats
    turn: Ints


@bare
def exponential(random: Words, demand: int) -> float:
    """Return the next draw of mean 1 from the source of ``demand`` (splitmix64)."""
    state = random[demand] + _GOLDEN
    random[demand] = state
    mixed = (state ^ (state >> _SHIFTS[0])) * _MIX_A
    mixed = (mixed ^ (mixed >> _SHIFTS[1])) * _MIX_B
    mixed ^= mixed >> _SHIFTS[2]
    return -log((float(mixed >> _SHIFTS[3]) + 1.0) * 2.0**-53)


@bare
def join(floor: Floor, agent: int, place: int) -> None:
    """Put ``agent`` at the end of the list ``place``."""
    last = floor.tail[place]
    floor.listed[agent] = place
    floor.before[agent] = last
    floor.after[agent] = NOBODY
    if last == NOBODY:
        floor.head[place] = agent
    else:
        floor.after[last] = agent
    floor.tail[place] = agent


@bare
def leave(floor: Floor, agent: int) -> None:
    """Take ``agent`` off the list they stand in, if any."""
    place = floor.listed[agent]
    if place == NOBODY:
        return
    before, after = floor.before[agent], floor.after[agent]
    if before == NOBODY:
        floor.head[place] = after
    else:
        floor.after[before] = after
    if after == NOBODY:
        floor.tail[place] = before
    else:
        floor.before[after] = before
    floor.listed[agent] = NOBODY


@bare
def push(floor: Floor, time: float, agent: int) -> None:
    """Note that a contact of ``agent`` ends at ``time``."""
    at = floor.sizes[0]
    floor.sizes[0] += 1
    while at > 0:
        parent = (at - 1) // 2
        if floor.due[parent] <= time:
            break
        floor.due[at] = floor.due[parent]
        floor.due_agent[at] = floor.due_agent[parent]
        at = parent
    floor.due[at] = time
    floor.due_agent[at] = agent


@bare
def pop(floor: Floor) -> int:
    """Return whose contact ends first, and forget it."""
    agent = floor.due_agent[0]
    floor.sizes[0] -= 1
    size = floor.sizes[0]
    time, moved = floor.due[size], floor.due_agent[size]
    at, child = 0, 1
    while child < size:
        if child + 1 < size and floor.due[child + 1] < floor.due[child]:
            child += 1
        if floor.due[child] >= time:
            break
        floor.due[at] = floor.due[child]
        floor.due_agent[at] = floor.due_agent[child]
        at, child = child, 2 * child + 1
    floor.due[at] = time
    floor.due_agent[at] = moved
    return int(agent)


@bare
def enqueue(floor: Floor, demand: int, arrived: float, deadline: float, handling: float) -> None:
    """Let a contact wait; there must be room in the ring."""
    at = (floor.first[demand] + floor.length[demand]) % floor.ring.shape[1]
    floor.ring[demand, at, ARRIVED] = arrived
    floor.ring[demand, at, DEADLINE] = deadline
    floor.ring[demand, at, HANDLING] = handling
    floor.length[demand] += 1


@bare
def drop_first(floor: Floor, demand: int) -> None:
    """Take the contact that waits longest out of the ring."""
    floor.first[demand] = (floor.first[demand] + 1) % floor.ring.shape[1]
    floor.length[demand] -= 1


def with_room(floor: Floor) -> Floor:
    """Return ``floor`` with a ring twice as wide."""
    demands, room, known = floor.ring.shape
    wider = np.zeros((demands, 2 * room, known))
    for row in range(demands):
        wider[row, :room] = np.roll(floor.ring[row], -int(floor.first[row]), axis=0)
    floor.first[:] = 0
    return floor._replace(ring=wider)
