"""Breaks that make way for a session: the smallest shift that the rules of breaks allow."""

from datetime import datetime, timedelta

import numpy as np

from scheduling.domain.times import Interval
from scheduling.optimizer.lattice.pauses import MOST_MOVED, Spacing, make_way
from scheduling.optimizer.lattice.whole import Lattice
from scheduling.optimizer.plan import BreakMove
from scheduling.optimizer.wanted import Limits


def spacing_of(lattice: Lattice, limits: Limits) -> Spacing:
    """Return what ``limits`` ask of a moved break, in seconds."""
    return Spacing(lattice.ground.slot, 60 * limits.break_spacing, 60 * limits.work_stretch)


def moved(
    lattice: Lattice, person_id: str, limits: Limits, first: int, last: int
) -> tuple[BreakMove, ...] | None:
    """Return how the person's breaks make way for an absence from slot ``first`` up to ``last``.

    Breaks that can move and touch these slots go to the nearest places that start on the grid,
    keep their length, window, order, spacing and the longest stretch of work, and lie on nothing
    that is off or busy: the least total shift, of equal ones the earliest. () where none has to
    move, None where they cannot.
    """
    row = lattice.people[person_id]
    starts = np.zeros(MOST_MOVED, np.int64)
    state, rules = lattice.layers.state[row], spacing_of(lattice, limits)
    place, count = make_way(lattice.ground.pauses, row, state, rules, (first, last), starts)
    if count < 0:
        return None
    return moves(lattice, person_id, place, starts[:count].tolist())


def moves(lattice: Lattice, person_id: str, place: int, starts: list[int]) -> tuple[BreakMove, ...]:
    """Return the pauses from ``place`` on, moved to ``starts`` (seconds), as moves of a plan."""
    origin, pauses = lattice.problem.grid.start, lattice.ground.pauses
    found: list[BreakMove] = []
    for pause, start in enumerate(starts, place):
        old, end = (int(at) for at in pauses.table[pause, :2])
        found.append(
            BreakMove(
                attendee_id=person_id,
                before=_interval(origin, old, end),
                after=_interval(origin, start, start + end - old),
            )
        )
    return tuple(found)


def _interval(origin: datetime, start: int, end: int) -> Interval:
    return Interval(origin + timedelta(seconds=start), origin + timedelta(seconds=end))
