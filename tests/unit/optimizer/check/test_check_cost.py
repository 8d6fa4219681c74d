"""The price by its definition, against the sums of the textbook and worked by hand."""

from dataclasses import replace
from math import exp, factorial
from types import SimpleNamespace

import pytest

from scheduling.domain.centre import DemandKind, ServiceGoal
from scheduling.domain.rules import Rule
from scheduling.domain.times import MINUTE, Interval
from scheduling.optimizer.check.book import Book
from scheduling.optimizer.check.cost import TrueCost, whole_units
from scheduling.optimizer.plan import BreakMove, Placement
from scheduling.optimizer.supply import DEEPEST, Curve, OffTime

SLOT = 900.0


def late(curve: Curve, staff: int) -> float:
    """Return contacts past their goal by the textbook's Erlang C, in factorials."""
    handling = curve.handling[0] / curve.concurrency
    load = curve.volume[0] * handling / SLOT
    if staff <= load:
        return curve.volume[0]
    top = load**staff / factorial(staff) * staff / (staff - load)
    waiting = top / (sum(load**k / factorial(k) for k in range(staff)) + top)
    return curve.volume[0] * waiting * exp(-(staff - load) * curve.goal.seconds / handling)


def price(make: SimpleNamespace, curve: Curve, units: int, slot: int = 0) -> float:
    costs = TrueCost(make.problem(curves=(curve,)))
    return costs.of({("calls", slot): units}, beside={})


@pytest.mark.parametrize("concurrency", [1.0, 1.5, 3.0])
def test_one_agent_costs_the_contacts_that_become_late(
    make: SimpleNamespace, concurrency: float
) -> None:
    curve = make.curve(96, kind=DemandKind.CHAT, concurrency=concurrency)
    falls = [late(curve, staff - 1) - late(curve, staff) for staff in (10, 9)]
    assert price(make, curve, 60) == pytest.approx(falls[0], abs=1e-4)
    assert price(make, curve, 90) == pytest.approx(falls[0] + falls[1] / 2, abs=1e-4)


def test_a_hopeless_interval_is_never_free(make: SimpleNamespace) -> None:
    curve = make.curve(96, required=(20.0,) * 96, coverage=(4.0,) * 96, volume=(40.0,) * 96)
    assert price(make, curve, 60) > 1


def test_a_queue_without_work_costs_nothing(make: SimpleNamespace) -> None:
    assert price(make, make.curve(96, volume=(0.0,) * 96), 600) == 0
    assert price(make, make.curve(96, handling=(0.0,) * 96), 60) == 0


def test_what_is_given_back_saves_what_it_would_cost(make: SimpleNamespace) -> None:
    curve = make.curve(96)
    costs = TrueCost(make.problem(curves=(curve,)))
    cell = ("calls", 0)
    assert costs.of({cell: -30}, {cell: 60}) == pytest.approx(-costs.of({cell: 30}, {cell: 30}))
    assert costs.of({cell: -30}, {}) == pytest.approx(-costs.of({cell: 30}, {}))


def deferred(make: SimpleNamespace, **changes: object) -> Curve:
    """Return work of 3 items a slot for one agent who does 3, all of it to be done in an hour."""
    plain = {
        "kind": DemandKind.DEFERRED,
        "coverage": (1.0,) * 96,
        "volume": (3.0,) * 96,
        "goal": ServiceGoal(percent=80, seconds=3600),
    }
    return make.curve(96, **(plain | changes))


def test_deferred_work_costs_what_is_pushed_past_the_end(make: SimpleNamespace) -> None:
    assert price(make, deferred(make), 60) == pytest.approx(3.0, abs=1e-4)
    assert price(make, deferred(make, coverage=(2.0,) * 96), 60) == 0


def test_a_backlog_has_its_whole_goal_from_the_start(make: SimpleNamespace) -> None:
    spare = deferred(make, coverage=(2.0,) * 96, backlog=24.0)
    assert price(make, spare, 60, slot=0) == 0
    tight = replace(spare, backlog=27.0)
    assert price(make, tight, 60, slot=0) == pytest.approx(3.0, abs=1e-4)
    assert price(make, tight, 60, slot=4) == pytest.approx(3.0, abs=1e-4)
    assert price(make, tight, 60, slot=5) == 0


def test_the_last_price_holds_on_beyond_the_deepest_fte(make: SimpleNamespace) -> None:
    curve = make.curve(96, coverage=(130.0,) * 96, volume=(246.0,) * 96)
    costs = TrueCost(make.problem(curves=(curve,)))

    def next_fte(gone: int) -> float:
        return costs.of({("calls", 0): 60}, {("calls", 0): 60 * gone})

    assert next_fte(DEEPEST - 2) < next_fte(DEEPEST - 1)
    assert next_fte(DEEPEST) == next_fte(DEEPEST + 9) == next_fte(DEEPEST - 1)


def test_units_of_a_part_add_up_and_keep_their_sign() -> None:
    shares = {"x": 0.41, "y": 0.59}
    assert whole_units(shares, 1.0) == {"x": 25, "y": 35}
    assert whole_units(shares, -0.5) == {"x": -12, "y": -18}
    assert whole_units({"x": 0.5, "y": 0.5}, 0.05) == {"x": 2, "y": 1}


def taken(make: SimpleNamespace, placement: Placement, **changes: object) -> dict[int, int]:
    agent = make.agent("asha", **changes)
    booking = Book(make.problem(attendees=(agent,))).of_placement(placement)
    assert booking is not None
    return {slot: units for (_, slot), units in booking.taken.items()}


def at(make: SimpleNamespace, start: str, end: str, *breaks: BreakMove) -> Placement:
    problem = make.problem()
    return Placement(
        meeting_id="m",
        interval=make.span(start, end),
        place=problem.meetings[0].place,
        room_id=None,
        breaks=breaks,
    )


def test_transitions_are_billed_by_the_minute(make: SimpleNamespace) -> None:
    found = taken(make, at(make, "09:00", "09:30"), transition=5)
    assert found == {35: 20, 36: 60, 37: 60, 38: 20}


def test_time_off_is_not_taken_again(make: SimpleNamespace) -> None:
    off = OffTime(interval=make.span("09:00", "09:20"), rule=Rule.EXCEPTION)
    assert taken(make, at(make, "09:00", "09:30"), off=(off,)) == {37: 40}


def test_a_moved_break_gives_back_there_and_takes_here(make: SimpleNamespace) -> None:
    before, after = make.span("09:15", "09:45"), make.span("11:00", "11:30")
    off = OffTime(interval=before, rule=Rule.BREAK, window=make.span("09:00", "12:00"))
    move = BreakMove(attendee_id="asha", before=before, after=after)
    found = taken(make, at(make, "09:00", "09:30", move), off=(off,))
    assert found == {36: 60, 38: -60, 44: 60, 45: 60}


def test_a_leader_is_taken_with_preparation_and_write_up(make: SimpleNamespace) -> None:
    leader = make.leader(shares={"calls": 1.0}, prepare=15, write_up=5)
    problem = make.problem(facilitators=(leader,), attendees=(make.agent("asha", shares={}),))
    booking = Book(problem).of_placement(at(make, "09:00", "09:30"))
    assert booking is not None
    assert dict(booking.taken) == {
        ("calls", 35): 60,
        ("calls", 36): 60,
        ("calls", 37): 60,
        ("calls", 38): 20,
    }


def test_a_part_of_the_service_is_what_the_price_has(make: SimpleNamespace) -> None:
    curve = make.curve(96)
    costs = TrueCost(make.problem(curves=(curve,)))
    assert costs.service("calls", 0, 9) == pytest.approx(1 - late(curve, 9) / 20)
    assert costs.service("calls", 0, 3.0) == 0
    idle = TrueCost(make.problem(curves=(replace(curve, volume=(0.0,) * 96),)))
    assert idle.service("calls", 0, 3.0) == 1


def test_what_lies_off_the_grid_is_no_part_of_it(make: SimpleNamespace) -> None:
    problem = make.problem()
    edge = problem.grid.start
    parts = TrueCost(problem).parts(Interval(edge - 10 * MINUTE, edge + 5 * MINUTE))
    assert parts == pytest.approx({0: 1 / 3})
