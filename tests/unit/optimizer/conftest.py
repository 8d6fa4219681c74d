"""One agent, one manager, one demand, one day of quarter hours: each test changes one thing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from scheduling.domain.centre import ServiceGoal
from scheduling.domain.times import Interval
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.supply import Attendee, Curve, Facilitator, Grid
from scheduling.optimizer.wanted import Limits, Meeting

MIDNIGHT = datetime(2026, 11, 2, tzinfo=UTC)


def _span(start: str, end: str, day: int = 0) -> Interval:
    """Return times of day on the grid's ``day``-th date, in UTC."""
    first, last = (
        MIDNIGHT + timedelta(days=day, hours=int(clock[:2]), minutes=int(clock[3:]))
        for clock in (start, end)
    )
    return Interval(first, last)


def _slot(clock: str, day: int = 0) -> int:
    return 96 * day + 4 * int(clock[:2]) + int(clock[3:]) // 15


def _curve(slots: int, **changes: object) -> Curve:
    plain = Curve(
        demand_id="calls",
        required=(8.0,) * slots,
        coverage=(10.0,) * slots,
        volume=(20.0,) * slots,
        handling=(300.0,) * slots,
        goal=ServiceGoal(percent=80, seconds=20),
    )
    return replace(plain, **changes)


def _agent(name: str, days: int = 1, **changes: object) -> Attendee:
    plain = Attendee(
        id=name,
        zone="UTC",
        site_id="leeds",
        team_id="blue",
        shares={"calls": 1.0},
        shifts=tuple(_span("08:00", "16:00", day) for day in range(days)),
    )
    return replace(plain, **changes)


def _leader(name: str = "mo", days: int = 1, **changes: object) -> Facilitator:
    plain = Facilitator(
        id=name, zone="UTC", working=tuple(_span("08:00", "16:00", day) for day in range(days))
    )
    return replace(plain, **changes)


def _meeting(name: str = "m", attendee: str = "asha", **changes: object) -> Meeting:
    plain = Meeting(
        id=name,
        attendee_ids=(attendee,),
        facilitator_id="mo",
        minutes=30,
        first=MIDNIGHT.date(),
        last=MIDNIGHT.date(),
    )
    return replace(plain, **changes)


def _problem(days: int = 1, **changes: object) -> Problem:
    values: dict[str, Any] = {
        "now": MIDNIGHT - timedelta(days=1),
        "grid": Grid(start=MIDNIGHT, slots=96 * days),
        "curves": (_curve(96 * days),),
        "attendees": (_agent("asha", days),),
        "facilitators": (_leader(days=days),),
        "rooms": (),
        "meetings": (_meeting(last=MIDNIGHT.date() + timedelta(days=days - 1)),),
        "limits": Limits(edge=0),
    }
    return Problem(**values | changes)


@pytest.fixture
def make() -> SimpleNamespace:
    """Return the builders: problem, agent, leader, meeting, curve, span, slot, and the day."""
    builders: dict[str, Callable[..., Any] | date] = {
        "problem": _problem,
        "agent": _agent,
        "leader": _leader,
        "meeting": _meeting,
        "curve": _curve,
        "span": _span,
        "slot": _slot,
        "day": MIDNIGHT.date(),
    }
    return SimpleNamespace(**builders)
