"""Swaps: two agents take each other's time, by the same rules, and both move or neither does.

Both learn when the other's session is and who leads it, and nothing else. Whether a peer said no or
nothing is not kept, and not told.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from dbos import DBOS
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.changes import ChangeKind, ChangeState, ChangeView
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.notices import NoticeKind
from scheduling.domain.people import Actor
from scheduling.domain.proposals import Option
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.requests import SessionState
from scheduling.domain.times import DAY, DateRange, Interval, zone_of
from scheduling.storage import bookings, changes, requests, timers
from scheduling.storage.bookings import SessionRow
from scheduling.storage.changes import ChangeRow
from scheduling.workflows import change_views, notices, replacing
from scheduling.workflows.change_ends import lock, show
from scheduling.workflows.change_ground import ChangeGround, Subject, require_booked
from scheduling.workflows.changes_port import SwapChoices
from scheduling.workflows.freeing import freed
from scheduling.workflows.gatherings import option_of
from scheduling.workflows.problems import World
from scheduling.workflows.runtime import LASTING, Runtime, current

PEERS_AHEAD = 28 * DAY
MOST_PEERS = 8
"""So many of the nearest sessions are checked, and shown."""

SWAP_OVER = "swap_over"
"""The kind of the timers that end what nobody answered."""


class Swaps(ChangeGround):
    """Asking a peer, and their answer."""

    async def swaps(self, actor: Actor, session_id: str) -> SwapChoices:
        """Return the peers whose sessions could be swapped with the actor's own."""
        async with self._services.store.read() as tx:
            about = await self._own(tx, actor, session_id)
            peers = await self._peers(tx, about)
        good = await self._possible(about, peers)
        catalogue = self._services.catalogue
        async with self._services.store.read() as tx:
            return SwapChoices(
                session=await change_views.session_view(tx, catalogue, about.rows),
                peers=tuple(
                    [await change_views.session_view(tx, catalogue, [one]) for one in good]
                ),
            )

    async def _own(self, tx: AsyncConnection, actor: Actor, session_id: str) -> Subject:
        about = await self._subject(tx, actor, session_id)
        if about.me.id != about.session.attendee_id:
            raise Refused(Refusal.NOT_YOUR_SESSION)
        if about.session.gathering_id is not None:
            raise Refused(Refusal.MEETS_TOGETHER)
        await self.require_movable(tx, about.session)
        require_booked(about.session, self._services.clock.now())
        if self._services.catalogue.types[about.request.ask.type_id].confidential:
            raise Refused(Refusal.NO_SWAP)
        return about

    async def _peers(self, tx: AsyncConnection, about: Subject) -> list[SessionRow]:
        """Return others' sessions of the same type, length and facilitator, the nearest first."""
        now, mine = self._services.clock.now(), about.session
        span = Interval(now, now + PEERS_AHEAD)
        found = []
        for row in await bookings.booked_with(tx, [mine.facilitator_id], span):
            same = (
                row.facilitator_id == mine.facilitator_id
                and row.attendee_id != mine.attendee_id
                and row.unit_id == mine.unit_id
                and row.interval.minutes == mine.interval.minutes
            )
            free = row.change_id is None and row.gathering_id is None
            if same and free and row.state is SessionState.BOOKED and row.interval.start > now:
                request = await requests.require(tx, row.request_id)
                if request.ask.type_id == about.request.ask.type_id:
                    found.append(row)
        found.sort(key=lambda row: abs(row.interval.start - mine.interval.start))
        return found[:MOST_PEERS]

    async def _possible(self, about: Subject, peers: Sequence[SessionRow]) -> list[SessionRow]:
        """Return those with whom both would stand within every rule."""
        if not peers:
            return []
        row = self._swap(about, peers[0], peers)
        world = await replacing.world_of(self._runtime, row, (), fresh=False)
        code, mine = await replacing.code_of(self._runtime, row), about.session
        return [one for one in peers if await self._both_hold(row, mine, one, world, code)]

    async def _both_hold(
        self, row: ChangeRow, mine: SessionRow, peer: SessionRow, world: World, code: str
    ) -> bool:
        both = [mine, peer]
        free = await asyncio.to_thread(freed, world, both, code)
        return await replacing.holds(self._runtime, row, both, free, _exchanged(mine, peer))

    def _swap(self, about: Subject, peer: SessionRow, everybody: Sequence[SessionRow]) -> ChangeRow:
        """Return a swap that is yet to be kept, searched wherever ``everybody`` is."""
        rows = [about.session, *everybody]
        days = [row.interval.start.astimezone(zone_of(row.zone)).date() for row in rows]
        in_room = any(row.place is PlaceKind.ROOM for row in rows)
        now = self._services.clock.now()
        ask = replacing.ask_of(
            about.request, about.session, now, dates=DateRange(min(days), max(days) + DAY)
        )
        ask = replace(
            ask,
            attendee_ids=tuple(dict.fromkeys(row.attendee_id for row in rows)),
            place=PlaceKind.ROOM if in_room else PlaceKind.ONLINE,
        )
        return self._new(
            about,
            ChangeKind.SWAP,
            ChangeState.ASKED,
            ask=ask,
            peer_request_id=peer.request_id,
            peer_session_id=peer.id,
            was={row.id: option_of(row) for row in (about.session, peer)},
        )

    async def ask_swap(self, actor: Actor, session_id: str, peer_session_id: str) -> ChangeView:
        """Ask a peer; the same question again is the one that is open."""
        async with self._services.store.read() as tx:
            about = await self._own(tx, actor, session_id)
            peers = [one for one in await self._peers(tx, about) if one.id == peer_session_id]
            asked = await _asked(tx, session_id, peer_session_id)
        if asked is not None:
            return await self.change(actor, asked.id)
        if not peers or not await self._possible(about, peers):
            raise Refused(Refusal.NO_SWAP)
        row = self._swap(about, peers[0], peers)
        row = replace(row, expires_at=self._until(row.created_at, [about.session, peers[0]]))
        async with self._services.store.write() as tx:
            await requests.locked(tx, about.request.id)  # a second tap waits, and finds the first's
            await self._own(tx, actor, session_id)
            asked = await _asked(tx, session_id, peer_session_id)
            if asked is None:
                await self._ask(tx, about.me.id, row, peers[0])
        return await self.change(actor, (asked or row).id)

    async def _ask(
        self, tx: AsyncConnection, asker_id: str, row: ChangeRow, peer: SessionRow
    ) -> None:
        await changes.insert(tx, row)
        await timers.set_timer(tx, SWAP_OVER, row.id, _at(row))
        await notices.offer(
            tx,
            row.id,
            peer.attendee_id,
            key=f"{row.id}:asked",
            until=_at(row),
            kind=NoticeKind.SWAP_ASKED,
        )
        await self._record(tx, asker_id, row, {})

    def _until(self, now: datetime, sessions: Sequence[SessionRow]) -> datetime:
        first = min(one.interval.start for one in sessions)
        return min(now + self._services.policy.swap, max(first - timedelta(hours=1), now))

    async def answer_swap(
        self, actor: Actor, change_id: str, version: int, *, agree: bool
    ) -> ChangeView:
        """Let both move, or nothing; the answer of who agrees is checked as everything is."""
        async with self._services.store.write() as tx:
            row, me = await self._known(tx, actor, change_id)
            peer = await bookings.require(tx, row.peer_session_id or row.session_id)
            if row.kind is not ChangeKind.SWAP or me.id != peer.attendee_id:
                raise Refused(Refusal.NOT_YOUR_SESSION)
            if row.state is ChangeState.ASKED and row.version != version:
                raise Refused(Refusal.STALE)
            if row.state is ChangeState.ASKED and agree:
                await self._agreed(tx, me.id, row)
            elif row.state is ChangeState.ASKED:
                await lapse(tx, self._runtime, row)
        return await self.change(actor, change_id)

    async def _agreed(self, tx: AsyncConnection, peer_id: str, row: ChangeRow) -> None:
        """Queue the swap, if both sessions still are where they were."""
        if row.expires_at is not None and row.expires_at <= self._services.clock.now():
            await lapse(tx, self._runtime, row)
            return
        ticket = await requests.take_ticket(tx, row.unit_id)
        await lock(tx, row.id)
        sessions = [await bookings.require(tx, i) for i in row.session_ids]
        for one in sessions:
            await self.require_movable(tx, one)
            if option_of(one) != row.was[one.id]:
                raise Refused(Refusal.NO_SWAP)
        await self._queue(tx, peer_id, row, sessions, _exchanged(*sessions), ticket)


async def _asked(tx: AsyncConnection, session_id: str, peer_session_id: str) -> ChangeRow | None:
    """Return the open question about these two sessions, or None."""
    rows = await changes.of_sessions(tx, [session_id], states=[ChangeState.ASKED])
    return next((one for one in rows if one.peer_session_id == peer_session_id), None)


async def lapse(tx: AsyncConnection, runtime: Runtime, row: ChangeRow) -> None:
    """End a swap that nobody agreed to, and tell who asked; not whether anybody said no."""
    if not await changes.advance(tx, row, to=ChangeState.EXPIRED, of=(ChangeState.ASKED,)):
        return
    await notices.offer(
        tx,
        row.id,
        row.asked_by,
        key=f"{row.id}:answered",
        until=row.was[row.session_id].interval.start,
        kind=NoticeKind.SWAP_ANSWERED,
    )
    await show(tx, runtime, row)


@DBOS.step(**LASTING)
async def end_unanswered(change_id: str) -> None:
    """End a swap to which a peer has said nothing in time."""
    runtime = current()
    async with runtime.services.store.write() as tx:
        row = await changes.get(tx, change_id)
        if row is not None:
            await lapse(tx, runtime, row)


def _exchanged(mine: SessionRow, peer: SessionRow) -> dict[str, Option]:
    return {mine.id: option_of(peer), peer.id: option_of(mine)}


def _at(row: ChangeRow) -> datetime:
    return row.expires_at or row.created_at
