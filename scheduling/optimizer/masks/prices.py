"""What a meeting costs at each start, on a lattice, in millionths of a contact past its goal."""

import numpy as np

from scheduling.optimizer.lattice.absence import Takings, scratch_for, takings
from scheduling.optimizer.lattice.whole import Lattice
from scheduling.optimizer.masks.blocks import Block
from scheduling.optimizer.rows import Ints, Mask


def prices(block: Block, there: Mask) -> Ints:
    """Return F(removed + taken) - F(removed), (meetings, slots), with those ``there`` present.

    Starts from which the meeting does not fit the grid are priced as far as the grid goes.
    """
    count, slots = len(block.meetings), block.slots
    every = np.divmod(np.arange(count * slots), slots)
    return prices_at(block, there, every).reshape(count, slots)


def prices_at(block: Block, there: Mask, at: tuple[Ints, Ints]) -> Ints:
    """Return the same for the starts ``at``: their meetings, and their slots."""
    work = scratch_for(block.lattice.ground, block.crew)
    return priced(block.lattice, takings(block.lattice.ground, block.crew, at, there, work))


def priced(lattice: Lattice, taken: Takings) -> Ints:
    """Return what each start of ``taken`` costs by itself."""
    slots = lattice.problem.grid.slots
    removed = lattice.ground.removed.ravel()
    demand, slot = np.divmod(taken.cells, slots)
    added = np.zeros(len(taken.cells), np.int64)
    for row, name in enumerate(lattice.shares.demands):
        mine = np.flatnonzero(demand == row)
        if not len(mine):
            continue
        before = removed[taken.cells[mine]]
        added[mine] = lattice.table.between(name, slot[mine], before, before + taken.units[mine])
    sums = np.concatenate([[0], np.cumsum(added)])
    return np.asarray(sums[taken.first[1:]] - sums[taken.first[:-1]])
