"""Values of the domain survive a JSON column; what does not fit is refused."""

import json
from datetime import UTC, date, datetime, time, timedelta

import pytest

from scheduling.domain.asks import Ask
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.people import Role
from scheduling.domain.proposals import (
    CurvePoint,
    DayService,
    Option,
    Proposal,
    ProposedSession,
    StaffingCurve,
    Unplaced,
    WayOut,
)
from scheduling.domain.rules import FunnelStep, Rule
from scheduling.domain.times import DateRange, Interval, WallWindow
from scheduling.storage.codec import dump, load

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
OPTION = Option(
    interval=Interval(NINE, NINE + timedelta(minutes=30)),
    place=PlaceKind.ROOM,
    price=0.125,
    room_id="oak@x",
    room_name="Oak",
)
PROPOSAL = Proposal(
    ask=Ask(
        type_id="one",
        attendee_ids=("asha", "bo"),
        facilitator_id="mia",
        dates=DateRange(date(2026, 11, 23), date(2026, 11, 28)),
        minutes=30,
        place=PlaceKind.ROOM,
        window=WallWindow(time(9), time(0)),
    ),
    type_name="One-to-one",
    facilitator_name="Mia",
    sessions=(
        ProposedSession(
            attendee_id="asha", attendee_name="Asha", zone="UTC", best=OPTION, others=(OPTION,)
        ),
    ),
    unplaced=(
        Unplaced(
            attendee_id="bo",
            attendee_name="Bo",
            zone="UTC",
            funnel=(FunnelStep(rule=Rule.FLOOR, before=9, after=0),),
            conflict=frozenset({Rule.FLOOR, Rule.HEADS}),
            ways_out=(
                WayOut(
                    rules=frozenset({Rule.FLOOR}),
                    count=3,
                    option=OPTION,
                    granted_by=Role.SCHEDULER,
                    net_before=0.5,
                    net_after=-0.5,
                ),
            ),
        ),
    ),
    curves=(
        StaffingCurve(
            demand_id="calls",
            demand_name="Calls",
            slot_minutes=15,
            points=(
                CurvePoint(
                    start=NINE,
                    required=1.0,
                    before=2.0,
                    after=1.5,
                    service_before=0.9,
                    service_after=0.8,
                ),
            ),
        ),
    ),
    days=(
        DayService(
            demand_id="calls",
            demand_name="Calls",
            day=NINE.date(),
            goal=0.8,
            goal_seconds=20.0,
            before=0.9,
            after=0.85,
            stressed=0.7,
            lowest_net=-0.1,
            understaffed_hours=0.25,
        ),
    ),
    as_of=NINE,
    reconciled=True,
    held_until=NINE,
)


def test_a_whole_proposal_comes_back_as_it_was() -> None:
    column = json.loads(json.dumps(dump(Proposal, PROPOSAL)))
    assert load(Proposal, column) == PROPOSAL


def test_what_could_not_have_been_made_cannot_be_loaded() -> None:
    column = dump(Ask, PROPOSAL.ask)
    for wrong in ({"minutes": 1}, {"attendee_ids": []}, {"place": "moon"}, {"dates": None}):
        with pytest.raises(ValueError, match="validation error"):
            load(Ask, {**column, **wrong})
