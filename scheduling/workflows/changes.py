"""The desk for changes of booked sessions: authorises, proposes, takes tickets.

See ``changes_port`` for the promises, ``changing`` and ``rewriting`` for how they are kept.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.changes import ChangedSession, ChangeKind, ChangeState, ChangeView
from scheduling.domain.people import Actor, Person
from scheduling.domain.proposals import Option, Proposal
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.requests import SessionState
from scheduling.domain.times import DAY, DateRange, Interval, WallWindow, zone_of
from scheduling.ports.calendar import CalendarError
from scheduling.storage import agenda, bookings, changes, drafts, requests
from scheduling.storage.bookings import SessionRow
from scheduling.storage.changes import ChangeRow
from scheduling.storage.requests import RequestRow
from scheduling.workflows import change_views, course_parts, replacing, rights, views, writes
from scheduling.workflows.change_ends import show
from scheduling.workflows.change_ground import Subject, require_booked
from scheduling.workflows.change_rows import drop_session, takes_later
from scheduling.workflows.changes_port import Sought
from scheduling.workflows.gatherings import members_of
from scheduling.workflows.search import Found
from scheduling.workflows.setups import SYSTEM
from scheduling.workflows.swaps import Swaps

LOOKED_AHEAD = 92 * DAY
MOST_OPTIONS = 3

CHANGEABLE = (SessionState.BOOKED, SessionState.RELEASED)


class ChangeDesk(Swaps):
    """Changes over the store, the search and the engine."""

    # What there is

    async def sessions(self, actor: Actor, sought: Sought) -> tuple[ChangedSession, ...]:
        """Return the booked sessions ahead that are meant, the soonest first."""
        now = self._services.clock.now()
        async with self._services.store.read() as tx:
            me = await rights.person_of(tx, actor)
            rows: Sequence[SessionRow]
            if sought.request_id is not None:
                every = await bookings.sessions(tx, sought.request_id)
                rows = [one for one in every if one.state in CHANGEABLE]
            else:
                concerned = [me.id] if sought.own else [me.id, *sought.attendee_ids]
                span = Interval(now, now + LOOKED_AHEAD)
                rows = await bookings.booked_with(tx, concerned, span)
            found: dict[str, ChangedSession] = {}
            for row in rows:
                request = await requests.require(tx, row.request_id)
                open_ = row.state is SessionState.RELEASED or row.interval.start > now
                if not open_ or not self._fits(me, row, request, sought):
                    continue
                whole = await self._whole(tx, row, sought)
                if whole[0].id in found:
                    continue
                if sought.own or await rights.may_change(tx, me, request, whole, now):
                    catalogue = self._services.catalogue
                    found[whole[0].id] = await change_views.session_view(tx, catalogue, whole)
            return tuple(found.values())

    async def _whole(
        self, tx: AsyncConnection, row: SessionRow, sought: Sought
    ) -> Sequence[SessionRow]:
        """Return the gathering of an attendee's row with its members, unless that alone is meant."""
        if sought.own or sought.alone or row.gathering_id is None:
            return (row,)
        gathering = await bookings.require(tx, row.gathering_id)
        return (gathering, *await members_of(tx, gathering))

    def _fits(self, me: Person, row: SessionRow, request: RequestRow, sought: Sought) -> bool:
        zone = zone_of(row.zone)
        start = row.interval.start.astimezone(zone)
        fits = (
            (sought.type_id in (None, request.ask.type_id))
            and (sought.dates is None or sought.dates.start <= start.date() < sought.dates.end)
            and (
                sought.window is None
                or sought.window.on(start.date(), row.zone).covers(row.interval)
            )
        )
        wanted = (me.id,) if sought.own else sought.attendee_ids
        return fits and (not wanted or row.attendee_id in wanted)

    # Moving

    async def propose_move(
        self, actor: Actor, session_id: str, dates: DateRange | None, window: WallWindow | None
    ) -> ChangeView:
        """Look for up to three times; nothing is written, and they are held softly."""
        services = self._services
        now = services.clock.now()
        async with services.store.read() as tx:
            about = await self._to_change(tx, actor, session_id)
            place = await course_parts.place_of(tx, about.session, now)
        session = about.session
        if dates is None and place is not None:
            dates = course_parts.dates_of(place, session.zone, now)
        ask = replacing.ask_of(
            about.request, session, now, members=about.members, dates=dates, window=window
        )
        if ask.dates.last < now.astimezone(zone_of(session.zone)).date():
            raise Refused(Refusal.PAST, {"last": ask.dates.last.isoformat()})
        row = self._new(about, ChangeKind.MOVE, ChangeState.PROPOSED, ask=ask)
        world = await replacing.world_of(self._runtime, row, about.rows, fresh=False)
        if session.state is SessionState.BOOKED:
            world = replacing.elsewhere(world, session)
        found = await self._runtime.search.find(ask, world)
        if ask.together:
            found = await self._runtime.search.with_everybody(ask, world, found)
        until = now + services.policy.soft_hold
        row = replace(row, proposal=self._proposal(row, about, found), expires_at=until)
        wanted = [
            taken
            for one in found.sessions
            for option in one.options[:MOST_OPTIONS]
            for taken in replacing.held_by(about.rows, option)
        ]
        async with services.store.write() as tx:
            await changes.insert(tx, row)
            await drafts.hold(tx, row.id, wanted, until)
        return await self.change(actor, row.id)

    def _proposal(self, row: ChangeRow, about: Subject, found: Found) -> Proposal:
        services = self._services
        return Proposal(
            ask=row.ask,
            type_name=services.catalogue.types[row.ask.type_id].shown_name,
            facilitator_name=found.facilitator.name,
            sessions=found.sessions,
            unplaced=views.unplaced_for(about.me, found.unplaced),
            curves=found.curves,
            days=found.days,
            as_of=found.as_of,
            reconciled=found.reconciled,
            held_until=services.clock.now() + services.policy.soft_hold,
            without_mailbox=found.without_mailbox,
            unknown_calendars=found.unknown_calendars,
        )

    async def move(self, actor: Actor, change_id: str, version: int, option: int) -> ChangeView:
        """Take a ticket for one of the proposed times; rights are read again."""
        async with self._services.store.write() as tx:
            row, _ = await self._known(tx, actor, change_id)
            if row.state is ChangeState.PROPOSED:
                await self._take_ticket(tx, actor, row, version, option)
        return await self.change(actor, change_id)

    async def _take_ticket(
        self, tx: AsyncConnection, actor: Actor, row: ChangeRow, version: int, option: int
    ) -> None:
        """Queue a proposed move; a released session keeps the claim of its old ticket."""
        options = row.proposal.sessions[0].options if row.proposal and row.proposal.sessions else ()
        if row.version != version or not 0 <= option < len(options):
            raise Refused(Refusal.STALE)
        before = await bookings.require(tx, row.session_id)
        booked = before.state is SessionState.BOOKED
        ticket = await requests.take_ticket(tx, row.unit_id) if booked else None
        await requests.locked(tx, row.request_id)
        about = await self._to_change(tx, actor, row.session_id)
        if {one.id for one in about.members} - set(row.member_ids):
            raise Refused(Refusal.STALE)  # nobody looked whether who has joined can come
        missing = options[option].missing_ids
        rows = [one for one in about.rows if one.attendee_id not in missing]
        chosen = {one.id: options[option] for one in rows}
        await self._queue(tx, about.me.id, row, rows, chosen, ticket)

    async def drop(self, actor: Actor, change_id: str) -> ChangeView:
        """Let go of what was proposed, or asked of a peer; only who began it may.

        What Aside asked about, whoever may move the session.
        """
        async with self._services.store.write() as tx:
            row, me = await self._known(tx, actor, change_id)
            waits = row.state in (ChangeState.PROPOSED, ChangeState.ASKED)
            if waits and row.asked_by == SYSTEM:
                await self._require_may_change(tx, await self._subject(tx, actor, row.session_id))
            if waits and row.asked_by in (me.id, SYSTEM):
                await drafts.release(tx, row.id)
                of = (row.state,)
                if await changes.advance(tx, row, to=ChangeState.DROPPED, of=of):
                    await show(tx, self._runtime, row)
        return await self.change(actor, change_id)

    async def undo(self, actor: Actor, change_id: str) -> ChangeView:
        """Go back to the time before, unless the attendee has acted; the old time must be free."""
        services = self._services
        async with services.store.read() as tx:
            row, _ = await self._known(tx, actor, change_id)
            about = await self._to_change(tx, actor, row.session_id)
        if row.undo_until is None or row.undo_until <= services.clock.now():
            raise Refused(Refusal.UNDO_OVER, {"why": "time"})
        if await self._acted(about):
            async with services.store.write() as tx:
                await changes.advance(
                    tx, row, to=row.state, of=(ChangeState.DONE,), undo_until=None
                )
            raise Refused(Refusal.UNDO_OVER, {"why": "acted"})
        day = row.was[row.session_id].interval.start.astimezone(zone_of(about.session.zone)).date()
        back = self._new(about, ChangeKind.MOVE, ChangeState.PROPOSED, undoes=row.id)
        ask = replace(back.ask, dates=DateRange(day, day + DAY), window=None)
        back = replace(back, ask=ask)
        await self._require_free(back, about, row)
        async with services.store.write() as tx:
            ticket = await requests.take_ticket(tx, row.unit_id)
            await requests.locked(tx, row.request_id)
            about = await self._to_change(tx, actor, row.session_id)
            ended = await changes.advance(
                tx, row, to=row.state, of=(ChangeState.DONE,), undo_until=None
            )
            if not ended:
                raise Refused(Refusal.STALE)
            await changes.insert(tx, back)
            await self._queue(tx, about.me.id, back, about.rows, _back(about, row), ticket)
        return await self.change(actor, back.id)

    async def _acted(self, about: Subject) -> bool:
        """Whether an attendee has answered, or said OK; unknown is not "nobody"."""
        async with self._services.store.read() as tx:
            known = await agenda.acknowledged(tx, [one.id for one in about.rows])
        if known:
            return True
        try:
            return await writes.attendee_acted(self._runtime, about.session)
        except CalendarError as error:
            raise Refused(Refusal.CALENDAR_AWAY) from error

    async def _require_free(self, back: ChangeRow, about: Subject, row: ChangeRow) -> None:
        world = await replacing.world_of(self._runtime, back, about.rows, fresh=False)
        chosen = _back(about, row)
        if not await replacing.holds(self._runtime, back, about.rows, world, chosen):
            raise Refused(Refusal.OLD_TIME_GONE)

    # Taking back

    async def depending(
        self, actor: Actor, session_id: str, kind: ChangeKind
    ) -> tuple[ChangedSession, ...]:
        """Return a part of a course, and after it the later ones that would be taken back with it."""
        now = self._services.clock.now()
        async with self._services.store.read() as tx:
            about = await self._subject(tx, actor, session_id)
            await self._require_to_drop(tx, about, kind)
            if not takes_later(about.session, kind):
                return ()
            later = await course_parts.depending_on(tx, about.session, now)
            whole = [(about.session, *about.members)] if later else []
            whole += [(one, *await members_of(tx, one)) for one in later]
            catalogue = self._services.catalogue
            return tuple([await change_views.session_view(tx, catalogue, rows) for rows in whole])

    async def cancel(self, actor: Actor, session_id: str) -> ChangeView:
        """Cancel one session of a request, or a gathering for all, and tell those concerned."""
        return await self._drop(actor, session_id, ChangeKind.CANCEL)

    async def cannot(self, actor: Actor, session_id: str) -> ChangeView:
        """Free a session whose attendee cannot come; no reason is asked or kept."""
        return await self._drop(actor, session_id, ChangeKind.CANNOT)

    async def release(self, actor: Actor, session_ids: Collection[str]) -> tuple[ChangeView, ...]:
        """Free sessions now, each with first claim on a new time; what is over is left out."""
        released = []
        async with self._services.store.read() as tx:
            await rights.scheduler_of(tx, actor)
        for session_id in session_ids:
            try:
                released.append(await self._drop(actor, session_id, ChangeKind.RELEASE))
            except Refused as refused:
                if refused.refusal is Refusal.NOT_YOUR_ROLE:
                    raise
        return tuple(released)

    async def _drop(self, actor: Actor, session_id: str, kind: ChangeKind) -> ChangeView:
        """Begin to take one session back; twice gives the same change."""
        async with self._services.store.write() as tx:
            session = await bookings.session(tx, session_id)
            if session is None:
                raise Refused(Refusal.UNKNOWN_DRAFT)
            await requests.locked(tx, session.request_id)
            about = await self._subject(tx, actor, session_id)
            await self._require_to_drop(tx, about, kind)
            require_booked(about.session, self._services.clock.now())
            row, new = await drop_session(
                tx,
                self._runtime,
                about.request,
                about.session,
                kind,
                by=about.me.id,
                members=about.members,
            )
            if new:
                await self._record(tx, about.me.id, row, {})
        return await self.change(actor, row.id)

    async def _require_to_drop(self, tx: AsyncConnection, about: Subject, kind: ChangeKind) -> None:
        if kind is ChangeKind.CANNOT:
            if about.me.id != about.session.attendee_id:
                raise Refused(Refusal.NOT_YOUR_SESSION)
        elif kind is ChangeKind.RELEASE:
            rights.require_scheduler(about.me, about.request.unit_id)
            if about.session.gathers:
                raise Refused(Refusal.MEETS_TOGETHER)
        else:
            await self._require_may_change(tx, about)


def _back(about: Subject, row: ChangeRow) -> dict[str, Option]:
    """Return where those who are still in a session were before it was moved: all at one place."""
    return {one.id: row.was[row.session_id] for one in about.rows}
