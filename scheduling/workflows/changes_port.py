"""What may be done to a booked session, and what is told of it; see ``changes`` for who answers.

Every call authorises (actor, object) before anything changes and may raise ``Refused``:
UNKNOWN_DRAFT for what is not there or not theirs to know of, NOT_YOUR_ROLE, SESSION_OVER,
SESSION_CHANGING, STALE.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from scheduling.domain.changes import ChangedSession, ChangeKind, ChangeView
from scheduling.domain.people import Actor
from scheduling.domain.times import DateRange, WallWindow


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which session somebody means; what was not said is empty, and means any.

    ``dates`` and ``window`` are in the session's own zone. ``own`` are sessions that the actor
    attends, else those that they may change; ``request_id``: only those of that request. Of people
    who meet it is the gathering, which all have, unless each's part ``alone`` is meant.
    """

    attendee_ids: tuple[str, ...] = ()
    type_id: str | None = None
    dates: DateRange | None = None
    window: WallWindow | None = None
    own: bool = False
    alone: bool = False
    request_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapChoices:
    """With whom a session can be swapped now, the nearest first; both were checked by the rules."""

    session: ChangedSession
    peers: tuple[ChangedSession, ...]


class Changes(Protocol):
    """Changes of booked sessions. A change is one row and one card from proposal to outcome."""

    async def sessions(self, actor: Actor, sought: Sought) -> tuple[ChangedSession, ...]:
        """Return the booked sessions ahead that are meant, the soonest first."""
        ...

    async def propose_move(
        self, actor: Actor, session_id: str, dates: DateRange | None, window: WallWindow | None
    ) -> ChangeView:
        """Look for up to three times for a booked or released session; nothing is written.

        For its requester, facilitator, attendees' manager, and schedulers of its unit. The times
        are held softly. Without ``dates`` and ``window`` those of its request, if still ahead.
        Of people who meet, as many must be able to come as were to; the others are named, and are
        taken off the meeting once it stands at its new time. A part of a course has times only
        between the parts before and after it.
        """
        ...

    async def change(self, actor: Actor, change_id: str) -> ChangeView:
        """Return a change to whom it concerns."""
        ...

    async def move(self, actor: Actor, change_id: str, version: int, option: int) -> ChangeView:
        """Take a ticket for one of the proposed times; twice gives the same change."""
        ...

    async def drop(self, actor: Actor, change_id: str) -> ChangeView:
        """Leave the session as it is, and let go of what was proposed, or asked of a peer."""
        ...

    async def undo(self, actor: Actor, change_id: str) -> ChangeView:
        """Go back to the time before a move; UNDO_OVER, or OLD_TIME_GONE where it is taken."""
        ...

    async def cancel(self, actor: Actor, session_id: str) -> ChangeView:
        """Cancel one session of a request, or a gathering for all, and tell those concerned."""
        ...

    async def cannot(self, actor: Actor, session_id: str) -> ChangeView:
        """Free a session whose attendee, the actor, cannot come; no reason is asked or kept.

        NOT_YOUR_SESSION. Its owner gets the best new times; a type that schedules itself gets one.
        Whose part of a course it is gives up the later parts as well, as with ``cancel``.
        """
        ...

    async def depending(
        self, actor: Actor, session_id: str, kind: ChangeKind
    ) -> tuple[ChangedSession, ...]:
        """Return a part of a course, and after it what CANCEL or CANNOT would take back with it.

        Nothing where it would take back that session alone. Refuses as they do.
        """
        ...

    async def swaps(self, actor: Actor, session_id: str) -> SwapChoices:
        """Return with which peers' sessions the actor's own could be swapped; NOT_YOUR_SESSION."""
        ...

    async def ask_swap(self, actor: Actor, session_id: str, peer_session_id: str) -> ChangeView:
        """Ask a peer to take each other's time; NO_SWAP where the rules do not let them."""
        ...

    async def answer_swap(
        self, actor: Actor, change_id: str, version: int, *, agree: bool
    ) -> ChangeView:
        """Agree, and both move or neither does; or say no, of which no reason is asked or kept."""
        ...

    async def release(self, actor: Actor, session_ids: Collection[str]) -> tuple[ChangeView, ...]:
        """Free sessions now, and let each have first claim on a new time; for schedulers.

        A new time keeps the house's notice. Sessions that are over or being changed are left out.
        """
        ...
