"""What who leads sessions is told, and tells: the week ahead, and that a session begins late."""

from dataclasses import dataclass
from typing import Protocol

from scheduling.domain.meetings import PlaceKind
from scheduling.domain.people import Actor
from scheduling.domain.times import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class LateFacts:
    """A session that begins about now; ``minutes`` is what its people were told, None for nothing."""

    session_id: str
    type_name: str
    facilitator_name: str
    interval: Interval
    zone: str
    place: PlaceKind
    room_name: str | None
    people: int
    minutes: int | None


class TrainerDesk(Protocol):
    """Every call authorises the actor afresh and may raise ``Refused``."""

    async def about_now(self, actor: Actor, session_id: str | None = None) -> LateFacts:
        """Return the actor's session that begins about now, or that one; NOT_ABOUT_NOW for none."""
        ...

    async def say_late(self, actor: Actor, session_id: str, minutes: int) -> LateFacts:
        """Tell the people of a session in chat that it begins so much later, once: TOLD_LATE."""
        ...
