"""Whole plans: what is placed, what it costs, what else is offered, and why something is not."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from scheduling.domain.meetings import PlaceKind, Tier
from scheduling.domain.rules import NEVER_RELAXED, Rule
from scheduling.domain.times import Interval
from scheduling.optimizer.check.whole import check
from scheduling.optimizer.exact import additive
from scheduling.optimizer.plan import Plan, Status
from scheduling.optimizer.problem import Problem, ProblemError
from scheduling.optimizer.solve import solve
from scheduling.optimizer.supply import Heads, OffTime, RoomChoice
from scheduling.optimizer.wanted import PREFERENCE_MOST, Limits


def crowd(make: SimpleNamespace, count: int, **changes: object) -> Problem:
    names = [f"a{number}" for number in range(count)]
    return make.problem(
        attendees=tuple(make.agent(name) for name in names),
        meetings=tuple(make.meeting(f"m-{name}", name) for name in names),
        **changes,
    )


def starts(plan: Plan) -> list[str]:
    return [placed.interval.start.strftime("%H:%M") for placed in plan.placements]


def test_equal_prices_are_settled_by_attendee_and_then_by_time(make: SimpleNamespace) -> None:
    plan = solve(crowd(make, 3))
    assert [placed.meeting_id for placed in plan.placements] == ["m-a0", "m-a1", "m-a2"]
    assert starts(plan) == ["09:00", "09:30", "10:00"]  # the first hour of a shift is inconvenient
    assert plan.status is Status.OPTIMAL
    assert plan.proved
    assert plan.gap < 1e-5  # what preferences may weigh


def test_more_people_than_cheap_columns_still_all_find_a_place(make: SimpleNamespace) -> None:
    plan = solve(crowd(make, 16))
    assert len(plan.placements) == 16
    assert plan.proved


@pytest.mark.parametrize("columns", [1, 3, 6])
def test_columns_left_out_at_first_are_let_in_where_they_matter(
    make: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    volume = tuple(10.0 + (7 * slot) % 11 for slot in range(96))
    problem = crowd(make, 6, curves=(make.curve(96, volume=volume),))
    whole = solve(problem)
    monkeypatch.setattr(additive, "CHEAPEST", columns)
    few = solve(problem)
    slack = 6 * PREFERENCE_MOST / 1e6
    assert few.cost == pytest.approx(whole.cost, abs=slack)
    assert few.proved
    assert few.bound == pytest.approx(few.cost, abs=slack)


def test_as_many_as_fit_are_placed_by_tier_and_the_others_hear_why(make: SimpleNamespace) -> None:
    problem = crowd(make, 3, facilitators=(make.leader(working=(make.span("09:00", "10:00"),)),))
    meetings = (problem.meetings[0], *(replace(m, tier=Tier.DUE) for m in problem.meetings[1:]))
    problem = replace(problem, meetings=meetings)
    plan = solve(problem)
    assert [placed.meeting_id for placed in plan.placements] == ["m-a1", "m-a2"]
    (failure,) = plan.failures
    assert failure.meeting_id == "m-a0"
    assert failure.conflict == {Rule.FACILITATOR}
    assert failure.contest is not None
    assert (failure.contest.rule, failure.contest.holder) == (Rule.FACILITATOR, "mo")
    assert failure.contest.winners == ("m-a1", "m-a2")
    assert (failure.contest.losers, failure.contest.places) == (("m-a0",), 2)
    assert failure.contest.window == make.span("09:00", "09:45")  # where they could start
    (offer,) = [each for each in failure.loosenings if each.rules == {Rule.FACILITATOR}]
    taken = [placed.interval for placed in plan.placements]
    assert not any(offer.placement.interval.overlaps(each) for each in taken)
    assert plan.proved
    assert check(problem, plan) == ()


def test_a_mandatory_meeting_outweighs_any_number_of_others(make: SimpleNamespace) -> None:
    problem = crowd(make, 4, facilitators=(make.leader(working=(make.span("09:00", "10:30"),)),))
    long = replace(problem.meetings[3], minutes=90, tier=Tier.MANDATORY)
    plan = solve(replace(problem, meetings=(*problem.meetings[:3], long)))
    assert [placed.meeting_id for placed in plan.placements] == ["m-a3"]


def test_one_attendees_meetings_share_a_day_only_where_the_cap_allows(
    make: SimpleNamespace,
) -> None:
    last = make.day + timedelta(days=1)
    pair = tuple(make.meeting(name, last=last) for name in ("m", "n"))
    one_a_day = solve(make.problem(days=2, meetings=pair))
    assert len({placed.interval.start.date() for placed in one_a_day.placements}) == 2
    capped = solve(make.problem(days=2, meetings=pair, limits=Limits(edge=0, offline_a_week=45)))
    assert len(capped.placements) == 1
    assert capped.failures[0].conflict == {Rule.ATTENDEE_CAP}
    eased = replace(
        make.problem(meetings=tuple(replace(m, last=make.day) for m in pair)),
        limits=Limits(edge=0, sessions_a_day=2),
    )
    assert len(solve(eased).placements) == 2


def test_a_room_is_the_smallest_that_is_free(make: SimpleNamespace) -> None:
    rooms = tuple(
        RoomChoice(id=name, site_id="leeds", capacity=size)
        for name, size in (("big", 6), ("b-small", 2), ("a-small", 2))
    )
    plan = solve(make.problem(rooms=rooms, meetings=(make.meeting(place=PlaceKind.ROOM),)))
    assert plan.placements[0].room_id == "a-small"
    assert plan.placements[0].place is PlaceKind.ROOM


def test_with_the_room_rule_loosened_a_session_goes_online(make: SimpleNamespace) -> None:
    meeting = make.meeting(place=PlaceKind.ROOM)
    plan = solve(make.problem(meetings=(meeting,), relaxed=frozenset({Rule.ROOM})))
    assert plan.placements[0].place is PlaceKind.ONLINE
    failed = solve(make.problem(meetings=(meeting,)))
    assert failed.status is Status.NOTHING_PLACED
    assert {Rule.ROOM} in [each.rules for each in failed.failures[0].loosenings]


def test_alternatives_are_on_other_days_where_there_are_any(make: SimpleNamespace) -> None:
    plan = solve(make.problem(days=5))
    days = [plan.placements[0].interval.start.date()]
    days += [offered.interval.start.date() for offered in plan.alternatives["m"]]
    assert len(set(days)) == 3


def test_alternatives_on_a_single_day_are_other_times(make: SimpleNamespace) -> None:
    problem = crowd(make, 4)
    plan = solve(problem)
    taken = [placed.interval for placed in plan.placements]
    for offered in plan.alternatives.values():
        assert len(offered) == 2
        assert not any(each.interval.overlaps(other) for each in offered for other in taken)
    assert check(problem, plan) == ()


def test_several_facilitators_are_placed_together_and_a_small_problem_is_proved(
    make: SimpleNamespace,
) -> None:
    problem = crowd(
        make,
        4,
        facilitators=(make.leader(), make.leader("lou")),
        curves=(make.curve(96, coverage=(8.5,) * 96),),
        limits=Limits(edge=0),
    )
    meetings = tuple(
        replace(meeting, facilitator_id=("mo", "lou")[number % 2])
        for number, meeting in enumerate(problem.meetings)
    )
    problem = replace(problem, meetings=meetings)
    plan = solve(problem)
    assert len(plan.placements) == 4
    assert plan.proved
    assert plan.status is Status.OPTIMAL
    assert plan.bound == pytest.approx(plan.cost, abs=4 * PREFERENCE_MOST / 1e6)
    assert check(problem, plan) == ()


def test_a_facilitator_who_takes_contacts_costs_as_well(make: SimpleNamespace) -> None:
    alone = solve(make.problem())
    problem = make.problem(facilitators=(make.leader(shares={"calls": 1.0}),))
    both = solve(problem)
    assert both.cost > 2 * alone.cost
    assert check(problem, both) == ()


def test_a_deadline_that_has_passed_leaves_a_sound_plan(make: SimpleNamespace) -> None:
    problem = crowd(make, 8)
    plan = solve(problem, deadline=lambda: True)
    assert len(plan.placements) == 8
    assert check(problem, plan) == ()


def test_nothing_asked_is_nothing_placed(make: SimpleNamespace) -> None:
    plan = solve(make.problem(meetings=()))
    assert plan.status is Status.NOTHING_PLACED
    assert plan.failures == ()


def test_the_funnel_counts_down_rule_by_rule(make: SimpleNamespace) -> None:
    off = (OffTime(interval=make.span("10:00", "16:00"), rule=Rule.EXCEPTION),)
    problem = make.problem(
        attendees=(make.agent("asha", off=off),),
        facilitators=(make.leader(working=(make.span("10:00", "16:00"),)),),
    )
    failure = solve(problem).failures[0]
    steps = {step.rule: (step.before, step.after) for step in failure.funnel}
    assert steps[Rule.DATES] == (95, 95)
    assert steps[Rule.ON_SHIFT] == (95, 31)
    assert steps[Rule.EXCEPTION] == (31, 7)
    assert steps[Rule.FACILITATOR] == (7, 0)
    assert failure.conflict == {Rule.EXCEPTION, Rule.FACILITATOR}


def test_nobody_is_offered_to_loosen_rest_absence_or_notice(make: SimpleNamespace) -> None:
    off = (OffTime(interval=make.span("08:00", "16:00"), rule=Rule.BREAK),)
    failure = solve(make.problem(attendees=(make.agent("asha", off=off),))).failures[0]
    assert failure.loosenings == ()
    late = solve(make.problem(now=make.span("15:00", "16:00").start)).failures[0]
    assert all(not each.rules & NEVER_RELAXED for each in late.loosenings)


def test_loosenings_are_the_smallest_sets_cheapest_first(make: SimpleNamespace) -> None:
    busy = (make.span("08:00", "12:00"),)
    volume = (20.0,) * 48 + (10.0,) * 48
    problem = make.problem(
        attendees=(make.agent("asha", busy=busy),),
        facilitators=(make.leader(working=(make.span("08:00", "12:00"),)),),
        curves=(make.curve(96, volume=volume),),
    )
    offers = solve(problem).failures[0].loosenings
    assert [each.rules for each in offers] == [{Rule.FACILITATOR}, {Rule.ATTENDEE_BUSY}]
    assert offers[0].placement.price < offers[1].placement.price
    assert offers[0].count == 15
    assert offers[0].placement.interval.start == make.span("12:00", "13:00").start


def test_the_next_days_are_offered_as_other_dates(make: SimpleNamespace) -> None:
    busy = (make.span("00:00", "23:45"),)
    problem = make.problem(
        days=3,
        attendees=(make.agent("asha", days=3, busy=busy),),
        meetings=(make.meeting(last=make.day),),
    )
    offers = solve(problem).failures[0].loosenings
    (later,) = [each for each in offers if each.rules == {Rule.DATES}]
    assert later.placement.interval.start == make.span("08:00", "09:00", day=1).start


@pytest.mark.parametrize("rule", [Rule.FLOOR, Rule.HEADS, Rule.PRICE])
def test_a_loosening_shows_what_it_would_cost(make: SimpleNamespace, rule: Rule) -> None:
    changes: dict[Rule, dict[str, object]] = {
        Rule.FLOOR: {"curves": (make.curve(96, coverage=(7.0,) * 96),)},
        Rule.HEADS: {"heads": (Heads(demand_id="calls", site_id="leeds", present=(2,) * 96),)},
        Rule.PRICE: {"meetings": (make.meeting(walk_away=0.0),)},
    }
    offers = solve(make.problem(**changes[rule])).failures[0].loosenings
    assert [each.rules for each in offers] == [{rule}]
    assert offers[0].placement.price > 0


def test_what_is_booked_takes_nothing_from_what_is_new(make: SimpleNamespace) -> None:
    """With one meeting booked the others are searched as they would be without it."""
    problem = crowd(make, 6, facilitators=(make.leader(), make.leader("lou")))
    meetings = tuple(
        replace(meeting, facilitator_id=("mo", "lou")[number % 2])
        for number, meeting in enumerate(problem.meetings)
    )
    problem = replace(problem, meetings=meetings)
    plan = solve(problem)
    again = solve(replace(problem, pinned=plan.placements[:1]))
    assert len(again.placements) == len(plan.placements) == 6
    assert again.cost == pytest.approx(plan.cost, rel=0.02)
    assert again.moved == ()
    assert check(replace(problem, pinned=plan.placements[:1]), again) == ()


def test_a_pin_outside_the_grid_or_in_no_room_is_told(make: SimpleNamespace) -> None:
    problem = crowd(make, 1)
    (placed,) = solve(problem).placements
    past = Interval(
        placed.interval.start - timedelta(days=3), placed.interval.end - timedelta(days=3)
    )
    for broken, word in (
        (replace(placed, interval=past), "grid"),
        (replace(placed, room_id="nix"), "nix"),
    ):
        with pytest.raises(ProblemError, match=word):
            replace(problem, pinned=(broken,))


def test_a_meeting_longer_than_the_grid_says_so(make: SimpleNamespace) -> None:
    problem = crowd(make, 1)
    long = replace(problem.meetings[0], minutes=480)
    short = replace(problem, meetings=(long,), grid=replace(problem.grid, slots=8), curves=())
    assert solve(short).failures[0].conflict == {Rule.DATES}
