"""What can never be: refused when it is made, with a sentence about it."""

from collections.abc import Callable
from dataclasses import FrozenInstanceError, replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from scheduling.domain.asks import Ask
from scheduling.domain.centre import (
    Agent,
    AgentDay,
    Segment,
    ServiceGoal,
    Site,
    StaffingSeries,
    StaffingSource,
)
from scheduling.domain.meetings import MeetingType, PlaceKind
from scheduling.domain.people import Person, Role
from scheduling.domain.refusals import Refusal, Refused
from scheduling.domain.requests import FINAL_STATES, RequestState
from scheduling.domain.rules import (
    ABSENCE,
    GRANTED_BY,
    NEVER_RELAXED,
    FunnelStep,
    Rule,
    redact,
    redact_funnel,
)
from scheduling.domain.times import DateRange, Interval, WallWindow

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ASK = Ask(
    type_id="one",
    attendee_ids=("asha", "bo"),
    facilitator_id="mia",
    dates=DateRange(date(2026, 11, 23), date(2026, 11, 24)),
    minutes=30,
    place=PlaceKind.ONLINE,
    window=WallWindow(time(9), time(12)),
)
AGENT = Agent(
    id="asha",
    name="Asha",
    unit_id="u",
    site_id="s",
    team_id="t",
    zone="Europe/London",
    shares={"calls": 0.4, "chat": 0.6},
)
KIND = MeetingType(id="one", name="One-to-one", subject="One-to-one", code_id="c")
SERIES = StaffingSeries(
    demand_id="calls",
    start=NINE,
    interval_minutes=15,
    required=(1.0,),
    scheduled=(1.0,),
    volume=(1.0,),
    handling=(1.0,),
    as_of=NINE,
    source=StaffingSource.VENDOR,
)


def segment(first: int, last: int) -> Segment:
    start = NINE + timedelta(minutes=first)
    return Segment(interval=Interval(start, NINE + timedelta(minutes=last)), code_id="work")


def day(*segments: Segment) -> AgentDay:
    return AgentDay(
        agent_id="asha",
        business_date=NINE.date(),
        published=True,
        segments=segments,
        version="1",
    )


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: replace(ASK, attendee_ids=()), "at least one"),
        (lambda: replace(ASK, attendee_ids=("asha", "asha")), "each of its attendees once"),
        (lambda: replace(ASK, minutes=4), "4 minutes is not a length"),
        (lambda: replace(ASK, minutes=481), "481 minutes is not a length"),
        (lambda: replace(KIND, minutes=0), "0 minutes is not a length for One-to-one"),
        (lambda: replace(KIND, confidential=True, auto_schedule=True), "never scheduled by itself"),
        (lambda: replace(AGENT, zone="Leeds"), "not an IANA time zone"),
        (lambda: replace(AGENT, shares={"calls": -0.1}), "not parts of one whole"),
        (lambda: replace(AGENT, shares={"calls": 0.7, "chat": 0.4}), "not parts of one whole"),
        (lambda: Site(id="s", name="S", zone="Nowhere"), "not an IANA time zone"),
        (lambda: ServiceGoal(percent=0, seconds=20), "not a service goal"),
        (lambda: ServiceGoal(percent=101, seconds=20), "not a service goal"),
        (lambda: ServiceGoal(percent=80, seconds=-1), "not a service goal"),
        (lambda: day(segment(0, 30), segment(29, 60)), "overlap"),
        (lambda: day(segment(30, 60), segment(0, 30)), "overlap"),
        (lambda: replace(SERIES, volume=()), "differ in length"),
        (lambda: replace(SERIES, start=NINE.replace(tzinfo=None)), "not an aware UTC instant"),
        (lambda: replace(SERIES, as_of=NINE.replace(tzinfo=None)), "not an aware UTC instant"),
    ],
)
def test_it_is_refused_in_words(make: Callable[[], object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        make()


def test_what_is_just_allowed_is_allowed() -> None:
    assert replace(ASK, minutes=5).minutes == 5
    assert replace(ASK, minutes=480).minutes == 480
    assert replace(AGENT, shares={}).shares == {}
    assert ServiceGoal(percent=100, seconds=0).percent == 100
    assert len(day(segment(0, 30), segment(30, 60), segment(90, 95)).segments) == 3


def test_nothing_changes_once_it_is_made() -> None:
    with pytest.raises(FrozenInstanceError):
        ASK.minutes = 60  # type: ignore[misc]


def test_roles_are_had_one_by_one() -> None:
    person = Person(id="p", name="P", zone="UTC", roles=frozenset({Role.MANAGER, Role.TRAINER}))
    assert person.has(Role.MANAGER)
    assert person.has(Role.SCHEDULER, Role.TRAINER)
    assert not person.has(Role.SCHEDULER, Role.ADMINISTRATOR)
    assert not person.has()


def test_a_refusal_carries_its_facts_and_no_words() -> None:
    facts = {"names": ["Asha"]}
    refused = Refused(Refusal.OUTSIDE_HIERARCHY, facts)
    facts["names"] = []
    assert str(refused) == "outside_hierarchy"
    assert refused.facts == {"names": ["Asha"]}
    assert Refused(Refusal.STALE).facts == {}


@pytest.mark.parametrize("state", RequestState)
def test_a_state_is_final_when_nothing_more_happens_by_itself(state: RequestState) -> None:
    assert state.final == (state in FINAL_STATES)
    waiting = {"queued", "reserved", "booking", "escalated", "undoing"}
    assert state.final == (state.value not in waiting)


class TestRedaction:
    """Outside of the scheduler's role an absence is only "not available"."""

    def test_absences_are_one_word(self) -> None:
        assert redact(ABSENCE | {Rule.FLOOR}) == {Rule.UNAVAILABLE, Rule.FLOOR}
        assert redact(frozenset({Rule.ROOM})) == {Rule.ROOM}
        assert redact(frozenset()) == frozenset()

    @pytest.mark.parametrize("rule", sorted(ABSENCE))
    def test_any_absence_looks_like_any_other(self, rule: Rule) -> None:
        assert redact(frozenset({rule})) == {Rule.UNAVAILABLE}

    def test_a_funnel_folds_them_where_they_stand(self) -> None:
        steps = tuple(
            FunnelStep(rule=rule, before=before, after=after)
            for rule, before, after in [
                (Rule.DATES, 100, 90),
                (Rule.ON_SHIFT, 90, 50),
                (Rule.BREAK, 50, 40),
                (Rule.EXCEPTION, 40, 30),
                (Rule.SHIFT_EDGE, 30, 20),
                (Rule.ATTENDEE_BUSY, 20, 5),
                (Rule.FLOOR, 5, 0),
            ]
        )
        shown = redact_funnel(steps)
        assert [(step.rule, step.before, step.after) for step in shown] == [
            (Rule.DATES, 100, 90),
            (Rule.UNAVAILABLE, 90, 30),
            (Rule.SHIFT_EDGE, 30, 20),
            (Rule.UNAVAILABLE, 20, 5),
            (Rule.FLOOR, 5, 0),
        ]
        assert redact_funnel(()) == ()

    def test_rest_and_lead_time_are_nobodys_to_grant(self) -> None:
        assert not NEVER_RELAXED & GRANTED_BY.keys()
        assert set(Rule) == NEVER_RELAXED | GRANTED_BY.keys() | {Rule.UNAVAILABLE}
