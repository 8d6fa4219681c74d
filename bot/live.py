"""``aside doctor --live``: tries on one room and one person what only a tenant can answer.

It books, invites, posts: real calendars and a real chat. Whatever happens, it takes back what it
made, and says what it could not. What it learnt of the tenant is written without a name in it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import web

from bot.channel.connector import Connector
from bot.channel.messages import message
from bot.channel.pace import Sleep
from bot.channel.references import Conversation, References
from bot.clocks import SystemClock
from bot.doctor import Failed, tried
from bot.findings import Finding, Trial
from bot.memory import StoredReferences
from bot.remotes import Live, open_live
from bot.settings import CalendarKind, Settings, SettingsError
from bot.sign_in import connector_of, trust_of
from dialogs.views import Viewer
from dialogs.wording import Words, mark
from scheduling.ports.clock import Clock
from scheduling.storage.store import Store

PATIENCE = 180.0
LONGEST_TOKEN = 2048
HELLO = mark("I am trying whether I can write to you. This message goes away in a moment.")
AGAIN = mark("I have edited this message. It goes away in a moment.")

Tell = Callable[[Finding], None]


async def try_live(
    settings: Settings,
    trial: Trial,
    tell: Tell,
    clock: Clock | None = None,
    pause: Sleep = asyncio.sleep,
) -> None:
    """Try everything in its order; ``tell`` hears of each as it is known, cleaning up included."""
    if settings.calendar is not CalendarKind.GRAPH:
        raise SettingsError("aside doctor --live tries a tenant: set ASIDE_CALENDAR to graph")
    clock = clock or SystemClock()
    async with AsyncExitStack() as stack:
        store = Store(settings.database_url)
        stack.push_async_callback(store.close)
        await store.prepare()
        live = await open_live(settings, clock, stack, pause, trial)
        session = await stack.enter_async_context(aiohttp.ClientSession())
        references = StoredReferences(store)
        connector = connector_of(settings, trust_of(settings), session, references, clock)
        chat = _Chat(connector, references, clock)
        try:
            for what, fix, check in _trials(settings, trial, live, chat):
                tell(await tried(what, fix, check, PATIENCE))
        finally:
            tell(await tried("clean up: chat", "delete the message by hand", chat.clean_up))
            tell(await tried("clean up: tenant", "see above", live.probe.clean_up, PATIENCE))
            tell(await tried("profile", "name a file that can be written", _written(trial, live)))


def _trials(
    settings: Settings, trial: Trial, live: Live, chat: "_Chat"
) -> list[tuple[str, str, Callable[[], Awaitable[str]]]]:
    """Return every trial with what to do where it fails."""
    probe = live.probe
    policy = "Set-CalendarProcessing for the room (docs/install.md, room policies)"
    scope = "put who leads into the scope of Calendars.ReadWrite (docs/permissions.md)"
    return [
        ("rooms", "grant Place.Read.All, or check the room's address", probe.rooms),
        ("free/busy", "check the addresses; " + scope, probe.free_busy),
        ("book", scope, probe.book),
        ("accept", policy, probe.accept),
        ("decline", policy + ": AllowConflicts $false", probe.decline),
        ("add", policy + "; Aside then waits for the room again, or asks a person", probe.add),
        (
            "versions",
            "report this: two changes of one meeting at the same moment may undo each other",
            probe.versions,
        ),
        ("online", "give who leads a licence with Teams and a mailbox", probe.online),
        (
            "subscribe",
            "let the address lead to this machine; Aside reads calendars itself meanwhile",
            lambda: _subscribed(trial, live),
        ),
        ("cancel", scope, probe.cancel),
        (
            "install",
            "grant TeamsAppInstallation.ReadWriteSelfForUser.All, allow the app for the person",
            lambda: _installed(settings, trial, live),
        ),
        (
            "post",
            "write to the bot once from anywhere, and allow the app for the person",
            lambda: _posted(trial, live, chat),
        ),
        ("edit", "report this with the log", chat.edit),
    ]


async def _subscribed(trial: Trial, live: Live) -> str:
    if trial.notify is None:
        return "not tried: no address was named with --notify"
    async with answering(trial.listen):
        return await live.probe.subscribe(trial.notify)


@asynccontextmanager
async def answering(port: int) -> AsyncIterator[None]:
    """Give Graph its token back on this machine, as text, at most so long."""

    async def validate(request: web.Request) -> web.Response:
        token = request.query.get("validationToken", "")
        if not 0 < len(token) <= LONGEST_TOKEN:
            return web.Response(status=400)
        return web.Response(text=token, content_type="text/plain")

    app = web.Application()
    app.router.add_post("/{path:.*}", validate)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield
    finally:
        await runner.cleanup()


async def _installed(settings: Settings, trial: Trial, live: Live) -> str:
    graph = settings.graph
    if graph.catalogue_id is None:
        return "not tried: ASIDE_GRAPH__CATALOGUE_ID is not set"
    account = await _account(trial, live)
    return await live.probe.install(account, graph.catalogue_id, graph.base_url)


async def _account(trial: Trial, live: Live) -> str:
    person = await live.directory.by_address(trial.person)
    if person is None:
        raise Failed("the person has no account", "check the address")
    return person.object_id


async def _posted(trial: Trial, live: Live, chat: "_Chat") -> str:
    return await chat.post(await _account(trial, live))


def _written(trial: Trial, live: Live) -> Callable[[], Awaitable[str]]:
    async def write() -> str:
        await asyncio.to_thread(trial.profile.write_text, live.probe.profile.text(), "utf-8")
        return f"{len(live.probe.profile.seen())} switches in {trial.profile}, without any name"

    return write


class _Chat:
    """One message to one person, and its end."""

    def __init__(self, connector: Connector, references: References, clock: Clock) -> None:
        self._connector = connector
        self._references = references
        self._clock = clock
        self._there: tuple[Conversation, str] | None = None

    async def post(self, object_id: str) -> str:
        """Write to the person, in their chat or in one that is made."""
        chat = await self._references.personal_for(object_id) or await self._made(object_id)
        self._there = chat, await self._connector.send(chat, self._saying(HELLO, chat))
        return "the message is in the person's chat"

    async def _made(self, object_id: str) -> Conversation:
        near = await self._references.anywhere()
        if near is None:
            raise Failed("the bot was not spoken to by anybody yet: it does not know where to post")
        conversation_id = await self._connector.create_conversation(near, object_id)
        return near.chat_with(object_id, conversation_id, self._clock.now())

    async def edit(self) -> str:
        """Put other words in the message's place."""
        if self._there is None:
            raise Failed("not tried: nothing was posted")
        await self._connector.update(*self._there, self._saying(AGAIN, self._there[0]))
        return "the message was edited in place"

    def _saying(self, text: str, chat: Conversation) -> dict[str, Any]:
        viewer = Viewer(locale=chat.locale, zone="UTC", now=self._clock.now())
        return message(text=Words.for_viewer(viewer).say(text))

    async def clean_up(self) -> str:
        """Take the message away."""
        if self._there is None:
            return "nothing to take away"
        await self._connector.delete(*self._there)
        return "the message is gone"
