"""What a run is planned on: its templates, the unit's facts, everybody's time, and who is due."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.meetings import PlaceKind, Room
from scheduling.domain.people import Person
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.runs import RunSession, RunState
from scheduling.domain.templates import Membership, Template
from scheduling.domain.times import DAY, DateRange, Interval
from scheduling.ports.calendar import CalendarError
from scheduling.recurrence.audience import managers
from scheduling.storage import bookings, drafts, people, runs, templates
from scheduling.storage.bookings import person_resource, room_resource
from scheduling.storage.runs import RunRow
from scheduling.workflows import problems, run_history, team_changes, whole_unit
from scheduling.workflows.facts import UnitFacts, floored, read_unit, refusing, unit_of
from scheduling.workflows.problems import World
from scheduling.workflows.run_history import Known
from scheduling.workflows.services import Services
from scheduling.workflows.whole_unit import Wanted

CONFIRMED = (RunState.BOOKING, RunState.BOOKED)
MOST_UNREAD = 20
"""People of a unit whose schedules cannot be read at most: with more the WFM itself is not well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Everything a run is planned on.

    ``confirmed`` are the last confirmed runs of its templates, ``before`` what was planned last.
    """

    templates: tuple[Template, ...]
    world: World
    leaders: Mapping[str, Person]
    led: Mapping[str, str]
    history: dict[tuple[str, str], list[date]]
    asked: Wanted
    members: dict[str, Membership]
    confirmed: Mapping[str, RunRow]
    before: Mapping[str, RunSession]


async def ground_of(services: Services, row: RunRow) -> Ground:
    """Gather what ``row`` is planned on; raises Refused as ``planning.plan`` says."""
    async with services.store.read() as tx:
        found = tuple(await templates.of_unit(tx, row.unit_id, row.template_ids))
        everyone = await people.of_unit(tx, row.unit_id)
        confirmed = await runs.last_of_each(tx, row.unit_id, row.template_ids, row.id, CONFIRMED)
        before = await _planned_before(tx, row)
    kinds = services.catalogue.types
    holidays = services.setups.setup.holidays
    if not found:
        raise Refused(Refusal.STALE)
    untyped = [each for each in found if each.type_id not in kinds]
    found = tuple(
        replace(each, holidays=(*each.holidays, *holidays))
        for each in found
        if each.type_id in kinds
    )
    facts = await facts_of(services, row.unit_id, row.dates, most_unread=MOST_UNREAD)
    for each in found:
        problems.require_code(kinds[each.type_id], facts)
    led = managers(everyone)
    members = team_changes.belonging(found, facts, led)
    quorums = {i: kinds[i].quorum for i in {each.type_id for each in found} if kinds[i].group}
    known = await run_history.known_of(
        services,
        facts,
        [run_history.asked_of(each, facts) for each in found],
        row.dates,
        most_unread=MOST_UNREAD - len(facts.unread),
    )
    facts = replace(facts, unread=facts.unread | known.unread)
    joined = _joined(confirmed, members, facts, known)
    asked = whole_unit.wanted(found, row.dates, facts, led, known.held, joined, quorums)
    by_id = {person.id: person for person in everyone}
    asked = whole_unit.led(whole_unit.untyped(asked, untyped, row.dates, facts), by_id)
    leaders = {i: by_id[i] for i in {one.facilitator_id for one in asked.occurrences}}
    world = await world_of(
        services,
        dates=row.dates,
        facts=facts,
        agent_ids={i for one in asked.occurrences for i in one.people},
        leaders=leaders,
        indoors=any(each.place is PlaceKind.ROOM for each in asked.templates.values()),
    )
    return Ground(
        templates=found,
        world=world,
        leaders=leaders,
        led=led,
        history=known.held,
        asked=asked,
        members=members,
        confirmed=confirmed,
        before={one.occurrence_id: one for one in before},
    )


async def _planned_before(tx: AsyncConnection, row: RunRow) -> list[RunSession]:
    """Return what the last plan of each of a run's templates had of it."""
    states = (RunState.PREVIEW, *CONFIRMED)
    last = await runs.last_of_each(tx, row.unit_id, row.template_ids, row.id, states)
    return [
        one
        for run_id in sorted({each.id for each in last.values()})
        for one in await runs.sessions_of(tx, run_id)
        if one.template_id in last and last[one.template_id].id == run_id
    ]


async def facts_of(
    services: Services,
    unit_id: str,
    dates: DateRange,
    *,
    most_unread: int = 0,
) -> UnitFacts:
    """Read a unit over the weeks of ``dates``, and the day before, whose nights end in them.

    Up to ``most_unread`` people may have schedules that cannot be read. STALE where there is no
    such unit, WFM_AWAY where the WFM does not answer, WFM_UNREADABLE where it answers otherwise.
    """
    unit = await unit_of(services.wfm, unit_id)
    weeks = problems.whole_weeks(dates)
    whole = DateRange(weeks.start - DAY, weeks.end)
    with refusing():
        facts = await read_unit(services.wfm, unit, whole, most_unread=most_unread)
    return floored(facts, services.setups.setup)


def _joined(
    confirmed: Mapping[str, RunRow],
    members: Mapping[str, Membership],
    facts: UnitFacts,
    known: Known,
) -> dict[tuple[str, str], date]:
    """Return since when a template is for those for whom it was not: since their first shift."""
    found = {}
    for template_id, run in confirmed.items():
        since = run.created_at.date()
        were = team_changes.known_before(confirmed, template_id)
        for agent_id in set(team_changes.of_template(members, template_id)) - set(were):
            shifts = (*known.shifts.get(agent_id, ()), *_dates(facts, agent_id))
            found[template_id, agent_id] = min((d for d in shifts if d >= since), default=since)
    return found


def _dates(facts: UnitFacts, agent_id: str) -> Iterator[date]:
    return (day.business_date for day in facts.days.get(agent_id, ()))


async def world_of(
    services: Services,
    *,
    dates: DateRange,
    facts: UnitFacts,
    agent_ids: Collection[str],
    leaders: Mapping[str, Person],
    indoors: bool,
) -> World:
    """Gather everything that takes time of the people and rooms of a run, once ``facts`` are read."""
    now = services.clock.now()
    agents = [facts.agents[i] for i in sorted(agent_ids)]
    span = _span(facts, dates)
    rooms = await _rooms(services) if indoors else ()
    everybody = {person_resource(agent.id): agent.address for agent in agents}
    everybody |= {person_resource(person.id): person.address for person in leaders.values()}
    resources = [*everybody, *(room_resource(room.id) for room in rooms)]
    async with services.store.read() as tx:
        ours = await bookings.active_in(tx, facts.unit.id, _span(facts, facts.dates))
        taken = await bookings.taken(tx, resources, span)
        held = await drafts.held(tx, resources, now=now, besides="")
    busy, unread = await _calendars(services, everybody, rooms, span)
    for resource, interval in held:
        busy.setdefault(resource, []).append(interval)
    reserved: defaultdict[str, list[Interval]] = defaultdict(list)
    for resource, interval in taken:
        reserved[resource].append(interval)
    return World(
        now=now,
        dates=dates,
        facts=facts,
        facilitator=next(iter(leaders.values()), _nobody(facts)),
        rooms=[room for room in rooms if room_resource(room.id) in busy],
        busy=busy,
        reserved=reserved,
        ours=ours,
        unknown_calendars=unread,
    )


def _nobody(facts: UnitFacts) -> Person:
    return Person(id="", name="", zone=zone_most(facts), roles=frozenset())


def _span(facts: UnitFacts, dates: DateRange) -> Interval:
    return problems.span_of(facts, dates)


async def _rooms(services: Services) -> Sequence[Room]:
    try:
        return await services.setups.rooms(services.patient_calendar)
    except CalendarError as error:
        raise Refused(Refusal.CALENDAR_AWAY) from error


async def _calendars(
    services: Services,
    everybody: Mapping[str, str | None],
    rooms: Sequence[Room],
    span: Interval,
) -> tuple[dict[str, list[Interval]], tuple[str, ...]]:
    """Return free/busy by resource, and the resources of people that cannot be read."""
    resources = {room.id.lower(): room_resource(room.id) for room in rooms}
    resources |= {at.lower(): resource for resource, at in everybody.items() if at}
    try:
        found = await services.patient_calendar.free_busy(list(resources), span)
    except CalendarError as error:
        raise Refused(Refusal.CALENDAR_AWAY) from error
    busy = {resources[one.address.lower()]: list(one.busy) for one in found if one.known}
    return busy, tuple(r for r, at in everybody.items() if at and r not in busy)


def zones_of(facts: UnitFacts) -> dict[str, str]:
    """Return for each demand the zone of most agents who serve it, whose days are its days."""
    zones: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for agent in facts.agents.values():
        for demand_id in agent.shares:
            zones[demand_id][agent.zone] += 1
    return {
        demand_id: min(counted, key=lambda zone: (-counted[zone], zone))
        for demand_id, counted in zones.items()
    }


def zone_most(facts: UnitFacts) -> str:
    """Return the zone of most agents, in which a preview's days are days."""
    zones = Counter(agent.zone for agent in facts.agents.values())
    return min(zones, key=lambda zone: (-zones[zone], zone), default="UTC")
