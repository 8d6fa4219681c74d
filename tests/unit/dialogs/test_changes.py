"""Orders and taps about booked sessions: one that fits is acted on, several are asked about."""

from dataclasses import dataclass, field, replace
from datetime import date

import pytest

from dialogs import verbs
from dialogs.change_views import (
    ChangeCardView,
    GivingUpView,
    SwapChoicesView,
    WhichSessionView,
)
from dialogs.changes import ChangesTopic
from dialogs.orders import Order, OrderKind
from dialogs.register_views import SubstituteView
from dialogs.taps import read_tap
from dialogs.verbs import Verb
from dialogs.views import View
from dialogs.windows import AFTERNOON_WINDOW
from dialogs.wishes import Wish
from scheduling.domain.changes import ChangedSession, ChangeKind, ChangeState, ChangeView
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.people import Actor
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.times import DateRange, WallWindow
from scheduling.workflows.changes_port import Changes, Sought, SwapChoices
from scheduling.workflows.trainers_port import LedFacts, Seek
from tests.support.change_samples import change, changed, meeting

ME = Actor(object_id="o", tenant_id="t", name="Tom")
THURSDAY = DateRange(date(2026, 11, 19), date(2026, 11, 20))


@dataclass
class FakeChanges:
    """``Changes`` that knows ``known`` sessions, remembers calls, and refuses where it is told."""

    known: tuple[ChangedSession, ...] = ()
    peers: tuple[ChangedSession, ...] = ()
    parts: tuple[ChangedSession, ...] = ()
    together: tuple[ChangedSession, ...] = ()
    sought: list[Sought] = field(default_factory=list)
    calls: list[tuple[object, ...]] = field(default_factory=list)
    refuse: dict[str, Refusal] = field(default_factory=dict)

    async def sessions(self, actor: Actor, sought: Sought) -> tuple[ChangedSession, ...]:
        del actor
        self.sought.append(sought)
        if sought.alone:
            return self.parts
        one = sought.request_id
        return self.known if one is None else tuple(s for s in self.known if s.request_id == one)

    def _did(self, name: str, *arguments: object) -> ChangeView:
        self.calls.append((name, *arguments))
        if name in self.refuse:
            raise Refused(self.refuse[name])
        return change(ChangeKind.MOVE, ChangeState.QUEUED)

    async def propose_move(self, _: Actor, *arguments: object) -> ChangeView:
        return self._did("propose_move", *arguments)

    async def change(self, _: Actor, *arguments: object) -> ChangeView:
        return self._did("change", *arguments)

    async def move(self, _: Actor, *arguments: object) -> ChangeView:
        return self._did("move", *arguments)

    async def drop(self, _: Actor, *arguments: object) -> ChangeView:
        return self._did("drop", *arguments)

    async def undo(self, _: Actor, *arguments: object) -> ChangeView:
        return self._did("undo", *arguments)

    async def cancel(self, _: Actor, *arguments: object) -> ChangeView:
        return self._did("cancel", *arguments)

    async def cannot(self, _: Actor, *arguments: object) -> ChangeView:
        return self._did("cannot", *arguments)

    async def depending(self, _: Actor, *__: object) -> tuple[ChangedSession, ...]:
        return self.together

    async def swaps(self, _: Actor, session_id: str) -> SwapChoices:
        self._did("swaps", session_id)
        return SwapChoices(session=changed(), peers=self.peers)

    async def ask_swap(self, _: Actor, *arguments: object) -> ChangeView:
        return self._did("ask_swap", *arguments)

    async def answer_swap(self, _: Actor, *arguments: object, agree: bool) -> ChangeView:
        return self._did("answer_swap", *arguments, agree)

    async def release(self, _: Actor, *arguments: object) -> tuple[ChangeView, ...]:
        return (self._did("release", *arguments),)


@dataclass
class FakeSubstitutes:
    """``SubstituteDesk`` of who leads ``sessions``; remembers which could not be led."""

    sessions: tuple[LedFacts, ...] = ()
    given_up: list[str] = field(default_factory=list)

    async def led(
        self, actor: Actor, dates: DateRange | None, window: WallWindow | None
    ) -> tuple[LedFacts, ...]:
        del actor, dates, window
        return self.sessions

    async def cannot_lead(self, actor: Actor, session_id: str) -> LedFacts:
        del actor
        self.given_up.append(session_id)
        return next(one for one in self.sessions if one.session_id == session_id)


def topic(desk: FakeChanges, led: FakeSubstitutes | None = None) -> ChangesTopic:
    """Return the topic over the desks."""
    port: Changes = desk  # type: ignore[assignment]
    return ChangesTopic(port, led or FakeSubstitutes())


LED = LedFacts(
    session_id="led-1",
    course_name="Empathy 2",
    facilitator_name="Tom",
    interval=changed().interval,
    zone="UTC",
    place=PlaceKind.ONLINE,
    room_name=None,
    people=4,
    seek=Seek.SOUGHT,
)


async def test_who_attends_nothing_but_leads_a_course_has_another_trainer_sought() -> None:
    leads = FakeSubstitutes(sessions=(LED,))
    view = await topic(FakeChanges(), leads).ordered(
        ME, "chat", Order(kind=OrderKind.CANNOT, wish=Wish(dates=THURSDAY))
    )
    assert view == SubstituteView(led=(LED,), asks=True)
    assert leads.given_up == []


async def test_of_several_sessions_that_are_led_it_is_asked_which() -> None:
    leads = FakeSubstitutes(sessions=(LED, replace(LED, session_id="led-2")))
    view = await topic(FakeChanges(), leads).ordered(
        ME, "chat", Order(kind=OrderKind.CANNOT, wish=Wish())
    )
    assert view == SubstituteView(led=leads.sessions, asks=True)
    assert leads.given_up == []


async def order(desk: FakeChanges, kind: OrderKind, **wish: object) -> View:
    """Give an order."""
    return await topic(desk).ordered(ME, "chat", Order(kind=kind, wish=Wish(**wish)))  # type: ignore[arg-type]


async def tapped(desk: FakeChanges, verb: Verb, **data: object) -> View:
    """Tap a button about the session ``s0`` or the change ``c1``."""
    tap = read_tap(verb, {verbs.SUBJECT: "s0", **data})
    assert tap is not None
    return await topic(desk).tapped(ME, "chat", tap)


async def test_the_one_session_that_is_meant_is_moved_to_where_it_was_said() -> None:
    desk = FakeChanges(known=(changed(),))
    view = await order(
        desk, OrderKind.MOVE, attendee_ids=("a00",), dates=THURSDAY, window=AFTERNOON_WINDOW
    )
    assert isinstance(view, ChangeCardView)
    assert desk.sought == [Sought(attendee_ids=("a00",))]
    assert desk.calls == [("propose_move", "s0", THURSDAY, AFTERNOON_WINDOW)]


async def test_the_dates_of_a_cancellation_are_those_of_the_session() -> None:
    desk = FakeChanges(known=(changed(),))
    view = await order(desk, OrderKind.CANCEL, attendee_ids=("a00",), dates=THURSDAY)
    assert desk.sought == [Sought(attendee_ids=("a00",), dates=THURSDAY)]
    assert view == WhichSessionView(verb=Verb.CANCEL_SESSION, sessions=desk.known)
    assert desk.calls == []


async def test_an_agent_gives_up_a_session_of_their_own() -> None:
    desk = FakeChanges(known=(changed(),))
    view = await order(desk, OrderKind.CANNOT, attendee_ids=("a05",), dates=THURSDAY)
    assert desk.sought == [Sought(dates=THURSDAY, own=True)]
    assert view == WhichSessionView(verb=Verb.CANNOT, sessions=desk.known)
    assert desk.calls == []


async def test_the_day_that_a_moved_session_is_to_leave_says_which_it_is() -> None:
    desk = FakeChanges(known=(changed(),))
    leaving = Order(kind=OrderKind.MOVE, wish=Wish(), was=THURSDAY)
    await topic(desk).ordered(ME, "chat", leaving)
    assert desk.sought == [Sought(dates=THURSDAY)]


async def test_a_meeting_of_several_is_cancelled_for_all_where_nobody_is_named() -> None:
    desk = FakeChanges(known=(meeting(),))
    view = await order(desk, OrderKind.CANCEL, type_id="team_meeting", dates=THURSDAY)
    assert view == WhichSessionView(verb=Verb.CANCEL_SESSION, sessions=desk.known)


async def test_where_somebody_is_named_it_asks_whether_all_of_a_meeting_or_their_part() -> None:
    desk = FakeChanges(known=(meeting(),), parts=(changed(1),))
    view = await order(desk, OrderKind.CANCEL, attendee_ids=("a01",))
    assert isinstance(view, WhichSessionView)
    assert [one.id for one in view.sessions] == ["s0", "s1"]
    assert [one.alone for one in desk.sought] == [False, True]
    assert desk.calls == []
    await order(desk, OrderKind.MOVE, attendee_ids=("a01",), dates=THURSDAY)
    assert desk.calls == [("propose_move", "s0", THURSDAY, None)]


@pytest.mark.parametrize("kind", [OrderKind.MOVE, OrderKind.CANCEL, OrderKind.CANNOT])
async def test_several_are_asked_about_and_nothing_is_done(kind: OrderKind) -> None:
    desk = FakeChanges(known=(changed(0), changed(1)))
    view = await order(desk, kind, dates=THURSDAY)
    assert isinstance(view, WhichSessionView)
    assert view.sessions == desk.known
    assert view.dates == (THURSDAY if kind is OrderKind.MOVE else None)
    assert desk.calls == []


async def test_none_is_refused_in_words() -> None:
    with pytest.raises(Refused) as caught:
        await order(FakeChanges(), OrderKind.CANCEL)
    assert caught.value.refusal is Refusal.NO_SUCH_SESSION


async def test_a_peer_who_is_named_is_asked_at_once() -> None:
    peer = changed(1)
    desk = FakeChanges(known=(changed(),), peers=(peer, changed(2)))
    view = await order(desk, OrderKind.SWAP, attendee_ids=(peer.attendee_id,))
    assert isinstance(view, ChangeCardView)
    assert desk.calls[-1] == ("ask_swap", "s0", "s1")


async def test_a_peer_who_cannot_swap_is_said_beside_those_who_can() -> None:
    desk = FakeChanges(known=(changed(),), peers=(changed(2),))
    view = await order(desk, OrderKind.SWAP, attendee_ids=("a09",))
    assert isinstance(view, SwapChoicesView)
    assert (view.refusal, len(view.choices.peers)) == (Refusal.NO_SWAP, 1)


async def test_a_button_of_a_request_with_several_sessions_asks_which() -> None:
    desk = FakeChanges(known=(changed(0), changed(1)))
    view = await tapped(desk, Verb.CANCEL_SESSION, **{verbs.SUBJECT: "r1"})
    assert isinstance(view, WhichSessionView)
    assert view.verb is Verb.CANCEL_SESSION
    assert desk.calls == []


@pytest.mark.parametrize(
    ("verb", "data", "call"),
    [
        (Verb.MOVE_TO, {"option": "1", "n": 3}, ("move", "s0", 3, 1)),
        (Verb.MOVE_TO, {"option": "x", "n": 3}, ("move", "s0", 3, -1)),
        (Verb.MOVE_TO, {}, ("move", "s0", 0, -1)),
        (Verb.CHANGE, {}, ("change", "s0")),
        (Verb.CHANGE_UNDO, {}, ("undo", "s0")),
        (Verb.CHANGE_DROP, {}, ("drop", "s0")),
        (Verb.SWAP_AGREE, {"n": 2}, ("answer_swap", "s0", 2, True)),
        (Verb.SWAP_DECLINE, {"n": 2}, ("answer_swap", "s0", 2, False)),
        (Verb.SWAP_ASK, {"peer": "s9"}, ("ask_swap", "s0", "s9")),
        (Verb.MOVE_SESSION, {}, ("propose_move", "s0", None, None)),
        (Verb.MOVE_SESSION, {"first": "2026-11-19"}, ("propose_move", "s0", THURSDAY, None)),
        (Verb.MOVE_SESSION, {"first": "never"}, ("propose_move", "s0", None, None)),
        (
            Verb.MOVE_SESSION,
            {"first": "2026-11-19", "last": "2027-11-19", "window": "25:00"},
            ("propose_move", "s0", None, None),
        ),
    ],
)
async def test_a_tap_does_what_it_says_whatever_it_carries(
    verb: Verb, data: dict[str, object], call: tuple[object, ...]
) -> None:
    desk = FakeChanges()
    await tapped(desk, verb, **data)
    assert desk.calls == [call]


async def test_what_is_refused_is_said_on_the_card_of_the_change() -> None:
    desk = FakeChanges(refuse={"undo": Refusal.OLD_TIME_GONE})
    view = await tapped(desk, Verb.CHANGE_UNDO)
    assert isinstance(view, ChangeCardView)
    assert view.refusal is Refusal.OLD_TIME_GONE


async def test_a_tap_without_a_subject_is_of_nothing() -> None:
    tap = read_tap(Verb.MOVE_TO, {verbs.SUBJECT: ["x"]})
    assert tap is not None
    with pytest.raises(Refused) as caught:
        await topic(FakeChanges()).tapped(ME, "chat", tap)
    assert caught.value.refusal is Refusal.UNKNOWN_DRAFT


@pytest.mark.parametrize(
    ("verb", "call"), [(Verb.CANNOT, "cannot"), (Verb.CANCEL_SESSION, "cancel")]
)
async def test_what_goes_with_a_part_of_a_course_is_said_before_it_is_given_up(
    verb: Verb, call: str
) -> None:
    desk = FakeChanges(together=(changed(), changed(1)))
    data = {verbs.SUBJECT: "s0"}
    tap = read_tap(verb.value, data)
    assert tap is not None
    view = await topic(desk).tapped(ME, "c", tap)
    assert view == GivingUpView(verb=verb, sessions=desk.together)
    assert desk.calls == []
    sure = read_tap(verb.value, {**data, verbs.SURE: "1"})
    assert sure is not None
    assert isinstance(await topic(desk).tapped(ME, "c", sure), ChangeCardView)
    assert desk.calls == [(call, "s0")]
