"""What holds of every plan, whatever the problem."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import product

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from scheduling.domain.meetings import PlaceKind, Tier
from scheduling.domain.times import Interval
from scheduling.optimizer.check.book import Book
from scheduling.optimizer.check.whole import check
from scheduling.optimizer.cost import cost_table
from scheduling.optimizer.outcome import FaultKind
from scheduling.optimizer.plan import Placement, Plan, Status
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.solve import solve
from scheduling.optimizer.wanted import PREFERENCE_MOST, Meeting

Strategy = Callable[..., st.SearchStrategy[Problem]]
FEW = settings(
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking takes minutes a plan
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@FEW
@given(data=st.data())
def test_every_plan_passes_the_independent_check(strategy: Strategy, data: st.DataObject) -> None:
    problem = data.draw(strategy())
    assert check(problem, solve(problem)) == ()


@FEW
@given(data=st.data())
def test_the_same_problem_gives_the_same_plan(strategy: Strategy, data: st.DataObject) -> None:
    problem = data.draw(strategy())
    assert repr(solve(problem)) == repr(solve(problem))


@FEW
@given(data=st.data())
def test_the_price_of_one_more_fte_never_falls(strategy: Strategy, data: st.DataObject) -> None:
    for rows in cost_table(data.draw(strategy())).slopes.values():
        assert (rows[:, 1:] >= rows[:, :-1]).all()
        assert (rows >= 0).all()


def moved(plan: Plan, by: timedelta) -> Plan:
    first, *rest = plan.placements
    interval = Interval(first.interval.start + by, first.interval.end + by)
    return replace(plan, placements=(replace(first, interval=interval), *rest))


@FEW
@given(data=st.data())
def test_a_broken_plan_is_named(strategy: Strategy, data: st.DataObject) -> None:
    problem = data.draw(strategy())
    plan = solve(problem)
    if not plan.placements:
        return
    first = plan.placements[0]
    longer = Interval(first.interval.start, first.interval.end + timedelta(minutes=5))
    broken = {
        FaultKind.OFF_GRID: moved(plan, timedelta(minutes=7)),
        FaultKind.WRONG_COST: replace(plan, cost=plan.cost + 1),
        FaultKind.WRONG_BOUND: replace(plan, bound=plan.cost + 1),
        FaultKind.NOT_ANSWERED: replace(plan, placements=plan.placements[1:]),
        FaultKind.ANSWERED_TWICE: replace(plan, placements=(first, *plan.placements)),
        FaultKind.WRONG_LENGTH: replace(
            plan, placements=(replace(first, interval=longer), *plan.placements[1:])
        ),
        FaultKind.WRONG_PRICE: replace(
            plan, placements=(replace(first, price=first.price + 1), *plan.placements[1:])
        ),
        FaultKind.WRONG_ROOM: replace(
            plan,
            placements=(
                replace(first, room_id="nowhere", place=PlaceKind.ROOM),
                *plan.placements[1:],
            ),
        ),
        FaultKind.UNKNOWN_MEETING: replace(
            plan, placements=(*plan.placements, replace(first, meeting_id="nobody's"))
        ),
    }
    for kind, wrong in broken.items():
        assert kind in {fault.kind for fault in check(problem, wrong)}, kind


def choices(problem: Problem, meeting: Meeting) -> list[Placement | None]:
    """Return every start of ``meeting`` that passes the check by itself, and to fail."""
    found: list[Placement | None] = [None]
    for slot in range(problem.grid.slots):
        at = problem.grid.at(slot)
        one = Placement(
            meeting_id=meeting.id,
            interval=Interval(at, at + timedelta(minutes=meeting.minutes)),
            place=meeting.place,
            room_id="r" if meeting.place is PlaceKind.ROOM else None,
        )
        if not faults_of(problem, (one,)):
            found.append(one)
    return found


def faults_of(problem: Problem, placements: tuple[Placement, ...]) -> set[FaultKind]:
    """Return what is wrong with ``placements`` beside the money, which is not worked out here."""
    plan = Plan(status=Status.FEASIBLE, placements=placements, failures=())
    beside = {
        FaultKind.WRONG_COST,
        FaultKind.WRONG_PRICE,
        FaultKind.WRONG_BOUND,
        FaultKind.NOT_ANSWERED,
        FaultKind.WRONG_ALLOWANCE,
        FaultKind.WRONG_STATUS,
    }
    return {fault.kind for fault in check(problem, plan)} - beside


def true_cost(problem: Problem, placements: tuple[Placement, ...]) -> float:
    book, cost = Book(problem), 0.0
    for placed in placements:
        booking = book.of_placement(placed)
        assert booking is not None
        cost += book.costs.of(booking.taken, book.taken)
        book.lay(booking)
    return cost


def every_plan(problem: Problem) -> Iterator[tuple[Placement, ...]]:
    options = [choices(problem, meeting) for meeting in problem.meetings]
    for picked in product(*options):
        placements = tuple(one for one in picked if one is not None)
        if not faults_of(problem, placements):
            yield placements


def whole_slots(problem: Problem) -> Problem:
    """Return ``problem`` with turnovers rounded up to slots, as every search counts them."""
    slot = problem.grid.slot_minutes
    rooms = tuple(
        replace(room, turnover=-(-room.turnover // slot) * slot) for room in problem.rooms
    )
    return replace(problem, rooms=rooms)


@settings(FEW, max_examples=25)
@given(data=st.data())
def test_no_plan_is_better_than_ours_on_small_problems(
    strategy: Strategy, data: st.DataObject
) -> None:
    problem = data.draw(
        strategy(leaders=data.draw(st.integers(1, 2)), meetings=3, days=0, rich=False)
    )
    problem = replace(problem, relaxed=problem.relaxed - {"room"})
    ours = solve(problem)
    problem = whole_slots(problem)
    tiers = {meeting.id: meeting.tier for meeting in problem.meetings}

    def worth(placements: tuple[Placement, ...]) -> tuple[int, ...]:
        placed = [tiers[one.meeting_id] for one in placements]
        return tuple(placed.count(tier) for tier in (Tier.MANDATORY, Tier.DUE, Tier.NORMAL))

    plans = list(every_plan(problem))
    most = max(worth(plan) for plan in plans)
    least = min(true_cost(problem, plan) for plan in plans if worth(plan) == most)
    slack = 1e-6 * PREFERENCE_MOST * len(ours.placements) + 1e-3
    assert worth(ours.placements) == most
    assert least - 1e-3 <= ours.cost <= least + slack
    assert ours.bound <= least + slack
    assert ours.proved
