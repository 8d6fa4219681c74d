"""Small random packings: the models against trying everything, and against each other."""

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.optimizer.exact.additive import adds_up, choose
from scheduling.optimizer.exact.cells import solve_whole
from scheduling.optimizer.exact.lns import improve
from scheduling.optimizer.loads import cost_of, placed_by_tier, spare_charges
from scheduling.optimizer.packing import NO_LIMIT, NO_PRICE_LIMIT, Packed, Packing
from tests.support.packings import (
    After,
    Option,
    Wanted,
    best_of_all,
    feasible,
    small_packing,
    weight,
)

CELLS, ROWS = 4, 3
SLOPES = st.lists(
    st.lists(st.integers(0, 9), min_size=4, max_size=4).map(sorted), min_size=CELLS, max_size=CELLS
)


@st.composite
def packings(draw: st.DrawFn, *, walk_away: bool = False) -> Packing:
    """Return up to four requests with up to four starts each, over shared cells and rows."""
    options = st.builds(
        Option,
        start=st.integers(0, 39),
        cells=st.dictionaries(
            st.integers(0, CELLS - 1), st.sampled_from((60, 30, 20, -15)), max_size=3
        ),
        rows=st.dictionaries(st.integers(0, ROWS - 1), st.integers(1, 2), max_size=2),
        preference=st.integers(0, 3),
    )
    several = st.lists(options, max_size=4, unique_by=lambda option: option.start)
    prices = st.integers(0, 600) if walk_away else st.just(NO_PRICE_LIMIT)
    request = st.builds(
        Wanted,
        options=several.map(lambda each: tuple(sorted(each, key=lambda option: option.start))),
        tier=st.integers(0, 2),
        walk_away=prices,
    )
    apart = st.builds(
        After,
        earlier=st.just(0),
        later=st.just(1),
        least=st.integers(0, 2),
        most=st.sampled_from((3, NO_LIMIT)),
    )
    return small_packing(
        draw(st.lists(request, min_size=2, max_size=4)),
        slopes=draw(SLOPES),
        capacity=draw(st.lists(st.integers(1, 3), min_size=ROWS, max_size=ROWS)),
        most=draw(st.lists(st.sampled_from((60, 90, NO_LIMIT)), min_size=CELLS, max_size=CELLS)),
        spacing=draw(st.lists(apart, max_size=1)),
    )


@st.composite
def one_facilitators(draw: st.DrawFn) -> Packing:
    """Return meetings of one facilitator, whose slots keep their footprints apart."""
    units = st.sampled_from((60, 30, 20))
    options = st.builds(
        lambda slot, taken: Option(start=slot, cells={slot: taken}, rows={slot: 1}),
        st.integers(0, 7),
        units,
    )
    several = st.lists(options, min_size=1, max_size=5, unique_by=lambda option: option.start)
    request = st.builds(
        Wanted,
        options=several.map(lambda each: tuple(sorted(each, key=lambda option: option.start))),
        tier=st.integers(0, 2),
    )
    slopes = draw(st.lists(st.lists(st.integers(0, 9), min_size=1), min_size=8, max_size=8))
    return small_packing(
        draw(st.lists(request, min_size=1, max_size=5)),
        slopes=[sorted(row)[:4] for row in slopes],
        capacity=[1] * 8,
    )


@settings(deadline=None, max_examples=40)
@given(packings())
def test_the_cell_model_finds_the_best_of_all_and_proves_it(packing: Packing) -> None:
    packed = solve_whole(packing, effort=5.0)
    assert packed is not None
    assert feasible(packing, packed.chosen)
    found = placed_by_tier(packing, packed.chosen), weight(packing, packed.chosen)
    assert found == best_of_all(packing)
    assert packed.cost - packed.bound == spare_charges(packing, packed.chosen)


@settings(deadline=None, max_examples=40)
@given(one_facilitators())
def test_the_price_model_agrees_with_the_cell_model_where_costs_add_up(packing: Packing) -> None:
    assert adds_up(packing)
    by_price, by_cells = choose(packing), solve_whole(packing, effort=5.0)
    assert by_cells is not None
    assert feasible(packing, by_price.chosen)
    assert placed_by_tier(packing, by_price.chosen) == placed_by_tier(packing, by_cells.chosen)
    assert by_price.cost == by_cells.cost
    assert by_price.cost - by_price.bound == spare_charges(packing, by_price.chosen)


@settings(deadline=None, max_examples=40)
@given(packings(walk_away=True))
def test_a_walk_away_price_is_never_exceeded_by_what_leaving_would_save(packing: Packing) -> None:
    packed = solve_whole(packing, effort=5.0)
    assert packed is not None
    for request in range(packing.requests):
        if packed.chosen[request] >= 0:
            without = packed.chosen.copy()
            without[request] = -1
            if feasible(packing, without):
                saved = packed.cost - cost_of(packing, without)
                assert saved <= packing.walk_away[request]


@settings(deadline=None, max_examples=40)
@given(packings(), st.integers(0, 3))
def test_neighbourhoods_never_place_less_nor_pay_more_for_as_much(
    packing: Packing, placed: int
) -> None:
    best = solve_whole(packing, effort=5.0)
    assert best is not None
    begun = best.chosen.copy()
    begun[placed:] = -1
    if not feasible(packing, begun):
        return
    start = Packed(chosen=begun, cost=cost_of(packing, begun), bound=0, stage="greedy")
    one, other = (improve(packing, start, effort=2) for _ in range(2))
    assert one.chosen.tobytes() == other.chosen.tobytes()
    assert feasible(packing, one.chosen)
    before, after = (placed_by_tier(packing, each.chosen) for each in (start, one))
    assert after >= before
    if after == before:
        assert weight(packing, one.chosen) <= weight(packing, begun)
