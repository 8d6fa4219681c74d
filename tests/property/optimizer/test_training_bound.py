"""The bound of a roll-out is never above the cheapest of all roll-outs that place as many."""

from datetime import UTC, datetime, timedelta
from itertools import product

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling.domain.centre import ServiceGoal
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.rules import Rule
from scheduling.domain.times import Interval
from scheduling.optimizer.lattice.whole import Lattice
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.supply import Attendee, Curve, Facilitator, Grid, OffTime
from scheduling.optimizer.training import train
from scheduling.optimizer.training.field import COST
from scheduling.optimizer.training.handles import handle
from scheduling.optimizer.training.layout import Layout
from scheduling.optimizer.training.leading import open_group
from scheduling.optimizer.training.seating import put
from scheduling.optimizer.wanted import Limits, Part, Training

START = datetime(2026, 11, 2, 8, tzinfo=UTC)
SLOTS, PEOPLE = 7, 4


def span(first: int, length: int) -> Interval:
    return Interval(
        START + timedelta(minutes=15 * first), START + timedelta(minutes=15 * (first + length))
    )


@st.composite
def attendees(draw: st.DrawFn, name: str) -> Attendee:
    pause = draw(st.integers(1, 4))
    movable = OffTime(interval=span(pause, 2), rule=Rule.BREAK, window=span(0, SLOTS))
    return Attendee(
        id=name,
        zone="UTC",
        site_id="s",
        team_id="red",
        shares=draw(st.sampled_from([{"x": 1.0}, {"y": 1.0}, {"x": 0.41, "y": 0.59}])),
        shifts=(span(0, SLOTS),),
        off=draw(st.sampled_from([(), (movable,)])),
        transition=draw(st.sampled_from([0, 10])),
    )


@st.composite
def curves(draw: st.DrawFn, name: str) -> Curve:
    coverage = draw(st.lists(st.integers(4, 14), min_size=SLOTS, max_size=SLOTS))
    return Curve(
        demand_id=name,
        required=(6.0,) * SLOTS,
        coverage=tuple(float(each) for each in coverage),
        volume=(draw(st.sampled_from([8.0, 20.0])),) * SLOTS,
        handling=(300.0,) * SLOTS,
        goal=ServiceGoal(percent=80, seconds=20),
        floor=draw(st.sampled_from([None, 4.0])),
        removed=draw(st.sampled_from([(), (45,) * SLOTS])),
    )


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    names = tuple(f"a{at}" for at in range(PEOPLE))
    course = Training(
        id="course",
        attendee_ids=names,
        trainer_ids=("mo",),
        parts=(Part(minutes=45, place=PlaceKind.ONLINE),),
        least=draw(st.integers(1, 3)),
        most=3,
        first=START.date(),
        last=START.date(),
    )
    return Problem(
        now=START - timedelta(hours=9),
        grid=Grid(start=START, slots=SLOTS),
        curves=(draw(curves("x")), draw(curves("y"))),
        attendees=tuple(draw(attendees(name)) for name in names),
        facilitators=(Facilitator(id="mo", zone="UTC", working=(span(0, SLOTS),)),),
        rooms=(),
        meetings=(),
        trainings=(course,),
        limits=Limits(edge=0, offline_a_day=180, break_spacing=0),
    )


def cost_of(layout: Layout, choice: tuple[int, ...]) -> int | None:
    """Return what it costs that each seat sits at its option (-1: nowhere), None where it cannot."""
    state = layout.state()
    working = handle(state)
    for option in sorted(set(choice) - {-1}):
        group = open_group(layout.handle, working, option)
        members = [seat for seat, chosen in enumerate(choice) if chosen == option]
        if group < 0 or not all(put(layout.handle, working, seat, group) for seat in members):
            return None
    return int(state.total[COST])


def cheapest(layout: Layout, placed: int) -> int:
    """Return the least that any roll-out with so many ``placed`` costs."""
    least, most = int(layout.field.least[0]), int(layout.field.most[0])
    options = range(-1, len(layout.field.start))
    costs = []
    for choice in product(options, repeat=PEOPLE):
        sizes = np.bincount(np.asarray(choice) + 1, minlength=1)
        if PEOPLE - sizes[0] == placed and all(least <= size <= most for size in sizes[1:] if size):
            costs.append(cost_of(layout, choice))
    return min(cost for cost in costs if cost is not None)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(problem=problems())
def test_no_roll_out_that_places_as_many_costs_less_than_the_bound(problem: Problem) -> None:
    lattice = Lattice.of(problem)
    trained = train(lattice, problem.trainings)
    placed = PEOPLE - len(trained.missed)
    layout = Layout.of(lattice, problem.trainings)
    assert trained.bound <= cheapest(layout, placed) <= trained.cost
