"""The parts of the batch search that no kernel is needed for."""

import numpy as np

from scheduling.optimizer.batch.prices import dearest
from scheduling.optimizer.batch.watch import Watch


def test_the_dearest_are_let_off_tier_by_tier_as_many_as_fail() -> None:
    minima = np.array([5, 9, 7, 100, 1])
    tier = np.array([2, 2, 2, 0, 0], np.int8)
    failed = np.array([True, False, True, False, False])
    assert dearest(minima, tier, failed).tolist() == [False, True, True, False, False]


def test_a_watch_stays_stopped_once_its_deadline_has_passed() -> None:
    answers = iter([False, True, False])
    watch = Watch(deadline=lambda: next(answers))
    assert [watch.goes_on("sweeps", 0.0) for _ in range(3)] == [True, False, False]
    assert watch.guarded
