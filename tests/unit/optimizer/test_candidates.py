"""Each rule's mask, where it binds and where it does not."""

from datetime import date, time, timedelta
from types import SimpleNamespace

import numpy as np
import pytest

from scheduling.domain.centre import DemandKind
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.rules import Rule
from scheduling.domain.times import MIDNIGHT, WallWindow, at_wall
from scheduling.optimizer.board import Board, Own
from scheduling.optimizer.candidates import MASKS, View, feasible, masks, room_at
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.supply import Grid, Heads, OffTime, RoomChoice
from scheduling.optimizer.wanted import Limits


def allowed(problem: Problem, rule: Rule, slot: int) -> bool:
    view = View.of(Board.of(problem), problem.meetings[0])
    return bool(MASKS[rule](view)[slot])


def clock(text: str) -> time:
    return time.fromisoformat(text)


def test_dates_are_those_of_the_attendees_zone(make: SimpleNamespace) -> None:
    tokyo = make.agent("asha", zone="Asia/Tokyo")
    problem = make.problem(attendees=(tokyo,))
    assert allowed(problem, Rule.DATES, make.slot("14:45"))
    assert not allowed(problem, Rule.DATES, make.slot("15:00"))


def test_lead_time_counts_from_now_to_the_start(make: SimpleNamespace) -> None:
    problem = make.problem(now=make.span("06:10", "07:00").start, limits=Limits(lead=120))
    assert not allowed(problem, Rule.LEAD_TIME, make.slot("08:00"))
    assert allowed(problem, Rule.LEAD_TIME, make.slot("08:15"))


def test_a_session_must_end_inside_its_window(make: SimpleNamespace) -> None:
    windows = (WallWindow(clock("09:00"), clock("10:00")), WallWindow(clock("10:00"), MIDNIGHT))
    problem = make.problem(limits=Limits(windows=windows))
    assert allowed(problem, Rule.TIME_WINDOW, make.slot("09:30"))
    assert not allowed(problem, Rule.TIME_WINDOW, make.slot("09:45"))
    assert allowed(problem, Rule.TIME_WINDOW, make.slot("23:30"))


def test_a_window_holds_on_its_weekdays_only(make: SimpleNamespace) -> None:
    assert allowed(make.problem(limits=Limits(weekdays=frozenset({0}))), Rule.TIME_WINDOW, 40)
    assert not allowed(make.problem(limits=Limits(weekdays=frozenset({1}))), Rule.TIME_WINDOW, 40)


@pytest.mark.parametrize(
    ("day", "slots", "open_at"),
    [(date(2027, 3, 28), 92, 4 * 8), (date(2027, 10, 31), 100, 4 * 10)],
    ids=["spring", "autumn"],
)
def test_a_window_follows_the_wall_clock_over_a_clock_change(
    make: SimpleNamespace, day: date, slots: int, open_at: int
) -> None:
    start = at_wall(day, MIDNIGHT, "Europe/Berlin")
    problem = make.problem(
        grid=Grid(start=start, slots=slots),
        curves=(make.curve(slots),),
        attendees=(make.agent("asha", zone="Europe/Berlin"),),
        meetings=(make.meeting(first=day, last=day),),
        limits=Limits(windows=(WallWindow(clock("09:00"), clock("10:00")),)),
    )
    view = View.of(Board.of(problem), problem.meetings[0])
    assert np.flatnonzero(MASKS[Rule.TIME_WINDOW](view)).tolist() == [
        open_at,
        open_at + 1,
        open_at + 2,
    ]


def test_a_window_that_the_spring_change_swallows_is_empty(make: SimpleNamespace) -> None:
    day = date(2027, 3, 28)
    problem = make.problem(
        grid=Grid(start=at_wall(day, MIDNIGHT, "Europe/Berlin"), slots=92),
        curves=(make.curve(92),),
        attendees=(make.agent("asha", zone="Europe/Berlin"),),
        meetings=(make.meeting(first=day, last=day),),
        limits=Limits(windows=(WallWindow(clock("02:00"), clock("03:00")),)),
    )
    assert not MASKS[Rule.TIME_WINDOW](View.of(Board.of(problem), problem.meetings[0])).any()


def test_a_session_lies_whole_inside_a_shift(make: SimpleNamespace) -> None:
    problem = make.problem()
    assert allowed(problem, Rule.ON_SHIFT, make.slot("15:30"))
    assert not allowed(problem, Rule.ON_SHIFT, make.slot("15:45"))


def test_a_length_off_the_grid_is_rounded_up_for_availability(make: SimpleNamespace) -> None:
    problem = make.problem(meetings=(make.meeting(minutes=40),))
    assert allowed(problem, Rule.ON_SHIFT, make.slot("15:15"))
    assert not allowed(problem, Rule.ON_SHIFT, make.slot("15:30"))


@pytest.mark.parametrize("rule", [Rule.BREAK, Rule.EXCEPTION])
def test_a_session_never_swallows_off_time(make: SimpleNamespace, rule: Rule) -> None:
    off = (OffTime(interval=make.span("10:05", "10:10"), rule=rule),)
    problem = make.problem(attendees=(make.agent("asha", off=off),))
    assert allowed(problem, rule, make.slot("09:30"))
    assert not allowed(problem, rule, make.slot("09:45"))
    assert allowed(problem, rule, make.slot("10:15"))
    other = Rule.EXCEPTION if rule is Rule.BREAK else Rule.BREAK
    assert allowed(problem, other, make.slot("09:45"))


def test_the_first_and_last_minutes_of_a_shift_stay_free(make: SimpleNamespace) -> None:
    problem = make.problem(limits=Limits(edge=30))
    assert [allowed(problem, Rule.SHIFT_EDGE, make.slot(at)) for at in ("08:15", "08:30")] == [
        False,
        True,
    ]
    assert [allowed(problem, Rule.SHIFT_EDGE, make.slot(at)) for at in ("15:00", "15:15")] == [
        True,
        False,
    ]


def test_the_attendees_calendar_is_respected(make: SimpleNamespace) -> None:
    busy = (make.span("10:00", "11:00"),)
    problem = make.problem(attendees=(make.agent("asha", busy=busy),))
    assert allowed(problem, Rule.ATTENDEE_BUSY, make.slot("09:30"))
    assert not allowed(problem, Rule.ATTENDEE_BUSY, make.slot("10:45"))


@pytest.mark.parametrize(
    ("offline", "limits", "expected"),
    [
        ((0, 0), Limits(), True),
        ((1, 30), Limits(), False),
        ((1, 30), Limits(sessions_a_day=2), True),
        ((1, 100), Limits(sessions_a_day=2), False),
        ((1, 30), Limits(sessions_a_day=2, offline_a_week=59), False),
    ],
)
def test_an_attendees_day_and_week_are_capped(
    make: SimpleNamespace, offline: tuple[int, int], limits: Limits, expected: bool
) -> None:
    agent = make.agent("asha", offline={make.day: offline})
    problem = make.problem(attendees=(agent,), limits=limits)
    assert allowed(problem, Rule.ATTENDEE_CAP, make.slot("10:00")) is expected


def test_minutes_earlier_in_the_iso_week_count_though_outside_the_grid(
    make: SimpleNamespace,
) -> None:
    wednesday = make.day + timedelta(days=2)
    agent = make.agent("asha", offline={wednesday: (2, 215)})
    assert not allowed(make.problem(attendees=(agent,)), Rule.ATTENDEE_CAP, make.slot("10:00"))
    next_week = make.agent("asha", offline={make.day + timedelta(days=7): (2, 215)})
    assert allowed(make.problem(attendees=(next_week,)), Rule.ATTENDEE_CAP, make.slot("10:00"))


def test_the_facilitator_works_and_is_free(make: SimpleNamespace) -> None:
    problem = make.problem(facilitators=(make.leader(busy=(make.span("10:00", "11:00"),)),))
    assert allowed(problem, Rule.FACILITATOR, make.slot("09:30"))
    assert not allowed(problem, Rule.FACILITATOR, make.slot("09:45"))
    assert not allowed(problem, Rule.FACILITATOR, make.slot("07:45"))


def test_only_so_many_of_a_team_are_away_at_once(make: SimpleNamespace) -> None:
    away = (make.span("10:00", "11:00"), make.span("10:30", "11:30"))
    problem = make.problem(away={"blue": away})
    assert allowed(problem, Rule.TEAM_CAP, make.slot("10:00"))
    assert not allowed(problem, Rule.TEAM_CAP, make.slot("10:15"))
    assert allowed(problem, Rule.TEAM_CAP, make.slot("11:00"))
    assert allowed(make.problem(away={"red": away}), Rule.TEAM_CAP, make.slot("10:15"))


def test_a_room_of_the_attendees_site_is_free_throughout(make: SimpleNamespace) -> None:
    rooms = (
        RoomChoice(id="big", site_id="leeds", capacity=8),
        RoomChoice(id="small", site_id="leeds", capacity=2, busy=(make.span("10:00", "11:00"),)),
        RoomChoice(id="booth", site_id="leeds", capacity=1),
        RoomChoice(id="far", site_id="york", capacity=2),
    )
    problem = make.problem(rooms=rooms, meetings=(make.meeting(place=PlaceKind.ROOM),))
    view = View.of(Board.of(problem), problem.meetings[0])
    assert room_at(view, make.slot("09:00")) == "small"
    assert room_at(view, make.slot("09:45")) == "big"
    without_big = make.problem(rooms=rooms[1:], meetings=problem.meetings)
    assert allowed(without_big, Rule.ROOM, make.slot("09:30"))
    assert not allowed(without_big, Rule.ROOM, make.slot("09:45"))


def test_an_online_session_needs_no_room(make: SimpleNamespace) -> None:
    assert allowed(make.problem(), Rule.ROOM, make.slot("10:00"))


def test_enough_agents_of_the_site_stay_open(make: SimpleNamespace) -> None:
    present = (3,) * 40 + (2,) * 56
    row = Heads(demand_id="calls", site_id="leeds", present=present, minimum=2)
    assert allowed(make.problem(heads=(row,)), Rule.HEADS, 38)
    assert not allowed(make.problem(heads=(row,)), Rule.HEADS, 39)
    other = Heads(demand_id="mail", site_id="leeds", present=present, minimum=9)
    assert allowed(make.problem(heads=(other,)), Rule.HEADS, 39)


def test_a_deficit_is_not_deepened_beyond_the_floor(make: SimpleNamespace) -> None:
    coverage = (8.0,) * 40 + (7.9,) * 56
    problem = make.problem(curves=(make.curve(96, coverage=coverage),))
    assert allowed(problem, Rule.FLOOR, 38)
    assert not allowed(problem, Rule.FLOOR, 39)
    untouched = make.agent("asha", shares={"mail": 1.0})
    elsewhere = make.problem(curves=problem.curves, attendees=(untouched,))
    assert allowed(elsewhere, Rule.FLOOR, 39)


@pytest.mark.parametrize(
    "changes", [{"floor": None}, {"kind": DemandKind.OUTBOUND}], ids=["no floor", "outbound"]
)
def test_work_without_a_floor_has_none(make: SimpleNamespace, changes: dict[str, object]) -> None:
    problem = make.problem(curves=(make.curve(96, coverage=(1.0,) * 96, **changes),))
    assert allowed(problem, Rule.FLOOR, make.slot("10:00"))


def test_the_part_of_a_slot_that_is_taken_is_what_counts_for_the_floor(
    make: SimpleNamespace,
) -> None:
    coverage = (10.0,) * 42 + (7.4,) * 54
    problem = make.problem(
        curves=(make.curve(96, coverage=coverage),), meetings=(make.meeting(minutes=35),)
    )
    assert allowed(problem, Rule.FLOOR, 40)
    assert not allowed(problem, Rule.FLOOR, 41)


@pytest.mark.parametrize(("worth", "expected"), [(None, True), (50.0, True), (0.01, False)])
def test_a_meeting_is_not_worth_any_price(
    make: SimpleNamespace, worth: float | None, expected: bool
) -> None:
    problem = make.problem(meetings=(make.meeting(walk_away=worth),))
    assert allowed(problem, Rule.PRICE, make.slot("10:00")) is expected


def test_a_relaxed_rule_is_not_applied(make: SimpleNamespace) -> None:
    busy = (make.span("00:00", "23:45"),)
    plain = make.problem(attendees=(make.agent("asha", busy=busy),))
    eased = make.problem(attendees=plain.attendees, relaxed=frozenset({Rule.ATTENDEE_BUSY}))
    assert not feasible(View.of(Board.of(plain), plain.meetings[0])).any()
    assert feasible(View.of(Board.of(eased), eased.meetings[0])).any()
    assert Rule.ATTENDEE_BUSY not in masks(View.of(Board.of(eased), eased.meetings[0]))


def test_a_grid_too_short_for_the_meeting_offers_no_start(make: SimpleNamespace) -> None:
    problem = make.problem(
        grid=Grid(start=make.span("08:00", "09:00").start, slots=2),
        curves=(make.curve(2),),
        meetings=(make.meeting(minutes=60),),
    )
    view = View.of(Board.of(problem), problem.meetings[0])
    assert {rule: mask.shape for rule, mask in masks(view).items()} == dict.fromkeys(MASKS, (0,))


def test_other_sessions_of_the_plan_count_in_every_rule(make: SimpleNamespace) -> None:
    row = Heads(demand_id="calls", site_id="leeds", present=(3,) * 96, minimum=2)
    room = RoomChoice(id="r", site_id="leeds", capacity=2)
    problem = make.problem(
        attendees=(make.agent("asha"), make.agent("ben")),
        facilitators=(make.leader(), make.leader("lou")),
        meetings=(
            make.meeting(place=PlaceKind.ROOM),
            make.meeting("n", "ben", facilitator_id="lou", place=PlaceKind.ROOM),
        ),
        rooms=(room,),
        heads=(row,),
        curves=(make.curve(96, coverage=(8.0,) * 96),),
        limits=Limits(team_heads=1),
    )
    at = make.slot("10:00")
    board = Board.of(problem).having([Own(meeting=problem.meetings[0], slot=at, room_id="r")])
    rules = masks(View.of(board, problem.meetings[1]))
    broken = {rule for rule, mask in rules.items() if not mask[at]}
    assert broken == {Rule.TEAM_CAP, Rule.ROOM, Rule.HEADS, Rule.FLOOR}
    assert all(mask[make.slot("10:30")] for mask in rules.values())
