"""Sample cards of schedulers' own work: reminders, grouped causes, the queue, pauses, rushes, offers."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from dialogs.scheduler_views import (
    EarlierView,
    EarlyOfferView,
    GroupView,
    Mentioned,
    NudgeView,
    PauseView,
    QueueView,
    ReliefView,
)
from dialogs.views import View
from scheduling.domain.changes import ChangedSession, ChangeState
from scheduling.domain.house import Paused
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.offers import OfferState, OfferView
from scheduling.domain.proposals import Option
from scheduling.domain.refusals import Refusal
from scheduling.domain.requests import SessionState, WorkItemCause, WorkItemState, WorkItemView
from scheduling.domain.rules import Rule
from scheduling.domain.service_clocks import Nudge
from scheduling.workflows.groups_port import Group, Shared
from scheduling.workflows.pausing_port import Standing
from scheduling.workflows.queue_port import Filters, Queue, QueuedItem, WaitingTicket, Which
from scheduling.workflows.rushes_port import Candidate, Relief, Shortage
from tests.support.card_facts import HOSTILE, LONDON, LONG, NAMES, NOW, half_hour, service

HOUR = timedelta(hours=1)


def mentioned(*names: str) -> tuple[Mentioned, ...]:
    """Return people who are mentioned."""
    return tuple(Mentioned(name=name, account_id=f"oid-{n}") for n, name in enumerate(names))


def nudge_views(item: WorkItemView, claimed: WorkItemView) -> dict[str, View]:
    """Return reminders: of nobody, one, many, and of people with long and hostile names."""
    assert item.state is WorkItemState.OPEN
    return {
        "nudge-remind": NudgeView(item=item, nudge=Nudge.REMIND),
        "nudge-take-on": NudgeView(item=item, nudge=Nudge.TAKE_ON),
        "nudge-mention": NudgeView(
            item=claimed, nudge=Nudge.MENTION, mentioned=mentioned("Priya Nair")
        ),
        "nudge-overdue": NudgeView(
            item=replace(item, resolve_by=NOW - HOUR / 4),
            nudge=Nudge.OVERDUE,
            mentioned=mentioned("Priya Nair", "Sam Okafor", "Lena Vogt"),
        ),
        "nudge-many": NudgeView(item=item, nudge=Nudge.MENTION, mentioned=mentioned(*NAMES)),
        "nudge-hostile": NudgeView(
            item=item, nudge=Nudge.MENTION, mentioned=mentioned(HOSTILE, LONG)
        ),
    }


def pause_views() -> dict[str, View]:
    """Return auto-scheduling going on, paused for ever and for a while, resumed, and refused."""
    on = Standing(zone=LONDON, automatic=("Check-in", "Coaching"), waiting=0)
    off = replace(on, since=NOW - HOUR, by_name="Priya Nair", waiting=1)
    soon = NOW.replace(minute=0) + 2 * HOUR
    return {
        "pause-on": PauseView(standing=on),
        "pause-nothing": PauseView(standing=replace(on, automatic=())),
        "pause-paused": PauseView(standing=off),
        "pause-until": PauseView(standing=replace(off, until=soon, waiting=12), chosen=soon),
        "pause-resumed": PauseView(standing=replace(on, resumed=12)),
        "pause-hostile": PauseView(
            standing=replace(off, by_name=HOSTILE, automatic=(LONG, HOSTILE, *NAMES))
        ),
        "pause-refused": PauseView(
            standing=on, refusal=Refusal.PAST, facts={"last": "2026-11-11T09:00:00+00:00"}
        ),
    }


def queued(number: int, **more: object) -> QueuedItem:
    """Return a work item of the queue."""
    item = QueuedItem(
        id=f"w{number}",
        version=number,
        ticket=40 + number,
        cause=list(WorkItemCause)[number % len(WorkItemCause)],
        state=WorkItemState.OPEN,
        type_name="One-to-one",
        names=(NAMES[number],),
        requester_name="Tom Brewer",
        owner_name="",
        mine=False,
        created_at=NOW - number * HOUR,
        resolve_by=NOW + (number - 2) * HOUR,
    )
    return replace(item, **more)  # type: ignore[arg-type]


def ticket(number: int, **more: object) -> WaitingTicket:
    """Return a request whose turn has not come."""
    found = WaitingTicket(
        request_id=f"r{number}",
        ticket=60 + number,
        position=number,
        type_name="Coaching",
        names=NAMES[:number],
        requester_name="Anneliese Groß",
        created_at=NOW - HOUR / 6,
        waiting_for=None,
    )
    return replace(found, **more)  # type: ignore[arg-type]


def queue_views() -> dict[str, View]:
    """Return the queue: empty, with one, many on pages, nothing that fits, hostile, refused."""
    empty = Queue(
        zone=LONDON,
        filters=Filters(),
        items=(),
        page=0,
        pages=1,
        found=0,
        undecided=0,
        overdue=0,
        unclaimed=0,
        tickets=(),
        waiting=0,
        teams={"t1": "Billing A", "t2": "Retention East"},
        paused=None,
    )
    taken = queued(2, state=WorkItemState.CLAIMED, owner_name="Priya Nair", mine=True)
    second = queued(3, state=WorkItemState.AWAITING_SECOND, owner_name="Sam Ode")
    many = replace(
        empty,
        items=(queued(1), taken, second, *(queued(n) for n in (4, 5, 6))),
        page=1,
        pages=3,
        found=15,
        undecided=15,
        overdue=4,
        unclaimed=12,
        tickets=tuple(ticket(n) for n in range(1, 6)),
        waiting=9,
        paused=Paused(by_name="Priya Nair", until=NOW + HOUR),
    )
    nothing = replace(many, filters=Filters(which=Which.MINE), items=(), found=0, page=0, pages=1)
    hostile = replace(
        many,
        items=(queued(4, names=(HOSTILE, LONG), requester_name=LONG, owner_name=HOSTILE),),
        tickets=(ticket(1, names=(HOSTILE,), requester_name=LONG, type_name=HOSTILE),),
        teams={f"t{n}": f"{LONG} {n}" for n in range(200)},
        filters=Filters(team_id="t150", cause=WorkItemCause.NOT_PLACED),
    )
    one = replace(empty, items=(queued(1),), found=1, undecided=1, unclaimed=1, overdue=1)
    return {
        "queue-empty": QueueView(queue=empty),
        "queue-one": QueueView(queue=one),
        "queue-many": QueueView(queue=many),
        "queue-nothing-fits": QueueView(queue=nothing),
        "queue-hostile": QueueView(queue=hostile),
        "queue-refused": QueueView(
            queue=one, refusal=Refusal.ALREADY_DECIDED, facts={"who": "Priya", "what": "approved"}
        ),
    }


def group_views(item: WorkItemView) -> dict[str, View]:
    """Return groups: of one, many, decided, just decided, without a way out, hostile, and brief."""
    down = {"cause": WorkItemCause.WRITE_FAILED, "ways_out": (), "unplaced": ()}

    def of(number: int, **more: object) -> tuple[WorkItemView, ...]:
        changes: dict[str, Any] = {**down, **more}
        return tuple(replace(item, id=f"w{n}", **changes) for n in range(number))

    def group(items: tuple[WorkItemView, ...], shared: Shared, **more: object) -> GroupView:
        numbers = {one.id: 40 + n for n, one in enumerate(items)}
        found = Group(
            id="g1",
            unit_id="u1",
            zone=LONDON,
            shared=shared,
            items=items,
            tickets=numbers,
            opened_at=NOW,
        )
        return GroupView(group=replace(found, **more))  # type: ignore[arg-type]

    room = Shared(cause=WorkItemCause.WRITE_FAILED, room_name="Leeds 2.14")
    week = Shared(
        cause=WorkItemCause.NOT_PLACED,
        rules=frozenset({Rule.FLOOR, Rule.ROOM, Rule.EXCEPTION}),
        monday=date(2026, 11, 16),
    )
    away = Shared(cause=WorkItemCause.REMOTE_AWAY, trouble="calendar_silent")
    decided = of(5, state=WorkItemState.RETRIED, decided_by="Priya Nair")
    placed = of(7, cause=WorkItemCause.NOT_PLACED, unplaced=item.unplaced)
    return {
        "group-one": group(of(1), room),
        "group-many": group(of(30), away),
        "group-decided": group(decided, away, done=4, left=1),
        "group-week": group(placed, week),
        "group-hostile": group(
            of(3, state=WorkItemState.CLAIMED, claimed_by=HOSTILE, type_name=LONG),
            replace(room, room_name=HOSTILE),
        ),
        "group-brief": replace(group(placed, week), brief=True),
    }


def relief_views() -> dict[str, View]:
    """Return what could give way: nothing, one, many, offered, released, over, hostile, brief."""

    def candidate(number: int, **more: object) -> Candidate:
        found = Candidate(
            session_id=f"s{number}",
            type_name="One-to-one",
            attendee_name=NAMES[number % len(NAMES)],
            facilitator_name="Tom Brewer",
            zone=LONDON,
            interval=half_hour(12, 14 + number // 4 % 8, 15 * (number % 4)),
            helps=max(0.5 - number / 20, 0.0),
        )
        return replace(found, **more)  # type: ignore[arg-type]

    calm = Relief(
        unit_id="u1",
        zone=LONDON,
        as_of=NOW - HOUR / 12,
        reconciled=True,
        shortages=(),
        candidates=(),
        chosen=(),
    )
    short = (Shortage(demand_name="Voice", fte=3.2), Shortage(demand_name="Chat", fte=2.0))
    many = replace(
        calm,
        shortages=short,
        candidates=tuple(candidate(n) for n in range(8)),
        chosen=("s0", "s1", "s2"),
        days=(service(12, 0.7962),),
        rush_id="rush1",
    )
    one = replace(calm, candidates=(candidate(0),), reconciled=False)
    strange = {"attendee_name": HOSTILE, "facilitator_name": LONG, "type_name": LONG}
    hostile = replace(
        many,
        shortages=(Shortage(demand_name=HOSTILE, fte=2.5),),
        candidates=tuple(candidate(n, **strange) for n in range(40)),
        decided_by=HOSTILE,
        gave_way=1,
    )
    done: dict[str, Any] = {"decided_by": "Priya Nair", "gave_way": 2}
    released = replace(many, released=NAMES[:2], left=1, chosen=(), **done)
    views = {
        "nothing": calm,
        "one": one,
        "offered": many,
        "released": released,
        "let-be": replace(many, decided_by="Priya Nair", gave_way=0),
        "over": replace(calm, rush_id="rush1", over=True, **done),
        "hostile": hostile,
    }
    found: dict[str, View] = {
        f"relief-{name}": ReliefView(relief=relief) for name, relief in views.items()
    }
    return found | {"relief-brief": ReliefView(relief=many, brief=True)}


def offer_views() -> dict[str, View]:
    """Return an earlier time: offered, taken, moved, not to be had, over, gone; wanted and not."""
    session = ChangedSession(
        id="s1",
        request_id="r1",
        attendee_id="a00",
        attendee_name="Asha Patel",
        facilitator_id="m1",
        facilitator_name="Tom Brewer",
        type_name="One-to-one",
        zone=LONDON,
        interval=half_hour(16, 10),
        place=PlaceKind.ROOM,
        room_name="Leeds 2.14",
        state=SessionState.BOOKED,
    )
    option = Option(
        interval=half_hour(12, 14, 15),
        place=PlaceKind.ROOM,
        price=0.0,
        room_id="r",
        room_name="Leeds 2.15",
    )
    offer = OfferView(
        id="o1",
        version=1,
        state=OfferState.OPEN,
        session=session,
        option=option,
        expires_at=NOW + HOUR / 12,
    )
    taken = replace(offer, state=OfferState.ACCEPTED)
    strange = replace(session, facilitator_name=HOSTILE, type_name=LONG, zone="Europe/Berlin")
    offers = {
        "open": offer,
        "taken": replace(taken, moving=ChangeState.QUEUED),
        "moved": replace(taken, moving=ChangeState.DONE),
        "not-had": replace(taken, moving=ChangeState.TAKEN),
        "over": replace(offer, state=OfferState.CLOSED),
        "gone": replace(offer, state=OfferState.GONE),
        "hostile": replace(offer, session=strange),
    }
    found: dict[str, View] = {
        f"offer-{name}": EarlyOfferView(offer=each) for name, each in offers.items()
    }
    return found | {
        "earlier-wanted": EarlierView(wanted=True),
        "earlier-not": EarlierView(wanted=False),
    }


CLOCK = {"take_on_by": NOW + HOUR / 6, "resolve_by": NOW + 3 * HOUR}
"""The service clock of an item that is to be taken on in ten minutes."""
LATE = {"take_on_by": NOW - HOUR, "resolve_by": NOW - HOUR / 4}


def scheduling_views(item: WorkItemView, claimed: WorkItemView) -> dict[str, View]:
    """Return every card of schedulers' own work, about one work item, and the same once claimed."""
    return (
        nudge_views(item, claimed)
        | pause_views()
        | queue_views()
        | group_views(item)
        | relief_views()
        | offer_views()
    )
