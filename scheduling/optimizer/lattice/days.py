"""Local dates on a grid: what a date, an ISO week and a time of day are to a person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np

from scheduling.domain.times import DAY, MIDNIGHT, at_wall, zone_of
from scheduling.optimizer.rows import Ints
from scheduling.optimizer.supply import Grid


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Days:
    """All local dates that a grid meets in any of some zones, in order.

    ``of`` gives per zone the place of each slot's local date in ``dates``; ``week`` gives per date
    the place of its ISO week, the first being 0.
    """

    dates: tuple[date, ...]
    of: dict[str, Ints]
    week: Ints

    @classmethod
    def on(cls, grid: Grid, zones: Iterable[str]) -> "Days":
        """Return the dates of ``grid`` in ``zones``."""
        known = {zone: local_days(grid, zone) for zone in sorted(set(zones) | {"UTC"})}
        first = min(days[0] for days, _ in known.values())
        last = max(days[-1] for days, _ in known.values())
        dates = tuple(first + DAY * step for step in range((last - first).days + 1))
        return cls(
            dates=dates,
            of={zone: slots + (days[0] - first).days for zone, (days, slots) in known.items()},
            week=np.asarray([week_of(day) - week_of(first) for day in dates]),
        )

    @property
    def weeks(self) -> int:
        """How many ISO weeks the dates meet."""
        return int(self.week[-1]) + 1

    def place(self, day: date) -> int:
        """Return the place of ``day``; it is beyond both ends where the grid does not meet it."""
        return (day - self.dates[0]).days


def week_of(day: date) -> int:
    """Return a number that the days from Monday to Sunday share: weeks since Monday 1 January 1."""
    return (day.toordinal() - 1) // 7


@lru_cache(maxsize=256)
def local_days(grid: Grid, zone: str) -> tuple[tuple[date, ...], Ints]:
    """Return the local dates that ``grid`` meets, and per slot the index of the one it starts on."""
    place = zone_of(zone)
    first = grid.start.astimezone(place).date()
    last = grid.at(grid.slots).astimezone(place).date()
    days = tuple(first + DAY * step for step in range((last - first).days + 1))
    edges = [(at_wall(day, MIDNIGHT, zone) - grid.start).total_seconds() for day in days[1:]]
    starts = np.arange(grid.slots) * 60.0 * grid.slot_minutes
    return days, np.searchsorted(np.asarray(edges), starts, side="right")
