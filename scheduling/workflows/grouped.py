"""Work items of one cause, decided together: each by its own decision; see ``groups_port``."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.people import Actor
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.requests import WorkItemCause, WorkItemView
from scheduling.domain.rules import Rule
from scheduling.storage import bookings, groups, requests
from scheduling.storage.groups import GroupRow
from scheduling.storage.work_items import WorkItemRow
from scheduling.workflows import rights, views
from scheduling.workflows.desk_port import Desk
from scheduling.workflows.escalation import load_facts
from scheduling.workflows.grouping import ROOM, SEPARATOR, WEEK
from scheduling.workflows.groups_port import Group, Shared
from scheduling.workflows.services import Services
from scheduling.workflows.setups import Catalogue

Decide = Callable[[WorkItemView], Awaitable[WorkItemView]]


class GroupDesk:
    """Decides on groups at the front desk, item by item."""

    def __init__(self, services: Services, desk: Desk) -> None:
        """Read with ``services``, decide at ``desk``."""
        self._services = services
        self._desk = desk

    async def group(self, actor: Actor, group_id: str) -> Group:
        """Return a group to a scheduler of its unit."""
        async with self._services.store.read() as tx:
            me = await rights.person_of(tx, actor)
            row = await groups.get(tx, group_id)
            if row is None:
                raise Refused(Refusal.UNKNOWN_DRAFT)
            rights.require_scheduler(me, row.unit_id)
            return await group_view(tx, self._services.catalogue, row)

    async def try_all(self, actor: Actor, group_id: str, seen: int) -> Group:
        """Try the first ``seen`` items again."""
        return await self._all(
            actor, group_id, seen, lambda item: self._desk.try_again(actor, item.id, item.version)
        )

    async def send_all_back(self, actor: Actor, group_id: str, seen: int, note: str) -> Group:
        """Give the first ``seen`` items back."""
        return await self._all(
            actor,
            group_id,
            seen,
            lambda item: self._desk.send_back(actor, item.id, item.version, note),
        )

    async def _all(self, actor: Actor, group_id: str, seen: int, decide: Decide) -> Group:
        done = left = 0
        for item in (await self.group(actor, group_id)).items[:seen]:
            if item.state.decided:
                continue
            try:
                await decide(item)
                done += 1
            except Refused as refused:
                if refused.refusal is Refusal.NOT_YOUR_ROLE:
                    raise
                left += 1
        return replace(await self.group(actor, group_id), done=done, left=left)


async def group_view(tx: AsyncConnection, catalogue: Catalogue, row: GroupRow) -> Group:
    """Return a group as it is now."""
    items = await groups.members(tx, row.id)
    shown = tuple([await views.work_item_view(tx, catalogue, item) for item in items])
    asked = [await requests.require(tx, item.request_id) for item in items]
    zone = shown[0].zone if shown else "UTC"
    return Group(
        id=row.id,
        unit_id=row.unit_id,
        zone=zone,
        shared=await _shared(tx, row, items[0] if items else None),
        items=shown,
        tickets={item.id: request.ticket for item, request in zip(items, asked, strict=True)},
        opened_at=row.opened_at,
    )


async def _shared(tx: AsyncConnection, row: GroupRow, item: WorkItemRow | None) -> Shared:
    """Return what the key of a group says, with the room's name from one of its sessions."""
    cause, *parts = row.cause.split(SEPARATOR)
    week = next((part.removeprefix(WEEK) for part in parts if part.startswith(WEEK)), None)
    room = next((part.removeprefix(ROOM) for part in parts if part.startswith(ROOM)), None)
    named = frozenset(Rule(part) for part in parts if part in set(Rule))
    placing = cause == WorkItemCause.NOT_PLACED.value
    plain = [part for part in parts if part and "=" not in part and part not in set(Rule)]
    year, _, number = (week or "").partition("-")
    trouble = load_facts(item.facts).trouble if item and plain else None
    return Shared(
        cause=WorkItemCause(cause),
        room_name=await _room_name(tx, item, room) if room and item else None,
        trouble=trouble,
        rules=named if placing else frozenset(),
        monday=date.fromisocalendar(int(year), int(number), 1) if number else None,
    )


async def _room_name(tx: AsyncConnection, item: WorkItemRow, room_id: str) -> str:
    rows = await bookings.sessions(tx, item.request_id)
    return next(
        (row.room_name for row in rows if row.room_id == room_id and row.room_name), room_id
    )
