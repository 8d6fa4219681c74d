"""Whatever is asked: every group passes the independent check, and nobody is lost or counted twice."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling.domain.centre import ServiceGoal
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.rules import Rule
from scheduling.domain.times import Interval
from scheduling.optimizer.check.whole import check
from scheduling.optimizer.lattice.whole import Lattice
from scheduling.optimizer.plan import Failure, Plan, Status
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.supply import (
    Attendee,
    Cap,
    Curve,
    Facilitator,
    Grid,
    Heads,
    OffTime,
    RoomChoice,
)
from scheduling.optimizer.training import Trained, train
from scheduling.optimizer.wanted import Limits, Part, Training

START = datetime(2026, 11, 2, tzinfo=UTC)
DAYS, PEOPLE = 2, 7


def span(day: int, first: int, length: int) -> Interval:
    start = START + timedelta(days=day, minutes=15 * first)
    return Interval(start, start + timedelta(minutes=15 * length))


@st.composite
def attendees(draw: st.DrawFn, name: str) -> Attendee:
    first = draw(st.integers(28, 36))
    pause = first + draw(st.integers(4, 10))
    return Attendee(
        id=name,
        zone=draw(st.sampled_from(["UTC", "UTC", "Europe/Berlin"])),
        site_id=draw(st.sampled_from(["s", "s", "t"])),
        team_id=draw(st.sampled_from(["red", "blue"])),
        shares=draw(st.sampled_from([{"x": 1.0}, {"x": 0.41, "y": 0.59}])),
        shifts=tuple(span(day, first, 32) for day in range(DAYS)),
        off=tuple(
            off
            for day in range(DAYS)
            for off in (
                OffTime(
                    interval=span(day, pause, 1), rule=Rule.BREAK, window=span(day, pause - 4, 9)
                ),
                OffTime(interval=span(day, first + 18, 2), rule=Rule.BREAK),
            )
        ),
        busy=(span(0, draw(st.integers(28, 60)), 3),),
        transition=draw(st.sampled_from([0, 0, 10])),
    )


@st.composite
def trainings(draw: st.DrawFn, name: str, people: Sequence[str]) -> Training:
    parts = draw(st.integers(1, 2))
    return Training(
        id=name,
        attendee_ids=tuple(people),
        trainer_ids=draw(st.sampled_from([("f0",), ("f0", "f1")])),
        parts=tuple(
            Part(
                minutes=draw(st.sampled_from([30, 40, 120])),
                least_days=draw(st.integers(0, 1)),
                most_days=2,
                place=draw(st.sampled_from(list(PlaceKind))),
            )
            for _ in range(parts)
        ),
        least=draw(st.integers(1, 3)),
        most=4,
        first=START.date(),
        last=START.date() + timedelta(days=DAYS - 1),
        per_team=draw(st.sampled_from([None, 2])),
        same_trainer=draw(st.booleans()),
    )


def curve(draw: st.DrawFn, name: str) -> Curve:
    slots = 96 * DAYS
    return Curve(
        demand_id=name,
        required=(draw(st.floats(0, 9)),) * slots,
        coverage=tuple(8.0 + slot % 5 for slot in range(slots)),
        volume=(20.0,) * slots,
        handling=(300.0,) * slots,
        goal=ServiceGoal(percent=80, seconds=20),
        floor=draw(st.sampled_from([None, 3.0])),
    )


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    slots, names = 96 * DAYS, [f"a{at}" for at in range(PEOPLE)]
    working = tuple(span(day, 28, 44) for day in range(DAYS))
    asked = [draw(trainings("one", names))]
    if draw(st.booleans()):
        asked.append(draw(trainings("two", names[:3])))
    return Problem(
        now=START - timedelta(hours=9),
        grid=Grid(start=START, slots=slots),
        curves=(curve(draw, "x"), curve(draw, "y")),
        attendees=tuple(draw(attendees(name)) for name in names),
        facilitators=(
            Facilitator(id="f0", zone="UTC", working=working, prepare=10, write_up=15),
            Facilitator(
                id="f1",
                zone="UTC",
                working=working,
                shares={"y": 1.0},
                contact_a_day=draw(st.sampled_from([60, None])),
            ),
        ),
        rooms=(
            RoomChoice(id="r", site_id="s", capacity=3, busy=(span(0, 40, 4),), turnover=15),
            RoomChoice(id="q", site_id="t", capacity=9),
        ),
        meetings=(),
        trainings=tuple(asked),
        limits=Limits(edge=0, sessions_a_day=draw(st.integers(1, 2)), offline_a_day=180),
        caps=(
            Cap(
                id="red",
                rule=Rule.TEAM_CAP,
                members=frozenset(names[:4]),
                most=(draw(st.integers(1, 4)),),
            ),
        ),
        heads=(Heads(demand_id="x", site_id="s", present=(6,) * slots, minimum=2),),
    )


def plan_of(trained: Trained) -> Plan:
    return Plan(
        status=Status.FEASIBLE if trained.groups else Status.NOTHING_PLACED,
        placements=(),
        failures=tuple(
            Failure(
                meeting_id=each.training_id,
                attendee_id=each.attendee_id,
                funnel=(),
                conflict=frozenset(),
                loosenings=(),
            )
            for each in trained.missed
        ),
        groups=trained.groups,
        cost=trained.cost / 1e6,
        bound=trained.bound / 1e6,
    )


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(problem=problems())
def test_every_roll_out_passes_the_check_and_answers_for_everybody(problem: Problem) -> None:
    trained = train(Lattice.of(problem), problem.trainings)
    assert check(problem, plan_of(trained)) == ()
    seated = [(group.training_id, name) for group in trained.groups for name in group.attendee_ids]
    seated += [(each.training_id, each.attendee_id) for each in trained.missed]
    wanted = [(each.id, name) for each in problem.trainings for name in each.attendee_ids]
    assert sorted(seated) == sorted(wanted)
    assert trained.bound <= trained.cost
    assert train(Lattice.of(problem), problem.trainings) == trained
