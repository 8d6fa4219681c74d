"""The price model: what adds up, what is proved, who gives way."""

import numpy as np

from scheduling.optimizer.exact.additive import CHEAPEST, adds_up, choose
from tests.support.packings import Option, Wanted, small_packing


def slots(count: int, *, first: int = 0, price: int = 0) -> tuple[Option, ...]:
    """Return starts of one slot each, all of one facilitator, the n-th in cell n."""
    every = range(first, first + count)
    return tuple(Option(start=slot, cells={slot: 1 + price}, rows={slot: 1}) for slot in every)


def test_costs_add_up_where_a_facilitator_keeps_the_meetings_apart() -> None:
    wanted = [Wanted(options=slots(3)), Wanted(options=slots(3))]
    assert adds_up(small_packing(wanted, slopes=[[1]] * 3, capacity=[1] * 3))
    assert not adds_up(small_packing(wanted, slopes=[[1]] * 3, capacity=[2] * 3))


def test_costs_add_up_where_nobody_shares_a_cell() -> None:
    wanted = [Wanted(options=(Option(start=0, cells={cell: 60}),)) for cell in range(2)]
    assert adds_up(small_packing(wanted, slopes=[[1]] * 2))


def test_equal_prices_are_settled_in_order_of_request_and_start() -> None:
    packing = small_packing([Wanted(options=slots(4))] * 3, slopes=[[0]] * 4, capacity=[1] * 4)
    packed = choose(packing)
    assert packing.start[packed.chosen].tolist() == [0, 1, 2]
    assert packed.bound == packed.cost == 0


def test_candidates_left_out_at_first_are_let_in_where_they_matter() -> None:
    count = CHEAPEST + 4
    wanted = [Wanted(options=slots(count))] * (CHEAPEST + 2)
    slopes = [[1 + place] for place in range(count)]
    packing = small_packing(wanted, slopes=slopes, capacity=[1] * count)
    packed = choose(packing)
    assert (packed.chosen >= 0).all()
    assert packed.bound == packed.cost == sum(range(1, CHEAPEST + 3))


def test_a_guard_that_strikes_leaves_a_sound_bound_and_says_so_where_more_was_to_try() -> None:
    count = CHEAPEST + 4
    wanted = [Wanted(options=slots(count))] * (CHEAPEST + 2)
    slopes = [[1 + place] for place in range(count)]
    packing = small_packing(wanted, slopes=slopes, capacity=[1] * count)
    packed = choose(packing, deadline=lambda: True)
    assert packed.bound <= packed.cost
    assert packed.guarded == (packed.bound < packed.cost)


def test_as_many_as_fit_are_placed_the_higher_tier_first() -> None:
    wanted = [Wanted(options=slots(2), tier=tier) for tier in (2, 1, 0)]
    packed = choose(small_packing(wanted, slopes=[[1], [2]], capacity=[1, 1]))
    assert (packed.chosen >= 0).tolist() == [False, True, True]
    assert packed.bound == packed.cost == 3


def test_a_start_above_the_walk_away_price_is_none() -> None:
    packing = small_packing([Wanted(options=slots(1), walk_away=4)], slopes=[[5]], capacity=[1])
    assert choose(packing).chosen.tolist() == [-1]


def test_who_may_walk_away_does_so_rather_than_cost_the_other_more() -> None:
    both, one = slots(2), slots(1)
    wanted = [Wanted(options=both), Wanted(options=one, walk_away=8)]
    packed = choose(small_packing(wanted, slopes=[[1], [20]], capacity=[1, 1]))
    assert packed.chosen.tolist() == [0, -1]


def test_a_fixed_booking_keeps_its_place() -> None:
    packing = small_packing(
        [Wanted(options=slots(2)), Wanted(options=slots(2))],
        slopes=[[1], [5]],
        capacity=[1, 1],
        held=np.array([-1, 2]),
        fixed=np.array([0, 1], np.int8),
    )
    assert choose(packing).chosen.tolist() == [1, 2]


def test_nothing_that_can_start_is_nothing_placed() -> None:
    packed = choose(small_packing([Wanted(options=())]))
    assert packed.chosen.tolist() == [-1]
    assert packed.cost == packed.bound == 0
