"""A course and the facts to one Problem for the optimiser."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from scheduling.domain.courses import Course
from scheduling.domain.meetings import MeetingType
from scheduling.domain.people import Person
from scheduling.domain.times import DAY, DateRange, zone_of
from scheduling.learning.teaching import skills_of, trainers_of
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.supply import Facilitator
from scheduling.optimizer.wanted import Part, Training
from scheduling.storage.bookings import SessionRow
from scheduling.workflows.caps import caps, rare_caps
from scheduling.workflows.problems import (
    World,
    attendee_of,
    facilitator_of,
    grid_of,
    limits_of,
    rooms_of,
)
from scheduling.workflows.staffing import curves, heads


def build(
    course: Course,
    people: Sequence[str],
    world: World,
    trainers: Mapping[str, Person],
    kind: MeetingType,
) -> Problem:
    """Return the problem of seating ``people`` in groups, each taught by one of ``trainers``.

    Groups end by the day on which the course is due, where that is not over.
    """
    facts, grid, allowed = world.facts, grid_of(world), kind.parameters
    leading = sorted(trainers)
    demands = {d for i in (*people, *leading) if i in facts.agents for d in facts.agents[i].shares}
    sites = {facts.agents[i].site_id for i in people}
    mine: defaultdict[str, list[SessionRow]] = defaultdict(list)
    for row in world.ours:
        mine[row.attendee_id].append(row)
    return Problem(
        now=world.now,
        grid=grid,
        curves=curves(facts, grid, demands, world.ours),
        attendees=tuple(attendee_of(i, replace(world, ours=mine[i])) for i in people),
        facilitators=tuple(trainer_of(course, trainers[i], world) for i in leading),
        rooms=rooms_of(world, sites) if course.indoors else (),
        meetings=(),
        trainings=(_training(course, people, leading, world),),
        limits=limits_of(allowed, (allowed.window,) if allowed.window else ()),
        caps=(
            *caps(allowed.caps, facts, grid, people, world.ours),
            *rare_caps(course.per_skill, facts, grid, people, world.ours),
        ),
        heads=heads(facts, grid, sites, demands, world.ours),
        as_of=facts.as_of,
    )


def _training(
    course: Course, people: Sequence[str], trainers: Sequence[str], world: World
) -> Training:
    skills = skills_of(world.facts.agents.values())
    return Training(
        id=course.id,
        attendee_ids=tuple(people),
        trainer_ids=tuple(trainers),
        parts=tuple(
            Part(
                minutes=part.minutes,
                least_days=part.least_days,
                most_days=part.most_days,
                place=part.place,
                equipment=part.equipment,
                trainer_ids=tuple(i for i in trainers if i in trainers_of(course, at, skills)),
            )
            for at, part in enumerate(course.parts)
        ),
        least=course.least,
        most=course.most,
        first=world.dates.start,
        last=until(course, world.dates).last,
        per_team=course.per_team,
        same_trainer=course.same_trainer,
        tier=course.tier,
        type_id=course.type_id,
    )


def until(course: Course, dates: DateRange) -> DateRange:
    """Return ``dates``, no later than the day on which the course is due, where that is ahead."""
    if course.due is None or course.due < dates.start:
        return dates
    return DateRange(dates.start, min(dates.end, course.due + DAY))


def trainer_of(course: Course, person: Person, world: World) -> Facilitator:
    """Return a trainer with the time to prepare, and what they teach already."""
    led: Counter[date] = Counter()
    for row in world.ours:
        if row.facilitator_id == person.id and row.gathering_id is None:
            led[row.interval.start.astimezone(zone_of(person.zone)).date()] += row.interval.minutes
    return replace(
        facilitator_of(replace(world, facilitator=person)),
        prepare=course.prepare,
        contact_a_day=course.contact_a_day,
        led=dict(led),
    )
