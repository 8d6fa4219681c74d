"""Where somebody stands with a course by its due date and by how long a completion counts."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum, auto

from scheduling.domain.courses import Course
from scheduling.learning.needs import to_renew

SOON = timedelta(days=30)
"""How long before its due date a course that is not completed is due soon."""


class Standing(StrEnum):
    """How far somebody is with a course that is for them."""

    DONE = auto()
    """Completed, and valid."""
    RENEW = auto()
    """Completed, and about to expire."""
    OPEN = auto()
    """Not completed; due on no day, or not soon."""
    SOON = auto()
    """Not completed, and due soon."""
    OVERDUE = auto()
    """Not completed after its due date, or expired."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueFigures:
    """Of ``required`` completions (each person of each course that is for them) how many there are.

    What is about to expire is ``done`` and due ``soon``.
    """

    required: int
    done: int
    overdue: int
    soon: int


def standing(course: Course, on: date | None, today: date) -> Standing:
    """Return where somebody stands ``today`` who last completed the course ``on`` a date, or never."""
    if on is not None:
        if course.valid_days is not None and today >= on + timedelta(days=course.valid_days):
            return Standing.OVERDUE
        return Standing.RENEW if to_renew(on, course.valid_days, today) else Standing.DONE
    if course.due is None or course.due - today > SOON:
        return Standing.OPEN
    return Standing.OVERDUE if course.due < today else Standing.SOON


def due_figures(standings: Iterable[Standing]) -> DueFigures:
    """Return how many stand where."""
    counted = Counter(standings)
    return DueFigures(
        required=counted.total(),
        done=counted[Standing.DONE] + counted[Standing.RENEW],
        overdue=counted[Standing.OVERDUE],
        soon=counted[Standing.SOON] + counted[Standing.RENEW],
    )
