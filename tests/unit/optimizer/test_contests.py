"""Who loses to whom, and over what."""

from datetime import UTC, datetime, timedelta

import numpy as np

from scheduling.domain.rules import Rule
from scheduling.domain.times import Interval
from scheduling.optimizer.exact.cells import solve_whole
from scheduling.optimizer.exact.contests import contests
from scheduling.optimizer.packing import Packing
from scheduling.optimizer.plan import Contest
from scheduling.optimizer.supply import Grid
from tests.support.packings import After, Option, Wanted, small_packing

GRID = Grid(start=datetime(2026, 11, 2, tzinfo=UTC), slots=96)


def quarrels(packing: Packing) -> dict[int, Contest]:
    packed = solve_whole(packing, effort=1.0)
    assert packed is not None
    return dict(contests(packing, packed.chosen, GRID))


def slots(first: int, last: int, length: int = 1) -> tuple[Option, ...]:
    """Return starts from ``first`` up to ``last``, each taking ``length`` of the holder's slots."""
    return tuple(
        Option(start=slot, rows={slot + after: 1 for after in range(length)})
        for slot in range(first, last)
    )


def test_three_in_a_window_of_two_lose_to_those_who_are_in_it() -> None:
    wanted = [Wanted(options=slots(2, 4), tier=tier) for tier in (0, 0, 2)]
    elsewhere = Wanted(options=slots(6, 8))
    (request,) = quarrels(small_packing([*wanted, elsewhere], capacity=[1] * 8)).items()
    place, contest = request
    assert place == 2
    assert (contest.rule, contest.holder) == (Rule.FACILITATOR, "mo")
    assert (contest.winners, contest.losers, contest.places) == (("m0", "m1"), ("m2",), 2)
    start = GRID.at(2)
    assert contest.window == Interval(start, start + timedelta(minutes=30))


def test_slots_that_do_not_hang_together_are_a_quarrel_that_only_a_proof_shows() -> None:
    wanted = [Wanted(options=slots(0, 2, 2), tier=0), Wanted(options=slots(1, 2, 2))]
    found = quarrels(small_packing(wanted, capacity=[1] * 4))
    assert found[1].winners == ("m0",)
    assert found[1].losers == ("m1",)
    assert found[1].rule is Rule.FACILITATOR


def test_a_request_that_could_be_placed_but_for_its_price_names_the_demand() -> None:
    option = (Option(start=4, cells={0: 60}),)
    wanted = [Wanted(options=option), Wanted(options=option, walk_away=100)]
    found = quarrels(small_packing(wanted, slopes=[[1, 9]]))
    assert (found[1].rule, found[1].holder) == (Rule.PRICE, "calls")
    assert found[1].winners == ("m0",)


def test_a_floor_that_holds_one_names_the_demand() -> None:
    option = (Option(start=0, cells={0: 60}),)
    wanted = [Wanted(options=option, tier=0), Wanted(options=option)]
    found = quarrels(small_packing(wanted, slopes=[[1]], most=[60]))
    assert (found[1].rule, found[1].holder) == (Rule.FLOOR, "calls")
    assert (found[1].winners, found[1].places) == (("m0",), 1)


def test_meetings_of_a_series_on_one_day_lose_to_each_other() -> None:
    wanted = [Wanted(options=(Option(start=0),), tier=0), Wanted(options=(Option(start=1),))]
    packing = small_packing(wanted, spacing=[After(earlier=0, later=1, least=1)])
    contest = quarrels(packing)[1]
    assert (contest.rule, contest.winners) == (Rule.SPACING, ("m0",))


def test_who_is_placed_or_has_no_start_is_in_no_quarrel() -> None:
    packing = small_packing([Wanted(options=slots(0, 2)), Wanted(options=())], capacity=[1] * 2)
    assert contests(packing, np.array([0, -1]), GRID) == {}
