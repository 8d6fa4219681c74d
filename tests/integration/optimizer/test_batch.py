"""The batch search over packings of some size: stages, guard, repair, and nothing to do."""

from dataclasses import replace

import numpy as np
import pytest

from scheduling.optimizer.batch.columns import columns_of
from scheduling.optimizer.batch.greedy import first_fit, hardest_first
from scheduling.optimizer.batch.pipeline import pack
from scheduling.optimizer.batch.repair import repair
from scheduling.optimizer.batch.state import cost_of, state_of
from scheduling.optimizer.packing import NO_LIMIT, NO_PRICE_LIMIT, Int64, Packing

SLOTS, TEAMS = 40, 6


def packing_of(requests: int) -> Packing:
    """Return meetings of two slots, any start, a facilitator per team and one demand of all."""
    random = np.random.default_rng(7)
    start = np.tile(np.arange(SLOTS - 1), requests)
    slots = start[:, None] + np.arange(2)
    team = np.repeat(np.arange(requests) % TEAMS, SLOTS - 1)
    slopes = np.sort(random.integers(0, 500, (SLOTS, 5)), axis=1)
    return Packing(
        meeting_ids=tuple(f"m{number}" for number in range(requests)),
        tier=np.full(requests, 2, np.int8),
        walk_away=np.full(requests, NO_PRICE_LIMIT),
        first=np.arange(requests + 1) * (SLOTS - 1),
        start=start.astype(np.int32),
        day=np.zeros(len(start), np.int32),
        preference=np.zeros(len(start), np.int32),
        cell_first=np.arange(len(start) + 1) * 2,
        cell=slots.ravel().astype(np.int32),
        units=np.full(2 * len(start), 60, np.int16),
        row_first=np.arange(len(start) + 1) * 2,
        row=(slots + SLOTS * team[:, None]).ravel().astype(np.int32),
        takes=np.ones(2 * len(start), np.int16),
        capacity=np.ones(SLOTS * TEAMS, np.int32),
        row_holder=np.zeros(SLOTS * TEAMS, np.int32),
        holders=(("facilitator", "f"),),
        slopes=slopes,
        filled=60 * (slopes.cumsum(axis=1) - slopes),
        removed=np.zeros(SLOTS, np.int32),
        most=np.full(SLOTS, NO_LIMIT, np.int32),
        cell_demand=np.zeros(SLOTS, np.int32),
        cell_slot=np.arange(SLOTS, dtype=np.int32),
        demand_ids=("calls",),
        pair_first=np.zeros(requests + 1, np.int64),
        pair=np.zeros(0, np.int32),
        pair_least=np.zeros(0, np.int32),
        pair_most=np.zeros(0, np.int32),
        pair_later=np.zeros(0, np.int8),
        held=np.full(requests, -1),
        fixed=np.zeros(requests, np.int8),
        move_price=10_000,
    )


def cost(packing: Packing, chosen: Int64) -> int:
    columns = columns_of(packing)
    return cost_of(columns, state_of(columns, chosen))


@pytest.fixture(scope="module")
def packing() -> Packing:
    return packing_of(60)


def test_the_search_beats_greedy_and_ends_near_its_bound(packing: Packing) -> None:
    packed = pack(packing, effort=1)
    assert (packed.chosen >= 0).all()
    assert packed.cost <= cost(packing, hardest_first(packing)) < cost(packing, first_fit(packing))
    assert packed.cost - packed.bound <= 0.03 * packed.cost


def test_ejection_places_nearly_all_that_a_facilitator_has_time_for() -> None:
    crowded = packing_of(TEAMS * (SLOTS // 2) + 12)
    packed = pack(crowded, effort=1)
    placed, greedy = (packed.chosen >= 0).sum(), (hardest_first(crowded) >= 0).sum()
    assert greedy < 0.97 * TEAMS * (SLOTS // 2) <= placed
    assert packed.bound <= packed.cost


def test_a_guard_ends_the_search_with_a_plan_and_says_so(packing: Packing) -> None:
    packed = pack(packing, effort=1, deadline=lambda: True)
    assert packed.guarded
    assert (packed.chosen >= 0).all()
    assert packed.bound <= packed.cost


def test_whoever_looks_on_hears_of_every_stage(packing: Packing) -> None:
    heard: dict[str, float] = {}
    pack(packing, effort=1, progress=heard.__setitem__)
    assert list(heard) == ["prices", "rounding", "sweeps", "annealing"]


def test_repair_moves_nobody_where_what_broke_finds_a_free_place(packing: Packing) -> None:
    held = pack(packing, effort=1).chosen.copy()
    held[:5] = -1
    repaired = repair(replace(packing, held=held))
    assert (repaired.chosen[5:] == held[5:]).all()
    assert (repaired.chosen >= 0).all()


def test_no_request_at_all_costs_nothing() -> None:
    packed = pack(packing_of(0), effort=1)
    assert (packed.cost, packed.bound, len(packed.chosen)) == (0, 0, 0)
