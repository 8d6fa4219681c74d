"""What taking people off the phones costs: the price table, in integers.

Footprints are in 1/60 FTE, cost in millionths of a contact past its goal, so that sums are exact
and the same everywhere. The cost is a surrogate for the solver; figures for people are made by
``forecast``. Arrays are one value per slot of the grid unless said otherwise.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scheduling.domain.centre import DemandKind
from scheduling.domain.rules import Rule
from scheduling.optimizer.compiled import compiled
from scheduling.optimizer.packing import NO_LIMIT
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.queueing import Floats, Ints, backlog_price, erlang_c_late
from scheduling.optimizer.rows import outwards, painted, spans_of
from scheduling.optimizer.supply import DEEPEST, MILLION, UNITS, Curve

_HAIR: Final = 1e-6
"""What floating-point sums of FTE may be off."""


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
        return self.between(demand_id, np.arange(len(removed)), removed, removed + units)

    def between(self, demand_id: str, slots: Ints, before: Ints, after: Ints) -> Ints:
        """Return F(after) - F(before) for each of ``slots``, in millionths of a contact."""
        return self._total(demand_id, slots, after) - self._total(demand_id, slots, before)

    def _total(self, demand_id: str, rows: Ints, units: Ints) -> Ints:
        slopes = self.slopes[demand_id]
        segment = np.minimum(np.maximum(units // UNITS, 0), slopes.shape[1] - 1)
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
    """Return the prices of all demands, deep enough for whoever can be away at once.

    Above ``DEEPEST`` FTE of one demand the last price stands for every further FTE.
    """
    own, slot = _at_once(problem), 60.0 * problem.grid.slot_minutes
    rows = np.flatnonzero(_attended(problem))
    return CostTable.of(
        {curve.demand_id: _slopes(curve, slot, own, rows) for curve in problem.curves}
    )


def _at_once(problem: Problem) -> int:
    """Return the most FTE that the problem's sessions can take from a slot together.

    A facilitator leads one session at a time, and at most one more overlaps it by transitions,
    if those are short; where breaks can move, all of them may meet in one slot.
    """
    largest: dict[str | None, int] = {}
    alone = 0
    for meeting in problem.meetings:
        if meeting.facilitator_id is None:
            alone += len(meeting.people)
        else:
            known = largest.get(meeting.facilitator_id, 0)
            largest[meeting.facilitator_id] = max(known, len(meeting.people))
    together = alone + sum(2 * (people + 1) for people in largest.values())
    breaks_move = any(off.window for person in problem.attendees for off in person.off)
    if problem.trainings or breaks_move or _long_transitions(problem):
        together += len(problem.attendees)
    everybody = len(problem.attendees) + len(problem.facilitators)
    return max(1, min(together, everybody, DEEPEST))


def _long_transitions(problem: Problem) -> bool:
    """Whether somebody's transition lasts longer than the shortest session."""
    longest = max((person.transition for person in problem.attendees), default=0)
    return longest > min((meeting.minutes for meeting in problem.meetings), default=longest)


def most_units(problem: Problem, demands: Sequence[str]) -> Ints:
    """Return the most 1/60 FTE that the floors let sessions take, (demands, slots).

    The deficit in FTE binds all but outbound work; the fall of the service level, by Erlang C as
    in the price, immediate work and chat. NO_LIMIT where neither does.
    """
    curves = {curve.demand_id: curve for curve in problem.curves}
    most = np.full((len(demands), problem.grid.slots), NO_LIMIT, np.int64)
    for row, curve in enumerate(curves[demand] for demand in demands):
        if curve.floor is not None and curve.kind is not DemandKind.OUTBOUND:
            spare = np.asarray(curve.coverage) - np.asarray(curve.required) + curve.floor
            most[row] = np.floor(UNITS * (spare + _HAIR))
        if curve.drop is not None and curve.kind in (DemandKind.IMMEDIATE, DemandKind.CHAT):
            slot = 60.0 * problem.grid.slot_minutes
            np.minimum(most[row], _units_of_drop(curve, curve.drop, slot), out=most[row])
    return most


def _units_of_drop(curve: Curve, drop: float, slot: float) -> Ints:
    """Return per slot the most units whose removal costs no more than ``drop`` of service level.

    Contacts past their goal grow with every FTE removed and linearly within one: the last whole
    staffing that is still allowed is found, and the rest of the way by the line below it.
    """
    coverage, volume = np.asarray(curve.coverage), np.asarray(curve.volume)
    whole = np.floor(coverage).astype(np.int64)
    late = _late(curve, slot, np.arange(len(whole)), whole - DEEPEST, DEEPEST + 2)[:, ::-1]
    part = coverage - whole
    now = part * late[:, 0] + (1 - part) * late[:, 1]
    worst = now + drop * volume + _HAIR
    steps = (late[:, 1:] <= worst[:, None]).sum(axis=1)
    rows = np.arange(len(whole))
    inside = np.minimum(steps, DEEPEST)
    above, below = late[rows, inside], late[rows, inside + 1]
    rise = np.maximum(below - above, 1e-12)
    gone = part + inside - 1 + (worst - above) / rise
    return np.where(steps > DEEPEST, UNITS * DEEPEST, np.floor(UNITS * gone)).astype(np.int64)


def _attended(problem: Problem) -> NDArray[np.bool_]:
    """Return the slots in which a session can take somebody: all others have no price.

    Attendees are taken during their shifts alone; who leads prepares before and writes up after.
    """
    slot, slots = 60 * problem.grid.slot_minutes, problem.grid.slots
    shifts = spans_of(problem.grid.start, [chain(*(one.shifts for one in problem.attendees))])
    attended = painted(1, slots, {1: outwards(shifts, slot, slots)})[0] != 0
    around = [max(one.prepare, one.write_up) for one in problem.facilitators if one.shares]
    for _ in range(-(-max(around, default=0) // problem.grid.slot_minutes)):
        wider = attended.copy()
        wider[1:] |= attended[:-1]
        wider[:-1] |= attended[1:]
        attended = wider
    return np.asarray(attended | (Rule.ON_SHIFT in problem.relaxed))


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
    whole = np.floor(coverage).astype(np.int64)
    above = np.ceil(np.maximum(2.0, required + 4.0 - coverage)).astype(np.int64)
    width = deepest + int(above.max(initial=2)) + 2
    return _falls(
        _late(curve, slot, rows, whole - deepest, width), coverage - whole, above, deepest
    )


@compiled
def _falls(late: Floats, part: Floats, above: Ints, deepest: int) -> Floats:
    """Return the convexified fall for each FTE removed, (rows, deepest).

    ``late`` (rows, whole staffings) begins ``deepest`` below the whole coverage, which ``part`` is
    beyond; the fall is followed from ``above`` FTE over the coverage down.
    """
    falls = np.empty((len(late), deepest))
    for row in range(len(late)):
        slope, up = 0.0, part[row]
        for place in range(min(late.shape[1] - 3, deepest - 1 + above[row]), -1, -1):
            upper = (1 - up) * late[row, place + 1] + up * late[row, place + 2]
            lower = (1 - up) * late[row, place] + up * late[row, place + 1]
            slope = max(slope, lower - upper)
            if place < deepest:
                falls[row, deepest - 1 - place] = slope
    return falls


def _late(curve: Curve, slot: float, rows: Ints, first: Ints, width: int) -> Floats:
    """Return the contacts past their goal in ``rows`` at ``first`` .. whole FTE, (rows, width).

    Who works k chats at once is one server that is k times as fast: load and handling are
    divided by k. The usual workload rule for chat; it leaves out that a lone chat is answered no
    faster, which shortens the wait a little at light load.
    """
    volume = np.asarray(curve.volume)[rows]
    handling = np.asarray(curve.handling)[rows] / curve.concurrency
    goal = curve.goal.seconds / np.maximum(handling, 1e-9)
    return erlang_c_late(volume, volume * handling / slot, goal, first, width)


def _deferred(curve: Curve, slot: float) -> Floats:
    """Return the items made late by one FTE less, the same for every FTE (first form).

    The backlog that waits at the start counts as arriving then.
    """
    arrivals, handling = np.array(curve.volume, np.float64), np.asarray(curve.handling)
    arrivals[0] += curve.backlog
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
