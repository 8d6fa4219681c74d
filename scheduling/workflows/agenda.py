"""What lies ahead of a person; see ``agenda_port`` for the promises."""

from collections.abc import Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.people import ASKERS, Actor, Person, Role
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.requests import RequestView, SessionState
from scheduling.domain.times import DAY, DateRange, Interval
from scheduling.storage import (
    agenda,
    audit,
    bookings,
    changes,
    earlier,
    leading,
    notes,
    people,
    registers,
)
from scheduling.storage.agenda import Planned
from scheduling.storage.bookings import SessionRow
from scheduling.workflows import rights, views
from scheduling.workflows.agenda_port import Act, Agenda, AgendaItem, Cadence, Undoable
from scheduling.workflows.cadence import cadence_of
from scheduling.workflows.lateness import about_now
from scheduling.workflows.services import Services

BACK_FOR = timedelta(days=7)
"""So long a request that came back to its requester is shown as theirs to see to."""
WEEK = timedelta(days=7)


class Agendas:
    """The agenda desk over the store."""

    def __init__(self, services: Services) -> None:
        """Read what these services keep."""
        self._services = services

    async def week(self, actor: Actor, day: date | None = None) -> Agenda:
        """Return the week of a day."""
        async with self._services.store.read() as tx:
            return await self._week(tx, await rights.person_of(tx, actor), day)

    async def week_of(self, person: Person, day: date) -> Agenda:
        """Return the week of a day as somebody sees it who is not acting now."""
        async with self._services.store.read() as tx:
            return await self._week(tx, person, day)

    async def _week(self, tx: AsyncConnection, me: Person, day: date | None) -> Agenda:
        today = self._services.clock.now().astimezone(ZoneInfo(me.zone)).date()
        monday = monday_of(day or today)
        span = DateRange(monday, monday + WEEK).interval(me.zone)
        planned = await agenda.of_person(tx, me.id, span)
        items = await self._items(tx, me, planned)
        next_at = None if items else await agenda.next_start(tx, me.id, span.end)
        agent = me.in_wfm and me.has(Role.AGENT)
        wants = await earlier.wants(tx, me.id) if agent else None
        return Agenda(
            monday=monday,
            zone=me.zone,
            leads=me.has(*ASKERS),
            items=items,
            next_at=next_at,
            earlier=wants,
        )

    async def session(self, actor: Actor, session_id: str) -> AgendaItem:
        """Return one session."""
        async with self._services.store.read() as tx:
            me = await rights.person_of(tx, actor)
            planned = await agenda.of_session(tx, session_id)
            if planned is None or not concerns(me, planned):
                raise Refused(Refusal.UNKNOWN_DRAFT)
            (item,) = await self._items(tx, me, [planned])
        return item

    async def acknowledge(self, actor: Actor, session_id: str) -> AgendaItem:
        """Note an attendee's OK, once."""
        item = await self.session(actor, session_id)
        if Act.ACKNOWLEDGE in item.acts:
            async with self._services.store.write() as tx:
                me = await rights.person_of(tx, actor)
                now = self._services.clock.now()
                await agenda.acknowledge(tx, session_id, me.id, now)
                await audit.record(
                    tx,
                    at=now,
                    actor=me.id,
                    action="session.acknowledged",
                    subject=session_id,
                    detail={"request": item.request_id},
                )
        return await self.session(actor, session_id)

    async def status(self, actor: Actor) -> tuple[RequestView, ...]:
        """Return what is under way or came back."""
        now = self._services.clock.now()
        async with self._services.store.read() as tx:
            me = await rights.person_of(tx, actor)
            rows = await agenda.open_requests(tx, me.id, since=now - BACK_FOR)
            return tuple(
                [
                    await views.request_view(tx, self._services.catalogue, row, me, now)
                    for row in rows
                ]
            )

    async def last_undoable(
        self, actor: Actor, person_ids: tuple[str, ...] = (), type_id: str | None = None
    ) -> Undoable:
        """Return the newest that can be undone."""
        now = self._services.clock.now()
        async with self._services.store.read() as tx:
            me = await rights.person_of(tx, actor)
            booked = await agenda.undoable(tx, me.id, now)
            moved = await changes.undoable(tx, me.id, now)
        found = [(r.undo_until, r.ask, Undoable(request_id=r.id)) for r in booked]
        found += [
            (c.undo_until, c.ask, Undoable(request_id=c.request_id, change_id=c.id)) for c in moved
        ]
        meant = [
            (until or now, what)
            for until, ask, what in found
            if type_id in (None, ask.type_id)
            and (not person_ids or not set(person_ids).isdisjoint(ask.attendee_ids))
        ]
        if not meant:
            raise Refused(Refusal.NOTHING_TO_UNDO)
        return max(meant, key=lambda one: one[0])[1]

    async def cadence(
        self, actor: Actor, *, days: int, type_id: str | None, person_ids: tuple[str, ...]
    ) -> Cadence:
        """Return who is due."""
        async with self._services.store.read() as tx:
            me = await rights.person_of(tx, actor)
            known = await rights.askable(tx, me, self._services.clock.now())
        mine = known.mine
        rights.require_within(mine, known.agents, person_ids)
        own = [one for one in mine if one.team_id in known.own_teams]
        asked = [one for one in mine if one.id in person_ids] if person_ids else own or mine
        return await cadence_of(self._services, asked, days=days, type_id=type_id, zone=me.zone)

    async def _items(
        self, tx: AsyncConnection, me: Person, planned: Sequence[Planned]
    ) -> tuple[AgendaItem, ...]:
        rows = [one.session for one in planned]
        attending = await agenda.attendees(tx, rows)
        ids = {i for each in attending.values() for i in each} | {r.facilitator_id for r in rows}
        names = await people.names(tx, ids)
        known = await agenda.acknowledged(tx, [row.id for row in rows])
        written = await notes.authors(tx, [row.id for row in rows])
        kept = await registers.opened(tx, [row.id for row in rows])
        ids_led = await self._of_courses(tx, me, rows)
        return tuple(
            AgendaItem(
                id=one.session.id,
                request_id=one.session.request_id,
                type_name=self._services.catalogue.types[one.type_id].shown_name,
                subject=self._services.catalogue.types[one.type_id].subject,
                attendees=tuple(names.get(i, "") for i in attending.get(one.session.id, ())),
                facilitator_name=names.get(one.session.facilitator_id, ""),
                zone=one.session.zone,
                interval=one.session.interval,
                place=one.session.place,
                room_name=one.session.room_name,
                join_url=one.session.join_url,
                booked=one.session.state is SessionState.BOOKED,
                moves=one.session.moves,
                leads=leads(me, one),
                acknowledged=one.session.id in known,
                notes=_readable(me, one, written.get(one.session.id, ())),
                acts=self._acts(me, one, acknowledged=one.session.id in known)
                | self._trainers_acts(me, one, registered=one.session.id in kept)
                | ({Act.CANNOT_LEAD} if one.session.id in ids_led else set()),
                seats_left=self._seats_left(one, len(attending.get(one.session.id, ()))),
            )
            for one in planned
        )

    async def _of_courses(
        self, tx: AsyncConnection, me: Person, rows: Sequence[SessionRow]
    ) -> frozenset[str]:
        """Return those of courses that the person leads and that are ahead."""
        now = self._services.clock.now()
        last = max((row.interval.end for row in rows), default=now)
        if last <= now:
            return frozenset()
        found = await leading.course_sessions(tx, Interval(now, last), [me.id])
        return frozenset(row.id for row in found)

    def _acts(self, me: Person, one: Planned, *, acknowledged: bool) -> frozenset[Act]:
        """Return what the person may do about a session that has not begun, or note afterwards."""
        session = one.session
        noting = {Act.NOTE} if leads(me, one) else set()
        ahead = session.interval.start > self._services.clock.now()
        if not ahead or session.state.value not in bookings.ACTIVE_SESSIONS:
            return frozenset(noting)
        if leads(me, one):
            return frozenset({Act.MOVE, Act.CANCEL, *noting})
        own = {Act.CANNOT} if session.gathering_id else {Act.CANNOT, Act.SWAP}
        return frozenset(own if acknowledged else own | {Act.ACKNOWLEDGE})

    def _trainers_acts(self, me: Person, one: Planned, *, registered: bool) -> frozenset[Act]:
        """Return what who leads a session may do about now, or once it is over."""
        session = one.session
        if me.id != session.facilitator_id:
            return frozenset()
        if registered:
            return frozenset({Act.REGISTER})
        late = session.state is SessionState.BOOKED and about_now(
            session.interval, self._services.clock.now()
        )
        return frozenset({Act.LATE}) if late else frozenset()

    def _seats_left(self, one: Planned, people: int) -> int | None:
        room = self._services.setups.setup.rooms.get(one.session.room_id or "")
        if room is None or not one.session.gathers:
            return None
        return max(0, room.capacity - people - 1)


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - day.weekday() * DAY


def leads(me: Person, one: Planned) -> bool:
    """Whether the person leads the session or asked for it."""
    return me.id == one.session.facilitator_id or me.id in one.requester_ids


def concerns(me: Person, one: Planned) -> bool:
    """Whether the person attends the session, leads it or asked for it."""
    return me.id == one.session.attendee_id or leads(me, one)


def _readable(me: Person, one: Planned, authors: Sequence[str]) -> int:
    return len(authors) if me.id == one.session.facilitator_id else authors.count(me.id)
