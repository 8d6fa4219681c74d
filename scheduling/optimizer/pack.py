"""A problem's meetings as one packing: every open start with what it takes."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduling.domain.rules import Rule
from scheduling.domain.times import MINUTE
from scheduling.optimizer.absence import Takings, scratch_for, takings
from scheduling.optimizer.blocks import Block, blocks
from scheduling.optimizer.breaks import moved
from scheduling.optimizer.lattice import Lattice
from scheduling.optimizer.liking import INCONVENIENT, disliked, inconvenient
from scheduling.optimizer.masks import BIT, Judged, judged, worth_of
from scheduling.optimizer.pack_arrays import Column, assembled
from scheduling.optimizer.pack_rows import (
    Batch,
    Demanded,
    Entries,
    Ledger,
    Line,
    Starts,
    rows_of,
    spread,
)
from scheduling.optimizer.packing import Extra, Packing
from scheduling.optimizer.plan import BreakMove
from scheduling.optimizer.prices import priced
from scheduling.optimizer.rows import Ints, Mask, ored
from scheduling.optimizer.wanted import PREFERENCE_MOST, Meeting


def packing_of(lattice: Lattice, meetings: Sequence[Meeting] | None = None) -> Packing:
    """Return the packing of ``meetings``, all of the problem's if None, on ``lattice``.

    A start is a candidate exactly where its code is 0. Where a meeting is pinned now is one too if
    it breaks no rule but lead time; a pinned meeting within the freeze window has no other.
    Sessions laid on the lattice are taken already; pinned ones count as taken only where laid.
    """
    wanted = lattice.problem.meetings if meetings is None else meetings
    order = sorted(wanted, key=lambda meeting: (meeting.attendee_id, meeting.id))
    ledger, demanded = Ledger(), Demanded.of(lattice, order)
    dislike = _Dislike(lattice, order)
    columns: dict[int, Column] = {}
    for block in blocks(lattice, order):
        for place, column in _columns(block, ledger, demanded, dislike):
            columns[int(block.places[place])] = column
    chosen = [columns[place] for place in range(len(order))]
    return assembled(lattice, order, chosen, ledger, Extras(lattice, order, chosen))


def _columns(
    block: Block, ledger: Ledger, demanded: Demanded, dislike: "_Dislike"
) -> Iterator[tuple[int, Column]]:
    """Yield the place of each meeting of a block with its column."""
    known = judged(block, open_only=not block.lattice.problem.pinned)
    pins = [_pinned(block.lattice, meeting) for meeting in block.meetings]
    for place, pin in enumerate(pins):
        if pin.slot is not None:
            known.codes[place, pin.slot] &= ~BIT[Rule.LEAD_TIME]
            if pin.fixed:
                known.codes[place, np.arange(block.slots) != pin.slot] |= BIT[Rule.LEAD_TIME]
    together = [list(range(len(pins)))] if block.single else [[place] for place in range(len(pins))]
    for places in together:
        batch = _batch(block, known, places)
        cells, heads = _staffing(batch)
        if any(block.meetings[place].walk_away is not None for place in places):
            batch, cells, heads = _worth(batch, cells, heads)
        rows = rows_of(ledger, demanded, batch)
        if Rule.HEADS not in block.lattice.problem.relaxed:
            rows.append(_heads(ledger, demanded, block, heads))
        kept = cells.small(), _in_order(rows, merged=not block.single).small()
        for place in places:
            yield place, _cut(batch, kept, place, pins[place], dislike)


class _Pin(NamedTuple):
    """The slot in which a meeting is booked, None for none, and whether it must stay."""

    slot: int | None
    fixed: bool


def _pinned(lattice: Lattice, meeting: Meeting) -> _Pin:
    problem = lattice.problem
    for placed in problem.pinned:
        if placed.meeting_id == meeting.id:
            freeze = problem.limits_of(meeting).freeze * MINUTE
            slot = lattice.session(placed).slot
            inside = 0 <= slot < problem.grid.slots
            return _Pin(slot if inside else None, placed.interval.start < problem.now + freeze)
    return _Pin(None, fixed=False)


def _batch(block: Block, known: Judged, places: Sequence[int]) -> Batch:
    """Return the open starts of the meetings at ``places``, who have equally many people."""
    meeting, slot = np.nonzero(known.codes[places] == 0)
    meeting = np.asarray(places)[meeting]
    people = range(int(np.diff(block.first)[places[0]]))
    there = [known.present[block.first[meeting] + person, slot] for person in people]
    starts = Starts(meeting, slot)
    return Batch(
        block=block,
        starts=starts,
        there=np.stack(there),
        moving=known.special[meeting, slot],
    )


def _cut(
    batch: Batch, taken: tuple[Entries, Entries], place: int, pin: _Pin, dislike: "_Dislike"
) -> Column:
    """Return the column of the meeting at ``place``, cut out of its batch."""
    first, last = np.searchsorted(batch.starts.meeting, [place, place + 1]).tolist()
    slots, there = batch.starts.slot[first:last], batch.there[:, first:last]
    held = np.flatnonzero(slots == pin.slot) if pin.slot is not None else slots[:0]
    parts = []
    for entries in taken:
        begin, end = np.searchsorted(entries.candidate, [first, last]).tolist()
        candidate, row, takes = (part[begin:end] for part in entries)
        parts.append(Entries(candidate - first, row, takes))
    return Column(
        starts=slots,
        preference=dislike.of(batch.block, place, slots, there),
        cells=parts[0],
        rows=parts[1],
        there=there,
        special=batch.moving[first:last],
        held=int(held[0]) if len(held) else -1,
        fixed=pin.fixed,
    )


def _staffing(batch: Batch) -> tuple[Entries, Entries]:
    """Return the cells (demand x slots + slot) and heads (row x slots + slot) each start takes."""
    if not batch.block.single:
        return _by_start(batch, np.ones(len(batch.moving), bool))
    plain = _by_place(batch, ~batch.moving)
    if not batch.moving.any():
        return plain
    exact = _by_start(batch, batch.moving)
    return _both(plain[0], exact[0]), _both(plain[1], exact[1])


def _both(one: Entries, other: Entries) -> Entries:
    """Return the entries of both, by candidate."""
    return _in_order([one, other], merged=False)


def _by_place(batch: Batch, asked: Mask) -> tuple[Entries, Entries]:
    """Return what starts of one person take where it is the same from every start."""
    block, ground, crew = batch.block, batch.block.lattice.ground, batch.block.crew
    cells: list[list[Line]] = [[] for _ in block.meetings]
    for place, units in block.takes_of_one():
        meetings, demands = np.nonzero(units)
        for meeting, demand in zip(meetings.tolist(), demands.tolist(), strict=True):
            cells[meeting].append((demand * block.slots, place, int(units[meeting, demand])))
    heads: list[list[Line]] = []
    for row, kind in zip(block.rows, crew.span, strict=True):
        mine = ground.head_row[ground.head_first[row] : ground.head_first[row + 1]].tolist()
        places = range(-int(crew.before[kind]), int(crew.after[kind]))
        heads.append([(head * block.slots, place, 1) for head in mine for place in places])
    candidates = np.flatnonzero(asked)
    starts = Starts(batch.starts.meeting[candidates], batch.starts.slot[candidates])
    return (
        _renamed(spread(starts, cells, block.slots), candidates),
        _renamed(spread(starts, heads, block.slots), candidates),
    )


def _renamed(entries: Entries, candidates: Ints) -> Entries:
    return entries._replace(candidate=candidates[entries.candidate])


def _by_start(batch: Batch, asked: Mask) -> tuple[Entries, Entries]:
    """Return what starts take, each worked out by itself."""
    block, ground = batch.block, batch.block.lattice.ground
    there = np.zeros((len(block.rows), block.slots), bool)
    for person, present in enumerate(batch.there):
        there[block.first[batch.starts.meeting] + person, batch.starts.slot] = present
    candidates = np.flatnonzero(asked)
    at = batch.starts.meeting[candidates], batch.starts.slot[candidates]
    taken = takings(ground, block.crew, at, there, scratch_for(ground, block.crew))
    return (
        Entries(candidates[_owners(taken.first)], taken.cells, taken.units),
        Entries(candidates[_owners(taken.head_first)], taken.heads, taken.fewer),
    )


def _owners(first: Ints) -> Ints:
    return np.repeat(np.arange(len(first) - 1), np.diff(first))


def _worth(batch: Batch, cells: Entries, heads: Entries) -> tuple[Batch, Entries, Entries]:
    """Leave out the starts that cost more by themselves than their meeting is worth."""
    lattice = batch.block.lattice
    if Rule.PRICE in lattice.problem.relaxed:
        return batch, cells, heads
    none = np.zeros(1, np.int64)
    first = np.searchsorted(cells.candidate, np.arange(len(batch.moving) + 1))
    price = priced(
        lattice,
        Takings(first, cells.row.astype(np.int64), cells.takes.astype(np.int64), none, none, none),
    )
    worth = np.asarray([worth_of(meeting) for meeting in batch.block.meetings])
    kept = price <= worth[batch.starts.meeting]
    return batch.keeping(kept), _kept(cells, kept), _kept(heads, kept)


def _kept(entries: Entries, kept: Mask) -> Entries:
    some = kept[entries.candidate]
    number = np.cumsum(kept) - 1
    return Entries(number[entries.candidate[some]], entries.row[some], entries.takes[some])


def _heads(ledger: Ledger, demanded: Demanded, block: Block, heads: Entries) -> Entries:
    """Return what starts take of the heads that requests together could run out of."""
    lattice = block.lattice
    left = lattice.ground.left
    bases = np.full(len(left), -1, np.int64)
    for row, wanted in enumerate(lattice.problem.heads):
        if demanded.heads[row] > left[row].min():
            name = f"{wanted.demand_id} {wanted.site_id}"
            rest = partial(np.maximum, left[row].astype(np.int64), 0)
            bases[row] = ledger.base(Rule.HEADS, name, str(row), rest)
    rows, slot = np.divmod(heads.row, block.slots)
    some = bases[rows] >= 0
    return Entries(heads.candidate[some], (bases[rows] + slot)[some], heads.takes[some])


def _in_order(parts: Sequence[Entries], *, merged: bool) -> Entries:
    """Return all entries by candidate; those of one row taken together where ``merged``."""
    candidate, row, takes = (np.concatenate([part[place] for part in parts]) for place in range(3))
    if merged and len(row):
        width = int(row.max()) + 1
        key, inverse = np.unique(candidate * width + row, return_inverse=True)
        summed = np.bincount(inverse, weights=takes).astype(np.int64)
        return Entries(key // width, key % width, summed)
    order = np.argsort(candidate, kind="stable")
    return Entries(candidate[order], row[order], takes[order])


class _Dislike:
    """What preferences and fairness weigh, worked out once for all people of the requests."""

    def __init__(self, lattice: Lattice, meetings: Sequence[Meeting]) -> None:
        rows = sorted({lattice.people[name] for one in meetings for name in one.people})
        self.place = {row: place for place, row in enumerate(rows)}
        self.bits = inconvenient(lattice.problem, lattice.ground.pauses, rows)

    def of(self, block: Block, meeting: int, starts: Ints, there: Mask) -> Ints:
        """Return the millionths per open start, at most PREFERENCE_MOST."""
        grid, attendees = block.lattice.problem.grid, block.lattice.problem.attendees
        total = disliked(grid, block.zone, block.limits.preferences)[starts]
        for place, present in enumerate(there):
            row = int(block.rows[block.first[meeting] + place])
            bad = ored(self.bits[self.place[row]], 0, block.length, 0)[starts] != 0
            weight = INCONVENIENT * (1 + attendees[row].inconvenient)
            total = total + weight * (bad & present)
        return np.minimum(total, PREFERENCE_MOST)


class Extras(Mapping[int, Extra]):
    """Who is present and which breaks make way, worked out when asked, by candidate."""

    def __init__(
        self, lattice: Lattice, meetings: Sequence[Meeting], columns: Sequence[Column]
    ) -> None:
        """Know which candidates have something to tell."""
        self.lattice, self.meetings, self.columns = lattice, meetings, columns
        counts = [len(column.starts) for column in columns]
        self.first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        special = [
            column.special | bool(meeting.optional_ids)
            for meeting, column in zip(meetings, columns, strict=True)
        ]
        self.some: NDArray[np.bool_] = np.concatenate([np.zeros(0, bool), *special])

    def __len__(self) -> int:
        """Return how many candidates have something to tell."""
        return int(self.some.sum())

    def __iter__(self) -> Iterator[int]:
        """Yield them in order."""
        return iter(np.flatnonzero(self.some).tolist())

    def __getitem__(self, candidate: int) -> Extra:
        """Return who is present in ``candidate`` and which breaks make way for it."""
        if not 0 <= candidate < len(self.some) or not self.some[candidate]:
            raise KeyError(candidate)
        request = int(np.searchsorted(self.first, candidate, side="right")) - 1
        meeting, column = self.meetings[request], self.columns[request]
        local = candidate - int(self.first[request])
        there = zip(meeting.people, column.there[:, local], strict=True)
        names = tuple(name for name, present in there if present)
        breaks = [self._breaks(meeting, name, int(column.starts[local])) for name in names]
        return Extra(attendee_ids=names, breaks=tuple(move for some in breaks for move in some))

    def _breaks(self, meeting: Meeting, name: str, start: int) -> tuple[BreakMove, ...]:
        lattice = self.lattice
        around = lattice.problem.attendees[lattice.people[name]].transition
        first = start - lattice.slots_of(around)
        last = start + lattice.slots_of(meeting.minutes + around)
        limits = lattice.problem.limits_of(meeting)
        return moved(lattice, name, limits, first, last) or ()
