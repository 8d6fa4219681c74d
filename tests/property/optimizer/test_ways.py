"""A way out for who sits in no group is one: what is loosened is enough, and it costs what it says."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from scheduling.domain.rules import NEVER_RELAXED, Rule
from scheduling.optimizer.check.whole import check
from scheduling.optimizer.outcome import FaultKind
from scheduling.optimizer.plan import Failure, Loosening, Plan
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.solve import solve

Strategy = Callable[..., st.SearchStrategy[Problem]]
BESIDE = {FaultKind.WRONG_PRICE, FaultKind.WRONG_STATUS, FaultKind.WRONG_BOUND}
"""What joining a group changes in a plan beside the group."""


def with_the_way(problem: Problem, plan: Plan, failure: Failure, way: Loosening) -> Iterator[Plan]:
    """Yield the plan with who was left out in the group that they join, for each that it may be."""
    (training,) = problem.trainings
    for at, group in enumerate(plan.groups):
        first = group.parts[0]
        if (first.interval, first.room_id) == (way.placement.interval, way.placement.room_id):
            inside = {*group.attendee_ids, failure.attendee_id}
            larger = replace(
                group,
                attendee_ids=tuple(name for name in training.attendee_ids if name in inside),
                breaks=(*group.breaks, *way.placement.breaks),
            )
            yield replace(
                plan,
                groups=(*plan.groups[:at], larger, *plan.groups[at + 1 :]),
                failures=tuple(one for one in plan.failures if one is not failure),
                cost=plan.cost + way.placement.price,
            )


@settings(
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_who_takes_a_way_out_sits_there_at_its_price(
    strategy: Strategy, data: st.DataObject
) -> None:
    problem = replace(data.draw(strategy(course=True)), allowances=())
    plan = solve(problem)
    for failure in plan.failures:
        for way in failure.loosenings if failure.attendee_id else ():
            assert way.rules
            assert way.count > 0
            assert not way.rules & NEVER_RELAXED
            if not way.rules <= {Rule.GROUP, Rule.DATES}:  # which may be a group of their own
                loosened = replace(problem, relaxed=problem.relaxed | way.rules)
                assert any(
                    {fault.kind for fault in check(loosened, changed)} <= BESIDE
                    for changed in with_the_way(problem, plan, failure, way)
                )
