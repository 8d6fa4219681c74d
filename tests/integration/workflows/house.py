"""The core as it runs: real store, engine and search, in a small centre."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeVar

from scheduling.domain.asks import Ask
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.people import Role
from scheduling.domain.requests import Draft, DraftState, RequestState, RequestView
from scheduling.domain.setup import first_setup
from scheduling.storage import bookings, people, requests, work_items
from scheduling.storage.bookings import SessionRow
from scheduling.storage.requests import RequestRow
from scheduling.storage.store import Store
from scheduling.storage.work_items import WorkItemRow
from scheduling.workflows.changes import ChangeDesk
from scheduling.workflows.desk import FrontDesk
from scheduling.workflows.engine import Engine
from scheduling.workflows.facts import FactsReader
from scheduling.workflows.promises import use_runtime
from scheduling.workflows.runtime import Runtime
from scheduling.workflows.search import Search
from scheduling.workflows.services import Services
from scheduling.workflows.setups import Policy, Setups
from tests.integration.workflows.fakes import (
    CountedIds,
    FakeCalendar,
    InProcess,
    Recorder,
    Weather,
)
from tests.integration.workflows.small_centre import (
    EIGHT,
    STAFF,
    TUESDAY,
    UNITS,
    actor,
    ask_for,
    centre,
    one_to_one,
    person,
    team_meeting,
)
from tests.support.clocks import StoppedClock
from tests.support.quiet import until_quiet
from wfm.centre.memory import MemoryWfm

Value = TypeVar("Value")

QUICK = Policy(
    room_polls=(0.01,),
    room_attempts=2,
    facts_life=timedelta(0),
    tries=(0.01,),
    pause=0.02,
    longest_pause=0.05,
    run_patience=timedelta(seconds=1),
)


@dataclass(kw_only=True)
class House:
    """Everything under test and everything around it."""

    store: Store
    wfm: MemoryWfm
    weather: Weather
    calendar: FakeCalendar
    notifier: Recorder
    solver: InProcess
    clock: StoppedClock
    runtime: Runtime
    desk: FrontDesk
    changes: ChangeDesk
    engine: Engine

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        url: str,
        *,
        wfm: MemoryWfm | None = None,
        calendar: FakeCalendar | None = None,
        engine: type[Engine] = Engine,
        prefix: str = "id",
    ) -> AsyncIterator["House"]:
        """Run the core on the database at ``url``; what an earlier house left there goes on."""
        clock = StoppedClock(EIGHT)
        store = Store(url)
        await store.prepare()
        fake, notifier, solver = calendar or FakeCalendar(), Recorder(), InProcess()
        weather = Weather()
        wfm = wfm or MemoryWfm(centre(), clock, faults=weather)
        both = (PlaceKind.ROOM, PlaceKind.ONLINE)
        setups = Setups(
            store, clock, first_setup([(one_to_one(), both), (team_meeting(), both)]), QUICK
        )
        await setups.start()
        services = Services(
            store=store,
            wfm=wfm,
            calendar=fake,
            patient_calendar=fake,
            notifier=notifier,
            solver=solver,
            clock=clock,
            ids=CountedIds(prefix),
            setups=setups,
        )
        engine_ = engine(store.url, polling=0.05, unit_workers=4)
        reader = FactsReader(wfm, clock, QUICK)
        runtime = Runtime(services=services, search=Search(services, reader), engine=engine_)
        use_runtime(runtime)
        house = cls(
            store=store,
            wfm=wfm,
            weather=weather,
            calendar=fake,
            notifier=notifier,
            solver=solver,
            clock=clock,
            runtime=runtime,
            desk=FrontDesk(runtime, reader),
            changes=ChangeDesk(runtime),
            engine=engine_,
        )
        await house._know_people()
        async with engine_.guarded():
            try:
                await engine_.launch()
                yield house
                await house.quiet()
            finally:
                await engine_.close()
                await store.close()

    async def _know_people(self) -> None:
        agents = [
            replace(
                person(a.id, Role.AGENT, unit=a.unit_id),
                team_id=a.team_id,
                site_id=a.site_id,
                name=a.name,
                in_wfm=True,
                working=None,
            )
            for unit in UNITS
            for a in await self.wfm.agents(unit)
        ]
        async with self.store.write() as tx:
            await people.sync(tx, [*STAFF, *agents])
        await self.bind(*(one.id for one in [*STAFF, *agents]))

    async def bind(self, *person_ids: str) -> None:
        """Let people be known by their accounts, as everybody is from the start."""
        async with self.store.write() as tx:
            for one in person_ids:
                await people.bind(tx, one, f"oid-{one}", at=self.clock.now(), by="test")

    async def readdress(self, person_id: str, address: str | None) -> None:
        """Give somebody another mailbox, or none."""
        async with self.store.write() as tx:
            everyone = [p for unit in UNITS for p in await people.of_unit(tx, unit)]
            await people.sync(
                tx, [replace(p, address=address) if p.id == person_id else p for p in everyone]
            )

    async def quiet(self) -> None:
        """Wait until no workflow is under way or waiting."""
        await until_quiet(self.store)

    async def propose(
        self,
        *attendees: str,
        who: str = "mia",
        place: PlaceKind = PlaceKind.ONLINE,
        first: date = TUESDAY,
        days: int = 1,
    ) -> Draft:
        """Ask, and look at the proposal; its draft."""
        ask = ask_for(*attendees, who=who, place=place, first=first, days=days)
        return await self.look_at(ask, who=who)

    async def look_at(self, ask: Ask, *, who: str = "mia") -> Draft:
        """Let the desk propose what answers an ask; its draft."""
        me = actor(who)
        draft = await self.desk.open_draft(me, "chat", {})
        draft = await self.desk.save_draft(me, draft, DraftState.PROPOSED, {})
        await self.desk.propose(me, draft, ask)
        return draft

    async def take(self, draft: Draft, *, who: str = "mia", escalate: bool = False) -> str:
        """Take a ticket for what was proposed; the request's id."""
        return (await self.desk.submit(actor(who), draft, {}, escalate=escalate)).id

    async def submit(
        self,
        *attendees: str,
        who: str = "mia",
        place: PlaceKind = PlaceKind.ONLINE,
        first: date = TUESDAY,
        days: int = 1,
    ) -> str:
        """Ask, and take a ticket for the best options; the request's id."""
        draft = await self.propose(*attendees, who=who, place=place, first=first, days=days)
        return await self.take(draft, who=who)

    async def gather(self, ask: Ask, *, escalate: bool = False) -> str:
        """Ask, and take a ticket for the best option; the request's id."""
        return await self.take(await self.look_at(ask), escalate=escalate)

    async def gathering(self, request_id: str) -> SessionRow:
        """Return the own row of a request's newest gathering."""
        async with self.store.read() as tx:
            rows = await bookings.rows_of(tx, request_id)
        return next(row for row in reversed(rows) if row.gathers)

    async def row(self, request_id: str) -> RequestRow:
        """Return a request as stored."""
        async with self.store.read() as tx:
            row = await requests.get(tx, request_id)
        assert row is not None
        return row

    async def sessions(self, request_id: str) -> Sequence[SessionRow]:
        """Return a request's sessions."""
        async with self.store.read() as tx:
            return await bookings.sessions(tx, request_id)

    async def item(self, request_id: str) -> WorkItemRow | None:
        """Return a request's newest work item."""
        async with self.store.read() as tx:
            return await work_items.latest_of(tx, request_id)

    async def items(self, request_id: str) -> int:
        """Return how many work items a request has had."""
        async with self.store.read() as tx:
            return await work_items.count_of(tx, request_id)

    async def settled(
        self, request_id: str, *states: RequestState, patience: float = 60.0
    ) -> RequestRow:
        """Wait until a request is in one of ``states`` (or any final one)."""

        async def look() -> RequestRow | None:
            row = await self.row(request_id)
            return row if row.state in states or (not states and row.state.final) else None

        return await eventually(look, patience)

    async def view(self, request_id: str, who: str = "mia") -> RequestView:
        """Return a request as somebody sees it."""
        return await self.desk.request(actor(who), request_id)

    def applied(self) -> int:
        """How many schedule exceptions the WFM now holds."""
        return sum(
            segment.code_id == "one_to_one"
            for day in self.wfm._days.values()
            for segment in day.segments
        )


async def eventually(look: Callable[[], Awaitable[Value | None]], patience: float = 60.0) -> Value:
    """Return what ``look`` gives once it gives something; AssertionError when it never does."""
    try:
        async with asyncio.timeout(patience):
            while (found := await look()) is None:  # noqa: ASYNC110 - it polls a database
                await asyncio.sleep(0.05)
            return found
    except TimeoutError:
        raise AssertionError(f"not within {patience} seconds") from None
