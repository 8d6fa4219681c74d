"""What holds of every forecast, whatever is taken off the phones."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.domain.centre import DemandKind, ServiceGoal
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.times import Interval
from scheduling.optimizer.forecast.erlang import erlang_a_service
from scheduling.optimizer.forecast.whole import impact
from scheduling.optimizer.plan import Placement
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.supply import Attendee, Curve, Facilitator, Grid
from scheduling.optimizer.wanted import Meeting

START = datetime(2026, 10, 24, 12, tzinfo=UTC)
SLOTS = 160
FEW = settings(max_examples=60, deadline=None)


def curves(draw: st.DrawFn, name: str) -> Curve:
    """Return a demand of any kind, well or badly staffed."""
    level = draw(st.floats(0, 40))
    return Curve(
        demand_id=name,
        required=(level,) * SLOTS,
        coverage=tuple(draw(st.lists(st.floats(0, 60), min_size=SLOTS, max_size=SLOTS))),
        volume=(draw(st.floats(0, 200)),) * SLOTS,
        handling=(draw(st.floats(0, 900)),) * SLOTS,
        goal=ServiceGoal(percent=80, seconds=draw(st.sampled_from([0.0, 20.0, 7200.0]))),
        kind=draw(st.sampled_from(list(DemandKind))),
        backlog=draw(st.floats(0, 500)),
        concurrency=draw(st.floats(1, 4)),
    )


@st.composite
def planned(draw: st.DrawFn) -> tuple[Problem, list[Placement]]:
    """Return two demands, somebody who serves both, and a few sessions anywhere on the grid."""
    starts = draw(st.lists(st.integers(0, SLOTS - 4), min_size=1, max_size=4, unique=True))
    day = START.date()
    grid = Grid(start=START, slots=SLOTS)
    share = draw(st.floats(0, 1))
    problem = Problem(
        now=START,
        grid=grid,
        curves=(curves(draw, "calls"), curves(draw, "other")),
        attendees=(
            Attendee(
                id="a",
                zone="UTC",
                site_id="s",
                team_id="t",
                shares={"calls": share, "other": 1 - share},
                shifts=(grid.span,),
                transition=draw(st.integers(0, 20)),
            ),
        ),
        facilitators=(Facilitator(id="f", zone="UTC", working=(grid.span,)),),
        rooms=(),
        meetings=tuple(
            Meeting(
                id=f"m{start}",
                attendee_ids=("a",),
                facilitator_id="f",
                minutes=40,
                first=day,
                last=day + timedelta(days=3),
            )
            for start in starts
        ),
    )
    placements = [
        Placement(
            meeting_id=f"m{start}",
            interval=Interval(grid.at(start), grid.at(start) + timedelta(minutes=40)),
            place=PlaceKind.ONLINE,
            room_id=None,
        )
        for start in starts
    ]
    return problem, placements


@FEW
@given(planned())
def test_taking_people_off_never_helps_and_never_loses_more_than_there_is(
    case: tuple[Problem, list[Placement]],
) -> None:
    shown = impact(*case, "Europe/Berlin")
    for part in (*shown.days, *shown.periods):
        assert 0 <= part.stressed <= part.stressed_before + 1e-9
        assert 0 <= part.after <= part.before + 1e-9 <= 1 + 2e-9
        assert 0 <= part.late_before <= part.late_after + 1e-9
        assert part.late_after <= part.volume
        assert part.understaffed_hours >= 0


@FEW
@given(planned())
def test_the_days_add_up_to_the_period(case: tuple[Problem, list[Placement]]) -> None:
    shown = impact(*case, "Europe/Berlin")
    for period in shown.periods:
        days = [day for day in shown.days if day.demand_id == period.demand_id]
        assert period.late_after - period.late_before == pytest.approx(
            sum(day.late_after - day.late_before for day in days), abs=1e-6
        )
        assert period.understaffed_hours == pytest.approx(
            sum(day.understaffed_hours for day in days)
        )
        assert period.lowest_net == min(day.lowest_net for day in days)


@FEW
@given(planned())
def test_slots_whose_staff_stays_keep_their_service(
    case: tuple[Problem, list[Placement]],
) -> None:
    kinds = {curve.demand_id: curve.kind for curve in case[0].curves}
    for curve in impact(*case, "UTC").curves:
        if kinds[curve.demand_id] is DemandKind.DEFERRED:
            continue
        for slot, before in enumerate(curve.before):
            if curve.after[slot] == before:
                assert curve.service_after[slot] == curve.service_before[slot]


@FEW
@given(
    volume=st.floats(0.01, 5000),
    handling=st.floats(5, 2000),
    goal=st.floats(0, 3600),
    patience=st.floats(1, 7200),
)
def test_service_rises_with_staff_whatever_the_load(
    volume: float, handling: float, goal: float, patience: float
) -> None:
    staff = np.linspace(0, 1.5 * volume * handling / 900 + 3, 40)
    service = erlang_a_service(
        np.full(40, volume),
        np.full(40, handling),
        staff,
        goal=goal,
        patience=patience,
        slot=900.0,
    )
    assert service.min() >= 0
    assert service.max() <= 1
    assert (np.diff(service) >= -1e-6).all()
