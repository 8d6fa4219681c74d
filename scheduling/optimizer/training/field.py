"""A roll-out in arrays: seats, parts, options, and the state of a plan, as the kernels see them.

A *seat* is one attendee of one training, a *row* one part of a seat, an *option* a start for every
part and a site (-1 online). ``T`` is the number of slots of the grid. A *holder* is whoever or
whatever can be taken once a slot: people, trainers and rooms share one index, so that somebody who
teaches one training and attends another is one holder. Candidates (a row's starts that break no
rule by themselves) and rules (what several candidates may take only so much of) are those of a
``Packing``. Cell = demand * T + slot; units are 1/60 FTE, costs millionths of a contact. What
belongs to ``i`` lies at ``first[i]:first[i + 1]``.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

UInt8 = NDArray[np.uint8]
UInt64 = NDArray[np.uint64]
Int16 = NDArray[np.int16]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]


class Field(NamedTuple):
    """The whole problem of a roll-out, never written to.

    Flat on purpose: the compiler's time grows with every array of a tuple that is looked into.

    Seats: ``training``, ``person`` (holder), ``team``, ``tier`` (0 first), ``row`` (of its first
    part), ``allowed`` (seats, sites: may sit in a room there). Rows: ``before`` and ``after``, the
    slots from the start back and on that the person is away; ``pair`` (rows, T: the candidate, -1
    where a rule forbids the start). Candidates: ``cell_first``/``cell``/``units``,
    ``rule_first``/``rule``/``takes``, ``day`` (index of the local date), ``moves`` (1 where a break
    makes way).

    Trainings: ``least``, ``most``, ``per_team``, ``same`` (1: one trainer for all parts), and the
    firsts of their seats, parts and options. Parts: ``roomed``, ``minutes``, ``leads`` (parts,
    trainers, T: may start to lead then), ``fits`` (parts, rooms, T: suits and stays free),
    ``lead_after`` (parts, trainers) and ``room_after`` (parts, rooms), the slots kept from the start
    on; ``lead_units`` (parts, trainers, demands, slots from the preparation on). Options:
    ``start`` (options, parts; in order of time), ``site``.

    Trainers: ``trainer`` (holder), ``lead_before`` (slots), ``lead_day`` (trainers, T: index of the
    local date). Rooms, smallest first: ``room`` (holder), ``room_site``, ``room_seats``. Rules:
    ``capacity``. Cells: ``slopes`` and ``filled`` (cells, segments) as in ``cost.CostTable``,
    ``floor`` (the most units that may go).
    """

    training: Int32
    person: Int32
    team: Int32
    tier: Int32
    row: Int32
    allowed: UInt8
    before: Int32
    after: Int32
    pair: Int32
    cell_first: Int64
    cell: Int32
    units: Int16
    rule_first: Int64
    rule: Int32
    takes: Int16
    day: Int32
    moves: UInt8
    least: Int32
    most: Int32
    per_team: Int32
    same: UInt8
    seat_first: Int64
    part_first: Int64
    option_first: Int64
    roomed: UInt8
    minutes: Int32
    leads: UInt8
    fits: UInt8
    lead_after: Int32
    room_after: Int32
    lead_units: Int16
    start: Int32
    site: Int32
    trainer: Int32
    lead_before: Int32
    lead_day: Int32
    room: Int32
    room_site: Int32
    room_seats: Int32
    capacity: Int32
    slopes: Int64
    filled: Int64
    floor: Int32


class State(NamedTuple):
    """A plan under construction, every array written in place.

    ``load`` (cells), ``above`` (cells: the load without what moved breaks give back, which the
    floor counts), ``used`` (rules), ``busy`` (holders, T), ``ours`` (holders, days: sessions of
    this plan; many more for one that moves breaks), ``led`` (trainers, days: minutes still
    allowed), ``where`` (seats: group or -1). Groups: ``status`` (0 free, 1 open, 2 closed in this
    move), ``option``, ``size``, ``limit``, ``member`` (groups, most), ``trainer`` and ``room``
    (groups, parts). ``log`` (lines, 3) of what to undo; ``total``: cost, lines in the log, unplaced
    of tier 0, 1, 2; ``random``: one number.
    """

    load: Int32
    above: Int32
    used: Int32
    busy: UInt8
    ours: Int32
    led: Int32
    where: Int32
    status: UInt8
    option: Int32
    size: Int32
    limit: Int32
    member: Int32
    trainer: Int32
    room: Int32
    log: Int32
    total: Int64
    random: UInt64


class Kept(NamedTuple):
    """The best plan so far: groups as in State, and ``score``: unplaced per tier, then cost."""

    where: Int32
    status: UInt8
    option: Int32
    trainer: Int32
    room: Int32
    score: Int64


COST, LOGGED, UNPLACED = 0, 1, 2
"""Places in ``State.total``; from UNPLACED on, one count per tier."""
