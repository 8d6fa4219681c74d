"""The models on packings of the size they are meant for."""

import numpy as np

from scheduling.optimizer.exact.cells import solve_whole
from scheduling.optimizer.exact.lns import improve
from scheduling.optimizer.loads import Loads, cost_of
from scheduling.optimizer.packing import Int64, Packed, Packing
from tests.support.packings import Option, Wanted, feasible, small_packing

SLOTS = 40


def centre(teams: int, people: int, starts: int) -> Packing:
    """Return teams of one facilitator each, whose agents share two demands over one week."""
    random = np.random.default_rng([teams, people])
    wanted: list[Wanted] = []
    for number in range(teams * people):
        team, skills = number // people, random.permutation(2)[: 1 + number % 2]
        first = np.sort(random.choice(SLOTS - 1, starts, replace=False))
        wanted.append(
            Wanted(
                options=tuple(
                    Option(
                        start=int(slot),
                        cells={
                            int(skill) * SLOTS + int(at): 60 // len(skills)
                            for skill in skills
                            for at in (slot, slot + 1)
                        },
                        rows={team * SLOTS + int(at): 1 for at in (slot, slot + 1)},
                    )
                    for slot in first
                )
            )
        )
    slopes = np.cumsum(random.integers(0, 3000, (2 * SLOTS, 4)), axis=1)
    return small_packing(wanted, slopes=slopes.tolist(), capacity=[1] * (teams * SLOTS))


def first_fit(packing: Packing) -> Int64:
    chosen = np.full(packing.requests, -1, np.int64)
    for request in range(packing.requests):
        for candidate in range(packing.first[request], packing.first[request + 1]):
            chosen[request] = candidate
            if feasible(packing, chosen):
                break
            chosen[request] = -1
    return chosen


def test_three_facilitators_twelve_meetings_are_proved_best() -> None:
    packing = centre(3, 4, 25)
    packed = solve_whole(packing, effort=20.0)
    assert packed is not None
    assert packed.cost == packed.bound
    assert packed.cost < cost_of(packing, first_fit(packing))


def test_a_packing_that_is_too_large_is_refused() -> None:
    assert solve_whole(centre(12, 9, 30), effort=1.0) is None


def test_neighbourhoods_better_a_plan_the_same_way_each_time() -> None:
    packing = centre(12, 9, 30)
    begun = first_fit(packing)
    start = Packed(chosen=begun, cost=cost_of(packing, begun), bound=0, stage="first fit")
    one, other = (improve(packing, start, effort=4) for _ in range(2))
    assert one.chosen.tobytes() == other.chosen.tobytes()
    assert one.cost < 0.8 * start.cost
    assert feasible(packing, one.chosen)
    assert np.all(Loads.of(packing, one.chosen).rows <= packing.capacity)
