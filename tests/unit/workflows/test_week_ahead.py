"""Until when it is worth telling somebody of their week: the end of their first working day in it."""

from datetime import UTC, date, datetime, time, timedelta

from scheduling.domain.house import Noise
from scheduling.domain.people import WorkingTime
from scheduling.domain.quiet import Rhythm, release
from scheduling.domain.times import DAY, Interval, WallWindow
from scheduling.workflows.week_ahead import first_day_over

MONDAY = date(2026, 11, 30)
THURSDAY = datetime(2026, 11, 26, 15, 0, tzinfo=UTC)
LONDON = "Europe/London"


def shift(day: int, hour: int = 9) -> Interval:
    """Return eight hours from ``hour`` on that day of the week from Monday."""
    start = datetime(2026, 11, 30, hour, tzinfo=UTC) + day * DAY
    return Interval(start, start + timedelta(hours=8))


def test_who_is_back_on_wednesday_only_is_told_on_wednesday() -> None:
    rhythm = Rhythm(zone=LONDON, shifts=(shift(2), shift(3)))
    over = first_day_over(rhythm, MONDAY)
    assert over == datetime(2026, 12, 3, tzinfo=UTC)
    assert release(Noise(), rhythm, THURSDAY) < over


def test_a_shift_of_the_week_before_or_after_is_none_of_it() -> None:
    rhythm = Rhythm(zone=LONDON, shifts=(shift(-3), shift(7)))
    assert first_day_over(rhythm, MONDAY) == datetime(2026, 12, 1, tzinfo=UTC)


def test_a_night_shift_is_of_the_day_on_which_it_begins() -> None:
    rhythm = Rhythm(zone=LONDON, shifts=(shift(0, 22),))
    assert first_day_over(rhythm, MONDAY) == datetime(2026, 12, 1, tzinfo=UTC)


def test_without_shifts_it_is_by_working_time_in_their_own_zone() -> None:
    from_tuesday = WorkingTime(weekdays=frozenset({1, 2}), window=WallWindow(time(8), time(16)))
    rhythm = Rhythm(zone="America/New_York", working=from_tuesday)
    assert first_day_over(rhythm, MONDAY) == datetime(2026, 12, 2, 5, tzinfo=UTC)
