"""A whole Aside for end-to-end tests: a small centre, a stand-in tenant, our Teams, tokens both ways."""

import asyncio
import csv
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from bot.app import serve
from bot.bootstrap import Aside, running
from bot.channel.turns import Speaker
from bot.identity import bind
from bot.rehearsal.chat import Chat, Tap
from bot.rehearsal.reading import speak
from bot.rehearsal.rooms import APP_ID, TENANT, User
from bot.rehearsal.teams import FakeTeams
from bot.settings import BotGroup, Settings, SmtpGroup, load_settings
from bot.world import MailSink, World, mail_sink, open_world
from graph.sandbox.model import Meeting
from scheduling.domain.people import Person
from scheduling.domain.times import DateRange
from scheduling.optimizer.pool import SolverPool
from scheduling.storage import people
from tests.support.databases import with_tables
from tests.support.edge import StoppedClock
from tests.support.identity import Identity
from tests.support.quiet import until_quiet
from wfm.centre.generate import generate
from wfm.files.template import write_folder

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CHANNEL = "Schedulers"
PATIENCE = 60.0
SEED = 20


def write_centre(folder: Path, monday: date, *, weeks: int = 2) -> None:
    """Write three teams of ten, with staffing exported on ``monday`` at seven."""
    centre = generate(SEED, monday, weeks=weeks, history_days=21, agents=30, teams=3)
    exported = datetime(monday.year, monday.month, monday.day, 7, tzinfo=UTC)
    fresh = {name: replace(series, as_of=exported) for name, series in centre.staffing.items()}
    write_folder(replace(centre, staffing=fresh), folder)


def edited(
    centre: Path, into: Path, table: str, change: Callable[[dict[str, str]], object]
) -> Path:
    """Copy a centre to ``into``, with every row of one of its tables given to ``change``."""
    shutil.copytree(centre, into)
    rewrite(into, table, change)
    return into


def rewrite(centre: Path, table: str, change: Callable[[dict[str, str]], object]) -> None:
    """Give every row of one of a centre's tables to ``change``, as a new export would have it."""
    path = centre / f"{table}.csv"
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        change(row)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@dataclass(kw_only=True)
class House:
    """Everything under test. ``open`` makes it; ``stop`` and ``start`` are a restart of the bot."""

    clock: StoppedClock
    identity: Identity
    teams: FakeTeams
    world: World
    sink: MailSink
    settings: Settings
    solver: SolverPool
    known: dict[str, Person] = field(default_factory=dict)
    aside: Aside | None = None
    _running: AsyncExitStack = field(default_factory=AsyncExitStack)

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        folder: Path,
        centre: Path,
        solver: SolverPool,
        *,
        clock: StoppedClock | None = None,
        **overrides: object,
    ) -> AsyncIterator["House"]:
        """Serve a house in ``folder`` over a copy of ``centre``; ``overrides`` are settings."""
        clock = clock or StoppedClock(MONDAY)
        wfm = folder / "wfm"
        shutil.copytree(centre, wfm)
        with_tables(folder / "aside.db")
        async with AsyncExitStack() as stack:
            identity = await stack.enter_async_context(Identity.open(app_id=APP_ID, clock=clock))
            teams = await stack.enter_async_context(FakeTeams.open(clock=clock, identity=identity))
            world = await stack.enter_async_context(open_world(wfm, clock))
            sink = stack.enter_context(mail_sink(folder / "mail"))
            house = cls(
                clock=clock,
                identity=identity,
                teams=teams,
                world=world,
                sink=sink,
                settings=_settings(folder, world, identity, sink, overrides),
                solver=solver,
            )
            stack.push_async_callback(house.stop)
            await house.start()
            yield house

    async def start(self) -> None:
        """Start the bot on what an earlier start left behind."""
        self.aside = await self._running.enter_async_context(
            running(self.settings, clock=self.clock, wfm=self.world.wfm, solver=self.solver)
        )
        door = await serve(self.aside, self.settings.host, self.settings.port)
        self._running.push_async_callback(door.close)
        self.teams.bot_url = f"{door.url}/api/messages"
        async with self.running.services.store.read() as tx:
            everyone = await people.of_unit(tx, "service")
        self.known = {person.name: person for person in everyone}

    async def stop(self) -> None:
        """Stop the bot as an operator does."""
        await self._running.aclose()
        self.aside = None

    @property
    def running(self) -> Aside:
        """The bot, which must be running."""
        assert self.aside is not None
        return self.aside

    async def quiet(self) -> None:
        """Wait until nothing that was begun goes on in the background."""
        await until_quiet(self.running.services.store)

    # People and places

    def person(self, name: str) -> Person:
        """Return somebody of the centre."""
        return self.known[name]

    def user(self, name: str, locale: str = "en-GB") -> User:
        """Return somebody's Teams account: the one that the stand-in tenant knows."""
        account = self.world.account(self.person(name))
        return self.teams.user(name, object_id=account.id, locale=locale)

    def chat(self, name: str, locale: str = "en-GB") -> Chat:
        """Return somebody's own chat with the bot."""
        return self.teams.personal(self.user(name, locale))

    async def channel(self, *readers: str, name: str = CHANNEL) -> Chat:
        """Return a channel with the app in it, as the first of ``readers``, all known, sees it."""
        await self.meets(*readers)
        channel = self.teams.channel("contact-centre", name, *(self.user(r) for r in readers))
        await channel.install()
        return channel

    async def meets(self, *names: str) -> None:
        """Let people be known to the bot: they have written to it once."""
        for name in names:
            speaker = Speaker(
                account_id=self.user(name).account_id,
                object_id=self.user(name).object_id,
                tenant_id=TENANT,
                name=name,
                locale="en-GB",
            )
            store = self.running.services.store
            assert speaker.object_id is not None
            await bind(
                store, self.clock, self.person(name).id, speaker.object_id, by="the test's set-up"
            )

    async def until(self, chat: Chat, *texts: str, seconds: float = PATIENCE) -> str:
        """Wait until the card says every one of ``texts``; return its words."""
        card = await chat.until(lambda one: all(t in read(one) for t in texts), seconds)
        return read(card)

    async def until_true(self, condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
        """Wait until something that no card shows has happened."""
        async with asyncio.timeout(seconds):
            while not condition():  # noqa: ASYNC110 what it looks at tells nobody of its changes
                await asyncio.sleep(0.02)

    async def tap(self, chat: Chat, begins: str, **values: str) -> Tap:
        """Tap the button whose title begins so."""
        title = next((one for one in chat.titles if one.startswith(begins)), begins)
        return await chat.tap(title, **values)

    async def book(self, chat: Chat, sentence: str) -> str:
        """Ask, tap Book, and wait until it is booked; return the card's words."""
        await chat.say(sentence)
        await chat.tap("Book")
        return await self.until(chat, "Undo (until")

    # What was written outside

    def changes(self) -> list[dict[str, str]]:
        """Return the rows of the WFM's change file."""
        path = self.world.folder / "changes.csv"
        if not path.exists():
            return []
        with path.open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def meetings(self) -> list[Meeting]:
        """Return the tenant's meetings that are not cancelled."""
        return [one for one in self.world.graph.sandbox.meetings if not one.cancelled]

    def events(self, mailbox: str) -> list[Meeting]:
        """Return the meetings that a person's (by name) or room's (by address) calendar holds."""
        person = self.known.get(mailbox)
        address = str(person.address).lower() if person else mailbox
        found = self.world.graph.sandbox.calendar(address)
        return [one for one in found if not one.cancelled]

    def nothing_written(self) -> bool:
        """Whether neither the WFM nor any calendar has ever been written to."""
        return not self.changes() and not self.world.graph.sandbox.meetings

    # What is true

    async def shift(self, name: str, day: date) -> tuple[datetime, datetime]:
        """Return when somebody's shift of that date begins and ends, in their own zone."""
        person = self.person(name)
        dates = DateRange(day, day + timedelta(days=1))
        (found,) = await self.running.services.wfm.schedules([person.id], dates)
        zone = ZoneInfo(person.zone)
        first, last = found.segments[0].interval, found.segments[-1].interval
        return first.start.astimezone(zone), last.end.astimezone(zone)


def read(card: dict[str, Any]) -> str:
    """Return a card's words, a line each."""
    return "\n".join(speak(card))


def _settings(
    folder: Path, world: World, identity: Identity, sink: MailSink, overrides: dict[str, object]
) -> Settings:
    values: dict[str, Any] = {
        "port": 0,
        "development": True,
        "database_url": f"sqlite:///{folder / 'aside.db'}",
        "wfm_folder": world.folder,
        "schedulers_channel": CHANNEL,
        "graph": world.graph_group(),
        "rooms": world.rooms,
        "bot": BotGroup(
            app_id=APP_ID,
            tenant_id=TENANT,
            secret=SecretStr("canary-client-secret"),
            metadata=identity.cloud.metadata,
            login=identity.cloud.login,
            issuer=identity.cloud.issuer,
            file_hosts=("127.0.0.1",),
        ),
        "smtp": SmtpGroup(
            host="127.0.0.1",
            port=sink.port,
            encryption="none",
            sender_address="aside@contoso.example",
        ),
    }
    return load_settings(**(values | overrides))
