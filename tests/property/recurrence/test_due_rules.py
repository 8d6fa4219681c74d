"""What holds for every template and every history."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from scheduling.domain.templates import (
    Audience,
    Frequency,
    Passed,
    Recurrence,
    Standing,
    Template,
)
from scheduling.domain.times import DateRange
from scheduling.recurrence.due import due
from scheduling.recurrence.periods import periods

START = date(2027, 1, 1)
DAYS = st.integers(-40, 120).map(lambda n: START + timedelta(days=n))


@st.composite
def recurrences(draw: st.DrawFn) -> Recurrence:
    """Draw a rule."""
    frequency = draw(st.sampled_from(Frequency))
    monthly = frequency is Frequency.MONTHLY
    nth = draw(st.sampled_from([None, 1, 2, 5, -1])) if monthly else None
    return Recurrence(
        frequency=frequency,
        every=draw(st.integers(1, 5)),
        weekdays=draw(st.frozensets(st.integers(0, 6), min_size=1)),
        nth=nth,
    )


@st.composite
def templates(draw: st.DrawFn) -> Template:
    """Draw a template."""
    least = draw(st.integers(0, 30))
    return Template(
        id="t",
        name="t",
        unit_id="u",
        owner_id="o",
        type_id="one_to_one",
        audience=Audience(team_ids=frozenset({"billing"})),
        recurrence=draw(recurrences()),
        start=draw(DAYS),
        least_days=least,
        most_days=draw(st.none() | st.integers(max(least, 1), 90)),
        blackout=draw(st.frozensets(DAYS, max_size=5)),
    )


@st.composite
def crowds(draw: st.DrawFn) -> tuple[Standing, ...]:
    """Draw some people of a team."""
    return tuple(
        Standing(
            agent_id=f"a{n}",
            site_id="leeds",
            team_id="billing",
            manager_id="mia",
            history=tuple(sorted(draw(st.sets(DAYS, max_size=4)))),
            present=draw(st.none() | st.frozensets(DAYS, min_size=1)),
            joined=draw(st.none() | DAYS),
        )
        for n in range(draw(st.integers(1, 6)))
    )


SPANS = st.tuples(DAYS, st.integers(1, 60)).map(
    lambda one: DateRange(one[0], one[0] + timedelta(days=one[1]))
)


@given(templates(), crowds(), SPANS)
def test_everybody_has_one_answer_in_each_period(
    template: Template, crowd: tuple[Standing, ...], dates: DateRange
) -> None:
    found, passed = due(template, crowd, dates)
    answers = Counter((each.period, each.attendee_id) for each in (*found, *passed))
    expected = {(p.start, one.agent_id) for p in periods(template, dates) for one in crowd}
    assert set(answers) == expected
    assert set(answers.values()) <= {1}


@given(templates(), crowds(), SPANS)
def test_days_keep_every_rule(
    template: Template, crowd: tuple[Standing, ...], dates: DateRange
) -> None:
    people = {one.agent_id: one for one in crowd}
    for each in due(template, crowd, dates)[0]:
        person = people[each.attendee_id]
        assert each.preferred
        assert set(each.preferred) <= set(each.days)
        for day in each.days:
            assert dates.start <= day < dates.end
            assert day >= template.start
            assert day.weekday() in template.recurrence.weekdays
            assert day not in template.blackout
            assert person.joined is None or day >= person.joined
            assert person.present is None or day in person.present
            assert all(abs((day - old).days) >= template.least_days for old in person.history)


@given(templates(), crowds(), SPANS)
def test_the_order_of_people_changes_nothing(
    template: Template, crowd: tuple[Standing, ...], dates: DateRange
) -> None:
    assert due(template, crowd, dates) == due(template, crowd[::-1], dates)


@given(templates(), SPANS)
def test_periods_follow_each_other_without_a_gap(template: Template, dates: DateRange) -> None:
    found = periods(template, dates)
    for earlier, later in pairwise(found):
        assert earlier.dates.end == later.start
    for each in found:
        assert all(each.dates.start <= day < each.dates.end for day in each.days)


@given(templates(), crowds(), SPANS)
def test_what_is_held_is_not_asked_for_again(
    template: Template, crowd: tuple[Standing, ...], dates: DateRange
) -> None:
    found, passed = due(template, crowd, dates)
    spans = {p.start: p.dates for p in periods(template, dates)}
    people = {one.agent_id: one for one in crowd}
    for each in found:
        span = spans[each.period]
        assert not any(span.start <= d < span.end for d in people[each.attendee_id].history)
    for skipped in passed:
        if skipped.why is Passed.HELD:
            span = spans[skipped.period]
            history = people[skipped.attendee_id].history
            assert any(span.start <= day < span.end for day in history)
