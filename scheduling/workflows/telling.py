"""Telling people in chat: who is concerned by a booking, and who waits behind a ticket."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime

import structlog
from dbos import DBOS

from scheduling.domain.notices import Concern, Means, NoticeKind
from scheduling.domain.requests import Remote, RequestState, SessionState, Target, TargetState
from scheduling.storage import bookings, outbox, requests
from scheduling.storage.bookings import SessionRow
from scheduling.storage.outbox import OutboxRow
from scheduling.storage.requests import RequestRow
from scheduling.workflows import delivery, notices
from scheduling.workflows.engine import MAX_RECOVERIES
from scheduling.workflows.patience import Patience, Stopped, Tried, pauses
from scheduling.workflows.runtime import LASTING, current
from scheduling.workflows.showing import show_item, show_request, show_thread, show_waiting
from scheduling.workflows.upgrades import begun_anew

log = structlog.get_logger()

KEYS = {NoticeKind.BOOKED: "told", NoticeKind.CANCELLED: "cancelled"}
STANDING = frozenset({RequestState.BOOKED, RequestState.PARTLY_BOOKED})
AT_ONCE = "at_once"
"""The change since which all cards behind a request are shown in one step."""

UNSEEN_PAUSE = 900.0
"""Seconds between tries to show a work item that no scheduler can be shown for hours."""


def to_be_told(
    kind: NoticeKind, row: RequestRow, rows: Sequence[SessionRow], now: datetime
) -> dict[str, tuple[Concern, Means]]:
    """Return who needs a message about ``rows``, in what way they are concerned, and by what means.

    Not who asked: the card they have shows it.
    """
    found = {}
    for person_id, concern in notices.concerned(row, rows, by=row.requester_id):
        own = notices.sessions_of(rows, person_id, concern)
        means = notices.means_to(kind, concern, own, now)
        if person_id is not None and means.written:
            found[person_id] = (concern, means)
    return found


async def tell_people(request_id: str) -> None:
    """Tell of a booking in chat, and note for each session whether who should know was reached."""
    told = await concerned_by(request_id, untold=True)
    await note_told(request_id, told, await _tell(request_id, NoticeKind.BOOKED, told))


async def tell_of_cancellation(request_id: str, person_ids: Collection[str]) -> None:
    """Tell in chat that the sessions of a request are no more."""
    await _tell(request_id, NoticeKind.CANCELLED, person_ids)


async def _tell(request_id: str, kind: NoticeKind, person_ids: Collection[str]) -> list[str]:
    """Send one notice to each, also where Teams is away for a while; return who has it."""
    if not person_ids:
        return []
    patience = Patience(request_id, heed=False)
    version = await version_of(request_id)
    reached = []
    for person_id in person_ids:
        try:
            if await patience.ask(tell, request_id, version, kind.value, person_id):
                reached.append(person_id)
        except Stopped:
            log.warning("not_told", request=request_id)
    return reached


@DBOS.step(**LASTING)
async def version_of(request_id: str) -> int:
    """Return the request's version, which is in the keys of its notices."""
    async with current().services.store.read() as tx:
        return (await requests.require(tx, request_id)).version


@DBOS.step(**LASTING)
async def tell(request_id: str, version: int, kind: str, person_id: str) -> Tried:
    """Send one notice, at most once and at its time; whether it is known to be there."""
    services, what = current().services, NoticeKind(kind)
    now = services.clock.now()
    async with services.store.write() as tx:
        row = await requests.require(tx, request_id)
        state = SessionState.BOOKED if what is NoticeKind.BOOKED else SessionState.CANCELLED
        rows = [one for one in await bookings.sessions(tx, request_id) if one.state is state]
        concern, means = to_be_told(what, row, rows, now).get(
            person_id, (Concern.ATTENDEE, Means.SILENT)
        )
        if not means.written:
            return {"value": False}
        notice = OutboxRow(
            key=notice_key(request_id, version, what, person_id),
            person_id=person_id,
            concern=concern,
            kind=what,
            subject=request_id,
            about=tuple(one.id for one in notices.sessions_of(rows, person_id, concern)),
            means=means,
            created_at=now,
            due_at=now,
        )
        await notices.keep(tx, notice)
    came = await delivery.deliver(notice.key, again=False)
    if came is delivery.Delivery.AWAY:
        return {"away": Remote.TEAMS.value}
    return {"value": came is delivery.Delivery.TOLD}


def notice_key(request_id: str, version: int, kind: NoticeKind, person_id: str) -> str:
    """Return the key of what a person is told of a request as it was in ``version``."""
    return f"{request_id}:{version}:{KEYS[kind]}:{person_id}"


@DBOS.step(**LASTING)
async def note_told(request_id: str, told: list[str], reached: list[str]) -> None:
    """Note for each booked session not told of yet whether who should know of it was reached."""
    _, booked = await _booked(request_id)
    async with current().services.store.write() as tx:
        held = await outbox.held(tx, request_id, NoticeKind.BOOKED)
        for one in filter(_is_untold, booked):
            await bookings.mark(tx, one.id, Target.NOTICE, _heard(one, told, reached, held))


def _is_untold(row: SessionRow) -> bool:
    return row.targets[Target.NOTICE] is TargetState.PENDING


def _heard(
    one: SessionRow, told: Collection[str], reached: Collection[str], held: Collection[str]
) -> TargetState:
    """Return how a session's notice stands: its attendee's, else its facilitator's."""
    for person_id in (one.attendee_id, one.facilitator_id):
        if person_id in told and person_id in held:
            return TargetState.HELD
        if person_id in told:
            return TargetState.DONE if person_id in reached else TargetState.UNREACHED
    return TargetState.SKIPPED


@DBOS.step(**LASTING)
async def concerned_by(request_id: str, *, untold: bool = False) -> list[str]:
    """Return who has to hear of the booked sessions of a request, and of their end.

    With ``untold`` only of those that no earlier round has told of.
    """
    row, booked = await _booked(request_id)
    if untold:
        booked = list(filter(_is_untold, booked))
    now = current().services.clock.now()
    return sorted(to_be_told(NoticeKind.BOOKED, row, booked, now))


async def _booked(request_id: str) -> tuple[RequestRow, list[SessionRow]]:
    async with current().services.store.read() as tx:
        row = await requests.require(tx, request_id)
        rows = await bookings.sessions(tx, request_id)
    return row, [one for one in rows if one.state is SessionState.BOOKED]


async def show_end(request_id: str) -> None:
    """Show how a request now stands, also where Teams is away for a while."""
    for shown in (show_request, show_thread):
        await until_shown(shown, request_id)


async def until_shown(shown: Callable[[str], Awaitable[bool]], subject: str) -> None:
    """Take the step ``shown`` until it says yes, or for as long as patience lasts."""
    policy, slept = current().services.policy, 0.0
    for pause in pauses(policy):
        if await shown(subject) or slept >= policy.patience.total_seconds():
            return
        await DBOS.sleep_async(pause)
        slept += pause


@DBOS.workflow(name="show", max_recovery_attempts=MAX_RECOVERIES)
async def show(request_id: str) -> None:
    """Bring the requester's card, the schedulers' thread and the queue's cards up to date."""
    if await begun_anew("show", request_id, since=AT_ONCE):
        return
    await show_end(request_id)
    await show_waiting(request_id)


@DBOS.workflow(name="show_queue", max_recovery_attempts=MAX_RECOVERIES)
async def show_queue(request_id: str) -> None:
    """Bring the cards of who waited behind a request up to date."""
    if await begun_anew("show_queue", request_id, since=AT_ONCE):
        return
    await show_waiting(request_id)


@DBOS.workflow(name="announce", max_recovery_attempts=MAX_RECOVERIES)
async def announce(work_item_id: str) -> None:
    """Show a work item to the schedulers: until they see it, for nobody else looks after it."""
    for pause in pauses(current().services.policy, longest=UNSEEN_PAUSE):
        if await show_item(work_item_id):
            return
        await DBOS.sleep_async(pause)
