"""Pausing auto-scheduling: what would schedule itself becomes a work item, and goes on afterwards.

A request is set aside in its turn, so that those behind it that somebody chose a time for are
booked as always. Once it is resumed, what no scheduler has decided meanwhile is put back into the
queue under its old ticket, all in one transaction: so the lowest ticket goes first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import structlog
from dbos import DBOS
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.people import Actor, Person
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.requests import RequestState, WorkItemCause, WorkItemState
from scheduling.domain.setup import Pause
from scheduling.storage import audit, people, requests, setups, timers, work_items
from scheduling.storage.requests import RequestRow
from scheduling.storage.work_items import Decision, WorkItemRow
from scheduling.workflows import escalation, rights, trail
from scheduling.workflows.engine import ANNOUNCE_QUEUE
from scheduling.workflows.pausing_port import Standing
from scheduling.workflows.runtime import LASTING, Runtime, current
from scheduling.workflows.setup_changes import between, bring_into_force
from scheduling.workflows.setups import SYSTEM

log = structlog.get_logger()

TIMER = "pause_over"
"""The kind of the timer at the end of a unit's pause; its subject is the unit's id."""

PAUSED = "paused"
SET_ASIDE = (RequestState.ESCALATED, RequestState.PARTLY_BOOKED)


class PauseDesk:
    """Pauses and resumes; see ``pausing_port``."""

    def __init__(self, runtime: Runtime) -> None:
        """Work with this process's runtime."""
        self._runtime = runtime
        self._services = runtime.services

    async def standing(self, actor: Actor) -> Standing:
        """Return how auto-scheduling of the actor's units stands."""
        await self._services.setups.look()
        async with self._services.store.read() as tx:
            me = await rights.scheduler_of(tx, actor)
            return await self._standing(tx, me, await units_of(tx, me))

    async def _standing(
        self, tx: AsyncConnection, me: Person, units: Sequence[str], resumed: int | None = None
    ) -> Standing:
        services, now = self._services, self._services.clock.now()
        pauses = [services.setups.setup.paused_in(unit, now) for unit in units]
        pause = next((one for one in pauses if one is not None), None)
        names = await people.names(tx, [pause.by] if pause else [])
        kinds = services.catalogue.types.values()
        return Standing(
            zone=me.zone,
            automatic=tuple(one.shown_name for one in kinds if one.offered and one.auto_schedule),
            waiting=sum([len(await work_items.undecided_of(tx, u, CAUSES)) for u in units]),
            since=pause.since if pause else None,
            until=pause.until if pause else None,
            by_name=names.get(pause.by, "") if pause else "",
            resumed=resumed,
        )

    async def pause(self, actor: Actor, until: datetime | None) -> Standing:
        """Pause it; a unit's timer ends what has an end."""
        now = self._services.clock.now()
        if until is not None and until <= now:
            raise Refused(Refusal.PAST, {"last": until.isoformat()})
        async with self._services.store.write() as tx:
            me = await rights.scheduler_of(tx, actor)
            units = await units_of(tx, me)
            pause = Pause(by=me.id, since=now, until=until)
            for unit in units:
                await timers.cancel(tx, TIMER, unit)
                if until is not None:
                    await timers.set_timer(tx, TIMER, unit, until)
            await self._change(tx, me, dict.fromkeys(units, pause))
            for unit in units:
                await _show_set_aside(tx, self._runtime, unit, now)
        return await self.standing(actor)

    async def resume(self, actor: Actor) -> Standing:
        """End the pause, and put back what was set aside."""
        held, now = self._services.setups, self._services.clock.now()
        await held.look()
        async with self._services.store.write() as tx:
            me = await rights.scheduler_of(tx, actor)
            units = await units_of(tx, me)
            for unit in units:
                await timers.cancel(tx, TIMER, unit)
            paused = [unit for unit in units if held.setup.paused_in(unit, now)]
            await self._change(tx, me, dict.fromkeys(paused))
        await held.look()
        resumed = sum([await take_up(self._runtime, unit, me.id) for unit in units])
        async with self._services.store.read() as tx:
            return await self._standing(tx, me, units, resumed)

    async def _change(
        self, tx: AsyncConnection, me: Person, to: Mapping[str, Pause | None]
    ) -> None:
        """Bring pauses, or their end, into force as the next version of the set-up."""
        held, now = self._services.setups, self._services.clock.now()
        base = await setups.newest_number(tx)
        before = await held.at(tx, base)
        paused = {unit: pause for unit, pause in {**before.paused, **to}.items() if pause}
        edits = between(before, replace(before, paused=paused))
        if edits:
            await bring_into_force(tx, held, edits, base=base, by=me.id, at=now)


async def units_of(tx: AsyncConnection, scheduler: Person) -> Sequence[str]:
    """Return the units that a scheduler is of: all there are for one of no unit."""
    if scheduler.unit_id is not None:
        return (scheduler.unit_id,)
    return sorted({one.unit_id for one in await people.everybody(tx) if one.unit_id})


CAUSES = (WorkItemCause.PAUSED,)


async def stands_still(runtime: Runtime, row: RequestRow) -> bool:
    """Whether a request that would schedule itself is to be set aside; once, so never a second time."""
    setups_, now = runtime.services.setups, runtime.services.clock.now()
    await setups_.look()
    if setups_.setup.paused_in(row.unit_id, now) is None:
        return False
    async with runtime.services.store.read() as tx:
        return not await work_items.count_of(tx, row.id)


async def set_aside(runtime: Runtime, row: RequestRow) -> str:
    """Give a request to the schedulers, because auto-scheduling is paused."""
    now = runtime.services.clock.now()
    facts = escalation.ItemFacts(as_of=now, trouble=PAUSED)
    async with runtime.services.store.write() as tx:
        await requests.locked(tx, row.id)
        to, of = RequestState.ESCALATED, (RequestState.QUEUED,)
        if not await requests.transition(tx, row.id, to=to, of=of, trouble=PAUSED):
            return row.state.value  # cancelled meanwhile
        await escalation.add(tx, runtime, row, WorkItemCause.PAUSED, facts)
        await runtime.engine.enqueue_followup(tx, "show", f"{row.id}:{row.version}:show", row.id)
        await audit.record(
            tx,
            at=now,
            actor=SYSTEM,
            on_behalf_of=row.requester_id,
            action="request.paused",
            subject=row.id,
            before={"state": row.state.value},
            after={"state": to.value},
            parameters=trail.parameters(runtime.services, row.ask.type_id),
            detail={"ticket": row.ticket},
        )
    return to.value


async def _show_set_aside(
    tx: AsyncConnection, runtime: Runtime, unit_id: str, now: datetime
) -> None:
    """Let the cards of what is set aside already say until when it is so now."""
    engine = runtime.engine
    for item in await work_items.undecided_of(tx, unit_id, CAUSES):
        key = f"{item.id}:{now.isoformat()}"
        await engine.enqueue_followup(
            tx, "announce", f"{key}:announce", item.id, queue=ANNOUNCE_QUEUE
        )
        await engine.enqueue_followup(tx, "show", f"{key}:show", item.request_id)


async def take_up(runtime: Runtime, unit_id: str, by: str) -> int:
    """Put what was set aside, and is undecided, back into the queue; how many."""
    taken = 0
    async with runtime.services.store.write() as tx:
        for item in await work_items.undecided_of(tx, unit_id, CAUSES):
            taken += await _put_back(tx, runtime, item, by)
    if taken:
        log.info("pause_over", unit=unit_id, requests=taken)
    return taken


async def _put_back(tx: AsyncConnection, runtime: Runtime, item: WorkItemRow, by: str) -> bool:
    """Decide an item as tried again, and queue its request under its ticket; False if it moved on."""
    now, engine = runtime.services.clock.now(), runtime.engine
    row = await requests.locked(tx, item.request_id)
    fresh = await work_items.locked(tx, item.id)
    if fresh.state.decided:
        return False
    to = WorkItemState.RETRIED
    await work_items.advance(tx, fresh, to=to, of=(fresh.state,), decided_by=by)
    decision = Decision(
        work_item_id=item.id, kind=to.value, first_id=by, rules=frozenset(), decided_at=now
    )
    await work_items.decide(tx, decision)
    await work_items.follow(tx, item.id, now)
    moved = await requests.transition(
        tx, row.id, to=RequestState.QUEUED, of=SET_ASIDE, trouble=None
    )
    if moved:
        await engine.enqueue_unit(
            tx, "place", f"{item.id}:place", row.id, unit_id=row.unit_id, ticket=row.ticket
        )
    key = f"{item.id}:{fresh.version}"
    await engine.enqueue_followup(tx, "announce", f"{key}:announce", item.id, queue=ANNOUNCE_QUEUE)
    await engine.enqueue_followup(tx, "show", f"{key}:show", row.id)
    return moved


@DBOS.step(**LASTING)
async def over(unit_id: str) -> None:
    """Take up what was set aside in a unit whose pause is over."""
    runtime = current()
    held, now = runtime.services.setups, runtime.services.clock.now()
    await held.look()
    if held.setup.paused_in(unit_id, now) is None:
        pause = held.setup.paused.get(unit_id)
        await take_up(runtime, unit_id, pause.by if pause else SYSTEM)


@DBOS.step(**LASTING)
async def forgotten() -> None:
    """Take up what no timer did: such as after an earlier version of the set-up was restored."""
    runtime = current()
    async with runtime.services.store.read() as tx:
        units = await work_items.units_with(tx, CAUSES)
    for unit_id in units:
        await over(unit_id)
