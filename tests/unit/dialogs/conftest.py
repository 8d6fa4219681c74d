"""A small team, its roster, and a desk that remembers what it was asked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta

import pytest

from scheduling.domain.asks import Ask
from scheduling.domain.meetings import MeetingType, PlaceKind, Tier
from scheduling.domain.people import Actor, Person, Role
from scheduling.domain.proposals import Option, Proposal, ProposedSession
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.requests import (
    Draft,
    DraftState,
    RequestState,
    RequestView,
    WorkItemCause,
    WorkItemState,
    WorkItemView,
)
from scheduling.domain.times import DateRange, Interval, at_wall
from scheduling.workflows.desk_port import NO_DECISIONS, Roster, RosterPerson

ZONE = "Europe/London"
TEAMS = {"billing": "Billing", "east": "Retention East"}
AGENTS = {
    "asha": ("Asha Patel", "billing"),
    "tom-r": ("Tom Reed", "billing"),
    "jose": ("José Núñez", "billing"),
    "april": ("April May", "billing"),
    "chris": ("Christopher Lee", "billing"),
    "will": ("Will Young", "billing"),
    "tom-h": ("Tom Hughes", "east"),
    "siobhan": ("Siobhán O'Brien", "east"),
    "anne": ("Anne-Marie Schäfer", "east"),
    "maria": ("Maria Rossi", "east"),
}
TYPES = (
    MeetingType(id="one_to_one", name="One-to-one", subject="One-to-one", code_id="m"),
    MeetingType(id="coaching", name="Coaching", subject="Coaching", code_id="c", minutes=45),
    MeetingType(
        id="team_meeting", name="Team meeting", subject="Team", code_id="t", minutes=60, group=True
    ),
    MeetingType(
        id="check_in", name="Check-in", subject="Check-in", code_id="k", auto_schedule=True
    ),
)


def person(person_id: str, name: str, team_id: str | None) -> RosterPerson:
    """Return somebody of the roster."""
    team = TEAMS.get(team_id or "")
    return RosterPerson(id=person_id, name=name, team_id=team_id, team_name=team, zone=ZONE)


def make_roster(today: date = date(2026, 11, 24), **changes: object) -> Roster:
    """Return Morgan's roster; ``today`` is a Tuesday unless given."""
    roster = Roster(
        me=Person(
            id="morgan",
            name="Morgan Lane",
            zone=ZONE,
            roles=frozenset({Role.MANAGER}),
            leads=frozenset({"billing"}),
        ),
        zone=ZONE,
        today=today,
        now=at_wall(today, time(9), ZONE),
        people=tuple(person(each, *facts) for each, facts in AGENTS.items()),
        teams=TEAMS,
        own_teams=("billing",),
        facilitators=(
            person("morgan", "Morgan Lane", None),
            person("priya", "Priya Shah", None),
        ),
        types=TYPES,
        type_places={
            "one_to_one": (PlaceKind.ROOM, PlaceKind.ONLINE),
            "coaching": (PlaceKind.ONLINE,),
            "team_meeting": (PlaceKind.ROOM,),
            "check_in": (PlaceKind.ONLINE,),
        },
    )
    return replace(roster, **changes)  # type: ignore[arg-type]


@dataclass(slots=True)
class FakeDesk:
    """A desk with one roster and a memory. ``refuse`` maps a call's name to its next refusal.

    ``overtaken``: another tap takes the ticket just before this one does.
    """

    roster_held: Roster
    drafts: dict[str, Draft] = field(default_factory=dict)
    calls: list[tuple[str, tuple[object, ...]]] = field(default_factory=list)
    refuse: dict[str, Refused] = field(default_factory=dict)
    asks: dict[str, Ask] = field(default_factory=dict)
    overtaken: bool = False

    def _called(self, name: str, *facts: object) -> None:
        self.calls.append((name, facts))
        if name in self.refuse:
            raise self.refuse.pop(name)

    def names(self) -> list[str]:
        """Return the calls' names but for reading the roster."""
        return [name for name, _ in self.calls if name != "roster"]

    async def roster(self, actor: Actor) -> Roster:  # noqa: ARG002 - the port's name
        """Return the roster."""
        self._called("roster")
        return self.roster_held

    async def open_draft(
        self, actor: Actor, conversation_id: str, payload: Mapping[str, object]
    ) -> Draft:
        """Keep a new draft."""
        self._called("open_draft", payload)
        draft = Draft(
            id=f"draft-{len(self.drafts)}",
            version=1,
            owner_id=actor.object_id,
            conversation_id=conversation_id,
            state=DraftState.ASKING,
            expires_at=self.roster_held.now + timedelta(hours=2),
            payload=payload,
        )
        self.drafts[draft.id] = draft
        return draft

    async def draft(self, actor: Actor, conversation_id: str, draft_id: str) -> Draft:
        """Return the actor's own draft of this conversation."""
        self._called("draft", draft_id)
        draft = self.drafts.get(draft_id)
        if (
            draft is None
            or draft.owner_id != actor.object_id
            or draft.conversation_id != conversation_id
        ):
            raise Refused(Refusal.UNKNOWN_DRAFT)
        return draft

    async def latest_draft(self, actor: Actor, conversation_id: str) -> Draft | None:
        """Return the actor's last draft here that may still change."""
        self._called("latest_draft")
        fitting = [
            each
            for each in self.drafts.values()
            if (each.owner_id, each.conversation_id) == (actor.object_id, conversation_id)
            and each.state in {DraftState.ASKING, DraftState.PROPOSED}
        ]
        return fitting[-1] if fitting else None

    async def save_draft(
        self,
        actor: Actor,  # noqa: ARG002 - the port's name
        draft: Draft,
        state: DraftState,
        payload: Mapping[str, object],
    ) -> Draft:
        """Keep the next version."""
        self._called("save_draft", state, payload)
        if self.drafts[draft.id].version != draft.version:
            raise Refused(Refusal.STALE)
        fresh = replace(draft, version=draft.version + 1, state=state, payload=payload)
        self.drafts[draft.id] = fresh
        return fresh

    async def propose(self, actor: Actor, draft: Draft, ask: Ask) -> Proposal:  # noqa: ARG002 - the port's name
        """Offer the first morning to each."""
        self._called("propose", ask)
        self.asks[draft.id] = ask
        start = at_wall(ask.dates.start, time(10), ZONE)
        slot = Interval(start, start + timedelta(minutes=ask.minutes))
        return Proposal(
            ask=ask,
            type_name=ask.type_id,
            facilitator_name=ask.facilitator_id,
            sessions=tuple(
                ProposedSession(
                    attendee_id=each,
                    attendee_name=AGENTS[each][0],
                    zone=ZONE,
                    best=Option(interval=slot, place=ask.place, price=0.0),
                )
                for each in ask.attendee_ids
            ),
            unplaced=(),
            curves=(),
            days=(),
            as_of=self.roster_held.now,
            reconciled=True,
            held_until=self.roster_held.now + timedelta(minutes=10),
        )

    async def submit(
        self,
        actor: Actor,  # noqa: ARG002 - the port's name
        draft: Draft,
        choices: Mapping[str, int],
        *,
        escalate: bool,
        decisions: Mapping[str, str] = NO_DECISIONS,
    ) -> RequestView:
        """Make the draft's request."""
        self._called("submit", dict(choices), escalate, *([dict(decisions)] if decisions else []))
        request = self._ticket(draft)
        if self.overtaken:
            raise Refused(Refusal.STALE)
        return request

    async def submit_automatic(self, actor: Actor, draft: Draft, ask: Ask) -> RequestView:  # noqa: ARG002 - the port's name
        """Make the draft's request without a proposal."""
        self._called("submit_automatic", ask)
        self.asks[draft.id] = ask
        return self._ticket(draft)

    def _ticket(self, draft: Draft) -> RequestView:
        request_id = f"request-of-{draft.id}"
        self.drafts[draft.id] = replace(
            self.drafts[draft.id],
            version=draft.version + 1,
            state=DraftState.SUBMITTED,
            request_id=request_id,
        )
        return self._request(request_id, RequestState.QUEUED)

    def _request(self, request_id: str, state: RequestState) -> RequestView:
        ask = self.asks.get(request_id.removeprefix("request-of-"))
        if ask is None:
            raise Refused(Refusal.UNKNOWN_DRAFT)
        return RequestView(
            id=request_id,
            version=1,
            ticket=7,
            state=state,
            ask=ask,
            type_name=ask.type_id,
            requester_name="Morgan Lane",
            facilitator_name=ask.facilitator_id,
            sessions=(),
            unplaced=(),
            position=3,
        )

    async def request(self, actor: Actor, request_id: str) -> RequestView:  # noqa: ARG002 - the port's name
        """Return a request that was made."""
        self._called("request", request_id)
        return self._request(request_id, RequestState.QUEUED)

    async def undo(self, actor: Actor, request_id: str) -> RequestView:  # noqa: ARG002 - the port's name
        """Undo it."""
        self._called("undo", request_id)
        return self._request(request_id, RequestState.UNDONE)

    async def cancel(self, actor: Actor, request_id: str) -> RequestView:  # noqa: ARG002 - the port's name
        """Cancel it."""
        self._called("cancel", request_id)
        return self._request(request_id, RequestState.CANCELLED)

    def _item(self, item_id: str, state: WorkItemState) -> WorkItemView:
        if item_id != "item-1":
            raise Refused(Refusal.UNKNOWN_DRAFT)
        day = self.roster_held.today
        return WorkItemView(
            id=item_id,
            version=4,
            cause=WorkItemCause.NOT_PLACED,
            state=state,
            request_id="request-of-draft-0",
            request_state=RequestState.ESCALATED,
            requester_name="Morgan Lane",
            type_name="One-to-one",
            tier=Tier.NORMAL,
            ask=Ask(
                type_id="one_to_one",
                attendee_ids=("asha",),
                facilitator_id="morgan",
                dates=DateRange(day, day + timedelta(days=7)),
                minutes=30,
                place=PlaceKind.ONLINE,
            ),
            unplaced=(),
            ways_out=(),
            days=(),
            decide_by=None,
            failures=1,
            last_held={},
            offline_used=0,
            offline_allowed=240,
            as_of=self.roster_held.now,
            reconciled=True,
            zone=ZONE,
        )

    async def work_item(self, actor: Actor, work_item_id: str) -> WorkItemView:  # noqa: ARG002 - the port's name
        """Return the one work item there is."""
        self._called("work_item", work_item_id)
        return self._item(work_item_id, WorkItemState.OPEN)

    async def assign(self, actor: Actor, work_item_id: str, version: int) -> WorkItemView:  # noqa: ARG002 - the port's name
        """Claim it."""
        self._called("assign", work_item_id, version)
        return self._item(work_item_id, WorkItemState.CLAIMED)

    async def approve(
        self,
        actor: Actor,  # noqa: ARG002 - the port's name
        work_item_id: str,
        version: int,
        way_out: int,
    ) -> WorkItemView:
        """Grant a way out."""
        self._called("approve", work_item_id, version, way_out)
        return self._item(work_item_id, WorkItemState.APPROVED)

    async def force(
        self,
        actor: Actor,  # noqa: ARG002 - the port's name
        work_item_id: str,
        version: int,
        reason: str,
    ) -> WorkItemView:
        """Force it."""
        self._called("force", work_item_id, version, reason)
        return self._item(work_item_id, WorkItemState.AWAITING_SECOND)

    async def confirm_force(self, actor: Actor, work_item_id: str, version: int) -> WorkItemView:  # noqa: ARG002 - the port's name
        """Confirm the force."""
        self._called("confirm_force", work_item_id, version)
        return self._item(work_item_id, WorkItemState.FORCED)

    async def try_again(self, actor: Actor, work_item_id: str, version: int) -> WorkItemView:  # noqa: ARG002 - the port's name
        """Try it again."""
        self._called("try_again", work_item_id, version)
        return self._item(work_item_id, WorkItemState.RETRIED)

    async def keep(self, actor: Actor, work_item_id: str, version: int) -> WorkItemView:  # noqa: ARG002 - the port's name
        """Let it stand."""
        self._called("keep", work_item_id, version)
        return self._item(work_item_id, WorkItemState.KEPT)

    async def send_back(
        self,
        actor: Actor,  # noqa: ARG002 - the port's name
        work_item_id: str,
        version: int,
        note: str,
    ) -> WorkItemView:
        """Give it back."""
        self._called("send_back", work_item_id, version, note)
        return self._item(work_item_id, WorkItemState.SENT_BACK)


@pytest.fixture
def roster() -> Roster:
    """Return Morgan's roster on Tuesday, 24 November 2026."""
    return make_roster()


@pytest.fixture
def roster_of() -> Callable[..., Roster]:
    """Return the maker of rosters."""
    return make_roster


@pytest.fixture
def desk(roster: Roster) -> FakeDesk:
    """Return a desk that has done nothing yet."""
    return FakeDesk(roster)


@pytest.fixture(scope="session")
def desk_of() -> Callable[..., FakeDesk]:
    """Return the maker of desks over the usual roster."""
    return lambda: FakeDesk(make_roster())


@pytest.fixture(scope="session")
def actor() -> Actor:
    """Return Morgan."""
    return Actor(object_id="object-1", tenant_id="tenant", name="Morgan Lane")
