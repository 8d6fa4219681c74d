"""Registers: who attended a session. One for each session, kept after it has ended. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from scheduling.domain.times import DAY, MIDNIGHT, at_wall, zone_of

LOCKED_AFTER = 5
"""Working days for which whoever led a session may change its register."""

HIGHEST_SCORE = 100


class AttendanceState(StrEnum):
    """How somebody attended; everybody did unless the register says otherwise."""

    ATTENDED = "attended"
    LATE = "late"
    NO_SHOW = "no_show"
    EXCUSED = "excused"

    @property
    def there(self) -> bool:
        """Whether the person took part."""
        return self in {AttendanceState.ATTENDED, AttendanceState.LATE}


ABSENT = (AttendanceState.NO_SHOW.value, AttendanceState.EXCUSED.value)
"""What does not count as a meeting that was held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """One person's line of a register; ``score`` is from 0 to 100, of who was there only."""

    person_id: str
    state: AttendanceState = AttendanceState.ATTENDED
    score: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What somebody enters: the exceptions by person, all others were there, and scores."""

    exceptions: Mapping[AttendanceState, frozenset[str]] = field(default_factory=dict)
    scores: Mapping[str, int] = field(default_factory=dict)

    def states_of(self, person_id: str) -> Sequence[AttendanceState]:
        """Return the exceptions that name a person; more than one contradict each other."""
        return [state for state, people in self.exceptions.items() if person_id in people]


def contradicted(roster: Collection[str], marks: Marks) -> tuple[str, ...]:
    """Return who of ``roster`` is marked in two ways."""
    return tuple(sorted(one for one in roster if len(marks.states_of(one)) > 1))


def misscored(roster: Collection[str], marks: Marks) -> tuple[str, ...]:
    """Return whose score is none from 0 to ``HIGHEST_SCORE``."""
    scores = marks.scores
    return tuple(sorted(i for i in roster if not 0 <= scores.get(i, 0) <= HIGHEST_SCORE))


def marked(lines: Sequence[Attendance], marks: Marks, *, scored: bool) -> tuple[Attendance, ...]:
    """Return the register's lines as ``marks`` say; each person has exactly one state.

    Only people of the register count; ``marks`` contradict nothing.
    """
    return tuple(_line(one, marks, scored=scored) for one in lines)


def _line(line: Attendance, marks: Marks, *, scored: bool) -> Attendance:
    state = next(iter(marks.states_of(line.person_id)), AttendanceState.ATTENDED)
    score = marks.scores.get(line.person_id) if scored and state.there else None
    return replace(line, state=state, score=score)


def lock_at(
    end: datetime, zone: str, holidays: Collection[date] = (), days: int = LOCKED_AFTER
) -> datetime:
    """Return when the register of a session that ended at ``end`` is locked.

    That is the end of the ``days``-th working day after it, in the session's zone.
    """
    day = end.astimezone(zone_of(zone)).date()
    for _ in range(days):
        day = next_working_day(day, holidays)
    return at_wall(day + DAY, MIDNIGHT, zone)


def next_working_day(day: date, holidays: Collection[date] = ()) -> date:
    """Return the Monday-to-Friday after ``day`` that is none of ``holidays``."""
    day += DAY
    while day.weekday() > 4 or day in holidays:
        day += DAY
    return day
