"""One match of a date pattern, ready to be asked for its words, and the calendar it is read by."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from dialogs import verbs
from dialogs.grammar.doubt import Doubt
from dialogs.grammar.language import Language
from dialogs.problems import ProblemKind, problem
from scheduling.domain.times import DAY, DateRange

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads one match: ``base`` is the day from which relative phrases count.

    ``read`` reads the phrase inside a group.
    """

    language: Language
    match: re.Match[str]
    base: date
    read: Callable[[str, Language, date], DateRange]

    def words(self, group: str) -> str | None:
        """Return what the group matched, None where the pattern lacks it or it is absent."""
        found: str | None = self.match.groupdict().get(group)
        return found

    def value(self, group: str, default: int | None = None, *, table: str = "") -> int:
        """Return the number the group stands for in ``table``, usually of the same name."""
        words = self.words(group)
        if words is None and default is not None:
            return default
        return self.language.value(table or group, words or "")

    def weekday(self, group: str) -> int:
        """Return 0 for Monday to 6."""
        return self.language.value("weekday", self.words(group) or "")

    def count(self, group: str = "n") -> int:
        """Return that group, in digits or words; 1 if absent."""
        words = self.words(group)
        return 1 if words is None else self.language.number(words)

    def nested(self, group: str, base: date | None = None) -> DateRange:
        """Return the dates of the phrase inside the group."""
        return self.read(self.words(group) or "", self.language, base or self.base)

    def on(self, year: int, month: int, day: int) -> date:
        """Return the date; Doubt if there is none."""
        try:
            return date(year, month, day)
        except ValueError:
            raise self.doubt(ProblemKind.BAD_DATE) from None

    def near(self, month: int, day: int) -> date:
        """Return the date in the year that brings it nearest to the base; Doubt if none."""
        years = (self.base.year - 1, self.base.year, self.base.year + 1)
        dates = [found for year in years if (found := date_or_none(year, month, day))]
        if not dates:
            raise self.doubt(ProblemKind.BAD_DATE)
        return min(dates, key=lambda each: abs(each - self.base))

    def dated(self, month: int, day: int) -> date:
        """Return the date with the year that was said, else the nearest."""
        year = self.words("y")
        if year and len(year) == 2:
            year = f"20{year}"
        return self.on(int(year), month, day) if year else self.near(month, day)

    def doubt(self, kind: ProblemKind, **facts: object) -> Doubt:
        """Return the doubt about this phrase, to be raised."""
        return Doubt(problem(verbs.FIRST, kind, said=self.match.group(), **facts))

    def doubt_between(self) -> Doubt:
        """Return the doubt which of two days was meant."""
        said = [self.match.group()]
        return Doubt(problem(verbs.FIRST, ProblemKind.SAID_TWICE, said=said))


def date_or_none(year: int, month: int, day: int) -> date | None:
    """Return the date, None if there is none."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def through(first: date, last: date) -> DateRange:
    """Return the range from ``first`` up to and including ``last``."""
    return DateRange(first, last + DAY)


def monday_of(day: date) -> date:
    """Return the Monday of the week of ``day``."""
    return day - timedelta(days=day.weekday())


def month_of(day: date, months: int) -> DateRange:
    """Return the month that many months after that of ``day``."""
    first_month = day.year * 12 + day.month - 1 + months
    first = date(first_month // 12, first_month % 12 + 1, 1)
    return DateRange(first, date((first_month + 1) // 12, (first_month + 1) % 12 + 1, 1))


def third_of(whole: DateRange, part: int | None) -> DateRange:
    """Return the first, middle or last third of a month or week; all of it for None."""
    if part is None:
        return whole
    third = (whole.end - whole.start) / 3
    cuts = [whole.start + timedelta(days=round(third.days * step)) for step in range(3)]
    return DateRange(cuts[part], [*cuts, whole.end][part + 1])
