"""What a planner is told of a plan: figures by forecast, never by price."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from types import SimpleNamespace

import numpy as np
import pytest

from scheduling.domain.centre import DemandKind, ServiceGoal
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.times import DateRange, Interval
from scheduling.optimizer.forecast.erlang import erlang_a_service
from scheduling.optimizer.forecast.taken import units_taken
from scheduling.optimizer.forecast.whole import impact
from scheduling.optimizer.outcome import CurveImpact, ForecastSource, PeriodImpact
from scheduling.optimizer.plan import BreakMove, Group, GroupPart, Placement, Plan, Status
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.supply import Curve, Grid


def placed(
    interval: Interval, breaks: tuple[BreakMove, ...] = (), present: tuple[str, ...] = ()
) -> Placement:
    """Return the conftest's one meeting at ``interval``."""
    return Placement(
        meeting_id="m",
        interval=interval,
        place=PlaceKind.ONLINE,
        room_id=None,
        attendee_ids=present,
        breaks=breaks,
    )


def shown(make: SimpleNamespace, **curve: object) -> tuple[CurveImpact, PeriodImpact]:
    """Return the day on which asha meets from ten to half past."""
    problem = make.problem(curves=(make.curve(96, **curve),))
    found = impact(problem, [placed(make.span("10:00", "10:30"))], "Europe/London")
    (slots,), (day,) = found.curves, found.days
    return slots, day


def test_a_day_is_shown_before_after_and_under_stress(make: SimpleNamespace) -> None:
    slots, day = shown(make)
    assert slots.after[40:42] == (9.0, 9.0)
    assert slots.after[:40] + slots.after[42:] == (10.0,) * 94
    assert day.day == make.day
    assert day.goal == 0.8
    assert 0 < day.stressed < day.after < day.before < 1
    assert day.stressed < day.stressed_before < day.before
    assert day.lowest_net == pytest.approx(1.0)
    assert (day.understaffed_before, day.understaffed_hours) == (0.0, 0.0)
    assert day.source is slots.source is ForecastSource.ERLANG_A


def test_only_the_slots_that_a_session_touches_change_their_service(make: SimpleNamespace) -> None:
    slots, _ = shown(make)
    pairs = zip(slots.service_before, slots.service_after, strict=True)
    assert [slot for slot, (before, after) in enumerate(pairs) if before != after] == [40, 41]


def test_what_is_short_already_is_shown_apart_from_what_the_plan_adds(
    make: SimpleNamespace,
) -> None:
    _, day = shown(make, coverage=(7.5,) * 96)
    assert day.understaffed_before == pytest.approx(96 * 0.5 / 4)
    assert day.understaffed_hours == pytest.approx(0.5)
    assert day.lowest_net == pytest.approx(-1.5)


def test_contacts_past_goal_are_never_more_than_there_are(make: SimpleNamespace) -> None:
    _, hopeless = shown(make, coverage=(0.5,) * 96, volume=(500.0,) * 96)
    assert hopeless.volume == 500 * 96
    assert 0.99 * hopeless.volume < hopeless.late_before <= hopeless.late_after <= hopeless.volume


def test_service_is_weighted_by_volume(make: SimpleNamespace) -> None:
    slots, day = shown(make, volume=(5.0,) * 48 + (25.0,) * 48)
    weighed = zip(slots.volume, slots.service_after, strict=True)
    assert day.after == pytest.approx(sum(v * s for v, s in weighed) / (48 * 30))
    assert day.late_after == pytest.approx((1 - day.after) * day.volume)


def test_what_earlier_bookings_of_ours_took_is_missing_before_too(make: SimpleNamespace) -> None:
    slots, _ = shown(make, removed=(30,) * 96)
    assert (slots.before[40], slots.after[40]) == (9.5, 8.5)


def test_chats_are_served_by_as_many_servers_as_each_agent_takes_at_once(
    make: SimpleNamespace,
) -> None:
    slots, _ = shown(
        make, kind=DemandKind.CHAT, concurrency=3.0, coverage=(4.0,) * 96, required=(3.0,) * 96
    )
    volume, handling = np.asarray([20.0, 20.0]), np.asarray([300.0, 300.0])
    service = erlang_a_service(
        volume, handling, np.asarray([12.0, 9.0]), goal=20, patience=120, slot=900
    )
    assert [slots.service_before[40], slots.service_after[40]] == pytest.approx(service.tolist())
    assert slots.source is ForecastSource.ERLANG_A_CHAT


def test_outbound_work_is_the_part_of_the_calls_that_can_be_made(make: SimpleNamespace) -> None:
    slots, _ = shown(make, kind=DemandKind.OUTBOUND, volume=(30.0,) * 96)
    assert (slots.service_before[40], slots.service_after[40]) == (1.0, pytest.approx(0.9))


def deferred(make: SimpleNamespace, **changes: object) -> Curve:
    """Return work that arrives once, at midnight, while one agent does 3 items a slot."""
    plain = make.curve(
        192,
        kind=DemandKind.DEFERRED,
        coverage=(1.0,) * 192,
        required=(0.5,) * 192,
        volume=(150.0,) + (0.0,) * 95 + (150.0,) + (0.0,) * 95,
        goal=ServiceGoal(percent=95, seconds=48 * 900.0),
    )
    return replace(plain, **changes)


def test_work_that_waits_is_late_where_it_is_not_done_in_time(make: SimpleNamespace) -> None:
    problem = make.problem(2, curves=(deferred(make),))
    found = impact(problem, [placed(make.span("10:00", "10:30"))], "UTC")
    (day,) = found.days
    assert day.before == pytest.approx(1 - 3 / 150)
    assert day.after == pytest.approx(1 - 9 / 150)
    assert day.source is ForecastSource.BACKLOG


def test_a_backlog_is_done_before_what_comes_after_it(make: SimpleNamespace) -> None:
    problem = make.problem(2, curves=(deferred(make, backlog=12.0),))
    (day,) = impact(problem, [placed(make.span("10:00", "10:30"))], "UTC").days
    assert day.before == pytest.approx(1 - 15 / 150)


def test_a_session_shows_on_the_days_to_which_it_defers_work(make: SimpleNamespace) -> None:
    more = (300.0,) + (0.0,) * 95 + (150.0,) + (0.0,) * 95
    problem = make.problem(2, curves=(deferred(make, volume=more),))
    found = impact(problem, [placed(make.span("10:00", "10:30"))], "UTC")
    assert [day.day for day in found.days] == [make.day, make.day + timedelta(days=1)]


def test_a_demand_nobody_is_taken_from_is_not_shown(make: SimpleNamespace) -> None:
    problem = make.problem()
    idle = replace(problem.curves[0], demand_id="mail")
    both = replace(problem, curves=(*problem.curves, idle))
    found = impact(both, [placed(make.span("10:00", "10:30"))], "UTC")
    assert [curve.demand_id for curve in found.curves] == ["calls"]


def test_a_period_is_the_whole_grid_unless_the_contract_has_its_own(make: SimpleNamespace) -> None:
    problem = make.problem(3)
    sessions = [placed(make.span("10:00", "10:30", 1))]
    tomorrow = make.day + timedelta(days=1)
    (whole,) = impact(problem, sessions, "UTC").periods
    assert whole.dates == DateRange(make.day, make.day + timedelta(days=3))
    contract = [DateRange(make.day, tomorrow), DateRange(tomorrow, date(2027, 1, 1))]
    (second,) = impact(problem, sessions, "UTC", periods=contract).periods
    assert second.dates == contract[1]
    assert (second.volume, whole.volume) == (20 * 192, 20 * 288)


def test_days_are_local_and_change_their_length_with_the_clock(make: SimpleNamespace) -> None:
    autumn = replace(
        make.problem(2),
        grid=Grid(start=make.span("00:00", "01:00", -9).start + timedelta(hours=22), slots=192),
    )
    session = Interval(autumn.grid.at(60), autumn.grid.at(62))
    (curve,) = impact(autumn, [placed(session)], "Europe/Berlin").curves
    assert len(curve.required) == 100


@dataclass
class Prophet:
    """Foretells calls for ``slots`` slots, and nothing else; remembers at what volume."""

    slots: int
    asked: list[float] = field(default_factory=list)

    def service(
        self, curve: Curve, grid: Grid, staff: tuple[float, ...], stress: float
    ) -> tuple[float, ...] | None:
        self.asked.append(stress)
        known = curve.demand_id == "calls" and grid.slot_minutes == 15
        return tuple(each / 20 / stress for each in staff[: self.slots]) if known else None


def test_a_wfms_own_prediction_replaces_the_formulas_where_it_has_one(
    make: SimpleNamespace,
) -> None:
    problem = make.problem()
    mail = replace(problem.curves[0], demand_id="mail")
    asha = replace(problem.attendees[0], shares={"calls": 0.5, "mail": 0.5})
    problem = replace(problem, curves=(*problem.curves, mail), attendees=(asha,))
    prophet = Prophet(96)
    session = [placed(make.span("10:00", "10:30"))]
    calls, mails = impact(problem, session, "UTC", oracle=prophet).days
    assert (calls.source, mails.source) == (ForecastSource.ORACLE, ForecastSource.ERLANG_A)
    assert calls.after == pytest.approx((94 * 10 + 2 * 9.5) / 20 / 96)
    assert calls.stressed == pytest.approx(calls.after / 1.1)
    assert mails == impact(problem, session, "UTC").days[1]
    assert prophet.asked == [1.0, 1.1, 1.0, 1.1, 1.0]


def test_a_prediction_for_another_grid_is_refused(make: SimpleNamespace) -> None:
    with pytest.raises(ValueError, match="1 values of service"):
        impact(make.problem(), [placed(make.span("10:00", "10:30"))], "UTC", oracle=Prophet(1))


def units(problem: Problem, plan: Plan | list[Placement]) -> dict[int, int]:
    """Return the units of calls taken by slot."""
    series = units_taken(problem, plan)["calls"]
    return {slot: int(series[slot]) for slot in np.flatnonzero(series)}


def test_parts_of_slots_and_transitions_are_billed_pro_rata(make: SimpleNamespace) -> None:
    problem = make.problem(attendees=(make.agent("asha", transition=5),))
    found = units(problem, [placed(make.span("10:00", "10:20"))])
    assert found == {39: 20, 40: 60, 41: 40}


def test_a_leader_who_takes_contacts_is_away_while_preparing_and_writing_up(
    make: SimpleNamespace,
) -> None:
    leader = make.leader(shares={"calls": 0.5}, prepare=15, write_up=30)
    found = units(make.problem(facilitators=(leader,)), [placed(make.span("10:00", "10:30"))])
    assert found == {39: 30, 40: 90, 41: 90, 42: 30, 43: 30}


def test_a_moved_break_gives_back_where_it_was_and_takes_where_it_goes(
    make: SimpleNamespace,
) -> None:
    move = BreakMove(
        attendee_id="asha", before=make.span("10:15", "10:30"), after=make.span("11:00", "11:15")
    )
    found = units(make.problem(), [placed(make.span("10:00", "10:30"), breaks=(move,))])
    assert found == {40: 60, 44: 60}


def test_those_who_are_present_are_away_and_nobody_else(make: SimpleNamespace) -> None:
    people = tuple(make.agent(name) for name in ("asha", "ben", "cleo"))
    meeting = make.meeting(optional_ids=("ben", "cleo"))
    problem = make.problem(attendees=people, meetings=(meeting,))
    session = make.span("10:00", "10:15")
    assert units(problem, [placed(session)]) == {40: 60}
    assert units(problem, [placed(session, present=("asha", "cleo"))]) == {40: 120}


def test_a_group_is_away_in_every_part_of_its_training(make: SimpleNamespace) -> None:
    people = tuple(make.agent(name) for name in ("asha", "ben"))
    trainer = make.leader("tess", shares={"calls": 1.0})
    parts = tuple(
        GroupPart(interval=make.span(*times), trainer_id="tess", place=PlaceKind.ROOM, room_id="r")
        for times in (("10:00", "10:15"), ("12:00", "12:15"))
    )
    group = Group(training_id="t", attendee_ids=("asha", "ben"), parts=parts)
    plan = Plan(status=Status.FEASIBLE, placements=(), failures=(), groups=(group,))
    problem = make.problem(attendees=people, facilitators=(trainer, make.leader()))
    assert units(problem, plan) == {40: 180, 48: 180}


def test_what_lies_outside_the_grid_is_not_counted(make: SimpleNamespace) -> None:
    assert units(make.problem(), [placed(make.span("23:45", "24:15"))]) == {95: 60}
