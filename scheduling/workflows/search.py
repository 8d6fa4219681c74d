"""Search: gather what takes time, ask the solver, and say the answer in the domain's words."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from scheduling.domain.asks import Ask
from scheduling.domain.meetings import MeetingType, PlaceKind, Room
from scheduling.domain.people import Person, Role
from scheduling.domain.proposals import (
    CurvePoint,
    DayService,
    Option,
    ProposedSession,
    RoomLack,
    RoomMissed,
    StaffingCurve,
    Unplaced,
    WayOut,
)
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.rules import GRANTED_BY, Rule
from scheduling.domain.times import Interval, zone_of
from scheduling.optimizer.outcome import Answer, PeriodImpact
from scheduling.optimizer.plan import Failure, Loosening, Placement
from scheduling.optimizer.problem import Problem
from scheduling.ports.calendar import CalendarError
from scheduling.storage import bookings, drafts, people, registers
from scheduling.storage.bookings import person_resource, room_resource
from scheduling.workflows import problems
from scheduling.workflows.facts import FactsReader, UnitFacts, floored
from scheduling.workflows.problems import World
from scheduling.workflows.services import Services

OptionOf = Callable[[Placement], Option]
Naming = Mapping[str, tuple[str, Mapping[str, str]]]
MOST_OTHERS = 2
"""Other times that are offered beside the best."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search gave, in the domain's words, with the problem it answered."""

    sessions: tuple[ProposedSession, ...]
    unplaced: tuple[Unplaced, ...]
    curves: tuple[StaffingCurve, ...]
    days: tuple[DayService, ...]
    as_of: datetime
    reconciled: bool
    problem: Problem
    facts: UnitFacts
    facilitator: Person
    without_mailbox: tuple[str, ...]
    unknown_calendars: tuple[str, ...]

    def present(self, sought_id: str, option: Option) -> tuple[str, ...]:
        """Return who would be in the session that is sought under that id."""
        meeting = next(one for one in self.problem.meetings if one.id == sought_id)
        return tuple(i for i in meeting.people if i not in option.missing_ids)

    def deferral(self, session: ProposedSession, rules: frozenset[Rule]) -> WayOut:
        """Return a placed session of a later search as a way out that took ``rules``."""
        people = self.present(session.attendee_id, session.best)
        before, after = net_staffing(self.problem, session.best.interval, people)
        return WayOut(
            rules=rules,
            count=len(session.options),
            option=session.best,
            granted_by=granted_by(rules),
            net_before=before,
            net_after=after,
        )


class Search:
    """Answers asks. Reads through the ports, writes nothing."""

    def __init__(self, services: Services, reader: FactsReader) -> None:
        """Search with these services, reading the WFM through ``reader``."""
        self._services = services
        self._reader = reader

    def forget(self, unit_id: str) -> None:
        """Read a unit afresh the next time, because we have changed it ourselves."""
        self._reader.forget(unit_id)

    async def world(self, ask: Ask, unit_id: str, *, fresh: bool, besides: str = "") -> World:
        """Gather everything that takes time; soft holds of the draft ``besides`` are its own."""
        services = self._services
        now = services.clock.now()
        unit = await self._reader.unit(unit_id)
        today = min(now.astimezone(zone_of(site.zone)).date() for site in unit.sites)
        dates = problems.search_dates(ask, today, services.policy.extension_days)
        weeks = problems.whole_weeks(dates)
        facts = floored(await self._reader.read(unit_id, weeks, fresh=fresh), services.setups.setup)
        kind = services.catalogue.types[ask.type_id]
        problems.require_facts(ask, kind, facts)
        span = problems.span_of(facts, dates)
        rooms = await self._rooms(ask, facts)
        async with services.store.read() as tx:
            facilitator = await people.get(tx, ask.facilitator_id)
            ours = await bookings.active_in(tx, unit_id, problems.span_of(facts, weeks))
            if facilitator is None:
                raise Refused(Refusal.OUTSIDE_HIERARCHY, {"names": [ask.facilitator_id]})
            resources = [person_resource(i) for i in (*ask.attendee_ids, facilitator.id)]
            resources += [room_resource(room.id) for room in rooms]
            taken = await bookings.taken(tx, resources, span)
            held = await drafts.held(tx, resources, now=now, besides=besides)
            returning = await registers.coming_back(tx, ask.attendee_ids, ask.type_id)
        busy, unread = await self._calendars(facts, facilitator, rooms, ask, span)
        for resource, interval in held:
            busy.setdefault(resource, []).append(interval)
        reserved: dict[str, list[Interval]] = {}
        for resource, interval in taken:
            reserved.setdefault(resource, []).append(interval)
        known = [room for room in rooms if room_resource(room.id) in busy]
        return World(
            now=now,
            dates=dates,
            facts=facts,
            facilitator=facilitator,
            rooms=known,
            busy=busy,
            reserved=reserved,
            ours=ours,
            unknown_calendars=unread,
            returning=returning,
        )

    async def _rooms(self, ask: Ask, facts: UnitFacts) -> Sequence[Room]:
        if ask.place is PlaceKind.ONLINE:
            return ()
        sites = problems.sites_of(ask, facts)
        try:
            rooms = await self._services.setups.rooms(self._services.calendar)
        except CalendarError as error:
            raise Refused(Refusal.CALENDAR_AWAY) from error
        near = [room for room in rooms if problems.site_of(room, facts.unit) in sites]
        if ask.room_id is None:
            return near
        return [room for room in near if room.id.lower() == ask.room_id.lower()]

    async def room_missed(self, ask: Ask, world: World) -> RoomMissed | None:
        """Say why the room that was asked for cannot be had; None where none was asked for."""
        if ask.room_id is None:
            return None
        found = {
            r.id.lower(): r for r in await self._services.setups.rooms(self._services.calendar)
        }
        room = found.get(ask.room_id.lower())
        if room is None or problems.site_of(room, world.facts.unit) is None:
            raise Refused(Refusal.UNKNOWN_DRAFT)
        heads = 1 + (len(ask.attendee_ids) if ask.together else 1)
        lack = RoomLack.NOT_FREE
        if problems.site_of(room, world.facts.unit) not in problems.sites_of(ask, world.facts):
            lack = RoomLack.ELSEWHERE
        elif room.capacity < heads:
            lack = RoomLack.TOO_SMALL
        return RoomMissed(asked=ask, room_name=room.name, lack=lack)

    async def _calendars(
        self,
        facts: UnitFacts,
        facilitator: Person,
        rooms: Sequence[Room],
        ask: Ask,
        span: Interval,
    ) -> tuple[dict[str, list[Interval]], tuple[str, ...]]:
        """Return free/busy, and the names of people whose calendar cannot be read.

        A room that cannot be read is left out: unknown is not free.
        """
        of_people = {
            agent.address.lower(): (person_resource(agent.id), agent.name)
            for agent in (facts.agents[i] for i in ask.attendee_ids)
            if agent.address
        }
        if facilitator.address:
            mine = (person_resource(facilitator.id), facilitator.name)
            of_people[facilitator.address.lower()] = mine
        resources = {room.id.lower(): room_resource(room.id) for room in rooms}
        resources |= {address: resource for address, (resource, _) in of_people.items()}
        try:
            found = await self._services.calendar.free_busy(list(resources), span)
        except CalendarError as error:
            raise Refused(Refusal.CALENDAR_AWAY) from error
        known = {one.address.lower(): list(one.busy) for one in found if one.known}
        busy = {resources[address]: spans for address, spans in known.items()}
        return busy, tuple(name for at, (_, name) in of_people.items() if at not in known)

    async def find(
        self,
        ask: Ask,
        world: World,
        *,
        relaxed: frozenset[Rule] = frozenset(),
        only: Collection[str] | None = None,
    ) -> Found:
        """Solve and translate; SOLVER_AWAY where the solver cannot be had."""
        kind = self._services.catalogue.types[ask.type_id]
        problem = await asyncio.to_thread(
            problems.build, ask, kind, world, relaxed=relaxed, only=only
        )
        zone = world.facts.agents[problem.attendees[0].id].zone
        answer = await self._services.solver.answer(problem, zone)
        if answer.faults:
            raise Refused(Refusal.SOLVER_AWAY, {"faults": len(answer.faults)})
        return _translate(answer, problem, world, _names(ask, kind, world.facts))

    async def with_everybody(self, ask: Ask, world: World, found: Found) -> Found:
        """Offer beside a meeting that somebody would miss the cheapest at which nobody would."""
        session = next(iter(found.sessions), None)
        if session is None or not all(option.missing_ids for option in session.options):
            return found
        whole = await self.find(replace(ask, quorum=len(ask.attendee_ids)), world)
        if not whole.sessions:
            return found
        others = (*session.others[: MOST_OTHERS - 1], whole.sessions[0].best)
        return replace(found, sessions=(replace(session, others=others),))


def _names(ask: Ask, kind: MeetingType, facts: UnitFacts) -> Naming:
    """Return what each session is called, by the id it is sought under, and who is asked to it."""
    people = {i: facts.agents[i].name for i in ask.attendee_ids}
    if ask.together:
        return dict.fromkeys(ask.sought_ids, (kind.shown_name, people))
    return {i: (name, {}) for i, name in people.items()}


def _translate(answer: Answer, problem: Problem, world: World, naming: Naming) -> Found:
    facts = world.facts
    names = {room.id: room.name for room in world.rooms}
    others = answer.plan.alternatives
    people = {meeting.id: meeting.people for meeting in problem.meetings}

    def option(placement: Placement) -> Option:
        return Option(
            interval=placement.interval,
            place=placement.place,
            price=placement.price,
            room_id=placement.room_id,
            room_name=names.get(placement.room_id) if placement.room_id else None,
            missing_ids=tuple(
                i for i in people[placement.meeting_id] if i not in placement.attendee_ids
            ),
        )

    sessions = tuple(
        ProposedSession(
            attendee_id=placement.meeting_id,
            attendee_name=naming[placement.meeting_id][0],
            names=naming[placement.meeting_id][1],
            zone=facts.zone_of(placement.meeting_id),
            best=option(placement),
            others=tuple(option(p) for p in others.get(placement.meeting_id, ())),
        )
        for placement in sorted(answer.plan.placements, key=lambda p: p.interval)
    )
    return Found(
        sessions=sessions,
        unplaced=tuple(
            _unplaced(failure, problem, world, option, naming) for failure in answer.plan.failures
        ),
        curves=_curves(answer, facts),
        days=days_of(answer.days, facts),
        as_of=facts.as_of,
        reconciled=all(curve.reconciled for curve in problem.curves),
        problem=problem,
        facts=facts,
        facilitator=world.facilitator,
        without_mailbox=tuple(
            facts.agents[a.id].name for a in problem.attendees if not facts.agents[a.id].address
        ),
        unknown_calendars=world.unknown_calendars,
    )


def _unplaced(
    failure: Failure, problem: Problem, world: World, option: OptionOf, naming: Naming
) -> Unplaced:
    """Return a failure in the domain's words.

    The grid reaches past the dates only to price "next week", so those starts are not counted.
    Nobody can grant minutes for which the facilitator is booked by us already, nor a meeting that
    nobody could come to.
    """
    booked = world.reserved.get(person_resource(world.facilitator.id), ())
    agent = world.facts.agents[failure.meeting_id]
    return Unplaced(
        attendee_id=agent.id,
        attendee_name=naming[agent.id][0],
        names=naming[agent.id][1],
        zone=agent.zone,
        funnel=tuple(step for step in failure.funnel if step.rule is not Rule.DATES),
        conflict=failure.conflict,
        ways_out=tuple(
            way_out(loosening, problem, option)
            for loosening in failure.loosenings
            if loosening.placement.attendee_ids
            and not any(span.overlaps(loosening.placement.interval) for span in booked)
        ),
        rivals=tuple(
            world.facts.agents[name].name
            for name in (failure.contest.winners if failure.contest else ())
        ),
    )


def way_out(loosening: Loosening, problem: Problem, option: OptionOf) -> WayOut:
    """Return a loosening with who may grant it and the net staffing before and after."""
    placement = loosening.placement
    before, after = net_staffing(problem, placement.interval, placement.attendee_ids)
    return WayOut(
        rules=loosening.rules,
        count=loosening.count,
        option=option(loosening.placement),
        granted_by=granted_by(loosening.rules),
        net_before=before,
        net_after=after,
    )


def granted_by(rules: frozenset[Rule]) -> Role:
    """Return who may loosen all of ``rules``."""
    owners = {GRANTED_BY.get(rule, Role.SCHEDULER) for rule in rules}
    return Role.SCHEDULER if Role.SCHEDULER in owners else Role.MANAGER


def net_staffing(
    problem: Problem, interval: Interval, people: Collection[str]
) -> tuple[float, float]:
    """Return the lowest net staffing (FTE) within ``interval`` with ``people``, and without."""
    grid = problem.grid
    away = [one.shares for one in problem.attendees if one.id in people]
    shares = {c.demand_id: sum(some.get(c.demand_id, 0.0) for some in away) for c in problem.curves}
    step = grid.slot_minutes * 60
    first = int((interval.start - grid.start).total_seconds() // step)
    last = int(-((grid.start - interval.end).total_seconds() // step))
    pairs = [
        (curve.coverage[slot] - curve.required[slot], shares[curve.demand_id])
        for curve in problem.curves
        if shares.get(curve.demand_id)
        for slot in range(max(first, 0), min(last, grid.slots))
    ]
    if not pairs:
        return 0.0, 0.0
    return min(net for net, _ in pairs), min(net - share for net, share in pairs)


def _curves(answer: Answer, facts: UnitFacts) -> tuple[StaffingCurve, ...]:
    return tuple(
        StaffingCurve(
            demand_id=curve.demand_id,
            demand_name=facts.demands[curve.demand_id].name,
            slot_minutes=curve.slot_minutes,
            points=tuple(
                CurvePoint(
                    start=start,
                    required=curve.required[n],
                    before=curve.before[n],
                    after=curve.after[n],
                    service_before=curve.service_before[n],
                    service_after=curve.service_after[n],
                )
                for n, start in enumerate(curve.interval.slots(curve.slot_minutes))
            ),
        )
        for curve in answer.curves
    )


def days_of(days: Sequence[PeriodImpact], facts: UnitFacts) -> tuple[DayService, ...]:
    """Return what is done to the service of days in the domain's words."""
    return tuple(
        DayService(
            demand_id=day.demand_id,
            demand_name=facts.demands[day.demand_id].name,
            day=day.day,
            goal=day.goal,
            goal_seconds=facts.demands[day.demand_id].goal.seconds,
            before=day.before,
            after=day.after,
            stressed=day.stressed,
            lowest_net=day.lowest_net,
            understaffed_hours=day.understaffed_hours,
        )
        for day in days
    )
