"""A worker: Aside's own store, engine, desk, workflows, cards and solver pool, over the ledger.

``begin`` starts it. It prints its port and its executor id once it takes work, and ends when its
input closes.
"""

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta

import aiohttp

from benchmarks.chaos import centre as small
from benchmarks.chaos.door import Door
from benchmarks.chaos.ledger import listening, until_input_ends
from benchmarks.chaos.planner import Planner
from benchmarks.chaos.remotes import LedgerCalendar, LedgerWfm, Line
from bot.channel.connector import Connector
from bot.channel.pace import Pace
from bot.channel.trust import Trust
from bot.clocks import RandomIds, SystemClock
from bot.maker import CardMaker
from bot.memory import StoredReferences
from bot.metrics import Metrics
from bot.show import Showing
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.setup import first_setup
from scheduling.optimizer.outcome import Answer, Zones
from scheduling.optimizer.pool import PATIENCE, SolverPool
from scheduling.optimizer.problem import Problem
from scheduling.storage.store import Store
from scheduling.workflows.changes import ChangeDesk
from scheduling.workflows.desk import FrontDesk
from scheduling.workflows.engine import Engine
from scheduling.workflows.facts import FactsReader
from scheduling.workflows.promises import launch, use_runtime
from scheduling.workflows.runtime import Runtime
from scheduling.workflows.search import Search
from scheduling.workflows.services import Services
from scheduling.workflows.setups import Policy, Setups
from scheduling.workflows.watchdog import watching
from tests.support.unnumbered import WithoutNumbers

CHANNEL = "schedulers"
TICK = 0.01
HANG_SECONDS = 30.0
POLICY = Policy(
    room_polls=(0.05, 0.2),
    facts_life=timedelta(0),
    tries=(0.2, 0.5),
    pause=1.0,
    longest_pause=5.0,
)
"""Quicker than people are, so that a run does not wait; some calls still outlast the quick tries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """What a worker is told. ``tickets`` False leaves the ticket's number out of the queue."""

    url: str
    ledger: str
    units: int
    monday: str
    first: str
    tickets: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        """The ids of the units."""
        return small.unit_names(self.units)


class Unhurried(Pace):
    """Teams' limits would make a run longer and no harder."""

    async def turn(self, conversation_id: str, *, read: bool = False) -> None:
        """Wait for nothing."""


class WatchedPool:
    """The solver pool, and whether it is solving."""

    def __init__(self, pool: SolverPool) -> None:
        """Solve in ``pool``."""
        self._pool = pool
        self.solving = 0

    async def answer(self, problem: Problem, zone: Zones, *, patience: float = PATIENCE) -> Answer:
        """See Solver."""
        self.solving += 1
        try:
            return await self._pool.answer(problem, zone, patience=patience)
        finally:
            self.solving -= 1


class Lag:
    """How late the event loop is while the pool solves, in seconds."""

    def __init__(self, pool: WatchedPool) -> None:
        """Look at ``pool``."""
        self._pool = pool
        self._late: list[float] = []

    async def watch(self) -> None:
        """Sample for ever."""
        while True:
            due = time.perf_counter() + TICK
            await asyncio.sleep(TICK)
            if self._pool.solving:
                self._late.append(max(0.0, time.perf_counter() - due))

    def take(self) -> list[float]:
        """Return the samples since the last look."""
        taken, self._late = self._late, []
        return taken


def _showing(store: Store, session: aiohttp.ClientSession, setups: Setups) -> Showing:
    """Return the product's own cards, posted to the ledger."""
    references = StoredReferences(store)
    clock = SystemClock()
    connector = Connector(
        session=session,
        trust=Trust(app_id=None, tenant_id=None, host="127.0.0.1", development=True),
        tokens=None,
        references=references,
        pace=Unhurried(),
        rng=random.Random(),  # noqa: S311 - jitter, not secrets
    )
    return Showing(
        store=store,
        connector=connector,
        references=references,
        setups=setups,
        clock=clock,
        maker=CardMaker(clock),
        metrics=Metrics(),
        channel=CHANNEL,
    )


def _services(
    orders: Orders, store: Store, session: aiohttp.ClientSession, solver: WatchedPool
) -> Services:
    """Return what Aside works with: its own store and cards, and the ledger's remotes."""
    line = Line(session, orders.ledger)
    both = (PlaceKind.ROOM, PlaceKind.ONLINE)
    offered = [(kind, both) for kind in small.types()]
    setups = Setups(store, SystemClock(), first_setup(offered), POLICY)
    calendar = LedgerCalendar(line, small.rooms(orders.names))
    centre = small.centre(orders.names, date.fromisoformat(orders.monday))
    return Services(
        store=store,
        wfm=LedgerWfm(line, centre),
        calendar=calendar,
        patient_calendar=calendar,
        notifier=_showing(store, session, setups),
        solver=solver,
        clock=SystemClock(),
        ids=RandomIds(),
        setups=setups,
    )


@asynccontextmanager
async def working(orders: Orders, pool: SolverPool) -> AsyncIterator[tuple[Door, str]]:
    """Run Aside over the ledger: (its control door, its executor id)."""
    async with AsyncExitStack() as stack:
        stack.callback(pool.close)
        engine = (Engine if orders.tickets else WithoutNumbers)(orders.url)
        stack.enter_context(watching(HANG_SECONDS))
        await stack.enter_async_context(engine.guarded())
        warming = asyncio.create_task(pool.warm_up())
        stack.callback(warming.cancel)
        store = Store(orders.url)
        stack.push_async_callback(store.close)
        session = await stack.enter_async_context(aiohttp.ClientSession())
        solver = WatchedPool(pool)
        services = _services(orders, store, session, solver)
        reader = FactsReader(services.wfm, services.clock, services.policy)
        runtime = Runtime(services=services, search=Search(services, reader), engine=engine)
        use_runtime(runtime)
        lag = Lag(solver)
        first = date.fromisoformat(orders.first)
        desks = FrontDesk(runtime, reader), ChangeDesk(runtime)
        planner = Planner(runtime, reader, orders.names, first)
        door = Door(*desks, planner, services, lag.take, orders.names, first)
        await warming
        stack.push_async_callback(engine.close)
        await launch(engine)
        sampling = asyncio.create_task(lag.watch())
        stack.callback(sampling.cancel)
        yield door, engine.executor_id


async def work(orders: Orders, pool: SolverPool) -> None:
    """Work until the input closes."""
    async with working(orders, pool) as (door, executor):

        async def tell(port: int) -> None:
            print(json.dumps({"port": port, "executor": executor}), flush=True)
            await until_input_ends()

        await listening(door.application(), tell)
