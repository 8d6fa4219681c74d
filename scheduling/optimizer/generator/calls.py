"""Real call counts as a source of demand: quarter hours of weekdays, in local wall time."""

import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, time
from io import StringIO
from itertools import pairwise
from typing import Final

import numpy as np

from scheduling.domain.times import DAY
from scheduling.optimizer.generator.days import OPENS, QUARTERS_OPEN, WEEKDAYS
from scheduling.optimizer.queueing import Floats

COLUMNS: Final = ("date", "interval_start", "calls")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CallCounts:
    """Calls per full week from Monday: ``calls`` is (weeks, 5 weekdays, quarters open)."""

    mondays: tuple[date, ...]
    calls: Floats

    @classmethod
    def parse(cls, text: str) -> "CallCounts":
        """Read a CSV with the columns date, interval_start and calls.

        Weeks that lack a weekday are left out. ValueError, with the line, for what cannot be
        read; and where no week is whole.
        """
        table = csv.DictReader(StringIO(text))
        if missing := [name for name in COLUMNS if name not in (table.fieldnames or ())]:
            raise ValueError(f"the call counts have no column {missing[0]}: add {COLUMNS}")
        days: defaultdict[date, dict[int, float]] = defaultdict(dict)
        for line, row in enumerate(table, start=2):
            day, quarter, calls = _cell(line, row)
            if 0 <= quarter < QUARTERS_OPEN:
                days[day][quarter] = calls
        whole = {day: row for day, row in days.items() if len(row) == QUARTERS_OPEN}
        mondays = tuple(
            day for day in sorted(whole) if not day.weekday() and _week(day) <= whole.keys()
        )
        if not mondays:
            raise ValueError("no week from Monday to Friday is whole in the call counts")
        calls_of = [
            [[whole[day][at] for at in range(QUARTERS_OPEN)] for day in sorted(_week(monday))]
            for monday in mondays
        ]
        return cls(mondays=mondays, calls=np.array(calls_of))

    def weeks(self, count: int, rng: np.random.Generator) -> Floats:
        """Return ``count`` consecutive weeks drawn by ``rng``, (count * 5, quarters open).

        Where nowhere so many whole weeks follow each other, whole weeks in their order are taken.
        ValueError where there are fewer altogether.
        """
        if count > len(self.mondays):
            raise ValueError(f"there are {len(self.mondays)} whole weeks of calls, not {count}")
        firsts = range(len(self.mondays) - count + 1)
        follows = [later - earlier == 7 * DAY for earlier, later in pairwise(self.mondays)]
        runs = [first for first in firsts if all(follows[first : first + count - 1])]
        first = int(rng.choice(runs or firsts))
        return self.calls[first : first + count].reshape(-1, QUARTERS_OPEN)


def _week(monday: date) -> set[date]:
    return {monday + each * DAY for each in range(WEEKDAYS)}


def _cell(line: int, row: dict[str, str]) -> tuple[date, int, float]:
    """Return a row's date, quarter since opening and calls; ValueError names the line."""
    try:
        day, clock = date.fromisoformat(row["date"]), time.fromisoformat(row["interval_start"])
        calls = float(row["calls"])
    except (TypeError, ValueError) as error:
        raise ValueError(f"line {line} of the call counts: {error}") from error
    if not 0 <= calls < float("inf"):
        raise ValueError(f"line {line} of the call counts: {row['calls']} is no number of calls")
    return day, (clock.hour * 60 + clock.minute) // 15 - OPENS, calls
