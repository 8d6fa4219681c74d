"""Who took part in what: by type, team and site, and by person for their own line manager."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum, auto
from typing import Protocol

from scheduling.domain.people import Actor
from scheduling.learning.standings import DueFigures

FEWEST = 5
"""People of a group whose figures others than their line manager may see."""


class Level(StrEnum):
    """What a group of figures is about."""

    TYPE = auto()
    COURSE = auto()
    SITE = auto()
    TEAM = auto()
    PERSON = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What closed registers say of a group.

    ``people`` are in it now, ``completed`` of them took part at least once. Of ``expected`` places
    (who was excused was not expected) ``attended`` were taken, ``late`` of them late.
    """

    people: int
    completed: int
    expected: int
    attended: int
    late: int
    no_shows: int
    excused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Figures of one type, site, team or person; None where so few people would be recognised."""

    level: Level
    name: str
    figures: Figures | None
    last: date | None = None
    score: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DueGroup:
    """How one course, site, team or person stands today; None where few would be recognised."""

    level: Level
    name: str
    figures: DueFigures | None
    due: date | None = None
    """On which day a course is due for everybody, of a course only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Participation:
    """What is known of the sessions that began on ``first`` to ``last``, both inclusive.

    ``type_id`` None is every type that has registers; ``types`` are those to choose from.
    ``closed`` is whether any register of these days is. ``dues`` are of courses, whatever the days.
    """

    days: int
    first: date
    last: date
    type_id: str | None
    type_name: str | None
    types: tuple[tuple[str, str], ...]
    whole: Figures | None
    groups: tuple[Group, ...]
    closed: bool = True
    dues: tuple[DueGroup, ...] = ()


class ParticipationDesk(Protocol):
    """Reads what was attended."""

    async def participation(self, actor: Actor, *, days: int, type_id: str | None) -> Participation:
        """Return the figures of the unit for L&D and schedulers, of own teams for managers.

        NOT_YOUR_ROLE for others; UNKNOWN_DRAFT for a type without registers.
        """
        ...
