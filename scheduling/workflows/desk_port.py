"""What the conversation may ask of the core, and what it is told; see ``desk`` for who answers.

Every call authorises (actor, object) before anything changes and may raise ``Refused``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Protocol

from scheduling.domain.asks import Ask
from scheduling.domain.meetings import MeetingType, PlaceKind
from scheduling.domain.people import Actor, Person
from scheduling.domain.proposals import Proposal
from scheduling.domain.requests import Draft, DraftState, RequestView, WorkItemView

ASK, LEAVE = "ask", "leave"
"""What may be decided for somebody without a time, besides the number of a way out."""
NO_DECISIONS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterPerson:
    """Somebody the actor may ask for (or with); ``team_id`` is None for non-agents."""

    id: str
    name: str
    team_id: str | None
    team_name: str | None
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterRoom:
    """A room that the actor may choose."""

    id: str
    name: str
    site_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """What the actor may ask about: nothing outside it may be offered, matched or named.

    ``people`` are agents in the actor's hierarchy (own teams; all of the unit for schedulers);
    who may not ask for others (``asks``) has nobody in ``people``, ``teams``, ``facilitators``;
    a deputy has those of the people for whom they act now as well;
    ``teams`` maps team id to name; ``facilitators`` may lead; ``today`` is the date in ``zone``,
    the actor's own. ``rooms`` are those of the people's sites, none while the calendar cannot list
    them. ``type_places`` says where each type may happen, the default first.
    """

    me: Person
    zone: str
    today: date
    now: datetime
    people: tuple[RosterPerson, ...]
    teams: Mapping[str, str]
    own_teams: tuple[str, ...]
    facilitators: tuple[RosterPerson, ...]
    types: tuple[MeetingType, ...]
    type_places: Mapping[str, tuple[PlaceKind, ...]]
    asks: bool = True
    rooms: tuple[RosterRoom, ...] = ()


class Desk(Protocol):
    """The front desk of the core. All times are aware UTC unless a date."""

    async def roster(self, actor: Actor) -> Roster:
        """Return what the actor may ask about, whatever their role; UNKNOWN_PERSON."""
        ...

    async def open_draft(
        self, actor: Actor, conversation_id: str, payload: Mapping[str, object]
    ) -> Draft:
        """Make a draft of version 1 in state ASKING."""
        ...

    async def draft(self, actor: Actor, conversation_id: str, draft_id: str) -> Draft:
        """Return the actor's draft; UNKNOWN_DRAFT for another's, EXPIRED once it is over."""
        ...

    async def latest_draft(self, actor: Actor, conversation_id: str) -> Draft | None:
        """Return the actor's youngest draft in this conversation that may still change."""
        ...

    async def save_draft(
        self, actor: Actor, draft: Draft, state: DraftState, payload: Mapping[str, object]
    ) -> Draft:
        """Write the next version over exactly ``draft.version``; STALE if it moved on."""
        ...

    async def propose(self, actor: Actor, draft: Draft, ask: Ask) -> Proposal:
        """Search at once and hold the options softly for the draft. Nothing is written outside.

        OUTSIDE_HIERARCHY, PAST, NO_SCHEDULE, NO_FORECAST, CODE_MISSING, WFM_AWAY, ...
        """
        ...

    async def submit(
        self,
        actor: Actor,
        draft: Draft,
        choices: Mapping[str, int],
        *,
        escalate: bool,
        decisions: Mapping[str, str] = NO_DECISIONS,
    ) -> RequestView:
        """Take a ticket for the draft's proposal: attendee id -> index into its options.

        ``escalate`` sends the unplaced to the schedulers; without it they are left out.
        ``decisions`` say it for each of them: ``ASK``, ``LEAVE`` or the number of a way out that a
        manager may grant (NOT_YOUR_ROLE for another); who is not in them is asked about.
        Twice with the same draft gives the same request.
        """
        ...

    async def submit_automatic(self, actor: Actor, draft: Draft, ask: Ask) -> RequestView:
        """Take a ticket for an ask whose type has auto-scheduling on; no proposal is shown."""
        ...

    async def request(self, actor: Actor, request_id: str) -> RequestView:
        """Return a request of the actor's own (or any, for a scheduler of its unit)."""
        ...

    async def undo(self, actor: Actor, request_id: str) -> RequestView:
        """Undo a booking while that is possible; UNDO_OVER afterwards."""
        ...

    async def cancel(self, actor: Actor, request_id: str) -> RequestView:
        """Cancel a booking and tell everyone."""
        ...

    async def work_item(self, actor: Actor, work_item_id: str) -> WorkItemView:
        """Return a work item to a scheduler of its unit; NOT_YOUR_ROLE to others."""
        ...

    async def assign(self, actor: Actor, work_item_id: str, version: int) -> WorkItemView:
        """Claim the work item; CLAIMED_BY_OTHER, ALREADY_DECIDED, STALE."""
        ...

    async def approve(
        self, actor: Actor, work_item_id: str, version: int, way_out: int
    ) -> WorkItemView:
        """Grant one of the ways out; the request goes on with those rules loosened."""
        ...

    async def force(
        self, actor: Actor, work_item_id: str, version: int, reason: str
    ) -> WorkItemView:
        """Book the cheapest start that only breaks what may be forced; REASON_NEEDED.

        Where the floor would break, it waits for ``confirm_force`` by a second person.
        """
        ...

    async def confirm_force(self, actor: Actor, work_item_id: str, version: int) -> WorkItemView:
        """Confirm a force below the floor; SECOND_PERSON for the requester or the first."""
        ...

    async def keep(self, actor: Actor, work_item_id: str, version: int) -> WorkItemView:
        """Let a meeting stand that lost too many of its people; STALE for another work item."""
        ...

    async def try_again(self, actor: Actor, work_item_id: str, version: int) -> WorkItemView:
        """Try what was given up once more; STALE where nothing was, only no time found."""
        ...

    async def send_back(
        self, actor: Actor, work_item_id: str, version: int, note: str
    ) -> WorkItemView:
        """Close the work item and give the request back to its requester with a note."""
        ...
