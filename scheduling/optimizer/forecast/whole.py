"""What a plan does to service, for people: Erlang A, never the solver's convexified price.

Service level is the part of all contacts offered that is answered within the goal, so contacts
lost can never exceed the volume. Deferred work shows the part done within its goal, outbound work
the part of the planned calls that the staff can make. Only slots whose staffing changes are
computed twice. Figures are exact: whoever shows net staffing floors it to a tenth.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from scheduling.domain.times import DAY, MIDNIGHT, DateRange, Interval, at_wall, zone_of
from scheduling.optimizer.forecast.erlang import Floats
from scheduling.optimizer.forecast.service import (
    SOURCES,
    ImpactOracle,
    Laid,
    Served,
    laid_out,
    served_by_formula,
    served_by_oracle,
)
from scheduling.optimizer.forecast.taken import units_taken
from scheduling.optimizer.outcome import CurveImpact, ForecastSource, Impact, PeriodImpact, Zones
from scheduling.optimizer.plan import Placement, Plan
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.supply import UNITS, Curve, Grid

_Rows = tuple[DateRange, slice]
"""A range of local dates and the slots of the grid that start in it."""


def impact(
    problem: Problem,
    placed: Plan | Iterable[Placement],
    zone: Zones,
    *,
    periods: Sequence[DateRange] = (),
    oracle: ImpactOracle | None = None,
) -> Impact:
    """Return what ``placed`` does per slot, local day in ``zone`` and contract period.

    ``periods`` are the contract's, in local dates; without any, all dates of the grid are one.
    ``oracle`` replaces the formulas for the demands it knows. Raises KeyError for a meeting or a
    person the problem lacks, ValueError for an oracle's answer that does not fit the grid.
    """
    taken = {name: units / UNITS for name, units in units_taken(problem, placed).items()}
    return effect(problem.grid, problem.curves, taken, zone, periods=periods, oracle=oracle)


def effect(
    grid: Grid,
    demands: Iterable[Curve],
    taken: Mapping[str, Floats],
    zone: Zones,
    *,
    periods: Sequence[DateRange] = (),
    oracle: ImpactOracle | None = None,
) -> Impact:
    """Return what it does to take FTE off demands per slot of ``grid``; negative is given back.

    See ``impact``.
    """
    curves: list[CurveImpact] = []
    by_day: list[PeriodImpact] = []
    by_period: list[PeriodImpact] = []
    for curve in sorted(demands, key=lambda each: each.demand_id):
        if curve.demand_id in taken:
            place = zone if isinstance(zone, str) else zone[curve.demand_id]
            days, contracts = _ranges(grid, place, tuple(periods))
            shown = _Shown.of(grid, curve, taken[curve.demand_id], oracle)
            curves += [shown.curve_impact(rows) for _, rows in shown.changed_in(days)]
            by_day += [shown.period_impact(*each) for each in shown.changed_in(days)]
            by_period += [shown.period_impact(*each) for each in shown.changed_in(contracts)]
    return Impact(curves=tuple(curves), days=tuple(by_day), periods=tuple(by_period))


@lru_cache(maxsize=64)
def _ranges(
    grid: Grid, zone: str, periods: tuple[DateRange, ...]
) -> tuple[list[_Rows], list[_Rows]]:
    """Return the local days of ``grid`` in ``zone``, and ``periods`` or else all of them as one."""
    whole = _dates(grid, zone)
    days = _rows(grid, [DateRange(day, day + DAY) for day in whole.days()], zone)
    return days, _rows(grid, periods or [whole], zone)


def _dates(grid: Grid, zone: str) -> DateRange:
    """Return the local dates in ``zone`` on which a slot of ``grid`` starts."""
    place = zone_of(zone)
    last = grid.at(grid.slots - 1).astimezone(place).date()
    return DateRange(grid.start.astimezone(place).date(), last + DAY)


def _rows(grid: Grid, ranges: Iterable[DateRange], zone: str) -> list[_Rows]:
    """Return ``ranges`` of local dates in ``zone``, each with the slots that start in it."""
    step = timedelta(minutes=grid.slot_minutes)

    def slot_from(day: date) -> int:
        slot = -((grid.start - at_wall(day, MIDNIGHT, zone)) // step)
        return min(max(0, slot), grid.slots)

    return [(dates, slice(slot_from(dates.start), slot_from(dates.end))) for dates in ranges]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """One demand before and after; every array is over the whole grid."""

    grid: Grid
    laid: Laid
    source: ForecastSource
    after: Floats
    service_before: Served
    service_after: Served
    changed: NDArray[np.bool_]

    @classmethod
    def of(cls, grid: Grid, curve: Curve, taken: Floats, oracle: ImpactOracle | None) -> "_Shown":
        """Return the demand with ``taken`` FTE off the phones."""
        laid, before = laid_out(curve, 60.0 * grid.slot_minutes)
        source = SOURCES[curve.kind]
        foretold = None if oracle is None else served_by_oracle(oracle, grid, laid, taken)
        if foretold is None:
            after = served_by_formula(laid, before, taken)
        else:
            source, (before, after) = ForecastSource.ORACLE, foretold
        return cls(
            grid=grid,
            laid=laid,
            source=source,
            after=laid.staff - taken,
            service_before=before,
            service_after=after,
            changed=(taken != 0) | (before.plain != after.plain),
        )

    def changed_in(self, ranges: Iterable[_Rows]) -> list[_Rows]:
        """Return those of ``ranges`` in which something changes."""
        return [each for each in ranges if self.changed[each[1]].any()]

    def curve_impact(self, rows: slice) -> CurveImpact:
        """Return the slots ``rows`` one by one."""
        return CurveImpact(
            demand_id=self.laid.curve.demand_id,
            interval=Interval(self.grid.at(rows.start), self.grid.at(rows.stop)),
            slot_minutes=self.grid.slot_minutes,
            required=self.laid.curve.required[rows],
            before=tuple(self.laid.staff[rows].tolist()),
            after=tuple(self.after[rows].tolist()),
            volume=self.laid.curve.volume[rows],
            service_before=tuple(self.service_before.plain[rows].tolist()),
            service_after=tuple(self.service_after.plain[rows].tolist()),
            source=self.source,
        )

    def period_impact(self, dates: DateRange, rows: slice) -> PeriodImpact:
        """Return the slots ``rows``, which start on ``dates``, as a whole."""
        volume, hours = float(self.laid.volume[rows].sum()), self.grid.slot_minutes / 60
        short_before = np.maximum(0.0, (self.laid.required - self.laid.staff)[rows])
        short_after = np.maximum(0.0, (self.laid.required - self.after)[rows])
        late = {
            name: float((self.laid.volume[rows] * (1.0 - service[rows])).sum())
            for name, service in (
                ("before", self.service_before.plain),
                ("after", self.service_after.plain),
                ("stressed_before", self.service_before.stressed),
                ("stressed", self.service_after.stressed),
            )
        }
        return PeriodImpact(
            demand_id=self.laid.curve.demand_id,
            dates=dates,
            source=self.source,
            goal=self.laid.curve.goal.percent / 100,
            volume=volume,
            **{name: 1.0 - part / volume if volume else 1.0 for name, part in late.items()},
            late_before=late["before"],
            late_after=late["after"],
            lowest_net=float((self.after - self.laid.required)[rows][self.changed[rows]].min()),
            understaffed_before=float(short_before.sum()) * hours,
            understaffed_hours=float(np.maximum(0.0, short_after - short_before).sum()) * hours,
        )
