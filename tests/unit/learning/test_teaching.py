"""Who may teach which part of a course, and what nobody may."""

from collections.abc import Callable

import pytest

from scheduling.domain.courses import Course, CoursePart
from scheduling.domain.skills import SkillLevel
from scheduling.domain.times import FieldError
from scheduling.learning.teaching import Untaught, trainers_of, untaught

Make = Callable[..., Course]
HERE = ("ted", "tara")
COACHING = (SkillLevel(skill="Coaching", level=2),)


def parts(*named: tuple[str, ...]) -> tuple[CoursePart, ...]:
    """Return a part for each choice of trainers."""
    return tuple(CoursePart(minutes=60, trainer_ids=each) for each in named)


def test_a_part_that_names_trainers_is_only_theirs(course: Make) -> None:
    made = course(parts=parts((), ("tara",)))
    assert trainers_of(made, 0, {}) == ("ted", "tara")
    assert trainers_of(made, 1, {}) == ("tara",)
    assert trainers_of(made, 7, {}) == ("ted", "tara"), "a part that is there no more is anybody's"


def test_who_is_in_the_wfm_must_be_qualified_and_others_are_not_asked(course: Make) -> None:
    made = course(qualification=COACHING)
    assert trainers_of(made, 0, {"ted": {"Coaching": 1}}) == ("tara",)
    assert trainers_of(made, 0, {"ted": {"Coaching": 2}}) == ("ted", "tara")
    assert untaught(made, HERE, {"ted": {}, "tara": {"Coaching": 1}}) == Untaught(parts=(1, 2))


def test_what_nobody_who_is_here_may_teach_is_named(course: Make) -> None:
    made = course(parts=parts((), ("tara",)), same_trainer=False)
    assert not untaught(made, HERE, {})
    assert untaught(made, ("ted",), {}) == Untaught(parts=(2,))
    apart = course(parts=parts(("ted",), ("tara",)), same_trainer=True)
    assert untaught(apart, HERE, {}) == Untaught(together=True)


def test_a_part_is_taught_by_trainers_of_the_course(course: Make) -> None:
    with pytest.raises(FieldError, match="part 2 is taught by nobody, who is no trainer"):
        course(parts=parts((), ("nobody",)))
