"""The schedulers' queue, read from the tables at the moment of asking; see ``queue_port``."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.people import Actor, Person
from scheduling.domain.refusals import Refused
from scheduling.domain.requests import WorkItemView
from scheduling.storage import people, queues
from scheduling.storage.queues import Undecided
from scheduling.storage.requests import RequestRow
from scheduling.workflows import rights, views
from scheduling.workflows.desk_port import Desk
from scheduling.workflows.escalation import load_facts
from scheduling.workflows.facts import FactsReader
from scheduling.workflows.pausing import units_of
from scheduling.workflows.queue_port import Filters, Queue, QueuedItem, WaitingTicket, Which
from scheduling.workflows.runtime import Runtime

PAGE = 6
FIRST_TICKETS = 5


class QueueRoom:
    """Reads the queue for who may see it."""

    def __init__(self, runtime: Runtime, reader: FactsReader, desk: Desk) -> None:
        """Read with this process's runtime; items are claimed at the ``desk``."""
        self._services = runtime.services
        self._reader = reader
        self._desk = desk

    async def queue(self, actor: Actor, filters: Filters, page: int) -> Queue:
        """Return a page of the queue of the actor's units, what is due first at the front."""
        now = self._services.clock.now()
        async with self._services.store.read() as tx:
            me = await rights.scheduler_of(tx, actor)
            units = await units_of(tx, me)
            undecided = await queues.undecided(tx, units)
            teams_of = await self._teams_of(tx, undecided) if filters.team_id else {}
            fitting = [one for one in undecided if self._fits(one, filters, me, teams_of, now)]
            fitting.sort(key=lambda one: _order(one, now))
            pages = max(1, -(-len(fitting) // PAGE))
            page = min(max(page, 0), pages - 1)
            waiting = await queues.waiting(tx, units)
            shown = fitting[page * PAGE : (page + 1) * PAGE]
            names = await self._names(tx, shown, waiting[:FIRST_TICKETS])
            setup = self._services.setups.setup
            pauses = [pause for unit in units if (pause := setup.paused_in(unit, now))]
            paused = await views.paused_by(tx, next(iter(pauses), None))
        return Queue(
            zone=me.zone,
            filters=filters,
            items=tuple(self._item(one, me, names) for one in shown),
            page=page,
            pages=pages,
            found=len(fitting),
            undecided=len(undecided),
            overdue=sum(_late(one, now) for one in undecided),
            unclaimed=sum(one.item.claimed_by is None for one in undecided),
            tickets=tuple(self._ticket(one, waiting, names) for one in waiting[:FIRST_TICKETS]),
            waiting=len(waiting),
            teams=await self._teams(units),
            paused=paused,
        )

    async def _teams(self, units: Sequence[str]) -> Mapping[str, str]:
        """Return the units' teams by name; none where the WFM does not answer."""
        try:
            found = [await self._reader.unit(unit) for unit in units]
        except Refused:
            return {}
        named = {team.id: team.name for unit in found for team in unit.teams}
        return dict(sorted(named.items(), key=lambda each: each[1]))

    async def _teams_of(
        self, tx: AsyncConnection, undecided: Sequence[Undecided]
    ) -> Mapping[str, str | None]:
        ids = {i for one in undecided for i in one.request.ask.attendee_ids}
        return {i: person.team_id for i, person in (await people.by_ids(tx, ids)).items()}

    def _fits(
        self,
        one: Undecided,
        filters: Filters,
        me: Person,
        teams_of: Mapping[str, str | None],
        now: datetime,
    ) -> bool:
        item, ask = one.item, one.request.ask
        which = {
            Which.ALL: True,
            Which.MINE: item.claimed_by == me.id,
            Which.UNCLAIMED: item.claimed_by is None,
            Which.OVERDUE: _late(one, now),
        }[filters.which]
        return (
            which
            and filters.cause in (None, item.cause)
            and filters.type_id in (None, ask.type_id)
            and (filters.team_id in (None, *(teams_of.get(i) for i in ask.attendee_ids)))
            and (filters.days is None or now - item.created_at >= timedelta(days=filters.days))
        )

    async def _names(
        self, tx: AsyncConnection, shown: Sequence[Undecided], waiting: Sequence[RequestRow]
    ) -> Mapping[str, str]:
        asked = [*(one.request for one in shown), *waiting]
        ids = {i for row in asked for i in (row.requester_id, *row.ask.attendee_ids)}
        return await people.names(tx, ids | {one.item.claimed_by or "" for one in shown})

    def _type_name(self, row: RequestRow) -> str:
        return self._services.catalogue.types[row.ask.type_id].shown_name

    def _item(self, one: Undecided, me: Person, names: Mapping[str, str]) -> QueuedItem:
        item, row = one.item, one.request
        about = [u.attendee_id for u in load_facts(item.facts).unplaced] or row.ask.attendee_ids
        return QueuedItem(
            id=item.id,
            version=item.version,
            ticket=row.ticket,
            cause=item.cause,
            state=item.state,
            type_name=self._type_name(row),
            names=tuple(names[i] for i in about if i in names),
            requester_name=names.get(row.requester_id, ""),
            owner_name=names.get(item.claimed_by or "", ""),
            mine=item.claimed_by == me.id,
            created_at=item.created_at,
            resolve_by=item.resolve_by or item.decide_by,
        )

    def _ticket(
        self, row: RequestRow, waiting: Sequence[RequestRow], names: Mapping[str, str]
    ) -> WaitingTicket:
        before = [one for one in waiting if one.unit_id == row.unit_id and one.ticket < row.ticket]
        return WaitingTicket(
            request_id=row.id,
            ticket=row.ticket,
            position=len(before) + 1,
            type_name=self._type_name(row),
            names=tuple(names[i] for i in row.ask.attendee_ids if i in names),
            requester_name=names.get(row.requester_id, ""),
            created_at=row.created_at,
            waiting_for=row.waiting_for,
        )

    async def team_of(self, actor: Actor, person_ids: tuple[str, ...]) -> str | None:
        """Return the one team to which all these people belong, or None."""
        del actor  # the ids are those that its own roster gave
        async with self._services.store.read() as tx:
            found = await people.by_ids(tx, person_ids)
        teams = {one.team_id for one in found.values()}
        return teams.pop() if len(teams) == 1 else None

    async def take(self, actor: Actor, work_item_id: str) -> WorkItemView:
        """Claim a work item as it is now."""
        item = await self._desk.work_item(actor, work_item_id)
        return await self._desk.assign(actor, work_item_id, item.version)


def _late(one: Undecided, now: datetime) -> bool:
    due = one.item.resolve_by
    return due is not None and due <= now


def _order(one: Undecided, now: datetime) -> tuple[bool, datetime, int]:
    """Return what sorts the queue: what has a clock by it, then the oldest."""
    due = one.item.resolve_by or one.item.decide_by
    return (due is None, due or now, one.request.ticket)
