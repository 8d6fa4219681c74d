"""Random small problems over days with and without a clock change."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import strategies as st

from scheduling.domain.centre import DemandKind, ServiceGoal
from scheduling.domain.meetings import PlaceKind, Tier
from scheduling.domain.rules import Rule
from scheduling.domain.times import Interval, WallWindow
from scheduling.optimizer.problem import Problem
from scheduling.optimizer.supply import (
    Attendee,
    Cap,
    Curve,
    Facilitator,
    Grid,
    Heads,
    OffTime,
    RoomChoice,
)
from scheduling.optimizer.wanted import Limits, Meeting

START = {
    "UTC": datetime(2026, 11, 2, tzinfo=UTC),
    "Europe/Berlin": datetime(2027, 3, 27, 12, tzinfo=UTC),
    "America/New_York": datetime(2026, 10, 31, 18, tzinfo=UTC),
}
PEOPLE = ("a0", "a1", "a2")
WINDOWS = (
    (),
    (WallWindow(datetime(1, 1, 1, 1).time(), datetime(1, 1, 1, 9).time()),),  # noqa: DTZ001
)


@st.composite
def spans(draw: st.DrawFn, start: datetime, minutes: int, most: int, step: int) -> Interval:
    begin = step * draw(st.integers(0, minutes // step - 1))
    length = step * draw(st.integers(1, most // step))
    at = start + timedelta(minutes=begin)
    return Interval(at, at + timedelta(minutes=length))


@st.composite
def curves(draw: st.DrawFn, name: str, slots: int) -> Curve:
    def series(low: float, high: float) -> tuple[float, ...]:
        few = draw(
            st.lists(st.floats(low, high).map(lambda x: round(x, 2)), min_size=3, max_size=3)
        )
        return tuple(few[slot * 3 // slots] for slot in range(slots))

    return Curve(
        demand_id=name,
        required=series(0, 12),
        coverage=series(0, 14),
        volume=series(0, 40),
        handling=(draw(st.sampled_from([60.0, 300.0])),) * slots,
        goal=ServiceGoal(percent=80, seconds=draw(st.sampled_from([0, 20, 1800]))),
        kind=draw(st.sampled_from(list(DemandKind))),
        weight=draw(st.sampled_from([1.0, 0.37])),
        floor=draw(st.sampled_from([None, 3.0, 12.5])),
        removed=draw(st.sampled_from([(), (75,) * slots])),
    )


def _shifts(start: datetime, slots: int) -> st.SearchStrategy[Interval]:
    """Return shifts that lose up to a quarter of the grid at either end."""
    return st.builds(
        lambda a, b: Interval(
            start + timedelta(minutes=15 * a), start + timedelta(minutes=15 * (slots - b))
        ),
        st.integers(0, slots // 4),
        st.integers(0, slots // 4),
    )


@st.composite
def _people(draw: st.DrawFn, zone: str, slots: int, step: int) -> tuple[Attendee, ...]:
    start, minutes = START[zone], 15 * slots
    return tuple(
        Attendee(
            id=name,
            zone=zone,
            site_id="s",
            team_id=draw(st.sampled_from(["t", "u"])),
            shares=draw(st.sampled_from([{"x": 1.0}, {"x": 0.41, "y": 0.59}, {"y": 0.5}])),
            shifts=(draw(_shifts(start, slots)),),
            off=tuple(
                OffTime(interval=draw(spans(start, minutes, 40, step)), rule=rule)
                for rule in (Rule.BREAK, Rule.EXCEPTION)
            ),
            busy=(draw(spans(start, minutes, 90, step)),),
            offline=draw(st.sampled_from([{}, {}, {start.date(): (1, 60)}])),
        )
        for name in PEOPLE
    )


@st.composite
def _facilitators(
    draw: st.DrawFn, start: datetime, slots: int, step: int, leaders: int
) -> tuple[Facilitator, ...]:
    return tuple(
        Facilitator(
            id=f"f{number}",
            zone="UTC",
            working=(draw(_shifts(start, slots)),),
            busy=(draw(spans(start, 15 * slots, 120, step)),),
            shares=draw(st.sampled_from([{}, {"y": 1.0}])),
        )
        for number in range(leaders)
    )


@st.composite
def _sessions(
    draw: st.DrawFn, first: date, step: int, leaders: int, most: int
) -> tuple[Meeting, ...]:
    return tuple(
        Meeting(
            id=f"m{number}",
            attendee_ids=(draw(st.sampled_from(PEOPLE)),),
            facilitator_id=f"f{draw(st.integers(0, leaders - 1))}",
            minutes=draw(st.sampled_from([10, 40, 15, 30] if step < 15 else [15, 30])),
            first=first,
            last=first + timedelta(days=draw(st.integers(0, 1))),
            place=draw(st.sampled_from(list(PlaceKind))),
            tier=draw(st.sampled_from(list(Tier))),
            walk_away=draw(st.sampled_from([None, None, 20.0])),
        )
        for number in range(draw(st.integers(most // 2, most)))
    )


@st.composite
def _caps(draw: st.DrawFn, slots: int) -> Cap:
    """Return a cap on one or two people, one of their team away for a while."""
    first = draw(st.integers(0, slots - 2))
    gone = range(first, min(slots, first + 4))
    return Cap(
        id="t",
        rule=Rule.TEAM_CAP,
        members=frozenset(draw(st.sets(st.sampled_from(PEOPLE), min_size=1))),
        most=(draw(st.sampled_from([1, 2])),),
        away=tuple(int(slot in gone) for slot in range(slots)),
    )


@st.composite
def problems(
    draw: st.DrawFn, *, leaders: int = 2, meetings: int = 4, slots: int = 96, step: int = 5
) -> Problem:
    """Return a problem whose calendars keep to ``step`` minutes."""
    zone = draw(st.sampled_from(sorted(START)))
    start, minutes = START[zone], 15 * slots
    room_busy = draw(spans(start, minutes, 60, step))
    return Problem(
        now=start - timedelta(hours=1),
        grid=Grid(start=start, slots=slots),
        curves=tuple(draw(curves(name, slots)) for name in ("x", "y")),
        attendees=draw(_people(zone, slots, step)),
        facilitators=draw(_facilitators(start, slots, step, leaders)),
        rooms=(RoomChoice(id="r", site_id="s", capacity=3, busy=(room_busy,)),),
        meetings=draw(_sessions(start.date(), step, leaders, meetings)),
        limits=Limits(
            windows=draw(st.sampled_from(WINDOWS if slots > 48 else WINDOWS[:1])),
            lead=draw(st.sampled_from([0, 75])),
            edge=draw(st.sampled_from([0, 15])),
            sessions_a_day=draw(st.sampled_from([1, 3])),
            offline_a_day=draw(st.sampled_from([60, 240])),
        ),
        caps=(draw(_caps(slots)),),
        heads=(Heads(demand_id="x", site_id="s", present=(3,) * slots, minimum=2),),
        relaxed=frozenset(draw(st.sets(st.sampled_from([Rule.FLOOR, Rule.ROOM, Rule.HEADS])))),
        seed=draw(st.integers(0, 3)),
    )


@pytest.fixture(scope="session")
def strategy() -> object:
    """Return the strategy maker: ``strategy(leaders=.., meetings=.., slots=..)``."""
    return problems
