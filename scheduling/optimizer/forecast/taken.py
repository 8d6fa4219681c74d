"""What sessions take off the phones, as the forecast sees it: 1/60 FTE per demand and slot."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from fractions import Fraction

import numpy as np

from scheduling.domain.times import MINUTE, Interval
from scheduling.optimizer.cost import footprint
from scheduling.optimizer.plan import BreakMove, Group, Placement, Plan
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.queueing import Ints
from scheduling.optimizer.supply import Attendee, Facilitator, Grid

_Stretch = tuple[Mapping[str, float], Interval, int]
"""Whose shares go when, and the sign: 1 taken off the phones, -1 given back."""


def units_taken(problem: Problem, placed: Plan | Iterable[Placement]) -> dict[str, Ints]:
    """Return the units taken per slot of the grid, for the demands that ``placed`` touches.

    An attendee is away with their transitions, a facilitator with preparation and write-up, each
    with their own shares; a moved break is taken where it goes and given back where it was. Slots
    in part are billed pro rata. Raises KeyError for a meeting or person the problem lacks.
    """
    known = {curve.demand_id for curve in problem.curves}
    taken: dict[str, Ints] = {}
    footprints: dict[tuple[tuple[tuple[str, float], ...], Fraction], dict[str, int]] = {}
    for shares, away, sign in _stretches(problem, placed):
        key = tuple(shares.items())
        for slot, part in parts_of_slots(problem.grid, away):
            if (key, part) not in footprints:
                footprints[key, part] = footprint(shares, part)
            for demand, units in footprints[key, part].items():
                if demand in known:
                    series = taken.setdefault(demand, np.zeros(problem.grid.slots, np.int64))
                    series[slot] += sign * units
    return {demand: series for demand, series in taken.items() if series.any()}


def parts_of_slots(grid: Grid, away: Interval) -> Iterator[tuple[int, Fraction]]:
    """Yield the slots of ``grid`` that ``away`` touches, each with the part of it that it takes."""
    step = timedelta(minutes=grid.slot_minutes)
    first = max(0, (away.start - grid.start) // step)
    last = min(grid.slots, -((grid.start - away.end) // step))
    for slot in range(first, last):
        start = grid.at(slot)
        inside = min(away.end, start + step) - max(away.start, start)
        yield slot, Fraction(inside // timedelta(seconds=1), 60 * grid.slot_minutes)


def _stretches(problem: Problem, placed: Plan | Iterable[Placement]) -> Iterator[_Stretch]:
    meetings = {meeting.id: meeting for meeting in problem.meetings}
    attendees = {person.id: person for person in problem.attendees}
    leaders = {person.id: person for person in problem.facilitators}
    placements, groups = (
        (placed.placements, placed.groups) if isinstance(placed, Plan) else (placed, ())
    )
    for each in placements:
        meeting = meetings[each.meeting_id]
        for name in each.attendee_ids or meeting.attendee_ids:
            yield _attending(attendees[name], each.interval)
        if meeting.facilitator_id is not None:
            yield _leading(leaders[meeting.facilitator_id], each.interval)
        yield from _breaks(attendees, each.breaks)
    for group in groups:
        yield from _group(attendees, leaders, group)


def _group(
    attendees: Mapping[str, Attendee], leaders: Mapping[str, Facilitator], group: Group
) -> Iterator[_Stretch]:
    for part in group.parts:
        for name in group.attendee_ids:
            yield _attending(attendees[name], part.interval)
        yield _leading(leaders[part.trainer_id], part.interval)
    yield from _breaks(attendees, group.breaks)


def _attending(person: Attendee, session: Interval) -> _Stretch:
    around = person.transition * MINUTE
    return person.shares, Interval(session.start - around, session.end + around), 1


def _leading(person: Facilitator, session: Interval) -> _Stretch:
    start = session.start - person.prepare * MINUTE
    return person.shares, Interval(start, session.end + person.write_up * MINUTE), 1


def _breaks(attendees: Mapping[str, Attendee], moves: Iterable[BreakMove]) -> Iterator[_Stretch]:
    for move in moves:
        shares = attendees[move.attendee_id].shares
        yield shares, move.after, 1
        yield shares, move.before, -1
