"""What the workflows and the desk work with; put together by the composition root."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from scheduling.domain.house import Intraday, Noise, ServiceClock
from scheduling.domain.meetings import MOST_ATTENDEES, MeetingType, PlaceKind
from scheduling.optimizer.outcome import Answer
from scheduling.optimizer.problem import Problem
from scheduling.ports.calendar import Calendar
from scheduling.ports.clock import Clock, Ids
from scheduling.ports.notifier import Notifier
from scheduling.ports.wfm import Wfm
from scheduling.storage.retention import Keep
from scheduling.storage.store import Store


class Solver(Protocol):
    """Solves away from the event loop."""

    async def answer(self, problem: Problem, zone: str) -> Answer:
        """Return the plan, its forecast by local day of ``zone``, and what the check found."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """House rules in time: how long things are held, and how patient we are.

    What does not answer is asked again after each of ``tries`` (seconds, while a step runs), then
    after ``pause`` seconds, doubled up to ``longest_pause``, and after ``patience`` a human is told.
    What the system moves by itself keeps ``notice``; inside it, people are asked.
    """

    soft_hold: timedelta = timedelta(minutes=10)
    draft_life: timedelta = timedelta(hours=24)
    undo: timedelta = timedelta(minutes=15)
    room_polls: tuple[float, ...] = (2, 5, 10, 30, 60)
    room_attempts: int = 3
    extension_days: int = 7
    facts_life: timedelta = timedelta(seconds=60)
    tries: tuple[float, ...] = (1, 3, 6)
    pause: float = 5.0
    longest_pause: float = 60.0
    patience: timedelta = timedelta(hours=4)
    most_attendees: int = MOST_ATTENDEES
    notice: timedelta = timedelta(days=4)
    noise: Noise = field(default_factory=Noise)
    clock: ServiceClock = field(default_factory=ServiceClock)
    intraday: Intraday = field(default_factory=Intraday)


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """The meeting types on offer and where each may happen, the default first."""

    types: Mapping[str, MeetingType]
    places: Mapping[str, tuple[PlaceKind, ...]]


def _uncounted(*_what: str) -> None:
    """Count nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything effects go through.

    ``calendar`` answers somebody who waits; ``patient_calendar`` is the same calendar for
    workflows, which sit out what it asks them to. ``count`` counts what the reconciler met,
    ``count_notice`` what has become of which kind of notice.
    """

    store: Store
    wfm: Wfm
    calendar: Calendar
    patient_calendar: Calendar
    notifier: Notifier
    solver: Solver
    clock: Clock
    ids: Ids
    catalogue: Catalogue
    policy: Policy = field(default_factory=Policy)
    count: Callable[[str], None] = _uncounted
    count_notice: Callable[[str, str], None] = _uncounted
    keep: Keep = field(default_factory=Keep)
