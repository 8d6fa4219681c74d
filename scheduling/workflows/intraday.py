"""The rest of a unit's day: staffing as it is now, where it is short or to spare, and who is away."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from scheduling.domain.house import Intraday
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.times import DAY, MINUTE, DateRange, Interval, zone_of
from scheduling.optimizer.supply import Curve, Grid
from scheduling.ports.wfm import WfmError
from scheduling.storage import bookings
from scheduling.storage.bookings import SessionRow
from scheduling.workflows.facts import UnitFacts, read_unit, unit_of
from scheduling.workflows.problems import SLOT_MINUTES, span_of
from scheduling.workflows.runtime import Runtime
from scheduling.workflows.staffing import FRESH, Floats, curves, fraction, in_service

SLOT = SLOT_MINUTES * MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """A unit from the slot of ``now`` to the end of its day, read afresh.

    ``net`` is coverage less requirement in FTE per demand and slot; ``ours`` are its active sessions.
    """

    unit_id: str
    now: datetime
    facts: UnitFacts
    grid: Grid
    curves: tuple[Curve, ...]
    ours: Sequence[SessionRow]

    @property
    def net(self) -> Mapping[str, Floats]:
        """Coverage less requirement, by demand."""
        return {
            curve.demand_id: np.asarray(curve.coverage) - np.asarray(curve.required)
            for curve in self.curves
        }

    @property
    def fresh(self) -> bool:
        """Whether the figures are of today, so that they say how it is now."""
        return self.now - self.facts.as_of <= FRESH

    def slots_of(self, lasting: timedelta) -> int:
        """Return how many slots from now on ``lasting`` meets."""
        end = self.now + lasting
        return min(self.grid.slots, -((self.grid.start - end) // SLOT))

    def forecast(self, demand_id: str) -> bool:
        """Whether contacts are expected from now on: where none are, nobody can be too many."""
        curve = next(one for one in self.curves if one.demand_id == demand_id)
        return any(curve.required)

    def away(self, session: SessionRow) -> Mapping[str, Floats]:
        """Return what a session takes off each demand: FTE per slot, attendee and leader together."""
        taken: dict[str, Floats] = {}
        part = fraction((session.interval,), self.grid)
        for person_id in (session.attendee_id, session.facilitator_id):
            agent = self.facts.agents.get(person_id)
            for demand_id, share in in_service(self.facts, agent.shares if agent else {}).items():
                taken[demand_id] = taken.get(demand_id, np.zeros(self.grid.slots)) + share * part
        return taken


async def today_of(runtime: Runtime, unit_id: str) -> Today:
    """Read the rest of a unit's day afresh; STALE where the WFM has no such unit, WFM_AWAY.

    It does not touch what searches remember, which reaches further.
    """
    services, now = runtime.services, runtime.services.clock.now()
    unit = await unit_of(services.wfm, unit_id)
    today = now.astimezone(zone_of(unit.sites[0].zone)).date()
    try:
        facts = await read_unit(services.wfm, unit, DateRange(today, today + DAY))
    except WfmError as error:
        raise Refused(Refusal.WFM_AWAY) from error
    day = span_of(facts, facts.dates)
    start = now - (now - day.start) % SLOT
    grid = Grid(start=start, slots=max(1, (day.end - start) // SLOT), slot_minutes=SLOT_MINUTES)
    async with services.store.read() as tx:
        ours = await bookings.active_in(tx, unit_id, Interval(day.start, day.end))
    made = await asyncio.to_thread(curves, facts, grid, facts.demands, ours)
    return Today(unit_id=unit_id, now=now, facts=facts, grid=grid, curves=made, ours=ours)


def short_of(today: Today, rule: Intraday) -> Mapping[str, float]:
    """Return the demands in a rush, with how many FTE they are short now at least."""
    if not today.fresh:
        return {}
    soon = today.slots_of(rule.lasting)
    return {
        demand_id: -float(net[:soon].max())
        for demand_id, net in today.net.items()
        if net[:soon].max() <= -rule.short
    }


def spare_of(today: Today, rule: Intraday, demand_ids: Collection[str]) -> float:
    """Return how many FTE all of some demands have to spare for a while from now on."""
    if not today.fresh:
        return 0.0
    soon, net = today.slots_of(rule.lasting), today.net
    nets = [net[one][:soon].min() for one in demand_ids if today.forecast(one)]
    return float(min(nets, default=0.0))
