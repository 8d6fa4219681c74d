"""Work items: the snapshot of facts that lets a scheduler decide in 20 seconds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.domain.meetings import MeetingType
from scheduling.domain.notices import NoticeKind
from scheduling.domain.proposals import DayService, Unplaced, WayOut
from scheduling.domain.requests import FailedWrite, WorkItemCause, WorkItemState
from scheduling.domain.rules import NEVER_RELAXED, Rule
from scheduling.domain.times import DAY, MIDNIGHT, DateRange, at_wall
from scheduling.ports.wfm import WfmError
from scheduling.storage import requests, timers, work_items
from scheduling.storage.codec import dump, load
from scheduling.storage.requests import RequestRow
from scheduling.storage.work_items import WorkItemRow
from scheduling.workflows import grouping, notices, service_hours
from scheduling.workflows.engine import ANNOUNCE_QUEUE
from scheduling.workflows.gatherings import exactly
from scheduling.workflows.problems import World
from scheduling.workflows.runtime import Runtime
from scheduling.workflows.search import Found

HISTORY_DAYS = 60
SHOWN = 3
UNBOOKED = frozenset(
    {
        WorkItemCause.NOT_PLACED,
        WorkItemCause.WRITE_FAILED,
        WorkItemCause.REMOTE_AWAY,
        WorkItemCause.ENGINE_ERROR,
    }
)
"""Causes that leave a request unbooked, in whole or in part."""

FORCIBLE = (
    frozenset(Rule)
    - NEVER_RELAXED
    - {Rule.FACILITATOR, Rule.ATTENDEE_BUSY, Rule.UNAVAILABLE, Rule.DATES, Rule.TIME_WINDOW}
    - {Rule.QUORUM}
)
"""What Force may break: never rest, absence, lead time, or somebody's other appointment.

Nor the dates and times asked for, nor how many must be there: the card does not say which others
would be booked, or who would be missing.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFacts:
    """What a work item's card shows, as it was when the item was made."""

    unplaced: tuple[Unplaced, ...] = ()
    ways_out: tuple[WayOut, ...] = ()
    days: tuple[DayService, ...] = ()
    failures: int = 1
    last_held: Mapping[str, date | None] = field(default_factory=dict)
    offline_used: int = 0
    offline_allowed: int = 0
    as_of: datetime
    reconciled: bool = True
    zone: str = "UTC"
    trouble: str | None = None
    pending_way: int | None = None
    failed: tuple[FailedWrite, ...] = ()


def dump_facts(facts: ItemFacts) -> dict[str, object]:
    """Return the facts as JSON."""
    dumped: dict[str, object] = dump(ItemFacts, facts)
    return dumped


def load_facts(value: Mapping[str, object]) -> ItemFacts:
    """Return the facts from JSON."""
    return load(ItemFacts, dict(value))


async def gather(runtime: Runtime, row: RequestRow, world: World, found: Found) -> ItemFacts:
    """Return the facts about what could not be placed; prices the recommended way out."""
    unplaced = await _with_deferral(runtime, row, world, found.unplaced)
    ways = merged_ways_out(unplaced)
    days = await _days_of(runtime, row, world, ways[0]) if ways else ()
    shown = _shown_first(unplaced, ways)
    kind = runtime.services.catalogue.types[row.ask.type_id]
    return ItemFacts(
        unplaced=unplaced,
        ways_out=ways,
        days=days,
        failures=row.attempts + 1,
        last_held=await last_held(runtime, row, kind, world),
        offline_used=_offline_used(found, shown, ways, row.ask.dates.start),
        offline_allowed=kind.parameters.offline_a_week,
        as_of=found.as_of,
        reconciled=found.reconciled,
        zone=shown.zone,
    )


async def _days_of(
    runtime: Runtime, row: RequestRow, world: World, way: WayOut
) -> tuple[DayService, ...]:
    """Return what a way out does to service; of people together, at the very time it shows."""
    relaxed = row.relaxed | way.rules
    if not row.ask.together:
        only = way.attendee_ids[:1]
        return (await runtime.search.find(row.ask, world, relaxed=relaxed, only=only)).days
    zone = world.facts.zone_of(way.attendee_ids[0])
    exact = exactly(row.ask, way.option, zone)
    if exact is None or Rule.TIME_WINDOW in way.rules:
        return ()
    return (await runtime.search.find(exact, world, relaxed=relaxed)).days


def _shown_first(unplaced: Sequence[Unplaced], ways: Sequence[WayOut]) -> Unplaced:
    """Return the person whose time is recommended, else the first."""
    recommended = ways[0].attendee_ids[0] if ways else None
    return next((one for one in unplaced if one.attendee_id == recommended), unplaced[0])


async def _with_deferral(
    runtime: Runtime, row: RequestRow, world: World, unplaced: tuple[Unplaced, ...]
) -> tuple[Unplaced, ...]:
    """Return the unplaced, each with a way out that defers to the days after the dates.

    Loosening other dates alone may open nothing (the times of day fit no later shift either);
    then what the best way out loosens is loosened there too.
    """
    lacking = [one for one in unplaced if not any(Rule.DATES in way.rules for way in one.ways_out)]
    if not lacking:
        return unplaced
    rules = frozenset({Rule.DATES, *(lacking[0].ways_out[0].rules if lacking[0].ways_out else ())})
    later = replace(row.ask, dates=DateRange(row.ask.dates.end, world.dates.end))
    ids = [one.attendee_id for one in lacking]
    loosened = row.relaxed | (rules - {Rule.DATES})
    found = await runtime.search.find(later, world, relaxed=loosened, only=ids)
    deferred = {session.attendee_id: found.deferral(session, rules) for session in found.sessions}
    return tuple(
        replace(one, ways_out=(*one.ways_out, deferred[one.attendee_id]))
        if one.attendee_id in deferred
        else one
        for one in unplaced
    )


def merged_ways_out(unplaced: Sequence[Unplaced]) -> tuple[WayOut, ...]:
    """Return one way out per set of rules, most people helped, fewest rules, cheapest first.

    Each shows the option of the person for whom it is cheapest, who is its first attendee. The
    best that only defers (other dates) is always among the first ``SHOWN``.
    """
    merged: dict[frozenset[Rule], WayOut] = {}
    for one in unplaced:
        for way in one.ways_out:
            known = merged.get(way.rules)
            others = known.attendee_ids if known else ()
            if known is None or way.option.price < known.option.price:
                merged[way.rules] = replace(way, attendee_ids=(one.attendee_id, *others))
            else:
                merged[way.rules] = replace(known, attendee_ids=(*others, one.attendee_id))
    order = sorted(
        merged.values(),
        key=lambda w: (-len(w.attendee_ids), len(w.rules), w.option.price, w.option.interval),
    )
    late = next((n for n, way in enumerate(order) if Rule.DATES in way.rules), 0)
    if late >= SHOWN:
        order.insert(SHOWN - 1, order.pop(late))
    return tuple(order)


def _offline_used(found: Found, shown: Unplaced, ways: Sequence[WayOut], first: date) -> int:
    """Return the person's off-phone minutes in the ISO week of the recommended start.

    The week of the ``first`` date asked for where nothing is recommended.
    """
    start = ways[0].option.interval.start.astimezone(ZoneInfo(shown.zone)).date() if ways else first
    week = start.isocalendar()[:2]
    offline = next(a.offline for a in found.problem.attendees if a.id == shown.attendee_id)
    return sum(m for day, (_, m) in offline.items() if day.isocalendar()[:2] == week)


async def last_held(
    runtime: Runtime, row: RequestRow, kind: MeetingType, world: World
) -> dict[str, date | None]:
    """Return when each unplaced attendee last had this type, from the WFM's own history."""
    if kind.confidential:
        return {}
    today = world.now.astimezone(ZoneInfo("UTC")).date()
    dates = DateRange(today - HISTORY_DAYS * DAY, today + DAY)
    held: dict[str, date | None] = dict.fromkeys(row.ask.attendee_ids)
    try:
        days = await runtime.services.wfm.schedules(row.ask.attendee_ids, dates)
    except WfmError:
        return held
    for day in days:
        for segment in day.segments:
            if segment.code_id == kind.code_id and segment.interval.end <= world.now:
                known = held.get(day.agent_id)
                held[day.agent_id] = max(known or day.business_date, day.business_date)
    return held


def decide_by(row: RequestRow, kind: MeetingType, facts: ItemFacts) -> datetime:
    """Return until when the recommended way out can be granted, or else any start of the dates.

    Both less the lead time.
    """
    end = at_wall(row.ask.dates.end, MIDNIGHT, facts.zone)
    start = facts.ways_out[0].option.interval.start if facts.ways_out else end
    return start - timedelta(minutes=kind.parameters.lead)


async def add(
    tx: AsyncConnection,
    runtime: Runtime,
    row: RequestRow,
    cause: WorkItemCause,
    facts: ItemFacts,
    last: datetime | None = None,
) -> str:
    """Insert a work item once per attempt, and enqueue its announcement; return its id.

    ``last`` is until when it can be decided, where that is not as ``decide_by`` says.
    """
    services = runtime.services
    await requests.locked(tx, row.id)  # two at once must not get the same number
    number = await work_items.count_of(tx, row.id) + 1
    item_id = f"{row.id}-{number}"
    kind = services.catalogue.types[row.ask.type_id]
    last = last or decide_by(row, kind, facts)
    times = await service_hours.due_in(tx, services, row.unit_id, last)
    item = WorkItemRow(
        id=item_id,
        version=1,
        cause=cause,
        state=WorkItemState.OPEN,
        request_id=row.id,
        unit_id=row.unit_id,
        facts=dump_facts(facts),
        claimed_by=None,
        decided_by=None,
        note=None,
        created_at=services.clock.now(),
        decide_by=last,
        take_on_by=times.take_on_by,
        resolve_by=times.resolve_by,
        cause_key=await grouping.cause_key(
            tx,
            cause,
            row.ask,
            trouble=facts.trouble,
            failed=facts.failed,
            unplaced=facts.unplaced,
        ),
    )
    if await work_items.insert(tx, item) and cause is not WorkItemCause.TOO_FEW:
        await grouping.join(tx, runtime, item)
    await timers.set_timer(tx, "decide_by", item_id, last)
    await service_hours.set_next(tx, services, item)
    if cause in UNBOOKED:
        await notices.notify(tx, NoticeKind.FAILED, row, key=item_id)
    await runtime.engine.enqueue_followup(
        tx, "announce", f"{item_id}:announce", item_id, queue=ANNOUNCE_QUEUE
    )
    return item_id


async def close(tx: AsyncConnection, runtime: Runtime, item: WorkItemRow) -> None:
    """Close an undecided work item of which nothing is left to decide, wherever it is shown."""
    undecided = [state for state in WorkItemState if not state.decided]
    if await work_items.advance(tx, item, to=WorkItemState.CLOSED, of=undecided):
        key = f"{item.id}:{item.version}:announce"
        await runtime.engine.enqueue_followup(tx, "announce", key, item.id, queue=ANNOUNCE_QUEUE)
