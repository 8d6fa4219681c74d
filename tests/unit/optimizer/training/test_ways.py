"""Ways out for who sits in no group: a larger group, a smaller one, and another period."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

from scheduling.domain.meetings import PlaceKind
from scheduling.domain.rules import Rule
from scheduling.optimizer.plan import Loosening
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.solve import solve
from scheduling.optimizer.wanted import Limits, Part, Training


def rolled_out(make: SimpleNamespace, days: int = 1, **changes: object) -> Problem:
    """Return an hour for two on the first day, whose trainer has one hour of it."""
    names = ("asha", "bo")
    course = Training(
        id="course",
        attendee_ids=names,
        trainer_ids=("mo",),
        parts=(Part(minutes=60, place=PlaceKind.ONLINE),),
        least=1,
        most=1,
        first=make.day,
        last=make.day,
    )
    later = tuple(make.span("08:00", "16:00", day) for day in range(1, days))
    return make.problem(
        days=days,
        attendees=tuple(make.agent(name, days) for name in names),
        facilitators=(make.leader(days=days, working=(make.span("10:00", "11:00"), *later)),),
        meetings=(),
        trainings=(replace(course, **changes),),
        limits=Limits(edge=0),
    )


def ways(problem: Problem) -> list[Loosening]:
    plan = solve(problem)
    (failure,) = plan.failures
    assert failure.conflict == {Rule.GROUP}
    return list(failure.loosenings)


def test_a_group_that_is_full_may_be_made_larger(make: SimpleNamespace) -> None:
    problem = rolled_out(make)
    (way,) = ways(problem)
    assert way.rules == {Rule.GROUP}
    assert way.placement.interval == make.span("10:00", "11:00")
    assert way.placement.meeting_id == "course"
    (group,) = solve(problem).groups
    assert way.placement.price > group.price > 0  # the second FTE costs more than the first


def test_another_period_has_its_price_where_the_problem_reaches_it(make: SimpleNamespace) -> None:
    larger, later = sorted(ways(rolled_out(make, days=2)), key=lambda way: way.placement.interval)
    assert larger.rules == {Rule.GROUP}
    assert later.rules == {Rule.DATES}
    assert later.placement.interval.start.date() == make.day + timedelta(days=1)
    assert later.placement.price > 0
    assert later.count == 29


def test_ways_out_of_several_go_together(make: SimpleNamespace) -> None:
    problem = rolled_out(make, days=2, least=2, most=2, per_team=1)
    found = {
        one.attendee_id: [way.rules for way in one.loosenings] for one in solve(problem).failures
    }
    assert found == {
        "asha": [{Rule.GROUP}, {Rule.DATES, Rule.GROUP}],
        "bo": [{Rule.DATES, Rule.GROUP}],
    }


def test_a_course_is_deferred_whole(make: SimpleNamespace) -> None:
    two = (Part(minutes=60, place=PlaceKind.ONLINE), Part(minutes=30, place=PlaceKind.ONLINE))
    problem = replace(rolled_out(make, days=2, parts=two), limits=Limits(edge=0, sessions_a_day=2))
    for failure in solve(problem).failures:
        (way,) = (way for way in failure.loosenings if way.rules == {Rule.DATES})
        assert way.placement.interval.start.date() == make.day + timedelta(days=1)
