"""Whatever comes in is either understood or refused; it never breaks us."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channel.admission import admit, read_activity
from bot.channel.bodies import parse
from bot.channel.handler import _activity
from bot.channel.refusals import Refused
from bot.channel.trust import Trust
from bot.channel.wire import content_of, conversation_of, speaker_of

TRUST = Trust(app_id="app", tenant_id="t", host="0.0.0.0")  # noqa: S104 a real bot is reached
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
PROPER: dict[str, Any] = {
    "type": "message",
    "id": "1",
    "timestamp": "2026-11-23T09:00:00.1234567Z",
    "serviceUrl": "https://smba.trafficmanager.net/emea/",
    "channelId": "msteams",
    "from": {"id": "29:x", "name": "Mia", "aadObjectId": "o"},
    "recipient": {"id": "28:app", "name": "Aside"},
    "conversation": {"id": "a:1", "conversationType": "personal", "tenantId": "t"},
    "channelData": {"tenant": {"id": "t"}, "team": None},
    "entities": [{"type": "clientInfo", "locale": "en-GB"}],
    "text": "hello",
    "value": None,
}
SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
FLAT = st.lists(SCALARS, max_size=2) | st.dictionaries(st.text(max_size=3), SCALARS, max_size=2)
JSON = SCALARS | FLAT | st.dictionaries(st.sampled_from(["id", "action", "data"]), FLAT, max_size=2)
FIELDS = st.sampled_from([*PROPER, "name", "action", "replyToId", "locale", "membersAdded"])
TYPES = st.sampled_from(["message", "invoke", "installationUpdate", "conversationUpdate", "x"])
NAMES = st.sampled_from(["adaptiveCard/action", "application/search", "composeExtension/fetchTask"])


@contextmanager
def at_worst_refused(*statuses: int) -> Iterator[None]:
    """Let the block end well, or in a refusal with one of ``statuses``; nothing else."""
    try:
        yield
    except Refused as refused:
        if refused.status not in statuses:
            raise


def receive(document: dict[str, Any]) -> object:
    inbound = read_activity(document)
    admit(inbound, TRUST, NOW)
    _activity(document)
    return speaker_of(inbound), conversation_of(inbound), content_of(inbound)


def test_a_proper_activity_is_received() -> None:
    speaker, conversation, content = receive(PROPER)
    assert (speaker.object_id, conversation.conversation_id, content.text) == ("o", "a:1", "hello")


@settings(max_examples=60)
@given(kind=TYPES, name=NAMES, changes=st.dictionaries(FIELDS, JSON, max_size=3), value=JSON)
def test_an_activity_with_anything_in_its_fields_is_received_or_refused(
    kind: str, name: str, changes: dict[str, Any], value: object
) -> None:
    with at_worst_refused(400, 403):
        receive(PROPER | {"type": kind, "name": name, "value": value} | changes)


@settings(max_examples=40)
@given(
    st.sampled_from([("action", {"type": "Action.Execute"}), ("messagePayload", {})]), JSON, JSON
)
def test_an_invoke_with_anything_in_its_value_is_received_or_refused(
    slot: tuple[str, dict[str, Any]], inner: object, data: object
) -> None:
    key, base = slot
    part = base | (
        {"data": data, "verb": inner} if key == "action" else {"from": inner, "body": data}
    )
    for name in ("adaptiveCard/action", "composeExtension/submitAction", "application/search"):
        value = {key: part, "queryOptions": data, "queryText": inner, "commandId": inner}
        with at_worst_refused(400):
            receive(PROPER | {"type": "invoke", "name": name, "value": value})


@given(st.binary(max_size=60))
def test_any_bytes_are_parsed_or_refused(raw: bytes) -> None:
    with at_worst_refused(400):
        assert isinstance(parse(raw), dict)


@given(st.dictionaries(st.text(max_size=5), JSON, max_size=3))
def test_what_is_parsed_can_be_stored_and_is_what_was_sent(document: dict[str, Any]) -> None:
    raw = json.dumps(document).encode()
    try:
        parsed = parse(raw)
    except Refused:
        assert b"\\u0000" in raw
    else:
        assert parsed == document
        json.dumps(parsed, ensure_ascii=False).encode()


@pytest.mark.parametrize(("depth", "fits"), [(32, True), (33, False)])
def test_depth_is_limited(depth: int, fits: bool) -> None:
    raw = b'{"a":' * depth + b"1" + b"}" * depth
    if fits:
        assert parse(raw)
    else:
        with pytest.raises(Refused):
            parse(raw)
