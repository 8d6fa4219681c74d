"""Notes with a session or a request: whom they are for, and who may write them.

The facilitator and the requester may write; who wrote a note and the facilitator may read it,
nobody else: no scheduler, no administrator, no deputy. Only its author may change it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from scheduling.domain.people import Actor

LONGEST = 500
"""Characters of a note."""
MOST = 20
"""Notes on one subject."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteView:
    """A note as its reader sees it; ``mine`` may be changed."""

    id: str
    author_name: str
    mine: bool
    text: str
    written_at: datetime
    changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedSubject:
    """A session or request (``is_session``) by its id, with its notes, oldest first."""

    id: str
    is_session: bool
    type_name: str
    attendees: tuple[str, ...]
    notes: tuple[NoteView, ...]


class NotesDesk(Protocol):
    """Every call authorises afresh; UNKNOWN_DRAFT for a subject or note that is not the actor's."""

    async def notes(self, actor: Actor, subject: str) -> NotedSubject:
        """Return what the actor may read."""
        ...

    async def write(
        self, actor: Actor, subject: str, text: str, note_id: str | None = None
    ) -> NotedSubject:
        """Add a note, or put ``text`` in the place of the actor's own; TOO_MANY, EMPTY_NOTE."""
        ...

    async def delete(self, actor: Actor, subject: str, note_id: str) -> NotedSubject:
        """Take the actor's own note away; already gone is success."""
        ...

    async def latest(self, actor: Actor, person_ids: tuple[str, ...]) -> str:
        """Return the session to note something on: the nearest that the actor leads or asked for.

        With one of ``person_ids`` where any are named. NOTHING_TO_NOTE where there is none.
        """
        ...
