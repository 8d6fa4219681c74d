"""What decides between starts that all rules allow: fairness, what a meeting is worth, kinds of work."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from scheduling.domain.centre import DemandKind, ServiceGoal
from scheduling.domain.rules import Rule
from scheduling.domain.times import DAY
from scheduling.optimizer.check.whole import check
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.solve import solve
from scheduling.optimizer.supply import Allowance


def starts(problem: Problem) -> dict[str, str]:
    """Return when each person meets, the plan having passed the check."""
    plan = solve(problem)
    assert check(problem, plan) == ()
    return {one.attendee_ids[0]: f"{one.interval.start:%H:%M}" for one in plan.placements}


@pytest.mark.parametrize(
    ("asha", "bo", "edge"), [(0, 0, "bo"), (3, 0, "bo"), (0, 3, "asha"), (2, 3, "asha")]
)
def test_who_had_more_inconvenient_sessions_gets_the_better_of_two_starts(
    make: SimpleNamespace, asha: int, bo: int, edge: str
) -> None:
    leader = make.leader(working=(make.span("08:00", "08:30"), make.span("12:00", "12:30")))
    people = (make.agent("asha", inconvenient=asha), make.agent("bo", inconvenient=bo))
    meetings = (make.meeting("m"), make.meeting("n", "bo"))
    found = starts(make.problem(attendees=people, facilitators=(leader,), meetings=meetings))
    assert sorted(found.values()) == ["08:00", "12:00"]
    assert found[edge] == "08:00"


@pytest.mark.parametrize(("worth", "placed"), [(None, True), (100.0, True), (0.001, False)])
def test_a_meeting_that_costs_more_than_it_is_worth_fails_with_the_reason_price(
    make: SimpleNamespace, worth: float | None, *, placed: bool
) -> None:
    problem = make.problem(meetings=(make.meeting(walk_away=worth),))
    plan = solve(problem)
    assert check(problem, plan) == ()
    assert bool(plan.placements) is placed
    if not placed:
        (failure,) = plan.failures
        assert Rule.PRICE in failure.conflict
        assert failure.loosenings[0].rules == {Rule.PRICE}
        assert failure.loosenings[0].placement.price > 0.001
    elif worth is not None:
        assert plan.cost <= worth


def test_work_that_can_wait_costs_where_it_becomes_late_and_nowhere_else(
    make: SimpleNamespace,
) -> None:
    arriving = tuple(
        40.0 if make.slot("09:00") <= slot < make.slot("11:00") else 1.0 for slot in range(96)
    )
    mail = make.curve(
        96,
        demand_id="calls",
        kind=DemandKind.DEFERRED,
        volume=arriving,
        goal=ServiceGoal(percent=100, seconds=1800),
        floor=None,
    )
    leader = make.leader(working=(make.span("10:30", "11:00"), make.span("14:00", "14:30")))
    problem = make.problem(curves=(mail,), facilitators=(leader,))
    plan = solve(problem)
    assert starts(problem) == {"asha": "14:00"}
    assert plan.cost == 0
    busy = solve(replace(problem, facilitators=(replace(leader, working=leader.working[:1]),)))
    assert busy.cost > 0


def test_a_chat_demand_has_more_to_spare_the_more_chats_an_agent_takes_at_once(
    make: SimpleNamespace,
) -> None:
    costs = [
        solve(
            make.problem(
                curves=(make.curve(96, kind=DemandKind.CHAT, concurrency=each, floor=None),)
            )
        ).cost
        for each in (1.0, 2.0)
    ]
    assert costs[0] > 10 * costs[1]


@pytest.mark.parametrize(("planned", "left"), [(100, 40), (50, -10)])
def test_offline_minutes_of_the_week_are_counted_with_transitions_and_may_be_overdrawn(
    make: SimpleNamespace, planned: int, left: int
) -> None:
    weeks = tuple(
        Allowance(week=make.day + 7 * DAY * later, planned=planned, used=20) for later in (0, 1)
    )
    problem = make.problem(attendees=(make.agent("asha", transition=5),), allowances=weeks)
    plan = solve(problem)
    assert check(problem, plan) == ()
    assert [use.added for use in plan.allowances] == [40, 0]
    assert [use.left for use in plan.allowances] == [left, planned - 20]
