"""Breaks make way by the smallest shift that their rules allow."""

from types import SimpleNamespace

import pytest

from scheduling.domain.rules import Rule
from scheduling.optimizer.lattice.whole import Lattice
from scheduling.optimizer.masks.breaks import moved
from scheduling.optimizer.supply import OffTime
from scheduling.optimizer.wanted import Limits

LOOSE = Limits(break_spacing=0, work_stretch=600)


@pytest.fixture
def lattice(make: SimpleNamespace) -> Lattice:
    """Return a day with a movable break at 10:00, a meal at 12:00 and a call at 10:30."""
    off = (
        OffTime(
            interval=make.span("10:00", "10:15"),
            rule=Rule.BREAK,
            window=make.span("09:00", "11:30"),
        ),
        OffTime(interval=make.span("12:00", "12:30"), rule=Rule.BREAK),
    )
    asha = make.agent("asha", off=off, busy=(make.span("10:30", "10:45"),))
    return Lattice.of(make.problem(attendees=(asha,)))


def after(lattice: Lattice, make: SimpleNamespace, limits: Limits, *clock: str) -> str | None:
    found = moved(lattice, "asha", limits, make.slot(clock[0]), make.slot(clock[1]))
    return None if found is None else " ".join(f"{m.after.start:%H:%M}" for m in found)


def test_a_break_that_is_not_touched_stays(lattice: Lattice, make: SimpleNamespace) -> None:
    assert after(lattice, make, LOOSE, "09:00", "10:00") == ""


def test_of_two_equal_shifts_the_earlier_one_is_taken(
    lattice: Lattice, make: SimpleNamespace
) -> None:
    assert after(lattice, make, LOOSE, "10:00", "10:15") == "09:45"


def test_a_break_goes_to_the_nearest_place_that_is_free(
    lattice: Lattice, make: SimpleNamespace
) -> None:
    assert after(lattice, make, LOOSE, "09:30", "10:15") == "10:15"
    assert after(lattice, make, LOOSE, "09:15", "10:30") == "10:45"


def test_a_break_stays_inside_its_window(lattice: Lattice, make: SimpleNamespace) -> None:
    assert after(lattice, make, LOOSE, "09:00", "11:30") is None


def test_a_meal_never_makes_way(lattice: Lattice, make: SimpleNamespace) -> None:
    assert after(lattice, make, LOOSE, "12:00", "12:30") is None


def test_a_break_keeps_its_spacing_to_the_next_pause(
    lattice: Lattice, make: SimpleNamespace
) -> None:
    near = Limits(break_spacing=75, work_stretch=600)
    assert after(lattice, make, near, "09:15", "10:30") == "09:00"


def test_no_stretch_of_work_gets_too_long(lattice: Lattice, make: SimpleNamespace) -> None:
    short = Limits(break_spacing=0, work_stretch=100)
    assert after(lattice, make, short, "10:00", "10:15") is None
