"""Shifts fitted to the day's shape, with breaks and exceptions, for one site.

Everything is counted in 15-minute slots of the site's own wall time; slot 0 of a day is its
midnight. No shift crosses midnight, so a date's slots name wall times without doubt as long as
the clocks change outside opening hours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from random import Random

import numpy as np
import numpy.typing as npt

from wfm.centre.cast import (
    BREAK,
    COACHING,
    MEAL,
    ONE_TO_ONE,
    SICK,
    TEAM_MEETING,
    TIME_OFF,
    TRAINING,
    WORK,
)

SLOT = 15
"""Minutes per slot."""
OPENS, CLOSES = 7 * 4, 21 * 4
SHIFT = 34
"""Slots of a shift: 8.5 hours with a meal of 30 minutes and two breaks of 15."""
STARTS = range(OPENS, CLOSES - SHIFT + 1, 2)
DAYS_OFF = ((5, 6), (6, 0), (4, 5), (0, 1), (3, 6), (2, 6), (2, 5), (1, 5), (3, 4))
"""Pairs of weekdays off, 0 = Monday."""
WEEKDAY = (1.12, 1.05, 1.0, 0.98, 0.97, 0.62, 0.42)
"""Volume by weekday, as parts of a Wednesday."""

Array = npt.NDArray[np.float64]


def day_shape(shift_hours: float = 0.0) -> Array:
    """Return 96 relative volumes of a day with two peaks, moved by ``shift_hours``; 0 when closed."""
    hour = np.arange(96) / 4 + 1 / 8 - shift_hours
    peaks = np.exp(-(((hour - 10.8) / 2.1) ** 2)) + 0.85 * np.exp(-(((hour - 14.7) / 1.9) ** 2))
    shape = 0.2 + peaks
    shape[:OPENS] = 0
    shape[CLOSES:] = 0
    return np.asarray(shape, dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class WeekShift:
    """One agent's week: the slot at which each shift starts, and the two weekdays off."""

    start: int
    off: tuple[int, int]


_CHOICES = tuple(WeekShift(start=start, off=off) for off in DAYS_OFF for start in STARTS)


def _presence(choice: WeekShift) -> Array:
    """Return 7 x 96 slots, flat: 1 while at work."""
    week = np.zeros((7, 96))
    week[:, choice.start : choice.start + SHIFT] = 1
    week[list(choice.off)] = 0
    return week.ravel()


_PRESENCE = np.array([_presence(choice) for choice in _CHOICES])
_SIZE = _PRESENCE.sum(axis=1)


def week_shifts(agents: int) -> list[WeekShift]:
    """Return ``agents`` weeks, chosen greedily to bring the site's staff near its need, sorted.

    Each choice makes the squared distance between need and staff as small as it can. Need grows
    more slowly than volume, because large groups wait less.
    """
    need = np.outer(WEEKDAY, day_shape()).ravel() ** 0.8
    missing = need * (agents * 5 * SHIFT / need.sum())
    chosen: list[WeekShift] = []
    for _ in range(agents):
        gain = 2 * (_PRESENCE @ missing) - _SIZE
        best = int(np.argmax(gain))
        missing = missing - _PRESENCE[best]
        chosen.append(_CHOICES[best])
    return sorted(chosen)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayEvents:
    """What takes an agent off the phones on one day besides breaks."""

    absent: str | None = None
    leaves_early: bool = False
    team_meeting: int | None = None
    one_to_one: bool = False
    coaching: bool = False
    training: bool = False


def day_codes(events: DayEvents, start: int, rng: Random) -> list[str]:
    """Return the codes of a shift's slots, from the wall slot ``start``."""
    if events.absent:
        return [events.absent] * SHIFT
    codes = [WORK] * SHIFT
    _put(codes, BREAK, rng.randint(6, 10), 1)
    _put(codes, MEAL, rng.randint(14, 19), 2)
    _put(codes, BREAK, rng.randint(24, 29), 1)
    if events.leaves_early:
        _put(codes, TIME_OFF, SHIFT - 8, 8, over=frozenset({WORK, BREAK}))
    if events.team_meeting is not None:
        _put(codes, TEAM_MEETING, events.team_meeting - start, 2)
    if events.training:
        _put_somewhere(codes, TRAINING, 6, rng)
    if events.coaching:
        _put_somewhere(codes, COACHING, 2, rng)
    if events.one_to_one:
        _put_somewhere(codes, ONE_TO_ONE, 2, rng)
    return codes


def _put(
    codes: list[str], code: str, at: int, slots: int, over: frozenset[str] = frozenset({WORK})
) -> bool:
    """Lay ``code`` over ``slots`` slots from ``at`` if all are inside and show one of ``over``."""
    if at < 0 or at + slots > SHIFT or not over.issuperset(codes[at : at + slots]):
        return False
    codes[at : at + slots] = [code] * slots
    return True


def _put_somewhere(codes: list[str], code: str, slots: int, rng: Random) -> None:
    """Lay ``code`` at the first place that is open, in an order of chance, off the shift's edges."""
    places = list(range(2, SHIFT - slots - 1))
    rng.shuffle(places)
    any(_put(codes, code, place, slots) for place in places)


def runs(codes: Sequence[str]) -> list[tuple[int, int, str]]:
    """Return (first slot, slot after the last, code) for each run of one code."""
    found: list[tuple[int, int, str]] = []
    at = 0
    for code, group in groupby(codes):
        length = sum(1 for _ in group)
        found.append((at, at + length, code))
        at += length
    return found


def absences(day_count: int, past: int, rng: Random) -> dict[int, str]:
    """Return day number -> code for an agent's whole days away; sickness only in the past."""
    away: dict[int, str] = {}
    for first in range(0, day_count, 7):
        if rng.random() < 0.06:
            away |= dict.fromkeys(range(first, min(first + 7, day_count)), TIME_OFF)
    for day in range(past):
        if rng.random() < 0.025:
            away[day] = SICK
    return away


def one_to_one_days(past: int, rng: Random) -> frozenset[int]:
    """Return the past day numbers on which an agent may have had a one-to-one; none for some."""
    if rng.random() < 0.1:
        return frozenset()
    day, days = rng.randint(0, 27), []
    while day < past:
        days.append(day)
        day += rng.randint(18, 38)
    return frozenset(days)
