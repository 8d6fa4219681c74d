"""The schedulers' queue: what waits for a decision, and which tickets wait before it is their turn.

Every call authorises the actor afresh and may raise ``Refused``; NOT_YOUR_ROLE for who is no
scheduler.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto
from typing import Protocol

from scheduling.domain.house import Paused
from scheduling.domain.people import Actor
from scheduling.domain.requests import Remote, WorkItemCause, WorkItemState, WorkItemView


class Which(StrEnum):
    """Which undecided work items are meant."""

    ALL = auto()
    MINE = auto()
    UNCLAIMED = auto()
    OVERDUE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What of the queue is meant; what is None means any. ``days`` is how long it waits at least."""

    which: Which = Which.ALL
    team_id: str | None = None
    cause: WorkItemCause | None = None
    type_id: str | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedItem:
    """An undecided work item in one line; ``names`` are of the attendees it is about."""

    id: str
    version: int
    ticket: int
    cause: WorkItemCause
    state: WorkItemState
    type_name: str
    names: tuple[str, ...]
    requester_name: str
    owner_name: str
    mine: bool
    created_at: datetime
    resolve_by: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingTicket:
    """A request whose turn has not come; ``position`` counts from 1 in its unit."""

    request_id: str
    ticket: int
    position: int
    type_name: str
    names: tuple[str, ...]
    requester_name: str
    created_at: datetime
    waiting_for: Remote | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """One page of a scheduler's queue, what is due first at the front.

    ``found`` items fit the filters, ``undecided`` there are in all, of which ``overdue`` are late
    and ``unclaimed`` are nobody's. ``tickets`` are the first that wait for their turn, the oldest
    first, of ``waiting``. ``teams`` are those of the scheduler's units; ``paused``: auto-scheduling is.
    """

    zone: str
    filters: Filters
    items: tuple[QueuedItem, ...]
    page: int
    pages: int
    found: int
    undecided: int
    overdue: int
    unclaimed: int
    tickets: tuple[WaitingTicket, ...]
    waiting: int
    teams: Mapping[str, str]
    paused: Paused | None


class QueueDesk(Protocol):
    """The queue, and what is done from it."""

    async def queue(self, actor: Actor, filters: Filters, page: int) -> Queue:
        """Return a page of the queue of the actor's units; a page that is none is the last."""
        ...

    async def team_of(self, actor: Actor, person_ids: tuple[str, ...]) -> str | None:
        """Return the one team to which all these people belong, or None."""
        ...

    async def take(self, actor: Actor, work_item_id: str) -> WorkItemView:
        """Claim a work item as it is now; ALREADY_DECIDED, STALE."""
        ...
