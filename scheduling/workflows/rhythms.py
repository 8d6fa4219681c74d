"""Somebody's days as the WFM holds them: when they may be reached."""

from datetime import datetime, timedelta

import structlog

from scheduling.domain.centre import AgentDay, CodeKind
from scheduling.domain.people import Person
from scheduling.domain.quiet import AHEAD, Rhythm
from scheduling.domain.times import DAY, DateRange, Interval, zone_of
from scheduling.ports.wfm import WfmError
from scheduling.workflows.runtime import Runtime

log = structlog.get_logger()


async def rhythm_of(runtime: Runtime, person: Person, now: datetime) -> Rhythm:
    """Return somebody's rhythm; without shifts where the WFM has none, or does not answer now."""
    shifts: tuple[Interval, ...] = ()
    if person.in_wfm and person.unit_id is not None:
        try:
            shifts = await _shifts(runtime, person.id, person.unit_id, person.zone, now)
        except WfmError as error:
            log.info("shifts_not_read", error=type(error).__name__)
    return Rhythm(zone=person.zone, shifts=shifts, working=person.working)


async def _shifts(
    runtime: Runtime, agent_id: str, unit_id: str, zone: str, now: datetime
) -> tuple[Interval, ...]:
    wfm = runtime.services.wfm
    today = now.astimezone(zone_of(zone)).date()
    dates = DateRange(today - DAY, today + AHEAD + timedelta(days=1))
    off = {one.id for one in await wfm.codes(unit_id) if one.kind is CodeKind.TIME_OFF}
    days = await wfm.schedules([agent_id], dates)
    spans = (_span(day, off) for day in days)
    return tuple(sorted(span for span in spans if span is not None))


def _span(day: AgentDay, off: set[str]) -> Interval | None:
    """Return from the first to the last minute of a day that is no time off."""
    present = [one.interval for one in day.segments if one.code_id not in off]
    return Interval(present[0].start, present[-1].end) if present else None
