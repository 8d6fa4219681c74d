"""What holds for every audience, every history and every draw."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduling.domain.centre import Agent
from scheduling.domain.courses import Course, CoursePart
from scheduling.domain.rollouts import NotNow
from scheduling.domain.templates import Audience
from scheduling.domain.times import DateRange
from scheduling.learning.needs import needs
from scheduling.learning.seats import capacity, shared_out

TODAY = date(2027, 1, 11)
NAMES = st.text("abcdef", min_size=1, max_size=3)
PEOPLE = st.lists(NAMES, unique=True, max_size=30)
DAYS = st.integers(0, 900).map(lambda n: TODAY - timedelta(days=n))


@st.composite
def courses(draw: st.DrawFn) -> Course:
    """Draw a course that may require others and expire."""
    most = draw(st.integers(1, 40))
    return Course(
        id="course",
        name="Course",
        unit_id="u",
        owner_id="o",
        type_id="training",
        parts=tuple(
            CoursePart(minutes=minutes)
            for minutes in draw(st.lists(st.integers(5, 480), min_size=1, max_size=4))
        ),
        audience=Audience(team_ids=frozenset({"t"})),
        trainer_ids=("ted",),
        least=draw(st.integers(1, most)),
        most=most,
        requires=draw(st.frozensets(st.sampled_from(["one", "two"]))),
        valid_days=draw(st.none() | st.integers(1, 900)),
        no_show=draw(st.floats(0, 0.9)),
    )


def agent(agent_id: str) -> Agent:
    """Return an agent who takes calls."""
    return Agent(
        id=agent_id,
        name=agent_id,
        unit_id="u",
        site_id="s",
        team_id="t",
        zone="UTC",
        shares={"calls": 1.0},
    )


@given(
    course=courses(),
    people=PEOPLE,
    done=st.dictionaries(st.tuples(st.sampled_from(["course", "one", "two"]), NAMES), DAYS),
    booked=st.frozensets(NAMES),
)
def test_everybody_needs_a_seat_or_has_one_reason_and_nobody_without_what_is_required(
    course: Course,
    people: list[str],
    done: dict[tuple[str, str], date],
    booked: frozenset[str],
) -> None:
    found = needs(course, people, done, {}, booked, TODAY)
    assert sorted((*found.wanted, *found.not_now)) == sorted(people)
    for person in found.wanted:
        assert person not in booked
        assert all((required, person) in done for required in course.requires)
    for person, why in found.not_now.items():
        if why is NotNow.DONE:
            assert ("course", person) in done


@given(
    people=PEOPLE,
    waited=PEOPLE,
    seats=st.none() | st.integers(0, 40),
    seed=st.text(max_size=5),
    drawn=st.booleans(),
)
def test_every_seat_is_given_once_and_nobody_who_waited_is_passed_over(
    people: list[str], waited: list[str], seats: int | None, seed: str, drawn: bool
) -> None:
    chosen, waiting = shared_out(people, waited, seats, seed, drawn=drawn)
    assert sorted((*chosen, *waiting)) == sorted(people)
    assert len(chosen) == (len(people) if seats is None else min(seats, len(people)))
    if set(waited) & set(waiting):
        assert set(chosen) <= set(waited)


@given(course=courses(), people=st.integers(0, 5000))
def test_a_capacity_plan_has_a_seat_for_everybody(course: Course, people: int) -> None:
    plan = capacity(course, [people], DateRange(TODAY, TODAY + timedelta(days=28)))
    assert people <= plan.seats < people + course.most
    assert people * course.no_show <= plan.mop_up <= plan.mop_up_groups * course.most
