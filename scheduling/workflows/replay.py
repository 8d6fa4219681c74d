"""Facts of the past as if our own bookings were not in them, and what other bookings do to them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np

from scheduling.domain.centre import AgentDay, CodeKind, Segment
from scheduling.domain.setup import Setup
from scheduling.domain.times import DAY, DateRange, Interval
from scheduling.optimizer.supply import Grid
from scheduling.storage.bookings import SessionRow
from scheduling.workflows.facts import UnitFacts, floored
from scheduling.workflows.problems import SLOT_MINUTES, span_of, whole_weeks
from scheduling.workflows.staffing import curves, with_back

HAIR = 1e-6
"""What floating-point sums may be off by."""


def without_ours(facts: UnitFacts, ours: Sequence[SessionRow]) -> UnitFacts:
    """Return the facts as if the sessions ``ours`` had never been written.

    Their exceptions become the open time around them; their people count as scheduled again in
    figures that were reckoned after they were written.
    """
    mine: dict[str, list[Interval]] = {}
    for row in ours:
        mine.setdefault(row.attendee_id, []).append(row.interval)
    days = {
        agent_id: [_opened(facts, day, mine.get(agent_id, ())) for day in of_agent]
        for agent_id, of_agent in facts.days.items()
    }
    series = {name: with_back(facts, each, ours) for name, each in facts.series.items()}
    return replace(facts, days=days, series=series)


def within(facts: UnitFacts, dates: DateRange) -> UnitFacts:
    """Return the facts with only the days of the weeks around ``dates``."""
    weeks = whole_weeks(dates)
    first, end = weeks.start - DAY, weeks.end + DAY
    days = {
        agent_id: [day for day in of_agent if first <= day.business_date < end]
        for agent_id, of_agent in facts.days.items()
    }
    return replace(facts, days=days)


def _opened(facts: UnitFacts, day: AgentDay, ours: Sequence[Interval]) -> AgentDay:
    open_codes = [s.code_id for s in day.segments if facts.kind(s.code_id) is CodeKind.WORK]
    if not ours or not open_codes:
        return day
    segments = tuple(
        Segment(interval=s.interval, code_id=open_codes[0]) if s.interval in ours else s
        for s in day.segments
    )
    return replace(day, segments=segments)


def under_floor(facts: UnitFacts, setup: Setup, planned: Sequence[SessionRow]) -> int:
    """Return in how many slots of an activity ``planned`` deepens a deficit beyond its floor."""
    if not planned:
        return 0
    facts = floored(facts, setup)
    span = span_of(facts, facts.dates)
    slots = (span.end - span.start) // timedelta(minutes=SLOT_MINUTES)
    grid = Grid(start=span.start, slots=slots, slot_minutes=SLOT_MINUTES)
    pairs = zip(
        curves(facts, grid, facts.demands, ()),
        curves(facts, grid, facts.demands, planned),
        strict=True,
    )
    count = 0
    for quiet, taken in pairs:
        if taken.floor is not None:
            short = np.asarray(taken.required) - np.asarray(taken.coverage)
            fewer = np.asarray(taken.coverage) < np.asarray(quiet.coverage) - HAIR
            count += int(np.count_nonzero(fewer & (short > taken.floor + HAIR)))
    return count
