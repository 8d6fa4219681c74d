"""A new time for a booked or released session: where it is looked for, and whether one holds.

What Aside moves by itself keeps the house's notice. A released session does not get the time back
that its attendee gave up, or that a rush needed; nor does one that a human places anew after it.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from scheduling.domain.asks import Ask
from scheduling.domain.changes import ChangeState
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.proposals import Option
from scheduling.domain.requests import SessionState
from scheduling.domain.rules import Rule
from scheduling.domain.times import DAY, DateRange, Interval, WallWindow, zone_of
from scheduling.storage import bookings, changes, earlier, requests
from scheduling.storage.bookings import SessionRow, person_resource
from scheduling.storage.changes import ChangeRow
from scheduling.storage.requests import RequestRow
from scheduling.storage.standins import standin
from scheduling.workflows import course_parts, gatherings, problems
from scheduling.workflows.freeing import freed
from scheduling.workflows.problems import World
from scheduling.workflows.runtime import Runtime
from scheduling.workflows.setups import SYSTEM

AHEAD = 14
"""Days that are searched where nobody said any: two weeks."""

STILL_FREE: Final = frozenset(Rule) - {
    Rule.LEAD_TIME,
    Rule.ON_SHIFT,
    Rule.BREAK,
    Rule.EXCEPTION,
    Rule.ATTENDEE_BUSY,
    Rule.FACILITATOR,
    Rule.ROOM,
}
"""What does not matter for going back to where a session was: that it may be there was decided."""


AGREED: Final = frozenset({Rule.LEAD_TIME})
"""What an offer of quiet minutes leaves aside: who takes it agrees to the short notice."""


def ask_of(
    request: RequestRow,
    session: SessionRow,
    now: datetime,
    *,
    members: Sequence[SessionRow] = (),
    dates: DateRange | None = None,
    window: WallWindow | None = None,
) -> Ask:
    """Return the wish for another time of one session; what is not said is as it was asked for.

    A gathering is of its ``members``, of whom as many must come as the request says.
    """
    people = tuple(one.attendee_id for one in members) or (session.attendee_id,)
    quorum = request.ask.quorum if members else None
    today = now.astimezone(zone_of(session.zone)).date()
    said = dates is not None or window is not None
    return replace(
        request.ask,
        attendee_ids=people,
        dates=dates or _dates(request.ask.dates, today),
        window=window if said else request.ask.window,
        minutes=session.interval.minutes,
        together=session.gathers,
        optional_ids=tuple(i for i in request.ask.optional_ids if i in people and members),
        quorum=None if quorum is None else min(quorum, len(people)),
    )


def _dates(asked: DateRange, today: date) -> DateRange:
    """Return what is left of the dates that were asked for; two weeks where hardly any is."""
    start = max(asked.start, today + DAY)
    if asked.end - start >= 2 * DAY:
        return DateRange(start, asked.end)
    return DateRange(today + DAY, today + (1 + AHEAD) * DAY)


def by_itself(ask: Ask, notice: timedelta, now: datetime, zone: str) -> Ask:
    """Return the wish as Aside itself may grant it: from the end of the notice on."""
    first = (now + notice).astimezone(zone_of(zone)).date()
    end = max(ask.dates.end, first + AHEAD * DAY)
    return replace(ask, dates=DateRange(max(first, ask.dates.start), end))


async def world_of(
    runtime: Runtime, change: ChangeRow, sessions: Sequence[SessionRow], *, fresh: bool
) -> World:
    """Return the world for a change of ``sessions``, in which their own time is free.

    A part of a course has no time but between the parts before and after it, and none at which too
    many with a rare skill would be away.
    """
    ours = (one.attendee_id for one in sessions if not one.gathers)
    people = tuple(dict.fromkeys((*change.ask.attendee_ids, *ours)))
    ask = replace(change.ask, attendee_ids=people)
    world = await runtime.search.world(ask, change.unit_id, fresh=fresh, besides=change.id)
    booked = [row for row in sessions if row.state is SessionState.BOOKED]
    code = await code_of(runtime, change)
    async with runtime.services.store.read() as tx:
        closed = await course_parts.closed(tx, sessions, world.now)
        most = await course_parts.per_skill(tx, sessions)
    world = replace(without(freed(world, booked, code), closed), per_skill=most)
    return await asyncio.to_thread(_changed, runtime, change, sessions, world)


async def code_of(runtime: Runtime, change: ChangeRow) -> str:
    """Return the activity code under which the sessions of a change are in the WFM."""
    async with runtime.services.store.read() as tx:
        request = await requests.require(tx, change.request_id)
        return (await runtime.services.setups.asked_as(tx, request)).code_id


def _changed(
    runtime: Runtime, change: ChangeRow, sessions: Sequence[SessionRow], world: World
) -> World:
    """Let a released session stay away from where it was, and what nobody asked for keep notice."""
    spans: list[tuple[str, Interval]] = []
    for row in sessions:
        who = person_resource(row.attendee_id)
        if row.state is not SessionState.BOOKED:
            spans.append((who, row.interval))
        if change.asked_by == SYSTEM and not _stays(change, row):
            notice = Interval(world.now, world.now + runtime.services.policy.notice)
            spans.append((who, notice))
    return without(world, spans)


def without(world: World, spans: Iterable[tuple[str, Interval]]) -> World:
    """Return the world in which these people and rooms have no time then, whatever else is known."""
    busy = {resource: [*taken] for resource, taken in world.busy.items()}
    for resource, interval in spans:
        busy.setdefault(resource, []).append(interval)
    return replace(world, busy=busy)


async def given_up(runtime: Runtime, request_id: str) -> Sequence[tuple[str, Interval]]:
    """Return whose time was given up or released at which a human is to place them anew."""
    async with runtime.services.store.read() as tx:
        rows = await bookings.rows_of(tx, request_id)
        failed = {row.id: row for row in rows if row.state is SessionState.FAILED}
        done = await changes.of_sessions(tx, failed, states=[ChangeState.DONE])
    return [
        (person_resource(failed[session_id].attendee_id), was.interval)
        for change in done
        if change.kind.frees
        for session_id, was in change.was.items()
        if session_id in failed
    ]


def _stays(change: ChangeRow, row: SessionRow) -> bool:
    """Whether a session keeps its time, and only its room changes."""
    option = change.chosen.get(row.id)
    return option is not None and option.interval == row.interval


def elsewhere(world: World, session: SessionRow) -> World:
    """Return the world in which a session is not proposed where it is already."""
    start = session.interval.start
    here = Interval(start, start + timedelta(minutes=problems.SLOT_MINUTES))
    who = session.facilitator_id if session.gathers else session.attendee_id
    return without(world, [(person_resource(who), here)])


async def holds(
    runtime: Runtime,
    change: ChangeRow,
    sessions: Sequence[SessionRow],
    world: World,
    chosen: Mapping[str, Option],
) -> bool:
    """Whether every session may be where it was ``chosen`` to be, one after the other.

    A gathering is one session, of all of its members.
    """
    relaxed = STILL_FREE if change.undoes else await _agreed(runtime, change)
    members = tuple(one.attendee_id for one in sessions if one.gathering_id)
    for row in sessions:
        if row.gathering_id:
            continue
        option = chosen[row.id]
        who = members if row.gathers else (row.attendee_id,)
        ask = _ask_for(change, row, who, option)
        if not await asyncio.to_thread(_stands, runtime, ask, world, option, relaxed):
            return False
        world = problems.holding(world, [standin(row, option, row.id)])
    return True


async def _agreed(runtime: Runtime, change: ChangeRow) -> frozenset[Rule]:
    async with runtime.services.store.read() as tx:
        return AGREED if await earlier.get(tx, change.id) else frozenset()


def _ask_for(change: ChangeRow, row: SessionRow, who: tuple[str, ...], option: Option) -> Ask:
    """Return the wish of a change for exactly these people, on the day of an option."""
    day = option.interval.start.astimezone(zone_of(row.zone)).date()
    return replace(
        change.ask,
        attendee_ids=who,
        optional_ids=(),
        quorum=None,
        dates=DateRange(min(change.ask.dates.start, day), max(change.ask.dates.end, day + DAY)),
        place=PlaceKind.ROOM if option.room_id else PlaceKind.ONLINE,
        minutes=option.interval.minutes,
    )


def _stands(
    runtime: Runtime, ask: Ask, world: World, option: Option, relaxed: frozenset[Rule]
) -> bool:
    kind = runtime.services.catalogue.types[ask.type_id]
    problem = problems.build(ask, kind, world, relaxed=relaxed)
    return gatherings.stands(problem, ask, {ask.sought_ids[0]: option})


def held_by(rows: Sequence[SessionRow], option: Option) -> Sequence[tuple[str, Interval]]:
    """Return what another time of a session, or of a gathering's rows, takes: people, and a room."""
    coming = [row for row in rows if row.attendee_id not in option.missing_ids]
    taken = {one for row in coming for one in standin(row, option, row.id).resources}
    return [(one, option.interval) for one in sorted(taken)]
