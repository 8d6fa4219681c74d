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
from dialogs.grammar.reader import (
    WEEK,
    Reader,
    date_or_none,
    monday_of,
    month_of,
    through,
)
from dialogs.grammar.slate import Slate
from dialogs.grammar.spans import SPANS, monday_said
from dialogs.problems import Problem, ProblemKind, problem
from dialogs.wishes import working_days_after
from scheduling.domain.times import DAY, DateRange

OPEN_END_WORKING_DAYS = 10


def _iso(it: Reader) -> DateRange:
    day = it.on(*(int(it.words(group) or "") for group in ("y", "m", "d")))
    return through(day, day)


def _number(words: str | None) -> int:
    return int(re.sub(r"\D", "", words or ""))


def _day_month(it: Reader) -> DateRange:
    return _agreeing(it, it.dated(it.value("month"), _number(it.words("d"))))


def _agreeing(it: Reader, day: date) -> DateRange:
    if it.words("w") and it.weekday("w") != day.weekday():
        raise it.doubt(ProblemKind.WEEKDAY_MISMATCH, date=day.isoformat())
    return through(day, day)


def _day_of_month(it: Reader) -> DateRange:
    """Return the next such day of a month; the weekday, where said, must agree."""
    number, month = _number(it.words("d")), it.base
    for _ in range(12):
        day = date_or_none(month.year, month.month, number)
        if day and day >= it.base:
            return _agreeing(it, day)
        month = month_of(month, 1).start
    raise it.doubt(ProblemKind.BAD_DATE)


def _numbers(it: Reader) -> DateRange:
    """Return 3/12: asked about where day and month could be either, and the language cannot say."""
    a, b = _number(it.words("a")), _number(it.words("b"))

    def read(month: int, day: int) -> date | None:
        try:
            return it.dated(month, day)
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
    return _agreeing(it, days[0])


def _relative_day(it: Reader) -> DateRange:
    day = it.base + timedelta(days=it.value("day"))
    return through(day, day)


def _next(it: Reader) -> date:
    """Return the next day after the base that is the group's weekday."""
    return it.base + timedelta(days=(it.weekday("w") - it.base.weekday() - 1) % 7 + 1)


def _weekday(it: Reader) -> DateRange:
    weeks = it.value("relative", 0)
    day = _next(it)
    if weeks:
        day = monday_of(it.base) + weeks * WEEK + timedelta(days=it.weekday("w"))
    return through(day, day)


def _weekday_of_week(it: Reader) -> DateRange:
    day = monday_said(it) + timedelta(days=it.weekday("w"))
    return through(day, day)


def _in_days(it: Reader) -> DateRange:
    """Return the day in n days, or the whole week (or month's week) in n weeks."""
    unit = it.value("unit")
    day = it.base + timedelta(days=it.count() * unit)
    return through(day, day) if unit == 1 else DateRange(monday_of(day), monday_of(day) + WEEK)


def _later(it: Reader) -> DateRange:
    """Return the day that many days or weeks after a day: "a week on Thursday"."""
    first = _next(it) if it.words("w") else it.base + timedelta(days=it.value("day"))
    day = first + timedelta(days=it.count() * it.value("unit"))
    return through(day, day)


def _days_of_month(it: Reader) -> DateRange:
    month = it.value("month") if it.words("month") else _number(it.words("m"))
    last = it.dated(month, _number(it.words("d2")))
    first = it.on(last.year, month, _number(it.words("d1")))
    if last < first:
        raise it.doubt(ProblemKind.BAD_DATE)
    return through(first, last)


def _from_to(it: Reader) -> DateRange:
    first = it.nested("a").start
    last = it.nested("b", base=first).last
    if last < first:
        raise it.doubt(ProblemKind.BAD_DATE)
    return through(first, last)


def _either(it: Reader) -> DateRange:
    """Return both days if they follow each other; otherwise the days between would be a guess."""
    first, last = sorted((it.nested("a"), it.nested("b")))
    if first.end < last.start:
        raise it.doubt_between()
    return DateRange(first.start, last.end)


def _until(it: Reader) -> DateRange:
    return _up_to(it, it.nested("a").last)


def _before(it: Reader) -> DateRange:
    return _up_to(it, it.nested("a").start - DAY)


def _up_to(it: Reader, last: date) -> DateRange:
    """Return tomorrow up to ``last``; today alone if that is the last, the past as it is."""
    return through(min(it.base + DAY, last), last)


def _since(it: Reader) -> DateRange:
    return _open_end(it.nested("a").start)


def _after(it: Reader) -> DateRange:
    return _open_end(it.nested("a").end)


def _open_end(first: date) -> DateRange:
    return through(first, working_days_after(first - DAY, OPEN_END_WORKING_DAYS))


_READINGS: Mapping[Reading, Callable[[Reader], DateRange]] = {
    **SPANS,
    Reading.ISO: _iso,
    Reading.DAY_MONTH: _day_month,
    Reading.DAY_OF_MONTH: _day_of_month,
    Reading.NUMBERS: _numbers,
    Reading.RELATIVE_DAY: _relative_day,
    Reading.WEEKDAY: _weekday,
    Reading.WEEKDAY_OF_WEEK: _weekday_of_week,
    Reading.IN_DAYS: _in_days,
    Reading.LATER: _later,
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
            return _read(reading, match, language, base)
    raise Doubt(problem(verbs.FIRST, ProblemKind.BAD_DATE, said=text))


def _read(reading: Reading, match: re.Match[str], language: Language, base: date) -> DateRange:
    try:
        return _READINGS[reading](Reader(language, match, base, read_phrase))
    except (OverflowError, ValueError):
        said = match.group()
        raise Doubt(problem(verbs.FIRST, ProblemKind.BAD_DATE, said=said)) from None


def read_dates(
    slate: Slate,
    language: Language,
    today: date,
    spared: Callable[[re.Match[str]], bool],
    nearest: date,
) -> tuple[DateRange | None, list[Problem]]:
    """Take every date phrase from the slate; return the one range they agree on, or what to ask.

    A range that has begun starts today; one that is over is a problem, and no range. Days that
    are said not to be meant are passed over where they lie outside the others. A bare weekday is
    the first one after ``nearest``.
    """
    said, problems = _phrases(slate, language, today, spared, nearest)
    found = {each.words: each.dates for each in said if each.denial is None}
    if problems or not found:
        return None, problems
    agreed = _agree(list(found.values()))
    if agreed is None:
        return None, [problem(verbs.FIRST, ProblemKind.SAID_TWICE, said=list(found))]
    for each in said:
        if each.denial and each.apart(agreed):
            slate.strike(*each.denial.span())
    if agreed.last < today:
        return None, [problem(verbs.FIRST, ProblemKind.PAST, last=agreed.last.isoformat())]
    return DateRange(max(agreed.start, today), agreed.end), []


def _phrases(
    slate: Slate,
    language: Language,
    today: date,
    spared: Callable[[re.Match[str]], bool],
    nearest: date,
) -> tuple[list["_Said"], list[Problem]]:
    said: list[_Said] = []
    problems: list[Problem] = []
    for reading, pattern in language.dates:
        for match in slate.take(pattern, spared):
            denial = language.unless.search(slate.folded[: match.start()])
            bare = reading is Reading.WEEKDAY and not match["relative"]
            try:
                dates = _read(reading, match, language, nearest if bare else today)
                said.append(_Said(match.group(), dates, denial, bare=bare))
            except Doubt as doubt:
                problems.append(doubt.problem)
    return said, problems


@dataclass(frozen=True, slots=True)
class _Said:
    """A date phrase, what it means, the "not" before it, and whether it is a weekday only."""

    words: str
    dates: DateRange
    denial: re.Match[str] | None
    bare: bool

    def apart(self, dates: DateRange) -> bool:
        """Whether it shares no day with ``dates``; a bare weekday is any of that name."""
        if self.bare:
            return all(day.weekday() != self.dates.start.weekday() for day in dates.days())
        return self.dates.end <= dates.start or dates.end <= self.dates.start


def _agree(ranges: list[DateRange]) -> DateRange | None:
    """Return the narrowest if it lies in all others, their union if they adjoin, else None."""
    narrowest = min(ranges, key=lambda each: each.end - each.start)
    if all(each.start <= narrowest.start and narrowest.end <= each.end for each in ranges):
        return narrowest
    ordered = sorted(ranges)
    adjoin = all(a.end == b.start for a, b in pairwise(ordered))
    return DateRange(ordered[0].start, ordered[-1].end) if adjoin else None
