"""A plan that is wrong whatever the rules is told so by the kind of its fault."""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling.domain.meetings import PlaceKind
from scheduling.domain.rules import Rule
from scheduling.domain.times import DAY, MINUTE, Interval
from scheduling.optimizer.check.whole import check
from scheduling.optimizer.outcome import FaultKind
from scheduling.optimizer.plan import Plan, Status
from scheduling.optimizer.problem import Problem

Broken = Callable[[SimpleNamespace, SimpleNamespace], tuple[Problem, Plan]]
FEW = settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def plan(**changes: object) -> Broken:
    """Change the plan itself."""
    return lambda world, _: (world.problem, replace(world.plan, **changes))


def worked_out(change: Callable[[Plan], dict[str, object]]) -> Broken:
    """Change the plan by what is in it."""
    return lambda world, _: (world.problem, replace(world.plan, **change(world.plan)))


def placed(name: str, **changes: object) -> Broken:
    """Change a placement."""
    return lambda world, edit: (world.problem, edit.placed(world.plan, name, **changes))


def timed(name: str, day: int, start: str, end: str, minutes: int = 0) -> Broken:
    """Put a placement elsewhere, ``minutes`` later than the wall times."""

    def broken(world: SimpleNamespace, edit: SimpleNamespace) -> tuple[Problem, Plan]:
        span, later = world.span(day, start, end), minutes * MINUTE
        moved = Interval(span.start + later, span.end + later)
        return world.problem, edit.placed(world.plan, name, interval=moved)

    return broken


def room(change: Callable[[SimpleNamespace], dict[str, object]]) -> Broken:
    """Change the only room."""

    def broken(world: SimpleNamespace, _: SimpleNamespace) -> tuple[Problem, Plan]:
        (own,) = world.problem.rooms
        return replace(world.problem, rooms=(replace(own, **change(world)),)), world.plan

    return broken


def group(change: Callable[[SimpleNamespace], dict[str, object]]) -> Broken:
    """Change the only group."""

    def broken(world: SimpleNamespace, _: SimpleNamespace) -> tuple[Problem, Plan]:
        (own,) = world.plan.groups
        return world.problem, replace(world.plan, groups=(replace(own, **change(world)),))

    return broken


def parts(world: SimpleNamespace, **changes: object) -> dict[str, object]:
    first, second = world.plan.groups[0].parts
    return {"parts": (first, replace(second, **changes))}


def group_of_part(world: SimpleNamespace, _: SimpleNamespace) -> tuple[Problem, Plan]:
    """Let only the other trainer lead the second part."""
    (training,), led = world.problem.trainings, world.plan.groups[0].parts[1].trainer_id
    others = tuple(each for each in training.trainer_ids if each != led)
    first, second = training.parts
    asked = replace(training, parts=(first, replace(second, trainer_ids=others)))
    return replace(world.problem, trainings=(asked,)), world.plan


def moved_break(**changes: object) -> Broken:
    """Change the break that makes way."""

    def broken(world: SimpleNamespace, edit: SimpleNamespace) -> tuple[Problem, Plan]:
        over = next(one for one in world.plan.placements if one.meeting_id == "over")
        moves = (replace(over.breaks[0], **changes),)
        return world.problem, edit.placed(world.plan, "over", breaks=moves)

    return broken


def shorter_break(world: SimpleNamespace, edit: SimpleNamespace) -> tuple[Problem, Plan]:
    return moved_break(after=world.span(0, "11:00", "11:20"))(world, edit)


def unreal_break(world: SimpleNamespace, edit: SimpleNamespace) -> tuple[Problem, Plan]:
    return moved_break(before=world.span(0, "10:05", "10:35"))(world, edit)


def crooked_break(world: SimpleNamespace, edit: SimpleNamespace) -> tuple[Problem, Plan]:
    return moved_break(after=world.span(0, "11:01", "11:31"))(world, edit)


def moved_twice(world: SimpleNamespace, edit: SimpleNamespace) -> tuple[Problem, Plan]:
    over = next(one for one in world.plan.placements if one.meeting_id == "over")
    return world.problem, edit.placed(world.plan, "over", breaks=over.breaks * 2)


def silently_moved(world: SimpleNamespace, edit: SimpleNamespace) -> tuple[Problem, Plan]:
    return timed("plain", 3, "09:00", "09:30")(world, edit)


def frozen(world: SimpleNamespace, edit: SimpleNamespace) -> tuple[Problem, Plan]:
    problem, moved = silently_moved(world, edit)
    limits = replace(problem.limits, freeze=60 * 24)
    return replace(problem, limits=limits), replace(moved, moved=("plain",))


def dropped(world: Plan) -> dict[str, object]:
    return {"placements": world.placements[1:]}


def doubled(world: Plan) -> dict[str, object]:
    return {"placements": (*world.placements, world.placements[0])}


def leader_attends(world: SimpleNamespace, edit: SimpleNamespace) -> tuple[Problem, Plan]:
    leads = replace(world.problem.facilitators[0], id="a2")
    problem = replace(world.problem, facilitators=(*world.problem.facilitators, leads))
    problem = edit.meeting(problem, "plain", facilitator_id="a2")
    return problem, timed("plain", 0, "14:00", "14:30")(world, edit)[1]


def room_shared(world: SimpleNamespace, _: SimpleNamespace) -> tuple[Problem, Plan]:
    span = world.span(2, "12:05", "12:35")
    placements = tuple(
        replace(one, interval=span) if one.meeting_id == "room" else one
        for one in world.plan.placements
    )
    return world.problem, replace(world.plan, placements=placements)


def less_allowed(plan: Plan) -> dict[str, object]:
    (use,) = plan.allowances
    return {"allowances": (replace(use, added=use.added - 1),)}


def dear_alternative(plan: Plan) -> dict[str, object]:
    (own,) = plan.alternatives["plain"]
    return {"alternatives": {"plain": (replace(own, price=own.price + 1),)}}


def dear_group(world: SimpleNamespace) -> dict[str, object]:
    return {"price": world.plan.groups[0].price + 1}


MUTATIONS: dict[FaultKind, dict[str, Broken]] = {
    FaultKind.UNKNOWN_MEETING: {
        "placement": placed("plain", meeting_id="nobody's"),
        "group": group(lambda _: {"training_id": "nobody's"}),
        "alternative of another": worked_out(
            lambda plan: {"alternatives": {"one": plan.alternatives["plain"]}}
        ),
        "alternative of nothing": worked_out(
            lambda plan: {"alternatives": {"nobody's": plan.alternatives["plain"]}}
        ),
    },
    FaultKind.UNKNOWN_ATTENDEE: {"group": group(lambda _: {"attendee_ids": ("a0", "a1", "a5")})},
    FaultKind.ANSWERED_TWICE: {
        "placement": worked_out(doubled),
        "group": group(lambda _: {"attendee_ids": ("a0", "a1", "a4")}),
        "twice in a group": group(lambda _: {"attendee_ids": ("a0", "a1", "a1")}),
    },
    FaultKind.NOT_ANSWERED: {
        "meeting": worked_out(dropped),
        "attendee": plan(failures=()),
        "group": group(lambda _: {"attendee_ids": ("a0", "a1")}),
    },
    FaultKind.WRONG_LENGTH: {
        "longer": timed("plain", 3, "09:00", "10:00"),
        "part": group(lambda w: parts(w, interval=w.span(4, "11:00", "11:30"))),
    },
    FaultKind.OFF_GRID: {
        "between slots": timed("plain", 3, "09:00", "09:30", minutes=2),
        "beyond the grid": timed("plain", 9, "09:00", "09:30"),
    },
    FaultKind.DOUBLE_BOOKED: {
        "attendee and facilitator": leader_attends,
        "facilitator": timed("plain", 0, "14:00", "14:30"),
        "attendee": timed("two", 0, "14:00", "14:30"),
        "room in its turnover": room_shared,
    },
    FaultKind.WRONG_ROOM: {
        "unknown": placed("room", room_id="nowhere"),
        "not asked for": placed("plain", room_id="r", place=PlaceKind.ROOM),
        "a room that is no place": placed("room", place=PlaceKind.ONLINE),
        "too small": room(lambda _: {"capacity": 3}),
        "another site": room(lambda _: {"site_id": "elsewhere"}),
        "busy": room(lambda w: {"busy": (w.span(1, "09:10", "09:11"),)}),
        "busy in its turnover": room(lambda w: {"busy": (w.span(1, "09:35", "09:36"),)}),
        "equipment": lambda world, edit: (
            edit.meeting(world.problem, "room", equipment=frozenset({"screen"})),
            world.plan,
        ),
    },
    FaultKind.WRONG_GROUP: {
        "a part missing": group(lambda w: {"parts": w.plan.groups[0].parts[:1]}),
        "parts turned round": group(lambda w: {"parts": w.plan.groups[0].parts[::-1]}),
        "a stranger leads": group(lambda w: parts(w, trainer_id="f")),
        "not for that part": group_of_part,
        "somebody unasked": group(lambda _: {"attendee_ids": ("a0", "a1", "a5")}),
        "nobody": group(lambda _: {"attendee_ids": ()}),
    },
    FaultKind.WRONG_BREAK: {
        "not this person's": moved_break(attendee_id="a0"),
        "no such break": unreal_break,
        "shorter": shorter_break,
        "off the grid": crooked_break,
        "moved twice": moved_twice,
    },
    FaultKind.WRONG_MOVED: {
        "not told": silently_moved,
        "not moved": plan(moved=("plain",)),
        "not booked": plan(moved=("one",)),
    },
    FaultKind.FROZEN: {"moved all the same": frozen},
    FaultKind.WRONG_PRICE: {
        "placement": placed("plain", price=1e6),
        "group": group(dear_group),
        "alternative": worked_out(dear_alternative),
    },
    FaultKind.WRONG_COST: {"more": worked_out(lambda plan: {"cost": plan.cost + 1})},
    FaultKind.WRONG_BOUND: {
        "above the cost": worked_out(lambda plan: {"bound": plan.cost + 1}),
        "proved and below": worked_out(lambda plan: {"bound": plan.cost - 1, "proved": True}),
    },
    FaultKind.WRONG_ALLOWANCE: {"less": worked_out(less_allowed), "none": plan(allowances=())},
    FaultKind.WRONG_STATUS: {
        "not proved": plan(status=Status.OPTIMAL),
        "something is placed": plan(status=Status.NOTHING_PLACED),
    },
}
CASES = [
    pytest.param(kind, broken, id=f"{kind} - {name}")
    for kind, ways in MUTATIONS.items()
    for name, broken in ways.items()
]


@pytest.mark.parametrize(("kind", "broken"), CASES)
@FEW
@given(data=st.data())
def test_a_fault_is_named_even_where_all_rules_are_relaxed(
    worlds: st.SearchStrategy[SimpleNamespace],
    edit: SimpleNamespace,
    data: st.DataObject,
    kind: FaultKind,
    broken: Broken,
) -> None:
    problem, wrong = broken(data.draw(worlds), edit)
    assert kind in {fault.kind for fault in check(problem, wrong)}
    relaxed = replace(problem, relaxed=frozenset(Rule))
    assert kind in {fault.kind for fault in check(relaxed, wrong)}


def test_every_kind_of_fault_is_made_by_some_plan() -> None:
    assert set(MUTATIONS) == set(FaultKind) - {FaultKind.RULE}


@FEW
@given(data=st.data())
def test_an_alternative_is_judged_in_place_of_its_own_placement(
    worlds: st.SearchStrategy[SimpleNamespace], data: st.DataObject
) -> None:
    world = data.draw(worlds)
    (offered,) = world.plan.alternatives["plain"]
    beside = replace(offered, interval=world.span(3, "14:00", "14:30"))
    wrong = replace(world.plan, alternatives={"plain": (beside,)})
    found = {(fault.kind, fault.rule) for fault in check(world.problem, wrong) if fault.alternative}
    assert (FaultKind.DOUBLE_BOOKED, None) in found
    assert (FaultKind.RULE, Rule.FACILITATOR) in found
    early = replace(world.problem.meetings[0], last=world.friday + DAY)
    problem = replace(world.problem, meetings=(early, *world.problem.meetings[1:]))
    (fault,) = check(problem, world.plan)
    assert (fault.rule, fault.alternative) == (Rule.DATES, True)
