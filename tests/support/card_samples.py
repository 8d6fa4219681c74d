"""Sample views for every card and state; see ``card_facts`` for what they are about."""

from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta

from dialogs.drafting import to_payload
from dialogs.problems import ProblemKind, problem
from dialogs.views import (
    FormView,
    HelpView,
    NoticeView,
    RefusalView,
    RequestCardView,
    View,
    Viewer,
    WorkItemCardView,
)
from dialogs.wishes import Wish
from scheduling.domain.meetings import PlaceKind, Tier
from scheduling.domain.notices import NoticeKind
from scheduling.domain.people import Role
from scheduling.domain.proposals import WayOut
from scheduling.domain.refusals import Refusal
from scheduling.domain.requests import (
    DraftState,
    FailedWrite,
    Remote,
    RequestState,
    RequestView,
    SessionState,
    SessionView,
    Target,
    TargetState,
    WorkItemCause,
    WorkItemState,
    WorkItemView,
)
from scheduling.domain.times import WallWindow
from tests.support.card_facts import (
    BERLIN,
    HOSTILE,
    LONDON,
    LONG,
    NAMES,
    NOW,
    ask,
    at,
    draft,
    half_hour,
    proposal,
    proposal_view,
    roster,
    service,
    unplaced,
    ways_out,
    zone_for,
)

ALL_DONE = dict.fromkeys(Target, TargetState.DONE)
UNDER_WAY = {
    Target.WFM: TargetState.DONE,
    Target.ROOM: TargetState.PENDING,
    Target.INVITE: TargetState.PENDING,
    Target.NOTICE: TargetState.SKIPPED,
}
ROOM_FAILED = {**ALL_DONE, Target.ROOM: TargetState.FAILED}


def held(index: int, name: str, targets: dict[Target, TargetState]) -> SessionView:
    """Return a session as it is being booked."""
    return SessionView(
        id=f"s{index}",
        attendee_id=f"a{index:02}",
        attendee_name=name,
        zone=zone_for(index),
        interval=half_hour(16 + index % 5, 10, 30),
        place=PlaceKind.ROOM,
        room_name="Leeds 2.14",
        state=SessionState.BOOKED,
        targets=targets,
    )


def request(
    state: RequestState, sessions: tuple[SessionView, ...] = (), **more: object
) -> RequestCardView:
    """Return a request's card in ``state``."""
    shown = RequestView(
        id="r1",
        version=2,
        ticket=41,
        state=state,
        ask=ask(),
        type_name="One-to-one",
        requester_name="Tom Brewer",
        facilitator_name="Tom Brewer",
        sessions=sessions,
        unplaced=(),
    )
    return RequestCardView(
        request=replace(shown, **more),  # type: ignore[arg-type]
        draft_id="Zk3vQ9d1TqGm8w",
        draft_version=4,
    )


def work_item(**more: object) -> WorkItemView:
    """Return the work item of a one-to-one that could not be placed."""
    item = WorkItemView(
        id="w1",
        version=5,
        cause=WorkItemCause.NOT_PLACED,
        state=WorkItemState.OPEN,
        request_id="r1",
        request_state=RequestState.ESCALATED,
        requester_name="Tom Brewer",
        type_name="One-to-one",
        tier=Tier.DUE,
        ask=ask(),
        unplaced=(unplaced(0, "Asha Patel"),),
        ways_out=ways_out(),
        days=(service(17, 0.7962),),
        decide_by=at(17, 12),
        failures=2,
        last_held={"a00": date(2026, 9, 28)},
        offline_used=90,
        offline_allowed=240,
        as_of=NOW - timedelta(minutes=7),
        reconciled=True,
        zone=LONDON,
    )
    return replace(item, **more)  # type: ignore[arg-type]


def shared_ways_out() -> tuple[WayOut, ...]:
    """Return ways out that help three, one and three people; the first two for people in Berlin."""
    helped = (("a01", "a00", "a02"), ("a04",), ("a00", "a01", "a02"))
    pairs = zip(ways_out(), helped, strict=True)
    return tuple(replace(way, attendee_ids=ids) for way, ids in pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One view, its reader, and the name of its snapshot."""

    name: str
    view: View
    viewer: Viewer
    refresh_for: tuple[str, ...] = field(default=())


MANAGER = Viewer(locale="en-GB", zone=LONDON, now=NOW)
SCHEDULER = replace(MANAGER, scheduler=True)
GERMAN = Viewer(locale="de-DE", zone=BERLIN, now=NOW)
AMERICAN = Viewer(locale="en-US", zone="America/New_York", now=NOW)
HOSTILES = (HOSTILE, LONG, *NAMES[2:])
WISH = Wish(type_id="1:1", facilitator_id="m1", dates=ask().dates, minutes=30, place=PlaceKind.ROOM)


def form_views() -> dict[str, View]:
    """Return help, forms, refusals and notices."""
    asha = {"id": "a00", "name": "Asha Patel", "team": "Billing A"}
    puzzles = (
        problem(
            "attendees",
            ProblemKind.AMBIGUOUS_NAME,
            said="Asha",
            candidates=[asha, {**asha, "id": "a01", "name": "Asha Rao", "team": None}],
        ),
        problem("first", ProblemKind.PAST, last="2026-11-06"),
        problem("minutes", ProblemKind.BAD_MINUTES, said="3", least=5, most=480),
    )
    examples = ("1:1 with Asha next week", "One-to-one with my team next week", "help")
    asked = draft(DraftState.ASKING, **to_payload(WISH))
    custom = replace(WISH, attendee_ids=("a00", "a01"), window=WallWindow(time(9, 30), time(12)))
    lost = {
        "names": ["Jürgen Weiß"],
        "first": "2026-12-14",
        "last": "2026-12-18",
        "until": "2026-12-13",
    }
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
        "help-puzzled": HelpView(
            name=HOSTILE,
            roles=frozenset({Role.MANAGER}),
            examples=examples,
            puzzled_by_message=True,
        ),
        "form-empty": FormView(
            draft=draft(DraftState.ASKING),
            roster=roster(),
            problems=(
                problem("attendees", ProblemKind.MISSING),
                problem("type", ProblemKind.MISSING),
            ),
        ),
        "form-problems": FormView(draft=asked, roster=roster(), problems=puzzles),
        "form-filled": FormView(
            draft=draft(DraftState.ASKING, **to_payload(custom)), roster=roster(), problems=()
        ),
        "form-hostile": FormView(
            draft=draft(DraftState.ASKING, **to_payload(custom)),
            roster=roster(HOSTILES),
            problems=(problem("attendees", ProblemKind.UNKNOWN_NAME, said=HOSTILE, nearest=[]),),
        ),
        "form-refused": FormView(
            draft=draft(DraftState.PROPOSED, **to_payload(custom)),
            roster=roster(),
            problems=(),
            refusal=Refusal.NO_SCHEDULE,
            facts=lost,
        ),
        "refusal-expired": RefusalView(refusal=Refusal.EXPIRED, facts={}),
        "refusal-unknown-person": RefusalView(refusal=Refusal.UNKNOWN_PERSON, facts={}),
        "notice-booked": NoticeView(
            kind=NoticeKind.BOOKED,
            request=request(RequestState.BOOKED, (held(0, "Asha Patel", ALL_DONE),)).request,
        ),
        "notice-cancelled": NoticeView(
            kind=NoticeKind.CANCELLED,
            request=request(RequestState.CANCELLED, (held(0, "Asha Patel", ALL_DONE),)).request,
        ),
    }


def proposal_views() -> dict[str, View]:
    """Return proposals for none, one and many."""
    one, team = proposal(), proposal(12)
    rough = replace(
        one,
        reconciled=False,
        without_mailbox=("Asha Patel",),
        unknown_calendars=("Lena Vogt", HOSTILES[0]),
    )
    return {
        "proposal-one": proposal_view(one),
        "proposal-again": proposal_view(rough, Refusal.SLOT_TAKEN),
        "proposal-none": proposal_view(proposal(0, 1)),
        "proposal-team": proposal_view(team),
        "proposal-partly": proposal_view(proposal(10, 2)),
        "proposal-fifteen": proposal_view(proposal(15)),
        "proposal-hostile": proposal_view(proposal(2, 1, HOSTILES), names=HOSTILES),
    }


def request_views() -> dict[str, View]:
    """Return a request in every state a requester can meet."""
    asha = held(0, "Asha Patel", ALL_DONE)
    pair = (asha, held(1, "Jürgen Weiß", ROOM_FAILED))
    unreached = {**ALL_DONE, Target.NOTICE: TargetState.UNREACHED}
    handled = {
        "work_item_state": WorkItemState.CLAIMED,
        "handled_by": "Priya Nair",
        "work_item_id": "w1",
    }
    back = {
        **handled,
        "work_item_state": WorkItemState.SENT_BACK,
        "note": "Please take the week after; this one has the launch.",
    }
    undone = dict.fromkeys(Target, TargetState.UNDONE)
    return {
        "request-queued": request(RequestState.QUEUED, position=3),
        "request-booked": request(
            RequestState.BOOKED, (asha,), undo_until=NOW + timedelta(minutes=15)
        ),
        "request-final": request(
            RequestState.BOOKED, (held(0, "Asha Patel", unreached),), can_cancel=True
        ),
        "request-partly": request(
            RequestState.PARTLY_BOOKED,
            pair,
            ask=ask(2),
            can_cancel=True,
            without_mailbox=("Jürgen Weiß",),
        ),
        "request-taken": request(RequestState.TAKEN, trouble="slot_taken"),
        "request-failed": request(RequestState.FAILED, trouble="wfm_away"),
        "request-escalated": request(
            RequestState.ESCALATED, unplaced=(unplaced(0, "Asha Patel"),), **handled
        ),
        "request-sent-back": request(RequestState.SENT_BACK, **back),
        "request-undone": request(RequestState.UNDONE, (held(0, "Asha Patel", undone),)),
        "request-cancelled": request(RequestState.CANCELLED, (held(0, "Asha Patel", undone),)),
        "request-withdrawn": request(RequestState.CANCELLED),
        "request-duplicate": replace(
            request(RequestState.BOOKING, (held(0, "Asha Patel", UNDER_WAY),)),
            refusal=Refusal.DUPLICATE,
        ),
        "request-hostile": request(
            RequestState.BOOKED,
            (held(0, HOSTILE, ALL_DONE), held(1, LONG, ALL_DONE)),
            ask=ask(2),
        ),
        "request-team": request(
            RequestState.BOOKED,
            (
                held(0, "Asha Patel", unreached),
                *(held(i, NAMES[i], ALL_DONE) for i in range(1, 12)),
            ),
            ask=ask(12),
            undo_until=NOW + timedelta(minutes=15),
        ),
    }


def waiting_views() -> dict[str, View]:
    """Return requests under way, and waiting for what does not answer."""
    under_way = (held(0, "Asha Patel", UNDER_WAY),)
    waits = {"can_cancel": True, "waiting_since": NOW - timedelta(minutes=7)}
    away, queued = {"waiting_for": Remote.CALENDAR}, {"position": 3, "waiting_for": Remote.WFM}
    return {
        "request-booking": request(RequestState.BOOKING, under_way),
        "request-waiting": request(RequestState.BOOKING, under_way, **waits, **away),
        "request-queue-waits": request(RequestState.QUEUED, **waits, **queued),
    }


def work_item_views() -> dict[str, View]:
    """Return work items in every state."""
    claimed = {"state": WorkItemState.CLAIMED, "claimed_by": "Priya Nair"}
    asha = held(0, "Asha Patel", ALL_DONE)
    decided = {
        "decided_by": "Priya Nair",
        "request_state": RequestState.BOOKED,
        "sessions": (asha,),
    }
    no_search = {"unplaced": (), "ways_out": (), "days": ()}
    many = tuple(unplaced(i, name) for i, name in enumerate(NAMES))
    items = {
        "open": work_item(),
        "claimed": work_item(**claimed),
        "estimates": work_item(reconciled=False, last_held={"a00": None}, tier=Tier.MANDATORY),
        "no-way-out": work_item(ways_out=(), days=(), decide_by=None),
        "many": work_item(
            unplaced=many,
            ways_out=shared_ways_out(),
            ask=ask(15),
            last_held=dict.fromkeys(("a00", "a01"), None) | {"a02": date(2026, 8, 3)},
        ),
        "second": work_item(state=WorkItemState.AWAITING_SECOND, decided_by="Priya Nair"),
        "approved": work_item(state=WorkItemState.APPROVED, **decided),
        "forced": work_item(state=WorkItemState.FORCED, **decided),
        "sent-back": work_item(state=WorkItemState.SENT_BACK, decided_by="Priya Nair"),
        "write-failed": work_item(
            cause=WorkItemCause.WRITE_FAILED,
            **no_search,
            trouble="write_failed",
            sessions=(asha,),
            failed=(("Asha Patel", FailedWrite(session_id="s0", target=Target.INVITE)),),
        ),
        "undo-failed": work_item(
            cause=WorkItemCause.UNDO_FAILED,
            **no_search,
            trouble="undo_failed",
            sessions=(asha,),
            failed=tuple(
                (name, FailedWrite(session_id=f"s{n}", target=Target.WFM, undoing=True))
                for n, name in enumerate(NAMES[:12])
            ),
        ),
        "remote-away": work_item(
            cause=WorkItemCause.REMOTE_AWAY,
            **no_search,
            trouble="wfm_silent",
        ),
        "hostile": work_item(
            unplaced=(unplaced(0, HOSTILE),),
            requester_name=LONG,
            claimed_by=HOSTILE,
            state=WorkItemState.CLAIMED,
        ),
    }
    return {f"item-{name}": WorkItemCardView(item=item) for name, item in items.items()}


def all_samples() -> dict[str, Sample]:
    """Return every sample by name."""
    views = form_views() | proposal_views() | request_views() | waiting_views()
    items = work_item_views()
    samples = [Sample(name=name, view=view, viewer=MANAGER) for name, view in views.items()]
    samples += [
        Sample(name=name, view=view, viewer=SCHEDULER, refresh_for=("29:priya", "29:sam"))
        for name, view in items.items()
    ]
    stale = WorkItemCardView(
        item=work_item(), refusal=Refusal.CLAIMED_BY_OTHER, facts={"who": "Priya Nair"}
    )
    everyone = replace(MANAGER, shared=True)
    samples.append(Sample(name="item-channel", view=items["item-many"], viewer=everyone))
    samples.append(Sample(name="item-refused", view=stale, viewer=SCHEDULER))
    for name in ("proposal-one", "proposal-team", "request-booked"):
        samples.append(Sample(name=f"{name}-de", view=views[name], viewer=GERMAN))
    samples.append(Sample(name="proposal-one-us", view=views["proposal-one"], viewer=AMERICAN))
    samples.append(
        Sample(name="item-open-de", view=items["item-open"], viewer=replace(GERMAN, scheduler=True))
    )
    return {each.name: each for each in samples}


SAMPLES = all_samples()
