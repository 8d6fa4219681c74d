"""Two derivations of the price, the table of the solver and the definition, agree to the unit."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling.domain.centre import DemandKind, ServiceGoal
from scheduling.domain.rules import Rule
from scheduling.optimizer.check.cost import TrueCost
from scheduling.optimizer.cost import cost_table
from scheduling.optimizer.supply import DEEPEST

FEW = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@FEW
@given(data=st.data())
def test_the_table_of_prices_is_what_the_definition_says(
    worlds: st.SearchStrategy[SimpleNamespace], data: st.DataObject
) -> None:
    problem = data.draw(worlds).problem
    kind = data.draw(st.sampled_from(list(DemandKind)))
    backlog = data.draw(st.sampled_from([0.0, 50.0]))
    curves = tuple(replace(curve, kind=kind, backlog=backlog) for curve in problem.curves)
    problem = replace(problem, curves=curves)
    table, costs = cost_table(problem), TrueCost(problem)
    units = data.draw(st.integers(-40, 240))
    for curve in curves:
        removed = np.asarray(curve.removed or (0,) * problem.grid.slots, np.int64)
        added = table.added(curve.demand_id, removed, units)
        for slot in range(0, problem.grid.slots, 37):
            true = costs.of({(curve.demand_id, slot): units}, beside={})
            attended = any(
                shift.start <= problem.grid.at(slot) < shift.end
                for shift in problem.attendees[0].shifts
            )
            if attended:
                assert abs(added[slot] / 1e6 - true) <= 1e-6 * abs(units), (kind, slot, units)


@FEW
@given(data=st.data())
def test_both_price_a_backlog_alike(
    worlds: st.SearchStrategy[SimpleNamespace], data: st.DataObject
) -> None:
    problem = data.draw(worlds).problem
    curve = replace(
        problem.curves[0],
        kind=DemandKind.DEFERRED,
        backlog=data.draw(st.sampled_from([0.0, 40.0, 400.0, 4000.0])),
        goal=ServiceGoal(percent=80, seconds=data.draw(st.sampled_from([0, 1800, 7200, 86400]))),
        coverage=(data.draw(st.sampled_from([8.0, 20.0])),) * problem.grid.slots,
    )
    problem = replace(problem, curves=(curve,), relaxed=frozenset({Rule.ON_SHIFT}))
    table, costs = cost_table(problem), TrueCost(problem)
    added = table.added("x", np.zeros(problem.grid.slots, np.int64), 60)
    for slot in (*range(8), *range(8, problem.grid.slots, 19)):
        assert abs(added[slot] / 1e6 - costs.of({("x", slot): 60}, beside={})) <= 6e-5, slot


@FEW
@given(data=st.data())
def test_both_price_alike_what_is_deeper_than_the_table(
    worlds: st.SearchStrategy[SimpleNamespace], data: st.DataObject
) -> None:
    problem = data.draw(worlds).problem
    one, crowd = problem.attendees[0], range(DEEPEST + 9)
    curve = replace(problem.curves[0], coverage=(60.0,) * problem.grid.slots, weight=0.37)
    course = replace(problem.meetings[0], attendee_ids=tuple(f"b{place}" for place in crowd))
    problem = replace(
        problem,
        curves=(curve,),
        attendees=tuple(replace(one, id=name) for name in course.attendee_ids),
        meetings=(course,),
        trainings=(),
        series=(),
        pinned=(),
    )
    table, costs = cost_table(problem), TrueCost(problem)
    assert table.slopes["x"].shape[1] < len(crowd) + 2
    removed = np.asarray(curve.removed or (0,) * problem.grid.slots, np.int64)
    units = 60 * data.draw(st.integers(DEEPEST - 3, DEEPEST + 9))
    slot = (one.shifts[0].start - problem.grid.start) // (
        problem.grid.at(1) - problem.grid.start
    ) + 1
    true = costs.of({("x", slot): units}, beside={})
    assert abs(table.added("x", removed, units)[slot] / 1e6 - true) <= 1e-6 * units
