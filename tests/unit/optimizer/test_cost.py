"""Prices by the definition, in integers."""

from fractions import Fraction
from math import exp, factorial
from types import SimpleNamespace

import numpy as np
import pytest

from scheduling.domain.centre import DemandKind
from scheduling.optimizer.cost import CostTable, cost_table, footprint
from scheduling.optimizer.queueing import (
    backlog_done,
    backlog_price,
    erlang_b,
    erlang_c_late,
)
from scheduling.optimizer.solve import solve


def priced(make: SimpleNamespace, **curve: object) -> CostTable:
    return cost_table(make.problem(curves=(make.curve(96, **curve),)))


def slopes(table: CostTable) -> list[int]:
    return table.slopes["calls"][40].tolist()


def erlang_b_by_definition(load: float, servers: int) -> float:
    terms = [load**n / factorial(n) for n in range(servers + 1)]
    return terms[-1] / sum(terms)


@pytest.mark.parametrize("load", [0.0, 0.4, 6.7, 60.0, 110.0])
def test_the_recursion_gives_erlang_b(load: float) -> None:
    first = max(0, int(load) - 3)
    found = erlang_b(np.asarray([load]), np.asarray([first]), 8)[0]
    exact = [erlang_b_by_definition(load, first + step) for step in range(8)]
    assert found == pytest.approx(exact, rel=1e-9)


def test_a_recursion_begun_below_a_large_load_agrees_with_one_from_zero() -> None:
    load = np.asarray([2000.0])
    short = erlang_b(load, np.asarray([1990]), 30)[0]
    whole = erlang_b(load, np.asarray([0]), 2020)[0][1990:]
    assert short == pytest.approx(whole, rel=1e-11)


def test_late_contacts_follow_erlang_c() -> None:
    volume, load, goal = np.asarray([20.0]), np.asarray([20 * 300 / 900]), np.asarray([20 / 300])
    late = erlang_c_late(volume, load, goal, np.asarray([6]), 4)[0]
    blocked = erlang_b_by_definition(load[0], 8)
    waiting = 8 * blocked / (8 - load[0] * (1 - blocked))
    assert late[0] == 20.0
    assert late[2] == pytest.approx(20 * waiting * exp(-(8 - load[0]) * 20 / 300))


def test_the_price_of_the_first_fte_is_its_slope_by_the_definition(make: SimpleNamespace) -> None:
    volume, load = np.asarray([20.0]), np.asarray([20 * 300 / 900])
    late = erlang_c_late(volume, load, np.asarray([20 / 300]), np.asarray([7]), 8)[0]
    falls = late[:-1] - late[1:]
    assert slopes(priced(make))[:2] == [
        round(1e6 * falls[2] / 60),
        round(1e6 * max(falls[1], falls[2]) / 60),
    ]


def test_fractional_coverage_lies_between_its_neighbours(make: SimpleNamespace) -> None:
    low, mid, high = (slopes(priced(make, coverage=(c,) * 96))[0] for c in (9.0, 9.5, 10.0))
    assert high < mid < low


def test_the_weight_multiplies_the_price(make: SimpleNamespace) -> None:
    assert slopes(priced(make, weight=3.0))[0] == pytest.approx(3 * slopes(priced(make))[0], abs=2)


def test_a_hopeless_interval_is_never_free(make: SimpleNamespace) -> None:
    """Raw lateness is flat there: started at coverage + 2 every meeting would be dumped in it."""
    hopeless = priced(make, coverage=(3.0,) * 96, required=(9.0,) * 96)
    healthy = priced(make, coverage=(12.0,) * 96)
    assert min(slopes(hopeless)) > 0
    assert slopes(hopeless)[0] > slopes(healthy)[0]


def test_a_quiet_slot_is_cheaper_than_a_tight_one(make: SimpleNamespace) -> None:
    volume = (20.0,) * 48 + (5.0,) * 48
    problem = make.problem(curves=(make.curve(96, volume=volume),))
    placed = solve(problem).placements[0]
    assert placed.interval.start >= make.span("12:00", "13:00").start


def test_what_our_earlier_bookings_took_moves_the_price_along_the_same_table(
    make: SimpleNamespace,
) -> None:
    table = cost_table(make.problem(curves=(make.curve(96, removed=(60,) * 96),)))
    zero, sixty = np.zeros(96, np.int64), np.full(96, 60)
    both = table.added("calls", zero, 120)
    apart = table.added("calls", zero, 60) + table.added("calls", sixty, 60)
    assert (both == apart).all()
    assert (table.added("calls", sixty, 60) >= table.added("calls", zero, 60)).all()
    assert len(slopes(table)) > len(slopes(priced(make)))


@pytest.mark.parametrize(
    ("shares", "part", "expected"),
    [
        ({"a": 1.0}, Fraction(1), {"a": 60}),
        ({"a": 1 / 3, "b": 1 / 3, "c": 1 / 3}, Fraction(1), {"a": 20, "b": 20, "c": 20}),
        ({"a": 0.58, "b": 0.29, "c": 0.13}, Fraction(1), {"a": 35, "b": 17, "c": 8}),
        ({"a": 0.5, "b": 0.25}, Fraction(1), {"a": 30, "b": 15}),
        ({"a": 0.5, "b": 0.5}, Fraction(1, 3), {"a": 10, "b": 10}),
        ({"a": 0.0, "b": 1.0}, Fraction(2, 3), {"b": 40}),
        ({}, Fraction(1), {}),
    ],
)
def test_a_footprint_is_rounded_by_largest_remainder(
    shares: dict[str, float], part: Fraction, expected: dict[str, int]
) -> None:
    assert footprint(shares, part) == expected


@pytest.mark.parametrize(
    ("shares", "part"),
    [
        pytest.param({"a": 1 / 60, "b": 6 / 60}, Fraction(6, 15), id="six-minutes"),
        pytest.param({"a": 1 / 60, "b": 7 / 60}, Fraction(1, 3), id="five-minutes"),
    ],
)
def test_equal_remainders_go_to_the_demands_id_and_not_to_the_nearer_binary_number(
    shares: dict[str, float], part: Fraction
) -> None:
    assert footprint(shares, part) == {"a": 1, "b": 2}


def test_a_backlog_is_worked_off_oldest_first() -> None:
    arrivals = np.asarray([10.0, 0.0, 0.0, 0.0])
    done = backlog_done(arrivals, np.asarray([4.0, 4.0, 4.0, 4.0]))
    assert done.tolist() == [4.0, 8.0, 10.0, 10.0]


def test_deferred_work_costs_where_it_makes_items_late_and_nothing_where_there_is_time() -> None:
    arrivals = np.asarray([4.0, 4.0, 0.0, 0.0, 4.0, 0.0, 0.0, 0.0])
    capacity, per_fte = np.full(8, 4.0), np.full(8, 2.0)
    prices = backlog_price(arrivals, capacity, per_fte, 0)
    assert prices[0] == pytest.approx(4.0)
    assert prices[3] == 0.0
    assert backlog_price(arrivals, capacity, per_fte, 2)[0] == 0.0


def test_a_hopeless_backlog_is_never_free() -> None:
    arrivals, capacity = np.full(8, 10.0), np.full(8, 4.0)
    prices = backlog_price(arrivals, capacity, np.full(8, 2.0), 1)
    assert (prices >= 2.0).all()


@pytest.mark.parametrize("kind", list(DemandKind))
def test_every_kind_of_demand_has_prices_that_never_fall(
    make: SimpleNamespace, kind: DemandKind
) -> None:
    table = priced(make, kind=kind, coverage=(7.5,) * 96)
    rows = table.slopes["calls"]
    assert (np.diff(rows, axis=1) >= 0).all()
    assert (rows >= 0).all()
