"""A packing in small: candidates, rows that can bind, spacing, pins and preferences."""

from dataclasses import replace
from datetime import time, timedelta
from types import SimpleNamespace

import numpy as np
import pytest

from scheduling.domain.meetings import PlaceKind
from scheduling.domain.times import WallWindow
from scheduling.optimizer.check.whole import check
from scheduling.optimizer.lattice.whole import Lattice
from scheduling.optimizer.pack.whole import packing_of
from scheduling.optimizer.packing import NO_LIMIT, Packing
from scheduling.optimizer.plan import Placement
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.solve import solve
from scheduling.optimizer.wanted import Limits, Preference, Series


def packed(problem: Problem) -> Packing:
    return packing_of(Lattice.of(problem))


def test_one_meeting_by_itself_needs_no_rows(make: SimpleNamespace) -> None:
    packing = packed(make.problem())
    assert packing.start.tolist() == list(range(make.slot("08:00"), make.slot("15:45")))
    assert len(packing.capacity) == 0
    assert packing.units[:2].tolist() == [60, 60]
    assert packing.cell_slot[packing.cell[:2]].tolist() == [32, 33]


def test_two_meetings_of_one_facilitator_share_their_slots(make: SimpleNamespace) -> None:
    people = (make.agent("asha"), make.agent("bo"))
    meetings = (make.meeting("m"), make.meeting("n", "bo"))
    packing = packed(make.problem(attendees=people, meetings=meetings))
    assert set(packing.holders) == {("facilitator", "mo")}
    assert (packing.capacity == 1).all()
    assert len(packing.capacity) == 32


def test_a_pinned_meeting_is_held_where_it_is_and_fixed_within_the_freeze(
    make: SimpleNamespace,
) -> None:
    start = make.span("10:00", "10:30")
    pin = Placement(meeting_id="m", interval=start, place=PlaceKind.ONLINE, room_id=None)
    now = start.start - timedelta(minutes=30)
    held = packed(make.problem(pinned=(pin,), now=now))
    assert held.start[held.held[0]] == make.slot("10:00")
    assert held.fixed.tolist() == [0]
    frozen = packed(make.problem(pinned=(pin,), now=now, limits=Limits(edge=0, freeze=60)))
    assert frozen.fixed.tolist() == [1]
    assert frozen.start.tolist() == [make.slot("10:00")]


def test_spacing_is_told_from_both_sides(make: SimpleNamespace) -> None:
    meetings = tuple(make.meeting(name) for name in "mno")
    series = (Series(id="s", meeting_ids=("m", "n", "o"), least=1, most=5),)
    packing = packed(make.problem(meetings=meetings, series=series))
    assert packing.pair.tolist() == [1, 2, 0, 2, 0, 1]
    assert packing.pair_later.tolist() == [1, 1, -1, 1, -1, -1]
    assert packing.pair_most.tolist() == [5, NO_LIMIT, 5, 5, NO_LIMIT, 5]


def test_preferences_and_fairness_weigh_little(make: SimpleNamespace) -> None:
    wish = Preference(window=WallWindow(time(12), time(13)), weight=7)
    asha = make.agent("asha", inconvenient=1)
    packing = packed(make.problem(attendees=(asha,), limits=Limits(edge=0, preferences=(wish,))))
    weight = dict(zip(packing.start.tolist(), packing.preference.tolist(), strict=True))
    assert weight[make.slot("08:00")] == 40
    assert weight[make.slot("12:00")] == 7
    assert weight[make.slot("10:00")] == 0


def test_a_meeting_that_costs_more_than_it_is_worth_has_no_candidates(
    make: SimpleNamespace,
) -> None:
    packing = packed(make.problem(meetings=(make.meeting(walk_away=0.0),)))
    assert packing.candidates == 0
    assert np.diff(packing.first).tolist() == [0]


LOOSE, STRICT = Limits(edge=0, sessions_a_day=3), Limits(edge=0, sessions_a_day=2)


@pytest.mark.parametrize(
    ("sets", "placed"),
    [
        ((None, None, None), 2),  # a looser set that nobody uses changes nothing
        (("loose", "loose", "loose"), 3),
        ((None, "loose", "loose"), 2),
    ],
)
def test_the_strictest_limits_of_those_placed_on_a_day_hold_for_all_of_them(
    make: SimpleNamespace, sets: tuple[str | None, ...], placed: int
) -> None:
    problem = make.problem(
        meetings=tuple(make.meeting(f"m{place}", limit_set=one) for place, one in enumerate(sets)),
        limits=STRICT,
        limit_sets={"loose": LOOSE},
    )
    plan = solve(problem)
    assert len(plan.placements) == placed
    assert check(problem, plan) == ()


def test_limits_that_are_meant_as_none_count_too(make: SimpleNamespace) -> None:
    endless = replace(LOOSE, offline_a_day=10**9, offline_a_week=10**9)
    problem = make.problem(
        meetings=(make.meeting("m0", limit_set="endless"), make.meeting("m1")),
        limits=replace(STRICT, offline_a_week=60),
        limit_sets={"endless": endless},
    )
    assert len(solve(problem).placements) == 2
