"""Periods and their dates, by example."""

from collections.abc import Callable
from datetime import date

import pytest

from scheduling.domain.templates import LAST, Frequency, Recurrence, Template
from scheduling.domain.times import DateRange
from scheduling.recurrence.faults import TemplateFault, faults_of
from scheduling.recurrence.periods import before, periods

Make = Callable[..., Template]
QUARTER = DateRange(date(2027, 1, 1), date(2027, 4, 1))
FEBRUARY = DateRange(date(2027, 2, 1), date(2027, 3, 1))


def weekly(**changes: object) -> Recurrence:
    """Return a weekly recurrence."""
    return Recurrence(frequency=Frequency.WEEKLY, **changes)  # type: ignore[arg-type]


def test_months_begin_on_their_first(template: Make) -> None:
    found = periods(template(), QUARTER)
    assert [each.start for each in found] == [date(2027, m, 1) for m in (1, 2, 3)]
    assert found[1].days[0] == date(2027, 2, 1)
    assert found[1].days[-1] == date(2027, 2, 28)


def test_weeks_begin_on_monday_and_are_counted_from_the_start(template: Make) -> None:
    found = periods(template(weekly(every=2)), DateRange(date(2027, 1, 4), date(2027, 2, 1)))
    assert [each.start for each in found] == [
        date(2026, 12, 28),
        date(2027, 1, 11),
        date(2027, 1, 25),
    ]
    assert found[0].days[0] == date(2027, 1, 1)  # not before the template begins
    assert found[1].days == tuple(date(2027, 1, day) for day in range(11, 25))


def test_every_third_day_is_one_period_of_three(template: Make) -> None:
    rule = Recurrence(frequency=Frequency.DAILY, every=3)
    found = periods(template(rule), DateRange(date(2027, 1, 1), date(2027, 1, 8)))
    assert [each.days[0].day for each in found] == [1, 4, 7]
    assert all(len(each.days) == 3 for each in found)


def test_only_its_weekdays_are_days_of_a_period(template: Make) -> None:
    (found,) = periods(
        template(weekly(weekdays=frozenset({1, 3}))), DateRange(date(2027, 2, 1), date(2027, 2, 2))
    )
    assert found.days == (date(2027, 2, 2), date(2027, 2, 4))


@pytest.mark.parametrize(
    ("nth", "expected"),
    [(1, date(2027, 2, 2)), (2, date(2027, 2, 9)), (LAST, date(2027, 2, 23))],
)
def test_the_nth_weekday_of_a_month_is_one_day(template: Make, nth: int, expected: date) -> None:
    rule = Recurrence(frequency=Frequency.MONTHLY, weekdays=frozenset({1}), nth=nth)
    (found,) = periods(template(rule), FEBRUARY)
    assert found.days == (expected,)


def test_a_month_without_a_fifth_friday_has_no_day(template: Make) -> None:
    rule = Recurrence(frequency=Frequency.MONTHLY, weekdays=frozenset({4}), nth=5)
    by_month = {each.start.month: each.days for each in periods(template(rule), QUARTER)}
    assert by_month == {1: (date(2027, 1, 29),), 2: (), 3: ()}


def test_blackout_dates_and_the_end_take_days_out(template: Make) -> None:
    some = template(end=date(2027, 2, 5), blackout=frozenset({date(2027, 2, 2)}))
    found = periods(some, QUARTER)
    assert len(found) == 2
    assert found[1].days == tuple(date(2027, 2, day) for day in (1, 3, 4, 5))


def test_dates_before_the_start_have_no_period(template: Make) -> None:
    assert periods(template(), DateRange(date(2026, 11, 1), date(2026, 12, 1))) == ()


def test_the_period_before_is_found_and_the_first_has_none(template: Make) -> None:
    january, february, _ = periods(template(), QUARTER)
    assert before(template(), february) == january
    assert before(template(), january) is None


def test_a_leap_day_is_a_day_like_any_other(template: Make) -> None:
    (found,) = periods(template(), DateRange(date(2028, 2, 10), date(2028, 2, 11)))
    assert found.days[-1] == date(2028, 2, 29)


def test_a_rule_that_yields_no_date_is_named(template: Make) -> None:
    gone = frozenset({date(2027, 1, 5)})
    rule = weekly(weekdays=frozenset({1}))
    assert faults_of(template(rule, end=date(2027, 1, 6), blackout=gone)) == (
        TemplateFault.NO_DATE,
    )
    assert faults_of(template(rule, end=date(2027, 1, 6))) == ()


def test_more_days_between_than_two_periods_hold_are_named(template: Make) -> None:
    assert faults_of(template(weekly(), least_days=14)) == (TemplateFault.LEAST_TOO_LONG,)
    assert faults_of(template(weekly(), least_days=13)) == ()


def test_fewer_days_between_than_the_rule_leaves_are_named(template: Make) -> None:
    rule = Recurrence(frequency=Frequency.WEEKLY, weekdays=frozenset({0}))
    assert faults_of(template(rule, most_days=6)) == (TemplateFault.MOST_TOO_SHORT,)
    assert faults_of(template(rule, most_days=7)) == ()


@pytest.mark.parametrize(
    "wrong",
    [
        {"every": 0},
        {"every": 53},
        {"weekdays": frozenset()},
        {"weekdays": frozenset({7})},
        {"nth": 1},
    ],
)
def test_a_rule_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        weekly(**wrong)


def test_a_template_that_cannot_be_is_refused(template: Make) -> None:
    with pytest.raises(ValueError, match="before it starts"):
        template(end=date(2026, 12, 31))
    with pytest.raises(ValueError, match="fewer than"):
        template(least_days=10, most_days=9)
