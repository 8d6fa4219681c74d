"""What who leads sessions is told, and tells: the week ahead, running late, not being able to come."""

from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Protocol

from scheduling.domain.meetings import PlaceKind
from scheduling.domain.people import Actor
from scheduling.domain.times import DateRange, Interval, WallWindow


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


class Seek(StrEnum):
    """How the search for another trainer of a session stands."""

    NOT = auto()
    """Nobody is sought."""
    SOUGHT = auto()
    FOUND = auto()
    """Somebody else than the reader leads it now."""
    NOBODY = auto()
    """Nobody else is free: the schedulers decide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedFacts:
    """A session of a course that the reader leads, or led until another trainer was found."""

    session_id: str
    course_name: str
    facilitator_name: str
    interval: Interval
    zone: str
    place: PlaceKind
    room_name: str | None
    people: int
    seek: Seek


class SubstituteDesk(Protocol):
    """Every call authorises the actor afresh and may raise ``Refused``."""

    async def led(
        self, actor: Actor, dates: DateRange | None, window: WallWindow | None
    ) -> tuple[LedFacts, ...]:
        """Return the sessions of courses ahead that the actor leads, on those dates and times."""
        ...

    async def cannot_lead(self, actor: Actor, session_id: str) -> LedFacts:
        """Let another trainer be sought for a session that the actor (or whom they act for) leads.

        A second time changes nothing. NOT_LED for a session of no course, or that somebody else
        leads; SESSION_OVER once it has begun.
        """
        ...
