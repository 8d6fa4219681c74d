"""Sample views for every card and state; see ``card_facts`` for what they are about."""

import re
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta

from dialogs.drafting import to_payload
from dialogs.problems import ProblemKind, problem
from dialogs.views import (
    FormView,
    RefusalView,
    View,
    Viewer,
    WorkItemCardView,
)
from dialogs.wishes import Wish
from scheduling.domain.house import Paused
from scheduling.domain.meetings import PlaceKind, Tier
from scheduling.domain.proposals import WayOut
from scheduling.domain.refusals import Refusal
from scheduling.domain.requests import (
    DraftState,
    FailedWrite,
    RequestState,
    SessionState,
    Target,
    TargetState,
    WorkItemCause,
    WorkItemState,
    WorkItemView,
)
from scheduling.domain.times import WallWindow
from tests.support.agenda_samples import reading_views
from tests.support.card_facts import (
    BERLIN,
    HOSTILE,
    HOSTILES,
    LONDON,
    LONG,
    NAMES,
    NOW,
    ask,
    at,
    draft,
    proposal,
    proposal_view,
    roster,
    service,
    unplaced,
    ways_out,
)
from tests.support.change_samples import change_views
from tests.support.course_samples import course_views
from tests.support.meeting_samples import (
    asked_before_views,
    coming,
    meeting_ask,
    meeting_views,
    room_views,
    too_few,
)
from tests.support.notice_samples import notice_views
from tests.support.order_samples import order_form_views
from tests.support.register_samples import register_views
from tests.support.request_samples import ALL_DONE, held, request_views, waiting_views
from tests.support.run_samples import run_views, template_views
from tests.support.scheduling_samples import CLOCK, LATE, scheduling_views
from tests.support.setup_samples import setup_views

PAUSED = {"trouble": "paused", "paused": Paused(by_name="Priya Nair", until=at(12, 17))}


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
WISH = Wish(type_id="1:1", facilitator_id="m1", dates=ask().dates, minutes=30, place=PlaceKind.ROOM)


EXAMPLES = ("1:1 with Asha next week", "One-to-one with my team next week", "help")


def form_views() -> dict[str, View]:
    """Return forms and refusals."""
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
    asked = draft(DraftState.ASKING, **to_payload(WISH))
    custom = replace(WISH, attendee_ids=("a00", "a01"), window=WallWindow(time(9, 30), time(12)))
    lost = {
        "names": ["Jürgen Weiß"],
        "first": "2026-12-14",
        "last": "2026-12-18",
        "until": "2026-12-13",
    }
    return {
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
        "refusal-shared": RefusalView(refusal=Refusal.WFM_AWAY, facts={}, shared=True),
        "refusal-unknown-person": RefusalView(refusal=Refusal.UNKNOWN_PERSON, facts={}),
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
        **asked_before_views(),
        **room_views(),
    }


def _unheld() -> WorkItemView:
    """Return a work item about a booked session that no longer holds."""
    return work_item(cause=WorkItemCause.UNHELD, ways_out=(), days=(), trouble="unheld_schedule")


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
        "open": work_item(**CLOCK),
        "claimed": work_item(**claimed, **CLOCK),
        "overdue": work_item(**LATE),
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
        "no-substitute": work_item(
            cause=WorkItemCause.NO_SUBSTITUTE, **no_search, trouble="trainers_busy"
        ),
        "paused": work_item(cause=WorkItemCause.PAUSED, **no_search, **PAUSED, **CLOCK),
        "unheld": _unheld(),
        "remote-away": work_item(
            cause=WorkItemCause.REMOTE_AWAY, **no_search, trouble="wfm_silent"
        ),
        "hostile": work_item(
            unplaced=(unplaced(0, HOSTILE),),
            requester_name=LONG,
            claimed_by=HOSTILE,
            state=WorkItemState.CLAIMED,
        ),
    }
    return {f"item-{name}": WorkItemCardView(item=item) for name, item in items.items()}


def meeting_items() -> dict[str, View]:
    """Return work items of one meeting: no time for enough people, and what was given up."""
    shared = {"ask": meeting_ask(), "type_name": "Team meeting"}
    items = {
        "meeting": work_item(**shared, unplaced=(too_few(),), ways_out=too_few().ways_out),
        "meeting-lost": work_item(
            **shared,
            cause=WorkItemCause.WRITE_FAILED,
            unplaced=(),
            ways_out=(),
            days=(),
            trouble="write_failed",
            failed=(
                ("Team meeting", FailedWrite(session_id="s99", target=Target.INVITE)),
                ("Jürgen Weiß", FailedWrite(session_id="s1", target=Target.WFM)),
            ),
        ),
        "meeting-too-few": work_item(
            **shared,
            cause=WorkItemCause.TOO_FEW,
            unplaced=(),
            ways_out=(),
            days=(),
            sessions=tuple(
                coming(n, name, state, TargetState.DONE)
                for n, name in enumerate(NAMES)
                for state in [SessionState.BOOKED if n > 3 else SessionState.CANCELLED]
            ),
            **CLOCK,
        ),
    }
    return {f"item-{name}": WorkItemCardView(item=item) for name, item in items.items()}


def all_samples() -> dict[str, Sample]:
    """Return every sample by name."""
    views = (
        reading_views()
        | form_views()
        | order_form_views()
        | proposal_views()
        | request_views()
        | waiting_views()
        | notice_views()
        | change_views()
        | meeting_views(HOSTILES)
        | template_views()
        | course_views()
        | register_views()
        | setup_views()
    )
    of_one = work_item(state=WorkItemState.CLAIMED, claimed_by="Priya Nair", **CLOCK)
    items = work_item_views() | scheduling_views(work_item(**CLOCK), of_one) | meeting_items()
    samples = [Sample(name=name, view=view, viewer=MANAGER) for name, view in views.items()]
    samples += [
        Sample(name=name, view=view, viewer=SCHEDULER, refresh_for=("29:priya", "29:sam"))
        for name, view in items.items()
    ]
    stale = WorkItemCardView(
        item=work_item(), refusal=Refusal.CLAIMED_BY_OTHER, facts={"who": "Priya Nair"}
    )
    samples += [
        Sample(name=name, view=view, viewer=SCHEDULER) for name, view in run_views().items()
    ]
    everyone = replace(MANAGER, shared=True)
    samples.append(Sample(name="item-channel", view=items["item-many"], viewer=everyone))
    brief = WorkItemCardView(item=work_item(), brief=True)
    samples.append(Sample(name="item-brief", view=brief, viewer=everyone, refresh_for=("29:sam",)))
    samples.append(Sample(name="item-refused", view=stale, viewer=SCHEDULER))
    for name in (
        "proposal-one",
        "proposal-team",
        "request-booked",
        "meeting-some",
        "meeting-booked",
        "register-scored",
        "participation-team",
        "change-proposed",
        "change-swap-to-answer",
    ):
        samples.append(Sample(name=f"{name}-de", view=views[name], viewer=GERMAN))
    samples.append(Sample(name="proposal-one-us", view=views["proposal-one"], viewer=AMERICAN))
    samples.append(
        Sample(name="item-open-de", view=items["item-open"], viewer=replace(GERMAN, scheduler=True))
    )
    return {each.name: each for each in (*samples, *in_german(samples))}


def in_german(samples: list[Sample]) -> list[Sample]:
    """Return the first sample of each view that has none yet, for a reader of the longest language."""
    first: dict[type[object], Sample] = {}
    told = {type(each.view) for each in samples if each.viewer.locale == GERMAN.locale}
    for each in samples:
        if type(each.view) not in told and not EMPTY.search(each.name):
            first.setdefault(type(each.view), each)
    return [
        replace(
            each,
            name=f"{each.name}-de",
            viewer=replace(GERMAN, scheduler=each.viewer.scheduler, shared=each.viewer.shared),
        )
        for each in first.values()
    ]


EMPTY = re.compile("-(?:empty|none|nothing)")

SAMPLES = all_samples()
