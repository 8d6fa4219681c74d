"""Service clocks: time counts while a scheduler is at work, on any night on which clocks change."""

from datetime import UTC, datetime, time, timedelta

import pytest

from scheduling.domain.house import Noise, ServiceClock
from scheduling.domain.people import Person, Role, WorkingTime
from scheduling.domain.service_clocks import Due, Hours, Nudge, due, hours_of, nudges
from scheduling.domain.times import WallWindow

ZONE = "Europe/London"
NINE_TO_FIVE = WorkingTime(weekdays=frozenset(range(5)), window=WallWindow(time(9), time(17)))
OFFICE = Hours(times=((NINE_TO_FIVE, ZONE),))
ALL_WEEK = WorkingTime(weekdays=frozenset(range(7)), window=WallWindow(time(0), time(0)))
HOUR = timedelta(hours=1)


def at(day: int, hour: int, minute: int = 0, *, month: int = 11) -> datetime:
    """Return an instant of 2026; 23 November is a Monday."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def somebody(working: WorkingTime | None, zone: str = ZONE) -> Person:
    """Return a scheduler."""
    return Person(id=zone, name="S", zone=zone, roles=frozenset({Role.SCHEDULER}), working=working)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        (at(23, 9), 4, at(23, 13)),
        (at(23, 15), 4, at(24, 11)),
        (at(23, 3), 4, at(23, 13)),
        (at(27, 16), 4, at(30, 12)),
        (at(28, 12), 4, at(30, 13)),
        (at(23, 9), 8, at(23, 17)),
    ],
)
def test_time_counts_while_somebody_is_at_work(start: datetime, hours: int, end: datetime) -> None:
    assert OFFICE.after(start, hours * HOUR) == end
    assert OFFICE.between(start, end) == hours * HOUR


def test_two_schedulers_in_two_zones_are_there_one_after_the_other() -> None:
    both = Hours(times=((NINE_TO_FIVE, ZONE), (NINE_TO_FIVE, "America/New_York")))
    assert both.after(at(23, 15), 4 * HOUR) == at(23, 19)
    assert both.between(at(23, 9), at(24, 9)) == 13 * HOUR


def test_the_night_on_which_clocks_go_back_has_an_hour_more_and_forward_one_less() -> None:
    night = Hours(times=((ALL_WEEK, ZONE),))
    assert night.between(at(24, 23, month=10), at(26, 0, month=10)) == 25 * HOUR
    early = WorkingTime(weekdays=frozenset(range(7)), window=WallWindow(time(0), time(4)))
    short = Hours(times=((early, ZONE),))
    assert short.between(at(29, 0, month=3), at(29, 12, month=3)) == 3 * HOUR
    gone = WorkingTime(weekdays=frozenset(range(7)), window=WallWindow(time(1), time(2)))
    swallowed = Hours(times=((gone, ZONE),))
    assert swallowed.after(at(29, 0, month=3), HOUR / 2) == at(30, 0, 30, month=3)


def test_office_hours_are_wall_hours_on_both_sides_of_the_change() -> None:
    assert OFFICE.after(at(23, 15, month=10), 2 * HOUR) == at(26, 10, month=10)
    assert OFFICE.after(at(27, 16, month=3), 2 * HOUR) == at(30, 9, month=3)


def test_who_has_no_working_time_is_there_when_awake_on_weekdays() -> None:
    hours = hours_of([somebody(None)], Noise())
    assert hours.after(at(27, 19), 2 * HOUR) == at(30, 8)
    assert hours.now_at_work(at(27, 19))
    assert not hours.now_at_work(at(28, 12))


def test_without_schedulers_every_minute_counts() -> None:
    assert hours_of([], Noise()).after(at(28, 12), 4 * HOUR) == at(28, 16)


def test_who_never_works_does_not_stop_the_clock_for_ever() -> None:
    never = WorkingTime(weekdays=frozenset(), window=WallWindow(time(9), time(17)))
    assert Hours(times=((never, ZONE),)).after(at(23, 9), 4 * HOUR) == at(23, 13)


@pytest.mark.parametrize(
    ("last", "resolve"),
    [
        (None, at(23, 13)),
        (at(30, 9), at(23, 13)),
        (at(24, 11), at(23, 11)),
        (at(23, 12), at(23, 12)),
        (at(23, 8), at(23, 13)),
    ],
    ids=["no_start", "far", "a_day_before", "within_a_day", "gone"],
)
def test_a_decision_is_due_in_four_hours_or_a_day_before_the_last_start(
    last: datetime | None, resolve: datetime
) -> None:
    found = due(ServiceClock(), OFFICE, at(23, 9), last)
    assert found == Due(take_on_by=at(23, 9, 30), resolve_by=resolve)


def test_nudges_come_at_parts_of_the_working_time() -> None:
    clock = ServiceClock()
    times = due(clock, OFFICE, at(23, 15), None)
    assert times.resolve_by == at(24, 11)
    assert nudges(clock, OFFICE, at(23, 15), times) == (
        (at(23, 15, 30), Nudge.TAKE_ON),
        (at(23, 17), Nudge.REMIND),
        (at(24, 10, 12), Nudge.MENTION),
        (at(24, 11), Nudge.OVERDUE),
    )


def test_what_is_due_before_anybody_is_at_work_is_nudged_by_the_clock_on_the_wall() -> None:
    clock = ServiceClock()
    times = due(clock, OFFICE, at(28, 8), at(28, 10))
    assert [when for when, _ in nudges(clock, OFFICE, at(28, 8), times)] == [
        at(28, 9),
        at(28, 9, 36),
        at(28, 10),
        at(28, 10),
    ]
