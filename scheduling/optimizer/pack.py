"""A problem's meetings as one packing."""

from collections.abc import Sequence

from scheduling.optimizer.lattice import Lattice
from scheduling.optimizer.packing import Packing
from scheduling.optimizer.wanted import Meeting


def packing_of(lattice: Lattice, meetings: Sequence[Meeting] | None = None) -> Packing:
    """Return the packing of ``meetings`` (all of the problem's if None) on ``lattice``."""
    raise NotImplementedError
