"""Cards with charts as Microsoft's Agents Playground draws them, which knows Teams' charts.

The Playground asks a bot that answers a sample's name with that sample's card, and nothing else.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp
from aiohttp import web

from bot import playground
from bot.playground import PlaygroundTenant, PlaygroundUser
from bot.rehearsal.rooms import TENANT
from bot.rehearsal.serving import served
from dialogs.cards import render
from tests.support.card_samples import SAMPLES
from tests.support.playground import INSTALLED, browsing

CARD = "application/vnd.microsoft.card.adaptive"
CHARTED = "playground"
"""The look of these pictures, beside light, dark and phone."""


def draw_charts(names: Sequence[str], fonts: Path) -> dict[str, bytes]:
    """Return each sample's picture; the Playground is installed if it is not.

    Its letters are those of the other pictures, from the renderer's packages in ``fonts``.
    """
    return asyncio.run(_draw(names, fonts)) if names else {}


async def _draw(names: Sequence[str], fonts: Path) -> dict[str, bytes]:
    await playground.install(INSTALLED, print)
    app = web.Application()
    app.router.add_post("/api/messages", _show)
    with TemporaryDirectory() as folder:
        config = playground.write_config(Path(folder), _tenant())
        async with (
            served(app) as bot,
            playground.running(INSTALLED, config, bot_url=f"{bot}/api/messages", port=0) as url,
            browsing(url, Path(folder) / "profile") as page,
        ):
            await page.in_letters(fonts / "node_modules" / "@fontsource" / "open-sans", "Open Sans")
            await page.open("Personal Chat")
            drawn = {}
            for number, name in enumerate(names, start=1):
                await page.say(name)
                drawn[name] = await page.picture(of=number)
            return drawn


async def _show(request: web.Request) -> web.Response:
    """Answer a message that names a sample with its card."""
    heard = await request.json()
    sample = SAMPLES.get(str(heard.get("text", "")).strip())
    if sample is not None:
        content = render(sample.view, sample.viewer, sample.refresh_for)
        activity = {
            "type": "message",
            "from": heard["recipient"],
            "attachments": [{"contentType": CARD, "content": content}],
        }
        url = f"{heard['serviceUrl']}/v3/conversations/{heard['conversation']['id']}/activities"
        async with (
            aiohttp.ClientSession(raise_for_status=True) as session,
            session.post(url, json=activity),
        ):
            pass
    return web.Response()


def _tenant() -> PlaygroundTenant:
    """Return a tenant of people who only stand in rosters."""
    users = [
        PlaygroundUser(
            id=f"user-{n}",
            object_id=f"00000000-0000-4000-8000-{n:012}",
            name=f"Reader {n}",
            address=f"reader{n}@example.test",
        )
        for n in range(playground.OTHERS + 1)
    ]
    return PlaygroundTenant(
        tenant_id=TENANT, bot_id="28:gallery", current_user=users[0], others=tuple(users[1:])
    )
