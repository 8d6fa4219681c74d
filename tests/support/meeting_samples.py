"""Sample views of one meeting of several people, from the form to what became of it."""

from dataclasses import replace
from datetime import timedelta

from dialogs.drafting import to_payload
from dialogs.problems import ProblemKind, problem
from dialogs.views import FormView, NoticeView, ProposalView, RequestCardView, View
from dialogs.wishes import Wish
from scheduling.domain.asks import Ask
from scheduling.domain.meetings import MeetingType, PlaceKind
from scheduling.domain.notices import Concern, NoticeKind
from scheduling.domain.people import Role
from scheduling.domain.proposals import (
    AskedBefore,
    Proposal,
    ProposedSession,
    RoomLack,
    RoomMissed,
    Unplaced,
    WayOut,
)
from scheduling.domain.refusals import Refusal
from scheduling.domain.requests import (
    DraftState,
    RequestState,
    SessionState,
    SessionView,
    Target,
    TargetState,
)
from scheduling.domain.rules import FunnelStep, Rule
from scheduling.workflows.desk_port import Roster, RosterRoom
from tests.support.card_facts import (
    HOSTILES,
    LONDON,
    LONG,
    NAMES,
    NOW,
    ask,
    curve,
    draft,
    half_hour,
    option,
    proposal,
    proposal_view,
    roster,
    service,
)
from tests.support.request_samples import request

TEAM = MeetingType(
    id="team",
    name="Team meeting",
    subject="Team meeting",
    code_id="C3",
    group=True,
    private=False,
    quorum=0.8,
)
SHARED = {
    Target.WFM: TargetState.SKIPPED,
    Target.ROOM: TargetState.DONE,
    Target.INVITE: TargetState.DONE,
    Target.NOTICE: TargetState.SKIPPED,
}
EACH = {
    Target.WFM: TargetState.DONE,
    Target.ROOM: TargetState.SKIPPED,
    Target.INVITE: TargetState.DONE,
    Target.NOTICE: TargetState.SKIPPED,
}
PENDING = dict.fromkeys((Target.ROOM, Target.INVITE), TargetState.PENDING)


def meeting_roster(names: tuple[str, ...] = NAMES) -> Roster:
    """Return what Tom Brewer may ask about, meetings of his team among it."""
    known = roster(names)
    places = {**known.type_places, TEAM.id: (PlaceKind.ROOM, PlaceKind.ONLINE)}
    return replace(known, types=(*known.types, TEAM), type_places=places)


def meeting_ask(count: int = 15, quorum: int | None = 12, optional: int = 0) -> Ask:
    """Return an ask for one meeting, the last ``optional`` of whom may be missing."""
    people = ask(count).attendee_ids
    return replace(
        ask(count),
        type_id=TEAM.id,
        together=True,
        quorum=quorum,
        optional_ids=people[count - optional :],
    )


def meeting_names(names: tuple[str, ...] = NAMES) -> dict[str, str]:
    """Return who is asked, by id."""
    return {f"a{index:02}": name for index, name in enumerate(names)}


def gathered(wanted: Ask, names: tuple[str, ...] = NAMES, missing: int = 0) -> Proposal:
    """Return three times for a meeting: at the best of them, ``missing`` cannot come."""
    away = wanted.attendee_ids[-missing:] if missing else ()
    session = ProposedSession(
        attendee_id=wanted.sought_ids[0],
        attendee_name=TEAM.name,
        zone=LONDON,
        best=replace(option(half_hour(19, 14), 3.2), missing_ids=away),
        others=(
            replace(option(half_hour(17, 9), 4.1), missing_ids=away[:1]),
            option(half_hour(18, 15, 30), 7.5, None),
        ),
        names=meeting_names(names),
    )
    return replace(
        proposal(),
        ask=wanted,
        type_name=TEAM.name,
        sessions=(session,),
        unplaced=(),
        curves=(curve(around=session.best.interval.start),),
        days=(service(19),),
    )


def too_few() -> Unplaced:
    """Return a meeting for which too few are free together, and fewer would do."""
    counts = ((Rule.TIME_WINDOW, 96, 22), (Rule.QUORUM, 22, 3), (Rule.FLOOR, 3, 0))
    fewer = replace(option(half_hour(19, 14), 2.5), missing_ids=("a03", "a07", "a11", "a14"))
    return Unplaced(
        attendee_id="a00",
        attendee_name=TEAM.name,
        zone=LONDON,
        funnel=tuple(FunnelStep(rule=rule, before=a, after=b) for rule, a, b in counts),
        conflict=frozenset({Rule.QUORUM, Rule.FLOOR}),
        ways_out=(
            WayOut(
                rules=frozenset({Rule.QUORUM}),
                count=3,
                option=fewer,
                granted_by=Role.MANAGER,
                net_before=8.2,
                net_after=0.4,
                attendee_ids=("a00",),
            ),
        ),
        names=meeting_names(),
    )


def sought(shown: Proposal, names: tuple[str, ...] = NAMES) -> ProposalView:
    """Return a meeting's proposal as its requester sees it."""
    return ProposalView(draft=draft(), roster=meeting_roster(names), proposal=shown)


def coming(index: int, name: str, state: SessionState, wfm: TargetState) -> SessionView:
    """Return somebody's part in the meeting."""
    return SessionView(
        id=f"s{index}",
        attendee_id=f"a{index:02}",
        attendee_name=name,
        zone=LONDON,
        interval=half_hour(19, 14),
        place=PlaceKind.ROOM,
        room_name="Leeds 2.14",
        state=state,
        targets={**EACH, Target.WFM: wfm},
    )


def held(
    state: RequestState,
    names: tuple[str, ...] = NAMES,
    *,
    missing: int = 0,
    written: int | None = None,
    **more: object,
) -> RequestCardView:
    """Return a meeting's request: of those who come, ``written`` have their exception."""
    wanted = meeting_ask(len(names), quorum=max(1, len(names) - 3))
    there = len(names) - missing
    done = there if written is None else written
    people = tuple(
        coming(
            index,
            name,
            SessionState.BOOKED,
            TargetState.DONE if index < done else TargetState.PENDING,
        )
        for index, name in enumerate(names[:there])
    )
    meeting = replace(
        coming(99, "", SessionState.BOOKED, TargetState.SKIPPED),
        attendee_id="",
        targets=SHARED if written is None else {**SHARED, **PENDING},
    )
    facts: dict[str, object] = {
        "ask": wanted,
        "type_name": TEAM.name,
        "gathering": meeting,
        "missing": names[there:],
    }
    return request(state, people, **(facts | more))


def lost(view: RequestCardView) -> RequestCardView:
    """Return the request after the WFM has refused its second attendee."""
    first, second, *others = view.request.sessions
    refused = replace(
        second,
        state=SessionState.FAILED,
        targets={**EACH, Target.WFM: TargetState.FAILED, Target.INVITE: TargetState.UNDONE},
    )
    return replace(view, request=replace(view.request, sessions=(first, refused, *others)))


def undone(view: RequestCardView) -> RequestCardView:
    """Return the request after everything was taken back."""
    back = dict.fromkeys(Target, TargetState.UNDONE)
    nobody = tuple(
        replace(each, state=SessionState.CANCELLED, targets=back) for each in view.request.sessions
    )
    meeting = view.request.gathering
    assert meeting is not None
    cancelled = replace(meeting, state=SessionState.CANCELLED, targets=back)
    return replace(view, request=replace(view.request, sessions=nobody, gathering=cancelled))


def meeting_views(hostiles: tuple[str, ...]) -> dict[str, View]:
    """Return meetings for one and many people, long and hostile names, and what goes wrong."""
    wish = Wish(
        type_id=TEAM.id,
        attendee_ids=ask(15).attendee_ids,
        optional_ids=("a13", "a14"),
        quorum=13,
        facilitator_id="m1",
        dates=ask().dates,
        minutes=30,
        place=PlaceKind.ROOM,
    )
    undoable = {"undo_until": NOW + timedelta(minutes=15)}
    far_too_many = (problem("quorum", ProblemKind.BAD_QUORUM, said="99", most=15),)
    return {
        "meeting-form": FormView(
            draft=draft(DraftState.ASKING, **to_payload(wish)),
            roster=meeting_roster(),
            problems=far_too_many,
        ),
        "meeting-all": sought(gathered(meeting_ask())),
        "meeting-some": sought(gathered(meeting_ask(), missing=3)),
        "meeting-optional": sought(gathered(meeting_ask(quorum=13, optional=2), missing=2)),
        "meeting-one": sought(gathered(meeting_ask(1, quorum=1), NAMES[:1])),
        "meeting-none": sought(
            replace(gathered(meeting_ask()), sessions=(), unplaced=(too_few(),), days=(), curves=())
        ),
        "meeting-hostile": sought(
            gathered(meeting_ask(len(hostiles)), hostiles, missing=4), hostiles
        ),
        "meeting-taken": replace(
            sought(gathered(meeting_ask(), missing=1)), refusal=Refusal.SLOT_TAKEN
        ),
        "meeting-booking": held(RequestState.BOOKING, written=6),
        "meeting-booked": held(RequestState.BOOKED, missing=3, **undoable),
        "meeting-booked-one": held(RequestState.BOOKED, NAMES[:1], **undoable),
        "meeting-booked-hostile": held(RequestState.BOOKED, hostiles, missing=2, **undoable),
        "meeting-partly": lost(held(RequestState.PARTLY_BOOKED, can_cancel=True)),
        "meeting-fewer": lost(
            held(
                RequestState.PARTLY_BOOKED,
                missing=3,
                ask=meeting_ask(quorum=13),
                can_cancel=True,
            )
        ),
        "meeting-undone": undone(held(RequestState.UNDONE)),
        "notice-trainer-meeting": NoticeView(
            kind=NoticeKind.BOOKED,
            concern=Concern.TRAINER,
            request=held(RequestState.BOOKED, missing=3).request,
        ),
        "meeting-escalated": held(
            RequestState.ESCALATED, gathering=None, missing=15, unplaced=(too_few(),)
        ),
    }


def room_views() -> dict[str, View]:
    """Return proposals in a room that was chosen, and what is said of one that cannot be had."""
    rooms = tuple(
        RosterRoom(id=f"r{n}", name=name, site_name=LONG if n else "Leeds")
        for n, name in enumerate(("Leeds 2.14", HOSTILES[0], LONG))
    )
    found = proposal()
    chosen = replace(found.ask, place=PlaceKind.ROOM, room_id="r0")
    shown = {"proposal-room": replace(found, ask=chosen)} | {
        f"proposal-room-{lack.value}": replace(
            found, room_missed=RoomMissed(asked=chosen, room_name=rooms[number].name, lack=lack)
        )
        for number, lack in enumerate(RoomLack)
    }
    views = {name: proposal_view(one) for name, one in shown.items()}
    return {
        name: replace(one, roster=replace(one.roster, rooms=rooms)) for name, one in views.items()
    }


def asked_before_views() -> dict[str, View]:
    """Return proposals of what others have asked for: by a deputy, by many, of people together."""
    asked = AskedBefore(
        request_id="r7",
        asked_by="Priya Nair",
        on_behalf_of=None,
        attendee_name="Asha Patel",
        zone=LONDON,
        interval=half_hour(18, 10, 30),
    )
    waits = replace(asked, interval=None)
    deputy = replace(waits, asked_by=HOSTILES[0], on_behalf_of=LONG)
    own = replace(asked, mine=True, session_id="s7")
    many = tuple(replace(asked, attendee_name=name) for name in NAMES[:6])
    one, meeting = proposal(), meeting_views(HOSTILES)["meeting-all"]
    assert isinstance(meeting, ProposalView)
    both = tuple(replace(each, attendee_name="") for each in (own, asked, waits))
    return {
        "proposal-asked-before": proposal_view(
            replace(one, asked_before=(asked, deputy)), Refusal.ALREADY_ASKED
        ),
        "proposal-asked-before-own": proposal_view(replace(one, asked_before=(own, asked))),
        "proposal-asked-before-own-many": proposal_view(
            replace(
                proposal(12),
                asked_before=(own, replace(own, attendee_name=LONG, interval=None), *many),
            )
        ),
        "proposal-asked-before-many": proposal_view(replace(proposal(12), asked_before=many)),
        "proposal-asked-before-meeting": replace(
            meeting, proposal=replace(meeting.proposal, asked_before=both)
        ),
    }
