"""Telling people in chat: who is concerned by a booking, and who waits behind a ticket."""

from collections.abc import Collection, Sequence
from datetime import datetime

from dbos import DBOS

from scheduling.domain.requests import RequestState, SessionState, Target, TargetState
from scheduling.ports.notifier import Notice, NoticeKind
from scheduling.storage import bookings, requests
from scheduling.storage.bookings import SessionRow
from scheduling.storage.requests import RequestRow
from scheduling.workflows import writes
from scheduling.workflows.engine import MAX_RECOVERIES
from scheduling.workflows.runtime import current

MOST_BEHIND = 10
"""So many cards of waiting requests are shown again when one leaves the queue."""

KEYS = {NoticeKind.BOOKED: "told", NoticeKind.CANCELLED: "cancelled"}


def concerned(row: RequestRow, booked: Sequence[SessionRow], now: datetime) -> frozenset[str]:
    """Return the ids of who should hear of ``booked`` sessions in chat.

    A facilitator who did not ask, and attendees who get no invite or have less than a day left.
    """
    told = {
        one.attendee_id
        for one in booked
        if now < one.interval.start
        and (
            one.interval.start - now < writes.SOON
            or one.targets[Target.INVITE] is TargetState.SKIPPED
        )
    }
    if booked and row.ask.facilitator_id != row.requester_id:
        told.add(row.ask.facilitator_id)
    return frozenset(told)


@DBOS.step()
async def tell_people(request_id: str) -> None:
    """Tell of a booking in chat, and note for each session whether who should know was reached."""
    row, booked = await _booked(request_id)
    services = current().services
    told = concerned(row, booked, services.clock.now())
    reached = await _tell(row, NoticeKind.BOOKED, told)
    async with services.store.write() as tx:
        for one in booked:
            await bookings.mark(tx, one.id, Target.NOTICE, _heard(one, told, reached))


def _heard(one: SessionRow, told: Collection[str], reached: Collection[str]) -> TargetState:
    """Return how a session's notice stands: its attendee's, else its facilitator's."""
    for person_id in (one.attendee_id, one.facilitator_id):
        if person_id in told:
            return TargetState.DONE if person_id in reached else TargetState.UNREACHED
    return TargetState.SKIPPED


@DBOS.step()
async def concerned_by(request_id: str) -> list[str]:
    """Return who has to hear when the booked sessions of a request are taken back."""
    row, booked = await _booked(request_id)
    return sorted(concerned(row, booked, current().services.clock.now()))


@DBOS.step()
async def tell_of_cancellation(request_id: str, person_ids: list[str]) -> None:
    """Tell in chat that the sessions of a request are no more."""
    row, _ = await _booked(request_id)
    await _tell(row, NoticeKind.CANCELLED, person_ids)


async def _booked(request_id: str) -> tuple[RequestRow, list[SessionRow]]:
    async with current().services.store.read() as tx:
        row = await requests.require(tx, request_id)
        rows = await bookings.sessions(tx, request_id)
    return row, [one for one in rows if one.state is SessionState.BOOKED]


async def _tell(row: RequestRow, kind: NoticeKind, person_ids: Collection[str]) -> set[str]:
    """Send one notice to each; return who is known to have it."""
    reached = set()
    for person_id in sorted(person_ids):
        key = f"{row.id}:{row.version}:{KEYS[kind]}:{person_id}"
        notice = Notice(key=key, person_id=person_id, request_id=row.id, kind=kind)
        if await current().services.notifier.tell(notice):
            reached.add(person_id)
    return reached


@DBOS.workflow(name="show_queue", max_recovery_attempts=MAX_RECOVERIES)
async def show_queue(request_id: str) -> None:
    """Bring the cards of who waited behind a request up to date."""
    await show_waiting(request_id)


async def show_waiting(request_id: str) -> None:
    """Show the next waiting requests again once a request has left the queue."""
    for waiting in await behind(request_id):
        await show_place(waiting)


@DBOS.step()
async def behind(request_id: str) -> list[str]:
    """Return the requests that waited next behind one that has left the queue."""
    async with current().services.store.read() as tx:
        row = await requests.require(tx, request_id)
        if row.state is RequestState.QUEUED:
            return []
        return await requests.queued_behind(tx, row, MOST_BEHIND)


@DBOS.step()
async def show_place(request_id: str) -> None:
    """Bring the card of a waiting request up to date."""
    await current().services.notifier.request_changed(request_id)
