"""Days between meetings are differences of dates, and a day is the site's, whatever clocks do."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduling.domain.centre import ActivityCode, Agent, CodeKind, Segment, Unit
from scheduling.domain.templates import Audience, Frequency, Recurrence, Standing, Template
from scheduling.domain.times import DAY, DateRange, Interval, at_wall
from scheduling.recurrence.due import due
from scheduling.workflows.facts import UnitFacts
from scheduling.workflows.whole_unit import held_dates
from wfm.ledger import agent_day

ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Sydney")
CHANGES = (
    date(2027, 3, 14),
    date(2027, 3, 28),
    date(2027, 4, 4),
    date(2027, 10, 3),
    date(2027, 10, 31),
    date(2027, 11, 7),
)
"""The Sundays of 2027 on which one of these zones changes its clocks."""
DAYS = st.builds(
    lambda day, n: day + timedelta(days=n), st.sampled_from(CHANGES), st.integers(-9, 2)
)
CLOCKS = st.integers(0, 93).map(lambda n: time(n // 4, n % 4 * 15))
"""Starts of half an hour that ends before midnight."""


def held_on(day: date, clock: time, zone: str) -> list[date]:
    """Return the dates of the history of somebody whose WFM holds half an hour of coaching."""
    start = at_wall(day, clock, zone)
    segment = Segment(interval=Interval(start, start + timedelta(minutes=30)), code_id="coaching")
    agent = Agent(
        id="a", name="A", unit_id="u", site_id="s", team_id="t", zone=zone, shares={"calls": 1.0}
    )
    facts = UnitFacts(
        unit=Unit(id="u", name="U", sites=(), teams=()),
        dates=DateRange(day - DAY, day + DAY),
        agents={"a": agent},
        demands={},
        codes={"coaching": ActivityCode(id="coaching", name="Coaching", kind=CodeKind.MEETING)},
        days={"a": [agent_day("a", day, True, [segment])]},  # noqa: FBT003 - published
        series={},
        as_of=datetime(2027, 1, 1, tzinfo=UTC),
    )
    return sorted(held_dates(facts, {"one_to_one": "coaching"})["a", "one_to_one"])


@given(DAYS, CLOCKS, st.sampled_from(ZONES), st.integers(1, 21))
def test_the_next_may_be_so_many_dates_later_to_the_day(
    day: date, clock: time, zone: str, least: int
) -> None:
    history = held_on(day, clock, zone)
    assert history == [day]
    template = Template(
        id="t",
        name="t",
        unit_id="u",
        owner_id="o",
        type_id="one_to_one",
        audience=Audience(agent_ids=frozenset({"a"})),
        recurrence=Recurrence(frequency=Frequency.DAILY, every=30),
        start=day + DAY,
        least_days=least,
        most_days=least,
    )
    person = Standing(
        agent_id="a", site_id="s", team_id="t", manager_id="m", history=tuple(history)
    )
    (found,), _ = due(template, [person], DateRange(day + DAY, day + 29 * DAY))
    assert found.days == (day + least * DAY,)
