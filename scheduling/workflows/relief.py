"""What could give way in a unit now: which sessions, how much each helps, and what it would do."""

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import BrokenExecutor
from dataclasses import replace

import numpy as np

from scheduling.domain.meetings import MeetingType, Tier
from scheduling.domain.proposals import DayService
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.requests import SessionState
from scheduling.domain.rushes import Giving, enough, helps
from scheduling.domain.times import zone_of
from scheduling.storage import people, requests
from scheduling.storage.bookings import SessionRow
from scheduling.workflows.intraday import Today, short_of, today_of
from scheduling.workflows.problems import SLOT_MINUTES
from scheduling.workflows.runtime import Runtime
from scheduling.workflows.rushes_port import Candidate, Relief, Shortage
from scheduling.workflows.search import days_of
from scheduling.workflows.staffing import Floats

MINUTES_AN_HOUR = 60


async def look(runtime: Runtime, unit_id: str, *, count: int | None = None) -> Relief:
    """Return what could give way now, with what is needed (or ``count``) chosen; WFM_AWAY."""
    return await looked(runtime, await today_of(runtime, unit_id), count=count)


async def looked(runtime: Runtime, today: Today, *, count: int | None = None) -> Relief:
    """Return the same of a day that has been read."""
    relief, givings = await _candidates(runtime, today)
    short = runtime.services.policy.intraday.short
    chosen = enough(givings, _lacks(today), short=short, most=count)
    return await _with_effect(runtime, today, relief, chosen)


async def weighed(runtime: Runtime, unit_id: str, session_ids: Collection[str]) -> Relief:
    """Return the same with these chosen, those of them that still may give way; WFM_AWAY."""
    today = await today_of(runtime, unit_id)
    relief, _ = await _candidates(runtime, today)
    known = [one.session_id for one in relief.candidates if one.session_id in session_ids]
    return await _with_effect(runtime, today, relief, known)


async def _candidates(runtime: Runtime, today: Today) -> tuple[Relief, list[Giving]]:
    """Return the relief with nobody chosen, and what each candidate gives back."""
    services = runtime.services
    lacks = _lacks(today)
    givings, found = [], []
    async with services.store.read() as tx:
        asked = {row.id: await requests.require(tx, row.request_id) for row in today.ours}
        ids = {i for row in today.ours for i in (row.attendee_id, row.facilitator_id)}
        names = await people.names(tx, ids)
    for row in today.ours:
        kind = services.catalogue.types[asked[row.id].ask.type_id]
        if not _may_give_way(today, row, kind):
            continue
        gives = {name: [*map(float, fte)] for name, fte in today.away(row).items()}
        giving = Giving(session_id=row.id, gives=gives)
        givings.append(giving)
        found.append(
            Candidate(
                session_id=row.id,
                type_name=kind.shown_name,
                attendee_name=names.get(row.attendee_id, ""),
                facilitator_name=names.get(row.facilitator_id, ""),
                zone=row.zone,
                interval=row.interval,
                helps=helps(giving, lacks) * SLOT_MINUTES / MINUTES_AN_HOUR,
            )
        )
    demands = today.facts.demands
    short = short_of(today, services.policy.intraday)
    relief = Relief(
        unit_id=today.unit_id,
        zone=today.facts.unit.sites[0].zone,
        as_of=today.facts.as_of,
        reconciled=all(curve.reconciled for curve in today.curves),
        shortages=tuple(
            Shortage(demand_name=demands[name].name, fte=fte)
            for name, fte in sorted(short.items(), key=lambda each: -each[1])
        ),
        candidates=tuple(sorted(found, key=lambda one: (-one.helps, one.interval))),
        chosen=(),
    )
    return relief, givings


def _may_give_way(today: Today, row: SessionRow, kind: MeetingType) -> bool:
    """Whether a session is booked, of today, has not begun, and nobody must have it today."""
    day = today.now.astimezone(zone_of(row.zone)).date()
    return (
        row.state is SessionState.BOOKED
        and row.gathering_id is None
        and not row.gathers
        and row.interval.start > today.now
        and row.interval.start.astimezone(zone_of(row.zone)).date() == day
        and kind.tier is not Tier.MANDATORY
        and not kind.confidential
    )


def _lacks(today: Today) -> Mapping[str, Sequence[float]]:
    return {name: [*map(float, np.maximum(-net, 0.0))] for name, net in today.net.items()}


async def _with_effect(
    runtime: Runtime, today: Today, relief: Relief, chosen: Sequence[str]
) -> Relief:
    """Return the relief with these chosen, and what releasing them does to the day's service."""
    rows = {row.id: row for row in today.ours}
    back: dict[str, Floats] = {}
    for session_id in chosen:
        for name, fte in today.away(rows[session_id]).items():
            back[name] = back.get(name, np.zeros(today.grid.slots)) - fte
    days: tuple[DayService, ...] = ()
    if back:
        taken = {name: tuple(map(float, fte)) for name, fte in back.items()}
        try:
            found = await runtime.services.solver.effect(
                today.grid, today.curves, taken, relief.zone
            )
        except BrokenExecutor as error:
            raise Refused(Refusal.SOLVER_AWAY) from error
        days = days_of(found, today.facts)
    return replace(relief, chosen=tuple(chosen), days=days)
