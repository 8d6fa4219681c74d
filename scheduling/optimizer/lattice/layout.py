"""What a problem says of people, rooms, caps and floors, as arrays of one value per slot or date.

Busy-like time is rounded outwards to whole slots, shifts and working time inwards.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduling.domain.rules import Rule
from scheduling.optimizer.lattice.days import Days, week_of
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.rows import (
    Bits,
    Ints,
    Rows,
    Spans,
    inwards,
    joined,
    outwards,
    painted,
    spans_of,
)
from scheduling.optimizer.supply import Attendee, Facilitator, OffTime

OFF: Final = 1
"""The slot is not whole inside a shift, or inside working time."""
STAYS: Final = 2
"""A break or meal that stays touches the slot."""
MOVABLE: Final = 4
"""A break that may make way touches the slot."""
EXCEPTION: Final = 8
"""Another exception in the schedule touches the slot."""
EDGE: Final = 16
"""The first or last minutes of a shift touch the slot, by the usual limits."""
BUSY: Final = 32
"""A calendar, a reservation or a soft hold touches the slot."""
OWN: Final = 64
"""A session laid on the lattice takes the slot."""
MOVED: Final = 128
"""A break that made way for a session laid is or was here: no other session has it move again."""
PLENTY: Final = 1_000_000
"""Stands for "no cap"."""


def shift_spans(problem: Problem) -> Spans:
    """Return all shifts by attendee, each on its own."""
    return spans_of(problem.grid.start, [person.shifts for person in problem.attendees])


class Off(NamedTuple):
    """All time off by attendee: ``kind`` is STAYS, MOVABLE or EXCEPTION.

    ``windows`` are those that breaks may move in, each one's place in ``spans`` as its row.
    """

    spans: Spans
    kind: Ints
    windows: Spans


def time_off(problem: Problem) -> Off:
    """Return everybody's time off."""
    every = [each for person in problem.attendees for each in person.off]
    groups = ([each.interval for each in person.off] for person in problem.attendees)
    kind = np.fromiter(map(_kind, every), np.int64, len(every))
    windows = spans_of(problem.grid.start, [[each.window for each in every if each.window]])
    return Off(
        spans_of(problem.grid.start, groups),
        kind,
        windows._replace(row=np.flatnonzero(kind == MOVABLE)),
    )


def state(problem: Problem, shifts: Spans, off: Off) -> Bits:
    """Return the bits of everybody's slots, (attendees, slots)."""
    layers = {
        kind: Spans(*(part[off.kind == kind] for part in off.spans))
        for kind in (STAYS, MOVABLE, EXCEPTION)
    }
    layers[BUSY] = spans_of(problem.grid.start, [person.busy for person in problem.attendees])
    layers[EDGE] = edge_spans(shifts, problem.limits.edge)
    return _painted(problem, len(problem.attendees), layers, joined(shifts))


def _kind(off: OffTime) -> int:
    if off.rule is Rule.EXCEPTION:
        return EXCEPTION
    return STAYS if off.window is None else MOVABLE


def _painted(problem: Problem, rows: int, layers: Mapping[int, Spans], inside: Spans) -> Bits:
    """Paint ``layers`` rounded outwards, and OFF wherever a slot is not whole ``inside``."""
    slot, slots = 60 * problem.grid.slot_minutes, problem.grid.slots
    painting = {bit: outwards(spans, slot, slots) for bit, spans in layers.items()}
    painting[OFF] = inwards(inside, slot, slots)
    bits = painted(rows, slots, painting)
    bits ^= np.uint8(OFF)
    return bits


def edge_spans(shifts: Spans, minutes: int) -> Spans:
    """Return the first and the last ``minutes`` of every shift."""
    if not minutes:
        none = np.zeros(0, np.int64)
        return Spans(none, none, none)
    seconds = 60 * minutes
    return Spans(
        np.concatenate([shifts.row, shifts.row]),
        np.concatenate([shifts.start, shifts.end - seconds]),
        np.concatenate([shifts.start + seconds, shifts.end]),
    )


def other_edges(problem: Problem, shifts: Spans) -> dict[int, Bits]:
    """Return the shift edges by minutes, for the sets of limits that keep others than the usual."""
    wanted = {limits.edge for limits in problem.limit_sets.values()} - {problem.limits.edge}
    slot, slots = 60 * problem.grid.slot_minutes, problem.grid.slots
    rows = len(problem.attendees)
    return {
        minutes: painted(rows, slots, {EDGE: outwards(edge_spans(shifts, minutes), slot, slots)})
        for minutes in sorted(wanted)
    }


def leading(problem: Problem) -> Bits:
    """Return the bits OFF and BUSY of every facilitator's slots."""
    origin, leaders = problem.grid.start, problem.facilitators
    busy = spans_of(origin, [leader.busy for leader in leaders])
    working = joined(spans_of(origin, [leader.working for leader in leaders]))
    return _painted(problem, len(leaders), {BUSY: busy}, working)


def rooms_taken(problem: Problem) -> Bits:
    """Return, per room and slot, BUSY where something in its calendar touches the slot."""
    busy = spans_of(problem.grid.start, [room.busy for room in problem.rooms])
    slot, slots = 60 * problem.grid.slot_minutes, problem.grid.slots
    return painted(len(problem.rooms), slots, {BUSY: outwards(busy, slot, slots)})


def members_of_caps(problem: Problem, people: Mapping[str, int]) -> tuple[frozenset[int], ...]:
    """Return the rows of each cap's members; who is no attendee here is left out."""
    return tuple(
        frozenset(people[name] for name in cap.members if name in people) for cap in problem.caps
    )


def caps_of(people: int, members: Sequence[frozenset[int]]) -> tuple[tuple[int, ...], ...]:
    """Return per person the places of the caps they count in."""
    places: list[list[int]] = [[] for _ in range(people)]
    for place, some in enumerate(members):
        for person in some:
            places[person].append(place)
    return tuple(map(tuple, places))


def caps_left(problem: Problem) -> NDArray[np.int32]:
    """Return how many more members of each cap may be away, (caps, slots)."""
    wide = np.zeros((len(problem.caps), problem.grid.slots), np.int32)
    for row, cap in enumerate(problem.caps):
        wide[row] = np.asarray(cap.most, np.int32) - np.asarray(cap.away or (0,), np.int32)
    return wide


def heads_left(problem: Problem) -> NDArray[np.int32]:
    """Return how many more may go before too few stay, (rows of heads, slots)."""
    wide = np.zeros((len(problem.heads), problem.grid.slots), np.int32)
    for place, row in enumerate(problem.heads):
        wide[place] = np.asarray(row.present, np.int32) - row.minimum
    return wide


def heads_of(problem: Problem) -> tuple[tuple[int, ...], ...]:
    """Return per attendee the places of the rows of heads they count in."""
    places: dict[str, list[int]] = {}
    for place, row in enumerate(problem.heads):
        places.setdefault(row.site_id, []).append(place)
    return tuple(
        tuple(
            place
            for place in places.get(person.site_id, ())
            if person.shares.get(problem.heads[place].demand_id, 0) > 0
        )
        for person in problem.attendees
    )


def removed_units(problem: Problem, demands: Sequence[str]) -> Ints:
    """Return the 1/60 FTE that earlier bookings take, (demands, slots)."""
    series = {curve.demand_id: curve.removed for curve in problem.curves}
    taken = np.zeros((len(demands), problem.grid.slots), np.int64)
    for row, demand in enumerate(demands):
        if series[demand]:
            taken[row] = series[demand]
    return taken


def offline(attendees: Sequence[Attendee], days: Days) -> tuple[Rows, Rows, Rows]:
    """Return sessions and minutes per attendee and date, and minutes per attendee and ISO week.

    Dates off the grid count towards their week.
    """
    shape = len(attendees), len(days.dates)
    sessions, minutes = np.zeros(shape, np.int32), np.zeros(shape, np.int32)
    weekly = np.zeros((len(attendees), days.weeks), np.int32)
    monday = week_of(days.dates[0])
    for row, person in enumerate(attendees):
        for day, (count, length) in person.offline.items():
            place, week = days.place(day), week_of(day) - monday
            if 0 <= place < shape[1]:
                sessions[row, place] += count
                minutes[row, place] += length
            if 0 <= week < days.weeks:
                weekly[row, week] += length
    return Rows(base=sessions), Rows(base=minutes), Rows(base=weekly)


def led(facilitators: Sequence[Facilitator], days: Days) -> NDArray[np.int32]:
    """Return the minutes led already, per facilitator and local date."""
    minutes = np.zeros((len(facilitators), len(days.dates)), np.int32)
    for row, leader in enumerate(facilitators):
        for day, length in leader.led.items():
            if 0 <= days.place(day) < len(days.dates):
                minutes[row, days.place(day)] += length
    return minutes
