"""A bot of one scripted listener behind the real edge, for tests of the edge and of our Teams."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import aiohttp
from aiohttp import web

from bot.channel.connector import Connector
from bot.channel.credentials import ClientCredentials, Secret, Tokens
from bot.channel.handler import Edge
from bot.channel.pace import ActorLimit, Pace
from bot.channel.references import MemoryReferences
from bot.channel.trust import Trust
from bot.channel.turns import Reply, Turn
from bot.clocks import RandomIds
from bot.rehearsal.rooms import APP_ID, TENANT
from bot.rehearsal.serving import served
from tests.support.clocks import StoppedClock
from tests.support.identity import Identity

SECRET = "canary-client-secret"


@dataclass
class Script:
    """A listener that keeps every turn and answers with ``answer``."""

    turns: list[Turn] = field(default_factory=list)
    answer: Callable[[Turn], Awaitable[Reply]] | None = None

    async def on_turn(self, turn: Turn) -> Reply:
        """See Listener."""
        self.turns.append(turn)
        return await self.answer(turn) if self.answer else Reply()


@dataclass(kw_only=True)
class Bot:
    """All the parts under test."""

    script: Script
    edge: Edge
    connector: Connector
    references: MemoryReferences
    clock: StoppedClock
    url: str
    session: aiohttp.ClientSession
    pauses: list[float]

    def answers(self, reply: Reply) -> None:
        """Let every turn be answered with ``reply``."""

        async def answer(_turn: Turn) -> Reply:
            return replace(reply)

        self.script.answer = answer

    @classmethod
    @asynccontextmanager
    async def open(cls, *, clock: StoppedClock, identity: Identity) -> AsyncIterator["Bot"]:
        """Serve the edge on this machine, believing ``identity``; no pause is really waited for."""
        trust = Trust(
            app_id=APP_ID,
            tenant_id=TENANT,
            host="127.0.0.1",
            cloud=identity.cloud,
            development=True,
        )
        pauses: list[float] = []

        async def pause(seconds: float) -> None:
            pauses.append(seconds)

        async with aiohttp.ClientSession() as session:
            references = MemoryReferences()
            connector = Connector(
                session=session,
                trust=trust,
                tokens=Tokens(_credentials(session, identity), clock),
                references=references,
                pace=Pace(sleep=pause),
                rng=random.Random(7),  # noqa: S311 jitter, not secrets
                sleep=pause,
            )
            script = Script()
            edge = Edge(
                trust=trust,
                session=session,
                connector=connector,
                listener=script,
                references=references,
                clock=clock,
                ids=RandomIds(),
                limit=ActorLimit(clock=lambda: clock.now().timestamp()),
            )
            app = web.Application()
            app.router.add_post("/api/messages", edge.handle)
            async with served(app) as url:
                yield cls(
                    script=script,
                    edge=edge,
                    connector=connector,
                    references=references,
                    clock=clock,
                    url=f"{url}/api/messages",
                    session=session,
                    pauses=pauses,
                )
            await edge.close()


def _credentials(session: aiohttp.ClientSession, identity: Identity) -> ClientCredentials:
    return ClientCredentials(
        session=session,
        login=identity.url,
        tenant_id=TENANT,
        app_id=APP_ID,
        scope=identity.cloud.scope,
        proof=Secret(value=SECRET),
    )
