"""Who leads a session says that it begins late; see ``trainers_port`` for the promises."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.notices import Concern, NoticeKind
from scheduling.domain.people import Actor, Person
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.requests import SessionState
from scheduling.domain.times import Interval
from scheduling.storage import agenda, audit, people, registers
from scheduling.storage.agenda import Planned
from scheduling.storage.bookings import SessionRow
from scheduling.workflows import notices, rights
from scheduling.workflows.services import Services
from scheduling.workflows.trainers_port import LateFacts

AHEAD = timedelta(hours=2)
"""How long before its start somebody may say that a session begins late."""

LEAST_LATE, MOST_LATE = 1, 60
"""Minutes; what takes longer is moved."""


def about_now(interval: Interval, now: datetime) -> bool:
    """Whether a session is near enough for saying that it begins late."""
    return interval.start - AHEAD <= now < interval.end


class Lateness:
    """The trainers' desk over the store; people are told through the outbox."""

    def __init__(self, services: Services) -> None:
        """Read and write these services' store."""
        self._services = services

    async def about_now(self, actor: Actor, session_id: str | None = None) -> LateFacts:
        """Return the session that is meant."""
        async with self._services.store.read() as tx:
            me = await rights.person_of(tx, actor)
            return await self._facts(tx, await self._meant(tx, me, session_id))

    async def say_late(self, actor: Actor, session_id: str, minutes: int) -> LateFacts:
        """Tell its people, once."""
        minutes = min(max(minutes, LEAST_LATE), MOST_LATE)
        async with self._services.store.write() as tx:
            me = await rights.person_of(tx, actor)
            one = await self._meant(tx, me, session_id)
            now = self._services.clock.now()
            if not await registers.run_late(tx, one.session, minutes, now):
                told = await registers.late_by(tx, one.session)
                raise Refused(Refusal.TOLD_LATE, {"minutes": told})
            for person_id in await registers.attending(tx, one.session):
                await _tell(tx, one.session, person_id)
            shown = await self._facts(tx, one)
            await audit.record(
                tx,
                at=now,
                actor=me.id,
                action="session.late",
                subject=session_id,
                detail={"request": one.session.request_id, "minutes": minutes},
            )
        return shown

    async def shown_to(self, person: Person, session_id: str) -> LateFacts | None:
        """Return a session that begins late as one of its people may see it; None for others."""
        async with self._services.store.read() as tx:
            one = await agenda.of_session(tx, session_id)
            if one is None or person.id not in await registers.attending(tx, one.session):
                return None
            facts = await self._facts(tx, one)
        return facts if facts.minutes is not None else None

    async def _meant(self, tx: AsyncConnection, me: Person, session_id: str | None) -> Planned:
        """Return the session; the next to begin of those about now, where none is named."""
        now = self._services.clock.now()
        if session_id is None:
            near = await agenda.of_person(tx, me.id, Interval(now - AHEAD, now + AHEAD))
        else:
            named = await agenda.of_session(tx, session_id)
            near = [named] if named is not None else []
        led = [one for one in near if one.session.facilitator_id == me.id and _near(one, now)]
        if not led:
            raise Refused(Refusal.NOT_ABOUT_NOW)
        ahead = [one for one in led if one.session.interval.start >= now]
        return ahead[0] if ahead else led[-1]

    async def _facts(self, tx: AsyncConnection, one: Planned) -> LateFacts:
        session = one.session
        named = await people.names(tx, [session.facilitator_id])
        return LateFacts(
            session_id=session.id,
            type_name=self._services.catalogue.types[one.type_id].shown_name,
            facilitator_name=named.get(session.facilitator_id, ""),
            interval=session.interval,
            zone=session.zone,
            place=session.place,
            room_name=session.room_name,
            people=len(await registers.attending(tx, session)),
            minutes=await registers.late_by(tx, session),
        )


def _near(one: Planned, now: datetime) -> bool:
    booked = one.session.state is SessionState.BOOKED and one.session.gathering_id is None
    return booked and about_now(one.session.interval, now)


async def _tell(tx: AsyncConnection, session: SessionRow, person_id: str) -> None:
    start = session.interval.start.isoformat()
    await notices.say(
        tx,
        NoticeKind.RUNNING_LATE,
        session.id,
        person_id,
        concern=Concern.ATTENDEE,
        key=f"{session.id}:late:{start}:{person_id}",
        until=session.interval.end,
        about=(session.id,),
    )
