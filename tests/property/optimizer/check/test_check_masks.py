"""The masks of the solver are never laxer than the check, rule by rule and start by start."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling.domain.meetings import PlaceKind
from scheduling.domain.rules import Rule
from scheduling.domain.times import Interval
from scheduling.optimizer.check.whole import check
from scheduling.optimizer.lattice.whole import Lattice
from scheduling.optimizer.masks.codes import NOWHERE, RULES, codes
from scheduling.optimizer.plan import Placement, Plan, Status
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.wanted import Meeting


def at(problem: Problem, meeting: Meeting, slot: int) -> Placement:
    start = problem.grid.at(slot)
    return Placement(
        meeting_id=meeting.id,
        interval=Interval(start, start + timedelta(minutes=meeting.minutes)),
        place=meeting.place,
        room_id="r" if meeting.place is PlaceKind.ROOM else None,
    )


@settings(
    max_examples=4,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_what_the_check_faults_the_masks_exclude(
    worlds: st.SearchStrategy[SimpleNamespace], data: st.DataObject
) -> None:
    world = data.draw(worlds)
    wanted = [each for each in world.problem.meetings if each.id in ("plain", "room", "self")]
    problem = replace(
        world.problem, meetings=tuple(wanted), trainings=(), series=(), pinned=(), allowances=()
    )
    found = codes(Lattice.of(problem), wanted)
    for row, meeting in enumerate(wanted):
        for slot in range(data.draw(st.integers(0, 16)), problem.grid.slots, 17):
            code = int(found[row, slot])
            if code == NOWHERE:
                continue
            masked = {rule for place, rule in enumerate(RULES) if code >> place & 1}
            plan = Plan(
                status=Status.FEASIBLE, placements=(at(problem, meeting, slot),), failures=()
            )
            faulted = {fault.rule for fault in check(problem, plan) if fault.rule}
            unmoved = {Rule.BREAK}  # the mask lets a break make way that this placement leaves
            assert faulted - unmoved <= masked
