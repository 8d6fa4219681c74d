"""Sample views of requests in every state; see ``card_facts`` for what they are about."""

from dataclasses import replace
from datetime import timedelta

from dialogs.views import (
    RequestCardView,
    View,
)
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.refusals import Refusal
from scheduling.domain.requests import (
    Remote,
    RequestState,
    RequestView,
    SessionState,
    SessionView,
    Target,
    TargetState,
    WorkItemState,
)
from tests.support.card_facts import (
    HOSTILE,
    LONG,
    NAMES,
    NOW,
    ask,
    half_hour,
    unplaced,
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
