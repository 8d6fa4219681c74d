"""Another trainer for a session of a course whose trainer cannot come: same time, same people.

It is sought when its trainer says so, or when their calendar says so. The word is kept as a timer,
so that it is acted on once, also after a crash. Where nobody is free the schedulers decide. See
docs/adr/0018-substitutes.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog
from dbos import DBOS
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.courses import Course
from scheduling.domain.notices import Concern, NoticeKind
from scheduling.domain.people import Person
from scheduling.domain.requests import (
    SessionState,
    Target,
    WorkItemCause,
)
from scheduling.domain.times import DAY, DateRange, Interval, zone_of
from scheduling.learning.teaching import skills_of, trainers_of
from scheduling.optimizer.supply import Facilitator
from scheduling.ports.calendar import CalendarNotFound, Mailbox
from scheduling.storage import (
    audit,
    bookings,
    commits,
    courses,
    leading,
    people,
    requests,
    runs,
    timers,
    work_items,
)
from scheduling.storage.bookings import SessionRow, SlotTaken, person_resource
from scheduling.storage.requests import RequestRow
from scheduling.workflows import closing, escalation, notices
from scheduling.workflows.patience import Patience, Stopped, Tried, tried
from scheduling.workflows.place import trouble_of
from scheduling.workflows.rollout_problem import trainer_of
from scheduling.workflows.run_ground import facts_of, world_of
from scheduling.workflows.runtime import LASTING, Runtime, current
from scheduling.workflows.services import Services
from scheduling.workflows.setups import SYSTEM
from scheduling.workflows.showing import show_request

log = structlog.get_logger()

TIMER = "substitute"
"""The kind of the timers by which somebody else is sought; see ``subject_of``."""

SOON = timedelta(minutes=1)
"""So long a session that is being moved is left alone."""

NOBODY_ELSE, ALL_BUSY = "no_other_trainer", "trainers_busy"
"""Why there is no substitute: nobody else may teach the course, or they are not free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """A session of a course, with the group of its roll-out, and the index of the part it is."""

    session: SessionRow
    request: RequestRow
    course: Course
    group: str
    part: int
    run_id: str


def subject_of(session_id: str, trainer_id: str) -> str:
    """Return the subject of the timer by which somebody else is sought than that trainer."""
    return f"{session_id}|{trainer_id}"


async def meant(tx: AsyncConnection, session_id: str) -> Meant | None:
    """Return a session (of a gathering its own row) if it is of a course, else None."""
    session = await bookings.session(tx, session_id)
    if session is None or session.gathering_id is not None:
        return None
    found = await courses.group_of(tx, session.request_id)
    run = await runs.get(tx, found[0]) if found else None
    if found is None or run is None or run.rollout is None:
        return None
    course = await courses.get(tx, run.rollout.course_id, ended=True)
    if course is None:
        return None
    request = await requests.require(tx, session.request_id)
    parts = [one.request_id for one in await commits.of_group(tx, run.id, found[1])]
    return Meant(
        session=session,
        request=request,
        course=course,
        group=found[1],
        part=parts.index(request.id),
        run_id=run.id,
    )


async def seek(tx: AsyncConnection, services: Services, session: SessionRow, *, by: str) -> None:
    """Let another trainer be sought for a session of a course, on record.

    ``by`` is who says so: its trainer (or who acts for them), a scheduler, or Aside itself.
    """
    now = services.clock.now()
    await timers.set_timer(tx, TIMER, subject_of(session.id, session.facilitator_id), now)
    await audit.record(
        tx,
        at=now,
        actor=by,
        action="session.trainer_sought",
        subject=session.id,
        detail={"request": session.request_id, "trainer": session.facilitator_id},
    )


async def seek_again(tx: AsyncConnection, services: Services, request_id: str, *, by: str) -> None:
    """Seek once more for the session of a request, which a scheduler has asked for."""
    for row in await bookings.rows_of(tx, request_id):
        if row.gathering_id is None and row.state is SessionState.BOOKED:
            await seek(tx, services, row, by=by)


async def seek_no_more(tx: AsyncConnection, runtime: Runtime, session: SessionRow) -> None:
    """Forget that somebody else was sought for a session that stands at another time now."""
    subject = subject_of(session.id, session.facilitator_id)
    if await timers.get(tx, TIMER, subject) is None:
        return
    await timers.cancel(tx, TIMER, subject)
    for item in await work_items.of_request(tx, session.request_id):
        if item.cause is WorkItemCause.NO_SUBSTITUTE and not item.state.decided:
            await escalation.close(tx, runtime, item)


async def substitute(subject: str) -> None:
    """Find another trainer for a session, and let calendars say so; a timer's act, made of steps."""
    session_id, _, trainer_id = subject.partition("|")
    request_id = await request_to_substitute(session_id)
    if request_id is None:
        return
    patience = Patience(request_id, heed=False)
    try:
        found = await patience.ask(find_substitute, session_id, trainer_id)
    except Stopped as stop:
        trouble = closing.silent(stop.away) if stop.away else "unexpected"
        await no_substitute(session_id, trainer_id, trouble)
        found = None
    except Exception as error:  # noqa: BLE001 - the session stands, and a human must know
        log.warning("no_substitute_sought", session=session_id, error=type(error).__name__)
        await no_substitute(session_id, trainer_id, trouble_of(error))
        found = None
    if found:
        await _invite(patience, session_id, trainer_id)
    await show_request(request_id)


async def _invite(patience: Patience, session_id: str, trainer_id: str) -> None:
    try:
        await patience.ask(invite_substitute, session_id, trainer_id)
    except Exception as error:  # noqa: BLE001 - the substitute stands; a human hears of the calendar
        log.warning("substitute_not_invited", session=session_id, error=type(error).__name__)
        await substitute_uninvited(session_id)


@DBOS.step(**LASTING)
async def request_to_substitute(session_id: str) -> str | None:
    """Return the id of the request that a session is of; None where it is no more."""
    async with current().services.store.read() as tx:
        session = await bookings.session(tx, session_id)
    return session.request_id if session else None


@DBOS.step(**LASTING)
async def find_substitute(session_id: str, trainer_id: str) -> Tried:
    """Give the session to another trainer, or to the schedulers; whether somebody has it now.

    Repeatable: a session that another trainer leads by now is left alone.
    """
    return await tried(lambda: _find(current(), session_id, trainer_id))


async def _find(runtime: Runtime, session_id: str, trainer_id: str) -> bool:
    services = runtime.services
    async with services.store.read() as tx:
        one = await meant(tx, session_id)
        everyone = await _others(tx, one, trainer_id) if one else {}
    if one is None or not stands(one.session, trainer_id, services):
        return one is not None and one.session.facilitator_id != trainer_id
    if one.session.change_id is not None:
        async with services.store.write() as tx:
            return await _later(tx, services, one.session)
    pool = {i: everyone[i] for i in one.course.named_for(one.part) if i in everyone}
    order = await _by_fitness(services, one, pool) if pool else []
    for person_id in order:
        try:
            async with services.store.write() as tx:
                return await _give(tx, runtime, one, trainer_id, pool[person_id])
        except SlotTaken:
            continue
    await _nobody(runtime, session_id, trainer_id, ALL_BUSY if pool else NOBODY_ELSE)
    return False


async def _later(tx: AsyncConnection, services: Services, session: SessionRow) -> bool:
    """Look again at a session that is being moved, once it stands; nobody has it yet."""
    again = services.clock.now() + SOON
    await timers.set_timer(tx, TIMER, subject_of(session.id, session.facilitator_id), again)
    return False


async def _others(tx: AsyncConnection, one: Meant, trainer_id: str) -> Mapping[str, Person]:
    """Return the unit's people but for who leads the session, and who could not lead it before."""
    return {
        person.id: person
        for person in await people.of_unit(tx, one.session.unit_id)
        if person.id != trainer_id
        and await timers.get(tx, TIMER, subject_of(one.session.id, person.id)) is None
    }


def stands(session: SessionRow, trainer_id: str, services: Services) -> bool:
    """Whether a session is booked, ahead, and led by that trainer still."""
    ahead = session.interval.start > services.clock.now()
    return session.state is SessionState.BOOKED and ahead and session.facilitator_id == trainer_id


async def _by_fitness(services: Services, one: Meant, pool: Mapping[str, Person]) -> Sequence[str]:
    """Return who of the pool is free for the session, and qualified, best first.

    First who teaches another part of the group, then who teaches least that day, then by id.
    Raises Refused where the WFM or the calendars are away.
    """
    session = one.session
    day = session.interval.start.astimezone(zone_of(session.zone)).date()
    dates = DateRange(day, day + DAY)
    facts = await facts_of(services, session.unit_id, dates)
    world = await world_of(
        services, dates=dates, facts=facts, agent_ids=(), leaders=pool, indoors=False
    )
    async with services.store.read() as tx:
        groups = await courses.seats(tx, [one.run_id], one.group)
    teaching = {row.facilitator_id for g in groups for rows in g.of.values() for row in rows}
    able = trainers_of(one.course, one.part, skills_of(facts.agents.values()))
    free = []
    for person_id, person in ((i, pool[i]) for i in able if i in pool):
        trainer = trainer_of(one.course, person, world)
        known = person_resource(person_id) not in world.unknown_calendars
        if known and may_lead(trainer, session.interval):
            led = sum(trainer.led.values())
            free.append((person_id not in teaching, led, person_id))
    return [person_id for *_, person_id in sorted(free)]


def may_lead(trainer: Facilitator, interval: Interval) -> bool:
    """Whether somebody is at work and free for a session and their time to prepare it."""
    needed = Interval(interval.start - timedelta(minutes=trainer.prepare), interval.end)
    day = interval.start.astimezone(zone_of(trainer.zone)).date()
    most = trainer.contact_a_day
    return (
        any(w.start <= interval.start and interval.end <= w.end for w in trainer.working)
        and not any(busy.overlaps(needed) for busy in trainer.busy)
        and (most is None or trainer.led.get(day, 0) + interval.minutes <= most)
    )


async def _give(
    tx: AsyncConnection, runtime: Runtime, one: Meant, trainer_id: str, to: Person
) -> bool:
    """Let somebody else lead the session, and let those concerned be told, once."""
    services = runtime.services
    request = await requests.locked(tx, one.request.id)
    session = await bookings.require(tx, one.session.id)
    if not stands(session, trainer_id, services):
        return session.facilitator_id != trainer_id
    if session.change_id is not None:
        return await _later(tx, services, session)
    await leading.give(tx, session, to.id)
    await requests.ask_anew(tx, request.id, replace(request.ask, facilitator_id=to.id))
    fresh = await bookings.require(tx, session.id)
    attending = await bookings.attendees_of(tx, session.id) if session.gathers else [fresh]
    standing = [row for row in attending if row.state is SessionState.BOOKED]
    key = f"{session.id}:{trainer_id}:{to.id}"
    await notices.notify(tx, NoticeKind.LED_BY, request, key=key, sessions=standing, by=trainer_id)
    await _tell(tx, one, standing, NoticeKind.RELIEVED, trainer_id, key)
    await audit.record(
        tx,
        at=services.clock.now(),
        actor=SYSTEM,
        action="session.trainer_changed",
        subject=session.id,
        before={"trainer": trainer_id},
        after={"trainer": to.id},
        detail={"request": request.id, "course": one.course.id},
    )
    log.info("trainer_changed", session=session.id)
    return True


async def _tell(
    tx: AsyncConnection,
    one: Meant,
    about: Sequence[SessionRow],
    kind: NoticeKind,
    trainer_id: str,
    key: str,
) -> None:
    """Tell the trainer who cannot come what came of it."""
    await notices.say(
        tx,
        kind,
        one.request.id,
        trainer_id,
        concern=Concern.TRAINER,
        key=f"{key}:{kind.value}",
        about=tuple(row.id for row in about),
    )


@DBOS.step(**LASTING)
async def no_substitute(session_id: str, trainer_id: str, trouble: str) -> None:
    """Give a session without a trainer to the schedulers."""
    await _nobody(current(), session_id, trainer_id, trouble)


async def _nobody(runtime: Runtime, session_id: str, trainer_id: str, trouble: str) -> None:
    services = runtime.services
    async with services.store.write() as tx:
        one = await meant(tx, session_id)
        if one is None or not stands(one.session, trainer_id, services):
            return
        await requests.locked(tx, one.request.id)
        facts = escalation.ItemFacts(
            as_of=services.clock.now(), trouble=trouble, zone=one.session.zone
        )
        item_id = await escalation.add(tx, runtime, one.request, WorkItemCause.NO_SUBSTITUTE, facts)
        key = f"{session_id}:{trainer_id}:{item_id}"
        attending = await bookings.attendees_of(tx, session_id) or [one.session]
        await _tell(tx, one, attending, NoticeKind.NO_SUBSTITUTE, trainer_id, key)


@DBOS.step(**LASTING)
async def invite_substitute(session_id: str, trainer_id: str) -> Tried:
    """Put who leads the session now on its event, and take an earlier substitute off it.

    The event stays in the calendar of who organised it: its people keep their one invitation.
    """
    return await tried(lambda: _put_on_event(current(), session_id, trainer_id))


async def _put_on_event(runtime: Runtime, session_id: str, trainer_id: str) -> None:
    services = runtime.services
    async with services.store.read() as tx:
        session = await bookings.require(tx, session_id)
        known = await people.by_ids(tx, {session.facilitator_id, trainer_id})
    if session.event is None or session.state is not SessionState.BOOKED:
        return
    organiser = session.event.organiser.lower()
    calendar = services.patient_calendar
    for person_id, person in known.items():
        if not person.address or person.address.lower() == organiser:
            continue
        mailbox = Mailbox(name=person.name, address=person.address)
        try:
            if person_id == session.facilitator_id:
                await calendar.invite(session.event, [mailbox])
            else:
                await calendar.withdraw(session.event, [mailbox])
        except CalendarNotFound:  # an event that is gone is found as drift
            return


@DBOS.step(**LASTING)
async def substitute_uninvited(session_id: str) -> None:
    """Let the schedulers know that a substitute's calendar does not show the session."""
    runtime = current()
    async with runtime.services.store.write() as tx:
        session = await bookings.require(tx, session_id)
        request = await requests.locked(tx, session.request_id)
        failed: list[closing.Failed] = [(session_id, Target.INVITE.value, False)]
        cause, trouble = closing.why_of(failed, None)
        await closing.tell_schedulers(tx, runtime, request, cause, trouble, failed)
