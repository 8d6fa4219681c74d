"""Columns of requests put together into the arrays of a packing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduling.domain.meetings import Tier
from scheduling.optimizer.cost import MILLION, UNITS
from scheduling.optimizer.lattice import Lattice
from scheduling.optimizer.masks import worth_of
from scheduling.optimizer.pack_rows import Entries, Ledger, most_taken
from scheduling.optimizer.packing import NO_LIMIT, Extra, Packing
from scheduling.optimizer.rows import Ints, Mask
from scheduling.optimizer.wanted import Meeting, Series

_TIERS = (Tier.MANDATORY, Tier.DUE, Tier.NORMAL)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Column:
    """One request of a packing: its open starts in order, and what each takes.

    ``cells`` and ``rows`` are by candidate in order; ``special`` says where breaks make way.
    """

    starts: Ints
    preference: Ints
    cells: Entries
    rows: Entries
    there: Mask
    special: Mask
    held: int
    fixed: bool


def assembled(
    lattice: Lattice,
    meetings: Sequence[Meeting],
    columns: Sequence[Column],
    ledger: Ledger,
    extras: Mapping[int, Extra],
) -> Packing:
    """Return the packing of ``columns``, one for each of ``meetings``, in their order."""
    first = _edges([len(column.starts) for column in columns])
    cells = _joined([column.cells for column in columns], first)
    rows = _joined([column.rows for column in columns], first)
    kept, cell = _numbered(cells.row, lattice.ground.removed.size)
    capacity = np.concatenate([np.zeros(0, np.int64), *ledger.capacity])
    binds = most_taken(first, rows.first, rows.row, rows.takes, ledger.size) > capacity
    some = binds[rows.row]
    number = np.cumsum(binds, dtype=np.int32) - np.int32(1)
    holder = np.repeat(np.arange(len(ledger.capacity)), [len(each) for each in ledger.capacity])
    problem, slots = lattice.problem, lattice.problem.grid.slots
    held = np.asarray([column.held for column in columns], np.int64)
    slopes, filled = _prices(lattice, kept)
    pairs = _pairs(lattice, meetings)
    return Packing(
        meeting_ids=tuple(meeting.id for meeting in meetings),
        tier=np.asarray([_TIERS.index(meeting.tier) for meeting in meetings], np.int8),
        walk_away=np.asarray([worth_of(meeting) for meeting in meetings], np.int64),
        first=first,
        start=_flat([column.starts for column in columns], np.int32),
        day=_days(lattice, meetings, columns),
        preference=_flat([column.preference for column in columns], np.int32),
        cell_first=cells.first,
        cell=cell,
        units=cells.takes,
        row_first=_edges_kept(rows.first, some),
        row=number[rows.row[some]],
        takes=rows.takes[some],
        capacity=capacity[binds].astype(np.int32),
        row_holder=holder[binds].astype(np.int32),
        holders=tuple(ledger.holders),
        slopes=slopes,
        filled=filled,
        removed=lattice.ground.removed.ravel()[kept].astype(np.int32),
        most=np.minimum(lattice.ground.allowed.ravel()[kept], NO_LIMIT).astype(np.int32),
        cell_demand=(kept // slots).astype(np.int32),
        cell_slot=(kept % slots).astype(np.int32),
        demand_ids=lattice.shares.demands,
        pair_first=pairs.first,
        pair=pairs.other,
        pair_least=pairs.least,
        pair_most=pairs.most,
        pair_later=pairs.later,
        held=np.where(held >= 0, first[:-1] + held, -1),
        fixed=np.asarray([column.fixed for column in columns], np.int8),
        move_price=round(MILLION * problem.move_price),
        extras=extras,
        seed=problem.seed,
    )


def _numbered(cells: NDArray[np.int32], size: int) -> tuple[Ints, NDArray[np.int32]]:
    """Return the cells that occur, in order, and the place of each entry's cell among them."""
    seen = np.zeros(size, bool)
    seen[cells] = True
    return np.flatnonzero(seen), (np.cumsum(seen, dtype=np.int32) - np.int32(1))[cells]


def _edges(counts: Sequence[int] | Ints) -> Ints:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _flat(parts: Sequence[Ints], kind: type[np.int32]) -> NDArray[np.int32]:
    return np.concatenate([np.zeros(0, np.int64), *parts]).astype(kind)


class _Joined(NamedTuple):
    """Entries end to end: where each candidate's begin, the rows, what is taken."""

    first: Ints
    row: NDArray[np.int32]
    takes: NDArray[np.int16]


def _joined(parts: Sequence[Entries], first: Ints) -> _Joined:
    """Return all entries of all requests, ``first`` being each one's first candidate."""
    counts = [
        np.bincount(part.candidate, minlength=int(last - start))
        for part, start, last in zip(parts, first, first[1:], strict=False)
    ]
    return _Joined(
        _edges(np.concatenate([np.zeros(0, np.int64), *counts])),
        np.concatenate([np.zeros(0, np.int32), *(part.row for part in parts)], dtype=np.int32),
        np.concatenate([np.zeros(0, np.int16), *(part.takes for part in parts)], dtype=np.int16),
    )


def _edges_kept(first: Ints, kept: NDArray[np.bool_]) -> Ints:
    """Return where each candidate's entries begin once only the ``kept`` ones are left."""
    return np.concatenate([[0], np.cumsum(kept, dtype=np.int32)])[first].astype(np.int64)


def _days(
    lattice: Lattice, meetings: Sequence[Meeting], columns: Sequence[Column]
) -> NDArray[np.int32]:
    """Return the ordinal of the local date of every candidate, where its first person is."""
    days, attendees = lattice.days, lattice.problem.attendees
    begins = days.dates[0].toordinal()
    parts = [
        begins + days.of[attendees[lattice.people[meeting.attendee_id]].zone][column.starts]
        for meeting, column in zip(meetings, columns, strict=True)
    ]
    return _flat(parts, np.int32)


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
        _edges([len(mine) for mine in found]),
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
