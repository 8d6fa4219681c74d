"""Quarter hours of the weeks planned: opening hours in every zone, and instants that are shared."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final

import numpy as np

from scheduling.domain.rules import Rule
from scheduling.domain.times import DAY, MIDNIGHT, Interval, at_wall
from scheduling.optimizer.queueing import Ints
from scheduling.optimizer.supply import Grid, OffTime

FIRST_MONDAY: Final = date(2027, 3, 8)
"""Where every centre starts: the European clocks change within four weeks of it."""
QUARTERS_A_DAY: Final = 96
OPENS: Final = 28
"""07:00, in quarters of the local day."""
QUARTERS_OPEN: Final = 56
"""Until 21:00."""
WEEKDAYS: Final = 5
ZONES: Final = ("Europe/London", "Europe/Berlin", "Europe/Helsinki")
_QUARTER: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """The grid of ``weeks`` whole weeks and its working days.

    ``dates`` are the working days; ``midnight`` is the slot of each day's local midnight, (zones,
    days).
    """

    weeks: int
    grid: Grid
    dates: tuple[date, ...]
    midnight: Ints

    @classmethod
    def of(cls, weeks: int) -> "Days":
        """Return ``weeks`` weeks from the first Monday, Monday to Friday open."""
        start = datetime.combine(FIRST_MONDAY, MIDNIGHT, UTC)
        dates = tuple(FIRST_MONDAY + each * DAY for each in range(7 * weeks) if each % 7 < WEEKDAYS)
        midnight = [
            [(at_wall(day, MIDNIGHT, z) - start) // _QUARTER for day in dates] for z in ZONES
        ]
        return cls(
            weeks=weeks,
            grid=Grid(start=start, slots=7 * weeks * QUARTERS_A_DAY),
            dates=dates,
            midnight=np.array(midnight),
        )

    @property
    def last(self) -> date:
        """The last date of the grid."""
        return FIRST_MONDAY + (7 * self.weeks - 1) * DAY

    def opening(self, zone: int) -> Ints:
        """Return the slots open in ``zone``, (days, quarters open)."""
        return np.asarray(self.midnight[zone][:, None] + OPENS + np.arange(QUARTERS_OPEN))


@dataclass(frozen=True, slots=True)
class Spans:
    """Intervals and time off between slots of a grid; equal ones are one object."""

    grid: Grid
    intervals: dict[tuple[int, int], Interval] = field(default_factory=dict)
    pauses: dict[tuple[int, ...], OffTime] = field(default_factory=dict)

    def between(self, first: int, end: int) -> Interval:
        """Return the interval from slot ``first`` up to slot ``end``."""
        known = self.intervals.get((first, end))
        if known is None:
            known = Interval(self.grid.at(first), self.grid.at(end))
            self.intervals[first, end] = known
        return known

    def off(self, first: int, end: int, *, exception: bool = False) -> OffTime:
        """Return a meal that stays, or an exception."""
        known = self.pauses.get((first, end, exception))
        if known is None:
            rule = Rule.EXCEPTION if exception else Rule.BREAK
            known = OffTime(interval=self.between(first, end), rule=rule)
            self.pauses[first, end, exception] = known
        return known

    def rest(self, first: int, window: tuple[int, int]) -> OffTime:
        """Return a break of one quarter that may move inside ``window``."""
        known = self.pauses.get((first, *window, 2))
        if known is None:
            known = OffTime(
                interval=self.between(first, first + 1),
                rule=Rule.BREAK,
                window=self.between(*window),
            )
            self.pauses[first, *window, 2] = known
        return known
