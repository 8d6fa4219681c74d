"""What a plan does to service, for people: Erlang A, never the solver's convexified price.

Service level is the part of all contacts offered that is answered within the goal, so contacts
lost can never exceed the volume. Deferred work shows the part done within its goal, outbound work
the part of the planned calls that the staff can make. Only slots whose staffing changes are
computed twice. Figures are exact: whoever shows net staffing floors it to a tenth.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from scheduling.domain.times import DAY, MIDNIGHT, DateRange, Interval, at_wall, zone_of
from scheduling.optimizer.cost import UNITS
from scheduling.optimizer.erlang import Floats
from scheduling.optimizer.forecast_service import ImpactOracle, Served, served, staff_of
from scheduling.optimizer.forecast_taken import units_taken
from scheduling.optimizer.outcome import CurveImpact, ForecastSource, Impact, PeriodImpact
from scheduling.optimizer.plan import Placement, Plan
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.supply import Curve, Grid


def impact(
    problem: Problem,
    placed: Plan | Iterable[Placement],
    zone: str,
    *,
    periods: Sequence[DateRange] = (),
    oracle: ImpactOracle | None = None,
) -> Impact:
    """Return what ``placed`` does per slot, local day in ``zone`` and contract period.

    ``periods`` are the contract's, in local dates; without any, all dates of the grid are one.
    ``oracle`` replaces the formulas for the demands it knows. Raises KeyError for a meeting or a
    person the problem lacks, ValueError for an oracle's answer that does not fit the grid.
    """
    taken = units_taken(problem, placed)
    days = [DateRange(day, day + DAY) for day in _dates(problem.grid, zone).days()]
    curves: list[CurveImpact] = []
    by_day: list[PeriodImpact] = []
    by_period: list[PeriodImpact] = []
    for curve in sorted(problem.curves, key=lambda each: each.demand_id):
        if curve.demand_id not in taken:
            continue
        shown = _Shown.of(problem.grid, curve, taken[curve.demand_id] / UNITS, oracle)
        for dates, rows in shown.changed_in(days, zone):
            curves.append(shown.curve_impact(rows))
            by_day.append(shown.period_impact(rows, dates))
        contracts = periods or [_dates(problem.grid, zone)]
        by_period += [
            shown.period_impact(rows, dates) for dates, rows in shown.changed_in(contracts, zone)
        ]
    return Impact(curves=tuple(curves), days=tuple(by_day), periods=tuple(by_period))


def _dates(grid: Grid, zone: str) -> DateRange:
    """Return the local dates in ``zone`` on which a slot of ``grid`` starts."""
    place = zone_of(zone)
    last = grid.at(grid.slots - 1).astimezone(place).date()
    return DateRange(grid.start.astimezone(place).date(), last + DAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """One demand before and after; every array is over the whole grid."""

    grid: Grid
    curve: Curve
    source: ForecastSource
    required: Floats
    volume: Floats
    before: Floats
    after: Floats
    service_before: Served
    service_after: Served
    changed: NDArray[np.bool_]

    @classmethod
    def of(cls, grid: Grid, curve: Curve, taken: Floats, oracle: ImpactOracle | None) -> "_Shown":
        """Return the demand with ``taken`` FTE off the phones."""
        source, before, after = served(grid, curve, taken, oracle)
        staff = staff_of(curve)
        return cls(
            grid=grid,
            curve=curve,
            source=source,
            required=np.asarray(curve.required),
            volume=np.asarray(curve.volume),
            before=staff,
            after=staff - taken,
            service_before=before,
            service_after=after,
            changed=(taken != 0) | (before.plain != after.plain),
        )

    def changed_in(
        self, ranges: Iterable[DateRange], zone: str
    ) -> Iterator[tuple[DateRange, slice]]:
        """Yield those of ``ranges`` in which something changes, and the slots that start in them."""
        for dates in ranges:
            edges = (at_wall(day, MIDNIGHT, zone) for day in (dates.start, dates.end))
            first, last = (self._slot_from(edge) for edge in edges)
            if self.changed[first:last].any():
                yield dates, slice(first, last)

    def curve_impact(self, rows: slice) -> CurveImpact:
        """Return the slots ``rows`` one by one."""
        return CurveImpact(
            demand_id=self.curve.demand_id,
            interval=Interval(self.grid.at(rows.start), self.grid.at(rows.stop)),
            slot_minutes=self.grid.slot_minutes,
            required=self.curve.required[rows],
            before=tuple(self.before[rows].tolist()),
            after=tuple(self.after[rows].tolist()),
            volume=self.curve.volume[rows],
            service_before=tuple(self.service_before.plain[rows].tolist()),
            service_after=tuple(self.service_after.plain[rows].tolist()),
            source=self.source,
        )

    def period_impact(self, rows: slice, dates: DateRange) -> PeriodImpact:
        """Return the slots ``rows``, which start on ``dates``, as a whole."""
        volume, hours = float(self.volume[rows].sum()), self.grid.slot_minutes / 60
        short_before = np.maximum(0.0, (self.required - self.before)[rows])
        short_after = np.maximum(0.0, (self.required - self.after)[rows])
        late = {
            name: float((self.volume[rows] * (1.0 - service[rows])).sum())
            for name, service in (
                ("before", self.service_before.plain),
                ("after", self.service_after.plain),
                ("stressed_before", self.service_before.stressed),
                ("stressed", self.service_after.stressed),
            )
        }
        return PeriodImpact(
            demand_id=self.curve.demand_id,
            dates=dates,
            source=self.source,
            goal=self.curve.goal.percent / 100,
            volume=volume,
            **{name: 1.0 - part / volume if volume else 1.0 for name, part in late.items()},
            late_before=late["before"],
            late_after=late["after"],
            lowest_net=float((self.after - self.required)[rows][self.changed[rows]].min()),
            understaffed_before=float(short_before.sum()) * hours,
            understaffed_hours=float(np.maximum(0.0, short_after - short_before).sum()) * hours,
        )

    def _slot_from(self, instant: datetime) -> int:
        """Return the first slot of the grid that starts at or after ``instant``."""
        step = timedelta(minutes=self.grid.slot_minutes)
        return min(max(0, -((self.grid.start - instant) // step)), self.grid.slots)
