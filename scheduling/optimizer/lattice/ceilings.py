"""How much a person may be away of a date and an ISO week: the strictest limits of what is there."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from scheduling.optimizer.lattice.days import Days
from scheduling.optimizer.lattice.sessions import Session
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.rows import Ints
from scheduling.optimizer.supply import Attendee
from scheduling.optimizer.wanted import Limits

_HAIR = 1e-9
"""Minutes that a cap scaled by contract may be off."""


class Ceilings(NamedTuple):
    """The most sessions and minutes (people, dates), and minutes (people, weeks)."""

    sessions: Ints
    offline: Ints
    weekly: Ints

    @classmethod
    def of(cls, people: Sequence[Attendee], days: Days, limits: Limits) -> "Ceilings":
        """Return what ``limits`` allow ``people``; minutes are by contract."""
        shape = len(people), len(days.dates)
        contract = np.asarray([person.contract for person in people])[:, None]
        day = (limits.offline_a_day * contract + _HAIR).astype(np.int64)
        week = (limits.offline_a_week * contract + _HAIR).astype(np.int64)
        return cls(
            np.full(shape, limits.sessions_a_day, np.int64),
            np.broadcast_to(day, shape).copy(),
            np.broadcast_to(week, (len(people), days.weeks)).copy(),
        )

    def rows(self, rows: Ints) -> "Ceilings":
        """Return those of some of the people."""
        return Ceilings(*(layer[rows] for layer in self))

    def lowered(self, other: "Ceilings") -> "Ceilings":
        """Return the lower of both."""
        return Ceilings(*map(np.minimum, self, other))


def ceilings_of(
    problem: Problem, days: Days, laid: Iterable[tuple[Limits, Sequence[Session]]]
) -> Ceilings:
    """Return what all attendees may be away where sessions with their limits are laid."""
    row = {person.id: place for place, person in enumerate(problem.attendees)}
    lowest = Ceilings(
        *(
            np.full_like(layer, np.iinfo(np.int64).max)
            for layer in Ceilings.of(problem.attendees, days, problem.limits)
        )
    )
    for limits, sessions in laid:
        own = Ceilings.of(problem.attendees, days, limits)
        for session in sessions:
            for place in (row[name] for name in session.people):
                day = days.of[problem.attendees[place].zone][session.slot]
                for lower, layer, at in zip(lowest, own, (day, day, days.week[day]), strict=True):
                    lower[place, at] = min(lower[place, at], layer[place, at])
    return lowest
