"""Sessions as rows that are yet to be reserved: one for an attendee, or a gathering with several.

See docs/adr/0012-gatherings.md. What a row has no part in is SKIPPED: the gathering's own row has the
event, the room and the invitation of all; each attendee's the exception and whether they are asked.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.asks import Ask
from scheduling.domain.centre import Agent
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.people import Person
from scheduling.domain.proposals import Option
from scheduling.domain.requests import SessionState, Target, TargetState
from scheduling.domain.rules import Rule
from scheduling.domain.times import DAY, DateRange, WallWindow, zone_of
from scheduling.optimizer.check.whole import check
from scheduling.optimizer.outcome import FaultKind
from scheduling.optimizer.plan import Placement, Plan, Status
from scheduling.optimizer.problem import Problem
from scheduling.storage import bookings
from scheduling.storage.bookings import (
    ACTIVE_SESSIONS,
    NOBODY,
    SessionRow,
    person_resource,
    room_resource,
)
from scheduling.storage.requests import RequestRow
from scheduling.workflows import problems
from scheduling.workflows.problems import World
from scheduling.workflows.runtime import Runtime

FIGURES = frozenset({FaultKind.WRONG_PRICE, FaultKind.WRONG_COST, FaultKind.WRONG_BOUND})
"""Faults that only say that the price has moved since it was proposed."""


def present(ask: Ask, sought_id: str, option: Option) -> tuple[str, ...]:
    """Return who is in the session that was sought under that id, at that time."""
    if not ask.together:
        return (sought_id,)
    return tuple(i for i in ask.attendee_ids if i not in option.missing_ids)


def exactly(ask: Ask, option: Option, zone: str) -> Ask | None:
    """Return an ask for those who come at that very time, None where no times of day say it."""
    start, end = (
        at.astimezone(zone_of(zone)) for at in (option.interval.start, option.interval.end)
    )
    try:
        window = WallWindow(start.time(), end.time())
    except ValueError:  # over midnight, or through a change of clocks
        return None
    people = present(ask, ask.sought_ids[0], option)
    dates = DateRange(start.date(), start.date() + DAY)
    return replace(
        ask, attendee_ids=people, optional_ids=(), quorum=None, dates=dates, window=window
    )


def resources(ask: Ask, sought_id: str, option: Option) -> list[str]:
    """Return what a session takes at that time and place: people and a room."""
    rooms = [room_resource(option.room_id)] if option.room_id else []
    people = (*present(ask, sought_id, option), ask.facilitator_id)
    return [*map(person_resource, people), *rooms]


def planned_session(
    runtime: Runtime, row: RequestRow, attendee: Agent | Person, facilitator: Person, option: Option
) -> SessionRow:
    """Return a session that is yet to be reserved, with the writes that it needs."""
    event = TargetState.PENDING if facilitator.address else TargetState.SKIPPED
    return SessionRow(
        id=runtime.services.ids.new(),
        request_id=row.id,
        unit_id=row.unit_id,
        attendee_id=attendee.id,
        facilitator_id=row.ask.facilitator_id,
        zone=attendee.zone,
        interval=option.interval,
        place=option.place,
        room_id=option.room_id,
        room_name=option.room_name,
        targets={
            Target.WFM: TargetState.PENDING,
            Target.ROOM: event,
            Target.INVITE: event if attendee.address else TargetState.SKIPPED,
            Target.NOTICE: TargetState.PENDING,
        },
    )


def planned_gathering(
    runtime: Runtime,
    row: RequestRow,
    attendees: Sequence[Agent | Person],
    facilitator: Person,
    option: Option,
) -> list[SessionRow]:
    """Return a gathering that is yet to be reserved, and after it the rows of its attendees."""
    each = [planned_session(runtime, row, one, facilitator, option) for one in attendees]
    event = TargetState.PENDING if facilitator.address else TargetState.SKIPPED
    gathering = replace(
        each[0],
        id=runtime.services.ids.new(),
        attendee_id=NOBODY,
        targets={
            Target.WFM: TargetState.SKIPPED,
            Target.ROOM: event,
            Target.INVITE: event,
            Target.NOTICE: TargetState.SKIPPED,
        },
    )
    return [gathering, *(attending(one, gathering) for one in each)]


def attending(row: SessionRow, gathering: SessionRow) -> SessionRow:
    """Return an attendee's row as one of a gathering's."""
    targets = {**row.targets, Target.ROOM: TargetState.SKIPPED}
    return replace(row, gathering_id=gathering.id, targets=targets)


async def members_of(tx: AsyncConnection, row: SessionRow) -> list[SessionRow]:
    """Return the booked rows of a gathering's attendees that are changed with it, if at all.

    Who just leaves is none of them any more; of any other session there are none.
    """
    found = await bookings.attendees_of(tx, row.id) if row.gathers else ()
    return [
        one for one in found if one.state is SessionState.BOOKED and one.change_id == row.change_id
    ]


def standing(rows: Collection[SessionRow]) -> list[SessionRow]:
    """Return the rows that are planned or booked."""
    return [row for row in rows if row.state.value in ACTIVE_SESSIONS]


def holds(ask: Ask, relaxed: Collection[Rule], attendees: Collection[SessionRow]) -> bool:
    """Whether enough of a gathering's ``attendees`` still stand, and all who must be there.

    A quorum that was loosened is as many as were planned: who granted it saw those come.
    """
    here = {row.attendee_id for row in standing(attendees)}
    planned = {row.attendee_id for row in attendees}
    if Rule.QUORUM in relaxed and len(planned) < ask.least:
        return here == planned
    return len(here) >= ask.least and here >= set(ask.required_ids)


async def is_broken(
    tx: AsyncConnection, ask: Ask, relaxed: Collection[Rule], row: SessionRow
) -> bool:
    """Whether the gathering that ``row`` is, or is of, is over or has too few people left."""
    gathering_id = row.id if row.gathers else row.gathering_id
    if gathering_id is None:
        return False
    gathering = row if row.gathers else await bookings.require(tx, gathering_id)
    attendees = await bookings.attendees_of(tx, gathering_id)
    return not (standing([gathering]) and holds(ask, relaxed, attendees))


def option_of(row: SessionRow) -> Option:
    """Return where and when a session is."""
    return Option(
        interval=row.interval,
        place=row.place,
        price=0.0,
        room_id=row.room_id,
        room_name=row.room_name,
    )


async def rejoining(runtime: Runtime, row: RequestRow, world: World) -> list[SessionRow]:
    """Return rows for those whom a gathering that stands has lost, and who are free for it now.

    Who left it, or was taken off it, is not lost.
    """
    async with runtime.services.store.read() as tx:
        rows = await bookings.rows_of(tx, row.id)
    gathering = next((one for one in standing(rows) if one.gathers), None)
    if gathering is None or gathering.change_id is not None:  # it is to be at another time soon
        return []
    mine = [one for one in rows if one.gathering_id == gathering.id]
    here = {one.attendee_id for one in standing(mine)}
    here |= {one.attendee_id for one in mine if one.state is SessionState.CANCELLED}
    option = option_of(gathering)
    found = []
    for person_id in sorted({one.attendee_id for one in mine} - here):
        if await asyncio.to_thread(is_free, runtime, row, world, person_id, option):
            agent = world.facts.agents[person_id]
            planned = planned_session(runtime, row, agent, world.facilitator, option)
            found.append(attending(planned, gathering))
    return found


def is_free(
    runtime: Runtime, row: RequestRow, world: World, person_id: str, option: Option
) -> bool:
    """Whether somebody can be taken off the phones for a meeting that takes place in any case."""
    kind = runtime.services.catalogue.types[row.ask.type_id]
    alone = replace(
        row.ask,
        attendee_ids=(person_id,),
        together=False,
        optional_ids=(),
        quorum=None,
        place=PlaceKind.ONLINE,
    )
    problem = problems.build(alone, kind, world, relaxed=row.relaxed)
    unled = tuple(replace(one, facilitator_id=None) for one in problem.meetings)
    here = replace(option, place=PlaceKind.ONLINE, room_id=None, room_name=None)
    return stands(replace(problem, meetings=unled), alone, {person_id: here})


def stands(problem: Problem, ask: Ask, chosen: dict[str, Option]) -> bool:
    """Whether the independent check finds every chosen option within the rules of ``problem``."""
    plan = Plan(
        status=Status.FEASIBLE,
        placements=tuple(
            Placement(
                meeting_id=sought_id,
                interval=option.interval,
                place=option.place,
                room_id=option.room_id,
                price=option.price,
                attendee_ids=present(ask, sought_id, option),
            )
            for sought_id, option in chosen.items()
        ),
        failures=(),
    )
    return all(fault.kind in FIGURES for fault in check(problem, plan))
