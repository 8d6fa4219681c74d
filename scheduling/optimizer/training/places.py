"""Where a part of a training could be held, and who could come: what the bound is counted over."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduling.optimizer.compiled import compiled
from scheduling.optimizer.training.field import Field, Int16, Int32, Int64


class Places(NamedTuple):
    """Every *place*: a part, a slot to start it in and a site, with enough people and a trainer.

    Place p has the comers ``first[p]:first[p + 1]``, each with its ``row`` of the field and the
    entries ``entry_first[c]:entry_first[c + 1]``, which take ``units`` from the cell that stands at
    ``local`` among the place's own, ``cell[cell_first[p]:cell_first[p + 1]]``. Cells are
    renumbered: only those that somebody takes. ``lead`` is part * T + slot; a place holds at most
    ``groups`` groups, each of ``least`` to ``most`` people.
    """

    first: Int64
    row: Int32
    entry_first: Int64
    local: Int16
    units: Int16
    cell_first: Int64
    cell: Int32
    lead: Int64
    groups: Int32
    least: Int32
    most: Int32


def places_of(field: Field) -> tuple[Places, Int64]:
    """Return all places, and the field's cells that are taken from them, by their new number.

    Parts of a course count as if they were trainings of their own: which part is held when, and
    whether it is the same people, is left out.
    """
    slots, sites = field.pair.shape[1], max(1, field.allowed.shape[1])
    training_of = np.repeat(np.arange(len(field.least)), np.diff(field.part_first))
    part, home = _rows(field)
    groups = _groups(field, sites).ravel()
    row, slot = np.nonzero(field.pair >= 0)
    key = (part[row] * sites + home[row]) * slots + slot
    come = np.bincount(key[home[row] >= 0], minlength=len(groups))
    least = np.repeat(field.least[training_of], sites * slots)
    some = (home[row] >= 0) & ((come >= least) & (groups > 0))[key]
    row, slot, key = row[some], slot[some], key[some]
    order = np.argsort(key, kind="stable")
    kept, counts = np.unique(key, return_counts=True)
    owner, first = kept // (sites * slots), np.concatenate([[0], np.cumsum(counts)])
    used, numbers = _taken(field, field.pair[row, slot])
    lists = _lists(field, field.pair[row, slot][order], first, numbers)
    places = Places(
        first,
        row[order].astype(np.int32),
        *lists,
        lead=owner * slots + kept % slots,
        groups=groups[kept],
        least=field.least[training_of[owner]],
        most=field.most[training_of[owner]],
    )
    return places, used


def _rows(field: Field) -> tuple[Int64, Int64]:
    """Return the part of each row, and the one site where its group would sit, -1 for none."""
    parts = np.diff(field.part_first)
    roomed = np.add.reduceat(field.roomed, field.part_first[:-1]) > 0
    home = np.zeros(len(field.training), np.int64)
    if field.allowed.shape[1]:
        own = np.where(field.allowed.any(axis=1), field.allowed.argmax(axis=1), -1)
        home = np.where(roomed[field.training], own, 0)
    else:
        home -= roomed[field.training]
    length = parts[field.training]
    place = np.arange(len(field.pair)) - np.repeat(field.row, length)
    return np.repeat(field.part_first[field.training], length) + place, np.repeat(home, length)


def _groups(field: Field, sites: int) -> Int32:
    """Return (parts, sites, T): how many groups trainers and rooms allow to start at once."""
    led = field.leads.sum(axis=1, dtype=np.int32)
    out = np.repeat(led[:, None, :], sites, axis=1)
    for part in np.flatnonzero(field.roomed).tolist():
        for site in range(sites):
            rooms = field.fits[part][field.room_site == site].sum(axis=0, dtype=np.int32)
            out[part, site] = np.minimum(out[part, site], rooms)
    return out


def _taken(field: Field, candidate: Int32) -> tuple[Int64, Int32]:
    """Return the cells that the candidates take, and the number of each among them."""
    some = np.zeros(len(field.cell_first) - 1, bool)
    some[candidate] = True
    mask = np.zeros(len(field.floor), bool)
    mask[field.cell[np.repeat(some, np.diff(field.cell_first))]] = True
    return np.flatnonzero(mask), np.cumsum(mask, dtype=np.int32) - np.int32(1)


def _lists(
    field: Field, candidate: Int32, first: Int64, numbers: Int32
) -> tuple[Int64, Int16, Int16, Int64, Int32]:
    """Return the entries of the comers and the cells of the places: see Places."""
    counts = np.diff(field.cell_first)[candidate]
    entry_first = np.concatenate([[0], np.cumsum(counts)])
    local = np.empty(entry_first[-1], np.int16)
    units, cell = np.empty_like(local), np.empty(entry_first[-1], np.int32)
    cell_first = np.zeros(len(first), np.int64)
    known = np.full(numbers[-1] + 1 if len(numbers) else 0, -1, np.int64)
    old = field.cell_first, field.cell, field.units
    _copy(old, candidate, first, numbers, (local, units, cell, cell_first), known)
    return entry_first, local, units, cell_first, cell[: cell_first[-1]].copy()


@compiled
def _copy(
    old: tuple[Int64, Int32, Int16],
    candidate: Int32,
    first: Int64,
    numbers: Int32,
    new: tuple[Int16, Int16, Int32, Int64],
    known: NDArray[np.int64],
) -> None:
    """Write the entries of all comers in order; ``known``: where a cell stands, -1 throughout."""
    local, units, cell, cell_first = new
    entry, end = 0, 0
    for place in range(len(first) - 1):
        begin = end
        for comer in range(first[place], first[place + 1]):
            one = candidate[comer]
            for at in range(old[0][one], old[0][one + 1]):
                number = numbers[old[1][at]]
                if known[number] < begin:
                    known[number], cell[end] = end, number
                    end += 1
                local[entry], units[entry] = known[number] - begin, old[2][at]
                entry += 1
        cell_first[place + 1] = end
