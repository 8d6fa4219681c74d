"""Each rule's bit, where it binds and where it does not."""

from datetime import time, timedelta
from types import SimpleNamespace

import pytest

from scheduling.domain.meetings import PlaceKind
from scheduling.domain.rules import Rule
from scheduling.domain.times import WallWindow
from scheduling.optimizer.lattice.whole import Lattice
from scheduling.optimizer.masks.codes import APART, BIT, NOWHERE, codes
from scheduling.optimizer.plan import Placement
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.supply import Cap, Heads, OffTime, RoomChoice
from scheduling.optimizer.wanted import Limits, Series


def broken(problem: Problem, slot: int) -> set[Rule]:
    code = codes(Lattice.of(problem), problem.meetings)[0, slot]
    return {rule for rule, bit in BIT.items() if code & bit}


def test_an_open_start_breaks_nothing(make: SimpleNamespace) -> None:
    assert broken(make.problem(), make.slot("10:00")) == set()


def test_a_start_from_which_the_session_does_not_fit_breaks_everything(
    make: SimpleNamespace,
) -> None:
    assert codes(Lattice.of(make.problem()), make.problem().meetings)[0, 95] == NOWHERE


def changes(make: SimpleNamespace, rule: Rule) -> dict[str, object]:
    """Return what makes ``rule``, and it alone, forbid 10:00."""
    ten = make.span("10:00", "10:15")
    leader, agent = make.leader, make.agent
    cap = Cap(id="c", rule=Rule.TEAM_CAP, members=frozenset({"asha"}), most=(0,))
    return {
        Rule.DATES: {"limits": Limits(edge=0, blackout=frozenset({make.day}))},
        Rule.LEAD_TIME: {"limits": Limits(edge=0, lead=35 * 60)},
        Rule.TIME_WINDOW: {"limits": Limits(edge=0, windows=(WallWindow(time(11), time(12)),))},
        Rule.SPACING: {
            "series": (Series(id="s", meeting_ids=("m",), least=1, history=(make.day,)),)
        },
        Rule.ON_SHIFT: {"attendees": (agent("asha", shifts=(make.span("10:15", "16:00"),)),)},
        Rule.BREAK: {"attendees": (agent("asha", off=(OffTime(interval=ten, rule=Rule.BREAK),)),)},
        Rule.EXCEPTION: {
            "attendees": (agent("asha", off=(OffTime(interval=ten, rule=Rule.EXCEPTION),)),)
        },
        Rule.SHIFT_EDGE: {"limits": Limits(edge=135)},
        Rule.ATTENDEE_BUSY: {"attendees": (agent("asha", busy=(ten,)),)},
        Rule.ATTENDEE_CAP: {"attendees": (agent("asha", offline={make.day: (1, 30)}),)},
        Rule.FACILITATOR: {
            "facilitators": (leader(busy=(make.span("09:50", "09:55"),), prepare=10),)
        },
        Rule.FACILITATOR_LOAD: {"facilitators": (leader(contact_a_day=60, led={make.day: 45}),)},
        Rule.TEAM_CAP: {"caps": (cap,)},
        Rule.ROOM: {
            "meetings": (make.meeting(place=PlaceKind.ROOM),),
            "rooms": (
                RoomChoice(
                    id="r",
                    site_id="leeds",
                    capacity=2,
                    busy=(make.span("10:30", "10:40"),),
                    turnover=5,
                ),
            ),
        },
        Rule.HEADS: {"heads": (Heads(demand_id="calls", site_id="leeds", present=(2,) * 96),)},
        Rule.FLOOR: {"curves": (make.curve(96, coverage=(7.5,) * 96),)},
        Rule.PRICE: {"meetings": (make.meeting(walk_away=0.0),)},
    }[rule]


@pytest.mark.parametrize(
    "rule",
    [
        rule
        for rule in BIT
        if rule
        not in {Rule.QUORUM, Rule.SITE_CAP, Rule.UNIT_CAP, Rule.ACTIVITY_CAP, Rule.SKILL_CAP}
    ],
)
def test_each_rule_sets_its_own_bit_and_none_when_relaxed(
    make: SimpleNamespace, rule: Rule
) -> None:
    change = changes(make, rule)
    slot = make.slot("10:00")
    assert broken(make.problem(**change), slot) == {rule}
    assert broken(make.problem(**change, relaxed=frozenset({rule})), slot) == set()


def test_too_few_optional_people_break_the_quorum(make: SimpleNamespace) -> None:
    meeting = make.meeting(optional_ids=("bo", "cy"), quorum=2)
    away = make.agent("bo", busy=(make.span("10:00", "12:00"),))
    late = make.agent("cy", busy=(make.span("11:00", "12:00"),))
    problem = make.problem(attendees=(make.agent("asha"), away, late), meetings=(meeting,))
    assert broken(problem, make.slot("10:00")) == set()
    assert broken(problem, make.slot("11:00")) == {Rule.QUORUM}


def test_two_sessions_of_one_person_are_apart_whatever_is_relaxed(make: SimpleNamespace) -> None:
    relaxed = frozenset({Rule.ATTENDEE_BUSY, Rule.ATTENDEE_CAP, Rule.FACILITATOR})
    meetings = (make.meeting("m"), make.meeting("n"))
    problem = make.problem(meetings=meetings, relaxed=relaxed)
    start = make.span("10:00", "10:30")
    first = Placement(meeting_id="m", interval=start, place=PlaceKind.ONLINE, room_id=None)
    code = codes(Lattice.of(problem).having([first]), meetings[1:])[0]
    assert code[make.slot("10:15")] == APART
    assert code[make.slot("10:30")] == 0


def test_a_series_keeps_its_days_to_what_is_laid(make: SimpleNamespace) -> None:
    last = make.day + timedelta(days=4)
    meetings = (make.meeting("m", last=last), make.meeting("n", last=last))
    series = (Series(id="s", meeting_ids=("m", "n"), least=2, most=3),)
    problem = make.problem(days=5, meetings=meetings, series=series)
    first = Placement(
        meeting_id="m",
        interval=make.span("10:00", "10:30", 1),
        place=PlaceKind.ONLINE,
        room_id=None,
    )
    code = codes(Lattice.of(problem).having([first]), meetings[1:])[0]
    free = [day for day in range(5) if code[make.slot("11:00", day)] == 0]
    assert free == [3, 4]
