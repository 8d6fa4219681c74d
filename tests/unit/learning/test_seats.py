"""How many seats a roll-out takes, and who has them where they are short."""

from collections.abc import Callable
from datetime import date

import pytest

from scheduling.domain.courses import Course, CoursePart
from scheduling.domain.skills import SkillLevel
from scheduling.domain.times import DateRange
from scheduling.learning.seats import capacity, draw, shared_out

JANUARY = DateRange(date(2027, 1, 4), date(2027, 2, 1))
PEOPLE = ("asha", "ben", "cleo", "dan", "eve")


def test_the_plan_counts_groups_mop_up_hours_and_weeks(course: Callable[..., Course]) -> None:
    plan = capacity(course(prepare=15, no_show=0.1, contact_a_day=180), 50, JANUARY)
    assert (plan.groups, plan.sessions, plan.seats) == (7, 14, 56)
    assert (plan.mop_up, plan.mop_up_groups) == (5, 1)
    assert plan.trainer_minutes == 8 * (60 + 90 + 30)
    assert plan.offline_minutes == 50 * 150
    assert (plan.weeks, plan.weeks_left, plan.in_time) == (2, 4, True)
    assert plan.offline_a_week == 1875


@pytest.mark.parametrize(("gap", "weeks"), [(0, 1), (21, 4), (35, 6)])
def test_the_days_between_parts_take_weeks_too(
    course: Callable[..., Course], gap: int, weeks: int
) -> None:
    parts = (CoursePart(minutes=60), CoursePart(minutes=60, least_days=gap, most_days=60))
    plan = capacity(course(parts=parts), 8, JANUARY)
    assert (plan.weeks, plan.in_time) == (weeks, weeks <= 4)


def test_nobody_takes_nothing(course: Callable[..., Course]) -> None:
    plan = capacity(course(), 0, JANUARY)
    assert (plan.groups, plan.mop_up, plan.trainer_minutes, plan.weeks) == (0, 0, 0, 0)


def test_a_draw_is_the_same_for_the_same_seed_and_only_then() -> None:
    assert draw(PEOPLE, "one") == draw(reversed(PEOPLE), "one")
    assert len({draw(PEOPLE, f"seed {n}") for n in range(20)}) > 10


def test_enough_seats_are_no_draw() -> None:
    assert shared_out(PEOPLE, (), 5, "s", drawn=True) == (PEOPLE, ())
    assert shared_out(PEOPLE, (), None, "s", drawn=True) == (PEOPLE, ())


def test_who_waited_goes_first_and_the_rest_are_drawn() -> None:
    chosen, waiting = shared_out(PEOPLE, ("eve", "gone", "dan"), 3, "s", drawn=True)
    assert chosen[:2] == ("eve", "dan")
    assert (*chosen[2:], *waiting) == draw(("asha", "ben", "cleo"), "s")


def test_mandatory_training_is_never_drawn_for() -> None:
    chosen, waiting = shared_out(PEOPLE, (), 2, "s", drawn=False)
    assert (chosen, waiting) == (("asha", "ben"), ("cleo", "dan", "eve"))


@pytest.mark.parametrize(
    ("changes", "skills", "weeks"),
    [({}, {}, 3), ({"trainer_ids": ("ted",)}, {}, 4), ({}, {"tara": {}}, 5)],
)
def test_a_part_that_few_may_teach_takes_longer(
    course: Callable[..., Course],
    changes: dict[str, tuple[str, ...]],
    skills: dict[str, dict[str, int]],
    weeks: int,
) -> None:
    parts = (CoursePart(minutes=60), CoursePart(minutes=300, **changes))
    coaching = (SkillLevel(skill="Coaching"),)
    plan = capacity(course(parts=parts, qualification=coaching), 160, JANUARY, skills)
    assert plan.weeks == weeks
