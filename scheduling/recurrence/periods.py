"""The periods of a recurrence, and the dates in each on which the meeting may be."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from dateutil import rrule

from scheduling.domain.templates import Frequency, Template
from scheduling.domain.times import DAY, DateRange

FREQUENCIES = {
    Frequency.DAILY: rrule.DAILY,
    Frequency.WEEKLY: rrule.WEEKLY,
    Frequency.MONTHLY: rrule.MONTHLY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """One turn of a recurrence; ``days`` are those on which it may be held, in order."""

    dates: DateRange
    days: tuple[date, ...]

    @property
    def start(self) -> date:
        """The first date, which names the period."""
        return self.dates.start


def periods(template: Template, dates: DateRange) -> tuple[Period, ...]:
    """Return the periods of ``template`` that share a date with ``dates``, in order.

    Their days lie inside the template's start and end; blackout dates are taken out, holidays of
    single sites are not. Days before or after ``dates`` stay in: a period is whole.
    """
    return tuple(
        Period(dates=span, days=_days(template, span))
        for span in _spans(template, dates)
        if span.start < dates.end and dates.start < span.end
    )


def before(template: Template, period: Period) -> Period | None:
    """Return the period before ``period``, None for the first."""
    earlier = DateRange(period.start - DAY, period.start)
    return next(iter(periods(template, earlier)), None)


def _spans(template: Template, dates: DateRange) -> Iterator[DateRange]:
    last = dates.last if template.end is None else min(dates.last, template.end)
    if last < template.start:
        return
    rule = template.recurrence
    anchor = _anchor(rule.frequency, template.start)
    # one more than a whole period beyond, so that the last has an end
    until = last + timedelta(days=32 * rule.every)
    starts = rrule.rrule(
        FREQUENCIES[rule.frequency], interval=rule.every, dtstart=_noon(anchor), until=_noon(until)
    )
    for begun, over in pairwise(each.date() for each in starts):
        if begun > last:
            return
        yield DateRange(begun, over)


def _anchor(frequency: Frequency, start: date) -> date:
    """Return the first date of the unit that ``start`` is in."""
    if frequency is Frequency.WEEKLY:
        return start - timedelta(days=start.weekday())
    return start.replace(day=1) if frequency is Frequency.MONTHLY else start


def _days(template: Template, span: DateRange) -> tuple[date, ...]:
    rule = template.recurrence
    first = max(span.start, template.start)
    last = span.last if template.end is None else min(span.last, template.end)
    if rule.nth is None:
        found = rrule.rrule(
            rrule.DAILY, byweekday=sorted(rule.weekdays), dtstart=_noon(first), until=_noon(last)
        )
    else:
        nth = [rrule.weekday(day, rule.nth) for day in sorted(rule.weekdays)]
        found = rrule.rrule(rrule.MONTHLY, byweekday=nth, dtstart=_noon(first), until=_noon(last))
    return tuple(day for each in found if (day := each.date()) not in template.blackout)


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12)  # noqa: DTZ001 - a date has no zone
