"""One bot, for bench_turns: Aside's edge or the SDK's stock CloudAdapter, in front of one listener.

    python -m benchmarks._turn_server edge|stock|patched METADATA_URL DATABASE

All check the token, write the same draft row to SQLite and answer with the same card. The port
is printed once the server listens. "patched" is the stock adapter with the one line that cures
its slowest part, a list of 500 numbers built by search in every turn.
"""

import asyncio
import json
import os
import random
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import aiohttp
import aiosqlite
from aiohttp import web
from botbuilder.core import InvokeResponse, TurnContext
from botbuilder.core.teams import TeamsActivityHandler
from botbuilder.integration.aiohttp import CloudAdapter, ConfigurationBotFrameworkAuthentication
from botbuilder.schema import AdaptiveCardInvokeResponse
from botframework.connector.auth.channel_validation import ChannelValidation
from msrest.universal_http.requests import ClientRetryPolicy

from benchmarks._turn_card import APP_ID, TENANT, SystemClock, form_card
from bot.channel.connector import Connector
from bot.channel.handler import Edge
from bot.channel.pace import ActorLimit, Pace
from bot.channel.references import MemoryReferences
from bot.channel.trust import PUBLIC, Trust
from bot.channel.turns import Reply, Tapped, Turn

CORE = 0
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Drafts:
    """The one row that a tap writes, the same for both bots."""

    def __init__(self, database: aiosqlite.Connection) -> None:
        """Keep the connection."""
        self._database = database

    async def begin(self) -> None:
        """Make the table, with write-ahead logging as in production."""
        await self._database.execute("PRAGMA journal_mode = WAL")
        await self._database.execute("PRAGMA synchronous = NORMAL")
        await self._database.execute(
            "CREATE TABLE drafts (id TEXT PRIMARY KEY, owner TEXT, version INTEGER, payload TEXT)"
        )
        await self._database.commit()

    async def save(self, draft: str, owner: str, payload: str) -> None:
        """Write one draft over its earlier version."""
        await self._database.execute(
            "INSERT INTO drafts VALUES (?, ?, 1, ?) ON CONFLICT (id)"
            " DO UPDATE SET version = version + 1, payload = excluded.payload",
            (draft, owner, payload),
        )
        await self._database.commit()


class DraftListener:
    """Aside's side of the work."""

    def __init__(self, drafts: Drafts) -> None:
        """Keep the table."""
        self._drafts = drafts

    async def on_turn(self, turn: Turn) -> Reply:
        """See Listener."""
        assert isinstance(turn.content, Tapped)
        data = turn.content.data
        await self._drafts.save(data["draft"], str(turn.speaker.object_id), json.dumps(data))
        return Reply(card=form_card())


class DraftBot(TeamsActivityHandler):  # type: ignore[misc]  # the SDK is not typed
    """The same work on the SDK's own way.

    One method earlier than its samples: after ``on_adaptive_card_invoke`` the stock adapter
    serialises a card twice, and answers 500 to one with lists in it.
    """

    def __init__(self, drafts: Drafts) -> None:
        """Keep the table."""
        super().__init__()
        self._drafts = drafts

    async def on_invoke_activity(self, turn_context: TurnContext) -> InvokeResponse:
        """Save the draft and answer with the card."""
        data = turn_context.activity.value["action"]["data"]
        owner = turn_context.activity.from_property.aad_object_id
        await self._drafts.save(data["draft"], owner, json.dumps(data))
        answer = AdaptiveCardInvokeResponse(
            status_code=200, type="application/vnd.microsoft.card.adaptive", value=form_card()
        )
        return InvokeResponse(status=200, body=answer)


class UuidIds:
    """Ids at random."""

    def new(self) -> str:
        """See Ids."""
        return uuid4().hex


def edge(metadata: str, session: aiohttp.ClientSession, drafts: Drafts) -> Handler:
    """Return Aside's way in; the limit per actor is out of the way of one busy loader."""
    cloud = replace(PUBLIC, metadata=metadata)
    trust = Trust(app_id=APP_ID, tenant_id=TENANT, host="127.0.0.1", cloud=cloud)
    references = MemoryReferences()
    return Edge(
        trust=trust,
        session=session,
        connector=Connector(
            session=session,
            trust=trust,
            tokens=None,
            references=references,
            pace=Pace(),
            rng=random.Random(0),  # noqa: S311 jitter, not secrets
        ),
        listener=DraftListener(drafts),
        references=references,
        clock=SystemClock(),
        ids=UuidIds(),
        limit=ActorLimit(burst=10**9),
    ).handle


def stock(metadata: str, drafts: Drafts) -> Handler:
    """Return the SDK's way in, on the path it takes in production."""
    ChannelValidation.open_id_metadata_endpoint = metadata
    settings = SimpleNamespace(
        APP_ID=APP_ID,
        APP_PASSWORD="unused",  # noqa: S106 an invoke sends nothing out
        APP_TYPE="SingleTenant",
        APP_TENANTID=TENANT,
    )
    adapter = CloudAdapter(ConfigurationBotFrameworkAuthentication(settings))
    bot = DraftBot(drafts)

    async def handle(request: web.Request) -> web.StreamResponse:
        answer: web.StreamResponse = await adapter.process(request, bot)
        return answer

    return handle


async def serve(kind: str, metadata: str, database: Path) -> None:
    """Serve until the input closes, which it does when the loader ends."""
    async with aiosqlite.connect(database) as connection, aiohttp.ClientSession() as session:
        drafts = Drafts(connection)
        await drafts.begin()
        if kind == "patched":
            ClientRetryPolicy.safe_codes = frozenset(ClientRetryPolicy.safe_codes)
        handler = edge(metadata, session, drafts) if kind == "edge" else stock(metadata, drafts)
        app = web.Application()
        app.router.add_post("/api/messages", handler)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        print(runner.addresses[0][1], flush=True)
        await asyncio.to_thread(sys.stdin.read)
        await runner.cleanup()


if __name__ == "__main__":
    os.sched_setaffinity(0, {CORE})
    asyncio.run(serve(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
