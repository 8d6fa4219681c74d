"""Registers of who attended, as those see them who fill them in. Personal chats only.

Every call authorises the actor afresh and may raise ``Refused``; UNKNOWN_DRAFT for what is not
theirs to see.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from scheduling.domain.people import Actor
from scheduling.domain.registers import AttendanceState, Marks
from scheduling.domain.times import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One person of a register."""

    person_id: str
    name: str
    state: AttendanceState
    score: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterFacts:
    """A register as its reader may see it.

    ``may_change``: by this reader now; ``locked`` for who led the session. ``to_book`` are the ids
    of those absent whom the reader asked for and may ask for anew.
    """

    session_id: str
    version: int
    type_id: str
    type_name: str
    interval: Interval
    zone: str
    facilitator_name: str
    scored: bool
    entries: tuple[Entry, ...]
    closed_at: datetime | None
    closed_by: str | None
    lock_at: datetime
    locked: bool
    may_change: bool
    to_book: tuple[str, ...] = ()

    @property
    def absent(self) -> Sequence[Entry]:
        """Return who was not there."""
        return [one for one in self.entries if not one.state.there]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterBrief:
    """One register of a list; ``people`` counts its lines."""

    session_id: str
    type_name: str
    interval: Interval
    zone: str
    facilitator_name: str
    people: int
    closed: bool
    locked: bool


class RegisterDesk(Protocol):
    """Reads and closes registers."""

    async def registers(self, actor: Actor) -> tuple[RegisterBrief, ...]:
        """Return the actor's registers; for L&D and schedulers, all of their unit: open ones first."""
        ...

    async def register(self, actor: Actor, session_id: str) -> RegisterFacts:
        """Return a register to who led the session, who acts for them, L&D and schedulers."""
        ...

    async def close(
        self, actor: Actor, session_id: str, version: int, marks: Marks
    ) -> RegisterFacts:
        """Close a register, or change one that is closed; each change is audited.

        STALE where it is not at ``version``, MARKED_TWICE, BAD_SCORE, and REGISTER_LOCKED for who may not
        change it any more. Who asked for a session that somebody missed is told once.
        """
        ...
