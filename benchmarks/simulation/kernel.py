"""The event loop: contacts arrive, are routed, end or hang up, while agents come and go.

Longest waiting contact first, to the least flexible free agent with the skill who has been free
longest; work that waits only where no caller does. Whoever is called away ends their contact
first. Every demand draws gap, handling and patience of its contacts from a source of its own in
the order of arrival, so that two runs with one seed meet the same contacts whatever the agents do.
"""

from math import inf

import numpy as np

from benchmarks.simulation.state import (
    ABANDONED,
    ARRIVED,
    DEADLINE,
    HANDLING,
    IN_GOAL,
    LATE,
    NOBODY,
    OFFERED,
    WAITING,
    Calendar,
    Centre,
    Floor,
    bare,
    drop_first,
    enqueue,
    exponential,
    join,
    leave,
    pop,
    push,
)


@bare
def begin(centre: Centre, floor: Floor) -> None:
    """Draw the backlog, for which the ring must have room, and the first arrivals."""
    for demand in range(len(centre.goal)):
        for _ in range(centre.backlog[demand]):
            _wait(centre, floor, demand, 0.0)
        floor.next_at[demand] = _next_arrival(centre, floor, demand, 0.0)


@bare
def run(centre: Centre, calendar: Calendar, floor: Floor) -> bool:
    """Play on to the end of the grid; False where the ring must be widened first.

    In the end ``floor.counts`` holds the outcome.
    """
    horizon = centre.rate.shape[1] * centre.slot
    while True:
        demand = int(np.argmin(floor.next_at))
        done = floor.due[0] if floor.sizes[0] else inf
        turn = floor.turn[0]
        called = calendar.time[turn] if turn < len(calendar.time) else inf
        now = min(floor.next_at[demand], done, called)
        if now >= horizon:
            break
        if called <= now:
            _turn(centre, floor, calendar.agent[turn], calendar.change[turn], now)
            floor.turn[0] += 1
        elif done <= now:
            _finish(centre, floor, now)
        elif floor.length[demand] == floor.ring.shape[1]:
            return False
        else:
            _arrive(centre, floor, demand, now)
    _close(centre, floor, horizon)
    return True


@bare
def _next_arrival(centre: Centre, floor: Floor, demand: int, now: float) -> float:
    """Return when the next contact of ``demand`` arrives, at a rate that changes with the slot."""
    need = exponential(floor.random, demand)
    slot = int(now / centre.slot)
    while slot < centre.rate.shape[1]:
        rate = centre.rate[demand, slot]
        end = (slot + 1) * centre.slot
        if rate * (end - now) > need:
            return float(now + need / rate)
        need -= max(0.0, rate * (end - now))
        now = end
        slot += 1
    return inf


@bare
def _wait(centre: Centre, floor: Floor, demand: int, now: float) -> None:
    """Draw a contact of ``demand`` that arrives ``now`` and put it in the ring."""
    slot = min(int(now / centre.slot), centre.rate.shape[1] - 1)
    handling = centre.handling[demand, slot] * exponential(floor.random, demand)
    patience = centre.patience[demand] * exponential(floor.random, demand)
    deadline = inf if centre.waits[demand] else now + patience
    floor.counts[demand, OFFERED] += 1
    enqueue(floor, demand, now, deadline, handling)


@bare
def _arrive(centre: Centre, floor: Floor, demand: int, now: float) -> None:
    _wait(centre, floor, demand, now)
    floor.next_at[demand] = _next_arrival(centre, floor, demand, now)
    agent = _free_agent(centre, floor, demand)
    if agent != NOBODY:
        _seek(centre, floor, agent, now)


@bare
def _free_agent(centre: Centre, floor: Floor, demand: int) -> int:
    """Return who may take one more contact of ``demand``: first those busy with its like."""
    lists = len(centre.goal) + 1
    first, last = centre.served_first[demand], centre.served_first[demand + 1]
    if centre.at_once[demand] > 1:
        for place in range(first, last):
            agent = floor.head[centre.served[place] * lists + demand + 1]
            if agent != NOBODY:
                return int(agent)
    for place in range(first, last):
        agent = floor.head[centre.served[place] * lists]
        if agent != NOBODY:
            return int(agent)
    return NOBODY


@bare
def _finish(centre: Centre, floor: Floor, now: float) -> None:
    agent = pop(floor)
    floor.contacts[agent] -= 1
    if floor.contacts[agent] == 0:
        floor.doing[agent] = NOBODY
    if floor.blocked[agent] == 0:
        _seek(centre, floor, agent, now)


@bare
def _turn(centre: Centre, floor: Floor, agent: int, change: int, now: float) -> None:
    """Something starts or stops keeping ``agent`` from contacts."""
    floor.blocked[agent] += change
    if floor.blocked[agent] > 0:
        leave(floor, agent)
    elif floor.listed[agent] == NOBODY:
        _seek(centre, floor, agent, now)


@bare
def _seek(centre: Centre, floor: Floor, agent: int, now: float) -> None:
    """Give the open ``agent`` what waits, as far as there is room, and list them if room is left."""
    leave(floor, agent)
    while True:
        doing = floor.doing[agent]
        if doing != NOBODY and floor.contacts[agent] >= centre.at_once[doing]:
            return
        demand = _longest_waiting(centre, floor, agent, now)
        if demand == NOBODY:
            break
        _begin(centre, floor, agent, demand, now)
    lists = len(centre.goal) + 1
    join(floor, agent, centre.group[agent] * lists + floor.doing[agent] + 1)


@bare
def _longest_waiting(centre: Centre, floor: Floor, agent: int, now: float) -> int:
    """Return the demand of the contact that ``agent`` takes next, callers before work that waits."""
    group = centre.group[agent]
    best, earliest, best_waits = NOBODY, inf, 2
    for place in range(centre.skill_first[group], centre.skill_first[group + 1]):
        demand = centre.skill[place]
        if floor.doing[agent] != NOBODY and floor.doing[agent] != demand:
            continue
        _hang_up(floor, demand, now)
        if floor.length[demand] == 0:
            continue
        arrived, waits = floor.ring[demand, floor.first[demand], ARRIVED], centre.waits[demand]
        if waits < best_waits or (waits == best_waits and arrived < earliest):
            best, earliest, best_waits = demand, arrived, waits
    return int(best)


@bare
def _hang_up(floor: Floor, demand: int, now: float) -> None:
    """Drop contacts at the head of the ring whose patience is over."""
    while floor.length[demand] and floor.ring[demand, floor.first[demand], DEADLINE] <= now:
        floor.counts[demand, ABANDONED] += 1
        drop_first(floor, demand)


@bare
def _begin(centre: Centre, floor: Floor, agent: int, demand: int, now: float) -> None:
    """Let ``agent`` take the contact of ``demand`` that waits longest."""
    at = floor.first[demand]
    handling = floor.ring[demand, at, HANDLING]
    took = now - floor.ring[demand, at, ARRIVED] + centre.waits[demand] * handling
    drop_first(floor, demand)
    floor.counts[demand, IN_GOAL if took <= centre.goal[demand] else LATE] += 1
    floor.doing[agent] = demand
    floor.contacts[agent] += 1
    push(floor, now + handling, agent)


@bare
def _close(centre: Centre, floor: Floor, now: float) -> None:
    """Count what still waits at the end: given up, past its goal, or simply waiting."""
    for demand in range(len(centre.goal)):
        for place in range(floor.length[demand]):
            at = (floor.first[demand] + place) % floor.ring.shape[1]
            overdue = (
                centre.waits[demand] and floor.ring[demand, at, ARRIVED] + centre.goal[demand] < now
            )
            if floor.ring[demand, at, DEADLINE] <= now:
                floor.counts[demand, ABANDONED] += 1
            elif overdue:
                floor.counts[demand, LATE] += 1
            else:
                floor.counts[demand, WAITING] += 1
