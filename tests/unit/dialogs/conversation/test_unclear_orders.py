"""An order that was understood in part asks on one card, and goes on from there."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.conversation import Conversation
from dialogs.drafting import from_payload
from dialogs.orders import Order, OrderKind
from dialogs.taps import Tap
from dialogs.unclear import ASKED
from dialogs.verbs import Verb
from dialogs.views import HelpView, OrderFormView, RefusalView, View
from scheduling.domain.people import Actor
from scheduling.domain.refusals import Refusal
from scheduling.domain.times import DateRange

CHAT = "chat-1"
DONE = RefusalView(refusal=Refusal.PAST, facts={})
FRIDAY = DateRange(date(2026, 11, 27), date(2026, 11, 28))

UNCLEAR = {
    "move Tom's 1:1 to Friday": ("move", "attendees", "ambiguous_name"),
    "verschiebe das 1:1 mit Zebedäus auf Freitag": ("move", "attendees", "unknown_name"),
    "move Asha's 1:1 to yesterday": ("move", "first", "past"),
    "move Asha's 1:1 not before noon or so": ("move", "", "not_understood"),
    "move Asha's 1:1 to 31 November": ("move", "first", "bad_date"),
    "cancel the thing with Asha": ("cancel", "", "not_understood"),
    "drop Zebedee's 1:1": ("cancel", "attendees", "unknown_name"),
    "drop Zebedee\u2019s 1:1": ("cancel", "attendees", "unknown_name"),
    "storniere das 1:1 mit Tom": ("cancel", "attendees", "ambiguous_name"),
    "cancel Asha's training": ("cancel", "type", "unknown_type"),
    "add a note to Tom's 1:1: bring the report": ("note", "attendees", "ambiguous_name"),
    "who has not had a huddle or 1:1 in 30 days": ("cadence", "type", "ambiguous_type"),
    "wer hatte seit 30 Tagen keine Schulung": ("cadence", "type", "unknown_type"),
    "I can't make Monday or Thursday": ("cannot", "first", "said_twice"),
    "ich kann am 31.11. nicht": ("cannot", "first", "bad_date"),
    "my meetings on 29 Feb": ("agenda", "first", "bad_date"),
    "status of Tom's 1:1": ("status", "attendees", "ambiguous_name"),
    "status of Zebedee's 1:1": ("status", "attendees", "unknown_name"),
    "wie weit ist Zebedäus' 1:1?": ("status", "attendees", "unknown_name"),
    "Zebedees 1:1 absagen": ("cancel", "attendees", "unknown_name"),
    "verschiebe Zebedees 1:1 auf Freitag": ("move", "attendees", "unknown_name"),
    "zeig mir den Status von Zebedees 1:1": ("status", "attendees", "unknown_name"),
    "zeig mir den Status von Zebedees Training": ("status", "type", "unknown_type"),
    "drop James' 1:1": ("cancel", "attendees", "unknown_name"),
    "cancel the Things 1:1": ("cancel", "", "not_understood"),
    "release half of the sessions": ("release", "", "not_understood"),
}


@dataclass(slots=True)
class Everything:
    """A topic that answers every order, and remembers it."""

    orders: frozenset[OrderKind] = frozenset(OrderKind)
    verbs: frozenset[Verb] = frozenset()
    heard: list[Order] = field(default_factory=list)

    async def ordered(self, actor: Actor, conversation_id: str, order: Order) -> View:
        """Remember the order."""
        del actor, conversation_id
        self.heard.append(order)
        return DONE

    async def tapped(self, actor: Actor, conversation_id: str, tap: Tap) -> View:
        """Never happens: it has no verbs."""
        raise AssertionError((actor, conversation_id, tap))


@pytest.fixture
def topic() -> Everything:
    return Everything()


@pytest.fixture
def talk(desk: SimpleNamespace, topic: Everything) -> Conversation:
    return Conversation(desk, (topic,))  # type: ignore[arg-type]


@pytest.mark.parametrize("text", UNCLEAR, ids=lambda text: f"sentence: {text}")
async def test_an_order_that_leaves_something_open_asks_for_it(
    text: str, talk: Conversation, actor: Actor, topic: Everything
) -> None:
    view = await talk.message(actor, CHAT, text)
    assert isinstance(view, OrderFormView)
    first = view.problems[0]
    assert (view.kind, first.field, first.kind) == UNCLEAR[text]
    assert topic.heard == []


async def test_what_was_understood_stands_on_the_card_and_is_sent_with_the_rest(
    talk: Conversation, actor: Actor, topic: Everything
) -> None:
    view = await talk.message(actor, CHAT, "move Tom's 1:1 from Thursday to Friday afternoon")
    assert isinstance(view, OrderFormView)
    wish = from_payload(view.payload)
    assert (wish.dates, wish.type_id, view.was) == (FRIDAY, "one_to_one", date(2026, 11, 26))
    sent = {
        "s": view.kind,
        "attendees": "tom-r",
        "type": "one_to_one",
        "first": "2026-11-27",
        "last": "2026-11-27",
        "window": "afternoon",
        "was": "2026-11-26",
    }
    assert await talk.act(actor, CHAT, "order", sent) == DONE
    (order,) = topic.heard
    assert (order.kind, order.problems) == (OrderKind.MOVE, ())
    assert (order.wish.attendee_ids, order.wish.dates) == (("tom-r",), FRIDAY)
    assert order.was == DateRange(date(2026, 11, 26), date(2026, 11, 27))


async def test_numbers_and_notes_come_back_as_well(
    talk: Conversation, actor: Actor, topic: Everything
) -> None:
    await talk.act(actor, CHAT, "order", {"s": "cadence", "period": "45", "type": "coaching"})
    await talk.act(actor, CHAT, "order", {"s": "release", "count": 3})
    await talk.act(actor, CHAT, "order", {"s": "note", "attendees": "asha", "note": " so: yes "})
    assert [(each.days, each.count, each.prose) for each in topic.heard] == [
        (45, None, ""),
        (None, 3, ""),
        (None, None, "so: yes"),
    ]


@pytest.mark.parametrize(
    ("sent", "asked"),
    [
        ({"s": "cancel", "attendees": "asha,mallory"}, ("attendees", "unknown_id")),
        ({"s": "move", "first": "2026-13-01"}, ("first", "bad_date")),
        ({"s": "cadence", "period": "many"}, ("period", "missing")),
        ({"s": "release", "count": "-1"}, ("count", "missing")),
    ],
)
async def test_what_the_card_sends_is_asked_again_where_it_cannot_be(
    sent: dict[str, object],
    asked: tuple[str, str],
    talk: Conversation,
    actor: Actor,
    topic: Everything,
) -> None:
    view = await talk.act(actor, CHAT, "order", sent)
    assert isinstance(view, OrderFormView)
    assert (view.problems[0].field, view.problems[0].kind) == asked
    assert topic.heard == []


@pytest.mark.parametrize("kind", ["", "book", "setup", "MOVE", "x" * 500])
async def test_what_is_no_such_order_gets_help(
    kind: str, talk: Conversation, actor: Actor, topic: Everything
) -> None:
    assert isinstance(await talk.act(actor, CHAT, "order", {"s": kind}), HelpView)
    assert topic.heard == []


async def test_a_name_that_only_the_topic_can_know_is_left_to_it(
    talk: Conversation, actor: Actor, desk: SimpleNamespace, topic: Everything
) -> None:
    desk.roster_held = replace(desk.roster_held, people=(), teams={}, own_teams=())
    assert await talk.message(actor, CHAT, "swap my session with Ben") == DONE
    (order,) = topic.heard
    assert [(each.kind, each.facts["said"]) for each in order.problems] == [("unknown_name", "Ben")]


@given(
    kind=st.sampled_from([each.value for each in ASKED]),
    inputs=st.dictionaries(
        st.sampled_from(["attendees", "first", "last", "was", "period", "count", "window", "note"]),
        st.one_of(st.text(max_size=30), st.integers(), st.none(), st.just("9999-12-31")),
    ),
)
@settings(max_examples=100, deadline=None)
async def test_whatever_the_card_sends_is_an_order_of_the_roster_or_asked(
    kind: str,
    inputs: dict[str, object],
    desk_of: Callable[[], SimpleNamespace],
    actor: Actor,
) -> None:
    desk, topic = desk_of(), Everything()
    talk = Conversation(desk, (topic,))  # type: ignore[arg-type]
    view = await talk.act(actor, CHAT, "order", {"s": kind, **inputs})
    assert isinstance(view, OrderFormView) or view == DONE
    people = {each.id for each in desk.roster_held.people}
    assert all(set(each.wish.attendee_ids) <= people for each in topic.heard)
