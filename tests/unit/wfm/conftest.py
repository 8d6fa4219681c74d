"""A folder of valid files to spoil, and a clock that has stopped."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from scheduling.ports.clock import Clock
from wfm.centre.generate import generate
from wfm.centre.model import Centre
from wfm.files.template import write_template


class FixedClock:
    """A clock that has stopped."""

    def now(self) -> datetime:
        """Return always the same instant."""
        return datetime(2026, 11, 20, 8, tzinfo=UTC)


@pytest.fixture
def clock() -> Clock:
    """Return a clock that has stopped."""
    return FixedClock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the template's valid example rows."""
    write_template(tmp_path)
    return tmp_path


@pytest.fixture
def spoil(folder: Path) -> Callable[[str, str, str], None]:
    """Return a function that replaces a text in a table, which must be there."""

    def replace(table: str, old: str, new: str) -> None:
        path = folder / f"{table}.csv"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace


@pytest.fixture(scope="session")
def small() -> Centre:
    """Return a small centre with a fortnight of history."""
    return generate(3, date(2026, 11, 23), weeks=1, history_days=14, agents=16, teams=2)
