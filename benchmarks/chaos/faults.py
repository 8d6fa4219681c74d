"""What goes wrong in the remotes, drawn from a seed."""

import random
from dataclasses import dataclass
from enum import StrEnum

DOOMED_OF = 40
"""One request in so many has its events refused for good."""
DOOMED_AT = 7


class Fault(StrEnum):
    """How one call of a remote ends."""

    NONE = "none"
    BEFORE = "503 before the effect"
    THROTTLED = "429"
    AFTER = "applied, then 500"
    DROPPED = "applied, then the connection drops"

    @property
    def applies(self) -> bool:
        """Whether the effect happens all the same."""
        return self not in (Fault.BEFORE, Fault.THROTTLED)

    @property
    def answered(self) -> bool:
        """Whether the caller is told of the effect."""
        return self is Fault.NONE


@dataclass(frozen=True, slots=True)
class Odds:
    """How often each fault strikes, as parts of one."""

    before: float
    throttled: float
    after: float = 0.0
    dropped: float = 0.0


WRITES = Odds(before=0.08, throttled=0.04, after=0.04, dropped=0.02)
READS = Odds(before=0.02, throttled=0.01)


class Dice:
    """Faults in the order of the calls, and which requests are doomed."""

    def __init__(self, seed: int) -> None:
        """Draw from ``seed``."""
        self._rng = random.Random(seed)  # noqa: S311 - chaos, not secrets
        self._holding: dict[str, int] = {}

    def draw(self, odds: Odds) -> Fault:
        """Return how the next call ends."""
        weights = {
            Fault.BEFORE: odds.before,
            Fault.THROTTLED: odds.throttled,
            Fault.AFTER: odds.after,
            Fault.DROPPED: odds.dropped,
        }
        left = self._rng.random()
        for fault, weight in weights.items():
            left -= weight
            if left < 0:
                return fault
        return Fault.NONE

    def pause(self) -> float:
        """Return the seconds that a remote takes before or after its effect."""
        return self._rng.uniform(0.001, 0.012)

    def is_doomed(self, request_id: str) -> bool:
        """Whether every event of a request is refused: the eighth of each forty that try one."""
        number = self._holding.setdefault(request_id, len(self._holding))
        return number % DOOMED_OF == DOOMED_AT
