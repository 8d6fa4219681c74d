"""Columns of requests put together into the arrays of a packing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduling.domain.meetings import Tier
from scheduling.domain.rules import Rule
from scheduling.optimizer.compiled import compiled
from scheduling.optimizer.lattice.absence import edges_of
from scheduling.optimizer.lattice.whole import Lattice
from scheduling.optimizer.masks.codes import worth_of
from scheduling.optimizer.pack.rows import Ledger, Taken
from scheduling.optimizer.packing import NO_LIMIT, Extra, Int32, Packing
from scheduling.optimizer.rows import Ints, Mask
from scheduling.optimizer.supply import MILLION, UNITS
from scheduling.optimizer.wanted import Meeting, Series

_TIERS = (Tier.MANDATORY, Tier.DUE, Tier.NORMAL)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sheet:
    """Some requests of a packing side by side: their open starts in order, and what each takes.

    ``requests`` are their places in the packing; the candidates of the i-th are
    first[i]:first[i + 1]. ``there`` (people, candidates) are present, ``special`` says where breaks
    make way, ``held`` where a meeting is booked now, and ``fixed`` (requests) which must stay there.
    """

    requests: Ints
    first: Ints
    starts: NDArray[np.int32]
    day: NDArray[np.int32]
    preference: NDArray[np.int32]
    cells: Taken
    rows: Taken
    there: Mask
    special: Mask
    held: Mask
    fixed: NDArray[np.int8]

    def spots(self, first: Ints) -> Ints:
        """Return where the candidates go, those of each request of the packing being at ``first``."""
        return _end_to_end(first[self.requests], np.diff(self.first))


def first_of(sheets: Sequence[Sheet], requests: int) -> Ints:
    """Return where the candidates of each request begin in the packing, and where the last end."""
    sizes = np.zeros(requests, np.int64)
    for sheet in sheets:
        sizes[sheet.requests] = np.diff(sheet.first)
    return edges_of(sizes)


def _end_to_end(begins: Ints, counts: Ints) -> Ints:
    """Return where every element goes, the i-th run of ``counts`` being put at begins[i]."""
    first = np.cumsum(counts) - counts
    return np.repeat(begins - first, counts) + np.arange(counts.sum())


def assembled(
    lattice: Lattice,
    meetings: Sequence[Meeting],
    sheets: Sequence[Sheet],
    ledger: Ledger,
    extras: Mapping[int, Extra],
) -> Packing:
    """Return the packing of ``sheets``, which hold all of ``meetings``, in the meetings' order."""
    first = first_of(sheets, len(meetings))
    spots = [sheet.spots(first) for sheet in sheets]
    start, day, preference = (np.zeros(first[-1], np.int32) for _ in range(3))
    for sheet, at in zip(sheets, spots, strict=True):
        start[at], day[at], preference[at] = sheet.starts, sheet.day, sheet.preference
    held, fixed = _booked(sheets, spots, len(meetings))
    seen = np.zeros(lattice.ground.removed.size, bool)
    for sheet in sheets:
        seen[sheet.cells.row] = True
    cells = _joined([sheet.cells for sheet in sheets], spots, seen)
    capacity = np.concatenate([np.zeros(0, np.int64), *ledger.capacity])
    binds = _most_taken(sheets, ledger.size) > capacity
    rows = _joined([sheet.rows for sheet in sheets], spots, binds)
    holder = np.repeat(np.arange(len(ledger.capacity)), [len(each) for each in ledger.capacity])
    problem, slots, kept = lattice.problem, lattice.problem.grid.slots, np.flatnonzero(seen)
    slopes, filled = _prices(lattice, kept)
    pairs = _pairs(lattice, meetings)
    return Packing(
        meeting_ids=tuple(meeting.id for meeting in meetings),
        tier=np.asarray([_TIERS.index(meeting.tier) for meeting in meetings], np.int8),
        walk_away=np.asarray([worth_of(meeting) for meeting in meetings], np.int64),
        first=first,
        start=start,
        day=day,
        preference=preference,
        cell_first=cells.first,
        cell=cells.row,
        units=cells.takes,
        row_first=rows.first,
        row=rows.row,
        takes=rows.takes,
        capacity=capacity[binds].astype(np.int32),
        row_holder=holder[binds].astype(np.int32),
        holders=tuple(ledger.holders),
        slopes=slopes,
        filled=filled,
        removed=lattice.ground.removed.ravel()[kept].astype(np.int32),
        most=_floors(lattice, kept),
        cell_demand=(kept // slots).astype(np.int32),
        cell_slot=(kept % slots).astype(np.int32),
        demand_ids=lattice.shares.demands,
        pair_first=pairs.first,
        pair=pairs.other,
        pair_least=pairs.least,
        pair_most=pairs.most,
        pair_later=pairs.later,
        held=held,
        fixed=fixed,
        move_price=round(MILLION * problem.move_price),
        extras=extras,
        seed=problem.seed,
    )


def _booked(
    sheets: Sequence[Sheet], spots: Sequence[Ints], requests: int
) -> tuple[Ints, NDArray[np.int8]]:
    """Return per request the candidate where it is booked, -1 for none, and whether it must stay."""
    held, fixed = np.full(requests, -1), np.zeros(requests, np.int8)
    for sheet, at in zip(sheets, spots, strict=True):
        place = np.searchsorted(sheet.first, np.flatnonzero(sheet.held), side="right") - 1
        held[sheet.requests[place]] = at[sheet.held]
        fixed[sheet.requests] = sheet.fixed
    return held, fixed


class _Joined(NamedTuple):
    """Entries end to end: where each candidate's begin, the rows, what is taken."""

    first: Ints
    row: NDArray[np.int32]
    takes: NDArray[np.int16]


def _joined(parts: Sequence[Taken], spots: Sequence[Ints], kept: Mask) -> _Joined:
    """Return the entries of all requests by candidate: of ``kept`` rows, numbered in their order."""
    number = np.cumsum(kept, dtype=np.int32) - np.int32(1)
    counts = np.zeros(sum(map(len, spots)), np.int64)
    for part, at in zip(parts, spots, strict=True):
        before = edges_of(kept[part.row])
        edges = edges_of(part.counts)
        counts[at] = before[edges[1:]] - before[edges[:-1]]
    first = edges_of(counts)
    row, takes = np.empty(first[-1], np.int32), np.empty(first[-1], np.int16)
    for part, at in zip(parts, spots, strict=True):
        some = kept[part.row]
        to = _end_to_end(first[at], counts[at])
        row[to], takes[to] = number[part.row[some]], part.takes[some]
    return _Joined(first, row, takes)


def _most_taken(sheets: Sequence[Sheet], rows: int) -> Ints:
    """Return per row the sum over requests of the most that a candidate of each takes of it."""
    total, best = np.zeros(rows, np.int64), np.zeros(rows, np.int64)
    for sheet in sheets:
        edges = edges_of(sheet.rows.counts)[sheet.first]
        _add_most_taken(edges, sheet.rows.row, sheet.rows.takes, total, best)
    return total


@compiled
def _add_most_taken(
    edges: Ints, row: NDArray[np.int32], takes: NDArray[np.int16], total: Ints, best: Ints
) -> None:
    """Add per row the most that a candidate of each request takes of it to ``total`` (rows).

    The entries of request i are edges[i]:edges[i + 1]; ``best`` (rows) is 0 before and after.
    """
    for request in range(len(edges) - 1):
        for entry in range(edges[request], edges[request + 1]):
            which = row[entry]
            if takes[entry] > best[which]:
                total[which] += takes[entry] - best[which]
                best[which] = takes[entry]
        for entry in range(edges[request], edges[request + 1]):
            best[row[entry]] = 0


def _prices(lattice: Lattice, cells: Ints) -> tuple[Ints, Ints]:
    """Return the price per unit and the cost before, per cell and segment.

    A demand with fewer segments than another has its last, open-ended one repeated.
    """
    table, demands = lattice.table, lattice.shares.demands
    width = max((table.slopes[name].shape[1] for name in demands), default=1)
    slopes, filled = (np.zeros((len(cells), width), np.int64) for _ in range(2))
    demand, slot = np.divmod(cells, lattice.problem.grid.slots)
    for row, name in enumerate(demands):
        mine = np.flatnonzero(demand == row)
        own = table.slopes[name][slot[mine]]
        wide = np.concatenate([own, np.repeat(own[:, -1:], width - own.shape[1], axis=1)], axis=1)
        slopes[mine] = wide
        filled[mine] = UNITS * (wide.cumsum(axis=1) - wide)
    return slopes, filled


class _Pairs(NamedTuple):
    """Spacing as the packing has it."""

    first: Ints
    other: NDArray[np.int32]
    least: NDArray[np.int32]
    most: NDArray[np.int32]
    later: NDArray[np.int8]


def _pairs(lattice: Lattice, meetings: Sequence[Meeting]) -> _Pairs:
    """Return the spacing between requests of one series, each pair from both sides."""
    place = {meeting.id: request for request, meeting in enumerate(meetings)}
    found: list[list[tuple[int, int, int, int]]] = [[] for _ in meetings]
    for series in lattice.problem.series:
        for earlier, later, most in _of_series(series):
            if earlier in place and later in place:
                one, two = place[earlier], place[later]
                found[one].append((two, series.least, most, 1))
                found[two].append((one, series.least, most, -1))
    flat = np.asarray([pair for mine in found for pair in sorted(mine)], np.int64).reshape(-1, 4)
    return _Pairs(
        edges_of(np.asarray([len(mine) for mine in found])),
        flat[:, 0].astype(np.int32),
        flat[:, 1].astype(np.int32),
        flat[:, 2].astype(np.int32),
        flat[:, 3].astype(np.int8),
    )


def _of_series(series: Series) -> list[tuple[str, str, int]]:
    """Return every pair of a series with the most days between them: for consecutive ones only."""
    names = series.meeting_ids
    return [
        (
            earlier,
            later,
            series.most if series.most is not None and two == one + 1 else NO_LIMIT,
        )
        for one, earlier in enumerate(names)
        for two, later in enumerate(names)
        if one < two
    ]


def _floors(lattice: Lattice, kept: Ints) -> Int32:
    """Return the units that the floors leave in the cells ``kept``, NO_LIMIT where they are loosened."""
    if Rule.FLOOR in lattice.problem.relaxed:
        return np.full(len(kept), NO_LIMIT, np.int32)
    return np.minimum(lattice.ground.allowed.ravel()[kept], NO_LIMIT).astype(np.int32)
