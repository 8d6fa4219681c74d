"""What a plan does to service, for people: Erlang A, never the solver's convexified price.

Service level is the part of all contacts offered that is answered within the goal, so contacts
lost can never exceed the volume. Deferred work shows the part done within its goal, outbound work
the part of the planned calls that the staff can make.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scheduling.domain.centre import DemandKind
from scheduling.domain.times import Interval
from scheduling.optimizer.board import Board, Own, local_days
from scheduling.optimizer.cost import UNITS, CostTable
from scheduling.optimizer.outcome import CurveImpact, DayImpact
from scheduling.optimizer.plan import Placement
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.queueing import (
    Floats,
    Ints,
    backlog_done,
    backlog_late,
    erlang_a_service,
)
from scheduling.optimizer.supply import Curve, Grid

STRESS: Final = 1.1
"""The volume at which a day is shown again."""


def impact(
    problem: Problem, placements: Iterable[Placement], zone: str
) -> tuple[tuple[CurveImpact, ...], tuple[DayImpact, ...]]:
    """Return what ``placements`` do, per demand they touch and local day in ``zone``.

    Both tuples run in the same order, by demand and day, and hold only demands from which a
    session takes somebody. Raises KeyError for a placement of a meeting the problem lacks.
    """
    board = Board.of(problem, CostTable.of({}))
    meetings = {meeting.id: meeting for meeting in problem.meetings}
    slot = 60 * problem.grid.slot_minutes
    sessions = [
        Own(
            meeting=meetings[each.meeting_id],
            slot=int((each.interval.start - problem.grid.start).total_seconds()) // slot,
            room_id=each.room_id,
        )
        for each in placements
    ]
    after = board.having(sessions)
    days, index = local_days(problem.grid, zone)
    curves: list[CurveImpact] = []
    impacts: list[DayImpact] = []
    for curve in sorted(problem.curves, key=lambda each: each.demand_id):
        before, then = board.removed[curve.demand_id], after.removed[curve.demand_id]
        touched = np.unique(index[then > before])
        whole = _Shown.of(problem, curve, np.flatnonzero(np.isin(index, touched)), before, then)
        for day in touched.tolist():
            shown = whole.only(index[whole.rows] == day)
            curves.append(shown.curve_impact())
            impacts.append(shown.day_impact(days[day]))
    return tuple(curves), tuple(impacts)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """One demand in the slots ``rows``; every array is over them."""

    grid: Grid
    curve: Curve
    rows: Ints
    required: Floats
    volume: Floats
    before: Floats
    after: Floats
    service_before: Floats
    service_after: Floats
    stressed: Floats

    @classmethod
    def of(cls, problem: Problem, curve: Curve, rows: Ints, before: Ints, after: Ints) -> "_Shown":
        """Return the demand with ``before`` and ``after`` taken, in 1/60 FTE over the whole grid."""
        slot = 60.0 * problem.grid.slot_minutes
        coverage = np.asarray(curve.coverage)
        had, has = coverage - before / UNITS, coverage - after / UNITS
        return cls(
            grid=problem.grid,
            curve=curve,
            rows=rows,
            required=np.asarray(curve.required)[rows],
            volume=np.asarray(curve.volume)[rows],
            before=had[rows],
            after=has[rows],
            service_before=_service(curve, had, rows, slot, 1.0),
            service_after=_service(curve, has, rows, slot, 1.0),
            stressed=_service(curve, has, rows, slot, STRESS),
        )

    def only(self, some: NDArray[np.bool_]) -> "_Shown":
        """Return the part in which ``some`` holds."""
        arrays = [part.name for part in fields(self) if part.name not in ("grid", "curve")]
        return replace(self, **{name: getattr(self, name)[some] for name in arrays})

    def curve_impact(self) -> CurveImpact:
        """Return the day slot by slot."""
        first, last = int(self.rows[0]), int(self.rows[-1])
        return CurveImpact(
            demand_id=self.curve.demand_id,
            interval=Interval(self.grid.at(first), self.grid.at(last + 1)),
            slot_minutes=self.grid.slot_minutes,
            required=tuple(self.required.tolist()),
            before=tuple(self.before.tolist()),
            after=tuple(self.after.tolist()),
            volume=tuple(self.volume.tolist()),
            service_before=tuple(self.service_before.tolist()),
            service_after=tuple(self.service_after.tolist()),
        )

    def day_impact(self, day: date) -> DayImpact:
        """Return the day as a whole, weighted by volume."""
        short_before = np.maximum(0.0, self.required - self.before)
        short_after = np.maximum(0.0, self.required - self.after)
        return DayImpact(
            demand_id=self.curve.demand_id,
            day=day,
            goal=self.curve.goal.percent / 100,
            before=self._weighted(self.service_before),
            after=self._weighted(self.service_after),
            stressed=self._weighted(self.stressed),
            lowest_net=float((self.after - self.required)[self.after < self.before].min()),
            understaffed_hours=float((short_after - short_before).sum())
            * self.grid.slot_minutes
            / 60,
        )

    def _weighted(self, service: Floats) -> float:
        volume = float(self.volume.sum())
        return float((service * self.volume).sum()) / volume if volume > 0 else 1.0


def _service(curve: Curve, staff: Floats, rows: Ints, slot: float, stress: float) -> Floats:
    """Return the service level of ``rows`` with ``staff`` over the whole grid, volume stressed."""
    volume, handling = stress * np.asarray(curve.volume), np.asarray(curve.handling)
    if curve.kind in (DemandKind.IMMEDIATE, DemandKind.CHAT):
        return erlang_a_service(
            volume[rows],
            handling[rows],
            staff[rows],
            goal=curve.goal.seconds,
            patience=curve.patience,
            slot=slot,
        )
    capacity = np.maximum(0.0, staff) * np.where(handling > 0, slot / handling.clip(1e-9), 0.0)
    if curve.kind is DemandKind.OUTBOUND:
        missed = np.maximum(0.0, volume - capacity)
    else:
        goal_slots = int(-(-curve.goal.seconds // slot))
        late = backlog_late(volume, backlog_done(volume, capacity), goal_slots)
        missed = np.concatenate([late[goal_slots:], np.zeros(min(goal_slots, len(late)))])
    share = 1 - missed / np.maximum(volume, 1e-12)
    return np.asarray(np.where(volume > 0, np.clip(share, 0.0, 1.0), 1.0)[rows])
