"""Trainers say that they cannot lead a session; see ``trainers_port`` for the promises."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.people import Actor, Person
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.requests import WorkItemCause
from scheduling.domain.times import DateRange, Interval, WallWindow, zone_of
from scheduling.storage import leading, people, registers, requests, timers, work_items
from scheduling.workflows import rights
from scheduling.workflows.change_ground import require_booked
from scheduling.workflows.services import Services
from scheduling.workflows.substituting import TIMER, Meant, meant, seek, subject_of
from scheduling.workflows.trainers_port import LedFacts, Seek

LOOKED_AHEAD = timedelta(days=92)


class Substitutes:
    """The desk of who cannot lead, over the store; ``substituting`` finds somebody else."""

    def __init__(self, services: Services) -> None:
        """Read and write these services' store."""
        self._services = services

    async def led(
        self, actor: Actor, dates: DateRange | None, window: WallWindow | None
    ) -> tuple[LedFacts, ...]:
        """Return what the actor leads."""
        now = self._services.clock.now()
        async with self._services.store.read() as tx:
            me = await rights.person_of(tx, actor)
            span = Interval(now, now + LOOKED_AHEAD)
            found = []
            for row in await leading.course_sessions(tx, span, [me.id]):
                day = row.interval.start.astimezone(zone_of(row.zone)).date()
                fits = dates is None or dates.start <= day < dates.end
                if fits and (window is None or window.on(day, row.zone).covers(row.interval)):
                    one = await meant(tx, row.id)
                    found += [await self._facts(tx, me, one)] if one else []
        return tuple(found)

    async def cannot_lead(self, actor: Actor, session_id: str) -> LedFacts:
        """Let somebody else be sought."""
        services = self._services
        async with services.store.write() as tx:
            me = await rights.person_of(tx, actor)
            one = await meant(tx, session_id)
            if one is None:
                raise Refused(Refusal.NOT_LED)
            await requests.locked(tx, one.request.id)
            represented = await rights.acts_for(tx, me, services.clock.now())
            sides = {me.id, *(each.id for each in represented)}
            leader = one.session.facilitator_id
            if leader not in sides:
                if await timers.get(tx, TIMER, subject_of(session_id, me.id)):
                    return await self._facts(tx, me, one)  # found meanwhile: shown, not refused
                raise Refused(Refusal.NOT_LED)
            require_booked(one.session, services.clock.now())
            if await timers.get(tx, TIMER, subject_of(session_id, leader)) is None:
                await seek(tx, services, one.session, by=me.id)
            return await self._facts(tx, me, one)

    async def _facts(self, tx: AsyncConnection, me: Person, one: Meant) -> LedFacts:
        session = one.session
        named = await people.names(tx, [session.facilitator_id])
        return LedFacts(
            session_id=session.id,
            course_name=one.course.name,
            facilitator_name=named.get(session.facilitator_id, ""),
            interval=session.interval,
            zone=session.zone,
            place=session.place,
            room_name=session.room_name,
            people=len(await registers.attending(tx, session)),
            seek=await _seek(tx, me, one),
        )


async def _seek(tx: AsyncConnection, me: Person, one: Meant) -> Seek:
    """Return how the search for somebody else stands, by what is kept of it."""
    leader = one.session.facilitator_id
    timer = await timers.get(tx, TIMER, subject_of(one.session.id, leader))
    if timer is None:
        before = await timers.get(tx, TIMER, subject_of(one.session.id, me.id))
        return Seek.FOUND if before is not None else Seek.NOT
    items = await work_items.of_request(tx, one.request.id)
    told = any(item.cause is WorkItemCause.NO_SUBSTITUTE for item in items)
    return Seek.NOBODY if told and timer.done_at is not None else Seek.SOUGHT
