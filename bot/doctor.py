"""``aside doctor``: proves each remote by calling it, and says what to fix, one line each."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from datetime import timedelta

import aiohttp
import aiosmtplib
from sqlalchemy.exc import SQLAlchemyError

from bot.channel.connector import ChannelError
from bot.channel.credentials import SignInFailed
from bot.channel.trust import ChannelMisconfigured
from bot.clocks import SystemClock
from bot.findings import Finding
from bot.memory import StoredReferences
from bot.remotes import Remotes, open_remotes
from bot.settings import CalendarKind, Settings, SettingsError, setup_of
from bot.sign_in import tokens_of, trust_of
from scheduling.domain.setup import Setup
from scheduling.domain.times import DAY, DateRange, Interval
from scheduling.ports.calendar import CalendarError
from scheduling.ports.clock import Clock
from scheduling.ports.directory import DirectoryError
from scheduling.ports.wfm import WfmError
from scheduling.storage import audit
from scheduling.storage.migrate import WrongSchema
from scheduling.storage.store import Store
from scheduling.storage.trouble import StoreUnavailable
from scheduling.workflows.setups import Setups

WEEK = timedelta(days=7)
PATIENCE = 15.0


class Failed(Exception):
    """A check's own verdict; ``fix`` only where it knows better than the check's own."""

    def __init__(self, said: str, fix: str = "") -> None:
        """Keep both."""
        super().__init__(said)
        self.fix = fix


ERRORS = (
    Failed,
    WfmError,
    CalendarError,
    DirectoryError,
    SettingsError,
    ChannelError,
    ChannelMisconfigured,
    SignInFailed,
    StoreUnavailable,
    WrongSchema,
    SQLAlchemyError,
    aiohttp.ClientError,
    aiosmtplib.SMTPException,
    OSError,
    TimeoutError,
)


async def tried(
    what: str, fix: str, check: Callable[[], Awaitable[str]], patience: float = PATIENCE
) -> Finding:
    """Return what became of ``check``, given up after ``patience`` seconds."""
    try:
        async with asyncio.timeout(patience):
            return Finding(what=what, ok=True, said=await check())
    except ERRORS as error:
        return Finding(what=what, ok=False, said=_said(error), fix=getattr(error, "fix", "") or fix)


def _said(error: BaseException) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Try everything the settings name; yield a finding as each is known."""
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        store = Store(settings.database_url)
        stack.push_async_callback(store.close)
        yield await tried(
            "database",
            "check ASIDE_DATABASE_URL, that the folder exists, and that it can be written to",
            lambda: _database(store),
        )
        yield await tried(
            "audit chain",
            "compare with a backup: somebody wrote to the audit table directly",
            lambda: _audit(store),
        )
        session = await stack.enter_async_context(aiohttp.ClientSession())

        async def teams() -> str:
            tokens = tokens_of(settings, trust_of(settings), session, clock)
            if tokens is None:
                return "development mode on this machine: no sign-in"
            await tokens.bearer()
            return "a token for the connector was given"

        yield await tried("teams sign-in", "check the bot.* settings and the app's secret", teams)
        yield await tried(
            "schedulers' channel",
            "add the app to the team, and mention it once in the channel",
            lambda: _channel(settings, store),
        )
        try:
            remotes = await open_remotes(settings, store, clock, stack)
        except ERRORS as error:
            yield Finding(
                what="remotes",
                ok=False,
                said=_said(error),
                fix="run 'aside wfm validate', and check the graph.* or smtp.* settings",
            )
            return
        setup = await _in_force(settings, store, clock)
        for what, fix, check in _remote_checks(settings, remotes, setup):
            yield await tried(what, fix, check)


def _remote_checks(
    settings: Settings, remotes: Remotes, setup: Setup
) -> list[tuple[str, str, Callable[[], Awaitable[str]]]]:
    checks: list[tuple[str, str, Callable[[], Awaitable[str]]]] = [
        ("wfm hierarchy", "check the WFM's files or sign-in", lambda: _hierarchy(remotes)),
        (
            "wfm activity codes",
            "define the code in the WFM, or name another in the meeting type",
            lambda: _codes(setup, remotes),
        ),
        (
            "wfm forecast and schedule",
            "publish a schedule and a forecast for the coming week",
            lambda: _coming_week(remotes),
        ),
    ]
    if settings.calendar is CalendarKind.SMTP:
        return [*checks, ("mail", "check the smtp.* settings", lambda: _mail(settings))]
    return [
        *checks,
        (
            "graph rooms",
            "grant Place.Read.All (docs/permissions.md)",
            lambda: _rooms(setup, remotes),
        ),
        (
            "graph free/busy",
            "put the reader mailbox into the scope of Calendars.ReadWrite (docs/permissions.md)",
            lambda: _free_busy(settings, remotes),
        ),
        (
            "graph directory",
            "grant User.Read.All (docs/permissions.md)",
            lambda: _directory(settings, remotes),
        ),
    ]


async def _database(store: Store) -> str:
    await store.prepare()
    await store.probe()
    return "can be written to"


async def _audit(store: Store) -> str:
    async with store.read() as tx:
        broken = await audit.first_break(tx)
    if broken is not None:
        raise Failed(f"line {broken} was changed, or one before it taken out")
    return "every line fits the one before it"


async def _channel(settings: Settings, store: Store) -> str:
    found = await StoredReferences(store).channel(settings.schedulers_channel)
    if found is None:
        raise Failed(f"the bot has not been seen in a channel called {settings.schedulers_channel}")
    if found.blocked:
        raise Failed(f"Teams refuses posts there: {found.blocked.value}", "allow the app again")
    return "known"


async def _hierarchy(remotes: Remotes) -> str:
    units = await remotes.wfm.units()
    agents = [len(await remotes.wfm.agents(unit.id)) for unit in units]
    people = await remotes.people()
    return f"{len(units)} unit(s), {sum(agents)} agents, {len(people)} people beside them"


async def _in_force(settings: Settings, store: Store, clock: Clock) -> Setup:
    """Return the set-up in force; where the database cannot be read, what it would begin with."""
    held = Setups(store, clock, setup_of(settings))
    with suppress(*ERRORS):
        await held.look()
    return held.setup


async def _codes(setup: Setup, remotes: Remotes) -> str:
    wanted = {kind.code_id for kind in setup.types.values() if kind.offered}
    for unit in await remotes.wfm.units():
        missing = wanted - {code.id for code in await remotes.wfm.codes(unit.id)}
        if missing:
            raise Failed(f"unit {unit.name} lacks {', '.join(sorted(missing))}")
    return f"{len(wanted)} in use, all defined"


async def _coming_week(remotes: Remotes) -> str:
    now = SystemClock().now()
    found = []
    for unit in await remotes.wfm.units():
        series = await remotes.wfm.staffing(unit.id, Interval(now, now + WEEK))
        agents = [agent.id for agent in await remotes.wfm.agents(unit.id)]
        dates = DateRange(now.date(), now.date() + 7 * DAY)
        days = await remotes.wfm.schedules(agents, dates)
        if not series:
            raise Failed(f"unit {unit.name} has no forecast for the coming week")
        if not any(day.published for day in days):
            raise Failed(f"unit {unit.name} has no published schedule for the coming week")
        found.append(f"{unit.name}: {len(series)} forecasts, {len(days)} agent days")
    return "; ".join(found)


async def _rooms(setup: Setup, remotes: Remotes) -> str:
    rooms = setup.rooms_among(await remotes.calendar.rooms())
    if not rooms:
        raise Failed("no room was listed", "create room mailboxes, or list rooms in the settings")
    return f"{len(rooms)} rooms"


async def _free_busy(settings: Settings, remotes: Remotes) -> str:
    now = SystemClock().now()
    mailbox = settings.graph.reader_mailbox
    found = await remotes.calendar.free_busy([mailbox], Interval(now, now + DAY))
    if not all(one.known for one in found):
        raise Failed("the reader mailbox's own free/busy could not be read")
    return "can be read"


async def _directory(settings: Settings, remotes: Remotes) -> str:
    if remotes.directory is None:
        return "not used"
    person = await remotes.directory.by_address(settings.graph.reader_mailbox)
    if person is None:
        raise Failed("the reader mailbox has no account", "check ASIDE_GRAPH__READER_MAILBOX")
    return "accounts can be looked up"


async def _mail(settings: Settings) -> str:
    smtp = settings.smtp
    client = aiosmtplib.SMTP(
        hostname=smtp.host,
        port=smtp.port,
        use_tls=smtp.encryption == "tls",
        start_tls=smtp.encryption == "starttls",
        timeout=PATIENCE,
    )
    async with client:
        if smtp.username and smtp.password:
            await client.login(smtp.username, smtp.password.get_secret_value())
        await client.noop()
    return "the server answers"
