"""What an administrator sets up: meeting types, search parameters, rooms."""

from dataclasses import dataclass, field
from enum import StrEnum

from scheduling.domain.times import WallWindow

LEAST_MINUTES, MOST_MINUTES = 5, 480
"""A session's length, whatever its type."""
MOST_ATTENDEES = 40
"""People that one request may be for, each with a session of their own."""


class Tier(StrEnum):
    """How much a meeting matters when not all can be placed."""

    MANDATORY = "mandatory"
    DUE = "due"
    NORMAL = "normal"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchParameters:
    """Limits of a search; minutes unless said otherwise.

    ``edge`` keeps the first and last minutes of a shift free; ``sessions_a_day`` and the offline
    minutes are per agent; ``team_heads`` is how many of one team may be away at once.
    """

    window: WallWindow | None = None
    weekdays: frozenset[int] = frozenset(range(7))
    lead: int = 120
    edge: int = 30
    sessions_a_day: int = 1
    offline_a_day: int = 120
    offline_a_week: int = 240
    team_heads: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingType:
    """A kind of meeting. ``subject`` is neutral: it is what others may read in a calendar.

    ``confidential`` types (disciplinary, HR, representative) are never auto-scheduled and stay
    out of history; ``code_id`` names the WFM's activity code for the exception.
    """

    id: str
    name: str
    subject: str
    code_id: str
    minutes: int = 30
    group: bool = False
    private: bool = True
    confidential: bool = False
    auto_schedule: bool = False
    tier: Tier = Tier.NORMAL
    walk_away: float | None = None
    parameters: SearchParameters = field(default_factory=SearchParameters)

    def __post_init__(self) -> None:
        if not LEAST_MINUTES <= self.minutes <= MOST_MINUTES:
            raise ValueError(f"{self.minutes} minutes is not a length for {self.name}")
        if self.confidential and self.auto_schedule:
            raise ValueError(f"{self.name} is confidential and is never scheduled by itself")


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A bookable room; ``id`` is its mailbox address."""

    id: str
    name: str
    capacity: int
    site_id: str | None = None
    building: str | None = None
    floor: str | None = None
    equipment: frozenset[str] = frozenset()
    wheelchair: bool = False


class PlaceKind(StrEnum):
    """Where a session happens."""

    ROOM = "room"
    ONLINE = "online"
