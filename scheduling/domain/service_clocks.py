"""Service clocks of work items: by when schedulers take one on and decide it, and when they are nudged.

Pure. Time counts only while somebody could decide: while one of the unit's schedulers is at work.
The holidays of a scheduler's site are days off.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from scheduling.domain.house import ServiceClock
from scheduling.domain.people import Person, WorkingTime
from scheduling.domain.setup import Setup
from scheduling.domain.times import DAY, Interval, merge, zone_of

WEEKDAYS = frozenset(range(5))
CHUNK = 14 * DAY
FARTHEST = 26
"""So many chunks are looked at; a unit whose schedulers work in none of them has no hours."""


class Nudge(StrEnum):
    """What schedulers are reminded of, from the gentlest on.

    ``TAKE_ON`` says that nobody has taken it on in time; ``REMIND`` answers in the item's thread;
    ``MENTION`` mentions who is on it, or at work; ``OVERDUE`` mentions their deputies and all others.
    """

    TAKE_ON = "take_on"
    REMIND = "remind"
    MENTION = "mention"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When somebody is there to decide: working times, each with its IANA zone and days off.

    With none at all every minute counts.
    """

    times: tuple[tuple[WorkingTime, str, frozenset[date]], ...] = ()

    def spans(self, start: datetime) -> Iterator[Interval]:
        """Yield the working hours from ``start`` on, in order."""
        for _ in range(FARTHEST):
            chunk = Interval(start, start + CHUNK)
            yield from merge(self._within(chunk)) if self.times else (chunk,)
            start = chunk.end

    def _within(self, chunk: Interval) -> Iterator[Interval]:
        for working, zone, off in self.times:
            day = chunk.start.astimezone(zone_of(zone)).date() - DAY
            while day <= chunk.end.astimezone(zone_of(zone)).date():
                try:
                    span = working.window.on(day, zone).clip(chunk)
                except ValueError:  # the night on which clocks go forward has swallowed it
                    span = None
                if span is not None and day.weekday() in working.weekdays and day not in off:
                    yield span
                day += DAY

    def after(self, start: datetime, amount: timedelta) -> datetime:
        """Return when ``amount`` of working time has passed since ``start``."""
        left = amount
        for span in self.spans(start):
            if left <= span.end - span.start:
                return span.start + left
            left -= span.end - span.start
        return start + amount

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return how much working time lies from ``start`` to ``end``."""
        total = timedelta(0)
        for span in self.spans(start):
            if span.start >= end:
                break
            total += min(span.end, end) - span.start
        return total

    def now_at_work(self, now: datetime) -> bool:
        """Whether ``now`` is within the hours."""
        first = next(self.spans(now), None)
        return first is not None and first.start <= now


def hours_of(people: Sequence[Person], setup: Setup) -> Hours:
    """Return the hours of schedulers; who has no working time is there when awake, on weekdays."""
    usual = WorkingTime(weekdays=WEEKDAYS, window=setup.noise.awake)
    return Hours(
        times=tuple(
            (one.working or usual, one.zone, setup.holidays_of(one.site_id)) for one in people
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """By when a work item is to be taken on, and decided."""

    take_on_by: datetime
    resolve_by: datetime


def due(clock: ServiceClock, hours: Hours, created: datetime, last: datetime | None) -> Due:
    """Return by when an item made at ``created`` is due, with ``last`` the last start it can have.

    The decision is due before that start by ``before_last``; where it is made later than that,
    before the start itself; and where even that has passed, in the usual time.
    """
    resolve = hours.after(created, clock.resolve)
    if last is not None and last > created:
        early = last - clock.before_last
        resolve = min(resolve, early if early > created else last)
    return Due(take_on_by=min(hours.after(created, clock.acknowledge), resolve), resolve_by=resolve)


def nudges(
    clock: ServiceClock, hours: Hours, created: datetime, times: Due
) -> tuple[tuple[datetime, Nudge], ...]:
    """Return when which nudge is due, in order; the last part of the time is the loudest."""
    found = [(times.take_on_by, Nudge.TAKE_ON)]
    whole = hours.between(created, times.resolve_by)
    for number, part in enumerate(sorted(clock.nudges)):
        if part >= 1:
            found.append((times.resolve_by, Nudge.OVERDUE))
            continue
        at = hours.after(created, whole * part)
        if not whole:  # it is due before anybody is at work again
            at = created + (times.resolve_by - created) * part
        found.append((at, Nudge.MENTION if number else Nudge.REMIND))
    order = list(Nudge)
    return tuple(sorted(found, key=lambda one: (one[0], order.index(one[1]))))
