"""Who needs a course, who does not, and courses that cannot be."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from scheduling.domain.centre import Agent
from scheduling.domain.courses import Course, CoursePart
from scheduling.domain.rollouts import NotNow
from scheduling.domain.times import FieldError
from scheduling.learning.needs import audience_of, circle_of, needs, to_renew

TODAY = date(2027, 1, 11)
Make = Callable[..., Course]
MakeAgent = Callable[..., Agent]


def days(number: int) -> timedelta:
    return timedelta(days=number)


def test_everybody_who_never_took_it_needs_it(course: Make) -> None:
    found = needs(course(), ["ben", "asha"], {}, {}, (), TODAY)
    assert found.wanted == ("asha", "ben")
    assert found.not_now == {}


def test_who_completed_booked_or_teaches_it_does_not(course: Make) -> None:
    people = ["asha", "ben", "ted"]
    done = {("empathy", "asha"): TODAY - days(900)}
    found = needs(course(), people, done, {}, {"ben"}, TODAY)
    assert found.wanted == ()
    assert found.not_now == {"asha": NotNow.DONE, "ben": NotNow.BOOKED, "ted": NotNow.TEACHES}


def test_who_is_about_to_expire_comes_first(course: Make) -> None:
    people = ["asha", "ben", "cleo", "dan"]
    done = {
        ("empathy", "ben"): TODAY - days(310),
        ("empathy", "cleo"): TODAY - days(400),
        ("empathy", "dan"): TODAY - days(100),
    }
    found = needs(course(valid_days=365), people, done, {}, (), TODAY)
    assert found.wanted == ("cleo", "ben", "asha")
    assert found.not_now == {"dan": NotNow.DONE}


@pytest.mark.parametrize(
    ("valid", "ago", "due"),
    [(None, 9000, False), (365, 304, False), (365, 305, True), (10, 4, False), (10, 5, True)],
)
def test_a_course_is_renewed_sixty_days_before_it_expires_or_half_way(
    valid: int | None, ago: int, due: bool
) -> None:
    assert to_renew(TODAY - days(ago), valid, TODAY) is due


def test_a_course_that_is_required_must_be_completed_and_valid(course: Make) -> None:
    people = ["asha", "ben", "cleo"]
    done = {("first", "asha"): TODAY - days(30), ("first", "ben"): TODAY - days(100)}
    found = needs(course(requires=frozenset({"first"})), people, done, {"first": 100}, (), TODAY)
    assert found.wanted == ("asha",)
    assert found.not_now == {"ben": NotNow.NOT_READY, "cleo": NotNow.NOT_READY}


def test_an_audience_may_be_those_who_work_an_activity(course: Make, agent: MakeAgent) -> None:
    people = [agent("asha", billing=1.0), agent("ben", sales=1.0), agent("cleo", billing=0.0)]
    wanted = audience_of(course(activity_ids=frozenset({"billing"})), people)
    assert [each.id for each in wanted] == ["asha"]
    assert len(audience_of(course(), people)) == 3


def test_courses_that_require_each_other_are_named(course: Make) -> None:
    one = course(id="one", name="One", requires=frozenset({"two"}))
    two = course(id="two", name="Two", requires=frozenset({"three"}))
    three = course(id="three", name="Three", requires=frozenset({"one"}))
    others = {each.id: each for each in (two, three)}
    assert circle_of(one, others) == ("One", "Two", "Three")
    assert circle_of(one, {"two": course(id="two", name="Two")}) == ()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"parts": ()}, "parts"),
        ({"trainer_ids": ()}, "trainer_ids"),
        ({"trainer_ids": ("ted", "ted")}, "trainer_ids"),
        ({"least": 9}, "least"),
        ({"most": 0}, "most"),
        ({"most": 41}, "most"),
        ({"per_team": 0}, "per_team"),
        ({"prepare": -1}, "prepare"),
        ({"contact_a_day": 60}, "contact_a_day"),
        ({"valid_days": 0}, "valid_days"),
        ({"no_show": 1.0}, "no_show"),
        ({"requires": frozenset({"empathy"})}, "requires"),
    ],
)
def test_a_course_that_can_never_be_taught_says_which_field_is_wrong(
    course: Make, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(FieldError) as wrong:
        course(**changes)
    assert wrong.value.field == (field,)


@pytest.mark.parametrize(
    "changes", [{"minutes": 4}, {"least_days": -1}, {"least_days": 8, "most_days": 7}]
)
def test_so_does_a_part(changes: dict[str, int]) -> None:
    with pytest.raises(FieldError):
        CoursePart(**{"minutes": 60, **changes})
