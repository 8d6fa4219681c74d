"""Instants, intervals, date ranges and times of day.

Instants are aware and in UTC; people's times carry an IANA zone; every range is half-open.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
MIDNIGHT = time(0, 0)


class FieldError(ValueError):
    """A value that cannot be; ``field`` is the way to it in its object, as ("required", 40)."""

    def __init__(self, said: str, *field: str | int) -> None:
        """Keep where it is; the message is what was ``said``."""
        super().__init__(said)
        self.field = field


def require_utc(instant: datetime, *field: str) -> datetime:
    """Return ``instant`` unchanged; raise FieldError unless it is aware and in UTC."""
    if instant.tzinfo is None or instant.utcoffset() != timedelta(0):
        raise FieldError(f"{instant.isoformat()} is not an aware UTC instant", *field)
    return instant


def zone_of(name: str) -> ZoneInfo:
    """Return the IANA zone ``name``; raise ValueError when there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is not an IANA time zone such as Europe/London") from error


def at_wall(day: date, clock: time, zone: str) -> datetime:
    """Return the UTC instant of wall time ``clock`` on ``day`` in ``zone``.

    A doubled time (autumn) is its first pass; a time that does not exist (spring) is moved to
    the first instant after the gap, so that a window's edge never disappears.
    """
    place = zone_of(zone)
    naive = datetime.combine(day, clock)
    while True:
        instant = naive.replace(tzinfo=place).astimezone(UTC)
        if instant.astimezone(place).replace(tzinfo=None) == naive:
            return instant
        naive += MINUTE


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A half-open range of UTC instants, ``start`` < ``end``. ValueError if not so."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        require_utc(self.start, "start")
        require_utc(self.end, "end")
        if self.start >= self.end:
            raise ValueError(f"{self.start.isoformat()} is not before {self.end.isoformat()}")

    @property
    def minutes(self) -> int:
        """Whole minutes from start to end."""
        return int((self.end - self.start) / MINUTE)

    def overlaps(self, other: "Interval") -> bool:
        """Whether the two share an instant."""
        return self.start < other.end and other.start < self.end

    def covers(self, other: "Interval") -> bool:
        """Whether ``other`` lies wholly inside."""
        return self.start <= other.start and other.end <= self.end

    def clip(self, other: "Interval") -> "Interval | None":
        """Return the part shared with ``other``, or None."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Interval(start, end) if start < end else None

    def slots(self, minutes: int) -> Iterator[datetime]:
        """Yield the starts of the ``minutes``-long slots (anchored at the epoch) that it touches."""
        step = timedelta(minutes=minutes)
        epoch = datetime(1970, 1, 1, tzinfo=UTC)
        at = epoch + (self.start - epoch) // step * step
        while at < self.end:
            yield at
            at += step


def merge(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return the union as sorted intervals that neither touch nor overlap."""
    merged: list[Interval] = []
    for interval in sorted(intervals):
        if merged and interval.start <= merged[-1].end:
            merged[-1] = Interval(merged[-1].start, max(merged[-1].end, interval.end))
        else:
            merged.append(interval)
    return tuple(merged)


def common(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return what at least two of ``intervals`` share, merged."""
    shared: list[Interval] = []
    until: Interval | None = None
    for interval in sorted(intervals):
        both = until.clip(interval) if until else None
        if both is not None:
            shared.append(both)
        if until is None or interval.end > until.end:
            until = interval
    return merge(shared)


def subtract(whole: Iterable[Interval], holes: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return what is left of ``whole`` after ``holes`` are cut out, sorted."""
    left: list[Interval] = []
    cuts = merge(holes)
    for interval in merge(whole):
        at = interval.start
        for cut in cuts:
            if cut.end <= at or cut.start >= interval.end:
                continue
            if cut.start > at:
                left.append(Interval(at, cut.start))
            at = max(at, cut.end)
        if at < interval.end:
            left.append(Interval(at, interval.end))
    return tuple(left)


@dataclass(frozen=True, slots=True, order=True)
class DateRange:
    """Calendar dates from ``start`` up to and without ``end``. ValueError if empty."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.start >= self.end:
            raise ValueError(f"{self.start} is not before {self.end}")

    @property
    def last(self) -> date:
        """The last date inside."""
        return self.end - DAY

    def days(self) -> Iterator[date]:
        """Every date inside, in order."""
        day = self.start
        while day < self.end:
            yield day
            day += DAY

    def interval(self, zone: str) -> Interval:
        """Return the instants from midnight to midnight in ``zone``."""
        return Interval(at_wall(self.start, MIDNIGHT, zone), at_wall(self.end, MIDNIGHT, zone))


@dataclass(frozen=True, slots=True, order=True)
class WallWindow:
    """Times of day from ``start`` up to ``end`` in a person's own zone; midnight ends the day."""

    start: time
    end: time

    def __post_init__(self) -> None:
        if self.end != MIDNIGHT and self.start >= self.end:
            raise ValueError(f"{self.start} is not before {self.end}")

    def clip(self, other: "WallWindow") -> "WallWindow | None":
        """Return the times of day shared with ``other``, or None."""
        ends = [end for end in (self.end, other.end) if end != MIDNIGHT]
        start, end = max(self.start, other.start), min(ends, default=MIDNIGHT)
        return WallWindow(start, end) if end == MIDNIGHT or start < end else None

    def on(self, day: date, zone: str) -> Interval:
        """Return the instants of this window on ``day`` in ``zone``.

        ValueError where the spring change swallows the whole window.
        """
        last = day + DAY if self.end == MIDNIGHT else day
        return Interval(at_wall(day, self.start, zone), at_wall(last, self.end, zone))
