"""Plans of the solver that the check once found wrong, each as small as it could be made."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from scheduling.optimizer.check import check
from scheduling.optimizer.solve import solve


@pytest.mark.xfail(
    strict=True,
    reason="solve.plan_of calls a plan proved within walk-away prices, and its bound lies below the cost",
)
def test_a_plan_that_is_proved_has_its_cost_for_a_bound(make: SimpleNamespace) -> None:
    never = make.day + timedelta(days=9)
    meetings = (
        make.meeting("lost", first=never, last=never, facilitator_id=None),
        make.meeting("kept", walk_away=90.0, facilitator_id=None),
    )
    tight = make.curve(96, volume=(28.0,) * 96)
    problem = make.problem(meetings=meetings, curves=(tight,))
    plan = solve(problem)
    assert plan.cost > 0
    assert check(problem, plan) == ()
