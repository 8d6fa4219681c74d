"""Which sessions are near: they begin within two working days."""

from datetime import UTC, datetime, timedelta

from scheduling.domain.times import DAY
from scheduling.workflows.drift import near_end


def test_a_weekend_is_not_counted() -> None:
    monday = datetime(2026, 11, 23, 9, tzinfo=UTC)
    ahead = [near_end(monday + n * DAY) - monday for n in range(7)]
    assert ahead == [timedelta(days=n) for n in (2, 3, 4, 7, 8, 8, 8)]
