"""A problem's meetings as one packing: every open start with what it takes."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduling.domain.rules import Rule
from scheduling.domain.times import MINUTE
from scheduling.optimizer.lattice.absence import Takings, scratch_for, takings
from scheduling.optimizer.lattice.whole import Lattice
from scheduling.optimizer.masks.blocks import Block, blocks
from scheduling.optimizer.masks.breaks import moved
from scheduling.optimizer.masks.codes import BIT, Judged, judged, worth_of
from scheduling.optimizer.masks.prices import priced
from scheduling.optimizer.pack.arrays import Sheet, assembled, first_of
from scheduling.optimizer.pack.dates import dated
from scheduling.optimizer.pack.liking import INCONVENIENT, disliked, inconvenient
from scheduling.optimizer.pack.rows import (
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
    dislike, pins = _Dislike(lattice, order), _pins(lattice)
    sheets = [
        sheet
        for block in blocks(lattice, order)
        for sheet in _sheets(block, ledger, demanded, dislike, pins)
    ]
    return assembled(lattice, order, sheets, ledger, Extras(lattice, order, sheets))


def _sheets(
    block: Block,
    ledger: Ledger,
    demanded: Demanded,
    dislike: "_Dislike",
    pins: Mapping[str, "_Pin"],
) -> Iterator[Sheet]:
    """Yield the meetings of a block, those with equally many people together."""
    known = judged(block, open_only=not block.lattice.problem.pinned)
    held = np.full(len(block.meetings), -1)
    fixed = np.zeros(len(block.meetings), np.int8)
    for place, wanted in enumerate(block.meetings):
        if wanted.id in pins:
            held[place], fixed[place] = pins[wanted.id]
        if held[place] >= 0:
            known.codes[place, held[place]] &= ~BIT[Rule.LEAD_TIME]
            if fixed[place]:
                known.codes[place, np.arange(block.slots) != held[place]] |= BIT[Rule.LEAD_TIME]
    every = np.arange(len(block.meetings))
    for places in [every] if block.single else every[:, None]:
        batch = _batch(block, known, places)
        cells, heads = _staffing(batch)
        if any(block.meetings[place].walk_away is not None for place in places):
            batch, cells, heads = _worth(batch, cells, heads)
        rows = [*rows_of(ledger, demanded, batch), *dated(ledger, demanded, batch)]
        if Rule.HEADS not in block.lattice.problem.relaxed:
            rows.append(_heads(ledger, demanded, block, heads))
        meeting, slot = batch.starts
        yield Sheet(
            requests=block.places[places],
            first=np.searchsorted(meeting, np.append(places, places[-1] + 1)),
            starts=slot.astype(np.int32),
            day=_days_of(block)[slot],
            preference=dislike.of(batch, places),
            cells=cells.counted(len(slot)),
            rows=_in_order(rows, merged=not block.single).counted(len(slot)),
            there=batch.there,
            special=batch.moving,
            held=slot == held[meeting],
            fixed=fixed[places],
        )


def _days_of(block: Block) -> NDArray[np.int32]:
    """Return the ordinal of the local date of each slot, where the first people are."""
    days = block.lattice.days
    return (days.dates[0].toordinal() + days.of[block.zone]).astype(np.int32)


class _Pin(NamedTuple):
    """The slot in which a meeting is booked, -1 for none of the grid, and whether it must stay."""

    slot: int
    fixed: bool


def _pins(lattice: Lattice) -> dict[str, _Pin]:
    problem = lattice.problem
    found: dict[str, _Pin] = {}
    for placed in problem.pinned:
        freeze = problem.limits_of(lattice.meetings[placed.meeting_id]).freeze * MINUTE
        slot = lattice.session(placed).slot
        inside = 0 <= slot < problem.grid.slots
        fixed = placed.interval.start < problem.now + freeze
        found[placed.meeting_id] = _Pin(slot if inside else -1, fixed)
    return found


def _batch(block: Block, known: Judged, places: Ints) -> Batch:
    """Return the open starts of the meetings at ``places``, who have equally many people."""
    meeting, slot = np.nonzero(known.codes[places] == 0)
    meeting = places[meeting]
    people = range(int(block.first[places[0] + 1] - block.first[places[0]]))
    there = [known.present[block.first[meeting] + person, slot] for person in people]
    starts = Starts(meeting, slot)
    return Batch(
        block=block,
        starts=starts,
        there=np.stack(there),
        moving=known.special[meeting, slot],
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
    wide = np.where(bases[:, None] < 0, -1, bases[:, None] + np.arange(block.slots))
    row = wide.astype(np.int32).ravel()[heads.row]
    some = row >= 0
    if some.all():
        return heads._replace(row=row)
    return Entries(heads.candidate[some], row[some], heads.takes[some])


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
        attendees = lattice.problem.attendees
        rows = sorted({lattice.people[name] for one in meetings for name in one.people})
        self.place = np.zeros(len(attendees), np.int64)
        self.place[rows] = np.arange(len(rows))
        self.bits = inconvenient(lattice.problem, lattice.ground.pauses, rows)
        self.weight = INCONVENIENT * (1 + np.asarray([one.inconvenient for one in attendees]))

    def of(self, batch: Batch, places: Ints) -> NDArray[np.int32]:
        """Return the millionths per candidate of the meetings at ``places``, at most PREFERENCE_MOST."""
        block, (meeting, slot) = batch.block, batch.starts
        total = disliked(block.lattice.problem.grid, block.zone, block.limits.preferences)[slot]
        begin, end = block.first[places[0]], block.first[places[-1] + 1]
        rows = block.rows[begin:end]
        bad = ored(self.bits[self.place[rows]], 0, block.length, 0) != 0
        for place, present in enumerate(batch.there):
            person = block.first[meeting] + place - begin
            total = total + self.weight[rows[person]] * (bad[person, slot] & present)
        return np.minimum(total, PREFERENCE_MOST).astype(np.int32)


class Extras(Mapping[int, Extra]):
    """Who is present and which breaks make way, worked out when asked, by candidate."""

    def __init__(
        self, lattice: Lattice, meetings: Sequence[Meeting], sheets: Sequence[Sheet]
    ) -> None:
        """Know which candidates have something to tell."""
        self.lattice, self.meetings = lattice, meetings
        self.first = first_of(sheets, len(meetings))
        self.some: Mask = np.zeros(self.first[-1], bool)
        self.start: NDArray[np.int32] = np.zeros(self.first[-1], np.int32)
        self.there: dict[int, Mask] = {}
        for sheet in sheets:
            spots = sheet.spots(self.first)
            self.some[spots], self.start[spots] = sheet.special, sheet.starts
            for place, request in enumerate(sheet.requests.tolist()):
                mine = slice(self.first[request], self.first[request + 1])
                self.some[mine] |= bool(meetings[request].optional_ids)
                self.there[request] = sheet.there[:, sheet.first[place] : sheet.first[place + 1]]

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
        meeting, here = self.meetings[request], candidate - int(self.first[request])
        there = zip(meeting.people, self.there[request][:, here], strict=True)
        names = tuple(name for name, present in there if present)
        breaks = [self._breaks(meeting, name, int(self.start[candidate])) for name in names]
        return Extra(attendee_ids=names, breaks=tuple(move for some in breaks for move in some))

    def _breaks(self, meeting: Meeting, name: str, start: int) -> tuple[BreakMove, ...]:
        lattice = self.lattice
        around = lattice.problem.attendees[lattice.people[name]].transition
        first = start - lattice.slots_of(around)
        last = start + lattice.slots_of(meeting.minutes + around)
        limits = lattice.problem.limits_of(meeting)
        return moved(lattice, name, limits, first, last) or ()
