"""A course's form: skills and who teaches which part, read over what is kept."""

from dataclasses import replace

import pytest

from dialogs import verbs
from dialogs.course_form import course_from, shown_inputs
from dialogs.templating import Wrong
from scheduling.domain.courses import Course
from scheduling.domain.skills import SkillLevel
from tests.support.course_samples import COURSE, OFFERS, SKILLED

OFFERED = replace(OFFERS, skills=(("Cards", 4), ("Coaching", 3)))


def made(before: Course | None, **typed: str) -> Course | Wrong:
    """Return what the form makes of a course when some of it is typed anew."""
    shown = shown_inputs(before or COURSE, OFFERED)
    return course_from({**shown, **typed}, before, 1, OFFERED)


def kept(course: Course) -> Course:
    """Return a course as the form would keep it: unit and owner are not the form's."""
    return replace(course, unit_id="", owner_id="")


def test_a_form_that_is_kept_as_it_is_shown_changes_nothing() -> None:
    assert made(SKILLED) == kept(SKILLED)
    assert made(COURSE) == kept(COURSE)


def test_skills_are_read_by_the_names_that_the_wfm_has() -> None:
    found = made(COURSE, **{verbs.SKILLS: "cards>=3;", verbs.QUALIFICATION: " COACHING "})
    assert isinstance(found, Course)
    assert found.audience.skills == (SkillLevel(skill="Cards", level=3),)
    assert found.qualification == (SkillLevel(skill="Coaching"),)


@pytest.mark.parametrize("typed", ["Danish", "Cards >= 101", "Cards >= many", ">= 2"])
@pytest.mark.parametrize("name", [verbs.SKILLS, verbs.QUALIFICATION])
def test_a_skill_that_is_none_is_asked_again(name: str, typed: str) -> None:
    found = made(COURSE, **{name: typed})
    assert isinstance(found, Wrong)
    assert found.inputs == {name}


def test_a_course_may_be_for_everybody_with_a_skill() -> None:
    found = made(COURSE, **{verbs.TEAMS: "", verbs.SKILLS: "Cards >= 2"})
    assert isinstance(found, Course)
    assert not found.audience.team_ids
    assert made(COURSE, **{verbs.TEAMS: ""}) == Wrong(frozenset({verbs.TEAMS}))


def test_parts_are_given_to_trainers_of_the_course_only() -> None:
    found = made(SKILLED, **{f"{verbs.PART_TRAINERS}1": "tara", f"{verbs.PART_TRAINERS}2": ""})
    assert isinstance(found, Course)
    assert [part.trainer_ids for part in found.parts] == [("tara",), ()]
    assert made(SKILLED, **{verbs.TRAINERS: "tara"}) == Wrong(frozenset({verbs.TRAINERS}))


def test_where_there_are_too_many_to_choose_from_parts_keep_their_trainers() -> None:
    crowd = replace(SKILLED, trainer_ids=("ted", *(f"t{n}" for n in range(80))))
    assert f"{verbs.PART_TRAINERS}2" not in shown_inputs(crowd, OFFERED)
    assert made(crowd) == kept(crowd)
