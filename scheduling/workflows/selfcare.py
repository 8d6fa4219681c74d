"""Self-care: booked sessions of runs that no longer hold get another time, or somebody is asked.

Each hour every unit is looked at. What still holds is left alone, silently. What is moved is moved
as any session is (``changing``); what is asked is an ordinary proposal of a move. Care is kept by
session, time and cause, so that a second look begins nothing twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypedDict

import structlog
from dbos import DBOS
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.asks import Ask
from scheduling.domain.changes import ChangeKind, ChangeState
from scheduling.domain.notices import NoticeKind
from scheduling.domain.proposals import Option, Proposal
from scheduling.domain.refusals import Refused
from scheduling.domain.requests import SessionState, WorkItemCause, WorkItemState
from scheduling.domain.selfcare import Care, Cause
from scheduling.domain.times import DAY, DateRange, zone_of
from scheduling.storage import audit, bookings, changes, requests, selfcare, timers, work_items
from scheduling.storage.bookings import SessionRow
from scheduling.storage.changes import ChangeRow
from scheduling.storage.requests import RequestRow
from scheduling.storage.selfcare import CareRow, RunBooked
from scheduling.workflows import change_ends, escalation, notices, problems, replacing, running
from scheduling.workflows.change_rows import new_change, queue
from scheduling.workflows.gatherings import members_of
from scheduling.workflows.joining import STANDS
from scheduling.workflows.runtime import LASTING, Runtime, current
from scheduling.workflows.selfcare_ground import Finding, Looked, look
from scheduling.workflows.selfcare_groups import (
    group_remedies,
    standins_of,
    without_old_time,
    without_substitutes,
)
from scheduling.workflows.selfcare_plan import (
    Remedy,
    remedies,
    unheld_facts,
    without_old_times,
)
from scheduling.workflows.setups import SYSTEM
from scheduling.workflows.telling import until_shown

log = structlog.get_logger()

TIMER = "self_care"
EVERY = timedelta(hours=1)
SOON = timedelta(minutes=5)
"""The first look, and the next one where there is more to do than is done at once."""

AT_ONCE = 25
"""So many sessions of a unit are cared for in one look: whoever asks meanwhile waits for no more."""

MOST_TRIES = 3
"""A new time may be lost to others so often; then a human looks."""

ENDED = (ChangeState.TAKEN, ChangeState.UNPLACED, ChangeState.FAILED)


class Cared(TypedDict):
    """The runs whose cards are to be shown again, and whether more is to be done."""

    runs: list[str]
    more: bool


async def look_after(_subject: str) -> None:
    """Look at every unit that has sessions of runs ahead, and show what came of it."""
    more = False
    for unit_id in await units_with_runs():
        cared = await care_for(unit_id)
        for run_id in cared["runs"]:
            await until_shown(running.show_run, run_id)
        more = more or cared["more"]
    if more:
        await look_again()


@DBOS.step(**LASTING)
async def units_with_runs() -> list[str]:
    """Return the units that have a run whose dates are not over."""
    services = current().services
    async with services.store.read() as tx:
        return list(await selfcare.units(tx, services.clock.now()))


@DBOS.step(**LASTING)
async def look_again() -> None:
    """Look again soon."""
    services = current().services
    async with services.store.write() as tx:
        await timers.set_timer(tx, TIMER, timers.EVERYTHING, services.clock.now() + SOON)


@DBOS.step(**LASTING)
async def care_for(unit_id: str) -> Cared:
    """Care for a unit; repeating it begins nothing twice. What cannot be read now is so next time."""
    try:
        return await care(current(), unit_id)
    except Refused as refused:
        log.info("not_cared_for", unit=unit_id, why=refused.refusal.value)
        return {"runs": [], "more": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """What is to be written about a finding: its remedy, with the proposal where it is asked.

    ``seen`` is what was begun about it before.
    """

    remedy: Remedy
    tries: int
    seen: CareRow | None
    proposal: Proposal | None = None


async def care(runtime: Runtime, unit_id: str) -> Cared:
    """Look at a unit and begin what is to be done; see ``care_for``. Raises as ``look`` does."""
    looked = await look(runtime, unit_id)
    findings = looked.findings if looked else ()
    async with runtime.services.store.read() as tx:
        known = {row.id: row for row in await selfcare.of_unit(tx, unit_id)}
        undone = [one for one in findings if await _is_open(tx, known.get(one.id))]
    touched = await _withdraw(runtime, known, {one.id for one in findings})
    undone = list(await without_substitutes(runtime, undone))
    now_due = undone[:AT_ONCE]
    if looked and now_due:
        steps = await _steps(runtime, looked, now_due, known)
        touched |= await _carry_out(runtime, looked, steps)
    return {"runs": sorted(touched), "more": len(undone) > AT_ONCE}


async def _is_open(tx: AsyncConnection, row: CareRow | None) -> bool:
    """Whether nothing was begun about a finding yet, or what was begun came to nothing."""
    if row is None:
        return True
    if row.change_id is not None:
        change = await changes.get(tx, row.change_id)
        return change is not None and change.state in ENDED
    item = await work_items.get(tx, row.work_item_id or "")
    return item is not None and item.state is WorkItemState.RETRIED


async def _withdraw(runtime: Runtime, known: Mapping[str, CareRow], found: set[str]) -> set[str]:
    """Ask no longer about sessions that hold again, or stand elsewhere; the runs of those."""
    touched = set()
    async with runtime.services.store.write() as tx:
        for row in known.values():
            if row.id in found or row.change_id is None:
                continue
            change = await changes.get(tx, row.change_id)
            if change is None or change.state is not ChangeState.PROPOSED:
                continue
            if await changes.advance(tx, change, to=ChangeState.DROPPED, of=(change.state,)):
                await selfcare.forget(tx, row.id)
                await change_ends.show(tx, runtime, change)
                touched.add(row.run_id)
    return touched


async def _steps(
    runtime: Runtime, looked: Looked, findings: Sequence[Finding], known: Mapping[str, CareRow]
) -> list[_Step]:
    """Return what is to be written, each proposal beside the times that others get."""
    found = await remedies(runtime, looked, [one for one in findings if not one.alone])
    groups = [one for one in findings if one.alone]
    found = (*found, *(await group_remedies(runtime, looked, groups, found)).values())
    steps: list[_Step] = []
    for one in found:
        row = known.get(one.finding.id)
        again = row is not None and row.work_item_id is None  # a human's Try again begins anew
        tries = row.tries + 1 if row and again else 1
        if tries > MOST_TRIES:
            one = replace(one, option=None, by_itself=False)  # noqa: PLW2901 - a human looks
        proposal = None
        if one.option is not None and not one.by_itself:
            proposal = await _proposal(runtime, looked, one, one.option, found)
            if proposal is None:
                one = replace(one, option=None)  # noqa: PLW2901 - it was taken meanwhile
        steps.append(_Step(remedy=one, tries=tries, seen=row, proposal=proposal))
    return steps


async def _proposal(
    runtime: Runtime, looked: Looked, one: Remedy, option: Option, found: Sequence[Remedy]
) -> Proposal | None:
    """Return the times on the day that was found, with what they do to service; None if none is."""
    services, session = runtime.services, one.finding.session
    async with services.store.read() as tx:
        request = await requests.require(tx, session.request_id)
    ask = _ask(runtime, request, one.finding, option)
    asker = _asked_person(looked, one.finding)
    row = new_change(
        runtime,
        request,
        session,
        ChangeKind.MOVE,
        ChangeState.PROPOSED,
        by=asker,
        ask=ask,
        members=one.finding.one.members,
    )
    world = await replacing.world_of(runtime, row, one.finding.one.rows, fresh=False)
    others = [row for each in found if each is not one for row in standins_of(each)]
    if one.finding.alone:
        world = without_old_time(world, one.finding)
    else:
        world = without_old_times(world, [one.finding])
    world = problems.holding(world, others)
    answer = await runtime.search.find(ask, world)
    if ask.together:
        answer = await runtime.search.with_everybody(ask, world, answer)
    if not answer.sessions:
        return None
    return Proposal(
        ask=ask,
        type_name=services.catalogue.types[ask.type_id].shown_name,
        facilitator_name=answer.facilitator.name,
        sessions=answer.sessions,
        unplaced=(),
        curves=answer.curves,
        days=answer.days,
        as_of=answer.as_of,
        reconciled=answer.reconciled,
        held_until=session.interval.start,
        without_mailbox=answer.without_mailbox,
        unknown_calendars=answer.unknown_calendars,
    )


def _ask(runtime: Runtime, request: RequestRow, one: Finding, option: Option) -> Ask:
    """Return the wish for a session on the day of ``option``, by its template's times of day."""
    session = one.session
    day = option.interval.start.astimezone(zone_of(session.zone)).date()
    now = runtime.services.clock.now()
    dates, members = DateRange(day, day + DAY), one.one.members
    ask = replacing.ask_of(request, session, now, dates=dates, members=members)
    window = one.template.window if one.template else None
    return replace(ask, window=window, place=option.place)


def _asked_person(looked: Looked, one: Finding) -> str:
    """Return who is asked about a session: its leader, but where it is the leader who is away."""
    owner = looked.runs[one.one.run_id].requester_id
    leader = one.session.facilitator_id
    return owner if one.cause is Cause.LEADER or leader not in looked.people else leader


async def _carry_out(runtime: Runtime, looked: Looked, steps: Sequence[_Step]) -> set[str]:
    """Begin every step in one transaction, leaving out what moved on meanwhile; the runs of them."""
    unit_id = looked.facts.unit.id
    done: list[tuple[CareRow, Care]] = []
    async with runtime.services.store.write() as tx:
        tickets = {
            one.remedy.finding.id: await requests.take_ticket(tx, unit_id)
            for one in steps
            if one.remedy.by_itself
        }
        for one in sorted(steps, key=lambda each: each.remedy.finding.session.request_id):
            finding = one.remedy.finding
            request = await requests.locked(tx, finding.session.request_id)
            session = await bookings.require(tx, finding.session.id)
            before = await selfcare.get(tx, finding.id)
            members = {row.id for row in await members_of(tx, session)}
            others = members != {row.id for row in finding.one.members}
            if before != one.seen or others or _moved_on(session, finding.session):
                continue
            if session.gathers and request.state not in STANDS:  # somebody joins it
                continue
            row, how = await _begin(
                tx, runtime, looked, one, request, session, tickets.get(finding.id)
            )
            await selfcare.keep(tx, row)
            done.append((row, how))
        for row, how in done:
            await audit.record(
                tx,
                at=runtime.services.clock.now(),
                actor=SYSTEM,
                action="session.self_care",
                subject=row.session_id,
                detail={"run": row.run_id, "cause": row.cause.value, "care": how.value},
            )
    for row, how in done:
        log.info("cared_for", session=row.session_id, cause=row.cause.value, care=how.value)
    return {row.run_id for row, _ in done}


def _moved_on(now: SessionRow, seen: SessionRow) -> bool:
    """Whether a session is not as it was when it was looked at."""
    same = (now.moves, now.interval, now.room_id) == (seen.moves, seen.interval, seen.room_id)
    return not same or now.state is not SessionState.BOOKED or now.change_id is not None


async def _begin(
    tx: AsyncConnection,
    runtime: Runtime,
    looked: Looked,
    one: _Step,
    request: RequestRow,
    session: SessionRow,
    ticket: int | None,
) -> tuple[CareRow, Care]:
    """Begin what is to be done about one session, and return what is kept of it."""
    remedy, finding = one.remedy, one.remedy.finding
    row = CareRow(
        id=finding.id,
        run_id=finding.one.run_id,
        unit_id=session.unit_id,
        request_id=request.id,
        session_id=session.id,
        cause=finding.cause,
        tries=one.tries,
        change_id=None,
        work_item_id=None,
        was=session.interval,
        at=runtime.services.clock.now(),
    )
    if remedy.option is not None and ticket is not None:
        change = _move(runtime, remedy, remedy.option, request, session)
        await queue(tx, runtime, change, ticket)
        return replace(row, change_id=change.id), Care.MOVING
    if one.proposal is not None:
        asked_id = _asked_person(looked, finding)
        change_id = await _put_question(tx, runtime, one.proposal, request, finding.one, asked_id)
        return replace(row, change_id=change_id), Care.ASKED
    item_id = await escalation.add(
        tx, runtime, request, WorkItemCause.UNHELD, unheld_facts(looked, remedy)
    )
    return replace(row, work_item_id=item_id), Care.HANDED


def _move(
    runtime: Runtime, remedy: Remedy, option: Option, request: RequestRow, session: SessionRow
) -> ChangeRow:
    """Return a move to the time that was found, which nobody asked for."""
    one = remedy.finding.one
    coming = [row for row in one.members if row.attendee_id not in option.missing_ids]
    return new_change(
        runtime,
        request,
        session,
        ChangeKind.MOVE,
        ChangeState.QUEUED,
        by=SYSTEM,
        members=coming,
        ask=_ask(runtime, request, remedy.finding, option),
        chosen={row.id: option for row in (session, *coming)},
    )


async def _put_question(
    tx: AsyncConnection,
    runtime: Runtime,
    proposal: Proposal,
    request: RequestRow,
    about: RunBooked,
    asked_id: str,
) -> str:
    """Keep a move that waits for a choice, and have somebody asked; the change's id."""
    until = about.session.interval.start
    change = new_change(
        runtime,
        request,
        about.session,
        ChangeKind.MOVE,
        ChangeState.PROPOSED,
        by=SYSTEM,
        members=about.members,
        ask=proposal.ask,
        proposal=proposal,
        expires_at=until,
    )
    await changes.insert(tx, change)
    kind = NoticeKind.TIMES_WANTED
    await notices.offer(tx, change.id, asked_id, key=f"{change.id}:asked", until=until, kind=kind)
    return change.id
