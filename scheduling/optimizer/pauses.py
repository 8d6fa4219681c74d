"""Breaks and meals as arrays, and the compiled search for where a break can make way to.

Times are whole seconds from the grid's start.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple

import numpy as np

from scheduling.domain.rules import Rule
from scheduling.optimizer.compiled import compiled
from scheduling.optimizer.rows import Bits, Ints, Mask, Spans
from scheduling.optimizer.supply import OffTime

MOST_MOVED: Final = 3
"""Breaks of one person that make way for one session; a session on more of them has no place."""
_NONE: Final = np.iinfo(np.int64).max


class Pauses(NamedTuple):
    """All breaks and meals by person, in order: what is a's lies at first[a]:first[a + 1].

    ``low`` and ``high`` are the window a break may move in, both 0 where it stays. ``shift_first``,
    ``shift_start`` and ``shift_end`` are the whole shifts, those that touch joined.
    """

    first: Ints
    start: Ints
    end: Ints
    low: Ints
    high: Ints
    shift_first: Ints
    shift_start: Ints
    shift_end: Ints

    def moving(self, places: Ints, starts: Ints) -> "Pauses":
        """Return these pauses with those at ``places`` begun at ``starts``, as long as before."""
        start, end = self.start.copy(), self.end.copy()
        end[places] += starts - start[places]
        start[places] = starts
        return self._replace(start=start, end=end)


class Spacing(NamedTuple):
    """What a moved break keeps to, in seconds: the slot, the spacing, the longest stretch of work."""

    slot: int
    spacing: int
    stretch: int


def pauses_of(origin: datetime, people: Iterable[tuple[OffTime, ...]], shifts: Spans) -> Pauses:
    """Return the breaks and meals in everybody's time off; ``shifts`` are joined and sorted."""
    rows: list[int] = []
    instants: list[float] = []
    base = origin.timestamp()
    for row, off in enumerate(people):
        for each in off:
            if each.rule is Rule.BREAK:
                rows.append(row)
                instants.append(each.interval.start.timestamp())
                instants.append(each.interval.end.timestamp())
                window = each.window
                instants.append(window.start.timestamp() if window else base)
                instants.append(window.end.timestamp() if window else base)
    row = np.asarray(rows, np.int64)
    seconds = (np.asarray(instants, np.float64).reshape(-1, 4) - base).astype(np.int64)
    order = np.lexsort((seconds[:, 0], row))
    start, end, low, high = (np.ascontiguousarray(part) for part in seconds[order].T)
    count = len(people) if isinstance(people, tuple | list) else int(row.max(initial=-1)) + 1
    edges = np.arange(count + 1)
    return Pauses(
        np.searchsorted(row[order], edges),
        start,
        end,
        low,
        high,
        np.searchsorted(shifts.row, edges),
        shifts.start,
        shifts.end,
    )


@compiled
def make_way(
    pauses: Pauses, person: int, busy: Mask, rules: Spacing, span: tuple[int, int], starts: Ints
) -> tuple[int, int]:
    """Find where the breaks that ``span`` touches can go; the new starts are left in ``starts``.

    ``busy`` says per slot where no break may go (movable breaks apart); ``span`` is the session in
    slots, half-open. Returns the first pause that moves and how many do, (0, 0) where none needs
    to and (0, -1) where they cannot. The total shift is the least there is; of equal ones the
    earliest.
    """
    begin, end = span[0] * rules.slot, span[1] * rules.slot
    first, count = pauses.first[person], 0
    last = pauses.first[person + 1]
    while first < last and pauses.end[first] <= begin:
        first += 1
    while first + count < last and pauses.start[first + count] < end:
        if pauses.high[first + count] == pauses.low[first + count] or count == MOST_MOVED:
            return 0, -1
        count += 1
    if count == 0:
        return 0, 0
    if _search(pauses, person, busy, rules, (begin, end, first, count), starts):
        return first, count
    return 0, -1


@compiled
def _search(
    pauses: Pauses,
    person: int,
    busy: Mask,
    rules: Spacing,
    touched: tuple[int, int, int, int],
    starts: Ints,
) -> bool:
    """Try every set of places in ascending order; keep the first of the least total shift."""
    begin, end, first, count = touched
    at = np.zeros(MOST_MOVED, np.int64)
    shift = np.zeros(MOST_MOVED + 1, np.int64)
    best = _NONE
    depth = 0
    at[0] = -(-pauses.low[first] // rules.slot) * rules.slot
    while depth >= 0:
        pause = first + depth
        length = pauses.end[pause] - pauses.start[pause]
        if at[depth] + length > pauses.high[pause]:
            depth -= 1
            if depth >= 0:
                at[depth] += rules.slot
            continue
        shift[depth + 1] = shift[depth] + abs(at[depth] - pauses.start[pause])
        clear = at[depth] + length <= begin or at[depth] >= end
        before = pauses.end[pause - 1] if depth == 0 else at[depth - 1] + _length(pauses, pause - 1)
        if (
            shift[depth + 1] < best
            and clear
            and _stands(pauses, person, rules, (pause, before, depth == count - 1), at[depth])
            and _free(busy, rules.slot, at[depth], at[depth] + length)
        ):
            if depth < count - 1:
                depth += 1
                at[depth] = -(-pauses.low[first + depth] // rules.slot) * rules.slot
                continue
            best = shift[depth + 1]
            starts[:count] = at[:count]
        at[depth] += rules.slot
    return best < _NONE


@compiled
def _length(pauses: Pauses, pause: int) -> int:
    return pauses.end[pause] - pauses.start[pause]


@compiled
def _free(busy: Mask, slot: int, start: int, end: int) -> bool:
    """Tell whether the slots from ``start`` to ``end`` lie on the grid and are not busy."""
    if start < 0 or -(-end // slot) > len(busy):
        return False
    for place in range(start // slot, -(-end // slot)):
        if busy[place]:
            return False
    return True


@compiled
def _stands(
    pauses: Pauses, person: int, rules: Spacing, about: tuple[int, int, bool], start: int
) -> bool:
    """Tell whether a break at ``start`` keeps spacing, stretches and order within its shift.

    ``about`` is the pause, the end of the pause before it, and whether no later pause moves.
    """
    pause, before, is_last = about
    end = start + _length(pauses, pause)
    shift = pauses.shift_first[person]
    while shift < pauses.shift_first[person + 1] and pauses.shift_end[shift] < end:
        shift += 1
    if shift == pauses.shift_first[person + 1] or pauses.shift_start[shift] > start:
        return False
    work = start - pauses.shift_start[shift]
    if pause > pauses.first[person] and before > pauses.shift_start[shift]:
        work = start - before
        if work < rules.spacing:
            return False
    if work > rules.stretch:
        return False
    if not is_last:
        return True
    rest = pauses.shift_end[shift] - end
    if pause + 1 < pauses.first[person + 1] and pauses.start[pause + 1] < pauses.shift_end[shift]:
        rest = pauses.start[pause + 1] - end
        if rest < rules.spacing:
            return False
    return rest <= rules.stretch


@compiled
def stuck(
    pauses: Pauses, people: Ints, busy: Bits, rules: Spacing, reach: tuple[int, int], asked: Mask
) -> Mask:
    """Return per person and start, where ``asked``, whether a break in the way cannot move.

    ``people`` (p) are rows of ``pauses``; ``busy`` (p, slots) is not 0 where no break may go;
    ``reach`` is how many slots before and from the start the session takes people away.
    """
    found = np.zeros(asked.shape, np.bool_)
    starts = np.zeros(MOST_MOVED, np.int64)
    for place in range(len(people)):
        for slot in range(asked.shape[1]):
            if asked[place, slot]:
                span = slot - reach[0], slot + reach[1]
                _, count = make_way(pauses, people[place], busy[place], rules, span, starts)
                found[place, slot] = count < 0
    return found
