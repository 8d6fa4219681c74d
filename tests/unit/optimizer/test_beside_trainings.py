"""Meetings beside a course: what is laid, what it costs, and whose limits bind."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from scheduling.domain.meetings import PlaceKind
from scheduling.domain.rules import Rule
from scheduling.optimizer.check.whole import check
from scheduling.optimizer.cost import cost_table
from scheduling.optimizer.lattice.sessions import of_group
from scheduling.optimizer.plan import BreakMove, Group, GroupPart
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.solve import solve
from scheduling.optimizer.supply import OffTime
from scheduling.optimizer.wanted import Limits, Part, Training

STRICT = Limits(edge=0, sessions_a_day=1, offline_a_day=240, offline_a_week=480)
LOOSE = replace(STRICT, sessions_a_day=3)


def course(make: SimpleNamespace, *minutes: int, limit_set: str | None = None) -> Training:
    return Training(
        id="course",
        attendee_ids=("asha",),
        trainer_ids=("mo",),
        parts=tuple(Part(minutes=each, place=PlaceKind.ONLINE) for each in minutes),
        least=1,
        most=1,
        first=make.day,
        last=make.day,
        limit_set=limit_set,
    )


def beside(make: SimpleNamespace, training: Training, **changes: object) -> Problem:
    meetings = (make.meeting(place=PlaceKind.ONLINE),)
    return make.problem(meetings=meetings, trainings=(training,), **changes)


def test_a_moved_break_goes_with_the_part_it_made_way_for(make: SimpleNamespace) -> None:
    move = BreakMove(
        attendee_id="asha",
        before=make.span("14:00", "14:15"),
        after=make.span("14:30", "14:45"),
    )
    parts = tuple(
        GroupPart(interval=span, trainer_id="mo", place=PlaceKind.ONLINE, room_id=None)
        for span in (make.span("09:00", "10:00"), make.span("13:30", "14:30"))
    )
    group = Group(
        training_id="course", attendee_ids=("asha",), parts=parts, price=0.0, breaks=(move,)
    )
    first, second = of_group(group, make.problem().grid)
    assert first.breaks == ()
    assert second.breaks == (move,)


@pytest.mark.parametrize(("limit_set", "placed"), [("strict", 0), (None, 1)])
def test_a_courses_limits_bind_the_meetings_placed_after_it(
    make: SimpleNamespace, limit_set: str | None, placed: int
) -> None:
    problem = beside(
        make, course(make, 60, limit_set=limit_set), limits=LOOSE, limit_sets={"strict": STRICT}
    )
    plan = solve(problem)
    assert len(plan.groups) == 1
    assert len(plan.placements) == placed
    assert check(problem, plan) == ()
    if not placed:
        assert Rule.ATTENDEE_CAP in plan.failures[0].conflict


def test_what_a_leader_writes_up_after_the_last_shift_has_its_price(make: SimpleNamespace) -> None:
    leader = make.leader(write_up=30, prepare=10, shares={"calls": 1.0})
    slopes = cost_table(make.problem(facilitators=(leader,))).slopes["calls"]
    (priced,) = np.nonzero(slopes[:, 0])
    assert priced[0] == make.slot("08:00") - 2
    assert priced[-1] == make.slot("16:00") + 1


def test_where_no_break_moves_the_bounds_of_both_add_up(make: SimpleNamespace) -> None:
    problem = beside(make, course(make, 60), limits=LOOSE)
    plan = solve(problem)
    assert check(problem, plan) == ()
    assert len(plan.placements) == len(plan.groups) == 1
    assert 0.9 * plan.cost < plan.bound <= plan.cost


def test_what_moved_breaks_give_back_is_in_the_bound_of_a_plan_of_both(
    make: SimpleNamespace,
) -> None:
    pause = OffTime(
        interval=make.span("10:00", "10:30"), rule=Rule.BREAK, window=make.span("08:00", "15:00")
    )
    busy = (make.span("08:00", "10:00"), make.span("10:30", "12:00"))
    costly = tuple(24.0 if 40 <= slot < 42 else 2.0 for slot in range(96))
    problem = beside(
        make,
        course(make, 15),
        attendees=(make.agent("asha", off=(pause,), busy=busy),),
        curves=(make.curve(96, volume=costly, floor=None),),
        limits=replace(LOOSE, work_stretch=480),
    )
    plan = solve(problem)
    assert check(problem, plan) == ()

    assert plan.bound <= plan.cost < 0
