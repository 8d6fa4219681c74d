"""Plans of the solver that the check once found wrong, each as small as it could be made."""

from datetime import timedelta
from types import SimpleNamespace

from scheduling.optimizer.check.whole import check
from scheduling.optimizer.solve import solve


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
