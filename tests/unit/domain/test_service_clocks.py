"""Service clocks: time counts while a scheduler is at work, on any night on which clocks change."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.settings import default_types
from scheduling.domain.house import ServiceClock
from scheduling.domain.people import Person, Role, WorkingTime
from scheduling.domain.service_clocks import Due, Hours, Nudge, due, hours_of, nudges
from scheduling.domain.setup import Location, first_setup
from scheduling.domain.times import WallWindow

ZONE = "Europe/London"
NINE_TO_FIVE = WorkingTime(weekdays=frozenset(range(5)), window=WallWindow(time(9), time(17)))
NONE: frozenset[date] = frozenset()
HOUSE = first_setup([(one.type, one.places) for one in default_types()])
OFFICE = Hours(times=((NINE_TO_FIVE, ZONE, NONE),))
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
    both = Hours(times=((NINE_TO_FIVE, ZONE, NONE), (NINE_TO_FIVE, "America/New_York", NONE)))
    assert both.after(at(23, 15), 4 * HOUR) == at(23, 19)
    assert both.between(at(23, 9), at(24, 9)) == 13 * HOUR


def test_the_night_on_which_clocks_go_back_has_an_hour_more_and_forward_one_less() -> None:
    night = Hours(times=((ALL_WEEK, ZONE, NONE),))
    assert night.between(at(24, 23, month=10), at(26, 0, month=10)) == 25 * HOUR
    early = WorkingTime(weekdays=frozenset(range(7)), window=WallWindow(time(0), time(4)))
    short = Hours(times=((early, ZONE, NONE),))
    assert short.between(at(29, 0, month=3), at(29, 12, month=3)) == 3 * HOUR
    gone = WorkingTime(weekdays=frozenset(range(7)), window=WallWindow(time(1), time(2)))
    swallowed = Hours(times=((gone, ZONE, NONE),))
    assert swallowed.after(at(29, 0, month=3), HOUR / 2) == at(30, 0, 30, month=3)


def test_office_hours_are_wall_hours_on_both_sides_of_the_change() -> None:
    assert OFFICE.after(at(23, 15, month=10), 2 * HOUR) == at(26, 10, month=10)
    assert OFFICE.after(at(27, 16, month=3), 2 * HOUR) == at(30, 9, month=3)


def test_who_has_no_working_time_is_there_when_awake_on_weekdays() -> None:
    hours = hours_of([somebody(None)], HOUSE)
    assert hours.after(at(27, 19), 2 * HOUR) == at(30, 8)
    assert hours.now_at_work(at(27, 19))
    assert not hours.now_at_work(at(28, 12))


def test_a_holiday_of_ones_site_is_a_day_off_and_of_no_site_where_all_have_it() -> None:
    monday, tuesday = date(2026, 11, 23), date(2026, 11, 24)
    leeds = Location(id="leeds", site_id="l", holidays=frozenset({monday, tuesday}))
    berlin = Location(id="berlin", site_id="b", holidays=frozenset({tuesday}))
    house = replace(HOUSE, locations={"leeds": leeds, "berlin": berlin})
    begin = at(23, 9)
    for site_id, end in (("l", at(25, 12)), ("b", at(23, 12)), ("other", at(23, 12))):
        hours = hours_of([replace(somebody(NINE_TO_FIVE), site_id=site_id)], house)
        assert hours.after(begin, 3 * HOUR) == end
    nowhere = hours_of([somebody(NINE_TO_FIVE)], house)
    assert nowhere.after(begin, 10 * HOUR) == at(25, 11)
    assert not nowhere.now_at_work(at(24, 12))
    assert hours_of([somebody(NINE_TO_FIVE)], HOUSE).after(begin, 10 * HOUR) == at(24, 11)


def test_without_schedulers_every_minute_counts() -> None:
    assert hours_of([], HOUSE).after(at(28, 12), 4 * HOUR) == at(28, 16)


def test_who_never_works_does_not_stop_the_clock_for_ever() -> None:
    never = WorkingTime(weekdays=frozenset(), window=WallWindow(time(9), time(17)))
    assert Hours(times=((never, ZONE, NONE),)).after(at(23, 9), 4 * HOUR) == at(23, 13)


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
