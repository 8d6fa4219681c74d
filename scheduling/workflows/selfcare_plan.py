"""Other times for sessions that no longer hold, found together: all else stays where it is."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from scheduling.domain.meetings import PlaceKind
from scheduling.domain.proposals import Option, Unplaced
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.rules import Rule
from scheduling.domain.selfcare import Cause
from scheduling.domain.templates import Occurrence, Standing, Template
from scheduling.domain.times import DAY, DateRange, Interval, zone_of
from scheduling.optimizer.outcome import Answer
from scheduling.optimizer.plan import Failure
from scheduling.recurrence.due import due
from scheduling.recurrence.periods import periods
from scheduling.storage.bookings import SessionRow, person_resource, room_resource
from scheduling.storage.standins import standin
from scheduling.workflows import problems, replacing, run_ground, run_history, whole_unit
from scheduling.workflows.escalation import ItemFacts
from scheduling.workflows.freeing import freed
from scheduling.workflows.problems import World
from scheduling.workflows.run_ground import zones_of
from scheduling.workflows.run_history import Asked
from scheduling.workflows.run_search import PATIENCE, solver_of
from scheduling.workflows.runtime import Runtime
from scheduling.workflows.selfcare_ground import Finding, Looked


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """What is to be done about a finding: another time (and whether unasked), or why there is none."""

    finding: Finding
    option: Option | None = None
    by_itself: bool = False
    failure: Failure | None = None


def unheld_facts(looked: Looked, remedy: Remedy) -> ItemFacts:
    """Return why a session cannot stay, and why no other time was found, for its schedulers."""
    session = remedy.finding.session
    known = looked.people.get(session.attendee_id)
    failure = remedy.failure
    funnel = failure.funnel if failure else ()
    unplaced = Unplaced(
        attendee_id=session.attendee_id,
        attendee_name=known.name if known else "",
        zone=session.zone,
        funnel=tuple(step for step in funnel if step.rule is not Rule.DATES),
        conflict=failure.conflict if failure else frozenset(),
        ways_out=(),
    )
    return ItemFacts(
        unplaced=(unplaced,) if known else (),
        as_of=looked.facts.as_of,
        zone=session.zone,
        trouble=f"unheld_{remedy.finding.cause.value}",
    )


async def remedies(
    runtime: Runtime, looked: Looked, findings: Sequence[Finding]
) -> tuple[Remedy, ...]:
    """Return one remedy for each finding, in their order; SOLVER_AWAY, WFM_AWAY, CALENDAR_AWAY.

    A new time is unasked only where both it and the old one keep the house's notice, nobody paused
    auto-scheduling, and staffing adds up on the new day. Another room at the same time never needs to be asked.
    """
    can = [one for one in findings if _can_be_planned(one, looked)]
    found: dict[str, Remedy] = {}
    if can:
        plan = await _Plan.of(runtime, looked, can)
        found = plan.other_rooms()
        await plan.fill(found, [one for one in can if one.id not in found])
    return tuple(found.get(one.id) or Remedy(finding=one) for one in findings)


def _can_be_planned(one: Finding, looked: Looked) -> bool:
    session = one.session
    known = session.attendee_id in looked.facts.agents and session.facilitator_id in looked.people
    return one.template is not None and known


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """The world without the sessions that no longer hold, and what else may not be."""

    runtime: Runtime
    looked: Looked
    findings: Sequence[Finding]
    world: World
    history: Mapping[tuple[str, str], Sequence[date]]

    @classmethod
    async def of(cls, runtime: Runtime, looked: Looked, findings: Sequence[Finding]) -> "_Plan":
        """Gather what takes time, once for all."""
        services = runtime.services
        sessions = [one.session for one in findings]
        world = await run_ground.world_of(
            services,
            dates=looked.dates,
            facts=looked.facts,
            agent_ids={one.attendee_id for one in sessions},
            leaders={i: looked.people[i] for i in {one.facilitator_id for one in sessions}},
            indoors=any(one.place is PlaceKind.ROOM for one in sessions),
        )
        for code in sorted({one.code_id for one in findings}):
            rows = [one.session for one in findings if one.code_id == code]
            world = await asyncio.to_thread(freed, world, rows, code)
        known = await run_history.known_of(
            services,
            looked.facts,
            _asked_about(findings),
            looked.dates,
            moving={one.session.id for one in findings},
        )
        return cls(
            runtime=runtime,
            looked=looked,
            findings=findings,
            world=without_old_times(world, findings),
            history=known.held,
        )

    def other_rooms(self) -> dict[str, Remedy]:
        """Return a free room at the same time for each session whose own has declined."""
        found: dict[str, Remedy] = {}
        taken: list[tuple[str, Interval]] = []
        names = {each.id: each.name for each in self.world.rooms}
        for one in (each for each in self.findings if each.cause is Cause.ROOM):
            session = one.session
            site = self.looked.facts.agents[session.attendee_id].site_id
            for room in problems.rooms_of(self.world, {site}):
                busy = [*room.busy, *(span for room_id, span in taken if room_id == room.id)]
                if not any(span.overlaps(session.interval) for span in busy):
                    taken.append((room.id, session.interval))
                    option = Option(
                        interval=session.interval,
                        place=PlaceKind.ROOM,
                        price=0.0,
                        room_id=room.id,
                        room_name=names[room.id],
                    )
                    found[one.id] = Remedy(finding=one, option=option, by_itself=self._unasked)
                    break
        return found

    @property
    def _unasked(self) -> bool:
        """Whether the house lets Aside change anything without asking."""
        setup = self.runtime.services.setups.setup
        return setup.paused_in(self.looked.facts.unit.id, self.world.now) is None

    async def fill(self, found: dict[str, Remedy], findings: Sequence[Finding]) -> None:
        """Add other times to what was ``found``: first unasked ones, then such as are asked about."""
        until = self.world.now + self.runtime.services.policy.notice
        far = [one for one in findings if one.session.interval.start >= until]
        await self._solve(found, far if self._unasked else [], until=until)
        rest = [one for one in findings if one.id not in found or not found[one.id].option]
        await self._solve(found, rest, until=None)

    async def _solve(
        self, found: dict[str, Remedy], findings: Sequence[Finding], *, until: datetime | None
    ) -> None:
        """Look for times for ``findings`` together, from ``until`` on, beside what was found."""
        asked, of = _asked(findings, self.looked, self.history, self.world.now)
        for one in findings:
            found[one.id] = Remedy(finding=one)
        if not of:
            return
        problem = await asyncio.to_thread(
            whole_unit.build,
            asked,
            self._holding(found, findings, until),
            {i: self.looked.people[i] for i in {x.facilitator_id for x in asked.occurrences}},
            self.runtime.services.catalogue.types,
            self.history,
            searched=dict.fromkeys(of, 1),
        )
        async with solver_of(self.runtime.services) as solver:
            answer = await solver.answer(problem, zones_of(self.looked.facts), patience=PATIENCE)
        if answer.faults:
            raise Refused(Refusal.SOLVER_AWAY, {"faults": len(answer.faults)})
        await self._take(found, of, answer, unasked=until is not None)

    def _holding(
        self, found: Mapping[str, Remedy], findings: Sequence[Finding], until: datetime | None
    ) -> World:
        """Return the world with the times found so far taken, and with the notice kept."""
        planned = [
            standin(one.finding.session, one.option, one.finding.session.id)
            for one in found.values()
            if one.option is not None
        ]
        world = problems.holding(self.world, planned)
        if until is None or until <= world.now:
            return world
        notice = Interval(world.now, until)
        people = (person_resource(one.session.attendee_id) for one in findings)
        return replacing.without(world, ((person, notice) for person in people))

    async def _take(
        self,
        found: dict[str, Remedy],
        of: Mapping[str, Finding],
        answer: Answer,
        *,
        unasked: bool,
    ) -> None:
        names = {room.id: room.name for room in self.world.rooms}
        for placed in answer.plan.placements:
            option = Option(
                interval=placed.interval,
                place=placed.place,
                price=placed.price,
                room_id=placed.room_id,
                room_name=names.get(placed.room_id) if placed.room_id else None,
            )
            one = of[placed.meeting_id]
            day = placed.interval.start.astimezone(zone_of(one.session.zone)).date()
            sure = await self.looked.figures.add_up({one.session.attendee_id}, day)
            found[one.id] = Remedy(finding=one, option=option, by_itself=unasked and sure)
        for failure in answer.plan.failures:
            one = of[failure.meeting_id]
            found[one.id] = Remedy(finding=one, failure=failure)


def without_old_times(world: World, findings: Sequence[Finding]) -> World:
    """Return the world in which what broke a session goes on taking its time.

    Its attendee's schedule may be open then again, and its leader's other appointment is not to be
    told from the session itself.
    """
    spans: list[tuple[str, Interval]] = []
    for one in findings:
        session = one.session
        taken: Collection[str] = (person_resource(session.attendee_id),)
        if one.cause is Cause.LEADER:
            taken = (*taken, person_resource(session.facilitator_id))
        if one.cause is Cause.ROOM:
            taken = (room_resource(session.room_id),) if session.room_id else ()
        spans += [(resource, session.interval) for resource in taken]
    return replacing.without(world, spans)


def _asked_about(findings: Sequence[Finding]) -> tuple[Asked, ...]:
    """Return the templates of sessions that no longer hold, with whom those are with."""
    of: defaultdict[str, set[str]] = defaultdict(set)
    for one in findings:
        if one.template is not None:
            of[one.template.id].add(one.session.attendee_id)
    templates = {one.template.id: one.template for one in findings if one.template is not None}
    return tuple(Asked(template=templates[i], agent_ids=frozenset(of[i])) for i in sorted(of))


def _day(row: SessionRow) -> date:
    return row.interval.start.astimezone(zone_of(row.zone)).date()


def _asked(
    findings: Sequence[Finding],
    looked: Looked,
    history: Mapping[tuple[str, str], Sequence[date]],
    now: datetime,
) -> tuple[whole_unit.Wanted, dict[str, Finding]]:
    """Return the occurrences that the sessions answer, on what is left of their periods; by id."""
    templates: dict[str, Template] = {}
    occurrences: dict[str, Occurrence] = {}
    of: dict[str, Finding] = {}
    for one in findings:
        template = _as_booked(one.template, one.session) if one.template else None
        occurrence = _occurrence(one, template, looked, history, now) if template else None
        if template and occurrence and occurrence.id not in of:
            templates[template.id] = template
            occurrences[occurrence.id] = occurrence
            of[occurrence.id] = one
    wanted = whole_unit.Wanted(
        templates=templates, occurrences=tuple(occurrences.values()), passed=()
    )
    return wanted, of


def _as_booked(template: Template, session: SessionRow) -> Template:
    """Return the template of a session with the length and kind of place it was booked with."""
    minutes = session.interval.minutes
    return replace(
        template,
        id=f"{template.id}/{minutes}/{session.place.value}",
        minutes=minutes,
        place=session.place,
    )


def _occurrence(
    one: Finding,
    template: Template,
    looked: Looked,
    history: Mapping[tuple[str, str], Sequence[date]],
    now: datetime,
) -> Occurrence | None:
    session, day = one.session, _day(one.session)
    period = next(iter(periods(template, DateRange(day, day + DAY))), None)
    if period is None:
        return None
    today = now.astimezone(zone_of(session.zone)).date()
    end = looked.runs[one.one.run_id].dates.end
    first, last = max(period.dates.start, today), min(period.dates.end, end)
    if first >= last:
        return None
    agent = looked.facts.agents[session.attendee_id]
    days = looked.facts.days.get(agent.id, ())
    standing = Standing(
        agent_id=agent.id,
        site_id=agent.site_id,
        team_id=agent.team_id,
        manager_id=session.facilitator_id,
        history=tuple(sorted(history.get((agent.id, one.one.type_id), ()))),
        present=frozenset(each.business_date for each in days if each.segments),
    )
    found, _ = due(template, [standing], DateRange(first, last))
    asked = next((each for each in found if each.period == period.start), None)
    return replace(asked, facilitator_id=session.facilitator_id) if asked else None
