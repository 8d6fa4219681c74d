"""Rushes: found by looking at current staffing, offered once, and answered by releasing sessions."""

from collections.abc import Collection
from dataclasses import replace

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.people import Actor, Person
from scheduling.domain.refusals import Refusal, Refused
from scheduling.storage import audit, people, rushes
from scheduling.storage.rushes import RushRow
from scheduling.workflows import relief as reliefs
from scheduling.workflows import rights
from scheduling.workflows.changes_port import Changes
from scheduling.workflows.intraday import short_of, today_of
from scheduling.workflows.pausing import units_of
from scheduling.workflows.runtime import Runtime
from scheduling.workflows.rushes_port import Relief
from scheduling.workflows.setups import SYSTEM
from scheduling.workflows.showing import beside_the_work

log = structlog.get_logger()


class RushDesk:
    """Shows what could give way, and releases it through ``changes``."""

    def __init__(self, runtime: Runtime, changes: Changes) -> None:
        """Work with this process's runtime."""
        self._runtime = runtime
        self._services = runtime.services
        self._changes = changes

    async def relief(self, actor: Actor, count: int | None) -> tuple[Relief, ...]:
        """Return what could give way in each of the actor's units."""
        async with self._services.store.read() as tx:
            me = await rights.scheduler_of(tx, actor)
            units = await units_of(tx, me)
        return tuple([await reliefs.look(self._runtime, unit, count=count) for unit in units])

    async def _may(self, tx: AsyncConnection, actor: Actor, unit_id: str) -> Person:
        me = await rights.person_of(tx, actor)
        rights.require_scheduler(me, unit_id)
        return me

    async def weigh(
        self, actor: Actor, unit_id: str, session_ids: Collection[str], rush_id: str | None
    ) -> Relief:
        """Return what releasing these would do."""
        async with self._services.store.read() as tx:
            await self._may(tx, actor, unit_id)
        found = await reliefs.weighed(self._runtime, unit_id, session_ids)
        return replace(found, rush_id=rush_id)

    async def rush(self, actor: Actor, rush_id: str) -> Relief:
        """Return a rush as it is now."""
        async with self._services.store.read() as tx:
            row = await rushes.get(tx, rush_id)
            if row is None:
                raise Refused(Refusal.UNKNOWN_DRAFT)
            await self._may(tx, actor, row.unit_id)
        return await relief_of(self._runtime, row)

    async def release(
        self, actor: Actor, unit_id: str, session_ids: Collection[str], rush_id: str | None
    ) -> Relief:
        """Release those of these that may give way, and say so on the rush's card.

        Without a rush on the card that was tapped none is decided; one that has passed is shown.
        """
        async with self._services.store.read() as tx:
            me = await self._may(tx, actor, unit_id)
            row = await rushes.get(tx, rush_id) if rush_id else None
        if rush_id and (row is None or row.unit_id != unit_id):
            raise Refused(Refusal.UNKNOWN_DRAFT)
        if row is not None and row.closed_at is not None:
            return await relief_of(self._runtime, row)
        found = await reliefs.weighed(self._runtime, unit_id, session_ids)
        changed = await self._changes.release(actor, found.chosen)
        gone = {view.session.id for view in changed}
        if row is not None:
            async with self._services.store.write() as tx:
                await rushes.decide(tx, row.id, me.id, sorted(gone))
        self._runtime.search.forget(unit_id)
        after = await reliefs.weighed(self._runtime, unit_id, ())
        if row is not None:
            await self._show(row.id)
        return replace(
            after,
            candidates=tuple(one for one in after.candidates if one.session_id not in gone),
            days=found.days,
            released=tuple(view.session.attendee_name for view in changed),
            left=len(set(session_ids)) - len(changed),
            rush_id=rush_id,
        )

    async def dismiss(self, actor: Actor, rush_id: str) -> Relief:
        """Let a rush be."""
        async with self._services.store.write() as tx:
            row = await rushes.get(tx, rush_id)
            if row is None:
                raise Refused(Refusal.UNKNOWN_DRAFT)
            me = await self._may(tx, actor, row.unit_id)
            await rushes.decide(tx, rush_id, me.id)
            await audit.record(
                tx,
                at=self._services.clock.now(),
                actor=me.id,
                action="rush.dismissed",
                subject=rush_id,
                detail={"unit": row.unit_id},
            )
        await self._show(rush_id)
        return await self.rush(actor, rush_id)

    async def _show(self, rush_id: str) -> None:
        changed = self._services.notifier.rush_changed(rush_id)
        await beside_the_work("rush", changed, otherwise=True)


async def relief_of(runtime: Runtime, row: RushRow) -> Relief:
    """Return what could give way in a rush now, with what was suggested chosen; WFM_AWAY."""
    found = await reliefs.weighed(runtime, row.unit_id, row.suggested)
    async with runtime.services.store.read() as tx:
        names = await people.names(tx, [row.decided_by] if row.decided_by else [])
    return replace(
        found,
        rush_id=row.id,
        decided_by=names.get(row.decided_by or "", ""),
        gave_way=row.released,
        over=row.closed_at is not None,
    )


async def watch(runtime: Runtime, unit_id: str) -> list[str]:
    """Look at a unit's staffing now; return the rushes whose cards are to be shown.

    A rush is offered once, where there is something to give way, and stays until it has passed.
    """
    services = runtime.services
    today = await today_of(runtime, unit_id)
    now = services.clock.now()
    if not short_of(today, services.policy.intraday):
        async with services.store.write() as tx:
            return list(await rushes.close(tx, unit_id, now))
    async with services.store.read() as tx:
        known = await rushes.opened(tx, unit_id)
    if known is not None:
        return []
    found = await reliefs.looked(runtime, today)
    if not found.chosen:
        return []
    row = RushRow(
        id=services.ids.new(),
        unit_id=unit_id,
        facts={"suggested": list(found.chosen)},
        opened_at=now,
    )
    async with services.store.write() as tx:
        if not await rushes.insert(tx, row):
            return []
        await audit.record(
            tx,
            at=now,
            actor=SYSTEM,
            action="rush.offered",
            subject=row.id,
            detail={"unit": unit_id, "sessions": list(found.chosen)},
        )
    log.info("rush_offered", unit=unit_id, sessions=len(found.chosen))
    return [row.id]
