"""Neighbourhoods placed anew."""

import numpy as np

from scheduling.optimizer.exact.lns import improve
from scheduling.optimizer.loads import cost_of, placed_by_tier
from scheduling.optimizer.packing import Packed, Packing
from tests.support.packings import Option, Wanted, feasible, small_packing


def crowd() -> Packing:
    """Return six requests that all sit in one dear cell at first, with room elsewhere."""
    options = tuple(Option(start=slot, cells={slot: 60}, rows={slot: 1}) for slot in range(6))
    slopes = [[3, 9], [1, 9], [2, 9], [1, 4], [2, 4], [9, 9]]
    return small_packing([Wanted(options=options)] * 6, slopes=slopes, capacity=[6] * 6)


def begun(packing: Packing) -> Packed:
    chosen = packing.first[:-1].copy()
    return Packed(chosen=chosen, cost=cost_of(packing, chosen), bound=0, stage="greedy")


def test_a_neighbourhood_of_all_finds_the_best_of_all() -> None:
    packing = crowd()
    better = improve(packing, begun(packing), effort=1)
    assert better.cost == 60 * (1 + 1 + 2 + 2 + 3 + 4)
    assert better.cost == cost_of(packing, better.chosen)
    assert feasible(packing, better.chosen)
    assert better.stage == "neighbourhoods"
    assert not better.guarded


def test_who_failed_is_placed_where_there_is_room_and_nobody_is_dropped() -> None:
    packing = crowd()
    start = begun(packing)
    start.chosen[4] = -1
    better = improve(packing, start, effort=2)
    assert placed_by_tier(packing, better.chosen) == (0, 0, 6)


def test_the_same_seed_gives_the_same_choice() -> None:
    one, other = (improve(crowd(), begun(crowd()), effort=3) for _ in range(2))
    assert one.chosen.tobytes() == other.chosen.tobytes()


def test_a_guard_that_strikes_at_once_leaves_the_plan_and_says_so() -> None:
    packing = crowd()
    same = improve(packing, begun(packing), effort=3, deadline=lambda: True)
    assert same.guarded
    assert same.chosen.tolist() == begun(packing).chosen.tolist()


def test_progress_counts_the_neighbourhoods() -> None:
    heard: list[tuple[int, int]] = []
    packing = crowd()
    better = improve(
        packing, begun(packing), effort=2, progress=lambda done, cost: heard.append((done, cost))
    )
    assert heard[-1] == (2, better.cost)


def test_fixed_bookings_stay() -> None:
    packing = crowd()
    start = begun(packing)
    packing.held[:] = start.chosen
    packing.fixed[:] = 1
    assert np.array_equal(improve(packing, start, effort=2).chosen, start.chosen)
