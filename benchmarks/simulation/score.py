"""Plans scored by simulation: contacts past their goal with and without each of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np

from benchmarks.simulation.centre import centre_of, empty_floor
from benchmarks.simulation.kernel import begin, run
from benchmarks.simulation.people import People
from benchmarks.simulation.state import (
    ABANDONED,
    IN_GOAL,
    LATE,
    OFFERED,
    Calendar,
    Centre,
    Floats,
    Ints,
    with_room,
)
from scheduling.optimizer.plan import Plan
from scheduling.optimizer.problem import Problem

_STUDENT: Final = (12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.20, 2.18, 2.16)
"""The 97.5th percentile of Student's t with 1, 2 .. degrees of freedom."""
_NORMAL: Final = 1.96


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean:
    """A mean over replications and half the width of its 95 % confidence interval.

    ``half`` is infinite after a single replication.
    """

    value: float
    half: float

    @classmethod
    def of(cls, values: Ints) -> "Mean":
        """Return the mean of ``values``, one per replication."""
        count = len(values)
        if count < 2:
            return cls(value=float(values.mean()), half=float("inf"))
        student = _STUDENT[count - 2] if count - 2 < len(_STUDENT) else _NORMAL
        half = student * float(values.std(ddof=1)) / sqrt(count)
        return cls(value=float(values.mean()), half=half)


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """One demand's contacts over the grid, means over replications.

    What still waits at the end, and is not past its goal, is offered and none of the others.
    """

    demand_id: str
    offered: float
    in_goal: float
    late: float
    abandoned: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What a plan does: contacts past their goal (answered late or abandoned), in all demands.

    ``added`` is the difference to no plan at all, met by the very same contacts. ``load`` is what
    the volume of callers and chats was multiplied by, ``runs`` the contacts past their goal in
    each replication.
    """

    load: float
    past_goal: Mean
    added: Mean
    demands: tuple[Served, ...]
    runs: tuple[int, ...]

    def beyond(self, other: "Score") -> Mean:
        """Return the contacts past their goal that this plan has more than ``other``, in pairs.

        Both must be of one call of ``score``; ValueError for a different number of replications.
        """
        pairs = zip(self.runs, other.runs, strict=True)
        return Mean.of(np.asarray([mine - theirs for mine, theirs in pairs]))


def score(
    problem: Problem,
    plans: Mapping[str, Plan],
    *,
    replications: int = 5,
    seed: int = 0,
    load: float | None = None,
) -> dict[str, Score]:
    """Return the score of each of ``plans``, by name, and of no plan under the name "".

    All plans meet the same contacts, replication by replication. ``load`` multiplies the volume
    of those who do not wait by nature; None fits it so that the centre just meets its goals
    without a plan, since agents with several skills carry more than their shares say. Raises
    KeyError for a plan of another problem, ValueError for fewer than one replication.
    """
    if replications < 1:
        raise ValueError(f"{replications} replications score nothing")
    people = People.of(problem)
    plain = centre_of(problem, people)
    goals = np.asarray([curve.goal.percent / 100 for curve in problem.curves])
    load = fitted_load(plain, people.calendar, goals, seed) if load is None else load
    centre = loaded(plain, load)
    calendars = {"": people.calendar}
    calendars |= {name: people.with_plan(problem, plan) for name, plan in plans.items()}
    seeds = [seed * 1_000_003 + each for each in range(replications)]
    counts = {
        name: np.asarray([simulate(centre, calendar, each) for each in seeds])
        for name, calendar in calendars.items()
    }
    return {name: _score(problem, rows, counts[""], load) for name, rows in counts.items()}


def loaded(centre: Centre, load: float) -> Centre:
    """Return ``centre`` with ``load`` times the callers and chats; work that waits stays."""
    factor = np.where(centre.waits == 1, 1.0, load)
    return centre._replace(rate=centre.rate * factor[:, None])


def fitted_load(centre: Centre, calendar: Calendar, goals: Floats, seed: int) -> float:
    """Return the load at which callers and chats together are served as their ``goals`` say.

    ``goals`` are parts of one by demand. One factor for all demands, by bisection to 1/64.
    """
    callers = centre.waits == 0
    low, high = 0.0, 2.0
    while high - low > 1 / 64:
        middle = (low + high) / 2
        counts = simulate(loaded(centre, middle), calendar, seed)[callers]
        enough = counts[:, IN_GOAL].sum() >= (counts[:, OFFERED] * goals[callers]).sum()
        low, high = (middle, high) if enough else (low, middle)
    return low


def simulate(centre: Centre, calendar: Calendar, seed: int) -> Ints:
    """Return the outcome of one run, (demands, columns of ``Floor.counts``)."""
    floor = empty_floor(centre, seed)
    begin(centre, floor)
    while not run(centre, calendar, floor):
        floor = with_room(floor)
    return floor.counts


def _score(problem: Problem, counts: Ints, without: Ints, load: float) -> Score:
    """Return the score of ``counts``, (replications, demands, columns)."""
    past, past_without = (
        (each[:, :, LATE] + each[:, :, ABANDONED]).sum(axis=1) for each in (counts, without)
    )
    means = counts.mean(axis=0)
    return Score(
        load=load,
        past_goal=Mean.of(past),
        added=Mean.of(past - past_without),
        demands=tuple(
            Served(
                demand_id=curve.demand_id,
                offered=float(row[OFFERED]),
                in_goal=float(row[IN_GOAL]),
                late=float(row[LATE]),
                abandoned=float(row[ABANDONED]),
            )
            for curve, row in zip(problem.curves, means, strict=True)
        ),
        runs=tuple(past.tolist()),
    )
