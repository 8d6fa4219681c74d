"""Date phrases to dates. Weeks begin on Monday; "next Thursday" is the one of next week.

A date without a year is the nearest one: up to half a year ago (which is then refused as past)
or ahead. "Thursday" is the next one after today.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from dialogs import verbs
from dialogs.grammar.doubt import Doubt
from dialogs.grammar.language import Language, Reading
from dialogs.grammar.slate import Slate
from dialogs.problems import ProblemKind, problem
from dialogs.views import Problem
from dialogs.wishes import working_days_after
from scheduling.domain.times import DAY, DateRange

WEEK = timedelta(days=7)
OPEN_END_WORKING_DAYS = 10


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one match: ``base`` is the day from which relative phrases count."""

    language: Language
    match: re.Match[str]
    base: date

    def words(self, group: str) -> str | None:
        """Return what the group matched, None where the pattern lacks it or it is absent."""
        found: str | None = self.match.groupdict().get(group)
        return found

    def value(self, table: str, default: int | None = None) -> int:
        """Return the number the group of that name stands for."""
        words = self.words(table)
        if words is None and default is not None:
            return default
        return self.language.value(table, words or "")

    def weekday(self, group: str) -> int:
        """Return 0 for Monday to 6."""
        return self.language.value("weekday", self.words(group) or "")

    def count(self) -> int:
        """Return the group ``n``, in digits or words; 1 if absent."""
        words = self.words("n")
        if words is None:
            return 1
        return int(words) if words.isdecimal() else self.language.value("number", words)

    def nested(self, group: str, base: date | None = None) -> DateRange:
        """Return the dates of the phrase inside the group."""
        return read_phrase(self.words(group) or "", self.language, base or self.base)

    def on(self, year: int, month: int, day: int) -> date:
        """Return the date; Doubt if there is none."""
        try:
            return date(year, month, day)
        except ValueError:
            raise self.doubt(ProblemKind.BAD_DATE) from None

    def near(self, month: int, day: int) -> date:
        """Return the date in the year that brings it nearest to the base; Doubt if none."""
        years = (self.base.year - 1, self.base.year, self.base.year + 1)
        dates = [found for year in years if (found := _date_or_none(year, month, day))]
        if not dates:
            raise self.doubt(ProblemKind.BAD_DATE)
        return min(dates, key=lambda each: abs(each - self.base))

    def dated(self, month: int, day: int) -> date:
        """Return the date with the year that was said, else the nearest."""
        year = self.words("y")
        return self.on(int(year), month, day) if year else self.near(month, day)

    def doubt(self, kind: ProblemKind, **facts: object) -> Doubt:
        """Return the doubt about this phrase, to be raised."""
        return Doubt(problem(verbs.FIRST, kind, said=self.match.group(), **facts))

    def doubt_between(self) -> Doubt:
        """Return the doubt which of two days was meant."""
        said = [self.match.group()]
        return Doubt(problem(verbs.FIRST, ProblemKind.SAID_TWICE, said=said))


def _date_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _days(first: date, last: date) -> DateRange:
    return DateRange(first, last + DAY)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _month(day: date, months: int) -> DateRange:
    first_month = day.year * 12 + day.month - 1 + months
    first = date(first_month // 12, first_month % 12 + 1, 1)
    return DateRange(first, date((first_month + 1) // 12, (first_month + 1) % 12 + 1, 1))


def _part(whole: DateRange, part: int | None) -> DateRange:
    """Return the first, middle or last third of a month or week; all of it for None."""
    if part is None:
        return whole
    third = (whole.end - whole.start) / 3
    cuts = [whole.start + timedelta(days=round(third.days * step)) for step in range(3)]
    return DateRange(cuts[part], [*cuts, whole.end][part + 1])


def _iso(it: _Reader) -> DateRange:
    day = it.on(*(int(it.words(group) or "") for group in ("y", "m", "d")))
    return _days(day, day)


def _number(words: str | None) -> int:
    return int(re.sub(r"\D", "", words or ""))


def _day_month(it: _Reader) -> DateRange:
    day = it.dated(it.value("month"), _number(it.words("d")))
    return _agreeing(it, day)


def _agreeing(it: _Reader, day: date) -> DateRange:
    if it.words("w") and it.weekday("w") != day.weekday():
        raise it.doubt(ProblemKind.WEEKDAY_MISMATCH, date=day.isoformat())
    return _days(day, day)


def _day_of_month(it: _Reader) -> DateRange:
    """Return the next such day of a month; the weekday, where said, must agree."""
    number, month = _number(it.words("d")), it.base
    for _ in range(12):
        day = _date_or_none(month.year, month.month, number)
        if day and day >= it.base:
            return _agreeing(it, day)
        month = _month(month, 1).start
    raise it.doubt(ProblemKind.BAD_DATE)


def _numbers(it: _Reader) -> DateRange:
    """Return 3/12: asked about where day and month could be either, and the language cannot say."""
    a, b, year = _number(it.words("a")), _number(it.words("b")), it.words("y")

    def read(month: int, day: int) -> date | None:
        try:
            return it.on(2000 + int(year) % 100, month, day) if year else it.near(month, day)
        except Doubt:
            return None

    day_first, month_first = read(b, a), read(a, b)
    if it.language.phrases.day_first is not None:
        readings = {day_first if it.language.phrases.day_first else month_first}
    else:
        readings = {day_first, month_first}
    days = sorted(day for day in readings if day)
    if not days:
        raise it.doubt(ProblemKind.BAD_DATE)
    if len(days) > 1:
        raise it.doubt(ProblemKind.AMBIGUOUS_DATE, dates=[day.isoformat() for day in days])
    return _days(days[0], days[0])


def _relative_day(it: _Reader) -> DateRange:
    day = it.base + timedelta(days=it.value("day"))
    return _days(day, day)


def _weekday(it: _Reader) -> DateRange:
    weekday = it.weekday("w")
    weeks = it.value("relative", 0)
    if weeks:
        day = _monday(it.base) + weeks * WEEK + timedelta(days=weekday)
    else:
        day = it.base + timedelta(days=(weekday - it.base.weekday() - 1) % 7 + 1)
    return _days(day, day)


def _weekday_of_week(it: _Reader) -> DateRange:
    day = _monday(it.base) + it.value("week") * WEEK + timedelta(days=it.weekday("w"))
    return _days(day, day)


def _in_days(it: _Reader) -> DateRange:
    """Return the day in n days, or the whole week (or month's week) in n weeks."""
    unit = it.value("unit")
    day = it.base + timedelta(days=it.count() * unit)
    return _days(day, day) if unit == 1 else DateRange(_monday(day), _monday(day) + WEEK)


def _week(it: _Reader) -> DateRange:
    monday = _monday(it.base) + it.value("week") * WEEK
    return _part(DateRange(monday, monday + WEEK), _third(it))


def _third(it: _Reader) -> int | None:
    return it.value("third") if it.words("third") else None


def _weekend(it: _Reader) -> DateRange:
    saturday = _monday(it.base) + it.value("relative", 0) * WEEK + timedelta(days=5)
    return DateRange(saturday, saturday + 2 * DAY)


def _calendar_week(it: _Reader) -> DateRange:
    """Return the ISO week of that number, this year's unless it is over."""
    for year in (it.base.isocalendar().year, it.base.isocalendar().year + 1):
        try:
            monday = date.fromisocalendar(year, it.count(), 1)
        except ValueError:
            continue
        if monday + WEEK > it.base:
            return DateRange(monday, monday + WEEK)
    raise it.doubt(ProblemKind.BAD_DATE)


def _month_phrase(it: _Reader) -> DateRange:
    if it.words("this_month"):
        return _part(_month(it.base, it.value("this_month")), _third(it))
    number = it.value("month")
    if it.words("y"):
        return _part(_month(it.dated(number, 1), 0), _third(it))
    ahead = (number - it.base.month) % 12
    return _part(_month(it.base, ahead), _third(it))


def _next_days(it: _Reader) -> DateRange:
    length = it.count() * it.value("unit")
    if not length:
        raise it.doubt(ProblemKind.BAD_DATE)
    return DateRange(it.base + DAY, it.base + DAY + timedelta(days=length))


def _week_of(it: _Reader) -> DateRange:
    monday = _monday(it.nested("a").start)
    return DateRange(monday, monday + WEEK)


def _weekdays_of_week(it: _Reader) -> DateRange:
    monday = _monday(it.base) + it.value("week") * WEEK
    first, last = it.weekday("w1"), it.weekday("w2")
    if it.words("either") and last - first != 1:
        raise it.doubt_between()
    if last < first:
        raise it.doubt(ProblemKind.BAD_DATE)
    return _days(monday + timedelta(days=first), monday + timedelta(days=last))


def _days_of_month(it: _Reader) -> DateRange:
    month = it.value("month")
    last = it.dated(month, _number(it.words("d2")))
    first = it.on(last.year, month, _number(it.words("d1")))
    if last < first:
        raise it.doubt(ProblemKind.BAD_DATE)
    return _days(first, last)


def _from_to(it: _Reader) -> DateRange:
    first = it.nested("a").start
    last = it.nested("b", base=first).last
    if last < first:
        raise it.doubt(ProblemKind.BAD_DATE)
    return _days(first, last)


def _either(it: _Reader) -> DateRange:
    """Return both days if they follow each other; otherwise the days between would be a guess."""
    first, last = sorted((it.nested("a"), it.nested("b")))
    if first.end < last.start:
        raise it.doubt_between()
    return DateRange(first.start, last.end)


def _until(it: _Reader) -> DateRange:
    return _up_to(it, it.nested("a").last)


def _before(it: _Reader) -> DateRange:
    return _up_to(it, it.nested("a").start - DAY)


def _up_to(it: _Reader, last: date) -> DateRange:
    """Return tomorrow up to ``last``; today alone if that is the last, the past as it is."""
    return _days(min(it.base + DAY, last), last)


def _since(it: _Reader) -> DateRange:
    return _open_end(it.nested("a").start)


def _after(it: _Reader) -> DateRange:
    return _open_end(it.nested("a").end)


def _open_end(first: date) -> DateRange:
    return _days(first, working_days_after(first - DAY, OPEN_END_WORKING_DAYS))


_READINGS: Mapping[Reading, Callable[[_Reader], DateRange]] = {
    Reading.ISO: _iso,
    Reading.DAY_MONTH: _day_month,
    Reading.DAY_OF_MONTH: _day_of_month,
    Reading.NUMBERS: _numbers,
    Reading.RELATIVE_DAY: _relative_day,
    Reading.WEEKDAY: _weekday,
    Reading.WEEKDAY_OF_WEEK: _weekday_of_week,
    Reading.IN_DAYS: _in_days,
    Reading.WEEK: _week,
    Reading.WEEKEND: _weekend,
    Reading.CALENDAR_WEEK: _calendar_week,
    Reading.MONTH: _month_phrase,
    Reading.NEXT_DAYS: _next_days,
    Reading.WEEK_OF: _week_of,
    Reading.WEEKDAYS_OF_WEEK: _weekdays_of_week,
    Reading.DAYS_OF_MONTH: _days_of_month,
    Reading.FROM_TO: _from_to,
    Reading.EITHER: _either,
    Reading.UNTIL: _until,
    Reading.BEFORE: _before,
    Reading.SINCE: _since,
    Reading.AFTER: _after,
}


def read_phrase(text: str, language: Language, base: date) -> DateRange:
    """Return the dates of one phrase for a day or a span; Doubt if there are none."""
    for reading, pattern in language.day_or_span:
        if match := pattern.fullmatch(text.strip()):
            return _READINGS[reading](_Reader(language, match, base))
    raise Doubt(problem(verbs.FIRST, ProblemKind.BAD_DATE, said=text))


def read_dates(
    slate: Slate, language: Language, today: date, spared: Callable[[re.Match[str]], bool]
) -> tuple[DateRange | None, list[Problem]]:
    """Take every date phrase from the slate; return the one range they agree on, or what to ask.

    A range that has begun starts today; one that is over is a problem, and no range.
    """
    found: dict[str, DateRange] = {}
    problems: list[Problem] = []
    for reading, pattern in language.dates:
        for match in slate.take(pattern, spared):
            try:
                found[match.group()] = _READINGS[reading](_Reader(language, match, today))
            except Doubt as doubt:
                problems.append(doubt.problem)
            except (OverflowError, ValueError):
                said = match.group()
                problems.append(problem(verbs.FIRST, ProblemKind.BAD_DATE, said=said))
    if problems or not found:
        return None, problems
    agreed = _agree(list(found.values()))
    if agreed is None:
        return None, [problem(verbs.FIRST, ProblemKind.SAID_TWICE, said=list(found))]
    if agreed.last < today:
        return None, [problem(verbs.FIRST, ProblemKind.PAST, last=agreed.last.isoformat())]
    return DateRange(max(agreed.start, today), agreed.end), []


def _agree(ranges: list[DateRange]) -> DateRange | None:
    """Return the narrowest if it lies in all others, their union if they adjoin, else None."""
    narrowest = min(ranges, key=lambda each: each.end - each.start)
    if all(each.start <= narrowest.start and narrowest.end <= each.end for each in ranges):
        return narrowest
    ordered = sorted(ranges)
    adjoin = all(a.end == b.start for a, b in pairwise(ordered))
    return DateRange(ordered[0].start, ordered[-1].end) if adjoin else None
