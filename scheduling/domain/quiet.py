"""When a message may reach somebody: quiet hours by shift, and when the day's digest is due. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduling.domain.house import Noise
from scheduling.domain.people import WorkingTime
from scheduling.domain.times import DAY, DateRange, Interval, WallWindow, at_wall, zone_of

AHEAD = timedelta(days=14)
"""How far shifts are looked at; who has none within it is told as somebody without shifts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """Somebody's days: IANA zone, and shifts in order where the WFM has any for the days ahead."""

    zone: str
    shifts: tuple[Interval, ...] = ()
    working: WorkingTime | None = None


def local_day(instant: datetime, zone: str) -> Interval:
    """Return the calendar day of ``instant`` in ``zone``: 23 to 25 hours."""
    day = instant.astimezone(zone_of(zone)).date()
    return DateRange(day, day + DAY).interval(zone)


def release(noise: Noise, rhythm: Rhythm, now: datetime) -> datetime:
    """Return the first instant from ``now`` on at which a message may reach somebody.

    Who has a shift is reached within it, ``settle`` after its start, by night as well; everybody
    else while they are ``awake``.
    """
    for shift in _shifts(rhythm, now):
        begin = shift.start + noise.settle
        if now < shift.end and begin < shift.end:
            return max(now, begin)
    return _next(noise.awake, rhythm.zone, now)


def digest_at(noise: Noise, rhythm: Rhythm, now: datetime) -> datetime:
    """Return the next time, after ``now``, for what happened since: at a shift's start, or daily."""
    for shift in _shifts(rhythm, now):
        if now < shift.start + noise.settle:
            return shift.start + noise.settle
    day = now.astimezone(zone_of(rhythm.zone)).date()
    while True:
        due = at_wall(day, noise.digest, rhythm.zone)
        if due > now and _works(rhythm.working, day.weekday()):
            return due
        day += DAY


def _works(working: WorkingTime | None, weekday: int) -> bool:
    return working is None or not working.weekdays or weekday in working.weekdays


def _shifts(rhythm: Rhythm, now: datetime) -> Sequence[Interval]:
    return [one for one in rhythm.shifts if now < one.end and one.start < now + AHEAD]


def _next(window: WallWindow, zone: str, now: datetime) -> datetime:
    day = now.astimezone(zone_of(zone)).date()
    while True:
        try:
            awake = window.on(day, zone)
        except ValueError:  # the night on which clocks go forward has swallowed it
            awake = None
        if awake is not None and now < awake.end:
            return max(now, awake.start)
        day += DAY
