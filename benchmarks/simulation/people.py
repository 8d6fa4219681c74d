"""A problem's people for the simulation: what they can do, and when they are open for contacts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, NamedTuple

import numpy as np

from benchmarks.simulation.state import Calendar, Floats, Ints
from scheduling.domain.times import MINUTE, Interval
from scheduling.optimizer.compiled import compiled
from scheduling.optimizer.plan import BreakMove, Plan
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.supply import Attendee, Facilitator, Grid

_SECOND: Final = timedelta(seconds=1)
_Away = tuple[str, Interval, int]
"""Who is kept from contacts when (1), or no longer kept then (-1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Attendees, then facilitators who take contacts and are no attendees, by number.

    ``shares`` is FTE, (people, demands). Everybody is away at first; ``calendar`` opens and closes
    them by shifts and time off, without any session.
    """

    grid: Grid
    number: dict[str, int]
    shares: Floats
    calendar: Calendar

    @classmethod
    def of(cls, problem: Problem) -> "People":
        """Return the people of ``problem`` who serve any of its demands."""
        columns = {curve.demand_id: place for place, curve in enumerate(problem.curves)}
        attendees = {person.id for person in problem.attendees}
        leaders = (one for one in problem.facilitators if one.id not in attendees)
        everybody: list[Attendee | Facilitator] = [*problem.attendees, *leaders]
        staff = [
            one
            for one in everybody
            if any(share > 0 and name in columns for name, share in one.shares.items())
        ]
        shares = np.zeros((len(staff), len(columns)))
        for row, one in enumerate(staff):
            for name, share in one.shares.items():
                if name in columns:
                    shares[row, columns[name]] = share
        number = {one.id: row for row, one in enumerate(staff)}
        opened = [away for one in staff for away in _at_work(one)]
        return cls(
            grid=problem.grid,
            number=number,
            shares=shares,
            calendar=_calendar(problem.grid, number, opened),
        )

    def with_plan(self, problem: Problem, plan: Plan) -> Calendar:
        """Return the calendar with the sessions of ``plan`` and the breaks it moves."""
        added = _calendar(self.grid, self.number, _sessions(problem, plan))
        return _in_order(*(np.concatenate(pair) for pair in zip(self.calendar, added, strict=True)))

    def presence(self, slots: int, slot: float) -> Floats:
        """Return the FTE open for contacts without a plan, (demands, slots of ``slot`` seconds)."""
        out = np.zeros((self.shares.shape[1], slots))
        opened = np.full(len(self.shares), -1.0)
        blocked = np.ones(len(self.shares), np.int64)
        _add_up(self.calendar, _Presence(self.shares, blocked, opened, slot, out))
        return out


class _Presence(NamedTuple):
    shares: Floats
    blocked: Ints
    opened: Floats
    slot: float
    out: Floats


@compiled
def _add_up(calendar: Calendar, presence: _Presence) -> None:
    """Add each person's shares to the slots in which they are open, pro rata."""
    for turn in range(len(calendar.time)):
        person = calendar.agent[turn]
        was = presence.blocked[person]
        presence.blocked[person] += calendar.change[turn]
        if was > 0 and presence.blocked[person] == 0:
            presence.opened[person] = calendar.time[turn]
        elif was == 0 and presence.blocked[person] > 0:
            _add_stretch(presence, person, calendar.time[turn])


@compiled
def _add_stretch(presence: _Presence, person: int, end: float) -> None:
    slot = presence.slot
    at = max(0.0, presence.opened[person])
    end = min(end, presence.out.shape[1] * slot)
    while at < end:
        row = int(at / slot)
        until = min(end, (row + 1) * slot)
        presence.out[:, row] += presence.shares[person] * ((until - at) / slot)
        at = until


def _at_work(one: Attendee | Facilitator) -> Iterator[_Away]:
    """Yield when ``one`` is open, and what keeps them from it; meetings of others do not."""
    if isinstance(one, Attendee):
        yield from ((one.id, shift, -1) for shift in one.shifts)
        yield from ((one.id, off.interval, 1) for off in one.off)
    else:
        yield from ((one.id, working, -1) for working in one.working)
        yield from ((one.id, busy, 1) for busy in one.busy)


def _sessions(problem: Problem, plan: Plan) -> Iterator[_Away]:
    meetings = {meeting.id: meeting for meeting in problem.meetings}
    around = {one.id: (one.transition, one.transition) for one in problem.attendees}
    leading = {one.id: (one.prepare, one.write_up) for one in problem.facilitators}
    for placed in plan.placements:
        meeting = meetings[placed.meeting_id]
        for name in placed.attendee_ids or meeting.attendee_ids:
            yield name, _widened(placed.interval, *around[name]), 1
        if meeting.facilitator_id is not None:
            lead = meeting.facilitator_id
            yield lead, _widened(placed.interval, *leading[lead]), 1
        yield from _moved(placed.breaks)
    for group in plan.groups:
        for part in group.parts:
            for name in group.attendee_ids:
                yield name, _widened(part.interval, *around[name]), 1
            yield part.trainer_id, _widened(part.interval, *leading[part.trainer_id]), 1
        yield from _moved(group.breaks)


def _widened(session: Interval, before: int, after: int) -> Interval:
    return Interval(session.start - before * MINUTE, session.end + after * MINUTE)


def _moved(breaks: Iterable[BreakMove]) -> Iterator[_Away]:
    for move in breaks:
        yield move.attendee_id, move.before, -1
        yield move.attendee_id, move.after, 1


def _calendar(grid: Grid, number: dict[str, int], spans: Iterable[_Away]) -> Calendar:
    """Return the edges of ``spans`` of people who are simulated, in order."""
    edges: list[tuple[float, int, int]] = []
    for name, span, change in spans:
        if (agent := number.get(name)) is not None:
            edges.append(((span.start - grid.start) / _SECOND, agent, change))
            edges.append(((span.end - grid.start) / _SECOND, agent, -change))
    table = np.asarray(edges, np.float64).reshape(-1, 3)
    return _in_order(table[:, 0], table[:, 1].astype(np.int64), table[:, 2].astype(np.int64))


def _in_order(time: Floats, agent: Ints, change: Ints) -> Calendar:
    """Return the edges by time; at one instant what starts comes before what ends."""
    order = np.lexsort((agent, -change, time))
    return Calendar(time[order], agent[order], change[order])
