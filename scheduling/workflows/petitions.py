"""Agents' own wishes for a session with their manager; see ``petitions_port`` for the promises."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.asks import Ask
from scheduling.domain.notices import Concern, NoticeKind
from scheduling.domain.people import Actor, Person, Role
from scheduling.domain.petitions import PetitionState
from scheduling.domain.refusals import Refusal, Refused, takes
from scheduling.storage import audit, people, petitions
from scheduling.storage.petitions import AlreadyOpen, PetitionRow
from scheduling.workflows import notices, rights
from scheduling.workflows.petitions_port import PetitionFacts
from scheduling.workflows.services import Services

LIFE = timedelta(days=14)
"""A petition that nobody answered for so long has lapsed, and another may be made."""
_AT_IT = frozenset({PetitionState.OPEN, PetitionState.ARRANGING})
"""States in which asking once more changes nothing."""


class PetitionDesk:
    """The petitions over the store; who is concerned is told through the outbox."""

    def __init__(self, services: Services) -> None:
        """Keep petitions in these services' store."""
        self._services = services

    async def ask(self, actor: Actor) -> PetitionFacts:
        """Send the manager a petition."""
        now = self._services.clock.now()
        async with self._services.store.write() as tx:
            me = await rights.person_of(tx, actor)
            if not me.has(Role.AGENT) or me.team_id is None:
                raise takes(Role.AGENT)
            latest = await petitions.latest_of(tx, me.id)
            if latest is not None and latest.state in _AT_IT and now - latest.created_at < LIFE:
                return await self._facts(tx, me, latest)
            row = await self._asked(tx, me, latest, now)
            await self._tell(tx, row, row.manager_id, Concern.TRAINER)
            shown = await self._facts(tx, me, row)
            await self._record(tx, me, row, None)
        return shown

    async def _asked(
        self, tx: AsyncConnection, me: Person, latest: PetitionRow | None, now: datetime
    ) -> PetitionRow:
        """Ask once more for what was to be booked and is not, else for something new."""
        if latest is not None and latest.state is PetitionState.REOPENED:
            anew = {"created_at": now, "decided_by": None, "request_id": None}
            if await petitions.settle(tx, latest, PetitionState.OPEN, **anew):
                return await petitions.get(tx, latest.id) or latest
        elif latest is not None:
            await petitions.settle(tx, latest, PetitionState.LAPSED)
        row = await self._new(tx, me, now)
        try:
            await petitions.insert(tx, row)
        except AlreadyOpen:
            raise Refused(Refusal.STALE) from None
        return row

    async def _new(self, tx: AsyncConnection, me: Person, now: datetime) -> PetitionRow:
        unit = await people.of_unit(tx, str(me.unit_id))
        leaders = [one for one in unit if me.team_id in one.leads and one.has(Role.MANAGER)]
        types = self._services.catalogue.types.values()
        kind = next((k for k in types if k.offered and not (k.group or k.confidential)), None)
        if not leaders or kind is None:
            raise Refused(Refusal.NO_MANAGER)
        return PetitionRow(
            id=self._services.ids.new(),
            version=1,
            state=PetitionState.OPEN,
            unit_id=str(me.unit_id),
            agent_id=me.id,
            manager_id=leaders[0].id,
            type_id=kind.id,
            created_at=now,
        )

    async def waiting(self, actor: Actor) -> PetitionFacts | None:
        """Return the actor's own petition that is under way."""
        now = self._services.clock.now()
        async with self._services.store.read() as tx:
            me = await rights.person_of(tx, actor)
            latest = await petitions.latest_of(tx, me.id)
            waits = latest is not None and (latest.state.open or latest.state in _AT_IT)
            if latest is None or not waits or now - latest.created_at >= LIFE:
                return None
            return await self._facts(tx, me, latest)

    async def petition(self, actor: Actor, petition_id: str) -> PetitionFacts:
        """Return a petition."""
        async with self._services.store.read() as tx:
            me = await rights.person_of(tx, actor)
            return await self._facts(tx, me, await self._theirs(tx, me, petition_id))

    async def shown_to(self, person: Person, petition_id: str) -> PetitionFacts | None:
        """Return a petition as somebody may see it who is not acting now."""
        async with self._services.store.read() as tx:
            try:
                return await self._facts(tx, person, await self._theirs(tx, person, petition_id))
            except Refused:
                return None

    async def decline(self, actor: Actor, petition_id: str) -> PetitionFacts:
        """Say no."""
        return await self._settle(actor, petition_id, PetitionState.DECLINED)

    async def withdraw(self, actor: Actor, petition_id: str) -> PetitionFacts:
        """Take it back."""
        return await self._settle(actor, petition_id, PetitionState.WITHDRAWN)

    async def _settle(self, actor: Actor, petition_id: str, to: PetitionState) -> PetitionFacts:
        async with self._services.store.write() as tx:
            me = await rights.person_of(tx, actor)
            row = await self._theirs(tx, me, petition_id)
            if (to is PetitionState.WITHDRAWN) is not (me.id == row.agent_id):
                raise Refused(Refusal.UNKNOWN_DRAFT)
            moved = await petitions.settle(tx, row, to, decided_by=me.id)
            fresh = await petitions.get(tx, petition_id) or row
            if moved and to is PetitionState.DECLINED:
                await self._tell(tx, fresh, fresh.agent_id, Concern.ATTENDEE)
            shown = await self._facts(tx, me, fresh)
            if moved:
                await self._record(tx, me, fresh, row.state)
        return shown

    async def _theirs(self, tx: AsyncConnection, me: Person, petition_id: str) -> PetitionRow:
        row = await petitions.get(tx, petition_id)
        if row is None:
            raise Refused(Refusal.UNKNOWN_DRAFT)
        represented = await rights.acts_for(tx, me, self._services.clock.now())
        if row.agent_id != me.id and row.manager_id not in {me.id, *(p.id for p in represented)}:
            raise Refused(Refusal.UNKNOWN_DRAFT)
        return row

    async def _facts(self, tx: AsyncConnection, me: Person, row: PetitionRow) -> PetitionFacts:
        names = await people.names(tx, {row.agent_id, row.manager_id})
        kind = self._services.catalogue.types[row.type_id]
        return PetitionFacts(
            id=row.id,
            version=row.version,
            state=row.state,
            agent_id=row.agent_id,
            agent_name=names.get(row.agent_id, ""),
            manager_name=names.get(row.manager_id, ""),
            type_id=row.type_id,
            type_name=kind.shown_name,
            created_at=row.created_at,
            mine=me.id == row.agent_id,
            booked=row.booked,
            zone=row.zone,
        )

    async def _tell(
        self, tx: AsyncConnection, row: PetitionRow, person_id: str, concern: Concern
    ) -> None:
        await notices.say(
            tx,
            NoticeKind.WISHED,
            row.id,
            person_id,
            concern=concern,
            key=f"{row.id}:{row.version}:{row.state.value}:{person_id}",
            until=self._services.clock.now() + LIFE,
        )

    async def _record(
        self, tx: AsyncConnection, me: Person, row: PetitionRow, before: PetitionState | None
    ) -> None:
        of_other = row.manager_id if me.id not in (row.agent_id, row.manager_id) else None
        await audit.record(
            tx,
            at=self._services.clock.now(),
            actor=me.id,
            on_behalf_of=of_other,
            action=f"petition.{row.state.value}",
            subject=row.id,
            before={"state": before.value} if before else None,
            after={"state": row.state.value},
            detail={"agent": row.agent_id, "manager": row.manager_id},
        )


async def granted_by(
    tx: AsyncConnection, ask: Ask, managers: Collection[str | None], request_id: str, by: str
) -> None:
    """Settle the open petitions that a request of their manager answers."""
    for row in await petitions.open_of(tx, ask.attendee_ids):
        if row.manager_id in managers and row.type_id == ask.type_id:
            await petitions.settle(
                tx, row, PetitionState.BOOKED, decided_by=by, request_id=request_id
            )
