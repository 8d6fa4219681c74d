"""One site, one demand, a day of quarter hours, and a training for whoever is there."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from scheduling.domain.meetings import PlaceKind
from scheduling.optimizer.lattice.whole import Lattice
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.training import Trained, train
from scheduling.optimizer.wanted import Limits, Part, Training


@pytest.fixture
def rollout(make: SimpleNamespace) -> Callable[..., tuple[Problem, Trained]]:
    """Return a function that trains ``people`` attendees; keywords change training and problem."""

    def run(
        people: int = 4, days: int = 1, changes: dict[str, Any] | None = None, **problem: object
    ) -> tuple[Problem, Trained]:
        names = tuple(f"a{number}" for number in range(people))
        plain: dict[str, Any] = {
            "id": "course",
            "attendee_ids": names,
            "trainer_ids": ("mo",),
            "parts": (Part(minutes=60, place=PlaceKind.ONLINE),),
            "least": 2,
            "most": 4,
            "first": make.day,
            "last": make.day.replace(day=make.day.day + days - 1),
        }
        values: dict[str, Any] = {
            "attendees": tuple(make.agent(name, days=days) for name in names),
            "meetings": (),
            "trainings": (Training(**plain | (changes or {})),),
            "limits": Limits(edge=0, offline_a_day=240, offline_a_week=480),
            "curves": (make.curve(96 * days, floor=None),),
        }
        asked = make.problem(days=days, **values | problem)
        return asked, train(Lattice.of(asked), asked.trainings)

    return run
