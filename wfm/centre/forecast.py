"""Volumes, requirement and scheduled staff of the generated centre, per 15 minutes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

import numpy as np

from scheduling.domain.centre import Agent, AgentDay, Demand, StaffingSeries, StaffingSource
from scheduling.domain.times import DAY, MINUTE, at_wall
from wfm.centre.cast import (
    BERLIN,
    BILLING,
    CHAT,
    DEMANDS,
    HANDLING,
    LEEDS,
    SALES,
    SITES,
    TECHNICAL,
    WORK,
)
from wfm.centre.erlang import required_staff
from wfm.centre.rota import CLOSES, OPENS, SLOT, WEEKDAY, Array, day_shape

SHRINKAGE = 0.06
"""The unplanned part that still comes off the scheduled staff."""
SPARE = 1.12
"""Staff in service over requirement, over the first published week."""
LATER = {BILLING: -0.2, TECHNICAL: 0.2, SALES: 0.3, CHAT: -0.3}
"""How many hours an activity's peaks come later than the centre's."""
WEEK = 7 * 24 * 60 // SLOT
"""Slots in a week."""

OPENING = time(OPENS // 4, OPENS % 4 * SLOT)
CLOSING = time(CLOSES // 4, CLOSES % 4 * SLOT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The dates generated; those before ``published`` are history."""

    first: date
    published: date
    days: int

    @property
    def past(self) -> int:
        """How many days of history there are."""
        return (self.published - self.first).days

    def date(self, number: int) -> date:
        """Return the date of day ``number``."""
        return self.first + number * DAY


def staffing(
    agents: Sequence[Agent],
    days: Mapping[tuple[str, date], AgentDay],
    span: Span,
    rng: Random,
) -> dict[str, StaffingSeries]:
    """Return a series per activity, from the first opening to the last closing of ``span``.

    Volumes are scaled to the staff there is, so that the first published week has ``SPARE``.
    """
    start = at_wall(span.first, OPENING, BERLIN.zone)
    slots = (at_wall(span.date(span.days - 1), CLOSING, LEEDS.zone) - start) // (SLOT * MINUTE)
    scheduled = _scheduled(agents, days, start, slots)
    is_open = _is_open(span, start, slots)
    published = (at_wall(span.published, OPENING, BERLIN.zone) - start) // (SLOT * MINUTE)
    week = slice(published, published + WEEK)
    as_of = at_wall(span.published - 3 * DAY, time(18, 0), LEEDS.zone)
    series: dict[str, StaffingSeries] = {}
    for demand in DEMANDS:
        staff = scheduled[demand.id]
        shape = _shape(demand, agents, span, (start, slots), rng)
        volume = np.round(shape * _scale(demand, shape[week], staff[week]), 1)
        series[demand.id] = StaffingSeries(
            demand_id=demand.id,
            start=start,
            interval_minutes=SLOT,
            required=tuple(round(need, 2) for need in _required(demand, volume)),
            scheduled=tuple(staff.tolist()),
            volume=tuple(volume.tolist()),
            handling=tuple((is_open * HANDLING[demand.id]).tolist()),
            as_of=as_of,
            source=StaffingSource.IMPORT,
            shrinkage=SHRINKAGE,
        )
    return series


def _is_open(span: Span, start: datetime, slots: int) -> Array:
    """Return 1 for each slot in which a site is open, else 0."""
    is_open = np.zeros(slots)
    for number in range(span.days):
        for site in SITES:
            first = (at_wall(span.date(number), OPENING, site.zone) - start) // (SLOT * MINUTE)
            is_open[first : first + CLOSES - OPENS] = 1
    return is_open


def _scheduled(
    agents: Sequence[Agent],
    days: Mapping[tuple[str, date], AgentDay],
    start: datetime,
    slots: int,
) -> dict[str, Array]:
    """Return per activity the sum of the agents' shares over their open slots, from ``start``.

    Summed in hundredths as whole numbers, so that the sum does not depend on its order.
    """
    hundredths = {demand.id: np.zeros(slots, dtype=np.int64) for demand in DEMANDS}
    shares = {a.id: {d: round(part * 100) for d, part in a.shares.items()} for a in agents}
    step = timedelta(minutes=SLOT)
    for day in days.values():
        for segment in day.segments:
            if segment.code_id != WORK:
                continue
            first = (segment.interval.start - start) // step
            after = (segment.interval.end - start) // step
            for demand_id, part in shares[day.agent_id].items():
                hundredths[demand_id][first:after] += part
    return {demand_id: total / 100 for demand_id, total in hundredths.items()}


def _shape(
    demand: Demand,
    agents: Sequence[Agent],
    span: Span,
    axis: tuple[datetime, int],
    rng: Random,
) -> Array:
    """Return relative volumes per slot: each site's market as large as its staff for the activity."""
    start, slots = axis
    shape = np.zeros(slots)
    intraday = day_shape(LATER[demand.id])[OPENS:CLOSES]
    market = {
        site.id: sum(a.shares.get(demand.id, 0.0) for a in agents if a.site_id == site.id)
        for site in SITES
    }
    for number in range(span.days):
        day = span.date(number)
        busy = WEEKDAY[day.weekday()] * max(0.8, rng.gauss(1.0, 0.04))
        for site in SITES:
            first = (at_wall(day, OPENING, site.zone) - start) // (SLOT * MINUTE)
            shape[first : first + CLOSES - OPENS] += intraday * busy * market[site.id]
    return shape


def _required(demand: Demand, volume: Array) -> list[float]:
    handling = HANDLING[demand.id]
    return [required_staff(offered, handling, SLOT, demand.goal) for offered in volume.tolist()]


def _scale(demand: Demand, shape: Array, staff: Array) -> float:
    """Return the factor that makes the requirement match the staff in service, by bisection.

    It keeps the staff busy for at least two fifths of their time, however few they are.
    """
    target = float(staff.sum()) * (1 - SHRINKAGE) / SPARE
    high = float(staff.sum()) * SLOT * 60 / HANDLING[demand.id] / float(shape.sum())
    low = 0.4 * high
    for _ in range(12):
        middle = (low + high) / 2
        if sum(_required(demand, shape * middle)) < target:
            low = middle
        else:
            high = middle
    return low
