"""Late joiners: who came to a course's audience after its roll-out takes a seat that is still free.

In all parts of one group that has not begun, within the rules and never over its sizes or the seats
of the roll-out; else they wait for the next one. Who is on the waiting list comes before them, in
its order. So does who gave up later parts, in these only. What is written is a booking like any,
see ``book``.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from dbos import DBOS
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.centre import Agent
from scheduling.domain.courses import Course
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.refusals import Refused
from scheduling.domain.requests import RequestState, SessionState
from scheduling.domain.runs import RunState
from scheduling.domain.times import DAY, DateRange, zone_of
from scheduling.learning.needs import audience_of
from scheduling.learning.teaching import Skills, skills_of, trainers_of
from scheduling.ports.calendar import CalendarError
from scheduling.ports.wfm import WfmError
from scheduling.storage import audit, bookings, commits, courses, requests, runs
from scheduling.storage.bookings import SessionRow, SlotTaken
from scheduling.storage.courses import SeatsRow
from scheduling.storage.requests import RequestRow
from scheduling.storage.runs import RunRow
from scheduling.workflows import gatherings
from scheduling.workflows.completing import BOOKED
from scheduling.workflows.learners import Learners, learners_among, learners_of
from scheduling.workflows.resuming import seats_left
from scheduling.workflows.runtime import LASTING, Runtime, current
from scheduling.workflows.setups import SYSTEM

log = structlog.get_logger()

TIMER = "joining"
EVERY = timedelta(hours=1)
STANDS = (RequestState.BOOKED, RequestState.PARTLY_BOOKED)


@DBOS.step(**LASTING)
async def seat_late_joiners(_subject: str) -> int:
    """Give free seats to late joiners of every course; to how many. Repeatable."""
    runtime = current()
    async with runtime.services.store.read() as tx:
        taught = await courses.everything(tx)
    seated = 0
    for course in taught:
        try:
            seated += await _seat(runtime, course)
        except (Refused, WfmError, CalendarError) as error:  # the next look is soon
            log.info("nobody_seated", course=course.id, error=type(error).__name__)
    return seated


async def _seat(runtime: Runtime, course: Course) -> int:
    services = runtime.services
    now = services.clock.now()
    async with services.store.read() as tx:
        rollouts = await runs.of_course(tx, course.unit_id, course.id)
        booked = {row.id: row for row in rollouts if row.state is RunState.BOOKED and row.members}
        seats = await courses.seats(tx, booked)
    open_ = sorted(_open(seats, booked, course, now), key=lambda one: _rows(one)[0].interval)
    partly = any(len(rows) < one.parts for one in seats for rows in one.of.values())
    if not (open_ or partly):
        return 0
    agents = await services.wfm.agents(course.unit_id)
    open_ = [one for one in open_ if _is_taught(one, course, skills_of(agents))]
    async with services.store.read() as tx:
        learners = await learners_of(tx, course, agents, now, now.date())
    by_id = {agent.id: agent for agent in agents}
    seated = 0
    for person_id in _in_turn(learners, rollouts):
        for group in open_:
            rows = _rows(group)
            if await _fits(
                runtime, course, group, booked[group.run_id], by_id, person_id, rows
            ) and (await _join(runtime, course, group, booked[group.run_id], person_id, rows)):
                seated += 1
                open_ = await _again(runtime, course, open_, booked, now)
                break
    return seated + await _resume(runtime, course, learners, booked, by_id)


def _in_turn(learners: Learners, rollouts: Sequence[RunRow]) -> tuple[str, ...]:
    """Return who is offered a free seat: who has waited, in that order, and then late joiners."""
    wanted, still = learners.needs.wanted, set(learners.needs.wanted)
    known = {i for row in rollouts if row.state in BOOKED for i in row.members}
    waited = [i for i in learners.waited if i in still]
    return (*waited, *(i for i in wanted if i not in known.union(waited)))


async def _resume(
    runtime: Runtime,
    course: Course,
    learners: Learners,
    booked: Mapping[str, RunRow],
    agents: Mapping[str, Agent],
) -> int:
    """Give seats in the later parts to those who gave them up; to how many."""
    now, seated = runtime.services.clock.now(), 0
    for person_id, begun in learners.resuming.items():
        async with runtime.services.store.read() as tx:
            seats = await courses.seats(tx, booked)
        for group, rows in seats_left(course, seats, begun, person_id, now):
            if (
                _is_taught(group, course, skills_of(agents.values()))
                and await _fits(
                    runtime, course, group, booked[group.run_id], agents, person_id, rows
                )
                and await _join(runtime, course, group, booked[group.run_id], person_id, rows)
            ):
                seated += 1
                break
    return seated


async def _again(
    runtime: Runtime,
    course: Course,
    groups: Sequence[SeatsRow],
    booked: Mapping[str, RunRow],
    now: datetime,
) -> list[SeatsRow]:
    """Return those of the groups that still have a seat, as they are now and in the same order."""
    async with runtime.services.store.read() as tx:
        seats = await courses.seats(tx, {one.run_id for one in groups})
    fresh = {one.group: one for one in _open(seats, booked, course, now)}
    return [fresh[one.group] for one in groups if one.group in fresh]


def _open(
    seats: Sequence[SeatsRow], booked: Mapping[str, RunRow], course: Course, now: datetime
) -> list[SeatsRow]:
    """Return the groups with a free seat, of roll-outs of which not all seats are given."""
    full = {i for i in {one.run_id for one in seats} if not _has_seats(booked[i], seats)}
    return [one for one in seats if one.run_id not in full and _is_open(one, course, now)]


def _has_seats(row: RunRow, seats: Sequence[SeatsRow]) -> bool:
    """Whether fewer people have seats in the groups of a roll-out than it is to take."""
    most = row.rollout.seats if row.rollout else None
    return most is None or most > len({i for one in seats if one.run_id == row.id for i in one.of})


def _rows(group: SeatsRow) -> Sequence[SessionRow]:
    """Return the seats of one who has them in all parts, by start; none where nobody does."""
    return next((rows for rows in group.of.values() if len(rows) == group.parts), ())


def _is_open(group: SeatsRow, course: Course, now: datetime) -> bool:
    """Whether a group of several is booked, does not move just now, has not begun, and is not full."""
    rows = _rows(group)
    together = all(row.gathering_id is not None and row.change_id is None for row in rows)
    return bool(rows) and together and rows[0].interval.start > now and len(group.of) < course.most


def _is_taught(group: SeatsRow, course: Course, skills: Skills) -> bool:
    """Whether each part of a group is led by somebody who may teach it still."""
    return all(
        row.facilitator_id in trainers_of(course, at, skills) for at, row in enumerate(_rows(group))
    )


async def _fits(
    runtime: Runtime,
    course: Course,
    group: SeatsRow,
    row: RunRow,
    agents: Mapping[str, Agent],
    person_id: str,
    parts: Sequence[SessionRow],
) -> bool:
    """Whether the roll-out is for somebody, and a group's caps and rooms leave a seat for them."""
    agent = agents[person_id]
    within = row.rollout.within if row.rollout else frozenset()
    if not audience_of(course, [agent], within):
        return False
    mates = sum(agents[i].team_id == agent.team_id for i in group.of if i in agents)
    if course.per_team is not None and mates >= course.per_team:
        return False
    if await _had(runtime, person_id, parts):
        return False
    return await _room_for(runtime, parts, len(group.of) + 1)


async def _had(runtime: Runtime, person_id: str, parts: Sequence[SessionRow]) -> bool:
    """Whether somebody was in these parts before: what they gave up they are not booked into again."""
    async with runtime.services.store.read() as tx:
        for part in parts:
            rows = await bookings.attendees_of(tx, str(part.gathering_id))
            if any(row.attendee_id == person_id for row in rows):
                return True
    return False


async def _room_for(runtime: Runtime, rows: Collection[SessionRow], attendees: int) -> bool:
    """Whether the rooms seat so many, and who teaches them."""
    taken = {row.room_id.lower() for row in rows if row.room_id}
    if not taken:
        return True
    rooms = await runtime.services.setups.rooms(runtime.services.patient_calendar)
    sizes = {room.id.lower(): room.capacity for room in rooms}
    return all(sizes.get(room_id, 0) > attendees for room_id in taken)


async def _join(
    runtime: Runtime,
    course: Course,
    group: SeatsRow,
    run: RunRow,
    person_id: str,
    parts: Sequence[SessionRow],
) -> bool:
    """Book somebody into these parts of a group of ``run``, or none; whether they are."""
    planned: list[SessionRow] = []
    asked: list[RequestRow] = []
    for part in parts:
        async with runtime.services.store.read() as tx:
            gathering = await bookings.require(tx, str(part.gathering_id))
            request = await requests.require(tx, part.request_id)
        row = await _planned(runtime, course, request, gathering, person_id)
        if row is None:
            return False
        planned.append(row)
        asked.append(request)
    try:
        return await _book(runtime, course, group, run, planned, asked, person_id)
    except SlotTaken:
        return False


async def _planned(
    runtime: Runtime, course: Course, request: RequestRow, gathering: SessionRow, person_id: str
) -> SessionRow | None:
    """Return somebody's row in a part, or None where they cannot be off the phones then."""
    day = gathering.interval.start.astimezone(zone_of(gathering.zone)).date()
    ask = replace(
        request.ask,
        attendee_ids=(person_id,),
        dates=DateRange(day, day + DAY),
        window=None,
        together=False,
        optional_ids=(),
        quorum=None,
        place=PlaceKind.ONLINE,  # the group has its room: none is looked for
    )
    found = await runtime.search.world(ask, request.unit_id, fresh=True)
    world = replace(found, per_skill=course.per_skill)
    option = gatherings.option_of(gathering)
    alone = replace(request, ask=ask)
    if not await asyncio.to_thread(gatherings.is_free, runtime, alone, world, person_id, option):
        return None
    agent = world.facts.agents[person_id]
    row = gatherings.planned_session(runtime, request, agent, world.facilitator, option)
    return gatherings.attending(row, gathering)


async def _book(
    runtime: Runtime,
    course: Course,
    group: SeatsRow,
    run: RunRow,
    planned: Sequence[SessionRow],
    asked: Sequence[RequestRow],
    person_id: str,
) -> bool:
    """Reserve every part and let it be written, in one transaction; False where one has changed."""
    services, engine = runtime.services, runtime.engine
    async with services.store.write() as tx:
        now, later = services.clock.now(), len(planned) < group.parts
        waited = await _is_theirs(tx, course, group, run, person_id, now, later=later)
        if waited is None:
            return False
        locked = {one.id: await requests.locked(tx, one.id) for one in asked}
        for row in planned:
            gathering = await bookings.require(tx, str(row.gathering_id))
            same = gathering.state is SessionState.BOOKED and gathering.interval == row.interval
            if not same or gathering.change_id or locked[row.request_id].state not in STANDS:
                return False
        await bookings.reserve(tx, planned)
        for one in locked.values():
            ask = replace(one.ask, attendee_ids=(*one.ask.attendee_ids, person_id))
            await requests.ask_anew(tx, one.id, ask)
            await requests.transition(tx, one.id, to=RequestState.RESERVED, of=STANDS)
            await engine.enqueue_followup(tx, "book", f"{one.id}:{one.version}:book", one.id)
        await commits.enlarge(tx, group.run_id, len(planned))
        await audit.record(
            tx,
            at=services.clock.now(),
            actor=SYSTEM,
            action="course.joined",
            subject=course.id,
            detail={
                "group": group.group,
                "person": person_id,
                "parts": len(planned),
                "waited": waited,
            },
        )
    return True


async def _is_theirs(
    tx: AsyncConnection,
    course: Course,
    group: SeatsRow,
    run: RunRow,
    person_id: str,
    now: datetime,
    *,
    later: bool,
) -> bool | None:
    """Whether somebody who needs a group's free seat has waited for it; None where it is not theirs.

    The group is to have the people with whom it was looked at; for a seat in all parts (not in the
    ``later`` ones only) its ``run`` is to have seats left.

    Until ``tx`` ends nobody else gives seats in the course.
    """
    if await courses.locked(tx, course.id) != course:
        return None
    seats = await courses.seats(tx, [group.run_id])
    if [set(one.of) for one in seats if one.group == group.group] != [set(group.of)]:
        return None
    learners = await learners_among(tx, course, [person_id], now, now.date())
    if later:
        return False if person_id in learners.resuming else None
    if person_id not in learners.needs.wanted or not _has_seats(run, seats):
        return None
    return person_id in learners.waited
