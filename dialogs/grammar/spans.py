"""Phrases for several days: weeks, months and their parts. Weeks begin on Monday."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from dialogs.grammar.language import Reading
from dialogs.grammar.reader import WEEK, Reader, monday_of, month_of, third_of, through
from dialogs.problems import ProblemKind
from scheduling.domain.times import DAY, DateRange

_MIDDLE_OF_MONTH = 15


def _third(it: Reader) -> int | None:
    return it.value("third") if it.words("third") else None


def _week(it: Reader) -> DateRange:
    monday = monday_of(it.base) + it.value("week", 0) * WEEK
    return third_of(DateRange(monday, monday + WEEK), _third(it))


def _weekend(it: Reader) -> DateRange:
    saturday = monday_of(it.base) + it.value("relative", 0) * WEEK + timedelta(days=5)
    return DateRange(saturday, saturday + 2 * DAY)


def monday_of_week(it: Reader, number: int, year: int | None = None) -> date:
    """Return the Monday of the ISO week of that number, this year's unless it is over."""
    this_year = it.base.isocalendar().year
    for each in (year,) if year else (this_year, this_year + 1):
        try:
            monday = date.fromisocalendar(each, number, 1)
        except ValueError:
            continue
        if year or monday + WEEK > it.base:
            return monday
    raise it.doubt(ProblemKind.BAD_DATE)


def _calendar_week(it: Reader) -> DateRange:
    year = it.words("y") or it.words("y2")
    monday = monday_of_week(it, it.count(), int(year) if year else None)
    return third_of(DateRange(monday, monday + WEEK), _third(it))


def _calendar_weeks(it: Reader) -> DateRange:
    first, last = monday_of_week(it, it.count()), monday_of_week(it, it.count("n2"))
    if it.words("either") and last - first != WEEK:
        raise it.doubt_between()
    if last < first:
        raise it.doubt(ProblemKind.BAD_DATE)
    return DateRange(first, last + WEEK)


def _whole_month(it: Reader) -> DateRange:
    """Return the month that was said: this year's, unless that is over or a year was said."""
    if it.words("this_month"):
        return month_of(it.base, it.value("this_month"))
    number = it.value("month")
    if it.words("y"):
        return month_of(it.dated(number, 1), 0)
    return month_of(it.base, (number - it.base.month) % 12)


def _month(it: Reader) -> DateRange:
    return third_of(_whole_month(it), _third(it))


def _week_of_month(it: Reader) -> DateRange:
    """Return the n-th week whose Thursday lies in the month, as far as it does."""
    month = _whole_month(it)
    to_thursday = (3 - month.start.weekday()) % 7
    ordinal = it.value("ordinal")
    thursdays = range(to_thursday, (month.end - month.start).days, 7)
    try:
        thursday = month.start + timedelta(days=thursdays[ordinal - (ordinal > 0)])
    except IndexError:
        raise it.doubt(ProblemKind.BAD_DATE) from None
    monday = monday_of(thursday)
    return DateRange(max(monday, month.start), min(monday + WEEK, month.end))


def _half_month(it: Reader) -> DateRange:
    month = _whole_month(it)
    middle = month.start.replace(day=_MIDDLE_OF_MONTH) + DAY
    first_half = it.value("ordinal") == 1
    return DateRange(month.start, middle) if first_half else DateRange(middle, month.end)


def _next_days(it: Reader) -> DateRange:
    unit = it.value("unit_alone", 0, table="unit") or it.value("unit")
    length = it.count() * unit
    if not length:
        raise it.doubt(ProblemKind.BAD_DATE)
    return DateRange(it.base + DAY, it.base + DAY + timedelta(days=length))


def _week_of(it: Reader) -> DateRange:
    monday = monday_of(it.nested("a").start)
    return DateRange(monday, monday + WEEK)


def monday_said(it: Reader) -> date:
    """Return the Monday of the week that was said, by its number or relative to this one."""
    for group in ("n", "n2"):
        if it.words(group):
            return monday_of_week(it, it.count(group))
    return monday_of(it.base) + it.value("week") * WEEK


def _weekdays_of_week(it: Reader) -> DateRange:
    monday = monday_said(it)
    first, last = it.weekday("w1"), it.weekday("w2")
    if it.words("either") and last - first != 1:
        raise it.doubt_between()
    if last < first:
        raise it.doubt(ProblemKind.BAD_DATE)
    return through(monday + timedelta(days=first), monday + timedelta(days=last))


SPANS: Mapping[Reading, Callable[[Reader], DateRange]] = {
    Reading.WEEK: _week,
    Reading.WEEKEND: _weekend,
    Reading.CALENDAR_WEEK: _calendar_week,
    Reading.CALENDAR_WEEKS: _calendar_weeks,
    Reading.MONTH: _month,
    Reading.WEEK_OF_MONTH: _week_of_month,
    Reading.HALF_MONTH: _half_month,
    Reading.NEXT_DAYS: _next_days,
    Reading.WEEK_OF: _week_of,
    Reading.WEEKDAYS_OF_WEEK: _weekdays_of_week,
}
