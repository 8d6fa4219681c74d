"""Arrays of one row per thing, and spans of time painted on them a whole grid at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduling.domain.times import Interval

Bits = NDArray[np.uint8]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
_START, _END = attrgetter("start"), attrgetter("end")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """A matrix of which some rows are others by now: changing a few never copies the rest."""

    base: NDArray[Any]
    changed: Mapping[int, NDArray[Any]] = field(default_factory=dict)

    def __getitem__(self, row: int) -> NDArray[Any]:
        """Return one row; it must not be written to."""
        return self.changed.get(row, self.base[row])

    def take(self, rows: Ints) -> NDArray[Any]:
        """Return a copy of ``rows``, one below the other."""
        taken = self.base[rows]
        if self.changed:
            for place, row in enumerate(rows.tolist()):
                if row in self.changed:
                    taken[place] = self.changed[row]
        return taken

    def changing(self, rows: Mapping[int, NDArray[Any]]) -> "Rows":
        """Return these rows with some replaced."""
        return Rows(base=self.base, changed={**self.changed, **rows})


class Spans(NamedTuple):
    """Intervals as (row, first second, last second) from the grid's start, in no order."""

    row: Ints
    start: Ints
    end: Ints


def spans_of(origin: datetime, groups: Iterable[Iterable[Interval]]) -> Spans:
    """Return the intervals of every group, the group's place as its row."""
    known = [tuple(group) for group in groups]
    flat = list(chain.from_iterable(known))
    return Spans(
        np.repeat(np.arange(len(known)), list(map(len, known))),
        np.floor(_seconds(origin, list(map(_START, flat)))).astype(np.int64),
        np.ceil(_seconds(origin, list(map(_END, flat)))).astype(np.int64),
    )


def _seconds(origin: datetime, instants: Sequence[datetime]) -> NDArray[np.float64]:
    """Return ``instants`` from ``origin``; schedules repeat few of them, each is converted once."""
    known = {instant: instant.timestamp() for instant in set(instants)}
    seconds = np.fromiter(map(known.__getitem__, instants), np.float64, len(instants))
    return seconds - origin.timestamp()


def joined(spans: Spans) -> Spans:
    """Return the union per row, sorted: spans that touch or overlap become one."""
    order = np.lexsort((spans.start, spans.row))
    row, start, end = (part[order] for part in spans)
    apart = 1 + int(max(np.abs(start).max(initial=0), np.abs(end).max(initial=0)))
    reach = np.maximum.accumulate(end + 4 * apart * row)
    new = np.ones(len(row), bool)
    new[1:] = start[1:] + 4 * apart * row[1:] > reach[:-1]
    begins = np.flatnonzero(new)
    ends = np.append(begins[1:], len(row)) - 1 if len(row) else begins
    return Spans(row[begins], start[begins], reach[ends] - 4 * apart * row[begins])


def outwards(spans: Spans, slot: int, slots: int) -> Spans:
    """Return the slots (of ``slot`` seconds) that ``spans`` touch, within the grid."""
    return _within(spans.row, spans.start // slot, -(-spans.end // slot), slots)


def inwards(spans: Spans, slot: int, slots: int) -> Spans:
    """Return the slots that lie whole inside ``spans``, within the grid."""
    return _within(spans.row, -(-spans.start // slot), spans.end // slot, slots)


def _within(row: Ints, first: Ints, last: Ints, slots: int) -> Spans:
    first, last = np.clip(first, 0, slots), np.clip(last, 0, slots)
    some = last > first
    return Spans(row[some], first[some], last[some])


def painted(rows: int, slots: int, layers: Mapping[int, Spans]) -> Bits:
    """Return (rows, slots) with each layer's bit set on its slot spans.

    Each bit is flipped where a span begins and where it ends; one running exclusive-or over the
    whole matrix then fills all spans of all layers.
    """
    flips = np.zeros(rows * slots + 1, np.uint8)
    for bit, spans in layers.items():
        flat = joined(
            Spans(
                np.zeros_like(spans.row),
                spans.row * slots + spans.start,
                spans.row * slots + spans.end,
            )
        )
        flips[flat.start] ^= bit
        flips[flat.end] ^= bit
    np.bitwise_xor.accumulate(flips, out=flips)
    return flips[:-1].reshape(rows, slots)


def ored(values: NDArray[Any], before: int, after: int, outside: int) -> NDArray[Any]:
    """Return, per slot s, the or of the values at s - ``before`` .. s + ``after`` - 1 (last axis).

    ``outside`` stands for the values beyond either end.
    """
    return _windowed(values, before, after, outside, np.bitwise_or)


def least(values: NDArray[Any], before: int, after: int, outside: int) -> NDArray[Any]:
    """Return, per slot s, the least of the values at s - ``before`` .. s + ``after`` - 1."""
    return _windowed(values, before, after, outside, np.minimum)


def _windowed(
    values: NDArray[Any], before: int, after: int, outside: int, both: np.ufunc
) -> NDArray[Any]:
    """Combine ``before`` + ``after`` neighbours by doubling: a window of 8 takes three steps."""
    slots = values.shape[-1]
    shape = (*values.shape[:-1], slots + before + max(0, after - 1))
    wide = np.full(shape, outside, values.dtype)
    wide[..., before : before + slots] = values
    done, length = 1, before + after
    while done < length:
        step = min(done, length - done)
        wide = both(wide[..., :-step], wide[..., step:])
        done += step
    return wide


def shifted(values: NDArray[Any], places: int, outside: int) -> NDArray[Any]:
    """Return, per slot s, the value at s + ``places``; ``outside`` stands beyond either end."""
    moved = np.full_like(values, outside)
    if places >= 0:
        moved[: len(values) - places] = values[places:]
    else:
        moved[-places:] = values[:places]
    return moved
