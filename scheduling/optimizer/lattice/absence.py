"""What sessions take, start by start: the compiled walk over people, slots and shares.

A person who attends loses the open time of the span; a break that makes way gives its old place
back and takes its new one. What a slot loses is the net of these, in seconds; its units are the
person's shares of that part of a slot. Who leads loses the whole span they keep.
"""

from fractions import Fraction
from math import gcd
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduling.optimizer.compiled import compiled
from scheduling.optimizer.cost import most_units
from scheduling.optimizer.lattice.footprints import Shares
from scheduling.optimizer.lattice.layout import (
    EXCEPTION,
    MOVABLE,
    OFF,
    STAYS,
    heads_left,
    heads_of,
    removed_units,
)
from scheduling.optimizer.lattice.pauses import (
    END,
    HIGH,
    LOW,
    MOST_MOVED,
    START,
    Pauses,
    Spacing,
    make_way,
)
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.rows import Bits, Ints, Mask

SHUT: Final = OFF | STAYS | EXCEPTION
"""The bits of a slot in which a person is not open anyway."""

Int16 = NDArray[np.int16]
Int32 = NDArray[np.int32]


class Ground(NamedTuple):
    """What a whole lattice shares; people are attendees, then facilitators.

    ``longest`` is the most seconds of a pause. ``units`` (parts, people, demands) holds 1/60 FTE,
    ``part`` the place of a number of seconds in it. ``share_first`` (people + 1) and
    ``share_demand`` are the demands each has a share of.
    ``removed`` is the 1/60 FTE taken so far and ``allowed`` the most that may be, NO_LIMIT without
    floor, both (demands, slots). ``head_first`` (attendees + 1) and ``head_row`` are the rows of
    heads each counts in; ``left`` (rows of heads, slots) is how many more may go.
    """

    slot: int
    pauses: Pauses
    longest: int
    units: Int16
    part: Int32
    share_first: Ints
    share_demand: Ints
    removed: Ints
    allowed: Ints
    head_first: Ints
    head_row: Ints
    left: Int32


def ground_of(problem: Problem, shares: Shares, pauses: Pauses) -> Ground:
    """Return what the walks need of ``problem``: the units of every part of a slot that can occur."""
    slot = 60 * problem.grid.slot_minutes
    units, part = _units(problem, shares, pauses)
    some = np.concatenate([shares.attendees, shares.facilitators])[:, shares.columns] > 0
    heads = heads_of(problem)
    return Ground(
        slot,
        pauses,
        int(np.diff(pauses.table[:, : END + 1]).max(initial=0)),
        units,
        part,
        edges_of(some.sum(axis=1)),
        np.nonzero(some)[1].astype(np.int64),
        removed_units(problem, shares.demands),
        most_units(problem, shares.demands),
        edges_of(np.asarray([len(mine) for mine in heads], np.int64)),
        np.asarray([place for mine in heads for place in mine], np.int64),
        heads_left(problem),
    )


def edges_of(counts: NDArray[np.integer[Any]] | Mask) -> Ints:
    """Return where each of some lists laid end to end begins, and where the last one ends."""
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _units(problem: Problem, shares: Shares, pauses: Pauses) -> tuple[Int16, Int32]:
    """Return (parts, people, demands) and the place per second; parts are steps that can occur."""
    slot = 60 * problem.grid.slot_minutes
    minutes = {meeting.minutes for meeting in problem.meetings}
    minutes.update(part.minutes for training in problem.trainings for part in training.parts)
    minutes.update(person.transition for person in problem.attendees)
    for leader in problem.facilitators:
        minutes.update((leader.prepare, leader.write_up))
    step = gcd(slot, *(60 * each for each in minutes))
    moves = pauses.table[pauses.table[:, LOW] < pauses.table[:, HIGH]]
    odd = moves[:, : END + 1].ravel()
    step = gcd(step, int(np.gcd.reduce(odd)) if len(odd) else 0)
    part = np.full(slot + 1, -1, np.int32)
    part[::step] = np.arange(slot // step + 1)
    tables = [shares.units(Fraction(seconds, slot)) for seconds in range(0, slot + 1, step)]
    return np.stack([np.concatenate(table) for table in tables]), part


class Crew(NamedTuple):
    """Some meetings of one length and set of limits: meeting m has people first[m]:first[m + 1].

    ``row`` are their rows in the lattice, ``state`` (people, slots) their slots. ``span`` is each
    one's class of transition, ``leader`` (meetings) the row of who leads among all people, -1 for
    nobody, and ``leader_span`` that one's class. ``before`` (classes) is the slots before the
    start, ``seconds`` (classes, slots) what each slot from there on loses, -1 beyond the span.
    """

    first: Ints
    row: Ints
    state: Bits
    span: Ints
    leader: Ints
    leader_span: Ints
    before: Ints
    after: Ints
    seconds: Ints
    rules: Spacing


class Scratch(NamedTuple):
    """Room to work in: sums per cell and per head, lists of those touched, one person's slots."""

    cell: Int32
    listed: Mask
    cells: Ints
    head: Int32
    heads: Ints
    tally: Ints
    lost: Ints
    starts: Ints


def scratch_for(ground: Ground, crew: Crew) -> Scratch:
    """Return room for one start of any meeting of ``crew``."""
    demands, slots = ground.removed.shape
    widest = crew.seconds.shape[1] + 2 * MOST_MOVED * (ground.longest // ground.slot + 2)
    people = int(np.diff(crew.first).max(initial=1)) + 1
    most = people * widest * max(1, demands)
    return Scratch(
        cell=np.zeros(demands * slots, np.int32),
        listed=np.zeros(demands * slots, np.bool_),
        cells=np.zeros(min(most, demands * slots) + 1, np.int64),
        head=np.zeros(len(ground.left) * slots, np.int32),
        heads=np.zeros(min(people * widest, slots) * max(1, len(ground.left)) + 1, np.int64),
        tally=np.zeros(2, np.int64),
        lost=np.zeros((widest, 2), np.int64),
        starts=np.zeros(MOST_MOVED, np.int64),
    )


@compiled
def _add_span(lost: Ints, known: int, slot: int, span: tuple[int, int, int]) -> int:
    """Add sign x the seconds from start to end to the slots they lie in; ``known`` are listed."""
    start, end, sign = span
    for place in range(start // slot, -(-end // slot)):
        seconds = min(end, (place + 1) * slot) - max(start, place * slot)
        at = 0
        while at < known and lost[at, 0] != place:
            at += 1
        if at == known:
            lost[at, 0], lost[at, 1] = place, 0
            known += 1
        lost[at, 1] += sign * seconds
    return known


@compiled
def absent(
    pauses: Pauses,
    state: Bits,
    seconds: Ints,
    rules: Spacing,
    at: tuple[int, int, int],
    lost: Ints,
    starts: Ints,
) -> tuple[int, int, int]:
    """List in ``lost`` the slots that a person loses, and the seconds of each.

    ``at`` is the person and the span in slots, ``state`` (slots) where they are and ``seconds``
    what the span takes of each slot. Returns how many are listed, and the first pause that makes
    way and how many do (-1 where one cannot); their new starts are left in ``starts``.
    """
    row, first, last = at
    known, touched = 0, False
    for place in range(max(0, first), min(last, len(state))):
        touched = touched or (state[place] & MOVABLE) != 0
        if state[place] & SHUT == 0:
            lost[known, 0], lost[known, 1] = place, seconds[place - first]
            known += 1
    if not touched:
        return known, 0, 0
    pause, count = make_way(pauses, row, state, rules, (first, last), starts)
    for move in range(max(0, count)):
        begin, end = pauses.table[pause + move, START], pauses.table[pause + move, END]
        there = starts[move]
        known = _add_span(lost, known, rules.slot, (begin, end, -1))
        known = _add_span(lost, known, rules.slot, (there, there + end - begin, 1))
    return known, pause, count


@compiled
def _take(ground: Ground, who: int, lost: Ints, known: int, work: Scratch) -> None:
    """Add what ``who`` leaves in the slots ``lost``, each for some seconds, to the sums per cell."""
    slots = ground.removed.shape[1]
    cells, listed, sums, units = work.cells, work.listed, work.cell, ground.units
    demands, part, count = ground.share_demand, ground.part, work.tally[0]
    first, last = ground.share_first[who], ground.share_first[who + 1]
    for at in range(known):
        slot, seconds = lost[at, 0], lost[at, 1]
        if seconds == 0 or slot < 0 or slot >= slots:
            continue
        for place in range(first, last):
            cell = demands[place] * slots + slot
            if not listed[cell]:
                listed[cell] = True
                cells[count] = cell
                count += 1
            taken = units[part[abs(seconds)], who, demands[place]]
            sums[cell] += taken if seconds > 0 else -taken
    work.tally[0] = count


@compiled
def _close(ground: Ground, row: int, lost: Ints, known: int, work: Scratch) -> None:
    """Count one attendee less in the slots ``lost`` for every row of heads they are in."""
    slots = ground.left.shape[1]
    heads, sums, rows, count = work.heads, work.head, ground.head_row, work.tally[1]
    first, last = ground.head_first[row], ground.head_first[row + 1]
    for at in range(known):
        slot = lost[at, 0]
        if lost[at, 1] <= 0 or slot < 0 or slot >= slots:
            continue
        for place in range(first, last):
            head = rows[place] * slots + slot
            if sums[head] == 0:
                heads[count] = head
                count += 1
            sums[head] += 1
    work.tally[1] = count


@compiled
def gather(ground: Ground, crew: Crew, at: tuple[int, int], present: Mask, work: Scratch) -> None:
    """Sum up in ``work`` what a meeting of the crew takes with a start; ``at`` is the two.

    ``present`` (people of the crew, slots) says who would be there. Sums are cleared by ``clear``.
    """
    meeting, start = at
    lost = work.lost
    for person in range(crew.first[meeting], crew.first[meeting + 1]):
        if present[person, start]:
            span, row = crew.span[person], crew.row[person]
            known, _, _ = absent(
                ground.pauses,
                crew.state[person],
                crew.seconds[span],
                crew.rules,
                (row, start - crew.before[span], start + crew.after[span]),
                lost,
                work.starts,
            )
            _take(ground, row, lost, known, work)
            _close(ground, row, lost, known, work)
    leader, span = crew.leader[meeting], crew.leader_span[meeting]
    if leader >= 0 and ground.share_first[leader] < ground.share_first[leader + 1]:
        first, known = start - crew.before[span], 0
        for place in range(start + crew.after[span] - first):
            lost[known, 0], lost[known, 1] = first + place, crew.seconds[span, place]
            known += 1
        _take(ground, leader, lost, known, work)


@compiled
def clear(work: Scratch) -> None:
    """Set the sums of ``gather`` back to 0."""
    for place in range(work.tally[0]):
        work.cell[work.cells[place]] = 0
        work.listed[work.cells[place]] = False
    for place in range(work.tally[1]):
        work.head[work.heads[place]] = 0
    work.tally[:] = 0


@compiled
def weigh(
    ground: Ground, crew: Crew, present: Mask, asked: Mask, work: Scratch
) -> tuple[Mask, Mask]:
    """Return per meeting and start, where ``asked``, whether a floor breaks or too few heads stay."""
    meetings, slots = asked.shape
    floors = np.zeros((meetings, slots), np.bool_)
    heads = np.zeros((meetings, slots), np.bool_)
    removed, allowed, left = ground.removed.ravel(), ground.allowed.ravel(), ground.left.ravel()
    for meeting in range(meetings):
        for start in range(slots):
            if asked[meeting, start]:
                gather(ground, crew, (meeting, start), present, work)
                for cell in work.cells[: work.tally[0]]:
                    if work.cell[cell] > 0 and removed[cell] + work.cell[cell] > allowed[cell]:
                        floors[meeting, start] = True
                for head in work.heads[: work.tally[1]]:
                    if work.head[head] > left[head]:
                        heads[meeting, start] = True
                clear(work)
    return floors, heads


@compiled
def _grown(values: Ints, needed: int) -> Ints:
    """Return ``values`` with room for ``needed`` more than half as many again."""
    if needed <= len(values):
        return values
    wider = np.empty(needed + len(values) // 2, np.int64)
    wider[: len(values)] = values
    return wider


class Takings(NamedTuple):
    """What starts take: start i has cells[first[i]:first[i + 1]], demand x slots + slot, ascending.

    ``heads`` are rows of heads x slots + slot with how many fewer, where that is more than none.
    """

    first: Ints
    cells: Ints
    units: Ints
    head_first: Ints
    heads: Ints
    fewer: Ints


@compiled
def takings(
    ground: Ground, crew: Crew, at: tuple[Ints, Ints], present: Mask, work: Scratch
) -> Takings:
    """Return what each of the starts ``at`` (meetings, slots) takes."""
    first, head_first = np.zeros(len(at[0]) + 1, np.int64), np.zeros(len(at[0]) + 1, np.int64)
    cells, units = np.empty(len(at[0]) * 4 + 16, np.int64), np.empty(len(at[0]) * 4 + 16, np.int64)
    heads, fewer = np.empty(16, np.int64), np.empty(16, np.int64)
    known = closed = 0
    for place in range(len(at[0])):
        gather(ground, crew, (at[0][place], at[1][place]), present, work)
        cells = _grown(cells, known + work.tally[0])
        units = _grown(units, known + work.tally[0])
        for cell in np.sort(work.cells[: work.tally[0]]):
            if work.cell[cell]:
                cells[known], units[known] = cell, work.cell[cell]
                known += 1
        heads = _grown(heads, closed + work.tally[1])
        fewer = _grown(fewer, closed + work.tally[1])
        for head in np.sort(work.heads[: work.tally[1]]):
            heads[closed], fewer[closed] = head, work.head[head]
            closed += 1
        first[place + 1], head_first[place + 1] = known, closed
        clear(work)
    return Takings(
        first,
        cells[:known].copy(),
        units[:known].copy(),
        head_first,
        heads[:closed].copy(),
        fewer[:closed].copy(),
    )
