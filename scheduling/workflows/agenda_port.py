"""What lies ahead of a person: their week, their requests, and who is due for a session.

Every call authorises the actor afresh and may raise ``Refused``.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum, auto
from typing import Protocol

from scheduling.domain.meetings import PlaceKind
from scheduling.domain.people import Actor
from scheduling.domain.requests import RequestView
from scheduling.domain.times import Interval


class Act(StrEnum):
    """What a reader may do about a session now."""

    ACKNOWLEDGE = auto()
    CANNOT = auto()
    SWAP = auto()
    MOVE = auto()
    CANCEL = auto()
    NOTE = auto()
    LATE = auto()
    CANNOT_LEAD = auto()
    REGISTER = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaItem:
    """One session as its reader may see it; ``subject`` is neutral, for calendars.

    ``leads`` says that the reader leads it or asked for it, else they attend; ``attendees`` are
    names. ``moves`` is how often it was moved; ``notes`` counts those that the reader may read.
    ``seats_left`` are those of its room, beside everybody and who leads it, where they are known.
    """

    id: str
    request_id: str
    type_name: str
    subject: str
    attendees: tuple[str, ...]
    facilitator_name: str
    zone: str
    interval: Interval
    place: PlaceKind
    room_name: str | None
    join_url: str | None
    booked: bool
    moves: int
    leads: bool
    acknowledged: bool
    notes: int
    acts: frozenset[Act]
    seats_left: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """A reader's week from ``monday`` on, in their own ``zone``, by start; ``leads`` as a role.

    ``next_at`` is when the first session after a week without any starts. ``earlier``: an agent is
    offered earlier times when it is quiet; None for who is no agent.
    """

    monday: date
    zone: str
    leads: bool
    items: tuple[AgendaItem, ...]
    next_at: datetime | None = None
    earlier: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Somebody without a session of a type for long: ``last`` None is none in the history.

    ``next_at`` is the next that is planned, by us or in the WFM.
    """

    person_id: str
    name: str
    last: date | None
    next_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence:
    """Who of ``asked`` people has had no session of a type in ``days``, the longest first.

    ``since`` is the first day that the WFM's history holds.
    """

    type_id: str
    type_name: str
    days: int
    asked: int
    since: date | None
    due: tuple[Due, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoable:
    """The newest that its asker still can undo: a booking, or with ``change_id`` a change of one."""

    request_id: str
    change_id: str | None = None


class AgendaDesk(Protocol):
    """Reads, and the few small things that are done where one reads."""

    async def week(self, actor: Actor, day: date | None = None) -> Agenda:
        """Return the week that holds ``day``, this week without one."""
        ...

    async def session(self, actor: Actor, session_id: str) -> AgendaItem:
        """Return a session that the actor attends, leads or asked for; else UNKNOWN_DRAFT."""
        ...

    async def acknowledge(self, actor: Actor, session_id: str) -> AgendaItem:
        """Note that the actor, who attends, knows of it; ends the time for undoing."""
        ...

    async def status(self, actor: Actor) -> tuple[RequestView, ...]:
        """Return the actor's requests that are under way or came back to them, newest first."""
        ...

    async def last_undoable(
        self, actor: Actor, person_ids: tuple[str, ...] = (), type_id: str | None = None
    ) -> Undoable:
        """Return what the actor did last that still can be undone; else NOTHING_TO_UNDO.

        Of these people and this type, where they are said.
        """
        ...

    async def cadence(
        self, actor: Actor, *, days: int, type_id: str | None, person_ids: tuple[str, ...]
    ) -> Cadence:
        """Return who is due, of ``person_ids``, else of the actor's teams or whom they may ask for.

        NOT_YOUR_ROLE for who may ask for nobody, TOO_MANY, WFM_AWAY. Confidential types are
        not counted and cannot be asked about (UNKNOWN_DRAFT).
        """
        ...
