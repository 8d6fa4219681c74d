"""Staffing series to the optimiser's grid: like with like, our own bookings once, reconciled."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from scheduling.domain.centre import StaffingSeries
from scheduling.domain.times import Interval, subtract
from scheduling.optimizer.supply import UNITS, Curve, Grid, Heads
from scheduling.storage.bookings import SessionRow
from scheduling.workflows.facts import UnitFacts

Floats = NDArray[np.float64]

FRESH = timedelta(hours=24)
"""Older figures are a plan of yesterday's: they say nothing about what is expected now."""

RECONCILED_FTE = 1.0
RECONCILED_PART = 0.05
"""A residual above max(1 FTE, 5 %) in a slot means that the figures do not add up."""


@dataclass(frozen=True, slots=True)
class _OnGrid:
    required: Floats
    scheduled: Floats
    volume: Floats
    handling: Floats
    known: NDArray[np.bool_]


def curves(
    facts: UnitFacts, grid: Grid, demand_ids: Iterable[str], ours: Sequence[SessionRow]
) -> tuple[Curve, ...]:
    """Return one curve per demand, coverage without what ``ours`` already takes."""
    shares = _productive(facts, grid)
    return tuple(
        _curve(facts, grid, demand_id, ours, shares)
        for demand_id in sorted(demand_ids)
        if demand_id in facts.series and demand_id in facts.demands
    )


def in_service(facts: UnitFacts, shares: Mapping[str, float]) -> dict[str, float]:
    """Return what somebody with ``shares`` takes off coverage: less what shrinks unplanned anyway.

    So a proposal predicts what ``curves`` says once it is booked. In whole 1/60 FTE, as the solver
    counts, which is nearer than 0.01 FTE.
    """
    stay = {d: 1.0 - s.shrinkage for d, s in facts.series.items()}
    return {d: round(UNITS * share * stay.get(d, 1.0)) / UNITS for d, share in shares.items()}


def _curve(
    facts: UnitFacts,
    grid: Grid,
    demand_id: str,
    ours: Sequence[SessionRow],
    productive: Mapping[str, Floats],
) -> Curve:
    series, demand = facts.series[demand_id], facts.demands[demand_id]
    on_grid = _resample(series, grid)
    stay = 1.0 - series.shrinkage
    unseen = [row for row in ours if row.written_at is None or row.written_at > series.as_of]
    written = [row for row in unseen if row.written_at is not None]
    gone = _taken(facts, grid, demand_id, [*_attended(unseen), *_led(ours)])
    coverage = (on_grid.scheduled - gone) * stay
    required = on_grid.required * stay if series.gross else on_grid.required
    stated = on_grid.scheduled - _taken(facts, grid, demand_id, _attended(written))
    return Curve(
        demand_id=demand_id,
        required=tuple(required.tolist()),
        coverage=tuple(np.maximum(coverage, 0.0).tolist()),
        volume=tuple(on_grid.volume.tolist()),
        handling=tuple(on_grid.handling.tolist()),
        goal=demand.goal,
        kind=demand.kind,
        weight=demand.weight,
        floor=demand.floor,
        patience=demand.patience,
        reconciled=_adds_up(stated, productive.get(demand_id), on_grid.known),
    )


def _adds_up(stated: Floats, summed: Floats | None, known: NDArray[np.bool_]) -> bool:
    if summed is None:
        return not bool(stated[known].any())
    residual = np.abs(stated - summed)
    return not bool((residual > np.maximum(RECONCILED_FTE, RECONCILED_PART * stated))[known].any())


def _resample(series: StaffingSeries, grid: Grid) -> _OnGrid:
    """Longer intervals: levels copied, volume divided. Shorter: volume summed, levels averaged."""
    minutes = np.arange(len(series.required)) * series.interval_minutes
    offset = int((series.start - grid.start) / timedelta(minutes=1))
    step = grid.slot_minutes
    fine = np.gcd(step, series.interval_minutes)
    repeat = series.interval_minutes // fine
    first = (offset + minutes[0]) // fine if len(minutes) else 0
    cells = grid.slots * step // fine
    at = first + np.arange(len(minutes) * repeat)
    inside = (at >= 0) & (at < cells)

    def spread(values: Sequence[float], *, divide: bool = False) -> Floats:
        flat = np.repeat(np.asarray(values, dtype=float), repeat) / (repeat if divide else 1)
        out = np.zeros(cells)
        out[at[inside]] = flat[inside]
        cut = out.reshape(grid.slots, step // fine)
        level: Floats = cut.sum(axis=1) if divide else cut.mean(axis=1)
        return level

    ones = spread([1.0] * len(minutes))
    return _OnGrid(
        required=spread(series.required),
        scheduled=spread(series.scheduled),
        volume=spread(series.volume, divide=True),
        handling=spread(series.handling),
        known=ones > 0,
    )


def _productive(facts: UnitFacts, grid: Grid) -> dict[str, Floats]:
    """Return, per demand, the sum of all agents' shares on open time (FTE per slot)."""
    total: dict[str, Floats] = {}
    for agent in facts.agents.values():
        if not agent.shares:
            continue
        open_part = fraction(facts.work_of(agent.id), grid)
        for demand_id, share in agent.shares.items():
            total.setdefault(demand_id, np.zeros(grid.slots))
            total[demand_id] += share * open_part
    return total


def _attended(rows: Iterable[SessionRow]) -> list[tuple[str, Interval]]:
    return [(row.attendee_id, row.interval) for row in rows if not row.gathers]


def _led(rows: Iterable[SessionRow]) -> list[tuple[str, Interval]]:
    """Return who leads when: the WFM never hears of it, so its figures never hold it.

    A gathering is led once, however many attend it.
    """
    return [(row.facilitator_id, row.interval) for row in rows if row.gathering_id is None]


def _taken(
    facts: UnitFacts, grid: Grid, demand_id: str, away: Iterable[tuple[str, Interval]]
) -> Floats:
    taken = np.zeros(grid.slots)
    for agent_id, interval in away:
        agent = facts.agents.get(agent_id)
        share = agent.shares.get(demand_id, 0.0) if agent else 0.0
        if share:
            taken += share * fraction((interval,), grid)
    return taken


def with_back(
    facts: UnitFacts, series: StaffingSeries, ours: Sequence[SessionRow]
) -> StaffingSeries:
    """Return staffing with those back whom the WFM's figures already miss because of ``ours``."""
    known = [r for r in ours if r.written_at is not None and r.written_at <= series.as_of]
    shares = [
        (facts.agents[row.attendee_id].shares.get(series.demand_id, 0.0), row.interval)
        for row in known
        if row.attendee_id in facts.agents
    ]
    if not shares:
        return series
    grid = Grid(
        start=series.start, slots=len(series.scheduled), slot_minutes=series.interval_minutes
    )
    back = sum(share * fraction((interval,), grid) for share, interval in shares)
    return replace(series, scheduled=tuple((np.asarray(series.scheduled) + back).tolist()))


def fraction(intervals: Iterable[Interval], grid: Grid) -> Floats:
    """Return the part of each slot that ``intervals`` (disjoint) cover."""
    part, span = np.zeros(grid.slots), grid.span
    for interval in intervals:
        clipped = interval.clip(span)
        if clipped is None:
            continue
        start, end = _slot(clipped.start, grid), _slot(clipped.end, grid)
        first, last = int(start), int(np.ceil(end))
        part[first:last] += 1.0
        part[first] -= start - first
        part[last - 1] -= last - end
    return part


def _slot(instant: datetime, grid: Grid) -> float:
    return float((instant - grid.start) / timedelta(minutes=grid.slot_minutes))


def heads(
    facts: UnitFacts,
    grid: Grid,
    sites: Iterable[str],
    demand_ids: Iterable[str],
    ours: Sequence[SessionRow],
) -> tuple[Heads, ...]:
    """Return, per site and demand, how many agents are open in each slot and in none of ``ours``."""
    wanted = set(sites)
    away: dict[str, list[Interval]] = {}
    for agent_id, interval in [*_attended(ours), *_led(ours)]:
        away.setdefault(agent_id, []).append(interval)
    counts: dict[tuple[str, str], Floats] = {
        (demand_id, site): np.zeros(grid.slots)
        for demand_id in sorted(set(demand_ids))
        for site in sorted(wanted)
    }
    for agent in facts.agents.values():
        if agent.site_id not in wanted:
            continue
        left = subtract(facts.work_of(agent.id), away.get(agent.id, ()))
        whole = fraction(left, grid) >= 1.0
        for demand_id in agent.shares:
            if (demand_id, agent.site_id) in counts:
                counts[demand_id, agent.site_id] += whole
    return tuple(
        Heads(
            demand_id=demand_id,
            site_id=site,
            present=tuple(int(n) for n in present),
            minimum=facts.demands[demand_id].minimum_heads if demand_id in facts.demands else 0,
        )
        for (demand_id, site), present in counts.items()
    )
