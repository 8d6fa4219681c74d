"""What the WFM says about a unit over some dates, read once per search."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime

from scheduling.domain.centre import (
    ActivityCode,
    Agent,
    AgentDay,
    CodeKind,
    Demand,
    StaffingSeries,
    Unit,
)
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.setup import Setup
from scheduling.domain.times import DateRange, Interval, merge
from scheduling.ports.clock import Clock
from scheduling.ports.wfm import AuthFailed, RateLimited, Unavailable, Wfm, WfmError
from scheduling.workflows.setups import Policy

TRANSIENT = (Unavailable, RateLimited, AuthFailed)
"""What asking the WFM again later may mend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFacts:
    """A unit's agents, codes, published days and staffing over ``dates``.

    ``unread`` are the agents whose days could not be read, and are not in ``days``.
    """

    unit: Unit
    dates: DateRange
    agents: Mapping[str, Agent]
    demands: Mapping[str, Demand]
    codes: Mapping[str, ActivityCode]
    days: Mapping[str, Sequence[AgentDay]]
    series: Mapping[str, StaffingSeries]
    as_of: datetime
    unread: frozenset[str] = frozenset()

    def work_of(self, agent_id: str) -> tuple[Interval, ...]:
        """Return when an agent is open for contacts."""
        return merge(
            segment.interval
            for day in self.days.get(agent_id, ())
            for segment in day.segments
            if self.kind(segment.code_id) is CodeKind.WORK
        )

    def kind(self, code_id: str) -> CodeKind:
        """Return what a code means; a code nobody defined is not open time."""
        code = self.codes.get(code_id)
        return code.kind if code else CodeKind.OFFLINE

    def zone_of(self, agent_id: str) -> str:
        """Return the zone in which an agent's dates are dates."""
        return self.agents[agent_id].zone

    @property
    def planned_until(self) -> date | None:
        """The last date with any published shift."""
        return max(
            (day.business_date for days in self.days.values() for day in days if day.segments),
            default=None,
        )


async def read_unit(wfm: Wfm, unit: Unit, dates: DateRange, *, most_unread: int = 0) -> UnitFacts:
    """Read everything a search in ``unit`` needs; may raise WfmError.

    Up to ``most_unread`` agents may have days that cannot be read.
    """
    agents = {agent.id: agent for agent in await wfm.agents(unit.id)}
    found_days, unread = await readable(wfm, sorted(agents), dates, most_unread)
    days: dict[str, list[AgentDay]] = {agent_id: [] for agent_id in agents}
    for day in found_days:
        if day.published:
            days.setdefault(day.agent_id, []).append(day)
    for found in days.values():
        found.sort(key=lambda day: day.business_date)
    series = await wfm.staffing(unit.id, _span(unit, dates))
    return UnitFacts(
        unit=unit,
        dates=dates,
        agents=agents,
        demands={demand.id: demand for demand in await wfm.demands(unit.id)},
        codes={code.id: code for code in await wfm.codes(unit.id)},
        days=days,
        series={one.demand_id: one for one in series},
        as_of=min((one.as_of for one in series), default=_span(unit, dates).start),
        unread=unread,
    )


async def readable(
    wfm: Wfm, agent_ids: Sequence[str], dates: DateRange, most_unread: int
) -> tuple[list[AgentDay], frozenset[str]]:
    """Return the days that can be read, and whose cannot, who are found by halves.

    Raises the WfmError where that is more than ``most_unread``, or where asking again may help.
    """
    try:
        return list(await wfm.schedules(agent_ids, dates)), frozenset()
    except TRANSIENT:
        raise
    except WfmError:
        if most_unread < 1:
            raise
        if len(agent_ids) == 1:
            return [], frozenset(agent_ids)
    half = len(agent_ids) // 2
    found, unread = await readable(wfm, agent_ids[:half], dates, most_unread)
    others, more = await readable(wfm, agent_ids[half:], dates, most_unread - len(unread))
    return found + others, unread | more


@contextmanager
def refusing() -> Iterator[None]:
    """Refuse where the WFM raises: WFM_AWAY where asking again may help, else WFM_UNREADABLE."""
    try:
        yield
    except TRANSIENT as error:
        raise Refused(Refusal.WFM_AWAY) from error
    except WfmError as error:
        raise Refused(Refusal.WFM_UNREADABLE) from error


async def unit_of(wfm: Wfm, unit_id: str) -> Unit:
    """Return a unit; STALE where the WFM has it no more, WFM_AWAY where it does not answer."""
    try:
        found = {unit.id: unit for unit in await wfm.units()}
    except WfmError as error:
        raise Refused(Refusal.WFM_AWAY) from error
    if unit_id not in found:
        raise Refused(Refusal.STALE)
    return found[unit_id]


def floored(facts: UnitFacts, setup: Setup) -> UnitFacts:
    """Return the facts with the floors that are set up, in place of the WFM's."""
    return replace(facts, demands=setup.demands_with_floors(facts.demands))


def _span(unit: Unit, dates: DateRange) -> Interval:
    spans = [dates.interval(site.zone) for site in unit.sites]
    return Interval(min(s.start for s in spans), max(s.end for s in spans))


class FactsReader:
    """Reads units with a short memory, so that a changed input on a card does not re-read all.

    Proposals may use facts up to ``Policy.facts_life`` old; a commit reads afresh.
    """

    def __init__(self, wfm: Wfm, clock: Clock, policy: Policy) -> None:
        """Read from ``wfm``."""
        self._wfm = wfm
        self._clock = clock
        self._life = policy.facts_life
        self._units: dict[str, Unit] = {}
        self._kept: dict[str, tuple[datetime, UnitFacts]] = {}

    def now(self) -> datetime:
        """Return the instant at which what is read now holds."""
        return self._clock.now()

    async def unit(self, unit_id: str) -> Unit:
        """Return a unit by id, as it was when it was first asked for; see ``unit_of``."""
        if unit_id not in self._units:
            self._units[unit_id] = await unit_of(self._wfm, unit_id)
        return self._units[unit_id]

    async def agents(self, unit_id: str) -> Sequence[Agent]:
        """Return a unit's agents as the hierarchy is now; WFM_AWAY where the WFM does not answer."""
        try:
            return await self._wfm.agents(unit_id)
        except WfmError as error:
            raise Refused(Refusal.WFM_AWAY) from error

    def forget(self, unit_id: str) -> None:
        """Read a unit afresh the next time, because we have changed it ourselves."""
        self._kept.pop(unit_id, None)

    async def read(self, unit_id: str, dates: DateRange, *, fresh: bool = False) -> UnitFacts:
        """Return the facts for ``dates``; WFM_AWAY where the WFM does not answer."""
        now = self._clock.now()
        kept = self._kept.get(unit_id)
        if kept and not fresh and now - kept[0] < self._life and _holds(kept[1].dates, dates):
            return kept[1]
        unit = await self.unit(unit_id)
        try:
            facts = await read_unit(self._wfm, unit, dates)
        except WfmError as error:
            raise Refused(Refusal.WFM_AWAY) from error
        self._kept[unit_id] = (now, facts)
        return facts


def _holds(whole: DateRange, part: DateRange) -> bool:
    return whole.start <= part.start and part.end <= whole.end
