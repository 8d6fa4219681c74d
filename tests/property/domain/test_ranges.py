"""Laws of intervals, windows and wall time."""

import itertools
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from scheduling.domain.times import (
    DAY,
    MINUTE,
    DateRange,
    Interval,
    WallWindow,
    at_wall,
    merge,
    subtract,
    zone_of,
)

EPOCH = datetime(2026, 3, 28, tzinfo=UTC)
HOUR = 60
ZONES = st.sampled_from(
    [
        "Europe/London",
        "America/New_York",
        "Australia/Sydney",
        "Australia/Adelaide",
        "Australia/Lord_Howe",
        "Asia/Kolkata",
        "America/Santiago",
        "Africa/Casablanca",
        "UTC",
    ]
)
DATES = st.dates(date(2025, 1, 1), date(2027, 12, 31))
CLOCKS = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    start = draw(st.integers(0, HOUR))
    length = draw(st.integers(1, 20))
    return Interval(EPOCH + start * MINUTE, EPOCH + (start + length) * MINUTE)


SOME = st.lists(intervals(), max_size=8)


def minutes(of: list[Interval] | tuple[Interval, ...]) -> set[datetime]:
    """Return every minute that the intervals hold: sets are what their algebra means."""
    return {one.start + n * MINUTE for one in of for n in range(one.minutes)}


def apart(of: tuple[Interval, ...]) -> bool:
    return all(a.end < b.start for a, b in itertools.pairwise(of))


@given(SOME)
def test_merging_keeps_every_minute_and_leaves_gaps_between(some: list[Interval]) -> None:
    merged = merge(some)
    assert minutes(merged) == minutes(some)
    assert apart(merged)
    assert merge(merged) == merged


@given(SOME, SOME)
def test_subtracting_leaves_what_is_in_one_and_not_in_the_other(
    whole: list[Interval], holes: list[Interval]
) -> None:
    left = subtract(whole, holes)
    assert minutes(left) == minutes(whole) - minutes(holes)
    assert apart(left)


@given(intervals(), intervals())
def test_clipping_is_what_both_hold(one: Interval, other: Interval) -> None:
    shared = one.clip(other)
    assert minutes([shared] if shared else []) == minutes([one]) & minutes([other])
    assert one.overlaps(other) == (shared is not None)
    assert one.covers(other) == (shared == other)


@given(intervals(), st.sampled_from([5, 10, 15, 30]))
def test_slots_are_those_that_an_interval_touches(one: Interval, step: int) -> None:
    slots = [Interval(at, at + step * MINUTE) for at in one.slots(step)]
    assert all(slot.overlaps(one) for slot in slots)
    assert merge(slots)[0].covers(one)
    assert all((slot.start - EPOCH) % (step * MINUTE) == timedelta(0) for slot in slots)


@given(DATES, CLOCKS, ZONES)
def test_a_wall_time_comes_back_or_is_the_first_after_the_gap(
    day: date, clock: time, zone: str
) -> None:
    instant = at_wall(day, clock, zone)
    wall = instant.astimezone(zone_of(zone)).replace(tzinfo=None)
    asked = datetime.combine(day, clock)
    if wall == asked:
        return
    just_before = (instant - MINUTE).astimezone(zone_of(zone)).replace(tzinfo=None)
    assert just_before < asked < wall


@given(DATES, CLOCKS, ZONES)
def test_of_a_doubled_time_it_is_the_first(day: date, clock: time, zone: str) -> None:
    instant = at_wall(day, clock, zone)
    place = zone_of(zone)
    wall = instant.astimezone(place).replace(tzinfo=None)
    earlier = [instant - n * 30 * MINUTE for n in range(1, 5)]
    assert all(e.astimezone(place).replace(tzinfo=None) != wall for e in earlier)


@given(DATES, CLOCKS, CLOCKS, ZONES)
def test_later_on_the_wall_is_never_earlier(day: date, one: time, two: time, zone: str) -> None:
    first, second = sorted((one, two))
    assert at_wall(day, first, zone) <= at_wall(day, second, zone)


@given(DATES, st.integers(1, 10), ZONES)
def test_days_follow_each_other_without_a_gap(first: date, count: int, zone: str) -> None:
    dates = DateRange(first, first + count * DAY)
    days = [DateRange(day, day + DAY).interval(zone) for day in dates.days()]
    assert len(days) == count
    assert dates.last == first + (count - 1) * DAY
    assert all(a.end == b.start for a, b in itertools.pairwise(days))
    assert merge(days) == (dates.interval(zone),)


@st.composite
def windows(draw: st.DrawFn) -> WallWindow:
    start, end = draw(CLOCKS), draw(CLOCKS)
    assume(start < end or end == time(0))
    return WallWindow(start, end)


@given(windows(), windows(), CLOCKS)
def test_a_window_clipped_holds_the_times_of_both(
    one: WallWindow, other: WallWindow, clock: time
) -> None:
    def holds(window: WallWindow | None) -> bool:
        if window is None:
            return False
        return window.start <= clock and (window.end == time(0) or clock < window.end)

    assert holds(one.clip(other)) == (holds(one) and holds(other))
    assert one.clip(other) == other.clip(one)
