"""The core over quick stand-ins, for bench_capacity: what is measured is ours, not theirs.

The WFM, the calendar and Teams answer at once from memory and find everything by key, so that
they cost the same with ten bookings and with ten thousand.
"""

import asyncio
import logging
import resource
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import count
from pathlib import Path
from time import perf_counter, process_time

import sqlalchemy as sa
import structlog

from benchmarks._quiet_teams import QuietTeams
from bot.clocks import RandomIds
from scheduling.domain.asks import Ask
from scheduling.domain.meetings import MeetingType, PlaceKind, Room
from scheduling.domain.people import Person, Role
from scheduling.domain.proposals import Option
from scheduling.domain.requests import RequestState
from scheduling.domain.setup import Setup, first_setup
from scheduling.domain.times import DAY, MINUTE, DateRange, Interval, at_wall
from scheduling.optimizer.pool import SolverPool
from scheduling.ports.calendar import (
    EventDraft,
    EventRef,
    EventState,
    FreeBusy,
    Mailbox,
    RoomAnswer,
)
from scheduling.ports.wfm import ChangeSet, NotFound, Receipt
from scheduling.storage import audit, people, requests
from scheduling.storage import tables as t
from scheduling.storage.requests import NewRequest
from scheduling.storage.store import Store
from scheduling.workflows.engine import Engine
from scheduling.workflows.facts import FactsReader
from scheduling.workflows.promises import use_runtime
from scheduling.workflows.runtime import Runtime
from scheduling.workflows.search import Search
from scheduling.workflows.services import Services
from scheduling.workflows.setups import Setups
from tests.integration.workflows.small_centre import EIGHT, TUESDAY, ZONE, centre, person
from wfm.centre.memory import MemoryWfm
from wfm.centre.model import Centre
from wfm.ledger import decide, receipt

STARTS = [time(h, m) for h in (9, 10, 11, 13, 14, 15, 16) for m in (0, 30)][1:-1]
"""Half hours of one facilitator's day, clear of the first and last of a shift and of the meal."""

TYPE = "one_to_one"
PATIENCE = 900.0


class GoingClock:
    """A clock that begins on Monday at eight and goes on with the real one."""

    def __init__(self) -> None:
        """Begin now."""
        self._begun = perf_counter()

    def now(self) -> datetime:
        """See Clock."""
        return EIGHT + timedelta(seconds=perf_counter() - self._begun)


class QuickWfm(MemoryWfm):
    """A WFM that keeps receipts by key and no journal."""

    def __init__(self, of: Centre, clock: GoingClock) -> None:
        """Hold the centre's days."""
        super().__init__(of, clock)
        self._receipts: dict[str, Receipt] = {}

    async def apply(self, change: ChangeSet) -> Receipt:
        """See ports.Wfm."""
        if change.key not in self._receipts:
            entries = decide(change, self._find, self._codes, self._clock.now())
            self._record(entries)
            self._entries.clear()
            self._receipts[change.key] = receipt(change.key, entries)
        return self._receipts[change.key]

    async def status(self, key: str) -> Receipt:
        """See ports.Wfm."""
        if key not in self._receipts:
            raise NotFound(key)
        return self._receipts[key]

    async def schedules(self, agent_ids: Collection[str], dates: DateRange) -> Sequence[object]:  # type: ignore[override]
        """See ports.Wfm."""
        found = await super().schedules(agent_ids, dates)
        self.journal.clear()
        return found


class QuickCalendar:
    """ports.Calendar: every room and person free, every event by its key."""

    def __init__(self) -> None:
        """Hold no event."""
        self.held: dict[str, EventRef] = {}
        self.invited = 0

    async def rooms(self) -> Sequence[Room]:
        """See Calendar."""
        return ()

    async def free_busy(self, addresses: Collection[str], span: Interval) -> Sequence[FreeBusy]:
        """See Calendar."""
        del span
        return [FreeBusy(address=one, busy=(), known=True) for one in addresses]

    async def hold(self, draft: EventDraft) -> EventRef:
        """See Calendar."""
        ref = EventRef(organiser=draft.organiser.address, event_id=draft.key, ical_uid=draft.key)
        return self.held.setdefault(draft.key, ref)

    async def read(self, ref: EventRef) -> EventState:
        """See Calendar."""
        return EventState(
            ref=ref,
            interval=Interval(EIGHT, EIGHT + 30 * MINUTE),
            subject="",
            room=RoomAnswer.ACCEPTED,
            attendees={},
            join_url=None,
            cancelled=False,
        )

    async def invite(self, ref: EventRef, people: Sequence[Mailbox]) -> None:
        """See Calendar."""
        del ref
        self.invited += len(people)

    async def move(
        self, ref: EventRef, interval: Interval, zone: str, room: Mailbox | None
    ) -> None:
        """See Calendar."""
        del ref, interval, zone, room

    async def withdraw(self, ref: EventRef, people: Sequence[Mailbox]) -> None:
        """See Calendar."""
        del ref
        self.invited -= len(people)

    async def cancel(self, ref: EventRef, comment: str) -> None:
        """See Calendar."""
        del comment
        self.held.pop(ref.event_id, None)

    async def find(self, organiser: str, key: str) -> EventRef | None:
        """See Calendar."""
        del organiser
        return self.held.get(key)


def leader(unit: str, number: int) -> str:
    """Return the id of one of a unit's facilitators."""
    return f"{unit}-lead-{number}"


@dataclass(kw_only=True)
class Core:
    """The core on one database, and what stands around it."""

    store: Store
    runtime: Runtime
    clock: GoingClock
    calendar: QuickCalendar
    teams: QuietTeams

    @classmethod
    @asynccontextmanager
    async def open(
        cls, url: str, units: Sequence[str], size: int, leaders: int
    ) -> AsyncIterator["Core"]:
        """Run the core over ``units`` of ``size`` agents and as many facilitators as asked for."""
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
        clock, calendar, teams = GoingClock(), QuickCalendar(), QuietTeams()
        world = centre(units=units, size=size)
        wfm = QuickWfm(world, clock)
        async with AsyncExitStack() as stack:
            solver = SolverPool(1)
            stack.callback(solver.close)
            store = Store(url)
            stack.push_async_callback(store.close)
            await store.prepare()
            services = Services(
                store=store,
                wfm=wfm,
                calendar=calendar,
                patient_calendar=calendar,
                notifier=teams,
                solver=solver,
                clock=clock,
                ids=RandomIds(),
                setups=Setups(store, clock, _setup()),
            )
            engine = Engine(url, unit_workers=4)
            search = Search(services, FactsReader(wfm, clock, services.policy))
            runtime = Runtime(services=services, search=search, engine=engine)
            use_runtime(runtime)
            async with store.write() as tx:
                await people.sync(tx, _people(world, units, leaders))
            await solver.warm_up()
            await stack.enter_async_context(engine.guarded())
            stack.push_async_callback(engine.close)
            await engine.launch()
            yield cls(store=store, runtime=runtime, clock=clock, calendar=calendar, teams=teams)

    async def queue(self, asks: Sequence[tuple[str, Ask, Option | None]]) -> list[str]:
        """Take a ticket for each (unit, ask, chosen option) in one transaction; the ids."""
        ids = []
        async with self.store.write() as tx:
            for unit, ask, option in asks:
                new = NewRequest(
                    id=self.runtime.services.ids.new(),
                    unit_id=unit,
                    draft_id="",
                    requester_id=ask.facilitator_id,
                    requester_object_id=ask.facilitator_id,
                    ask=ask,
                    chosen={ask.attendee_ids[0]: option} if option else {},
                    escalate=False,
                    unplaced=(),
                    created_at=self.clock.now(),
                )
                ticket = await requests.insert(tx, new)
                await self.runtime.engine.enqueue_unit(
                    tx, "place", new.id, new.id, unit_id=unit, ticket=ticket
                )
                ids.append(new.id)
            await audit.record(
                tx, at=self.clock.now(), actor="bench", action="queued", subject="bench", detail={}
            )
        return ids

    async def booked(self) -> int:
        """Return how many requests have ended, all of them booked; AssertionError otherwise."""
        async with self.store.read() as tx:
            rows = await tx.execute(
                sa.select(t.request.c.state, sa.func.count()).group_by(t.request.c.state)
            )
            states = {RequestState(state): number for state, number in rows}
        done = states.pop(RequestState.BOOKED, 0)
        strange = [state for state in states if state.final or state is RequestState.ESCALATED]
        assert not strange, f"requests ended {strange}"
        return done

    async def answered(self) -> Sequence[sa.Row[tuple[str, int, str, datetime, datetime]]]:
        """Return (unit, ticket, requester, asked, answered) in the order of being answered.

        The answer is a reservation, or that somebody else has the minute by now.
        """
        line, row = t.audit.c, t.request.c
        found = sa.select(row.unit_id, row.ticket, row.requester_id, row.created_at, line.at)
        async with self.store.read() as tx:
            answer = await tx.execute(
                found.join(t.audit, line.subject == row.id)
                .where(line.action.in_(("request.reserved", "request.taken")))
                .order_by(line.seq)
            )
            return answer.all()


def _setup() -> Setup:
    kind = MeetingType(
        id=TYPE, name="One-to-one", subject="One-to-one", code_id=TYPE, auto_schedule=True
    )
    kind = replace(kind, parameters=replace(kind.parameters, lead=60, caps=()))
    return first_setup([(kind, (PlaceKind.ONLINE,))])


def _people(world: Centre, units: Sequence[str], leaders: int) -> list[Person]:
    agents = [
        replace(person(one.id, Role.AGENT, unit=one.unit_id), in_wfm=True, working=None)
        for one in world.agents
    ]
    return [
        *agents,
        *(person(leader(u, n), Role.MANAGER, unit=u) for u in units for n in range(leaders)),
    ]


def ask_for(agent: str, facilitator: str, first: date, days: int = 1) -> Ask:
    """Return a wish for half an hour online."""
    return Ask(
        type_id=TYPE,
        attendee_ids=(agent,),
        facilitator_id=facilitator,
        dates=DateRange(first, first + days * DAY),
        minutes=30,
        place=PlaceKind.ONLINE,
    )


def option_at(day: date, at: time) -> Option:
    """Return half an hour online."""
    start = at_wall(day, at, ZONE)
    return Option(interval=Interval(start, start + 30 * MINUTE), place=PlaceKind.ONLINE, price=0.0)


def workdays(number: int) -> list[date]:
    """Return as many working days from Tuesday on."""
    days = (TUESDAY + n * DAY for n in count())
    return [
        day for _, day in zip(range(number), (d for d in days if d.weekday() < 5), strict=False)
    ]


async def eventually(
    look: Callable[[], Awaitable[bool]], every: float, patience: float = PATIENCE
) -> None:
    """Wait until ``look`` says so, looking every so many seconds; TimeoutError when it never does."""
    async with asyncio.timeout(patience):
        while not await look():  # noqa: ASYNC110 - it polls a database
            await asyncio.sleep(every)


def cpu() -> float:
    """Return the processor seconds of this process so far."""
    return process_time()


def resident() -> float:
    """Return the memory that this process holds now, in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6
