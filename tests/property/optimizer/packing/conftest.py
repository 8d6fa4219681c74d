"""Random small problems in which every rule of one meeting can bind, over clock changes too."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TypeVar

import pytest
from hypothesis import strategies as st

from scheduling.domain.centre import ServiceGoal
from scheduling.domain.meetings import PlaceKind
from scheduling.domain.rules import Rule
from scheduling.domain.times import MINUTE, Interval, WallWindow, zone_of
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
from scheduling.optimizer.wanted import Limits, Meeting, Series

START = {
    "UTC": datetime(2026, 11, 2, 6, tzinfo=UTC),
    "Europe/Berlin": datetime(2027, 3, 27, 20, tzinfo=UTC),
    "America/New_York": datetime(2026, 11, 1, 2, tzinfo=UTC),
}
HOURS = 10
Choice = TypeVar("Choice")
SCREEN = frozenset({"screen"})


@dataclass(frozen=True)
class Draws:
    """The choices of one problem."""

    draw: st.DrawFn
    zone: str
    step: int

    @property
    def start(self) -> datetime:
        return START[self.zone]

    @property
    def slots(self) -> int:
        return HOURS * 60 // self.step

    def one(self, *choices: Choice) -> Choice:
        return self.draw(st.sampled_from(choices))

    def span(self, least: int, most: int) -> Interval:
        begin = self.draw(st.integers(0, HOURS * 12 - 1)) * 5
        length = self.draw(st.integers(least // 5, most // 5)) * 5
        return Interval(self.start + begin * MINUTE, self.start + (begin + length) * MINUTE)

    def off(self) -> tuple[OffTime, ...]:
        found: list[OffTime] = []
        for rule in (Rule.BREAK, Rule.EXCEPTION, Rule.BREAK, Rule.BREAK):
            one = self.span(10, 30)
            moves = rule is Rule.BREAK and self.draw(st.booleans())
            window = Interval(one.start - 60 * MINUTE, one.end + 45 * MINUTE) if moves else None
            if not any(one.overlaps(other.interval) for other in found):
                found.append(OffTime(interval=one, rule=rule, window=window))
        return tuple(found)

    def person(self, name: str) -> Attendee:
        begin, end = (5 * self.draw(st.integers(-6, 12)) for _ in range(2))
        return Attendee(
            id=name,
            zone=self.one(self.zone, "UTC"),
            site_id="s",
            team_id="t",
            shares=self.one({"x": 1.0}, {"x": 0.41, "y": 0.59}, {"y": 0.5}),
            shifts=(
                Interval(self.start + begin * MINUTE, self.start + (HOURS * 60 - end) * MINUTE),
            ),
            off=self.off(),
            busy=(self.span(5, 60),),
            offline=self.one({}, {self.start.date(): (1, 60)}),
            contract=self.one(1.0, 0.5),
            transition=self.one(0, 0, 5, 20),
        )

    def leader(self) -> Facilitator:
        minutes = HOURS * 60 - self.draw(st.integers(0, 60))
        return Facilitator(
            id="f",
            zone="UTC",
            working=(Interval(self.start, self.start + minutes * MINUTE),),
            busy=(self.span(5, 120),),
            shares=self.one({}, {"y": 1.0}),
            leads=self.one(None, frozenset({"1:1"})),
            prepare=self.one(0, 10),
            write_up=self.one(0, 15),
            contact_a_day=self.one(None, 30),
            led=self.one({}, {self.start.date(): 10}),
        )

    def meeting(self, number: int, people: tuple[Attendee, ...]) -> Meeting:
        asked = self.draw(st.permutations(people))
        names = tuple(person.id for person in asked)
        required = self.draw(st.integers(0, 2))
        optional = self.draw(st.integers(0 if required else 1, 3 - required))
        everybody = required + optional
        day = self.start.astimezone(zone_of(asked[0].zone)).date()
        return Meeting(
            id=f"m{number}",
            attendee_ids=names[:required],
            optional_ids=names[required:everybody],
            quorum=self.draw(st.none() | st.integers(max(1, required), everybody)),
            facilitator_id=self.one("f", None),
            minutes=self.one(15, 30, 40),
            first=day,
            last=day + timedelta(days=self.one(0, 1)),
            place=self.one(*PlaceKind),
            equipment=self.one(frozenset(), SCREEN),
            type_id=self.one("1:1", "team"),
            walk_away=self.one(None, None, 4.0),
            limit_set=self.one(None, "loose"),
        )

    def curve(self, name: str) -> Curve:
        quarters = [self.one(7.5, 9.0, 12.0) for _ in range(4)]
        return Curve(
            demand_id=name,
            required=(8.0,) * self.slots,
            coverage=tuple(value for value in quarters for _ in range(self.slots // 4)),
            volume=(2.0 * self.step,) * self.slots,
            handling=(200.0,) * self.slots,
            goal=ServiceGoal(percent=80, seconds=20),
            floor=self.one(None, 0.0, 1.5),
            removed=self.one((), (45,) * self.slots),
        )

    def limits(self) -> Limits:
        return Limits(
            windows=self.one((), (WallWindow(time(1), time(12)),)),
            lead=self.one(0, 75),
            edge=self.one(0, 15),
            sessions_a_day=self.one(1, 2),
            offline_a_day=self.one(60, 120),
            break_spacing=self.one(0, 30),
            work_stretch=self.one(180, 300),
            blackout=self.one(frozenset(), frozenset({self.start.date()})),
        )

    def rooms(self) -> tuple[RoomChoice, ...]:
        small = RoomChoice(id="r", site_id="s", capacity=2, busy=(self.span(5, 120),), turnover=10)
        large = RoomChoice(
            id="q", site_id="s", capacity=4, busy=(self.span(5, 90),), equipment=SCREEN
        )
        return small, large

    def cap(self) -> Cap:
        half = self.slots // 2
        return Cap(
            id="team",
            rule=Rule.TEAM_CAP,
            members=frozenset({"a0", "a1"}),
            most=(2,) * self.slots,
            away=(0,) * half + (1,) * (self.slots - half),
        )


@st.composite
def _problems(draw: st.DrawFn) -> Problem:
    chance = Draws(
        draw, draw(st.sampled_from(sorted(START))), draw(st.sampled_from([5, 10, 15, 30]))
    )
    people = tuple(chance.person(f"a{number}") for number in range(3))
    history = Series(id="z", meeting_ids=("m0",), least=1, history=(chance.start.date(),))
    return Problem(
        now=chance.start - 30 * MINUTE,
        grid=Grid(start=chance.start, slots=chance.slots, slot_minutes=chance.step),
        curves=(chance.curve("x"), chance.curve("y")),
        attendees=people,
        facilitators=(chance.leader(),),
        rooms=chance.rooms(),
        meetings=tuple(chance.meeting(number, people) for number in range(2)),
        series=chance.one((), (history,)),
        limits=chance.limits(),
        limit_sets={"loose": Limits(lead=0, edge=30, sessions_a_day=3, offline_a_day=240)},
        caps=(chance.cap(),),
        heads=(Heads(demand_id="x", site_id="s", present=(4,) * chance.slots, minimum=2),),
        relaxed=frozenset(draw(st.sets(st.sampled_from([Rule.FLOOR, Rule.ROOM, Rule.HEADS])))),
    )


@pytest.fixture(scope="session")
def packable() -> st.SearchStrategy[Problem]:
    """Return the strategy of problems to be packed."""
    return _problems()
