"""The cell model on packings small enough to see through."""

import numpy as np

from scheduling.optimizer.exact.cells import cannot_all_be, solve_cells, solve_whole
from scheduling.optimizer.loads import spare_charges
from scheduling.optimizer.packing import Packing
from tests.support.packings import After, Option, Wanted, small_packing

NONE = -1


def chosen_by(packing: Packing) -> list[int]:
    packed = solve_whole(packing, effort=1.0)
    assert packed is not None
    assert packed.cost - packed.bound == spare_charges(packing, packed.chosen)
    return list(packed.chosen.tolist())


def two_in(cells: tuple[int, int]) -> list[Wanted]:
    """Return two requests, each with a start in either of two cells, one FTE each."""
    options = tuple(Option(start=place, cells={cell: 60}) for place, cell in enumerate(cells))
    return [Wanted(options=options), Wanted(options=options)]


def test_the_second_fte_from_a_cell_costs_more_and_goes_elsewhere() -> None:
    packing = small_packing(two_in((0, 1)), slopes=[[1, 9], [5]])
    assert sorted(chosen_by(packing)) in ([0, 3], [1, 2])


def test_a_floor_keeps_the_second_off_a_cell_that_costs_nothing() -> None:
    packing = small_packing(two_in((0, 1)), slopes=[[0], [5]], most=[60, 60])
    assert sorted(chosen_by(packing)) in ([0, 3], [1, 2])


def test_what_a_moved_break_gives_back_is_used_by_the_other() -> None:
    gives = Wanted(options=(Option(start=0, cells={0: -60}), Option(start=1)))
    takes = Wanted(options=(Option(start=0, cells={0: 60}), Option(start=1, cells={1: 60})))
    packing = small_packing([gives, takes], slopes=[[0, 9], [3]], most=[60, 60])
    packing.removed[0] = 60
    assert chosen_by(packing) == [0, 2]


def test_the_mandatory_one_wins_the_only_place() -> None:
    one = (Option(start=0, rows={0: 1}),)
    packing = small_packing([Wanted(options=one), Wanted(options=one, tier=0)])
    assert chosen_by(packing) == [NONE, 1]


def test_above_its_walk_away_price_a_request_fails() -> None:
    option = (Option(start=0, cells={0: 60}),)
    dear, willing = Wanted(options=option, walk_away=59), Wanted(options=option, walk_away=61)
    assert chosen_by(small_packing([dear], slopes=[[1]])) == [NONE]
    assert chosen_by(small_packing([willing], slopes=[[1]])) == [0]


def test_a_booked_meeting_moves_only_for_more_than_the_price_of_moving() -> None:
    options = (Option(start=0, cells={0: 60}), Option(start=1))
    held = {"held": np.array([0])}
    cheap = small_packing([Wanted(options=options)], slopes=[[1]], move_price=59, **held)
    dear = small_packing([Wanted(options=options)], slopes=[[1]], move_price=61, **held)
    assert chosen_by(cheap) == [1]
    assert chosen_by(dear) == [0]


def test_a_series_keeps_its_order_and_its_days() -> None:
    options = tuple(Option(start=8 * day) for day in range(4))
    cheap_days = [Wanted(options=options[1:]), Wanted(options=options[:3])]
    packing = small_packing(cheap_days, spacing=[After(earlier=0, later=1, least=1, most=1)])
    assert chosen_by(packing) == [0, 5]


def test_with_no_days_between_the_later_one_still_starts_later() -> None:
    options = (Option(start=3), Option(start=5))
    packing = small_packing(
        [Wanted(options=options), Wanted(options=options)],
        spacing=[After(earlier=0, later=1, least=0)],
    )
    assert chosen_by(packing) == [0, 3]


def test_requests_outside_the_columns_stay_and_are_in_the_way() -> None:
    options = (Option(start=0, rows={0: 1}), Option(start=1, cells={0: 60}))
    packing = small_packing([Wanted(options=options), Wanted(options=options)], slopes=[[1]])
    solved = solve_cells(packing, {1: np.array([2, 3])}, np.array([0, 3]), effort=1.0)
    assert solved is not None
    assert solved.chosen.tolist() == [0, 3]
    assert solved.saved == solved.open == 0


def test_three_cannot_share_two_places() -> None:
    options = tuple(Option(start=slot, rows={slot: 1}) for slot in range(2))
    packing = small_packing([Wanted(options=options)] * 3, capacity=(1, 1))
    assert cannot_all_be(packing, [0, 1, 2], effort=1.0)
    assert not cannot_all_be(packing, [0, 2], effort=1.0)
