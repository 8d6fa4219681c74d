"""The driver of the Playground, proven against a bot of thirty lines before it judges ours."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web

from bot.playground import (
    PlaygroundError,
    PlaygroundTenant,
    PlaygroundUser,
    running,
    write_config,
)
from bot.rehearsal.serving import served
from tests.support.playground import INSTALLED, PlaygroundPage, browsing, missing

LACKING = missing()
pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("playground"),
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(LACKING is not None, reason=LACKING or ""),
]
CARD = "application/vnd.microsoft.card.adaptive"
TENANT = "5b3c8a52-0000-4000-8000-00000000a51d"
USERS = tuple(
    PlaygroundUser(
        id=f"user-{n}",
        object_id=f"00000000-0000-4000-8000-{n:012}",
        name=f"{name} Example",
        address=f"{name.lower()}@example.test",
    )
    for n, name in enumerate(("Mia", "Asha", "Bo", "Cy", "Dee", "Eve"))
)


class EchoBot:
    """Answers a message with a card, a tap with another card, and then updates the post."""

    def __init__(self) -> None:
        """Have heard nothing."""
        self.heard: list[dict[str, Any]] = []
        self.in_channel = asyncio.Event()

    def app(self) -> web.Application:
        """Return the web application."""
        app = web.Application()
        app.router.add_post("/api/messages", self._messages)
        return app

    def of_type(self, kind: str) -> list[dict[str, Any]]:
        """Return the activities of one type, in order."""
        return [activity for activity in self.heard if activity["type"] == kind]

    async def _messages(self, request: web.Request) -> web.Response:
        activity = await request.json()
        self.heard.append(activity)
        if activity["conversation"].get("conversationType") == "channel":
            self.in_channel.set()
        if activity["type"] == "message":
            await self._send("POST", activity, "", card(f"You said {activity['text']}", "Book"))
        if activity["type"] == "invoke":
            note = activity["value"]["action"]["data"]["note"]
            shown = card(f"Booked, {note}", "Undo")
            if activity["value"]["action"]["verb"] == "undo":
                shown = card("Undone by an update", "Again")
                await self._send("PUT", activity, activity["replyToId"], shown)
            return web.json_response({"statusCode": 200, "type": CARD, "value": shown})
        return web.Response()

    async def _send(
        self, method: str, heard: dict[str, Any], path: str, content: dict[str, Any]
    ) -> None:
        url = f"{heard['serviceUrl']}/v3/conversations/{heard['conversation']['id']}/activities"
        activity = {
            "type": "message",
            "from": heard["recipient"],
            "attachments": [{"contentType": CARD, "content": content}],
        }
        async with (
            aiohttp.ClientSession(raise_for_status=True) as session,
            session.request(method, f"{url}/{path}".rstrip("/"), json=activity),
        ):
            pass


def card(text: str, button: str) -> dict[str, Any]:
    """Return a card with a text, two inputs and a button."""
    shade = {"title": "Green", "value": "green"}, {"title": "Blue", "value": "blue"}
    return {
        "type": "AdaptiveCard",
        "version": "1.5",
        "body": [
            {"type": "TextBlock", "text": text, "wrap": True},
            {"type": "Input.Text", "id": "note", "label": "Note"},
            {"type": "Input.ChoiceSet", "id": "shade", "label": "Shade", "choices": list(shade)},
        ],
        "actions": [{"type": "Action.Execute", "title": button, "verb": button.lower()}],
    }


def tenant() -> PlaygroundTenant:
    """Return a tenant in which Mia types."""
    return PlaygroundTenant(tenant_id=TENANT, bot_id="bot", current_user=USERS[0], others=USERS[1:])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot() -> EchoBot:
    """Return a bot that has heard nothing yet."""
    return EchoBot()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def page(
    bot: EchoBot, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[PlaygroundPage]:
    """Open the Playground in a browser, talking to the bot."""
    folder = tmp_path_factory.mktemp("playground")
    config = write_config(folder, tenant())
    async with (
        served(bot.app()) as bot_url,
        running(INSTALLED, config, bot_url=f"{bot_url}/api/messages", port=0) as url,
        browsing(url, folder / "profile") as page,
    ):
        yield page


async def test_a_sentence_a_tap_and_an_update_are_seen(bot: EchoBot, page: PlaygroundPage) -> None:
    await page.open("Personal Chat")
    await page.say("1:1 with Asha next week")
    await page.until("You said 1:1 with Asha next week")
    await page.fill("Note", "in the quiet room")
    await page.choose("Shade", "Blue")
    await page.tap("Book")
    await page.until("Booked, in the quiet room")
    await page.fill("Note", "again")
    await page.tap("Undo")
    await page.until("Undone by an update")
    assert "Undone by an update" in await page.last_card_text()
    tapped = bot.of_type("invoke")[0]
    assert tapped["from"]["aadObjectId"] == USERS[0].object_id
    assert tapped["value"]["action"]["data"] == {"note": "in the quiet room", "shade": "blue"}
    assert (await page.screenshot("driver")).stat().st_size > 10_000


async def test_opening_a_channel_tells_the_bot_that_it_was_added(
    bot: EchoBot, page: PlaygroundPage
) -> None:
    await page.open("Schedulers")
    await asyncio.wait_for(bot.in_channel.wait(), 10)
    added = bot.of_type("installationUpdate")[-1]["channelData"]
    assert added["channel"]["id"] == tenant().channel_name
    assert added["tenant"]["id"] == TENANT


async def test_it_listens_on_this_machine_only(tmp_path: Path) -> None:
    config = write_config(tmp_path, tenant())
    async with running(INSTALLED, config, bot_url="http://127.0.0.1:9/none", port=0) as url:
        port = int(url.rpartition(":")[2])
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.2", port)


async def test_a_refused_configuration_says_why(tmp_path: Path) -> None:
    config = write_config(tmp_path, tenant())
    config.write_text('{"version": "0.1.1"}', encoding="utf-8")
    with pytest.raises(PlaygroundError, match="must have required property"):
        async with running(INSTALLED, config, bot_url="http://127.0.0.1:9/api/messages", port=0):
            pass
