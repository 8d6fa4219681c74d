"""A generated centre is one that could exist: its parts agree with each other."""

from collections import Counter, defaultdict
from datetime import timedelta

import numpy as np
import pytest

from scheduling.domain.centre import DemandKind
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.rules import Rule
from scheduling.domain.times import Interval, merge, subtract
from scheduling.optimizer.generator import CallCounts, generate
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.queueing import Floats, erlang_c_late
from scheduling.optimizer.supply import Attendee


def slots_open(problem: Problem, agent: Attendee) -> Floats:
    """Return 1 per slot in which the agent is open for contacts, from the agent's own data."""
    out = np.zeros(problem.grid.slots)
    for span in subtract(agent.shifts, (off.interval for off in agent.off)):
        first, end = (
            (at - problem.grid.start) // timedelta(minutes=15) for at in (span.start, span.end)
        )
        out[first:end] = 1
    return out


def test_coverage_is_the_sum_of_the_agents_own_schedules(centre: Problem) -> None:
    added: dict[str, Floats] = defaultdict(lambda: np.zeros(centre.grid.slots))
    for agent in centre.attendees:
        for demand, share in agent.shares.items():
            added[demand] += share * slots_open(centre, agent)
    for curve in centre.curves:
        assert np.allclose(curve.coverage, added[curve.demand_id], atol=1e-3)


def test_heads_are_the_agents_of_a_site_who_can_do_it(centre: Problem) -> None:
    row = centre.heads[0]
    able = [a for a in centre.attendees if a.site_id == row.site_id and row.demand_id in a.shares]
    assert row.present == tuple(sum(slots_open(centre, agent) for agent in able).astype(int))


def test_calls_are_as_many_as_the_requirement_carries_by_erlang_c(centre: Problem) -> None:
    curve = next(each for each in centre.curves if each.kind is DemandKind.IMMEDIATE)
    required, volume = np.asarray(curve.required), np.asarray(curve.volume)
    some = required >= 1
    handling = curve.handling[0]
    goal = np.full(int(some.sum()), curve.goal.seconds / handling)
    whole = np.floor(required[some]).astype(np.int64)
    calls = volume[some]
    late = erlang_c_late(calls, calls * handling / 900, goal, whole, 2) / calls[:, None]
    most = 1 - curve.goal.percent / 100
    assert (late[:, 0] >= most - 1e-3).all()
    assert (late[:, 1] <= most + 1e-3).all()


def test_chat_is_sized_for_several_at_once() -> None:
    problem = generate(agents=40, weeks=1, seed=2)
    chat = next(each for each in problem.curves if each.kind is DemandKind.CHAT)
    load = np.asarray(chat.volume) * chat.handling[0] / 900
    busy = np.asarray(chat.required) > 2
    assert chat.concurrency == 2
    assert (load[busy] > np.asarray(chat.required)[busy] * 0.5).all()
    assert (load[busy] < np.asarray(chat.required)[busy] * 2).all()


def test_every_agent_has_a_one_to_one_with_the_manager_of_the_team(centre: Problem) -> None:
    alone = [meeting for meeting in centre.meetings if meeting.type_id == "one-to-one"]
    teams = {agent.id: agent.team_id for agent in centre.attendees}
    assert sorted(meeting.attendee_id for meeting in alone) == sorted(teams)
    leads = {(teams[meeting.attendee_id], meeting.facilitator_id) for meeting in alone}
    assert len(leads) == len(set(teams.values()))
    assert {meeting.minutes for meeting in alone} <= {30, 45, 60}


def test_every_team_meets_with_four_of_five(centre: Problem) -> None:
    meetings = [meeting for meeting in centre.meetings if meeting.type_id == "team-meeting"]
    sizes = Counter(agent.team_id for agent in centre.attendees)
    assert sorted(len(meeting.people) for meeting in meetings) == sorted(sizes.values())
    for meeting in meetings:
        assert meeting.quorum == -(-len(meeting.people) * 4 // 5)
    assert not any(cap.rule is Rule.TEAM_CAP for cap in centre.caps)


def test_a_one_to_one_may_be_held_within_the_weeks(centre: Problem) -> None:
    last = (centre.grid.span.end - timedelta(days=3)).date()
    for series in centre.series:
        assert series.history[0] + timedelta(days=series.least) <= last


def test_breaks_may_move_and_meals_stay(centre: Problem) -> None:
    for agent in centre.attendees:
        for off in agent.off:
            short = off.interval.minutes == 15 and off.rule is Rule.BREAK
            assert (off.window is not None) == short
            assert any(shift.covers(off.window or off.interval) for shift in agent.shifts)


def test_training_has_rooms_and_trainers_for_its_groups(centre: Problem) -> None:
    trained = [name for course in centre.trainings for name in course.attendee_ids]
    assert len(trained) == len(set(trained)) == round(0.3 * 90)
    for course in centre.trainings:
        sites = {agent.site_id for agent in centre.attendees if agent.id in course.attendee_ids}
        assert len(sites) == 1
        assert any(room.site_id in sites and room.capacity >= 14 for room in centre.rooms)


def test_times_are_whole_slots(centre: Problem) -> None:
    spans = [span for leader in centre.facilitators for span in leader.working + leader.busy]
    spans += [span for room in centre.rooms for span in room.busy]
    for span in spans:
        assert ((span.start - centre.grid.start) / timedelta(minutes=15)).is_integer()
        assert centre.grid.span.covers(span)


def test_large_centres_have_sites_in_several_zones_and_teams_of_usual_size() -> None:
    problem = generate(agents=700, weeks=1, seed=1)
    assert len({agent.site_id for agent in problem.attendees}) == 2
    assert len({agent.zone for agent in problem.attendees}) == 2
    sizes = Counter(agent.team_id for agent in problem.attendees)
    assert all(11 <= size <= 19 for size in sizes.values())
    assert {meeting.place for meeting in problem.meetings} == set(PlaceKind)
    assert any(cap.rule is Rule.SKILL_CAP for cap in problem.caps)


def test_one_wish_leaves_the_rest_as_it_is() -> None:
    plain = generate(agents=30, weeks=1, seed=1)
    wished = generate(agents=30, weeks=1, seed=1, team_meetings=True)
    assert plain.attendees == wished.attendees
    assert plain.curves == wished.curves
    assert wished.meetings[: len(plain.meetings)] == plain.meetings


def test_people_are_in_no_two_shifts_at_once(centre: Problem) -> None:
    for agent in centre.attendees:
        assert merge(agent.shifts) == agent.shifts


@pytest.mark.parametrize(
    "wrong", [{"agents": 0}, {"weeks": 0}, {"weeks": 30}, {"seed": -1}, {"training": 1.5}]
)
def test_sizes_that_make_no_centre_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="make no centre"):
        generate(**{"agents": 10, "weeks": 1, "seed": 0, **wrong})


def test_shifts_follow_a_demand_of_its_own_shape(counts: CallCounts) -> None:
    problem = generate(agents=120, weeks=1, seed=1, demand=counts)
    required = np.sum([curve.required for curve in problem.curves], axis=0)
    coverage = np.sum([curve.coverage for curve in problem.curves], axis=0)
    assert 0.9 < required.sum() / coverage.sum() < 1.1
    monday = Interval(problem.grid.start, problem.grid.at(96))
    assert any(monday.covers(shift) for agent in problem.attendees for shift in agent.shifts)
    busy = required > 0
    assert np.corrcoef(required[busy], coverage[busy])[0, 1] > 0.5
