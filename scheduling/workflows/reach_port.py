"""Who can be reached, for those who ask for sessions with them."""

from collections.abc import Sequence
from typing import Protocol

from scheduling.domain.people import Actor
from scheduling.domain.reach import Reach


class ReachDesk(Protocol):
    """Authorises every call; may raise ``Refused``."""

    async def reach(self, actor: Actor) -> Sequence[Reach]:
        """Return how everybody whom the actor may ask for can be reached, by name; NOT_YOUR_ROLE."""
        ...
