"""The schedulers of a unit: when they are there to decide, and by when an item is due to them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.people import Person, Role
from scheduling.domain.service_clocks import Due, Hours, Nudge, due, hours_of, nudges
from scheduling.domain.times import zone_of
from scheduling.storage import people, timers
from scheduling.storage.work_items import WorkItemRow
from scheduling.workflows.services import Services

TIMER = "nudge"
"""The kind of the timer that each undecided work item has; its subject is the item's id."""


async def schedulers_of(tx: AsyncConnection, unit_id: str) -> Sequence[Person]:
    """Return the unit's schedulers, by name."""
    return [one for one in await people.of_unit(tx, unit_id) if one.has(Role.SCHEDULER)]


async def hours_in(tx: AsyncConnection, services: Services, unit_id: str) -> Hours:
    """Return when at least one of the unit's schedulers is at work."""
    return hours_of(await schedulers_of(tx, unit_id), services.setups.setup)


async def due_in(
    tx: AsyncConnection, services: Services, unit_id: str, last: datetime | None
) -> Due:
    """Return by when something new of a unit is due, with ``last`` the last start it can have."""
    hours = await hours_in(tx, services, unit_id)
    return due(services.policy.clock, hours, services.clock.now(), last)


async def nudges_of(
    tx: AsyncConnection, services: Services, item: WorkItemRow
) -> tuple[tuple[datetime, Nudge], ...]:
    """Return when which nudge of a work item is due; none for one of an earlier release."""
    if item.take_on_by is None or item.resolve_by is None:
        return ()
    hours = await hours_in(tx, services, item.unit_id)
    times = Due(take_on_by=item.take_on_by, resolve_by=item.resolve_by)
    return nudges(services.policy.clock, hours, item.created_at, times)


async def set_next(tx: AsyncConnection, services: Services, item: WorkItemRow) -> None:
    """Set the timer of an item's next nudge, if there is one to come."""
    now = services.clock.now()
    ahead = [at for at, _ in await nudges_of(tx, services, item) if at > now]
    if ahead:
        await timers.set_timer(tx, TIMER, item.id, ahead[0])


async def mentioned(
    tx: AsyncConnection, services: Services, item: WorkItemRow, nudge: Nudge
) -> Sequence[Person]:
    """Return who is mentioned in a nudge: who is on it, or at work; then deputies, and all others."""
    if nudge not in (Nudge.MENTION, Nudge.OVERDUE):
        return ()
    now = services.clock.now()
    everyone = await schedulers_of(tx, item.unit_id)
    owner = await people.get(tx, item.claimed_by) if item.claimed_by else None
    if nudge is Nudge.MENTION:
        setup = services.setups.setup
        there = [one for one in everyone if hours_of([one], setup).now_at_work(now)]
        return [owner] if owner else there or everyone
    others = [one for one in everyone if owner is None or one.id != owner.id]
    deputy = await _deputy(tx, owner, now) if owner else None
    known = {one.id for one in others}
    return [*([deputy] if deputy and deputy.id not in known else []), *others] or everyone


async def _deputy(tx: AsyncConnection, owner: Person, now: datetime) -> Person | None:
    named = await people.deputy_of(tx, owner.id)
    today = now.astimezone(zone_of(owner.zone)).date()
    if named is None or not named.first <= today <= named.last:
        return None
    return await people.get(tx, named.deputy_id)
