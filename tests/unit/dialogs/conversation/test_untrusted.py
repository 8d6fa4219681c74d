"""Whatever a card sends, the answer is a view, and the desk hears of nobody outside the roster."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialogs.conversation import Conversation
from dialogs.verbs import Verb
from dialogs.views import ProposalView, View
from scheduling.domain.asks import Ask
from scheduling.domain.people import Actor

CHAT = "chat-1"
MINE = {
    "d": "draft-0",
    "n": 2,
    "w": "item-1",
    "type": "one_to_one",
    "attendees": "asha,will",
    "facilitator": "morgan",
    "first": "2026-11-30",
    "last": "2026-12-04",
    "window": "10:00-12:00",
    "minutes": "45",
    "place": "online",
    "choice:asha": "1",
    "reason": "because",
    "note": "sorry",
    "way_out": "0",
}
HOSTILE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=50),
    st.lists(st.text(max_size=5), max_size=3),
    st.sampled_from(
        [
            "x" * 100_000,
            "asha," * 300,
            "asha,mallory",
            "9999-12-31",
            "0001-01-01",
            "\u0662\u0660\u0662\u0666-\u0661\u0662-\u0660\u0661",
            "2026-13-45",
            "25:00-26:00",
            "12:00-10:00",
            "00:00-24:00",
            "-5",
            "1e9",
            "\u0663\u0660",
            "\x00",
            "\ud800",
            "one_to_one' OR 1=1",
        ]
    ),
)


@given(
    verb=st.one_of(st.sampled_from([*Verb]), st.text(max_size=10)),
    changes=st.dictionaries(st.sampled_from([*MINE]), HOSTILE, max_size=4),
    extra=st.dictionaries(st.text(max_size=12), HOSTILE, max_size=3),
)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
async def test_any_payload_is_answered_with_a_view(
    verb: str,
    changes: dict[str, object],
    extra: dict[str, object],
    desk_of: Callable[[], SimpleNamespace],
    actor: Actor,
) -> None:
    desk = desk_of()
    talk = Conversation(desk)  # type: ignore[arg-type]
    assert isinstance(await talk.message(actor, CHAT, "1:1 with Asha next week"), ProposalView)
    view = await talk.act(actor, CHAT, verb, {**MINE, **extra, **changes})
    assert isinstance(view, get_args(View))
    people = {each.id for each in desk.roster_held.people}
    leaders = {each.id for each in desk.roster_held.facilitators}
    for name, facts in desk.calls:
        if name == "submit":
            assert set(facts[0]) <= {"asha"}
        for ask in (each for each in facts if isinstance(each, Ask)):
            assert set(ask.attendee_ids) <= people
            assert ask.facilitator_id in leaders
            assert ask.type_id in {each.id for each in desk.roster_held.types}


@pytest.mark.parametrize("verb", Verb)
async def test_every_field_may_be_missing(
    verb: Verb, desk_of: Callable[[], SimpleNamespace], actor: Actor
) -> None:
    for field in MINE:
        talk = Conversation(desk_of())  # type: ignore[arg-type]
        await talk.message(actor, CHAT, "1:1 with Asha next week")
        data = {name: value for name, value in MINE.items() if name != field}
        assert isinstance(await talk.act(actor, CHAT, verb, data), get_args(View))


@given(text=st.text(max_size=200))
@settings(max_examples=50, deadline=None)
async def test_any_message_is_answered_with_a_view(
    text: str, desk_of: Callable[[], SimpleNamespace], actor: Actor
) -> None:
    view = await Conversation(desk_of()).message(actor, CHAT, text)  # type: ignore[arg-type]
    assert isinstance(view, get_args(View))


@given(query=st.text(max_size=100), dataset=st.sampled_from(["people", "facilitators", "teams"]))
@settings(max_examples=50, deadline=None)
async def test_any_query_is_answered_from_the_roster(
    query: str, dataset: str, desk_of: Callable[[], SimpleNamespace], actor: Actor
) -> None:
    desk = desk_of()
    choices = await Conversation(desk).typeahead(actor, dataset, query)  # type: ignore[arg-type]
    held = desk.roster_held
    known = {each.id for each in (*held.people, *held.facilitators)}
    known |= {f"team:{each}" for each in held.teams}
    assert {each.value for each in choices} <= known
    assert len(choices) <= 15
