"""Wall time on the days on which clocks change, and what no range may be."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.domain.times import (
    DateRange,
    Interval,
    WallWindow,
    at_wall,
    common,
    require_utc,
    zone_of,
)

LONDON, NEW_YORK = "Europe/London", "America/New_York"
SYDNEY, ADELAIDE, LORD_HOWE = "Australia/Sydney", "Australia/Adelaide", "Australia/Lord_Howe"
NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "clock", "expected"),
    [
        (LONDON, date(2026, 3, 29), time(0, 59), "2026-03-29T00:59"),
        (LONDON, date(2026, 3, 29), time(1, 0), "2026-03-29T01:00"),
        (LONDON, date(2026, 3, 29), time(1, 30), "2026-03-29T01:00"),
        (LONDON, date(2026, 3, 29), time(2, 0), "2026-03-29T01:00"),
        (NEW_YORK, date(2026, 3, 8), time(2, 30), "2026-03-08T07:00"),
        (SYDNEY, date(2026, 10, 4), time(2, 15), "2026-10-03T16:00"),
        (ADELAIDE, date(2026, 10, 4), time(2, 15), "2026-10-03T16:30"),
        (LORD_HOWE, date(2026, 10, 4), time(2, 15), "2026-10-03T15:30"),
    ],
)
def test_a_time_in_the_spring_gap_is_the_first_instant_after_it(
    zone: str, day: date, clock: time, expected: str
) -> None:
    assert at_wall(day, clock, zone) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "clock", "expected"),
    [
        (LONDON, date(2026, 10, 25), time(1, 30), "2026-10-25T00:30"),
        (LONDON, date(2026, 10, 25), time(2, 0), "2026-10-25T02:00"),
        (NEW_YORK, date(2026, 11, 1), time(1, 30), "2026-11-01T05:30"),
        (SYDNEY, date(2026, 4, 5), time(2, 30), "2026-04-04T15:30"),
        (ADELAIDE, date(2026, 4, 5), time(2, 30), "2026-04-04T16:00"),
        (LORD_HOWE, date(2026, 4, 5), time(1, 45), "2026-04-04T14:45"),
    ],
)
def test_a_doubled_time_in_autumn_is_its_first_pass(
    zone: str, day: date, clock: time, expected: str
) -> None:
    assert at_wall(day, clock, zone) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 6)), max_size=5))
def test_what_is_common_is_what_two_or_more_take(spans: list[tuple[int, int]]) -> None:
    hour = timedelta(hours=1)
    given_ = [Interval(NINE + at * hour, NINE + (at + long) * hour) for at, long in spans]
    shared = common(given_)
    for n in range(27):
        cell = Interval(NINE + n * hour, NINE + (n + 1) * hour)
        twice = sum(one.covers(cell) for one in given_) > 1
        assert any(one.covers(cell) for one in shared) is twice


def test_half_hour_zones_are_half_an_hour_off() -> None:
    assert at_wall(date(2026, 11, 23), time(9), "Asia/Kolkata") == NINE.replace(hour=3, minute=30)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        (LONDON, date(2026, 3, 29), 23),
        (LONDON, date(2026, 10, 25), 25),
        (LORD_HOWE, date(2026, 10, 4), 23.5),
        (SYDNEY, date(2026, 11, 23), 24),
    ],
)
def test_a_day_is_as_long_as_its_clock_makes_it(zone: str, day: date, hours: float) -> None:
    whole = DateRange(day, day + timedelta(days=1)).interval(zone)
    assert whole.minutes == hours * 60
    assert WallWindow(time(0), time(0)).on(day, zone) == whole


def test_a_window_over_a_change_is_shorter_or_longer() -> None:
    night = WallWindow(time(0, 30), time(4))
    assert night.on(date(2026, 3, 29), LONDON).minutes == 150
    assert night.on(date(2026, 10, 25), LONDON).minutes == 270


def test_a_window_that_the_change_swallows_is_refused() -> None:
    with pytest.raises(ValueError, match="is not before"):
        WallWindow(time(1), time(2)).on(date(2026, 3, 29), LONDON)


@pytest.mark.parametrize(
    "instant",
    [NINE.replace(tzinfo=None), NINE.astimezone(timezone(timedelta(hours=1)))],
    ids=["naive", "elsewhere"],
)
def test_only_aware_utc_is_an_instant(instant: datetime) -> None:
    with pytest.raises(ValueError, match="not an aware UTC instant"):
        require_utc(instant)
    with pytest.raises(ValueError, match="not an aware UTC instant"):
        Interval(instant, NINE + timedelta(days=1))
    with pytest.raises(ValueError, match="not an aware UTC instant"):
        Interval(NINE - timedelta(days=1), instant)


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../etc/passwd", "GMT+25", "Europe"])
def test_a_zone_that_there_is_not_is_refused_by_name(name: str) -> None:
    with pytest.raises(ValueError, match="not an IANA time zone such as Europe/London"):
        zone_of(name)


@pytest.mark.parametrize("length", [timedelta(0), timedelta(minutes=-1)])
def test_an_interval_ends_after_it_starts(length: timedelta) -> None:
    with pytest.raises(ValueError, match="is not before"):
        Interval(NINE, NINE + length)


def test_a_date_range_holds_a_date() -> None:
    with pytest.raises(ValueError, match="is not before"):
        DateRange(date(2026, 1, 1), date(2026, 1, 1))


@pytest.mark.parametrize("end", [time(9), time(8)])
def test_a_window_ends_after_it_starts_or_at_midnight(end: time) -> None:
    with pytest.raises(ValueError, match="is not before"):
        WallWindow(time(9), end)
    assert WallWindow(time(9), time(0)).on(date(2026, 11, 23), "UTC").minutes == 15 * 60


def test_half_open_ranges_that_touch_do_not_overlap() -> None:
    one, two = (
        Interval(NINE, NINE.replace(hour=10)),
        Interval(NINE.replace(hour=10), NINE.replace(hour=11)),
    )
    assert not one.overlaps(two)
    assert one.clip(two) is None
    assert WallWindow(time(9), time(10)).clip(WallWindow(time(10), time(11))) is None
