"""What a search needs and does not find is named, exactly; nothing is guessed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from scheduling.domain.asks import Ask
from scheduling.domain.centre import Agent, AgentDay, StaffingSeries
from scheduling.domain.meetings import MeetingType, PlaceKind
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.times import DAY, DateRange
from scheduling.workflows.facts import UnitFacts
from scheduling.workflows.problems import require_facts

TUESDAY = date(2026, 11, 24)
ONE_TO_ONE = MeetingType(id="one", name="One-to-one", subject="One-to-one", code_id="meeting")
Facts = Callable[..., UnitFacts]
Someone = Callable[..., Agent]
Day = Callable[..., AgentDay]
Series = Callable[..., StaffingSeries]


def wish(*attendees: str, first: date = TUESDAY, days: int = 1) -> Ask:
    return Ask(
        type_id="one",
        attendee_ids=attendees,
        facilitator_id="mia",
        dates=DateRange(first, first + days * DAY),
        minutes=30,
        place=PlaceKind.ONLINE,
    )


def test_nothing_missing_is_nothing_refused(
    facts: Facts, agent: Someone, worked: Day, series: Series
) -> None:
    told = facts([agent("asha")], [worked("asha", (9, 17, "work"))], [series([1] * 8)])
    require_facts(wish("asha"), ONE_TO_ONE, told)


def test_the_activity_code_is_named(facts: Facts) -> None:
    with pytest.raises(Refused) as caught:
        require_facts(wish("asha"), replace(ONE_TO_ONE, code_id="coaching"), facts())
    assert caught.value.refusal is Refusal.CODE_MISSING
    assert caught.value.facts == {"code": "coaching", "type": "One-to-one"}


def test_somebody_whom_the_wfm_no_longer_knows_is_refused_not_crashed_on(
    facts: Facts, agent: Someone, worked: Day
) -> None:
    told = facts([agent("bo")], [worked("bo", (9, 17, "work"))])
    with pytest.raises(Refused) as caught:
        require_facts(wish("asha", "bo"), ONE_TO_ONE, told)
    assert caught.value.refusal is Refusal.OUTSIDE_HIERARCHY
    assert caught.value.facts == {"names": ["asha"]}


def test_the_schedule_of_everybody_is_asked_for_and_how_far_it_goes_told(
    facts: Facts, agent: Someone, worked: Day
) -> None:
    told = facts([agent("asha"), agent("bo")], [worked("bo", (9, 17, "work"))])
    late = TUESDAY + 3 * DAY
    with pytest.raises(Refused) as caught:
        require_facts(wish("asha", "bo", first=late, days=2), ONE_TO_ONE, told)
    assert caught.value.refusal is Refusal.NO_SCHEDULE
    assert caught.value.facts == {
        "first": "2026-11-27",
        "last": "2026-11-28",
        "names": ["Asha", "Bo"],
        "until": "2026-11-24",
    }


def test_where_there_is_no_schedule_at_all_no_end_is_told(facts: Facts, agent: Someone) -> None:
    with pytest.raises(Refused) as caught:
        require_facts(wish("asha"), ONE_TO_ONE, facts([agent("asha")]))
    assert caught.value.facts["until"] is None


def test_one_who_is_off_while_another_works_is_no_reason(
    facts: Facts, agent: Someone, worked: Day, series: Series
) -> None:
    told = facts([agent("asha"), agent("bo")], [worked("bo", (9, 17, "work"))], [series([1] * 8)])
    require_facts(wish("asha", "bo"), ONE_TO_ONE, told)


@pytest.mark.parametrize("required", [None, [0.0] * 8], ids=["no-series", "all-zero"])
def test_the_forecast_is_named_by_its_demands(
    facts: Facts,
    agent: Someone,
    worked: Day,
    series: Series,
    required: list[float] | None,
) -> None:
    known = [series(required)] if required else []
    told = facts([agent("asha")], [worked("asha", (9, 17, "work"))], known)
    with pytest.raises(Refused) as caught:
        require_facts(wish("asha"), ONE_TO_ONE, told)
    assert caught.value.refusal is Refusal.NO_FORECAST
    assert caught.value.facts == {
        "first": "2026-11-24",
        "last": "2026-11-24",
        "demands": ["Calls"],
    }


def test_a_forecast_for_other_dates_is_none(
    facts: Facts, agent: Someone, worked: Day, series: Series
) -> None:
    thursday = TUESDAY + 2 * DAY
    told = facts(
        [agent("asha")], [worked("asha", (9, 17, "work"), day=thursday)], [series([1] * 8)]
    )
    with pytest.raises(Refused) as caught:
        require_facts(wish("asha", first=thursday), ONE_TO_ONE, told)
    assert caught.value.refusal is Refusal.NO_FORECAST
