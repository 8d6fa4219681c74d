"""A plan that is right has no fault, in weeks in which the clocks change as well."""

from types import SimpleNamespace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling.optimizer.check.whole import check


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_a_right_plan_has_no_fault(
    worlds: st.SearchStrategy[SimpleNamespace], data: st.DataObject
) -> None:
    world = data.draw(worlds)
    assert check(world.problem, world.plan) == ()
