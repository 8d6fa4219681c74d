"""The agents' side of quiet minutes: wanting earlier times, and answering an offer of one."""

from datetime import datetime

from dbos import DBOS
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.asks import Ask
from scheduling.domain.changes import ChangeKind, ChangeState
from scheduling.domain.offers import OfferState, OfferView
from scheduling.domain.people import Actor, Person, Role
from scheduling.domain.refusals import Refusal, Refused, takes
from scheduling.domain.times import DAY, DateRange, zone_of
from scheduling.storage import bookings, changes, drafts, earlier, requests
from scheduling.storage.earlier import OfferRow
from scheduling.workflows import change_views, replacing, rights
from scheduling.workflows.change_ground import ChangeGround, Subject
from scheduling.workflows.intraday import today_of
from scheduling.workflows.quiet_times import room
from scheduling.workflows.runtime import LASTING, Runtime, current
from scheduling.workflows.setups import Catalogue
from scheduling.workflows.showing import beside_the_work
from scheduling.workflows.telling import until_shown


class OfferDesk(ChangeGround):
    """Answers offers; an acceptance is a move of the agent's own session."""

    async def opted(self, actor: Actor) -> bool:
        """Whether the actor wants to be offered earlier times."""
        async with self._services.store.read() as tx:
            return await earlier.wants(tx, (await self._agent(tx, actor)).id)

    async def opt(self, actor: Actor, *, into: bool) -> bool:
        """Want to be offered earlier times, or not any more."""
        now = self._services.clock.now()
        async with self._services.store.write() as tx:
            me = await self._agent(tx, actor)
            await earlier.opt(tx, me.id, into=into, at=now)
        return into

    async def _agent(self, tx: AsyncConnection, actor: Actor) -> Person:
        me = await rights.person_of(tx, actor)
        if not me.in_wfm or not me.has(Role.AGENT):
            raise takes(Role.AGENT)
        return me

    async def offer(self, actor: Actor, offer_id: str) -> OfferView:
        """Return an offer to whom it was made."""
        async with self._services.store.read() as tx:
            row, _ = await self._own(tx, actor, offer_id)
            return await offer_view(tx, self._services.catalogue, row)

    async def _own(
        self, tx: AsyncConnection, actor: Actor, offer_id: str
    ) -> tuple[OfferRow, Person]:
        me = await rights.person_of(tx, actor)
        row = await earlier.get(tx, offer_id)
        if row is None or row.person_id != me.id:
            raise Refused(Refusal.UNKNOWN_DRAFT)
        return row, me

    async def accept(self, actor: Actor, offer_id: str) -> OfferView:
        """Take the earlier time, if it still is to be had."""
        async with self._services.store.read() as tx:
            row, me = await self._own(tx, actor, offer_id)
        if row.state is OfferState.OPEN:
            if row.expires_at <= self._services.clock.now():
                await end(self._runtime, row, OfferState.CLOSED)
            elif not await self._quiet(row) or not await self._take(actor, me, row):
                await end(self._runtime, row, OfferState.GONE)
        return await self.offer(actor, offer_id)

    async def _quiet(self, row: OfferRow) -> bool:
        today = await today_of(self._runtime, row.unit_id)
        async with self._services.store.read() as tx:
            return await room(tx, self._runtime, today, row.person_id) > 0

    async def _take(self, actor: Actor, me: Person, row: OfferRow) -> bool:
        """Accept, and queue the move under the offer's id; False where the session cannot move."""
        async with self._services.store.write() as tx:
            ticket = await requests.take_ticket(tx, row.unit_id)
            await requests.locked(tx, row.request_id)
            about = await self._subject(tx, actor, row.session_id)
            try:
                await self.require_movable(tx, about.session)
            except Refused:
                return False
            if not await earlier.end(tx, row, OfferState.ACCEPTED):
                return True  # a second tap: what became of the first is shown
            begun = self._new(
                about,
                ChangeKind.MOVE,
                ChangeState.PROPOSED,
                id=row.id,
                ask=_ask(about, row, self._services.clock.now()),
            )
            await changes.insert(tx, begun)
            chosen = {row.session_id: row.option}
            await self._queue(tx, me.id, begun, [about.session], chosen, ticket)
        return True

    async def pass_up(self, actor: Actor, offer_id: str) -> OfferView:
        """Let an offer be."""
        async with self._services.store.read() as tx:
            row, _ = await self._own(tx, actor, offer_id)
        await end(self._runtime, row, OfferState.CLOSED)
        return await self.offer(actor, offer_id)


def _ask(about: Subject, row: OfferRow, now: datetime) -> Ask:
    """Return where the move looks: on the day of the earlier time."""
    day = row.option.interval.start.astimezone(zone_of(about.session.zone)).date()
    dates = DateRange(day, day + DAY)
    return replacing.ask_of(about.request, about.session, now, dates=dates)


async def offer_view(tx: AsyncConnection, catalogue: Catalogue, row: OfferRow) -> OfferView:
    """Return an offer as its agent sees it."""
    session = await bookings.require(tx, row.session_id)
    change = await changes.get(tx, row.id)
    return OfferView(
        id=row.id,
        version=row.version,
        state=row.state,
        session=await change_views.session_view(tx, catalogue, [session]),
        option=row.option,
        expires_at=row.expires_at,
        moving=change.state if change else None,
    )


async def end(runtime: Runtime, row: OfferRow, to: OfferState) -> None:
    """End an open offer without a move, and let its time go."""
    async with runtime.services.store.write() as tx:
        if await earlier.end(tx, row, to):
            await drafts.release(tx, row.id)


async def over(offer_id: str) -> None:
    """End an offer that nobody answered, and show that it is over."""
    if await close(offer_id):
        await until_shown(show_offer, offer_id)


@DBOS.step(**LASTING)
async def close(offer_id: str) -> bool:
    """Close an offer whose time is over; False where it was answered."""
    runtime = current()
    async with runtime.services.store.read() as tx:
        row = await earlier.get(tx, offer_id)
    if row is None or row.state not in (OfferState.OPEN, OfferState.CLOSED):
        return False
    if row.expires_at > runtime.services.clock.now():
        return False
    await end(runtime, row, OfferState.CLOSED)
    return True


@DBOS.step(**LASTING)
async def show_offer(offer_id: str) -> bool:
    """Bring the card of an offer up to date; False where Teams is away."""
    changed = current().services.notifier.offer_changed(offer_id)
    return await beside_the_work("offer", changed, otherwise=True)
