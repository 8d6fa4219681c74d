"""The outbox, the telling side: rows become messages when their time has come.

Not in quiet hours, not more often than a day allows, and only what is still true then.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import structlog
from dbos import DBOS
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.notices import ALONE, Concern, Means, NoticeKind
from scheduling.domain.people import Person
from scheduling.domain.quiet import Rhythm, digest_at, local_day, release
from scheduling.domain.requests import RequestState, SessionState, Target, TargetState
from scheduling.ports.notifier import Digest, Notice, Told
from scheduling.storage import bookings, outbox, people, reach, requests, timers
from scheduling.storage.bookings import SessionRow
from scheduling.storage.outbox import OutboxRow, OutboxState
from scheduling.storage.requests import RequestRow
from scheduling.workflows.engine import MAX_RECOVERIES
from scheduling.workflows.notices import uninvited
from scheduling.workflows.rhythms import rhythm_of
from scheduling.workflows.runtime import LASTING, Runtime, current

log = structlog.get_logger()

TIMER = "notice"
"""The kind of the timer that each held notice has; its subject is the notice's key."""

AGAIN = timedelta(minutes=1)
"""How soon a notice is tried again that Teams did not take."""

LATE = timedelta(minutes=10)
"""A notice that is open so long after its time has lost its timer, and gets another."""

AT_ONCE = 500


class Delivery(StrEnum):
    """What a try to tell came to; after ``HELD`` and ``AWAY`` there is another."""

    TOLD = "told"
    UNREACHED = "unreached"
    DROPPED = "dropped"
    HELD = "held"
    AWAY = "away"


ENDS = {
    OutboxState.TOLD: Delivery.TOLD,
    OutboxState.DIGESTED: Delivery.TOLD,
    OutboxState.UNREACHED: Delivery.UNREACHED,
    OutboxState.DROPPED: Delivery.DROPPED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Matter:
    """What a notice is about, as it is now."""

    person: Person | None
    request: RequestRow | None
    sessions: Sequence[SessionRow]


async def deliver(key: str, *, again: bool = True) -> Delivery:
    """Tell one notice if its time has come and it is still true; else hold it, or drop it.

    What Teams did not take is tried ``again`` by a timer, unless the caller sees to that.
    """
    runtime = current()
    async with runtime.services.store.read() as tx:
        row = await outbox.get(tx, key)
        if row is None:
            return Delivery.DROPPED
        if row.state in ENDS:
            return ENDS[row.state]
        matter = await _matter(tx, row)
    now = runtime.services.clock.now()
    if not holds(row, matter.request, matter.sessions, now):
        return await _end(runtime, row, OutboxState.DROPPED)
    if row.person_id is not None and matter.person is None:
        return await _end(runtime, row, OutboxState.UNREACHED)
    planned = row.state is OutboxState.WAITING and row.kind is not NoticeKind.DIGEST
    if planned and matter.person is not None:
        rhythm = await rhythm_of(runtime, matter.person, now)
        claimed = await _claimed(runtime, row, matter, rhythm)
        if claimed is None:
            return Delivery.HELD
        row = claimed  # it may be about fewer sessions by now
    return await _tell(runtime, row, again=again)


async def _matter(tx: AsyncConnection, row: OutboxRow) -> _Matter:
    person = await people.get(tx, row.person_id) if row.person_id else None
    request = await requests.get(tx, row.subject)
    if request is None:
        session = await bookings.session(tx, row.subject)
        return _Matter(person=person, request=None, sessions=[session] if session else [])
    found = await bookings.sessions(tx, request.id)
    about = [one for one in found if not row.about or one.id in row.about]
    return _Matter(person=person, request=request, sessions=about)


STANDS = frozenset(
    {
        NoticeKind.BOOKED,
        NoticeKind.MOVED,
        NoticeKind.SWAPPED,
        NoticeKind.ROOM_CHANGED,
        NoticeKind.ROOM_LOST,
        NoticeKind.LEFT,
        NoticeKind.LED_BY,
        NoticeKind.TOO_FEW,
    }
)
"""What is said of sessions that are booked, and ahead."""

OF_NO_REQUEST = ALONE | {NoticeKind.REGISTER_DUE, NoticeKind.ABSENT}
"""What is about something else, and draws that as it is."""

UNBOOKED = frozenset({RequestState.FAILED, RequestState.ESCALATED, RequestState.PARTLY_BOOKED})


TAKEN_BACK = frozenset({RequestState.UNDOING, RequestState.UNDONE, RequestState.CANCELLED})


def holds(
    row: OutboxRow, request: RequestRow | None, sessions: Sequence[SessionRow], now: datetime
) -> bool:
    """Whether what a notice says is still true, and worth being told, at ``now``."""
    if row.kind in OF_NO_REQUEST:
        return row.until is None or now < row.until
    if request is None:
        return False
    ahead = [one for one in sessions if one.interval.start > now]
    if row.kind in STANDS:
        return any(one.state is SessionState.BOOKED for one in ahead)
    if row.kind is NoticeKind.CANCELLED:
        return request.state in TAKEN_BACK or any(
            one.state is not SessionState.BOOKED for one in ahead
        )
    if row.kind is NoticeKind.FAILED:
        return request.state in UNBOOKED
    return True


async def _claimed(
    runtime: Runtime, row: OutboxRow, matter: _Matter, rhythm: Rhythm
) -> OutboxRow | None:
    """Write the intent to tell now, and return what; None where it is told later, or went into a digest."""
    services, noise = runtime.services, runtime.services.policy.noise
    now = services.clock.now()
    begins = min(
        (one.interval.start for one in matter.sessions if one.interval.start > now), default=None
    )
    async with services.store.write() as tx:
        fresh = await outbox.get(tx, row.key)
        if fresh is None or fresh.state is not OutboxState.WAITING:
            return fresh if fresh and fresh.state is OutboxState.SENDING else None
        alone = row.kind in ALONE
        if fresh.means is Means.DIGEST and not alone:
            planned = fresh.due_at > fresh.created_at
            due = fresh.due_at if planned else digest_at(noise, rhythm, fresh.created_at)
            if due <= now:
                await _digest(tx, runtime, fresh, rhythm, now)
            else:
                await _hold(tx, fresh, Means.DIGEST, due)
            return None
        due = release(noise, rhythm, now)
        if due > now and (begins is None or begins > due):
            await _hold(tx, fresh, Means.CHAT, due)
            return None
        later = digest_at(noise, rhythm, now)
        today = local_day(now, rhythm.zone)
        spent = await outbox.pushes(tx, str(fresh.person_id), today) >= noise.pushes_a_day
        urgent = row.kind is NoticeKind.RUNNING_LATE
        if spent and not urgent and not _cannot_wait(matter, begins, later):
            await _hold(tx, fresh, Means.CHAT if alone else Means.DIGEST, later)
            return None
        await outbox.settle(tx, [fresh.key], OutboxState.SENDING, now)
    return fresh


def _cannot_wait(matter: _Matter, begins: datetime | None, later: datetime) -> bool:
    """Whether a session begins before the digest, and no invite says so either."""
    return begins is not None and begins < later and any(map(uninvited, matter.sessions))


async def _hold(tx: AsyncConnection, row: OutboxRow, means: Means, due_at: datetime) -> None:
    await outbox.replan(tx, row.key, means, due_at)
    await timers.set_timer(tx, TIMER, row.key, due_at)
    current().services.count_notice(row.kind.value, "held" if means is Means.CHAT else "digest")


async def _digest(
    tx: AsyncConnection, runtime: Runtime, row: OutboxRow, rhythm: Rhythm, now: datetime
) -> None:
    """Put what waits for somebody's digest into one; a second one of a day waits for the next."""
    noise = runtime.services.policy.noise
    due = [
        one
        for one in await outbox.waiting(tx, row.person_id, [Means.DIGEST])
        if one.due_at <= now and one.kind not in ALONE
    ]
    digest = OutboxRow(
        key=f"digest:{row.person_id}:{local_day(now, rhythm.zone).start.isoformat()}",
        person_id=row.person_id,
        concern=Concern.REQUESTER,
        kind=NoticeKind.DIGEST,
        subject=str(row.person_id),
        about=tuple(one.key for one in due),
        means=Means.CHAT,
        created_at=due[0].created_at,
        due_at=now,
    )
    if not await outbox.put(tx, digest):
        for one in due:
            await _hold(tx, one, Means.DIGEST, digest_at(noise, rhythm, now))
        return
    await outbox.settle(tx, digest.about, OutboxState.DIGESTED, now)
    for one in due:
        await _note(tx, runtime, one, reached=True)
    await runtime.engine.enqueue_followup(tx, "tell_one", f"{digest.key}:tell", digest.key)


async def _tell(runtime: Runtime, row: OutboxRow, *, again: bool) -> Delivery:
    services = runtime.services
    if row.kind is NoticeKind.DIGEST:
        digest = await _digest_of(runtime, row)
        if not digest.notices:
            return await _end(runtime, row, OutboxState.DROPPED)
        told = await services.notifier.tell_together(digest)
    else:
        told = await services.notifier.tell(notice_of(row))
    if told is Told.AWAY:
        return await _later(runtime, row) if again else Delivery.AWAY
    reached = told is Told.REACHED
    return await _end(runtime, row, OutboxState.TOLD if reached else OutboxState.UNREACHED)


async def _digest_of(runtime: Runtime, row: OutboxRow) -> Digest:
    """Return what is still true of a digest."""
    now, notices = runtime.services.clock.now(), []
    async with runtime.services.store.read() as tx:
        for key in row.about:
            one = await outbox.get(tx, key)
            if one is not None:
                matter = await _matter(tx, one)
                if holds(one, matter.request, matter.sessions, now):
                    notices.append(notice_of(one))
    return Digest(key=row.key, person_id=row.subject, since=row.created_at, notices=tuple(notices))


def notice_of(row: OutboxRow) -> Notice:
    """Return what the notifier is asked to tell."""
    return Notice(
        key=row.key,
        person_id=row.person_id,
        subject=row.subject,
        kind=row.kind,
        concern=row.concern,
        session_ids=row.about,
    )


async def _later(runtime: Runtime, row: OutboxRow) -> Delivery:
    """Try again soon, for as long as patience lasts."""
    services = runtime.services
    now = services.clock.now()
    if now - row.due_at >= services.policy.patience:
        return await _end(runtime, row, OutboxState.UNREACHED)
    async with services.store.write() as tx:
        await timers.set_timer(tx, TIMER, row.key, now + AGAIN)
    return Delivery.AWAY


async def _end(runtime: Runtime, row: OutboxRow, state: OutboxState) -> Delivery:
    services = runtime.services
    async with services.store.write() as tx:
        await outbox.settle(tx, [row.key], state, services.clock.now())
        await _note(tx, runtime, row, reached=state is OutboxState.TOLD)
    services.count_notice(row.kind.value, state.value)
    return ENDS[state]


async def _note(tx: AsyncConnection, runtime: Runtime, row: OutboxRow, *, reached: bool) -> None:
    """Let the sessions say whether who should know was reached, and the requester's card with them."""
    if row.kind is not NoticeKind.BOOKED:
        return
    state, noted = TargetState.DONE if reached else TargetState.UNREACHED, False
    for one in await bookings.sessions(tx, row.subject):
        if one.id in row.about and one.targets.get(Target.NOTICE) is TargetState.HELD:
            await bookings.mark(tx, one.id, Target.NOTICE, state)
            noted = True
    if noted:
        await runtime.engine.enqueue_followup(tx, "show", f"{row.key}:show", row.subject)


@DBOS.step(**LASTING)
async def deliver_now(key: str) -> str:
    """Tell one notice; see ``deliver``."""
    return (await deliver(key)).value


@DBOS.workflow(name="tell_one", max_recovery_attempts=MAX_RECOVERIES)
async def tell_one(key: str) -> str:
    """Tell one notice, or see to it that it is told later."""
    return await deliver_now(key)


@DBOS.step(**LASTING)
async def tell_forgotten(_subject: str) -> None:
    """Give each notice a timer whose own was lost, and show obstacles that nobody was shown."""
    services = current().services
    now = services.clock.now()
    async with services.store.write() as tx:
        for row in await outbox.overdue(tx, now - LATE, AT_ONCE):
            await timers.set_timer(tx, TIMER, row.key, now)
        met = await reach.obstacles(tx)
    for one in met:
        await services.notifier.obstacle_changed(one.cause)
