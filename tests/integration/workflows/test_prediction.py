"""What a proposal predicts is what is true once it is booked."""

from dataclasses import replace

import pytest

from scheduling.domain.requests import RequestState
from tests.integration.workflows.house import House
from tests.integration.workflows.small_centre import EIGHT, actor, ask_for, centre
from tests.support.clocks import StoppedClock
from wfm.centre.memory import MemoryWfm


@pytest.mark.parametrize("shrinkage", [0.0, 0.075, 0.25])
async def test_staffing_after_a_session_is_staffing_before_the_next(
    database: str, shrinkage: float
) -> None:
    plain = centre()
    shrunk = {name: replace(series, shrinkage=shrinkage) for name, series in plain.staffing.items()}
    wfm = MemoryWfm(replace(plain, staffing=shrunk), StoppedClock(EIGHT))
    async with House.open(database, wfm=wfm) as house:
        draft = await house.desk.open_draft(actor("mia"), "chat", {})
        predicted = await house.desk.propose(actor("mia"), draft, ask_for("north-1"))
        (curve,) = predicted.curves
        request_id = await house.take(draft)
        await house.settled(request_id, RequestState.BOOKED)
        again = ask_for("north-2")
        world = await house.runtime.search.world(again, "north", fresh=True)
        found = await house.runtime.search.find(again, world)
    (now,) = found.problem.curves
    grid = found.problem.grid
    after = {grid.at(slot): staff for slot, staff in enumerate(now.coverage)}
    taken = predicted.sessions[0].best.interval
    assert [point.after for point in curve.points] == pytest.approx(
        [after[point.start] for point in curve.points], abs=0.01
    )
    (start, *_) = taken.slots(curve.slot_minutes)
    (there,) = [point for point in curve.points if point.start == start]
    assert there.before - there.after == pytest.approx(1 - shrinkage, abs=0.01)
