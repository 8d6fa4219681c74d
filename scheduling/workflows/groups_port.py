"""Work items of one cause, seen and decided together; see ``grouped`` for who answers.

Every call authorises the actor afresh and may raise ``Refused``: UNKNOWN_DRAFT, NOT_YOUR_ROLE.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from scheduling.domain.people import Actor
from scheduling.domain.requests import WorkItemCause, WorkItemView
from scheduling.domain.rules import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What the items of a group have in common, as far as it is known.

    ``room_name`` took nothing; ``trouble`` names what does not answer; ``rules`` were in the way in
    the week of the ``monday``.
    """

    cause: WorkItemCause
    room_name: str | None = None
    trouble: str | None = None
    rules: frozenset[Rule] = frozenset()
    monday: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group as schedulers see it: its ``items`` in the order in which they were made.

    ``tickets`` are the numbers of their requests. ``seen`` is how many there are: a decision on all
    is one on those that were shown. ``done`` and ``left`` are what came of a decision just now.
    """

    id: str
    unit_id: str
    zone: str
    shared: Shared
    items: tuple[WorkItemView, ...]
    tickets: Mapping[str, int]
    opened_at: datetime
    done: int = 0
    left: int = 0

    @property
    def seen(self) -> int:
        """How many items it has."""
        return len(self.items)

    @property
    def undecided(self) -> tuple[WorkItemView, ...]:
        """The items that are still to be decided."""
        return tuple(item for item in self.items if not item.state.decided)


class Groups(Protocol):
    """Groups, for schedulers of their unit."""

    async def group(self, actor: Actor, group_id: str) -> Group:
        """Return a group."""
        ...

    async def try_all(self, actor: Actor, group_id: str, seen: int) -> Group:
        """Try the first ``seen`` items again; those somebody else has are left."""
        ...

    async def send_all_back(self, actor: Actor, group_id: str, seen: int, note: str) -> Group:
        """Give the first ``seen`` items back to their requesters with a note; see ``try_all``."""
        ...
