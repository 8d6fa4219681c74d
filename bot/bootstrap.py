"""The composition root: settings in, a running Aside out. With ``remotes`` it alone names adapters."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import aiohttp
import structlog
from aiohttp import web

from bot.change_cards import ChangeCards
from bot.channel.connector import Connector
from bot.channel.handler import Edge
from bot.channel.trust import Trust
from bot.clocks import RandomIds, SystemClock
from bot.filing import Files
from bot.identity import Identity, refresh_people
from bot.keeping import note_settings
from bot.listener import AsideListener
from bot.maker import CardMaker
from bot.memory import StoredReferences
from bot.metrics import Metrics
from bot.offer_cards import OfferDrawer
from bot.petitioning import PetitionDrawer
from bot.register_drawing import let_draw_attendance
from bot.remotes import Remotes, open_remotes
from bot.repeats import SharedSeen
from bot.run_cards import TroubleDrawer
from bot.settings import Settings, SettingsError, setup_of
from bot.show import Showing
from bot.sign_in import connector_of, trust_of
from bot.topics import topics_of
from dialogs.conversation import Conversation
from scheduling.domain.notices import NoticeKind
from scheduling.optimizer.pool import SolverPool
from scheduling.ports.clock import Clock, Ids
from scheduling.ports.wfm import Wfm, WfmError
from scheduling.storage.opening import is_sqlite
from scheduling.storage.store import Store
from scheduling.storage.trouble import StoreUnavailable
from scheduling.workflows.changes import ChangeDesk
from scheduling.workflows.desk import FrontDesk
from scheduling.workflows.engine import Engine
from scheduling.workflows.facts import FactsReader
from scheduling.workflows.petitions import PetitionDesk
from scheduling.workflows.promises import launch, use_runtime
from scheduling.workflows.runs_desk import RunsDesk
from scheduling.workflows.runtime import Runtime
from scheduling.workflows.rushes import relief_of
from scheduling.workflows.search import Search
from scheduling.workflows.services import Services
from scheduling.workflows.setups import Policy, Setups
from scheduling.workflows.share import Share
from scheduling.workflows.watchdog import watching

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """A running Aside: what the HTTP application, the CLI and the tests take hold of."""

    settings: Settings
    edge: Edge
    desk: FrontDesk
    services: Services
    references: StoredReferences
    remotes: Remotes
    showing: Showing
    metrics: Metrics
    refresh_people: Callable[[], Awaitable[int]]
    share: Share

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one POST from the Bot Framework; 404 where only solving is done."""
        if self.share is Share.SOLVER:
            return web.Response(status=404)
        return await self.edge.handle(request)

    async def checks(self) -> Mapping[str, bool]:
        """Return whether the database can be written to (its name says why not) and the WFM answers."""
        return {**await self._database(), "wfm": await self._wfm()}

    async def _database(self) -> Mapping[str, bool]:
        try:
            await self.services.store.probe()
        except StoreUnavailable as error:
            return {f"database_{error.cause}": False}
        return {"database": True}

    async def _wfm(self) -> bool:
        try:
            return bool(await self.services.wfm.units())
        except WfmError:
            return False

    def figures(self) -> bytes:
        """Return the metrics in Prometheus' text format."""
        return self.metrics.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Basics:
    """What everything else is made from."""

    settings: Settings
    clock: Clock
    ids: Ids
    store: Store
    session: aiohttp.ClientSession
    trust: Trust
    remotes: Remotes
    metrics: Metrics
    references: StoredReferences
    setups: Setups
    connector: Connector


def _setups(settings: Settings, store: Store, clock: Clock) -> Setups:
    """Return what holds the set-up: the settings are its first version, the database all later."""
    policy = Policy(
        undo=timedelta(minutes=settings.undo_minutes),
        soft_hold=timedelta(minutes=settings.hold_minutes),
        patience=timedelta(minutes=settings.patience_minutes),
    )
    return Setups(store, clock, setup_of(settings), policy)


async def _basics(
    settings: Settings, clock: Clock, ids: Ids, stack: AsyncExitStack, wfm: Wfm | None
) -> _Basics:
    """Open the database and the remotes; they are closed with ``stack``."""
    trust = trust_of(settings)
    store = Store(settings.database_url)
    stack.push_async_callback(store.close)
    await store.prepare()
    setups = _setups(settings, store, clock)
    await setups.start()
    following = asyncio.create_task(setups.follow())
    stack.callback(following.cancel)
    await note_settings(store, settings, clock.now())
    session = await stack.enter_async_context(aiohttp.ClientSession())
    references = StoredReferences(store, settings.schedulers_channel, clock)
    return _Basics(
        settings=settings,
        clock=clock,
        ids=ids,
        store=store,
        session=session,
        trust=trust,
        remotes=await open_remotes(settings, store, clock, stack, wfm, lambda: setups.setup),
        metrics=Metrics(),
        references=references,
        setups=setups,
        connector=connector_of(settings, trust, session, references, clock),
    )


def _showing(basics: _Basics, maker: CardMaker) -> Showing:
    return Showing(
        store=basics.store,
        connector=basics.connector,
        references=basics.references,
        setups=basics.setups,
        clock=basics.clock,
        maker=maker,
        metrics=basics.metrics,
        channel=basics.settings.schedulers_channel,
    )


def _services(basics: _Basics, showing: Showing, solver: SolverPool) -> Services:
    return Services(
        store=basics.store,
        wfm=basics.remotes.wfm,
        calendar=basics.remotes.calendar,
        patient_calendar=basics.remotes.patient_calendar,
        notifier=showing,
        solver=solver,
        clock=basics.clock,
        ids=basics.ids,
        setups=basics.setups,
        channel=basics.settings.schedulers_channel,
        count=basics.metrics.reconciled,
        count_notice=basics.metrics.noticed,
        batch_solver=_lent,
        apps=basics.remotes.apps,
        directory=basics.remotes.directory,
    )


@asynccontextmanager
async def _lent() -> AsyncIterator[SolverPool]:
    """Lend a solver process of its own for as long as a run is searched."""
    pool = SolverPool(1)
    try:
        yield pool
    finally:
        await asyncio.to_thread(pool.close)


def _edge(basics: _Basics, conversation: Conversation, showing: Showing, maker: CardMaker) -> Edge:
    listener = AsideListener(
        conversation=conversation,
        identity=Identity(basics.store, basics.remotes.directory, basics.clock),
        references=basics.references,
        maker=maker,
        showing=showing,
        metrics=basics.metrics,
        files=Files(conversation, maker, basics.clock, able=basics.trust.files),
    )
    return Edge(
        trust=basics.trust,
        session=basics.session,
        connector=basics.connector,
        listener=listener,
        references=basics.references,
        clock=basics.clock,
        ids=basics.ids,
        seen=None if is_sqlite(basics.store.url) else SharedSeen(basics.store, basics.clock),
    )


def _let_draw(
    conversation: Conversation,
    desk: FrontDesk,
    runtime: Runtime,
    showing: Showing,
    basics: _Basics,
) -> None:
    """Let the conversation draw what reaches people unasked."""
    showing.redraw_with(conversation)
    showing.messenger.draw_with(NoticeKind.OFFERED, OfferDrawer(runtime.services))
    showing.relieve_with(partial(relief_of, runtime))
    wishes = PetitionDrawer(PetitionDesk(runtime.services), conversation, basics.references)
    showing.messenger.draw_with(NoticeKind.WISHED, wishes)
    let_draw_attendance(showing.messenger, runtime.services, desk)
    showing.show_changes_with(
        ChangeCards(store=basics.store, poster=showing.poster, changes=ChangeDesk(runtime))
    )


def _let_draw_runs(desk: RunsDesk, reader: FactsReader, showing: Showing, clock: Clock) -> None:
    """Let the cards of runs be drawn, and what templates' owners are told."""
    showing.run_cards.read_with(reader)
    for kind in (NoticeKind.AUDIENCE_LOST, NoticeKind.UNOWNED):
        showing.messenger.draw_with(kind, TroubleDrawer(desk, clock))


@asynccontextmanager
async def running(
    settings: Settings,
    *,
    clock: Clock | None = None,
    ids: Ids | None = None,
    wfm: Wfm | None = None,
    solver: SolverPool | None = None,
    share: Share = Share.EVERYTHING,
) -> AsyncIterator[Aside]:
    """Run Aside: database, engine, solver, remotes and edge; all closed when the block ends.

    A ``wfm`` that is open already is used instead of the one the settings name, and a warm
    ``solver`` instead of one of our own; both stay open.
    Raises SettingsError, ChannelMisconfigured, DatabaseInUse, or what the WFM files are wrong in.
    """
    engine = _engine(settings, share)
    async with AsyncExitStack() as stack:
        stack.enter_context(watching(settings.hang_seconds))
        await stack.enter_async_context(engine.guarded())
        solver, warming = _warming(settings, stack, solver)
        basics = await _basics(settings, clock or SystemClock(), ids or RandomIds(), stack, wfm)
        maker = CardMaker(basics.clock)
        showing = _showing(basics, maker)
        services = _services(basics, showing, solver)
        reader = FactsReader(services.wfm, services.clock, services.policy)
        runtime = Runtime(services=services, search=Search(services, reader), engine=engine)
        use_runtime(runtime)
        desk = FrontDesk(runtime, reader)
        conversation = Conversation(desk, topics_of(desk, runtime, reader))
        _let_draw(conversation, desk, runtime, showing, basics)
        _let_draw_runs(RunsDesk(runtime, reader), reader, showing, services.clock)
        basics.references.tell_of_obstacles(showing.soon_obstacle)
        edge = _edge(basics, conversation, showing, maker)

        async def refresh() -> int:
            listed = await basics.remotes.people()
            return await refresh_people(basics.store, services.wfm, listed)

        await refresh()
        await warming  # no work is taken before it can be done
        stack.push_async_callback(engine.close)
        await launch(engine)
        stack.push_async_callback(showing.close)
        stack.push_async_callback(edge.close)
        keep = asyncio.create_task(_housekeeping(basics, refresh))
        stack.callback(keep.cancel)
        yield Aside(
            settings=settings,
            edge=edge,
            desk=desk,
            services=services,
            references=basics.references,
            remotes=basics.remotes,
            showing=showing,
            metrics=basics.metrics,
            refresh_people=refresh,
            share=share,
        )


def _engine(settings: Settings, share: Share) -> Engine:
    if share is not Share.EVERYTHING and is_sqlite(settings.database_url):
        raise SettingsError(
            f"aside serve --only {share.value} needs PostgreSQL: a SQLite file serves one process."
            " Leave --only out, or set ASIDE_DATABASE_URL=postgresql+psycopg://..."
        )
    return Engine(settings.database_url, unit_workers=settings.solver_processes, share=share)


def _warming(
    settings: Settings, stack: AsyncExitStack, solver: SolverPool | None
) -> tuple[SolverPool, asyncio.Task[None]]:
    """Return the solver that was given, or one of our own, and what warms it."""
    if solver is None:
        solver = SolverPool(settings.solver_processes)
        stack.push_async_callback(asyncio.to_thread, solver.close)
    warming = asyncio.create_task(solver.warm_up())
    stack.callback(warming.cancel)
    return solver, warming


async def _housekeeping(basics: _Basics, refresh: Callable[[], Awaitable[int]]) -> None:
    """Keep the hierarchy fresh."""
    while True:
        await asyncio.sleep(basics.settings.people_refresh_minutes * 60)
        await _read_people_again(refresh)


async def _read_people_again(refresh: Callable[[], Awaitable[int]]) -> None:
    """Read the hierarchy again; where that fails, what is known of people stays till next time."""
    try:
        await refresh()
    except Exception as error:  # noqa: BLE001 - nobody would start a housekeeping that died
        log.warning("people_not_refreshed", error=type(error).__name__)
