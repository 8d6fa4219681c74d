"""A small generator of random numbers for the kernels: the same numbers on every machine."""

from typing import Final

import numpy as np

from scheduling.optimizer.compiled import compiled
from scheduling.optimizer.packing import Int64

_MASK: Final = (1 << 32) - 1


def chance_of(seed: int) -> Int64:
    """Return the state of a generator for ``seed``."""
    return np.array([(seed * 2_654_435_761 + 88_675_123) & _MASK or 1])


@compiled
def draw(chance: Int64, below: int) -> int:
    """Return the next number in 0 .. ``below`` - 1 (Marsaglia 2003, 32-bit xorshift 13, 17, 5)."""
    value = chance[0]
    value ^= (value << 13) & _MASK
    value ^= value >> 17
    value ^= (value << 5) & _MASK
    chance[0] = value
    return int((value * below) >> 32)
