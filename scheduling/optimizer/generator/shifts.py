"""When agents work: shifts of 8.5 hours, a meal, two breaks, days off, exceptions."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scheduling.domain.times import Interval
from scheduling.optimizer.generator.days import OPENS, QUARTERS_OPEN, WEEKDAYS, Days, Spans
from scheduling.optimizer.generator.people import People
from scheduling.optimizer.queueing import Floats, Ints
from scheduling.optimizer.supply import OffTime

SHIFT: Final = 34
"""Quarters from start to end."""
MEAL: Final = 2
STARTS: Final = np.arange(OPENS, OPENS + QUARTERS_OPEN - SHIFT + 1, 2)
"""Starts of a shift, on the half hour: the last one ends at closing time."""
_DAY_OFF: Final = 0.07
_EXCEPTION: Final = 0.06
_MOVES: Final = 4
"""Quarters that a break may move to either side."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shifts:
    """Slots of the grid, each (agents, days); where nobody works ``at_work`` is False.

    ``exception`` is its first slot and ``excepted`` its length, 0 for none.
    """

    at_work: NDArray[np.bool_]
    start: Ints
    early: Ints
    meal: Ints
    late: Ints
    exception: Ints
    excepted: Ints

    def open_slots(self, some: NDArray[np.bool_], slots: int) -> NDArray[np.bool_]:
        """Return where the agents in ``some`` are open for contacts, (agents, slots)."""
        change = np.zeros((int(some.sum()), slots + 1), np.int8)
        who, day = np.nonzero(self.at_work[some])
        lengths = (
            (self.start, np.full_like(self.start, SHIFT), 1),
            (self.early, np.ones_like(self.early), -1),
            (self.meal, np.full_like(self.meal, MEAL), -1),
            (self.late, np.ones_like(self.late), -1),
            (self.exception, self.excepted, -1),
        )
        for first, length, sign in lengths:
            at, end = first[some][who, day], (first + length)[some][who, day]
            np.add.at(change, (who, at), np.int8(sign))
            np.add.at(change, (who, end), np.int8(-sign))
        return np.cumsum(change, axis=1, dtype=np.int8)[:, :-1] > 0

    def of(self, agent: int, spans: Spans) -> tuple[tuple[Interval, ...], tuple[OffTime, ...]]:
        """Return the shifts of ``agent`` and the time off within them."""
        days = np.flatnonzero(self.at_work[agent])
        columns = (self.start, self.early, self.meal, self.late, self.exception, self.excepted)
        shifts: list[Interval] = []
        off: list[OffTime] = []
        for start, early, meal, late, exception, excepted in zip(
            *(column[agent, days].tolist() for column in columns), strict=True
        ):
            end = start + SHIFT
            shifts.append(spans.between(start, end))
            off.append(spans.rest(early, (early - _MOVES, early + 1 + _MOVES)))
            off.append(spans.off(meal, meal + MEAL))
            off.append(spans.rest(late, (late - _MOVES, late + 1 + _MOVES)))
            if excepted:
                place = len(off) - (2 if exception < meal else 1)
                off.insert(place, spans.off(exception, exception + excepted, exception=True))
        return tuple(shifts), tuple(off)


def draw_starts(people: People, weeks: int, rng: np.random.Generator) -> Ints:
    """Return shift starts as quarters of the local day, (agents, weeks): early, middle or late."""
    usual = rng.choice([1.5, 5.0, 9.0], size=(people.agents, 1), p=[0.40, 0.35, 0.25])
    drawn = usual + rng.normal(0, 1.5, (people.agents, weeks))
    return np.asarray(STARTS[np.clip(drawn.round().astype(np.int64), 0, len(STARTS) - 1)])


def fit_starts(people: People, wanted: Floats, rng: np.random.Generator) -> Ints:
    """Return shift starts that follow demand, (agents, weeks), by greedy choice in random order.

    ``wanted`` is the FTE wanted on an ordinary day, (weeks, sites, activities, quarters open).
    Each agent in turn takes the start at which most of their activities' need is still unmet.
    """
    pattern = np.zeros((len(STARTS), QUARTERS_OPEN))
    for row, first in enumerate(STARTS - OPENS):
        pattern[row, first : first + SHIFT] = (SHIFT - MEAL - 2) / SHIFT
    part = (1 - _DAY_OFF) * people.shares
    starts = np.empty((people.agents, len(wanted)), np.int64)
    for week, of_sites in enumerate(wanted):
        unmet = of_sites.copy()
        for agent in rng.permutation(people.agents).tolist():
            own, site = np.flatnonzero(part[agent]), people.site[agent]
            need = part[agent, own] @ unmet[site, own]
            best = int(np.argmax(pattern @ need))
            starts[agent, week] = STARTS[best]
            unmet[site, own] -= part[agent, own][:, None] * pattern[best]
    return starts


def draw_shifts(people: People, days: Days, starts: Ints, rng: np.random.Generator) -> Shifts:
    """Return every agent's days: breaks about two hours apart, staggered; exceptions between.

    ``starts`` are quarters of the local day, (agents, weeks).
    """
    shape = (people.agents, len(days.dates))
    zones = np.array([people.zone(site) for site in range(people.sites)])
    start = days.midnight[zones[people.site]] + np.repeat(starts, WEEKDAYS, axis=1)
    meal = rng.integers(15, 19, shape)
    before_meal = rng.random(shape) < 0.5
    length = np.where(rng.random(shape) < _EXCEPTION, rng.integers(2, 5, shape), 0)
    return Shifts(
        at_work=rng.random(shape) >= _DAY_OFF,
        start=start,
        early=start + rng.integers(7, 10, shape),
        meal=start + meal,
        late=start + rng.integers(25, 29, shape),
        exception=start + np.where(before_meal, 11, meal + MEAL),
        excepted=length,
    )
