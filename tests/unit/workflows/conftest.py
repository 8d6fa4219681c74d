"""Facts about a small unit, made to measure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from scheduling.domain.centre import (
    ActivityCode,
    Agent,
    AgentDay,
    CodeKind,
    Demand,
    Segment,
    Site,
    StaffingSeries,
    StaffingSource,
    Unit,
)
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.requests import SessionState
from scheduling.domain.times import DateRange, Interval, at_wall
from scheduling.storage.bookings import SessionRow
from scheduling.workflows.facts import UnitFacts

DAY = date(2026, 11, 24)
START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
AS_OF = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
LONDON = Site(id="leeds", name="Leeds", zone="Europe/London")


@pytest.fixture
def series() -> Callable[..., StaffingSeries]:
    """Return a maker of series of the demand "calls" from nine o'clock."""

    def make(
        required: Sequence[float],
        scheduled: Sequence[float] | None = None,
        volume: Sequence[float] | None = None,
        *,
        minutes: int = 15,
        start: datetime = START,
        shrinkage: float = 0.0,
        gross: bool = False,
    ) -> StaffingSeries:
        zeros = (0.0,) * len(required)
        return StaffingSeries(
            demand_id="calls",
            start=start,
            interval_minutes=minutes,
            required=tuple(required),
            scheduled=tuple(scheduled) if scheduled else zeros,
            volume=tuple(volume) if volume else zeros,
            handling=(300.0,) * len(required),
            as_of=AS_OF,
            source=StaffingSource.VENDOR,
            shrinkage=shrinkage,
            gross=gross,
        )

    return make


@pytest.fixture
def agent() -> Callable[..., Agent]:
    """Return a maker of agents who give all their time to "calls"."""

    def make(name: str, **changes: object) -> Agent:
        plain = Agent(
            id=name,
            name=name.title(),
            unit_id="unit",
            site_id="leeds",
            team_id="red",
            zone="Europe/London",
            shares={"calls": 1.0},
        )
        return replace(plain, **changes)  # type: ignore[arg-type]

    return make


@pytest.fixture
def worked() -> Callable[..., AgentDay]:
    """Return a maker of days of (from, to, code) in London wall time."""

    def make(name: str, *parts: tuple[int, int, str], day: date = DAY) -> AgentDay:
        return AgentDay(
            agent_id=name,
            business_date=day,
            published=True,
            version="1",
            segments=tuple(
                Segment(
                    interval=Interval(
                        at_wall(day, time(first), LONDON.zone),
                        at_wall(day, time(last), LONDON.zone),
                    ),
                    code_id=code,
                )
                for first, last, code in parts
            ),
        )

    return make


@pytest.fixture
def facts() -> Callable[..., UnitFacts]:
    """Return a maker of a unit's facts from its agents, days and series."""

    def make(
        agents: Sequence[Agent] = (),
        days: Sequence[AgentDay] = (),
        staffing: Sequence[StaffingSeries] = (),
        *,
        sites: Sequence[Site] = (LONDON,),
        demands: Mapping[str, Demand] | None = None,
    ) -> UnitFacts:
        return UnitFacts(
            unit=Unit(id="unit", name="Unit", sites=tuple(sites), teams=()),
            dates=DateRange(DAY, DAY + timedelta(days=1)),
            agents={one.id: one for one in agents},
            demands=demands or {"calls": Demand(id="calls", name="Calls")},
            codes={
                kind.value: ActivityCode(id=kind.value, name=kind.value, kind=kind)
                for kind in CodeKind
            },
            days={one.id: [day for day in days if day.agent_id == one.id] for one in agents},
            series={one.demand_id: one for one in staffing},
            as_of=AS_OF,
        )

    return make


@pytest.fixture
def booking() -> Callable[..., SessionRow]:
    """Return a maker of our own sessions at nine o'clock."""

    def make(
        attendee: str,
        *,
        minutes: int = 30,
        start: datetime = START,
        written_at: datetime | None = None,
        facilitator: str = "mia",
    ) -> SessionRow:
        return SessionRow(
            id=f"of-{attendee}",
            request_id="r",
            unit_id="unit",
            attendee_id=attendee,
            facilitator_id=facilitator,
            zone="Europe/London",
            interval=Interval(start, start + timedelta(minutes=minutes)),
            place=PlaceKind.ONLINE,
            room_id=None,
            room_name=None,
            room_attempt=0,
            state=SessionState.PLANNED,
            targets={},
            event=None,
            join_url=None,
            written_at=written_at,
        )

    return make
