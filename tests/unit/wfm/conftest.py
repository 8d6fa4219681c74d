"""A folder of valid files to spoil, and a clock that has stopped."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from scheduling.domain.times import Interval, at_wall
from scheduling.ports.clock import Clock
from tests.support.clocks import StoppedClock
from wfm.centre.generate import generate
from wfm.centre.model import Centre, clip
from wfm.files.template import write_template


@pytest.fixture
def clock() -> Clock:
    """Return a clock that has stopped."""
    return StoppedClock(datetime(2026, 11, 20, 8, tzinfo=UTC))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the template's valid example rows."""
    write_template(tmp_path)
    return tmp_path


@pytest.fixture
def spoil(folder: Path) -> Callable[[str, str, str], None]:
    """Return a function that replaces a text in a table, which must be there."""

    def swap(table: str, old: str, new: str) -> None:
        path = folder / f"{table}.csv"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return swap


@pytest.fixture(scope="session")
def small() -> Centre:
    """Return a small centre with a fortnight of history."""
    return generate(3, date(2026, 11, 23), weeks=1, history_days=14, agents=16, teams=2)


@pytest.fixture(scope="session")
def tiny() -> Centre:
    """Return a week of six agents, with staffing for one day."""
    monday = date(2026, 11, 23)
    centre = generate(3, monday, weeks=1, history_days=0, agents=6, teams=2)
    span = Interval(
        at_wall(monday, time(6, 0), centre.zone), at_wall(monday, time(21, 0), centre.zone)
    )
    clipped = {demand: clip(series, span) for demand, series in centre.staffing.items()}
    return replace(centre, staffing={demand: s for demand, s in clipped.items() if s})
