"""The abuse cases of the edge: each is turned away, never with a 500, and has no effect."""

import asyncio
import copy
import json
from collections.abc import AsyncIterator, MutableMapping
from datetime import timedelta
from typing import Any

import aiohttp
import jwt
import pytest

from bot.channel.bodies import LARGEST
from bot.channel.turns import Reply
from bot.rehearsal.rooms import TENANT
from bot.rehearsal.teams import FakeTeams
from tests.support.edge import Bot
from tests.support.identity import Identity, public_jwk

OTHER_TENANT = "11111111-0000-4000-8000-000000000000"


@pytest.fixture
def activity(teams: FakeTeams) -> dict[str, Any]:
    """Return a right and proper message."""
    chat = teams.personal(teams.user("Mia"))
    return chat._activity("message") | {"text": "hello"}


async def status_of(teams: FakeTeams, activity: dict[str, Any], token: str | None = None) -> int:
    return (await teams.deliver(activity, token=token)).status


async def raw_status(bot: Bot, body: bytes, token: str, **headers: str) -> int:
    headers |= {"Authorization": f"Bearer {token}"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(bot.url, data=body, headers=headers) as response,
    ):
        assert await response.read() == b""
        return response.status


async def test_the_right_token_is_let_in(
    bot: Bot, teams: FakeTeams, activity: dict[str, Any]
) -> None:
    assert await status_of(teams, activity) == 200
    assert len(bot.script.turns) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"aud": "another-bot"},
        {"iss": "https://sts.windows.net/evil/"},
        {"serviceurl": "https://smba.trafficmanager.net/emea/"},
        {"serviceurl": ["http://127.0.0.1"]},
        {"exp": "soon"},
        {"exp": 1},
        {"nbf": 4_000_000_000},
        {"life": timedelta(minutes=-6)},
        {"without": ("exp",)},
        {"without": ("aud",)},
        {"without": ("iss",)},
        {"without": ("serviceurl",)},
        {"number": 99},
        {"header": {"kid": "unheard-of"}},
        {"header": {"kid": ""}},
        {"header": {"alg": "RS512"}},
    ],
    ids=str,
)
async def test_a_token_with_one_thing_wrong_is_refused(
    bot: Bot, teams: FakeTeams, identity: Identity, activity: dict[str, Any], wrong: dict[str, Any]
) -> None:
    token = identity.mint(**({"service_url": activity["serviceUrl"]} | wrong))
    assert await status_of(teams, activity, token) == 401
    assert bot.script.turns == []


async def test_expiry_has_five_minutes_of_leeway(
    bot: Bot, teams: FakeTeams, identity: Identity, activity: dict[str, Any]
) -> None:
    token = identity.mint(service_url=activity["serviceUrl"], life=timedelta(minutes=-4))
    assert await status_of(teams, activity, token) == 200
    assert len(bot.script.turns) == 1


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer ", "Basic Zm9vOmJhcg=="])
async def test_a_call_without_a_bearer_token_is_refused(
    bot: Bot, activity: dict[str, Any], authorization: str | None
) -> None:
    headers = {"Authorization": authorization} if authorization is not None else {}
    async with bot.session.post(bot.url, json=activity, headers=headers) as response:
        assert response.status == 401
    assert bot.script.turns == []


@pytest.mark.parametrize("token", ["x", "a.b.c", "..", "é.é.é", "eyJhbGciOiJSUzI1NiJ9.e30.", "[]"])
async def test_garbage_in_the_place_of_a_token_is_refused(
    bot: Bot, teams: FakeTeams, activity: dict[str, Any], token: str
) -> None:
    assert await status_of(teams, activity, token) == 401
    assert bot.script.turns == []


async def test_unsigned_tokens_and_tokens_signed_with_the_public_key_are_refused(
    bot: Bot, teams: FakeTeams, identity: Identity, activity: dict[str, Any]
) -> None:
    right = identity.mint(service_url=activity["serviceUrl"])
    claims = jwt.decode(right, options={"verify_signature": False})
    none = jwt.encode(claims, None, "none", headers={"kid": identity.kid})
    published = public_jwk(identity.kid, identity.number, ("msteams",))["n"]
    confused = jwt.encode(claims, published, "HS256", headers={"kid": identity.kid})
    stripped = right.rpartition(".")[0] + "."
    for token in (none, confused, stripped):
        assert await status_of(teams, activity, token) == 401
    assert bot.script.turns == []


async def test_a_key_that_does_not_endorse_teams_signs_nothing(
    bot: Bot, teams: FakeTeams, identity: Identity, activity: dict[str, Any]
) -> None:
    identity.endorsements = ("webchat", "directline")
    assert await status_of(teams, activity) == 401
    assert bot.script.turns == []


async def test_rotated_keys_are_fetched_and_old_ones_no_longer_serve(
    bot: Bot, teams: FakeTeams, identity: Identity, activity: dict[str, Any]
) -> None:
    old = identity.mint(service_url=activity["serviceUrl"])
    assert await status_of(teams, activity, old) == 200
    identity.rotate()
    bot.clock.forward(minutes=1)
    assert await status_of(teams, activity | {"id": "2"}) == 200
    assert await status_of(teams, activity | {"id": "3"}, old) == 401


async def test_a_flood_of_unknown_keys_does_not_become_a_flood_of_fetches(
    bot: Bot, teams: FakeTeams, identity: Identity, activity: dict[str, Any]
) -> None:
    tokens = [
        identity.mint(service_url=activity["serviceUrl"], header={"kid": f"made-up-{n}"})
        for n in range(20)
    ]
    statuses = await asyncio.gather(*(status_of(teams, activity, token) for token in tokens))
    assert set(statuses) == {401}
    assert identity.fetches == 1
    assert await status_of(teams, activity) == 200
    assert len(bot.script.turns) == 1


async def test_while_the_issuer_is_down_known_keys_serve_for_three_days(
    bot: Bot, teams: FakeTeams, identity: Identity, activity: dict[str, Any]
) -> None:
    assert await status_of(teams, activity) == 200
    identity.down = True
    for hours, expected in ((71, 200), (2, 401)):
        bot.clock.forward(hours=hours)
        fresh = activity | {"timestamp": teams.timestamp(), "id": str(hours)}
        assert await status_of(teams, fresh) == expected
    assert len(bot.script.turns) == 2


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"channelId": "webchat"}, 401),
        ({"channelId": None}, 400),
        ({"serviceUrl": None}, 400),
        ({"serviceUrl": "https://evil.example/"}, 403),
        ({"channelData": {"tenant": {"id": OTHER_TENANT}}}, 403),
        ({"channelData": None}, 403),
        ({"channelData": {"tenant": None}}, 403),
        ({"conversation": {"id": "a:1", "tenantId": OTHER_TENANT}}, 403),
        ({"from": {"id": "29:x", "aadObjectId": "o", "tenantId": OTHER_TENANT}}, 403),
        ({"from": {"id": "29:x"}}, 403),
        ({"from": {"id": "29:x", "aadObjectId": ""}}, 403),
        ({"from": {"id": "29:x", "aadObjectId": "o", "userRole": "guest"}}, 403),
        ({"from": {"id": "28:x", "aadObjectId": "o", "role": "bot"}}, 403),
        ({"from": ["29:x"]}, 400),
        ({"recipient": {"id": "28:another-bot"}}, 403),
        ({"timestamp": "2026-11-23T08:44:00Z"}, 403),
        ({"timestamp": "2026-11-23T09:06:00Z"}, 403),
        ({"timestamp": "2026-11-23T09:00:00"}, 400),
        ({"timestamp": "yesterday"}, 400),
        ({"id": None}, 400),
        ({"id": 7}, 400),
        ({"conversation": {"id": "a:1", "conversationType": "moon"}}, 400),
        ({"entities": {"type": "mention"}}, 400),
        ({"type": "invoke", "name": "adaptiveCard/action", "value": "book"}, 400),
        ({"type": "invoke", "name": "adaptiveCard/action", "value": {"action": []}}, 400),
        ({"type": "invoke", "name": "task/fetch", "value": {}}, 400),
    ],
    ids=str,
)
async def test_an_activity_that_the_token_does_not_vouch_for_is_refused(
    bot: Bot,
    teams: FakeTeams,
    identity: Identity,
    activity: dict[str, Any],
    change: dict[str, Any],
    status: int,
) -> None:
    changed = activity | change
    service_url = str(changed["serviceUrl"] or "")
    token = identity.mint(service_url=service_url)
    assert await status_of(teams, changed, token) == status
    assert bot.script.turns == []


async def test_lifecycle_events_may_come_without_a_directory_identity(
    bot: Bot, teams: FakeTeams, activity: dict[str, Any]
) -> None:
    installed = activity | {"type": "installationUpdate", "action": "add", "from": {"id": "29:x"}}
    assert await status_of(teams, installed) == 200
    assert bot.script.turns[0].speaker.object_id is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"\xff\xfe",
        b'{"id": NaN}',
        b'{"text": "\\ud800"}',
        b'{"text": "\\u0000"}',
        b'{"a":' * 50 + b"1" + b"}" * 50,
        b"[" * 100_000,
        b'{"id": ' + b"9" * 50_000 + b"}",
    ],
    ids=lambda body: repr(body[:20]),
)
async def test_a_body_that_is_no_activity_is_refused(
    bot: Bot, teams: FakeTeams, identity: Identity, body: bytes
) -> None:
    token = identity.mint(service_url=teams.service_url)
    assert await raw_status(bot, body, token) == 400


async def test_a_huge_body_is_refused_before_it_is_parsed(
    bot: Bot, teams: FakeTeams, identity: Identity, activity: dict[str, Any]
) -> None:
    token = identity.mint(service_url=teams.service_url)
    body = json.dumps(activity | {"text": "x" * LARGEST}).encode()
    assert await raw_status(bot, body, token) == 413

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 65536):
            yield body[start : start + 65536]

    headers = {"Authorization": f"Bearer {token}"}
    async with bot.session.post(bot.url, data=chunks(), headers=headers) as response:
        assert response.status == 413
    assert await raw_status(bot, b"x", token, **{"Content-Encoding": "gzip"}) == 400


async def test_a_replayed_activity_has_no_second_effect(
    bot: Bot, teams: FakeTeams, identity: Identity, activity: dict[str, Any]
) -> None:
    token = identity.mint(service_url=teams.service_url)
    assert await status_of(teams, activity, token) == 200
    edited = copy.deepcopy(activity) | {"text": "book everything"}
    assert await status_of(teams, edited, token) == 200
    assert [turn.content.text for turn in bot.script.turns] == ["hello"]
    bot.clock.forward(minutes=16)
    assert await status_of(teams, activity | {"id": "new"}, token) == 403


async def test_a_replay_under_another_name_is_not_told_the_first_ones_answer(
    bot: Bot, teams: FakeTeams, activity: dict[str, Any]
) -> None:
    bot.answers(Reply(text="for Mia only"))
    tap = activity | {
        "type": "invoke",
        "name": "adaptiveCard/action",
        "value": {"action": {"type": "Action.Execute", "verb": "show"}},
    }
    assert (await teams.deliver(tap)).body["value"] == "for Mia only"
    bot.answers(Reply(text="for whoever that is"))
    stolen = tap | {"from": {"id": "29:mallory", "aadObjectId": "mallory"}}
    assert (await teams.deliver(stolen)).body["value"] == "for whoever that is"


async def test_one_persons_flood_is_cut_off_and_others_are_still_served(
    bot: Bot, teams: FakeTeams, activity: dict[str, Any]
) -> None:
    statuses = [await status_of(teams, activity | {"id": f"n{n}"}) for n in range(40)]
    assert statuses == [200] * 30 + [429] * 10
    ben = teams.personal(teams.user("Ben"))
    assert await status_of(teams, ben._activity("message") | {"text": "hello"}) == 200
    bot.clock.forward(seconds=1)
    assert await status_of(teams, activity | {"id": "later"}) == 200


async def test_no_refusal_tells_why_and_none_logs_what_was_sent(
    bot: Bot, teams: FakeTeams, identity: Identity, logs: list[MutableMapping[str, Any]]
) -> None:
    chat = teams.personal(teams.user("canary-name"))
    activity = chat._activity("message") | {"text": "canary-text", "channelId": "canary"}
    token = identity.mint(service_url=teams.service_url)
    assert await raw_status(bot, json.dumps(activity).encode(), token) == 401
    (refused,) = [entry for entry in logs if entry["event"] == "activity_refused"]
    assert refused["reason"] == "channel_not_endorsed"
    assert "canary" not in str(logs)
    assert token not in str(logs)
    assert TENANT not in str(logs)
