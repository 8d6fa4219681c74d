"""The outbox, the writing side: what happened becomes rows, in the transaction of what happened.

``scheduling/domain/notices.py`` says who is told by which means; ``delivery`` tells them in time.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.notices import Concern, Means, NoticeKind, means_for
from scheduling.domain.requests import Target, TargetState
from scheduling.storage import bookings, outbox
from scheduling.storage.bookings import NOBODY, SessionRow
from scheduling.storage.outbox import OutboxRow, OutboxState
from scheduling.storage.requests import RequestRow
from scheduling.workflows.runtime import current


async def notify(
    tx: AsyncConnection,
    kind: NoticeKind,
    row: RequestRow,
    *,
    key: str,
    sessions: Sequence[SessionRow] = (),
    by: str | None = None,
    only: Collection[Concern] = tuple(Concern),
) -> None:
    """Tell whom it concerns what happened to ``sessions`` of a request (none: to all of it).

    In the caller's transaction, within a step: nothing is sent before it is kept. ``key`` is
    decided by the caller before anything happens, such as ``{session}:{how often moved}``: the
    same key twice tells once. ``by`` is the person who did it, who is not told; None is Aside.
    """
    services = current().services
    now = services.clock.now()
    present = now - row.created_at < services.policy.noise.present
    for person_id, concern in concerned(row, sessions, by=by):
        own = sessions_of(sessions, person_id, concern)
        means = means_to(kind, concern, own, now)
        if concern is Concern.REQUESTER and present:
            means = Means.EDIT
        if means.written and concern in only:
            await put(
                tx,
                OutboxRow(
                    key=f"{key}:{kind.value}:{person_id or concern.value}",
                    person_id=person_id,
                    concern=concern,
                    kind=kind,
                    subject=row.id,
                    about=tuple(one.id for one in own),
                    means=means,
                    created_at=now,
                    due_at=now,
                ),
            )


async def offer(
    tx: AsyncConnection,
    subject: str,
    person_id: str,
    *,
    key: str,
    until: datetime,
    kind: NoticeKind = NoticeKind.OFFERED,
) -> None:
    """Ask somebody something in chat, to be told before ``until`` or not at all."""
    await say(tx, kind, subject, person_id, concern=Concern.ATTENDEE, key=key, until=until)


async def say(
    tx: AsyncConnection,
    kind: NoticeKind,
    subject: str,
    person_id: str,
    *,
    concern: Concern,
    key: str,
    until: datetime | None = None,
    about: tuple[str, ...] = (),
) -> None:
    """Tell somebody something in chat, before ``until`` or not at all; ``about`` as in the outbox."""
    now = current().services.clock.now()
    await put(
        tx,
        OutboxRow(
            key=key,
            person_id=person_id,
            concern=concern,
            kind=kind,
            subject=subject,
            about=about,
            means=Means.CHAT,
            created_at=now,
            due_at=now,
            until=until,
        ),
    )


async def put(tx: AsyncConnection, row: OutboxRow) -> None:
    """Put a notice into the outbox, once, and let it be told."""
    if await keep(tx, row):
        await current().engine.enqueue_followup(tx, "tell_one", f"{row.key}:tell", row.key)


async def keep(tx: AsyncConnection, row: OutboxRow) -> bool:
    """Put a notice into the outbox, once; whether it now waits there to be told.

    What is put late a second time changes nothing: what waits may be newer than it.
    """
    if await outbox.get(tx, row.key) is not None:
        return False
    row = await _overtaking(tx, row)
    return await outbox.put(tx, row) and row.state is OutboxState.WAITING


async def _overtaking(tx: AsyncConnection, row: OutboxRow) -> OutboxRow:
    """Return ``row`` as it is to be kept, in the place of what still waits about its sessions.

    Who never heard of a session hears of it once, as new, and not of one that is no more. What
    waits about other sessions as well still tells of those.
    """
    about, unheard = set(row.about), set[str]()
    for one in await outbox.waiting(tx, row.person_id):
        both = about & set(one.about)
        if one.subject != row.subject or not both:
            continue
        if left := _without(one.about, both):
            await outbox.narrow(tx, one.key, left)
        else:
            await outbox.settle(tx, [one.key], OutboxState.DROPPED, row.created_at)
        if one.kind is NoticeKind.BOOKED:
            unheard |= both
    if row.kind is NoticeKind.RELIEVED or not unheard:
        return row
    if row.kind is not NoticeKind.CANCELLED:
        return replace(row, kind=NoticeKind.BOOKED)
    await _not_needed(tx, row.subject, unheard)
    if heard := _without(row.about, unheard):
        return replace(row, about=heard)
    return replace(row, state=OutboxState.DROPPED, ended_at=row.created_at)


def _without(about: tuple[str, ...], these: Collection[str]) -> tuple[str, ...]:
    return tuple(one for one in about if one not in these)


async def _not_needed(tx: AsyncConnection, request_id: str, ended: Collection[str]) -> None:
    """Let sessions that ended before anybody was told of them say that nobody will be."""
    for one in await bookings.sessions(tx, request_id):
        if one.id in ended and one.targets.get(Target.NOTICE) is TargetState.HELD:
            await bookings.mark(tx, one.id, Target.NOTICE, TargetState.SKIPPED)


def concerned(
    row: RequestRow, sessions: Sequence[SessionRow], *, by: str | None
) -> Iterable[tuple[str | None, Concern]]:
    """Yield who is concerned, each in one way: first as requester, then as trainer, then as attendee."""
    seen = {by} if by else set()
    order: list[tuple[str, Concern]] = [
        (row.requester_id, Concern.REQUESTER),
        *((one.facilitator_id, Concern.TRAINER) for one in sessions),
        *((one.attendee_id, Concern.ATTENDEE) for one in sessions),
    ]
    for person_id, concern in order:
        if person_id not in seen and person_id != NOBODY:
            seen.add(person_id)
            yield person_id, concern
    yield None, Concern.SCHEDULERS


def sessions_of(
    sessions: Sequence[SessionRow], person_id: str | None, concern: Concern
) -> Sequence[SessionRow]:
    """Return those of ``sessions`` that somebody so concerned is to hear of."""
    if concern is Concern.ATTENDEE:
        return [one for one in sessions if one.attendee_id == person_id]
    if concern is Concern.TRAINER:
        return [one for one in sessions if one.facilitator_id == person_id]
    return sessions


def means_to(
    kind: NoticeKind, concern: Concern, sessions: Sequence[SessionRow], now: datetime
) -> Means:
    """Return how somebody hears of ``sessions``; who gets no invite hears in chat instead of by it."""
    ahead = [one for one in sessions if one.interval.start > now]
    if sessions and not ahead:
        return Means.SILENT
    first = min((one.interval.start - now for one in ahead), default=None)
    means = means_for(kind, concern, first)
    if means is Means.INVITE and any(uninvited(one) for one in ahead):
        return Means.CHAT
    return means


def uninvited(one: SessionRow) -> bool:
    """Whether no invite tells of a session, as its attendee has no mailbox."""
    return one.targets.get(Target.INVITE) is TargetState.SKIPPED
