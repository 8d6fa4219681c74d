"""A small problem, as a value and as the JSON of its file."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from bot.planning.canonical import canonical
from bot.planning.faults import BadFile, FileFault
from bot.planning.files import read_problem
from scheduling.optimizer.generator import generate
from scheduling.optimizer.problem import Problem

Document = dict[str, Any]


@pytest.fixture(scope="session")
def problem() -> Problem:
    """Twenty agents over a week, some of them to be trained."""
    return generate(agents=20, weeks=1, seed=3, training=0.5, team_meetings=True)


@pytest.fixture(scope="session")
def written(problem: Problem) -> bytes:
    """Write the problem as its file."""
    return canonical(problem)


@pytest.fixture
def document(written: bytes) -> Document:
    """Return the problem's file as JSON, to be changed."""
    changed: Document = json.loads(written)
    return changed


@pytest.fixture
def faults_in() -> Callable[[Document | bytes], tuple[FileFault, ...]]:
    """Read what is no problem, and return what was found wrong with it."""

    def read(wrong: Document | bytes) -> tuple[FileFault, ...]:
        content = wrong if isinstance(wrong, bytes) else json.dumps(wrong).encode()
        with pytest.raises(BadFile) as found:
            read_problem(content)
        return found.value.faults

    return read
