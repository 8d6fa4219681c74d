"""No plan of a course and meetings that places as many costs less than the bound of both."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product

from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from scheduling.domain.meetings import PlaceKind
from scheduling.domain.times import Interval
from scheduling.optimizer.check.book import Book
from scheduling.optimizer.check.whole import check
from scheduling.optimizer.outcome import FaultKind
from scheduling.optimizer.plan import Group, GroupPart, Placement, Plan, Status
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.solve import solve
from scheduling.optimizer.wanted import Part, Training

Strategy = Callable[..., st.SearchStrategy[Problem]]
MONEY = {
    FaultKind.WRONG_COST,
    FaultKind.WRONG_PRICE,
    FaultKind.NOT_ANSWERED,
    FaultKind.WRONG_ALLOWANCE,
}


@st.composite
def both(draw: st.DrawFn, strategy: Strategy) -> Problem:
    """Return at most two meetings online beside a course for one, on a short morning."""
    problem = draw(strategy(meetings=2, days=0, rich=False))
    course = Training(
        id="course",
        attendee_ids=(draw(st.sampled_from([one.id for one in problem.attendees])),),
        trainer_ids=(draw(st.sampled_from([one.id for one in problem.facilitators])),),
        parts=(Part(minutes=draw(st.sampled_from([15, 30])), place=PlaceKind.ONLINE),),
        least=1,
        most=1,
        first=problem.meetings[0].first,
        last=problem.meetings[0].first,
    )
    meetings = tuple(replace(one, place=PlaceKind.ONLINE) for one in problem.meetings)
    return replace(problem, meetings=meetings, trainings=(course,))


def spans(problem: Problem, minutes: int) -> Iterator[Interval]:
    for slot in range(problem.grid.slots - minutes // 15 + 1):
        yield Interval(problem.grid.at(slot), problem.grid.at(slot + minutes // 15))


def placed(problem: Problem, like: Plan) -> Iterator[Plan]:
    """Yield every plan that holds what ``like`` holds, elsewhere."""
    meetings = {one.id: one for one in problem.meetings}
    (course,) = problem.trainings
    choices = [
        [
            Placement(meeting_id=one.meeting_id, interval=span, place=one.place, room_id=None)
            for span in spans(problem, meetings[one.meeting_id].minutes)
        ]
        for one in like.placements
    ]
    for span, *own in product(spans(problem, course.parts[0].minutes), *choices):
        part = GroupPart(
            interval=span,
            trainer_id=course.trainer_ids[0],
            place=PlaceKind.ONLINE,
            room_id=None,
        )
        group = Group(training_id=course.id, attendee_ids=course.attendee_ids, parts=(part,))
        plan = Plan(
            status=Status.FEASIBLE, placements=tuple(own), failures=(), groups=(group,), bound=-1e9
        )
        if {fault.kind for fault in check(problem, plan)} <= MONEY:
            yield plan


def true_cost(problem: Problem, plan: Plan) -> float:
    book, cost = Book(problem), 0.0
    booked = [*map(book.of_placement, plan.placements), *map(book.of_group, plan.groups)]
    for booking in booked:
        assert booking is not None
        cost += book.costs.of(booking.taken, book.taken)
        book.lay(booking)
    return cost


@settings(
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    max_examples=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_no_plan_of_both_costs_less_than_its_bound(strategy: Strategy, data: st.DataObject) -> None:
    problem = data.draw(both(strategy))
    ours = solve(problem)
    assume(ours.placements and ours.groups)
    assert check(problem, ours) == ()
    least = min(true_cost(problem, plan) for plan in placed(problem, ours))
    assert ours.bound - 1e-3 <= least <= ours.cost + 1e-3
