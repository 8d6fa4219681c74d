"""A small centre, and call counts of five weeks."""

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pytest

from scheduling.optimizer.generator import CallCounts, generate
from scheduling.optimizer.problem import Problem


@pytest.fixture(scope="session")
def centre() -> Problem:
    """Two sites' worth of wishes in one small centre."""
    return generate(agents=90, weeks=1, seed=4, training=0.3, team_meetings=True)


@pytest.fixture
def rng() -> np.random.Generator:
    """One source of chance."""
    return np.random.default_rng(1)


@pytest.fixture
def csv_of() -> Callable[[int], str]:
    """CSV of so many whole weeks, calmest at opening and closing time, which tells the week."""

    def text(weeks: int) -> str:
        rows = ["date,interval_start,calls"]
        for day in range(7 * weeks):
            when = date(2024, 1, 1) + timedelta(days=day)
            if day % 7 < 5:
                rows += [
                    f"{when},{7 + at // 4:02d}:{15 * (at % 4):02d},{100 * (day // 7 + 1) + 20 * min(at, 55 - at)}"
                    for at in range(56)
                ]
        return "\n".join(rows) + "\n"

    return text


@pytest.fixture
def counts(csv_of: Callable[[int], str]) -> CallCounts:
    """Five weeks of calls."""
    return CallCounts.parse(csv_of(5))
