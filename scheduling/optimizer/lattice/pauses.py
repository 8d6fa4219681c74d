"""Breaks and meals as arrays, and the compiled search for where a break can make way to.

Times are whole seconds from the grid's start.
"""

from typing import Final, NamedTuple

import numpy as np

from scheduling.optimizer.compiled import compiled
from scheduling.optimizer.lattice.layout import EDGE, EXCEPTION, MOVABLE, Off
from scheduling.optimizer.rows import Bits, Ints, Mask, Spans

MOST_MOVED: Final = 3
"""Breaks of one person that make way for one session; a session on more of them has no place."""
NO_BREAK: Final = 255 - MOVABLE - EDGE
"""The bits of a slot that no break may be moved onto: another's order and spacing see to those."""
_NONE: Final = np.iinfo(np.int64).max


START: Final = 0
END: Final = 1
LOW: Final = 2
HIGH: Final = 3
"""The columns of a pause: when it is, and the window it may move in (empty where it stays)."""


class Pauses(NamedTuple):
    """All breaks and meals by person, in order: what is a's lies at first[a]:first[a + 1].

    ``table`` is (pauses, 4), ``shifts`` the whole shifts (shifts, 2), a's at shift_first[a].
    """

    first: Ints
    table: Ints
    shift_first: Ints
    shifts: Ints

    def moving(self, place: int, start: int, window: tuple[int, int]) -> "Pauses":
        """Return these pauses with the one at ``place`` begun at ``start``, free in ``window``."""
        table = self.table.copy()
        lasts = table[place, END] - table[place, START]
        table[place] = start, start + lasts, *window
        return self._replace(table=table)


class Spacing(NamedTuple):
    """What a moved break keeps to, in seconds: the slot, the spacing, the longest stretch of work."""

    slot: int
    spacing: int
    stretch: int


def pauses_of(people: int, off: Off, shifts: Spans) -> Pauses:
    """Return the breaks and meals in everybody's time off, in whole minutes rounded outwards."""
    row, start, end = off.spans
    table = np.zeros((len(row), 4), np.int64)
    table[:, START] = start // 60 * 60
    table[:, END] = -(-end // 60) * 60
    table[off.windows.row, LOW] = off.windows.start
    table[off.windows.row, HIGH] = off.windows.end
    order = np.lexsort((start, row))
    order = order[off.kind[order] != EXCEPTION]
    edges = np.arange(people + 1)
    whole = np.lexsort((shifts.start, shifts.row))
    return Pauses(
        np.searchsorted(row[order], edges),
        table[order],
        np.searchsorted(shifts.row[whole], edges),
        np.stack([shifts.start[whole], shifts.end[whole]], axis=1),
    )


@compiled
def make_way(
    pauses: Pauses, person: int, state: Bits, rules: Spacing, span: tuple[int, int], starts: Ints
) -> tuple[int, int]:
    """Find where the breaks that ``span`` touches can go; the new starts are left in ``starts``.

    ``state`` are the person's slots; ``span`` is the session in slots, half-open. Returns the
    first pause that moves and how many do, (0, 0) where none needs to and (0, -1) where they
    cannot. The total shift is the least there is; of equal ones the earliest.
    """
    table = pauses.table
    begin, end = span[0] * rules.slot, span[1] * rules.slot
    first, count = pauses.first[person], 0
    last = pauses.first[person + 1]
    while first < last and table[first, END] <= begin:
        first += 1
    while first + count < last and table[first + count, START] < end:
        if table[first + count, HIGH] == table[first + count, LOW] or count == MOST_MOVED:
            return 0, -1
        count += 1
    if count == 0:
        return 0, 0
    around = _around(pauses, person, first, first + count)
    if _search(table[first : first + count], state, rules, (begin, end), around, starts):
        return first, count
    return 0, -1


@compiled
def _around(pauses: Pauses, person: int, first: int, last: int) -> tuple[int, int, int, int]:
    """Return the shift of the pauses from ``first`` up to ``last``, and what lies next to them.

    That is the end of the pause before and the start of the one after, -1 where the shift has
    none. Pauses outside all shifts have an empty one.
    """
    table, shifts, shift = pauses.table, pauses.shifts, pauses.shift_first[person]
    while shift < pauses.shift_first[person + 1] and shifts[shift, 1] <= table[first, START]:
        shift += 1
    if shift == pauses.shift_first[person + 1]:
        return 0, 0, -1, -1
    begun, ended = shifts[shift, 0], shifts[shift, 1]
    since = until = -1
    if first > pauses.first[person] and table[first - 1, END] > begun:
        since = table[first - 1, END]
    if last < pauses.first[person + 1] and table[last, START] < ended:
        until = table[last, START]
    return begun, ended, since, until


@compiled
def _search(
    table: Ints,
    state: Bits,
    rules: Spacing,
    span: tuple[int, int],
    around: tuple[int, int, int, int],
    starts: Ints,
) -> bool:
    """Try the places of every pause in ``table`` in ascending order, depth first.

    ``around`` is what ``_around`` tells. The first choice of the least total shift is kept.
    """
    at, most = np.zeros(MOST_MOVED, np.int64), np.zeros(MOST_MOVED, np.int64)
    shift = np.zeros(MOST_MOVED + 1, np.int64)
    best, depth, deepest = _NONE, 0, len(table) - 1
    at[0], most[0] = _range(table[0], rules, around, around[2], deepest == 0)
    while depth >= 0:
        start = at[depth]
        if start > most[depth]:
            depth -= 1
            continue
        at[depth] += rules.slot
        end = start + table[depth, END] - table[depth, START]
        shift[depth + 1] = shift[depth] + abs(start - table[depth, START])
        clear = end <= span[0] or start >= span[1]
        if shift[depth + 1] >= best or not clear or not _free(state, rules.slot, start, end):
            continue
        if depth < deepest:
            depth += 1
            at[depth], most[depth] = _range(table[depth], rules, around, end, depth == deepest)
            continue
        best = shift[depth + 1]
        for place in range(deepest + 1):
            starts[place] = at[place] - rules.slot
    return best < _NONE


@compiled
def _range(
    pause: Ints, rules: Spacing, around: tuple[int, int, int, int], since: int, last: bool
) -> tuple[int, int]:
    """Return the first and the last start on the grid that keep window, spacing and stretches.

    ``since`` is the end of the pause before, -1 for none; ``last`` says that no later one moves.
    """
    begun, ended, _, until = around
    length = pause[END] - pause[START]
    low, high = max(pause[LOW], begun), min(pause[HIGH], ended) - length
    if since >= 0:
        low, high = max(low, since + rules.spacing), min(high, since + rules.stretch)
    else:
        high = min(high, begun + rules.stretch)
    if last and until >= 0:
        high = min(high, until - rules.spacing - length)
        low = max(low, until - rules.stretch - length)
    elif last:
        low = max(low, ended - rules.stretch - length)
    return -(-low // rules.slot) * rules.slot, high


@compiled
def _free(state: Bits, slot: int, start: int, end: int) -> bool:
    """Tell whether the slots from ``start`` to ``end`` lie on the grid and may hold a break."""
    if start < 0 or -(-end // slot) > len(state):
        return False
    for place in range(start // slot, -(-end // slot)):  # noqa: SIM110 - compiled: no generator
        if state[place] & NO_BREAK:
            return False
    return True


@compiled
def stuck(
    pauses: Pauses, people: Ints, state: Bits, rules: Spacing, reach: tuple[int, int], asked: Mask
) -> Mask:
    """Return per person and start, where ``asked``, whether a break in the way cannot move.

    ``people`` (p) are rows of ``pauses``; ``state`` (p, slots) their slots;
    ``reach`` is how many slots before and from the start the session takes people away.
    """
    found = np.zeros(asked.shape, np.bool_)
    starts = np.zeros(MOST_MOVED, np.int64)
    for place in range(len(people)):
        for slot in range(asked.shape[1]):
            if asked[place, slot]:
                span = slot - reach[0], slot + reach[1]
                _, count = make_way(pauses, people[place], state[place], rules, span, starts)
                found[place, slot] = count < 0
    return found
