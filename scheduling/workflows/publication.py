"""Templates that plan themselves: when the WFM has published further, their next run is planned.

Nothing is booked by it: the owner is shown the plan, as after a run by hand. What was planned for a
template once, by whomever, is not planned again by itself, also where the plan was discarded.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog
from dbos import DBOS

from scheduling.domain.centre import Agent
from scheduling.domain.notices import Concern, NoticeKind
from scheduling.domain.people import Person, Role
from scheduling.domain.refusals import Refused
from scheduling.domain.runs import MOST_RUN_DAYS, RunState
from scheduling.domain.templates import Template
from scheduling.domain.times import DAY, DateRange, zone_of
from scheduling.ports.wfm import WfmError
from scheduling.recurrence.audience import members
from scheduling.storage import people, runs, templates
from scheduling.storage.runs import Reach
from scheduling.workflows import notices, rights, running
from scheduling.workflows.runtime import LASTING, Runtime, current

log = structlog.get_logger()

EVERY = timedelta(hours=1)
"""How often published schedules are looked at."""

LOOKED_AT = 20
"""Agents of an audience whose schedules tell how far the WFM has published."""

SHORTEST = 7
"""Days beyond the last run that are worth a run of their own."""

TRY_AGAIN = timedelta(days=1)
"""So long after a run that failed the same dates are planned anew, unless a template was changed."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unit:
    """A unit as it is looked at: its people and agents, and what was planned when for whom."""

    id: str
    people: Mapping[str, Person]
    agents: Sequence[Agent]
    runs: Sequence[Reach]
    changed: Mapping[str, datetime]
    today: date
    now: datetime


async def _plan(runtime: Runtime, unit_id: str) -> int:
    """Begin the run of the first owner whose templates have dates to plan, one at a time."""
    services, now = runtime.services, runtime.services.clock.now()
    agents = await services.wfm.agents(unit_id)
    today = now.astimezone(zone_of(agents[0].zone if agents else "UTC")).date()
    async with services.store.read() as tx:
        every = await templates.of_unit(tx, unit_id)
        busy = await runs.under_way(tx, unit_id)
        unit = _Unit(
            id=unit_id,
            people={one.id: one for one in await people.of_unit(tx, unit_id)},
            agents=agents,
            runs=await runs.reaching(tx, unit_id, today),
            changed=await templates.changed(tx, unit_id),
            today=today,
            now=now,
        )
    owned = [each for each in every if rights.owns(unit.people.get(each.owner_id), each, agents)]
    await _tell_of_unowned(runtime, unit, [each for each in every if each not in owned])
    if busy is not None:
        return 0
    for owner_id in sorted({each.owner_id for each in owned if each.by_itself}):
        own = [each for each in owned if each.by_itself and each.owner_id == owner_id]
        found = await _next_run(runtime, unit, own)
        if found is not None:
            await _begin(runtime, unit_id, owner_id, *found)
            return 1
    return 0


async def _tell_of_unowned(runtime: Runtime, unit: _Unit, some: Sequence[Template]) -> None:
    """Tell the unit's schedulers, once for each version, of templates whose owner has gone."""
    if not some:
        return
    kind = NoticeKind.UNOWNED
    async with runtime.services.store.write() as tx:
        for person in (one for one in unit.people.values() if one.has(Role.SCHEDULER)):
            for each in some:
                key = f"{each.id}:{each.version}:{kind.value}:{person.id}"
                await notices.say(tx, kind, each.id, person.id, concern=Concern.SCHEDULERS, key=key)


async def _next_run(
    runtime: Runtime, unit: _Unit, own: Sequence[Template]
) -> tuple[Sequence[Template], DateRange] | None:
    """Return which templates of one owner to plan over which dates next; None where that is little.

    Where the WFM has nobody of a template any more, its owner is told: no run would say it.
    """
    audiences = {each.id: members(each.audience, unit.agents)[:LOOKED_AT] for each in own}
    gaps = {each.id: list(_gaps(_planned(each, unit), unit.today + DAY)) for each in own}
    if lost := [each.id for each in own if not audiences[each.id]]:
        async with runtime.services.store.write() as tx:
            for template_id in lost:
                await running.tell_of_lost(tx, template_id)
    latest = max(some[-1][0] for some in gaps.values()) + timedelta(days=MOST_RUN_DAYS)
    looked_at = {agent.id for some in audiences.values() for agent in some}
    until = await _published(runtime, looked_at, DateRange(unit.today + DAY, latest))
    open_dates = {}
    for each in own:
        ends = [until[one.id] for one in audiences[each.id] if one.id in until]
        dates = _first_worth_it(each, gaps[each.id], max(ends, default=unit.today))
        if dates is not None:
            open_dates[each.id] = dates
    if not open_dates:
        return None
    first = min(dates.start for dates in open_dates.values())
    chosen = [one for one in own if one.id in open_dates and open_dates[one.id].start == first]
    return chosen, DateRange(first, min(open_dates[one.id].end for one in chosen))


async def _published(runtime: Runtime, agent_ids: set[str], dates: DateRange) -> Mapping[str, date]:
    """Return the day after the last published shift on ``dates`` of each agent who has any."""
    if not agent_ids:
        return {}
    until: dict[str, date] = {}
    for day in await runtime.services.wfm.schedules(agent_ids, dates):
        if day.published and day.segments:
            end = day.business_date + DAY
            until[day.agent_id] = max(end, until.get(day.agent_id, end))
    return until


def _planned(template: Template, unit: _Unit) -> list[DateRange]:
    """Return the dates over which a template has been planned, or is not to be for now."""
    return [
        run.dates
        for run in unit.runs
        if template.id in run.template_ids and _counts(run, template, unit)
    ]


def _counts(run: Reach, template: Template, unit: _Unit) -> bool:
    """Whether a run stands; one that came to nothing does until its template is changed.

    One that failed does for a while only: what was missing may be there by then.
    """
    if run.state not in {RunState.FAILED, RunState.DISCARDED}:
        return True
    if unit.changed[template.id] > run.created_at:
        return False
    return run.state is RunState.DISCARDED or unit.now < run.created_at + TRY_AGAIN


def _gaps(planned: Iterable[DateRange], first: date) -> Iterator[tuple[date, date]]:
    """Yield from when until when, from ``first`` on, nothing is planned; the last is open."""
    start = first
    for dates in sorted(planned, key=lambda one: one.start):
        if dates.start > start:
            yield start, dates.start
        start = max(start, dates.end)
    yield start, date.max


def _first_worth_it(
    template: Template, gaps: Iterable[tuple[date, date]], published: date
) -> DateRange | None:
    """Return the first dates of ``gaps`` that are published, and long enough or the template's last."""
    over = template.end + DAY if template.end else date.max
    for begin, until in gaps:
        start = max(begin, template.start)
        end = min(until, published, over)
        if (end - start).days >= (1 if end == over else SHORTEST):
            return DateRange(start, min(end, start + timedelta(days=MOST_RUN_DAYS)))
    return None


async def _begin(
    runtime: Runtime, unit_id: str, owner_id: str, some: Sequence[Template], dates: DateRange
) -> None:
    async with runtime.services.store.write() as tx:
        new = running.NewRun(
            unit_id=unit_id,
            dates=dates,
            template_ids=tuple(one.id for one in some),
            requester_id=owner_id,
            requester_object_id="",
        )
        row = await running.start(tx, runtime, new)
    log.info("run_begun_by_itself", run=row.id, state=RunState.PLANNING.value)
