"""People as Aside knows them: who they are in Teams, in the WFM, and what they may do."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from scheduling.domain.limits import Misfit, Unfit
from scheduling.domain.times import WallWindow

ERASED = "erased person"
"""What stands where the name or the address of an erased person was."""


class Role(StrEnum):
    """What a person may do; a person may have several."""

    MANAGER = "manager"
    TRAINER = "trainer"
    SCHEDULER = "scheduler"
    AGENT = "agent"
    LEARNING = "learning"
    ADMINISTRATOR = "administrator"


ASKERS = (Role.MANAGER, Role.TRAINER, Role.LEARNING, Role.SCHEDULER)
"""Who may ask for sessions of others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingTime:
    """When a person who is not in the WFM works: the same window on each of ``weekdays`` (0 = Monday)."""

    weekdays: frozenset[int]
    window: WallWindow


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody Aside can act for or with.

    ``id`` is the WFM's id for an agent, else the id given in ``people.csv`` or by a card.
    ``object_id`` is the directory's object id once bound; an ``address`` alone proves nothing.
    """

    id: str
    name: str
    zone: str
    roles: frozenset[Role]
    unit_id: str | None = None
    site_id: str | None = None
    team_id: str | None = None
    leads: frozenset[str] = frozenset()
    address: str | None = None
    object_id: str | None = None
    working: WorkingTime | None = None
    in_wfm: bool = False
    locale: str = "en"

    def has(self, *roles: Role) -> bool:
        """Whether the person holds at least one of ``roles``."""
        return not self.roles.isdisjoint(roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deputy:
    """Who may act for a person from ``first`` to ``last``, both inclusive, in the person's zone."""

    deputy_id: str
    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"{self.last} is before {self.first}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """What an administrator gave a person here, over what the WFM and ``people.csv`` say.

    With ``roles`` None, roles and the teams led are theirs. ``account`` is the directory's object
    id of the Teams account.
    """

    roles: frozenset[Role] | None = None
    leads: frozenset[str] = frozenset()
    account: str | None = None
    deputy: Deputy | None = None

    def __post_init__(self) -> None:
        if self.roles is None and self.leads:
            raise Unfit("teams without roles", Misfit(path=("leads",), kind="no_roles"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who speaks or taps in this turn: a verified directory identity, bound to a person or not."""

    object_id: str
    tenant_id: str
    name: str
    locale: str = "en"
    person: Person | None = field(default=None)
