"""Dates on days when the clock or the year changes, in both languages."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from dialogs.grammar.understand import understand
from scheduling.domain.times import DateRange
from scheduling.workflows.desk_port import Roster

SPRING, AUTUMN = date(2027, 3, 28), date(2026, 10, 25)
"""Sundays on which London's and Berlin's clocks change."""

MEANT = {
    (SPRING - timedelta(days=1), "tomorrow"): (SPRING, 1),
    (SPRING - timedelta(days=1), "morgen"): (SPRING, 1),
    (SPRING, "next Monday"): (date(2027, 3, 29), 1),
    (SPRING, "nächsten Montag"): (date(2027, 3, 29), 1),
    (SPRING, "Monday"): (date(2027, 3, 29), 1),
    (SPRING, "next week"): (date(2027, 3, 29), 7),
    (SPRING, "heute in einer Woche"): (date(2027, 4, 4), 1),
    (AUTUMN, "a week today"): (date(2026, 11, 1), 1),
    (AUTUMN, "diese Woche"): (AUTUMN, 1),
    (AUTUMN, "nächste Woche"): (date(2026, 10, 26), 7),
    (AUTUMN - timedelta(days=2), "am Sonntag"): (AUTUMN, 1),
    (date(2026, 11, 29), "next Monday"): (date(2026, 11, 30), 1),
    (date(2026, 11, 29), "nächsten Montag"): (date(2026, 11, 30), 1),
    (date(2026, 11, 29), "next Sunday"): (date(2026, 12, 6), 1),
    (date(2026, 11, 30), "next Monday"): (date(2026, 12, 7), 1),
    (date(2026, 11, 30), "Montag"): (date(2026, 12, 7), 1),
    (date(2026, 12, 1), "KW 53"): (date(2026, 12, 28), 7),
    (date(2026, 12, 30), "KW 53"): (date(2026, 12, 30), 5),
    (date(2027, 1, 2), "week 53"): (date(2027, 1, 2), 2),
    (date(2026, 12, 30), "KW 1"): (date(2027, 1, 4), 7),
    (date(2026, 12, 30), "KW 1/2027"): (date(2027, 1, 4), 7),
    (date(2026, 12, 30), "week 53 and 1"): (date(2026, 12, 30), 12),
    (date(2027, 1, 4), "KW 53"): None,
    (date(2026, 12, 30), "w/c 28 Dec"): (date(2026, 12, 30), 5),
    (date(2026, 12, 30), "first week of January"): (date(2027, 1, 4), 7),
    (date(2026, 12, 30), "erste Januarwoche"): (date(2027, 1, 4), 7),
    (date(2026, 12, 30), "in der letzten Dezemberwoche"): (date(2026, 12, 30), 2),
    (date(2026, 12, 30), "Anfang nächster Woche"): (date(2027, 1, 4), 2),
    (date(2026, 12, 30), "mit Will am 3.1."): (date(2027, 1, 3), 1),
    (date(2026, 12, 30), "mit Will 28.12.-3.1."): (date(2026, 12, 30), 5),
    (date(2026, 12, 30), "next month"): (date(2027, 1, 1), 31),
    (date(2026, 12, 31), "tomorrow"): (date(2027, 1, 1), 1),
    (date(2028, 2, 28), "morgen"): (date(2028, 2, 29), 1),
    (date(2028, 2, 28), "on 29 Feb"): (date(2028, 2, 29), 1),
    (date(2028, 2, 28), "mit Will am 29.2."): (date(2028, 2, 29), 1),
    (date(2028, 2, 1), "Ende Februar"): (date(2028, 2, 19), 11),
    (date(2027, 2, 1), "29 Feb"): (date(2028, 2, 29), 1),
    (date(2026, 2, 1), "29 Feb"): None,
    (date(2027, 2, 1), "am 29.2.2027"): None,
    (date(2027, 2, 1), "29 February 2030"): None,
}


@pytest.mark.parametrize(
    ("today", "text"), MEANT, ids=lambda value: f"sentence: {value}" if str(value) else ""
)
def test_dates_are_calendar_dates(today: date, text: str, roster_of: Callable[..., Roster]) -> None:
    understood = understand(f"1:1 {text}, Asha", roster_of(today))
    meant = MEANT[today, text]
    if meant is None:
        assert understood.problems
        return
    first, days = meant
    assert understood.problems == ()
    assert understood.wish.dates == DateRange(first, first + timedelta(days=days))
