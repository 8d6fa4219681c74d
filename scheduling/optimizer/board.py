"""A problem laid out for the masks: times as seconds from the grid's start, people by id.

Sessions already decided on lie on the board as ``own``; every rule counts them, which is how one
meeting's candidates, alternatives and reasons take the rest of the plan into account.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scheduling.domain.centre import DemandKind
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.times import DAY, MIDNIGHT, Interval, at_wall, zone_of
from scheduling.optimizer.cost import MILLION, UNITS, CostTable, cost_table, footprint
from scheduling.optimizer.plan import Placement
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.queueing import Floats, Ints
from scheduling.optimizer.supply import Attendee, Facilitator, Grid
from scheduling.optimizer.wanted import Meeting

SECOND = timedelta(seconds=1)
_HAIR: Final = 1e-6
"""What floating-point sums of FTE may be off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """A session decided on within this search."""

    meeting: Meeting
    slot: int
    room_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Everything the masks look at.

    ``removed`` is what is taken so far and ``allowed`` what the floor leaves, for the demands that
    have one: 1/60 FTE per slot. ``memory`` and ``footprints`` keep what does not depend on ``own``, for all boards of a problem.
    """

    problem: Problem
    table: CostTable
    attendees: Mapping[str, Attendee]
    facilitators: Mapping[str, Facilitator]
    removed: Mapping[str, Ints]
    allowed: Mapping[str, Floats]
    own: tuple[Own, ...] = ()
    memory: dict[tuple[str, str], NDArray[np.bool_]] = field(default_factory=dict)
    footprints: dict[tuple[str, str, Fraction], Mapping[str, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, problem: Problem, table: CostTable | None = None) -> "Board":
        """Return the board of ``problem`` with nothing decided on it; its ``table`` if known."""
        none = np.zeros(problem.grid.slots, np.int64)
        return cls(
            problem=problem,
            table=table or cost_table(problem),
            attendees={person.id: person for person in problem.attendees},
            facilitators={person.id: person for person in problem.facilitators},
            removed={
                curve.demand_id: np.asarray(curve.removed, np.int64) if curve.removed else none
                for curve in problem.curves
            },
            allowed={
                curve.demand_id: UNITS
                * (np.asarray(curve.coverage) - np.asarray(curve.required) + curve.floor + _HAIR)
                for curve in problem.curves
                if curve.floor is not None and curve.kind is not DemandKind.OUTBOUND
            },
        )

    def having(self, sessions: Iterable[Own]) -> "Board":
        """Return this board with ``sessions`` laid on it."""
        added = tuple(sessions)
        return replace(self, own=self.own + added, removed=self._moved(added, 1))

    def without(self, session: Own) -> "Board":
        """Return this board with ``session``, which lies on it, taken off."""
        rest = tuple(own for own in self.own if own is not session)
        return replace(self, own=rest, removed=self._moved([session], -1))

    def _moved(self, sessions: Iterable[Own], sign: int) -> dict[str, Ints]:
        removed = dict(self.removed)
        for session in sessions:
            for part, first, last in self.stretches(session.meeting):
                for demand, units in self.takes(session.meeting, part).items():
                    series = removed[demand] = removed[demand].copy()
                    series[session.slot + first : session.slot + last] += sign * units
        return removed

    def length(self, meeting: Meeting) -> int:
        """Return the slots that ``meeting`` keeps people busy: its minutes, rounded up."""
        return -(-meeting.minutes // self.problem.grid.slot_minutes)

    def stretches(self, meeting: Meeting) -> tuple[tuple[Fraction, int, int], ...]:
        """Return (part of the slot taken, first, last) of the whole slots and of the last one."""
        full, rest = divmod(meeting.minutes, self.problem.grid.slot_minutes)
        whole = ((Fraction(1), 0, full),) if full else ()
        part = Fraction(rest, self.problem.grid.slot_minutes)
        return (*whole, (part, full, full + 1)) if rest else whole

    def takes(self, meeting: Meeting, part: Fraction) -> Mapping[str, int]:
        """Return the units that attendee and facilitator leave open during ``part`` of a slot."""
        key = (meeting.attendee_id, meeting.facilitator_id, part)
        if key not in self.footprints:
            taken = Counter(footprint(self.attendees[meeting.attendee_id].shares, part))
            taken.update(footprint(self.facilitators[meeting.facilitator_id].shares, part))
            self.footprints[key] = {d: units for d, units in taken.items() if d in self.removed}
        return self.footprints[key]

    def interval(self, meeting: Meeting, slot: int) -> Interval:
        """Return when ``meeting`` is if it starts at ``slot``; its true minutes, not rounded."""
        start = self.problem.grid.at(slot)
        return Interval(start, start + timedelta(minutes=meeting.minutes))

    def occupied(self, session: Own) -> Interval:
        """Return the slots that ``session`` takes, whole."""
        grid = self.problem.grid
        return Interval(grid.at(session.slot), grid.at(session.slot + self.length(session.meeting)))

    def own_of(self, person_id: str) -> tuple[Interval, ...]:
        """Return when the sessions on the board take ``person_id``, in either part."""
        return tuple(
            self.occupied(own)
            for own in self.own
            if person_id in (own.meeting.attendee_id, own.meeting.facilitator_id)
        )


def placement(board: Board, own: Own, price: int) -> Placement:
    """Return ``own`` as the plan shows it; ``price`` is in millionths of a contact."""
    return Placement(
        meeting_id=own.meeting.id,
        interval=board.interval(own.meeting, own.slot),
        place=PlaceKind.ONLINE if own.room_id is None else PlaceKind.ROOM,
        room_id=own.room_id,
        price=price / MILLION,
    )


@lru_cache(maxsize=256)
def local_days(grid: Grid, zone: str) -> tuple[tuple[date, ...], NDArray[np.int64]]:
    """Return the local dates that ``grid`` meets, and per slot the index of the one it starts on."""
    days = dates_of(grid, zone)
    edges = [seconds(grid, at_wall(day, MIDNIGHT, zone)) for day in days[1:]]
    starts = np.arange(grid.slots) * 60.0 * grid.slot_minutes
    return days, np.searchsorted(np.asarray(edges), starts, side="right")


def dates_of(grid: Grid, zone: str) -> tuple[date, ...]:
    """Return every local date in ``zone`` that ``grid`` meets, in order."""
    first = grid.start.astimezone(zone_of(zone)).date()
    last = grid.at(grid.slots).astimezone(zone_of(zone)).date()
    return tuple(first + DAY * step for step in range((last - first).days + 1))


def seconds(grid: Grid, instant: datetime) -> float:
    """Return ``instant`` in seconds from the grid's start."""
    return (instant - grid.start) / SECOND


def edges(grid: Grid, intervals: Iterable[Interval]) -> tuple[Floats, Floats]:
    """Return sorted starts and sorted ends of ``intervals`` in seconds from the grid's start."""
    spans = tuple(intervals)
    starts = np.asarray([seconds(grid, span.start) for span in spans], np.float64)
    ends = np.asarray([seconds(grid, span.end) for span in spans], np.float64)
    return np.sort(starts), np.sort(ends)


def clear_of(
    grid: Grid, intervals: Iterable[Interval], start: Floats, end: Floats
) -> NDArray[np.bool_]:
    """Return whether [start, end) overlaps none: as many have begun by its end as ended by its start."""
    starts, ends = edges(grid, intervals)
    begun = np.searchsorted(starts, end, side="left")
    return np.asarray(begun == np.searchsorted(ends, start, side="right"))


def inside(
    grid: Grid, intervals: Iterable[Interval], start: Floats, end: Floats
) -> NDArray[np.bool_]:
    """Return whether [start, end) lies in one of ``intervals``, which must not overlap."""
    starts, ends = edges(grid, intervals)
    if not len(starts):
        return np.zeros(len(start), bool)
    which = np.searchsorted(starts, start, side="right") - 1
    return np.asarray((which >= 0) & (end <= ends[which]))


def windowed(values: NDArray[np.bool_], length: int) -> NDArray[np.bool_]:
    """Return, per start, whether all ``length`` values from it on are true."""
    bad = np.concatenate([[0], np.cumsum(~values)])
    return np.asarray(bad[length:] == bad[:-length])
