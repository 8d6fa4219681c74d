"""A course, and agents of its audience."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from scheduling.domain.centre import Agent
from scheduling.domain.courses import Course, CoursePart
from scheduling.domain.templates import Audience


@pytest.fixture
def course() -> Callable[..., Course]:
    """Return a maker of a course in two parts for groups of four to eight."""

    def make(**changes: object) -> Course:
        base = Course(
            id="empathy",
            name="Empathy 2",
            unit_id="north",
            owner_id="lea",
            type_id="training",
            parts=(CoursePart(minutes=60), CoursePart(minutes=90, least_days=7)),
            audience=Audience(team_ids=frozenset({"billing"})),
            trainer_ids=("ted", "tara"),
            least=4,
            most=8,
        )
        return replace(base, **changes)  # type: ignore[arg-type]  # any field by name

    return make


@pytest.fixture
def agent() -> Callable[..., Agent]:
    """Return a maker of an agent who takes calls."""

    def make(agent_id: str, **shares: float) -> Agent:
        return Agent(
            id=agent_id,
            name=agent_id.title(),
            unit_id="north",
            site_id="leeds",
            team_id="billing",
            zone="Europe/London",
            shares=shares or {"calls": 1.0},
        )

    return make
