"""What a roll-out would do: who needs a seat, one search for all groups, and a preview of them."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from scheduling.domain.commits import PlannedSession
from scheduling.domain.courses import Course
from scheduling.domain.meetings import MeetingType
from scheduling.domain.people import Person
from scheduling.domain.proposals import Option
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.rollouts import (
    GroupPlan,
    LeftOver,
    NotNow,
    RareSkill,
    Rollout,
    RolloutPreview,
)
from scheduling.domain.rules import Rule
from scheduling.domain.runs import Offline, RunPreview, RunSession
from scheduling.domain.templates import Membership
from scheduling.domain.times import zone_of
from scheduling.learning.needs import audience_of
from scheduling.learning.seats import apart, capacity, shared_out
from scheduling.learning.teaching import Skills, Untaught, skills_of, trainers_of, untaught
from scheduling.optimizer.outcome import Answer
from scheduling.optimizer.plan import Failure, Group
from scheduling.optimizer.problem import Problem
from scheduling.recurrence.audience import lost_parts, members, memberships
from scheduling.storage import courses, people, runs
from scheduling.storage.runs import RunRow
from scheduling.workflows import rollout_problem
from scheduling.workflows.caps import rare_skills
from scheduling.workflows.learners import Learners, learners_of
from scheduling.workflows.planning import Planned, days_of, offline_of
from scheduling.workflows.problems import World, require_code
from scheduling.workflows.run_ground import facts_of, world_of, zones_of
from scheduling.workflows.run_search import PATIENCE, solver_of
from scheduling.workflows.runtime import Runtime
from scheduling.workflows.services import Services

WAYS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
    """Everything a roll-out is planned on; ``chosen`` are who gets a seat, ``waiting`` who not.

    ``replanned`` as in ``RolloutPreview``.
    """

    course: Course
    kind: MeetingType
    learners: Learners
    chosen: tuple[str, ...]
    waiting: tuple[str, ...]
    replanned: Mapping[NotNow, int] | None
    piloting: bool
    world: World
    trainers: Mapping[str, Person]
    members: Mapping[str, Membership]


async def roll_out(runtime: Runtime, row: RunRow, rollout: Rollout) -> Planned:
    """Return what the roll-out would book on the dates of ``row``; nothing is written.

    Raises Refused: CODE_MISSING, NO_TRAINER, WFM_AWAY, CALENDAR_AWAY, SOLVER_AWAY, or STALE where
    the course is not taught any more.
    """
    services = runtime.services
    begun = services.clock.now()
    ground = await _ground_of(services, row, rollout)
    problem, answer = None, None
    if ground.chosen:
        problem, answer = await _search(services, ground)
    seconds = (services.clock.now() - begun).total_seconds()
    offline = offline_of(ground.world.facts, row.dates, services.setups.setup.allowance)
    return _planned(row, ground, problem, answer, offline, seconds)


async def _ground_of(services: Services, row: RunRow, rollout: Rollout) -> _Ground:
    async with services.store.read() as tx:
        course = await courses.get(tx, rollout.course_id)
        everyone = {person.id: person for person in await people.of_unit(tx, row.unit_id)}
    kind = services.catalogue.types.get(course.type_id) if course else None
    if course is None or kind is None:
        raise Refused(Refusal.STALE)
    facts = await facts_of(services, row.unit_id, row.dates)
    require_code(kind, facts)
    agents = list(facts.agents.values())
    trainers = teachers(course, everyone, skills_of(agents))
    async with services.store.read() as tx:
        learners = await learners_of(
            tx,
            course,
            agents,
            services.clock.now(),
            row.dates.start,
            within=rollout.within,
            besides=row.id,
        )
        before = await runs.sessions_of(tx, row.id)
    replanned = _replanned(before, learners)
    chosen, waiting = seated(course, learners, _left(rollout, replanned))
    world = await world_of(
        services,
        dates=row.dates,
        facts=facts,
        agent_ids=chosen,
        leaders=trainers,
        indoors=course.indoors,
    )
    return _Ground(
        course=course,
        kind=kind,
        learners=learners,
        chosen=chosen,
        waiting=waiting,
        replanned=replanned,
        piloting=is_piloting(course, learners),
        world=world,
        trainers=trainers,
        members=memberships(audience_of(course, members(course.audience, agents)), {}),
    )


def _replanned(before: Sequence[RunSession], learners: Learners) -> Counter[NotNow] | None:
    """Return why people of an earlier plan of the same roll-out need no seat; None without one."""
    if not before:
        return None
    wanted, why = set(learners.needs.wanted), learners.needs.not_now
    planned = {i for one in before for i in one.session.attendee_ids}
    return Counter(why.get(i, NotNow.GONE) for i in planned - wanted)


def _left(rollout: Rollout, replanned: Mapping[NotNow, int] | None) -> Rollout:
    """Return what is left of a roll-out: of its seats those that its people have not got since."""
    if rollout.seats is None or not replanned:
        return rollout
    return replace(rollout, seats=max(0, rollout.seats - replanned.get(NotNow.BOOKED, 0)))


def teachers(course: Course, there: Mapping[str, Person], skills: Skills) -> Mapping[str, Person]:
    """Return who of those who are there may teach a part; NO_TRAINER where nobody may teach some."""
    missing = untaught(course, there, skills)
    if missing:
        raise Refused(
            Refusal.NO_TRAINER, {"course": course.name, **untaught_facts(course, missing)}
        )
    able = {i for at in range(len(course.parts)) for i in trainers_of(course, at, skills)}
    return {i: there[i] for i in course.trainer_ids if i in able and i in there}


def untaught_facts(course: Course, missing: Untaught) -> dict[str, object]:
    """Return what nobody may teach, as facts of a refusal."""
    if missing.together:
        return {"whole": course.name}
    return {"part": missing.parts[0]} if len(course.parts) > 1 and missing else {}


def is_piloting(course: Course, learners: Learners) -> bool:
    """Whether one group is to be taught before others are planned, and has not been."""
    return course.pilot and not learners.taught


def seated(
    course: Course, learners: Learners, rollout: Rollout
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return who of those who need a seat gets one, and who waits, each in their order."""
    wanted, most = learners.needs.wanted, rollout.seats
    if is_piloting(course, learners):
        most = 0 if learners.under_way else min(course.most, len(wanted) if most is None else most)
    return shared_out(wanted, learners.waited, most, rollout.seed, drawn=course.drawn)


async def _search(services: Services, ground: _Ground) -> tuple[Problem, Answer]:
    problem = await asyncio.to_thread(
        rollout_problem.build,
        ground.course,
        ground.chosen,
        ground.world,
        ground.trainers,
        ground.kind,
    )
    async with solver_of(services) as solver:
        zones = zones_of(ground.world.facts)
        answer = await solver.answer(problem, zones, patience=PATIENCE)
    if answer.faults:
        raise Refused(Refusal.SOLVER_AWAY, {"faults": len(answer.faults)})
    return problem, answer


def _planned(
    row: RunRow,
    ground: _Ground,
    problem: Problem | None,
    answer: Answer | None,
    offline: Offline | None,
    seconds: float,
) -> Planned:
    groups = answer.plan.groups if answer else ()
    sessions = tuple(
        session for n, group in enumerate(groups, 1) for session in _sessions(row, ground, n, group)
    )
    failed = answer.plan.failures if answer else ()
    unplaced: Counter[frozenset[Rule]] = Counter(failure.conflict for failure in failed)
    preview = RunPreview(
        days=days_of(ground.world.facts, sessions, answer),
        unplaced=tuple(sorted(unplaced.items(), key=lambda one: (-one[1], sorted(one[0])))),
        unplaced_ids=tuple(f"{ground.course.id}:{failure.attendee_id}" for failure in failed),
        passed={},
        kept=0,
        changes=(),
        gone=0,
        cost=answer.plan.cost if answer else 0.0,
        bound=answer.plan.bound if answer else 0.0,
        as_of=ground.world.facts.as_of,
        reconciled=all(curve.reconciled for curve in problem.curves) if problem else True,
        seconds=seconds,
        offline=offline,
        lost=lost_parts(
            ground.course.id,
            ground.course.name,
            ground.course.audience,
            ground.world.facts.agents.values(),
            {},
            ground.members,
        ),
        versions={ground.course.id: ground.course.version},
        rollout=_rollout(row, ground, groups, sessions, failed),
    )
    by_start = sorted(sessions, key=lambda one: (one.session.option.interval, one.occurrence_id))
    return Planned(preview=preview, sessions=tuple(by_start), members=dict(ground.members))


def _sessions(row: RunRow, ground: _Ground, number: int, group: Group) -> list[RunSession]:
    """Return one session of several people for each part of a group."""
    course, facts = ground.course, ground.world.facts
    names = {room.id: room.name for room in ground.world.rooms}
    first, *others = group.attendee_ids
    zone = facts.zone_of(first)
    return [
        RunSession(
            occurrence_id=f"{course.id}:{number}:{at}",
            template_id=course.id,
            day=part.interval.start.astimezone(zone_of(zone)).date(),
            session=PlannedSession(
                type_id=course.type_id,
                attendee_id=first,
                facilitator_id=part.trainer_id,
                zone=zone,
                option=Option(
                    interval=part.interval,
                    place=part.place,
                    price=group.price / len(group.parts),
                    room_id=part.room_id,
                    room_name=names.get(part.room_id) if part.room_id else None,
                ),
                with_ids=tuple(others),
                quorum=min(course.least, len(group.attendee_ids)) if others else None,
                equipment=wanted.equipment,
                group=f"{row.id}:{number}",
            ),
        )
        for at, (part, wanted) in enumerate(zip(group.parts, course.parts, strict=True), 1)
    ]


def _rollout(
    row: RunRow,
    ground: _Ground,
    groups: Sequence[Group],
    sessions: Sequence[RunSession],
    failed: Sequence[Failure],
) -> RolloutPreview:
    course, learners = ground.course, ground.learners
    not_now: Counter[NotNow] = Counter(learners.needs.not_now.values())
    if ground.waiting:
        not_now[NotNow.PILOT if ground.piloting else NotNow.WAITS] += len(ground.waiting)
    planned = [
        _group(number, group, [s for s in sessions if s.session.group == f"{row.id}:{number}"])
        for number, group in enumerate(groups, 1)
    ]
    return RolloutPreview(
        capacity=capacity(
            course,
            apart(course, ground.chosen, ground.world.facts.agents.values()),
            rollout_problem.until(course, row.dates),
            skills_of(ground.world.facts.agents.values()),
        ),
        groups=tuple(planned),
        left_over=_left_over(failed, _rare_of(ground)),
        not_now=dict(not_now),
        waiting=ground.waiting,
        drawn=bool(ground.waiting) and course.drawn,
        replanned=ground.replanned,
        seats_free=sum(course.most - len(group.attendee_ids) for group in groups),
        covered=max((day for group in planned for day in group.days), default=None),
    )


def _group(number: int, group: Group, sessions: Sequence[RunSession]) -> GroupPlan:
    return GroupPlan(
        number=number,
        attendee_ids=group.attendee_ids,
        days=tuple(one.day for one in sessions),
        parts=tuple(
            (
                one.session.option.interval,
                one.session.facilitator_id,
                one.session.option.room_name,
            )
            for one in sessions
        ),
        price=group.price,
    )


def _rare_of(ground: _Ground) -> Mapping[RareSkill, frozenset[str]]:
    """Return the rare skills of which few may be away at once, and who has each."""
    most = ground.course.per_skill
    if most is None:
        return {}
    return {
        RareSkill(name=name, most=most, people=len(some)): some
        for name, some in rare_skills(ground.world.facts.agents.values()).items()
        if len(some) > most
    }


def _left_over(
    failed: Sequence[Failure], rare: Mapping[RareSkill, frozenset[str]]
) -> tuple[LeftOver, ...]:
    """Return who has no seat, by the rules that leave none, with the cheapest ways out."""
    by_rules: defaultdict[frozenset[Rule], list[Failure]] = defaultdict(list)
    for failure in failed:
        by_rules[failure.conflict].append(failure)
    found = []
    for rules, some in sorted(by_rules.items(), key=lambda one: (-len(one[1]), sorted(one[0]))):
        ways: dict[frozenset[Rule], float] = {}
        for way in (way for failure in some for way in failure.loosenings):
            price = way.placement.price
            ways[way.rules] = min(price, ways.get(way.rules, price))
        cheapest = sorted(ways.items(), key=lambda one: (one[1], sorted(one[0])))[:WAYS]
        names = tuple(failure.attendee_id or "" for failure in some)
        bites = Rule.SKILL_CAP in rules
        skills = [one for one, some in rare.items() if bites and not some.isdisjoint(names)]
        found.append(
            LeftOver(
                rules=rules,
                person_ids=names,
                ways=tuple(cheapest),
                rare=tuple(sorted(skills, key=lambda one: one.name)),
            )
        )
    return tuple(found)
