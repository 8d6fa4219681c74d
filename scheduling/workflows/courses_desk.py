"""The desk of courses: who may keep which, what a roll-out takes, and its beginning."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.centre import Agent, Demand, Site, Team
from scheduling.domain.courses import Course
from scheduling.domain.people import Actor, Person, Role
from scheduling.domain.refusals import Refusal, Refused, takes
from scheduling.domain.rollouts import Rollout
from scheduling.domain.runs import MOST_RUN_DAYS, RunView
from scheduling.domain.times import DateRange
from scheduling.learning.needs import circle_of
from scheduling.learning.seats import apart, capacity
from scheduling.learning.teaching import Untaught, skills_of, untaught
from scheduling.ports.wfm import WfmError
from scheduling.recurrence.audience import lost, unknown_skills
from scheduling.storage import audit, courses, people, runs, timers
from scheduling.workflows import joining, rights, running
from scheduling.workflows.courses_port import CourseOffers, CoursePlan, CourseView
from scheduling.workflows.facts import FactsReader
from scheduling.workflows.learners import Learners, learners_of
from scheduling.workflows.rolling_out import is_piloting, seated, teachers, untaught_facts
from scheduling.workflows.rollout_problem import until
from scheduling.workflows.runs_desk import shown
from scheduling.workflows.runtime import Runtime

FILLERS = (Role.LEARNING, Role.SCHEDULER)
TEACHERS = (Role.TRAINER, Role.MANAGER, Role.LEARNING)


class CoursesDesk:
    """``courses_port.Teaching`` over the store, the WFM and the engine."""

    def __init__(self, runtime: Runtime, reader: FactsReader) -> None:
        """Answer with this process's runtime."""
        self._runtime = runtime
        self._services = runtime.services
        self._reader = reader

    async def offers(self, actor: Actor) -> CourseOffers:
        """Return what a course may be made of."""
        me = await self._me(actor)
        unit = await self._reader.unit(str(me.unit_id))
        async with self._services.store.read() as tx:
            everyone = await people.of_unit(tx, unit.id)
            known = await courses.of_unit(tx, unit.id)
        kinds = [k for k in self._services.catalogue.types.values() if k.offered]
        return CourseOffers(
            types=tuple(
                (k.id, k.name)
                for k in sorted(kinds, key=lambda k: not k.group)
                if not k.confidential
            ),
            teams=_named(unit.teams),
            sites=_named(unit.sites),
            activities=_named(await self._demands(unit.id)),
            trainers=tuple((p.id, p.name) for p in everyone if p.has(*TEACHERS)),
            courses=tuple((each.id, each.name) for each in known),
            skills=_highest(await self._reader.agents(unit.id)),
            today=self._today(me),
        )

    async def courses(self, actor: Actor) -> tuple[CourseView, ...]:
        """Return the unit's courses, by name."""
        me = await self._me(actor)
        async with self._services.store.read() as tx:
            known = await courses.of_unit(tx, str(me.unit_id))
        return tuple([await self._view(each, self._today(me)) for each in known])

    async def course(self, actor: Actor, course_id: str) -> CourseView:
        """Return one course."""
        me = await self._me(actor)
        async with self._services.store.read() as tx:
            found = await _of(tx, me, course_id)
        return await self._view(found, self._today(me))

    async def save(self, actor: Actor, course: Course) -> CourseView:
        """Keep a new course (version 0) or the next version of one."""
        me = await self._me(actor)
        new = course.version == 0
        wanted = replace(course, unit_id=str(me.unit_id), owner_id=me.id)
        if new:
            wanted = replace(wanted, id=self._services.ids.new())
        await self._require_possible(wanted)
        now = self._services.clock.now()
        async with self._services.store.write() as tx:
            before = None if new else await _of(tx, me, course.id)
            if before is None:
                await courses.insert(tx, wanted, now)
            elif not await courses.change(tx, replace(wanted, owner_id=before.owner_id), now):
                raise Refused(Refusal.STALE)
            await audit.record(
                tx,
                at=now,
                actor=me.id,
                action="course.saved",
                subject=wanted.id,
                before={"version": before.version} if before else None,
                after={"version": (before.version if before else 0) + 1},
                parameters=audit.digest(wanted),
                detail={},
            )
            await timers.set_timer(tx, joining.TIMER, timers.EVERYTHING, now)
            kept = await courses.get(tx, wanted.id)
        return await self._view(kept or wanted, self._today(me))

    async def end(self, actor: Actor, course_id: str) -> None:
        """Teach a course no more; what is booked stays."""
        me = await self._me(actor)
        now = self._services.clock.now()
        async with self._services.store.write() as tx:
            await _of(tx, me, course_id)
            await courses.end(tx, course_id, now)
            await audit.record(
                tx, at=now, actor=me.id, action="course.ended", subject=course_id, detail={}
            )

    async def plan(
        self,
        actor: Actor,
        course_id: str,
        dates: DateRange,
        seats: int | None = None,
        within: Collection[str] = (),
    ) -> CoursePlan:
        """Return what a roll-out takes; nothing is searched."""
        me = await self._me(actor)
        self._require_dates(me, dates)
        async with self._services.store.read() as tx:
            course = await _of(tx, me, course_id)
        learners = await self._learners(course, dates.start, within)
        rollout = Rollout(course_id=course.id, seed="", seats=seats, within=frozenset(within))
        chosen, waiting = seated(course, learners, rollout)
        unit = await self._reader.unit(course.unit_id)
        demands = await self._demands(course.unit_id)
        agents = await self._reader.agents(course.unit_id)
        return CoursePlan(
            view=await self._view(course, dates.start, learners),
            dates=dates,
            capacity=capacity(
                course,
                apart(course, chosen, agents),
                until(course, dates),
                skills_of(agents),
            ),
            seats=seats,
            waits=len(waiting),
            piloting=is_piloting(course, learners),
            within=frozenset(within),
            places=(*_named(unit.teams), *_named(unit.sites), *_named(demands)),
        )

    async def start(
        self,
        actor: Actor,
        course_id: str,
        dates: DateRange,
        seats: int | None = None,
        within: Collection[str] = (),
    ) -> RunView:
        """Plan a roll-out; nothing is booked."""
        me = await self._me(actor)
        self._require_dates(me, dates)
        async with self._services.store.read() as tx:
            course = await _of(tx, me, course_id)
            there = {one.id: one for one in await people.of_unit(tx, course.unit_id)}
        teachers(course, there, skills_of(await self._reader.agents(course.unit_id)))
        learners = await self._learners(course, dates.start, within)
        async with self._services.store.write() as tx:
            new = running.NewRun(
                unit_id=course.unit_id,
                dates=dates,
                template_ids=(),
                requester_id=me.id,
                requester_object_id=actor.object_id,
                rollout=Rollout(
                    course_id=course.id,
                    seed=learners.seed or self._services.ids.new(),
                    seats=seats,
                    within=frozenset(within),
                ),
            )
            row = await running.start(tx, self._runtime, new)
            return await shown(tx, self._reader, row)

    async def rollouts(self, actor: Actor) -> tuple[RunView, ...]:
        """Return the unit's newest roll-outs, newest first."""
        me = await self._me(actor)
        async with self._services.store.read() as tx:
            found = [row for row in await runs.of_unit(tx, str(me.unit_id)) if row.rollout]
            return tuple([await shown(tx, self._reader, row) for row in found])

    async def _me(self, actor: Actor) -> Person:
        """Return the actor's person, who fills courses in a unit; else refuse."""
        async with self._services.store.read() as tx:
            me = await rights.person_of(tx, actor)
        if not me.has(*FILLERS) or me.unit_id is None:
            raise takes(*FILLERS)
        return me

    def _today(self, me: Person) -> date:
        return self._services.clock.now().astimezone(ZoneInfo(me.zone)).date()

    def _require_dates(self, me: Person, dates: DateRange) -> None:
        if dates.last < self._today(me) or (dates.end - dates.start).days > MOST_RUN_DAYS:
            raise Refused(Refusal.BAD_DATES, {"most": MOST_RUN_DAYS})

    async def _demands(self, unit_id: str) -> tuple[Demand, ...]:
        try:
            return tuple(await self._services.wfm.demands(unit_id))
        except WfmError as error:
            raise Refused(Refusal.WFM_AWAY) from error

    async def _require_possible(self, course: Course) -> None:
        """Refuse a course that nobody can be taught, or of whose audience a part is not there."""
        kind = self._services.catalogue.types.get(course.type_id)
        agents = await self._reader.agents(course.unit_id)
        gone = lost(course.audience, agents) | (
            course.activity_ids - {each.id for each in await self._demands(course.unit_id)}
        )
        gone |= unknown_skills((*course.audience.skills, *course.qualification), agents)
        async with self._services.store.read() as tx:
            everyone = {person.id for person in await people.of_unit(tx, course.unit_id)}
            known = {each.id: each for each in await courses.of_unit(tx, course.unit_id)}
        gone |= course.requires - set(known)
        trainers = sorted(set(course.trainer_ids) - everyone)
        missing = Untaught() if trainers else untaught(course, everyone, skills_of(agents))
        circle = circle_of(course, known)
        unscored = course.passing is not None and kind is not None and not kind.scored
        if kind is None or kind.confidential or gone or trainers or circle or unscored or missing:
            raise Refused(
                Refusal.BAD_COURSE,
                {
                    "circle": list(circle),
                    "lost": sorted(gone),
                    "trainers": trainers,
                    **untaught_facts(course, missing),
                },
            )

    async def _learners(self, course: Course, on: date, within: Collection[str] = ()) -> Learners:
        agents = await self._reader.agents(course.unit_id)
        now = self._services.clock.now()
        async with self._services.store.read() as tx:
            return await learners_of(tx, course, agents, now, on, within=within)

    async def _view(self, course: Course, on: date, learners: Learners | None = None) -> CourseView:
        found = learners or await self._learners(course, on)
        unit = await self._reader.unit(course.unit_id)
        agents = await self._reader.agents(course.unit_id)
        async with self._services.store.read() as tx:
            everyone = {person.id for person in await people.of_unit(tx, course.unit_id)}
            names = dict(await people.names(tx, {*course.trainer_ids, *course.audience.agent_ids}))
            names |= {each.id: each.name for each in await courses.of_unit(tx, course.unit_id)}
        demands = await self._demands(course.unit_id)
        names |= dict((*_named(unit.teams), *_named(unit.sites), *_named(demands)))
        kind = self._services.catalogue.types.get(course.type_id)
        return CourseView(
            course=course,
            type_name=kind.name if kind else course.type_id,
            names=names,
            audience=len(found.people),
            needed=len(found.needs.wanted),
            not_now=Counter(found.needs.not_now.values()),
            lost=lost(course.audience, agents),
            gone=frozenset(course.trainer_ids) - everyone,
            back=found.back,
            unknown=unknown_skills((*course.audience.skills, *course.qualification), agents),
            untaught=untaught(course, everyone, skills_of(agents)),
        )


def _named(some: Sequence[Team | Site | Demand]) -> tuple[tuple[str, str], ...]:
    return tuple((one.id, one.name) for one in some)


def _highest(agents: Sequence[Agent]) -> tuple[tuple[str, int], ...]:
    found: dict[str, int] = {}
    for name, level in (pair for agent in agents for pair in agent.skills.items()):
        found[name] = max(level, found.get(name, 0))
    return tuple(sorted(found.items()))


async def _of(tx: AsyncConnection, me: Person, course_id: str) -> Course:
    found = await courses.get(tx, course_id)
    if found is None or found.unit_id != me.unit_id:
        raise Refused(Refusal.NO_COURSE)
    return found
