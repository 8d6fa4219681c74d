"""When everybody has met and is to meet, as far as the periods and gaps of a run reach.

Aside's own sessions are read over all of that. The WFM, which has also what was entered by hand, is
asked beyond the weeks of the run only about those of whom it can still change anything.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from scheduling.domain.centre import AgentDay
from scheduling.domain.templates import Template
from scheduling.domain.times import DateRange, zone_of
from scheduling.recurrence.audience import members
from scheduling.recurrence.periods import before, periods
from scheduling.storage import diary, registers
from scheduling.workflows import problems, whole_unit
from scheduling.workflows.facts import UnitFacts, readable, refusing
from scheduling.workflows.services import Services

SLICE = timedelta(days=31)
"""Days of the WFM's schedules that are read at once, so that nothing is read that is of no more use."""
WAITED = timedelta(days=366)
"""How far back it is looked at most for who has waited longest, and who missed the last period."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whom a template has now, by agent id."""

    template: Template
    agent_ids: frozenset[str]


def asked_of(template: Template, facts: UnitFacts) -> Asked:
    """Return whom ``template`` has as the hierarchy is now."""
    found = members(template.audience, facts.agents.values())
    return Asked(template=template, agent_ids=frozenset(one.id for one in found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The dates on which each (agent, type) met or is to meet, in order.

    ``unread`` are agents whose schedules cannot be read; ``shifts`` are the dates with one before
    the run, of those who were asked about.
    """

    held: dict[tuple[str, str], list[date]]
    unread: frozenset[str]
    shifts: Mapping[str, Collection[date]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Which dates around a run matter to a template.

    ``first`` and ``last`` are the periods it begins and ends in, ``earlier`` that before. From
    ``near`` to ``after`` lie the days that there must be between two meetings at least; ``late`` is
    when whoever was met before it is late.
    """

    earlier: DateRange | None
    first: DateRange
    last: DateRange
    near: date
    after: date
    late: date

    @property
    def dates(self) -> DateRange:
        """All of them."""
        return DateRange(self.back(()), self.ahead(()))

    def back(self, held: Collection[date]) -> date:
        """Return from which date on it matters whether somebody has met, who is known to have ``held``."""
        if _any_in(self.first, held):
            return self.near
        exact = min(self.near, self.first.start)
        if self.earlier is None or _any_in(self.earlier, held):
            return exact
        return min(exact, max(min(self.earlier.start, self.late), self.near - WAITED))

    def ahead(self, held: Collection[date]) -> date:
        """Return up to which date (not included) it matters whether somebody is to meet."""
        return self.after if _any_in(self.last, held) else max(self.after, self.last.end)


def _any_in(dates: DateRange, held: Collection[date]) -> bool:
    return any(dates.start <= day < dates.end for day in held)


def reach_of(template: Template, dates: DateRange) -> Reach | None:
    """Return what matters to ``template`` on ``dates``, None where it has no period then."""
    found = periods(template, dates)
    if not found:
        return None
    earlier = before(template, found[0])
    return Reach(
        earlier=earlier.dates if earlier else None,
        first=found[0].dates,
        last=found[-1].dates,
        near=dates.start - timedelta(days=max(template.least_days - 1, 0)),
        after=dates.end + timedelta(days=max(template.least_days - 1, 0)),
        late=dates.start - timedelta(days=template.most_days or 0),
    )


async def known_of(
    services: Services,
    facts: UnitFacts,
    asked: Iterable[Asked],
    dates: DateRange,
    *,
    moving: Collection[str] = (),
    most_unread: int = 0,
) -> Known:
    """Return when those who are ``asked`` meet, around what ``dates`` ask for.

    The sessions ``moving`` are not counted, nor those that somebody was absent from. ``facts`` are
    over the weeks of ``dates``. WFM_AWAY, WFM_UNREADABLE where more than ``most_unread`` are unread.
    """
    reaches = [(one, reach) for one in asked if (reach := reach_of(one.template, dates))]
    codes = {
        one.template.type_id: services.catalogue.types[one.template.type_id].code_id
        for one, _ in reaches
    }
    pages = _Pages(services=services, facts=facts, codes=codes, most_unread=most_unread)
    if reaches:
        await pages.read_ours([reach.dates for _, reach in reaches], moving)
        pages.add(facts.days)
        await _read_back(pages, reaches)
        await _read_ahead(pages, reaches)
    return Known(held=pages.all(), unread=frozenset(pages.unread), shifts=pages.shifts)


@dataclass(slots=True, kw_only=True)
class _Pages:
    """What was read so far. ``gone`` is in the schedules, and was not held or will not be."""

    services: Services
    facts: UnitFacts
    codes: Mapping[str, str]
    most_unread: int
    found: defaultdict[tuple[str, str], set[date]] = field(default_factory=lambda: defaultdict(set))
    gone: set[tuple[str, str, date]] = field(default_factory=set)
    unread: set[str] = field(default_factory=set)
    shifts: defaultdict[str, set[date]] = field(default_factory=lambda: defaultdict(set))

    async def read_ours(self, spans: Sequence[DateRange], moving: Collection[str]) -> None:
        """Read what Aside itself knows over all of ``spans``."""
        whole = DateRange(min(one.start for one in spans), max(one.end for one in spans))
        whole = DateRange(
            min(whole.start, self.facts.dates.start), max(whole.end, self.facts.dates.end)
        )
        span = problems.span_of(self.facts, whole)
        async with self.services.store.read() as tx:
            ours = await diary.met(tx, self.facts.unit.id, self.codes, whole)
            absent = await registers.absences(tx, None, self.codes, span)
        held = {(o.agent_id, o.type_id, o.day) for o in ours if o.session_id not in moving}
        self.gone = {(o.agent_id, o.type_id, o.day) for o in ours if o.session_id in moving} - held
        self.gone |= {
            (agent_id, type_id, start.astimezone(zone_of(self.facts.zone_of(agent_id))).date())
            for agent_id, type_id, start in absent
            if agent_id in self.facts.agents
        }
        for agent_id, type_id, day in held - self.gone:
            self.found[agent_id, type_id].add(day)

    async def read(self, agent_ids: Collection[str], dates: DateRange) -> None:
        """Read the WFM's own entries of ``agent_ids`` on ``dates``."""
        with refusing():
            days, unread = await readable(
                self.services.wfm,
                sorted(agent_ids),
                dates,
                self.most_unread - len(self.unread),
            )
        self.unread |= unread
        published: defaultdict[str, list[AgentDay]] = defaultdict(list)
        for day in days:
            if day.published and day.segments:
                published[day.agent_id].append(day)
                self.shifts[day.agent_id].add(day.business_date)
        self.add(published)

    def add(self, days: Mapping[str, Sequence[AgentDay]]) -> None:
        """Take over what ``days`` of agents show of the types that are asked for."""
        for key, dates in whole_unit.held_dates(replace(self.facts, days=days), self.codes).items():
            self.found[key] |= {day for day in dates if (*key, day) not in self.gone}

    def of(self, agent_id: str, template: Template) -> Collection[date]:
        """Return when an agent meets, as far as was read."""
        return self.found.get((agent_id, template.type_id), ())

    def edges(
        self,
        reaches: Sequence[tuple[Asked, Reach]],
        edge: Callable[[Reach, Collection[date]], date],
        furthest: Callable[[date, date], date],
    ) -> dict[str, date]:
        """Return for each agent how far to an ``edge`` of what matters there still is to read."""
        found: dict[str, date] = {}
        for one, reach in reaches:
            for agent_id in one.agent_ids - self.facts.unread - self.unread:
                at = edge(reach, self.of(agent_id, one.template))
                found[agent_id] = furthest(at, found.get(agent_id, at))
        return found

    def all(self) -> dict[tuple[str, str], list[date]]:
        """Return when everybody meets."""
        return {key: sorted(days) for key, days in self.found.items() if days}


async def _read_back(pages: _Pages, reaches: Sequence[tuple[Asked, Reach]]) -> None:
    """Read from the weeks of the run back, slice by slice, of whom that can still change anything."""
    end = pages.facts.dates.start
    while True:
        edges = pages.edges(reaches, Reach.back, min)
        wanted = {agent_id: first for agent_id, first in edges.items() if first < end}
        if not wanted:
            return
        start = max(min(wanted.values()), end - SLICE)
        await pages.read(wanted, DateRange(start, end))
        end = start


async def _read_ahead(pages: _Pages, reaches: Sequence[tuple[Asked, Reach]]) -> None:
    """Read from the weeks of the run on, likewise."""
    start = pages.facts.dates.end
    while True:
        edges = pages.edges(reaches, Reach.ahead, max)
        wanted = {agent_id: after for agent_id, after in edges.items() if after > start}
        if not wanted:
            return
        end = min(max(wanted.values()), start + SLICE)
        await pages.read(wanted, DateRange(start, end))
        start = end
