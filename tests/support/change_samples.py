"""Cards of changes: proposed, under way, ended each way, asked of a peer, and which session is meant."""

from dataclasses import replace
from datetime import timedelta

from dialogs.change_views import (
    ChangeCardView,
    GivingUpView,
    SwapChoicesView,
    WhichSessionView,
)
from dialogs.verbs import Verb
from dialogs.views import View
from dialogs.windows import AFTERNOON_WINDOW
from scheduling.domain.changes import (
    ChangedSession,
    ChangeKind,
    ChangeState,
    ChangeView,
    PartPlace,
)
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.refusals import Refusal
from scheduling.domain.requests import SessionState
from scheduling.domain.selfcare import Cause
from scheduling.domain.times import DateRange
from scheduling.workflows.changes_port import SwapChoices
from tests.support.card_facts import (
    HOSTILE,
    LONDON,
    LONG,
    NAMES,
    NOW,
    at,
    half_hour,
    option,
    proposal,
    zone_for,
)
from tests.support.meeting_samples import gathered, meeting_ask

IN_TIME = NOW + timedelta(minutes=15)
PLACE = PartPlace(number=2, parts=3, opens=at(18, 0), closes=at(20, 15), next_id="s9")
THURSDAY = DateRange(at(19, 0).date(), at(20, 0).date())


def changed(number: int = 0, name: str = "Asha Patel", **more: object) -> ChangedSession:
    """Return a booked session of somebody with Tom Brewer."""
    session = ChangedSession(
        id=f"s{number}",
        request_id="r1",
        attendee_id=f"a{number:02}",
        attendee_name=name,
        facilitator_id="m1",
        facilitator_name="Tom Brewer",
        type_name="One-to-one",
        zone=zone_for(number) if number else LONDON,
        interval=half_hour(17 + number, 10, 30),
        place=PlaceKind.ROOM,
        room_name="Leeds 2.14",
        state=SessionState.BOOKED,
    )
    return replace(session, **more)  # type: ignore[arg-type]


def change(kind: ChangeKind, state: ChangeState, **more: object) -> ChangeView:
    """Return a change of Asha's session, as Tom sees it."""
    view = ChangeView(
        id="c1",
        version=2,
        kind=kind,
        state=state,
        session=changed(interval=half_hour(20, 9)),
        was=half_hour(20, 9),
        mine=True,
    )
    return replace(view, **more)  # type: ignore[arg-type]


def _moves() -> dict[str, ChangeView]:
    move, done = ChangeKind.MOVE, ChangeState.DONE
    becomes = option(half_hour(19, 14))
    free = changed(state=SessionState.RELEASED)
    hostile = changed(name=HOSTILE, facilitator_name=LONG, room_name=HOSTILE)
    offered = change(move, ChangeState.PROPOSED, proposal=proposal())
    return {
        "proposed": offered,
        "none": replace(offered, proposal=proposal(placed=0, missing=1)),
        "cannot": replace(offered, session=free, why=ChangeKind.CANNOT),
        "released": replace(offered, session=free, why=ChangeKind.RELEASE, mine=False),
        "hostile": replace(offered, session=hostile),
        "part": replace(offered, part=PLACE),
        "part-none": replace(
            offered, proposal=proposal(placed=0, missing=1), part=replace(PLACE, opens=None)
        ),
        "part-last": replace(
            offered,
            proposal=proposal(placed=0, missing=1),
            part=replace(PLACE, number=3, closes=None, next_id=None),
        ),
        "self-care": replace(offered, mine=False, by_itself=True, cause=Cause.SCHEDULE),
        "self-care-done": change(
            move,
            done,
            becomes=becomes,
            mine=False,
            by_itself=True,
            attends=True,
            cause=Cause.LEADER,
        ),
        "queued": change(move, ChangeState.QUEUED, becomes=becomes),
        "writing": change(move, ChangeState.WRITING, becomes=becomes),
        "moved": change(move, done, becomes=becomes, undo_until=IN_TIME),
        "moved-over": change(move, done, becomes=becomes),
        "taken": change(move, ChangeState.TAKEN, becomes=becomes),
        "failed": change(move, ChangeState.FAILED, becomes=becomes, trouble="write_failed"),
        "dropped": change(move, ChangeState.DROPPED),
    }


def meeting(names: tuple[str, ...] = NAMES[:9], **more: object) -> ChangedSession:
    """Return a booked meeting of several people with Tom Brewer."""
    shared = {"attendee_id": "", "attendee_name": "", "type_name": "Team meeting"}
    return changed(**{"gathers": True, "names": names, **shared, **more})


def _meetings() -> dict[str, ChangeView]:
    """Return changes of a meeting of nine people: all of them or nobody."""
    team = change(
        ChangeKind.MOVE,
        ChangeState.PROPOSED,
        session=meeting(),
        proposal=gathered(meeting_ask(9, quorum=6), NAMES[:9], missing=2),
    )
    done = replace(team, state=ChangeState.DONE, proposal=None, becomes=option(half_hour(19, 14)))
    hostile = meeting((HOSTILE, LONG, *NAMES[:2]), facilitator_name=LONG, room_name=HOSTILE)
    gone = meeting(state=SessionState.CANCELLED)
    return {
        "proposed": team,
        "none": replace(team, proposal=proposal(placed=0, missing=1)),
        "hostile": replace(team, session=hostile, left_out=(HOSTILE, LONG)),
        "one": replace(
            team,
            session=meeting(NAMES[:1]),
            proposal=gathered(meeting_ask(1, quorum=None), NAMES[:1]),
        ),
        "moved-without": replace(done, missing=(HOSTILE, "Maria Santos")),
        "moved": replace(done, undo_until=IN_TIME),
        "moved-attendee": replace(done, attends=True, mine=False),
        "cancelled": change(ChangeKind.CANCEL, ChangeState.DONE, session=gone),
    }


def _drops() -> dict[str, ChangeView]:
    gone = changed(state=SessionState.CANCELLED)
    free = changed(state=SessionState.RELEASED)
    done = ChangeState.DONE
    return {
        "cancelling": change(ChangeKind.CANCEL, ChangeState.WRITING),
        "cancelled": change(ChangeKind.CANCEL, done, session=gone),
        "gave-up": change(ChangeKind.CANNOT, done, session=free, attends=True),
        "gave-up-meeting": change(
            ChangeKind.CANNOT, done, session=changed(state=SessionState.CANCELLED), attends=True
        ),
        "gave-up-again": change(ChangeKind.CANNOT, done, attends=True),
        "freed": change(ChangeKind.RELEASE, done, session=free),
    }


def _swaps() -> dict[str, ChangeView]:
    peer = changed(1, "Jürgen Weiß", zone=LONDON)
    until = NOW + timedelta(hours=24)
    asked = change(
        ChangeKind.SWAP,
        ChangeState.ASKED,
        peer=peer,
        peer_was=peer.interval,
        expires_at=until,
        attends=True,
    )
    hostile = replace(peer, attendee_name=HOSTILE)
    return {
        "asked": asked,
        "to-answer": replace(asked, to_answer=True, mine=False, attends=False),
        "to-answer-hostile": replace(
            asked,
            to_answer=True,
            mine=False,
            attends=False,
            peer=hostile,
            session=changed(name=HOSTILE),
        ),
        "swapped": replace(asked, state=ChangeState.DONE),
        "lapsed": replace(asked, state=ChangeState.EXPIRED),
        "not-swapped": replace(asked, state=ChangeState.TAKEN),
    }


def change_views() -> dict[str, View]:
    """Return every card of this module."""
    changes = _moves() | {f"meeting-{n}": c for n, c in _meetings().items()}
    changes |= {f"drop-{n}": c for n, c in _drops().items()}
    changes |= {f"swap-{n}": c for n, c in _swaps().items()}
    views: dict[str, View] = {f"change-{n}": ChangeCardView(change=c) for n, c in changes.items()}
    several = tuple(changed(n, name) for n, name in enumerate(("Asha Patel", HOSTILE, LONG)))
    many = tuple(changed(n, "Asha Patel") for n in range(9))
    mine = changed(attendee_name="Asha Patel")
    return views | {
        "change-refused": ChangeCardView(
            change=changes["moved"], refusal=Refusal.UNDO_OVER, facts={"why": "acted"}
        ),
        "change-old-time-gone": ChangeCardView(
            change=changes["moved-over"], refusal=Refusal.OLD_TIME_GONE
        ),
        "which-move": WhichSessionView(
            verb=Verb.MOVE_SESSION, sessions=several, dates=THURSDAY, window=AFTERNOON_WINDOW
        ),
        "which-part": WhichSessionView(
            verb=Verb.CANCEL_SESSION, sessions=(meeting(), *several[:2])
        ),
        "which-meeting": WhichSessionView(
            verb=Verb.MOVE_SESSION, sessions=(meeting(), several[0]), dates=THURSDAY
        ),
        "which-cannot": WhichSessionView(verb=Verb.CANNOT, sessions=many),
        "which-cannot-one": WhichSessionView(verb=Verb.CANNOT, sessions=(mine,)),
        "which-cancel-one": WhichSessionView(verb=Verb.CANCEL_SESSION, sessions=several[-1:]),
        "giving-up": GivingUpView(verb=Verb.CANNOT, sessions=(mine, *many[1:3])),
        "giving-up-for-all": GivingUpView(
            verb=Verb.CANCEL_SESSION, sessions=(meeting(), meeting(id="s8"))
        ),
        "giving-up-hostile": GivingUpView(verb=Verb.CANCEL_SESSION, sessions=several[1:]),
        "swap-none": SwapChoicesView(choices=SwapChoices(session=mine, peers=())),
        "swap-one": SwapChoicesView(choices=SwapChoices(session=mine, peers=several[:1])),
        "swap-some": SwapChoicesView(choices=SwapChoices(session=mine, peers=several[1:])),
        "swap-refused": SwapChoicesView(
            choices=SwapChoices(session=mine, peers=several[1:]), refusal=Refusal.NO_SWAP
        ),
    }
