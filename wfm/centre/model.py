"""A contact centre as plain data: what a WFM holds, all of it, at one moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from scheduling.domain.centre import ActivityCode, Agent, AgentDay, Demand, StaffingSeries, Unit
from scheduling.domain.people import Person
from scheduling.domain.times import MINUTE, Interval
from scheduling.ports.wfm import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """Units, agents, codes, days and staffing, and the people who are not in the WFM.

    ``zone`` is the IANA zone of figures that belong to no one site. ``demands`` is by unit id,
    ``days`` by agent id and business date, ``staffing`` by demand id. Codes serve every unit.
    """

    zone: str
    units: tuple[Unit, ...]
    agents: tuple[Agent, ...]
    codes: tuple[ActivityCode, ...]
    demands: Mapping[str, tuple[Demand, ...]]
    days: Mapping[tuple[str, date], AgentDay]
    staffing: Mapping[str, StaffingSeries]
    people: tuple[Person, ...]

    def agents_of(self, unit_id: str) -> Sequence[Agent]:
        """Return the agents of a unit; NotFound for an unknown unit."""
        self._require(unit_id)
        return tuple(agent for agent in self.agents if agent.unit_id == unit_id)

    def demands_of(self, unit_id: str) -> Sequence[Demand]:
        """Return the activities of a unit; NotFound for an unknown unit."""
        self._require(unit_id)
        return self.demands.get(unit_id, ())

    def codes_of(self, unit_id: str) -> Sequence[ActivityCode]:
        """Return the activity codes a unit may use; NotFound for an unknown unit."""
        self._require(unit_id)
        return self.codes

    def staffing_of(self, unit_id: str, span: Interval) -> Sequence[StaffingSeries]:
        """Return the unit's series clipped to ``span``; NotFound for an unknown unit."""
        series = (self.staffing.get(demand.id) for demand in self.demands_of(unit_id))
        clipped = (clip(one, span) for one in series if one)
        return tuple(one for one in clipped if one)

    def _require(self, unit_id: str) -> None:
        if all(unit.id != unit_id for unit in self.units):
            raise NotFound(f"there is no business unit {unit_id}")


def clip(series: StaffingSeries, span: Interval) -> StaffingSeries | None:
    """Return the intervals of ``series`` that share an instant with ``span``, or None if none do."""
    step = timedelta(minutes=series.interval_minutes)
    first = max(0, (span.start - series.start) // step)
    last = min(len(series.required), -((series.start - span.end) // step))
    if first >= last:
        return None
    return replace(
        series,
        start=series.start + first * series.interval_minutes * MINUTE,
        required=series.required[first:last],
        scheduled=series.scheduled[first:last],
        volume=series.volume[first:last],
        handling=series.handling[first:last],
    )
