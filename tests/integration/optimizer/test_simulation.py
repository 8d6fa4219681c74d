"""The simulation against what is known of queues, and against itself."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from benchmarks.simulation.__main__ import table
from benchmarks.simulation.centre import centre_of
from benchmarks.simulation.people import People
from benchmarks.simulation.score import Mean, score, simulate
from benchmarks.simulation.state import ABANDONED, IN_GOAL, LATE, OFFERED, WAITING, Ints
from scheduling.domain.centre import DemandKind, ServiceGoal
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.rules import Rule
from scheduling.domain.times import Interval
from scheduling.optimizer.forecast.erlang import erlang_a_service
from scheduling.optimizer.plan import BreakMove, Group, GroupPart, Placement, Plan, Status
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.supply import Attendee, Curve, Facilitator, Grid, OffTime
from scheduling.optimizer.wanted import Meeting

pytestmark = pytest.mark.xdist_group("simulation")
"""Its kernels take ten seconds to compile: one worker does, for all."""

START = datetime(2026, 11, 2, tzinfo=UTC)
GRID = Grid(start=START, slots=96)


def hours(first: float, last: float) -> Interval:
    return Interval(START + timedelta(hours=first), START + timedelta(hours=last))


def curve(name: str, grid: Grid, volume: float, staff: float, **changes: object) -> Curve:
    plain = Curve(
        demand_id=name,
        required=(staff,) * grid.slots,
        coverage=(staff,) * grid.slots,
        volume=(volume,) * grid.slots,
        handling=(300.0,) * grid.slots,
        goal=ServiceGoal(percent=80, seconds=20),
    )
    return replace(plain, **changes)


def agent(number: int, grid: Grid = GRID, **changes: object) -> Attendee:
    plain = Attendee(
        id=f"a{number:03}",
        zone="UTC",
        site_id="s",
        team_id="t",
        shares={"calls": 1.0},
        shifts=(grid.span,),
    )
    return replace(plain, **changes)


def problem(grid: Grid, curves: tuple[Curve, ...], people: tuple[Attendee, ...]) -> Problem:
    """Return a problem in which each of ``people`` has a one-to-one."""
    return Problem(
        now=START,
        grid=grid,
        curves=curves,
        attendees=people,
        facilitators=(Facilitator(id="f", zone="UTC", working=(grid.span,)),),
        rooms=(),
        meetings=tuple(
            Meeting(
                id=f"m-{one.id}",
                attendee_ids=(one.id,),
                facilitator_id="f",
                minutes=60,
                first=START.date(),
                last=START.date(),
            )
            for one in people
        ),
    )


def calls(volume: float, staff: int, days: int = 1, **changes: object) -> Problem:
    """Return ``staff`` agents who do nothing but calls, round the clock."""
    grid = Grid(start=START, slots=96 * days)
    people = tuple(agent(number, grid) for number in range(staff))
    return problem(grid, (curve("calls", grid, volume, staff, **changes),), people)


def placed(person: str, when: Interval, breaks: tuple[BreakMove, ...] = ()) -> Placement:
    return Placement(
        meeting_id=f"m-{person}",
        interval=when,
        place=PlaceKind.ONLINE,
        room_id=None,
        breaks=breaks,
    )


def plan(*placements: Placement, groups: tuple[Group, ...] = ()) -> Plan:
    return Plan(status=Status.FEASIBLE, placements=placements, failures=(), groups=groups)


def outcome(case: Problem, seed: int = 1) -> Ints:
    people = People.of(case)
    return simulate(centre_of(case, people), people.calendar, seed)


@pytest.mark.parametrize(
    ("volume", "staff"), [(27.0, 9), (54.0, 20), (66.0, 20), (280.0, 95)], ids=str
)
def test_one_skill_in_a_steady_state_is_served_as_erlang_a_says(volume: float, staff: int) -> None:
    counts = outcome(calls(volume, staff, days=28))[0]
    expected = erlang_a_service(
        np.asarray([volume]),
        np.asarray([300.0]),
        np.asarray([float(staff)]),
        goal=20.0,
        patience=120.0,
        slot=900.0,
    )
    assert counts[IN_GOAL] / counts[OFFERED] == pytest.approx(expected[0], abs=0.012)
    assert counts[OFFERED] == pytest.approx(volume * 96 * 28, rel=0.02)


def test_chats_are_as_many_servers_as_agents_take_at_once() -> None:
    case = calls(54.0, 10, days=28, kind=DemandKind.CHAT, concurrency=2.0)
    alike = outcome(calls(54.0, 20, days=28))[0]
    assert outcome(case)[0].tolist() == alike.tolist()


@pytest.mark.parametrize("staff", [3, 12, 30])
@pytest.mark.parametrize("kind", list(DemandKind))
def test_every_contact_is_accounted_for(kind: DemandKind, staff: int) -> None:
    counts = outcome(calls(60.0, staff, days=2, kind=kind, backlog=70.0))[0]
    assert counts[OFFERED] == counts[[IN_GOAL, LATE, ABANDONED, WAITING]].sum()
    assert (counts >= 0).all()


def test_work_that_waits_is_done_by_whoever_is_idle_and_late_where_nobody_is() -> None:
    goal = ServiceGoal(percent=90, seconds=4 * 3600)
    mail = {"kind": DemandKind.DEFERRED, "goal": goal}
    enough = outcome(calls(30.0, 12, **mail))[0]
    assert enough[IN_GOAL] > 0.99 * enough[OFFERED]
    hopeless = outcome(calls(30.0, 5, **mail))[0]
    assert hopeless[LATE] > 0.5 * hopeless[OFFERED]
    assert hopeless[ABANDONED] == 0


def test_callers_come_before_work_that_waits() -> None:
    goal = ServiceGoal(percent=90, seconds=3600)
    mail = curve("mail", GRID, 30.0, 10.0, kind=DemandKind.DEFERRED, goal=goal)
    both = tuple(agent(number, shares={"calls": 0.5, "mail": 0.5}) for number in range(20))
    busy = outcome(problem(GRID, (curve("calls", GRID, 55.0, 10.0), mail), both))
    served = busy[:, IN_GOAL] / busy[:, OFFERED]
    assert served[0] > served[1]


def test_two_skills_serve_better_together_than_apart() -> None:
    curves = tuple(curve(name, GRID, 27.0, 10.0) for name in ("calls", "sales"))
    apart = tuple(
        agent(number, shares={"calls" if number % 2 else "sales": 1.0}) for number in range(20)
    )
    pooled = tuple(agent(number, shares={"calls": 0.5, "sales": 0.5}) for number in range(20))
    one, other = (outcome(problem(GRID, curves, each)) for each in (apart, pooled))
    assert one[:, OFFERED].tolist() == other[:, OFFERED].tolist()
    assert other[:, IN_GOAL].sum() > one[:, IN_GOAL].sum()


def test_nobody_takes_contacts_outside_their_shift_or_in_a_break() -> None:
    noon = OffTime(interval=hours(12, 13), rule=Rule.BREAK, window=hours(11, 15))
    one = agent(0, shifts=(hours(8, 16),), off=(noon,))
    case = problem(GRID, (curve("calls", GRID, 4.0, 1.0),), (one,))
    people = People.of(case)
    open_hours = people.presence(96, 900.0)[0]
    assert np.flatnonzero(open_hours).tolist() == [*range(32, 48), *range(52, 64)]
    move = BreakMove(attendee_id=one.id, before=hours(12, 13), after=hours(14, 15))
    moved = plan(placed(one.id, hours(12, 13), (move,)))
    changed = replace(people, calendar=people.with_plan(case, moved)).presence(96, 900.0)[0]
    assert np.flatnonzero(changed).tolist() == [*range(32, 48), *range(52, 56), *range(60, 64)]


def test_transitions_trainings_and_leaders_keep_people_from_contacts() -> None:
    one = agent(0, transition=15)
    leader = Facilitator(
        id="f", zone="UTC", working=(GRID.span,), shares={"calls": 1.0}, prepare=30, write_up=15
    )
    case = replace(problem(GRID, (curve("calls", GRID, 4.0, 2.0),), (one,)), facilitators=(leader,))
    part = GroupPart(interval=hours(10, 11), trainer_id="f", place=PlaceKind.ROOM, room_id="r")
    trained = plan(groups=(Group(training_id="t", attendee_ids=(one.id,), parts=(part,)),))
    people = People.of(case)
    calendar = people.with_plan(case, trained)
    away = 2 - replace(people, calendar=calendar).presence(96, 900.0)[0]
    assert dict(zip(np.flatnonzero(away).tolist(), away[away > 0], strict=True)) == {
        38: 1.0,
        39: 2.0,
        40: 2.0,
        41: 2.0,
        42: 2.0,
        43: 2.0,
        44: 2.0,
    }


def test_a_problem_with_some_of_the_agents_has_their_part_of_the_contacts() -> None:
    some = replace(calls(100.0, 20), curves=(curve("calls", GRID, 100.0, 40.0),))
    assert outcome(some)[0, OFFERED] == pytest.approx(50 * 96, rel=0.05)


def test_a_plan_at_a_busy_hour_costs_more_than_one_at_a_quiet_hour_and_none_costs_nothing() -> None:
    case = calls(54.0, 20)
    volume = (20.0,) * 48 + (54.0,) * 48
    case = replace(case, curves=(replace(case.curves[0], volume=volume),))
    people = [one.id for one in case.attendees[:3]]
    plans = {
        "quiet": plan(*(placed(name, hours(8, 9)) for name in people)),
        "busy": plan(*(placed(name, hours(16, 17)) for name in people)),
        "empty": plan(),
    }
    found = score(case, plans, replications=6, seed=3, load=1.0)
    assert found["empty"].added == found[""].added == Mean(value=0.0, half=0.0)
    assert found["busy"].added.value - found["busy"].added.half > 0
    assert found["busy"].added.value > found["quiet"].added.value + found["quiet"].added.half
    assert found["busy"].beyond(found[""]) == found["busy"].added
    assert found["busy"].beyond(found["quiet"]).value > 0
    assert found["busy"].demands[0].offered == found[""].demands[0].offered
    assert "added by the plan" in table(found)


def test_the_same_seed_gives_the_same_score_and_another_one_another() -> None:
    case = calls(54.0, 20)
    first, again, other = (
        score(case, {}, replications=2, seed=seed, load=1.0) for seed in (1, 1, 2)
    )
    assert first == again != other


def test_the_load_is_fitted_to_the_goal_of_the_centre_as_it_is() -> None:
    found = score(calls(30.0, 20, days=7), {}, replications=3)[""]
    assert found.load > 1.2
    (served,) = found.demands
    assert served.in_goal / served.offered == pytest.approx(0.8, abs=0.03)


def test_no_replication_scores_nothing() -> None:
    with pytest.raises(ValueError, match="0 replications"):
        score(calls(5.0, 2), {}, replications=0)
