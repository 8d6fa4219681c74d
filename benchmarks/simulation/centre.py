"""A problem as a simulated centre: groups of equal skills, and demand to fit those simulated."""

from typing import Final

import numpy as np

from benchmarks.simulation.people import People
from benchmarks.simulation.state import NOBODY, Centre, Floats, Floor, Ints
from scheduling.domain.centre import DemandKind
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.supply import Curve

_UNITS: Final = 60
_WAITS: Final = (DemandKind.DEFERRED, DemandKind.OUTBOUND)


def centre_of(problem: Problem, people: People) -> Centre:
    """Return the centre in which ``people`` serve the demands of ``problem``, all sites pooled.

    A slot's volume is scaled by the FTE simulated as a part of the curve's coverage, so that a
    problem with few of the agents behind its curves has their part of the contacts. Planned
    outbound calls are work that waits, and due within a slot.
    """
    curves, slot = problem.curves, 60.0 * problem.grid.slot_minutes
    skills = [tuple(np.flatnonzero(row > 0).tolist()) for row in people.shares]
    groups = sorted(set(skills), key=lambda group: (len(group), group))
    numbers = {group: place for place, group in enumerate(groups)}
    serving = [
        [place for place, group in enumerate(groups) if demand in group]
        for demand in range(len(curves))
    ]
    skill_first, skill = _rows(groups)
    served_first, served = _rows(serving)
    scale = _scale(curves, people.presence(problem.grid.slots, slot))
    return Centre(
        group=np.asarray([numbers[each] for each in skills], np.int64),
        skill_first=skill_first,
        skill=skill,
        served_first=served_first,
        served=served,
        goal=np.asarray([_goal(curve, slot) for curve in curves], np.float64),
        patience=np.asarray([curve.patience for curve in curves], np.float64),
        at_once=np.asarray([_at_once(curve) for curve in curves], np.int64),
        waits=np.asarray([curve.kind in _WAITS for curve in curves], np.int64),
        backlog=np.asarray(
            [_backlog(curve, row) for curve, row in zip(curves, scale, strict=True)], np.int64
        ),
        rate=np.asarray([curve.volume for curve in curves], np.float64) * scale / slot,
        handling=np.asarray([curve.handling for curve in curves], np.float64),
        slot=slot,
    )


def empty_floor(centre: Centre, seed: int) -> Floor:
    """Return the floor before the first slot: nobody in, nothing waiting; ``seed`` >= 0."""
    agents, demands = len(centre.group), len(centre.goal)
    groups = len(centre.skill_first) - 1
    most = agents * int(centre.at_once.max(initial=1)) + 1
    return Floor(
        blocked=np.ones(agents, np.int64),
        doing=_nobody(agents),
        contacts=np.zeros(agents, np.int64),
        listed=_nobody(agents),
        before=_nobody(agents),
        after=_nobody(agents),
        head=_nobody(groups * (demands + 1)),
        tail=_nobody(groups * (demands + 1)),
        due=np.zeros(most),
        due_agent=np.zeros(most, np.int64),
        sizes=np.zeros(1, np.int64),
        random=np.random.default_rng(seed).integers(2**64, size=demands, dtype=np.uint64),
        next_at=np.zeros(demands),
        first=np.zeros(demands, np.int64),
        length=np.zeros(demands, np.int64),
        counts=np.zeros((demands, 5), np.int64),
        ring=np.zeros((demands, int(centre.backlog.max(initial=0)) + 64, 3)),
        turn=np.zeros(1, np.int64),
    )


def _scale(curves: tuple[Curve, ...], present: Floats) -> Floats:
    """Return FTE simulated over the curve's coverage, 1 where the curve has none."""
    coverage = np.asarray([curve.coverage for curve in curves])
    for row, curve in enumerate(curves):
        if curve.removed:
            coverage[row] -= np.asarray(curve.removed) / _UNITS
    scale = np.ones_like(present)
    np.divide(present, coverage, out=scale, where=coverage > 0)
    return scale


def _backlog(curve: Curve, scale: Floats) -> int:
    staffed = scale[np.asarray(curve.coverage) > 0]
    return round(curve.backlog * float(staffed.mean())) if len(staffed) else 0


def _goal(curve: Curve, slot: float) -> float:
    return slot if curve.kind is DemandKind.OUTBOUND else curve.goal.seconds


def _at_once(curve: Curve) -> int:
    return round(curve.concurrency) if curve.kind is DemandKind.CHAT else 1


def _rows(rows: list[tuple[int, ...]] | list[list[int]]) -> tuple[Ints, Ints]:
    """Return ``rows`` as compressed sparse rows: where each begins, and all of them."""
    first = np.cumsum([0, *(len(row) for row in rows)], dtype=np.int64)
    return first, np.asarray([each for row in rows for each in row], np.int64)


def _nobody(count: int) -> Ints:
    return np.full(count, NOBODY, np.int64)
