"""Call counts are read from a CSV, and whole weeks taken from them."""

from collections.abc import Callable

import numpy as np
import pytest

from scheduling.optimizer.generator import CallCounts

Csv = Callable[[int], str]


def test_weeks_follow_each_other(counts: CallCounts, rng: np.random.Generator) -> None:
    drawn = counts.weeks(3, rng)
    assert drawn.shape == (15, 56)
    first = drawn[0, 0]
    assert [row[0] for row in drawn[::5]] == [first, first + 100, first + 200]


def test_a_week_without_a_day_is_left_out(csv_of: Csv, rng: np.random.Generator) -> None:
    rows = [row for row in csv_of(5).splitlines() if not row.startswith("2024-01-16")]
    counts = CallCounts.parse("\n".join(rows))
    assert len(counts.mondays) == 4
    assert counts.weeks(2, rng)[0, 0] in (100, 400)
    assert counts.weeks(4, rng).shape == (20, 56)


def test_more_weeks_than_there_are_is_refused(counts: CallCounts, rng: np.random.Generator) -> None:
    with pytest.raises(ValueError, match="5 whole weeks of calls, not 6"):
        counts.weeks(6, rng)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("date,calls\n", "no column interval_start"),
        ("", "no column date"),
        ("date,interval_start,calls\n2024-01-01,07:00,many\n", "line 2"),
        ("date,interval_start,calls\n2024-01-01,07:00,-1\n", "line 2"),
        ("date,interval_start,calls\n2024-01-01,07:00,nan\n", "line 2"),
        ("date,interval_start,calls\n2024-01-01\n", "line 2"),
        ("date,interval_start,calls\nsoon,07:00,3\n", "line 2"),
        ("date,interval_start,calls\n2024-01-01,07:00,3\n", "no week"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        CallCounts.parse(text)


def test_hours_outside_opening_hours_do_not_count(csv_of: Csv) -> None:
    text = csv_of(1) + "2024-01-01,06:45,99\n2024-01-01,21:00,99\n"
    assert CallCounts.parse(text).calls.shape == (1, 5, 56)
