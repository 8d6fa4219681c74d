"""Several work items of one cause within a while become one group, which further ones join.

An item that needs a decision of its own keeps its own thread beside the group: one with a way out to
choose, a mandatory one, and one that waits for a second scheduler.
"""

from collections.abc import Collection

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.asks import Ask
from scheduling.domain.meetings import Tier
from scheduling.domain.proposals import Unplaced
from scheduling.domain.requests import FailedWrite, Target, WorkItemCause, WorkItemState
from scheduling.storage import bookings, groups, requests
from scheduling.storage.groups import GroupRow
from scheduling.storage.work_items import WorkItemRow
from scheduling.workflows.runtime import Runtime
from scheduling.workflows.services import Services

SEPARATOR = "|"
ROOM, WEEK = "room=", "week="


async def cause_key(
    tx: AsyncConnection,
    cause: WorkItemCause,
    ask: Ask,
    *,
    trouble: str | None,
    failed: Collection[FailedWrite] = (),
    unplaced: Collection[Unplaced] = (),
) -> str:
    """Return what an item shares with others of its cause: ids and our own words only.

    The room that took nothing, what does not answer, or the rules in the way in an ISO week.
    """
    parts = [cause.value]
    if cause is WorkItemCause.NOT_PLACED:
        rules = sorted({rule.value for one in unplaced for rule in one.conflict})
        year, week, _ = ask.dates.start.isocalendar()
        parts += [*(rules or [trouble or ""]), f"{WEEK}{year}-{week:02}"]
    elif failed:
        targets = sorted({one.target.value for one in failed})
        rooms = {await _room(tx, one) for one in failed if one.target is Target.ROOM}
        parts += [*targets, *(f"{ROOM}{room}" for room in sorted(rooms - {""}))]
    else:
        parts.append(trouble or "")
    return SEPARATOR.join(parts)


async def _room(tx: AsyncConnection, failed: FailedWrite) -> str:
    session = await bookings.session(tx, failed.session_id)
    return (session.room_id or "") if session else ""


async def join(tx: AsyncConnection, runtime: Runtime, item: WorkItemRow) -> None:
    """Let a new item belong to the group of its cause, and make that once there are enough.

    In the transaction of the item; its request is locked.
    """
    services = runtime.services
    clock, now, key = services.policy.clock, services.clock.now(), str(item.cause_key)
    await groups.lock(tx, item.unit_id)
    group = await groups.opened(tx, item.unit_id, key)
    alike = await groups.alike(tx, item.unit_id, key, now - clock.group_within)
    if group is None:
        if len(alike) < clock.group_after:
            return
        group = GroupRow(id=services.ids.new(), unit_id=item.unit_id, cause=key, opened_at=now)
        await groups.insert(tx, group)
    await groups.join(tx, group.id, [one.id for one in alike])


async def stands_alone(tx: AsyncConnection, services: Services, item: WorkItemRow) -> bool:
    """Whether an item is to be seen in a thread of its own."""
    if item.group_id is None or item.state is WorkItemState.AWAITING_SECOND:
        return True
    if item.facts.get("ways_out"):
        return True
    row = await requests.require(tx, item.request_id)
    return services.catalogue.types[row.ask.type_id].tier is Tier.MANDATORY
