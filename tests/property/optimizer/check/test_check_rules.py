"""A plan that breaks one rule is told so by the rule's name, and by no name once it is relaxed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling.domain.meetings import PlaceKind
from scheduling.domain.rules import CAPS, Rule
from scheduling.domain.times import DAY, MINUTE, Interval, WallWindow
from scheduling.optimizer.check.whole import check
from scheduling.optimizer.plan import Plan
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.supply import Attendee, Cap, Curve, Heads, OffTime
from scheduling.optimizer.wanted import Limits, Part

Broken = Callable[[SimpleNamespace, SimpleNamespace], tuple[Problem, Plan]]
FEW = settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def limited(**changes: object) -> Broken:
    """Change the usual limits."""

    def broken(world: SimpleNamespace, _: SimpleNamespace) -> tuple[Problem, Plan]:
        limits = replace(world.problem.limits, **changes)
        return replace(world.problem, limits=limits), world.plan

    return broken


def person(name: str, change: Callable[..., dict[str, object]]) -> Broken:
    """Change one attendee; ``change`` gets the world and the attendee."""

    def broken(world: SimpleNamespace, edit: SimpleNamespace) -> tuple[Problem, Plan]:
        one = next(each for each in world.problem.attendees if each.id == name)
        return edit.person(world.problem, name, **change(world, one)), world.plan

    return broken


def leader(name: str, change: Callable[[SimpleNamespace], dict[str, object]]) -> Broken:
    """Change one facilitator."""

    def broken(world: SimpleNamespace, edit: SimpleNamespace) -> tuple[Problem, Plan]:
        return edit.leader(world.problem, name, **change(world)), world.plan

    return broken


def meeting(name: str, change: Callable[[SimpleNamespace], dict[str, object]]) -> Broken:
    """Change what is asked for."""

    def broken(world: SimpleNamespace, edit: SimpleNamespace) -> tuple[Problem, Plan]:
        return edit.meeting(world.problem, name, **change(world)), world.plan

    return broken


def placed(name: str, **changes: object) -> Broken:
    """Change a placement."""

    def broken(world: SimpleNamespace, edit: SimpleNamespace) -> tuple[Problem, Plan]:
        return world.problem, edit.placed(world.plan, name, **changes)

    return broken


def series(change: Callable[[SimpleNamespace], dict[str, object]]) -> Broken:
    """Change the series."""

    def broken(world: SimpleNamespace, _: SimpleNamespace) -> tuple[Problem, Plan]:
        (own,) = world.problem.series
        return replace(world.problem, series=(replace(own, **change(world)),)), world.plan

    return broken


def training(**changes: object) -> Broken:
    """Change the training."""

    def broken(world: SimpleNamespace, _: SimpleNamespace) -> tuple[Problem, Plan]:
        (own,) = world.problem.trainings
        return replace(world.problem, trainings=(replace(own, **changes),)), world.plan

    return broken


def capped(rule: Rule) -> Broken:
    """Add a cap that leaves nobody."""

    def broken(world: SimpleNamespace, _: SimpleNamespace) -> tuple[Problem, Plan]:
        slots = world.problem.grid.slots
        cap = Cap(id="c", rule=rule, members=frozenset({"a0"}), most=(1,), away=(1,) * slots)
        return replace(world.problem, caps=(cap,)), world.plan

    return broken


def curves(change: Callable[..., dict[str, object]]) -> Broken:
    """Change every curve; ``change`` gets the world and the curve."""

    def broken(world: SimpleNamespace, _: SimpleNamespace) -> tuple[Problem, Plan]:
        changed = tuple(replace(curve, **change(world, curve)) for curve in world.problem.curves)
        return replace(world.problem, curves=changed), world.plan

    return broken


def no_heads(world: SimpleNamespace, _: SimpleNamespace) -> tuple[Problem, Plan]:
    slots = world.problem.grid.slots
    rows = tuple(
        Heads(demand_id=name, site_id="s", present=(2,) * slots, minimum=2) for name in ("x", "y")
    )
    return replace(world.problem, heads=rows), world.plan


def other_trainer(world: SimpleNamespace, _: SimpleNamespace) -> tuple[Problem, Plan]:
    (group,) = world.plan.groups
    first, second = group.parts
    parts = (first, replace(second, trainer_id="h"))
    return world.problem, replace(world.plan, groups=(replace(group, parts=parts),))


def break_moved(start: str, end: str) -> Broken:
    """Move the break of a5 somewhere else."""

    def broken(world: SimpleNamespace, edit: SimpleNamespace) -> tuple[Problem, Plan]:
        over = next(one for one in world.plan.placements if one.meeting_id == "over")
        moves = (replace(over.breaks[0], after=world.span(0, start, end)),)
        return world.problem, edit.placed(world.plan, "over", breaks=moves)

    return broken


def off(world: SimpleNamespace, one: Attendee, rule: Rule, *span: str) -> dict[str, object]:
    return {"off": (*one.off, OffTime(interval=world.span(0, *span), rule=rule))}


def shifted(world: SimpleNamespace, one: Attendee, start: str, end: str) -> dict[str, object]:
    return {"shifts": (world.span(0, start, end), *one.shifts[1:])}


def minute(world: SimpleNamespace, clock: str) -> Interval:
    begin = world.span(0, clock, "23:00").start
    return Interval(begin, begin + MINUTE)


def blackout(world: SimpleNamespace, _: SimpleNamespace) -> tuple[Problem, Plan]:
    limits = replace(world.problem.limits, blackout=frozenset({world.friday}))
    return replace(world.problem, limits=limits), world.plan


def own_limits(world: SimpleNamespace, edit: SimpleNamespace) -> tuple[Problem, Plan]:
    sets = {"strict": Limits(lead=60 * 24 * 30, edge=0, offline_a_week=600)}
    problem = replace(world.problem, limit_sets=sets)
    return edit.meeting(problem, "room", limit_set="strict"), world.plan


def busy_queue(world: SimpleNamespace, curve: Curve) -> dict[str, object]:
    """Return a volume at which every agent taken is felt."""
    served = 60 * world.problem.grid.slot_minutes * curve.concurrency / curve.handling[0]
    volume = tuple(0.9 * staff * served for staff in curve.coverage)
    return {"volume": volume, "goal": replace(curve.goal, seconds=20)}


def dear(world: SimpleNamespace, edit: SimpleNamespace) -> tuple[Problem, Plan]:
    problem, _ = curves(busy_queue)(world, edit)
    for one in world.problem.meetings:
        problem = edit.meeting(problem, one.id, walk_away=0.0)
    return problem, world.plan


EVENING = WallWindow(time(20), time(22))
MUTATIONS: dict[Rule, dict[str, Broken]] = {
    Rule.DATES: {
        "too early": meeting("one", lambda world: {"first": world.friday + DAY}),
        "too late": meeting("two", lambda world: {"last": world.friday + DAY}),
        "blackout": blackout,
        "a part too late": training(last=date(2026, 1, 2), first=date(2026, 1, 1)),
    },
    Rule.LEAD_TIME: {"too soon": limited(lead=60 * 24 * 14), "a set of limits": own_limits},
    Rule.TIME_WINDOW: {
        "another time of day": limited(windows=(EVENING,)),
        "weekday": limited(weekdays=frozenset({6})),
    },
    Rule.SPACING: {
        "least": series(lambda _: {"least": 4}),
        "most": series(lambda _: {"least": 0, "most": 2}),
        "order": series(lambda _: {"meeting_ids": ("two", "one")}),
        "history": series(lambda world: {"history": (world.friday - DAY,)}),
        "history later": series(lambda world: {"history": (world.friday + 4 * DAY,)}),
        "too long ago": series(lambda world: {"history": (world.friday - 5 * DAY,)}),
    },
    Rule.ON_SHIFT: {
        "starts later": person("a2", lambda w, one: shifted(w, one, "14:05", "17:00")),
        "ends in a transition": person(
            "a2", lambda w, one: shifted(w, one, "08:00", "14:35") | {"transition": 10}
        ),
        "a gap": person("a2", lambda _, one: {"shifts": one.shifts[1:]}),
    },
    Rule.BREAK: {
        "a meal": person("a2", lambda w, one: off(w, one, Rule.BREAK, "14:10", "14:15")),
        "not moved": placed("over", breaks=()),
        "outside its window": break_moved("11:31", "12:01"),
        "onto the session": break_moved("09:30", "10:00"),
        "too near to the next": limited(break_spacing=61),
        "too near to the one before": break_moved("13:00", "13:30"),
        "too long without": limited(work_stretch=150),
        "onto an exception": person(
            "a5", lambda w, one: off(w, one, Rule.EXCEPTION, "11:10", "11:20")
        ),
        "onto something busy": person("a5", lambda w, _: {"busy": (minute(w, "11:15"),)}),
    },
    Rule.EXCEPTION: {
        "a course": person("a2", lambda w, one: off(w, one, Rule.EXCEPTION, "14:10", "14:15"))
    },
    Rule.SHIFT_EDGE: {
        "at the start": limited(edge=60),
        "at the end": limited(edge=200),
    },
    Rule.ATTENDEE_BUSY: {
        "calendar": person("a2", lambda w, _: {"busy": (minute(w, "14:29"),)}),
        "calendar in a transition": person(
            "a2", lambda w, _: {"busy": (minute(w, "14:33"),), "transition": 5}
        ),
    },
    Rule.ATTENDEE_CAP: {
        "sessions": limited(sessions_a_day=0),
        "planned sessions": person("a2", lambda w, _: {"offline": {w.friday: (2, 0)}}),
        "minutes": limited(offline_a_day=29),
        "planned minutes": person("a2", lambda w, _: {"offline": {w.friday: (0, 190)}}),
        "week": person("a2", lambda w, _: {"offline": {w.friday - DAY: (0, 590)}}),
        "part-time": person("a2", lambda _w, _o: {"contract": 0.1}),
        "transitions": person("a2", lambda _w, _o: {"transition": 90}),
    },
    Rule.QUORUM: {
        "somebody required is missing": placed("team", attendee_ids=("a0", "a1", "a2")),
        "too few": placed("team", attendee_ids=("a3", "a0")),
        "somebody not asked": placed("team", attendee_ids=("a3", "a0", "a4")),
        "nobody known": placed("team", attendee_ids=("a3", "a0", "nobody")),
        "twice": placed("team", attendee_ids=("a3", "a0", "a0")),
    },
    Rule.FACILITATOR: {
        "not working": leader("f", lambda w: {"working": (w.span(0, "08:00", "12:00"),)}),
        "busy": leader("f", lambda w: {"busy": (minute(w, "14:15"),)}),
        "busy while preparing": leader("f", lambda w: {"busy": (minute(w, "13:55"),)}),
        "busy while writing up": leader("f", lambda w: {"busy": (minute(w, "14:34"),)}),
        "leads other things": leader("g", lambda _: {"leads": frozenset({"other"})}),
        "no time between two": leader("f", lambda _: {"prepare": 31}),
    },
    Rule.FACILITATOR_LOAD: {
        "too much": leader("f", lambda _: {"contact_a_day": 119}),
        "with what was led": leader("f", lambda w: {"contact_a_day": 120, "led": {w.friday: 1}}),
    },
    **{rule: {"nobody left": capped(rule)} for rule in sorted(CAPS)},
    Rule.ROOM: {"none": placed("room", room_id=None, place=PlaceKind.ONLINE)},
    Rule.HEADS: {"too few": no_heads},
    Rule.FLOOR: {
        "deficit": curves(lambda _, curve: {"floor": 0.0, "required": curve.coverage}),
        "service": curves(lambda world, curve: busy_queue(world, curve) | {"drop": 0.0}),
    },
    Rule.PRICE: {"too dear": dear},
    Rule.GROUP: {
        "too many": training(most=2),
        "too few": training(least=4, most=4),
        "team": training(per_team=1),
        "trainers": other_trainer,
        "too soon": training(parts=(Part(minutes=60), Part(minutes=60, least_days=3))),
        "too late": training(parts=(Part(minutes=60), Part(minutes=60, most_days=1))),
    },
}
CASES = [
    pytest.param(rule, broken, id=f"{rule} - {name}")
    for rule, ways in MUTATIONS.items()
    for name, broken in ways.items()
]


@pytest.mark.parametrize(("rule", "broken"), CASES)
@FEW
@given(data=st.data())
def test_a_broken_rule_is_named(
    worlds: st.SearchStrategy[SimpleNamespace],
    edit: SimpleNamespace,
    data: st.DataObject,
    rule: Rule,
    broken: Broken,
) -> None:
    problem, plan = broken(data.draw(worlds), edit)
    assert rule in {fault.rule for fault in check(problem, plan)}
    relaxed = replace(problem, relaxed=frozenset({rule}))
    assert rule not in {fault.rule for fault in check(relaxed, plan)}


def test_every_rule_is_broken_by_some_plan() -> None:
    assert set(MUTATIONS) == set(Rule) - {Rule.UNAVAILABLE}
