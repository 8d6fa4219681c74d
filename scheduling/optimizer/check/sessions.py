"""What is under check: bookings of a plan as sessions and seats, on true minutes."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from operator import attrgetter

from scheduling.domain.meetings import PlaceKind
from scheduling.domain.rules import Rule
from scheduling.domain.times import MINUTE, Interval, merge, subtract, zone_of
from scheduling.optimizer.check.cost import Parts, Taken
from scheduling.optimizer.plan import BreakMove, Group, Placement
from scheduling.optimizer.supply import Attendee, Facilitator
from scheduling.optimizer.wanted import Limits, Meeting, Training


class Spans:
    """Intervals apart from each other, in order, to be looked up by time."""

    def __init__(self, spans: Iterable[Interval]) -> None:
        """Take ``spans``, which do not overlap."""
        self.all = sorted(spans, key=attrgetter("start"))
        self._starts = [span.start for span in self.all]

    def near(self, span: Interval) -> Iterator[Interval]:
        """Yield those that overlap ``span`` or touch it, the last first."""
        place = bisect_right(self._starts, span.end)
        while place and self.all[place - 1].end >= span.start:
            place -= 1
            yield self.all[place]

    def over(self, span: Interval) -> list[Interval]:
        """Return those that overlap ``span``, the last first."""
        return [one for one in self.near(span) if one.overlaps(span)]

    def cover(self, span: Interval) -> bool:
        """Tell whether ``span`` lies whole inside one, or several that touch."""
        near = list(self.near(span))
        return any(one.covers(span) for one in (near if len(near) < 2 else merge(near)))


class Calendar:
    """One attendee's shifts, pauses (breaks and meals), other exceptions, and what is busy."""

    def __init__(self, person: Attendee) -> None:
        """Sort the times of ``person``."""
        self.shifts = Spans(person.shifts)
        self.pauses = Spans(off.interval for off in person.off if off.rule is Rule.BREAK)
        self.exceptions = Spans(off.interval for off in person.off if off.rule is Rule.EXCEPTION)
        self.busy = Spans(merge(person.busy))

    def open_within(self, span: Interval) -> Iterable[Interval]:
        """Return the parts of ``span`` that are on shift and not off."""
        near, off = self.shifts.over(span), self.pauses.over(span) + self.exceptions.over(span)
        inside = [
            part for shift in near if (part := span if shift.covers(span) else shift.clip(span))
        ]
        return subtract(inside, off) if off else inside


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Session:
    """People in one place at one time. ``day`` is the local date, in ``zone``, that it starts on.

    ``wants`` is the place asked for; ``sites`` are where people come from, who all must sit in
    one room, if any.
    """

    interval: Interval
    minutes: int
    people: tuple[Attendee, ...]
    leader: Facilitator | None
    wants: PlaceKind
    place: PlaceKind
    room_id: str | None
    equipment: frozenset[str]
    sites: frozenset[str]
    zone: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seat:
    """One person in one session: off the phones during ``away``, transitions included.

    ``slots`` are those of the grid that it touches, ``day`` the person's own date, ``minutes``
    what counts as offline.
    """

    person: Attendee
    session: Session
    calendar: Calendar
    away: Interval
    slots: range
    day: date
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Booking:
    """One answer of a plan: a meeting's placement, or a group with all its parts.

    ``lost`` is how much of each slot is taken from each person's open time, negative where a
    moved break gives it back; ``taken`` is that in units of staffing, the leaders' included.
    """

    answer: Placement | Group
    wanted: Meeting | Training
    limits: Limits
    sessions: tuple[Session, ...]
    seats: tuple[Seat, ...]
    lost: dict[str, Parts]
    taken: Taken

    @property
    def people(self) -> tuple[Attendee, ...]:
        """Everybody present, in each session the same."""
        return self.sessions[0].people

    @property
    def breaks(self) -> tuple[BreakMove, ...]:
        """The breaks that make way."""
        return self.answer.breaks


def away(person: Attendee, interval: Interval) -> Interval:
    """Return the time that a session takes ``person`` off the phones, transitions included."""
    around = person.transition * MINUTE
    return Interval(interval.start - around, interval.end + around) if around else interval


def led(session: Session) -> Interval:
    """Return the time that the leader keeps for ``session``, preparation and write-up included."""
    leader, own = session.leader, session.interval
    if leader is None or not (leader.prepare or leader.write_up):
        return own
    return Interval(own.start - leader.prepare * MINUTE, own.end + leader.write_up * MINUTE)


def local_day(interval: Interval, zone: str) -> date:
    """Return the date in ``zone`` on which ``interval`` starts."""
    return interval.start.astimezone(zone_of(zone)).date()


def week_of(day: date) -> tuple[int, int]:
    """Return the ISO year and week of ``day``."""
    return day.isocalendar()[:2]
