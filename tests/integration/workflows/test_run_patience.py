"""The two searches of a run share one patience."""

from dataclasses import replace

import pytest

from scheduling.domain.setup import Floor
from scheduling.domain.templates import Frequency, Recurrence
from scheduling.optimizer.outcome import Answer, Zones
from scheduling.optimizer.problem import Problem
from scheduling.workflows.run_search import PATIENCE
from tests.integration.workflows.fakes import InProcess
from tests.integration.workflows.house import House
from tests.integration.workflows.recurring import SAM, Runs, weekly


@pytest.mark.parametrize(("seconds", "given"), [(60, [PATIENCE, PATIENCE - 60]), (178, [PATIENCE])])
async def test_the_second_search_of_a_run_has_what_the_first_has_left(
    house: House, monkeypatch: pytest.MonkeyPatch, seconds: int, given: list[float]
) -> None:
    told: list[float] = []
    answer = InProcess.answer

    async def slow(self: InProcess, problem: Problem, zone: Zones, *, patience: float) -> Answer:
        told.append(patience)
        house.clock.forward(seconds=seconds)
        return await answer(self, problem, zone, patience=patience)

    monkeypatch.setattr(InProcess, "answer", slow)
    held = house.runtime.services.setups
    held._take(held.number, replace(held.setup, floors={"north-calls": Floor(heads=6)}))
    runs = Runs(house)
    await runs.desk.save(SAM, weekly(recurrence=Recurrence(frequency=Frequency.MONTHLY)))
    run = await runs.planned()
    assert run.preview is not None
    assert run.preview.unplaced
    assert told == given
