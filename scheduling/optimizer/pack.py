"""A problem's meetings as one packing: every open start with what it takes."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from scheduling.domain.rules import Rule
from scheduling.domain.times import MINUTE
from scheduling.optimizer.absence import Takings, scratch_for, takings
from scheduling.optimizer.blocks import Block, blocks
from scheduling.optimizer.breaks import moved
from scheduling.optimizer.lattice import Lattice
from scheduling.optimizer.liking import INCONVENIENT, disliked, inconvenient
from scheduling.optimizer.masks import BIT, judged, worth_of
from scheduling.optimizer.pack_arrays import Column, assembled
from scheduling.optimizer.pack_rows import Demanded, Entries, Ledger, Request, rows_of
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
    known = judged(block)
    for place, meeting in enumerate(block.meetings):
        held, fixed = _pinned(block.lattice, meeting)
        open_ = known.codes[place] == 0
        if held is not None:
            open_[held] = (known.codes[place, held] & ~BIT[Rule.LEAD_TIME]) == 0
            if fixed:
                open_ &= np.arange(block.slots) == held
        starts = np.flatnonzero(open_)
        people = slice(block.first[place], block.first[place + 1])
        request = Request(
            block=block,
            place=place,
            starts=starts,
            there=known.present[people][:, starts],
            moving=known.special[place, starts],
        )
        yield place, _column(request, (ledger, demanded, dislike), held, fixed=fixed)


def _pinned(lattice: Lattice, meeting: Meeting) -> tuple[int | None, bool]:
    """Return the slot in which ``meeting`` is booked, None for none, and whether it must stay."""
    problem = lattice.problem
    for placed in problem.pinned:
        if placed.meeting_id == meeting.id:
            freeze = problem.limits_of(meeting).freeze * MINUTE
            fixed = placed.interval.start < problem.now + freeze
            slot = lattice.session(placed).slot
            return (slot if 0 <= slot < problem.grid.slots else None), fixed
    return None, False


def _column(
    request: Request,
    tools: tuple[Ledger, Demanded, "_Dislike"],
    held: int | None,
    *,
    fixed: bool,
) -> Column:
    ledger, demanded, dislike = tools
    cells, heads = _staffing(request)
    if request.meeting.walk_away is not None:
        request, cells, heads = _worth(request, cells, heads)
    rows = rows_of(ledger, demanded, request)
    if Rule.HEADS not in request.block.lattice.problem.relaxed:
        rows += _heads(ledger, demanded, request, heads)
    starts = request.starts
    place = np.flatnonzero(starts == held) if held is not None else starts[:0]
    return Column(
        starts=starts,
        preference=dislike.of(request),
        cells=cells,
        rows=_in_order(rows, merged=not request.block.single),
        there=request.there,
        special=request.moving,
        held=int(place[0]) if len(place) else -1,
        fixed=fixed,
    )


def _staffing(request: Request) -> tuple[Entries, Entries]:
    """Return the cells (demand x slots + slot) and heads (row x slots + slot) each start takes."""
    if not request.block.single:
        return _by_start(request, np.ones(len(request.starts), bool))
    plain = _by_place(request, ~request.moving)
    if not request.moving.any():
        return plain
    exact = _by_start(request, request.moving)
    return _both(plain[0], exact[0]), _both(plain[1], exact[1])


def _both(one: Entries, other: Entries) -> Entries:
    """Return the entries of both, by candidate."""
    return _in_order([one, other], merged=False)


def _by_place(request: Request, asked: Mask) -> tuple[Entries, Entries]:
    """Return what one person's starts take where it is the same from every start."""
    block, ground = request.block, request.block.lattice.ground
    person = request.people.start
    row, kind = int(block.rows[person]), int(block.crew.span[person])
    shape = [
        (int(demand) * block.slots + place, int(total[demand]))
        for place, units in block.takes(request.place)
        for total in (units.sum(axis=0),)
        for demand in np.flatnonzero(total)
    ]
    mine = ground.head_row[ground.head_first[row] : ground.head_first[row + 1]]
    before, after = int(block.crew.before[kind]), int(block.crew.after[kind])
    closed = [
        (int(head) * block.slots + place, 1) for head in mine for place in range(-before, after)
    ]
    candidates = np.flatnonzero(asked)
    return (
        _shaped(candidates, request.starts[asked], sorted(shape)),
        _shaped(candidates, request.starts[asked], sorted(closed)),
    )


def _shaped(candidates: Ints, starts: Ints, shape: Sequence[tuple[int, int]]) -> Entries:
    """Return entries of one ``shape``, (place from the start, what is taken), for every start."""
    places, takes = np.asarray(shape, np.int64).reshape(-1, 2).T
    return Entries(
        np.repeat(candidates, len(places)),
        (starts[:, None] + places[None, :]).ravel(),
        np.tile(takes, len(candidates)),
    )


def _by_start(request: Request, asked: Mask) -> tuple[Entries, Entries]:
    """Return what starts take, each worked out by itself."""
    block = request.block
    ground = block.lattice.ground
    there = np.zeros((len(block.rows), block.slots), bool)
    there[request.people.start : request.people.stop, request.starts] = request.there
    candidates = np.flatnonzero(asked)
    at = np.full(len(candidates), request.place), request.starts[asked]
    taken = takings(ground, block.crew, at, there, scratch_for(ground, block.crew))
    return (
        Entries(candidates[_owners(taken.first)], taken.cells, taken.units),
        Entries(candidates[_owners(taken.head_first)], taken.heads, taken.fewer),
    )


def _owners(first: Ints) -> Ints:
    return np.repeat(np.arange(len(first) - 1), np.diff(first))


def _worth(request: Request, cells: Entries, heads: Entries) -> tuple[Request, Entries, Entries]:
    """Leave out the starts that cost more by themselves than the meeting is worth."""
    lattice = request.block.lattice
    if Rule.PRICE in lattice.problem.relaxed:
        return request, cells, heads
    none = np.zeros(1, np.int64)
    first = np.searchsorted(cells.candidate, np.arange(len(request.starts) + 1))
    price = priced(lattice, Takings(first, cells.row, cells.takes, none, none, none))
    kept = price <= worth_of(request.meeting)
    left = Request(
        block=request.block,
        place=request.place,
        starts=request.starts[kept],
        there=request.there[:, kept],
        moving=request.moving[kept],
    )
    return left, _kept(cells, kept), _kept(heads, kept)


def _kept(entries: Entries, kept: Mask) -> Entries:
    some = kept[entries.candidate]
    number = np.cumsum(kept) - 1
    return Entries(number[entries.candidate[some]], entries.row[some], entries.takes[some])


def _heads(ledger: Ledger, demanded: Demanded, request: Request, heads: Entries) -> list[Entries]:
    """Return what each start takes of the heads that requests together could run out of."""
    lattice, slots = request.block.lattice, request.block.slots
    rows, slot = np.divmod(heads.row, slots)
    found: list[Entries] = []
    for row in np.unique(rows).tolist():
        left = lattice.ground.left[row]
        if demanded.heads[row] > left.min():
            wanted = lattice.problem.heads[row]
            base = ledger.base(
                Rule.HEADS,
                f"{wanted.demand_id} {wanted.site_id}",
                str(row),
                np.maximum(left.astype(np.int64), 0),
            )
            mine = rows == row
            found.append(Entries(heads.candidate[mine], base + slot[mine], heads.takes[mine]))
    return found


def _in_order(parts: Sequence[Entries], *, merged: bool) -> Entries:
    """Return all entries by candidate; those of one row taken together where ``merged``."""
    if not parts:
        none = np.zeros(0, np.int64)
        return Entries(none, none, none)
    candidate, row, takes = (np.concatenate([part[place] for part in parts]) for place in range(3))
    some = takes != 0
    candidate, row, takes = candidate[some], row[some], takes[some]
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
        self.bits = inconvenient(lattice.problem, rows)

    def of(self, request: Request) -> Ints:
        """Return the millionths per open start, at most PREFERENCE_MOST."""
        block = request.block
        grid, attendees = block.lattice.problem.grid, block.lattice.problem.attendees
        total = disliked(grid, block.zone, block.limits.preferences)[request.starts]
        for place, person in enumerate(request.people):
            row = int(block.rows[person])
            bad = ored(self.bits[self.place[row]], 0, block.length, 0)[request.starts] != 0
            weight = INCONVENIENT * (1 + attendees[row].inconvenient)
            total = total + weight * (bad & request.there[place])
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
