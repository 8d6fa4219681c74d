"""Sample views of help, a reader's week, their requests, who is due, and notes."""

from dataclasses import replace
from datetime import date, timedelta

from dialogs.agenda_views import (
    AgendaView,
    CadenceView,
    NotesView,
    PetitionView,
    SessionCardView,
    ShareView,
    StatusView,
)
from dialogs.views import HelpView, RequestCardView, View
from scheduling.domain.house import Paused
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.people import Role
from scheduling.domain.petitions import PetitionState
from scheduling.domain.refusals import Refusal
from scheduling.domain.requests import Remote, RequestState, RequestView, WorkItemState
from scheduling.domain.times import DateRange
from scheduling.workflows.agenda_port import Act, Agenda, AgendaItem, Cadence, Due
from scheduling.workflows.notes_port import NotedSubject, NoteView
from scheduling.workflows.petitions_port import PetitionFacts
from tests.support.card_facts import (
    HOSTILE,
    LONDON,
    LONG,
    NAMES,
    NOW,
    ask,
    half_hour,
    proposal,
    proposal_view,
    unplaced,
    zone_for,
)

LEADS = frozenset({Act.MOVE, Act.CANCEL, Act.NOTE, Act.CANNOT_LEAD})
ATTENDS = frozenset({Act.ACKNOWLEDGE, Act.CANNOT, Act.SWAP})
MONDAY = date(2026, 11, 16)


def help_views() -> dict[str, View]:
    """Return help for one role, for all of them, and for who was not understood."""
    examples = ("1:1 with Asha next week", "One-to-one with my team next week", "help")
    return {
        "help": HelpView(
            name="Tom Brewer",
            roles=frozenset({Role.MANAGER}),
            examples=examples,
            orders=("my meetings", "status"),
        ),
        "help-agent": HelpView(
            name="Asha Patel", roles=frozenset({Role.AGENT}), orders=("my sessions",)
        ),
        "help-every-role": HelpView(
            name="Zoë Ångström", roles=frozenset(Role), examples=examples, orders=("queue", "setup")
        ),
        "help-discarded": HelpView(
            name="Sam Scheduler", roles=frozenset({Role.MANAGER}), discarded=True
        ),
        "help-puzzled": HelpView(
            name=HOSTILE,
            roles=frozenset({Role.MANAGER}),
            examples=examples,
            puzzled_by_message=True,
        ),
    }


def item(index: int, name: str, **more: object) -> AgendaItem:
    """Return a session of the week that Tom leads."""
    shown = AgendaItem(
        id=f"s{index}",
        request_id="r1",
        type_name="One-to-one",
        subject="One-to-one",
        attendees=(name,),
        facilitator_name="Tom Brewer",
        zone=zone_for(index),
        interval=half_hour(16 + index % 5, 9 + index % 7, 30),
        place=PlaceKind.ONLINE if index % 4 == 3 else PlaceKind.ROOM,
        room_name=None if index % 4 == 3 else "Leeds 2.14",
        join_url=None,
        booked=index % 5 != 2,
        moves=0,
        leads=True,
        acknowledged=index % 3 == 0,
        notes=index % 2,
        acts=LEADS,
    )
    return replace(shown, **more)  # type: ignore[arg-type]


def agenda(*items: AgendaItem, leads: bool = True) -> AgendaView:
    """Return a week with these sessions."""
    by_start = sorted(items, key=lambda one: one.interval)
    return AgendaView(agenda=Agenda(monday=MONDAY, zone=LONDON, leads=leads, items=tuple(by_start)))


def agenda_views() -> dict[str, View]:
    """Return weeks and sessions: none, one, many, long and hostile names."""
    own = item(1, "Asha Patel", leads=False, acts=ATTENDS, acknowledged=False, booked=True)
    team = item(3, "", type_name="Team meeting", attendees=NAMES[:9])
    hostile = item(0, HOSTILE, room_name=HOSTILE, type_name=LONG, facilitator_name=HOSTILE)
    weeks = {
        "empty": agenda(),
        "empty-for-now": AgendaView(
            agenda=replace(agenda().agenda, next_at=half_hour(30, 14).start)
        ),
        "one": agenda(item(0, "Asha Patel")),
        "today": AgendaView(
            agenda=Agenda(
                monday=date(2026, 11, 9),
                zone=LONDON,
                leads=True,
                items=(item(0, "Asha Patel", interval=half_hour(12, 16)),),
            )
        ),
        "many": agenda(*(item(n, name) for n, name in enumerate((*NAMES, *NAMES)))),
        "hostile": agenda(hostile, item(1, LONG)),
        "agent": AgendaView(agenda=replace(agenda(own, leads=False).agenda, earlier=False)),
        "earlier": AgendaView(agenda=replace(agenda(own, leads=False).agenda, earlier=True)),
    }
    sessions = {
        "lead": item(0, "Asha Patel", notes=2),
        "team": team,
        "attend": own,
        "known": replace(own, acknowledged=True, acts=ATTENDS - {Act.ACKNOWLEDGE}),
        "begins": item(0, "Asha Patel", interval=half_hour(12, 14), acts=LEADS | {Act.LATE}),
        "over": item(
            0, "Asha Patel", interval=half_hour(10, 9), acts=frozenset({Act.NOTE, Act.REGISTER})
        ),
        "hostile": hostile,
    }
    refused = SessionCardView(item=own, refusal=Refusal.CALENDAR_AWAY)
    return (
        {f"week-{name}": view for name, view in weeks.items()}
        | {f"session-{name}": SessionCardView(item=one) for name, one in sessions.items()}
        | {"session-refused": refused}
    )


def under_way(ticket: int, state: RequestState, *names: str, **more: object) -> RequestView:
    """Return a request of Tom's as status shows it."""
    shown = RequestView(
        id=f"r{ticket}",
        version=2,
        ticket=ticket,
        state=state,
        ask=ask(len(names)),
        type_name="One-to-one",
        requester_name="Tom Brewer",
        facilitator_name="Tom Brewer",
        sessions=(),
        unplaced=(),
        attendee_names=names,
    )
    return replace(shown, **more)  # type: ignore[arg-type]


def status_views() -> dict[str, View]:
    """Return what is under way: nothing, one, many, hostile."""
    queued = under_way(41, RequestState.QUEUED, "Asha Patel", position=3)
    away = {"waiting_for": Remote.WFM, "waiting_since": NOW - timedelta(minutes=4)}
    waiting = under_way(40, RequestState.QUEUED, *NAMES, position=2, **away)
    held = {"work_item_state": WorkItemState.CLAIMED, "handled_by": "Priya Nair"}
    escalated = under_way(
        39, RequestState.ESCALATED, NAMES[2], unplaced=(unplaced(2, NAMES[2]),), **held
    )
    back = under_way(38, RequestState.SENT_BACK, NAMES[3], note="Please take the week after.")
    aside = under_way(
        36,
        RequestState.ESCALATED,
        NAMES[4],
        trouble="paused",
        paused=Paused(by_name=HOSTILE),
        work_item_state=WorkItemState.OPEN,
    )
    hostile = under_way(37, RequestState.SENT_BACK, HOSTILE, LONG, note=HOSTILE)
    many = tuple(under_way(n, RequestState.QUEUED, NAMES[n], position=n + 1) for n in range(12))
    shown = {
        "empty": (),
        "one": (queued,),
        "each": (queued, waiting, escalated, back),
        "paused": (aside,),
        "many": many,
        "hostile": (hostile,),
    }
    views = {f"status-{name}": StatusView(requests=each) for name, each in shown.items()}
    return views | {"status-others": StatusView(requests=(), others=2)}


def cadence(*due: Due, since: date | None = date(2026, 1, 5)) -> CadenceView:
    """Return who is due of Tom's people."""
    return CadenceView(
        cadence=Cadence(
            type_id="1:1", type_name="One-to-one", days=30, asked=60, since=since, due=due
        )
    )


def due(index: int, name: str, *, planned: bool = False) -> Due:
    """Return somebody who is due."""
    last = None if index % 4 == 0 else date(2026, 8, 3) + timedelta(days=index)
    ahead = half_hour(17, 9).start if planned else None
    return Due(person_id=f"a{index:02}", name=name, last=last, next_at=ahead)


def cadence_views() -> dict[str, View]:
    """Return who is due: nobody, one, all planned, many, hostile, with a short history."""
    crowd = tuple(due(n, f"{NAMES[n % 15]} {n}") for n in range(55))
    shown = {
        "none": cadence(),
        "one": cadence(due(1, "Asha Patel")),
        "planned": cadence(due(0, "Asha Patel", planned=True), due(1, NAMES[1])),
        "many": cadence(*crowd),
        "hostile": cadence(due(0, HOSTILE), due(1, LONG)),
        "short-history": cadence(due(0, "Asha Patel"), since=date(2026, 11, 2)),
        "no-history": cadence(due(0, "Asha Patel"), since=None),
    }
    return {f"cadence-{name}": view for name, view in shown.items()}


def noted(*notes: NoteView, attendees: tuple[str, ...] = ("Asha Patel",)) -> NotedSubject:
    """Return a session with these notes."""
    return NotedSubject(
        id="s0", is_session=True, type_name="One-to-one", attendees=attendees, notes=notes
    )


def note(number: int, text: str = "Annual report, page 2.", *, mine: bool = True) -> NoteView:
    """Return a note of Tom's, or of somebody else's."""
    return NoteView(
        id=f"n{number}",
        author_name="Tom Brewer" if mine else "Anneliese Groß",
        mine=mine,
        text=text,
        written_at=NOW - timedelta(days=number),
        changed=number % 2 == 1,
    )


def notes_views() -> dict[str, View]:
    """Return notes: none, one, many, one being changed, hostile, refused."""
    return {
        "notes-none": NotesView(noted=noted()),
        "notes-one": NotesView(noted=noted(note(0))),
        "notes-many": NotesView(noted=noted(*(note(n, mine=n != 7) for n in range(9)))),
        "notes-changing": NotesView(noted=noted(note(0)), editing="n0"),
        "notes-hostile": NotesView(noted=noted(note(0, HOSTILE), attendees=(HOSTILE, LONG))),
        "notes-refused": NotesView(noted=noted(), refusal=Refusal.EMPTY_NOTE),
    }


def behalf_views() -> dict[str, View]:
    """Return what a deputy asked for."""
    shown = replace(proposal(), on_behalf_of="Anneliese Groß")
    request = under_way(36, RequestState.QUEUED, "Asha Patel", on_behalf_of=HOSTILE, position=1)
    return {
        "proposal-behalf": proposal_view(shown),
        "request-behalf": RequestCardView(request=request),
    }


def wish(state: PetitionState, *, mine: bool, name: str = "Asha Patel") -> PetitionFacts:
    """Return an agent's own wish to meet Tom."""
    return PetitionFacts(
        id="p1",
        version=1,
        state=state,
        agent_id="a00",
        agent_name=name,
        manager_name="Tom Brewer",
        type_id="1:1",
        type_name="One-to-one",
        created_at=NOW - timedelta(hours=3),
        mine=mine,
        booked=half_hour(3, 10) if state is PetitionState.BOOKED else None,
        zone="Europe/London",
    )


def petition_views() -> dict[str, View]:
    """Return wishes in every state, for the agent and for the manager."""
    shown: dict[str, View] = {
        f"wish-{whose}-{state.value}": PetitionView(petition=wish(state, mine=whose == "own"))
        for whose in ("own", "theirs")
        for state in PetitionState
    }
    hostile = PetitionView(petition=wish(PetitionState.OPEN, mine=False, name=HOSTILE))
    answered = replace(proposal_view(proposal()), wish=wish(PetitionState.OPEN, mine=False))
    undone = under_way(36, RequestState.UNDONE, "Asha Patel", wishes=(("p1", HOSTILE),))
    again = RequestCardView(request=undone)
    return shown | {
        "wish-hostile": hostile,
        "proposal-wish": answered,
        "request-wish-open-again": again,
    }


def reading_views() -> dict[str, View]:
    """Return every view of this module."""
    shares = {
        name: ShareView(
            person_id="a00",
            name=person,
            type_id="1:1",
            type_name="One-to-one",
            dates=DateRange(MONDAY, MONDAY + timedelta(days=11)),
        )
        for name, person in (("share-one", "Asha Patel"), ("share-hostile", HOSTILE))
    }
    return (
        petition_views()
        | shares
        | behalf_views()
        | help_views()
        | agenda_views()
        | status_views()
        | cadence_views()
        | notes_views()
    )
