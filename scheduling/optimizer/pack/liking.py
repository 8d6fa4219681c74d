"""Times that are liked less: the preferences of the limits, and fairness to each attendee."""

from collections.abc import Sequence
from datetime import time, timedelta
from functools import lru_cache
from typing import Final

import numpy as np

from scheduling.domain.times import DAY, at_wall
from scheduling.optimizer.lattice.days import local_days
from scheduling.optimizer.lattice.layout import edge_spans
from scheduling.optimizer.lattice.pauses import Pauses
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.rows import Bits, Ints, Spans, outwards, painted
from scheduling.optimizer.supply import Grid
from scheduling.optimizer.wanted import Preference

INCONVENIENT: Final = 20
"""Millionths of a contact for each inconvenient session, times one more than the ledger counts."""
_EDGE_MINUTES: Final = 60
_LATE: Final = time(22, 0)
_EARLY_MINUTES: Final = 120


def inconvenient(problem: Problem, pauses: Pauses, people: Sequence[int]) -> Bits:
    """Return, (people, slots), for rows of ``pauses``, not 0 where a session in the slot is inconvenient.

    So are the first and the last hour of a shift, and the first two hours of one that follows a
    shift that ended at or after 22:00 local time the day before.
    """
    grid = problem.grid
    attendees = [problem.attendees[row] for row in people]
    counts = np.diff(pauses.shift_first)
    place = np.full(len(counts), -1)
    place[list(people)] = np.arange(len(people))
    row = np.repeat(place, counts)
    start, end = pauses.shifts[row >= 0].T
    shifts = Spans(row[row >= 0], start, end)
    late = np.zeros(len(shifts.row), np.int64)
    for zone in {person.zone for person in attendees}:
        mine = np.asarray([attendees[row].zone == zone for row in shifts.row], bool)
        midnights, evenings = _evenings(grid, zone)
        day = np.searchsorted(midnights, shifts.start[mine], side="right") - 1
        late[mine] = evenings[np.maximum(day, 0)]
    after = np.zeros(len(shifts.row), bool)
    after[1:] = (shifts.row[1:] == shifts.row[:-1]) & (shifts.end[:-1] >= late[1:])
    rested = Spans(
        shifts.row[after],
        shifts.start[after],
        np.minimum(shifts.start[after] + 60 * _EARLY_MINUTES, shifts.end[after]),
    )
    second = 60 * grid.slot_minutes
    layers = {1: edge_spans(shifts, _EDGE_MINUTES), 2: rested}
    return painted(
        len(attendees),
        grid.slots,
        {bit: outwards(spans, second, grid.slots) for bit, spans in layers.items()},
    )


@lru_cache(maxsize=64)
def _evenings(grid: Grid, zone: str) -> tuple[Ints, Ints]:
    """Return each local midnight, and 22:00 the day before, in seconds from the grid's start."""
    days, _ = local_days(grid, zone)
    some = [days[0] - DAY, *days]
    midnights = [(at_wall(day, time(0), zone) - grid.start).total_seconds() for day in some]
    evenings = [(at_wall(day - DAY, _LATE, zone) - grid.start).total_seconds() for day in some]
    return np.asarray(midnights, np.int64), np.asarray(evenings, np.int64)


@lru_cache(maxsize=256)
def disliked(grid: Grid, zone: str, preferences: tuple[Preference, ...]) -> Ints:
    """Return the weight of the preferences per slot in which a session may start, in millionths."""
    days, index = local_days(grid, zone)
    weekday = np.asarray([day.weekday() for day in days])[index]
    total = np.zeros(grid.slots, np.int64)
    for wish in preferences:
        clock = np.asarray([_in_window(grid, zone, slot, wish) for slot in range(grid.slots)])
        total += wish.weight * (clock & np.isin(weekday, sorted(wish.weekdays)))
    return total


def _in_window(grid: Grid, zone: str, slot: int, wish: Preference) -> bool:
    days, index = local_days(grid, zone)
    try:
        span = wish.window.on(days[index[slot]], zone)
    except ValueError:  # a window swallowed by the spring change is empty
        return False
    return span.start <= grid.start + timedelta(minutes=slot * grid.slot_minutes) < span.end
