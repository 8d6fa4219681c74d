"""The register desk; see ``registers_port`` for the promises."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.notices import Concern, NoticeKind
from scheduling.domain.people import Actor, Person, Role
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.registers import (
    Attendance,
    AttendanceState,
    Marks,
    contradicted,
    marked,
    misscored,
)
from scheduling.storage import audit, commits, outbox, people, registers, requests, timers
from scheduling.storage.outbox import OutboxState
from scheduling.storage.registers import RegisterRow
from scheduling.workflows import completing, notices, rights
from scheduling.workflows.registers_port import Entry, RegisterBrief, RegisterFacts
from scheduling.workflows.services import Services

MOST_LISTED = 30
NUDGE = "register_nudge"
"""The kind of the timer that reminds of a register; its subject is the session's id."""
KEEPERS = (Role.LEARNING, Role.SCHEDULER)
"""Who sees to a unit's registers, also once they are locked."""
ASK_WITHIN = timedelta(days=30)
"""So long somebody is worth telling that a session was missed."""


class RegisterKeeper:
    """The registers over the store; who is concerned is told through the outbox."""

    def __init__(self, services: Services) -> None:
        """Keep registers in these services' store."""
        self._services = services

    async def registers(self, actor: Actor) -> tuple[RegisterBrief, ...]:
        """Return the actor's registers."""
        now = self._services.clock.now()
        async with self._services.store.read() as tx:
            me = await rights.person_of(tx, actor)
            represented = await rights.acts_for(tx, me, now)
            own = None if me.has(*KEEPERS) else [me.id, *(one.id for one in represented)]
            unit = me.unit_id if own is None else None
            rows = await registers.listed(tx, unit_id=unit, facilitator_ids=own, most=MOST_LISTED)
            named = await people.names(tx, {row.facilitator_id for row in rows})
            return tuple([await self._brief(tx, row, named, now) for row in rows])

    async def _brief(
        self, tx: AsyncConnection, row: RegisterRow, named: Mapping[str, str], now: datetime
    ) -> RegisterBrief:
        return RegisterBrief(
            session_id=row.session_id,
            type_name=self._type_name(row),
            interval=row.interval,
            zone=row.zone,
            facilitator_name=named.get(row.facilitator_id, ""),
            people=len(await registers.lines(tx, row.session_id)),
            closed=row.closed_at is not None,
            locked=now >= row.lock_at,
        )

    def _type_name(self, row: RegisterRow) -> str:
        kind = self._services.catalogue.types.get(row.type_id)
        return kind.shown_name if kind else row.type_id

    async def register(self, actor: Actor, session_id: str) -> RegisterFacts:
        """Return a register."""
        async with self._services.store.read() as tx:
            me = await rights.person_of(tx, actor)
            return await self._facts(tx, me, await self._theirs(tx, me, session_id))

    async def shown_to(self, person: Person, session_id: str) -> RegisterFacts | None:
        """Return a register as somebody may see it who is not acting now; None for others."""
        async with self._services.store.read() as tx:
            try:
                return await self._facts(tx, person, await self._theirs(tx, person, session_id))
            except Refused:
                return None

    async def shown_to_owner(self, person: Person, session_id: str) -> RegisterFacts | None:
        """Return the closed register of a session that somebody asked for, without its scores."""
        async with self._services.store.read() as tx:
            row = await registers.get(tx, session_id)
            if row is None or row.closed_at is None or await _owner(tx, row) != person.id:
                return None
            facts = await self._facts(tx, person, row)
        hidden = tuple(replace(one, score=None) for one in facts.entries)
        return replace(facts, entries=hidden)

    async def _theirs(self, tx: AsyncConnection, me: Person, session_id: str) -> RegisterRow:
        row = await registers.get(tx, session_id)
        if row is None or not (_keeps(me, row) or row.facilitator_id in await self._sides(tx, me)):
            raise Refused(Refusal.UNKNOWN_DRAFT)
        return row

    async def _sides(self, tx: AsyncConnection, me: Person) -> Collection[str]:
        """Return for whom the person acts now, first of all themselves."""
        represented = await rights.acts_for(tx, me, self._services.clock.now())
        return {me.id, *(one.id for one in represented)}

    async def _facts(self, tx: AsyncConnection, me: Person, row: RegisterRow) -> RegisterFacts:
        lines = await registers.lines(tx, row.session_id)
        ids = {one.person_id for one in lines} | {row.facilitator_id, row.closed_by or ""}
        named = await people.names(tx, ids)
        entries = [
            Entry(
                person_id=one.person_id,
                name=named.get(one.person_id, ""),
                state=one.state,
                score=one.score,
            )
            for one in lines
        ]
        locked = self._services.clock.now() >= row.lock_at
        return RegisterFacts(
            session_id=row.session_id,
            version=row.version,
            type_id=row.type_id,
            type_name=self._type_name(row),
            interval=row.interval,
            zone=row.zone,
            facilitator_name=named.get(row.facilitator_id, ""),
            scored=row.scored,
            entries=tuple(sorted(entries, key=lambda one: (one.name, one.person_id))),
            closed_at=row.closed_at,
            closed_by=named.get(row.closed_by or ""),
            lock_at=row.lock_at,
            locked=locked,
            may_change=not locked or _keeps(me, row),
            to_book=await self._to_book(tx, me, row, lines),
        )

    async def _to_book(
        self, tx: AsyncConnection, me: Person, row: RegisterRow, lines: Sequence[Attendance]
    ) -> tuple[str, ...]:
        """Return whom the reader may ask for anew: those absent from what they asked for."""
        absent = tuple(one.person_id for one in lines if not one.state.there)
        if row.closed_at is None or not absent or me.id != await _owner(tx, row):
            return ()
        return absent

    async def close(
        self, actor: Actor, session_id: str, version: int, marks: Marks
    ) -> RegisterFacts:
        """Close or change a register."""
        async with self._services.store.write() as tx:
            me = await rights.person_of(tx, actor)
            row = await self._theirs(tx, me, session_id)
            now = self._services.clock.now()
            if now >= row.lock_at and not _keeps(me, row):
                raise Refused(Refusal.REGISTER_LOCKED, {"who": Role.LEARNING.value})
            before = await registers.lines(tx, session_id)
            await _require_sense(tx, before, marks)
            after = marked(before, marks, scored=row.scored)
            first = {} if row.closed_at else {"closed_at": now, "closed_by": me.id}
            if version != row.version or not await registers.move_on(tx, row, **first):
                raise Refused(Refusal.STALE)
            changed = [new for old, new in zip(before, after, strict=True) if old != new]
            await registers.rewrite(tx, session_id, changed)
            await completing.follow(tx, row, me.id, now)
            await self._settle(tx, row, now)
            await self._tell_owner(tx, me, row, after, now)
            fresh = await registers.get(tx, session_id)
            shown = await self._facts(tx, me, fresh or row)
            await self._record(tx, me, row, {one.person_id: one for one in before}, changed)
        return shown

    async def _settle(self, tx: AsyncConnection, row: RegisterRow, now: datetime) -> None:
        """Take back the reminders that are still to come."""
        await timers.cancel(tx, NUDGE, row.session_id)
        keys = await outbox.open_about(tx, NoticeKind.REGISTER_DUE, row.session_id)
        await outbox.settle(tx, keys, OutboxState.DROPPED, now)

    async def _tell_owner(
        self,
        tx: AsyncConnection,
        me: Person,
        row: RegisterRow,
        lines: Sequence[Attendance],
        now: datetime,
    ) -> None:
        """Tell who asked for the session that somebody was not there, once, unless they see it now.

        What a run of recurring meetings booked comes back with the next one by itself.
        """
        if all(one.state.there for one in lines) or now >= row.interval.end + ASK_WITHIN:
            return
        if await commits.is_part(tx, row.request_id):
            return
        owner = await _owner(tx, row)
        if owner == me.id:
            return
        await notices.say(
            tx,
            NoticeKind.ABSENT,
            row.session_id,
            owner,
            concern=Concern.REQUESTER,
            key=f"{row.session_id}:absent:{owner}",
            until=row.interval.end + ASK_WITHIN,
            about=(row.session_id,),
        )

    async def _record(
        self,
        tx: AsyncConnection,
        me: Person,
        row: RegisterRow,
        before: Mapping[str, Attendance],
        changed: Sequence[Attendance],
    ) -> None:
        """Append what was changed by whom: states by person, and how many scores, never which."""
        now = self._services.clock.now()
        action = "closed" if row.closed_at is None else "changed"
        if now >= row.lock_at:
            action = "corrected"
        scores = sum(one.score != before[one.person_id].score for one in changed)
        led = me.id == row.facilitator_id or _keeps(me, row)
        await audit.record(
            tx,
            at=now,
            actor=me.id,
            on_behalf_of=None if led else row.facilitator_id,
            action=f"register.{action}",
            subject=row.session_id,
            before={one.person_id: before[one.person_id].state.value for one in changed},
            after={one.person_id: one.state.value for one in changed},
            detail={
                "request": row.request_id,
                "version": row.version + 1,
                "scores": scores,
                "lines": dict(Counter(one.state.value for one in changed)),
            },
        )


def _keeps(me: Person, row: RegisterRow) -> bool:
    """Whether the person sees to the registers of the unit."""
    return me.has(*KEEPERS) and me.unit_id in (None, row.unit_id)


async def _owner(tx: AsyncConnection, row: RegisterRow) -> str:
    """Return in whose name the session was asked for."""
    request = await requests.require(tx, row.request_id)
    return request.on_behalf_of or request.requester_id


async def _require_sense(tx: AsyncConnection, lines: Sequence[Attendance], marks: Marks) -> None:
    """Refuse marks that contradict each other, by the names of whom they are about."""
    ids = [one.person_id for one in lines]
    for refusal, wrong in (
        (Refusal.MARKED_TWICE, contradicted(ids, marks)),
        (Refusal.BAD_SCORE, misscored(ids, marks)),
    ):
        if wrong:
            named = await people.names(tx, wrong)
            raise Refused(refusal, {"names": sorted(named.get(i, "?") for i in wrong)})


def everybody_there(person_ids: Sequence[str]) -> tuple[Attendance, ...]:
    """Return the lines with which a register begins."""
    return tuple(Attendance(person_id=one, state=AttendanceState.ATTENDED) for one in person_ids)
