"""What an administrator sets up: meeting types, search parameters, rooms."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from scheduling.domain.limits import Misfit, Unfit, limited, required
from scheduling.domain.rules import CAPS, Rule
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
class CapRule:
    """How many may be in sessions at once, in each group of ``scope`` (team, site, unit, ...).

    ``heads`` is a number of people, ``part`` a part of one of those on shift, at least one person;
    exactly one of the two is given. A rare skill is an activity that ``RARE_SKILL`` agents or fewer
    can work, or a skill of the WFM that so few have.
    """

    scope: Rule
    heads: int | None = None
    part: float | None = None

    def __post_init__(self) -> None:
        if self.scope not in CAPS or (self.heads is None) == (self.part is None):
            raise ValueError(f"a cap is for one of {sorted(CAPS)}, as heads or as a part")
        if (self.heads or 0) < 0 or not 0 <= (self.part or 0) <= 1:
            raise ValueError("a cap is 0 heads or more, or a part from 0 to 1")


RARE_SKILL = 10
"""Agents, at most, who can work an activity, or have a skill, that counts as rare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchParameters:
    """Limits of a search; minutes unless said otherwise.

    ``edge`` keeps the first and last minutes of a shift free; ``sessions_a_day`` and the offline
    minutes are per agent; ``caps`` nest: each of them holds.
    """

    window: WallWindow | None = None
    weekdays: frozenset[int] = frozenset(range(7))
    lead: int = limited(120, 0, 20_160)
    edge: int = limited(30, 0, 240)
    sessions_a_day: int = limited(1, 1, 10)
    offline_a_day: int = limited(120, 5, 600)
    offline_a_week: int = limited(240, 5, 2400)
    caps: tuple[CapRule, ...] = (CapRule(scope=Rule.TEAM_CAP, heads=2),)


class Registers(StrEnum):
    """Which sessions of a type have a register of who attended."""

    GROUPS = "groups"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingType:
    """A kind of meeting. ``subject`` is neutral: it is what others may read in a calendar.

    ``confidential`` types (disciplinary, HR, representative) are never auto-scheduled and stay
    out of history; ``code_id`` names the WFM's activity code for the exception. A ``group`` type
    is one session of all its attendees, of whom ``quorum`` (a part of one) are enough unless the
    ask says how many. ``notice`` is what moves by the system keep, the house's where it is None.
    What is not ``offered`` any more is only there for what was asked for before. A register that
    is ``scored`` takes a score of each who was there; confidential types have no register.
    """

    id: str
    name: str = required(60)
    subject: str = required(100)
    code_id: str = required(100)
    minutes: int = limited(30, LEAST_MINUTES, MOST_MINUTES)
    group: bool = False
    quorum: float = limited(1.0, 0.01, 1.0)
    private: bool = True
    confidential: bool = False
    auto_schedule: bool = False
    tier: Tier = Tier.NORMAL
    walk_away: float | None = limited(None, 0.0, 1000.0)
    notice: timedelta | None = limited(None, timedelta(0), timedelta(days=90))
    offered: bool = True
    registers: Registers = Registers.GROUPS
    scored: bool = False
    parameters: SearchParameters = field(
        default_factory=SearchParameters, metadata={"mapped": True}
    )

    def __post_init__(self) -> None:
        if not LEAST_MINUTES <= self.minutes <= MOST_MINUTES:
            raise ValueError(f"{self.minutes} minutes is not a length for {self.name}")
        if self.confidential and self.auto_schedule:
            raise Unfit(
                f"{self.name} is confidential and is never scheduled by itself",
                Misfit(path=("auto_schedule",), kind="confidential"),
            )
        if not 0 < self.quorum <= 1:
            raise ValueError(f"{self.name} has a quorum of {self.quorum}: more than 0, at most 1")

    @property
    def has_register(self) -> bool:
        """Whether who attended a session of this type is kept."""
        if self.confidential or self.registers is Registers.NEVER:
            return False
        return self.group or self.registers is Registers.ALWAYS

    @property
    def shown_name(self) -> str:
        """What a card calls the type: a confidential one only by its neutral subject."""
        return self.subject if self.confidential else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A bookable room; ``id`` is its mailbox address. A ``closed`` one is not offered for now."""

    id: str
    name: str = required(100)
    capacity: int = field(metadata={"least": 1, "most": 1000})
    site_id: str | None = None
    building: str | None = None
    floor: str | None = None
    equipment: frozenset[str] = frozenset()
    wheelchair: bool = False
    closed: bool = False


class PlaceKind(StrEnum):
    """Where a session happens."""

    ROOM = "room"
    ONLINE = "online"
