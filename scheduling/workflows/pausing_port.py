"""Auto-scheduling of a unit, paused and resumed by its schedulers; see ``pausing`` for who answers.

Every call authorises the actor afresh and may raise ``Refused``; NOT_YOUR_ROLE says who can.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from scheduling.domain.people import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How auto-scheduling of the actor's units stands: paused by whom, since and until when.

    ``until`` None with a ``since`` is until somebody resumes it. ``waiting`` requests were set
    aside and go on in ticket order; ``resumed`` did so just now. ``automatic`` names the types
    that schedule themselves. ``zone`` is the actor's own.
    """

    zone: str
    automatic: tuple[str, ...]
    waiting: int
    since: datetime | None = None
    until: datetime | None = None
    by_name: str = ""
    resumed: int | None = None

    @property
    def paused(self) -> bool:
        """Whether it is paused now."""
        return self.since is not None


class Pauses(Protocol):
    """Pause, resume, and how it stands."""

    async def standing(self, actor: Actor) -> Standing:
        """Return how auto-scheduling stands."""
        ...

    async def pause(self, actor: Actor, until: datetime | None) -> Standing:
        """Pause it until then, or until it is resumed; over what was said before. No reason is asked.

        PAST where ``until`` has passed.
        """
        ...

    async def resume(self, actor: Actor) -> Standing:
        """Let it go on, and what was set aside first, in ticket order."""
        ...
