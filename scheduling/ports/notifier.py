"""Telling people in Teams. Words and cards are made by whoever implements this."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from scheduling.domain.notices import Concern, NoticeKind
from scheduling.domain.service_clocks import Nudge


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something one person should hear. ``key`` makes it sent at most once.

    ``subject`` is the request's id (of an offer, its own), ``session_ids`` which of its sessions
    it is about: all of them where there is none. Without a ``person_id`` it is for the
    schedulers, as an answer in the request's thread.
    """

    key: str
    person_id: str | None
    subject: str
    kind: NoticeKind
    concern: Concern = Concern.ATTENDEE
    session_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What happened for one person since ``since``, in the order in which it did."""

    key: str
    person_id: str
    since: datetime
    notices: tuple[Notice, ...]


class Told(StrEnum):
    """Whether somebody has a notice: known to, or not, or Teams took nothing now: try again."""

    REACHED = "reached"
    UNREACHED = "unreached"
    AWAY = "away"


class Notifier(Protocol):
    """Shows domain state in Teams. None of these raise: what could not be shown is recorded.

    Implementations read the state they show from the domain tables at the moment of sending,
    so that a repeated or late call shows what is true now.
    """

    async def request_changed(self, request_id: str) -> bool:
        """Bring the requester's card up to date with the request; False: try again later."""
        ...

    async def work_item_changed(self, work_item_id: str) -> bool:
        """Post the work item's thread in the schedulers' channel, or bring it up to date.

        Whether schedulers can see it as it is now; where not, it is to be tried again.
        """
        ...

    async def group_changed(self, group_id: str) -> bool:
        """Post the card of a group of work items, or bring it up to date; False: try again later."""
        ...

    async def offer_changed(self, offer_id: str) -> bool:
        """Bring the card of an offer up to date, if it is shown; False: try again later."""
        ...

    async def rush_changed(self, rush_id: str) -> bool:
        """Post what could give way to a rush, or bring it up to date; False: try again later."""
        ...

    async def nudge(self, work_item_id: str, nudge: Nudge, person_ids: Collection[str]) -> bool:
        """Remind schedulers of a work item in its thread, mentioning people; once each kind.

        False: try again later.
        """
        ...

    async def tell(self, notice: Notice) -> Told:
        """Send one person one notice, at most once."""
        ...

    async def obstacle_changed(self, cause: str) -> bool:
        """Show schedulers what keeps us from writing somewhere; False: try again later."""
        ...

    async def readers_changed(self) -> bool:
        """Draw what schedulers share anew where other people read it now; False: try again later."""
        ...

    async def open_chat(self, object_id: str) -> bool:
        """Have a chat with an account that has the app; whether there is one now."""
        ...

    async def tell_together(self, digest: Digest) -> Told:
        """Send one person what happened since the last time as one message, at most once."""
        ...

    async def change_changed(self, change_id: str) -> bool:
        """Bring the cards of a change of a session up to date; False: try again later."""
        ...

    async def run_changed(self, run_id: str) -> bool:
        """Bring the cards of a run up to date with it; False: try again later."""
        ...
