"""A small centre with a working core: real store, engine and solver; stand-ins for the world."""

import asyncio
import itertools
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa

from scheduling.domain.asks import Ask
from scheduling.domain.centre import (
    ActivityCode,
    Agent,
    CodeKind,
    Demand,
    Segment,
    Site,
    StaffingSeries,
    StaffingSource,
    Team,
    Unit,
)
from scheduling.domain.meetings import MeetingType, PlaceKind, Room, SearchParameters
from scheduling.domain.people import Actor, Person, Role, WorkingTime
from scheduling.domain.requests import Draft, DraftState, RequestState, RequestView
from scheduling.domain.times import DAY, MINUTE, DateRange, Interval, WallWindow, at_wall
from scheduling.optimizer import worker
from scheduling.optimizer.plan import Answer
from scheduling.optimizer.problem import Problem
from scheduling.ports.calendar import (
    CalendarNotFound,
    EventDraft,
    EventRef,
    EventState,
    FreeBusy,
    Mailbox,
    RoomAnswer,
)
from scheduling.ports.notifier import Notice
from scheduling.storage import people, requests, work_items
from scheduling.storage.requests import RequestRow, SessionRow
from scheduling.storage.store import Store
from scheduling.storage.work_items import WorkItemRow
from scheduling.workflows.desk import FrontDesk
from scheduling.workflows.engine import Engine
from scheduling.workflows.facts import FactsReader
from scheduling.workflows.promises import use_runtime
from scheduling.workflows.runtime import Runtime
from scheduling.workflows.search import Search
from scheduling.workflows.services import Catalogue, Policy, Services
from wfm.centre.memory import MemoryWfm
from wfm.centre.model import Centre
from wfm.ledger import agent_day

MONDAY = date(2026, 11, 23)
TUESDAY = MONDAY + DAY
ZONE = "Europe/London"
UNITS = ("north", "south")
SLOT = 15
DAYS = 21
Value = TypeVar("Value")


@dataclass
class StoppedClock:
    """A clock that moves when told."""

    instant: datetime = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """See Clock."""
        return self.instant


class CountedIds:
    """Ids that count down, unlike for each process.

    The queue breaks ties by id, so that the order of tickets is never the order of ids by chance.
    """

    def __init__(self, prefix: str) -> None:
        """Begin at the top."""
        self._prefix = prefix
        self._number = itertools.count(9999, -1)

    def new(self) -> str:
        """See Ids."""
        return f"{self._prefix}{next(self._number):04}"


class InProcess:
    """The solver on a thread of this process. ``broken`` makes it fail; ``gate`` makes it wait."""

    def __init__(self) -> None:
        """Start sound and open."""
        self.broken: Exception | None = None
        self.gate = asyncio.Event()
        self.gate.set()

    async def answer(self, problem: Problem, zone: str) -> Answer:
        """See Solver."""
        await self.gate.wait()
        if self.broken:
            raise self.broken
        return await asyncio.to_thread(worker.answer, problem, zone)


@dataclass
class Event:
    """One event of the stand-in calendar."""

    draft: EventDraft
    ref: EventRef
    people: list[str] = field(default_factory=list)
    cancelled: bool = False


class FakeCalendar:
    """ports.calendar.Calendar in memory.

    ``answers`` says what each room answers (accepted where it says nothing); ``errors`` are
    raised by the next calls of a name; ``before`` is awaited as each call begins.
    """

    def __init__(self) -> None:
        """Offer two rooms, all free."""
        self.events: dict[str, Event] = {}
        self.answers: dict[str, RoomAnswer] = {}
        self.replies: dict[str, str] = {}
        self.errors: dict[str, deque[Exception]] = {}
        self.before: Callable[[str], Awaitable[None]] | None = None
        self.calls: list[str] = []
        self.listed = [
            Room(id=f"{name}@rooms.example", name=name.title(), capacity=4, building="Leeds")
            for name in ("elm", "oak")
        ]

    @property
    def live(self) -> list[Event]:
        """Events that are not cancelled."""
        return [event for event in self.events.values() if not event.cancelled]

    def fail(self, call: str, *errors: Exception) -> None:
        """Let the next calls of this name raise."""
        self.errors.setdefault(call, deque()).extend(errors)

    async def _begin(self, call: str) -> None:
        self.calls.append(call)
        if self.before:
            await self.before(call)
        if self.errors.get(call):
            raise self.errors[call].popleft()

    async def rooms(self) -> Sequence[Room]:
        """See Calendar."""
        await self._begin("rooms")
        return self.listed

    async def free_busy(self, addresses: Collection[str], span: Interval) -> Sequence[FreeBusy]:
        """See Calendar."""
        await self._begin("free_busy")
        held = [(e.draft.room.address, e.draft.interval) for e in self.live if e.draft.room]
        return [
            FreeBusy(address=a, busy=tuple(i for room, i in held if room == a and i.overlaps(span)))
            for a in addresses
        ]

    async def hold(self, draft: EventDraft) -> EventRef:
        """See Calendar."""
        await self._begin("hold")
        if draft.key not in self.events:
            name = f"event-{len(self.events) + 1}"
            ref = EventRef(organiser=draft.organiser.address, event_id=name, ical_uid=name)
            self.events[draft.key] = Event(draft=draft, ref=ref)
        return self.events[draft.key].ref

    def _find(self, ref: EventRef) -> Event:
        for event in self.events.values():
            if event.ref == ref:
                return event
        raise CalendarNotFound("no such event")

    async def read(self, ref: EventRef) -> EventState:
        """See Calendar."""
        await self._begin("read")
        event = self._find(ref)
        room = event.draft.room
        answer = self.answers.get(room.address, RoomAnswer.ACCEPTED) if room else RoomAnswer.NONE
        return EventState(
            ref=ref,
            interval=event.draft.interval,
            subject=event.draft.subject,
            room=answer,
            attendees={who: self.replies.get(who, "none") for who in event.people},
            join_url=None if room else "https://meet.example/1",
            cancelled=event.cancelled,
        )

    async def invite(self, ref: EventRef, people: Sequence[Mailbox]) -> None:
        """See Calendar."""
        await self._begin("invite")
        event = self._find(ref)
        event.people = sorted({*event.people, *(one.address for one in people)})

    async def cancel(self, ref: EventRef, comment: str) -> None:
        """See Calendar."""
        del comment
        await self._begin("cancel")
        self._find(ref).cancelled = True

    async def find(self, organiser: str, key: str) -> EventRef | None:
        """See Calendar."""
        del organiser
        await self._begin("find")
        event = self.events.get(key)
        return event.ref if event and not event.cancelled else None


class Recorder:
    """ports.notifier.Notifier that remembers what it was told."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self.requests: list[str] = []
        self.items: list[str] = []
        self.notices: list[Notice] = []

    async def request_changed(self, request_id: str) -> None:
        """See Notifier."""
        self.requests.append(request_id)

    async def work_item_changed(self, work_item_id: str) -> None:
        """See Notifier."""
        self.items.append(work_item_id)

    async def tell(self, notice: Notice) -> None:
        """See Notifier."""
        self.notices.append(notice)


def centre(spare: float = 3.0) -> Centre:
    """Return two units of six agents each on one site, at work on weekdays from nine to five.

    ``spare`` is how many FTE are scheduled beyond the requirement.
    """
    site = Site(id="leeds", name="Leeds", zone=ZONE)
    agents = tuple(_agent(unit, n) for unit in UNITS for n in range(1, 7))
    days = [MONDAY + n * DAY for n in range(DAYS)]
    at_work = [day for day in days if day.weekday() < 5]
    return Centre(
        zone=ZONE,
        units=tuple(
            Unit(
                id=unit,
                name=unit.title(),
                sites=(site,),
                teams=(Team(id=f"{unit}-team", name=f"{unit.title()} team", site_id=site.id),),
            )
            for unit in UNITS
        ),
        agents=agents,
        codes=(
            ActivityCode(id="work", name="Open", kind=CodeKind.WORK),
            ActivityCode(id="meal", name="Meal", kind=CodeKind.MEAL, paid=False),
            ActivityCode(id="one_to_one", name="One-to-one", kind=CodeKind.MEETING),
        ),
        demands={unit: (Demand(id=f"{unit}-calls", name="Calls"),) for unit in UNITS},
        days={(a.id, d): agent_day(a.id, d, True, _segments(d)) for a in agents for d in at_work},  # noqa: FBT003 - published
        staffing={f"{unit}-calls": _staffing(unit, days, spare) for unit in UNITS},
        people=(),
    )


def _agent(unit: str, number: int) -> Agent:
    name = f"{unit}-{number}"
    return Agent(
        id=name,
        name=f"Agent {name}",
        unit_id=unit,
        site_id="leeds",
        team_id=f"{unit}-team",
        zone=ZONE,
        shares={f"{unit}-calls": 1.0},
        address=f"{name}@contoso.example",
    )


def _segments(day: date) -> list[Segment]:
    walls = [
        (time(9), time(12), "work"),
        (time(12), time(13), "meal"),
        (time(13), time(17), "work"),
    ]
    return [
        Segment(interval=Interval(at_wall(day, a, ZONE), at_wall(day, b, ZONE)), code_id=code)
        for a, b, code in walls
    ]


def _staffing(unit: str, days: Sequence[date], spare: float) -> StaffingSeries:
    start = at_wall(days[0], time(0), ZONE)
    open_at = {
        slot
        for day in days
        if day.weekday() < 5
        for segment in _segments(day)
        if segment.code_id == "work"
        for slot in segment.interval.slots(SLOT)
    }
    slots = [start + n * SLOT * MINUTE for n in range(len(days) * 24 * 60 // SLOT)]
    busy = [slot in open_at for slot in slots]
    return StaffingSeries(
        demand_id=f"{unit}-calls",
        start=start,
        interval_minutes=SLOT,
        required=tuple(6.0 - spare if one else 0.0 for one in busy),
        scheduled=tuple(6.0 if one else 0.0 for one in busy),
        volume=tuple(6.0 if one else 0.0 for one in busy),
        handling=tuple(300.0 if one else 0.0 for one in busy),
        as_of=datetime(2026, 11, 23, 7, 0, tzinfo=UTC),
        source=StaffingSource.VENDOR,
    )


def _person(name: str, *roles: Role, unit: str = "north", leads: Iterable[str] = ()) -> Person:
    return Person(
        id=name,
        name=name.title(),
        zone=ZONE,
        roles=frozenset(roles),
        unit_id=unit,
        leads=frozenset(leads),
        address=f"{name}@contoso.example",
        working=WorkingTime(weekdays=frozenset(range(5)), window=WallWindow(time(8), time(18))),
    )


STAFF = (
    _person("mia", Role.MANAGER, leads=["north-team"]),
    _person("tom", Role.MANAGER, leads=["north-team"]),
    _person("nia", Role.MANAGER, unit="south", leads=["south-team"]),
    _person("sam", Role.SCHEDULER),
    _person("sue", Role.SCHEDULER),
)

QUICK = Policy(
    room_polls=(0.01,),
    room_attempts=2,
    facts_life=timedelta(0),
)


def actor(person_id: str) -> Actor:
    """Return the account that is bound to a person."""
    return Actor(object_id=f"oid-{person_id}", tenant_id="tenant", name=person_id.title())


@dataclass(kw_only=True)
class House:
    """Everything under test and everything around it."""

    store: Store
    wfm: MemoryWfm
    calendar: FakeCalendar
    notifier: Recorder
    solver: InProcess
    clock: StoppedClock
    runtime: Runtime
    desk: FrontDesk
    engine: Engine

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        database: Path,
        *,
        wfm: MemoryWfm | None = None,
        calendar: FakeCalendar | None = None,
        engine: type[Engine] = Engine,
        prefix: str = "id",
    ) -> AsyncIterator["House"]:
        """Run the core on ``database``; what an earlier house left there goes on."""
        clock = StoppedClock()
        store = Store(f"sqlite:///{database}")
        await store.prepare()
        fake, notifier, solver = calendar or FakeCalendar(), Recorder(), InProcess()
        wfm = wfm or MemoryWfm(centre(), clock)
        types = {kind.id: kind for kind in (one_to_one(),)}
        services = Services(
            store=store,
            wfm=wfm,
            calendar=fake,
            patient_calendar=fake,
            notifier=notifier,
            solver=solver,
            clock=clock,
            ids=CountedIds(prefix),
            catalogue=Catalogue(
                types=types, places=dict.fromkeys(types, (PlaceKind.ROOM, PlaceKind.ONLINE))
            ),
            policy=QUICK,
        )
        engine_ = engine(store.url, polling=0.05, unit_workers=4)
        reader = FactsReader(wfm, clock, QUICK)
        runtime = Runtime(services=services, search=Search(services, reader), engine=engine_)
        use_runtime(runtime)
        house = cls(
            store=store,
            wfm=wfm,
            calendar=fake,
            notifier=notifier,
            solver=solver,
            clock=clock,
            runtime=runtime,
            desk=FrontDesk(runtime, reader),
            engine=engine_,
        )
        await house._know_people()
        await engine_.launch()
        try:
            yield house
            await house.quiet()
        finally:
            await engine_.close()
            await store.close()

    async def _know_people(self) -> None:
        agents = [
            replace(
                _person(a.id, Role.AGENT, unit=a.unit_id),
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
            for person in STAFF:
                await people.bind(tx, person.id, f"oid-{person.id}", at=self.clock.now(), by="test")

    async def quiet(self) -> None:
        """Wait until no workflow is under way or waiting."""

        async def look() -> bool | None:
            async with self.store.read() as tx:
                busy = sa.text(
                    "SELECT count(*) FROM workflow_status WHERE status IN ('PENDING', 'ENQUEUED')"
                )
                return not await tx.scalar(busy) or None

        await eventually(look)

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

    async def row(self, request_id: str) -> RequestRow:
        """Return a request as stored."""
        async with self.store.read() as tx:
            row = await requests.get(tx, request_id)
        assert row is not None
        return row

    async def sessions(self, request_id: str) -> Sequence[SessionRow]:
        """Return a request's sessions."""
        async with self.store.read() as tx:
            return await requests.sessions(tx, request_id)

    async def item(self, request_id: str) -> WorkItemRow | None:
        """Return a request's newest work item."""
        async with self.store.read() as tx:
            return await work_items.latest_of(tx, request_id)

    async def items(self, request_id: str) -> int:
        """Return how many work items a request has had."""
        async with self.store.read() as tx:
            return await work_items.count_of(tx, request_id)

    async def settled(
        self, request_id: str, *states: RequestState, patience: float = 20.0
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


async def eventually(look: Callable[[], Awaitable[Value | None]], patience: float = 20.0) -> Value:
    """Return what ``look`` gives once it gives something; AssertionError when it never does."""
    try:
        async with asyncio.timeout(patience):
            while (found := await look()) is None:
                await asyncio.sleep(0.05)
            return found
    except TimeoutError:
        raise AssertionError(f"not within {patience} seconds") from None


def one_to_one(**parameters: object) -> MeetingType:
    """Return the type of meeting that these tests ask for."""
    return MeetingType(
        id="one_to_one",
        name="One-to-one",
        subject="One-to-one",
        code_id="one_to_one",
        parameters=SearchParameters(**{"lead": 60, "team_heads": 6, **parameters}),  # type: ignore[arg-type]
    )


def ask_for(
    *attendees: str,
    who: str = "mia",
    place: PlaceKind = PlaceKind.ONLINE,
    first: date = TUESDAY,
    days: int = 1,
) -> Ask:
    """Return a wish for one-to-ones of half an hour."""
    return Ask(
        type_id="one_to_one",
        attendee_ids=attendees,
        facilitator_id=who,
        dates=DateRange(first, first + days * DAY),
        minutes=30,
        place=place,
    )
