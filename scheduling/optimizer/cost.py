"""What taking people off the phones costs: the price table, in integers.

Footprints are in 1/60 FTE, cost in millionths of a contact past its goal, so that sums are exact
and the same everywhere. The cost is a surrogate for the solver; figures for people are made by
``forecast``. Arrays are one value per slot of the grid unless said otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scheduling.domain.centre import DemandKind
from scheduling.domain.rules import Rule
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.queueing import Floats, Ints, backlog_price, erlang_c_late
from scheduling.optimizer.supply import Curve

UNITS: Final = 60
"""Units of footprint in one FTE."""
MILLION: Final = 1_000_000
"""Units of cost in one contact past its goal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CostTable:
    """Per demand, the cost of each 1/60 FTE of the k-th FTE removed, (slots, segments).

    Rows never fall from left to right; the last segment is open-ended. ``filled`` holds the cost
    of all segments before each.
    """

    slopes: Mapping[str, Ints]
    filled: Mapping[str, Ints]

    @classmethod
    def of(cls, slopes: Mapping[str, Ints]) -> "CostTable":
        """Return the table of ``slopes``."""
        filled = {name: UNITS * (rows.cumsum(axis=1) - rows) for name, rows in slopes.items()}
        return cls(slopes=slopes, filled=filled)

    def added(self, demand_id: str, removed: Ints, units: int) -> Ints:
        """Return F(removed + units) - F(removed) per slot, in millionths of a contact."""
        before = self._total(demand_id, removed)
        return np.asarray(self._total(demand_id, removed + units) - before)

    def _total(self, demand_id: str, units: Ints) -> Ints:
        slopes = self.slopes[demand_id]
        rows = np.arange(len(slopes))
        segment = np.minimum(units // UNITS, slopes.shape[1] - 1)
        within = slopes[rows, segment] * (units - UNITS * segment)
        return np.asarray(self.filled[demand_id][rows, segment] + within)


def footprint(shares: Mapping[str, float], part: Fraction = Fraction(1)) -> dict[str, int]:
    """Return units per demand for ``part`` of a slot, rounded by largest remainder.

    An agent whose shares sum to one takes exactly 60 units; ties go to the demand's id, which the
    hair by which a share misses its fraction as a binary number must not decide.
    """
    exact = {
        demand: UNITS * part * Fraction(share).limit_denominator(MILLION)
        for demand, share in shares.items()
    }
    units = {demand: int(value) for demand, value in exact.items()}
    missing = round(sum(exact.values())) - sum(units.values())
    order = sorted(exact, key=lambda demand: (units[demand] - exact[demand], demand))
    for demand in order[:missing]:
        units[demand] += 1
    return {demand: taken for demand, taken in units.items() if taken}


def cost_table(problem: Problem) -> CostTable:
    """Return the prices of all demands, deep enough for every session of the problem at once."""
    own = 2 * len({meeting.facilitator_id for meeting in problem.meetings}) + 1
    slot = 60.0 * problem.grid.slot_minutes
    rows = np.flatnonzero(_attended(problem))
    return CostTable.of(
        {curve.demand_id: _slopes(curve, slot, own, rows) for curve in problem.curves}
    )


def _attended(problem: Problem) -> NDArray[np.bool_]:
    """Return the slots in which an attendee has a shift: nobody can be taken from the others."""
    attended = np.full(problem.grid.slots, Rule.ON_SHIFT in problem.relaxed)
    slot = timedelta(minutes=problem.grid.slot_minutes)
    for person in problem.attendees:
        for shift in person.shifts:
            first = (shift.start - problem.grid.start) // slot
            last = -((problem.grid.start - shift.end) // slot)
            attended[max(0, first) : max(0, last)] = True
    return attended


def _slopes(curve: Curve, slot: float, own: int, rows: Ints) -> Ints:
    """Return the price per unit of each FTE removed, weighted; ``own`` FTE may go at once."""
    deepest = -(-max(curve.removed, default=0) // UNITS) + own
    match curve.kind:
        case DemandKind.IMMEDIATE | DemandKind.CHAT:
            drops = np.zeros((len(curve.coverage), deepest))
            drops[rows] = _immediate(curve, slot, deepest, rows)
        case DemandKind.DEFERRED:
            drops = _deferred(curve, slot)
        case DemandKind.OUTBOUND:
            drops = _outbound(curve, slot, deepest)
    return np.rint(MILLION * curve.weight * drops / UNITS).astype(np.int64)


def _immediate(curve: Curve, slot: float, deepest: int, rows: Ints) -> Floats:
    """Return the contacts made late by the k-th FTE removed in ``rows``, convex from the right.

    From c_hi = max(coverage + 2, requirement + 4) down: slope(c) = max(L(c-1) - L(c), slope(c+1)).
    Starting lower would make intervals that are past saving free, and fill them with meetings.
    """
    coverage, required = np.asarray(curve.coverage)[rows], np.asarray(curve.required)[rows]
    volume, handling = np.asarray(curve.volume)[rows], np.asarray(curve.handling)[rows]
    whole = np.floor(coverage).astype(np.int64)
    above = np.ceil(np.maximum(2.0, required + 4.0 - coverage)).astype(np.int64)
    highest = int(above.max(initial=2))
    goal = curve.goal.seconds / np.maximum(handling, 1e-9)
    width = deepest + highest + 2
    at_whole = erlang_c_late(volume, volume * handling / slot, goal, whole - deepest, width)
    part = (coverage - whole)[:, None]
    late = (1 - part) * at_whole[:, :-1] + part * at_whole[:, 1:]
    drops = late[:, :-1] - late[:, 1:]
    beyond = np.arange(1 - deepest, highest + 1) > above[:, None]
    drops = np.where(beyond, 0.0, np.maximum(drops, 0.0))
    convex = np.maximum.accumulate(drops[:, ::-1], axis=1)
    return np.asarray(convex[:, highest:])


def _deferred(curve: Curve, slot: float) -> Floats:
    """Return the items made late by one FTE less, the same for every FTE (first form)."""
    arrivals, handling = np.asarray(curve.volume), np.asarray(curve.handling)
    per_fte = np.where(handling > 0, slot / np.maximum(handling, 1e-9), 0.0)
    goal_slots = int(-(-curve.goal.seconds // slot))
    capacity = np.maximum(0.0, np.asarray(curve.coverage)) * per_fte
    return backlog_price(arrivals, capacity, per_fte, goal_slots)[:, None]


def _outbound(curve: Curve, slot: float, deepest: int) -> Floats:
    """Return the planned calls left unmade by the k-th FTE removed."""
    handling = np.asarray(curve.handling)
    per_fte = np.where(handling > 0, slot / np.maximum(handling, 1e-9), 0.0)
    staff = np.asarray(curve.coverage)[:, None] - np.arange(deepest + 1)
    unmade = np.maximum(0.0, np.asarray(curve.volume)[:, None] - staff * per_fte[:, None])
    return np.asarray(np.diff(unmade, axis=1))
