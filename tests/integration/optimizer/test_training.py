"""Roll-outs of whole generated centres."""

import numpy as np
import pytest

from scheduling.optimizer.generator import generate
from scheduling.optimizer.lattice.whole import Lattice
from scheduling.optimizer.training import Trained, train
from scheduling.optimizer.training.construct import first_fit, greedy
from scheduling.optimizer.training.field import UNPLACED
from scheduling.optimizer.training.handles import handle
from scheduling.optimizer.training.layout import Layout


@pytest.fixture(scope="module")
def lattice() -> Lattice:
    return Lattice.of(generate(agents=200, weeks=2, seed=1, training=0.4, one_to_ones=False))


@pytest.fixture(scope="module")
def trained(lattice: Lattice) -> Trained:
    return train(lattice, lattice.problem.trainings)


def test_no_baseline_leaves_out_fewer(lattice: Lattice, trained: Trained) -> None:
    layout = Layout.of(lattice, lattice.problem.trainings)
    for baseline in ("first fit", "price"):
        state = layout.state()
        for training in range(len(layout.trainings)):
            if baseline == "price":
                nothing = np.zeros(len(layout.seats), np.int64)
                greedy(layout.handle, handle(state), training, nothing)
            else:
                first_fit(layout.handle, handle(state), training)
        assert len(trained.missed) <= int(state.total[UNPLACED:].sum())


def test_the_bound_is_below_the_cost_and_above_nothing(trained: Trained) -> None:
    assert 0 < trained.bound <= trained.cost


def test_the_same_problem_gives_the_same_plan(lattice: Lattice, trained: Trained) -> None:
    assert train(lattice, lattice.problem.trainings) == trained
