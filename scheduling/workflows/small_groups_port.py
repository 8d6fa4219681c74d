"""What is decided of a course's group that fell below its smallest size."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from scheduling.domain.courses import SmallGroupState
from scheduling.domain.people import Actor
from scheduling.domain.times import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallGroup:
    """A group as who decides sees it: ``people`` of at least ``least`` have seats in all parts.

    ``first`` is its first part in ``zone``; ``last`` the day of its last one.
    """

    id: str
    version: int
    course_name: str
    people: int
    least: int
    parts: int
    first: Interval
    last: date
    zone: str
    facilitator_name: str
    state: SmallGroupState
    decided_by: str | None


class SmallGroups(Protocol):
    """Every call authorises the actor afresh and may raise ``Refused``."""

    async def group(self, actor: Actor, group_id: str) -> SmallGroup:
        """Return a group to L&D and schedulers of its unit; UNKNOWN_DRAFT for others."""
        ...

    async def decide(
        self, actor: Actor, group_id: str, version: int, *, people: int, cancel: bool
    ) -> SmallGroup:
        """Keep a group, or cancel all its parts: its people are told and wait for the next.

        STALE where it was decided, or has not the ``people`` any more with whom it was seen, or
        enough of them by now; SESSION_OVER once it has begun.
        """
        ...
