"""Sample notices of every kind for everybody whom they concern, and digests of some of them."""

from dataclasses import replace
from datetime import timedelta

from dialogs.views import DigestView, NoticeView, ObstacleView, ReachView, View
from scheduling.domain.notices import Concern, NoticeKind
from scheduling.domain.reach import Account, App, Reach
from scheduling.domain.requests import RequestState, RequestView, SessionState, Target, TargetState
from scheduling.domain.selfcare import Cause
from tests.support.card_facts import HOSTILE, LONG, NAMES, NOW, ask, unplaced
from tests.support.request_samples import ALL_DONE, held, request

UNINVITED = {**ALL_DONE, Target.INVITE: TargetState.SKIPPED}
TOLD = {
    Concern.ATTENDEE: (
        NoticeKind.BOOKED,
        NoticeKind.MOVED,
        NoticeKind.CANCELLED,
        NoticeKind.SWAPPED,
        NoticeKind.ROOM_LOST,
        NoticeKind.LED_BY,
    ),
    Concern.TRAINER: (
        NoticeKind.BOOKED,
        NoticeKind.MOVED,
        NoticeKind.CANCELLED,
        NoticeKind.GAVE_UP,
        NoticeKind.SWAPPED,
        NoticeKind.ROOM_CHANGED,
        NoticeKind.ROOM_LOST,
        NoticeKind.REGISTER_DUE,
        NoticeKind.LED_BY,
        NoticeKind.RELIEVED,
        NoticeKind.NO_SUBSTITUTE,
    ),
    Concern.REQUESTER: (
        NoticeKind.FAILED,
        NoticeKind.DECIDED,
        NoticeKind.MOVED,
        NoticeKind.CANCELLED,
        NoticeKind.GAVE_UP,
        NoticeKind.SWAPPED,
        NoticeKind.ROOM_LOST,
        NoticeKind.LEFT,
        NoticeKind.OVERDUE,
        NoticeKind.LED_BY,
        NoticeKind.ABSENT,
        NoticeKind.TOO_FEW,
    ),
    Concern.SCHEDULERS: (
        NoticeKind.MOVED,
        NoticeKind.GAVE_UP,
        NoticeKind.ROOM_CHANGED,
        NoticeKind.REGISTER_DUE,
    ),
}


def about(*names: str, targets: dict[Target, TargetState] = ALL_DONE) -> RequestView:
    """Return a booked request with a session for each name."""
    sessions = tuple(held(index, name, targets) for index, name in enumerate(names))
    return request(RequestState.BOOKED, sessions, ask=ask(max(len(names), 1))).request


def notice(kind: NoticeKind, concern: Concern, view: RequestView) -> NoticeView:
    """Return a notice; a requester can have the card of the request."""
    own = "Zk3vQ9d1TqGm8w" if concern is Concern.REQUESTER else None
    return NoticeView(kind=kind, concern=concern, request=view, draft_id=own, draft_version=4)


def notice_views() -> dict[str, View]:
    """Return every notice with one session, then those of none, many, and hostile names."""
    one, nobody, many = about("Asha Patel"), about(), about(*NAMES[:5])
    unbooked = replace(nobody, unplaced=(unplaced(0, "Asha Patel"),))
    whole = {NoticeKind.FAILED, NoticeKind.DECIDED, NoticeKind.OVERDUE}
    views: dict[str, View] = {
        f"notice-{concern.value}-{kind.value}": notice(
            kind, concern, unbooked if kind in whole else one
        )
        for concern, kinds in TOLD.items()
        for kind in kinds
    }
    gone = tuple(replace(one, state=SessionState.CANCELLED) for one in many.sessions)
    before = tuple(
        replace(each, moves=1, moved_from=each.interval.start - timedelta(days=2))
        for each in one.sessions
    )
    moved = replace(one, sessions=before)
    views |= {
        "notice-uninvited": notice(
            NoticeKind.BOOKED, Concern.ATTENDEE, about("Asha Patel", targets=UNINVITED)
        ),
        "notice-failed-empty": notice(NoticeKind.FAILED, Concern.REQUESTER, nobody),
        "notice-self-care": replace(
            notice(NoticeKind.MOVED, Concern.ATTENDEE, moved),
            why={one.id: Cause.DEMAND for one in moved.sessions},
        ),
        "notice-moved-many": notice(NoticeKind.MOVED, Concern.REQUESTER, many),
        "notice-cancelled-many": notice(
            NoticeKind.CANCELLED, Concern.TRAINER, replace(many, sessions=gone)
        ),
        "notice-hostile": notice(
            NoticeKind.BOOKED, Concern.ATTENDEE, replace(one, facilitator_name=HOSTILE)
        ),
        "notice-long": notice(NoticeKind.GAVE_UP, Concern.TRAINER, about(LONG)),
    }
    return views | digest_views() | obstacle_views() | reach_views()


def digest_views() -> dict[str, View]:
    """Return digests of one, several, very many and hostile entries."""
    moved = notice(NoticeKind.MOVED, Concern.TRAINER, about("Asha Patel"))
    booked = notice(NoticeKind.BOOKED, Concern.TRAINER, about("Ben Okafor"))
    swapped = notice(NoticeKind.SWAPPED, Concern.REQUESTER, about(NAMES[3]))
    hostile = notice(NoticeKind.CANCELLED, Concern.REQUESTER, about(HOSTILE))
    long = notice(NoticeKind.MOVED, Concern.TRAINER, about(*[LONG] * 3))
    entries = {
        "one": (moved,),
        "some": (moved, booked, swapped),
        "many": (moved, booked, swapped) * 7,
        "hostile": (hostile, long) * 12,
    }
    since = NOW - timedelta(hours=19)
    return {
        f"digest-{name}": DigestView(since=since, notices=notices)
        for name, notices in entries.items()
    }


def obstacle_views() -> dict[str, View]:
    """Return each thing that keeps Aside from writing, one of them solved, one of many."""
    since = NOW - timedelta(hours=3)
    causes = {
        "disabled": "BotDisabledByAdmin",
        "removed": "BotNotInConversationRoster",
        "blocked": "ConversationBlockedByUser",
        "closed": "MessageWritesBlocked",
        "channel": "SchedulersChannelGone",
        "unknown": "Other",
    }
    views: dict[str, View] = {
        f"obstacle-{name}": ObstacleView(cause=cause, affected=1, since=since)
        for name, cause in causes.items()
    }
    many = ObstacleView(cause="ConversationBlockedByUser", affected=1234, since=since)
    return views | {"obstacle-many": many, "obstacle-solved": replace(many, until=NOW)}


def reach_of(number: int, name: str, **lacking: object) -> Reach:
    """Return somebody whom everything reaches, except for what is ``lacking``."""
    whole = Reach(
        person_id=f"a{number:02}",
        name=name,
        mailbox=True,
        in_wfm=True,
        account=Account.ENABLED,
        app=App.THERE,
    )
    return replace(whole, **lacking)  # type: ignore[arg-type]


def reach_views() -> dict[str, View]:
    """Return who can be reached: nobody there, everybody, each thing that may lack, very many."""
    lacking = (
        reach_of(1, "Ben Okafor", mailbox=False),
        reach_of(2, NAMES[3], app=App.UNKNOWN),
        reach_of(3, NAMES[4], app=App.ASKED),
        reach_of(4, LONG, app=App.REFUSED, mailbox=False),
        reach_of(5, HOSTILE, app=App.BLOCKED),
        reach_of(6, NAMES[5], account=Account.DISABLED),
    )
    many = tuple(reach_of(n, f"{LONG} {n}", mailbox=False) for n in range(300))
    groups = {
        "empty": (),
        "one": (reach_of(0, "Asha Patel"),),
        "lacking": (reach_of(0, "Asha Patel"), *lacking),
        "many": many,
    }
    return {f"reach-{name}": ReachView(people=people) for name, people in groups.items()}
