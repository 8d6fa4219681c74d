"""How many seats a roll-out takes, and who has them where they are short."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from scheduling.domain.centre import Agent
from scheduling.domain.courses import Course, CoursePart
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.skills import SkillLevel
from scheduling.domain.times import DateRange
from scheduling.learning.seats import apart, capacity, draw, shared_out

JANUARY = DateRange(date(2027, 1, 4), date(2027, 2, 1))
PEOPLE = ("asha", "ben", "cleo", "dan", "eve")


def test_the_plan_counts_groups_mop_up_hours_and_weeks(course: Callable[..., Course]) -> None:
    plan = capacity(course(prepare=15, no_show=0.1, contact_a_day=180), [50], JANUARY)
    assert (plan.groups, plan.sessions, plan.seats) == (7, 14, 56)
    assert (plan.mop_up, plan.mop_up_groups) == (5, 1)
    assert plan.trainer_minutes == 8 * (60 + 90 + 30)
    assert plan.offline_minutes == 50 * 150
    assert (plan.days, plan.days_left, plan.in_time) == (8, 28, True)
    assert plan.offline_a_week == 1875


@pytest.mark.parametrize(("gap", "days"), [(0, 1), (21, 22), (27, 28), (35, 36)])
def test_the_days_between_parts_count_too(
    course: Callable[..., Course], gap: int, days: int
) -> None:
    parts = (CoursePart(minutes=60), CoursePart(minutes=60, least_days=gap, most_days=60))
    plan = capacity(course(parts=parts), [8], JANUARY)
    assert (plan.days, plan.in_time) == (days, days <= 28)


@pytest.mark.parametrize(
    ("people", "last", "days"),
    [(8, 8, 1), (8, 4, 1), (80, 8, 3), (160, 8, 5), (168, 8, 8), (168, 11, 8)],
)
def test_a_roll_out_of_a_few_days_is_compared_with_days(
    course: Callable[..., Course], people: int, last: int, days: int
) -> None:
    hour = course(parts=(CoursePart(minutes=60),), trainer_ids=("ted",), no_show=0.0)
    plan = capacity(
        replace(hour, contact_a_day=240 if people > 8 else None),
        [people],
        DateRange(date(2027, 1, 4), date(2027, 1, last + 1)),
    )
    assert (plan.days, plan.in_time) == (days, days <= last - 3)
    assert plan.offline_a_week <= plan.offline_minutes


def test_preparing_is_work_but_no_teaching(course: Callable[..., Course]) -> None:
    hour = course(parts=(CoursePart(minutes=60),), trainer_ids=("ted",), no_show=0.0)
    assert capacity(replace(hour, prepare=30, contact_a_day=60), [8], JANUARY).days == 1
    assert capacity(replace(hour, prepare=180), [24], JANUARY).days == 2


def test_each_site_has_groups_of_its_own_where_there_are_rooms(
    course: Callable[..., Course], agent: Callable[..., Agent]
) -> None:
    agents = [agent(f"a{n}") for n in range(9)]
    agents = [replace(one, site_id="york" if n % 2 else "leeds") for n, one in enumerate(agents)]
    ids = [one.id for one in agents[1:]]
    online = course(parts=(CoursePart(minutes=60),), no_show=0.1)
    indoors = replace(online, parts=(CoursePart(minutes=60, place=PlaceKind.ROOM),))
    assert list(apart(online, ids, agents)) == [8]
    assert sorted(apart(indoors, ids, agents)) == [4, 4]
    plan = capacity(indoors, apart(indoors, ids, agents), JANUARY)
    assert (plan.people, plan.groups, plan.seats) == (8, 2, 16)
    assert (plan.mop_up, plan.mop_up_groups) == (1, 1)


def test_nobody_takes_nothing(course: Callable[..., Course]) -> None:
    plan = capacity(course(), [0], JANUARY)
    assert (plan.groups, plan.mop_up, plan.trainer_minutes, plan.days) == (0, 0, 0, 0)


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
    ("changes", "skills", "days"),
    [({}, {}, 15), ({"trainer_ids": ("ted",)}, {}, 24), ({}, {"tara": {}}, 29)],
)
def test_a_part_that_few_may_teach_takes_longer(
    course: Callable[..., Course],
    changes: dict[str, tuple[str, ...]],
    skills: dict[str, dict[str, int]],
    days: int,
) -> None:
    parts = (CoursePart(minutes=60), CoursePart(minutes=300, **changes))
    coaching = (SkillLevel(skill="Coaching"),)
    plan = capacity(course(parts=parts, qualification=coaching), [160], JANUARY, skills)
    assert plan.days == days
