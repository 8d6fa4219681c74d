"""One named function per rule; together they say for every start which rules it breaks."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scheduling.domain.rules import Rule
from scheduling.optimizer.lattice import Lattice
from scheduling.optimizer.wanted import Meeting

RULES: Final[tuple[Rule, ...]] = tuple(
    rule for rule in Rule if rule not in (Rule.GROUP, Rule.UNAVAILABLE)
)
"""The rules of one meeting by itself, in the order of the funnel: bit i of a code is RULES[i]."""
APART: Final = np.uint32(1 << 31)
"""The bit of a start at which a session laid already takes one of the people: never relaxed, and
set beside ATTENDEE_BUSY or FACILITATOR."""


def codes(lattice: Lattice, meetings: Sequence[Meeting]) -> NDArray[np.uint32]:
    """Return (meetings, slots): bit i is set where a start in the slot breaks RULES[i].

    All bits are set where the meeting does not fit the grid. Relaxed rules are never set. A start
    is open exactly where its code is 0.
    """
    raise NotImplementedError
