"""A dry run: what the last weeks' requests would have got under another set-up. Writes nothing.

Each stored ask is searched again as it was asked, in ticket order, once under each of two set-ups,
against the schedules and staffing that can still be read, as if none of our bookings were in them.
Each set-up's own sessions take their time from those that follow. Calendars of the past are not
asked: only what was placed here keeps people and rooms busy. The same data gives the same answer.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from scheduling.domain.meetings import Room
from scheduling.domain.people import Person
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.setup import Setup
from scheduling.domain.times import DAY, DateRange
from scheduling.optimizer.plan import Placement
from scheduling.ports.calendar import Calendar, CalendarError
from scheduling.ports.clock import Clock
from scheduling.ports.wfm import Wfm, WfmError
from scheduling.storage import bookings, people, requests
from scheduling.storage.bookings import SessionRow
from scheduling.storage.requests import RequestRow
from scheduling.storage.store import Store
from scheduling.workflows import problems
from scheduling.workflows.facts import UnitFacts, floored, read_unit, unit_of
from scheduling.workflows.problems import World
from scheduling.workflows.replay import under_floor, within, without_ours
from scheduling.workflows.services import Solver


class Sources(Protocol):
    """What a dry run reads through; ``services.Services`` is one."""

    @property
    def store(self) -> Store:
        """The database with the requests."""

    @property
    def wfm(self) -> Wfm:
        """Schedules and staffing."""

    @property
    def calendar(self) -> Calendar:
        """Rooms."""

    @property
    def solver(self) -> Solver:
        """The optimiser, away from the event loop."""

    @property
    def clock(self) -> Clock:
        """Now."""


DAYS = 30
"""How far back a dry run looks."""
MOST = 500
"""So many requests, the newest, are run again at most."""

Told = Callable[["Rehearsal"], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Sessions that one set-up would have booked by itself, found in all, and not found.

    ``under_floor`` counts the quarter hours that they push under the floors now in force.
    """

    booked: int = 0
    found: int = 0
    not_found: int = 0
    under_floor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What a dry run gave so far: of ``asked`` requests ``done`` are through.

    ``skipped`` counts those that could not be run again by the reason; ``ended`` says that there is
    no more to come.
    """

    asked: int
    done: int = 0
    before: Outcome = field(default_factory=Outcome)
    after: Outcome = field(default_factory=Outcome)
    skipped: Mapping[str, int] = field(default_factory=dict)
    ended: bool = False


@dataclass(slots=True, kw_only=True)
class _Side:
    """One set-up, and what it has placed in a unit so far."""

    setup: Setup
    planned: list[SessionRow] = field(default_factory=list)
    booked: int = 0
    found: int = 0
    not_found: int = 0
    under_floor: int = 0

    def outcome(self) -> Outcome:
        return Outcome(
            booked=self.booked,
            found=self.found,
            not_found=self.not_found,
            under_floor=self.under_floor,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unit:
    """What is the same for every request of a unit."""

    facts: UnitFacts
    rooms: Sequence[Room]
    leaders: Mapping[str, Person]


async def recent(services: Sources) -> Sequence[RequestRow]:
    """Return the requests that a dry run takes, by unit and ticket."""
    since = services.clock.now() - DAYS * DAY
    async with services.store.read() as tx:
        return await requests.since(tx, since, MOST)


async def rehearse(
    services: Sources,
    before: Setup,
    after: Setup,
    *,
    told: Told,
    late: Callable[[], bool] = lambda: False,
) -> Rehearsal:
    """Run the recent requests under both set-ups; ``told`` hears of progress after each.

    Once it is ``late`` the rest is skipped, and the answer says so.
    """
    rows = await recent(services)
    sides = (_Side(setup=before), _Side(setup=after))
    skipped: Counter[str] = Counter()
    done = 0

    def report(*, ended: bool = False) -> Rehearsal:
        one, other = (side.outcome() for side in sides)
        return Rehearsal(
            asked=len(rows), done=done, before=one, after=other, skipped=dict(skipped), ended=ended
        )

    for unit_id in dict.fromkeys(row.unit_id for row in rows):
        mine = [row for row in rows if row.unit_id == unit_id]
        unit = await _read(services, unit_id, mine)
        for row in mine:
            why = "late" if late() else await _again(services, unit, row, sides)
            skipped.update([why] if why else [])
            done += 1
            await told(report())
        if unit is not None:
            for side in sides:
                side.under_floor += under_floor(unit.facts, before, side.planned)
                side.planned.clear()
    return report(ended=True)


async def _read(services: Sources, unit_id: str, rows: Sequence[RequestRow]) -> _Unit | None:
    """Read a unit over all dates that its requests were about; None where the WFM is away."""
    first = min(row.ask.dates.start for row in rows) - DAY
    last = max(row.ask.dates.end for row in rows) + DAY
    try:
        unit = await unit_of(services.wfm, unit_id)
        facts = await read_unit(services.wfm, unit, problems.whole_weeks(DateRange(first, last)))
        rooms = await services.calendar.rooms()
    except (WfmError, CalendarError, Refused):
        return None
    ids = [row.id for row in rows]
    async with services.store.read() as tx:
        ours = await bookings.active_of(tx, ids)
        leaders = await people.by_ids(tx, {row.ask.facilitator_id for row in rows})
    return _Unit(facts=without_ours(facts, ours), rooms=rooms, leaders=leaders)


async def _again(
    services: Sources, unit: _Unit | None, row: RequestRow, sides: Sequence[_Side]
) -> str | None:
    """Run a request again under both set-ups; the reason where that cannot be done under both."""
    if unit is None:
        return "away"
    if row.ask.together:
        return "together"
    leader = unit.leaders.get(row.ask.facilitator_id)
    if leader is None or any(i not in unit.facts.agents for i in row.ask.attendee_ids):
        return "gone"
    found = []
    for side in sides:
        try:
            found.append(await _placed(services, unit, row, leader, side))
        except Refused as refused:
            if refused.refusal is not Refusal.OUTSIDE_HOURS:
                return refused.refusal.value
            found.append(([], False))
    for side, (placements, itself) in zip(sides, found, strict=True):
        side.planned += [_session(row, unit, one) for one in placements]
        side.found += len(placements)
        side.booked += len(placements) if itself else 0
        side.not_found += len(row.ask.attendee_ids) - len(placements)
    return None


async def _placed(
    services: Sources, unit: _Unit, row: RequestRow, leader: Person, side: _Side
) -> tuple[Sequence[Placement], bool]:
    """Return what is found for a request, and whether its type books that by itself."""
    kind = side.setup.types.get(row.ask.type_id)
    if kind is None:
        raise Refused(Refusal.UNKNOWN_DRAFT)
    facts = floored(within(unit.facts, row.ask.dates), side.setup)
    problems.require_facts(row.ask, kind, facts)
    world = _world(unit, facts, row, leader, side)
    problem = await asyncio.to_thread(problems.build, row.ask, kind, world)
    zone = facts.agents[problem.attendees[0].id].zone
    answer = await services.solver.answer(problem, zone)
    if answer.faults:
        raise Refused(Refusal.SOLVER_AWAY)
    itself = kind.auto_schedule and all(curve.reconciled for curve in problem.curves)
    return answer.plan.placements, itself


def _world(unit: _Unit, facts: UnitFacts, row: RequestRow, leader: Person, side: _Side) -> World:
    """Return the world as it was when somebody asked, with what the side has placed since then."""
    asked_on = row.created_at.date()
    dates = DateRange(
        max(row.ask.dates.start, min(asked_on, row.ask.dates.last)), row.ask.dates.end
    )
    world = World(
        now=row.created_at,
        dates=dates,
        facts=facts,
        facilitator=leader,
        rooms=side.setup.rooms_among(unit.rooms),
        busy={},
        ours=(),
    )
    return problems.holding(world, side.planned)


def _session(row: RequestRow, unit: _Unit, placement: Placement) -> SessionRow:
    """Return a placement as a session that the WFM has not heard of."""
    return SessionRow(
        id=f"{row.id}:{placement.meeting_id}",
        request_id=row.id,
        unit_id=row.unit_id,
        attendee_id=placement.meeting_id,
        facilitator_id=row.ask.facilitator_id,
        zone=unit.facts.zone_of(placement.meeting_id),
        interval=placement.interval,
        place=placement.place,
        room_id=placement.room_id,
    )
