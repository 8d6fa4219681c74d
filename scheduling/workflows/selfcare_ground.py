"""What self-care looks at: a unit's booked sessions of runs, its schedules, staffing and calendars.

Everything is read once per unit, however many sessions there are.
"""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.asks import Ask
from scheduling.domain.centre import CodeKind
from scheduling.domain.people import Person
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.requests import Target, TargetState
from scheduling.domain.selfcare import Cause
from scheduling.domain.templates import Template
from scheduling.domain.times import DAY, DateRange, Interval, zone_of
from scheduling.optimizer.supply import Curve, Grid
from scheduling.ports.calendar import CalendarError
from scheduling.recurrence.holding import Booked, Ground, Spare, no_longer_held
from scheduling.storage import bookings, people, requests, runs, selfcare, templates, timers
from scheduling.storage.bookings import SessionRow
from scheduling.storage.runs import RunRow
from scheduling.storage.selfcare import RunBooked
from scheduling.workflows import problems, run_ground
from scheduling.workflows.facts import UnitFacts
from scheduling.workflows.runtime import Runtime
from scheduling.workflows.staffing import FRESH, curves, in_service
from scheduling.workflows.substituting import TIMER, subject_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A session that no longer holds. ``template`` is None where its run was of none that fits.

    ``of_course``: its run is a roll-out.

    ``code_id`` is the activity code under which it is in the WFM.
    """

    one: RunBooked
    cause: Cause
    code_id: str
    template: Template | None
    of_course: bool = False

    @property
    def session(self) -> SessionRow:
        """The session."""
        return self.one.session

    @property
    def alone(self) -> bool:
        """Whether it is searched by itself as any meeting is, and not by the rules of a template."""
        return self.session.gathers or self.of_course

    @property
    def id(self) -> str:
        """The id of the care for it."""
        return selfcare.care_id(self.session, self.cause)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A unit's staffing as it is now, with what ``ours`` take: is it right, and what is to spare."""

    facts: UnitFacts
    ours: Sequence[SessionRow]
    known: dict[tuple[date, frozenset[str]], bool] = field(default_factory=dict)

    def _curves(self, dates: DateRange, demands: Collection[str]) -> tuple[Grid, tuple[Curve, ...]]:
        span, minutes = problems.span_of(self.facts, dates), problems.SLOT_MINUTES
        slots = (span.end - span.start) // timedelta(minutes=minutes)
        grid = Grid(start=span.start, slots=slots, slot_minutes=minutes)
        return grid, curves(self.facts, grid, demands, self.ours)

    async def add_up(self, agent_ids: Collection[str], day: date) -> bool:
        """Whether the figures of what agents answer agree with the schedules of a date."""
        agents = (self.facts.agents.get(each) for each in agent_ids)
        demands = frozenset(demand for agent in agents if agent for demand in agent.shares)
        if (day, demands) not in self.known:
            _, made = await asyncio.to_thread(self._curves, DateRange(day, day + DAY), demands)
            self.known[day, demands] = all(curve.reconciled for curve in made)
        return self.known[day, demands]

    def spare(self, dates: DateRange, demands: Collection[str]) -> dict[str, Spare]:
        """Return what may be taken off each of ``demands`` that has a floor."""
        grid, made = self._curves(dates, demands)
        return {
            curve.demand_id: Spare(
                start=grid.start,
                minutes=grid.slot_minutes,
                fte=tuple(
                    have - need + curve.floor
                    for have, need in zip(curve.coverage, curve.required, strict=True)
                ),
            )
            for curve in made
            if curve.floor is not None
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What was found in a unit, by start, and what it was found in.

    ``dates`` are those of the runs that are ahead.
    """

    facts: UnitFacts
    dates: DateRange
    people: Mapping[str, Person]
    runs: Mapping[str, RunRow]
    findings: tuple[Finding, ...]
    figures: Figures


async def look(runtime: Runtime, unit_id: str) -> Looked | None:
    """Return which of a unit's booked sessions no longer hold, None where it has none.

    WFM_AWAY, CALENDAR_AWAY.
    """
    services, now = runtime.services, runtime.services.clock.now()
    async with services.store.read() as tx:
        found = await selfcare.booked(tx, unit_id, now)
        rows = [await runs.require(tx, i) for i in sorted({one.run_id for one in found})]
        known = await templates.ever(tx, {i for row in rows for i in row.template_ids})
        everyone = {one.id: one for one in await people.of_unit(tx, unit_id)}
        asked = await _asked(tx, runtime, {one.session.request_id for one in found})
    if not found:
        return None
    zones = {one.session.zone for one in found}
    today = min(now.astimezone(zone_of(zone)).date() for zone in zones)
    first = max(today, min(row.dates.start for row in rows))
    dates = DateRange(first, max(first + DAY, *(row.dates.end for row in rows)))
    facts = await run_ground.facts_of(services, unit_id, dates)
    contested = await _contested(runtime, found, everyone, problems.span_of(facts, dates))
    async with services.store.read() as tx:
        ours = await bookings.active_in(tx, unit_id, problems.span_of(facts, dates))
    figures = Figures(facts=facts, ours=ours)
    booked = [_booked(one, asked[one.session.request_id], facts) for one in found]
    ground = Ground(
        days=facts.days,
        open_codes=frozenset(i for i, c in facts.codes.items() if c.kind is CodeKind.WORK),
        contested=contested,
        leading={
            i: facts.work_of(i)
            for i in {one.session.facilitator_id for one in found}
            if i in facts.agents
        },
        spare=await _spare(figures, dates, found, now),
    )
    causes = await asyncio.to_thread(no_longer_held, booked, ground)
    for one in booked:
        unsure = causes.get(one.id) is Cause.DEMAND
        if unsure and not await figures.add_up(one.attendee_ids, one.day):
            del causes[one.id]
    of_run = {row.id: [one for one in known if one.id in row.template_ids] for row in rows}
    of_rollout = {row.id: row.rollout is not None for row in rows}
    return Looked(
        facts=facts,
        dates=dates,
        people=everyone,
        runs={row.id: row for row in rows},
        findings=tuple(
            Finding(
                one=one,
                cause=causes[one.session.id],
                code_id=asked[one.session.request_id][0],
                template=_template(one, of_run[one.run_id], facts),
                of_course=of_rollout[one.run_id],
            )
            for one in found
            if one.session.id in causes
        ),
        figures=figures,
    )


async def _asked(
    tx: AsyncConnection, runtime: Runtime, request_ids: Collection[str]
) -> dict[str, tuple[str, Ask]]:
    """Return the activity code of each request, as it was when somebody asked for it, and its ask."""
    found = {}
    for request_id in request_ids:
        row = await requests.require(tx, request_id)
        found[request_id] = (await runtime.services.setups.asked_as(tx, row)).code_id, row.ask
    return found


def _booked(one: RunBooked, asked: tuple[str, Ask], facts: UnitFacts) -> Booked:
    session, (code_id, ask) = one.session, asked
    attendees = tuple(row.attendee_id for row in one.attending)
    takes: dict[str, float] = {}
    for person_id in (*attendees, session.facilitator_id):
        agent = facts.agents.get(person_id)
        for demand_id, share in in_service(facts, agent.shares if agent else {}).items():
            takes[demand_id] = takes.get(demand_id, 0.0) + share
    return Booked(
        id=session.id,
        attendee_ids=attendees,
        least=min(ask.least, len(attendees)),
        required_ids=frozenset(ask.required_ids) & {*attendees} if session.gathers else frozenset(),
        facilitator_id=session.facilitator_id,
        interval=session.interval,
        day=session.interval.start.astimezone(zone_of(session.zone)).date(),
        code_id=code_id,
        room_declined=session.targets.get(Target.ROOM) is TargetState.FAILED,
        takes=takes,
    )


async def _contested(
    runtime: Runtime, found: Sequence[RunBooked], known: Mapping[str, Person], span: Interval
) -> Mapping[str, Sequence[Interval]]:
    """Return when leaders have two appointments at once, or cannot lead and nobody else can.

    Of whose calendar cannot be read only the latter is known.
    """
    taken = await _unled(runtime, [one.session for one in found])
    leaders = {one.session.facilitator_id for one in found}
    at = {
        address.lower(): i
        for i in leaders
        if i in known and (address := known[i].address) is not None
    }
    if not at:
        return taken
    try:
        answers = await runtime.services.patient_calendar.free_busy(sorted(at), span)
    except CalendarError as error:
        raise Refused(Refusal.CALENDAR_AWAY) from error
    for one in (each for each in answers if each.known):
        taken[at[one.address.lower()]] += one.contested
    return taken


async def _unled(
    runtime: Runtime, sessions: Sequence[SessionRow]
) -> defaultdict[str, list[Interval]]:
    """Return when sessions are that their leaders cannot lead and nobody else can, by leader."""
    async with runtime.services.store.read() as tx:
        sought = await timers.of_kind(tx, TIMER)
    over = {one.subject for one in sought if one.done_at is not None}
    found: defaultdict[str, list[Interval]] = defaultdict(list)
    for one in sessions:
        if subject_of(one.id, one.facilitator_id) in over:
            found[one.facilitator_id].append(one.interval)
    return found


async def _spare(
    figures: Figures, dates: DateRange, found: Sequence[RunBooked], now: datetime
) -> dict[str, Spare]:
    """Return what is to spare of what the attendees answer; nothing where the figures are old."""
    if now - figures.facts.as_of > FRESH:
        return {}
    agents = [figures.facts.agents.get(row.attendee_id) for one in found for row in one.attending]
    demands = {demand_id for agent in agents if agent for demand_id in agent.shares}
    return await asyncio.to_thread(figures.spare, dates, demands)


def _template(one: RunBooked, templates_: Sequence[Template], facts: UnitFacts) -> Template | None:
    """Return the template that a session answers: of its type, best with its attendee and leader."""
    session = one.session
    agent = facts.agents.get(session.attendee_id)
    fitting = [each for each in templates_ if each.type_id == one.type_id]

    def strange(each: Template) -> tuple[bool, bool, str]:
        asked = each.audience
        meant = agent is not None and (
            agent.id in asked.agent_ids
            or agent.team_id in asked.team_ids
            or agent.site_id in asked.site_ids
        )
        return not meant, each.facilitator_id not in (None, session.facilitator_id), each.id

    return min(fitting, key=strange, default=None)
