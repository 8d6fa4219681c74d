"""A WFM in memory, with faults on demand: the truth behind every stand-in, and a fake for tests."""

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from scheduling.domain.centre import (
    ActivityCode,
    Agent,
    AgentDay,
    Demand,
    Segment,
    StaffingSeries,
    Unit,
)
from scheduling.domain.times import DateRange, Interval
from scheduling.ports.clock import Clock
from scheduling.ports.wfm import (
    AgentOutcome,
    Capabilities,
    ChangeSet,
    Outcome,
    OutcomeUnknown,
    Receipt,
    WfmError,
)
from wfm.centre.model import Centre
from wfm.ledger import (
    Entry,
    agent_day,
    day_holding,
    decide,
    decide_undo,
    overlaid,
    receipt,
    seen,
    standing,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What goes wrong in one call.

    ``meanwhile`` runs first (somebody else's edit between our read and our write); ``error`` is
    raised instead of doing anything; ``lose_answer`` does the write, then raises OutcomeUnknown.
    """

    meanwhile: Callable[["MemoryWfm"], None] | None = None
    error: WfmError | None = None
    lose_answer: bool = False


class Faults:
    """Faults in wait, first in first out, for each call of the port by its name."""

    def __init__(self) -> None:
        """Start with none."""
        self._waiting: defaultdict[str, deque[Fault]] = defaultdict(deque)

    def plan(self, call: str, fault: Fault) -> None:
        """Let ``fault`` strike the next ``call`` that has none before it."""
        self._waiting[call].append(fault)

    def next(self, call: str) -> Fault:
        """Take the fault that strikes this ``call``; an empty one where there is none."""
        waiting = self._waiting[call]
        return waiting.popleft() if waiting else Fault()


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of the port, as it came in."""

    name: str
    arguments: tuple[object, ...] = ()


class MemoryWfm:
    """ports.Wfm over a Centre; it starts from ``centre`` and leaves that unchanged.

    ``faults`` strike, ``journal`` remembers each call, ``edit`` is another person's hand.
    """

    def __init__(self, centre: Centre, clock: Clock, faults: Faults | None = None) -> None:
        """Hold a copy of the centre's days and no changes."""
        self.journal: list[Call] = []
        self.faults = faults or Faults()
        self._centre = centre
        self._clock = clock
        self._days = dict(centre.days)
        self._zones = {agent.id: agent.zone for agent in centre.agents}
        self._codes = {code.id: code for code in centre.codes}
        self._entries: list[Entry] = []

    def edit(
        self, agent_id: str, day: date, segments: Iterable[Segment], *, published: bool = True
    ) -> None:
        """Replace an agent's day, as somebody at the WFM's own screen would; empty deletes it."""
        edited = agent_day(agent_id, day, published, segments)
        if edited.segments:
            self._days[agent_id, day] = edited
        else:
            self._days.pop((agent_id, day), None)

    def day(self, agent_id: str, day: date) -> AgentDay | None:
        """Return the day as it now is, past the port: no fault, no journal."""
        return self._days.get((agent_id, day))

    async def capabilities(self) -> Capabilities:
        """See ports.Wfm."""
        self._begin("capabilities")
        return Capabilities(vendor="memory", native_keys=True, all_or_nothing=True)

    async def units(self) -> Sequence[Unit]:
        """See ports.Wfm."""
        self._begin("units")
        return self._centre.units

    async def agents(self, unit_id: str) -> Sequence[Agent]:
        """See ports.Wfm."""
        self._begin("agents", unit_id)
        return self._centre.agents_of(unit_id)

    async def demands(self, unit_id: str) -> Sequence[Demand]:
        """See ports.Wfm."""
        self._begin("demands", unit_id)
        return self._centre.demands_of(unit_id)

    async def codes(self, unit_id: str) -> Sequence[ActivityCode]:
        """See ports.Wfm."""
        self._begin("codes", unit_id)
        return self._centre.codes_of(unit_id)

    async def schedules(self, agent_ids: Collection[str], dates: DateRange) -> Sequence[AgentDay]:
        """See ports.Wfm."""
        self._begin("schedules", tuple(agent_ids), dates)
        found = (self.day(agent, day) for agent in agent_ids for day in dates.days())
        return tuple(day for day in found if day)

    async def staffing(self, unit_id: str, span: Interval) -> Sequence[StaffingSeries]:
        """See ports.Wfm."""
        self._begin("staffing", unit_id, span)
        return self._centre.staffing_of(unit_id, span)

    async def apply(self, change: ChangeSet) -> Receipt:
        """See ports.Wfm."""
        fault = self._begin("apply", change)
        if not seen(self._entries, change.key):
            self._record(decide(change, self._find, self._codes, self._clock.now()))
        return self._answer(change.key, fault)

    async def status(self, key: str) -> Receipt:
        """See ports.Wfm."""
        self._begin("status", key)
        return standing(self._entries, key, self._find)

    async def undo(self, key: str, undo_key: str) -> Receipt:
        """See ports.Wfm."""
        fault = self._begin("undo", key, undo_key)
        if not seen(self._entries, undo_key):
            at = self._clock.now()
            self._record(
                decide_undo(
                    self._entries, self._find, self._codes, key=key, undo_key=undo_key, at=at
                )
            )
        return self._answer(undo_key, fault)

    def _begin(self, name: str, *arguments: object) -> Fault:
        """Note the call, let somebody else's edit happen, and fail if a fault says so."""
        self.journal.append(Call(name=name, arguments=arguments))
        fault = self.faults.next(name)
        if fault.meanwhile:
            fault.meanwhile(self)
        if fault.error:
            raise fault.error
        return fault

    def _find(self, agent_id: str, interval: Interval) -> AgentDay | None:
        zone = self._zones.get(agent_id)
        return day_holding(interval, zone, lambda day: self.day(agent_id, day)) if zone else None

    def _record(self, entries: Sequence[Entry]) -> None:
        self._entries.extend(entries)
        for entry in entries:
            day = entry.business_date and self.day(entry.agent_id, entry.business_date)
            if day:
                self._days[day.agent_id, day.business_date] = overlaid(day, [entry], self._codes)

    def _answer(self, key: str, fault: Fault) -> Receipt:
        """Return the answer to a write, or lose it on the way."""
        answer = receipt(key, seen(self._entries, key))
        if fault.lose_answer:
            unknown = tuple(
                AgentOutcome(agent_id=each.agent_id, outcome=Outcome.UNKNOWN)
                for each in answer.outcomes
            )
            raise OutcomeUnknown("the answer was lost", replace(answer, outcomes=unknown))
        return answer
