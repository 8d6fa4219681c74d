"""Where somebody stands with a course: completed, expiring, due soon, overdue."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from scheduling.domain.courses import Course
from scheduling.learning.standings import SOON, DueFigures, Standing, due_figures, standing

TODAY = date(2026, 11, 30)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        (None, Standing.OPEN),
        (TODAY + SOON + DAY, Standing.OPEN),
        (TODAY + SOON, Standing.SOON),
        (TODAY, Standing.SOON),
        (TODAY - DAY, Standing.OVERDUE),
    ],
)
def test_what_is_not_completed_is_open_due_soon_or_overdue(
    course: Callable[..., Course], due: date | None, expected: Standing
) -> None:
    assert standing(course(due=due), None, TODAY) is expected


@pytest.mark.parametrize(
    ("days_ago", "expected"),
    [
        (0, Standing.DONE),
        (304, Standing.DONE),
        (305, Standing.RENEW),
        (364, Standing.RENEW),
        (365, Standing.OVERDUE),
    ],
)
def test_what_is_completed_counts_until_it_expires(
    course: Callable[..., Course], days_ago: int, expected: Standing
) -> None:
    on = TODAY - days_ago * DAY
    assert standing(course(valid_days=365, due=TODAY - DAY), on, TODAY) is expected
    assert standing(course(due=TODAY - DAY), on, TODAY) is Standing.DONE, "for ever"


def test_what_is_about_to_expire_is_completed_and_due_soon() -> None:
    assert due_figures([*Standing, Standing.DONE]) == DueFigures(
        required=6, done=3, overdue=1, soon=2
    )
