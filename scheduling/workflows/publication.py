"""Templates that plan themselves: when the WFM has published further, their next run is planned.

Nothing is booked by it: the owner is shown the plan, as after a run by hand.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import structlog
from dbos import DBOS

from scheduling.domain.refusals import Refused
from scheduling.domain.runs import MOST_RUN_DAYS, RunState
from scheduling.domain.templates import Template
from scheduling.domain.times import DAY, DateRange, zone_of
from scheduling.ports.wfm import WfmError
from scheduling.recurrence.audience import members
from scheduling.storage import people, runs, templates
from scheduling.workflows import running
from scheduling.workflows.runtime import LASTING, Runtime, current

log = structlog.get_logger()

EVERY = timedelta(hours=1)
"""How often published schedules are looked at."""

LOOKED_AT = 20
"""Agents of an audience whose schedules tell how far the WFM has published."""

SHORTEST = 7
"""Days beyond the last run that are worth a run of their own."""


@DBOS.step(**LASTING)
async def plan_what_was_published(_subject: str) -> int:
    """Begin a run for each unit and owner whose templates plan themselves; how many were begun."""
    runtime = current()
    async with runtime.services.store.read() as tx:
        units = await templates.units(tx)
    begun = 0
    for unit_id in units:
        try:
            begun += await _plan(runtime, unit_id)
        except (WfmError, Refused) as error:
            log.info("published_schedules_not_read", error=type(error).__name__)
    return begun


async def _plan(runtime: Runtime, unit_id: str) -> int:
    """Begin the run of the first owner whose templates have dates to plan, one at a time."""
    now = runtime.services.clock.now()
    async with runtime.services.store.read() as tx:
        found = [one for one in await templates.of_unit(tx, unit_id) if one.by_itself]
        busy = await runs.under_way(tx, unit_id)
    if busy is not None:
        return 0
    for owner_id in sorted({one.owner_id for one in found}):
        own = [one for one in found if one.owner_id == owner_id]
        dates = await _dates(runtime, unit_id, own, now)
        if dates is not None and await _begin(runtime, unit_id, owner_id, own, dates):
            return 1
    return 0


async def _dates(
    runtime: Runtime, unit_id: str, own: Sequence[Template], now: datetime
) -> DateRange | None:
    """Return what is published beyond the last run of these templates, None where that is little.

    Where the WFM has nobody of a template any more, its owner is told: no run would say it.
    """
    wfm = runtime.services.wfm
    everybody = await wfm.agents(unit_id)
    agents = [
        agent for template in own for agent in members(template.audience, everybody)[:LOOKED_AT]
    ]
    if not agents:
        async with runtime.services.store.write() as tx:
            for template in own:
                await running.tell_of_lost(tx, template.id)
        return None
    today = now.astimezone(zone_of(agents[0].zone)).date()
    async with runtime.services.store.read() as tx:
        last = await runs.last_over(tx, unit_id, [one.id for one in own], "")
    first = max(today + DAY, last.dates.end) if last else today + DAY
    limit = first + timedelta(days=MOST_RUN_DAYS)
    days = await wfm.schedules({agent.id for agent in agents}, DateRange(first, limit))
    published: list[date] = [day.business_date for day in days if day.published and day.segments]
    if not published or (max(published) - first).days + 1 < SHORTEST:
        return None
    return DateRange(first, max(published) + DAY)


async def _begin(
    runtime: Runtime, unit_id: str, owner_id: str, own: Sequence[Template], dates: DateRange
) -> bool:
    async with runtime.services.store.write() as tx:
        owner = await people.get(tx, owner_id)
        if owner is None:
            return False
        new = running.NewRun(
            unit_id=unit_id,
            dates=dates,
            template_ids=tuple(one.id for one in own),
            requester_id=owner_id,
            requester_object_id="",
        )
        row = await running.start(tx, runtime, new)
    log.info("run_begun_by_itself", run=row.id, state=RunState.PLANNING.value)
    return True
