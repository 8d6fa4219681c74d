"""What may be set up by whom, as the conversation sees it; see ``setup`` for who answers.

Every call reads the actor's rights afresh and may raise ``Refused``; NOT_YOUR_ROLE says who can.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from scheduling.domain.limits import Misfit
from scheduling.domain.people import Actor
from scheduling.storage.edits import Edit
from scheduling.storage.setups import ChangeState
from scheduling.workflows.rehearsal import Rehearsal
from scheduling.workflows.setup_form import Area, Asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Something that must be so for Aside to work; ``kind`` names it, ``facts`` say how it is."""

    kind: str
    ok: bool
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Something with a form: an area, or one of the many in it. ``name`` is empty for an area."""

    area: Area
    id: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A change that waits for a second person; ``own`` where the viewer may not be that one."""

    change_id: str
    by_name: str
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The set-up in force, what the viewer may change of it, and what should be looked at."""

    number: int
    at: datetime
    by_name: str
    checks: tuple[Check, ...]
    subjects: tuple[Subject, ...]
    waiting: tuple[Waiting, ...]
    paused: bool
    administrator: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form on one subject; ``misfits`` are what was wrong with what was just entered."""

    subject: Subject
    asked: tuple[Asked, ...]
    misfits: tuple[Misfit, ...] = ()
    removable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A change that is not in force: what differs, and what a dry run of it gave so far.

    ``lowers`` names the activities whose floors it lowers, for which a second person must confirm;
    ``own`` says whether the viewer made it. ``beside`` are changes made meanwhile, elsewhere.
    """

    change_id: str
    state: ChangeState
    edits: tuple[Edit, ...]
    lowers: tuple[str, ...]
    own: bool
    by_name: str
    rehearsal: Rehearsal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """A version that has come into force, and what it changed."""

    number: int
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLine:
    """One version in the history."""

    number: int
    at: datetime
    by_name: str
    seconded_by_name: str | None
    restores: int | None
    changed: tuple[Edit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The newest versions, the newest first."""

    versions: tuple[VersionLine, ...]


class SetupDesk(Protocol):
    """The desk at which the house is set up."""

    async def overview(self, actor: Actor) -> Overview:
        """Check everything, and say what the actor may change."""
        ...

    async def form(self, actor: Actor, area: Area, subject: str) -> Form:
        """Return a form with what is in force; UNKNOWN_DRAFT where there is no such subject."""
        ...

    async def preview(
        self, actor: Actor, area: Area, subject: str, inputs: Mapping[str, str]
    ) -> Form | Preview:
        """Return what the inputs would change, or the form again with what is wrong with them.

        The dry run begins; ask for the change again to see how far it is. STALE where nothing
        would change.
        """
        ...

    async def remove(self, actor: Actor, area: Area, subject: str) -> Form | Preview:
        """Return what taking a subject out would change, or the form with why it is needed."""
        ...

    async def restore(self, actor: Actor, number: int) -> Preview:
        """Return what going back to an earlier version would change."""
        ...

    async def change(self, actor: Actor, change_id: str) -> Preview:
        """Return a change as it is now: one's own, or one that waits for a second person."""
        ...

    async def confirm(self, actor: Actor, change_id: str) -> Applied | Preview:
        """Bring a change into force; the preview again where it now waits for a second person.

        SECOND_PERSON for whoever may not be that one; STALE where the same was changed meanwhile.
        """
        ...

    async def drop(self, actor: Actor, change_id: str) -> None:
        """Give a change up: one's own, or one that waits and that the actor could confirm."""
        ...

    async def undo(self, actor: Actor, number: int) -> Applied | Preview:
        """Restore what was before version ``number``, as a new one; STALE if it is not the newest."""
        ...

    async def history(self, actor: Actor) -> History:
        """Return the newest versions."""
        ...
