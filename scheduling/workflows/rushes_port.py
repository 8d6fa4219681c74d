"""Sessions that give way to a rush; see ``rushes`` for who answers.

Every call authorises the actor afresh and may raise ``Refused``: NOT_YOUR_ROLE, UNKNOWN_DRAFT,
WFM_AWAY, SOLVER_AWAY.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from scheduling.domain.people import Actor
from scheduling.domain.proposals import DayService
from scheduling.domain.times import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortage:
    """A demand that is short now by ``fte`` at least, for the coming half hour or so."""

    demand_name: str
    fte: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A session of today that may give way; ``helps`` are FTE-hours of what is lacking."""

    session_id: str
    type_name: str
    attendee_name: str
    facilitator_name: str
    zone: str
    interval: Interval
    helps: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Relief:
    """What could give way in a unit now, the most helpful first, and what came of it.

    ``chosen`` are session ids: those that are needed, until somebody chose others. ``days`` is
    the service of the day as it is and with the chosen released. ``released`` names who gave way
    just now, ``left`` how many of the chosen could not any more. ``rush_id`` is the rush in which
    it was offered; ``decided_by`` who ended that. ``over``: it has passed.
    """

    unit_id: str
    zone: str
    as_of: datetime
    reconciled: bool
    shortages: tuple[Shortage, ...]
    candidates: tuple[Candidate, ...]
    chosen: tuple[str, ...]
    days: tuple[DayService, ...] = ()
    released: tuple[str, ...] = ()
    left: int = 0
    rush_id: str | None = None
    decided_by: str = ""
    gave_way: int | None = None
    over: bool = False


class Rushes(Protocol):
    """What gives way, for schedulers of the unit."""

    async def relief(self, actor: Actor, count: int | None) -> tuple[Relief, ...]:
        """Return what could give way in each of the actor's units; ``count`` are to be chosen."""
        ...

    async def weigh(
        self, actor: Actor, unit_id: str, session_ids: Collection[str], rush_id: str | None
    ) -> Relief:
        """Return what releasing these would do."""
        ...

    async def rush(self, actor: Actor, rush_id: str) -> Relief:
        """Return a rush as it is now."""
        ...

    async def release(
        self, actor: Actor, unit_id: str, session_ids: Collection[str], rush_id: str | None
    ) -> Relief:
        """Release these now: each has first claim on a new time, and people are told."""
        ...

    async def dismiss(self, actor: Actor, rush_id: str) -> Relief:
        """Let a rush be: it is not offered again before it is over."""
        ...
