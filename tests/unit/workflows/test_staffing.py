"""Staffing comes to the grid like with like, with our own bookings in it exactly once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.domain.centre import (
    Agent,
    AgentDay,
    Demand,
    Site,
    StaffingSeries,
    StaffingSource,
)
from scheduling.domain.times import Interval
from scheduling.optimizer.supply import Grid
from scheduling.storage.bookings import SessionRow
from scheduling.workflows.facts import UnitFacts
from scheduling.workflows.staffing import _resample, curves, fraction, heads

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
AS_OF = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
HOUR = Grid(start=START, slots=4)
Make = Callable[..., StaffingSeries]
Facts = Callable[..., UnitFacts]
Someone = Callable[..., Agent]
Day = Callable[..., AgentDay]
Booking = Callable[..., SessionRow]


def plain(values: object) -> list[float]:
    return list(np.asarray(values, dtype=float))


def test_a_longer_interval_is_copied_and_its_volume_divided(series: Make) -> None:
    got = _resample(series([4, 6], [5, 7], [10, 20], minutes=30), HOUR)
    assert plain(got.required) == [4, 4, 6, 6]
    assert plain(got.scheduled) == [5, 5, 7, 7]
    assert plain(got.volume) == [5, 5, 10, 10]
    assert plain(got.handling) == [300] * 4


def test_of_shorter_intervals_volume_is_summed_and_levels_averaged(series: Make) -> None:
    got = _resample(series([3, 6, 9], [2, 2, 5], [1, 2, 3], minutes=5), Grid(start=START, slots=1))
    assert plain(got.required) == [6]
    assert plain(got.scheduled) == [3]
    assert plain(got.volume) == [6]


def test_intervals_that_fit_neither_way_are_cut_finer_first(series: Make) -> None:
    got = _resample(series([4, 8], None, [10, 20], minutes=10), HOUR)
    assert plain(got.required)[:2] == pytest.approx([16 / 3, 8 / 3])
    assert plain(got.volume) == pytest.approx([20, 10, 0, 0])


def test_what_lies_outside_of_the_series_is_unknown_and_not_zero(series: Make) -> None:
    early = START - timedelta(minutes=30)
    got = _resample(series([1, 2, 3], minutes=15, start=early), HOUR)
    assert plain(got.required) == [3, 0, 0, 0]
    assert list(got.known) == [True, False, False, False]


@given(
    minutes=st.sampled_from([5, 10, 15, 30, 60]),
    slot=st.sampled_from([5, 10, 15, 30]),
    volume=st.lists(st.integers(0, 50), min_size=24, max_size=24),
)
def test_no_contact_is_lost_or_made_by_resampling(
    minutes: int, slot: int, volume: list[int]
) -> None:
    flat = tuple(float(one) for one in volume)
    given_series = StaffingSeries(
        demand_id="calls",
        start=START,
        interval_minutes=minutes,
        required=flat,
        scheduled=flat,
        volume=flat,
        handling=flat,
        as_of=AS_OF,
        source=StaffingSource.VENDOR,
    )
    got = _resample(given_series, Grid(start=START, slots=24 * minutes // slot, slot_minutes=slot))
    assert got.volume.sum() == pytest.approx(sum(flat))
    assert got.required.sum() * slot == pytest.approx(sum(flat) * minutes)
    assert np.all(got.known)


def test_a_net_requirement_meets_staff_after_unplanned_shrinkage(
    series: Make, facts: Facts
) -> None:
    told = facts(staffing=[series([8] * 4, [10] * 4, shrinkage=0.1)])
    (curve,) = curves(told, HOUR, ["calls"], ())
    assert curve.required == (8,) * 4
    assert curve.coverage == pytest.approx((9,) * 4)


def test_a_gross_requirement_loses_the_shrinkage_as_the_staff_does(
    series: Make, facts: Facts
) -> None:
    told = facts(staffing=[series([10] * 4, [10] * 4, shrinkage=0.1, gross=True)])
    (curve,) = curves(told, HOUR, ["calls"], ())
    assert curve.required == pytest.approx((9,) * 4)
    assert curve.coverage == pytest.approx((9,) * 4)


@pytest.mark.parametrize(
    ("written_at", "left"),
    [
        pytest.param(None, 9, id="not-written-yet"),
        pytest.param(AS_OF + timedelta(minutes=1), 9, id="written-after-the-figures"),
        pytest.param(AS_OF, 10, id="already-in-the-figures"),
    ],
)
def test_our_own_booking_is_taken_off_once(
    series: Make,
    facts: Facts,
    agent: Someone,
    booking: Booking,
    written_at: datetime | None,
    left: float,
) -> None:
    told = facts([agent("asha")], staffing=[series([8] * 4, [10] * 4)])
    (curve,) = curves(told, HOUR, ["calls"], [booking("asha", written_at=written_at)])
    assert curve.coverage == (left, left, 10, 10)


def test_half_a_slot_and_half_a_share_take_a_quarter(
    series: Make, facts: Facts, agent: Someone, booking: Booking
) -> None:
    told = facts([agent("asha", shares={"calls": 0.5})], staffing=[series([0] * 4, [2] * 4)])
    late = START + timedelta(minutes=7, seconds=30)
    (curve,) = curves(told, HOUR, ["calls"], [booking("asha", start=late, minutes=15)])
    assert curve.coverage == (1.75, 1.75, 2, 2)


def test_an_agent_who_leads_is_off_the_phones_though_the_wfm_never_hears_of_it(
    series: Make, facts: Facts, agent: Someone, booking: Booking
) -> None:
    told = facts([agent("asha"), agent("mia")], staffing=[series([8] * 4, [10] * 4)])
    (curve,) = curves(told, HOUR, ["calls"], [booking("asha", written_at=AS_OF)])
    assert curve.coverage == (9, 9, 10, 10)


def test_coverage_is_never_below_nobody(
    series: Make, facts: Facts, agent: Someone, booking: Booking
) -> None:
    told = facts([agent("asha")], staffing=[series([1] * 4, [0.4] * 4)])
    (curve,) = curves(told, HOUR, ["calls"], [booking("asha")])
    assert min(curve.coverage) == 0


@pytest.mark.parametrize(
    ("stated", "adds_up"),
    [(10, True), (11, True), (9, True), (11.01, False), (8.99, False)],
)
def test_a_small_residual_may_be_one_fte(
    series: Make, facts: Facts, agent: Someone, worked: Day, stated: float, adds_up: bool
) -> None:
    names = [f"a{n}" for n in range(10)]
    told = facts(
        [agent(n) for n in names],
        [worked(n, (9, 17, "work")) for n in names],
        [series([1] * 4, [stated] * 4)],
    )
    (curve,) = curves(told, HOUR, ["calls"], ())
    assert curve.reconciled is adds_up


@pytest.mark.parametrize(
    ("stated", "adds_up"), [(42, True), (42.2, False), (38.1, True), (38, False)]
)
def test_a_large_residual_may_be_five_percent_of_what_is_stated(
    series: Make, facts: Facts, agent: Someone, worked: Day, stated: float, adds_up: bool
) -> None:
    names = [f"a{n}" for n in range(40)]
    told = facts(
        [agent(n) for n in names],
        [worked(n, (9, 17, "work")) for n in names],
        [series([1] * 4, [stated] * 4)],
    )
    (curve,) = curves(told, HOUR, ["calls"], ())
    assert curve.reconciled is adds_up


def test_one_slot_that_does_not_add_up_is_enough(
    series: Make, facts: Facts, agent: Someone, worked: Day
) -> None:
    told = facts(
        [agent("asha")], [worked("asha", (9, 17, "work"))], [series([1] * 4, [1, 1, 2.1, 1])]
    )
    (curve,) = curves(told, HOUR, ["calls"], ())
    assert not curve.reconciled


def test_our_own_bookings_leave_figures_reconciled_wherever_they_show(
    series: Make, facts: Facts, agent: Someone, worked: Day, booking: Booking
) -> None:
    """Three written exceptions are in the days but not yet in the figures; one is in neither."""
    away = ["a0", "a1", "a2"]
    names = [f"a{n}" for n in range(6)]
    days = [
        worked(n, *(((9, 10, "meeting"), (10, 17, "work")) if n in away else ((9, 17, "work"),)))
        for n in names
    ]
    told = facts([agent(n) for n in names], days, [series([1] * 4, [6] * 4)])
    later = AS_OF + timedelta(minutes=5)
    ours = [booking(n, minutes=60, written_at=later) for n in away] + [booking("a5", minutes=60)]
    (curve,) = curves(told, HOUR, ["calls"], ours)
    assert curve.reconciled
    assert curve.coverage == (2,) * 4


def test_a_demand_that_nobody_serves_reconciles_only_with_nothing(
    series: Make, facts: Facts
) -> None:
    (idle,) = curves(facts(staffing=[series([1] * 4)]), HOUR, ["calls"], ())
    (odd,) = curves(facts(staffing=[series([1] * 4, [2] * 4)]), HOUR, ["calls"], ())
    assert (idle.reconciled, odd.reconciled) == (True, False)


def test_breaks_and_meetings_are_not_open_time(
    facts: Facts, agent: Someone, worked: Day, series: Make
) -> None:
    day = worked("asha", (9, 10, "break"), (10, 11, "work"), (11, 12, "meeting"))
    told = facts([agent("asha")], [day], [series([0] * 12, [0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0])])
    (curve,) = curves(told, Grid(start=START, slots=12), ["calls"], ())
    assert curve.reconciled


@given(first=st.integers(-30, 70), length=st.integers(1, 120))
def test_the_parts_of_slots_sum_to_the_time_inside_of_the_grid(first: int, length: int) -> None:
    span = Interval(START + timedelta(minutes=first), START + timedelta(minutes=first + length))
    inside = span.clip(HOUR.span)
    part = fraction([span], HOUR)
    assert part.sum() * 15 == pytest.approx(inside.minutes if inside else 0)
    assert ((part >= 0) & (part <= 1)).all()


def test_heads_are_counted_per_site_and_only_where_open_for_the_whole_slot(
    facts: Facts, agent: Someone, worked: Day
) -> None:
    berlin = Site(id="berlin", name="Berlin", zone="Europe/Berlin")
    told = facts(
        [agent("asha"), agent("bo"), agent("cem", site_id="berlin"), agent("dee", shares={})],
        [
            worked("asha", (9, 17, "work")),
            worked("bo", (8, 9, "work"), (9, 10, "meal"), (10, 17, "work")),
            worked("cem", (9, 17, "work")),
            worked("dee", (9, 17, "work")),
        ],
        sites=(berlin,),
        demands={"calls": Demand(id="calls", name="Calls", minimum_heads=3)},
    )
    (found,) = heads(told, Grid(start=START, slots=8), ["leeds"], ["calls"], ())
    assert (found.site_id, found.demand_id, found.minimum) == ("leeds", "calls", 3)
    assert found.present == (1, 1, 1, 1, 2, 2, 2, 2)


def test_who_has_a_session_of_ours_is_not_a_head_whether_it_is_written_or_not(
    facts: Facts, agent: Someone, worked: Day, booking: Booking
) -> None:
    told = facts(
        [agent("asha"), agent("bo"), agent("cem"), agent("mia")],
        [
            worked("asha", (9, 17, "work")),
            worked("bo", (9, 10, "meeting"), (10, 17, "work")),
            worked("cem", (9, 17, "work")),
            worked("mia", (9, 17, "work")),
        ],
    )
    ours = [booking("asha"), booking("bo", minutes=60, written_at=AS_OF)]
    (found,) = heads(told, HOUR, ["leeds"], ["calls"], ours)
    assert found.present == (1, 1, 2, 2)


def test_a_meeting_is_led_once_however_many_attend_it(
    facts: Facts, agent: Someone, worked: Day, series: Make, booking: Booking
) -> None:
    names = ("asha", "bo", "cem", "mia")
    told = facts(
        [agent(each) for each in names],
        [worked(each, (9, 17, "work")) for each in names],
        [series([0] * 4, [4] * 4)],
    )
    meeting = [
        replace(booking(""), id="g"),
        *(replace(booking(each), gathering_id="g") for each in ("asha", "bo")),
    ]
    (curve,) = curves(told, HOUR, ["calls"], meeting)
    assert curve.coverage == (1, 1, 4, 4)
    (found,) = heads(told, HOUR, ["leeds"], ["calls"], meeting)
    assert found.present == (1, 1, 4, 4)
