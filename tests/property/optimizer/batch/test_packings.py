"""What holds of every choice, whatever the packing: tiny packings against all their choices."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.optimizer.batch.greedy import best_fit, first_fit, hardest_first, random_feasible
from scheduling.optimizer.batch.pipeline import pack
from scheduling.optimizer.batch.repair import repair
from scheduling.optimizer.packing import NO_LIMIT, NO_PRICE_LIMIT, Int64, Packing

CELLS, SEGMENTS, ROWS = 4, 3, 4
FEW = settings(max_examples=40, deadline=None)


def runs(sizes: list[int]) -> Int64:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def ints(low: int, high: int, count: int) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(low, high), min_size=count, max_size=count)


@st.composite
def entries(draw: st.DrawFn, candidates: int, places: int) -> tuple[Int64, Int64]:
    one = st.sets(st.integers(0, places - 1), max_size=2).map(sorted)
    taken = draw(st.lists(one, min_size=candidates, max_size=candidates))
    flat = [place for each in taken for place in each]
    return runs([len(each) for each in taken]), np.array(flat, np.int64)


@st.composite
def packings(draw: st.DrawFn) -> Packing:
    """Up to four requests with up to four candidates each: floors, rows, walk-away prices, tiers."""
    sizes = draw(st.lists(st.integers(0, 4), min_size=1, max_size=4))
    requests, candidates = len(sizes), sum(sizes)
    start = np.array([slot for size in sizes for slot in sorted(draw(ints(0, 9, size)))], np.int32)
    cell_first, cell = draw(entries(candidates, CELLS))
    row_first, row = draw(entries(candidates, ROWS))
    units = [each or 1 for each in draw(ints(draw(st.sampled_from([1, -40])), 120, len(cell)))]
    slopes = np.sort(np.reshape(draw(ints(0, 30, CELLS * SEGMENTS)), (CELLS, SEGMENTS)), axis=1)
    floors = draw(st.lists(st.sampled_from([NO_LIMIT, 60, 100, 200]), min_size=4, max_size=4))
    limit = st.sampled_from([NO_PRICE_LIMIT, 500, 2000])
    return Packing(
        meeting_ids=tuple(f"m{number}" for number in range(requests)),
        tier=np.array(draw(ints(0, 2, requests)), np.int8),
        walk_away=np.array(draw(st.lists(limit, min_size=requests, max_size=requests)), np.int64),
        first=runs(sizes),
        start=start,
        day=start // 2,
        preference=np.array(draw(ints(0, 200, candidates)), np.int32),
        cell_first=cell_first,
        cell=cell.astype(np.int32),
        units=np.array(units, np.int16),
        row_first=row_first,
        row=row.astype(np.int32),
        takes=np.ones(len(row), np.int16),
        capacity=np.array(draw(ints(0, 2, ROWS)), np.int32),
        row_holder=np.zeros(ROWS, np.int32),
        holders=(("facilitator", "f"),),
        slopes=slopes,
        filled=60 * (slopes.cumsum(axis=1) - slopes),
        removed=np.array(draw(ints(0, 70, CELLS)), np.int32),
        most=np.array(floors, np.int32),
        cell_demand=np.zeros(CELLS, np.int32),
        cell_slot=np.arange(CELLS, dtype=np.int32),
        demand_ids=("calls",),
        held=np.full(requests, -1, np.int64),
        fixed=np.zeros(requests, np.int8),
        move_price=1000,
        seed=draw(st.integers(0, 3)),
        **series(requests, draw(st.integers(0, 2))),
    )


def series(requests: int, least: int) -> dict[str, Any]:
    """Return the spacing of the first two requests, ``least`` to three days apart; 0 for none."""
    paired = least > 0 and requests > 1
    return {
        "pair_first": runs([int(paired and number < 2) for number in range(requests)]),
        "pair": np.array([1, 0] if paired else [], np.int32),
        "pair_least": np.full(2 * paired, least, np.int32),
        "pair_most": np.full(2 * paired, 3, np.int32),
        "pair_later": np.array([1, -1] if paired else [], np.int8),
    }


def total(packing: Packing, cell: int, units: int) -> int:
    """F by the unit: the price of each, one after the other."""
    prices = packing.slopes[cell]
    each = [int(prices[min(unit // 60, SEGMENTS - 1)]) for unit in range(max(0, units))]
    return sum(each) + min(0, units) * int(prices[0])


def loads(packing: Packing, choice: Iterator[int] | Int64) -> tuple[Int64, Int64, Int64]:
    """Return the units of each cell, whether any is positive, and the takes of each row."""
    units, takers, used = (np.zeros(size, np.int64) for size in (CELLS, CELLS, ROWS))
    for candidate in choice:
        if candidate >= 0:
            cells = slice(*packing.cell_first[candidate : candidate + 2])
            units[packing.cell[cells]] += packing.units[cells]
            takers[packing.cell[cells]] += packing.units[cells] > 0
            used[packing.row[slice(*packing.row_first[candidate : candidate + 2])]] += 1
    return units, takers, used


def cost(packing: Packing, choice: Int64) -> int:
    units, _, _ = loads(packing, choice)
    removed = [int(each) for each in packing.removed]
    return sum(
        total(packing, cell, removed[cell] + int(units[cell])) - total(packing, cell, removed[cell])
        for cell in range(CELLS)
    )


def is_valid(packing: Packing, choice: Int64) -> bool:
    units, takers, used = loads(packing, choice)
    below_floor = (takers > 0) & (packing.removed + units > packing.most)
    return (
        bool((used <= packing.capacity).all()) and not below_floor.any() and spaced(packing, choice)
    )


def spaced(packing: Packing, choice: Int64) -> bool:
    if not len(packing.pair) or min(choice[0], choice[1]) < 0:
        return True
    days = int(packing.day[choice[1]] - packing.day[choice[0]])
    return bool(packing.pair_least[0] <= days <= packing.pair_most[0])


def placed(packing: Packing, choice: Int64) -> tuple[int, ...]:
    return tuple(int(((choice >= 0) & (packing.tier == tier)).sum()) for tier in range(3))


def choices(packing: Packing) -> Iterator[Int64]:
    sizes = zip(packing.first[:-1], packing.first[1:], strict=True)
    for choice in product(*([-1, *range(begin, end)] for begin, end in sizes)):
        if is_valid(packing, np.array(choice)):
            yield np.array(choice)


@FEW
@given(packings())
def test_a_choice_breaks_no_rule_and_its_cost_is_exact(packing: Packing) -> None:
    packed = pack(packing, effort=1)
    assert is_valid(packing, packed.chosen)
    assert packed.cost == cost(packing, packed.chosen)


@FEW
@given(packings())
def test_the_bound_is_below_every_choice_that_places_as_much(packing: Packing) -> None:
    packed = pack(packing, effort=1)
    ours = placed(packing, packed.chosen)
    rivals = [
        cost(packing, each)
        for each in choices(packing)
        if all(np.array(placed(packing, each)) >= ours)
    ]
    assert packed.bound <= min(rivals) <= packed.cost


@FEW
@given(packings())
def test_urgent_tiers_are_placed_first_and_as_many_as_can_be(packing: Packing) -> None:
    free = replace(packing, walk_away=np.full(packing.requests, NO_PRICE_LIMIT))
    packed = pack(free, effort=1)
    assert placed(free, packed.chosen) == max(placed(free, each) for each in choices(free))


@FEW
@given(packings())
def test_nobody_pays_more_than_their_walk_away_price(packing: Packing) -> None:
    chosen = pack(packing, effort=1).chosen
    for request in np.flatnonzero(chosen >= 0):
        without = chosen.copy()
        without[request] = -1
        price = cost(packing, chosen) - cost(packing, without)
        assert price <= packing.walk_away[request]


@FEW
@given(packings())
def test_the_same_packing_gives_the_same_bytes(packing: Packing) -> None:
    one, other = pack(packing, effort=1), pack(packing, effort=1)
    assert one.chosen.tobytes() == other.chosen.tobytes()
    assert (one.cost, one.bound, one.stage) == (other.cost, other.bound, other.stage)


@FEW
@given(packings())
def test_a_baseline_breaks_no_rule(packing: Packing) -> None:
    for baseline in (first_fit, random_feasible, best_fit, hardest_first):
        assert is_valid(packing, baseline(packing))


@FEW
@given(packings(), st.integers(0, 3))
def test_repair_keeps_what_is_booked_but_for_one_that_makes_way(
    packing: Packing, broken: int
) -> None:
    held = pack(packing, effort=1).chosen.copy()
    held[broken % packing.requests] = -1
    booked = int((held >= 0).sum())
    packed = repair(replace(packing, held=held))
    assert is_valid(packing, packed.chosen)
    assert packed.cost == cost(packing, packed.chosen) >= packed.bound
    kept = int(((packed.chosen == held) & (held >= 0)).sum())
    assert kept >= booked - int((packed.chosen[held < 0] >= 0).sum())
    assert (packed.chosen[held >= 0] >= 0).all()


@FEW
@given(packings())
def test_what_is_fixed_stays_and_what_is_booked_is_not_dropped_for_its_price(
    packing: Packing,
) -> None:
    held = hardest_first(packing)
    fixed = (held >= 0).astype(np.int8)
    packed = pack(replace(packing, held=held, fixed=fixed), effort=1)
    assert (packed.chosen[held >= 0] == held[held >= 0]).all()
