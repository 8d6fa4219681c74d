"""Agents' own wishes for a session with their manager, who books or declines it.

No reason is asked for or kept, of the wish or of a no. Every call authorises afresh; UNKNOWN_DRAFT
for a petition that is neither the actor's nor theirs to decide.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from scheduling.domain.people import Actor, Person
from scheduling.domain.petitions import PetitionState
from scheduling.domain.times import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class PetitionFacts:
    """A petition as its reader sees it: the agent's own (``mine``), or one they may decide.

    ``booked`` is when its session is, ``zone`` the session's.
    """

    id: str
    version: int
    state: PetitionState
    agent_id: str
    agent_name: str
    manager_name: str
    type_id: str
    type_name: str
    created_at: datetime
    mine: bool
    booked: Interval | None = None
    zone: str | None = None


class Petitions(Protocol):
    """At most one open petition for each agent."""

    async def ask(self, actor: Actor) -> PetitionFacts:
        """Send the actor's manager a petition, or return the one that is open or being arranged.

        One whose booking came to nothing is sent once more.

        NOT_YOUR_ROLE for who is no agent, NO_MANAGER where nobody leads their team.
        """
        ...

    async def waiting(self, actor: Actor) -> PetitionFacts | None:
        """Return the actor's own petition that waits to be answered or booked, None without one."""
        ...

    async def petition(self, actor: Actor, petition_id: str) -> PetitionFacts:
        """Return a petition to its agent, its manager and the manager's deputy."""
        ...

    async def shown_to(self, person: Person, petition_id: str) -> PetitionFacts | None:
        """Return a petition as ``person`` may see it, None where they may not."""
        ...

    async def decline(self, actor: Actor, petition_id: str) -> PetitionFacts:
        """Say no, of which the agent is told; a decided petition stays as it is."""
        ...

    async def withdraw(self, actor: Actor, petition_id: str) -> PetitionFacts:
        """Take the actor's own petition back; a decided one stays as it is."""
        ...
