"""Who is who, as an administrator sees and changes it; see ``appointments`` for who answers.

Every call reads the actor's rights afresh and refuses all but administrators: NOT_YOUR_ROLE.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from scheduling.domain.people import Actor, Deputy, Person, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Somebody whose name fits what was typed, with their team or unit to tell them apart."""

    id: str
    name: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Who fits what was ``typed``; ``more`` are there than are listed."""

    typed: str
    matches: tuple[Match, ...]
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A person with roles, teams led, account and deputy.

    ``appointed`` says that an administrator gave the roles here, over what the WFM and
    ``people.csv`` say. ``teams`` are those that can be led, by id; ``deputies`` who may be one.
    ``newest`` is the number of their last change, None where it cannot be taken back (something
    else changed it since). ``wrong`` names the input that was refused, and why.
    """

    person: Person
    appointed: bool
    teams: Mapping[str, str]
    deputy: Deputy | None
    deputies: Mapping[str, str]
    today: date
    newest: int | None = None
    wrong: tuple[str, str] | None = None


class AppointmentsDesk(Protocol):
    """The desk at which people are given roles, accounts and deputies."""

    async def find(self, actor: Actor, typed: str) -> Found:
        """Return whose name fits."""
        ...

    async def standing(self, actor: Actor, person_id: str) -> Standing:
        """Return a person as they stand; UNKNOWN_DRAFT where there is none of that id."""
        ...

    async def appoint(
        self, actor: Actor, person_id: str, roles: Collection[Role], leads: Collection[str]
    ) -> Standing:
        """Give roles and teams; LAST_ADMINISTRATOR where nobody would be left to set things up."""
        ...

    async def recall(self, actor: Actor, person_id: str) -> Standing:
        """Let the WFM and ``people.csv`` say again what a person's roles and teams are."""
        ...

    async def bind(self, actor: Actor, person_id: str, account: str) -> Standing:
        """Bind to an account by its address or object id; ``wrong`` where that cannot be."""
        ...

    async def unbind(self, actor: Actor, person_id: str) -> Standing:
        """Take the binding away; LAST_ADMINISTRATOR."""
        ...

    async def deputise(
        self, actor: Actor, person_id: str, deputy_id: str, first: date | None, last: date | None
    ) -> Standing:
        """Let somebody act for a person between two dates, or nobody for an empty id."""
        ...

    async def take_back(self, actor: Actor, person_id: str, number: int) -> Standing:
        """Give back what a person had before their change ``number``; STALE once it is overtaken."""
        ...
