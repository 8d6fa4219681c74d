"""The promise of a batch run: its plan is reserved part by part, and each part then written.

The run has solved on a snapshot; only this takes tickets. A part is an ordinary request, so that
booking, undoing, work items and the audit are those of any other. Its ticket is taken when the
part before it has been reserved: whoever asks meanwhile waits for one part, not for the plan.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog
from dbos import DBOS
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.commits import (
    CommitProgress,
    LeftOut,
    PlannedSession,
    ask_of,
    chosen_of,
    parts_of,
)
from scheduling.domain.people import Person
from scheduling.domain.refusals import Refusal
from scheduling.domain.requests import RequestState
from scheduling.domain.times import DAY, DateRange, Interval, zone_of
from scheduling.storage import audit, bookings, commits, diary, drafts, people, registers, requests
from scheduling.storage.bookings import SessionRow, SlotTaken, person_resource, room_resource
from scheduling.storage.commits import CommitRow, PartRow
from scheduling.storage.requests import NewRequest, RequestRow
from scheduling.workflows.completing import seated_elsewhere
from scheduling.workflows.engine import BATCH_QUEUE, MAX_RECOVERIES
from scheduling.workflows.gatherings import planned_gathering, planned_session
from scheduling.workflows.place import give_up, trouble_of
from scheduling.workflows.runtime import LASTING, Runtime, current, follow

log = structlog.get_logger()

Held = Mapping[str, Sequence[Interval]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Whose plan is to be booked; ``id`` is the run's, so that a run is booked once."""

    id: str
    unit_id: str
    requester_id: str
    requester_object_id: str


async def begin(runtime: Runtime, batch: Batch, plan: Sequence[PlannedSession]) -> CommitProgress:
    """Keep the plan and give its first part a ticket; the same batch again changes nothing.

    ValueError where the plan is empty or names a type that is not on offer.
    """
    async with runtime.services.store.write() as tx:
        await keep(tx, runtime, batch, plan)
    return await progress(runtime, batch.id)


async def keep(
    tx: AsyncConnection, runtime: Runtime, batch: Batch, plan: Sequence[PlannedSession]
) -> None:
    """Begin a batch in the caller's transaction; see ``begin``."""
    unknown = {one.type_id for one in plan} - set(runtime.services.catalogue.types)
    if not plan or unknown:
        raise ValueError(f"a plan has sessions, of types on offer: {sorted(unknown)} are not")
    now = runtime.services.clock.now()
    row = CommitRow(
        id=batch.id,
        unit_id=batch.unit_id,
        requester_id=batch.requester_id,
        requester_object_id=batch.requester_object_id,
        sessions=sum(len(one.attendee_ids) for one in plan),
        cancel_requested=False,
        created_at=now,
        ended_at=None,
    )
    if await commits.insert(tx, row, parts_of(plan)):
        await _take_turn(tx, runtime, row, 1)
        await audit.record(
            tx,
            at=now,
            actor=row.requester_id,
            action="batch.submitted",
            subject=row.id,
            detail={"sessions": row.sessions},
        )


async def progress(runtime: Runtime, batch_id: str) -> CommitProgress:
    """Return how far a batch is booked; LookupError where there is none of that id."""
    async with runtime.services.store.read() as tx:
        return await commits.progress(tx, await _require(tx, batch_id))


async def cancel(runtime: Runtime, batch_id: str, actor_id: str) -> None:
    """Reserve no further part, and take back those that are being written; what is booked stays."""
    async with runtime.services.store.write() as tx:
        row = await _require(tx, batch_id)
        await commits.ask_cancel(tx, row.id)
        await audit.record(
            tx,
            at=runtime.services.clock.now(),
            actor=actor_id,
            action="batch.cancel",
            subject=row.id,
            detail={},
        )


async def _require(tx: AsyncConnection, batch_id: str) -> CommitRow:
    row = await commits.get(tx, batch_id)
    if row is None:
        raise LookupError(f"there is no batch {batch_id}")
    return row


async def _take_turn(tx: AsyncConnection, runtime: Runtime, batch: CommitRow, number: int) -> None:
    """Let a part become a request with a ticket; once, whoever asks again. The last ends it."""
    now = runtime.services.clock.now()
    part = await commits.part(tx, batch.id, number)
    if part is None or batch.cancel_requested:
        await commits.end(tx, batch.id, now)
        return
    if part.request_id is not None:
        return
    new = NewRequest(
        id=runtime.services.ids.new(),
        unit_id=batch.unit_id,
        draft_id=batch.id,
        requester_id=batch.requester_id,
        requester_object_id=batch.requester_object_id,
        ask=ask_of(part.sessions),
        chosen=chosen_of(part.sessions),
        escalate=False,
        unplaced=(),
        created_at=now,
        setup=runtime.services.setups.number or None,
    )
    ticket = await requests.insert(tx, new)
    await commits.give_request(tx, part, new.id)
    await runtime.engine.enqueue_unit(
        tx, "commit", new.id, new.id, unit_id=new.unit_id, ticket=ticket
    )


@DBOS.workflow(name="commit", max_recovery_attempts=MAX_RECOVERIES)
async def commit(request_id: str) -> str:
    """Reserve one part of a batch; the unit's next ticket waits for this."""
    await follow(request_id)
    try:
        return await reserve_part(request_id)
    except Exception as error:  # noqa: BLE001 - whatever it is, a human must hear of it
        log.warning("commit_failed", request=request_id, error=type(error).__name__)
        await give_up(request_id, trouble_of(error))
        return await pass_on(request_id)


@DBOS.step(**LASTING)
async def reserve_part(request_id: str) -> str:
    """Reserve what can be, and give the next part its turn, in one transaction; repeatable."""
    runtime = current()
    async with runtime.services.store.write() as tx:
        batch, part = await commits.of_request(tx, request_id)
        row = await requests.locked(tx, request_id)
        if row.state is not RequestState.QUEUED:
            await _take_turn(tx, runtime, batch, part.number + 1)
            return row.state.value
        kept: list[SessionRow] = []
        left_out: dict[str, LeftOut] = {}
        if not batch.cancel_requested:
            kept, left_out = await _reserve(tx, runtime, row, part)
        to = _state(batch, kept)
        await _settle(tx, runtime, row, to)
        await commits.leave_out(tx, part, left_out)
        await _take_turn(tx, runtime, batch, part.number + 1)
        await audit.record(
            tx,
            at=runtime.services.clock.now(),
            actor="aside",
            action=f"request.{to.value}",
            subject=row.id,
            detail={
                "batch": batch.id,
                "ticket": row.ticket,
                "sessions": [one.id for one in kept if not one.gathers],
                "left_out": {who: why.value for who, why in left_out.items()},
            },
        )
    log.info("part_placed", state=to.value, sessions=len(kept), left_out=len(left_out))
    return to.value


@DBOS.step(**LASTING)
async def pass_on(request_id: str) -> str:
    """Give the next part its turn where this one could not be reserved at all."""
    runtime = current()
    async with runtime.services.store.write() as tx:
        batch, part = await commits.of_request(tx, request_id)
        await _take_turn(tx, runtime, batch, part.number + 1)
        return (await requests.require(tx, request_id)).state.value


async def _settle(tx: AsyncConnection, runtime: Runtime, row: RequestRow, to: RequestState) -> None:
    """Move a part's request on, and let what it has reserved be written."""
    trouble = Refusal.SLOT_TAKEN.value if to is RequestState.FAILED else None
    await requests.transition(tx, row.id, to=to, of=(RequestState.QUEUED,), trouble=trouble)
    if to is RequestState.RESERVED:
        await runtime.engine.enqueue_followup(
            tx, "book", f"{row.id}:{row.version}:book", row.id, queue=BATCH_QUEUE
        )


def _state(batch: CommitRow, kept: Sequence[SessionRow]) -> RequestState:
    if batch.cancel_requested:
        return RequestState.CANCELLED
    return RequestState.RESERVED if kept else RequestState.FAILED


async def _reserve(
    tx: AsyncConnection, runtime: Runtime, row: RequestRow, part: PartRow
) -> tuple[list[SessionRow], dict[str, LeftOut]]:
    """Reserve each session that still can be; by room, so that two units never wait in a circle."""
    known = await people.by_ids(tx, {row.ask.facilitator_id, *row.ask.attendee_ids})
    held = await _held(tx, runtime, part)
    kind = runtime.services.catalogue.types[row.ask.type_id]
    earliest = runtime.services.clock.now() + timedelta(minutes=kind.parameters.lead)
    kept: list[SessionRow] = []
    left_out: dict[str, LeftOut] = {}
    got = await _seated_since(tx, part, runtime.services.clock.now())
    met = await _met(tx, row, part)
    for one in sorted(part.sessions, key=_by_room):
        away = await _away(tx, row, one, known, held, earliest)
        away |= dict.fromkeys(_instead(row, one, met, got), LeftOut.ANOTHER)
        away |= await _away_from_another(tx, row, part, one, set(one.attendee_ids) - set(away))
        left_out |= away
        coming = [known[i] for i in one.attendee_ids if i not in away]
        if not coming:
            continue
        try:
            planned = _planned(runtime, row, one, coming, known[one.facilitator_id])
            await bookings.reserve(tx, planned)
            kept += planned
        except SlotTaken:
            left_out |= dict.fromkeys((each.id for each in coming), LeftOut.TAKEN)
    return kept, left_out


async def _seated_since(tx: AsyncConnection, part: PartRow, now: datetime) -> set[str]:
    """Return who of a part of a course has got a seat elsewhere, since it was planned."""
    return await seated_elsewhere(tx, part.batch_id, now) if part.sessions[0].group else set()


async def _met(tx: AsyncConnection, row: RequestRow, part: PartRow) -> set[tuple[str, date]]:
    """Return who of a part has one of its type on which day, in its periods and near its sessions.

    What the part's own batch books is not among them, nor what somebody was absent from. None of
    them was there when it was planned, or the plan would have kept away from it.
    """
    spans = [one.period for one in part.sessions if one.period]
    if not spans:
        return set()
    gap = timedelta(days=max(one.least_days for one in part.sessions))
    dates = DateRange(min(s.start for s in spans) - gap, max(s.end for s in spans) + gap)
    who, types = set(row.ask.attendee_ids), {row.ask.type_id}
    found = await diary.met(tx, row.unit_id, types, dates, agent_ids=who, besides=part.batch_id)
    zones = {i: zone_of(one.zone) for one in part.sessions for i in one.attendee_ids}
    around = DateRange(dates.start - DAY, dates.end + DAY)
    absent = await registers.absences(tx, who, types, around.interval("UTC"))
    return {(one.agent_id, one.day) for one in found} - {
        (i, start.astimezone(zones[i]).date()) for i, _, start in absent
    }


def _instead(
    row: RequestRow,
    one: PlannedSession,
    met: Collection[tuple[str, date]],
    seated: Collection[str],
) -> set[str]:
    """Return who of a session needs it no more: whoever has another in its period, or near it.

    Of a meeting all, once half its least has met on one day.
    """
    mine = {*one.attendee_ids}
    barred = [(i, day) for i, day in met if i in mine and one.bars(day)]
    if not one.with_ids or one.group:
        return mine.intersection(seated) | {i for i, _ in barred}
    here = Counter(day for _, day in barred)
    return mine if any(2 * number >= row.ask.least for number in here.values()) else set()


async def _away(
    tx: AsyncConnection,
    row: RequestRow,
    one: PlannedSession,
    known: Mapping[str, Person],
    held: Held,
    earliest: datetime,
) -> dict[str, LeftOut]:
    """Return who of a planned session cannot be booked now, and why; of a meeting maybe everybody."""
    span, everybody = one.option.interval, one.attendee_ids
    rooms = [room_resource(one.option.room_id)] if one.option.room_id else []
    if one.facilitator_id not in known:
        return dict.fromkeys(everybody, LeftOut.GONE)
    if span.start < earliest:
        return dict.fromkeys(everybody, LeftOut.TOO_SOON)
    if any(_is_held(name, span, held) for name in (person_resource(one.facilitator_id), *rooms)):
        return dict.fromkeys(everybody, LeftOut.HELD)
    if await bookings.preparing(tx, [person_resource(one.facilitator_id)], span):
        return dict.fromkeys(everybody, LeftOut.TAKEN)
    found = dict(one.left_out) | {i: LeftOut.GONE for i in everybody if i not in known}
    found |= {i: LeftOut.HELD for i in everybody if _is_held(person_resource(i), span, held)}
    if one.with_ids:
        resources = {person_resource(i): i for i in everybody if i not in found}
        taken = await bookings.taken(tx, resources, span)
        found |= {resources[name]: LeftOut.TAKEN for name, _ in taken}
        coming = set(everybody) - set(found)
        if len(coming) < row.ask.least or not coming >= set(row.ask.required_ids):
            found |= dict.fromkeys(coming, LeftOut.QUORUM)
    return found


async def _away_from_another(
    tx: AsyncConnection, row: RequestRow, part: PartRow, one: PlannedSession, coming: set[str]
) -> dict[str, LeftOut]:
    """Return who cannot come to another part of the same course, before anything of it is written.

    Whoever was left out of an earlier part, or is taken at the time of a later one; everybody where
    a trainer or a room is, or where too few are left.
    """
    if not one.group:
        return {}
    found: set[str] = set()
    for other in await commits.of_group(tx, part.batch_id, one.group):
        if other.number < part.number:
            found |= set(other.left_out)
        for later in other.sessions if other.number > part.number else ():
            resources = {person_resource(i): {i} for i in later.attendee_ids}
            resources[person_resource(later.facilitator_id)] = coming
            if later.option.room_id:
                resources[room_resource(later.option.room_id)] = coming
            for name, _ in await bookings.taken(tx, resources, later.option.interval):
                found |= resources[name]
    if len(coming - found) < row.ask.least:
        found |= coming
    return dict.fromkeys(found & coming, LeftOut.PART)


def _planned(
    runtime: Runtime,
    row: RequestRow,
    one: PlannedSession,
    coming: Sequence[Person],
    facilitator: Person,
) -> list[SessionRow]:
    """Return the rows of a session that is yet to be reserved."""
    if one.with_ids:
        return planned_gathering(runtime, row, coming, facilitator, one.option)
    return [planned_session(runtime, row, each, facilitator, one.option) for each in coming]


def _by_room(one: PlannedSession) -> tuple[str, object]:
    return one.option.room_id or "", one.option.interval


async def _held(tx: AsyncConnection, runtime: Runtime, part: PartRow) -> Held:
    """Return what somebody is being offered now, of everything that the part takes."""
    held: dict[str, list[Interval]] = {}
    now = runtime.services.clock.now()
    for resource, interval in await drafts.held(tx, _resources(part), now=now, besides=""):
        held.setdefault(resource, []).append(interval)
    return held


def _resources(part: PartRow) -> Collection[str]:
    ids = {i for one in part.sessions for i in (*one.attendee_ids, one.facilitator_id)}
    rooms = {one.option.room_id for one in part.sessions if one.option.room_id}
    return {person_resource(i) for i in ids} | {room_resource(i) for i in rooms}


def _is_held(resource: str, span: Interval, held: Held) -> bool:
    return any(other.overlaps(span) for other in held.get(resource, ()))
