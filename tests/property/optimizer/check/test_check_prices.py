"""Two derivations of the price, the table of the solver and the definition, agree to the unit."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling.domain.centre import DemandKind
from scheduling.optimizer.check_cost import TrueCost
from scheduling.optimizer.cost import cost_table


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
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
