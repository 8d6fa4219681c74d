"""What every change of a session stands on: who speaks of it, whether they may, and its row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.changes import ChangeKind, ChangeState, ChangeView
from scheduling.domain.people import Actor, Person, Role
from scheduling.domain.proposals import Option
from scheduling.domain.refusals import Refusal, Refused, takes
from scheduling.domain.requests import SessionState
from scheduling.storage import audit, bookings, changes, people, requests
from scheduling.storage.bookings import SessionRow
from scheduling.storage.changes import ChangeRow
from scheduling.storage.requests import RequestRow
from scheduling.workflows import change_views, rights
from scheduling.workflows.change_rows import new_change
from scheduling.workflows.gatherings import members_of
from scheduling.workflows.runtime import Runtime
from scheduling.workflows.setups import SYSTEM
from scheduling.workflows.views import UNDOABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A session with its request, and who speaks of it; a gathering also with its ``members``."""

    me: Person
    session: SessionRow
    request: RequestRow
    members: tuple[SessionRow, ...] = ()

    @property
    def rows(self) -> tuple[SessionRow, ...]:
        """Everything that is changed with the session, itself first."""
        return (self.session, *self.members)


class ChangeGround:
    """Authorises, and keeps changes as rows; see ``changes_port``."""

    def __init__(self, runtime: Runtime) -> None:
        """Work with this process's runtime."""
        self._runtime = runtime
        self._services = runtime.services

    async def change(self, actor: Actor, change_id: str) -> ChangeView:
        """Return a change to whom it concerns."""
        async with self._services.store.read() as tx:
            row, me = await self._known(tx, actor, change_id)
            now = self._services.clock.now()
            return await change_views.change_view(tx, self._services.catalogue, row, me, now)

    async def _known(
        self, tx: AsyncConnection, actor: Actor, change_id: str
    ) -> tuple[ChangeRow, Person]:
        """Return a change, and who speaks; UNKNOWN_DRAFT to whom it does not concern."""
        me = await rights.person_of(tx, actor)
        row = await changes.get(tx, change_id)
        if row is None:
            raise Refused(Refusal.UNKNOWN_DRAFT)
        sessions = [await bookings.require(tx, i) for i in row.session_ids]
        if me.id in {row.asked_by, *(one.attendee_id for one in sessions)}:
            return row, me
        request = await requests.require(tx, row.request_id)
        own = [one for one in sessions if one.id != row.peer_session_id]
        if not await rights.may_change(tx, me, request, own, self._services.clock.now()):
            raise Refused(Refusal.UNKNOWN_DRAFT)
        return row, me

    async def _queue(
        self,
        tx: AsyncConnection,
        actor_id: str,
        row: ChangeRow,
        sessions: Sequence[SessionRow],
        chosen: Mapping[str, Option],
        ticket: int | None,
    ) -> None:
        """Put a change into its unit's queue; its sessions are nobody else's until it ends."""
        for session in sessions:
            await bookings.update_session(tx, session.id, change_id=row.id)
        request = await requests.require(tx, row.request_id)
        moved = await changes.advance(
            tx,
            row,
            to=ChangeState.QUEUED,
            of=(ChangeState.PROPOSED, ChangeState.ASKED),
            chosen=chosen,
            proposal=None,
            member_ids=tuple(one.id for one in sessions if one.gathering_id),
            asked_by=actor_id if row.asked_by == SYSTEM else row.asked_by,
        )
        if not moved:
            raise Refused(Refusal.STALE)
        await self._runtime.engine.enqueue_unit(
            tx,
            "change",
            f"{row.id}:change",
            row.id,
            unit_id=row.unit_id,
            ticket=request.ticket if ticket is None else ticket,
        )
        await self._record(tx, actor_id, row, chosen)

    async def _subject(self, tx: AsyncConnection, actor: Actor, session_id: str) -> Subject:
        me = await rights.person_of(tx, actor)
        session = await bookings.session(tx, session_id)
        if session is None or session.stands_for is not None:
            raise Refused(Refusal.UNKNOWN_DRAFT)
        return Subject(
            me=me,
            session=session,
            request=await requests.require(tx, session.request_id),
            members=tuple(await members_of(tx, session)),
        )

    async def _require_may_change(self, tx: AsyncConnection, about: Subject) -> None:
        now = self._services.clock.now()
        if not await rights.may_change(tx, about.me, about.request, about.rows, now):
            raise takes(Role.MANAGER, Role.SCHEDULER)

    async def _to_change(self, tx: AsyncConnection, actor: Actor, session_id: str) -> Subject:
        """Return a session that the actor may give another time now; else refuse.

        Of several people who meet it is the gathering, whoever of them was named.
        """
        about = await self._subject(tx, actor, session_id)
        if about.session.gathering_id is not None:
            about = await self._subject(tx, actor, about.session.gathering_id)
        await self._require_may_change(tx, about)
        await self.require_movable(tx, about.session)
        if about.session.gathers and about.request.state not in UNDOABLE:  # somebody joins it
            raise Refused(Refusal.SESSION_CHANGING, {"who": ""})
        return about

    async def require_movable(self, tx: AsyncConnection, session: SessionRow) -> None:
        """Refuse a session that cannot be given another time just now."""
        if session.change_id is not None:
            change = await changes.get(tx, session.change_id)
            who = await people.get(tx, change.asked_by) if change else None
            raise Refused(Refusal.SESSION_CHANGING, {"who": who.name if who else ""})
        if session.state is not SessionState.RELEASED:
            require_booked(session, self._services.clock.now())

    def _new(
        self, about: Subject, kind: ChangeKind, state: ChangeState, **fields: object
    ) -> ChangeRow:
        return new_change(
            self._runtime,
            about.request,
            about.session,
            kind,
            state,
            by=about.me.id,
            members=about.members,
            **fields,
        )

    async def _record(
        self, tx: AsyncConnection, actor_id: str, row: ChangeRow, chosen: Mapping[str, Option]
    ) -> None:
        """Append who asked for what; of who gives a session up, not that it was they."""
        frees = row.kind is ChangeKind.CANNOT
        await audit.record(
            tx,
            at=self._services.clock.now(),
            actor=SYSTEM if frees else actor_id,
            action=f"change.{(ChangeKind.RELEASE if frees else row.kind).value}",
            subject=row.id,
            detail={
                "session": row.session_id,
                "chosen": {i: o.interval.start.isoformat() for i, o in chosen.items()},
            },
        )


def require_booked(session: SessionRow, now: datetime) -> None:
    """Refuse a session that is not booked, or has begun."""
    if session.state is not SessionState.BOOKED or session.interval.start <= now:
        raise Refused(Refusal.SESSION_OVER)
