"""Activities in the shapes that Microsoft documents, in our own words."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.channel.admission import Inbound, admit, read_activity
from bot.channel.references import ConversationKind
from bot.channel.trust import Trust
from bot.channel.turns import (
    Content,
    Installed,
    Reply,
    RosterChanged,
    Said,
    Shared,
    Tapped,
    Typed,
    Uninstalled,
)
from bot.channel.wire import content_of, conversation_of, invoke_answer

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "teams"
TRUST = Trust(
    app_id="9f6d2a10-0000-4000-8000-0000000000b0",
    tenant_id="5b3c8a52-0000-4000-8000-00000000a51d",
    host="0.0.0.0",  # noqa: S104 a real bot is reached from outside
)
ASHA = "6c2b1f0e-0000-4000-8000-000000000002"


def inbound(name: str) -> Inbound:
    read = read_activity(json.loads((FIXTURES / f"{name}.json").read_text("utf-8")))
    admit(read, TRUST, datetime(2026, 11, 23, 9, 1, tzinfo=UTC))
    return read


@pytest.mark.parametrize(
    ("chat_id", "kind"),
    [
        ("a:1xyz", ConversationKind.PERSONAL),
        (f"19:{ASHA}_{TRUST.app_id}@unq.gbl.spaces", ConversationKind.PERSONAL),
        (f"19:{ASHA}_{ASHA}@unq.gbl.spaces", ConversationKind.GROUP_CHAT),
    ],
)
def test_a_chat_of_two_people_is_nobodys_own(chat_id: str, kind: ConversationKind) -> None:
    tap = inbound("personal_tap")
    place = conversation_of(
        tap.model_copy(update={"conversation": tap.conversation.model_copy(update={"id": chat_id})})
    )
    assert place.kind is kind
    assert (place.object_id is None) is (kind is ConversationKind.GROUP_CHAT)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("channel_message", Said(text="1:1 with Asha Rao next week")),
        (
            "personal_tap",
            Tapped(
                verb="book",
                data={"draft": "d1", "version": 2, "field": "x,y"},
                card_id="1790000000002",
            ),
        ),
        (
            "personal_refresh",
            Tapped(verb="show", data={"draft": "d1"}, card_id="1790000000002", automatic=True),
        ),
        ("search", Typed(query="ash", dataset="people", data={"team": "t1"})),
        (
            "submit",
            Tapped(verb="book", data={"draft": "d1"}, card_id="1790000000002", private=False),
        ),
        ("team_install", Installed()),
        ("members_added", RosterChanged(added=(ASHA,))),
        ("channel_deleted", Uninstalled()),
        (
            "message_action",
            Shared(author_id=ASHA, author_name="Asha Rao"),
        ),
    ],
)
def test_each_kind_of_activity_is_understood(name: str, content: Content) -> None:
    assert content_of(inbound(name)) == content


@pytest.mark.parametrize(
    ("event", "content"), [("channelShared", RosterChanged()), ("teamArchived", None)]
)
def test_a_channel_that_is_shared_has_other_readers(event: str, content: Content | None) -> None:
    document = json.loads((FIXTURES / "members_added.json").read_text("utf-8"))
    del document["membersAdded"]
    document["channelData"]["eventType"] = event
    assert content_of(read_activity(document)) == content


def test_a_channel_thread_is_referred_to_as_such() -> None:
    where = conversation_of(inbound("channel_message"))
    assert where.kind is ConversationKind.CHANNEL
    assert where.conversation_id == "19:abc@thread.tacv2;messageid=1790000000001"
    assert where.base().conversation_id == where.channel_id == "19:abc@thread.tacv2"
    assert where.object_id is None


def test_a_deleted_channel_is_itself_what_is_forgotten() -> None:
    where = conversation_of(inbound("channel_deleted"))
    assert where.conversation_id == "19:abc@thread.tacv2"


def test_an_empty_reply_still_answers_each_invoke() -> None:
    for name in ("personal_tap", "search", "message_action"):
        content = content_of(inbound(name))
        assert content is not None
        assert isinstance(json.dumps(invoke_answer(content, Reply())), str)
