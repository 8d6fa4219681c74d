"""Who is due, on which days, and why somebody is not."""

from collections import Counter
from collections.abc import Callable
from datetime import date

import pytest

from scheduling.domain.meetings import Tier
from scheduling.domain.templates import (
    Frequency,
    Occurrence,
    Passed,
    Recurrence,
    Skipped,
    Standing,
    Template,
)
from scheduling.domain.times import DateRange
from scheduling.recurrence.due import due

Make = Callable[..., Template]
Person = Callable[..., Standing]
FEBRUARY = DateRange(date(2027, 2, 1), date(2027, 3, 1))


def one(template: Template, person: Standing) -> Occurrence:
    """Return the only occurrence of February."""
    (found,), passed = due(template, [person], FEBRUARY)
    assert passed == ()
    return found


def why(template: Template, person: Standing) -> Passed:
    """Return why there is no occurrence in February."""
    found, (passed,) = due(template, [person], FEBRUARY)
    assert found == ()
    return passed.why


def test_each_has_one_in_the_period_led_by_their_own_manager(
    template: Make, person: Person
) -> None:
    found = one(template(), person(history=(date(2027, 1, 10),)))
    assert (found.facilitator_id, found.period) == ("mia", date(2027, 2, 1))
    assert found.id == "monthly:2027-02-01:asha"
    assert len(found.days) == 28
    assert not found.missed


def test_a_named_facilitator_leads_all(template: Make, person: Person) -> None:
    assert one(template(facilitator_id="theo"), person(manager_id=None)).facilitator_id == "theo"


@pytest.mark.parametrize("manager_id", [None, "asha"])
def test_who_has_no_manager_is_passed_over(
    template: Make, person: Person, manager_id: str | None
) -> None:
    assert why(template(), person(manager_id=manager_id)) is Passed.NO_MANAGER


def test_a_meeting_of_the_type_in_the_period_counts_whoever_booked_it(
    template: Make, person: Person
) -> None:
    assert why(template(), person(history=(date(2027, 2, 20),))) is Passed.HELD


def test_a_monthly_meeting_never_falls_on_the_30th_and_the_4th(
    template: Make, person: Person
) -> None:
    found = one(template(least_days=14), person(history=(date(2027, 1, 30),)))
    assert found.days[0] == date(2027, 2, 13)


def test_days_before_a_later_meeting_are_kept_too(template: Make, person: Person) -> None:
    found = one(template(least_days=14), person(history=(date(2027, 1, 2), date(2027, 3, 4))))
    assert found.days[-1] == date(2027, 2, 18)


def test_who_has_no_day_far_enough_from_the_next_is_passed_over(
    template: Make, person: Person
) -> None:
    near = (date(2027, 1, 31), date(2027, 3, 1))
    assert why(template(least_days=15), person(history=near)) is Passed.TOO_CLOSE


def test_the_most_days_between_two_bound_the_last_day(template: Make, person: Person) -> None:
    found = one(template(most_days=35), person(history=(date(2027, 1, 10),)))
    assert found.days[-1] == date(2027, 2, 14)


def test_who_is_late_already_keeps_every_day(template: Make, person: Person) -> None:
    found = one(template(most_days=35), person(history=(date(2026, 11, 10),)))
    assert len(found.days) == 28


def test_who_missed_the_last_period_is_due(template: Make, person: Person) -> None:
    found = one(template(), person(history=(date(2026, 12, 10),)))
    assert found.missed
    assert found.tier is Tier.DUE
    mandatory = one(template(tier=Tier.MANDATORY), person())
    assert mandatory.tier is Tier.MANDATORY


def test_who_joined_since_has_missed_nothing(template: Make, person: Person) -> None:
    found = one(template(), person(joined=date(2027, 2, 10)))
    assert not found.missed
    assert found.days[0] == date(2027, 2, 10)
    first = (date(2027, 1, 1), date(2027, 1, 31))
    assert one(template(), person(joined=first[1])).missed


def test_a_starter_after_the_last_day_waits_for_the_next_period(
    template: Make, person: Person
) -> None:
    rule = Recurrence(frequency=Frequency.MONTHLY, weekdays=frozenset({1}), nth=1)
    assert why(template(rule), person(joined=date(2027, 2, 3))) is Passed.NEW


def test_who_is_away_all_the_time_is_passed_over_and_piles_up_nothing(
    template: Make, person: Person
) -> None:
    away = person(present=frozenset({date(2027, 3, 2), date(2027, 3, 3)}))
    found, passed = due(template(), [away], DateRange(date(2027, 1, 1), date(2027, 4, 1)))
    assert [each.days for each in found] == [(date(2027, 3, 2), date(2027, 3, 3))]
    assert [(each.period.month, each.why) for each in passed] == [
        (1, Passed.ABSENT),
        (2, Passed.ABSENT),
    ]


def test_a_holiday_is_for_its_site_only(template: Make, person: Person) -> None:
    rule = Recurrence(frequency=Frequency.MONTHLY, weekdays=frozenset({1}), nth=1)
    held = template(rule, holidays=(("leeds", date(2027, 2, 2)),))
    assert why(held, person()) is Passed.NO_DATE
    assert one(held, person(site_id="berlin")).days == (date(2027, 2, 2),)


def test_pace_is_even_over_the_weeks(template: Make, person: Person) -> None:
    people = [person(f"p{n:02}", history=(date(2027, 1, 15),)) for n in range(40)]
    found, _ = due(template(), people, FEBRUARY)
    weeks = Counter(min(each.preferred) for each in found)
    assert len(weeks) == 4
    assert max(weeks.values()) - min(weeks.values()) <= 1


def test_who_waited_longest_comes_first(template: Make, person: Person) -> None:
    recent = [person(f"a{n}", history=(date(2027, 1, 20),)) for n in range(6)]
    waiting = person("z-missed", history=(date(2026, 11, 2),))
    long_ago = person("z-early", history=(date(2027, 1, 2),))
    found, _ = due(template(), [*recent, waiting, long_ago], FEBRUARY)
    order = sorted(found, key=lambda each: (each.preferred[0], each.attendee_id))
    weeks = {each.attendee_id: each.preferred[0] for each in order}
    assert weeks["z-missed"] == date(2027, 2, 1)
    assert weeks["z-early"] == date(2027, 2, 8)  # the second of the order, in the second week


def test_nobody_is_both_asked_and_passed_over(template: Make, person: Person) -> None:
    people = [person("b"), person("a", history=(date(2027, 2, 3),))]
    found, passed = due(template(), people, FEBRUARY)
    assert [each.attendee_id for each in found] == ["b"]
    assert passed == (
        Skipped(template_id="monthly", period=date(2027, 2, 1), attendee_id="a", why=Passed.HELD),
    )


def test_the_pace_of_a_period_keeps_the_days_between_from_the_one_before(
    template: Make, person: Person
) -> None:
    dates = DateRange(date(2027, 1, 25), date(2027, 3, 1))
    found, _ = due(template(least_days=14), [person(f"p{n}") for n in range(12)], dates)
    paced = {(each.period.month, each.attendee_id): each.preferred for each in found}
    for n in range(12):
        january, february = paced[1, f"p{n}"], paced[2, f"p{n}"]
        assert (february[0] - january[-1]).days >= 14
