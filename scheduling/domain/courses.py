"""Courses: what is taught in which parts, to whom, by whom, and in groups of what size."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from scheduling.domain.meetings import (
    LEAST_MINUTES,
    MOST_ATTENDEES,
    MOST_MINUTES,
    RARE_SKILL,
    PlaceKind,
    Tier,
)
from scheduling.domain.registers import HIGHEST_SCORE
from scheduling.domain.skills import SkillLevel
from scheduling.domain.templates import Audience
from scheduling.domain.times import FieldError

MOST_PARTS = 12
MOST_DAYS_APART = 60
"""Days from one part to the next at most: what one roll-out can look ahead."""
MOST_VALID_DAYS = 3650
MOST_SETTLE_DAYS = 28
MOST_PREPARE = 240
"""Minutes that a trainer prepares a part at most."""


class SmallGroupState(StrEnum):
    """What was decided of a group that fell below its smallest size."""

    OPEN = "open"
    KEPT = "kept"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class CoursePart:
    """One part, ``least_days`` to ``most_days`` (date differences) after the part before it.

    Where ``trainer_ids`` are given, only these of the course's trainers may teach it.
    """

    minutes: int
    least_days: int = 0
    most_days: int = 28
    place: PlaceKind = PlaceKind.ONLINE
    equipment: frozenset[str] = frozenset()
    trainer_ids: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _within("minutes", self.minutes, LEAST_MINUTES, MOST_MINUTES)
        _within("least_days", self.least_days, 0, MOST_DAYS_APART)
        _within("most_days", self.most_days, self.least_days, MOST_DAYS_APART)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A course as it is taught: groups of ``least`` to ``most`` take all ``parts`` in order.

    It is for the agents of ``audience``; where ``activity_ids`` are given, for those of them who
    work one of these activities. ``trainer_ids`` may teach it, of those in the WFM only who has the
    skills of ``qualification``; ``prepare`` minutes are kept free before each part, and each
    teaches at most ``contact_a_day`` minutes a day. ``requires`` are the ids
    of courses to be completed before; after ``valid_days`` it is to be taken again. ``per_team``
    caps how many of one team sit in a group, ``per_skill`` how many of those with one rare skill
    are in it, or in other sessions, at once. With ``passing`` only who scored so much in the last
    part that has scores has completed it. A booked group with fewer than ``least`` is decided on
    ``settle_days`` before its first part. With ``pilot`` the first group is taught before
    others are planned. ``no_show`` is the part of one of those booked who are expected to miss it.
    FieldError for what can never be taught.
    """

    id: str
    name: str
    unit_id: str
    owner_id: str
    type_id: str
    parts: tuple[CoursePart, ...]
    audience: Audience
    trainer_ids: tuple[str, ...]
    qualification: tuple[SkillLevel, ...] = ()
    least: int = 4
    most: int = 10
    activity_ids: frozenset[str] = frozenset()
    same_trainer: bool = True
    per_team: int | None = None
    per_skill: int | None = None
    prepare: int = 0
    contact_a_day: int | None = None
    requires: frozenset[str] = frozenset()
    valid_days: int | None = None
    due: date | None = None
    tier: Tier = Tier.NORMAL
    pilot: bool = False
    no_show: float = 0.05
    passing: int | None = None
    settle_days: int = 3
    version: int = 1

    def __post_init__(self) -> None:
        _within("parts", len(self.parts), 1, MOST_PARTS)
        if not self.trainer_ids or len(set(self.trainer_ids)) < len(self.trainer_ids):
            raise FieldError("a course names its trainers, each once", "trainer_ids")
        self._require_own_trainers()
        _within("most", self.most, 1, MOST_ATTENDEES)
        _within("least", self.least, 1, self.most)
        _within("prepare", self.prepare, 0, MOST_PREPARE)
        _within("settle_days", self.settle_days, 0, MOST_SETTLE_DAYS)
        longest = max(part.minutes for part in self.parts)
        for name, least, most in (
            ("per_team", 1, self.most),
            ("per_skill", 1, RARE_SKILL),
            ("contact_a_day", longest, 24 * 60),
            ("valid_days", 1, MOST_VALID_DAYS),
            ("passing", 1, HIGHEST_SCORE),
        ):
            value = getattr(self, name)
            if value is not None:
                _within(name, value, least, most)
        if not 0 <= self.no_show < 1:
            raise FieldError(f"{self.no_show} is no part of one", "no_show")
        if self.id and self.id in self.requires:
            raise FieldError(f"{self.name} requires itself", "requires")

    def _require_own_trainers(self) -> None:
        for number, part in enumerate(self.parts, 1):
            if strangers := sorted(set(part.trainer_ids) - set(self.trainer_ids)):
                raise FieldError(
                    f"part {number} is taught by {strangers[0]}, who is no trainer of the course",
                    "part_trainers",
                )

    def named_for(self, part: int) -> tuple[str, ...]:
        """Return who may teach the part with index ``part``, as far as names go."""
        own = self.parts[part].trainer_ids if part < len(self.parts) else ()
        return own or self.trainer_ids

    @property
    def minutes(self) -> int:
        """How long all parts take one attendee."""
        return sum(part.minutes for part in self.parts)

    @property
    def indoors(self) -> bool:
        """Whether any part is held in a room, so that each site has groups of its own."""
        return any(part.place is PlaceKind.ROOM for part in self.parts)

    @property
    def drawn(self) -> bool:
        """Whether short seats may be drawn for; mandatory training never is."""
        return self.tier is not Tier.MANDATORY


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """Somebody completed a course on a local date."""

    course_id: str
    person_id: str
    on: date


def _within(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise FieldError(f"{name} is {value}; it is {least} to {most}", name)
